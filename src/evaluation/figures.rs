//! Figures that several tasks share.

use serde::Serialize;

/// The share of `true`; `None` of nothing.
pub(super) fn share(values: impl IntoIterator<Item = bool>) -> Option<f64> {
    mean(values.into_iter().map(|value| if value { 1.0 } else { 0.0 }))
}

/// The mean; `None` of nothing.
pub(super) fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.into_iter().fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// How much of what was found is right, and how much of what is right was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Retrieval {
    /// The share of what was found that is right.
    pub precision: Option<f64>,
    /// The share of what is right that was found.
    pub recall: Option<f64>,
    /// The harmonic mean of both.
    pub f1: Option<f64>,
}

impl Retrieval {
    pub(super) fn of(right: usize, wrong: usize, missed: usize) -> Self {
        let ratio = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        Self {
            precision: ratio(right, right + wrong),
            recall: ratio(right, right + missed),
            f1: ratio(2 * right, 2 * right + wrong + missed),
        }
    }
}

/// The chance that one of `inside` has a higher score than one of `outside`; ties count half.
pub(super) fn auroc(inside: &[f64], outside: &[f64]) -> Option<f64> {
    if inside.is_empty() || outside.is_empty() {
        return None;
    }
    let mut ranked: Vec<(f64, bool)> =
        inside.iter().map(|score| (*score, true)).chain(outside.iter().map(|score| (*score, false))).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut rank_sum, mut at) = (0.0, 0);
    for group in ranked.chunk_by(|a, b| a.0 == b.0) {
        let rank = (2 * at + group.len() + 1) as f64 / 2.0;
        rank_sum += rank * group.iter().filter(|(_, inside)| *inside).count() as f64;
        at += group.len();
    }
    let (inside, outside) = (inside.len() as f64, outside.len() as f64);
    Some((rank_sum - inside * (inside + 1.0) / 2.0) / (inside * outside))
}

/// Bins of confidence for [`calibration_error`].
const BINS: usize = 10;

/// How far confidence and the share of right answers lie apart, over bins of equal width.
pub(super) fn calibration_error(answers: &[(f64, bool)]) -> Option<f64> {
    if answers.is_empty() {
        return None;
    }
    let mut bins = [(0.0, 0.0); BINS];
    for (confidence, right) in answers {
        let bin = ((confidence * BINS as f64) as usize).min(BINS - 1);
        bins[bin].0 += confidence;
        bins[bin].1 += if *right { 1.0 } else { 0.0 };
    }
    Some(bins.iter().map(|(confidence, right)| f64::abs(confidence - right)).sum::<f64>() / answers.len() as f64)
}

/// Times of single utterances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Spent {
    /// Milliseconds of the typical utterance.
    pub median_ms: f64,
    /// Milliseconds that one in a hundred exceeds.
    pub p99_ms: f64,
}

impl Spent {
    pub(super) fn of(mut times: Vec<f64>) -> Self {
        times.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let last = times.len().saturating_sub(1);
            times.get(((last as f64) * share).round() as usize).copied().unwrap_or_default()
        };
        Self { median_ms: at(0.5), p99_ms: at(0.99) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_count_half() {
        assert_eq!(auroc(&[0.9, 0.8], &[0.1]), Some(1.0));
        assert_eq!(auroc(&[0.5], &[0.5]), Some(0.5));
        assert_eq!(auroc(&[], &[0.5]), None);
    }

    #[test]
    fn confidence_that_keeps_its_word_has_no_error() {
        assert_eq!(calibration_error(&[(0.5, true), (0.5, false)]), Some(0.0));
        assert!(calibration_error(&[(1.0, false)]).is_some_and(|error| (error - 1.0).abs() < 1e-9));
    }

    #[test]
    fn retrieval_counts_what_was_found_and_what_was_missed() {
        let half = Retrieval::of(1, 1, 1);
        assert_eq!((half.precision, half.recall, half.f1), (Some(0.5), Some(0.5), Some(0.5)));
        assert_eq!(Retrieval::of(0, 0, 0), Retrieval::default());
    }
}
