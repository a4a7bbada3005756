use std::fmt;

/// What a call did besides speaking and listening, for logs, `voxbridge call --json` and the conformance runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TraceLine {
    /// `<log>`: label and text.
    Log {
        /// `label`; empty if absent.
        label: String,
        /// The text.
        text: String,
    },
    /// An event was thrown.
    Event {
        /// Its name.
        name: String,
        /// Its message.
        message: String,
        /// Where, as `document#dialog`.
        place: String,
    },
    /// What the application's configuration forbade; nothing of what the caller said is in it.
    Refusal(String),
    /// A prompt nobody could hear any more, because the caller had gone.
    Unheard(String),
    /// A dialog was entered, as `document#dialog`.
    Dialog(String),
}

impl TraceLine {
    /// Whether it tells of an error event.
    pub fn is_error(&self) -> bool {
        matches!(self, Self::Event { name, .. } if name.starts_with("error"))
    }
}

impl fmt::Display for TraceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log { label, text } if label.is_empty() => write!(f, "log: {text}"),
            Self::Log { label, text } => write!(f, "log {label}: {text}"),
            Self::Event { name, message, place } if message.is_empty() => write!(f, "event {name} in {place}"),
            Self::Event { name, message, place } => write!(f, "event {name} in {place}: {message}"),
            Self::Refusal(what) => write!(f, "refused: {what}"),
            Self::Unheard(text) => write!(f, "not heard any more: {text}"),
            Self::Dialog(name) => write!(f, "dialog {name}"),
        }
    }
}
