//! The collect phase: which grammars are active (2.0 §3.1.4), what the turn listens for, what comes back.

use super::{
    Session,
    flow::{Flow, Run},
    marks::Timeline,
    open::OtherFields,
    program::{Compiled, Hearing, Meaning, Program, add_choices},
    recognise::Recognition,
};
use crate::{
    dialogue::{
        Choice, DtmfInput, Event, GrammarSource, Happening, Heard, InputMode, InputRequest, Item, ItemKind, Link,
        MenuChoice, Millis, Next, Policy, Reason, Slot, SlotKind, Source, SpeechInput, Step, Turn,
    },
    grammar::{Grammar, Verdict},
    script::Chain,
};
use serde_json::Value as Json;
use std::sync::{Arc, LazyLock};

/// Hints given to a recogniser at most.
const HINTS: usize = 100;

/// A grammar that is active now.
#[derive(Clone)]
pub(super) struct Active {
    pub(super) compiled: Arc<Compiled>,
    pub(super) meaning: Meaning,
    pub(super) owner: Owner,
}

/// Whose grammar it is.
#[derive(Clone)]
pub(super) enum Owner {
    /// The dialog that runs.
    Here,
    /// A document with its links: the running one, or its root.
    Document(Arc<Program>),
    /// A dialog with document scope, of the document or of its root: matching it goes there.
    Elsewhere { program: Arc<Program>, dialog: usize },
}

impl Session {
    /// Listens to the caller for an item; what is not understood or not said is an event.
    pub(super) async fn collect(&mut self, item: &Item, index: usize) -> Run<Recognition> {
        self.expect_caller()?;
        if let Some(illegal) = self.illegal_property() {
            return Err(Flow::semantic(illegal));
        }
        let chain = self.here().chain.clone();
        let active = self.activate(item, &chain).await?;
        if active.is_empty() {
            return Err(Flow::semantic("input is expected, but no grammar is active"));
        }
        let active = self.in_accepted_modes(active);
        // Until the next input there is no last one (2.0 §5.1.5).
        self.engine.set(&self.here().application, "lastresult$", &self.engine.undefined()?)?;
        let request = self.input_request(item, index, &active);
        let prompts = std::mem::take(&mut self.queue);
        let (timeline, began) = (Timeline::of(&prompts), self.port.now());
        let turn = Turn { prompts, next: Next::Listen(Box::new(request)) };
        let event = self.play(turn).await;
        self.mark =
            timeline.reached(Millis::try_from(event.at.saturating_sub(began)).unwrap_or_default(), &event.happening);
        self.begin_turn();
        *self.here_mut().attempts.entry(index).or_default() += 1;
        match event.happening {
            // What the application switched off is not heard (2.0 §6.3.6).
            Happening::Heard(heard) if !self.hears(&heard) => Err(Flow::event("noinput", "")),
            Happening::Heard(heard) => {
                let level = self.unit_property("confidencelevel", 0.5);
                let recognition = match self.answered_elsewhere(&heard, index) {
                    Some(other) => self.recognise_elsewhere(other, heard, level).await,
                    None => self.recognise(&active, heard, level),
                };
                if !self.engine.is_undefined(&self.here().application, "lastresult$")? {
                    self.note_mark("application.lastresult$")?;
                }
                recognition
            }
            Happening::HungUp => Err(self.hang_up()),
            _ => Err(Flow::event("noinput", "")),
        }
    }

    /// Before anything is expected of the caller: a hang-up that came while something was fetched is told now, in the
    /// waiting state (2.0 §2.1.8), and after it nobody is there to be waited for (2.0 §1.5.4).
    pub(super) fn expect_caller(&mut self) -> Run {
        match (self.hung_up, self.farewell) {
            (false, _) => Ok(()),
            (true, true) => Err(Flow::End(Reason::HungUp, Vec::new())),
            (true, false) => Err(self.hang_up()),
        }
    }

    /// Whether `inputmodes` lets an input in; words that NLU mapped count for what they were mapped onto.
    fn hears(&self, heard: &Heard) -> bool {
        match heard {
            Heard::Keys { .. } => self.accepts(InputMode::Dtmf),
            Heard::Speech { finding, .. } => self.accepts(InputMode::Voice) || !finding.ranked.is_empty(),
        }
    }

    /// Hands out a turn until something comes back that answers it.
    pub(super) async fn play(&mut self, turn: Turn) -> Event {
        loop {
            let event = self.port.exchange(Step::Turn(turn.clone())).await;
            if !matches!(event.happening, Happening::Fetched { .. } | Happening::Start { .. }) {
                return event;
            }
        }
    }

