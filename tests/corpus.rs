//! Real legacy documents of ../shared/corpus: every one is run to its first turn (or its end) or refused with a
//! diagnostic; nothing panics, nothing is an internal error. Outcomes are counted and printed.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use serde::Deserialize;
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
};
use voxbridge::{
    channel::twilio::{Seam, encode_ending, encode_turn, reading::read_answer},
    dialogue::{Ending, Event, FetchRequest, Happening, Heard, Purpose, Reason, Resource, Response, Step},
    interpreter::{Interpreter, Library, Settings},
    policy::{Conversation, Mode},
    vxml,
};

/// Turns a robot caller takes in each document.
const TURNS: u32 = 12;

#[derive(Debug, Deserialize)]
struct Index {
    documents: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    path: String,
    well_formed: bool,
}

/// The shared folder, beside the checkout unless `VOXBRIDGE_SHARED` says otherwise.
fn shared() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    std::env::var_os("VOXBRIDGE_SHARED").map_or_else(beside, PathBuf::from).canonicalize().unwrap()
}

/// What became of a document.
#[derive(Debug)]
enum Outcome {
    /// It listened, played or ended as it meant to.
    Ran(&'static str),
    /// It cannot run, and a diagnostic with a place in the file says why.
    Refused(String),
    /// It ended by an event nobody caught.
    Event(String),
    /// A limit of the platform stopped it.
    Limit(String),
}

#[test]
#[ignore = "needs ../shared"]
fn every_corpus_document_runs_to_its_first_turn_or_is_refused_with_a_diagnostic() {
    let folder = shared().join("corpus");
    let text = std::fs::read_to_string(folder.join("index.json")).unwrap();
    let entries: Vec<Entry> = serde_json::from_str::<Index>(&text)
        .map(|index| index.documents)
        .or_else(|_| serde_json::from_str(&text))
        .unwrap();
    let library = Arc::new(Library::new());
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let mut faults = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        let path = folder.join(&entry.path);
        let outcome = catch_unwind(AssertUnwindSafe(|| run(&folder, &path, &library, number)));
        let name = match outcome {
            Ok(Outcome::Ran(how)) => how.to_owned(),
            Ok(Outcome::Refused(why)) => {
                if entry.well_formed {
                    println!("refused though well-formed: {}", why.replace(&folder.display().to_string(), ""));
                }
                "refused with a diagnostic".to_owned()
            }
            Ok(Outcome::Event(event)) => format!("ended by {event}"),
            Ok(Outcome::Limit(why)) => {
                println!("limit: {why}");
                "stopped by a limit".to_owned()
            }
            Err(_) => {
                faults.push(format!("{} panicked", entry.path));
                continue;
            }
        };
        *counts.entry(name).or_default() += 1;
    }
    println!("corpus: {} documents", entries.len());
    for (name, count) in &counts {
        println!("corpus: {count:4} {name}");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Runs a document to its first turn, then lets a robot caller at it.
fn run(folder: &Path, path: &Path, library: &Arc<Library>, number: usize) -> Outcome {
    let url = format!("file://{}", path.display());
    let bytes = std::fs::read(path).unwrap();
    let reading = vxml::read(&vxml::decode(&bytes, None), &url);
    if reading.document.is_none() {
        let why = reading.diagnostics.iter().find(|problem| problem.is_error()).expect("a refusal has a reason");
        assert!(why.position.is_some(), "{why}");
        return Outcome::Refused(why.to_string());
    }
    let settings = Settings { call: format!("CA{number}"), ..Settings::default() };
    let mut call = Conversation::new(Interpreter::new(settings, library.clone()), Mode::Hybrid, None);
    let session = serde_json::json!({"connection": {"remote": {"uri": "tel:+14155550100"}, "local": {"uri": "tel:+14155550199"}},
        "telephone": {"ani": "+14155550100", "dnis": "+14155550199"}});
    let mut step = feed(&mut call, folder, Happening::Start { url, session });
    let outcome = match &step {
        Step::Turn(_) => Outcome::Ran("ran to the first turn"),
        Step::Done(Ending { reason: Reason::Exit | Reason::Finished | Reason::HungUp, .. }) => {
            Outcome::Ran("ran to its end")
        }
        Step::Done(Ending { reason: Reason::Event { event, message }, .. }) => {
            assert!(!message.is_empty() || !event.starts_with("error.bad"), "{event} says nothing");
            Outcome::Event(event.clone())
        }
        Step::Done(Ending { reason: Reason::Limit(why), .. }) => Outcome::Limit(why.clone()),
        Step::Fetch(_) => unreachable!("feed() answers every fetch"),
    };
    let mut dice = number as u32 + 1;
    for turn in 0..TURNS {
        if matches!(step, Step::Done(_)) {
            break;
        }
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let keys = |keys: &str| Happening::Heard(Heard::Keys { keys: keys.into() });
        let happening = match (dice >> 16) % 8 {
            _ if turn + 1 == TURNS => Happening::HungUp,
            0 => keys("1"),
            1 => keys("2"),
            2 => keys("1234"),
            3 => keys("*#"),
            4 => Happening::Nothing,
            5 => Happening::Resumed,
            6 => speech(&call, "yes"),
            _ => speech(&call, "I would like something else, please."),
        };
        step = feed(&mut call, folder, happening);
    }
    outcome
}

fn speech(call: &Conversation<Interpreter>, words: &str) -> Happening {
    let finding = call.state().map(|state| state.understand(words)).unwrap_or_default();
    Happening::Heard(Heard::Speech {
        utterance: words.into(),
        confidence: Some(0.8),
        alternatives: Vec::new(),
        finding,
    })
}

/// One event in, fetches answered from the corpus, the TwiML of what comes out checked and kept.
fn feed(call: &mut Conversation<Interpreter>, folder: &Path, happening: Happening) -> Step {
    let mut happening = happening;
    for _ in 0..1000 {
        let step = call.handle(Event { at: 1_772_465_400_000, happening });
        let Step::Fetch(request) = &step else {
            encode(&step);
            return step;
        };
        happening = Happening::Fetched { request: request.id, response: answer(folder, request) };
    }
    panic!("the document fetches without end");
}

fn answer(folder: &Path, request: &FetchRequest) -> Response {
    let failed = |status, message: &str| Response::Failed { status, message: message.to_owned() };
    let Some(path) = request.url.strip_prefix("file://") else { return failed(None, "the network is out of bounds") };
    let path = PathBuf::from(path.split('?').next().unwrap());
    if !path.starts_with(folder) {
        return failed(Some(403), "outside the folder");
    }
    match std::fs::read(&path) {
        Ok(body) => {
            let digest = format!("{}:{}", path.display(), body.len());
            let body = if request.purpose == Purpose::Audio { Vec::new() } else { body };
            Response::Found(Resource { url: request.url.clone(), content_type: None, body: Arc::new(body), digest })
        }
        Err(error) => failed(Some(404), &error.to_string()),
    }
}

fn encode(step: &Step) {
    let audio = |url: &str| Some(url.replace("file:///", "https://phone.example.com/media/"));
    let seam =
        Seam { action: "https://phone.example.com/twilio/turn/CA1/1", voice: Some("Polly.Joanna"), audio: &audio };
    let encoded = match step {
        Step::Turn(turn) => encode_turn(turn, &seam),
        Step::Done(ending) => encode_ending(ending, &seam),
        Step::Fetch(_) => return,
    };
    read_answer(&encoded.body).unwrap_or_else(|error| panic!("{error}: {}", encoded.body));
    if let Some(out) = std::env::var_os("VOXBRIDGE_TWIML_OUT") {
        use std::hash::{DefaultHasher, Hash as _, Hasher as _};
        let mut hasher = DefaultHasher::new();
        encoded.body.hash(&mut hasher);
        std::fs::create_dir_all(&out).unwrap();
        std::fs::write(Path::new(&out).join(format!("corpus-{:016x}.xml", hasher.finish())), encoded.body).unwrap();
    }
}
