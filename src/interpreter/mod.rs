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
