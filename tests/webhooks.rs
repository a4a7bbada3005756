//! The webhook server over real HTTP: who may ask, what comes back, and what a repeated or late request does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::backend::Backend;
use common::{Line, TOKEN, write_all};
use std::path::{Path, PathBuf};
use std::time::Duration;
use voxbridge::calls::{Limits, system_clock};
use voxbridge::channel::twilio::signature::sign;
use voxbridge::server::config::Config;

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
async fn a_call_nobody_knows_begins_anew_or_hears_an_apology() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    let phone = line.call("demo").await;
    let url = format!("{}/twilio/turn/CAunknown/3", line.base);
    let (status, _, body) = line.post(&url, &phone.form(&[("CallSid", "CAunknown"), ("To", "+15550000000")])).await;
    assert_eq!(status, 200);
    assert!(body.contains("sorry") && body.contains("Hangup"), "{body}");
    let over = phone.form(&[("CallSid", "CAunknown"), ("CallStatus", "completed")]);
    assert!(!line.post(&url, &over).await.2.contains("Main menu."), "nobody is there");
    // The application is known by the number that was called.
    let (_, _, body) = line.post(&url, &phone.form(&[("CallSid", "CAunknown")])).await;
    assert!(body.contains("Main menu.") && body.contains("/twilio/turn/CAunknown/1"), "{body}");
}

#[tokio::test]
async fn only_audio_of_the_applications_folder_is_served() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path().join("secret.wav"), folder.path().join("app/link.wav")).unwrap();
    assert_eq!(line.get("/media/demo/sounds/beep.wav").await, (200, "RIFF beep".to_owned()));
    let (head, _) = line.get_raw("/media/demo/sounds/beep.wav").await;
    assert!(head.contains("content-type: audio/wav") || head.contains("content-type: audio/x-wav"), "{head}");
    for path in ["/media/demo/../secret.wav", "/media/demo/%2e%2e/secret.wav", "/media/demo/sounds/..%5c../secret.wav"]
    {
        let (head, body) = line.get_raw(path).await;
        assert!(head.starts_with("http/1.1 404") && !body.contains("outside"), "{path}: {head}");
    }
    for path in [
        "/media/demo/main.vxml",
        "/media/demo/none.wav",
        "/media/demo/..%2Fsecret.wav",
        "/media/demo/sounds/..%2f..%2fsecret.wav",
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
    assert!(status == 200 && page.starts_with("voxbridge ") && !page.contains("demo"), "{page}");
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
    let (status, page) = line.get("/").await;
    assert!(status == 200 && page.contains(&format!("{}/twilio/voice/demo", line.base)), "{page}");
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

#[tokio::test]
async fn a_signature_holds_with_and_without_port_and_over_a_tunnels_https() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    let form: Vec<(String, String)> = vec![("CallSid".into(), "CA78".into())];
    let port = line.base.rsplit(':').next().unwrap();
    let url = format!("{}/twilio/voice/demo", line.base);
    let https = url.replace("http:", "https:");
    let tunnel: &[(&str, &str)] = &[("x-forwarded-proto", "https")];
    for (signed, headers) in [(&url, [].as_slice()), (&https, tunnel)] {
        for signed in [signed.clone(), signed.replace(&format!(":{port}"), "")] {
            let (status, _, body) = line.post_with(&url, &form, Some(&sign(TOKEN, &signed, &form)), headers).await;
            assert_eq!(status, 200, "{signed} {headers:?}");
            let scheme = signed.split(':').next().unwrap();
            assert!(body.contains(&format!("action=\"{scheme}://127.0.0.1:{port}/")), "{body}");
        }
    }
    for signed in [url.replace("demo", "other"), url.replace("127.0.0.1", "127.0.0.2"), format!("{url}?x=1")] {
        assert_eq!(line.post_signed(&url, &form, Some(&sign(TOKEN, &signed, &form))).await.0, 403, "{signed}");
    }
}

#[tokio::test]
async fn a_turn_delivered_by_two_at_once_is_heard_once() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    let phone = line.call("demo").await;
    let url = format!("{}/twilio/turn/{}/1", line.base, phone.sid);
    let (again, billing) = (phone.form(&[("Digits", "2")]), phone.form(&[("Digits", "1")]));
    let (one, other, third) = tokio::join!(line.post(&url, &again), line.post(&url, &again), line.post(&url, &billing));
    assert_eq!(one, other);
    assert_eq!(one, third, "whichever came first was heard");
    assert!(one.2.contains(&format!("/twilio/turn/{}/2", phone.sid)) || one.2.contains("Hangup"), "{}", one.2);
}

#[tokio::test]
async fn silence_and_what_is_not_understood_climb_their_own_ladders() {
    const LADDER: &str = r#"<vxml version="2.1" xmlns="http://www.w3.org/2001/vxml"><menu><prompt>Press 1.</prompt>
        <choice dtmf="1" next="billing.vxml">billing</choice><noinput>Are you there?</noinput>
        <noinput count="2">Still there?<reprompt/></noinput><noinput count="3">Goodbye, silence.<exit/></noinput>
        <nomatch>I did not understand.</nomatch><nomatch count="2">Goodbye, riddle.<disconnect/></nomatch></menu></vxml>"#;
    let folder = application();
    write_all(folder.path(), &[("app/main.vxml", LADDER)]);
    // The document's ladders alone: the bridge does not help.
    let line = Line::open(folder.path(), &format!("{APPS}policy = \"plain\"\n")).await;
    let mut phone = line.call("demo").await;
    assert_eq!(phone.silence().await.heard.trim(), "Are you there?");
    assert_eq!(phone.press("7").await.heard.trim(), "I did not understand.");
    assert_eq!(phone.silence().await.heard.trim(), "Still there? Press 1.");
    assert!(phone.silence().await.ended());
    assert_eq!(phone.heard.trim(), "Goodbye, silence.");
    let mut phone = line.call("demo").await;
    phone.say("a purple elephant").await;
    assert_eq!(phone.heard.trim(), "I did not understand.");
    assert!(phone.press("9").await.ended());
    assert_eq!(phone.heard.trim(), "Goodbye, riddle.");
}

