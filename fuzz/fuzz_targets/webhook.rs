//! A call as Twilio tells it, one webhook a line: each is decoded, signed and checked, taken to the conversation, and
//! answered in TwiML, without a server.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};
use url::form_urlencoded;
use voxbridge::channel::twilio::reading::read_answer;
use voxbridge::channel::twilio::signature::{Body, Signed, Verifier, sign};
use voxbridge::channel::twilio::{Incoming, Seam, decode, encode_ending, encode_turn, session_variables};
use voxbridge::dialogue::{Event, Happening, Heard, Next, Resource, Response, Step};
use voxbridge::fetch::digest;
use voxbridge::interpreter::{Interpreter, Library, Settings};
use voxbridge::policy::{Conversation, Mode};

/// What the application says, whatever it is asked for: it listens, records and transfers.
const DOCUMENT: &str = include_str!("webhook.vxml");
const START: &str = "http://127.0.0.1/app/main.vxml";
const ACTION: &str = "https://voice.example.com/twilio/turn/CA1/1";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const MOST_TURNS: usize = 12;
/// Any Tuesday noon.
const NOON: i64 = 1_772_539_200_000;

static LIBRARY: LazyLock<Arc<Library>> = LazyLock::new(|| Arc::new(Library::new()));

fuzz_target!(|text: &str| {
    let mut line: Option<Line> = None;
    for body in text.lines().take(MOST_TURNS) {
        let fields: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        check_signature(body, &fields);
        let Ok(incoming) = decode(&fields) else { continue };
        match &mut line {
            None => line = Some(Line::open(&incoming)),
            Some(line) => line.turn(&incoming),
        }
    }
});

/// A form that was signed is genuine, with its fields in the query too, and what a sender makes up is not.
fn check_signature(body: &str, fields: &[(String, String)]) {
    let verifier = Verifier::new(TOKEN);
    let query: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let url = format!("{ACTION}?{query}");
    let signature = sign(TOKEN, &url, fields);
    let signed = Signed { url: &url, body: Body::Form(fields), signature: Some(&signature), settings: None };
    assert_eq!(verifier.verify(&signed), Ok(()));
    let forged = Signed { url: body, body: Body::Raw(body.as_bytes()), signature: Some(body), settings: Some(" ") };
    assert!(verifier.verify(&forged).is_err());
}

/// A caller on the line.
struct Line {
    conversation: Conversation<Interpreter>,
    next: Next,
    at: i64,
}

impl Line {
    fn open(incoming: &Incoming) -> Self {
        let settings = Settings { call: "CA1".to_owned(), ..Settings::default() };
        let interpreter = Interpreter::new(settings, LIBRARY.clone());
        let conversation = Conversation::new(interpreter, Mode::Hybrid, None);
        let mut line = Self { conversation, next: Next::Disconnect, at: NOON };
        line.feed(Happening::Start { url: START.to_owned(), session: session_variables(incoming) });
        line
    }

    fn turn(&mut self, incoming: &Incoming) {
        let mut happening = incoming.happening_after(&self.next);
        if let Happening::Heard(Heard::Speech { utterance, finding, .. }) = &mut happening {
            *finding = self.conversation.understand(utterance, voxbridge::policy::DateTime::default());
        }
        self.feed(happening);
    }

    fn feed(&mut self, mut happening: Happening) {
        let step = loop {
            self.at += 1000;
            match self.conversation.handle(Event { at: self.at, happening }) {
                Step::Fetch(request) => {
                    let body = DOCUMENT.as_bytes().to_vec();
                    let found = Resource {
                        url: request.url,
                        content_type: Some("application/voicexml+xml".to_owned()),
                        digest: digest(&body),
                        body: Arc::new(body),
                    };
                    happening = Happening::Fetched { request: request.id, response: Response::Found(found) };
                }
                step => break step,
            }
        };
        self.conversation.application_mut().take_trace();
        let public = |url: &str| Some(url.to_owned());
        let seam = Seam { action: ACTION, voice: Some("Polly.Joanna"), audio: &public };
        let twiml = match step {
            Step::Turn(turn) => {
                let twiml = encode_turn(&turn, &seam).body;
                self.next = turn.next;
                twiml
            }
            Step::Done(ending) => {
                self.next = Next::Disconnect;
                encode_ending(&ending, &seam).body
            }
            Step::Fetch(_) => return, // the loop ends with something to say
        };
        if let Err(why) = read_answer(&twiml) {
            panic!("the answer is no TwiML: {why}\n{twiml}");
        }
    }
}
