//! Several hosts on one store.

use super::flaky::Flaky;
use super::*;
use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use tokio::time::sleep;

const PAYMENT: &str = r#"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml"><form id="pay">
<catch event="error.badfetch"><prompt>It may have been paid.</prompt><exit/></catch>
<field name="amount" type="digits"><prompt>How much?</prompt></field>
<block><submit next="paid" method="post" namelist="amount"/></block></form></vxml>"#;

/// A back-end whose pages take as long as they are told to, and which notes what is posted to it by which key.
struct Backend {
    url: String,
    keys: Arc<Mutex<Vec<String>>>,
    gets: Arc<AtomicUsize>,
}

impl Backend {
    async fn start(main: &'static str, slow: Duration) -> Self {
        let (keys, gets) = (Arc::<Mutex<Vec<String>>>::default(), Arc::new(AtomicUsize::new(0)));
        let (noted, counted) = (Arc::clone(&keys), Arc::clone(&gets));
        let paid = move |headers: HeaderMap| async move {
            noted.lock().unwrap().push(headers["idempotency-key"].to_str().unwrap().to_owned());
            sleep(slow).await;
            BILLING
        };
        let page = move || async move {
            counted.fetch_add(1, Ordering::SeqCst);
            sleep(slow).await;
            BILLING
        };
        let routes = Router::new()
            .route("/main.vxml", get(move || async move { main }))
            .route("/paid", post(paid))
            .route("/a.vxml", get(page));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/main.vxml", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, keys, gets }
    }

    fn keys(&self) -> Vec<String> {
        self.keys.lock().unwrap().clone()
    }
}

fn repeating(bench: &Bench, url: &str) -> Arc<App> {
    let mut app = Arc::into_inner(bench.app(url)).unwrap();
    app.repeats_submits = true;
    Arc::new(app)
}

/// Two hosts on one store.
fn two(bench: &Bench, app: &Arc<App>) -> (Arc<Flaky>, Host, Host) {
    let store = Flaky::new(&bench.store);
    let host = || bench.host_on(Arc::clone(&store) as Arc<dyn Store>, Arc::clone(app));
    (Arc::clone(&store), host(), host())
}

#[tokio::test]
async fn any_host_answers_any_turn_and_reads_only_what_it_missed() {
    let bench = Bench::new();
    let (store, one, two) = two(&bench, &bench.app(&file(&bench.folder.path().join("main.vxml"))));
    answered(one.begin("CA1", call()).await);
    for turn in (1..20).step_by(2) {
        assert_eq!(answered(two.deliver("CA1", turn, |_| keys("2")).await).turn, turn + 1);
        assert_eq!(answered(one.deliver("CA1", turn + 1, |_| keys("2")).await).turn, turn + 2);
    }
    let end = answered(two.deliver("CA1", 21, |_| keys("1")).await);
    assert!(said(&end).contains("You owe nothing") && end.outcome.ends());
    assert_eq!(store.journal("CA1").await.entries.len(), 22);
    assert_eq!(store.entries_read.load(Ordering::SeqCst), 20 + 1, "each host reads what the other wrote, once");
}

#[tokio::test]
async fn a_turn_that_reaches_two_hosts_at_once_is_answered_once() {
    let bench = Bench::new();
    let (store, one, two) = two(&bench, &bench.app(&file(&bench.folder.path().join("main.vxml"))));
    let (first, also) = tokio::join!(one.begin("CA1", call()), two.begin("CA1", call()));
    assert_eq!(answered(first).outcome.digest(), answered(also).outcome.digest());
    for turn in 1..30 {
        let (left, right) =
            tokio::join!(one.deliver("CA1", turn, |_| keys("2")), two.deliver("CA1", turn, |_| keys("7")));
        let (left, right) = (answered(left), answered(right));
        assert_eq!((left.turn, left.outcome.digest()), (turn + 1, right.outcome.digest()));
    }
    assert_eq!(store.journal("CA1").await.entries.len(), 30);
    let late = answered(two.deliver("CA1", 4, |_| keys("1")).await);
    assert_eq!(late.turn, 30, "a turn from the past gets the current answer");
}

