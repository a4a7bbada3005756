//! The journal of calls behind one trait, and [records](Record) beside it.
//!
//! A call is exactly the list of its events, so its journal rebuilds it: a [`Head`] with all that does not change during
//! the call, then its [`Entry`]s. A turn is one entry, appended before its answer leaves. A turn that takes long, or that
//! sends something which must not be sent twice, is first written in parts.
//!
//! Whoever appends says how many entries it knows of: of two hosts that answer the same turn one is told what it missed.

// Claims, ages and attempts to connect are by the clock.
#![allow(clippy::disallowed_methods)]

mod bodies;
mod codec;
mod memory;
mod open;
mod records;
mod redis;
#[cfg(test)]
mod samples;
mod sqlite;

pub use memory::Memory;
pub use open::open;
pub use records::{LARGEST_RECORD, LONGEST_NAME, Put, Record};
pub use redis::Redis;
pub use sqlite::Sqlite;

use crate::dialogue::{Event, SetCookie};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// The journal format this program writes. Format 1 had no parts; it is read, too.
pub const FORMAT: u32 = 2;

/// What is known of one call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    /// What holds for the whole call.
    pub head: Head,
    /// Its entries, in order; all, or those after the ones that were known.
    pub entries: Vec<Entry>,
}

/// What holds for a whole call: with the events, everything its answers depend on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The format of the journal, [`FORMAT`] when written.
    pub format: u32,
    /// The program version that wrote it.
    pub program: String,
    /// The application's name.
    pub app: String,
    /// The call's id.
    pub call: String,
    /// When it began, in milliseconds since 1970-01-01T00:00:00Z.
    pub started: i64,
    /// A digest of what the application's configuration and mapping were.
    pub settings: String,
}

/// One turn of a call, or a part of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The number of the answer, from 1.
    pub turn: u32,
    /// What led to it: what the caller did, then what was fetched. If parts of the turn went before, what came after them.
    pub events: Vec<Event>,
    /// The cookies the answers to its fetches set: they are no event, as the interpreter never sees them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<SetCookie>,
    /// SHA-256 of the answer: a replay that comes out otherwise is noticed. `None` in a part: the turn goes on.
    pub answer: Option<String>,
    /// In a part: who wrote it, so that no two hosts take the same part for their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writer: Option<String>,
    /// In a part: the id of the effect (a submit) that is sent once the part is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
    /// In a part: whether the caller hears the prompts queued before the fetch while it goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub played: bool,
}

/// An entry to be appended.
#[derive(Debug, Clone)]
pub struct Append {
    /// What holds for the whole call; it is written with the first entry.
    pub head: Arc<Head>,
    /// How many entries the writer knows of.
    pub at: usize,
    /// The entry.
    pub entry: Entry,
    /// Whether the call goes on.
    pub then: Then,
}

/// What becomes of a call after an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// Its turn goes on: the writer is at work on it and says so again within that time.
    Working {
        /// The writer.
        owner: String,
        /// How long nobody else takes the turn over.
        claimed: Duration,
    },
    /// It waits for the caller.
    Open,
    /// It is over.
    Ended,
}

/// What a store has of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The journal, from the entry that was asked for.
    pub journal: Journal,
    /// Who is at work on its unfinished turn, if anybody says so.
    pub owner: Option<String>,
}

/// Why the store did not do as asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// The journal has entries the writer does not know of; here they are. None: it has fewer than the writer knows of, as
    /// the store lost some.
    #[error("the journal has {} entries more", .0.len())]
    Behind(Vec<Entry>),
    /// There is no journal of that call: it was dropped for its age, or lost.
    #[error("there is no journal of call {0}")]
    Unknown(String),
    /// The journal is as long, or as large, as it may be.
    #[error("the journal of call {0} is full")]
    Full(String),
    /// The application has as many open calls as it may have; only a first entry gets this.
    #[error("application {0} has as many calls as it may have")]
    Busy(String),
    /// The record is not of the version the writer knows; what it is now, if there is one.
    #[error("the record was changed by somebody else")]
    Changed(Option<Record>),
    /// The store does not answer; it may do so later.
    #[error("the store cannot be reached: {0}")]
    Unreachable(String),
    /// What is stored cannot be read, or the store refuses for a reason that will not pass.
    #[error("{0}")]
    Broken(String),
}

