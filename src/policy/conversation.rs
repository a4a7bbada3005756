use super::held::{Asked, Held};
use super::ladder::Help;
use super::menu::{self, Menu};
use super::mode::Mode;
use super::question::{Question, request_of};
use super::said::Said;
use crate::dialogue::{
    Event, Finding, Happening, Heard, InputRequest, Next, Origin, Policy, Selection, Spoken, Step, Turn,
};
use crate::interpreter::Interpreter;
use crate::nlu::{Mapping, State};
use jiff::civil::DateTime;
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

/// Questions that the caller's words in one turn may have answered before they were asked.
const MOST_ANSWERS: usize = 32;

/// An application as callers may speak to it: feed it events, get steps.
///
/// For every turn that listens, [`Conversation::understand`] says what words mean there; the host puts that into
/// [`Heard::Speech`]. Deterministic: the same application, mode, policy, mapping and events give the same steps.
#[derive(Debug)]
pub struct Conversation<A> {
    application: A,
    mode: Mode,
    policy: Policy,
    mapping: Arc<Mapping>,
    /// What the turn being answered understands.
    pub(super) state: Option<Arc<State>>,
    /// The application's turn being answered, as the caller heard it.
    pub(super) turn: Option<Turn>,
    menu: Option<Menu>,
    /// The bridge's own question that stands before that turn.
    pub(super) question: Option<Question>,
    /// How often the bridge has spoken on its own account since the application last did.
    pub(super) interjections: u32,
    /// What the caller has said to a state's questions that he did not mean.
    pub(super) refused: Option<(String, Selection)>,
    pub(super) held: Held,
    /// What was queued before a question that needed not be asked: it comes before whatever is heard next.
    carried: Vec<Spoken>,
    /// The question that was not asked, and its state: should the answer be rejected, it must be.
    unasked: Option<(String, Vec<Spoken>)>,
    /// The state whose lost caller was helped.
    pub(super) helped: Option<String>,
    /// Whether the bridge itself is connecting the caller with an agent.
    handing_over: bool,
}

impl<A: Application> Conversation<A> {
    /// A conversation with an application that has not started yet.
    pub fn new(application: A, mode: Mode, mapping: Option<Arc<Mapping>>) -> Self {
        static NONE: LazyLock<Arc<Mapping>> = LazyLock::new(Arc::default);
        Self {
            application,
            mode,
            policy: Policy::default(),
            mapping: mapping.unwrap_or_else(|| Arc::clone(&NONE)),
            state: None,
            turn: None,
            menu: None,
            question: None,
            interjections: 0,
            refused: None,
            held: Held::default(),
            carried: Vec::new(),
            unasked: None,
            helped: None,
            handing_over: false,
        }
    }

    /// The same with a policy for where neither document nor mapping names one.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Takes one event and gives the next step.
    pub fn handle(&mut self, event: Event) -> Step {
        if std::mem::take(&mut self.handing_over) {
            return self.come_back(event);
        }
        if let Some(question) = self.question.take() {
            return self.answer(question, event);
        }
        match event.happening {
            Happening::Heard(Heard::Speech { utterance, confidence, alternatives, finding }) => {
                let finding = self.believed(finding, confidence);
                self.judge(Said { at: event.at, utterance, confidence, alternatives }, finding)
            }
            _ => self.apply(event),
        }
    }

    /// What words mean in the turn being answered, said at this time where the application lives. It goes into the event
    /// and is never asked for again.
    pub fn understand(&self, utterance: &str, now: DateTime) -> Finding {
        let Some(state) = &self.state else { return Finding::default() };
        let plain = self.request().is_none_or(|request| self.policy_in(request, state) == Policy::Plain);
        let elsewhere = |words: &str| if plain { state.understand(words) } else { state.hear(words, now) };
        match &self.question {
            Some(question) => question.understand(utterance, elsewhere),
            None => elsewhere(utterance),
        }
    }

    /// What NLU needs for the application's turn being answered; `None` in keys mode or when not listening.
    pub fn state(&self) -> Option<&State> {
        self.state.as_deref()
    }

    /// Whether the bridge has asked a question of its own, which is not the application's.
    pub fn is_asking(&self) -> bool {
        self.question.is_some()
    }

