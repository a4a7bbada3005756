//! Twilio's programmable voice: a webhook becomes a happening, a turn becomes TwiML. Pure translation, both ways; the
//! other side of the line, for simulated phones and tests, is [`reading`].

mod decode;
mod encode;
mod gather;
mod outward;
mod playable;
pub mod reading;
mod say;
pub mod signature;
mod ssml;
mod voice_tables;
mod voices;
mod xml;

pub use decode::{CallStatus, DecodeError, Direction, IDEMPOTENCY_HEADER, Incoming, decode, session_variables};
pub use encode::{Farewell, encode, encode_ending, encode_farewell, encode_turn, encode_wait};
pub use outward::{ANSWERED, can_dial};

/// The content type of an answer.
pub const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// Where a TwiML answer stands: all it needs besides the turn.
#[derive(Clone, Copy)]
pub struct Seam<'a> {
    /// The absolute URL the platform asks next, already with the turn's number in its query.
    pub action: &'a str,
    /// The app's voice by Twilio's name, e.g. `Polly.Joanna`; `None` takes the account's default.
    pub voice: Option<&'a str>,
    /// The public URL of an audio file, given its URL in the document's world; `None` if it cannot be played.
    pub audio: &'a dyn Fn(&str) -> Option<String>,
}

/// An answer to Twilio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The TwiML.
    pub body: String,
    /// What of the turn Twilio cannot express, each kind once.
    pub notes: Vec<Note>,
}

/// Something of a turn that Twilio cannot express, worth a line in the log once per call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// A stable, kebab-case name, e.g. `interdigit-merged`.
    pub code: &'static str,
    /// What became of it, in a sentence.
    pub message: String,
}

/// Collects notes, each kind once.
#[derive(Default)]
struct Notes(Vec<Note>);

impl Notes {
    fn add(&mut self, code: &'static str, message: impl FnOnce() -> String) {
        if !self.0.iter().any(|note| note.code == code) {
            self.0.push(Note { code, message: message() });
        }
    }
}

#[cfg(test)]
mod markup_tests;
#[cfg(test)]
mod properties;
