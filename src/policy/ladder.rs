//! What helps a caller who has failed three times in a state.

use super::conversation::{Application, Conversation};
use super::phrases;
use super::question::{choice_of, request_of, sentence_of};
use crate::dialogue::{
    Event, Finding, Happening, Heard, Interpretation, Next, Origin, Selection, Sensitive, Spoken, TransferKind,
    TransferRequest, Turn,
};
use crate::nlu::{Agent, Message, State};

/// Failures in a state after which the bridge helps, or hands over.
const HELP_AFTER: u32 = 3;

/// How it helps.
pub(super) enum Help {
    /// The caller hears this instead.
    Hears(Turn),
    /// The application hears this; the prompts come before what follows.
    Answers(Event, Vec<Spoken>),
    /// The turn ends with this sentence.
    Adds(Spoken),
}

impl<A: Application> Conversation<A> {
    /// What is done for a caller who has failed too often where this turn listens, once for each such place.
    pub(super) fn help(&mut self, turn: &Turn, state: &State, at: i64) -> Option<Help> {
        let request = request_of(turn)?;
        if request.attempt < HELP_AFTER {
            self.helped.take_if(|helped| *helped != request.state || request.attempt == 0);
            return None;
        }
        if self.helped.as_ref() == Some(&request.state) {
            return None;
        }
        self.helped = Some(request.state.clone());
        if let Some(help) = self.agent(turn, state, at) {
            return Some(help);
        }
        let labels: Vec<&str> = state.labels().into_iter().collect::<Option<_>>()?;
        if labels.is_empty() {
            return None;
        }
        let choices = phrases::list(&labels, state.language());
        let help = phrases::sentence(state, Message::Help, &[("choices", &choices)])?;
        Some(Help::Adds(sentence_of(&help, &request.lang)))
    }

    /// The way to a person, if the mapping knows one and it is open here.
    pub(super) fn agent(&self, turn: &Turn, state: &State, at: i64) -> Option<Help> {
        let request = request_of(turn)?;
        let goodbye = phrases::sentence(state, Message::Agent, &[]);
        let others = turn.prompts.iter().filter(|spoken| spoken.origin == Origin::Application).cloned();
        let goodbye = goodbye.map(|text| Spoken::by_bridge(&text, &request.lang));
        let said = || others.chain(goodbye).collect::<Vec<Spoken>>();
        let is_open = |selection: &Selection| choice_of(selection, request).is_some();
        match state.agent() {
            Some(Agent::Transfer(to)) => {
                let next = Next::Transfer(TransferRequest::to(to, TransferKind::Blind));
                Some(Help::Hears(Turn { prompts: said(), next }))
            }
            Some(Agent::Key(key)) if is_open(&Selection::Key(Sensitive(key.clone()))) => {
                let happening = Happening::Heard(Heard::Keys { keys: Sensitive(key.clone()) });
                Some(Help::Answers(Event { at, happening }, said()))
            }
            Some(Agent::Phrase(phrase)) if is_open(&Selection::Phrase(Sensitive(phrase.clone()))) => {
                let phrase = Sensitive(phrase.clone());
                let ranked = vec![Interpretation {
                    selection: Selection::Phrase(phrase.clone()),
                    confidence: 1.0,
                    why: "lost".to_owned(),
                }];
                let finding = Finding { ranked, slots: Vec::new() };
                let (confidence, alternatives) = (Some(1.0), Vec::new());
                let heard = Heard::Speech { utterance: phrase, confidence, alternatives, finding };
                Some(Help::Answers(Event { at, happening: Happening::Heard(heard) }, said()))
            }
            _ => None,
        }
    }
}
