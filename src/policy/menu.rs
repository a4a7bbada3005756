//! The application's own menu: free speech beside its keys, open words in its place, and itself for who is lost.

use super::open;
use super::question::sentence_of;
use crate::dialogue::{InputRequest, Next, Origin, SpeechInput, Spoken, Turn};
use crate::nlu::State;
use std::sync::Arc;

/// Failures in a state after which the legacy prompt with its keys is heard, whatever the application says.
const LOST_AFTER: u32 = 2;

/// The last prompts that read out keys. A turn in the same state may read out none ("Sorry?") and still mean them.
#[derive(Debug)]
pub(super) struct Menu {
    /// What was prepared from them.
    state: Arc<State>,
    /// What of it the caller has not heard, because an open question stood in its place.
    withheld: Vec<Spoken>,
}

impl Menu {
    pub(super) fn new(state: &Arc<State>) -> Self {
        Self { state: Arc::clone(state), withheld: Vec::new() }
    }

    pub(super) fn is_of(&self, state: &Arc<State>) -> bool {
        Arc::ptr_eq(&self.state, state)
    }

    pub(super) fn name(&self) -> &str {
        self.state.name()
    }

    pub(super) fn prompts(&self) -> &[Spoken] {
        self.state.prompts()
    }
}

/// Free speech wherever there is something it could mean.
pub(super) fn listen_for_speech(request: &mut InputRequest, state: &State) {
    if request.choices.is_empty() && request.slots.is_empty() {
        return;
    }
    let own_grammars = request.speech.as_ref().is_some_and(|speech| speech.own_grammars);
    request.speech = Some(SpeechInput { hints: Arc::clone(state.hints()), own_grammars });
}

/// Asks in open words where a menu would be read out for the first time; who is lost hears the menu.
pub(super) fn ask_openly(turn: &mut Turn, state: &State, menu: Option<&mut Menu>) {
    let Next::Listen(request) = &turn.next else { return };
    let menu = menu.filter(|menu| menu.name() == request.state);
    if request.attempt > 0 {
        let silent = !asks(turn);
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

/// Says the mapping's open words before the application's own question, the first time it is asked.
pub(super) fn invite_words(turn: &mut Turn, state: &State) {
    let (Next::Listen(request), Some(invitation)) = (&turn.next, state.hybrid_prompt()) else { return };
    let question = turn.prompts.iter().position(|spoken| spoken.origin == Origin::Item);
    if let Some(question) = question.filter(|_| request.attempt == 0) {
        turn.prompts.insert(question, sentence_of(invitation, &request.lang));
    }
}

/// After two failures the caller hears the legacy prompt with its keys, even where the application only says "Sorry?".
pub(super) fn read_out_for_the_lost(turn: &mut Turn, menu: Option<&Menu>) {
    let Next::Listen(request) = &turn.next else { return };
    if request.attempt != LOST_AFTER || asks(turn) {
        return;
    }
    let menu = menu.filter(|menu| menu.name() == request.state);
    let read_out: Vec<Spoken> =
        menu.iter().flat_map(|menu| menu.prompts()).filter(|spoken| spoken.origin == Origin::Item).cloned().collect();
    turn.prompts.extend(read_out);
}

fn asks(turn: &Turn) -> bool {
    turn.prompts.iter().any(|spoken| spoken.origin == Origin::Item)
}