/// How much is kept, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keep {
    /// How long the journal of an open call is kept after its last entry.
    pub open: Duration,
    /// How long the journal of a call that is over is kept.
    pub ended: Duration,
    /// Entries of one call.
    pub entries: usize,
    /// Bytes of one call's journal, fetched bodies not counted.
    pub bytes: usize,
    /// A call is to be looked at ([`Store::due`]) so long after it began.
    pub look: Duration,
    /// Open calls of one application, by its name; no limit where there is none.
    pub calls: HashMap<String, usize>,
}

impl Default for Keep {
    /// A day, 10,000 entries, 4 MiB, a look after an hour, any number of calls.
    fn default() -> Self {
        let day = Duration::from_secs(24 * 3_600);
        Self {
            open: day,
            ended: day,
            entries: 10_000,
            bytes: 4 << 20,
            look: Duration::from_secs(3_600),
            calls: Default::default(),
        }
    }
}

/// What a store method gives back: something to await.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Where journals are kept.
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Appends an entry; the first begins the journal.
    ///
    /// # Errors
    /// [`StoreError::Behind`] unless the journal has exactly as many entries as the writer knows of: of two hosts only one
    /// writes an entry. Then nothing is written.
    ///
    /// To append the very entry that was written last is no error and changes nothing: whoever did not hear whether an
    /// entry was written may append it again. A part is told from another host's by its owner.
    fn append(&self, append: Append) -> Pending<'_, ()>;

    /// The journal of a call from its entry number `from` (counted from 0) on, if there is one.
    fn read<'a>(&'a self, call: &'a str, from: usize) -> Pending<'a, Option<Found>>;

    /// Says that `owner` is at work on a call's unfinished turn, for so long; `false` if somebody else is. An entry that
    /// finishes the turn ends it.
    fn claim<'a>(&'a self, call: &'a str, owner: &'a str, claimed: Duration) -> Pending<'a, bool>;

    /// Open calls that were to be looked at before `now` (milliseconds since 1970), at most so many: those that began, or
    /// of which [`Store::remind`] said so. Nobody else is told of them until `again`. How a replica learns of calls whose
    /// replica died.
    fn due(&self, now: i64, again: i64, most: usize) -> Pending<'_, Vec<String>>;

    /// A call is to be looked at then (milliseconds since 1970); `None`: never again, as it is over.
    fn remind<'a>(&'a self, call: &'a str, app: &'a str, at: Option<i64>) -> Pending<'a, ()>;

    /// How many calls of an application are open.
    fn open<'a>(&'a self, app: &'a str) -> Pending<'a, usize>;

    /// The record under a key of a collection, if there is one.
    fn record<'a>(&'a self, collection: &'a str, key: &'a str) -> Pending<'a, Option<Record>>;

    /// Writes a record; gives its version from now on.
    ///
    /// # Errors
    /// [`StoreError::Changed`] unless the record has the version the writer knows: of two that change it at once one is
    /// told what the other wrote, and nothing is written.
    fn put(&self, put: Put) -> Pending<'_, u64>;

    /// The records of a collection whose keys begin so, in the order of their keys, at most so many.
    fn records<'a>(&'a self, collection: &'a str, prefix: &'a str, most: usize) -> Pending<'a, Vec<(String, Record)>>;

    /// The name of its kind, for those who operate it.
    fn kind(&self) -> &'static str;

    /// Whether other processes may write to it, too: then what is not there yet may still come.
    fn is_shared(&self) -> bool {
        true
    }

    /// Whether the store answers.
    fn check(&self) -> Pending<'_, ()>;
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
