//! From words to ranked interpretations: what is said as it is, then what the words come close to.

use super::commands::Command;
use super::embedded::Universal;
use super::exact::Exact;
use super::labels::{Named, Source};
use super::ranking::Ranking;
use super::state::State;
use super::words::Words;
use crate::dialogue::Finding;

/// Words said as they are leave closeness at most this share of their own confidence.
const BESIDE_EXACT: f64 = 0.5;
/// From here on what was said as it is counts as said.
const IS_EXACT: f64 = 0.4;

/// What each tier made of an utterance.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tiers {
    /// Tier 1: said as it is.
    pub exact: Finding,
    /// Whether a key was named that cannot be pressed here: no match, whatever it is close to.
    pub missing_key: bool,
    /// Tier 2: close to what a choice is called; calibrated, and with every choice, however unlikely.
    pub embedded: Finding,
    /// How likely it is, by tier 2, that none of these is meant.
    pub none: f64,
    /// What comes of both.
    pub finding: Finding,
}

impl State {
    /// What an utterance means here, best first; each choice at most once.
    pub fn understand(&self, utterance: &str) -> Finding {
        self.tiers(utterance).finding
    }

    /// The same with what each tier had to say.
    pub fn tiers(&self, utterance: &str) -> Tiers {
        let said = Words::of(utterance, self.language);
        if said.is_empty() {
            return Tiers::default();
        }
        let (embedded, none) = self.embedded(utterance, &said);
        let exact = match self.exact(&said) {
            Exact::Found(ranking) => ranking,
            Exact::MissingKey => {
                return Tiers { missing_key: true, embedded: embedded.whole(), none, ..Tiers::default() };
            }
        };
        let mut both = exact.clone();
        let ceiling = if exact.best() > IS_EXACT { exact.best() * BESIDE_EXACT } else { 1.0 };
        both.add_all(&embedded, ceiling);
        let (exact, embedded, finding) = (exact.finish(), embedded.whole(), both.finish());
        Tiers { exact, missing_key: false, embedded, none, finding }
    }

    /// Tier 2. What callers ask of any menu counts for the choice that stands for it, if one does.
    fn embedded(&self, utterance: &str, said: &Words) -> (Ranking, f64) {
        let ranked = self.menu().rank(utterance);
        let mut likely = ranked.choices;
        self.share(said, &mut likely);
        let mut ranking = Ranking::default();
        for (universal, confidence) in Universal::ALL.into_iter().zip(ranked.universals) {
            let command = Command::of(universal);
            let standing = self.choices.iter().position(|choice| choice.command == Some(command));
            match standing.and_then(|choice| likely.get_mut(choice)) {
                Some(choice) => *choice = (*choice + confidence).min(1.0),
                None => {
                    if let Some(selection) = command.selection() {
                        ranking.add(selection, confidence, command.name().to_owned());
                    }
                }
            }
        }
        for (choice, confidence) in likely.into_iter().enumerate() {
            // What nothing names is meant by no words.
            let Some(name) = self.choices.get(choice).and_then(|choice| choice.names.first()) else { continue };
            self.add(&mut ranking, choice, None, confidence, name.text.clone());
        }
        (ranking, ranked.none)
    }

    /// Words that are all part of what several choices are called ("card" of "lost card" and "new card") decide for none
    /// of these.
    fn share(&self, said: &Words, likely: &mut [f64]) {
        let names = |choice: &Named| {
            let own = choice.names.iter().filter(|name| matches!(name.source, Source::Label | Source::Prompt));
            own.into_iter().any(|name| said.content.iter().all(|word| name.words.content.contains(word)))
        };
        let equals: Vec<usize> =
            self.choices.iter().enumerate().filter(|(_, choice)| names(choice)).map(|(at, _)| at).collect();
        if equals.len() < 2 {
            return;
        }
        let all: f64 = equals.iter().filter_map(|at| likely.get(*at)).sum();
        for at in &equals {
            if let Some(likely) = likely.get_mut(*at) {
                *likely = all / equals.len() as f64;
            }
        }
    }
}
