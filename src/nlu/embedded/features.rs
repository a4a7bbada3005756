//! What speaks for a choice, as numbers from about 0 to 1.

use super::prepared::{Choice, Known, TextSet};
use super::table::{Vector, add, dot, scale};
use super::text::Sentence;

/// How many numbers describe an utterance beside a choice.
pub(super) const COUNT: usize = 16;

/// How many of them need no examples.
pub(super) const WITHOUT_EXAMPLES: usize = 8;

/// Their names, for those who want to know why.
pub(super) const NAMES: [&str; COUNT] = [
    "likeness to the label",
    "likeness to what sets the label apart",
    "likeness seen from the middle of the menu",
    "the label's words found",
    "the utterance's words explained by the label",
    "the label's words said exactly",
    "the utterance's words in the label exactly",
    "letters shared with the label",
    "likeness to the nearest text",
    "likeness to the examples",
    "words shared with the nearest text",
    "word likeness to the nearest text",
    "word likeness to the texts",
    "letters shared with the nearest text",
    "the utterance's words in any text",
    "likeness to the middle of the texts",
];

/// What speaks for one choice.
pub(super) type Features = [f32; COUNT];

/// The features of every choice of the set.
pub(super) fn features(said: &Sentence, set: &TextSet) -> Vec<Features> {
    let heard = Heard::of(said, set);
    set.choices.iter().map(|choice| heard.features(choice)).collect()
}

/// An utterance beside the units of a set.
struct Heard<'a> {
    said: &'a Sentence,
    /// The utterance seen from the middle of the labels.
    centred: Vector,
    /// Per unit of the utterance: its weight, and its likeness to each unit of the set.
    words: Vec<(f32, Vec<f32>)>,
    /// Per unit of the set: the likeness of the nearest unit said, and its weight if it was said exactly.
    nearest: Vec<f32>,
    exact: Vec<f32>,
    /// What all that was said weighs.
    mass: f32,
}

impl<'a> Heard<'a> {
    fn of(said: &'a Sentence, set: &TextSet) -> Self {
        let mut centred = said.vector;
        add(&mut centred, &set.mean, -1.0);
        scale(&mut centred);
        let mut heard = Self {
            said,
            centred,
            words: Vec::with_capacity(said.units.len()),
            nearest: vec![0.0; set.vectors.len()],
            exact: vec![0.0; set.vectors.len()],
            mass: 0.0,
        };
        for unit in &said.units {
            let mut alike: Vec<f32> = set.vectors.iter().map(|known| dot(&unit.vector, known).max(0.0)).collect();
            let mut weight = unit.weight;
            if let Some(number) = set.number(&unit.key) {
                weight *= set.discounts[number];
                alike[number] = 1.0;
                heard.exact[number] = weight;
            }
            for (nearest, alike) in heard.nearest.iter_mut().zip(&alike) {
                *nearest = nearest.max(*alike);
            }
            heard.mass += weight;
            heard.words.push((weight, alike));
        }
        heard
    }

    fn features(&self, choice: &Choice) -> Features {
        let label = &choice.label;
        let vector = &self.said.vector;
        let exact = self.exactly(label);
        let texts = || std::iter::once(label).chain(&choice.examples);
        let examples = if choice.examples.is_empty() { std::slice::from_ref(label) } else { &choice.examples };
        let best = |of: &dyn Fn(&Known) -> f32| texts().map(of).fold(0.0, f32::max);
        let mean = |of: &dyn Fn(&Known) -> f32| examples.iter().map(of).sum::<f32>() / examples.len() as f32;
        let covered: f32 = choice.units.iter().map(|unit| self.exact[*unit]).sum();
        [
            dot(vector, &label.vector),
            dot(vector, &choice.distinct),
            dot(&self.centred, &choice.centred),
            self.found(label),
            self.explained(label),
            share(exact, label.mass),
            share(exact, self.mass),
            letters(&self.said.grams, &label.grams),
            best(&|text| dot(vector, &text.vector)),
            mean(&|text| dot(vector, &text.vector)),
            best(&|text| self.overlap(text)),
            best(&|text| self.soft(text)),
            mean(&|text| self.soft(text)),
            best(&|text| letters(&self.said.grams, &text.grams)),
            share(covered, self.mass),
            dot(vector, &choice.centroid),
        ]
    }

    /// How well the text's words were said, one way or another.
    fn found(&self, text: &Known) -> f32 {
        share(text.units.iter().map(|(unit, weight)| weight * self.nearest[*unit]).sum(), text.mass)
    }

    /// How well the text explains the words that were said.
    fn explained(&self, text: &Known) -> f32 {
        let of_word = |alike: &[f32]| text.units.iter().map(|(unit, _)| alike[*unit]).fold(0.0, f32::max);
        share(self.words.iter().map(|(weight, alike)| weight * of_word(alike)).sum(), self.mass)
    }

    fn soft(&self, text: &Known) -> f32 {
        (self.found(text) * self.explained(text)).sqrt()
    }

    /// What the text and the utterance share to the letter.
    fn exactly(&self, text: &Known) -> f32 {
        text.units.iter().map(|(unit, _)| self.exact[*unit]).sum()
    }

    fn overlap(&self, text: &Known) -> f32 {
        let exact = self.exactly(text);
        (share(exact, text.mass) * share(exact, self.mass)).sqrt()
    }
}

fn share(part: f32, whole: f32) -> f32 {
    if whole > 1e-6 { (part / whole).min(1.0) } else { 0.0 }
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
