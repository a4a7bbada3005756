//! STUB
#![allow(missing_docs)]
use crate::dialogue::*;
use crate::nlu;
use std::sync::Arc;
pub trait Application {
    fn handle(&mut self, event: Event) -> Step;
}
impl Application for crate::interpreter::Interpreter {
    fn handle(&mut self, event: Event) -> Step {
        crate::interpreter::Interpreter::handle(self, event)
    }
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Keys,
    Hybrid,
    Speech,
}
pub struct Conversation<A> {
    application: A,
    state: Option<nlu::State>,
}
impl<A: Application> Conversation<A> {
    pub fn new(application: A, _: Mode, _: Option<Arc<nlu::Mapping>>) -> Self {
        Self { application, state: None }
    }
    pub fn handle(&mut self, event: Event) -> Step {
        let mut step = self.application.handle(event);
        self.state = None;
        if let Step::Turn(Turn { next: Next::Listen(request), .. }) = &mut step {
            request.speech = Some(SpeechInput { hints: vec![], own_grammars: false });
            self.state = Some(nlu::State { choices: request.choices.clone() });
        }
        step
    }
    pub fn state(&self) -> Option<&nlu::State> {
        self.state.as_ref()
    }
    pub fn application_mut(&mut self) -> &mut A {
        &mut self.application
    }
}