    /// The active grammars by precedence: the item's, the form's, the document's, the application's.
    pub(super) async fn activate(&mut self, item: &Item, chain: &Chain) -> Run<Vec<Active>> {
        let here = self.here();
        let program = here.program.clone();
        let root = here.root.clone();
        let current = here.dialog;
        let Some(index) = here.item else { return Ok(Vec::new()) };
        let mut hearings: Vec<(&Hearing, Owner)> = Vec::new();
        hearings.extend(program.dialog(current).items[index].iter().map(|hearing| (hearing, Owner::Here)));
        if !item.modal {
            hearings.extend(program.dialog(current).level.iter().map(|hearing| (hearing, Owner::Here)));
            elsewhere(&program, Some(current), &mut hearings);
            if let Some(root) = &root {
                elsewhere(root, None, &mut hearings);
            }
        }
        let mut active = Vec::with_capacity(hearings.len());
        for (hearing, owner) in hearings {
            let compiled = self.grammar(&hearing.form, chain).await?;
            active.push(Active { compiled, meaning: hearing.meaning.clone(), owner });
        }
        if !item.modal {
            active.extend(self.universals());
        }
        Ok(active)
    }

    /// Those of some grammars that `inputmodes` allows (2.0 §6.3.6).
    pub(super) fn in_accepted_modes(&self, mut active: Vec<Active>) -> Vec<Active> {
        let (voice, dtmf) = (self.accepts(InputMode::Voice), self.accepts(InputMode::Dtmf));
        active.retain(|active| if active.compiled.grammar.mode() == InputMode::Dtmf { dtmf } else { voice });
        active
    }

