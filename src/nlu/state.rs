//! A turn, prepared for understanding.

use super::announce::{Announcement, announcements};
use super::commands::{self, Command};
use super::embedded::{Described, Menu};
use super::entities::Kind;
use super::fill::Standing;
use super::labels::{Named, Source};
use super::mapping::{Agent, Entry, Mapping, Messages, SlotWords, StateEntry, Thresholds, Wording};
use super::words::{Language, Words};
use crate::dialogue::{Choice, DtmfInput, InputRequest, Next, Policy, Slot, SlotKind, SpeechInput, Spoken, Turn};
use jiff::civil::Time;
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// As many hints as platforms take without complaint.
const MAX_HINTS: usize = 100;

/// What free speech can mean in a turn: the choices with all their labels.
#[derive(Debug, Clone)]
pub struct State {
    /// What it was prepared from, besides the mapping.
    of: Heard,
    pub(super) language: Language,
    pub(super) choices: Vec<Named>,
    pub(super) slots: Vec<SlotKind>,
    /// What the words are held against that name nothing as it is.
    /// The choices as closeness is measured, once somebody has spoken; shared by turns that differ in nothing of it.
    menu: Arc<OnceLock<Menu>>,
    /// The keys that mean yes and no.
    pub(super) boolean: (String, String),
    /// The choices in the order in which the caller hears them, for "the second one".
    pub(super) order: Vec<usize>,
    wording: Wording,
    fields: Vec<Field>,
    announced: Vec<Announcement>,
    hints: Arc<[String]>,
}

/// All of a turn that decides what speech can mean in it.
#[derive(Debug, Clone)]
struct Heard {
    state: String,
    prompts: Vec<Spoken>,
    choices: Vec<Choice>,
    slots: Vec<Slot>,
    open: Vec<Slot>,
    filled: Vec<Slot>,
    dtmf: Option<DtmfInput>,
    lang: String,
    /// The hints of the application's own grammars.
    hints: Option<Arc<[String]>>,
}

impl State {
    /// Prepares a turn; `None` if it does not listen.
    pub fn of(turn: &Turn, mapping: Option<&Mapping>) -> Option<Self> {
        let Next::Listen(request) = &turn.next else { return None };
        Some(Self::prepare(&turn.prompts.iter().collect::<Vec<_>>(), request, mapping))
    }

    /// Prepares what listens after these prompts.
    pub(super) fn prepare(prompts: &[&Spoken], request: &InputRequest, mapping: Option<&Mapping>) -> Self {
        let lang = match (request.lang.as_str(), mapping.and_then(Mapping::language)) {
            ("", Some(language)) => language,
            (lang, _) => lang,
        };
        let language = Language::of(lang);
        let mapped: Vec<&StateEntry> =
            mapping.iter().flat_map(|mapping| mapping.entries(&request.state, lang)).collect();
        let entries: Vec<&Entry> = mapped.iter().flat_map(|state| &state.choices).collect();
        let announced = announcements(prompts, request);
        let asks_boolean = request.slots.iter().any(|slot| slot.kind == SlotKind::Boolean);
        let choices: Vec<Named> = request
            .choices
            .iter()
            .enumerate()
            .map(|(at, choice)| {
                Named::of(&reachable(choice, &request.choices[..at]), request.dtmf, &entries, &announced, lang)
            })
            .collect();
        let wording = mapping.map_or_else(Wording::default, |mapping| mapping.wording(&request.state, lang));
        let words_of = |slot: &Slot| match mapping {
            Some(mapping) => mapping.slot(slot, &request.state, lang),
            None => SlotWords::of(slot),
        };
        let mut fields = fields(request, words_of);
        let answers = |command| choices.iter().any(|choice| choice.command == Some(command));
        let asks_yes_or_no = answers(Command::Yes) && answers(Command::No);
        if fields.len() == 1 && request.slots.is_empty() && !asks_yes_or_no {
            fields.extend(mapping.into_iter().flat_map(|mapping| mapping.entities(lang)).map(Field::elsewhere));
        }
        Self {
            of: Heard::new(prompts, request),
            language,
            hints: hints(request.speech.as_ref(), &wording.hints, &choices),
            menu: Arc::default(),
            boolean: boolean_keys(&choices, if asks_boolean { &announced } else { &[] }, language),
            order: order(request, &announced),
            slots: request.slots.iter().map(|slot| slot.kind.clone()).collect(),
            choices,
            fields,
            wording,
            announced,
        }
    }

