use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How much the bridge says on its own account where it has understood speech for an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Nothing: what is sure enough is accepted, all else is no match.
    Plain,
    /// It asks where it is not sure, takes several answers at once and corrections, and helps who is lost.
    #[default]
    Guided,
    /// As guided, and whatever is said is confirmed.
    Careful,
}

impl Policy {
    /// The property by which a document names one.
    pub const PROPERTY: &str = "voxbridge.policy";

    /// Its name in documents and configuration files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Guided => "guided",
            Self::Careful => "careful",
        }
    }
}

/// A text that names no [`Policy`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown policy `{0}`, expected `plain`, `guided` or `careful`")]
pub struct UnknownPolicy(pub String);

impl FromStr for Policy {
    type Err = UnknownPolicy;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Plain, Self::Guided, Self::Careful]
            .into_iter()
            .find(|policy| policy.name() == text)
            .ok_or_else(|| UnknownPolicy(text.to_owned()))
    }
}
