//! What a caller hears when something fails, and that he hears nothing of a replica that dies in the middle.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use common::{CALLED, CALLER, Line, TOKEN, write_all};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use voxbridge::channel::twilio::reading::Then;
use voxbridge::conformance::{Fault, Phone, Platform};

const MENU: &str = r##"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml"><menu id="main">
<prompt>Press 1 or 2.</prompt><choice dtmf="1" next="#bye">one</choice><choice dtmf="2" next="none.vxml">two</choice></menu>
<form id="bye"><block>Goodbye.</block></form></vxml>"##;
const AGENT: &str = "+15550107777";

fn app(more: &str) -> String {
    format!("[[app]]\nname = \"demo\"\nstart = \"demo/main.vxml\"\nnumbers = [\"{CALLED}\"]\n{more}")
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &[("demo/main.vxml", MENU)]);
    folder
}

#[tokio::test]
async fn an_error_nobody_catches_ends_with_the_fallback_if_there_is_one() {
    let folder = folder();
    let line = Line::open(folder.path(), &app("")).await;
    let mut phone = line.call("demo").await;
    assert!(phone.press("2").await.heard.contains("an error has occurred"), "{}", phone.twiml);
    assert_eq!(phone.answer.then, Then::Hangup);
    let words = format!("[app.fallback]\nmessage = \"Somebody will help you.\"\ntransfer = \"{AGENT}\"\n");
    let line = Line::open(folder.path(), &app(&words)).await;
    let mut phone = line.call("demo").await;
    assert_eq!(phone.press("2").await.heard.trim(), "Somebody will help you.", "in place of the usual words");
    assert!(matches!(&phone.answer.then, Then::Dial { dest, action: None, .. } if dest == AGENT), "{}", phone.twiml);
    assert_eq!(phone.again().await, phone.twiml);
    assert_eq!(phone.hang_up().await, 204);
    // An application that ends as it means to does not.
    assert_eq!(line.call("demo").await.press("1").await.heard.trim(), "Goodbye.");
}

#[tokio::test]
async fn a_call_nobody_knows_ends_with_the_words_of_the_application_that_was_called() {
    let folder = folder();
    let first = "[[app]]\nname = \"other\"\nstart = \"demo/main.vxml\"\nlanguage = \"es-MX\"\n";
    let words = format!("{first}{}", app(&format!("[app.fallback]\ntransfer = \"{AGENT}\"\n")));
    let line = Line::open(folder.path(), &words).await;
    let phone = line.call("demo").await;
    let url = format!("{}/twilio/turn/CAunknown/3", line.base);
    let (status, _, known) = line.post(&url, &phone.form(&[("CallSid", "CAunknown")])).await;
    assert_eq!(status, 200);
    assert!(known.contains("Please hold while we connect you") && known.contains(AGENT), "{known}");
    let (_, _, strange) = line.post(&url, &phone.form(&[("CallSid", "CAunknown"), ("To", "+15550100000")])).await;
    assert!(strange.contains("Lo sentimos") && strange.contains("<Hangup"), "{strange}");
    common::keep(&known);
    common::keep(&strange);
}

#[tokio::test]
async fn answers_carry_twilios_overrides_unless_they_are_switched_off() {
    let folder = folder();
    let line = Line::open(folder.path(), &app("")).await;
    let phone = line.call("demo").await;
    assert!(phone.twiml.contains(&format!("/twilio/turn/{}/1#rc=3&amp;rp=all\"", phone.sid)), "{}", phone.twiml);
    let text = format!("[server]\nlisten = \"127.0.0.1:0\"\n{}", app(""));
    let line = Line::serve(folder.path(), &text, None).await;
    assert!(line.get("/").await.1.contains("/twilio/voice/demo#rc=3&rp=all"), "where Twilio is to be pointed");
    let text = format!("[server]\nlisten = \"127.0.0.1:0\"\n[twilio]\nretries = 0\n{}", app(""));
    let line = Line::serve(folder.path(), &text, None).await;
    let phone = line.call("demo").await;
    assert!(phone.twiml.contains(&format!("/twilio/turn/{}/1\"", phone.sid)), "{}", phone.twiml);
}

#[tokio::test]
async fn a_replica_that_dies_under_a_request_is_not_heard() {
    let (folder, proxy) = (folder(), Proxy::start().await);
    let line = behind(&proxy, folder.path(), "").await;
    proxy.fail(3);
    let mut phone = line.call_at(&format!("{}/twilio/voice/demo#rc=3&rp=all", proxy.base)).await;
    assert!(phone.heard.contains("Press 1 or 2"), "{}", phone.twiml);
    proxy.fail(2);
    assert!(phone.press("1").await.heard.contains("Goodbye"), "{}", phone.twiml);
    assert_eq!(proxy.tokens().iter().collect::<std::collections::HashSet<_>>().len(), 2, "a retry has the same token");
}

