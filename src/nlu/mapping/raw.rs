//! A mapping file as it is written; its JSON schema is made from these types.

use super::local::Local;
use super::messages::RawMessages;
use crate::dialogue::Policy;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// What callers call the choices of an application, by input state.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Mapping", title = "voxbridge mapping")]
pub(super) struct RawMapping {
    /// The language of turns whose document names none, e.g. "en-US".
    pub(super) language: Option<String>,
    /// The confidence from which an utterance counts.
    #[schemars(with = "Option<RawThreshold>")]
    pub(super) threshold: Option<Spanned<RawThreshold>>,
    /// How much the bridge says on its own account.
    pub(super) policy: Option<Policy>,
    /// Where a caller is taken who wants a person or is lost.
    #[schemars(with = "Option<RawAgent>")]
    pub(super) agent: Option<Spanned<RawAgent>>,
    /// Opening hours, both ends included, e.g. "09:00-22:00": a time with one reading within them is settled by them.
    #[schemars(with = "Option<String>", regex(pattern = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"))]
    pub(super) hours: Option<Spanned<String>>,
    /// Other words for what the bridge says on its own account.
    #[serde(default)]
    pub(super) messages: RawMessages,
    /// One table for each input state or group of states.
    #[serde(default)]
    pub(super) state: Vec<RawState>,
}

/// What holds in the input states that `match` names.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "State")]
pub(super) struct RawState {
    /// Which states: document#dialog/item, with * for any characters and parts left out from the right.
    #[serde(rename = "match")]
    #[schemars(with = "String", length(min = 1))]
    pub(super) pattern: Spanned<String>,
    /// Only turns in this language: "es" means es, es-MX, es-US and so on.
    pub(super) language: Option<String>,
    /// What mode "speech" asks in place of prompts that read out keys.
    pub(super) open_prompt: Option<Local<String>>,
    /// What mode "hybrid" says before the prompts that read out keys.
    pub(super) hybrid_prompt: Option<Local<String>>,
    /// Keys and words of these states appear in no transcript or log and go to no model. It holds in every language.
    #[serde(default)]
    pub(super) secret: bool,
    /// What the state's field takes: "date", "time", "people", "first_name" and so on.
    #[schemars(with = "Option<super::entity::Named>")]
    pub(super) entity: Option<Spanned<String>>,
    /// What the state's field is called when it is asked for: "time".
    pub(super) label: Option<Local<String>>,
    /// Words and phrases that the recogniser should expect.
    pub(super) hints: Option<Local<Vec<String>>>,
    /// The confidence from which an utterance counts here.
    #[schemars(with = "Option<RawThreshold>")]
    pub(super) threshold: Option<Spanned<RawThreshold>>,
    /// How much the bridge says on its own account here.
    pub(super) policy: Option<Policy>,
    /// Where a caller is taken from here who wants a person or is lost.
    #[schemars(with = "Option<RawAgent>")]
    pub(super) agent: Option<Spanned<RawAgent>>,
    /// Opening hours for the times said here.
    #[schemars(with = "Option<String>", regex(pattern = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"))]
    pub(super) hours: Option<Spanned<String>>,
    /// Other words for what the bridge says here.
    #[serde(default)]
    pub(super) messages: RawMessages,
    /// One table for each choice that has more names than the document gives it.
    #[serde(default)]
    #[schemars(with = "Vec<RawChoice>")]
    pub(super) choice: Vec<Spanned<RawChoice>>,
}

/// What callers say for a choice, which is named by either `key` or `phrase`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Choice", extend("oneOf" = [{ "required": ["key"] }, { "required": ["phrase"] }]))]
pub(super) struct RawChoice {
    /// The choice that this key selects: "1", "*", "12".
    #[schemars(with = "Option<String>", regex(pattern = r"^[0-9*#A-D ]+$"))]
    pub(super) key: Option<Spanned<String>>,
    /// The choice for which the document's own grammar, or its text, has this phrase.
    pub(super) phrase: Option<String>,
    /// What it is called when the bridge offers it or asks which one is meant.
    pub(super) label: Option<Local<String>>,
    /// Other names of it, each as sure as the label.
    pub(super) synonyms: Option<Local<Vec<String>>>,
    /// What callers also say for it.
    pub(super) phrases: Option<Local<Vec<String>>>,
    /// The whole question that asks whether it is meant: "You want to report a lost card, is that right?"
    pub(super) confirm: Option<Local<String>>,
}

/// Below one number an utterance is no match; or two: accepted as it is from `accept`, confirmed from `confirm`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a number from 0 to 1, or { accept = …, confirm = … }")]
#[schemars(rename = "Threshold")]
pub(super) enum RawThreshold {
    /// Both.
    One(#[schemars(range(min = 0, max = 1))] f64),
    /// Each.
    Two(RawThresholds),
}

/// The confidence from which an utterance is accepted, and from which it is at least worth a question.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Thresholds")]
pub(super) struct RawThresholds {
    /// From here on an utterance is accepted as it is.
    #[schemars(range(min = 0, max = 1))]
    pub(super) accept: Option<f64>,
    /// From here on the caller is asked whether it is meant; below it is no match.
    #[schemars(range(min = 0, max = 1))]
    pub(super) confirm: Option<f64>,
}

/// One of: a choice by its key, a choice by its phrase, or whom to call.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Agent")]
pub(super) enum RawAgent {
    /// The choice with this key: { key = "0" }.
    Key(String),
    /// The choice with this phrase: { phrase = "agent" }.
    Phrase(String),
    /// Whom to call: { transfer = "tel:+15551230000" }.
    Transfer(#[schemars(regex(pattern = r"^(tel:\+?[0-9().-]+|sips?:.+)$"))] String),
}
