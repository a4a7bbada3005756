//! What a caller hears and an application sees, by the specification's sections. No server, no clock: documents lie in
//! a map, events are fed by hand.

mod algorithm;
mod applications;
mod attributes;
mod catches;
mod data;
mod dialects;
mod dialogs;
mod documents;
mod events;
mod fetching;
mod final_processing;
mod grammars;
mod limits;
mod links;
mod mixed_initiative;
mod objects;
mod other_fields;
mod prompts;
mod properties;
mod recordings;
mod results;
mod scopes;
mod speech;
mod subdialogs;
mod surroundings;
mod transfers;

use super::{Destinations, Interpreter, Library, Settings, TraceLine, WebObject};
use crate::dialogue::{
    Ending, Event, FetchRequest, Finding, Happening, Heard, InputRequest, Interpretation, Method, Next, Purpose,
    Reason, Resource, Response, Selection, Speech, Step,
};
use serde_json::json;
use std::{collections::HashMap, sync::Arc};

/// Where the platform keeps what the caller says into a `<record>`.
const RECORDING: &str = "https://api.example.org/Recordings/RE1.wav";

const HOME: &str = "http://example.com/app/";

/// A call over documents in memory.
struct Call {
    interpreter: Interpreter,
    files: HashMap<String, String>,
    step: Step,
    fetched: Vec<FetchRequest>,
    heard: Vec<String>,
    trace: Vec<TraceLine>,
    /// The file whose first request stays open.
    unanswered: Option<&'static str>,
}

impl Call {
    /// Starts a call at `main.vxml` of the given files.
    fn start(files: &[(&str, &str)]) -> Call {
        Call::start_until(files, None)
    }

    /// Starts a call and stops where it asks for this file.
    fn before_fetching(files: &[(&str, &str)], file: &'static str) -> Call {
        Call::start_until(files, Some(file))
    }

    fn start_until(files: &[(&str, &str)], unanswered: Option<&'static str>) -> Call {
        Call::start_with(files, unanswered, Destinations::anywhere())
    }

    /// Starts a call at a document made of `body` within `<vxml>`, whose transfers may lead there.
    fn of_destinations(body: &str, destinations: Destinations) -> Call {
        Call::start_with(&[("main.vxml", &vxml(body))], None, destinations)
    }

    fn start_with(files: &[(&str, &str)], unanswered: Option<&'static str>, destinations: Destinations) -> Call {
        let rates = WebObject {
            classid: "method://rates".into(),
            url: format!("{HOME}rates.json"),
            method: Method::Post,
            params: Some(["currency".to_owned(), "rules".to_owned()].as_slice().into()),
        };
        let settings =
            Settings { call: "CA1".into(), objects: [rates].as_slice().into(), destinations, ..Settings::default() };
        let mut call = Call {
            interpreter: Interpreter::new(settings, Arc::new(Library::new())),
            files: files.iter().map(|(name, text)| (format!("{HOME}{name}"), (*text).to_owned())).collect(),
            step: Step::Done(Ending { prompts: vec![], reason: Reason::Finished, namelist: vec![] }),
            fetched: Vec::new(),
            heard: Vec::new(),
            trace: Vec::new(),
            unanswered,
        };
        let session =
            json!({"connection": {"remote": {"uri": "tel:+14155550100"}}, "telephone": {"ani": "4155550100"}});
        call.feed(Happening::Start { url: format!("{HOME}main.vxml"), session });
        call
    }

    /// Starts a call at a document made of `body` within `<vxml>`.
    fn of(body: &str) -> Call {
        Call::start(&[("main.vxml", &vxml(body))])
    }

    fn feed(&mut self, happening: Happening) {
        let mut happening = happening;
        self.heard.clear();
        loop {
            self.step = self.interpreter.handle(Event { at: 1_772_465_400_000, happening });
            self.trace.extend(self.interpreter.take_trace());
            let Step::Fetch(request) = &self.step else { break };
            if self.unanswered.take_if(|file| request.url.ends_with(*file)).is_some() {
                return;
            }
            let response = self.answer(request);
            happening = Happening::Fetched { request: request.id, response };
            self.fetched.push(request.clone());
        }
        let prompts = match &self.step {
            Step::Turn(turn) => &turn.prompts,
            Step::Done(ending) => &ending.prompts,
            Step::Fetch(_) => unreachable!(),
        };
        self.heard = prompts.iter().map(|prompt| Speech::words(&prompt.content)).collect();
    }

