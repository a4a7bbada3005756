//! What the extensions of other platforms mean here. Each line of these tables is in `docs/dialects.md`.

use crate::dialogue::Dialect;

/// What a platform adds to documents. Names end in `*` where only their beginning counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profile {
    /// Elements that may be ignored without a word.
    elements: &'static [&'static str],
    /// Attributes that may be ignored without a word.
    attributes: &'static [&'static str],
    /// Namespaces whose elements and attributes may be ignored without a word.
    namespaces: &'static [&'static str],
    /// Properties and what they are here.
    properties: &'static [(&'static str, Property)],
    /// Whether a field of `type="text"`, which takes any words, is one of the platform's types. Documents of all platforms
    /// have it; to the others it is told with a warning.
    free_text: bool,
    /// Grammars that a caller's words and keys never match, such as one that detects answering machines.
    deaf: &'static [&'static str],
}

/// What a platform's own property is here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Property {
    /// Nothing that this platform does.
    Nothing,
    /// Another name for a property.
    Is(&'static str),
    /// Another name for a property, with other words for its values.
    Says(&'static str, &'static [(&'static str, &'static str)]),
}

const STANDARD: Profile = Profile {
    elements: &[],
    attributes: &[],
    namespaces: &[],
    properties: &[],
    free_text: false,
    deaf: &["builtin:amd"],
};

const CISCO: Profile = Profile {
    attributes: &["cisco-*"],
    properties: &[("com.cisco.*", Property::Nothing), ("cisco-*", Property::Nothing)],
    ..STANDARD
};

const GENESYS: Profile = Profile {
    elements: &["receive", "send"],
    namespaces: &["http://www.genesyslab.com/2006/vxml21-extension", "urn:undeclared:gvp", "urn:undeclared:genesys"],
    properties: &[
        ("com.genesys.*", Property::Nothing),
        ("com.genesyslab.*", Property::Nothing),
        ("com.telera.*", Property::Nothing),
        ("com.voicegenie.*", Property::Nothing),
    ],
    ..STANDARD
};

const AVAYA: Profile =
    Profile { namespaces: &["urn:undeclared:avaya"], properties: &[("com.avaya.*", Property::Nothing)], ..STANDARD };

const NUANCE: Profile = Profile {
    attributes: &["swiep_*", "swirec_*"],
    namespaces: &["http://www.nuance.com/*", "urn:undeclared:nuance"],
    properties: &[
        ("swirec_nbest_list_length", Property::Is("maxnbest")),
        (
            "swirec_barge_in_mode",
            Property::Says(
                "bargeintype",
                &[
                    ("normal", "speech"),
                    ("hotword", "hotword"),
                    ("magic_word", "hotword"),
                    ("selective_barge_in", "hotword"),
                ],
            ),
        ),
        ("swiep_*", Property::Nothing),
        ("swirec_*", Property::Nothing),
    ],
    ..STANDARD
};

const VOXIMAL: Profile = Profile {
    properties: &[
        ("announce*", Property::Nothing),
        ("cdrprompt", Property::Nothing),
        ("control", Property::Nothing),
        ("promptcdr", Property::Nothing),
        ("promptcut", Property::Nothing),
        ("promptformat*", Property::Nothing),
        ("promptmaxage*", Property::Nothing),
        ("promptmemory", Property::Nothing),
        ("promptposition", Property::Nothing),
        ("prompturl*", Property::Nothing),
    ],
    free_text: true,
    ..STANDARD
};

impl Profile {
    pub(super) fn of(dialect: Dialect) -> &'static Self {
        match dialect {
            Dialect::Standard => &STANDARD,
            Dialect::Cisco => &CISCO,
            Dialect::Genesys => &GENESYS,
            Dialect::Avaya => &AVAYA,
            Dialect::Nuance => &NUANCE,
            Dialect::Voximal => &VOXIMAL,
        }
    }

    /// Whether an element that VoiceXML does not know is one of the platform's.
    pub(super) fn knows_element(&self, namespace: Option<&str>, name: &str) -> bool {
        self.elements.contains(&name) || self.knows_namespace(namespace)
    }

    /// Whether an attribute that VoiceXML does not know is one of the platform's.
    pub(super) fn knows_attribute(&self, namespace: Option<&str>, name: &str) -> bool {
        self.attributes.iter().any(|known| fits(known, name)) || self.knows_namespace(namespace)
    }

    fn knows_namespace(&self, namespace: Option<&str>) -> bool {
        namespace.is_some_and(|namespace| self.namespaces.iter().any(|known| fits(known, namespace)))
    }

    /// What a property of the platform is here.
    pub(super) fn property(&self, name: &str) -> Option<Property> {
        self.properties.iter().find(|(known, _)| fits(known, name)).map(|(_, property)| *property)
    }

    /// Whether the platform has the field type `text`.
    pub(super) fn has_free_text(&self) -> bool {
        self.free_text
    }

    /// Whether a grammar is one that the platform listens for in ways of its own.
    pub(super) fn is_deaf_to(&self, uri: &str) -> bool {
        self.deaf.contains(&uri.trim())
    }
}

impl Property {
    /// The name and value by which the property is known here.
    pub(super) fn translate(self, value: &str) -> Option<(&'static str, String)> {
        match self {
            Self::Nothing => None,
            Self::Is(name) => Some((name, value.to_owned())),
            Self::Says(name, words) => {
                let word = words.iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(value.trim()));
                word.map(|(_, ours)| (name, (*ours).to_owned()))
            }
        }
    }
}

/// Whether a name is the one of a table, or begins like it.
fn fits(known: &str, name: &str) -> bool {
    known.strip_suffix('*').map_or(known == name, |beginning| name.starts_with(beginning))
}