    /// Whether what is heard in the turn being answered must appear in no transcript or log; the mapping says so, in
    /// every mode.
    pub fn secret(&self) -> bool {
        self.request().is_some_and(|request| self.mapping.secret(&request.state))
    }

    /// The application.
    pub fn application(&self) -> &A {
        &self.application
    }

    /// The application, to be changed.
    pub fn application_mut(&mut self) -> &mut A {
        &mut self.application
    }

    /// What the application's turn being answered listens for.
    pub(super) fn request(&self) -> Option<&InputRequest> {
        self.turn.as_ref().and_then(request_of)
    }

    /// How much the bridge says on its own account: the state's mapping, the document, the application's configuration.
    pub(super) fn policy_in(&self, request: &InputRequest, state: &State) -> Policy {
        state.policy().or(request.policy).unwrap_or(self.policy)
    }

    /// What of a finding counts: nothing in keys mode, and nothing of words which the recogniser itself, if it rates them,
    /// believes less than the application's `confidencelevel` asks.
    pub(super) fn believed(&self, finding: Finding, recognised: Option<f64>) -> Finding {
        let level = self.request().map_or(0.0, |request| request.confidence_level);
        let doubted = recognised.is_some_and(|confidence| confidence > 0.0 && confidence < level);
        if doubted || self.state.is_none() { Finding::default() } else { finding }
    }

    /// Lets something happen to the application, and gives what the caller hears of it.
    pub(super) fn apply(&mut self, event: Event) -> Step {
        self.state = None;
        self.turn = None;
        self.question = None;
        self.interjections = 0;
        let at = event.at;
        let step = self.application.handle(event);
        self.present(step, at)
    }

    /// A step of the application as the caller gets it; what he has answered before is not asked.
    pub(super) fn present(&mut self, step: Step, at: i64) -> Step {
        let mut step = step;
        for _ in 0..MOST_ANSWERS {
            let turn = match step {
                Step::Turn(turn) => turn,
                other => return self.with_carried(other),
            };
            match self.react(turn, at) {
                Reaction::Hears(turn) => return self.with_carried(Step::Turn(turn)),
                Reaction::Answers(event) => step = self.application.handle(event),
            }
        }
        // It asks for the same things again and again.
        self.held = Held::default();
        match step {
            Step::Turn(turn) => {
                let turn = self.dress(turn);
                self.with_carried(Step::Turn(turn))
            }
            other => self.with_carried(other),
        }
    }

    /// What becomes of a turn of the application: the caller hears it, or something instead, or has answered it.
    fn react(&mut self, mut turn: Turn, at: i64) -> Reaction {
        let unasked = self.unasked.take();
        let (Some(state), Next::Listen(request)) = (self.prepare(&turn), &turn.next) else {
            return Reaction::Hears(self.dress_in(turn, None));
        };
        if self.policy_in(request, &state) == Policy::Plain {
            return Reaction::Hears(self.dress_in(turn, Some(state)));
        }
        self.held.age();
        let asked = Asked::of(request, &state);
        let rejected = unasked.filter(|(name, _)| *name == request.state);
        if let Some(correction) = self.held.next_correction(&asked)
            && let Some(reaction) = self.settle_held(&correction, true, &turn, &state)
        {
            return reaction;
        }
        match rejected {
            // It did not take the answer: now the question is needed.
            Some((_, question)) if !turn.prompts.iter().any(|spoken| spoken.origin == Origin::Item) => {
                turn.prompts.extend(question);
            }
            Some(_) => {}
            None => {
                if let Some(answer) = self.held.take(&asked)
                    && let Some(reaction) = self.settle_held(&answer, false, &turn, &state)
                {
                    return reaction;
                }
            }
        }
        match self.help(&turn, &state, at) {
            Some(help) => self.helped_by(help, turn),
            None => Reaction::Hears(self.dress_in(turn, Some(state))),
        }
    }

    fn helped_by(&mut self, help: Help, mut turn: Turn) -> Reaction {
        match help {
            Help::Hears(mut instead) => {
                self.dress(turn);
                self.handing_over = matches!(instead.next, Next::Transfer(_));
                self.carried.append(&mut instead.prompts);
                Reaction::Hears(instead)
            }
            Help::Answers(event, prompts) => {
                self.carried.extend(prompts);
                Reaction::Answers(event)
            }
            Help::Adds(sentence) => {
                turn.prompts.push(sentence);
                Reaction::Hears(self.dress(turn))
            }
        }
    }

