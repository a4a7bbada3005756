//! What a call in progress costs in memory: calls to the airline on a host with the memory store, all open at once.
//!
//! `cargo bench --bench memory` opens 2,000, all of them in memory; `cargo bench --bench memory -- 10000 3000` opens 10,000 of
//! which 3,000 stay there: the others are rebuilt from their journals when their turn comes.

#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use voxbridge::calls::{Beginning, Host, Limits, Options, Reply, system_clock};
use voxbridge::dialogue::{Happening, Heard};
use voxbridge::server::{AppSpec, build_app};
use voxbridge::store::{Keep, Memory};

const CALLS: usize = 2_000;
/// What each caller presses: flight status by number, heard, and back to the main menu.
const KEYS: [&str; 4] = ["1", "1", "212", "*"];

fn main() {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse().ok());
    let calls = numbers.next().unwrap_or(CALLS);
    let live = numbers.next().unwrap_or(calls);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let host = host(calls, live);
        // What all calls share is no call's.
        play(&host, "warm").await;
        let before = resident();
        let (ids, begun) = ((0..calls).map(|call| format!("CA{call:032}")).collect::<Vec<_>>(), Instant::now());
        for id in &ids {
            begin(&host, id).await;
        }
        report("in its first turn", calls, before, begun);
        for (turn, keys) in (1..).zip(KEYS) {
            let begun = Instant::now();
            for id in &ids {
                press(&host, id, turn, keys).await;
            }
            report(&format!("after turn {turn}"), calls, before, begun);
        }
        println!("{} of {calls} calls in memory", host.counts().live);
        println!("{} MiB resident before, {} MiB now", before >> 20, resident() >> 20);
    });
}

fn report(when: &str, calls: usize, before: usize, begun: Instant) {
    let bytes = resident().saturating_sub(before) / calls;
    println!("{when}: {} KiB a call; {:?} each for this", bytes >> 10, begun.elapsed() / calls as u32);
}

async fn play(host: &Host, id: &str) {
    begin(host, id).await;
    for (turn, keys) in (1..).zip(KEYS) {
        press(host, id, turn, keys).await;
    }
}

async fn begin(host: &Host, id: &str) {
    let session = serde_json::json!({"connection": {
        "local": {"uri": "+15550109999"}, "remote": {"uri": "+14155550100"}, "protocol": {"name": "twilio"}}});
    let beginning = Beginning { app: "airline".to_owned(), url: None, session };
    answered(host.begin(id, beginning).await, 1);
}

async fn press(host: &Host, id: &str, turn: u32, keys: &'static str) {
    let heard = move |_: &_| Happening::Heard(Heard::Keys { keys: keys.into() });
    answered(host.deliver(id, turn, heard).await, turn + 1);
}

fn answered(reply: Reply, turn: u32) {
    match reply {
        Reply::Answer(answer) if answer.turn == turn && !answer.outcome.ends() => {}
        other => panic!("not turn {turn}: {other:?}"),
    }
}

fn host(calls: usize, live: usize) -> Host {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let app = build_app(AppSpec {
        mapping: Some(root.join("mappings/airline.toml")),
        fetch_bytes: 1 << 20,
        ..AppSpec::new("airline", "legacy-vxml/airline/main.vxml", root)
    });
    let app = app.unwrap_or_else(|why| panic!("{why}"));
    Host::new(Options {
        apps: vec![Arc::new(app)],
        workers: 2,
        store: Arc::new(Memory::new(Keep::default(), calls + 1, usize::MAX)),
        clock: system_clock(),
        limits: Limits {
            patience: Duration::from_secs(60),
            script_time: Duration::from_secs(10),
            live_calls: live.saturating_add(2),
            ..Limits::default()
        },
    })
    .expect("workers")
}

/// Bytes of this process in memory, as Linux tells it.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line of its own");
    line.trim().trim_end_matches("kB").trim().parse::<usize>().expect("a number") << 10
}