    /// The choices as closeness is measured.
    pub(super) fn menu(&self) -> &Menu {
        self.menu.get_or_init(|| menu(&self.choices, self.language))
    }

    /// Takes over the menu of another turn, if it would be prepared to the same: only what is said before it differs.
    pub(super) fn share_menu(&mut self, other: &Self) {
        let same =
            self.language == other.language && self.choices.iter().map(texts).eq(other.choices.iter().map(texts));
        if same {
            self.menu = Arc::clone(&other.menu);
        }
    }

    /// Whether these prompts and this request would be prepared to the same.
    pub(super) fn is_of(&self, prompts: &[&Spoken], request: &InputRequest) -> bool {
        let of = &self.of;
        of.prompts.iter().eq(prompts.iter().copied())
            && of.choices == request.choices
            && (&of.slots, &of.open, &of.filled) == (&request.slots, &request.open, &request.filled)
            && of.hints.as_ref() == request.speech.as_ref().map(|speech| &speech.hints)
            && (&of.state, &of.lang, of.dtmf) == (&request.state, &request.lang, request.dtmf)
    }

    /// The name of the input state ([`InputRequest::state`]).
    pub fn name(&self) -> &str {
        &self.of.state
    }

    /// The prompts it was prepared from.
    pub fn prompts(&self) -> &[Spoken] {
        &self.of.prompts
    }

    /// The field that was asked for, if what is asked for is no choice.
    pub fn asked_field(&self) -> Option<&Slot> {
        self.of.slots.first()
    }

    /// The fields that can be filled: those that were asked for, then the form's others.
    pub fn open_slots(&self) -> impl Iterator<Item = &Slot> {
        self.of.slots.iter().chain(&self.of.open)
    }

    /// Words and phrases a recogniser should expect, shared by all turns like this one: the application's own first, then
    /// labels, then further phrases.
    pub fn hints(&self) -> &Arc<[String]> {
        &self.hints
    }

    /// How to call each choice to the caller, in the application's order; `None` where nothing names one.
    pub fn labels(&self) -> Vec<Option<&str>> {
        self.choices.iter().map(|choice| choice.label.as_deref()).collect()
    }

    /// The question of the mapping that asks whether a choice is meant, by its place in the application's order.
    pub fn confirmation(&self, choice: usize) -> Option<&str> {
        self.choices.get(choice)?.confirmation.as_deref()
    }

    /// What the mapping asks here in place of the menu.
    pub fn open_prompt(&self) -> Option<&str> {
        self.wording.open_prompt.as_deref()
    }

    /// What the mapping says here before a menu with keys that callers may also talk to.
    pub fn hybrid_prompt(&self) -> Option<&str> {
        self.wording.hybrid_prompt.as_deref()
    }

    /// The confidence below which an utterance is not accepted as it is.
    pub fn threshold(&self) -> f64 {
        self.wording.thresholds.accept
    }

    /// From which confidence an utterance is accepted, and from which it is worth a question.
    pub fn thresholds(&self) -> Thresholds {
        self.wording.thresholds
    }

    /// How much the bridge says on its own account here, if the mapping says so.
    pub fn policy(&self) -> Option<Policy> {
        self.wording.policy
    }

    /// What the mapping words otherwise of what the bridge says here.
    pub fn messages(&self) -> &Messages {
        &self.wording.messages
    }

    /// Where a caller is taken who wants a person or is lost, as the mapping says.
    pub fn agent(&self) -> Option<&Agent> {
        self.wording.agent.as_ref()
    }

    /// The opening hours, both ends included.
    pub fn hours(&self) -> Option<(Time, Time)> {
        self.wording.hours
    }

