//! How well slots were found.

use super::figures::{Retrieval, Spent, mean, share};
use super::slots::{Several, SlotEntry, SlotPrediction, SlotSet};
use serde::{Deserialize as _, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The figures of a set of slots; `None` where there is no case.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SlotFigures {
    /// Items with spans, items without, and the slots that are scored.
    pub n: Counts,
    /// All slots together.
    pub all: SlotScore,
    /// The mean F1 of the slots.
    pub macro_f1: Option<f64>,
    /// The share of items in which everything is right.
    pub items_all_right: Option<f64>,
    /// The share of items that fill nothing in which something was found.
    pub empty_items_with_a_slot: Option<f64>,
    /// Items with errors of a recogniser, by value.
    pub noisy_by_value: Retrieval,
    /// Each slot.
    pub slots: BTreeMap<String, SlotScore>,
    /// What an utterance costs.
    pub spent: Spent,
}

/// How many there are.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Counts {
    /// Items with spans.
    pub clean: usize,
    /// Items without.
    pub noisy: usize,
    /// The slots that are scored.
    pub slots: Vec<String>,
}

/// The figures of a slot.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SlotScore {
    /// Exact spans.
    #[serde(flatten)]
    pub spans: Retrieval,
    /// The share of spans that were touched at all.
    pub overlap_recall: Option<f64>,
    /// The share of right values among exact spans that have one.
    pub value_accuracy: Option<f64>,
    /// How many those are.
    pub valued_hits: usize,
    /// The share of ambiguous ones that were found to be ambiguous.
    pub ambiguous_accuracy: Option<f64>,
    /// The share of clear ones that were found to be ambiguous.
    pub false_ambiguous: Option<f64>,
}

#[derive(Debug, Clone, Default)]
struct Tally {
    right: usize,
    wrong: usize,
    missed: usize,
    touched: usize,
    valued: usize,
    value_right: usize,
    false_ambiguous: usize,
    ambiguous: usize,
    ambiguous_right: usize,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        let Self { right, wrong, missed, touched, valued, value_right, false_ambiguous, ambiguous, ambiguous_right } =
            other;
        self.right += right;
        self.wrong += wrong;
        self.missed += missed;
        self.touched += touched;
        self.valued += valued;
        self.value_right += value_right;
        self.false_ambiguous += false_ambiguous;
        self.ambiguous += ambiguous;
        self.ambiguous_right += ambiguous_right;
    }

    fn score(&self) -> SlotScore {
        let ratio = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        SlotScore {
            spans: Retrieval::of(self.right, self.wrong, self.missed),
            overlap_recall: ratio(self.touched, self.right + self.missed),
            value_accuracy: ratio(self.value_right, self.valued),
            valued_hits: self.valued,
            ambiguous_accuracy: ratio(self.ambiguous_right, self.ambiguous),
            false_ambiguous: ratio(self.false_ambiguous, self.valued),
        }
    }

    /// Holds what was found of one slot against what is right; says whether everything is.
    fn compare(&mut self, gold: &[SlotEntry], mut found: Vec<SlotEntry>) -> bool {
        let mut perfect = true;
        for wanted in gold {
            let Some([start, end]) = wanted.span else { continue };
            let touches = |entry: &SlotEntry| entry.span.is_some_and(|span| span[0] < end && start < span[1]);
            self.touched += usize::from(found.iter().any(touches));
            let Some(at) = found.iter().position(|entry| entry.span == wanted.span) else {
                self.missed += 1;
                perfect = false;
                continue;
            };
            let entry = found.remove(at);
            self.right += 1;
            if !parts(wanted).is_empty() {
                let right = values_right(wanted, &entry);
                self.valued += 1;
                self.value_right += usize::from(right);
                self.false_ambiguous += usize::from(entry.ambiguous && !is_ambiguous(wanted));
                perfect &= right;
            }
            if is_ambiguous(wanted) {
                self.ambiguous += 1;
                self.ambiguous_right += usize::from(entry.ambiguous);
                perfect &= entry.ambiguous;
            }
        }
        self.wrong += found.len();
        perfect && found.is_empty()
    }

    /// The same by value: where the words have changed.
    fn compare_values(&mut self, gold: &[SlotEntry], mut found: Vec<SlotEntry>) {
        for wanted in gold {
            let hit = |entry: &SlotEntry| match is_ambiguous(wanted) {
                true => entry.ambiguous,
                false => values_right(wanted, entry),
            };
            match found.iter().position(hit) {
                Some(at) => {
                    found.remove(at);
                    self.right += 1;
                }
                None => self.missed += 1,
            }
        }
        self.wrong += found.len();
    }
}

