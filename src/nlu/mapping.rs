//! `mappings/NAME.toml`: what an engineer adds to a document for free speech.

use super::labels::Name;
use super::prepared::Prepared;
use super::state::State;
use super::words::{self, Language, Words};
use crate::dialogue::{Choice, Diagnostic, InputRequest, Spoken};
use serde::Deserialize;
use std::sync::{Arc, OnceLock};
use toml::Spanned;

/// Labels and extra phrases for free speech, by input state.
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    language: Option<String>,
    threshold: Option<f64>,
    states: Vec<StateEntry>,
    prepared: Prepared,
}

#[derive(Debug, Clone)]
pub(super) struct StateEntry {
    pattern: String,
    language: Option<String>,
    pub(super) open_prompt: Option<String>,
    pub(super) secret: bool,
    pub(super) choices: Vec<Entry>,
}

/// What the mapping says of one choice.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    choice: Which,
    pub(super) label: Option<String>,
    phrases: Vec<String>,
    /// By language; made once, not in every turn.
    names: [OnceLock<EntryNames>; Language::COUNT],
}

/// The names a mapping gives a choice, ready to be matched.
#[derive(Debug, Clone)]
pub(super) struct EntryNames {
    pub(super) label: Option<Arc<Name>>,
    pub(super) phrases: Vec<Arc<Name>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Which {
    Key(String),
    Phrase(String),
}

impl Mapping {
    /// Reads a mapping file; `file` names it in the diagnostics.
    ///
    /// # Errors
    /// Everything that is wrong with it, with line, column and what was expected: text that is not TOML, keys that
    /// mean nothing, values of the wrong type or out of range, a choice named neither by its key nor by a phrase.
    pub fn parse(text: &str, file: &str) -> Result<Self, Vec<Diagnostic>> {
        let raw: RawMapping = toml::from_str(text).map_err(|error| vec![unreadable(&error, text, file)])?;
        let mut wrong = Vec::new();
        let mut refuse = |code: &str, span: std::ops::Range<usize>, message: &str, expected: &str| {
            wrong.push(Diagnostic::error(code, file, message).at(text, span.start, span.end).expected(expected));
        };
        let threshold = raw.threshold.map(|threshold| {
            if !(0.0..=1.0).contains(threshold.get_ref()) {
                refuse("mapping-threshold", threshold.span(), "the threshold is out of range", "a number from 0 to 1");
            }
            threshold.into_inner()
        });
        let mut states = Vec::new();
        for state in raw.state {
            if state.pattern.get_ref().trim().is_empty() {
                refuse(
                    "mapping-match",
                    state.pattern.span(),
                    "`match` names no state",
                    "for example \"main.vxml#main/*\"",
                );
            }
            let mut choices = Vec::new();
            for choice in state.choice {
                let span = choice.span();
                let choice = choice.into_inner();
                let which = match (choice.key, choice.phrase) {
                    (Some(key), None) => Which::Key(key.split_whitespace().collect()),
                    (None, Some(phrase)) => Which::Phrase(phrase),
                    _ => {
                        let message = "a choice is named by its key or by one phrase of its grammar";
                        refuse("mapping-choice", span, message, "either `key` or `phrase`");
                        continue;
                    }
                };
                let names = Default::default();
                choices.push(Entry { choice: which, label: choice.label, phrases: choice.phrases, names });
            }
            states.push(StateEntry {
                pattern: state.pattern.into_inner(),
                language: state.language,
                open_prompt: state.open_prompt,
                secret: state.secret,
                choices,
            });
        }
        if wrong.is_empty() {
            Ok(Self { language: raw.language, threshold, states, prepared: Prepared::default() })
        } else {
            Err(wrong)
        }
    }

    /// What speech can mean where this listens after these prompts: as [`State::of`], but made once for all calls that
    /// come to the same place.
    pub fn state(&self, prompts: &[&Spoken], request: &InputRequest) -> Arc<State> {
        self.prepared.find(prompts, request).unwrap_or_else(|| {
            let state = Arc::new(State::prepare(prompts, request, Some(self)));
            self.prepared.keep(&state);
            state
        })
    }

    /// The language of a turn that names none.
    pub(super) fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    pub(super) fn threshold(&self) -> Option<f64> {
        self.threshold
    }

    /// The entries for an input state in a language, in the order of the file.
    pub(super) fn entries(&self, state: &str, lang: &str) -> impl Iterator<Item = &StateEntry> {
        self.states.iter().filter(move |entry| entry.in_language(lang) && matches_state(&entry.pattern, state))
    }

    /// Whether what is heard in a state is secret, in whatever language.
    pub fn secret(&self, state: &str) -> bool {
        self.states.iter().any(|entry| entry.secret && matches_state(&entry.pattern, state))
    }
}

impl StateEntry {
    fn in_language(&self, lang: &str) -> bool {
        let starts_with =
            |prefix: &str| lang.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        self.language.as_deref().is_none_or(starts_with)
    }
}

impl Entry {
    /// Its names as they are matched in a language.
    pub(super) fn names(&self, language: Language) -> &EntryNames {
        let name = |text: &String| Arc::new(Name::of(text, 1.0, language));
        self.names[language as usize].get_or_init(|| EntryNames {
            label: self.label.as_ref().map(name),
            phrases: self.phrases.iter().map(name).collect(),
        })
    }

