//! The admin API and the metrics: there only with a token, for nobody but who has it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::{ACCOUNT, CALLER, Line, TOKEN, write_all};
use reqwest::Method;
use serde_json::Value;
use voxbridge::server::generate_token;

const MAIN: &str = r##"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml">
<form id="main"><field name="pin" type="digits?length=5"><prompt>Your number, please.</prompt></field>
<block><log>entered <value expr="pin"/></log><prompt>You entered <value expr="pin"/>.</prompt><goto next="#more"/></block></form>
<form id="more"><field name="again" type="boolean"><prompt>Again?</prompt></field>
<catch event="connection.disconnect.hangup"><log>gone</log></catch></form></vxml>"##;
const APPS: &str = "[[app]]\nname = \"demo\"\nstart = \"demo/main.vxml\"\nmax_calls = 50\n";
const ROUTES: [(&str, &str); 5] = [
    ("GET", "/metrics"),
    ("GET", "/admin/status"),
    ("GET", "/admin/calls/CA1"),
    ("POST", "/admin/calls/CA1/end"),
    ("POST", "/admin/drain"),
];

fn application() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &[("demo/main.vxml", MAIN)]);
    folder
}

/// A server with the admin API, and its token.
async fn guarded(folder: &tempfile::TempDir) -> (Line, String) {
    let (token, hash) = generate_token().unwrap();
    let line = Line::open(folder.path(), &format!("[admin]\ntoken_hash = \"{hash}\"\n{APPS}")).await;
    (line, token)
}

async fn ask(line: &Line, method: &str, path: &str, token: Option<&str>) -> (u16, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.request(Method::from_bytes(method.as_bytes()).unwrap(), format!("{}{path}", line.base));
    let request = match token {
        Some(token) => request.header("Authorization", format!("Bearer {token}")),
        None => request,
    };
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn json(line: &Line, path: &str, token: &str) -> Value {
    let (status, body) = ask(line, "GET", path, Some(token)).await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn without_a_configured_token_there_is_no_admin_api() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    for (method, path) in ROUTES {
        for token in [None, Some(""), Some("token"), Some(TOKEN)] {
            assert_eq!(ask(&line, method, path, token).await, (404, "there is no such page\n".to_owned()), "{path}");
        }
    }
    line.close().await;
}

#[tokio::test]
async fn only_the_token_opens_and_what_it_is_is_not_told() {
    let folder = application();
    let (line, token) = guarded(&folder).await;
    for (method, path) in ROUTES {
        assert_eq!(ask(&line, method, path, None).await.0, 401, "{path}");
        assert_eq!(ask(&line, method, path, Some(&token[1..])).await.0, 401, "{path}");
    }
    let client = reqwest::Client::new();
    for scheme in ["Basic", "Bearer:", "Token"] {
        let request =
            client.get(format!("{}/admin/status", line.base)).header("Authorization", format!("{scheme} {token}"));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 401);
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
    }
    // Nothing was done meanwhile.
    assert_eq!(line.get("/readyz").await.0, 200);
    assert_eq!(ask(&line, "GET", "/admin/status", Some(&token)).await.0, 200);
    // Wrong ones are held up, the right one is not.
    let mut held_up = false;
    for guess in 0..20 {
        held_up |= ask(&line, "GET", "/metrics", Some(&format!("guess{guess}"))).await.0 == 429;
    }
    assert!(held_up);
    assert_eq!(ask(&line, "GET", "/admin/status", Some(&token)).await.0, 200);
    line.close().await;
}

