//! How executable content ends other than by running off its end.

use super::{
    program::{Program, Refusal},
    recognise::Recognition,
};
use crate::{dialogue::Reason, script::ScriptError};
use serde_json::Value as Json;
use std::sync::Arc;

/// The result of a piece of the algorithm.
pub(super) type Run<T = ()> = Result<T, Flow>;

/// What takes control away.
pub(super) enum Flow {
    /// An event was thrown.
    Event(Thrown),
    /// `<goto nextitem>`
    Item(String),
    /// A transition to a dialog, perhaps of another document, already loaded.
    Dialog(Box<Target>),
    /// `<return>` from a subdialog.
    Return(Returned),
    /// The application ends.
    End(Reason, Vec<(String, Json)>),
}

/// An event on its way to a handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Thrown {
    /// Its name.
    pub(super) name: String,
    /// Its message.
    pub(super) message: String,
    /// Where it arose: handlers are looked for from there outwards.
    pub(super) level: Level,
}

/// Where an event arose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// In the form item being visited, if there is one.
    Item,
    /// In the dialog: its initialisation, form-level `<filled>`.
    Dialog,
    /// In the document's initialisation.
    Document,
}

/// Where a transition leads.
pub(super) struct Target {
    /// The document.
    pub(super) program: Arc<Program>,
    /// Its application root, if it has one.
    pub(super) root: Option<Arc<Program>>,
    /// The dialog's place in the document.
    pub(super) dialog: usize,
    /// Whether the document's variables start anew.
    pub(super) reload: bool,
    /// Whether it was asked for by a `<submit>`: a leaf that submits to its root starts the root anew (2.0 §1.5.2).
    pub(super) submitted: bool,
    /// What the caller said to get there: it fills the new form at once.
    pub(super) heard: Option<Recognition>,
}

/// What a subdialog hands back.
pub(super) enum Returned {
    /// Named values.
    Values(Vec<(String, crate::script::Handle)>),
    /// An event to throw in the caller.
    Event(String, String),
}

impl Thrown {
    /// Whether it is an error event.
    pub(super) fn is_error(&self) -> bool {
        self.name == "error" || self.name.starts_with("error.")
    }
}

impl Flow {
    /// An event from the place being visited.
    pub(super) fn event(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Event(Thrown { name: name.into(), message: message.into(), level: Level::Item })
    }

    /// `error.semantic`.
    pub(super) fn semantic(message: impl Into<String>) -> Self {
        Self::event("error.semantic", message)
    }

    /// The same, with the message of an event led in by `what`.
    pub(super) fn because(mut self, what: &str) -> Self {
        if let Self::Event(thrown) = &mut self {
            thrown.message = format!("{what}: {}", thrown.message);
        }
        self
    }

    /// The same, with events placed at `level`.
    pub(super) fn at(mut self, level: Level) -> Self {
        if let Self::Event(thrown) = &mut self {
            thrown.level = level;
        }
        self
    }
}

impl From<Refusal> for Flow {
    fn from(refusal: Refusal) -> Self {
        Self::event(refusal.event, refusal.why)
    }
}

impl From<ScriptError> for Flow {
    fn from(error: ScriptError) -> Self {
        Self::semantic(error.to_string())
    }
}