#[tokio::test]
async fn a_hang_up_reaches_the_application_once() {
    let backend = Backend::start(BILLING, Duration::ZERO).await;
    let main = MAIN.replace(
        "<menu id",
        &format!(
            r#"<var name="stage" expr="'menu'"/><catch event="connection.disconnect.hangup"><submit next="{}/left" method="post" namelist="stage"/></catch><menu id"#,
            backend.base
        ),
    );
    let folder = application();
    write_all(folder.path(), &[("app/main.vxml", &main)]);
    let line = Line::open(folder.path(), &format!("{APPS}allow_hosts = [\"127.0.0.1\"]\n")).await;
    let mut phone = line.call("demo").await;
    assert_eq!(phone.press("2").await.hang_up().await, 204);
    assert_eq!(backend.asked(), ["POST /left stage=menu"]);
    // Twilio's callback comes twice, and the answer to the last turn comes late.
    assert_eq!(phone.hang_up().await, 204);
    assert!(phone.press("1").await.ended());
    assert_eq!(backend.asked().len(), 1);
}

#[tokio::test]
async fn a_status_that_is_no_end_and_a_status_of_an_unknown_call_change_nothing() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    let mut phone = line.call("demo").await;
    let url = format!("{}/twilio/status", line.base);
    assert_eq!(line.post(&url, &phone.form(&[("CallStatus", "in-progress")])).await.0, 204);
    assert_eq!(line.post(&url, &phone.form(&[("CallSid", "CAother"), ("CallStatus", "completed")])).await.0, 204);
    assert!(phone.press("2").await.heard.contains("Main menu"));
}

#[tokio::test]
async fn a_slow_back_end_keeps_the_caller_waiting_and_the_answer_is_picked_up() {
    let backend = Backend::start(BILLING, Duration::from_millis(700)).await;
    let main = MAIN.replace("billing.vxml", &format!("{}/billing", backend.base));
    let folder = application();
    write_all(folder.path(), &[("app/main.vxml", &main)]);
    let line = impatient(folder.path(), &format!("{APPS}allow_hosts = [\"127.0.0.1\"]\n")).await;
    let mut phone = line.call("demo").await;
    let url = format!("{}/twilio/turn/{}/1", line.base, phone.sid);
    let (status, _, wait) = line.post(&url, &phone.form(&[("Digits", "1")])).await;
    common::keep(&wait);
    assert_eq!(status, 200);
    let action = format!("{url}?waited=1");
    assert!(wait.contains("<Pause") && wait.contains(&format!(">{action}#rc=3&amp;rp=all</Redirect>")), "{wait}");
    let (_, _, longer) = line.post(&action, &phone.form(&[])).await;
    assert!(
        longer.contains(&format!(">{url}?waited=2#")),
        "it is counted how often the caller is sent round: {longer}"
    );
    // Twilio repeats the request meanwhile; then it follows the redirects like any platform.
    assert_eq!(line.post(&url, &phone.form(&[("Digits", "1")])).await.2, wait);
    phone.go(&action).await;
    assert!(phone.heard.contains("You owe nothing") && phone.ended(), "{}", phone.twiml);
    assert_eq!(backend.asked(), ["GET /billing"]);
}

#[tokio::test]
async fn a_first_document_that_is_slow_or_missing_is_waited_for_or_apologised_for() {
    let backend = Backend::start(BILLING, Duration::from_millis(400)).await;
    let folder = application();
    let apps = format!(
        "[[app]]\nname = \"slow\"\nstart = \"{}/main\"\n[[app]]\nname = \"gone\"\nstart = \"http://127.0.0.1:1/main\"\n",
        backend.base
    );
    let line = impatient(folder.path(), &apps).await;
    assert!(line.call("slow").await.heard.contains("You owe nothing"));
    assert_eq!(backend.asked().len(), 1);
    let phone = line.call("gone").await;
    assert!(phone.ended(), "{}", phone.twiml);
}

#[tokio::test]
async fn a_server_that_stops_is_not_ready_but_alive() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    let mut phone = line.call("demo").await;
    line.site.drain();
    assert_eq!(line.get("/readyz").await.0, 503);
    assert_eq!(line.get("/healthz").await.0, 200);
    assert!(phone.press("1").await.ended());
}

#[tokio::test]
async fn a_number_nobody_has_is_told_so() {
    let folder = application();
    let line = Line::open(folder.path(), APPS).await;
    let phone = line.call("demo").await;
    let url = format!("{}/twilio/voice", line.base);
    let (status, _, body) = line.post(&url, &phone.form(&[("CallSid", "CA80"), ("To", "+15550000000")])).await;
    assert_eq!((status, body.trim()), (404, "no application has that name or number"));
}

/// A server that lets Twilio wait only for a fifth of a second.
async fn impatient(folder: &Path, apps: &str) -> Line {
    let text = format!("[server]\nlisten = \"127.0.0.1:0\"\n[twilio]\nauth_token = \"{TOKEN}\"\n{apps}");
    let config = Config::parse(&text, "voxbridge.toml", PathBuf::from(folder)).unwrap();
    let limits = Limits { patience: Duration::from_millis(200), ..Limits::default() };
    Line::start(&config, system_clock(), limits, Some(TOKEN)).await
}