#[tokio::test]
async fn the_status_says_what_goes_on() {
    let folder = application();
    let (line, token) = guarded(&folder).await;
    let mut phone = line.call("demo").await;
    phone.press("12345").await;
    let status = json(&line, "/admin/status", &token).await;
    assert_eq!(status["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(status["draining"], false);
    assert_eq!(status["store"]["answers"], true);
    assert_eq!((&status["calls"]["begun"], &status["calls"]["turns"]), (&1.into(), &2.into()), "{status}");
    assert_eq!((&status["calls"]["live"], &status["calls"]["unsaved"]), (&1.into(), &0.into()), "{status}");
    assert_eq!(status["apps"][0]["name"], "demo");
    assert_eq!((&status["apps"][0]["open_calls"], &status["apps"][0]["max_calls"]), (&1.into(), &50.into()));
    line.close().await;
}

#[tokio::test]
async fn a_transcript_shows_what_the_caller_did_only_when_asked_to() {
    let folder = application();
    let (line, token) = guarded(&folder).await;
    let mut phone = line.call("demo").await;
    phone.press("12345").await;
    let path = format!("/admin/calls/{}", phone.sid);
    let masked = json(&line, &path, &token).await;
    let text = masked.to_string();
    assert!(!text.contains("12345") && !text.contains(CALLER), "{text}");
    assert_eq!((&masked["app"], &masked["ended"]), (&"demo".into(), &false.into()));
    assert_eq!(masked["turns"].as_array().unwrap().len(), 2);
    let turn = &masked["turns"][1];
    assert_eq!((&turn["turn"], &turn["input"], &turn["heard"]), (&2.into(), &"keys".into(), &"<5 characters>".into()));
    assert!(turn["said"].to_string().contains("You entered <5 characters>"), "{turn}");
    let shown = json(&line, &format!("{path}?inputs=true"), &token).await;
    assert_eq!(shown["turns"][1]["heard"], "12345");
    assert!(shown["turns"][1]["trace"].to_string().contains("entered 12345"), "{shown}");
    // Telling it has not disturbed it.
    assert!(phone.press("2").await.ended());
    assert_eq!(json(&line, &path, &token).await["ended"], true);
    assert_eq!(ask(&line, "GET", "/admin/calls/CAnone", Some(&token)).await.0, 404);
    line.close().await;
}

#[tokio::test]
async fn a_call_that_is_ended_runs_its_final_handlers_and_is_hung_up() {
    let folder = application();
    let (line, token) = guarded(&folder).await;
    let mut phone = line.call("demo").await;
    phone.press("12345").await;
    let end = format!("/admin/calls/{}/end", phone.sid);
    assert_eq!(ask(&line, "GET", &end, Some(&token)).await.0, 404, "looking at it does not end it");
    let (status, body) = ask(&line, "POST", &end, Some(&token)).await;
    assert!(status == 200 && body.contains("\"ended\":true"), "{status} {body}");
    let told = json(&line, &format!("/admin/calls/{}?inputs=true", phone.sid), &token).await;
    let last = told["turns"].as_array().unwrap().last().unwrap();
    assert!(last["input"] == "hangup" && last["trace"].to_string().contains("gone"), "{told}");
    phone.press("1").await;
    assert!(phone.twiml.contains("<Hangup") && phone.heard.is_empty(), "{}", phone.twiml);
    assert_eq!(ask(&line, "POST", "/admin/calls/CAnone/end", Some(&token)).await.0, 404);
    line.close().await;
}

#[tokio::test]
async fn draining_turns_readiness_red_and_calls_go_on() {
    let folder = application();
    let (line, token) = guarded(&folder).await;
    let mut phone = line.call("demo").await;
    assert_eq!(ask(&line, "POST", "/admin/drain", Some(&token)).await.0, 204);
    assert_eq!(line.get("/readyz").await, (503, "shutting down\n".to_owned()));
    assert_eq!(line.get("/healthz").await.0, 200);
    assert!(phone.press("12345").await.press("2").await.ended());
    line.close().await;
}

#[tokio::test]
async fn the_metrics_count_calls_answers_and_refusals() {
    let folder = application();
    let (line, token) = guarded(&folder).await;
    let mut phone = line.call("demo").await;
    assert!(phone.press("12345").await.press("2").await.ended());
    let form = phone.form(&[("AccountSid", ACCOUNT)]);
    assert_eq!(line.post_signed(&format!("{}/twilio/voice/demo", line.base), &form, None).await.0, 403);
    let (status, page) = ask(&line, "GET", "/metrics", Some(&token)).await;
    assert_eq!(status, 200);
    for row in [
        "voxbridge_calls_begun_total 1",
        "voxbridge_calls_ended_total 1",
        "voxbridge_turns_run_total 3",
        "voxbridge_turns_total{outcome=\"listen\"} 2",
        "voxbridge_turns_total{outcome=\"end\"} 1",
        "voxbridge_rejections_total{reason=\"signature\"} 1",
        "voxbridge_http_responses_total{status=\"403\"} 1",
        "voxbridge_webhook_seconds_count 4",
        "voxbridge_calls_open{app=\"demo\"} 0",
        "voxbridge_store_up 1",
        "voxbridge_entries_unsaved 0",
    ] {
        assert!(page.lines().any(|line| line == row), "{row} is not in\n{page}");
    }
    assert!(!page.contains(CALLER) && !page.contains(&phone.sid) && !page.contains("12345"), "{page}");
    line.close().await;
}

#[tokio::test]
async fn the_front_page_names_the_applications_to_who_has_the_token() {
    let folder = application();
    let (line, token) = guarded(&folder).await;
    let (status, page) = ask(&line, "GET", "/", None).await;
    assert!(status == 200 && !page.contains("demo"), "{page}");
    assert_eq!(ask(&line, "GET", "/", Some("wrong")).await.0, 401);
    let (status, page) = ask(&line, "GET", "/", Some(&token)).await;
    assert!(status == 200 && page.contains("/twilio/voice/demo"), "{page}");
    line.close().await;
}
