<<<<<<< HEAD
//! STUB: a menu of keys and a block of text, enough to drive the host before the real room is there.
#![allow(missing_docs)]
use crate::dialogue::*;
use std::sync::Arc;
use std::time::Duration;

pub struct Settings {
    pub call: String,
    pub timezone: String,
    pub lang: String,
    pub script_time: Duration,
    pub script_heap: usize,
    pub max_transitions: u32,
}
#[derive(Default)]
pub struct Library;
impl Library {
    pub fn new() -> Self {
        Self
    }
}
#[derive(Debug)]
pub enum TraceLine {
    Log { label: String, text: String },
}
impl std::fmt::Display for TraceLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let TraceLine::Log { label, text } = self;
        write!(f, "{label}: {text}")
    }
}
pub struct Interpreter {
    base: String,
    fetches: u64,
    menu: Vec<(String, String)>,
    said: String,
    local: std::rc::Rc<()>,
}
impl Interpreter {
    pub fn new(_: Settings, _: Arc<Library>) -> Self {
        Self { base: String::new(), fetches: 0, menu: Vec::new(), said: String::new(), local: std::rc::Rc::new(()) }
    }
    pub fn take_trace(&mut self) -> Vec<TraceLine> {
        let _ = &self.local;
        Vec::new()
    }
    fn fetch(&mut self, url: &str) -> Step {
        self.fetches += 1;
        let url = match url::Url::parse(&self.base) {
            Ok(base) => base.join(url).map(String::from).unwrap_or_default(),
            Err(_) => url.to_owned(),
        };
        Step::Fetch(FetchRequest {
            id: self.fetches,
            url,
            purpose: Purpose::Document,
            method: Method::Get,
            fields: vec![],
            enctype: None,
            timeout: None,
            maxage: None,
            maxstale: None,
        })
    }
    fn spoken(&self, text: &str) -> Vec<Spoken> {
        vec![Spoken {
            content: vec![Speech::Text(text.into())],
            bargein: true,
            lang: "en-US".into(),
            origin: Origin::Application,
        }]
    }
    fn listen(&self, text: &str) -> Step {
        Step::Turn(Turn {
            prompts: self.spoken(text),
            next: Next::Listen(Box::new(InputRequest {
                state: format!("{}#@1/@1", self.base),
                attempt: 0,
                choices: self
                    .menu
                    .iter()
                    .map(|(k, n)| Choice {
                        key: Some(k.clone()),
                        phrases: vec![],
                        label: None,
                        target: Some(n.clone()),
                    })
                    .collect(),
                slots: vec![],
                dtmf: Some(DtmfInput { shortest: 1, longest: Some(1), finish: None }),
                speech: None,
                timeout: 5000,
                interdigit_timeout: 3000,
                complete_timeout: 1000,
                incomplete_timeout: 1500,
                max_speech: None,
                confidence_level: 0.5,
                lang: "en-US".into(),
            })),
        })
    }
    fn done(&self, text: &str, reason: Reason) -> Step {
        Step::Done(Ending {
            prompts: if text.is_empty() { vec![] } else { self.spoken(text) },
            reason,
            namelist: vec![],
        })
    }
    pub fn handle(&mut self, event: Event) -> Step {
        match event.happening {
            Happening::Start { url, .. } => self.fetch(&url),
            Happening::Fetched { response: Response::Found(found), .. } => {
                self.base = found.url.clone();
                let text = String::from_utf8_lossy(&found.body).into_owned();
                assert!(!text.contains("<panic/>"), "asked to");
                let Ok(doc) = roxmltree::Document::parse(&text) else {
                    return self.done("", Reason::Event { event: "error.badfetch".into(), message: String::new() });
                };
                self.said =
                    doc.descendants().filter(|n| n.has_tag_name("prompt")).filter_map(|n| n.text()).collect::<String>();
                self.menu = doc
                    .descendants()
                    .filter(|n| n.has_tag_name("choice"))
                    .filter_map(|n| Some((n.attribute("dtmf")?.to_owned(), n.attribute("next")?.to_owned())))
                    .collect();
                let said = self.said.clone();
                if self.menu.is_empty() { self.done(&said, Reason::Exit) } else { self.listen(&said) }
            }
            Happening::Fetched { .. } => {
                self.done("", Reason::Event { event: "error.badfetch".into(), message: String::new() })
            }
            Happening::Heard(heard) => {
                let keys = match heard {
                    Heard::Keys { keys } => keys.0,
                    Heard::Speech { finding, .. } => match finding.best(0.5).map(|b| b.selection.clone()) {
                        Some(Selection::Key(keys)) => keys.0,
                        _ => String::new(),
                    },
                };
                match self.menu.iter().find(|(k, _)| *k == keys).cloned() {
                    Some((_, next)) => self.fetch(&next),
                    None => self.listen(&format!("No match. {}", self.said)),
                }
            }
            Happening::HungUp => self.done("", Reason::HungUp),
            _ => self.listen(&format!("No input. {}", self.said)),
        }
    }
}
=======
//! The form interpretation algorithm (VoiceXML 2.0 appendix C): feed an event, get a step. Sans I/O.
//!
//! [`Interpreter::handle`] takes one [`Event`], runs until it needs something from the world and hands back one
//! [`Step`]. It reads no clock and no random source: what varies is in the events, the call's id and the settings, so
//! the same events give the same steps, always.
//!
//! Where to look: `session` holds what a call has, `transition` moves it between documents and dialogs, `fia` is the
//! main loop, `collect` waits for input, `recognise` understands it, `fill` acts on it; `content` runs executable
//! content, `events` finds handlers, `prompts` renders what is heard, `fetching` asks for documents and grammars,
//! `program` and `library` prepare documents once for all calls.

mod collect;
mod content;
mod events;
mod fetching;
mod fia;
mod fill;
mod flow;
mod library;
mod port;
mod program;
mod prompts;
mod properties;
mod recognise;
mod session;
mod subdialog;
mod trace;
mod transition;

#[cfg(test)]
mod tests;

pub use library::{Library, check_grammars};
use session::Session;
pub use trace::TraceLine;

use crate::{
    dialogue::{Ending, Event, Millis, Reason, Step},
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

/// What a call's interpreter must know besides the events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The call's id: seeds the random numbers scripts see.
    pub call: String,
    /// The application's IANA time zone, e.g. `America/New_York`; unknown names mean UTC.
    pub timezone: String,
    /// The language of documents that declare none.
    pub lang: String,
    /// Running time of all scripts in one turn, in milliseconds.
    pub script_time: Millis,
    /// Heap of the call's scripts, in bytes.
    pub script_heap: usize,
    /// Transitions, visits and handled events without listening after which a document is stopped.
    pub max_transitions: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            call: String::new(),
            timezone: "UTC".to_owned(),
            lang: "en-US".to_owned(),
            script_time: 100,
            script_heap: 16 << 20,
            max_transitions: 1000,
        }
    }
}

impl Settings {
    fn limits(&self) -> Limits {
        Limits { time: Duration::from_millis(self.script_time), heap: self.script_heap }
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
>>>>>>> main