    /// The opening hours that hold for a slot's times.
    pub fn hours_of(&self, slot: &str) -> Option<(Time, Time)> {
        self.field(slot)?.hours
    }

    /// What a slot takes: what the mapping says, else its builtin type. Known for the open slots of the whole form.
    pub fn entity(&self, slot: &str) -> Option<Kind> {
        self.field(slot)?.kind
    }

    /// How the mapping calls a slot.
    pub fn slot_label(&self, slot: &str) -> Option<&str> {
        self.field(slot)?.label.as_deref()
    }

    /// Whether what fills a slot is secret.
    pub fn slot_is_secret(&self, slot: &str) -> bool {
        self.field(slot).is_some_and(|field| field.secret)
    }

    /// The fields that words may fill, the one that was asked for first; what is secret is filled by no guess.
    pub(super) fn fields(&self) -> &[Field] {
        &self.fields
    }

    fn field(&self, slot: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == slot)
    }

    /// The language in which utterances are read.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Whether a choice stands for what callers ask of any menu: an agent, back, help.
    pub fn is_command(&self, choice: usize) -> bool {
        self.choices.get(choice).is_some_and(|choice| choice.command.is_some())
    }

    /// Whether the choices only answer yes or no.
    pub fn asks_yes_or_no(&self) -> bool {
        let means = |command| self.choices.iter().any(|choice| choice.command == Some(command));
        means(Command::Yes) && means(Command::No)
    }

    /// Whether the turn's prompts name any keys.
    pub fn reads_keys(&self) -> bool {
        !self.announced.is_empty()
    }

    /// Where the prompt at `index` of the turn begins to read out keys, in bytes of its words; 0 if it goes on with what
    /// a prompt before it began; `None` if it has no part in it.
    pub fn reads_keys_from(&self, index: usize) -> Option<usize> {
        let part = self.announced.iter().find(|part| (part.first_prompt..=part.last_prompt).contains(&index))?;
        Some(if part.first_prompt == index { part.offset } else { 0 })
    }
}

/// A field that words may fill.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) standing: Standing,
    /// What it takes by its grammars.
    pub(super) takes: SlotKind,
    /// What it takes by the mapping, else by its builtin type.
    pub(super) kind: Option<Kind>,
    pub(super) choices: Vec<Choice>,
    pub(super) hours: Option<(Time, Time)>,
    label: Option<String>,
    pub(super) secret: bool,
}

impl Field {
    fn of(slot: &Slot, standing: Standing, words: SlotWords) -> Self {
        let SlotWords { name, entity, label, hours, secret } = words;
        let (takes, choices) = (slot.kind.clone(), slot.choices.clone());
        Self { name, standing, takes, kind: entity, choices, hours, label, secret }
    }

    /// A field of another dialog: it is known by its entity alone.
    fn elsewhere((name, kind): (&str, Kind)) -> Self {
        Self {
            name: format!("@{name}"),
            standing: Standing::Elsewhere,
            takes: SlotKind::Grammar,
            kind: Some(kind),
            choices: Vec::new(),
            hours: None,
            label: None,
            secret: false,
        }
    }
}

/// The fields of the form, the one that is asked for first, whatever it takes.
fn fields(request: &InputRequest, words_of: impl Fn(&Slot) -> SlotWords) -> Vec<Field> {
    let item = request.state.rsplit('/').next().unwrap_or_default();
    let mut asked = request.slots.clone();
    if !asked.iter().any(|slot| slot.name == item) {
        let choices = request.choices.clone();
        asked.insert(0, Slot { name: item.to_owned(), kind: SlotKind::Grammar, choices });
    }
    let lists = [(&asked, Standing::Asked), (&request.open, Standing::Open), (&request.filled, Standing::Filled)];
    let all = lists.into_iter().flat_map(|(slots, standing)| slots.iter().map(move |slot| (slot, standing)));
    all.map(|(slot, standing)| Field::of(slot, standing, words_of(slot))).collect()
}

