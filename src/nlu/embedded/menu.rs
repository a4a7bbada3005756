//! A menu prepared for speech, and how the words rank its choices.

use super::features::features;
use super::prepared::{TextSet, Texts};
use super::reranker::Evidence;
use super::text::Sentence;
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
            .map(|choice| {
                let label = if choice.label.trim().is_empty() { choice.prompt } else { choice.label };
                Texts { label, examples: choice.examples.to_vec() }
            })
            .collect();
        let choices = TextSet::prepare(&texts, language);
        Self { language, choices, universals: universals::prepared(language), standing: [None; 5] }
    }

    /// How likely the caller means each choice. Deterministic.
    pub fn rank(&self, utterance: &str) -> Ranking {
        let count = self.choices.choices.len();
        let mut ranking = Ranking { choices: vec![0.0; count], universals: [0.0; 5], none: 1.0 };
        let Some(evidence) = self.evidence(utterance) else { return ranking };
        let likely = evidence.weigh();
        ranking.none = likely.last().copied().unwrap_or(1.0);
        ranking.choices.iter_mut().zip(&likely).for_each(|(slot, likely)| *slot = *likely);
        for (at, likely) in likely.iter().skip(count).take(evidence.universals.len()).enumerate() {
            match self.standing[at].and_then(|choice| ranking.choices.get_mut(choice)) {
                Some(choice) => *choice += likely,
                None => ranking.universals[at] = *likely,
            }
        }
        ranking
    }

    /// What the ranking is made from; `None` if there is no word.
    pub fn evidence(&self, utterance: &str) -> Option<Evidence> {
        let said = Sentence::of(utterance, self.language);
        if said.length == 0 {
            return None;
        }
        let yes = |is: bool| f32::from(u8::from(is));
        Some(Evidence {
            choices: features(&said, &self.choices),
            universals: self.universals.map(|set| features(&said, set)).unwrap_or_default(),
            has_examples: self.choices.has_examples,
            utterance: [
                (said.length as f32).ln(),
                (self.choices.choices.len().max(1) as f32).ln(),
                said.unknown,
                yes(!said.units.is_empty()),
                yes(self.language == Language::Spanish),
            ],
        })
    }

    /// The choices that are themselves what a universal asks for, in the order of [`Universal::ALL`].
    pub fn standing(&self) -> [Option<usize>; 5] {
        self.standing
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
