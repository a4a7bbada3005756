//! Recordings and transfers over HTTP: what Twilio is told to do, what it tells, and what the application makes of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use common::{ACCOUNT, Line, TOKEN, write_all};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use voxbridge::calls::{Limits, system_clock};
use voxbridge::channel::twilio::reading::Then;
use voxbridge::server::config::Config;

/// The platform's REST API and the application's back-end, on one address: a recording is there at the second try only, and
/// for whoever has the account's token.
#[derive(Default)]
struct World {
    asked: Mutex<Vec<Asked>>,
}

#[derive(Clone)]
struct Asked {
    path: String,
    authorization: Option<String>,
    body: String,
}

impl World {
    async fn open() -> (Arc<Self>, String) {
        let world = Arc::new(Self::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(answer).with_state(Arc::clone(&world));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (world, base)
    }

    fn asked(&self, part: &str) -> Vec<Asked> {
        self.asked.lock().unwrap().iter().filter(|asked| asked.path.contains(part)).cloned().collect()
    }

    /// Waits until something was asked for.
    async fn is_asked(&self, part: &str) -> Asked {
        for _ in 0..200 {
            if let Some(asked) = self.asked(part).pop() {
                return asked;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{part} was never asked for");
    }
}

async fn answer(State(world): State<Arc<World>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let authorization = parts.headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
    let path = parts.uri.to_string();
    let body = String::from_utf8_lossy(&body).into_owned();
    world.asked.lock().unwrap().push(Asked { path: path.clone(), authorization: authorization.clone(), body });
    if !path.contains("/Recordings/") {
        let done = "<vxml version='2.1'><form><block>Saved.</block></form></vxml>";
        return ([(header::CONTENT_TYPE, "application/voicexml+xml")], done).into_response();
    }
    match authorization {
        None => StatusCode::UNAUTHORIZED.into_response(),
        Some(_) if world.asked("/Recordings/").len() < 2 => StatusCode::NOT_FOUND.into_response(),
        Some(_) => ([(header::CONTENT_TYPE, "audio/x-wav")], "RIFFsound").into_response(),
    }
}

fn vxml(body: &str) -> String {
    format!("<vxml version='2.1' xmlns='http://www.w3.org/2001/vxml' xml:lang='en-US'>{body}</vxml>")
}

/// Serves one document; `api` is where the platform keeps recordings.
async fn serve(folder: &Path, body: &str, api: &str) -> Line {
    serve_within(folder, body, api, Limits::default()).await
}

async fn serve_within(folder: &Path, body: &str, api: &str, limits: Limits) -> Line {
    write_all(folder, &[("main.vxml", &vxml(body))]);
    let host = api.trim_start_matches("http://");
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\nworkers = 1\n\
         [twilio]\naccount_sid = \"{ACCOUNT}\"\nauth_token = \"{TOKEN}\"\napi_url = \"{api}\"\n\
         [[app]]\nname = \"demo\"\nstart = \"main.vxml\"\nallow_hosts = [\"{host}\"]\n"
    );
    let config = Config::parse(&text, "voxbridge.toml", folder.to_path_buf()).unwrap();
    Line::start(&config, system_clock(), limits, Some(TOKEN)).await
}

/// A form that records and submits what was said.
fn voicemail(base: &str) -> String {
    format!(
        "<form><record name='rec' beep='true' maxtime='60s' finalsilence='4s'><prompt>Speak after the tone.</prompt>
           <noinput>I hear nothing. <reprompt/></noinput>
           <catch event='connection.disconnect.hangup'>
             <submit next='{base}/gone' method='post' enctype='multipart/form-data' namelist='rec'/></catch>
           <filled><var name='length' expr='rec$.duration'/>
             <submit next='{base}/save' method='post' enctype='multipart/form-data' namelist='rec length'/></filled>
         </record></form>"
    )
}

#[tokio::test]
async fn a_recording_is_submitted_as_a_file_part_fetched_with_the_accounts_token() {
    let (world, base) = World::open().await;
    let folder = tempfile::tempdir().unwrap();
    let line = serve(folder.path(), &voicemail(&base), &base).await;
    let mut phone = line.call("demo").await;
    assert_eq!(phone.heard.trim(), "Speak after the tone.");
    assert!(phone.twiml.contains("playBeep=\"true\" maxLength=\"60\""), "{}", phone.twiml);
    phone.record(0, "").await;
    assert_eq!(phone.heard.trim(), "I hear nothing. Speak after the tone.");
    phone.record(7, "#").await;
    assert_eq!(phone.heard.trim(), "Saved.");
    let fetched = world.asked("/Recordings/").pop().unwrap();
    assert!(fetched.path.ends_with(".wav"), "{}", fetched.path);
    let told = world.asked("/save").pop().unwrap();
    assert_eq!(told.authorization, None, "the token is for the platform alone");
    for part in ["name=\"rec\"; filename=\"RE", "Content-Type: audio/x-wav", "RIFFsound", "name=\"length\"", "7000"] {
        assert!(told.body.contains(part), "{part}: {}", told.body);
    }
    line.close().await;
}

#[tokio::test]
async fn a_recording_is_played_to_the_caller_though_the_account_protects_it() {
    let (_, base) = World::open().await;
    let folder = tempfile::tempdir().unwrap();
    let form = "<form><record name='rec'/><block>You said <audio expr='rec'/></block></form>";
    let line = serve(folder.path(), form, &base).await;
    let mut phone = line.call("demo").await;
    // The phone fetches what it is to play, without credentials.
    phone.record(3, "").await;
    let played = phone.played.pop().unwrap();
    assert!(played.starts_with(&format!("{}/recordings/demo?", line.base)), "{played}");
    let forged = played.replace("key=", "key=x").replace(&line.base, "");
    assert_eq!(line.get(&forged).await.0, 404);
    line.close().await;
}

#[tokio::test]
async fn whoever_hangs_up_while_recording_leaves_the_recording_however_the_news_arrive() {
    let (world, base) = World::open().await;
    let folder = tempfile::tempdir().unwrap();
    let line = serve(folder.path(), &voicemail(&base), &base).await;
    // The call's status may be told before the recording is.
    for status_first in [false, true] {
        let mut phone = line.call("demo").await;
        if status_first {
            assert_eq!(phone.hang_up().await, 204);
        }
        phone.record(3, "hangup").await;
        let told = world.is_asked("/gone").await;
        assert!(told.body.contains("RIFFsound"), "{}", told.body);
        world.asked.lock().unwrap().clear();
    }
    line.close().await;
}

#[tokio::test]
async fn a_recording_that_does_not_lie_with_the_platform_is_not_fetched() {
    let (world, base) = World::open().await;
    let folder = tempfile::tempdir().unwrap();
    let form = format!(
        "<form><record name='rec'><filled>
           <submit next='{base}/save' method='post' enctype='multipart/form-data' namelist='rec'/></filled></record>
         <catch event='error.badfetch'>Not saved.<exit/></catch></form>"
    );
    let line = serve(folder.path(), &form, "http://127.0.0.1:9").await;
    let phone = line.call("demo").await;
    let Then::Record { action, .. } = phone.answer.then.clone() else { panic!("{}", phone.twiml) };
    let (url, other) = (format!("{base}/Recordings/RE1"), phone.form(&[("RecordingDuration", "3"), ("Digits", "#")]));
    let form: Vec<(String, String)> = other.into_iter().chain([("RecordingUrl".to_owned(), url)]).collect();
    let (_, _, twiml) = line.post(&action, &form).await;
    assert!(twiml.contains("Not saved."), "{twiml}");
    assert!(world.asked("").is_empty(), "nobody is asked, least of all with the token");
    line.close().await;
}

fn transfer(attributes: &str, inside: &str) -> String {
    format!(
        "<form><transfer name='x' dest='tel:+18005550142' {attributes}><prompt>One moment.</prompt>{inside}</transfer>
           <block>It was <value expr='x'/> for <value expr='x$.duration'/>.</block></form>"
    )
}

/// The application's last words, which nobody hears, told to its back-end.
fn farewell(base: &str, event: &str) -> String {
    format!("<catch event='{event}'><var name='e' expr='_event'/><submit next='{base}/gone' namelist='e'/></catch>")
}

#[tokio::test]
async fn a_bridge_comes_back_with_what_became_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let line = serve(folder.path(), &transfer("bridge='true' maxtime='60s'", ""), "http://127.0.0.1:9").await;
    for (status, seconds, heard) in [
        ("busy", 0, "It was busy for 0."),
        ("no-answer", 0, "It was noanswer for 0."),
        ("failed", 0, "It was network_busy for 0."),
        ("completed", 25, "It was far_end_disconnect for 25."),
        ("completed", 60, "It was maxtime_disconnect for 60."),
    ] {
        let mut phone = line.call("demo").await;
        assert_eq!(phone.heard.trim(), "One moment.");
        assert!(phone.twiml.contains("timeLimit=\"60\""), "{}", phone.twiml);
        phone.dialled(status, seconds).await;
        assert_eq!(phone.heard.trim(), heard);
    }
    line.close().await;
}

#[tokio::test]
async fn star_ends_a_bridge_where_the_transfer_has_a_grammar_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let grammar = "<grammar mode='dtmf' version='1.0' root='r'><rule id='r'>*</rule></grammar>";
    let line = serve(folder.path(), &transfer("bridge='true'", grammar), "http://127.0.0.1:9").await;
    let mut phone = line.call("demo").await;
    assert!(phone.twiml.contains("hangupOnStar=\"true\""), "{}", phone.twiml);
    phone.dialled("completed", 8).await;
    assert_eq!(phone.heard.trim(), "It was near_end_disconnect for 8.");
    line.close().await;
}

