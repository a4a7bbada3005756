use crate::calls::{Answer, App, Exchange, Masks, Outcome};
use crate::channel::console::Failure as Unmet;
use crate::dialogue::Reason;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A call as it went, for `--json`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Transcript {
    /// The application's name.
    app: String,
    /// Its first document.
    start: String,
    /// The call's id.
    call: String,
    caller: String,
    called: String,
    /// When it began.
    began: String,
    /// Its exchanges, in order.
    turns: Vec<Exchange>,
    /// What is secret in them.
    #[serde(skip)]
    masks: Masks,
}

impl Transcript {
    pub(super) fn new(app: &App, call: &str, caller: String, called: String, began: Timestamp) -> Self {
        let (app, start, call) = (app.name.clone(), app.start.clone(), call.to_owned());
        Self { app, start, call, caller, called, began: began.to_string(), turns: Vec::new(), masks: Masks::default() }
    }

    /// Adds what led from one answer to the next.
    pub(super) fn note(&mut self, before: Option<&Answer>, answer: &Answer) {
        self.turns.push(Exchange::of(&mut self.masks, before, answer));
    }

    /// The transcript with how the call ended and what was expected in vain.
    pub(super) fn json(&self, outcome: &Outcome, unmet: Option<&Unmet>) -> String {
        let (reason, namelist) = match outcome {
            Outcome::Ending(ending) => (Some(self.masks.text(&word(&ending.reason))), self.masked(&ending.namelist)),
            Outcome::Turn(_) => (None, Map::new()),
            Outcome::Broken => (Some("broken".to_owned()), Map::new()),
        };
        let failure = unmet.map(
            |unmet| json!({"line": unmet.line, "expected": unmet.expected, "heard": self.masks.text(&unmet.heard)}),
        );
        let page = Page { transcript: self, reason, namelist, failure };
        serde_json::to_string_pretty(&page).unwrap_or_default() + "\n"
    }
}

impl Transcript {
    fn masked(&self, namelist: &[(String, Value)]) -> Map<String, Value> {
        namelist.iter().map(|(name, value)| (name.clone(), self.masks.value(value))).collect()
    }
}

/// A transcript and its end.
#[derive(Serialize)]
struct Page<'a> {
    #[serde(flatten)]
    transcript: &'a Transcript,
    /// Why the application ended; `null` if the call was put down before.
    reason: Option<String>,
    /// What `<exit>` handed back.
    namelist: Map<String, Value>,
    /// What a script expected in vain.
    failure: Option<Value>,
}

fn word(reason: &Reason) -> String {
    match reason {
        Reason::Exit => "exit".to_owned(),
        Reason::Finished => "finished".to_owned(),
        Reason::HungUp => "hangup".to_owned(),
        Reason::Event { event, message } if message.is_empty() => event.clone(),
        Reason::Event { event, message } => format!("{event}: {message}"),
        Reason::Limit(limit) => format!("limit: {limit}"),
    }
}
