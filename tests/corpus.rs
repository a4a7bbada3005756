//! Real legacy documents of ../shared/corpus: nearly all run to a first turn or an end of their own, the rest say in which
//! line they do not; a robot caller then does this and that in each. Nothing panics, nothing is an internal error, and
//! all TwiML can be read. No dialect is set: what they need is understood everywhere. Outcomes are counted and printed.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

#[path = "corpus/damage.rs"]
mod damage;
#[path = "common/shared.rs"]
mod shared;

use damage::{Dice, damage};
use serde::Deserialize;
use shared::shared;
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
};
use voxbridge::{
    channel::twilio::{Seam, encode_ending, encode_turn, reading::read_answer},
    dialogue::{Ending, Event, FetchRequest, Happening, Heard, Next, Purpose, Reason, Resource, Response, Step},
    interpreter::{Destinations, Interpreter, Library, Settings},
    policy::{Conversation, Mode},
    vxml,
};

/// Turns a robot caller takes in each document.
const TURNS: u32 = 20;

/// Of the well-formed documents so many in a hundred must run.
const MUST_RUN: usize = 97;

#[derive(Debug, Deserialize)]
struct Index {
    documents: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    path: String,
    well_formed: bool,
}

fn entries(folder: &Path) -> Vec<Entry> {
    let text = std::fs::read_to_string(folder.join("index.json")).unwrap();
    let index = serde_json::from_str::<Index>(&text).map(|index| index.documents);
    index.or_else(|_| serde_json::from_str(&text)).unwrap()
}

/// What became of a document.
#[derive(Debug)]
enum Outcome {
    /// It listened, played or recorded.
    Turn,
    /// It ended as it meant to.
    End,
    /// It ended by an error of its own: a file it names is not there, a script is wrong, an object or a destination is only
    /// its own platform's, or it throws an error and has no handler.
    OwnError(String, String),
    /// It cannot run, and a diagnostic says why.
    Refused(String),
    /// It ended by something this platform does not do.
    Unsupported(String, String),
    /// A limit of the platform stopped it.
    Limit(String),
}

impl Outcome {
    fn runs(&self) -> bool {
        matches!(self, Self::Turn | Self::End | Self::OwnError(..))
    }

    fn name(&self) -> String {
        match self {
            Self::Turn => "ran to the first turn".to_owned(),
            Self::End => "ran to its end".to_owned(),
            Self::OwnError(event, _) => format!("ended by its own {event}"),
            Self::Refused(_) => "refused with a diagnostic".to_owned(),
            Self::Unsupported(event, _) => format!("ended by {event}"),
            Self::Limit(_) => "stopped by a limit".to_owned(),
        }
    }

    /// What whoever mends the document reads.
    fn diagnostic(&self) -> Option<&str> {
        match self {
            Self::Turn | Self::End => None,
            Self::OwnError(_, why) | Self::Refused(why) | Self::Unsupported(_, why) | Self::Limit(why) => Some(why),
        }
    }
}

