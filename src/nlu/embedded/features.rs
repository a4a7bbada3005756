//! What speaks for a choice, as numbers from about 0 to 1.

use super::prepared::{Choice, Known, Label, TextSet};
use super::table::{Vector, add, dot, scale};
use super::text::{Sentence, Unit};

/// How many numbers describe an utterance beside a choice.
pub(super) const COUNT: usize = 20;

/// How many of them need no examples.
pub(super) const WITHOUT_EXAMPLES: usize = 9;

/// Where two of them are: see [`NAMES`].
pub(super) const NEAREST_LIKENESS: usize = 9;
pub(super) const NEAREST_WORDS: usize = 12;

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
    "the label's share of the words' votes",
    "likeness to the nearest text",
    "likeness to the examples",
    "words shared with the nearest text",
    "word likeness to the nearest text",
    "word likeness to the texts",
    "letters shared with the nearest text",
    "the utterance's words in any text",
    "likeness to the middle of the texts",
    "the texts' share of the words' votes",
    "likeness to the nearest text seen from the middle of all",
    "likeness to the middle of the texts seen from the middle of all",
];

/// What speaks for one choice.
pub(super) type Features = [f32; COUNT];

/// How far the whole menu is about what was said: likeness to the middle of all texts, and the share of the words that any
/// text explains.
pub(super) fn whole(said: &Sentence, set: &TextSet) -> [f32; 2] {
    let mut middle = set.mean_of_all;
    scale(&mut middle);
    let nearest = |unit: &Unit| match set.number(&unit.key) {
        Some(_) => 1.0,
        None => set.vectors.iter().map(|known| dot(&unit.vector, known)).fold(0.0, f32::max),
    };
    let explained: f32 = said.units.iter().map(|unit| unit.weight * nearest(unit)).sum();
    [dot(&said.vector, &middle), share(explained, said.units.iter().map(|unit| unit.weight).sum())]
}

/// The features of every choice of the set.
pub(super) fn features(said: &Sentence, set: &TextSet) -> Vec<Features> {
    let heard = Heard::of(said, set);
    let labels = heard.votes(set, |choice| &choice.label_units);
    let texts = heard.votes(set, |choice| &choice.units);
    let votes = labels.into_iter().zip(texts);
    set.choices.iter().zip(votes).map(|(choice, votes)| heard.features(choice, votes)).collect()
}

/// An utterance beside the units of a set.
struct Heard<'a> {
    said: &'a Sentence,
    /// The utterance seen from the middle of the labels, and from that of all texts.
    centred: Vector,
    from_all: Vector,
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
        let seen_from = |middle: &Vector| {
            let mut seen = said.vector;
            add(&mut seen, middle, -1.0);
            scale(&mut seen);
            seen
        };
        let mut heard = Self {
            said,
            centred: seen_from(&set.mean),
            from_all: seen_from(&set.mean_of_all),
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

    /// Each word said gives its weight to the choices, most to those with the word most like it; a word that is as near to
    /// all of them tells none apart.
    fn votes(&self, set: &TextSet, units: impl Fn(&Choice) -> &[usize]) -> Vec<f32> {
        let mut votes = vec![0.0; set.choices.len()];
        for (weight, alike) in &self.words {
            let nearest = |choice: &Choice| units(choice).iter().map(|unit| alike[*unit]).fold(0.0, f32::max);
            let near: Vec<f32> = set.choices.iter().map(nearest).collect();
            let strength = near.iter().copied().fold(0.0, f32::max);
            let raised: Vec<f32> = near.iter().map(|near| near.powi(4)).collect();
            let total: f32 = raised.iter().sum();
            for (vote, raised) in votes.iter_mut().zip(&raised) {
                *vote += weight * strength * share(*raised, total);
            }
        }
        votes.iter().map(|vote| share(*vote, self.mass)).collect()
    }

    fn features(&self, choice: &Choice, votes: (f32, f32)) -> Features {
        let vector = &self.said.vector;
        let texts = || choice.labels.iter().map(|label| &label.text).chain(&choice.examples);
        let best = |of: &dyn Fn(&Known) -> f32| texts().map(of).fold(0.0, f32::max);
        let mean = |of: &dyn Fn(&Known) -> f32| {
            // Labels are what there is where nobody gave examples.
            let labels = choice.labels.iter().map(|label| &label.text).filter(|_| choice.examples.is_empty());
            let (sum, count) =
                labels.chain(&choice.examples).fold((0.0, 0_u8), |(s, n), text| (s + of(text), n.saturating_add(1)));
            sum / f32::from(count.max(1))
        };
        let called = |of: &dyn Fn(&Label) -> f32| choice.labels.iter().map(of).reduce(f32::max).unwrap_or(0.0);
        let covered: f32 = choice.units.iter().map(|unit| self.exact[*unit]).sum();
        [
            called(&|label| dot(vector, &label.text.vector)),
            called(&|label| dot(vector, &label.distinct)),
            called(&|label| dot(&self.centred, &label.centred)),
            called(&|label| self.found(&label.text)),
            called(&|label| self.explained(&label.text)),
            called(&|label| share(self.exactly(&label.text), label.text.mass)),
            called(&|label| share(self.exactly(&label.text), self.mass)),
            called(&|label| letters(&self.said.grams, &label.text.grams)),
            votes.0,
            best(&|text| dot(vector, &text.vector)),
            mean(&|text| dot(vector, &text.vector)),
            best(&|text| self.overlap(text)),
            best(&|text| self.soft(text)),
            mean(&|text| self.soft(text)),
            best(&|text| letters(&self.said.grams, &text.grams)),
            share(covered, self.mass),
            dot(vector, &choice.centroid),
            votes.1,
            best(&|text| dot(&self.from_all, &text.from_all)),
            dot(&self.from_all, &choice.centroid_from_all),
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