    /// The platform's own commands, where `universals` asks for them (2.0 §6.3.6), in the caller's language.
    fn universals(&self) -> impl Iterator<Item = Active> {
        type Commands = [(&'static str, Arc<Compiled>); 3];
        fn commands(words: [(&'static str, &str); 3]) -> Commands {
            words.map(|(event, word)| (event, Compiled::new(Grammar::phrase(word, false, None), None)))
        }
        static ENGLISH: LazyLock<Commands> =
            LazyLock::new(|| commands([("help", "help"), ("cancel", "cancel"), ("exit", "exit")]));
        static SPANISH: LazyLock<Commands> =
            LazyLock::new(|| commands([("help", "ayuda"), ("cancel", "cancelar"), ("exit", "salir")]));
        let wanted = self.property("universals").unwrap_or_default().to_owned();
        let asked = move |name: &str| wanted.split_whitespace().any(|word| word == name || word == "all");
        let known = if self.lang().starts_with("es") { &SPANISH } else { &ENGLISH };
        known.iter().filter(move |(event, _)| asked(event)).map(|(event, compiled)| Active {
            compiled: compiled.clone(),
            meaning: Meaning::Universal(event),
            owner: Owner::Here,
        })
    }

    fn input_request(&mut self, item: &Item, index: usize, active: &[Active]) -> InputRequest {
        let pairs = active.iter().map(|active| (active.compiled.clone(), active.meaning.clone(), &active.owner));
        let (mut choices, slots) = offered(item, &self.here().program, pairs);
        choices.iter_mut().for_each(|choice| hide_taken_key(choice, active));
        let OtherFields { open, filled } = self.other_fields(item, index);
        let name = if item.named { item.name.to_string() } else { format!("@{}", index + 1) };
        let prompt_timeout = self.prompt_timeout.take();
        let hotword = std::mem::take(&mut self.hotword);
        let time = |name: &str, default| self.time_property(name).unwrap_or(default);
        InputRequest {
            state: format!("{}/{name}", self.dialog_name()),
            attempt: self.here().attempts.get(&index).copied().unwrap_or_default(),
            choices,
            slots,
            initial: matches!(item.kind, ItemKind::Initial),
            open,
            filled,
            dtmf: self.dtmf_input(active),
            speech: speech_input(active),
            timeout: prompt_timeout.unwrap_or_else(|| time("timeout", 5000)),
            interdigit_timeout: time("interdigittimeout", 3000),
            complete_timeout: time("completetimeout", 1000),
            incomplete_timeout: time("incompletetimeout", 1500),
            max_speech: self.time_property("maxspeechtimeout"),
            confidence_level: self.unit_property("confidencelevel", 0.5),
            hotword,
            record: self.property("recordutterance").is_some_and(|value| value.eq_ignore_ascii_case("true")),
            policy: self.property(Policy::PROPERTY).and_then(|policy| policy.parse().ok()),
            lang: self.spoken_language(item),
        }
    }

    /// The language to recognise: of the item's own speech grammars, of the dialog's, or the one in force. A recogniser
    /// listens in one at a time.
    fn spoken_language(&self, item: &Item) -> String {
        let dialog = self.dialog();
        let of = |grammars: &[Arc<GrammarSource>]| {
            let mut spoken = grammars.iter().filter(|grammar| grammar.mode != Some(InputMode::Dtmf));
            spoken.find_map(|grammar| grammar.lang.clone())
        };
        of(&item.grammars).or_else(|| of(&dialog.grammars)).unwrap_or_else(|| self.lang())
    }

    fn dtmf_input(&self, active: &[Active]) -> Option<DtmfInput> {
        let keys: Vec<_> = active.iter().filter(|active| active.compiled.grammar.mode() == InputMode::Dtmf).collect();
        let extents: Vec<_> = keys.iter().map(|active| active.compiled.grammar.extent()).collect();
        let shortest = extents.iter().map(|extent| extent.shortest).min()?;
        let longest = extents
            .iter()
            .map(|extent| extent.longest)
            .try_fold(0, |most, longest| longest.map(|longest| most.max(longest)));
        let used = |key: char| keys.iter().any(|active| active.compiled.grammar.uses_key(key));
        let narrow = |tokens: u64| u32::try_from(tokens).unwrap_or(u32::MAX);
        Some(DtmfInput {
            shortest: narrow(shortest),
            longest: longest.map(narrow),
            finish: self.termchar().filter(|key| !used(*key)),
        })
    }
}

/// The grammars of a document that are active in all its dialogs, in document order: links, and dialogs with document
/// scope.
fn elsewhere<'a>(program: &'a Arc<Program>, current: Option<usize>, hearings: &mut Vec<(&'a Hearing, Owner)>) {
    let links = program.links.iter().map(|hearing| (hearing, Owner::Document(program.clone())));
    let mut found: Vec<(&Hearing, Owner)> = links.collect();
    for (dialog, shared) in program.shared().filter(|(dialog, _)| Some(*dialog) != current) {
        let owner = Owner::Elsewhere { program: program.clone(), dialog };
        found.extend(shared.iter().map(|hearing| (hearing, owner.clone())));
    }
    found.sort_by_key(|(hearing, _)| hearing.at);
    hearings.append(&mut found);
}

/// What the caller can choose, and what is open to be filled.
fn offered<'a>(
    item: &Item,
    program: &Program,
    active: impl Iterator<Item = (Arc<Compiled>, Meaning, &'a Owner)>,
) -> (Vec<Choice>, Vec<Slot>) {
    // Choices with what they mean: inputs of one meaning are one choice.
    let mut choices: Vec<(Option<Json>, Choice)> = Vec::new();
    let mut slots: Vec<Slot> = Vec::new();
    for (compiled, meaning, owner) in active {
        let compiled = &compiled;
        match (&meaning, &item.kind) {
            (Meaning::Option(index), ItemKind::Field(field)) => {
                if let Some(option) = field.options.get(*index) {
                    let marker = Json::from(format!("option {index}"));
                    named_choice(&mut choices, marker, compiled, &option.text, Some(option.value.clone()));
                }
            }
            (Meaning::Choice(index), kind) => {
                let menu = match owner {
                    Owner::Here | Owner::Document(_) => kind.as_menu(),
                    Owner::Elsewhere { program, dialog } => program.document.dialogs[*dialog].menu(),
                };
                if let Some(choice) = menu.and_then(|menu| menu.choices.get(*index)) {
                    let marker = Json::from(format!("choice {} {index}", owner_name(owner, program)));
                    named_choice(&mut choices, marker, compiled, &choice.text, target_of(choice));
                }
            }
            (Meaning::Link(link), _) => {
                let marker = Json::from(format!("link {}", link.at.offset));
                named_choice(&mut choices, marker, compiled, "", link_target(link));
            }
            // What every platform offers is no choice of the application.
            (Meaning::Universal(_), _) => {}
            (Meaning::Item | Meaning::Form | Meaning::Option(_), _) => match compiled.slot() {
                None => add_choices(&mut choices, compiled),
                Some(kind) => add_slot(&mut slots, item, kind),
            },
        }
    }
    (choices.into_iter().map(|(_, choice)| choice).collect(), slots)
}

/// What a field takes by these grammars of its own.
pub(super) fn field_slot(
    item: &Item,
    program: &Program,
    grammars: impl Iterator<Item = (Arc<Compiled>, Meaning)>,
) -> Slot {
    let grammars: Vec<(Arc<Compiled>, Meaning)> = grammars.collect();
    let is_boolean = |(compiled, _): &(Arc<Compiled>, Meaning)| {
        compiled.builtin.as_deref().is_some_and(|builtin| builtin.starts_with("boolean"))
    };
    let otherwise = if grammars.iter().any(is_boolean) { SlotKind::Boolean } else { SlotKind::Grammar };
    let owned = grammars.into_iter().map(|(compiled, meaning)| (compiled, meaning, &Owner::Here));
    let (choices, slots) = offered(item, program, owned);
    let kind = slots.into_iter().next().map_or(otherwise, |slot| slot.kind);
    Slot { name: item.name.to_string(), kind, choices }
}

/// A key that the item itself takes as a whole input (a link's `0` beside a field for any digits) chooses nothing else:
/// whoever says the choice's name must not fill the field with its key.
fn hide_taken_key(choice: &mut Choice, active: &[Active]) {
    let slots = active.iter().filter(|active| {
        let compiled = &active.compiled;
        matches!(active.meaning, Meaning::Item)
            && compiled.grammar.mode() == InputMode::Dtmf
            && compiled.slot().is_some()
    });
    let taken =
        |key: &str| slots.clone().any(|slot| matches!(slot.compiled.grammar.match_keys(key), Verdict::Match { .. }));
    if choice.key.as_deref().is_some_and(taken) {
        choice.key = None;
    }
}

fn named_choice(
    choices: &mut Vec<(Option<Json>, Choice)>,
    marker: Json,
    compiled: &Compiled,
    text: &str,
    target: Option<String>,
) {
    let place = choices.iter().position(|(known, _)| known.as_ref() == Some(&marker));
    let place = place.unwrap_or_else(|| {
        let label = (!text.is_empty()).then(|| text.to_owned());
        choices.push((Some(marker), Choice { key: None, phrases: Vec::new(), label, target }));
        choices.len() - 1
    });
    let choice = &mut choices[place].1;
    let inputs = compiled.listing().unwrap_or_default().iter().map(|(input, _)| input.clone());
    if compiled.grammar.mode() == InputMode::Dtmf {
        choice.key = choice.key.take().or_else(|| inputs.into_iter().next());
    } else {
        choice.phrases.extend(inputs);
    }
}

fn add_slot(slots: &mut Vec<Slot>, item: &Item, kind: SlotKind) {
    // A field's key and speech grammars are one slot; what is known better than "some grammar" wins.
    match slots.iter_mut().find(|slot| *slot.name == *item.name) {
        Some(slot) if slot.kind == SlotKind::Grammar => slot.kind = kind,
        Some(_) => {}
        None => slots.push(Slot { name: item.name.to_string(), kind, choices: Vec::new() }),
    }
}

fn owner_name(owner: &Owner, here: &Program) -> String {
    match owner {
        Owner::Here | Owner::Document(_) => "here".to_owned(),
        Owner::Elsewhere { program, dialog } if program.document.uri == here.document.uri => dialog.to_string(),
        Owner::Elsewhere { dialog, .. } => format!("root {dialog}"),
    }
}

fn target_of(choice: &MenuChoice) -> Option<String> {
    choice.next.as_ref().or(choice.event.as_ref()).and_then(Source::literal).map(str::to_owned)
}

fn link_target(link: &Link) -> Option<String> {
    link.next.as_ref().or(link.event.as_ref()).and_then(Source::literal).map(str::to_owned)
}

fn speech_input(active: &[Active]) -> Option<SpeechInput> {
    let voice: Vec<_> = active.iter().filter(|active| active.compiled.grammar.mode() == InputMode::Voice).collect();
    if voice.is_empty() {
        return None;
    }
    let listed = voice.iter().flat_map(|active| active.compiled.listing().unwrap_or_default());
    let mut hints: Vec<String> = Vec::new();
    for (phrase, _) in listed {
        if hints.len() < HINTS && !hints.contains(phrase) {
            hints.push(phrase.clone());
        }
    }
    Some(SpeechInput { hints: hints.into(), own_grammars: true })
}
