//! Which notation a grammar is in, by its media type or by the look of its text.

use super::Setting;
use super::draft::{Draft, Header, Reading};
use super::reading::Notes;
use super::{abnf, gsl, jsgf, srgs_xml};
use crate::dialogue::{Diagnostic, InputMode};

/// A notation that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    /// SRGS 1.0 in its XML form.
    Xml,
    /// SRGS 1.0 in its ABNF form.
    Abnf,
    /// The JSpeech Grammar Format, or its right-hand side alone.
    Jsgf,
    /// Nuance's Grammar Specification Language.
    Gsl,
    /// `a | b | c`, words or keys and nothing else.
    Choices,
}

/// What a media type says.
enum Declared {
    Notation(Notation),
    /// Alternatives of keys.
    KeyChoices,
    /// Nothing about grammars, such as `text/plain`.
    Nothing,
    /// A notation that is not read.
    Foreign(String),
}

impl Notation {
    fn declared(media_type: &str) -> Declared {
        let name = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        Declared::Notation(match name.as_str() {
            "application/srgs+xml" | "application/grammar+xml" | "text/xml" | "application/xml" => Self::Xml,
            "application/srgs"
            | "application/abnf"
            | "application/x-abnf"
            | "application/grammar"
            | "text/abnf"
            | "application/lumenvox-abnf" => Self::Abnf,
            "application/x-jsgf" | "application/jsgf" | "text/x-jsgf" | "text/jsgf" => Self::Jsgf,
            "application/x-nuance-gsl"
            | "application/x-gsl"
            | "application/gsl"
            | "text/gsl"
            | "text/x-gsl"
            | "text/x-nuance-gsl" => Self::Gsl,
            "text/x-grammar-choice" => Self::Choices,
            "text/x-grammar-choice-dtmf" => return Declared::KeyChoices,
            "" | "text/plain" | "application/octet-stream" => return Declared::Nothing,
            _ => return Declared::Foreign(name),
        })
    }

    /// Whether a server's media type of a file says more about its notation than the text: most say nothing, and XML
    /// shows itself.
    pub(super) fn is_telling(media_type: &str) -> bool {
        match Self::declared(media_type) {
            Declared::Notation(notation) => notation != Self::Xml,
            Declared::KeyChoices => true,
            Declared::Nothing | Declared::Foreign(_) => false,
        }
    }

    /// What a text plainly is by its first characters, whatever it was labelled.
    fn plain(text: &str) -> Option<Self> {
        let start = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
        let starts = |marks: &[&str]| marks.iter().any(|mark| start.starts_with(mark));
        if starts(&["<?xml", "<!", "<grammar"]) {
            return Some(Self::Xml);
        }
        if starts(&[";GSL"]) {
            return Some(Self::Gsl);
        }
        let scan = super::scan::Scanner::new(text);
        match scan.rest() {
            rest if rest.starts_with("#ABNF") => Some(Self::Abnf),
            rest if rest.starts_with("#JSGF") => Some(Self::Jsgf),
            _ => None,
        }
    }

    /// The notation of a text that neither its type nor its first line names; `None` if it is none of them.
    fn guessed(text: &str) -> Option<Self> {
        let mut scan = super::scan::Scanner::new(text);
        let rest = scan.rest();
        if jsgf::has_rules(text) {
            return Some(Self::Jsgf);
        }
        if rest.starts_with('<') {
            return Some(Self::Xml);
        }
        let keywords = ["language", "mode", "root", "tag-format", "public", "private"];
        let declares = keywords.into_iter().any(|keyword| scan.keyword(keyword));
        if (scan.peek() == Some('$') && scan.rest().contains('=')) || (declares && scan.rest().contains('$')) {
            return Some(Self::Abnf);
        }
        if gsl::looks_like(rest) {
            return Some(Self::Gsl);
        }
        // A list line by line is some vendor's own.
        let lines = rest.lines().filter(|line| !line.trim().is_empty()).count();
        let expansion = lines == 1 || rest.contains('|');
        (expansion && !rest.contains('\t')).then_some(Self::Jsgf)
    }

    fn read(self, text: &str, setting: &Setting<'_>) -> Reading {
        match self {
            Self::Xml => srgs_xml::read(text, setting),
            Self::Abnf => abnf::read(text, setting),
            Self::Jsgf => jsgf::read(text, setting),
            Self::Gsl => gsl::read(text, setting),
            Self::Choices => choices(text, setting),
        }
    }
}

/// Reads a grammar in the notation that it is in.
pub(super) fn read(text: &str, media_type: Option<&str>, setting: &Setting<'_>) -> Reading {
    if let Some(notation) = Notation::plain(text) {
        return notation.read(text, setting);
    }
    let foreign = match media_type.map_or(Declared::Nothing, Notation::declared) {
        Declared::Notation(notation) => return notation.read(text, setting),
        Declared::KeyChoices => {
            let keys = Setting { mode: Some(InputMode::Dtmf), ..*setting };
            return Notation::Choices.read(text, &keys);
        }
        Declared::Nothing => match Notation::guessed(text) {
            Some(notation) => return notation.read(text, setting),
            None => "plain-text".to_owned(),
        },
        Declared::Foreign(name) => name,
    };
    let message = format!("{foreign} grammars are not supported");
    let diagnostic = Diagnostic::error("unsupported-grammar", setting.uri, message).expected(
        "SRGS in its XML form (application/srgs+xml) or ABNF form (application/srgs), JSGF (application/x-jsgf) or GSL \
         (application/x-nuance-gsl)",
    );
    let start = text.len() - text.trim_start().len();
    Err(vec![Notes::new(text, setting).place(diagnostic, start, start + 1)])
}

/// Alternatives with `|` between them.
fn choices(text: &str, setting: &Setting<'_>) -> Reading {
    let mut draft = Draft::new(setting, Notes::new(text, setting), Header::default());
    let mut alternatives = Vec::new();
    let mut start = 0;
    for choice in text.split('|') {
        let mut parts = Vec::new();
        draft.tokens(&(start..start + choice.len()), choice, &mut parts);
        if !parts.is_empty() {
            alternatives.push(draft.builder.seq(parts));
        }
        start += choice.len() + 1;
    }
    let body = draft.builder.alt(alternatives);
    if let Some(rule) = draft.declare(&(0..1), "choices", true) {
        draft.builder.define(rule, body);
    }
    draft.finish(&(0..1), Some("choices"))
}
