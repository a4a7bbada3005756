//! Times and dates as people say them: a value, or something to ask.

use super::figures::{Spent, share};
use super::lines::{BadInput, both_from_text, from_text, read_lines};
use super::slots::SlotPrediction;
use crate::nlu::Language;
use crate::nlu::entities::{Moment, slots};
use jiff::civil::{DateTime, Time};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

/// Times and dates with what is to be made of them.
#[derive(Debug, Clone)]
pub struct SmartTimeSet {
    /// The items, in the order of the file.
    pub items: Vec<SmartTimeItem>,
}

/// A time or date as it is said.
#[derive(Debug, Clone, Deserialize)]
pub struct SmartTimeItem {
    /// Names it in predictions; the line, where there is none.
    #[serde(default)]
    pub id: String,
    /// The words.
    pub utterance: String,
    /// The language of the words; English, where it is not said.
    #[serde(default)]
    pub language: String,
    /// The slots that were just asked for.
    #[serde(default)]
    pub requested_slots: Vec<String>,
    /// The local time of the call.
    #[serde(deserialize_with = "from_text")]
    pub reference: DateTime,
    /// Opening hours, both ends included.
    #[serde(default, deserialize_with = "both_from_text")]
    pub window: Option<(Time, Time)>,
    /// What is to be made of it, by slot.
    pub expected: BTreeMap<String, Expected>,
}

/// What is to be made of a time or a date.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Expected {
    /// `value`, `ambiguous`, `vague` or `none`.
    pub outcome: String,
    /// The value.
    #[serde(default)]
    pub value: Option<String>,
    /// All readings.
    #[serde(default)]
    pub candidates: BTreeSet<String>,
    /// Of a value, whether it lies in the opening hours; of readings, those that do.
    #[serde(default)]
    pub in_window: Value,
}

/// What was made of a time or a date.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
struct Outcome {
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    candidates: BTreeSet<String>,
    #[serde(default)]
    resolved: Option<String>,
    #[serde(default)]
    in_window: Option<bool>,
}

/// The figures; `None` where there is no case.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SmartTimeFigures {
    /// How many items there are, and how many slots of each outcome.
    pub n: BTreeMap<String, usize>,
    /// The share of items in which everything is right.
    pub items_right: Option<f64>,
    /// The share of right ones by what is expected.
    pub by_outcome: BTreeMap<String, Option<f64>>,
    /// The share of right outcomes, whatever the value.
    pub outcome_right: Option<f64>,
    /// The share of what must be asked that is asked.
    pub asked_when_needed: Option<f64>,
    /// The share of what is clear that is asked.
    pub asked_needlessly: Option<f64>,
    /// The share of items in which something was found that was not said.
    pub spurious_slot: Option<f64>,
    /// The share of ambiguous times that opening hours settle rightly.
    pub resolved_by_window: Option<f64>,
    /// The share of times of which it is rightly said whether they lie in the opening hours.
    pub in_window: Option<f64>,
    /// What an utterance costs.
    pub spent: Spent,
}

impl SmartTimeSet {
    /// Reads items.
    ///
    /// # Errors
    /// What is wrong with the file, with its line.
    pub fn read(path: &Path) -> Result<Self, BadInput> {
        let mut items = Vec::new();
        for (line, mut item) in read_lines::<SmartTimeItem>(path)? {
            if item.id.is_empty() {
                item.id = format!("line {line}");
            }
            items.push(item);
        }
        if items.is_empty() {
            return Err(BadInput::new(path, None, "no items"));
        }
        Ok(Self { items })
    }

    /// Predicts every item; `done` is told of each.
    pub fn predict(&self, mut done: impl FnMut()) -> Vec<SlotPrediction> {
        let predict = |item: &SmartTimeItem| {
            let requested: Vec<&str> = item.requested_slots.iter().map(String::as_str).collect();
            let moment = Moment { now: item.reference, hours: item.window };
            let begun = Instant::now();
            let slots = slots::judge(&item.utterance, Language::of(&item.language), &moment, &requested);
            let ms = begun.elapsed().as_secs_f64() * 1000.0;
            done();
            SlotPrediction { id: item.id.clone(), slots, ms }
        };
        self.items.iter().map(predict).collect()
    }
}

