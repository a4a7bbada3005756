//! A store that several hosts share, and that may be away.

use crate::store::{Append, Found, Journal, Memory, Pending, Put, Record, Store, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// One host's way to a store in memory.
#[derive(Debug)]
pub(super) struct Flaky {
    pub(super) memory: Arc<Memory>,
    /// Nothing arrives.
    pub(super) away: AtomicBool,
    /// What is written arrives, but nobody hears of it.
    pub(super) mute: AtomicBool,
    /// Entries handed out by reading.
    pub(super) entries_read: AtomicUsize,
}

impl Flaky {
    pub(super) fn new(memory: &Arc<Memory>) -> Arc<Self> {
        Arc::new(Self {
            memory: Arc::clone(memory),
            away: AtomicBool::new(false),
            mute: AtomicBool::new(false),
            entries_read: AtomicUsize::new(0),
        })
    }

    pub(super) fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    pub(super) async fn journal(&self, call: &str) -> Journal {
        self.memory.read(call, 0).await.unwrap().unwrap().journal
    }

    fn unless_away<'a, T: Send + 'a>(&'a self, done: Pending<'a, T>) -> Pending<'a, T> {
        if self.away.load(Ordering::SeqCst) { unreachable() } else { done }
    }
}

fn unreachable<'a, T: Send + 'a>() -> Pending<'a, T> {
    Box::pin(std::future::ready(Err(StoreError::Unreachable("it is away".into()))))
}

impl Store for Flaky {
    fn append(&self, append: Append) -> Pending<'_, ()> {
        if self.away.load(Ordering::SeqCst) {
            return unreachable();
        }
        let done = self.memory.append(append);
        if self.mute.swap(false, Ordering::SeqCst) { unreachable() } else { done }
    }

    fn read<'a>(&'a self, call: &'a str, from: usize) -> Pending<'a, Option<Found>> {
        let reading = self.memory.read(call, from);
        self.unless_away(Box::pin(async move {
            let found = reading.await?;
            let count = found.as_ref().map_or(0, |found| found.journal.entries.len());
            self.entries_read.fetch_add(count, Ordering::SeqCst);
            Ok(found)
        }))
    }

    fn claim<'a>(&'a self, call: &'a str, owner: &'a str, claimed: Duration) -> Pending<'a, bool> {
        self.unless_away(self.memory.claim(call, owner, claimed))
    }

    fn due(&self, now: i64, again: i64, most: usize) -> Pending<'_, Vec<String>> {
        self.unless_away(self.memory.due(now, again, most))
    }

    fn remind<'a>(&'a self, call: &'a str, app: &'a str, at: Option<i64>) -> Pending<'a, ()> {
        self.unless_away(self.memory.remind(call, app, at))
    }

    fn open<'a>(&'a self, app: &'a str) -> Pending<'a, usize> {
        self.unless_away(self.memory.open(app))
    }

    fn record<'a>(&'a self, collection: &'a str, key: &'a str) -> Pending<'a, Option<Record>> {
        self.unless_away(self.memory.record(collection, key))
    }

    fn put(&self, put: Put) -> Pending<'_, u64> {
        if self.away.load(Ordering::SeqCst) { unreachable() } else { self.memory.put(put) }
    }

    fn records<'a>(&'a self, collection: &'a str, prefix: &'a str, most: usize) -> Pending<'a, Vec<(String, Record)>> {
        self.unless_away(self.memory.records(collection, prefix, most))
    }

    fn kind(&self) -> &'static str {
        "flaky"
    }

    fn check(&self) -> Pending<'_, ()> {
        self.unless_away(self.memory.check())
    }
}
