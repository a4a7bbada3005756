//! The form interpretation algorithm (VoiceXML 2.0 appendix C): feed an event, get a step. Sans I/O.
//!
//! [`Interpreter::handle`] takes one [`Event`], runs until it needs something from the world and hands back one
//! [`Step`]. It reads no clock and no random source: what varies is in the events, the call's id and the settings, so
//! the same events give the same steps, always.
//!
//! Where to look: `session` holds what a call has, `transition` moves it between documents and dialogs, `fia` is the
//! main loop, `collect` waits for input, `recognise` understands it, `fill` acts on it; `record`, `transfer`, `object`
//! and `subdialog` are the items that are filled otherwise; `content` runs executable content, `data` reads what it
//! fetched, `events` finds handlers, `prompts` renders what is heard, `marks` estimates how much of it was, `properties`
//! says what is in force, `fetching` asks for documents and grammars, `program` and `library` prepare documents once for
//! all calls.

mod collect;
mod content;
mod data;
mod destination;
mod events;
mod fetching;
mod fia;
mod fill;
mod flow;
mod library;
mod marks;
mod object;
mod open;
mod port;
mod program;
mod prompts;
mod properties;
mod recognise;
mod record;
mod session;
mod subdialog;
mod trace;
mod transfer;
mod transition;
mod vendor;

#[cfg(test)]
mod tests;

pub use destination::Destinations;
pub use library::Library;
pub use object::WebObject;
use session::Session;
pub use trace::TraceLine;

use crate::{
    dialogue::{Dialect, Ending, Event, Reason, Step},
    script::Limits,
};
use port::Port;
use std::{
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

/// Stack a thread must have that runs interpreters, in bytes: subdialogs nest natively, and in the innermost of them
/// conditions in conditions. Twice what the deepest nesting takes in a build without optimisation.
pub const STACK: usize = 8 << 20;

/// What a call's interpreter must know besides the events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The call's id: seeds the random numbers scripts see.
    pub call: String,
    /// The application's IANA time zone, e.g. `America/New_York`; unknown names mean UTC.
    pub timezone: String,
    /// The language of documents that declare none.
    pub lang: String,
    /// The platform the documents were written for.
    pub dialect: Dialect,
    /// Running time of all scripts in one turn.
    pub script_time: Duration,
    /// Heap of the call's scripts, in bytes.
    pub script_heap: usize,
    /// Transitions, visits and handled events without listening after which a document is stopped.
    pub max_transitions: u32,
    /// The objects its documents may name.
    pub objects: Arc<[WebObject]>,
    /// Where its transfers may lead.
    pub destinations: Destinations,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            call: String::new(),
            timezone: "UTC".to_owned(),
            lang: "en-US".to_owned(),
            dialect: Dialect::Standard,
            script_time: Duration::from_millis(100),
            script_heap: 16 << 20,
            max_transitions: 1000,
            objects: Arc::default(),
            destinations: Destinations::default(),
        }
    }
}

impl Settings {
    fn limits(&self) -> Limits {
        Limits { time: self.script_time, heap: self.script_heap }
    }
}

/// One call's interpreter: after every [`Interpreter::handle`] do what the step says, then come back with what happened.
///
/// The first event is [`crate::dialogue::Happening::Start`]. After [`Step::Done`] further events change nothing.
pub struct Interpreter {
    algorithm: Pin<Box<dyn Future<Output = Ending>>>,
    port: Rc<Port>,
    ended: Option<Ending>,
}

impl Interpreter {
    /// An interpreter that has not begun.
    pub fn new(settings: Settings, library: Arc<Library>) -> Self {
        let port = Rc::new(Port::default());
        let algorithm = Box::pin(session::run(port.clone(), settings, library));
        Self { algorithm, port, ended: None }
    }

    /// Takes what happened and runs until the call needs something from the world.
    pub fn handle(&mut self, event: Event) -> Step {
        if let Some(ending) = &self.ended {
            return Step::Done(Ending { prompts: Vec::new(), ..ending.clone() });
        }
        self.port.put(event);
        match self.algorithm.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(ending) => self.end(ending),
            Poll::Pending => match self.port.take_step() {
                Some(step) => step,
                // The algorithm waits at `Port::exchange` only, which leaves a step.
                None => self.end(Ending {
                    prompts: Vec::new(),
                    reason: Reason::Limit("the interpreter stopped without a step".to_owned()),
                    namelist: Vec::new(),
                }),
            },
        }
    }

    /// What the call noted since the last time it was asked: `<log>`, events, dialogs entered.
    pub fn take_trace(&mut self) -> Vec<TraceLine> {
        self.port.take_trace()
    }

    fn end(&mut self, ending: Ending) -> Step {
        self.ended = Some(ending.clone());
        Step::Done(ending)
    }
}

impl std::fmt::Debug for Interpreter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Interpreter").field("ended", &self.ended).finish_non_exhaustive()
    }
}

/// A reference resolved against a base, both as text.
fn resolve(base: &str, reference: &str) -> Result<String, String> {
    let base = url::Url::parse(base).map_err(|error| format!("'{base}' is not an absolute URI: {error}"))?;
    let url = base.join(reference.trim()).map_err(|error| format!("'{reference}' is not a URI: {error}"))?;
    Ok(url.into())
}