#[tokio::test]
async fn a_hang_up_in_a_bridge_reaches_the_application_once() {
    let (world, base) = World::open().await;
    let folder = tempfile::tempdir().unwrap();
    let form = transfer("bridge='true'", &farewell(&base, "connection.disconnect.hangup"));
    let line = serve(folder.path(), &form, &base).await;
    let mut phone = line.call("demo").await;
    assert_eq!(phone.hang_up_in_dial().await, 200);
    assert_eq!(phone.hang_up().await, 204);
    assert_eq!(world.is_asked("/gone").await.path, "/gone?e=connection.disconnect.hangup");
    assert_eq!(world.asked("/gone").len(), 1);
    line.close().await;
}

#[tokio::test]
async fn a_blind_transfer_is_answered_alike_when_asked_again_and_is_over_when_the_call_is() {
    let (world, base) = World::open().await;
    let folder = tempfile::tempdir().unwrap();
    let form = transfer("bridge='false'", &farewell(&base, "connection.disconnect.transfer"));
    let line = serve(folder.path(), &form, &base).await;
    let mut phone = line.call("demo").await;
    assert!(
        phone.ended() && phone.twiml.contains("<Number>+18005550142</Number></Dial>\n  <Hangup/>"),
        "{}",
        phone.twiml
    );
    assert_eq!(phone.again().await, phone.twiml);
    assert_eq!(phone.hang_up().await, 204);
    assert_eq!(world.is_asked("/gone").await.path, "/gone?e=connection.disconnect.transfer");
    line.close().await;
}