    /// Whether the entry speaks of this choice.
    pub(super) fn is_about(&self, choice: &Choice, language: Language) -> bool {
        match &self.choice {
            Which::Key(key) => choice.key.as_deref() == Some(key),
            Which::Phrase(phrase) => {
                let wanted = Words::of(phrase, language).all;
                let mut names = choice.phrases.iter().chain(&choice.label);
                names.any(|name| words::tokens(name, language) == wanted)
            }
        }
    }
}

/// Whether `document#dialog/item` is meant by a pattern whose parts may be left out from the right. The pattern's
/// document is the end of the document's path; `*` stands for any characters but `/`.
fn matches_state(pattern: &str, state: &str) -> bool {
    let (document, place) = state.split_once('#').unwrap_or((state, ""));
    let (dialog, item) = place.split_once('/').unwrap_or((place, ""));
    let (wanted_document, wanted_place) = pattern.trim().split_once('#').unwrap_or((pattern.trim(), ""));
    let (wanted_dialog, wanted_item) = wanted_place.split_once('/').unwrap_or((wanted_place, ""));
    let mut path = document.rsplit('/');
    let by_path = wanted_document
        .trim_start_matches('/')
        .rsplit('/')
        .all(|wanted| path.next().is_some_and(|part| glob(wanted, part)));
    (wanted_document.is_empty() || by_path)
        && (wanted_dialog.is_empty() || glob(wanted_dialog, dialog))
        && (wanted_item.is_empty() || glob(wanted_item, item))
}

/// Whether `text` is `pattern`, in which `*` stands for any characters.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

fn unreadable(error: &toml::de::Error, text: &str, file: &str) -> Diagnostic {
    let message = error.message();
    let (what, expected) = match message.split_once(", expected ") {
        Some((what, expected)) => (what, Some(expected)),
        None => (message, None),
    };
    let mut diagnostic = Diagnostic::error("mapping-syntax", file, what.trim());
    if let Some(span) = error.span() {
        diagnostic = diagnostic.at(text, span.start, span.end);
    }
    match expected {
        Some(expected) => diagnostic.expected(expected.trim()),
        None => diagnostic,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMapping {
    language: Option<String>,
    threshold: Option<Spanned<f64>>,
    #[serde(default)]
    state: Vec<RawState>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawState {
    #[serde(rename = "match")]
    pattern: Spanned<String>,
    language: Option<String>,
    open_prompt: Option<String>,
    #[serde(default)]
    secret: bool,
    #[serde(default)]
    choice: Vec<Spanned<RawChoice>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChoice {
    key: Option<String>,
    phrase: Option<String>,
    label: Option<String>,
    #[serde(default)]
    phrases: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATE: &str = "file:///srv/airline/main.vxml#main/choice";

    #[test]
    fn patterns_name_states_with_wildcards_and_missing_parts() {
        for pattern in [
            "main.vxml",
            "main.vxml#main",
            "main.vxml#main/choice",
            "airline/main.vxml#*/ch*",
            "*.vxml",
            "*#main",
            "#main",
            "ma*.vx*#m*n/*",
        ] {
            assert!(matches_state(pattern, STATE), "{pattern}");
        }
        for pattern in [
            "ain.vxml",
            "bank/main.vxml",
            "main.vxml#mai",
            "main.vxml#main/item",
            "other.vxml",
            "x/*/airline/main.vxml/y",
        ] {
            assert!(!matches_state(pattern, STATE), "{pattern}");
        }
    }

    #[test]
    fn errors_say_where_and_what_was_expected() {
        let text = "language = \"en\"\n[[state]]\nmatch = \"m.vxml\"\nprompt = \"x\"\n";
        let found = Mapping::parse(text, "m.toml").unwrap_err();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].position.map(|at| (at.line, at.column)), Some((4, 1)));
        assert!(found[0].message.contains("prompt"), "{}", found[0]);
        assert!(found[0].expected.as_deref().is_some_and(|e| e.contains("open_prompt")), "{}", found[0]);
    }

    #[test]
    fn a_choice_needs_exactly_one_name_and_a_threshold_its_range() {
        let text = "threshold = 1.5\n[[state]]\nmatch = \"m.vxml\"\n[[state.choice]]\nlabel = \"x\"\n";
        let found = Mapping::parse(text, "m.toml").unwrap_err();
        let lines: Vec<u32> = found.iter().filter_map(|d| d.position.map(|at| at.line)).collect();
        assert_eq!(lines, [1, 4]);
    }

    #[test]
    fn an_entry_may_hold_for_one_language_only() {
        let text = "[[state]]\nmatch = \"main.vxml\"\nlanguage = \"es\"\nsecret = true\n";
        let mapping = Mapping::parse(text, "m.toml").unwrap();
        assert_eq!(mapping.entries(STATE, "es-MX").count(), 1);
        assert_eq!(mapping.entries(STATE, "en-US").count(), 0);
        assert!(mapping.secret(STATE));
    }
}
