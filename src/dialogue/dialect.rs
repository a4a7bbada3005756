use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The platform a document was written for: decides what its extensions mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// VoiceXML 2.0 and 2.1 and nothing else.
    #[default]
    Standard,
    /// Cisco's IOS gateways and CVP.
    Cisco,
    /// Genesys Voice Platform.
    Genesys,
    /// Avaya Experience Portal.
    Avaya,
    /// Platforms with Nuance's recogniser.
    Nuance,
    /// Voximal and its forerunner VXI*.
    Voximal,
}

/// The type of a field that takes any words, which documents write as `text`. Not a name of VoiceXML's: the reader puts it.
pub const FREE_TEXT: &str = ":text";

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Standard, Self::Cisco, Self::Genesys, Self::Avaya, Self::Nuance, Self::Voximal];

    /// Its name in configurations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Cisco => "cisco",
            Self::Genesys => "genesys",
            Self::Avaya => "avaya",
            Self::Nuance => "nuance",
            Self::Voximal => "voximal",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Dialect {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|dialect| dialect.name() == name);
        found.ok_or_else(|| format!("`{name}` is no dialect"))
    }
}
