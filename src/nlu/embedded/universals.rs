//! What callers ask of any menu, as choices of their own.

use super::prepared::{TextSet, Texts};
use crate::nlu::words::Language;
use std::sync::LazyLock;

/// A wish that every menu can meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Universal {
    /// To hear it again.
    Repeat,
    /// To hear what can be said or done here.
    Help,
    /// To speak to a person.
    Operator,
    /// To return to what was before.
    Back,
    /// To give up what is under way.
    Cancel,
}

impl Universal {
    /// All of them, in the order of [`Ranking::universals`](super::Ranking::universals).
    pub const ALL: [Self; 5] = [Self::Repeat, Self::Help, Self::Operator, Self::Back, Self::Cancel];

    /// Its name in the lists of examples.
    fn name(self) -> &'static str {
        match self {
            Self::Repeat => "repeat",
            Self::Help => "help",
            Self::Operator => "operator",
            Self::Back => "back",
            Self::Cancel => "cancel",
        }
    }
}

const ENGLISH: &str = include_str!("data/universals_en.txt");
const SPANISH: &str = include_str!("data/universals_es.txt");

/// The universals of a language, prepared; none for a language without a pack.
pub(super) fn prepared(language: Language) -> Option<&'static TextSet> {
    static OF_ENGLISH: LazyLock<TextSet> = LazyLock::new(|| set(ENGLISH, Language::English));
    static OF_SPANISH: LazyLock<TextSet> = LazyLock::new(|| set(SPANISH, Language::Spanish));
    match language {
        Language::English => Some(&OF_ENGLISH),
        Language::Spanish => Some(&OF_SPANISH),
        Language::Other => None,
    }
}

/// A line `[name]` begins a universal, the next line is its label, those after it are its examples.
fn set(list: &str, language: Language) -> TextSet {
    let section = |universal: Universal| {
        let head = format!("[{}]", universal.name());
        let lines = list.lines().map(str::trim).skip_while(move |line| *line != head).skip(1);
        lines.take_while(|line| !line.starts_with('[')).filter(|line| !line.is_empty())
    };
    let texts: Vec<Texts<'_>> = Universal::ALL
        .iter()
        .map(|universal| {
            let mut lines = section(*universal);
            Texts { labels: lines.next().into_iter().collect(), examples: lines.collect() }
        })
        .collect();
    TextSet::prepare(&texts, language)
}
