use super::MappedChoice;
use super::local::Local;
use crate::dialogue::Choice;
use crate::nlu::labels::{Name, Source};
use crate::nlu::words::{self, Language, Words};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Languages whose names are kept; a mapping is used in one or two.
const LANGUAGES: usize = 8;

/// What the mapping says of one choice.
#[derive(Debug)]
pub(in crate::nlu) struct Entry {
    pub(super) choice: Which,
    /// Where it stands in the file, in bytes.
    pub(super) at: Range<usize>,
    pub(super) label: Option<Local<String>>,
    pub(super) synonyms: Option<Local<Vec<String>>>,
    pub(super) phrases: Option<Local<Vec<String>>>,
    pub(super) confirm: Option<Local<String>>,
    /// By language; made once, not in every turn.
    pub(super) names: Mutex<Vec<(String, Arc<EntryNames>)>>,
}

/// The names a mapping gives a choice, ready to be matched.
#[derive(Debug)]
pub(in crate::nlu) struct EntryNames {
    pub(in crate::nlu) label: Option<Arc<Name>>,
    pub(in crate::nlu) synonyms: Vec<Arc<Name>>,
    pub(in crate::nlu) phrases: Vec<Arc<Name>>,
}

/// Which choice an entry is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Which {
    /// The one that these keys select.
    Key(String),
    /// The one that has this phrase.
    Phrase(String),
}

impl Entry {
    /// What callers say for a key, in whatever language.
    pub(super) fn of_examples(key: &str, phrases: &[String]) -> Self {
        let phrases = Some(Local::All(phrases.to_vec()));
        let choice = Which::Key(key.to_owned());
        Self { choice, at: 0..0, label: None, synonyms: None, phrases, confirm: None, names: Mutex::default() }
    }

    /// As it was written.
    pub(super) fn mapped(&self) -> MappedChoice<'_> {
        let key = match &self.choice {
            Which::Key(key) => Some(key.as_str()),
            Which::Phrase(_) => None,
        };
        MappedChoice { key, is_labelled: self.label.is_some(), at: self.at.clone() }
    }

    /// Its names as they are matched in a language.
    pub(in crate::nlu) fn names(&self, lang: &str) -> Arc<EntryNames> {
        let mut kept = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, names)) = kept.iter().find(|(known, _)| known == lang) {
            return Arc::clone(names);
        }
        let language = Language::of(lang);
        let name = |text: &String| Arc::new(Name::of(text, Source::Example, 1.0, language));
        let several = |texts: &Option<Local<Vec<String>>>| {
            texts.as_ref().and_then(|texts| texts.of(lang)).into_iter().flatten().map(name).collect()
        };
        let names = Arc::new(EntryNames {
            label: self.label(lang).map(|text| Arc::new(Name::of(text, Source::Label, 1.0, language))),
            synonyms: several(&self.synonyms),
            phrases: several(&self.phrases),
        });
        if kept.len() < LANGUAGES {
            kept.push((lang.to_owned(), Arc::clone(&names)));
        }
        names
    }

    /// What the choice is called.
    pub(in crate::nlu) fn label(&self, lang: &str) -> Option<&String> {
        self.label.as_ref()?.of(lang)
    }

    /// The question that asks whether the choice is meant.
    pub(in crate::nlu) fn confirmation(&self, lang: &str) -> Option<&String> {
        self.confirm.as_ref()?.of(lang)
    }

    /// Whether the entry speaks of this choice.
    pub(in crate::nlu) fn is_about(&self, choice: &Choice, language: Language) -> bool {
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

impl Clone for Entry {
    fn clone(&self) -> Self {
        Self {
            choice: self.choice.clone(),
            at: self.at.clone(),
            label: self.label.clone(),
            synonyms: self.synonyms.clone(),
            phrases: self.phrases.clone(),
            confirm: self.confirm.clone(),
            names: Mutex::default(),
        }
    }
}