    /// Helps a caller who has asked for it.
    pub(super) fn help_now(&mut self, help: Help, turn: Turn, at: i64) -> Step {
        match self.helped_by(help, turn) {
            Reaction::Hears(turn) => self.with_carried(Step::Turn(turn)),
            Reaction::Answers(event) => {
                let step = self.application.handle(event);
                self.present(step, at)
            }
        }
    }

    /// Keeps what was queued before a question that is not asked.
    pub(super) fn pass_over(&mut self, turn: &Turn) {
        let (question, others): (Vec<Spoken>, Vec<Spoken>) =
            turn.prompts.iter().cloned().partition(|spoken| spoken.origin == Origin::Item);
        self.carried.extend(others);
        self.unasked = request_of(turn).map(|request| (request.state.clone(), question));
    }

    /// A step with everything before it that has not been heard yet.
    fn with_carried(&mut self, mut step: Step) -> Step {
        if self.carried.is_empty() {
            return step;
        }
        match &mut step {
            Step::Turn(Turn { prompts, .. }) => {
                prompts.splice(..0, std::mem::take(&mut self.carried));
            }
            Step::Done(ending) => {
                ending.prompts.splice(..0, std::mem::take(&mut self.carried));
            }
            // What plays meanwhile comes again in the turn that follows.
            Step::Fetch(request) => {
                if let Some(audio) = &mut request.audio {
                    audio.queued.splice(..0, self.carried.iter().cloned());
                }
            }
        }
        step
    }

    /// The application's turn as the caller gets it.
    fn dress(&mut self, turn: Turn) -> Turn {
        // The labels come from the application's own prompts, so before any of them is replaced.
        let state = self.prepare(&turn);
        self.dress_in(turn, state)
    }

    /// The same of a turn that has been prepared.
    pub(super) fn dress_in(&mut self, mut turn: Turn, state: Option<Arc<State>>) -> Turn {
        self.state = state;
        if let (Some(state), Next::Listen(request)) = (&self.state, &mut turn.next) {
            let helps = self.policy_in(request, state) != Policy::Plain;
            menu::listen_for_speech(request, state);
            match self.mode {
                Mode::Speech => menu::ask_openly(&mut turn, state, self.menu.as_mut()),
                Mode::Hybrid => menu::invite_words(&mut turn, state),
                Mode::Keys => {}
            }
            if helps {
                menu::read_out_for_the_lost(&mut turn, self.menu.as_ref());
            }
        }
        self.turn = Some(turn.clone());
        turn
    }

    /// What the turn understands, by its own prompts or by the menu last read out in its state; nothing in keys mode.
    fn prepare(&mut self, turn: &Turn) -> Option<Arc<State>> {
        let Next::Listen(request) = &turn.next else { return None };
        if self.mode == Mode::Keys {
            return None;
        }
        let mut prompts: Vec<&Spoken> = turn.prompts.iter().collect();
        let own = self.mapping.state(&prompts, request);
        if own.reads_keys() {
            if self.menu.as_ref().is_none_or(|menu| !menu.is_of(&own)) {
                self.menu = Some(Menu::new(&own));
            }
            return Some(own);
        }
        match self.menu.as_ref().filter(|menu| menu.name() == request.state) {
            Some(menu) => {
                prompts.extend(menu.prompts());
                Some(self.mapping.state(&prompts, request))
            }
            None => Some(own),
        }
    }

    /// What follows a transfer that the bridge itself has begun: the call is over, or goes on where it was.
    fn come_back(&mut self, event: Event) -> Step {
        let failed = |result: &str| {
            matches!(result, "busy" | "noanswer" | "network_busy" | "unknown") || result.starts_with("error.")
        };
        match (&event.happening, &self.turn) {
            (Happening::TransferEnded { result, .. }, Some(turn)) if failed(result) => Step::Turn(turn.clone()),
            (Happening::TransferEnded { .. }, _) => self.apply(Event { at: event.at, happening: Happening::HungUp }),
            _ => self.apply(event),
        }
    }
}

/// What becomes of a turn of the application.
pub(super) enum Reaction {
    /// The caller hears this.
    Hears(Turn),
    /// He has answered it.
    Answers(Event),
}