#[tokio::test]
async fn after_a_blind_transfer_the_application_goes_on_though_nobody_tells_of_the_end() {
    let (world, base) = World::open().await;
    let folder = tempfile::tempdir().unwrap();
    let form = transfer("bridge='false'", &farewell(&base, "connection.disconnect"));
    let limits = Limits { idle: Duration::from_millis(200), ..Limits::default() };
    let line = serve_within(folder.path(), &form, &base, limits).await;
    line.call("demo").await;
    assert_eq!(world.is_asked("/gone").await.path, "/gone?e=connection.disconnect.transfer");
    line.close().await;
}

#[tokio::test]
async fn a_consultation_goes_on_without_the_caller_as_soon_as_somebody_answers() {
    let (world, base) = World::open().await;
    let folder = tempfile::tempdir().unwrap();
    let form = transfer("type='consultation'", &farewell(&base, "connection.disconnect.transfer"));
    let line = serve(folder.path(), &form, &base).await;
    let mut phone = line.call("demo").await;
    phone.dialled("busy", 0).await;
    assert_eq!(phone.heard.trim(), "It was busy for 0.");
    let mut phone = line.call("demo").await;
    assert_eq!(phone.answered().await, 204);
    assert_eq!(world.is_asked("/gone").await.path, "/gone?e=connection.disconnect.transfer");
    // The two have talked; nothing is left to do.
    phone.dialled("completed", 300).await;
    assert!(phone.ended() && phone.heard.is_empty(), "{}", phone.twiml);
    assert_eq!(world.asked("/gone").len(), 1);
    line.close().await;
}

#[tokio::test]
async fn a_number_twilio_cannot_dial_is_an_error_of_the_connection() {
    let folder = tempfile::tempdir().unwrap();
    let form =
        transfer("bridge='true'", "<catch event='error.connection.baddestination'>No such number.<exit/></catch>");
    let line = serve(folder.path(), &form.replace("+18005550142", "12"), "http://127.0.0.1:9").await;
    let phone = line.call("demo").await;
    assert_eq!(phone.heard.trim(), "One moment. No such number.");
    line.close().await;
}

#[tokio::test]
async fn application_data_goes_to_sip_addresses() {
    let folder = tempfile::tempdir().unwrap();
    let form = transfer("bridge='true' aai='acct 7;x'", "").replace("tel:+18005550142", "sip:desk@bank.example");
    let line = serve(folder.path(), &form, "http://127.0.0.1:9").await;
    let phone = line.call("demo").await;
    assert!(phone.twiml.contains("<Sip>sip:desk@bank.example?User-to-User=acct%207%3Bx</Sip>"), "{}", phone.twiml);
    line.close().await;
}