#[tokio::test]
async fn a_hang_up_told_to_another_host_runs_the_final_handlers_once() {
    let bench = Bench::new();
    let (store, one, two) = two(&bench, &bench.app(&file(&bench.folder.path().join("main.vxml"))));
    answered(one.begin("CA1", call()).await);
    answered(one.deliver("CA1", 1, |_| keys("2")).await);
    let (left, right) = tokio::join!(one.hang_up("CA1"), two.hang_up("CA1"));
    assert!(answered(left).outcome.ends() && answered(right).outcome.ends());
    assert_eq!(store.journal("CA1").await.entries.len(), 3);
    assert_eq!(bench.store.open("demo").await.unwrap(), 0);
}

#[tokio::test]
async fn a_submit_that_reaches_two_hosts_at_once_is_sent_once() {
    let bench = Bench::new();
    let backend = Backend::start(PAYMENT, Duration::from_millis(50)).await;
    let (_, one, two) = two(&bench, &bench.app(&backend.url));
    answered(one.begin("CA1", call()).await);
    answered(two.pick_up("CA1", 0, 1).await);
    let (left, right) = tokio::join!(one.deliver("CA1", 1, |_| keys("20")), two.deliver("CA1", 1, |_| keys("20")));
    assert!(said(&answered(left)).contains("You owe nothing") && said(&answered(right)).contains("You owe nothing"));
    assert_eq!(backend.keys().len(), 1);
    let again = answered(one.deliver("CA1", 1, |_| keys("20")).await);
    assert!(said(&again).contains("You owe nothing"));
    assert_eq!(backend.keys().len(), 1, "a submit that was answered is never sent again");
}

/// Begins a payment on a host that dies while it waits for the back-end.
async fn die_paying(bench: &Bench, app: &Arc<App>, store: &Arc<Flaky>) {
    let host = bench.host_on(Arc::clone(store) as Arc<dyn Store>, Arc::clone(app));
    answered(host.begin("CA1", call()).await);
    let dying = tokio::time::timeout(Duration::from_millis(400), host.deliver("CA1", 1, |_| keys("20"))).await;
    assert!(dying.is_err(), "{dying:?}");
}

