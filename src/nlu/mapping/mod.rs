//! `mappings/NAME.toml`: what an engineer adds to a document for free speech.

mod choice;
mod entity;
mod local;
mod messages;
mod pattern;
mod raw;
mod read;
#[cfg(test)]
mod tests;

use super::entities::Kind;
use super::prepared::Prepared;
use super::state::State;
use crate::dialogue::{InputRequest, Policy, Slot, Spoken};
pub(super) use choice::Entry;
use jiff::civil::Time;
use local::{Local, is_language};
use messages::LocalMessages;
pub use messages::{Message, Messages};
pub use pattern::matches_state;
use std::ops::Range;
use std::sync::Arc;

/// Labels and extra phrases for free speech, by input state.
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    language: Option<String>,
    general: General,
    states: Vec<StateEntry>,
    prepared: Prepared,
}

/// The confidences that decide what becomes of an utterance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// From here on it is accepted as it is.
    pub accept: f64,
    /// From here on the caller is asked whether it is meant; below it is no match.
    pub confirm: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { accept: 0.65, confirm: 0.35 }
    }
}

/// Where a caller is taken who wants a person or is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agent {
    /// As if this key were pressed.
    Key(String),
    /// As if this phrase were said.
    Phrase(String),
    /// Connected to this `tel:` or `sip:` URI.
    Transfer(String),
}

/// What holds for the whole file or in some states.
#[derive(Debug, Clone, Default)]
struct General {
    policy: Option<Policy>,
    accept: Option<f64>,
    confirm: Option<f64>,
    agent: Option<Agent>,
    hours: Option<(Time, Time)>,
    messages: LocalMessages,
}

#[derive(Debug, Clone, Default)]
pub(super) struct StateEntry {
    pattern: String,
    /// Where the pattern stands in the file, in bytes.
    at: Range<usize>,
    language: Option<String>,
    open_prompt: Option<Local<String>>,
    hybrid_prompt: Option<Local<String>>,
    secret: bool,
    entity: Option<Kind>,
    label: Option<Local<String>>,
    hints: Option<Local<Vec<String>>>,
    general: General,
    pub(super) choices: Vec<Entry>,
}

/// An entry of a mapping as it was written, to be held against documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedState<'a> {
    /// Which states it is about.
    pub pattern: &'a str,
    /// Where that stands in the file, in bytes.
    pub at: Range<usize>,
    /// Its choices.
    pub choices: Vec<MappedChoice<'a>>,
}

/// A choice of a [`MappedState`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedChoice<'a> {
    /// The keys, unless it is named by a phrase.
    pub key: Option<&'a str>,
    /// Whether it gets a label.
    pub is_labelled: bool,
    /// Where it stands in the file, in bytes.
    pub at: Range<usize>,
}

/// What is known of a slot besides its grammar.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SlotWords {
    pub(super) name: String,
    pub(super) entity: Option<Kind>,
    pub(super) label: Option<String>,
    pub(super) hours: Option<(Time, Time)>,
    pub(super) secret: bool,
}

/// All that a mapping says of a turn besides the names of its choices.
#[derive(Debug, Clone, Default)]
pub(super) struct Wording {
    pub(super) policy: Option<Policy>,
    pub(super) thresholds: Thresholds,
    pub(super) open_prompt: Option<String>,
    pub(super) hybrid_prompt: Option<String>,
    pub(super) hints: Vec<String>,
    pub(super) agent: Option<Agent>,
    pub(super) messages: Messages,
    pub(super) hours: Option<(Time, Time)>,
}

