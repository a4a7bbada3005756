//! What a call asks the world to fetch, and the answer.

use super::{Millis, Sensitive, Source, Spoken};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The fetch attributes of an element (VoiceXML 2.0 §6.1); properties fill what is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FetchHints {
    /// `fetchaudio`
    pub audio: Option<String>,
    /// `fetchtimeout`
    pub timeout: Option<Millis>,
    /// `fetchhint="prefetch"` rather than `safe`.
    pub prefetch: Option<bool>,
    /// `maxage`, in seconds.
    pub maxage: Option<u64>,
    /// `maxstale`, in seconds.
    pub maxstale: Option<u64>,
}

/// An HTTP method VoiceXML knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// GET: fields go into the query.
    #[default]
    Get,
    /// POST: fields go into the body.
    Post,
}

/// What a fetched resource is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// A VoiceXML document.
    Document,
    /// An ECMAScript program.
    Script,
    /// A grammar.
    Grammar,
    /// XML or JSON for `<data>`.
    Data,
    /// An audio file: only whether it can be played is asked; the answer has no body.
    Audio,
}

/// A name and a value to send (VoiceXML 2.0 §5.3.8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// The variable's name.
    pub name: String,
    /// Its value.
    pub value: SubmittedValue,
}

/// The value of a [`Submitted`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubmittedValue {
    /// Text.
    Text(String),
    /// A recording: its bytes in a `multipart/form-data` body, its URL in any other (VoiceXML 2.0 §2.3.6).
    Recording {
        /// Where the sound is.
        url: String,
        /// Its media type.
        media_type: String,
    },
}

impl Submitted {
    /// A text.
    pub fn text(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: SubmittedValue::Text(value.into()) }
    }

    /// What is sent where only text can be: a recording is its URL.
    pub fn as_text(&self) -> &str {
        match &self.value {
            SubmittedValue::Text(text) => text,
            SubmittedValue::Recording { url, .. } => url,
        }
    }
}

/// What the interpreter asks the host to fetch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FetchRequest {
    /// Counts the call's requests from 1; comes back in [`super::Happening::Fetched`].
    pub id: u64,
    /// The absolute URL, without fragment.
    pub url: String,
    /// What for.
    pub purpose: Purpose,
    /// GET or POST.
    pub method: Method,
    /// Names and values to send.
    pub fields: Vec<Submitted>,
    /// `enctype` of a POST as written.
    pub enctype: Option<String>,
    /// Time limit.
    pub timeout: Option<Millis>,
    /// `maxage`, in seconds.
    pub maxage: Option<u64>,
    /// `maxstale`, in seconds.
    pub maxstale: Option<u64>,
    /// What the caller hears while it takes long.
    pub audio: Option<FetchAudio>,
    /// The effect it has: the host sets it for what must not happen twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

/// Something that must not happen twice, such as a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Its id, sent as `Idempotency-Key`.
    pub id: String,
    /// Whether the other end knows a repeat by the id, so that a request whose answer was lost may be sent again.
    pub repeats: bool,
}

/// What the caller hears while a fetch takes long: `fetchaudio` (VoiceXML 2.0 §6.1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FetchAudio {
    /// The absolute URL of the audio.
    pub url: String,
    /// `fetchaudiodelay`: how long the fetch must take before anything is played.
    pub delay: Option<Millis>,
    /// The prompts queued before the fetch: they are played first (VoiceXML 2.0 §4.1.8).
    pub queued: Vec<Spoken>,
}

impl FetchRequest {
    /// A plain GET without fetch attributes, its id still 0.
    pub fn get(url: &str, purpose: Purpose) -> Self {
        Self {
            id: 0,
            url: url.to_owned(),
            purpose,
            method: Method::Get,
            fields: Vec::new(),
            enctype: None,
            timeout: None,
            maxage: None,
            maxstale: None,
            audio: None,
            effect: None,
        }
    }
}

/// The world's answer to a [`FetchRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Response {
    /// It was fetched.
    Found(Resource),
    /// It was not.
    Failed {
        /// The HTTP status, if the server answered.
        status: Option<u16>,
        /// What happened, for the log.
        message: String,
    },
    /// The application may not have it.
    Denied {
        /// Why, for the log.
        message: String,
    },
}

/// A cookie a server has set, kept in the journal so that a call rebuilt from it has its cookies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetCookie {
    /// The URL whose answer set it.
    pub url: String,
    /// The `Set-Cookie` header, its `Max-Age` turned into the date of its `Expires`.
    pub cookie: Sensitive<String>,
}

/// A fetched resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// The URL it finally came from (after redirects).
    pub url: String,
    /// The `Content-Type`, parameters included.
    pub content_type: Option<String>,
    /// The bytes.
    pub body: Arc<Vec<u8>>,
    /// SHA-256 of the bytes in hex, by which compiled forms are shared.
    pub digest: String,
}

impl FetchHints {
    /// The attributes of this element where given, else those of `outer`.
    #[must_use]
    pub fn or(&self, outer: &FetchHints) -> FetchHints {
        FetchHints {
            audio: self.audio.clone().or_else(|| outer.audio.clone()),
            timeout: self.timeout.or(outer.timeout),
            prefetch: self.prefetch.or(outer.prefetch),
            maxage: self.maxage.or(outer.maxage),
            maxstale: self.maxstale.or(outer.maxstale),
        }
    }
}

impl Source {
    /// The text, if it is written out.
    pub fn literal(&self) -> Option<&str> {
        match self {
            Source::Literal(text) => Some(text),
            Source::Expr(_) => None,
        }
    }
}
