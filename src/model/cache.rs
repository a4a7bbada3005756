//! Answers to questions that were asked before.

use crate::dialogue::Sensitive;
use lru::LruCache;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use xxhash_rust::xxh3::xxh3_128;

/// Answers as they were written, by a hash of their questions: the words of callers are not kept to find them by. Only in
/// memory, the least used go first.
pub(super) struct Cache(Option<Mutex<LruCache<u128, String>>>);

impl Cache {
    /// A cache of so many answers; of none with 0.
    pub(super) fn new(most: usize) -> Self {
        Self(NonZeroUsize::new(most).map(|most| Mutex::new(LruCache::new(most))))
    }

    pub(super) fn find(&self, key: &Sensitive<String>) -> Option<String> {
        let answers = self.0.as_ref()?;
        answers.lock().unwrap_or_else(PoisonError::into_inner).get(&xxh3_128(key.as_bytes())).cloned()
    }

    pub(super) fn keep(&self, key: &Sensitive<String>, answer: String) {
        if let Some(answers) = &self.0 {
            answers.lock().unwrap_or_else(PoisonError::into_inner).put(xxh3_128(key.as_bytes()), answer);
        }
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cache")
    }
}
