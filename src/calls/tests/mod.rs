use super::*;
use crate::dialogue::{Happening, Heard, Next, Sensitive};
use crate::fetch::{Access, Fetcher};
use crate::nlu::Mapping;
use crate::policy::Mode;
use crate::store::{Memory, Store};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use url::Url;

const MAIN: &str = r#"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml"><menu id="main">
<prompt>Main menu. Press 1 or 2.</prompt><choice dtmf="1" next="a.vxml">billing</choice>
<choice dtmf="2" next="main.vxml">again</choice></menu></vxml>"#;
const BILLING: &str = r#"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml"><form><block>
<prompt>You owe nothing.</prompt></block></form></vxml>"#;

mod flaky;
mod replicas;
mod unreachable;

struct Bench {
    folder: tempfile::TempDir,
    store: Arc<Memory>,
    limits: Limits,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("main.vxml"), MAIN).unwrap();
        std::fs::write(folder.path().join("a.vxml"), BILLING).unwrap();
        Self { folder, store: Arc::new(Memory::default()), limits: Limits::default() }
    }

    fn app(&self, start: &str) -> Arc<App> {
        let start = Url::parse(start).unwrap();
        Arc::new(App {
            name: "demo".into(),
            start: start.to_string(),
            policy: Default::default(),
            mode: Mode::Hybrid,
            mapping: None,
            dialect: crate::dialogue::Dialect::Standard,
            language: "en-US".into(),
            voice: None,
            timezone: "UTC".into(),
            objects: Arc::default(),
            repeats_submits: false,
            destinations: Default::default(),
            fetcher: Fetcher::new(Access::new(&start, Some(self.folder.path()), &[]).unwrap(), 1_000_000).unwrap(),
            model: None,
            fallback: None,
            busy: None,
            settings: "settings".into(),
        })
    }

    fn host_of(&self, app: Arc<App>) -> Host {
        self.host_on(Arc::clone(&self.store) as Arc<dyn Store>, app)
    }

    fn host_on(&self, store: Arc<dyn Store>, app: Arc<App>) -> Host {
        let time = AtomicI64::new(1_700_000_000_000);
        Host::new(Options {
            apps: vec![app],
            workers: 2,
            store,
            clock: Arc::new(move || time.fetch_add(1, Ordering::Relaxed)),
            limits: self.limits,
        })
        .unwrap()
    }

    fn host(&self) -> Host {
        self.host_of(self.app(&file(&self.folder.path().join("main.vxml"))))
    }
}

fn file(path: &Path) -> String {
    Url::from_file_path(path.canonicalize().unwrap()).unwrap().to_string()
}

fn call() -> Beginning {
    Beginning { app: "demo".into(), url: None, session: serde_json::json!({}) }
}

fn keys(keys: &str) -> Happening {
    Happening::Heard(Heard::Keys { keys: keys.into() })
}

fn answered(reply: Reply) -> Arc<Answer> {
    match reply {
        Reply::Answer(answer) => answer,
        other => panic!("{other:?}"),
    }
}

fn said(answer: &Answer) -> String {
    Exchange::of(&mut Masks::default(), None, answer).said.join(" ")
}

#[tokio::test]
async fn a_call_runs_from_its_first_document_to_its_end() {
    let bench = Bench::new();
    let host = bench.host();
    let first = answered(host.begin("CA1", call()).await);
    assert_eq!(first.turn, 1);
    assert!(said(&first).contains("Main menu"));
    assert!(matches!(&first.outcome, Outcome::Turn(turn) if matches!(turn.next, Next::Listen(_))));
    let second = answered(host.deliver("CA1", 1, |_| keys("1")).await);
    assert_eq!(second.turn, 2);
    assert!(said(&second).contains("You owe nothing"));
    assert!(second.outcome.ends());
}

#[tokio::test]
async fn a_turn_delivered_twice_is_heard_once() {
    let bench = Bench::new();
    let host = bench.host();
    let first = answered(host.begin("CA1", call()).await);
    assert!(Arc::ptr_eq(&first, &answered(host.begin("CA1", call()).await)));
    let once = answered(host.deliver("CA1", 1, |_| keys("2")).await);
    let twice = answered(host.deliver("CA1", 1, |_| keys("2")).await);
    assert!(Arc::ptr_eq(&once, &twice));
    let third = answered(host.deliver("CA1", 2, |_| keys("1")).await);
    let late = answered(host.deliver("CA1", 1, |_| keys("2")).await);
    assert!(Arc::ptr_eq(&third, &late), "a turn from the past gets the current answer");
}

