//! Records as values: read, and changed together with whoever else changes them.

use crate::store::{Put, Record, Store, StoreError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;

/// How often a change is begun again as others were faster; each time somebody else was done.
const MOST_TRIES: u32 = 100;

/// Values of one kind, by their keys.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    store: Arc<dyn Store>,
    collection: &'static str,
}

/// What a change comes to.
pub(super) enum Change<T> {
    /// The value is written.
    Write(T),
    /// It stays as it is.
    Leave(T),
}

impl Ledger {
    pub(super) fn new(store: &Arc<dyn Store>, collection: &'static str) -> Self {
        Self { store: Arc::clone(store), collection }
    }

    /// The value under a key; that of nothing if there is none.
    pub(super) async fn read<V: DeserializeOwned + Default>(&self, key: &str) -> Result<V, StoreError> {
        self.value(self.store.record(self.collection, key).await?.as_ref())
    }

    /// Writes a value where there is none; gives the one that is there otherwise.
    pub(super) async fn begin<V>(&self, key: &str, value: &V, keep: Duration) -> Result<Option<V>, StoreError>
    where
        V: Serialize + DeserializeOwned + Default,
    {
        match self.put(key, value, 0, keep).await {
            Ok(_) => Ok(None),
            Err(StoreError::Changed(there)) => self.value(there.as_ref()).map(Some),
            Err(error) => Err(error),
        }
    }

    /// Changes the value under a key. Of several who do so at once each sees what the ones before it made of it.
    pub(super) async fn change<V, T>(
        &self,
        key: &str,
        keep: Duration,
        mut change: impl FnMut(&mut V) -> Change<T> + Send,
    ) -> Result<T, StoreError>
    where
        V: Serialize + DeserializeOwned + Default + Send + Sync,
        T: Send,
    {
        let mut there = self.store.record(self.collection, key).await?;
        for _ in 0..MOST_TRIES {
            let mut value: V = self.value(there.as_ref())?;
            let done = match change(&mut value) {
                Change::Leave(done) => return Ok(done),
                Change::Write(done) => done,
            };
            match self.put(key, &value, there.map_or(0, |record| record.version), keep).await {
                Ok(_) => return Ok(done),
                Err(StoreError::Changed(now)) => there = now,
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Unreachable(format!("a record of {} is changed by others all the time", self.collection)))
    }

    async fn put(&self, key: &str, value: &impl Serialize, known: u64, keep: Duration) -> Result<u64, StoreError> {
        let value = serde_json::to_string(value).map_err(|error| self.unreadable(&error))?;
        let collection = self.collection.to_owned();
        self.store.put(Put { collection, key: key.to_owned(), value, known, keep }).await
    }

    fn value<V: DeserializeOwned + Default>(&self, record: Option<&Record>) -> Result<V, StoreError> {
        match record {
            Some(record) => serde_json::from_str(&record.value).map_err(|error| self.unreadable(&error)),
            None => Ok(V::default()),
        }
    }

    fn unreadable(&self, error: &serde_json::Error) -> StoreError {
        StoreError::Broken(format!("a record of {} is not as it should be: {error}", self.collection))
    }
}