impl Heard {
    fn new(prompts: &[&Spoken], request: &InputRequest) -> Self {
        Self {
            state: request.state.clone(),
            prompts: prompts.iter().copied().cloned().collect(),
            choices: request.choices.clone(),
            slots: request.slots.clone(),
            open: request.open.clone(),
            filled: request.filled.clone(),
            dtmf: request.dtmf,
            lang: request.lang.clone(),
            hints: request.speech.as_ref().map(|speech| Arc::clone(&speech.hints)),
        }
    }
}

/// The choices as closeness is measured: what they are called, what the prompt says of them, what callers say for them.
fn menu(choices: &[Named], language: Language) -> Menu {
    let texts: Vec<(&str, &str, Vec<&str>)> = choices.iter().map(texts).collect();
    let described: Vec<Described<'_>> =
        texts.iter().map(|(label, prompt, examples)| Described { label, prompt, examples }).collect();
    Menu::prepare(&described, language)
}

fn texts(choice: &Named) -> (&str, &str, Vec<&str>) {
    let mut called = choice.names_from(&[Source::Label]).into_iter();
    let announced = choice.names_from(&[Source::Prompt]).first().copied().unwrap_or_default();
    let grammar = choice.names_from(&[Source::Grammar]);
    let label = called.next().or((!announced.is_empty()).then_some(announced)).or(grammar.first().copied());
    let label = label.unwrap_or_default();
    let prompt = if announced == label { "" } else { announced };
    let examples = called.chain(choice.names_from(&[Source::Example])).chain(grammar);
    (label, prompt, examples.filter(|example| *example != label).collect())
}

/// Words to expect: the application's own, the mapping's, then labels and further names.
fn hints(own: Option<&SpeechInput>, mapped: &[String], choices: &[Named]) -> Arc<[String]> {
    let grammar = choices.iter().flat_map(|choice| choice.phrases.iter().map(String::as_str));
    let labels = choices.iter().filter_map(|choice| choice.label.as_deref());
    let names = choices.iter().flat_map(|choice| choice.names.iter().map(|name| name.text.as_str()));
    let mut hints: Vec<String> = own.map(|own| own.hints.to_vec()).unwrap_or_default();
    for hint in mapped.iter().map(String::as_str).chain(grammar).chain(labels).chain(names) {
        let hint = hint.replace(',', "");
        if !hint.is_empty() && !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    hints.truncate(MAX_HINTS);
    hints.into()
}

/// The choice without its key where an inner choice has the key: it means that one, and a prompt that names it, too.
fn reachable<'a>(choice: &'a Choice, inner: &[Choice]) -> Cow<'a, Choice> {
    let hidden = choice.key.is_some() && inner.iter().any(|other| other.key == choice.key);
    if hidden { Cow::Owned(Choice { key: None, ..choice.clone() }) } else { Cow::Borrowed(choice) }
}

/// Keys for yes and no: those of such choices, else what the prompt says, else 1 and 2 as the builtin has it.
fn boolean_keys(choices: &[Named], announced: &[Announcement], language: Language) -> (String, String) {
    let key = |wanted: Command, default: &str| {
        let means = |label: &String| commands::command(&Words::of(label, language).all, language) == Some(wanted);
        let chosen =
            choices.iter().filter(|choice| choice.command == Some(wanted)).find_map(|choice| choice.key.as_ref());
        let told = || announced.iter().find(|part| part.labels.iter().any(means)).map(|part| &part.key);
        chosen.or_else(told).cloned().unwrap_or_else(|| default.to_owned())
    };
    (key(Command::Yes, "1"), key(Command::No, "2"))
}

/// The announced choices in the prompt's order if it announces several, else all in the application's.
fn order(request: &InputRequest, announced: &[Announcement]) -> Vec<usize> {
    let mut heard: Vec<usize> = Vec::new();
    for announcement in announced {
        let choice = request.choices.iter().position(|choice| choice.key.as_deref() == Some(&announcement.key));
        heard.extend(choice.filter(|choice| !heard.contains(choice)));
    }
    if heard.len() > 1 { heard } else { (0..request.choices.len()).collect() }
}