#[tokio::test]
async fn a_retry_is_told_from_a_late_webhook_in_the_log() {
    let folder = folder();
    let line = Line::open(folder.path(), &app("").replace("none.vxml", "main.vxml")).await;
    write_all(folder.path(), &[("demo/main.vxml", &MENU.replace("none.vxml", "main.vxml"))]);
    let mut phone = line.call("demo").await;
    let url = format!("{}/twilio/turn/{}/1", line.base, phone.sid);
    phone.press("2").await;
    phone.again().await;
    let logged = |sid: &str, message: &str| {
        let lines = common::logs::all().since(0);
        let of_call = |line: &common::logs::Line| line.fields.iter().any(|(name, text)| name == "call" && text == sid);
        let says = |line: &common::logs::Line| line.fields.iter().any(|(_, text)| text == message);
        lines.iter().filter(|line| of_call(line) && says(line)).count()
    };
    const RETRY: &str = "Twilio repeats a request";
    const LATE: &str = "a late webhook gets the current answer";
    assert_eq!((logged(&phone.sid, RETRY), logged(&phone.sid, LATE)), (1, 0));
    phone.press("2").await;
    assert_eq!(line.post(&url, &phone.form(&[("Digits", "1")])).await.2, phone.twiml);
    assert_eq!((logged(&phone.sid, RETRY), logged(&phone.sid, LATE)), (1, 1));
}

#[tokio::test]
async fn the_fallback_url_takes_the_call_up_where_it_is() {
    let (folder, proxy) = (folder(), Proxy::start().await);
    let line = behind(&proxy, folder.path(), "").await;
    let platform = line.platform_with_fallback(&format!("{}/twilio/fallback/demo", proxy.base));
    // The first request fails, and all its repetitions.
    proxy.fail(4);
    let url = format!("{}/twilio/voice/demo#rc=3&rp=all", proxy.base);
    let mut phone = Phone::call(&platform, &url, CALLER, CALLED).await.unwrap();
    assert!(phone.twiml.contains("Press 1 or 2"), "the call begins there: {}", phone.twiml);
    let first = phone.twiml.clone();
    proxy.fail(4);
    phone.press("1").await.unwrap();
    assert_eq!(phone.twiml, first, "the caller is asked again");
    phone.press("1").await.unwrap();
    assert!(phone.twiml.contains("Goodbye"), "{}", phone.twiml);
    // Without it the call is lost.
    let platform = Platform::new(&line.base, Some(TOKEN), None).unwrap();
    proxy.fail(4);
    let lost = Phone::call(&platform, &url, CALLER, CALLED).await.map(|phone| phone.twiml);
    assert!(matches!(lost, Err(Fault::Refused { .. })), "{lost:?}");
}

#[tokio::test]
async fn an_answer_twilio_could_not_read_is_not_given_again() {
    let folder = folder();
    let words =
        format!("[app.fallback]\nmessage = \"Somebody will help you.\"\ntransfer = \"sip:{}\"\n", "agents@example.com");
    let line = Line::open(folder.path(), &app(&words)).await;
    let phone = line.call("demo").await;
    let url = format!("{}/twilio/fallback/demo", line.base);
    let asked = |code: &str, sid: &str| {
        phone.form(&[("ErrorCode", code), ("ErrorUrl", "https://h/twilio/turn/CA1/1"), ("CallSid", sid)])
    };
    let (_, _, again) = line.post(&url, &asked("11200", &phone.sid)).await;
    assert_eq!(again, phone.twiml);
    let (_, _, last) = line.post(&url, &asked("12100", &phone.sid)).await;
    assert!(last.contains("Somebody will help you") && last.contains("sip:agents@example.com"), "{last}");
    let (_, _, unknown) = line.post(&url, &asked("11200", "CAunknown")).await;
    assert_eq!(unknown, last, "a call that is not there has the same last words");
    assert_eq!(line.post(&url.replace("demo", "none"), &asked("11200", &phone.sid)).await.0, 404);
    common::keep(&last);
}

/// What stands before a server and sometimes fails in its place.
struct Proxy {
    base: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Where the server is.
    target: OnceLock<String>,
    /// So many requests fail, one after the other.
    failing: AtomicU32,
    /// The idempotency tokens that were seen.
    tokens: Mutex<Vec<String>>,
}

impl Proxy {
    async fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(pass_on).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { base, shared }
    }

    fn fail(&self, times: u32) {
        self.shared.failing.store(times, Ordering::SeqCst);
    }

    fn tokens(&self) -> Vec<String> {
        self.shared.tokens.lock().unwrap().clone()
    }
}

async fn pass_on(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let token = parts.headers.get("i-twilio-idempotency-token").map(|token| token.to_str().unwrap().to_owned());
    shared.tokens.lock().unwrap().extend(token);
    let fails = |left: u32| left.checked_sub(1);
    if shared.failing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fails).is_ok() {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let url = format!("{}{}", shared.target.get().unwrap(), parts.uri);
    let answer =
        reqwest::Client::new().request(parts.method, url).headers(parts.headers).body(body).send().await.unwrap();
    let (status, kind) = (answer.status(), answer.headers().get("content-type").cloned());
    let mut response = (status, answer.bytes().await.unwrap()).into_response();
    if let Some(kind) = kind {
        response.headers_mut().insert("content-type", kind);
    }
    response
}

/// A server that is reached by a proxy.
async fn behind(proxy: &Proxy, folder: &Path, more: &str) -> Line {
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\npublic_url = \"{}\"\n[twilio]\nauth_token = \"{TOKEN}\"\n{}",
        proxy.base,
        app(more)
    );
    let line = Line::serve(folder, &text, Some(TOKEN)).await;
    proxy.shared.target.set(line.base.clone()).unwrap();
    line
}
