//! The applications' web server: their documents, the payment host and a survey. It is slow at times, loses connections,
//! and does what it is asked once for each `Idempotency-Key`, as payment hosts do.

use crate::dice::Dice;
use crate::wire::{Message, accept};
use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use url::form_urlencoded;

/// Questions of the survey.
pub const QUESTIONS: u32 = 8;
/// Asked for once in this many seconds by a replica that caches.
const DOCUMENT_AGE: &str = "cache-control: max-age=600\r\n";

/// How slow a slow answer is, in milliseconds. A webhook is answered within 8 s in any case; the documents wait for 15 s or longer.
const SLOW_SUBMIT: (u64, u64) = (1_200, 9_000);
/// Some documents set no `fetchtimeout`: for them it is 5 s.
const SLOW_DOCUMENT: (u64, u64) = (1_200, 3_500);

/// How often, in a thousand requests, something goes wrong.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rates {
    /// A submit is answered late.
    pub slow_submit: u64,
    /// A document is.
    pub slow_document: u64,
    /// The connection is cut before a submit was carried out.
    pub cut_before: u64,
    /// It is cut after that: the replica cannot know.
    pub cut_after: u64,
}

pub struct Backend {
    pub base: String,
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    rates: Rates,
    dice: Mutex<Dice>,
    done: Mutex<Done>,
}

/// What was carried out.
#[derive(Debug, Default, Clone)]
pub struct Done {
    /// By its key: what it was, and the number it got.
    by_key: HashMap<String, (String, u64)>,
    /// How often each thing was carried out.
    pub times: HashMap<String, u32>,
    /// Submits that came again with their key, and were not carried out again.
    pub repeats: u64,
    /// Submits without a key.
    pub without_key: u64,
    /// A key that stood for something else before.
    pub mixed_up: Vec<String>,
    /// Those whose connection has been cut.
    cut_keys: HashSet<String>,
    pub slow: u64,
    pub cut: u64,
}

impl Backend {
    pub async fn start(folder: &Path, rates: Rates, dice: Dice) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let shared =
            Arc::new(Shared { folder: folder.to_owned(), rates, dice: Mutex::new(dice), done: Mutex::default() });
        tokio::spawn(accept(listener, Arc::clone(&shared), serve));
        Self { base, shared }
    }

    pub fn done(&self) -> Done {
        self.shared.done.lock().unwrap().clone()
    }
}

async fn serve(mut client: TcpStream, shared: Arc<Shared>) -> std::io::Result<()> {
    let request = Message::read(&mut client).await?;
    let (method, target) = request.first_words();
    let path = target.split('?').next().unwrap_or_default().to_owned();
    let is_submit = method == "POST";
    let key = request.header("idempotency-key").filter(|_| is_submit);
    let (slow, cut_before, cut_after) = shared.draw(is_submit, key);
    if cut_before {
        return Ok(());
    }
    let answer = if is_submit { shared.submit(&path, &request) } else { shared.document(&path) };
    if let Some(slow) = slow {
        tokio::time::sleep(slow).await;
    }
    if cut_after {
        return Ok(());
    }
    client.write_all(&answer.bytes()).await
}

impl Shared {
    fn draw(&self, is_submit: bool, key: Option<&str>) -> (Option<Duration>, bool, bool) {
        let (mut dice, rates) = (self.dice.lock().unwrap(), self.rates);
        let slow = dice.happens(if is_submit { rates.slow_submit } else { rates.slow_document });
        let (least, most) = if is_submit { SLOW_SUBMIT } else { SLOW_DOCUMENT };
        let slow = Some(dice.millis(least, most)).filter(|_| slow);
        let mut done = self.done.lock().unwrap();
        let (before, after) = (dice.happens(rates.cut_before), dice.happens(rates.cut_after));
        // A back-end that never answers is not there: one submit is cut once.
        let cut = key.is_some_and(|key| (before || after) && done.cut_keys.insert(key.to_owned()));
        let (cut_before, cut_after) = (cut && before, cut && !before);
        // Slow and cut, then slow again: that would be too long for the documents.
        let slow = slow.filter(|_| !cut);
        done.slow += u64::from(slow.is_some());
        done.cut += u64::from(cut_before || cut_after);
        (slow, cut_before, cut_after)
    }

