//! What speaks for a choice, as numbers.

use super::text::{Choice, Known, Sentence, TextSet};

/// Longer words are not looked at beyond this many runs of letters.
pub(super) const MAX_GRAMS: usize = 30;

/// How many numbers describe an utterance beside a choice.
pub(super) const COUNT: usize = 6;

/// What speaks for one choice.
pub(super) type Features = [f32; COUNT];

pub(super) fn gram_hash(letters: &[u8]) -> u32 {
    // FNV-1a: short, the same everywhere, good enough for a few dozen runs.
    letters.iter().fold(0x811c_9dc5, |hash, letter| (hash ^ u32::from(*letter)).wrapping_mul(0x0100_0193))
}

/// The features of every choice of the set.
pub(super) fn features(said: &Sentence, set: &TextSet) -> Vec<Features> {
    let heard = Heard::of(said, set);
    set.choices.iter().map(|choice| of_choice(said, &heard, choice)).collect()
}

/// An utterance in the numbers of a set.
struct Heard {
    /// For each unit of the set its weight in the utterance, zero where it was not said.
    said: Vec<f32>,
    /// What all that was said weighs.
    mass: f32,
}

impl Heard {
    fn of(sentence: &Sentence, set: &TextSet) -> Self {
        let mut said = vec![0.0; set.discounts.len()];
        let mut mass = 0.0;
        for unit in &sentence.units {
            let weight = match set.number(&unit.key) {
                Some(number) => {
                    let weight = unit.weight * set.discounts.get(number).copied().unwrap_or(1.0);
                    if let Some(slot) = said.get_mut(number) {
                        *slot = weight;
                    }
                    weight
                }
                None => unit.weight,
            };
            mass += weight;
        }
        Self { said, mass }
    }

    fn shared(&self, known: &Known) -> f32 {
        known.units.iter().filter_map(|(unit, _)| self.said.get(*unit)).sum()
    }
}

fn of_choice(sentence: &Sentence, heard: &Heard, choice: &Choice) -> Features {
    let Some(label) = choice.texts.first() else { return [0.0; COUNT] };
    let share = |part: f32, whole: f32| if whole > 0.0 { (part / whole).min(1.0) } else { 0.0 };
    let overlap = |known: &Known| {
        let shared = heard.shared(known);
        share(shared, known.mass) * share(shared, heard.mass)
    };
    let said_of_label = heard.shared(label);
    let mut covered: Vec<usize> = choice.texts.iter().flat_map(|known| &known.units).map(|(unit, _)| *unit).collect();
    covered.sort_unstable();
    covered.dedup();
    let covered: f32 = covered.iter().filter_map(|unit| heard.said.get(*unit)).sum();
    [
        share(said_of_label, label.mass),
        share(said_of_label, heard.mass),
        letters(&sentence.grams, &label.grams),
        choice.texts.iter().map(overlap).fold(0.0, f32::max).sqrt(),
        choice.texts.iter().map(|known| letters(&sentence.grams, &known.grams)).fold(0.0, f32::max),
        share(covered, heard.mass),
    ]
}

/// How many runs of letters two texts share: the cosine of the two sets.
fn letters(a: &[u32], b: &[u32]) -> f32 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let (mut i, mut j, mut shared) = (0, 0, 0_u32);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                i += 1;
                j += 1;
            }
        }
    }
    shared as f32 / ((a.len() * b.len()) as f32).sqrt()
}
