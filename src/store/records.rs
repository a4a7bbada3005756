//! Records: small texts under a collection and a key, changed only by whoever knows what they were.
//!
//! They are what a back office keeps, beside the journals and by the same stores. There are no transactions: what must be
//! changed together is one record.

use super::StoreError;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Bytes a record may have.
pub const LARGEST_RECORD: usize = 1 << 20;
/// Bytes the name of a collection or a key may have.
pub const LONGEST_NAME: usize = 200;
/// Records kept in memory.
const MOST_IN_MEMORY: usize = 200_000;

/// What is kept under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// How often it was written, from 1.
    pub version: u64,
    /// What was written last.
    pub value: String,
}

/// A record to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// The collection, e.g. `reservations.days`.
    pub collection: String,
    /// The key, unique in it.
    pub key: String,
    /// What is kept under it from now on.
    pub value: String,
    /// The version it has now, as far as the writer knows; 0: there is none.
    pub known: u64,
    /// How long it is kept from now on.
    pub keep: Duration,
}

impl Put {
    /// The same, or why it can be kept nowhere.
    pub(super) fn checked(self) -> Result<Self, StoreError> {
        for name in [&self.collection, &self.key] {
            if name.is_empty()
                || name.len() > LONGEST_NAME
                || name.contains(|c: char| c.is_control() || "{}".contains(c))
            {
                return Err(StoreError::Broken(format!(
                    "the name of a record or collection has 1 to {LONGEST_NAME} bytes, without braces and control characters"
                )));
            }
        }
        if self.value.len() > LARGEST_RECORD {
            return Err(StoreError::Broken(format!(
                "a record of {} has {} bytes, more than {LARGEST_RECORD}",
                self.collection,
                self.value.len()
            )));
        }
        Ok(self)
    }
}

/// The records of a [`super::Memory`].
#[derive(Debug, Default)]
pub(super) struct Shelf {
    collections: BTreeMap<String, BTreeMap<String, Kept>>,
    count: usize,
}

#[derive(Debug)]
struct Kept {
    record: Record,
    expires: Instant,
}

impl Shelf {
    pub(super) fn get(&self, collection: &str, key: &str) -> Option<Record> {
        let kept = self.collections.get(collection)?.get(key)?;
        (kept.expires > Instant::now()).then(|| kept.record.clone())
    }

    pub(super) fn put(&mut self, put: Put) -> Result<u64, StoreError> {
        let put = put.checked()?;
        let there = self.get(&put.collection, &put.key);
        if there.as_ref().map_or(0, |record| record.version) != put.known {
            return Err(StoreError::Changed(there));
        }
        if self.count >= MOST_IN_MEMORY {
            self.sweep();
        }
        if there.is_none() && self.count >= MOST_IN_MEMORY {
            return Err(StoreError::Broken(format!(
                "there are {MOST_IN_MEMORY} records in memory, and no more may be"
            )));
        }
        let version = put.known + 1;
        let kept = Kept { record: Record { version, value: put.value }, expires: Instant::now() + put.keep };
        let before = self.collections.entry(put.collection).or_default().insert(put.key, kept);
        self.count += usize::from(before.is_none());
        Ok(version)
    }

    pub(super) fn list(&self, collection: &str, prefix: &str, most: usize) -> Vec<(String, Record)> {
        let now = Instant::now();
        let Some(records) = self.collections.get(collection) else { return Vec::new() };
        let from = records.range::<str, _>((std::ops::Bound::Included(prefix), std::ops::Bound::Unbounded));
        let alive = from.take_while(|(key, _)| key.starts_with(prefix)).filter(|(_, kept)| kept.expires > now);
        alive.take(most).map(|(key, kept)| (key.clone(), kept.record.clone())).collect()
    }

    /// Removes what was kept long enough.
    fn sweep(&mut self) {
        let now = Instant::now();
        self.collections.retain(|_, records| {
            records.retain(|_, kept| kept.expires > now);
            !records.is_empty()
        });
        self.count = self.collections.values().map(BTreeMap::len).sum();
    }
}
