//! A menu prepared for speech, and how the words rank its choices.

use super::features::features;
use super::reranker::weigh;
use super::text::{Sentence, TextSet, Texts};
use super::universals::{self, Universal};
use crate::nlu::words::Language;

/// What is known of a choice.
#[derive(Debug, Clone, Copy, Default)]
pub struct Described<'a> {
    /// What it is called: "report a lost or stolen card".
    pub label: &'a str,
    /// Its part of the announcement: "To report a lost or stolen card, press 4." Empty if there is none.
    pub prompt: &'a str,
    /// What callers say who want it; may be empty.
    pub examples: &'a [&'a str],
}

/// The choices of a menu, prepared once.
#[derive(Debug, Clone)]
pub struct Menu {
    language: Language,
    choices: TextSet,
    universals: Option<&'static TextSet>,
    /// The choice that is itself what a universal asks for ("to speak to a representative, press 0").
    standing: [Option<usize>; 5],
}

/// How likely the caller means what. All the numbers together sum to one.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// Of each choice, in the order they were described.
    pub choices: Vec<f64>,
    /// Of each universal, in the order of [`Universal::ALL`]; zero where a choice of the menu stands for it.
    pub universals: [f64; 5],
    /// That it is none of these.
    pub none: f64,
}

impl Menu {
    /// Prepares the choices of one input state.
    pub fn prepare(choices: &[Described<'_>], language: Language) -> Self {
        let texts: Vec<Texts<'_>> = choices
            .iter()
            .map(|choice| Texts { label: choice.label, prompt: choice.prompt, examples: choice.examples.to_vec() })
            .collect();
        let choices = TextSet::prepare(&texts, language);
        Self { language, choices, universals: universals::prepared(language), standing: [None; 5] }
    }

    /// How likely the caller means each choice. Deterministic.
    pub fn rank(&self, utterance: &str) -> Ranking {
        let said = Sentence::of(utterance, self.language);
        let count = self.choices.choices.len();
        let mut ranking = Ranking { choices: vec![0.0; count], universals: [0.0; 5], none: 1.0 };
        if said.length == 0 {
            return ranking;
        }
        let choices = features(&said, &self.choices);
        let universals = self.universals.map(|set| features(&said, set)).unwrap_or_default();
        let likely = weigh(&choices, &universals);
        ranking.none = likely.last().copied().unwrap_or(1.0);
        ranking.choices.iter_mut().zip(&likely).for_each(|(slot, likely)| *slot = *likely);
        for (at, likely) in likely.iter().skip(count).take(universals.len()).enumerate() {
            match self.standing[at].and_then(|choice| ranking.choices.get_mut(choice)) {
                Some(choice) => *choice += likely,
                None => ranking.universals[at] = *likely,
            }
        }
        ranking
    }
}

impl Ranking {
    /// The likeliest choice; the first of equals. `None` if the menu is empty.
    pub fn best(&self) -> Option<(usize, f64)> {
        let ranked = self.choices.iter().copied().enumerate();
        ranked.reduce(|best, next| if next.1 > best.1 { next } else { best })
    }

    /// The likeliest universal.
    pub fn universal(&self) -> Option<(Universal, f64)> {
        let ranked = Universal::ALL.into_iter().zip(self.universals);
        ranked.reduce(|best, next| if next.1 > best.1 { next } else { best }).filter(|(_, likely)| *likely > 0.0)
    }
}