async fn wait_for(host: &Host, turn: u32) -> Arc<Answer> {
    for round in 1..20 {
        match host.pick_up("CA1", turn, round).await {
            Reply::Answer(answer) => return answer,
            Reply::Wait { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    panic!("nobody answers");
}

#[tokio::test]
async fn a_submit_whose_answer_was_lost_is_sent_again_by_the_same_key_or_not_at_all() {
    for (repeats, outcome, sent) in [(true, "You owe nothing", 2), (false, "It may have been paid", 1)] {
        let bench = Bench::new();
        let backend = Backend::start(PAYMENT, Duration::from_millis(900)).await;
        let app = if repeats { repeating(&bench, &backend.url) } else { bench.app(&backend.url) };
        let store = Flaky::new(&bench.store);
        die_paying(&bench, &app, &store).await;
        let other = bench.host_on(Arc::clone(&store) as Arc<dyn Store>, app);
        assert!(said(&*wait_for(&other, 1).await).contains(outcome));
        let keys = backend.keys();
        assert!(keys.len() == sent && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
        assert!(keys[0].starts_with("CA1-") && keys[0].ends_with("-2"), "{keys:?}");
    }
}

#[tokio::test]
async fn an_answer_that_takes_long_is_picked_up_on_any_host() {
    const MENU: &str = MAIN;
    let mut bench = Bench::new();
    bench.limits.patience = Duration::from_millis(700);
    let backend = Backend::start(MENU, Duration::from_secs(2)).await;
    let (store, one, two) = two(&bench, &bench.app(&backend.url));
    answered(one.begin("CA1", call()).await);
    assert!(matches!(one.deliver("CA1", 1, |_| keys("1")).await, Reply::Wait { turn: 1, .. }));
    let answer = wait_for(&two, 1).await;
    assert!(said(&answer).contains("You owe nothing"));
    assert_eq!(backend.gets.load(Ordering::SeqCst), 1, "the host that fetches is not disturbed");
    let entries = store.journal("CA1").await.entries;
    assert_eq!(entries.iter().filter(|entry| entry.answer.is_none()).count(), 1);
    assert_eq!(answered(one.deliver("CA1", 1, |_| keys("1")).await).outcome.digest(), answer.outcome.digest());
}

#[tokio::test]
async fn a_turn_whose_host_died_is_taken_over() {
    let mut bench = Bench::new();
    bench.limits.patience = Duration::from_millis(1_500);
    let backend = Backend::start(MAIN, Duration::from_millis(2_000)).await;
    let (store, one, two) = two(&bench, &bench.app(&backend.url));
    answered(one.begin("CA1", call()).await);
    assert!(matches!(one.deliver("CA1", 1, |_| keys("1")).await, Reply::Wait { turn: 1, .. }));
    drop(one);
    assert!(said(&*wait_for(&two, 1).await).contains("You owe nothing"));
    assert_eq!(backend.gets.load(Ordering::SeqCst), 2);
    let third = bench.host_on(store as Arc<dyn Store>, bench.app(&backend.url));
    assert!(said(&answered(third.pick_up("CA1", 1, 1).await)).contains("You owe nothing"));
}

#[tokio::test]
async fn a_call_whose_host_died_unheard_is_hung_up_by_another() {
    let mut bench = Bench::new();
    let keep = crate::store::Keep { look: Duration::from_millis(100), ..Default::default() };
    bench.store = Arc::new(Memory::new(keep, 100, 1 << 20));
    let app = bench.app(&file(&bench.folder.path().join("main.vxml")));
    answered(bench.host_of(Arc::clone(&app)).begin("CA1", call()).await);
    bench.limits.idle = Duration::from_millis(100);
    let other = Host::new(Options {
        apps: vec![app],
        workers: 1,
        store: Arc::clone(&bench.store) as Arc<dyn Store>,
        clock: system_clock(),
        limits: bench.limits,
    });
    let other = other.unwrap();
    for _ in 0..50 {
        sleep(Duration::from_millis(50)).await;
        if bench.store.open("demo").await.unwrap() == 0 {
            break;
        }
    }
    let journal = bench.store.read("CA1", 0).await.unwrap().unwrap().journal;
    assert_eq!(journal.entries.last().unwrap().events[0].happening, Happening::HungUp);
    drop(other);
}

#[tokio::test]
async fn calls_leave_memory_and_come_back_as_they_were() {
    let mut bench = Bench::new();
    bench.limits.live_calls = 4;
    let host = bench.host();
    let name = |number: usize| format!("CA{number}");
    for number in 0..40 {
        answered(host.begin(&name(number), call()).await);
    }
    assert!(host.counts().live <= 6, "{:?}", host.counts());
    for turn in 1..4 {
        for number in 0..40 {
            assert_eq!(answered(host.deliver(&name(number), turn, |_| keys("2")).await).turn, turn + 1);
        }
    }
    bench.limits.live_idle = Duration::from_millis(30);
    let host = bench.host();
    answered(host.deliver("CA1", 4, |_| keys("2")).await);
    sleep(Duration::from_millis(300)).await;
    assert_eq!(host.counts().live, 0);
    assert!(said(&answered(host.deliver("CA1", 5, |_| keys("1")).await)).contains("You owe nothing"));
}

#[tokio::test]
async fn a_call_over_the_limit_is_told_so_and_the_next_one_is_not_once_another_has_ended() {
    let mut bench = Bench::new();
    let calls = [("demo".to_owned(), 2)].into_iter().collect();
    bench.store = Arc::new(Memory::new(crate::store::Keep { calls, ..Default::default() }, 100, 1 << 20));
    let host = bench.host();
    answered(host.begin("CA1", call()).await);
    answered(host.begin("CA2", call()).await);
    assert!(matches!(host.begin("CA3", call()).await, Reply::Busy(app) if app.name == "demo"));
    assert!(matches!(host.begin("CA3", call()).await, Reply::Busy(_)));
    answered(host.hang_up("CA1").await);
    answered(host.begin("CA4", call()).await);
}

#[tokio::test]
async fn a_call_that_has_used_up_its_journal_ends() {
    let mut bench = Bench::new();
    let keep = crate::store::Keep { entries: 3, ..Default::default() };
    bench.store = Arc::new(Memory::new(keep, 100, 1 << 20));
    let host = bench.host();
    answered(host.begin("CA1", call()).await);
    answered(host.deliver("CA1", 1, |_| keys("2")).await);
    answered(host.deliver("CA1", 2, |_| keys("2")).await);
    assert_eq!(answered(host.deliver("CA1", 3, |_| keys("2")).await).outcome, Outcome::Broken);
}
