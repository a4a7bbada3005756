//! Texts taken apart once: the words that carry meaning, their weights, their letters.

use super::features::{MAX_GRAMS, gram_hash};
use crate::nlu::words::{self, Language};
use std::collections::BTreeMap;

/// What a choice is known by.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts<'a> {
    pub(super) label: &'a str,
    /// Its part of the announcement; used where there is no label.
    pub(super) prompt: &'a str,
    pub(super) examples: Vec<&'a str>,
}

/// A word that carries meaning.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unit {
    /// What two words of one meaning share: the stem.
    pub(super) key: String,
    /// How much it tells.
    pub(super) weight: f32,
}

/// A sentence as the matcher sees it.
#[derive(Debug, Clone)]
pub(super) struct Sentence {
    /// The words that carry meaning, each once.
    pub(super) units: Vec<Unit>,
    /// Hashes of runs of three and four letters, sorted.
    pub(super) grams: Vec<u32>,
    /// How many words there are in all.
    pub(super) length: usize,
}

impl Sentence {
    pub(super) fn of(text: &str, language: Language) -> Self {
        let all = words::tokens(text, language);
        let mut units: Vec<Unit> = Vec::new();
        let mut grams = Vec::new();
        for word in all.iter().filter(|word| !words::is_stop(word, language)) {
            let key = words::stem(word, language);
            if !units.iter().any(|unit| unit.key == key) {
                add_grams(word, &mut grams);
                units.push(Unit { key, weight: 1.0 });
            }
        }
        grams.sort_unstable();
        grams.dedup();
        Self { units, grams, length: all.len() }
    }
}

/// The runs of three and four letters of a word with its borders marked.
fn add_grams(word: &str, grams: &mut Vec<u32>) {
    let marked: Vec<u8> = [b"^", word.as_bytes(), b"$"].concat();
    for size in [3, 4] {
        grams.extend(marked.windows(size).take(MAX_GRAMS).map(gram_hash));
    }
}

/// A text of a choice, its units numbered within the set.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// Units by number, with their weights.
    pub(super) units: Vec<(usize, f32)>,
    pub(super) grams: Vec<u32>,
    /// The sum of the weights.
    pub(super) mass: f32,
}

/// A choice's texts: the label, then the examples.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) texts: Vec<Known>,
}

/// All texts of a menu, prepared.
#[derive(Debug, Clone)]
pub(super) struct TextSet {
    pub(super) choices: Vec<Choice>,
    numbers: BTreeMap<String, usize>,
    /// How much a unit tells choices apart, by number: less the more labels have it.
    pub(super) discounts: Vec<f32>,
    pub(super) has_examples: bool,
}

impl TextSet {
    pub(super) fn prepare(choices: &[Texts<'_>], language: Language) -> Self {
        let mut numbers = BTreeMap::new();
        let mut prepared = Vec::with_capacity(choices.len());
        for choice in choices {
            let label = if choice.label.trim().is_empty() { choice.prompt } else { choice.label };
            let texts = std::iter::once(label).chain(choice.examples.iter().copied());
            let texts = texts.map(|text| Known::of(&Sentence::of(text, language), &mut numbers)).collect();
            prepared.push(Choice { texts });
        }
        let discounts = discounts(&prepared, numbers.len());
        Self {
            choices: prepared,
            numbers,
            discounts,
            has_examples: choices.iter().any(|choice| !choice.examples.is_empty()),
        }
    }

    /// The number of a unit that some text of the set has.
    pub(super) fn number(&self, key: &str) -> Option<usize> {
        self.numbers.get(key).copied()
    }
}

impl Known {
    fn of(sentence: &Sentence, numbers: &mut BTreeMap<String, usize>) -> Self {
        let mut units = Vec::with_capacity(sentence.units.len());
        for unit in &sentence.units {
            let next = numbers.len();
            units.push((*numbers.entry(unit.key.clone()).or_insert(next), unit.weight));
        }
        let mass = units.iter().map(|(_, weight)| weight).sum();
        Self { units, grams: sentence.grams.clone(), mass }
    }
}

fn discounts(choices: &[Choice], count: usize) -> Vec<f32> {
    let mut holders = vec![0_usize; count];
    for (unit, _) in choices.iter().filter_map(|choice| choice.texts.first()).flat_map(|label| &label.units) {
        if let Some(held) = holders.get_mut(*unit) {
            *held += 1;
        }
    }
    let total = choices.len() as f32;
    let most = (1.0 + total).ln();
    holders.iter().map(|held| (1.0 + total / (*held).max(1) as f32).ln() / most).collect()
}
