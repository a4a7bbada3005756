//! Rebuilding a call of the airline from its journal, as any replica does that has not got it in memory.

#![allow(missing_docs, clippy::disallowed_methods, clippy::expect_used, clippy::panic)]

mod common;

use common::{pressed, said};
use criterion::{Criterion, criterion_group, criterion_main};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use voxbridge::calls::{Beginning, Host, Limits, Options, Reply, system_clock};
use voxbridge::channel::twilio::{decode, session_variables};
use voxbridge::server::config::Config;
use voxbridge::store::{Memory, Store};

const CONFIG: &str = r#"
[[app]]
name = "airline"
start = "legacy-vxml/airline/main.vxml"
mapping = "mappings/airline.toml"
timezone = "America/New_York"
"#;
const CALLS: [&str; 2] = ["CA00000000000000000000000000000001", "CA00000000000000000000000000000002"];

fn rebuild(criterion: &mut Criterion) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    for turns in [10, 50] {
        let store: Arc<dyn Store> = Arc::new(Memory::default());
        for call in CALLS {
            runtime.block_on(record(&host(&store, 100), call, turns));
        }
        // It has room for one call: whichever of the two is asked for has left memory for the other.
        let host = host(&store, 1);
        let mut calls = CALLS.iter().cycle();
        criterion.bench_function(&format!("call/rebuild/{turns} turns"), |bencher| {
            bencher.iter_custom(|times| {
                let picked_up = calls.by_ref().take(times as usize).map(|call| pick_up(&runtime, &host, call, turns));
                picked_up.sum()
            });
        });
    }
}

/// How long it takes to get the current answer of a call that is not in memory.
fn pick_up(runtime: &Runtime, host: &Host, call: &str, turns: u32) -> Duration {
    let begun = Instant::now();
    let answer = turn_of(runtime.block_on(host.pick_up(call, turns, 0)));
    assert_eq!(answer, turns);
    begun.elapsed()
}

/// Plays a call of so many turns, by keys and by speech, through menus and forms.
async fn record(host: &Host, call: &str, turns: u32) {
    let rounds = [
        (pressed("1"), "press 1. To search by city"),
        (pressed("1"), "enter the flight number"),
        (pressed("212"), "Miami"),
        (pressed("*"), "For flight status"),
        (said("My suitcase did not arrive."), "carry-on rules"),
        (pressed("2"), "first checked bag"),
        (said("A delayed bag."), "six digits"),
        (pressed("600120"), "Boston"),
        (pressed("*"), "For flight status"),
    ];
    let session = session_variables(&decode(&pressed("")).expect("a webhook"));
    turn_of(host.begin(call, Beginning { app: "airline".to_owned(), url: None, session }).await);
    for (turn, (fields, heard)) in (1..turns).zip(rounds.iter().cycle()) {
        let incoming = decode(fields).expect("a webhook");
        let reply = host.deliver(call, turn, move |next| incoming.happening_after(next)).await;
        let Reply::Answer(answer) = reply else { panic!("turn {turn}: {reply:?}") };
        assert!(format!("{:?}", answer.outcome).contains(heard), "'{heard}' is not in turn {turn}: {answer:?}");
    }
}

fn host(store: &Arc<dyn Store>, live_calls: usize) -> Host {
    let config = Config::parse(CONFIG, "voxbridge.toml", PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    let apps = config.and_then(|config| config.apps()).expect("the sample is sound");
    let limits = Limits { live_calls, ..Limits::default() };
    let options = Options { apps, workers: 1, store: Arc::clone(store), clock: system_clock(), limits };
    Host::new(options).expect("a thread can be started")
}

fn turn_of(reply: Reply) -> u32 {
    match reply {
        Reply::Answer(answer) => answer.turn,
        other => panic!("no answer: {other:?}"),
    }
}

criterion_group!(benches, rebuild);
criterion_main!(benches);
