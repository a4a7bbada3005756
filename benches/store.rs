//! A turn's way into the store: one entry appended, by one call after the other and by 64 at once; and a call of 50 turns
//! read back. On Redis beside a bare SET and GET of as many bytes. Redis only if `redis-server` is installed.

#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../tests/common/redis.rs"]
mod redis_server;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use redis_server::RedisServer;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use voxbridge::dialogue::{Event, Happening, Heard, Resource, Response};
use voxbridge::fetch::digest;
use voxbridge::store::{Append, Entry, FORMAT, Head, Keep, Store, Then, open};

/// Calls at once.
const TOGETHER: usize = 64;

/// As it is usually run: what was written is in its file within a second.
fn bench_redis() -> RedisServer {
    RedisServer::start_with(&["--appendfsync", "everysec"])
}

fn head(call: &str) -> Arc<Head> {
    Arc::new(Head {
        format: FORMAT,
        program: "0.1.0".into(),
        app: "airline".into(),
        call: call.into(),
        started: 0,
        settings: "0".repeat(64),
    })
}

/// A turn by key that leads to another document, which every call fetches.
fn entry(turn: usize) -> Entry {
    let heard = Event { at: 1_772_539_200_000, happening: Happening::Heard(Heard::Keys { keys: "3".into() }) };
    let body = "x".repeat(6_000).into_bytes();
    let resource = Resource {
        url: "http://127.0.0.1/airline/baggage.vxml".into(),
        content_type: Some("application/voicexml+xml".into()),
        digest: digest(&body),
        body: Arc::new(body),
    };
    let happening = Happening::Fetched { request: turn as u64, response: Response::Found(resource) };
    let events = vec![heard, Event { at: 1_772_539_200_000, happening }];
    Entry {
        turn: turn as u32,
        events,
        cookies: Vec::new(),
        answer: Some("0".repeat(64)),
        writer: None,
        effect: None,
        played: false,
    }
}

fn append(call: &str, at: usize, entry: &Entry) -> Append {
    Append { head: head(call), at, entry: entry.clone(), then: Then::Open }
}

/// One turn of each of 64 calls, all at once.
async fn round(store: &Arc<dyn Store>, at: usize, entry: &Entry) {
    let mut turns = JoinSet::new();
    for call in 0..TOGETHER {
        let (store, append) = (Arc::clone(store), append(&format!("CAround{call}"), at, entry));
        turns.spawn(async move { store.append(append).await.unwrap() });
    }
    turns.join_all().await;
}

fn stores(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let redis = Command::new("redis-server").arg("--version").output().is_ok().then(bench_redis);
    // Workers are current-thread runtimes, too.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let keep = Keep { entries: usize::MAX >> 1, bytes: usize::MAX >> 12, ..Keep::default() };
    let urls = [Some("memory:".to_owned()), Some("sqlite:calls.db".to_owned()), redis.as_ref().map(RedisServer::url)];
    for url in urls.into_iter().flatten() {
        let store = open(&url, folder.path(), keep.clone()).unwrap();
        let name = url.split(':').next().unwrap_or_default();
        one_store(criterion, &runtime, name, &store);
    }
    if let Some(redis) = redis {
        bare(criterion, &runtime, &redis.url());
    }
}

fn one_store(criterion: &mut Criterion, runtime: &Runtime, name: &str, store: &Arc<dyn Store>) {
    let mut group = criterion.benchmark_group(format!("store/{name}"));
    let entry = entry(1);
    // A call of its own for each 50 turns, as calls are about so long.
    let turns = AtomicUsize::new(0);
    group.bench_function("append", |bencher| {
        bencher.iter(|| {
            let turn = turns.fetch_add(1, Ordering::Relaxed);
            runtime.block_on(store.append(append(&format!("CA{}", turn / 50), turn % 50, &entry))).unwrap();
        });
    });
    group.throughput(Throughput::Elements(TOGETHER as u64));
    let rounds = AtomicUsize::new(0);
    group.bench_function("append, 64 at once", |bencher| {
        bencher.iter(|| runtime.block_on(round(store, rounds.fetch_add(1, Ordering::Relaxed), &entry)));
    });
    group.throughput(Throughput::Elements(1));
    for at in 0..50 {
        runtime.block_on(store.append(append("CAread", at, &entry))).unwrap();
    }
    group.bench_function("read 50 turns", |bencher| {
        bencher.iter(|| runtime.block_on(store.read("CAread", 0)).unwrap().unwrap());
    });
    group.finish();
}

/// What Redis does for anybody: a SET and a GET of an entry's size, two round trips.
fn bare(criterion: &mut Criterion, runtime: &Runtime, url: &str) {
    let client = redis::Client::open(url).unwrap();
    let line = runtime.block_on(client.get_multiplexed_async_connection()).unwrap();
    let value = "x".repeat(500);
    let mut group = criterion.benchmark_group("store/bare redis");
    group.throughput(Throughput::Elements(TOGETHER as u64));
    group.bench_function("GET and SET, 64 at once", |bencher| {
        bencher.iter(|| {
            runtime.block_on(async {
                let mut turns = JoinSet::new();
                for call in 0..TOGETHER {
                    let (mut line, value) = (line.clone(), value.clone());
                    turns.spawn(async move {
                        let key = format!("bare:{call}");
                        let _: Option<Vec<u8>> = redis::cmd("GET").arg(&key).query_async(&mut line).await.unwrap();
                        let () = redis::cmd("SET").arg(&key).arg(value).query_async(&mut line).await.unwrap();
                    });
                }
                turns.join_all().await;
            });
        });
    });
    group.finish();
}

criterion_group!(benches, stores);
criterion_main!(benches);
