//! Sentences and the slots they fill.

use super::lines::{BadInput, from_text, read_lines};
use crate::nlu::Language;
use crate::nlu::entities::{Moment, slots};
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

/// The slots that entities can fill.
const KNOWN: &[&str] = &[
    "people",
    "party_size_number",
    "adults",
    "kids",
    "rooms",
    "date",
    "date_from",
    "date_to",
    "time",
    "time_from",
    "time_to",
    "timeRange",
    "first_name",
    "last_name",
    "person_name",
    "amount_of_money",
    "number",
];

/// Sentences with slots.
#[derive(Debug, Clone)]
pub struct SlotSet {
    /// The items, in the order of the file.
    pub items: Vec<SlotItem>,
    /// The slots of the set that can be filled.
    pub slots: Vec<String>,
}

/// Something a caller says, with what it fills.
#[derive(Debug, Clone, Deserialize)]
pub struct SlotItem {
    /// Names it in predictions; the line, where there is none.
    #[serde(default)]
    pub id: String,
    /// The words.
    pub utterance: String,
    /// The local time of the call.
    #[serde(deserialize_with = "from_text")]
    pub reference: DateTime,
    /// The language of the words; English, where it is not said.
    #[serde(default)]
    pub language: String,
    /// The slots that were just asked for.
    #[serde(default)]
    pub requested_slots: Vec<String>,
    /// Whether it has errors of a recogniser put in; what it fills has no spans then.
    #[serde(default)]
    pub noisy: bool,
    /// What it fills.
    pub gold: BTreeMap<String, Several>,
}

/// One entry of a slot or a list of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Several {
    /// One.
    One(SlotEntry),
    /// A list.
    Many(Vec<SlotEntry>),
}

impl Several {
    /// The entries.
    pub fn entries(&self) -> &[SlotEntry] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// What fills a slot.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct SlotEntry {
    /// Where it is said, in code points.
    #[serde(default)]
    pub span: Option<[usize; 2]>,
    /// Its value.
    #[serde(default)]
    pub value: Value,
    /// Of a range of dates and times: the time.
    #[serde(default)]
    pub time: Value,
    /// Of a range of dates and times: the date.
    #[serde(default)]
    pub date: Value,
    /// Whether it has several readings.
    #[serde(default)]
    pub ambiguous: bool,
    /// Of a range of dates and times: whether the time has several.
    #[serde(default)]
    pub time_ambiguous: bool,
}

/// What was found; one line of a predictions file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SlotPrediction {
    /// The item.
    pub id: String,
    /// The slots.
    pub slots: Map<String, Value>,
    /// What it took, in milliseconds; no part of the predictions file.
    #[serde(skip)]
    pub ms: f64,
}

impl SlotSet {
    /// Reads items.
    ///
    /// # Errors
    /// What is wrong with the file, with its line.
    pub fn read(path: &Path) -> Result<Self, BadInput> {
        let mut items = Vec::new();
        for (line, mut item) in read_lines::<SlotItem>(path)? {
            if item.id.is_empty() {
                item.id = format!("line {line}");
            }
            items.push(item);
        }
        if items.is_empty() {
            return Err(BadInput::new(path, None, "no items"));
        }
        let named: BTreeSet<&str> = items.iter().flat_map(|item| item.gold.keys().map(String::as_str)).collect();
        let slots = KNOWN.iter().filter(|name| named.contains(*name)).map(|name| (*name).to_owned()).collect();
        Ok(Self { items, slots })
    }

    /// Predicts every item; `done` is told of each.
    pub fn predict(&self, mut done: impl FnMut()) -> Vec<SlotPrediction> {
        let known: Vec<&str> = self.slots.iter().map(String::as_str).collect();
        let predict = |item: &SlotItem| {
            let requested: Vec<&str> = item.requested_slots.iter().map(String::as_str).collect();
            let moment = Moment { now: item.reference, hours: None };
            let begun = Instant::now();
            let slots = slots::predict(&item.utterance, Language::of(&item.language), &moment, &requested, &known);
            let ms = begun.elapsed().as_secs_f64() * 1000.0;
            done();
            SlotPrediction { id: item.id.clone(), slots, ms }
        };
        self.items.iter().map(predict).collect()
    }
}
