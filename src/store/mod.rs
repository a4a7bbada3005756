//! The journal of calls behind one trait.
//!
//! A call is exactly the list of its events, so its journal rebuilds it: a [`Head`] with all that does not change during
//! the call, then one [`Entry`] a turn. An entry is appended before its answer leaves.

mod memory;

pub use memory::Memory;

use crate::dialogue::{Event, SetCookie};
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::pin::Pin;

/// The journal format this program writes.
pub const FORMAT: u32 = 1;

/// All that is known of one call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    /// What holds for the whole call.
    pub head: Head,
    /// Its turns, in order.
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
    /// A digest of what the application's configuration and mapping were: a call begun under others is not rebuilt.
    pub settings: String,
}

/// One turn of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The number of the answer, from 1.
    pub turn: u32,
    /// What led to it: what the caller did, then what was fetched.
    pub events: Vec<Event>,
    /// The cookies the answers to its fetches set: they are no event, as the interpreter never sees them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<SetCookie>,
    /// SHA-256 of the answer: a replay that comes out otherwise is noticed.
    pub answer: String,
}

/// Why the store did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another turn stands in the place of the one to be appended, or the one before it is missing.
    #[error("turn {turn} of call {call} cannot be appended: the journal has {have} turns")]
    OutOfOrder {
        /// The call.
        call: String,
        /// The turn to be appended.
        turn: u32,
        /// How many turns the journal has.
        have: usize,
    },
    /// No journal of that call was begun, or it was dropped for its age.
    #[error("there is no journal of call {0}")]
    Unknown(String),
    /// The journal is as long as it may be.
    #[error("the journal of call {0} is full")]
    Full(String),
}

/// What a store method gives back: something to await.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Where journals are kept.
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Begins the journal of a call; one that is there already stays as it is.
    fn begin(&self, head: Head) -> Pending<'_, ()>;

    /// Appends the next turn of a call.
    ///
    /// # Errors
    /// [`StoreError::OutOfOrder`] unless the entry is exactly the next one: two hosts cannot both write a turn.
    fn append<'a>(&'a self, call: &'a str, entry: Entry) -> Pending<'a, ()>;

    /// The journal of a call, if there is one.
    fn read<'a>(&'a self, call: &'a str) -> Pending<'a, Option<Journal>>;
}
