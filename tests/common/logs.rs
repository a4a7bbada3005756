//! Catches all that is logged in a test binary, at every level and by every crate, and looks whether it tells of callers.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, Once, OnceLock};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

/// Fields that hold ids made by a platform or a program.
const IDS: [&str; 6] = ["call", "token", "digest", "id", "account", "handle"];
/// A run of so many digits is a telephone or card number unless it is part of an id.
const NUMBER: usize = 7;

/// A line of the log: who wrote it, and its fields, the message among them.
#[derive(Debug)]
pub struct Line {
    pub target: String,
    pub fields: Vec<(String, String)>,
}

/// All lines caught by one subscriber.
#[derive(Clone, Default)]
pub struct Caught(Arc<Mutex<Vec<Arc<Line>>>>);

/// Watches what is logged while it lives; a line that tells of the caller fails the test.
pub struct Watch {
    caught: Caught,
    from: usize,
    said: Mutex<Vec<String>>,
}

/// The lines of this process.
pub fn all() -> &'static Caught {
    static ALL: OnceLock<Caught> = OnceLock::new();
    static INSTALLED: Once = Once::new();
    let all = ALL.get_or_init(Caught::default);
    INSTALLED.call_once(|| {
        let subscriber = tracing_subscriber::registry().with(all.clone());
        tracing::subscriber::set_global_default(subscriber).expect("no other subscriber");
    });
    all
}

impl Caught {
    /// The lines from one on.
    pub fn since(&self, from: usize) -> Vec<Arc<Line>> {
        self.0.lock().unwrap()[from..].to_vec()
    }

    pub fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    fn add(&self, metadata: &Metadata<'_>, fields: Fields) {
        let line = Line { target: metadata.target().to_owned(), fields: fields.0 };
        self.0.lock().unwrap().push(Arc::new(line));
    }
}

impl Watch {
    /// Watches the lines of this process, `secrets` must not be in them.
    pub fn begin(secrets: &[&str]) -> Self {
        Self::of(all(), secrets)
    }

    /// Watches the lines of one subscriber.
    pub fn of(caught: &Caught, secrets: &[&str]) -> Self {
        let said = secrets.iter().map(|&text| text.to_owned()).collect();
        Self { caught: caught.clone(), from: caught.count(), said: Mutex::new(said) }
    }

    /// The caller has said or keyed in this.
    pub fn said(&self, text: &str) {
        self.said.lock().unwrap().push(text.to_owned());
    }

    /// The lines that tell of a caller, with what they tell.
    pub fn leaks(&self) -> Vec<String> {
        let said = self.said.lock().unwrap();
        let told = |line: &Arc<Line>| leak(line, &said).map(|what| format!("{what} in {line:?}"));
        self.caught.since(self.from).iter().filter_map(told).collect()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let leaks = self.leaks();
            assert!(leaks.is_empty(), "the log tells of callers:\n{}", leaks.join("\n"));
        }
    }
}

/// What a line tells of a caller.
pub fn leak(line: &Line, said: &[String]) -> Option<String> {
    let fields = line.fields.iter().filter(|(name, _)| !IDS.contains(&name.as_str()));
    fields.filter(|(name, text)| name != "message" || !is_written(line, text)).find_map(|(_, text)| told(text, said))
}

/// What a text tells of a caller who said this.
pub fn told(text: &str, said: &[String]) -> Option<String> {
    let text = without_ids(text).to_lowercase();
    let numbers: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
    if let Some(number) = numbers.iter().find(|run| run.len() >= NUMBER) {
        return Some(format!("the number {number}"));
    }
    let tells = |said: &String| {
        let said = said.trim().to_lowercase();
        let keys: String = said.chars().filter(char::is_ascii_digit).collect();
        let letters = said.chars().filter(|c| c.is_alphabetic()).count();
        let words = said.split_whitespace().count();
        if letters == 0 {
            keys.len() >= 4 && numbers.contains(&keys.as_str())
        } else {
            (words >= 2 || letters >= 5) && text.contains(&said)
        }
    };
    said.iter().find(|said| tells(said)).map(|said| format!("{said:?}"))
}

/// A text without ids: what has letters and digits, is long, and made by Twilio, by a hash or at random.
fn without_ids(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, token) = rest.split_at(start);
        let end = token.find(|c| !is_part(c)).unwrap_or(token.len());
        out.push_str(before);
        out.push_str(if is_id(&token[..end]) { "ID" } else { &token[..end] });
        rest = &token[end..];
    }
    out + rest
}

fn is_id(token: &str) -> bool {
    let of_twilio = ["CA", "AC", "RE", "SIM"].iter().any(|kind| {
        token.strip_prefix(kind).is_some_and(|rest| rest.len() >= 29 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
    });
    let has_letters = token.bytes().any(|b| matches!(b, b'a'..=b'f'));
    let is_hash = token.len() >= 32 && has_letters && token.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    of_twilio || is_hash || (token.starts_with("0x") && token.len() > 8)
}

/// Whether a message stands in the source just so: it tells nothing then, whatever words it has.
fn is_written(line: &Line, message: &str) -> bool {
    static SOURCE: OnceLock<String> = OnceLock::new();
    let source = SOURCE.get_or_init(|| {
        let mut text = String::new();
        read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
        text
    });
    // The source is long, and a call that goes round logs a message a thousand times.
    static KNOWN: Mutex<BTreeMap<String, bool>> = Mutex::new(BTreeMap::new());
    let look = || source.contains(&format!("\"{message}\""));
    line.target.starts_with("voxbridge") && *KNOWN.lock().unwrap().entry(message.to_owned()).or_insert_with(look)
}

fn read_all(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, text);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            text.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

#[derive(Default)]
struct Fields(Vec<(String, String)>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut text = String::new();
        write!(text, "{value:?}").unwrap();
        self.0.push((field.name().to_owned(), text));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name().to_owned(), value.to_owned()));
    }
}

impl<S: Subscriber> Layer<S> for Caught {
    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut fields = Fields::default();
        span.record(&mut fields);
        self.add(span.metadata(), fields);
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        let line = Line { target: "span".to_owned(), fields: fields.0 };
        self.0.lock().unwrap().push(Arc::new(line));
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.add(event.metadata(), fields);
    }
}