impl Mapping {
    /// A mapping that only knows, everywhere, what callers say for some keys.
    pub fn of_examples<'a>(examples: impl Iterator<Item = (&'a str, &'a [String])>) -> Self {
        let choices = examples.map(|(key, phrases)| Entry::of_examples(key, phrases)).collect();
        Self {
            states: vec![StateEntry { pattern: "*".to_owned(), choices, ..StateEntry::default() }],
            ..Self::default()
        }
    }

    /// What speech can mean where this listens after these prompts: as [`State::of`], but made once for all calls that
    /// come to the same place.
    pub fn state(&self, prompts: &[&Spoken], request: &InputRequest) -> Arc<State> {
        let known = self.prepared.find(prompts, request);
        known.unwrap_or_else(|| self.prepared.keep(State::prepare(prompts, request, Some(self))))
    }

    /// Its entries as they were written.
    pub fn mapped(&self) -> impl Iterator<Item = MappedState<'_>> {
        self.states.iter().map(|state| MappedState {
            pattern: &state.pattern,
            at: state.at.clone(),
            choices: state.choices.iter().map(Entry::mapped).collect(),
        })
    }

    /// The language of a turn that names none.
    pub(super) fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// The entries for an input state in a language, in the order of the file.
    pub(super) fn entries(&self, state: &str, lang: &str) -> impl Iterator<Item = &StateEntry> {
        self.states.iter().filter(move |entry| entry.in_language(lang) && matches_state(&entry.pattern, state))
    }

    /// Whether what is heard in a state is secret, in whatever language.
    pub fn secret(&self, state: &str) -> bool {
        self.states.iter().any(|entry| entry.secret && matches_state(&entry.pattern, state))
    }

    /// What it says of a turn; the first entry that says something wins, before what holds for the whole file.
    pub(super) fn wording(&self, state: &str, lang: &str) -> Wording {
        let mapped: Vec<&StateEntry> = self.entries(state, lang).collect();
        let text = |of: fn(&StateEntry) -> &Option<Local<String>>| {
            mapped.iter().find_map(|entry| of(entry).as_ref()?.of(lang)).cloned()
        };
        let general = || mapped.iter().map(|entry| &entry.general).chain([&self.general]);
        let usual = Thresholds::default();
        let confirm = general().find_map(|general| general.confirm);
        let accept = general().find_map(|general| general.accept);
        let confirm_or = confirm.unwrap_or(usual.confirm.min(accept.unwrap_or(usual.accept)));
        let hints = mapped.iter().filter_map(|entry| entry.hints.as_ref()?.of(lang));
        Wording {
            policy: general().find_map(|general| general.policy),
            thresholds: Thresholds { accept: accept.unwrap_or(usual.accept).max(confirm_or), confirm: confirm_or },
            open_prompt: text(|entry| &entry.open_prompt),
            hybrid_prompt: text(|entry| &entry.hybrid_prompt),
            hints: hints.flatten().cloned().collect(),
            agent: general().find_map(|general| general.agent.clone()),
            messages: Messages::first_of(general().map(|general| &general.messages), lang),
            hours: general().find_map(|general| general.hours),
        }
    }

    /// The entities of all fields it names, each once: one sentence may tell what another dialog is going to ask.
    pub(super) fn entities(&self, lang: &str) -> Vec<(&'static str, Kind)> {
        let mut kinds: Vec<Kind> = Vec::new();
        let named = self.states.iter().filter(|entry| entry.in_language(lang) && !entry.secret);
        for kind in named.filter_map(|entry| entry.entity) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        kinds.into_iter().map(|kind| (entity::name(kind), kind)).collect()
    }

    /// What it says of a slot that could be filled in a state: its own input state has the slot's name for an item.
    pub(super) fn slot(&self, slot: &Slot, state: &str, lang: &str) -> SlotWords {
        let own = match state.split_once('#').map(|(document, place)| (document, place.split('/').next())) {
            Some((document, Some(dialog))) => format!("{document}#{dialog}/{}", slot.name),
            _ => state.to_owned(),
        };
        let mapped: Vec<&StateEntry> = self.entries(&own, lang).collect();
        let general = mapped.iter().map(|entry| &entry.general).chain([&self.general]);
        SlotWords {
            name: slot.name.clone(),
            entity: mapped.iter().find_map(|entry| entry.entity).or_else(|| entity::of_slot(&slot.kind)),
            label: mapped.iter().find_map(|entry| entry.label.as_ref()?.of(lang)).cloned(),
            hours: general.into_iter().find_map(|general| general.hours),
            secret: self.secret(&own),
        }
    }
}

impl SlotWords {
    /// What a slot's own type says of it, where there is no mapping.
    pub(super) fn of(slot: &Slot) -> Self {
        let entity = entity::of_slot(&slot.kind);
        Self { name: slot.name.clone(), entity, label: None, hours: None, secret: false }
    }
}

impl StateEntry {
    fn in_language(&self, lang: &str) -> bool {
        self.language.as_deref().is_none_or(|tag| is_language(lang, tag))
    }
}