#[test]
#[ignore = "needs ../shared"]
fn real_documents_run_to_their_first_turn_or_say_in_which_line_they_do_not() {
    let folder = shared().join("corpus");
    let entries = entries(&folder);
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let mut faults = Vec::new();
    let (mut well_formed, mut run_well) = (0, 0);
    for (number, entry) in entries.iter().enumerate() {
        let path = folder.join(&entry.path);
        let bytes = std::fs::read(&path).unwrap();
        let shelf = Shelf { folder: &folder, path: &path, bytes: &bytes };
        let outcome = match outcome(&shelf, number) {
            Ok(outcome) => outcome,
            Err(fault) => {
                faults.push(format!("{}: {fault}", entry.path));
                continue;
            }
        };
        let diagnostic = outcome.diagnostic().map(|why| why.replace(&format!("file://{}/", folder.display()), ""));
        if entry.well_formed {
            well_formed += 1;
            run_well += usize::from(outcome.runs());
            if !outcome.runs() {
                println!("corpus: does not run: {}: {}", outcome.name(), diagnostic.unwrap_or_default());
            }
        }
        *counts.entry(outcome.name()).or_default() += 1;
    }
    println!("corpus: {} documents, {well_formed} well-formed, {run_well} of these run", entries.len());
    for (name, count) in &counts {
        println!("corpus: {count:4} {name}");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(run_well * 100 >= well_formed * MUST_RUN, "{run_well} of {well_formed} well-formed documents run");
}

/// Times each document is damaged, and what the damages follow from; `VOXBRIDGE_DAMAGES` and `VOXBRIDGE_SEED` say otherwise.
const DAMAGES: [u64; 2] = [2, 1];

#[test]
#[ignore = "needs ../shared"]
fn damaged_documents_run_or_say_in_which_line_they_do_not() {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse().ok());
    let (times, seed) =
        (number("VOXBRIDGE_DAMAGES").unwrap_or(DAMAGES[0]), number("VOXBRIDGE_SEED").unwrap_or(DAMAGES[1]));
    let folder = shared().join("corpus");
    let mut dice = Dice(seed);
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let mut faults = Vec::new();
    for entry in entries(&folder) {
        let path = folder.join(&entry.path);
        let whole = vxml::decode(&std::fs::read(&path).unwrap(), None);
        for _ in 0..times {
            let text = damage(&whole, &mut dice);
            let shelf = Shelf { folder: &folder, path: &path, bytes: text.as_bytes() };
            match outcome(&shelf, dice.roll(1 << 20)) {
                Ok(outcome) => *counts.entry(outcome.name()).or_default() += 1,
                Err(fault) => faults.push(format!("{}: {fault}\n{text}", entry.path)),
            }
        }
    }
    for (name, count) in &counts {
        println!("damaged: {count:4} {name}");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What became of a document before its caller did anything; a fault if it panicked then or later, or ended without
/// saying where.
fn outcome(shelf: &Shelf<'_>, number: usize) -> Result<Outcome, String> {
    let Ok([first, last]) = catch_unwind(AssertUnwindSafe(|| run(shelf, number))) else {
        return Err("it panicked".to_owned());
    };
    let nowhere = [&first, &last].into_iter().filter_map(Outcome::diagnostic).find(|why| !names_a_line(why));
    match nowhere.map(str::to_owned) {
        Some(why) => Err(format!("a diagnostic without a line: {why}")),
        None => Ok(first),
    }
}

/// Whether a message says `file:line:column`.
fn names_a_line(message: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = message.split(':').collect();
    parts.windows(3).any(|part| !part[0].is_empty() && is_number(part[1]) && is_number(part[2]))
}

/// The files of the corpus, one of them perhaps with other content.
struct Shelf<'a> {
    folder: &'a Path,
    path: &'a Path,
    bytes: &'a [u8],
}

/// Runs a document to its first turn, then lets a robot caller at it: what became of it before and after.
fn run(shelf: &Shelf<'_>, number: usize) -> [Outcome; 2] {
    let url = format!("file://{}", shelf.path.display());
    let reading = vxml::read(&vxml::decode(shelf.bytes, None), &url);
    if reading.document.is_none() {
        let why = reading.diagnostics.iter().find(|problem| problem.is_error()).expect("a refusal has a reason");
        return [Outcome::Refused(why.to_string()), Outcome::Refused(why.to_string())];
    }
    let settings =
        Settings { call: format!("CA{number}"), destinations: Destinations::anywhere(), ..Settings::default() };
    let mut call = Conversation::new(Interpreter::new(settings, Arc::new(Library::new())), Mode::Hybrid, None);
    let session = serde_json::json!({"connection": {"remote": {"uri": "tel:+14155550100"}, "local": {"uri": "tel:+14155550199"}},
        "telephone": {"ani": "+14155550100", "dnis": "+14155550199"}});
    let mut step = feed(&mut call, shelf, Happening::Start { url, session });
    let first = outcome_of(&step);
    let mut dice = number as u32 + 1;
    for turn in 0..TURNS {
        let Step::Turn(now) = &step else { break };
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let happening = match &now.next {
            _ if turn + 1 == TURNS => Happening::HungUp,
            Next::Listen(_) => heard(&call, dice >> 16),
            Next::Record(_) => recorded(dice >> 16),
            Next::Transfer(_) => transferred(dice >> 16),
            Next::Disconnect => Happening::HungUp,
        };
        step = feed(&mut call, shelf, happening);
    }
    [first, outcome_of(&step)]
}

fn outcome_of(step: &Step) -> Outcome {
    match step {
        Step::Turn(_) => Outcome::Turn,
        Step::Done(Ending { reason: Reason::Exit | Reason::Finished | Reason::HungUp, .. }) => Outcome::End,
        Step::Done(Ending { reason: Reason::Event { event, message }, .. }) => {
            if event.starts_with("error.unsupported") && !asks_for_another_platform(event, message) {
                Outcome::Unsupported(event.clone(), message.clone())
            } else {
                Outcome::OwnError(event.clone(), message.clone())
            }
        }
        Step::Done(Ending { reason: Reason::Limit(why), .. }) => Outcome::Limit(why.clone()),
        Step::Fetch(_) => unreachable!("feed() answers every fetch"),
    }
}

/// Whether a document ended because it asks for something only its own platform has, which is refused by its name: an object,
/// a destination such as `execute:hangup()`, a recording as video.
fn asks_for_another_platform(event: &str, message: &str) -> bool {
    match event {
        "error.unsupported.objectname" | "error.unsupported.uri" => true,
        "error.unsupported.format" => message.contains("no recordings of type"),
        _ => false,
    }
}

/// What a caller does who does not listen very well.
fn heard(call: &Conversation<Interpreter>, dice: u32) -> Happening {
    let keys = |keys: &str| Happening::Heard(Heard::Keys { keys: keys.into() });
    match dice % 12 {
        0 => keys("1"),
        1 => keys("2"),
        2 => keys("1234"),
        3 => keys("*#"),
        4 => keys(""),
        5 | 6 => Happening::Nothing,
        7 => Happening::Resumed,
        8 if dice.is_multiple_of(5) => Happening::HungUp,
        8 | 9 => speech(call, "yes"),
        10 => speech(call, "help"),
        _ => speech(call, "I would like something else, please."),
    }
}

fn recorded(dice: u32) -> Happening {
    let recording = |url: Option<&str>, key, hung_up| Happening::Recorded {
        url: url.map(str::to_owned),
        duration: if url.is_some() { 4_200 } else { 0 },
        key,
        hung_up,
    };
    let url = Some("https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1");
    match dice % 6 {
        0 => recording(None, None, false),
        1 => recording(url, None, true),
        2 => Happening::HungUp,
        3 => recording(url, Some('#'), false),
        4 => Happening::Nothing,
        _ => recording(url, None, false),
    }
}

fn transferred(dice: u32) -> Happening {
    let ended = |result: &str, duration| Happening::TransferEnded { result: result.to_owned(), duration, input: None };
    match dice % 8 {
        0 => ended("busy", 0),
        1 => ended("noanswer", 0),
        2 => ended("network_busy", 0),
        3 => ended("near_end_disconnect", 9_000),
        4 => ended("maxtime_disconnect", 60_000),
        5 => Happening::HungUp,
        6 => Happening::Resumed,
        _ => ended("far_end_disconnect", 9_000),
    }
}

fn speech(call: &Conversation<Interpreter>, words: &str) -> Happening {
    let finding = call.understand(words, jiff::civil::DateTime::default());
    Happening::Heard(Heard::Speech {
        utterance: words.into(),
        confidence: Some(0.8),
        alternatives: Vec::new(),
        finding,
    })
}

/// One event in, fetches answered from the corpus, the TwiML of what comes out checked and kept.
fn feed(call: &mut Conversation<Interpreter>, shelf: &Shelf<'_>, happening: Happening) -> Step {
    let mut happening = happening;
    for _ in 0..1000 {
        let step = call.handle(Event { at: 1_772_465_400_000, happening });
        let Step::Fetch(request) = &step else {
            encode(&step);
            return step;
        };
        happening = Happening::Fetched { request: request.id, response: answer(shelf, request) };
    }
    panic!("the document fetches without end");
}

fn answer(shelf: &Shelf<'_>, request: &FetchRequest) -> Response {
    let failed = |status, message: &str| Response::Failed { status, message: message.to_owned() };
    let Some(path) = request.url.strip_prefix("file://") else { return failed(None, "the network is out of bounds") };
    let path = PathBuf::from(path.split('?').next().unwrap());
    let read = || match &path {
        path if path == shelf.path => Ok(shelf.bytes.to_vec()),
        path if path.starts_with(shelf.folder) => std::fs::read(path),
        _ => Err(std::io::Error::new(std::io::ErrorKind::NotFound, "outside of the folder")),
    };
    match read() {
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
