//! All stores keep the same promises: one test of each promise, run on memory, on a file and on a real Redis; then what
//! only one of them can do: survive a restart, be away and come back.

#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "stores/cluster.rs"]
mod cluster;
#[path = "stores/contract.rs"]
mod contract;
#[path = "stores/file.rs"]
mod file;
#[path = "stores/formats.rs"]
mod formats;
#[path = "stores/lost.rs"]
mod lost;
#[path = "stores/records.rs"]
mod records;
#[path = "common/redis.rs"]
mod redis;

use redis::RedisServer;
use std::path::Path;
use std::sync::Arc;
use voxbridge::dialogue::{Event, Happening, Heard, Resource, Response, Sensitive};
use voxbridge::fetch::digest;
use voxbridge::store::{Append, Entry, FORMAT, Head, Keep, Memory, Store, StoreError, Then};

/// A store under test and what it stands on.
pub struct Under {
    pub name: &'static str,
    pub store: Arc<dyn Store>,
    pub redis: Option<RedisServer>,
    pub folder: Option<tempfile::TempDir>,
}

impl Under {
    pub fn memory(keep: Keep) -> Self {
        Self { name: "memory", store: Arc::new(Memory::keeping(keep)), redis: None, folder: None }
    }

    pub fn sqlite(keep: Keep) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&format!("sqlite:{}", folder.path().join("data/calls.db").display()), keep);
        Self { name: "sqlite", store, redis: None, folder: Some(folder) }
    }

    pub fn redis(keep: Keep) -> Self {
        let redis = RedisServer::start();
        let store = open(&redis.url(), keep);
        Self { name: "redis", store, redis: Some(redis), folder: None }
    }

    /// All kinds, empty.
    pub fn all(keep: &Keep) -> [Self; 3] {
        [Self::memory(keep.clone()), Self::sqlite(keep.clone()), Self::redis(keep.clone())]
    }
}

pub fn open(url: &str, keep: Keep) -> Arc<dyn Store> {
    voxbridge::store::open(url, Path::new(""), keep).unwrap()
}

pub fn head(call: &str) -> Arc<Head> {
    Arc::new(Head {
        format: FORMAT,
        program: "0.1.0".into(),
        app: "bank".into(),
        call: call.into(),
        started: 1_000,
        settings: "settings".into(),
    })
}

/// An entry in which a caller pressed keys.
pub fn entry(turn: u32, keys: &str) -> Entry {
    let heard = Heard::Keys { keys: Sensitive(keys.to_owned()) };
    let events = vec![Event { at: i64::from(turn), happening: Happening::Heard(heard) }];
    let answer = Some(format!("answer {turn}"));
    Entry { turn, events, cookies: Vec::new(), answer, writer: None, effect: None, played: false }
}

/// An entry in which a document was fetched.
pub fn fetching(turn: u32, body: &str) -> Entry {
    let resource = Resource {
        url: "http://a.example/main.vxml".into(),
        content_type: Some("application/voicexml+xml".into()),
        body: Arc::new(body.as_bytes().to_vec()),
        digest: digest(body.as_bytes()),
    };
    let happening = Happening::Fetched { request: 1, response: Response::Found(resource) };
    let mut entry = entry(turn, "1");
    entry.events.push(Event { at: 2, happening });
    entry
}

/// A part of a turn, before a submit is sent.
pub fn part(turn: u32, effect: &str) -> Entry {
    Entry { answer: None, effect: Some(effect.to_owned()), ..entry(turn, "5") }
}

pub async fn append(store: &dyn Store, call: &str, at: usize, entry: Entry, then: Then) -> Result<(), StoreError> {
    store.append(Append { head: head(call), at, entry, then }).await
}

/// The entries of a call from one on.
pub async fn entries(store: &dyn Store, call: &str, from: usize) -> Vec<Entry> {
    store.read(call, from).await.unwrap().expect("there is a journal").journal.entries
}
