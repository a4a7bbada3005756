//! Random callers, and calls in memory: no server, no clock, documents in a map.

use super::Application;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use voxbridge::channel::console::dial;
use voxbridge::channel::twilio::reading::{Then, read_answer};
use voxbridge::channel::twilio::{Seam, encode_ending, encode_turn};
use voxbridge::dialogue::{
    Event, FetchRequest, Finding, Happening, Heard, InputRequest, Next, Purpose, Resource, Response, Step,
};
use voxbridge::interpreter::{Destinations, Interpreter, Library, Settings, TraceLine};
use voxbridge::policy::{Conversation, Mode};

/// What a caller does when listened to.
#[derive(Debug, Clone)]
pub enum Move {
    /// Keys in something legal, with or without a finishing key.
    Legal(Index, bool),
    /// Keys in whatever.
    Keys(String),
    /// Says the label of a choice.
    Label(Index),
    /// Says something, recognised with this confidence.
    Words(String, Option<f64>),
    Silence,
}

/// Does these things one after the other, then hangs up.
pub fn caller() -> impl Strategy<Value = Vec<Move>> {
    let words = prop_oneof![
        4 => prop::sample::select(vec!["help", "repeat", "yes", "no", "number two", "the last one", "an agent", "go back"])
            .prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[a-z ]{1,40}",
    ];
    let confidence = prop::option::of(prop_oneof![Just(0.0), Just(0.3), Just(0.9)]);
    let each = prop_oneof![
        6 => (any::<Index>(), any::<bool>()).prop_map(|(which, finish)| Move::Legal(which, finish)),
        2 => "[0-9*#]{1,6}".prop_map(Move::Keys),
        4 => any::<Index>().prop_map(Move::Label),
        2 => (words, confidence).prop_map(|(words, confidence)| Move::Words(words, confidence)),
        1 => Just(Move::Silence),
    ];
    prop::collection::vec(each, 0..8)
}

/// The files of an application, prepared once for all its calls.
pub struct World {
    pub files: HashMap<String, String>,
    library: Arc<Library>,
}

/// A call with all that happened in it.
pub struct Call<'a> {
    world: &'a World,
    mode: Mode,
    conversation: Conversation<Interpreter>,
    pub events: Vec<Event>,
    /// What each event led to.
    pub steps: Vec<Step>,
    /// What was noted since the caller last did something.
    pub trace: Vec<TraceLine>,
    /// Whether what happened last answered a question of the bridge's own.
    pub answered_the_bridge: bool,
}

impl World {
    pub fn of(application: &Application) -> Self {
        Self { files: application.files(), library: Arc::new(Library::new()) }
    }

    /// A call that has been answered.
    pub fn call(&self, mode: Mode) -> Call<'_> {
        let mut call = self.silent_call(mode);
        let session = json!({"connection": {"remote": {"uri": "tel:+14155550100"}}});
        call.happens(Happening::Start { url: format!("{}main.vxml", super::render::HOME), session });
        call
    }

    /// The call to which exactly these events happened.
    pub fn replay(&self, mode: Mode, events: &[Event]) -> Call<'_> {
        let mut call = self.silent_call(mode);
        for event in events {
            call.put(event.clone());
        }
        call
    }

    fn silent_call(&self, mode: Mode) -> Call<'_> {
        let settings = Settings {
            call: "CA1".to_owned(),
            max_transitions: 40,
            // How fast this machine is must not matter here.
            script_time: Duration::from_secs(60),
            destinations: Destinations::anywhere(),
            ..Settings::default()
        };
        let conversation = Conversation::new(Interpreter::new(settings, Arc::clone(&self.library)), mode, None);
        let (events, steps, trace) = (Vec::new(), Vec::new(), Vec::new());
        Call { world: self, mode, conversation, events, steps, trace, answered_the_bridge: false }
    }

    fn answer(&self, request: &FetchRequest) -> Response {
        let file = request.url.split('?').next().unwrap();
        match self.files.get(file) {
            Some(text) => Response::Found(Resource {
                url: request.url.clone(),
                content_type: None,
                body: Arc::new(if request.purpose == Purpose::Audio { Vec::new() } else { text.clone().into_bytes() }),
                digest: file.to_owned(),
            }),
            None => Response::Failed { status: Some(404), message: "not found".to_owned() },
        }
    }
}

