//! Weighs the features: one softmax over the choices, the universals and "none of these".

use super::features::{COUNT, Features};

/// What a feature counts for by itself, and by its lead over the best other choice.
const OWN: Features = [1.0, 1.0, 1.0, 2.0, 1.0, 1.5];
const LEAD: Features = [0.5, 0.5, 1.0, 1.5, 1.0, 1.0];
/// What none of the choices must be beaten by.
const NONE: f32 = 2.5;
/// Universals are asked for less often than what a menu offers.
const UNIVERSAL: f32 = -0.7;

/// Probabilities, choices first, then universals, none last.
pub(super) fn weigh(choices: &[Features], universals: &[Features]) -> Vec<f64> {
    let all: Vec<&Features> = choices.iter().chain(universals).collect();
    let best_other = |of: usize, feature: usize| {
        let others = all.iter().enumerate().filter(|(at, _)| *at != of);
        others.map(|(_, other)| other[feature]).fold(0.0, f32::max)
    };
    let mut scores: Vec<f32> = Vec::with_capacity(all.len() + 1);
    for (at, own) in all.iter().enumerate() {
        let evidence: f32 = (0..COUNT)
            .map(|feature| OWN[feature] * own[feature] + LEAD[feature] * (own[feature] - best_other(at, feature)))
            .sum();
        scores.push(if at < choices.len() { evidence } else { evidence + UNIVERSAL });
    }
    scores.push(NONE);
    softmax(&scores)
}

fn softmax(scores: &[f32]) -> Vec<f64> {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raised: Vec<f64> = scores.iter().map(|score| f64::from(score - highest).exp()).collect();
    let total: f64 = raised.iter().sum();
    raised.into_iter().map(|part| part / total).collect()
}
