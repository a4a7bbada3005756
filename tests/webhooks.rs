//! The webhook server over real HTTP: who may ask, what comes back, and what a repeated or late request does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Line, TOKEN, write_all};
use voxbridge::channel::twilio::signature::sign;

const MAIN: &str = r#"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml"><menu id="main">
<prompt>Main menu. Press 1 for billing or 2 to hear this again.</prompt><choice dtmf="1" next="billing.vxml">billing</choice>
<choice dtmf="2" next="main.vxml">again</choice></menu></vxml>"#;
const BILLING: &str = r#"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml"><form><block>
<prompt>You owe nothing.</prompt></block></form></vxml>"#;
const APPS: &str = "[[app]]\nname = \"demo\"\nstart = \"app/main.vxml\"\nnumbers = [\"+1 (555) 010-9999\"]\n";

fn application() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_all(
        folder.path(),
        &[
            ("app/main.vxml", MAIN),
            ("app/billing.vxml", BILLING),
            ("app/sounds/beep.wav", "RIFF beep"),
            ("secret.wav", "outside"),
        ],
    );
    folder
}

#[tokio::test]
async fn a_call_runs_from_menu_to_end_by_keys() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    let mut phone = line.call("demo").await;
    assert!(phone.heard.contains("Main menu"), "{}", phone.twiml);
    assert!(phone.press("1").await.heard.contains("You owe nothing"));
    assert!(phone.ended(), "{}", phone.twiml);
}

#[tokio::test]
async fn a_number_in_words_chooses_as_its_key_does() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    let mut phone = line.call("demo").await;
    assert!(phone.say("number one").await.heard.contains("You owe nothing"));
}

#[tokio::test]
async fn the_number_called_finds_the_application() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    let phone = line.call_at(&format!("{}/twilio/voice", line.base)).await;
    assert!(phone.heard.contains("Main menu"));
}

#[tokio::test]
async fn a_forged_or_missing_signature_is_refused_and_nothing_happens() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    let mut phone = line.call("demo").await;
    let url = format!("{}/twilio/turn/{}/1", line.base, phone.sid);
    let form = phone.form(&[("Digits", "1")]);
    let (tampered, other) = (sign(TOKEN, &url, &phone.form(&[("Digits", "2")])), sign("wrong", &url, &form));
    for signature in [None, Some(""), Some(tampered.as_str()), Some(other.as_str())] {
        assert_eq!(line.post_signed(&url, &form, signature).await.0, 403);
    }
    // The call is still where it was.
    assert!(phone.press("2").await.heard.contains("Main menu"));
    assert!(phone.press("1").await.ended());
}

#[tokio::test]
async fn a_request_of_another_account_or_call_is_refused() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    let phone = line.call("demo").await;
    let url = format!("{}/twilio/turn/{}/1", line.base, phone.sid);
    assert_eq!(line.post(&url, &phone.form(&[("AccountSid", "AC9")])).await.0, 403);
    assert_eq!(line.post(&url, &phone.form(&[("CallSid", "CA9")])).await.0, 400);
    assert_eq!(line.post(&url, &[]).await.0, 400);
    assert_eq!(line.post(&format!("{}/twilio/voice/none", line.base), &phone.form(&[])).await.0, 404);
}

#[tokio::test]
async fn the_same_turn_delivered_twice_gets_the_same_bytes() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    let mut phone = line.call("demo").await;
    assert_eq!(phone.again().await, phone.twiml);
    phone.press("2").await;
    assert_eq!(phone.again().await, phone.twiml);
    let first = format!("{}/twilio/turn/{}/1", line.base, phone.sid);
    phone.press("1").await;
    let (_, _, late) = line.post(&first, &phone.form(&[("Digits", "2")])).await;
    assert_eq!(late, phone.twiml, "a turn from the past gets the current answer");
}

#[tokio::test]
async fn silence_is_an_event() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    let mut phone = line.call("demo").await;
    phone.silence().await;
    assert!(!phone.ended());
    assert!(phone.press("1").await.ended());
}

#[tokio::test]
async fn after_a_hang_up_every_answer_hangs_up() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    let mut phone = line.call("demo").await;
    assert_eq!(phone.hang_up().await, 204);
    assert_eq!(phone.hang_up().await, 204);
    phone.press("1").await;
    assert!(phone.twiml.contains("<Hangup") && phone.heard.is_empty(), "{}", phone.twiml);
}

#[tokio::test]
async fn a_call_nobody_knows_hears_an_apology() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    let phone = line.call("demo").await;
    let form: Vec<_> = phone.form(&[("CallSid", "CAunknown")]);
    let (status, _, body) = line.post(&format!("{}/twilio/turn/CAunknown/3", line.base), &form).await;
    assert_eq!(status, 200);
    assert!(body.contains("sorry") && body.contains("Hangup"), "{body}");
}

#[tokio::test]
async fn only_audio_of_the_applications_folder_is_served() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path().join("secret.wav"), folder.path().join("app/link.wav")).unwrap();
    assert_eq!(line.get("/media/demo/sounds/beep.wav").await, (200, "RIFF beep".to_owned()));
    for path in [
        "/media/demo/main.vxml",
        "/media/demo/none.wav",
        "/media/demo/..%2Fsecret.wav",
        "/media/demo/sounds/..%2f..%2fsecret.wav",
        "/media/demo/%2e%2e/secret.wav",
        "/media/demo/link.wav",
        "/media/demo//etc/hostname",
        "/media/none/sounds/beep.wav",
    ] {
        assert_eq!(line.get(path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn health_readiness_and_overview_answer() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    assert_eq!(line.get("/healthz").await.0, 200);
    assert_eq!(line.get("/readyz").await.0, 200);
    let (status, page) = line.get("/").await;
    assert!(status == 200 && page.contains(&format!("{}/twilio/voice/demo", line.base)), "{page}");
    assert_eq!(line.get("/nothing").await.0, 404);
    assert_eq!(line.get("/twilio/status").await.0, 403);
    line.close().await;
}

#[tokio::test]
async fn a_body_larger_than_any_webhook_is_refused() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    let phone = line.call("demo").await;
    let large = "x".repeat(70_000);
    let form = phone.form(&[("SpeechResult", &large)]);
    assert_eq!(line.post(&format!("{}/twilio/turn/{}/1", line.base, phone.sid), &form).await.0, 413);
}

#[tokio::test]
async fn without_a_token_a_loopback_server_takes_unsigned_calls() {
    let folder = application();
    let text = format!("[server]\nlisten = \"127.0.0.1:0\"\n{APPS}");
    let line = Line::serve(folder.path(), &text, None).await;
    assert!(line.call("demo").await.press("1").await.ended());
}

#[tokio::test]
async fn behind_a_proxy_the_public_url_is_what_is_signed() {
    let folder = application();
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\npublic_url = \"https://ivr.example.com\"\n[twilio]\nauth_token = \"{TOKEN}\"\n{APPS}"
    );
    let line = Line::serve(folder.path(), &text, Some(TOKEN)).await;
    let form: Vec<(String, String)> =
        [("CallSid", "CA77"), ("To", "+15550109999")].map(|(n, v)| (n.into(), v.into())).into();
    let url = format!("{}/twilio/voice/demo", line.base);
    let signature = sign(TOKEN, "https://ivr.example.com/twilio/voice/demo", &form);
    let (status, _, body) = line.post_signed(&url, &form, Some(&signature)).await;
    assert_eq!(status, 200);
    assert!(body.contains("https://ivr.example.com/twilio/turn/CA77/1"), "{body}");
    assert_eq!(line.post(&url, &form).await.0, 403);
}