impl Call<'_> {
    /// Something happens; documents are fetched as they are asked for.
    pub fn happens(&mut self, happening: Happening) {
        self.trace.clear();
        self.answered_the_bridge = self.conversation.is_asking();
        let mut happening = happening;
        loop {
            let at = 1_772_465_400_000 + 1_000 * self.events.len() as i64;
            self.put(Event { at, happening });
            let Step::Fetch(request) = self.step() else { return };
            happening = Happening::Fetched { request: request.id, response: self.world.answer(request) };
        }
    }

    pub fn press(&mut self, keys: &str) {
        self.happens(Happening::Heard(Heard::Keys { keys: keys.into() }));
    }

    pub fn say(&mut self, words: &str, confidence: Option<f64>) {
        let finding = self.understand(words);
        self.happens(Happening::Heard(Heard::Speech {
            utterance: words.into(),
            confidence,
            alternatives: Vec::new(),
            finding,
        }));
    }

    /// What NLU makes of words here.
    pub fn understand(&self, words: &str) -> Finding {
        self.conversation.understand(words, jiff::civil::DateTime::default())
    }

    /// Whether the turn is a question of the bridge's own.
    pub fn is_asked_by_the_bridge(&self) -> bool {
        self.conversation.is_asking()
    }

    /// What each choice of the turn may be called by its caller.
    pub fn labels(&self) -> Vec<Option<String>> {
        let Some(request) = self.request() else { return Vec::new() };
        match self.conversation.state() {
            Some(state) => state.labels().into_iter().map(|label| label.map(str::to_owned)).collect(),
            // Without NLU only words of the document's own grammars are understood.
            None => request.choices.iter().map(|choice| choice.phrases.first().cloned()).collect(),
        }
    }

    /// The same call up to here, once more.
    pub fn again(&self) -> Self {
        let mut call = self.world.replay(self.mode, &self.events);
        call.trace.clear();
        call
    }

    /// The steps that reached the caller.
    pub fn turns(&self) -> Vec<&Step> {
        self.steps.iter().filter(|step| !matches!(step, Step::Fetch(_))).collect()
    }

    /// The keys the caller pressed last, if that is what they did last.
    pub fn pressed(&self) -> Option<&str> {
        let news = self.events.iter().rfind(|event| !matches!(event.happening, Happening::Fetched { .. }))?;
        match &news.happening {
            Happening::Heard(Heard::Keys { keys }) => Some(keys),
            _ => None,
        }
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }

    pub fn step(&self) -> &Step {
        self.steps.last().unwrap()
    }

    pub fn request(&self) -> Option<&InputRequest> {
        match self.step() {
            Step::Turn(turn) => match &turn.next {
                Next::Listen(request) => Some(request),
                _ => None,
            },
            _ => None,
        }
    }

    /// The platform comes back with what the caller does; a call that listens for nothing more is hung up.
    pub fn act(&mut self, application: &Application, what: &Move) {
        let Some(request) = self.request() else { return self.happens(Happening::HungUp) };
        let Then::Gather(gather) = read_answer(&self.twiml()).unwrap().then else { panic!("{}", self.twiml()) };
        let keyed = |keys: &str| gather.dtmf_input().map_or(Happening::Nothing, |input| dial(keys, &input));
        match what {
            Move::Legal(which, finish) => {
                let mut keys = which.get(&application.place(&request.state).legal()).clone();
                keys.extend(gather.finish_on_key.filter(|_| *finish));
                self.happens(keyed(&keys));
            }
            Move::Keys(keys) => self.happens(keyed(keys)),
            Move::Label(which) if gather.speech => {
                let labels: Vec<String> = self.labels().into_iter().flatten().collect();
                match labels.as_slice() {
                    [] => self.happens(Happening::Nothing),
                    labels => self.say(which.get::<String>(labels), None),
                }
            }
            Move::Words(words, confidence) if gather.speech && !words.trim().is_empty() => self.say(words, *confidence),
            Move::Label(_) | Move::Words(..) | Move::Silence => self.happens(Happening::Nothing),
        }
    }

    /// What the platform is told now.
    pub fn twiml(&self) -> String {
        encode(self.step(), self.steps.len())
    }

    /// What the platform was told, answer by answer.
    pub fn answers(&self) -> Vec<String> {
        let numbered = (1..).zip(&self.steps).filter(|(_, step)| !matches!(step, Step::Fetch(_)));
        numbered.map(|(number, step)| encode(step, number)).collect()
    }

    fn put(&mut self, event: Event) {
        self.events.push(event.clone());
        self.steps.push(self.conversation.handle(event));
        self.trace.extend(self.conversation.application_mut().take_trace());
    }
}

fn encode(step: &Step, number: usize) -> String {
    let action = format!("http://127.0.0.1:8080/twilio/turn/CA1/{number}");
    let seam = Seam { action: &action, voice: Some("Polly.Joanna"), audio: &|url| Some(url.to_owned()) };
    match step {
        Step::Turn(turn) => encode_turn(turn, &seam).body,
        Step::Done(ending) => encode_ending(ending, &seam).body,
        Step::Fetch(request) => panic!("{request:?} is nothing for the platform"),
    }
}
