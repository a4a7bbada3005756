//! The texts of a menu's choices, prepared once: units numbered, vectors and letters ready to be compared.

use super::table::{DIMS, Vector, add, scale};
use super::text::Sentence;
use crate::nlu::words::Language;
use std::collections::BTreeMap;

/// What a choice is known by.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts<'a> {
    pub(super) label: &'a str,
    pub(super) examples: Vec<&'a str>,
}

/// A text of a choice, its units numbered within the set.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// Units by number, each once, with their weights, less where many labels share them.
    pub(super) units: Vec<(usize, f32)>,
    /// The sum of the weights.
    pub(super) mass: f32,
    pub(super) vector: Vector,
    pub(super) grams: Vec<u32>,
}

/// A choice's texts and what follows from them.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) label: Known,
    pub(super) examples: Vec<Known>,
    /// The label's vector with words weighing less that other labels share.
    pub(super) distinct: Vector,
    /// The label's vector seen from the middle of all labels.
    pub(super) centred: Vector,
    /// The mean of label and examples.
    pub(super) centroid: Vector,
    /// All units of label and examples, each once.
    pub(super) units: Vec<usize>,
}

/// All texts of a menu.
#[derive(Debug, Clone)]
pub(super) struct TextSet {
    pub(super) choices: Vec<Choice>,
    numbers: BTreeMap<String, usize>,
    /// By the unit's number: its direction, and how much it tells choices apart.
    pub(super) vectors: Vec<Vector>,
    pub(super) discounts: Vec<f32>,
    /// The middle of all labels.
    pub(super) mean: Vector,
    pub(super) has_examples: bool,
}

impl TextSet {
    pub(super) fn prepare(choices: &[Texts<'_>], language: Language) -> Self {
        let sentences: Vec<(Sentence, Vec<Sentence>)> = choices
            .iter()
            .map(|choice| {
                let examples = choice.examples.iter().map(|text| Sentence::of(text, language)).collect();
                (Sentence::of(choice.label, language), examples)
            })
            .collect();
        let mut set = Self {
            choices: Vec::with_capacity(choices.len()),
            numbers: BTreeMap::new(),
            vectors: Vec::new(),
            discounts: Vec::new(),
            mean: [0.0; DIMS],
            has_examples: sentences.iter().any(|(_, examples)| !examples.is_empty()),
        };
        let mut holders: Vec<usize> = Vec::new();
        for (label, examples) in &sentences {
            for (at, text) in std::iter::once(label).chain(examples).enumerate() {
                set.enter(text, &mut holders, at == 0);
            }
            add(&mut set.mean, &label.vector, 1.0 / choices.len() as f32);
        }
        // A word that every label has tells nothing apart, though it may tell the menu from what is none of it.
        let total = choices.len() as f32;
        let most = (1.0 + total).ln();
        set.discounts = holders.iter().map(|held| (1.0 + total / (*held).max(1) as f32).ln() / most).collect();
        set.choices = sentences.iter().map(|(label, examples)| set.choice(label, examples)).collect();
        set
    }

    fn enter(&mut self, text: &Sentence, holders: &mut Vec<usize>, is_label: bool) {
        for unit in &text.units {
            let next = self.numbers.len();
            let number = *self.numbers.entry(unit.key.clone()).or_insert(next);
            if number == next {
                self.vectors.push(unit.vector);
                holders.push(0);
            }
            if let Some(held) = holders.get_mut(number).filter(|_| is_label) {
                *held += 1;
            }
        }
    }

    fn choice(&self, label: &Sentence, examples: &[Sentence]) -> Choice {
        let mut distinct = [0.0; DIMS];
        for unit in &label.units {
            add(&mut distinct, &unit.vector, unit.weight * self.discount(&unit.key));
        }
        scale(&mut distinct);
        let mut centred = label.vector;
        add(&mut centred, &self.mean, -1.0);
        scale(&mut centred);
        let mut centroid = label.vector;
        examples.iter().for_each(|example| add(&mut centroid, &example.vector, 1.0));
        scale(&mut centroid);
        let label = self.known(label);
        let examples: Vec<Known> = examples.iter().map(|example| self.known(example)).collect();
        let mut units: Vec<usize> =
            std::iter::once(&label).chain(&examples).flat_map(|text| &text.units).map(|(unit, _)| *unit).collect();
        units.sort_unstable();
        units.dedup();
        Choice { label, examples, distinct, centred, centroid, units }
    }

    fn known(&self, text: &Sentence) -> Known {
        let weight = |key: &str, weight: f32| Some((self.number(key)?, weight * self.discount(key)));
        let units: Vec<(usize, f32)> = text.units.iter().filter_map(|unit| weight(&unit.key, unit.weight)).collect();
        let mass = units.iter().map(|(_, weight)| weight).sum();
        Known { units, mass, vector: text.vector, grams: text.grams.clone() }
    }

    /// The number of a unit that some text of the set has.
    pub(super) fn number(&self, key: &str) -> Option<usize> {
        self.numbers.get(key).copied()
    }

    fn discount(&self, key: &str) -> f32 {
        self.number(key).and_then(|number| self.discounts.get(number)).copied().unwrap_or(1.0)
    }
}