/// What is counted over all slots.
#[derive(Default)]
struct Tally {
    by_outcome: BTreeMap<String, Vec<bool>>,
    outcomes: Vec<bool>,
    asked: Vec<bool>,
    needless: Vec<bool>,
    resolved: Vec<bool>,
    in_window: Vec<bool>,
}

impl Tally {
    /// Holds what was made of a slot against what is expected; says whether it is right.
    fn compare(&mut self, wanted: &Expected, got: &Outcome) -> bool {
        self.outcomes.push(wanted.outcome == got.outcome);
        let is_asked = matches!(got.outcome.as_str(), "ambiguous" | "vague");
        let right = match wanted.outcome.as_str() {
            "value" => {
                self.needless.push(is_asked);
                if let (Value::Bool(wanted), Some(got), "value") =
                    (&wanted.in_window, got.in_window, got.outcome.as_str())
                {
                    self.in_window.push(*wanted == got);
                }
                got.outcome == "value" && got.value == wanted.value
            }
            "ambiguous" => {
                if let (Value::Array(left), "ambiguous") = (&wanted.in_window, got.outcome.as_str()) {
                    let only = if let [only] = left.as_slice() { only.as_str() } else { None };
                    self.resolved.push(got.resolved.as_deref() == only);
                }
                got.outcome == "ambiguous" && got.candidates == wanted.candidates
            }
            "vague" => is_asked,
            _ => got.outcome == wanted.outcome,
        };
        if matches!(wanted.outcome.as_str(), "ambiguous" | "vague") {
            self.asked.push(is_asked);
        }
        self.by_outcome.entry(wanted.outcome.clone()).or_default().push(right);
        right
    }
}

impl SmartTimeFigures {
    /// Scores predictions, as [`SmartTimeSet::predict`] gives them.
    pub fn of(set: &SmartTimeSet, predictions: &[SlotPrediction]) -> Self {
        let by_id: BTreeMap<&str, &SlotPrediction> =
            predictions.iter().map(|prediction| (prediction.id.as_str(), prediction)).collect();
        let mut tally = Tally::default();
        let (mut items, mut spurious) = (Vec::new(), Vec::new());
        for item in &set.items {
            let slots = by_id.get(item.id.as_str()).map(|prediction| &prediction.slots);
            let outcome = |name: &str| {
                let found = slots.and_then(|slots| slots.get(name)).and_then(|value| Outcome::deserialize(value).ok());
                found.unwrap_or_else(|| Outcome { outcome: "none".to_owned(), ..Outcome::default() })
            };
            let mut right = true;
            for (name, wanted) in &item.expected {
                right &= tally.compare(wanted, &outcome(name));
            }
            let extra = ["time", "date"].into_iter().filter(|name| !item.expected.contains_key(*name));
            let extra = extra.map(outcome).any(|got| matches!(got.outcome.as_str(), "value" | "ambiguous"));
            spurious.push(extra);
            items.push(right && !extra);
        }
        let counts = tally.by_outcome.iter().map(|(name, cases)| (name.clone(), cases.len()));
        Self {
            n: counts.chain([("items".to_owned(), items.len())]).collect(),
            items_right: share(items),
            by_outcome: tally.by_outcome.into_iter().map(|(name, cases)| (name, share(cases))).collect(),
            outcome_right: share(tally.outcomes),
            asked_when_needed: share(tally.asked),
            asked_needlessly: share(tally.needless),
            spurious_slot: share(spurious),
            resolved_by_window: share(tally.resolved),
            in_window: share(tally.in_window),
            spent: Spent::of(predictions.iter().map(|prediction| prediction.ms).collect()),
        }
    }
}
