//! What the log tells of callers: nothing. Every test that places calls watches the log; here the watching is tried out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::logs::{Caught, Watch, told};
use common::{Line, TOKEN, write_all};
use tracing_subscriber::layer::SubscriberExt as _;
use voxbridge::dialogue::Sensitive;

fn told_of(text: &str) -> Option<String> {
    told(text, &["my card was stolen".to_owned(), "4711".to_owned(), "agent".to_owned(), "yes".to_owned()])
}

#[test]
fn what_a_caller_said_keyed_in_or_is_called_by_is_found_in_a_line() {
    for leak in [
        "heard My Card was stolen twice",
        "url=http://h/twilio/turn/CA1/1?Digits=4711",
        "keys: 4711",
        "transfer to Agent Smith",
        "from +15550100001",
        "sip:5550100@example.com",
        "http://h/Recordings/1234567/x",
    ] {
        assert!(told_of(leak).is_some(), "{leak}");
    }
}

#[test]
fn ids_ports_lengths_and_short_words_are_no_leak() {
    for clean in [
        "call=CA00000000000000000000000012345678 turn=4 ms=12",
        "http://127.0.0.1:43211/twilio/turn/CA00000000000000000000000012345678/1",
        "digest 0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "listening at 127.0.0.1:54711",
        "yes, <18 characters> were said",
    ] {
        assert_eq!(told_of(clean), None, "{clean}");
    }
}

#[test]
fn a_line_that_leaks_on_purpose_is_caught_and_one_that_masks_is_not() {
    let caught = Caught::default();
    let subscriber = tracing_subscriber::registry().with(caught.clone());
    let leaks = tracing::subscriber::with_default(subscriber, || {
        let watch = Watch::of(&caught, &["open sesame"]);
        watch.said("4711");
        tracing::trace!(keys = %Sensitive("4711".to_owned()), "heard");
        tracing::info!(call = "CA4711", "answered");
        assert_eq!(watch.leaks(), Vec::<String>::new());
        tracing::trace!(keys = "4711", "heard");
        tracing::error!("{} was said", "open sesame");
        let span = tracing::debug_span!("turn", from = "+15550100001");
        drop(span);
        let leaks = watch.leaks();
        // Its end would fail this test.
        std::mem::forget(watch);
        leaks
    });
    assert_eq!(leaks.len(), 3, "{leaks:#?}");
}

#[test]
#[should_panic(expected = "the log tells of callers")]
fn a_leak_fails_the_test_it_happens_in() {
    let caught = Caught::default();
    let subscriber = tracing_subscriber::registry().with(caught.clone());
    tracing::subscriber::with_default(subscriber, || {
        let _watch = Watch::of(&caught, &["open sesame"]);
        tracing::info!(words = "Open Sesame", "heard");
    });
}

const BANK: &str = r#"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml">
<catch event="error"><log>caught <value expr="_message"/> of <value expr="session.connection.remote.uri"/></log></catch>
<form id="pin"><field name="pin" type="digits?length=4"><prompt>Your PIN?</prompt>
<filled><log>The pin is <value expr="pin"/></log>You entered <value expr="pin"/>.</filled></field>
<field name="card" type="digits?length=16"><prompt>Your card?</prompt></field>
<block><submit next="http://127.0.0.1:1/pay?of=4242" namelist="pin card"/></block></form></vxml>"#;

/// The watches of the line and of the phone fail this test if any of it comes out.
#[tokio::test]
async fn a_call_that_goes_wrong_in_every_way_leaves_nothing_of_the_caller_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let mapping = "[[state]]\nmatch = \"bank.vxml#pin/*\"\nsecret = true\n";
    write_all(folder.path(), &[("bank.vxml", BANK), ("bank.toml", mapping)]);
    let apps = "[[app]]\nname = \"bank\"\nstart = \"bank.vxml\"\nmapping = \"bank.toml\"\nallow_hosts = [\"127.0.0.1\"]\n\
                [app.fallback]\ntransfer = \"+15550107777\"\n";
    let line = Line::open(folder.path(), apps).await;
    let mut phone = line.call("bank").await;
    phone.say("elephants never forget").await;
    phone.press("4711").await;
    assert!(phone.heard.contains("You entered 4711"), "{}", phone.heard);
    phone.press("4242424242424242").await;
    // Forged, of another call, with keys that are none, and late.
    let url = format!("{}/twilio/turn/{}/2", line.base, phone.sid);
    let form = phone.form(&[("Digits", "4711"), ("SpeechResult", "elephants never forget")]);
    assert_eq!(line.post_signed(&url, &form, Some("forged")).await.0, 403);
    assert_eq!(line.post(&url.replace("CA", "CAx"), &form).await.0, 400);
    assert_eq!(line.post(&url, &phone.form(&[("Digits", "4711x")])).await.0, 400);
    assert_eq!(line.post(&url, &form).await.0, 200);
    let query = format!("{url}?CallSid={}&Digits=4711&From=%2B15550100001", phone.sid);
    assert_eq!(line.get(query.trim_start_matches(&line.base)).await.0, 403);
    let lines = common::logs::all().since(0);
    let answered = lines.iter().filter(|line| line.fields.iter().any(|(_, text)| text == "answered"));
    assert!(answered.count() >= 3, "the log is caught at all");
    let masked = lines.iter().filter(|line| line.fields.iter().any(|(_, text)| text.ends_with(" characters>")));
    assert!(masked.count() >= 1, "what documents log is there, and masked");
    drop(phone);
    assert!(!format!("{lines:?}").contains(TOKEN));
    line.close().await;
}
