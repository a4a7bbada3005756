use super::{Expr, FetchHints, Millis, Name, Position, Source};
use serde::{Deserialize, Serialize};

/// `<prompt>` (VoiceXML 2.0 §4.1), its template prepared at load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prompt {
    /// `count`: heard from this visit on (tapering), from 1.
    pub count: u32,
    /// `cond`
    pub cond: Option<Expr>,
    /// `bargein`; the property decides if absent.
    pub bargein: Option<bool>,
    /// `bargeintype`: whether only input that is understood stops it (`hotword`); the property decides if absent.
    pub hotword: Option<bool>,
    /// `timeout`, in milliseconds; the property decides if absent.
    pub timeout: Option<Millis>,
    /// `xml:lang`
    pub lang: Option<String>,
    /// `xml:base`
    pub base: Option<String>,
    /// What is heard.
    pub content: Vec<Piece>,
}

/// A piece of a prompt's content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Piece {
    /// Text to be spoken, white space already folded.
    Text(String),
    /// `<value expr>`
    Value(Expr),
    /// `<audio>`
    Audio {
        /// Where the sound is.
        src: AudioSource,
        /// What is heard instead if the audio cannot be played.
        fallback: Vec<Piece>,
        /// Fetch attributes.
        fetch: FetchHints,
    },
    /// `<enumerate>`: `None` stands for the platform's own template.
    Enumerate(Option<Vec<Piece>>),
    /// `<foreach>` in a prompt (VoiceXML 2.1 §6).
    Foreach {
        /// The loop variable.
        item: Name,
        /// The array.
        array: Expr,
        /// Content for each element.
        body: Vec<Piece>,
    },
    /// `<mark>`: `name` or `nameexpr`.
    Mark(Source),
    /// An SSML element that wraps text (`emphasis`, `prosody`, `say-as`, `p`, `s`, `sub`, `voice`, `phoneme`, `break` …).
    Element {
        /// The local name.
        name: String,
        /// The attributes as written.
        attributes: Vec<(String, String)>,
        /// The content.
        children: Vec<Piece>,
    },
}

impl Piece {
    /// Where its first computed part stands; written text has no place of its own.
    pub(crate) fn at(&self) -> Option<Position> {
        match self {
            Self::Value(expr) | Self::Mark(Source::Expr(expr)) => Some(expr.at),
            Self::Audio { src: AudioSource::Expr(expr), .. } => Some(expr.at),
            Self::Audio { fallback, .. } => fallback.iter().find_map(Self::at),
            Self::Foreach { item, .. } => Some(item.at),
            Self::Element { children, .. } => children.iter().find_map(Self::at),
            Self::Enumerate(template) => template.iter().flatten().find_map(Self::at),
            Self::Text(_) | Self::Mark(Source::Literal(_)) => None,
        }
    }
}

/// Where an `<audio>`'s sound comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AudioSource {
    /// `src`: a URI, relative to the document.
    Uri(String),
    /// `expr`: a URI or a recording; `undefined` skips the element and its content.
    Expr(Expr),
    /// Neither: only the content is heard.
    None,
}
