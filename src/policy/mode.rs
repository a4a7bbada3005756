use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How callers may answer an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// As the document is written: keys, and speech only where it has speech grammars of its own.
    Keys,
    /// Free speech beside the keys.
    #[default]
    Hybrid,
    /// Free speech, asked for in open words; keys are read out only to a caller who is lost.
    Speech,
}

impl Mode {
    /// The name in configuration files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::Hybrid => "hybrid",
            Self::Speech => "speech",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no [`Mode`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown mode `{0}`, expected `keys`, `hybrid` or `speech`")]
pub struct UnknownMode(pub String);

impl FromStr for Mode {
    type Err = UnknownMode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Keys, Self::Hybrid, Self::Speech]
            .into_iter()
            .find(|mode| mode.name() == text)
            .ok_or_else(|| UnknownMode(text.to_owned()))
    }
}
