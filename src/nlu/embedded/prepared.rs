//! The texts of a menu's choices, prepared once: units numbered, vectors and letters ready to be compared.

use super::table::{DIMS, Vector, add, scale};
use super::text::Sentence;
use crate::nlu::words::Language;
use std::collections::BTreeMap;

/// What a choice is known by.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts<'a> {
    /// What it is called, in one or more ways.
    pub(super) labels: Vec<&'a str>,
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
    /// The same seen from the middle of all texts of the menu.
    pub(super) from_all: Vector,
    pub(super) grams: Vec<u32>,
}

/// What a choice is called.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) text: Known,
    /// Its vector with words weighing less that other choices' labels share.
    pub(super) distinct: Vector,
    /// Its vector seen from the middle of all labels.
    pub(super) centred: Vector,
}

/// A choice's texts and what follows from them.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) labels: Vec<Label>,
    pub(super) examples: Vec<Known>,
    /// The mean of labels and examples.
    pub(super) centroid: Vector,
    /// The same seen from the middle of all texts of the menu.
    pub(super) centroid_from_all: Vector,
    /// All units of the labels, and of labels and examples, each once.
    pub(super) label_units: Vec<usize>,
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
    /// The middle of all labels, and of the choices' centroids.
    pub(super) mean: Vector,
    pub(super) mean_of_all: Vector,
    pub(super) has_examples: bool,
}

impl TextSet {
    pub(super) fn prepare(choices: &[Texts<'_>], language: Language) -> Self {
        let read =
            |texts: &[&str]| -> Vec<Sentence> { texts.iter().map(|text| Sentence::of(text, language)).collect() };
        let sentences: Vec<(Vec<Sentence>, Vec<Sentence>)> =
            choices.iter().map(|choice| (different(read(&choice.labels)), read(&choice.examples))).collect();
        let mut set = Self {
            choices: Vec::with_capacity(choices.len()),
            numbers: BTreeMap::new(),
            vectors: Vec::new(),
            discounts: Vec::new(),
            mean: [0.0; DIMS],
            mean_of_all: [0.0; DIMS],
            has_examples: sentences.iter().any(|(_, examples)| !examples.is_empty()),
        };
        let part = 1.0 / choices.len().max(1) as f32;
        let mut holders: Vec<Vec<usize>> = Vec::new();
        for (at, (labels, examples)) in sentences.iter().enumerate() {
            labels.iter().for_each(|text| set.enter(text, &mut holders, Some(at)));
            examples.iter().for_each(|text| set.enter(text, &mut holders, None));
            add(&mut set.mean, &middle(labels, &[]), part);
            add(&mut set.mean_of_all, &middle(labels, examples), part);
        }
        // A word that every label has tells nothing apart, though it may tell the menu from what is none of it.
        let total = choices.len() as f32;
        let most = (1.0 + total).ln();
        set.discounts = holders.iter().map(|held| (1.0 + total / held.len().max(1) as f32).ln() / most).collect();
        set.choices = sentences.iter().map(|(labels, examples)| set.choice(labels, examples)).collect();
        set
    }

    /// Numbers the units of a text, and notes whose label they are in.
    fn enter(&mut self, text: &Sentence, holders: &mut Vec<Vec<usize>>, label_of: Option<usize>) {
        for unit in &text.units {
            let next = self.numbers.len();
            let number = *self.numbers.entry(unit.key.clone()).or_insert(next);
            if number == next {
                self.vectors.push(unit.vector);
                holders.push(Vec::new());
            }
            if let (Some(choice), Some(held)) = (label_of, holders.get_mut(number))
                && held.last() != Some(&choice)
            {
                held.push(choice);
            }
        }
    }

    fn choice(&self, labels: &[Sentence], examples: &[Sentence]) -> Choice {
        let centroid = middle(labels, examples);
        let labels: Vec<Label> = labels.iter().map(|label| self.label(label)).collect();
        let examples: Vec<Known> = examples.iter().map(|example| self.known(example)).collect();
        Choice {
            label_units: units(labels.iter().map(|label| &label.text)),
            units: units(labels.iter().map(|label| &label.text).chain(&examples)),
            labels,
            examples,
            centroid,
            centroid_from_all: seen_from(&self.mean_of_all, centroid),
        }
    }

    fn label(&self, label: &Sentence) -> Label {
        let mut distinct = [0.0; DIMS];
        for unit in &label.units {
            add(&mut distinct, &unit.vector, unit.weight * self.discount(&unit.key));
        }
        scale(&mut distinct);
        Label { text: self.known(label), distinct, centred: seen_from(&self.mean, label.vector) }
    }

    fn known(&self, text: &Sentence) -> Known {
        let weight = |key: &str, weight: f32| Some((self.number(key)?, weight * self.discount(key)));
        let units: Vec<(usize, f32)> = text.units.iter().filter_map(|unit| weight(&unit.key, unit.weight)).collect();
        let mass = units.iter().map(|(_, weight)| weight).sum();
        let from_all = seen_from(&self.mean_of_all, text.vector);
        Known { units, mass, vector: text.vector, from_all, grams: text.grams.clone() }
    }

    /// The number of a unit that some text of the set has.
    pub(super) fn number(&self, key: &str) -> Option<usize> {
        self.numbers.get(key).copied()
    }

    fn discount(&self, key: &str) -> f32 {
        self.number(key).and_then(|number| self.discounts.get(number)).copied().unwrap_or(1.0)
    }
}

/// Without the labels that say nothing more than the first: an announcement is often the label itself.
fn different(mut labels: Vec<Sentence>) -> Vec<Sentence> {
    if let Some(first) = labels.first().map(|label| label.units.clone()) {
        let known = |key: &str| first.iter().any(|unit| unit.key == key);
        let mut at = 0;
        labels.retain(|label| {
            at += 1;
            at == 1 || label.units.iter().any(|unit| !known(&unit.key))
        });
    }
    labels
}

/// The units of some texts, each once.
fn units<'a>(texts: impl Iterator<Item = &'a Known>) -> Vec<usize> {
    let mut units: Vec<usize> = texts.flat_map(|text| &text.units).map(|(unit, _)| *unit).collect();
    units.sort_unstable();
    units.dedup();
    units
}

/// The direction between labels and examples.
fn middle(labels: &[Sentence], examples: &[Sentence]) -> Vector {
    let mut middle = [0.0; DIMS];
    labels.iter().chain(examples).for_each(|text| add(&mut middle, &text.vector, 1.0));
    scale(&mut middle);
    middle
}

/// The direction from a middle to a vector.
fn seen_from(middle: &Vector, mut vector: Vector) -> Vector {
    add(&mut vector, middle, -1.0);
    scale(&mut vector);
    vector
}
