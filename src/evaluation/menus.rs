//! Utterances to menus: which key, how surely, or none.

use super::lines::{BadInput, read_lines, read_text};
use crate::dialogue::{Choice, DtmfInput, Finding, InputRequest, Origin, Selection, Speech, Spoken};
use crate::nlu::model::needs_model;
use crate::nlu::{Mapping, State, Thresholds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// What the system is told of each choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Shots {
    /// The label and the prompt
    Zero,
    /// These and the examples
    Few,
}

/// Which tiers answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// What is said as it is: names, keys in words, commands
    Exact,
    /// What the words come close to
    Embedded,
    /// Both, as in calls
    All,
}

/// How a set is predicted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// What is told of each choice.
    pub shots: Shots,
    /// Which tiers answer.
    pub tier: Tier,
    /// Below this confidence a prediction is no match.
    pub threshold: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { shots: Shots::Zero, tier: Tier::All, threshold: Thresholds::default().confirm }
    }
}

/// Menus and what callers say to them.
#[derive(Debug, Clone)]
pub struct MenuSet {
    /// The items, in the order of the file.
    pub items: Vec<MenuItem>,
    menus: BTreeMap<String, Menu>,
}

/// Something a caller says to a menu.
#[derive(Debug, Clone, Deserialize)]
pub struct MenuItem {
    /// Names it in predictions; the line, where there is none.
    #[serde(default)]
    pub id: String,
    /// The menu that is heard.
    pub menu_id: String,
    /// The words.
    pub utterance: String,
    /// The key they stand for; `None` if none of the choices is meant.
    pub expected_key: Option<String>,
    /// The universal they are: `operator`, `repeat`, `help`, `back` or `cancel`.
    #[serde(default)]
    pub expected_universal: Option<String>,
    /// `sentence`, `short`, `oos`, `positional` or `universal`; by what is expected, where it is missing.
    #[serde(default)]
    pub kind: String,
    /// What of out of scope: `near`, `far`, `bad_key` and so on.
    #[serde(default)]
    pub oos_kind: Option<String>,
    /// Whether it has errors of a recogniser put in.
    #[serde(default)]
    pub noisy: bool,
}

#[derive(Debug, Clone, Deserialize)]
struct Menus {
    menus: Vec<Menu>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Menu {
    menu_id: String,
    #[serde(default)]
    pub(super) difficulty: Option<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    prompt: String,
    choices: Vec<MenuChoice>,
}

#[derive(Debug, Clone, Deserialize)]
struct MenuChoice {
    key: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    examples: Vec<String>,
}

/// What an utterance was taken for; one line of a predictions file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MenuPrediction {
    /// The item.
    pub id: String,
    /// The decision; `None`: no match.
    pub key: Option<String>,
    /// How sure it is that the best choice is meant.
    pub confidence: f64,
    /// The choices, best first, before anything is rejected.
    pub top: Vec<Ranked>,
    /// The universal it was taken for.
    pub universal: Option<String>,
    /// Whether a model would be asked, where there is one; no part of the predictions file.
    #[serde(skip)]
    pub asks: bool,
    /// What it took, in milliseconds; no part of the predictions file.
    #[serde(skip)]
    pub ms: f64,
}

/// A choice and how likely it is meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// Its key.
    pub key: String,
    /// From 0 to 1.
    pub score: f64,
}

impl MenuSet {
    /// Reads items and their menus.
    ///
    /// # Errors
    /// What is wrong with the files, with its line.
    pub fn read(items: &Path, menus: &Path) -> Result<Self, BadInput> {
        let read: Menus = serde_json::from_str(&read_text(menus)?)
            .map_err(|error| BadInput::new(menus, Some(error.line()), error))?;
        let menus: BTreeMap<String, Menu> = read.menus.into_iter().map(|menu| (menu.menu_id.clone(), menu)).collect();
        let mut read = Vec::new();
        for (line, mut item) in read_lines::<MenuItem>(items)? {
            let Some(menu) = menus.get(&item.menu_id) else {
                return Err(BadInput::new(items, Some(line), format!("there is no menu {}", item.menu_id)));
            };
            if let Some(key) = item.expected_key.as_ref().filter(|key| !menu.has(key)) {
                return Err(BadInput::new(items, Some(line), format!("menu {} has no key {key}", item.menu_id)));
            }
            item.complete(line);
            read.push(item);
        }
        if read.is_empty() {
            return Err(BadInput::new(items, None, "no items"));
        }
        Ok(Self { items: read, menus })
    }

