//! The airline sample held in memory, and a phone that calls it without a server: what a turn costs voxbridge itself.

#![allow(dead_code, unreachable_pub, clippy::disallowed_methods, clippy::expect_used, clippy::panic)]

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use voxbridge::channel::twilio::{Seam, decode, encode_ending, encode_turn, session_variables};
use voxbridge::dialogue::{
    Event, FetchRequest, Finding, Happening, Heard, Next, Purpose, Resource, Response, Spoken, Step, Turn,
};
use voxbridge::fetch::digest;
use voxbridge::interpreter::{Interpreter, Library, Settings};
use voxbridge::nlu::Mapping;
use voxbridge::policy::{Conversation, Mode};

const BASE: &str = "http://127.0.0.1/airline/";
const ACTION: &str = "https://voice.example.com/twilio/turn/CA0123456789abcdef0123456789abcdef/7";
/// Any Tuesday noon.
const NOON: i64 = 1_772_539_200_000;

/// The airline's documents and what is shared by all calls to it.
pub struct Airline {
    files: HashMap<String, Resource>,
    library: Arc<Library>,
    mapping: Arc<Mapping>,
}

impl Airline {
    /// Reads the sample; nothing is compiled yet.
    pub fn load() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = HashMap::new();
        for folder in ["", "grammars/", "audio/"] {
            let place = root.join("legacy-vxml/airline").join(folder);
            for entry in std::fs::read_dir(place).expect("the sample is there") {
                let entry = entry.expect("a folder can be listed");
                if entry.path().is_file() {
                    let url = format!("{BASE}{folder}{}", entry.file_name().to_string_lossy());
                    let body = std::fs::read(entry.path()).expect("a file of the sample can be read");
                    files.insert(url.clone(), resource(&url, body));
                }
            }
        }
        let mapping = std::fs::read_to_string(root.join("mappings/airline.toml")).expect("the sample has a mapping");
        let mapping = Mapping::parse(&mapping, "airline.toml").expect("the mapping is sound");
        Self { files, library: Arc::new(Library::new()), mapping: Arc::new(mapping) }
    }

    fn answer(&self, request: &FetchRequest) -> Response {
        match self.files.get(request.url.split('?').next().unwrap_or_default()) {
            // Of a sound file only its being there is told.
            Some(found) if request.purpose == Purpose::Audio => {
                Response::Found(Resource { body: Arc::default(), digest: String::new(), ..found.clone() })
            }
            Some(found) => Response::Found(Resource { url: request.url.clone(), ..found.clone() }),
            None => Response::Failed { status: Some(404), message: "not found".to_owned() },
        }
    }
}

/// A resource as a fetch hands it out.
pub fn resource(url: &str, body: Vec<u8>) -> Resource {
    Resource { url: url.to_owned(), content_type: None, digest: digest(&body), body: Arc::new(body) }
}

/// A caller on the line.
pub struct Phone<'a> {
    airline: &'a Airline,
    conversation: Conversation<Interpreter>,
    next: Next,
    prompts: Vec<Spoken>,
}

impl<'a> Phone<'a> {
    /// Calls the airline and hears its first turn.
    pub fn call(airline: &'a Airline, mode: Mode) -> (Self, String) {
        let settings = Settings { call: "CA0123456789abcdef0123456789abcdef".to_owned(), ..Settings::default() };
        let interpreter = Interpreter::new(settings, airline.library.clone());
        let conversation = Conversation::new(interpreter, mode, Some(airline.mapping.clone()));
        let mut phone = Self { airline, conversation, next: Next::Disconnect, prompts: Vec::new() };
        let incoming = decode(&webhook(&[])).expect("a webhook");
        let session = session_variables(&incoming);
        let twiml = phone.feed(Happening::Start { url: format!("{BASE}main.vxml"), session });
        (phone, twiml)
    }

    /// One turn, from the fields of a webhook to the TwiML that answers it.
    pub fn turn(&mut self, fields: &[(String, String)]) -> String {
        let incoming = decode(fields).expect("a webhook");
        let mut happening = incoming.happening_after(&self.next);
        if let Happening::Heard(Heard::Speech { utterance, finding, .. }) = &mut happening {
            *finding = self.conversation.understand(utterance, jiff::civil::DateTime::default());
        }
        self.feed(happening)
    }

    /// What the turn being answered makes of some words.
    pub fn understand(&self, words: &str) -> Finding {
        self.conversation.state().expect("the turn listens").understand(words)
    }

    /// The turn being answered.
    pub fn answer(&self) -> Turn {
        Turn { prompts: self.prompts.clone(), next: self.next.clone() }
    }

    fn feed(&mut self, mut happening: Happening) -> String {
        let step = loop {
            match self.conversation.handle(Event { at: NOON, happening }) {
                Step::Fetch(request) => {
                    let response = self.airline.answer(&request);
                    happening = Happening::Fetched { request: request.id, response };
                }
                step => break step,
            }
        };
        // As the host does after every turn.
        self.conversation.application_mut().take_trace();
        let public = |url: &str| Some(url.to_owned());
        let seam = Seam { action: ACTION, voice: Some("Polly.Joanna"), audio: &public };
        match step {
            Step::Turn(turn) => {
                let body = encode_turn(&turn, &seam).body;
                let Turn { next, prompts } = turn;
                self.next = next;
                self.prompts = prompts;
                body
            }
            Step::Done(ending) => encode_ending(&ending, &seam).body,
            Step::Fetch(_) => panic!("the loop ends with something to say"),
        }
    }
}

/// The fields of a webhook as Twilio sends them, with those that tell what the caller did.
pub fn webhook(news: &[(&str, &str)]) -> Vec<(String, String)> {
    let always = [
        ("CallSid", "CA0123456789abcdef0123456789abcdef"),
        ("AccountSid", "AC0123456789abcdef0123456789abcdef"),
        ("From", "+14155550100"),
        ("To", "+15550109999"),
        ("CallStatus", "in-progress"),
        ("ApiVersion", "2010-04-01"),
        ("Direction", "inbound"),
        ("FromCity", "SAN FRANCISCO"),
        ("FromState", "CA"),
        ("FromZip", "94103"),
        ("FromCountry", "US"),
        ("ToCountry", "US"),
    ];
    let fields = always.iter().chain(news);
    fields.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The caller pressed keys.
pub fn pressed(keys: &str) -> Vec<(String, String)> {
    webhook(&[("Digits", keys), ("FinishedOnKey", ""), ("msg", "Gather End")])
}

/// The caller spoke.
pub fn said(words: &str) -> Vec<(String, String)> {
    webhook(&[("SpeechResult", words), ("Confidence", "0.91"), ("Language", "en-US")])
}
