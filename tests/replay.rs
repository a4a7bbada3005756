//! A call depends on its events and on nothing else: whoever goes on with it, and whenever, the caller hears the same, to
//! the byte. Held for random applications and callers, on each store. `PROPTEST_CASES` sets how many are tried.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod generated;

use common::redis::RedisServer;
use generated::caller::{World, caller};
use generated::render::HOME;
use generated::{Application, application};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestRunner};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;
use voxbridge::calls::{App, Beginning, Host, Limits, Options, Reply};
use voxbridge::dialogue::{Happening, Step};
use voxbridge::policy::Mode;
use voxbridge::server::config::ModeName;
use voxbridge::server::{AnswerUrls, AppSpec, build_app, twiml_of};
use voxbridge::store::{Keep, Memory, Store};

const BASE: &str = "http://127.0.0.1:8080";

/// Who gets a delivery.
#[derive(Debug, Clone, Copy)]
enum Server {
    /// One of two replicas that stay; the other's copy grows old.
    Replica(usize),
    /// A new process in the place of a replica, with nothing but the journal.
    New(usize),
}

fn cases() -> ProptestConfig {
    #[allow(clippy::disallowed_methods, reason = "the way proptest itself is told")]
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(12), max_shrink_iters: 400, ..ProptestConfig::default() }
}

fn server() -> impl Strategy<Value = Server> {
    prop_oneof![3 => (0..2_usize).prop_map(Server::Replica), 2 => (0..2_usize).prop_map(Server::New)]
}

#[test]
fn a_call_that_is_cut_anywhere_and_goes_on_elsewhere_sounds_as_if_nothing_had_happened() {
    let redis = RedisServer::start();
    let servers = prop::collection::vec(server(), 9);
    let all = (application(), caller(), servers, any::<prop::sample::Index>());
    let tried = TestRunner::new(cases()).run(&all, |(application, caller, servers, cut)| {
        let world = World::of(&application);
        for mode in [Mode::Keys, Mode::Speech] {
            let happenings = happenings(&world, &application, mode, &caller);
            holds(&redis, &application, mode, &happenings, &servers, cut.index(happenings.len()))?;
        }
        Ok(())
    });
    tried.unwrap_or_else(|failure| panic!("{failure}"));
}

/// What happens to a caller who does these things, without what is fetched.
fn happenings(
    world: &World,
    application: &Application,
    mode: Mode,
    caller: &[generated::caller::Move],
) -> Vec<Happening> {
    let mut call = world.call(mode);
    for what in caller {
        if matches!(call.step(), Step::Done(_)) {
            break;
        }
        call.act(application, what);
    }
    if matches!(call.step(), Step::Turn(_)) {
        call.happens(Happening::HungUp);
    }
    let all = call.events.iter().map(|event| event.happening.clone());
    all.filter(|happening| !matches!(happening, Happening::Fetched { .. })).collect()
}

fn holds(
    redis: &RedisServer,
    application: &Application,
    mode: Mode,
    happenings: &[Happening],
    servers: &[Server],
    cut: usize,
) -> TestCaseResult {
    static CALLS: AtomicU32 = AtomicU32::new(1);
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::of(application, mode, folder.path());
    let call = format!("CA{}", CALLS.fetch_add(1, Ordering::Relaxed));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let memory = |_| {
            let store: Arc<dyn Store> = Arc::new(Memory::default());
            Box::new(move || Arc::clone(&store)) as Open
        };
        let through = stage.play(&call, happenings, memory(0), &[]).await;
        let once = |at| if at < cut { Server::Replica(0) } else { Server::Replica(1) };
        let cut_once: Vec<Server> = (0..happenings.len()).map(once).collect();
        let every_turn = vec![Server::New(0); happenings.len()];
        let sqlite = |number| {
            let url = format!("sqlite:{}", folder.path().join(format!("{number}.db")).display());
            Box::new(move || opened(&url)) as Open
        };
        let on_redis = |_| {
            redis.command(&["FLUSHALL"]).unwrap();
            let url = redis.url();
            Box::new(move || opened(&url)) as Open
        };
        let stores: [(&str, &dyn Fn(usize) -> Open); 3] =
            [("memory", &memory), ("sqlite", &sqlite), ("redis", &on_redis)];
        for (kind, empty) in stores {
            for (number, servers) in [&cut_once[..], &every_turn, servers].into_iter().enumerate() {
                let heard = stage.play(&call, happenings, empty(number), servers).await;
                prop_assert_eq!(&heard, &through, "{} {:?}", kind, servers);
            }
        }
        Ok(())
    })
}

/// Opens a store as a new process does; all of them have the same journals.
type Open = Box<dyn Fn() -> Arc<dyn Store>>;

fn opened(url: &str) -> Arc<dyn Store> {
    voxbridge::store::open(url, Path::new("."), Keep::default()).unwrap()
}

/// An application and a clock.
struct Stage {
    app: Arc<App>,
    now: Arc<AtomicI64>,
}

impl Stage {
    fn of(application: &Application, mode: Mode, folder: &Path) -> Self {
        for (url, text) in application.files() {
            std::fs::write(folder.join(url.trim_start_matches(HOME)), text).unwrap();
        }
        let app = build_app(AppSpec {
            mode: if mode == Mode::Keys { ModeName::Keys } else { ModeName::Speech },
            fetch_bytes: 1 << 20,
            ..AppSpec::new("generated", "main.vxml", folder)
        });
        Self { app: Arc::new(app.unwrap()), now: Arc::default() }
    }

    fn host(&self, open: &Open) -> Host {
        let now = Arc::clone(&self.now);
        let limits = Limits { max_transitions: 40, script_time: Duration::from_secs(60), ..Limits::default() };
        let options = Options {
            apps: vec![Arc::clone(&self.app)],
            workers: 1,
            store: open(),
            clock: Arc::new(move || now.load(Ordering::Relaxed)),
            limits,
        };
        Host::new(options).unwrap()
    }

    /// What the platform is told, answer by answer, by whoever serves; the first replica where nothing is said.
    async fn play(&self, call: &str, happenings: &[Happening], open: Open, servers: &[Server]) -> Vec<String> {
        let mut replicas = [self.host(&open), self.host(&open)];
        let mut heard = Vec::new();
        for (turn, happening) in (0_u32..).zip(happenings) {
            self.now.store(1_772_465_400_000 + 1_000 * i64::from(turn), Ordering::Relaxed);
            let replica = match servers.get(turn as usize) {
                None => &replicas[0],
                Some(Server::Replica(number)) => &replicas[*number],
                Some(Server::New(number)) => {
                    replicas[*number] = self.host(&open);
                    &replicas[*number]
                }
            };
            let reply = match happening.clone() {
                Happening::Start { session, .. } => {
                    replica.begin(call, Beginning { app: "generated".to_owned(), url: None, session }).await
                }
                Happening::HungUp => replica.hang_up(call).await,
                happening => replica.deliver(call, turn, move |_| happening).await,
            };
            heard.push(match reply {
                Reply::Answer(answer) => twiml_of(&AnswerUrls { base: BASE, retries: 0 }, call, &answer),
                other => panic!("turn {turn} is answered by {other:?}"),
            });
        }
        heard
    }
}