    pub(super) fn menu(&self, item: &MenuItem) -> Option<&Menu> {
        self.menus.get(&item.menu_id)
    }

    /// Predicts every item; `done` is told of each.
    pub fn predict(&self, options: Options, mut done: impl FnMut()) -> Vec<MenuPrediction> {
        let states: BTreeMap<&str, Arc<State>> =
            self.menus.iter().map(|(id, menu)| (id.as_str(), menu.state(options.shots))).collect();
        let mut predictions = Vec::with_capacity(self.items.len());
        for item in &self.items {
            if let (Some(state), Some(menu)) = (states.get(item.menu_id.as_str()), self.menus.get(&item.menu_id)) {
                predictions.push(menu.predict(state, item, options));
            }
            done();
        }
        predictions
    }
}

impl MenuItem {
    fn complete(&mut self, line: usize) {
        if self.id.is_empty() {
            self.id = format!("line {line}");
        }
        if self.kind.is_empty() {
            let kind = match (&self.expected_key, &self.expected_universal) {
                (_, Some(_)) => "universal",
                (Some(_), None) => "sentence",
                (None, None) => "oos",
            };
            kind.clone_into(&mut self.kind);
        }
    }
}

impl Menu {
    fn has(&self, key: &str) -> bool {
        self.choices.iter().any(|choice| choice.key == key)
    }

    /// The menu as an application would listen after it.
    fn state(&self, shots: Shots) -> Arc<State> {
        let lang = self.language.as_deref().unwrap_or("en");
        let choice = |choice: &MenuChoice| Choice {
            key: Some(choice.key.clone()),
            phrases: Vec::new(),
            label: Some(choice.label.clone()),
            target: None,
        };
        let request = InputRequest {
            choices: self.choices.iter().map(choice).collect(),
            dtmf: Some(DtmfInput { shortest: 1, longest: Some(1), finish: None }),
            ..InputRequest::for_nothing("menu#menu/choice", lang)
        };
        let content = vec![Speech::Text(self.prompt.clone())];
        let prompt = Spoken { content, bargein: true, lang: lang.to_owned(), origin: Origin::Item };
        let mapping = match shots {
            Shots::Zero => Mapping::default(),
            Shots::Few => {
                let examples = self.choices.iter().map(|choice| (choice.key.as_str(), choice.examples.as_slice()));
                Mapping::of_examples(examples)
            }
        };
        mapping.state(&[&prompt], &request)
    }

    fn predict(&self, state: &State, item: &MenuItem, options: Options) -> MenuPrediction {
        let begun = Instant::now();
        let tiers = state.tiers(&item.utterance);
        let ms = begun.elapsed().as_secs_f64() * 1000.0;
        let finding = match options.tier {
            Tier::Exact => &tiers.exact,
            Tier::Embedded => &tiers.embedded,
            Tier::All => &tiers.finding,
        };
        let asks = needs_model(finding, state.threshold(), 0);
        let mut top: Vec<Ranked> = ranked(finding).collect();
        let confidence = top.first().map_or(0.0, |best| best.score);
        let universal = finding.ranked.first().filter(|best| best.confidence >= options.threshold);
        let universal = universal.and_then(|best| universal_of(&best.selection)).map(str::to_owned);
        let key = top.first().filter(|best| best.score >= options.threshold && universal.is_none());
        let key = key.map(|best| best.key.clone());
        // The forced choice: what closeness alone would take, where nothing counted.
        if options.tier == Tier::All {
            let others = ranked(&tiers.embedded).filter(|other| !top.iter().any(|known| known.key == other.key));
            let forced: Vec<Ranked> = others.map(|other| Ranked { score: 0.0, ..other }).collect();
            top.extend(forced);
        }
        MenuPrediction { id: item.id.clone(), key, confidence: confidence.clamp(0.0, 1.0), top, universal, asks, ms }
    }
}

/// The choices of a finding, best first.
fn ranked(finding: &Finding) -> impl Iterator<Item = Ranked> {
    finding.ranked.iter().filter_map(|reading| match &reading.selection {
        Selection::Key(key) => Some(Ranked { key: key.0.clone(), score: reading.confidence }),
        _ => None,
    })
}

/// The universal that is selected, by the name the sets have for it.
fn universal_of(selection: &Selection) -> Option<&str> {
    match selection {
        Selection::Repeat => Some("repeat"),
        Selection::Event(name) => Some(name),
        _ => None,
    }
}