    fn document(&self, path: &str) -> Message {
        if path == "/survey/main.vxml" {
            return vxml(question(1), DOCUMENT_AGE);
        }
        match self.file(path) {
            Some(body) => Message::answer("200 OK", kind(path), DOCUMENT_AGE, body),
            None => Message::answer("404 Not Found", "text/plain", "", b"not found".to_vec()),
        }
    }

    fn file(&self, path: &str) -> Option<Vec<u8>> {
        let path = Path::new(path.trim_start_matches('/'));
        let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
        std::fs::read(self.folder.join(path)).ok().filter(|_| inside)
    }

    /// Carries out what is posted, unless it was before.
    fn submit(&self, path: &str, request: &Message) -> Message {
        let form: HashMap<String, String> = form_urlencoded::parse(&request.body).into_owned().collect();
        let field = |name: &str| form.get(name).cloned().unwrap_or_default();
        let what = match path {
            "/bank/receipt.vxml" => format!("payment of {}", field("sum")),
            "/survey/next.vxml" => format!("question {} by {}", field("question"), number(&field("who"))),
            "/survey/farewell.vxml" => format!("farewell of {}", number(&field("who"))),
            _ => return Message::answer("404 Not Found", "text/plain", "", b"not found".to_vec()),
        };
        let confirmation = self.carry_out(what, request.header("idempotency-key"));
        match path {
            "/bank/receipt.vxml" => vxml(self.receipt(confirmation), ""),
            "/survey/next.vxml" => vxml(question(field("question").parse().unwrap_or(0) + 1), ""),
            _ => vxml("<vxml version=\"2.1\"><form/></vxml>".to_owned(), ""),
        }
    }

    fn carry_out(&self, what: String, key: Option<&str>) -> u64 {
        let mut done = self.done.lock().unwrap();
        if let Some((before, confirmation)) = key.and_then(|key| done.by_key.get(key)).cloned() {
            done.repeats += 1;
            if before != what {
                done.mixed_up.push(format!("{before}, then {what}"));
            }
            return confirmation;
        }
        let confirmation = 7_001 + done.times.len() as u64;
        *done.times.entry(what.clone()).or_default() += 1;
        match key {
            Some(key) => drop(done.by_key.insert(key.to_owned(), (what, confirmation))),
            None => done.without_key += 1,
        }
        confirmation
    }

    fn receipt(&self, confirmation: u64) -> String {
        let page = String::from_utf8(self.file("bank/receipt.vxml").unwrap()).unwrap();
        let counted = page.replace("\"nextConfirmation()\"", &format!("\"'{confirmation}'\""));
        assert_ne!(page, counted, "the receipt has another way to count");
        counted
    }
}

fn vxml(text: String, more: &str) -> Message {
    Message::answer("200 OK", "application/voicexml+xml", more, text.into_bytes())
}

fn kind(path: &str) -> &'static str {
    match Path::new(path).extension().and_then(|ending| ending.to_str()) {
        Some("vxml") => "application/voicexml+xml",
        Some("grxml") => "application/srgs+xml",
        Some("js") => "text/javascript",
        Some("wav") => "audio/wav",
        _ => "application/xml",
    }
}

/// The number in a `tel:` URI or as it is.
fn number(uri: &str) -> String {
    uri.trim_start_matches("tel:").to_owned()
}

/// A page of the survey; after the last question only thanks.
fn question(number: u32) -> String {
    let asked = if number > QUESTIONS {
        "<field name='rest' type='digits?length=1'><prompt>That was the last question. Please hang up.</prompt></field>"
            .to_owned()
    } else {
        format!(
            "<field name='answer' type='digits?length=1'><prompt>Question {number}. Press 1 to 5.</prompt><filled>
               <submit next='next.vxml' method='post' namelist='who question answer'/></filled></field>"
        )
    };
    format!(
        "<?xml version='1.0'?><vxml version='2.1' xmlns='http://www.w3.org/2001/vxml' xml:lang='en-US'>
           <property name='fetchtimeout' value='15s'/>
           <catch event='connection.disconnect.hangup'><submit next='farewell.vxml' method='post' namelist='who'/></catch>
           <var name='who' expr='session.connection.remote.uri'/><form><var name='question' expr='{number}'/>{asked}</form>
         </vxml>"
    )
}