    fn answer(&self, request: &FetchRequest) -> Response {
        let file = request.url.split('?').next().unwrap();
        match self.files.get(file) {
            Some(text) => Response::Found(Resource {
                url: request.url.clone(),
                content_type: None,
                body: Arc::new(if request.purpose == Purpose::Audio { vec![] } else { text.clone().into_bytes() }),
                digest: format!("{file}{}", text.len()),
            }),
            None => Response::Failed { status: Some(404), message: "not found".into() },
        }
    }

    fn press(&mut self, keys: &str) -> &mut Self {
        self.feed(Happening::Heard(Heard::Keys { keys: keys.into() }));
        self
    }

    fn say(&mut self, words: &str) -> &mut Self {
        self.speak(words, None, Finding::default())
    }

    fn speak(&mut self, words: &str, confidence: Option<f64>, finding: Finding) -> &mut Self {
        self.feed(Happening::Heard(Heard::Speech {
            utterance: words.into(),
            confidence,
            alternatives: Vec::new(),
            finding,
        }));
        self
    }

    fn silence(&mut self) -> &mut Self {
        self.feed(Happening::Nothing);
        self
    }

    fn hang_up(&mut self) -> &mut Self {
        self.feed(Happening::HungUp);
        self
    }

    /// The caller has spoken for so long.
    fn record(&mut self, milliseconds: u64, key: Option<char>) -> &mut Self {
        self.recorded(Some(RECORDING), milliseconds, key, false)
    }

    fn recorded(&mut self, url: Option<&str>, duration: u64, key: Option<char>, hung_up: bool) -> &mut Self {
        self.feed(Happening::Recorded { url: url.map(str::to_owned), duration, key, hung_up });
        self
    }

    fn transfer_ends(&mut self, result: &str, duration: u64) -> &mut Self {
        self.feed(Happening::TransferEnded { result: result.to_owned(), duration, input: None });
        self
    }

    /// What follows the prompts.
    #[track_caller]
    fn next(&self) -> &Next {
        match &self.step {
            Step::Turn(turn) => &turn.next,
            other => panic!("nothing follows: {other:?}; trace: {:#?}", self.trace),
        }
    }

    /// Everything heard since the last input, in one line.
    fn text(&self) -> String {
        self.heard.join(" ")
    }

    #[track_caller]
    fn hears(&mut self, text: &str) -> &mut Self {
        assert_eq!(self.text(), text, "trace: {:#?}", self.trace);
        self
    }

    #[track_caller]
    fn request(&self) -> &InputRequest {
        match &self.step {
            Step::Turn(turn) => match &turn.next {
                Next::Listen(request) => request,
                other => panic!("listens for nothing: {other:?}"),
            },
            other => panic!("does not listen: {other:?}; trace: {:#?}", self.trace),
        }
    }

    #[track_caller]
    fn ending(&self) -> &Ending {
        match &self.step {
            Step::Done(ending) => ending,
            other => panic!("has not ended: {other:?}"),
        }
    }

    fn logs(&self) -> Vec<String> {
        let log = |line: &TraceLine| match line {
            TraceLine::Log { text, .. } => Some(text.clone()),
            _ => None,
        };
        self.trace.iter().filter_map(log).collect()
    }

    fn unheard(&self) -> Vec<String> {
        let unheard = |line: &TraceLine| match line {
            TraceLine::Unheard(text) => Some(text.clone()),
            _ => None,
        };
        self.trace.iter().filter_map(unheard).collect()
    }
}

/// NLU found these keys.
fn found(keys: &str) -> Finding {
    Finding {
        ranked: vec![Interpretation { selection: Selection::Key(keys.into()), confidence: 0.9, why: "label".into() }],
        slots: Vec::new(),
    }
}

fn vxml(body: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml" xml:lang="en-US">{body}</vxml>"#
    )
}

/// A speech grammar: phrases and the tags that say what they mean.
fn grammar(phrases: &[(&str, &str)]) -> String {
    let item = |(phrase, tag): &(&str, &str)| format!("<item>{phrase}<tag>{tag}</tag></item>");
    let items: String = phrases.iter().map(item).collect();
    format!(
        r#"<grammar mode="voice" version="1.0" root="r" tag-format="semantics/1.0"><rule id="r"><one-of>{items}</one-of></rule></grammar>"#
    )
}
