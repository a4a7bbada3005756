//! `<record>` (2.0 §2.3.6): the caller's voice becomes the item's value.
//!
//! In ECMAScript a recording is the text of its URL: copied, compared and handed to a subdialog like any other value. The
//! call remembers which URLs are recordings, so that a prompt plays one and a submit sends its sound.

use super::{
    Session,
    collect::{Active, Owner},
    flow::{Flow, Run},
    program::Meaning,
};
use crate::dialogue::{
    Happening, InputMode, Item, Millis, Next, Record, RecordRequest, Submitted, SubmittedValue, Turn,
};
use serde_json::json;

/// The formats there are, first the one a document gets that asks for none.
const WAV: &str = "audio/x-wav";
const MP3: &str = "audio/mpeg";

/// Bytes a millisecond of each takes, by which `size` is told: platforms tell the length only.
const WAV_RATE: Millis = 16;
const MP3_RATE: Millis = 4;

/// What came of a recording.
struct Recorded {
    url: String,
    duration: Millis,
    key: Option<char>,
    maxtime: bool,
}

impl Session {
    /// Records the caller and fills the item with the recording.
    pub(super) async fn record(&mut self, item: &Item, index: usize, record: &Record) -> Run {
        self.expect_caller()?;
        let media_type = media_type(record.media_type.as_deref())?;
        let chain = self.here().chain.clone();
        let active = self.activate(item, &chain).await?;
        let active = self.in_accepted_modes(active);
        let takes_keys = active.iter().any(|active| active.compiled.grammar.mode() == InputMode::Dtmf);
        let timeout = self.prompt_timeout.take().or_else(|| self.time_property("timeout"));
        let request = RecordRequest {
            beep: record.beep,
            maxtime: record.maxtime,
            finalsilence: record.finalsilence,
            dtmfterm: record.dtmfterm || takes_keys,
            timeout: timeout.unwrap_or(5000),
            media_type: media_type.to_owned(),
        };
        let turn = Turn { prompts: std::mem::take(&mut self.queue), next: Next::Record(request) };
        let event = self.play(turn).await;
        self.begin_turn();
        match event.happening {
            Happening::Recorded { url: Some(url), duration, key, hung_up } => {
                let maxtime = !hung_up && key.is_none() && record.maxtime.is_some_and(|most| duration >= most);
                self.recordings.insert(url.clone(), media_type.to_owned());
                let recorded = Recorded { url, duration, key, maxtime };
                if hung_up {
                    // What was said so far is there for the handler of the hang-up; nothing is filled (2.0 §2.3.6).
                    self.set_recording(item, record, &recorded)?;
                    return Err(self.hang_up());
                }
                self.recorded(item, index, record, recorded, &active).await
            }
            Happening::HungUp | Happening::Recorded { hung_up: true, .. } => Err(self.hang_up()),
            // A key before any sound: the item stays as it is, and it is no `noinput` either (2.0 §2.3.6).
            Happening::Recorded { key: Some(key), .. } => match self.recognise_key(&active, key)? {
                Some(recognition) if !is_own(&recognition.meaning, &recognition.owner) => {
                    self.process(recognition).await
                }
                _ => Ok(()),
            },
            _ => Err(Flow::event("noinput", "")),
        }
    }

    /// A recording is there: it fills the item, unless the key that ended it meant something outside of it.
    async fn recorded(
        &mut self,
        item: &Item,
        index: usize,
        record: &Record,
        recorded: Recorded,
        active: &[Active],
    ) -> Run {
        // `dtmfterm` comes before all grammars (2.0 §2.3.6).
        if let (Some(key), false) = (recorded.key, record.dtmfterm)
            && let Some(recognition) = self.recognise_key(active, key)?
            && !is_own(&recognition.meaning, &recognition.owner)
        {
            return self.process(recognition).await;
        }
        self.set_recording(item, record, &recorded)?;
        self.here_mut().attempts.remove(&index);
        let value = self.engine.value(&recorded.url.into())?;
        self.filled_by_result(index, &item.name, &value).await
    }

    /// Gives the item variable and its shadow variable their values.
    fn set_recording(&mut self, item: &Item, record: &Record, recorded: &Recorded) -> Run {
        let rate = if self.recordings.get(&recorded.url).is_some_and(|kind| kind == MP3) { MP3_RATE } else { WAV_RATE };
        let shadow = json!({
            "duration": recorded.duration,
            "size": recorded.duration.saturating_mul(rate),
            "termchar": recorded.key.filter(|_| record.dtmfterm).map(String::from),
            "maxtime": recorded.maxtime,
        });
        let scope = self.here().dialog_scope.clone();
        self.engine.set(&scope, &item.name, &self.engine.value(&recorded.url.as_str().into())?)?;
        Ok(self.engine.set(&scope, &format!("{}$", item.name), &self.engine.value(&shadow)?)?)
    }

    /// A value of a submit; the URL of a recording stands for its sound (2.0 §2.3.6).
    pub(super) fn submitted(&self, name: &str, text: String) -> Submitted {
        match self.recordings.get(&text) {
            Some(media_type) => {
                let value = SubmittedValue::Recording { url: text, media_type: media_type.clone() };
                Submitted { name: name.to_owned(), value }
            }
            None => Submitted::text(name, text),
        }
    }
}

/// Whether a grammar is one of the item itself: another one's match discards the recording (2.0 §2.3.6).
fn is_own(meaning: &Meaning, owner: &Owner) -> bool {
    matches!((meaning, owner), (Meaning::Item, Owner::Here))
}

/// The format to record in. What asks for another kind of uncompressed telephone sound gets WAV, the form all platforms
/// have it in.
fn media_type(asked: Option<&str>) -> Run<&'static str> {
    let asked = asked.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match asked.as_str() {
        "" | "audio/x-wav" | "audio/wav" | "audio/wave" | "audio/vnd.wave" | "audio/basic" | "audio/x-alaw-basic"
        | "audio/alaw" | "audio/mulaw" => Ok(WAV),
        "audio/mpeg" | "audio/mp3" | "audio/x-mp3" => Ok(MP3),
        other => {
            let message = format!("there are no recordings of type '{other}'; write {WAV} or {MP3}, or leave it out");
            Err(Flow::event("error.unsupported.format", message))
        }
    }
}
