use super::{Millis, Response, Sensitive};
use serde::{Deserialize, Serialize};

/// Something that happened to a call, and when. A call is exactly the list of its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Wall-clock time, in milliseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// What happened.
    #[serde(flatten)]
    pub happening: Happening,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "event")]
pub enum Happening {
    /// The call begins; always the first event, and only the first.
    Start {
        /// The absolute URL of the first document, perhaps with a fragment naming a dialog.
        url: String,
        /// The session variables, e.g. `{"connection": {"local": {"uri": …}, "remote": {"uri": …}}}`.
        session: serde_json::Value,
    },
    /// The answer to a fetch request.
    Fetched {
        /// The request's id.
        request: u64,
        /// The answer.
        response: Response,
    },
    /// The caller pressed keys or spoke.
    Heard(Heard),
    /// The caller gave no input in time.
    Nothing,
    /// A recording ended. Without sound and without a key it is a `noinput`; whoever hangs up in the middle leaves what was
    /// recorded so far, with `hung_up`.
    Recorded {
        /// Where the sound is; `None` if nothing was recorded.
        url: Option<String>,
        /// Its length.
        duration: Millis,
        /// The key that ended it.
        key: Option<char>,
        /// Whether the caller hung up during it.
        hung_up: bool,
    },
    /// A transfer ended, failed or is under way.
    ///
    /// Nobody answers: `noanswer`, `busy`, `network_busy`. Somebody did: `far_end_disconnect`, `near_end_disconnect` (the
    /// caller ended it by a grammar), `maxtime_disconnect`, `network_disconnect`; `unknown` if the platform does not say.
    /// `connected`: the caller is in the other end's hands, which is all that is known of a blind transfer, and where a
    /// consultation leads. A result that begins with `error.` (`error.connection.baddestination`) is thrown as that event.
    /// The caller's own hang-up is [`Happening::HungUp`].
    TransferEnded {
        /// The result by VoiceXML's names.
        result: String,
        /// How long the legs were connected.
        duration: Millis,
        /// What the caller ended it by, where the platform says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        input: Option<Heard>,
    },
    /// The caller hung up.
    HungUp,
    /// The platform came back without news (after a turn that only plays).
    Resumed,
}

/// What the caller did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "mode")]
pub enum Heard {
    /// Pressed keys.
    Keys {
        /// The keys (`0`-`9`, `*`, `#`, `A`-`D`), without the finishing key. Empty: only the finishing key.
        keys: Sensitive<String>,
    },
    /// Spoke.
    Speech {
        /// The words as the recogniser wrote them.
        utterance: Sensitive<String>,
        /// The recogniser's confidence from 0 to 1, if it gave one.
        confidence: Option<f64>,
        /// Further hypotheses of the recogniser, best first; platforms that give only one leave it empty.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        alternatives: Vec<Hypothesis>,
        /// What the words mean in this state, found by NLU outside the interpreter.
        #[serde(default)]
        finding: Finding,
    },
}

/// What else a recogniser may have heard: an entry of the N-best list (VoiceXML 2.0 §5.1.5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hypothesis {
    /// The words.
    pub utterance: Sensitive<String>,
    /// The recogniser's confidence from 0 to 1, if it gave one.
    pub confidence: Option<f64>,
}

/// Ranked interpretations of an utterance, best first; empty if NLU found nothing or was not asked.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Finding {
    /// The interpretations, best first.
    pub ranked: Vec<Interpretation>,
    /// What the words fill of the form's slots, in the order said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<FilledSlot>,
}

impl Finding {
    /// The best interpretation at or above `threshold`.
    pub fn best(&self, threshold: f64) -> Option<&Interpretation> {
        self.ranked.first().filter(|best| best.confidence >= threshold)
    }
}

/// One reading of an utterance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interpretation {
    /// What it selects.
    pub selection: Selection,
    /// From 0 to 1.
    pub confidence: f64,
    /// The label, phrase or rule it was found by, for transcripts.
    pub why: String,
}

/// A slot that an utterance fills.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilledSlot {
    /// The slot's name ([`super::Slot::name`]).
    pub slot: String,
    /// The words it was filled by.
    pub spoken: Sensitive<String>,
    /// What it can mean; more than one if it is ambiguous, none if it must be asked anew.
    pub readings: Vec<Reading>,
    /// From 0 to 1.
    pub confidence: f64,
}

/// One meaning of a slot's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What is handed to the application.
    pub selection: Selection,
    /// How the bridge says it: "9 in the morning".
    pub said: String,
}

/// What an utterance selects among what the application understands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Selection {
    /// As if these keys had been pressed.
    Key(Sensitive<String>),
    /// As if these words of a speech grammar had been said.
    Phrase(Sensitive<String>),
    /// As if the slot's own grammar had given this value.
    Value(Sensitive<String>),
    /// The choice of this place, from 0, in a question of the bridge's own.
    Answer(usize),
    /// A universal command that throws this event (`help`).
    Event(String),
    /// Say the last turn again.
    Repeat,
}