#[tokio::test]
async fn two_deliveries_at_once_are_put_in_order() {
    let bench = Bench::new();
    let host = bench.host();
    answered(host.begin("CA1", call()).await);
    let (one, two) = tokio::join!(host.deliver("CA1", 1, |_| keys("2")), host.deliver("CA1", 1, |_| keys("1")));
    let (one, two) = (answered(one), answered(two));
    assert!(Arc::ptr_eq(&one, &two));
    assert!(said(&one).contains("Main menu"));
}

#[tokio::test]
async fn speech_reaches_the_call_with_what_it_means() {
    let bench = Bench::new();
    let host = bench.host();
    let first = answered(host.begin("CA1", call()).await);
    let words = Heard::Speech {
        utterance: "number one".into(),
        confidence: Some(0.8),
        alternatives: Vec::new(),
        finding: Default::default(),
    };
    let second = answered(host.deliver("CA1", 1, |_| Happening::Heard(words)).await);
    assert!(said(&second).contains("You owe nothing"));
    let exchange = Exchange::of(&mut Masks::default(), Some(&first), &second);
    assert_eq!(exchange.input, "speech");
    assert_eq!(exchange.heard, Some(Sensitive("number one".into())));
    assert!(exchange.interpretation.unwrap().contains("key 1"));
    assert!(exchange.confidence.unwrap() > 0.5);
    assert_eq!(exchange.listened_for.unwrap().choices.len(), 2);
}

#[tokio::test]
async fn what_is_secret_is_in_no_transcript_whatever_the_mode() {
    const PIN: &str = r#"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml"><form id="login">
<field name="pin" type="digits?length=4"><prompt>Your PIN?</prompt><filled><log>pin <value expr="pin"/></log>
<prompt>Thank you.</prompt></filled></field><field name="again" type="digits?length=4"><prompt>Once more?</prompt>
<filled>First <value expr="pin"/>, then <value expr="again"/>.<exit namelist="pin"/></filled></field></form></vxml>"#;
    let bench = Bench::new();
    std::fs::write(bench.folder.path().join("main.vxml"), PIN).unwrap();
    let mapping = Mapping::parse("[[state]]\nmatch = \"main.vxml#login/pin\"\nsecret = true\n", "m.toml").unwrap();
    let mapping = Arc::new(mapping);
    for mode in [Mode::Keys, Mode::Hybrid, Mode::Speech] {
        let mut app = Arc::into_inner(bench.app(&file(&bench.folder.path().join("main.vxml")))).unwrap();
        (app.mode, app.mapping) = (mode, Some(Arc::clone(&mapping)));
        let host = bench.host_of(Arc::new(app));
        let call_id = format!("CA-{mode}");
        let first = answered(host.begin(&call_id, call()).await);
        let second = answered(host.deliver(&call_id, 1, |_| keys("4711")).await);
        let mut masks = Masks::default();
        let shown = serde_json::to_string(&Exchange::of(&mut masks, Some(&first), &second)).unwrap();
        assert!(shown.contains("Thank you") && shown.contains("log: pin"), "{shown}");
        assert!(!shown.contains("4711"), "{mode}: {shown}");
        // The next state is not secret; what was said in the first still is.
        let third = answered(host.deliver(&call_id, 2, |_| keys("4711")).await);
        let shown = serde_json::to_string(&Exchange::of(&mut masks, Some(&second), &third)).unwrap();
        assert!(shown.contains("First ****, then ****."), "{mode}: {shown}");
        assert!(!shown.contains("4711"), "{mode}: {shown}");
    }
}

#[tokio::test]
async fn a_hang_up_ends_the_call_once() {
    let bench = Bench::new();
    let host = bench.host();
    answered(host.begin("CA1", call()).await);
    let over = answered(host.hang_up("CA1").await);
    assert!(over.outcome.ends());
    assert!(Arc::ptr_eq(&over, &answered(host.hang_up("CA1").await)));
    assert!(Arc::ptr_eq(&over, &answered(host.deliver("CA1", 1, |_| keys("1")).await)));
    assert_eq!(bench.store.read("CA1", 0).await.unwrap().unwrap().journal.entries.len(), 2);
}

#[tokio::test]
async fn unknown_calls_and_applications_are_said_to_be() {
    let host = Bench::new().host();
    assert!(matches!(host.deliver("CA9", 1, |_| keys("1")).await, Reply::Unknown));
    assert!(matches!(host.hang_up("CA9").await, Reply::Unknown));
    let other = Beginning { app: "other".into(), ..call() };
    assert!(matches!(host.begin("CA9", other).await, Reply::Unknown));
}

