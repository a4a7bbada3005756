use super::{FetchHints, Position, Source};
use serde::{Deserialize, Serialize};

/// Keys or voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputMode {
    /// Spoken words.
    Voice,
    /// Telephone keys.
    Dtmf,
}

/// A `<grammar>` element as written (VoiceXML 2.0 §3.1): the text is compiled by the grammar room at load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GrammarSource {
    /// The grammar itself, or where it is.
    pub text: GrammarText,
    /// `mode`, where written.
    pub mode: Option<InputMode>,
    /// `type`, where written, in lower case.
    pub media_type: Option<String>,
    /// The language in force: `xml:lang` of the element or of what is around it.
    pub lang: Option<String>,
    /// The base URI in force for relative references inside.
    pub base: Option<String>,
    /// `weight`; 1 if absent.
    pub weight: f64,
    /// Fetch attributes.
    pub fetch: FetchHints,
    /// Where it stands.
    pub at: Position,
    /// Where its text begins: plain text behind the start tag, XML where the element stands.
    pub text_at: Position,
}

/// Inline or referred to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum GrammarText {
    /// A `<grammar>` element with SRGS XML inside: the element as a self-contained XML text, starting at
    /// [`GrammarSource::at`] of the document, so that positions inside can be reported in the document's terms.
    Xml(String),
    /// A `<grammar>` element with plain text inside (ABNF, JSGF, GSL …), entities resolved.
    Text(String),
    /// `src` (or `srcexpr`): a URI, perhaps with a fragment naming a rule, perhaps `builtin:…`.
    Reference(Source),
}
