//! What callers have recorded: it lies with the telephone platform, and a submit sends it on (VoiceXML 2.0 §2.3.6).

use super::addresses::not_public;
use crate::dialogue::{Secret, Submitted, SubmittedValue};
use reqwest::{StatusCode, multipart};
use std::collections::HashMap;
use std::time::Duration;
use url::Url;

/// The largest recording that is sent on: more than an hour.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// A recording may be told of before it can be had: it is asked for so often.
const TRIES: u32 = 8;
/// How long to wait before it is asked for again.
const BETWEEN_TRIES: Duration = Duration::from_millis(400);

/// Where the recordings of callers lie, and who may have them.
#[derive(Debug, Clone, Default)]
pub enum Recordings {
    /// Nowhere: none can be sent on.
    #[default]
    Nowhere,
    /// At the platform. Only what lies there is asked for, and nobody else gets the credentials.
    At {
        /// A URL of the platform: its scheme, host and port count.
        place: Url,
        /// User name and password, if there are any.
        credentials: Option<(String, Secret<String>)>,
    },
    /// No caller is real: each recording is a moment of silence.
    Simulated,
}

/// The sound of recordings, by their URLs.
pub(super) type Sounds = HashMap<String, Vec<u8>>;

impl Recordings {
    /// The sound of all recordings among some fields.
    ///
    /// # Errors
    /// The reason why one of them cannot be had.
    pub(super) async fn sounds(&self, fields: &[Submitted], client: &reqwest::Client) -> Result<Sounds, String> {
        let mut sounds = Sounds::new();
        for field in fields {
            if let SubmittedValue::Recording { url, .. } = &field.value
                && !sounds.contains_key(url)
            {
                sounds.insert(url.clone(), self.sound(url, client).await?);
            }
        }
        Ok(sounds)
    }

    /// The password without which a platform may refuse to play its own recording; `None` if there is none, or if it is no
    /// recording of the platform's.
    pub fn password_of(&self, url: &Url) -> Option<&str> {
        match self {
            Self::At { place, credentials: Some((_, password)) } if lies_at(place, url) => Some(&password.0),
            _ => None,
        }
    }

    pub(super) async fn sound(&self, url: &str, client: &reqwest::Client) -> Result<Vec<u8>, String> {
        let (place, credentials) = match self {
            Self::Nowhere => return Err(format!("the recording {url} cannot be fetched: no platform is configured")),
            Self::Simulated => return Ok(silence(100)),
            Self::At { place, credentials } => (place, credentials),
        };
        let wanted = Url::parse(url).map_err(|error| format!("the recording {url}: {error}"))?;
        if !lies_at(place, &wanted) {
            let place = place.origin().ascii_serialization();
            return Err(format!("the recording {url} does not lie at {place} (twilio.api_url)"));
        }
        let mut tries = 1;
        loop {
            let mut request = client.get(wanted.clone());
            if let Some((user, password)) = credentials {
                request = request.basic_auth(user, Some(&password.0));
            }
            let failure = match request.send().await {
                Ok(answer) if answer.status().is_success() => return read(answer, url).await,
                Err(error) if not_public(&error).is_some() => not_public(&error).map(ToString::to_string),
                // It is told of before it is there.
                Ok(answer) if answer.status() == StatusCode::NOT_FOUND && tries < TRIES => None,
                Ok(answer) => Some(answer.status().to_string()),
                Err(_) if tries < TRIES => None,
                Err(error) => Some(error.without_url().to_string()),
            };
            if let Some(failure) = failure {
                return Err(format!("the recording {url}: {failure}"));
            }
            tries += 1;
            tokio::time::sleep(BETWEEN_TRIES).await;
        }
    }
}

/// Whether it is one of a platform's recordings.
fn lies_at(place: &Url, url: &Url) -> bool {
    url.origin() == place.origin() && url.path().contains("/Recordings/")
}

async fn read(mut answer: reqwest::Response, url: &str) -> Result<Vec<u8>, String> {
    let mut sound = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if sound.len() + chunk.len() > MOST_BYTES => {
                return Err(format!("the recording {url} has more than {MOST_BYTES} bytes"));
            }
            Ok(Some(chunk)) => sound.extend_from_slice(&chunk),
            Ok(None) => return Ok(sound),
            Err(error) => return Err(format!("the recording {url}: {}", error.without_url())),
        }
    }
}

/// The body of a `multipart/form-data` POST: recordings are files in it.
pub(super) fn form(fields: &[Submitted], sounds: &Sounds) -> multipart::Form {
    fields.iter().fold(multipart::Form::new(), |form, field| match &field.value {
        SubmittedValue::Recording { url, media_type } => {
            let name = url.rsplit('/').next().unwrap_or_default().to_owned();
            let part = |sound: Vec<u8>| multipart::Part::bytes(sound).file_name(name.clone());
            let sound = sounds.get(url).cloned().unwrap_or_default();
            // The interpreter knows no media type that is none.
            let typed = part(sound.clone()).mime_str(media_type).unwrap_or_else(|_| part(sound));
            form.part(field.name.clone(), typed)
        }
        SubmittedValue::Text(text) => form.text(field.name.clone(), text.clone()),
    })
}

/// So many milliseconds of silence as telephones have it, an hour at most: WAV, 8 kHz, 16 bits.
pub fn silence(millis: u32) -> Vec<u8> {
    const RATE: u32 = 8_000;
    let sound = millis.min(3_600_000) * (RATE / 1_000) * 2;
    let mut wav = Vec::with_capacity(44 + sound as usize);
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&(36 + sound).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt ");
    wav.extend_from_slice(&16_u32.to_le_bytes());
    for half in [1_u16, 1] {
        wav.extend_from_slice(&half.to_le_bytes()); // PCM, one channel
    }
    wav.extend_from_slice(&RATE.to_le_bytes());
    wav.extend_from_slice(&(RATE * 2).to_le_bytes());
    for half in [2_u16, 16] {
        wav.extend_from_slice(&half.to_le_bytes()); // bytes and bits a sample
    }
    wav.extend_from_slice(b"data");
    wav.extend_from_slice(&sound.to_le_bytes());
    wav.resize(44 + sound as usize, 0);
    wav
}
