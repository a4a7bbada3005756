//! Weighs the evidence: one softmax over the choices, the universals and "none of these".
//!
//! The weights are a file that `table/fit.py` writes; it knows the same inputs in the same order.

use super::features::{COUNT, Features, WITHOUT_EXAMPLES};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

static WEIGHTS: &str = include_str!("data/weights.json");

/// No lead or lag counts beyond this.
const FARTHEST: f32 = 0.6;

/// Everything the decision is made from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// What speaks for each choice, in the order of [`Evidence::NAMES`].
    pub choices: Vec<Features>,
    /// What speaks for each universal.
    pub universals: Vec<Features>,
    /// Whether some choice has examples.
    pub has_examples: bool,
    /// What is known of the utterance by itself: words (logarithm), choices (logarithm), share of unknown words, whether
    /// any word carries meaning, whether it is Spanish, likeness to the menu as a whole, share of words that any text explains.
    pub utterance: [f32; 7],
}

impl Evidence {
    /// What the numbers are.
    pub const NAMES: [&'static str; COUNT] = super::features::NAMES;

    fn weights(&self) -> &'static Weights {
        if self.has_examples { &READ.few } else { &READ.zero }
    }

    /// How sure the likeliest choice is, given its own probability and that of all choices together. Siblings that share
    /// the probability between them make an answer less sure than one without rivals, yet surer than one that is likely none.
    pub(super) fn confidence(&self, best: f64, all: f64) -> f64 {
        let [share, slope, bias, spanish] = self.weights().sure;
        let blend = (best.powf(1.0 - share) * all.powf(share)).clamp(1e-6, 1.0 - 1e-6);
        let evidence = slope * (blend / (1.0 - blend)).ln() + bias + spanish * f64::from(self.utterance[4]);
        1.0 / (1.0 + (-evidence).exp())
    }

    /// Probabilities: choices first, then universals, none last.
    pub(super) fn weigh(&self) -> Vec<f64> {
        let used = if self.has_examples { COUNT } else { WITHOUT_EXAMPLES };
        let weights = self.weights();
        let ranked = Ranked::of(&self.choices);
        let mut scores = Vec::with_capacity(self.choices.len() + self.universals.len() + 1);
        for (at, own) in self.choices.iter().enumerate() {
            let lead = ranked.lead(at, own);
            scores.push(product(&weights.own, &own[..used]) + product(&weights.lead, &lead[..used]));
        }
        for (own, bias) in self.universals.iter().zip(&weights.universal_bias) {
            let lead = ranked.over_choices(own);
            let length = weights.universal_length * self.utterance[0];
            scores.push(bias + length + product(&weights.universal_own, own) + product(&weights.universal_lead, &lead));
        }
        let best = product(&weights.none_best, &ranked.first[..used]);
        let lead = product(&weights.none_lead, &ranked.margin()[..used]);
        scores.push(weights.none_bias + best + lead + product(&weights.none_utterance, &self.utterance));
        softmax(&scores)
    }
}

/// What each input counts for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Weights {
    /// A choice's own features, and their lead over the best other choice.
    own: Vec<f32>,
    lead: Vec<f32>,
    /// A universal's features, and their lead over the best choice.
    universal_own: Vec<f32>,
    universal_lead: Vec<f32>,
    universal_bias: Vec<f32>,
    universal_length: f32,
    /// None of these: the best of each feature, its lead over the second, the utterance by itself.
    none_best: Vec<f32>,
    none_lead: Vec<f32>,
    none_utterance: Vec<f32>,
    none_bias: f32,
    /// From the softmax to how sure the best choice is: see [`Evidence::confidence`].
    sure: [f64; 4],
}

/// Weights for menus without and with examples.
#[derive(Debug, Clone, Default, Deserialize)]
struct Both {
    zero: Weights,
    few: Weights,
}

static READ: LazyLock<Both> = LazyLock::new(|| serde_json::from_str(WEIGHTS).unwrap_or_default());

/// Whether the file of weights has one for every input.
#[cfg(test)]
pub(super) fn is_read() -> bool {
    let whole = |weights: &Weights, used: usize| {
        weights.own.len() >= used && weights.universal_own.len() == COUNT && weights.none_utterance.len() == 7
    };
    whole(&READ.zero, WITHOUT_EXAMPLES) && whole(&READ.few, COUNT)
}

/// The best and the second best of each feature among the choices.
struct Ranked {
    first: Features,
    second: Features,
    holder: [usize; COUNT],
}

impl Ranked {
    fn of(choices: &[Features]) -> Self {
        let mut ranked = Self { first: [0.0; COUNT], second: [0.0; COUNT], holder: [usize::MAX; COUNT] };
        for (at, features) in choices.iter().enumerate() {
            for (feature, value) in features.iter().enumerate() {
                if ranked.holder[feature] == usize::MAX || *value > ranked.first[feature] {
                    ranked.second[feature] = ranked.first[feature];
                    ranked.first[feature] = *value;
                    ranked.holder[feature] = at;
                } else if *value > ranked.second[feature] {
                    ranked.second[feature] = *value;
                }
            }
        }
        ranked
    }

    fn lead(&self, at: usize, own: &Features) -> Features {
        let other =
            |feature: usize| if self.holder[feature] == at { self.second[feature] } else { self.first[feature] };
        std::array::from_fn(|feature| clamp(own[feature] - other(feature)))
    }

    fn over_choices(&self, own: &Features) -> Features {
        std::array::from_fn(|feature| clamp(own[feature] - self.first[feature]))
    }

    fn margin(&self) -> Features {
        std::array::from_fn(|feature| clamp(self.first[feature] - self.second[feature]))
    }
}

fn clamp(difference: f32) -> f32 {
    difference.clamp(-FARTHEST, FARTHEST)
}

fn product(weights: &[f32], values: &[f32]) -> f32 {
    weights.iter().zip(values).map(|(weight, value)| weight * value).sum()
}

fn softmax(scores: &[f32]) -> Vec<f64> {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raised: Vec<f64> = scores.iter().map(|score| f64::from(score - highest).exp()).collect();
    let total: f64 = raised.iter().sum();
    raised.into_iter().map(|part| part / total).collect()
}
