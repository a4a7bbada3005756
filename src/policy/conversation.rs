use super::mode::Mode;
use super::open;
use crate::dialogue::{
    Event, Finding, Happening, Heard, InputRequest, Next, Origin, Selection, SpeechInput, Spoken, Step, Turn,
};
use crate::interpreter::Interpreter;
use crate::nlu::{Mapping, State};
use std::sync::{Arc, LazyLock};

/// What a conversation is held with: the interpreter of a document, or anything that takes events and gives steps.
pub trait Application {
    /// Takes one event and runs until something is needed from the world.
    fn handle(&mut self, event: Event) -> Step;
}

impl Application for Interpreter {
    fn handle(&mut self, event: Event) -> Step {
        Interpreter::handle(self, event)
    }
}

/// An application as callers may speak to it: feed it events, get steps.
///
/// For every turn that listens, [`Conversation::state`] gives what NLU needs; the host puts what it found into
/// [`Heard::Speech`]. Deterministic: the same application, mode, mapping and events give the same steps.
#[derive(Debug)]
pub struct Conversation<A> {
    application: A,
    mode: Mode,
    mapping: Arc<Mapping>,
    /// What the turn being answered understands.
    state: Option<Arc<State>>,
    /// The turn being answered, as the caller heard it.
    turn: Option<Turn>,
    menu: Option<Menu>,
}

/// The last prompts that read out keys. A turn in the same state may read out none ("Sorry?") and still mean them.
#[derive(Debug)]
struct Menu {
    /// What was prepared from them.
    state: Arc<State>,
    /// What of it the caller has not heard, because an open question stood in its place.
    withheld: Vec<Spoken>,
}

impl<A: Application> Conversation<A> {
    /// A conversation with an application that has not started yet.
    pub fn new(application: A, mode: Mode, mapping: Option<Arc<Mapping>>) -> Self {
        static NONE: LazyLock<Arc<Mapping>> = LazyLock::new(Arc::default);
        let mapping = mapping.unwrap_or_else(|| Arc::clone(&NONE));
        Self { application, mode, mapping, state: None, turn: None, menu: None }
    }

    /// Takes one event and gives the next step.
    pub fn handle(&mut self, mut event: Event) -> Step {
        if let Happening::Heard(Heard::Speech { finding, confidence, .. }) = &mut event.happening {
            *finding = self.accept(std::mem::take(finding), *confidence);
            let repeat = finding.ranked.first().is_some_and(|best| best.selection == Selection::Repeat);
            if let Some(turn) = self.turn.as_ref().filter(|_| repeat) {
                return Step::Turn(turn.clone());
            }
            finding.ranked.retain(|reading| reading.selection != Selection::Repeat);
        }
        self.state = None;
        self.turn = None;
        match self.application.handle(event) {
            Step::Turn(turn) => Step::Turn(self.dress(turn)),
            step => step,
        }
    }

    /// What NLU needs for the turn being answered; `None` in keys mode or when not listening.
    pub fn state(&self) -> Option<&State> {
        self.state.as_deref()
    }

    /// Whether what is heard in the turn being answered must appear in no transcript or log; the mapping says so, in
    /// every mode.
    pub fn secret(&self) -> bool {
        match &self.turn {
            Some(Turn { next: Next::Listen(request), .. }) => self.mapping.secret(&request.state),
            _ => false,
        }
    }

    /// The application.
    pub fn application(&self) -> &A {
        &self.application
    }

    /// The application, to be changed.
    pub fn application_mut(&mut self) -> &mut A {
        &mut self.application
    }

    /// What of a finding counts: nothing in keys mode, nothing below the threshold, and nothing of words which the
    /// recogniser itself, if it rates them, believes less than the application's `confidencelevel` asks.
    fn accept(&self, mut finding: Finding, recognised: Option<f64>) -> Finding {
        match &self.state {
            Some(state) if !self.doubts(recognised) => {
                finding.ranked.retain(|reading| reading.confidence >= state.threshold());
            }
            _ => finding.ranked.clear(),
        }
        finding
    }

    fn doubts(&self, recognised: Option<f64>) -> bool {
        let Some(Turn { next: Next::Listen(request), .. }) = &self.turn else { return false };
        recognised.is_some_and(|confidence| confidence > 0.0 && confidence < request.confidence_level)
    }

    /// The application's turn as the caller gets it.
    fn dress(&mut self, mut turn: Turn) -> Turn {
        if self.mode != Mode::Keys {
            // The labels come from the application's own prompts, so before any of them is replaced.
            self.state = self.prepare(&turn);
        }
        if let (Some(state), Next::Listen(request)) = (&self.state, &mut turn.next) {
            listen_for_speech(request, state);
            if self.mode == Mode::Speech {
                ask_openly(&mut turn, state, self.menu.as_mut());
            }
        }
        self.turn = Some(turn.clone());
        turn
    }

    /// What the turn understands, by its own prompts or by the menu last read out in its state.
    fn prepare(&mut self, turn: &Turn) -> Option<Arc<State>> {
        let Next::Listen(request) = &turn.next else { return None };
        let mut prompts: Vec<&Spoken> = turn.prompts.iter().collect();
        let own = self.mapping.state(&prompts, request);
        if own.reads_keys() {
            self.menu = Some(Menu { state: Arc::clone(&own), withheld: Vec::new() });
            return Some(own);
        }
        match self.menu.as_ref().filter(|menu| menu.state.name() == request.state) {
            Some(menu) => {
                prompts.extend(menu.state.prompts());
                Some(self.mapping.state(&prompts, request))
            }
            None => Some(own),
        }
    }
}

/// Free speech wherever there is something it could mean.
fn listen_for_speech(request: &mut InputRequest, state: &State) {
    if request.choices.is_empty() && request.slots.is_empty() {
        return;
    }
    let own_grammars = request.speech.as_ref().is_some_and(|speech| speech.own_grammars);
    request.speech = Some(SpeechInput { hints: Arc::clone(state.hints()), own_grammars });
}

/// Asks in open words where a menu would be read out for the first time; who is lost hears the menu.
fn ask_openly(turn: &mut Turn, state: &State, menu: Option<&mut Menu>) {
    let Next::Listen(request) = &turn.next else { return };
    let menu = menu.filter(|menu| menu.state.name() == request.state);
    if request.attempt > 0 {
        let silent = !turn.prompts.iter().any(|spoken| spoken.origin == Origin::Item);
        if let Some(menu) = menu.filter(|_| silent) {
            turn.prompts.append(&mut menu.withheld);
        }
        return;
    }
    if !request.slots.is_empty() || request.choices.is_empty() || state.asks_yes_or_no() {
        return;
    }
    let Some(question) = open::question(state) else { return };
    let replaced = open::replace_menu(turn, state, question);
    if let Some(menu) = menu {
        menu.withheld = replaced;
    }
}