impl SlotFigures {
    /// Scores predictions, as [`SlotSet::predict`] gives them.
    pub fn of(set: &SlotSet, predictions: &[SlotPrediction]) -> Self {
        let by_id: BTreeMap<&str, &SlotPrediction> =
            predictions.iter().map(|prediction| (prediction.id.as_str(), prediction)).collect();
        let mut tallies: BTreeMap<&str, Tally> =
            set.slots.iter().map(|name| (name.as_str(), Tally::default())).collect();
        let mut noisy = Tally::default();
        let (mut whole, mut empty) = (Vec::new(), Vec::new());
        for item in &set.items {
            let prediction = by_id.get(item.id.as_str());
            let (mut perfect, mut anything, mut nothing) = (true, false, true);
            for (name, tally) in &mut tallies {
                let gold = item.gold.get(*name).map(Several::entries).unwrap_or_default();
                let found = prediction.and_then(|prediction| prediction.slots.get(*name)).map(entries);
                let found = found.unwrap_or_default();
                anything |= !found.is_empty();
                nothing &= gold.is_empty();
                if item.noisy {
                    noisy.compare_values(gold, found);
                } else {
                    perfect &= tally.compare(gold, found);
                }
            }
            if !item.noisy {
                whole.push(perfect);
                empty.extend(nothing.then_some(anything));
            }
        }
        let mut all = Tally::default();
        tallies.values().for_each(|tally| all.add(tally));
        let slots: BTreeMap<String, SlotScore> =
            tallies.iter().map(|(name, tally)| ((*name).to_owned(), tally.score())).collect();
        Self {
            n: Counts { clean: whole.len(), noisy: set.items.len() - whole.len(), slots: set.slots.clone() },
            all: all.score(),
            macro_f1: mean(slots.values().filter_map(|score| score.spans.f1)),
            items_all_right: share(whole),
            empty_items_with_a_slot: share(empty),
            noisy_by_value: Retrieval::of(noisy.right, noisy.wrong, noisy.missed),
            slots,
            spent: Spent::of(predictions.iter().map(|prediction| prediction.ms).collect()),
        }
    }
}

/// The entries of a prediction; none of something else.
fn entries(value: &Value) -> Vec<SlotEntry> {
    Several::deserialize(value).map(|several| several.entries().to_vec()).unwrap_or_default()
}

fn is_ambiguous(entry: &SlotEntry) -> bool {
    entry.ambiguous || entry.time_ambiguous
}

/// What of an entry can be scored, by name.
fn parts(gold: &SlotEntry) -> Vec<(&'static str, &Value)> {
    if gold.ambiguous {
        return Vec::new();
    }
    let time = if gold.time_ambiguous { &Value::Null } else { &gold.time };
    let all = [("value", &gold.value), ("time", time), ("date", &gold.date)];
    all.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

fn values_right(gold: &SlotEntry, found: &SlotEntry) -> bool {
    parts(gold).into_iter().all(|(name, wanted)| {
        let got = match name {
            "time" => &found.time,
            "date" => &found.date,
            _ => &found.value,
        };
        is_same(wanted, got)
    })
}

fn is_same(wanted: &Value, got: &Value) -> bool {
    match (wanted, got) {
        (_, Value::Null | Value::Bool(_)) => false,
        (Value::Object(wanted), Value::Object(got)) => {
            let of = |map: &serde_json::Map<String, Value>, name| map.get(name).cloned().unwrap_or_default();
            let any = of(wanted, "currency") == "ambiguous";
            is_same(&of(wanted, "amount"), &of(got, "amount")) && (any || of(wanted, "currency") == of(got, "currency"))
        }
        (Value::Number(wanted), got) => {
            let got = got.as_f64().or_else(|| got.as_str()?.trim().parse().ok());
            wanted.as_f64().zip(got).is_some_and(|(wanted, got)| (wanted - got).abs() < 1e-6)
        }
        (Value::String(wanted), Value::String(got)) => plain(wanted) == plain(got),
        _ => false,
    }
}

/// Without case and outer punctuation.
fn plain(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.trim_matches(|c: char| " .,;:!?'\"".contains(c)).to_lowercase()
}
