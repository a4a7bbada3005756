use super::{FetchRequest, Spoken, Turn};
use serde::{Deserialize, Serialize};

/// What a call wants next from the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Fetch this and come back with [`super::Happening::Fetched`].
    Fetch(FetchRequest),
    /// Play the prompts, then listen, record, transfer or hang up, and come back with what happened.
    Turn(Turn),
    /// The call's application has ended: play what is left and hang up.
    Done(Ending),
}

/// How an application ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ending {
    /// Prompts still queued; empty if the caller has gone.
    pub prompts: Vec<Spoken>,
    /// Why it ended.
    pub reason: Reason,
    /// What `<exit>` or `<disconnect>` handed back, by variable name; an `expr` has the name `expr`.
    pub namelist: Vec<(String, serde_json::Value)>,
}

/// Why an application ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind", content = "detail")]
pub enum Reason {
    /// `<exit>`.
    Exit,
    /// The last dialog ended without a successor.
    Finished,
    /// The caller hung up (or was disconnected) and the handlers for it have run.
    HungUp,
    /// An event nobody caught; the event's name and message.
    Event {
        /// The event's name.
        event: String,
        /// Its message.
        message: String,
    },
    /// The platform's own limit was hit, e.g. too many transitions without listening.
    Limit(String),
}