#[tokio::test]
async fn a_call_rebuilt_from_its_journal_gives_the_same_turns() {
    let bench = Bench::new();
    let app = bench.app(&file(&bench.folder.path().join("main.vxml")));
    let before = bench.host_of(Arc::clone(&app));
    answered(before.begin("CA1", call()).await);
    let words = Heard::Speech {
        utterance: "two".into(),
        confidence: None,
        alternatives: Vec::new(),
        finding: Default::default(),
    };
    answered(before.deliver("CA1", 1, |_| Happening::Heard(words)).await);
    let last = answered(before.deliver("CA1", 2, |_| keys("7")).await);
    drop(before);
    // The documents are gone: a replay asks nobody.
    std::fs::write(bench.folder.path().join("main.vxml"), "gone").unwrap();
    let after = bench.host_of(app);
    let again = answered(after.pick_up("CA1", 2, 1).await);
    assert_eq!(again.turn, last.turn);
    assert_eq!(serde_json::to_vec(&again.outcome).unwrap(), serde_json::to_vec(&last.outcome).unwrap());
    let end = answered(after.deliver("CA1", 3, |_| keys("1")).await);
    assert!(said(&end).contains("You owe nothing"));
    let journal = bench.store.read("CA1", 0).await.unwrap().unwrap().journal;
    assert_eq!(journal.entries.iter().map(|entry| entry.turn).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_call_goes_on_under_another_configuration_as_long_as_its_turns_come_out_alike() {
    let bench = Bench::new();
    let start = file(&bench.folder.path().join("main.vxml"));
    answered(bench.host().begin("CA1", call()).await);
    let mut app = Arc::into_inner(bench.app(&start)).unwrap();
    app.settings = "other".into();
    assert_eq!(answered(bench.host_of(Arc::new(app)).pick_up("CA1", 0, 1).await).turn, 1);
    let mut app = Arc::into_inner(bench.app(&start)).unwrap();
    (app.settings, app.language) = ("third".into(), "es-ES".into());
    let host = bench.host_of(Arc::new(app));
    assert!(matches!(host.deliver("CA1", 1, |_| keys("1")).await, Reply::Lost(app) if app.name == "demo"));
    assert_eq!(bench.store.open("demo").await.unwrap(), 0, "nobody looks after it any more");
}

#[tokio::test]
async fn a_slow_back_end_makes_the_platform_wait_and_holds_up_nobody_else() {
    let slow = axum::Router::new().route(
        "/main.vxml",
        axum::routing::get(|| async {
            tokio::time::sleep(Duration::from_millis(600)).await;
            MAIN
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/main.vxml", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, slow).await });
    let mut bench = Bench::new();
    bench.limits.patience = Duration::from_millis(150);
    let host = bench.host_of(bench.app(&url));
    let fast = Beginning { url: Some(file(&bench.folder.path().join("main.vxml"))), ..call() };
    let (first, second) = tokio::join!(host.begin("CA1", call()), async {
        let mut all = Vec::new();
        for number in 2..6 {
            all.push(host.begin(&format!("CA{number}"), fast.clone()).await);
        }
        all
    });
    assert!(matches!(first, Reply::Wait { turn: 0, .. }));
    assert!(second.into_iter().all(|reply| matches!(reply, Reply::Answer(_))));
    let mut waits = 0;
    let answer = loop {
        match host.pick_up("CA1", 0, 1).await {
            Reply::Answer(answer) => break answer,
            Reply::Wait { .. } => waits += 1,
            other => panic!("{other:?}"),
        }
    };
    assert!(waits >= 1);
    assert!(said(&answer).contains("Main menu"));
}

#[tokio::test]
async fn an_idle_call_ends_and_its_journal_says_so() {
    let mut bench = Bench::new();
    bench.limits.idle = Duration::from_millis(50);
    let host = bench.host();
    answered(host.begin("CA1", call()).await);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let journal = bench.store.read("CA1", 0).await.unwrap().unwrap().journal;
    assert_eq!(journal.entries.last().unwrap().events[0].happening, Happening::HungUp);
    assert!(answered(host.deliver("CA1", 1, |_| keys("1")).await).outcome.ends());
}

#[tokio::test]
async fn a_call_rebuilt_from_its_journal_has_its_cookies_again() {
    let cookie = |headers: axum::http::HeaderMap| async move {
        let known = headers.get("cookie").is_some_and(|cookie| cookie == "JSESSIONID=A1");
        let page = if known { BILLING.replace("nothing", "little") } else { MAIN.to_owned() };
        ([("set-cookie", "JSESSIONID=A1; Path=/; Max-Age=600")], page)
    };
    let routes = axum::Router::new().fallback(cookie);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/main.vxml", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let bench = Bench::new();
    let before = bench.host_of(bench.app(&url));
    assert!(said(&answered(before.begin("CA1", call()).await)).contains("Main menu"));
    drop(before);
    let after = bench.host_of(bench.app(&url));
    assert!(said(&answered(after.deliver("CA1", 1, |_| keys("1")).await)).contains("You owe little"));
    assert!(said(&answered(after.begin("CA2", call()).await)).contains("Main menu"), "another call has no cookie");
}
