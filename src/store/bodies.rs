//! Fetched bodies by their digests, in this process: those lately written or read.

use super::codec::Body;
use lru::LruCache;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Most bytes of bodies a store keeps in memory.
const MOST_BYTES: usize = 64 << 20;

/// A bounded cache; the bodies that were used longest ago make room.
pub(super) struct Bodies {
    most_bytes: usize,
    /// How often there was doubt whether the store still has what was written.
    doubts: AtomicU64,
    held: Mutex<Held>,
}

struct Held {
    by_digest: LruCache<String, Cached>,
    bytes: usize,
}

struct Cached {
    bytes: Arc<Vec<u8>>,
    /// When this process wrote it to the store, if it did.
    written: Option<Instant>,
}

impl Bodies {
    pub(super) fn new() -> Self {
        Self::of(MOST_BYTES)
    }

    fn of(most_bytes: usize) -> Self {
        Self {
            most_bytes,
            doubts: AtomicU64::new(0),
            held: Mutex::new(Held { by_digest: LruCache::unbounded(), bytes: 0 }),
        }
    }

    /// A body, if it is here.
    pub(super) fn get(&self, digest: &str) -> Option<Arc<Vec<u8>>> {
        self.held().by_digest.get(digest).map(|cached| Arc::clone(&cached.bytes))
    }

    /// Remembers a body that was read; what comes back is the one to be used, so that it is in memory once.
    pub(super) fn read(&self, digest: String, bytes: Vec<u8>) -> Arc<Vec<u8>> {
        let mut held = self.held();
        if let Some(cached) = held.by_digest.get(&digest) {
            return Arc::clone(&cached.bytes);
        }
        let bytes = Arc::new(bytes);
        held.put(digest, Arc::clone(&bytes), self.most_bytes);
        bytes
    }

    /// Which of these were not written by this process for so long.
    pub(super) fn unwritten(&self, bodies: &[Body], fresh: Duration) -> Vec<Body> {
        let mut held = self.held();
        let is_fresh = |cached: &Cached| cached.written.is_some_and(|written| written.elapsed() < fresh);
        bodies.iter().filter(|body| !held.by_digest.get(&body.digest).is_some_and(is_fresh)).cloned().collect()
    }

    /// Remembers that these have been written.
    pub(super) fn wrote(&self, bodies: Vec<Body>) {
        let mut held = self.held();
        for body in bodies {
            if !held.by_digest.contains(&body.digest) {
                held.put(body.digest.clone(), body.bytes, self.most_bytes);
            }
            if let Some(cached) = held.by_digest.get_mut(&body.digest) {
                cached.written = Some(Instant::now());
            }
        }
    }

    /// The store may have lost what was written: it is written anew when next used.
    pub(super) fn doubt(&self) {
        self.doubts.fetch_add(1, Ordering::AcqRel);
        for (_, cached) in &mut self.held().by_digest {
            cached.written = None;
        }
    }

    /// How often that was so.
    pub(super) fn doubts(&self) -> u64 {
        self.doubts.load(Ordering::Acquire)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn put(&mut self, digest: String, bytes: Arc<Vec<u8>>, most_bytes: usize) {
        self.bytes += bytes.len();
        self.by_digest.put(digest, Cached { bytes, written: None });
        while self.bytes > most_bytes
            && let Some((_, cached)) = self.by_digest.pop_lru()
        {
            self.bytes -= cached.bytes.len();
        }
    }
}

impl std::fmt::Debug for Bodies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let held = self.held();
        f.debug_struct("Bodies").field("count", &held.by_digest.len()).field("bytes", &held.bytes).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(digest: &str, bytes: usize) -> Body {
        Body { digest: digest.to_owned(), bytes: Arc::new(vec![0; bytes]) }
    }

    #[test]
    fn a_body_is_written_again_when_it_is_old_or_the_store_may_have_lost_it() {
        let bodies = Bodies::new();
        let long = Duration::from_secs(3_600);
        assert_eq!(bodies.unwritten(&[body("a", 1)], long), [body("a", 1)]);
        bodies.wrote(vec![body("a", 1)]);
        assert_eq!(bodies.unwritten(&[body("a", 1), body("b", 1)], long), [body("b", 1)]);
        assert_eq!(bodies.unwritten(&[body("a", 1)], Duration::ZERO), [body("a", 1)]);
        bodies.doubt();
        assert_eq!(bodies.unwritten(&[body("a", 1)], long), [body("a", 1)]);
        assert!(bodies.get("a").is_some(), "it is still known what it is");
    }

    #[test]
    fn bodies_used_longest_ago_make_room() {
        let bodies = Bodies::of(100);
        bodies.read("a".into(), vec![0; 40]);
        bodies.read("b".into(), vec![0; 40]);
        bodies.get("a");
        bodies.read("c".into(), vec![0; 40]);
        assert!(bodies.get("a").is_some() && bodies.get("b").is_none() && bodies.get("c").is_some());
        assert_eq!(bodies.held().bytes, 80);
    }
}
