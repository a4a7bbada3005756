use super::records::{Put, Record, Shelf};
use super::{Append, Entry, Found, Head, Journal, Keep, Pending, Store, StoreError, Then, codec, millis};
use crate::dialogue::Resource;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What an entry takes besides what was fetched: roughly.
const ENTRY_BYTES: usize = 1_000;

/// Journals in this process's memory: lost when it ends, bounded by how many they are, how old, and how large. What many
/// calls fetched alike is kept once.
#[derive(Debug)]
pub struct Memory {
    keep: Keep,
    most: usize,
    most_bytes: usize,
    journals: Mutex<Journals>,
    shelf: Mutex<Shelf>,
}

#[derive(Debug, Default)]
struct Journals {
    by_call: HashMap<String, Kept>,
    /// Calls by when they will have been kept long enough.
    expiring: BTreeSet<(Instant, String)>,
    /// Open calls by when they are to be looked at.
    due: BTreeSet<(i64, String)>,
    bodies: Bodies,
    entries: usize,
    open: HashMap<String, usize>,
}

#[derive(Debug)]
struct Kept {
    head: Arc<Head>,
    entries: Vec<Entry>,
    /// Bytes of its entries as they would be written.
    bytes: usize,
    open: bool,
    /// Who is at work on it, and until when.
    claim: Option<(String, Instant)>,
    /// When it is to be looked at.
    due: Option<i64>,
    expires: Instant,
}

/// Fetched bodies by their digest, each with how often it stands in a journal.
#[derive(Debug, Default)]
struct Bodies {
    by_digest: HashMap<String, (Arc<Vec<u8>>, usize)>,
    bytes: usize,
}

impl Memory {
    /// A store that keeps at most `most` journals of about `most_bytes` together. Those of which nothing was heard for
    /// longest go first.
    pub fn new(keep: Keep, most: usize, most_bytes: usize) -> Self {
        Self { keep, most: most.max(1), most_bytes, journals: Mutex::default(), shelf: Mutex::default() }
    }

    /// A store that keeps at most 200,000 calls in 512 MiB.
    pub fn keeping(keep: Keep) -> Self {
        Self::new(keep, 200_000, 512 << 20)
    }

    /// How many journals are kept.
    pub fn len(&self) -> usize {
        self.journals().by_call.len()
    }

    /// Whether no journal is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The journals, without those that were kept long enough.
    fn journals(&self) -> MutexGuard<'_, Journals> {
        let mut journals = self.journals.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        while journals.expiring.first().is_some_and(|(expires, _)| *expires <= now) {
            journals.forget_first();
        }
        journals
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, append: Append) -> Result<(), StoreError> {
        let Append { head, at, mut entry, then } = append;
        let bytes = codec::write_entry(&head.call, at, entry.clone())?.text.len();
        let mut journals = self.journals();
        match journals.by_call.get(&head.call) {
            None if at > 0 => return Err(StoreError::Unknown(head.call.clone())),
            Some(kept) if kept.has_just(at, &entry, &then) => return Ok(()),
            Some(kept) if kept.entries.len() != at => {
                return Err(StoreError::Behind(kept.entries.iter().skip(at).cloned().collect()));
            }
            kept => {
                let before = kept.map_or(0, |kept| kept.bytes);
                if at >= self.keep.entries || before + bytes > self.keep.bytes {
                    return Err(StoreError::Full(head.call.clone()));
                }
            }
        }
        if at == 0 {
            journals.begin(Arc::clone(&head), self)?;
        }
        for resource in entry.events.iter_mut().filter_map(codec::fetched) {
            journals.bodies.keep(resource);
        }
        journals.entries += 1;
        if then == Then::Ended {
            journals.close(&head.call);
        }
        journals.push(&head.call, entry, bytes, then, &self.keep);
        while journals.bodies.bytes + journals.entries * ENTRY_BYTES > self.most_bytes && journals.by_call.len() > 1 {
            journals.forget_first();
        }
        Ok(())
    }

    fn found(&self, call: &str, from: usize) -> Option<Found> {
        let journals = self.journals();
        let kept = journals.by_call.get(call)?;
        let entries = kept.entries.iter().skip(from).cloned().collect();
        let owner = kept.claim.as_ref().filter(|(_, until)| until > &Instant::now()).map(|(owner, _)| owner.clone());
        Some(Found { journal: Journal { head: Head::clone(&kept.head), entries }, owner })
    }

    fn claimed(&self, call: &str, owner: &str, claimed: Duration) -> Result<bool, StoreError> {
        let mut journals = self.journals();
        let kept = journals.by_call.get_mut(call).ok_or_else(|| StoreError::Unknown(call.to_owned()))?;
        let others = kept.claim.as_ref().is_some_and(|(other, until)| other != owner && until > &Instant::now());
        if !others {
            kept.claim = Some((owner.to_owned(), Instant::now() + claimed));
        }
        Ok(!others)
    }
}

impl Default for Memory {
    /// 200,000 calls of at most a day, in 512 MiB.
    fn default() -> Self {
        Self::keeping(Keep::default())
    }
}

impl Kept {
    /// Whether that very entry is the last one: whoever appends it again did not hear that it was written.
    fn has_just(&self, at: usize, entry: &Entry, then: &Then) -> bool {
        let ours = match then {
            Then::Working { owner, .. } => self.claim.as_ref().is_some_and(|(other, _)| other == owner),
            Then::Open | Then::Ended => true,
        };
        ours && self.entries.len() == at + 1 && self.entries.last() == Some(entry)
    }
}

impl Journals {
    fn begin(&mut self, head: Arc<Head>, store: &Memory) -> Result<(), StoreError> {
        let open = self.open.entry(head.app.clone()).or_default();
        if store.keep.calls.get(&head.app).is_some_and(|most| *open >= *most) {
            return Err(StoreError::Busy(head.app.clone()));
        }
        *open += 1;
        while self.by_call.len() >= store.most {
            self.forget_first();
        }
        let (call, due) = (head.call.clone(), head.started.saturating_add(millis(store.keep.look)));
        let expires = Instant::now() + store.keep.open;
        self.expiring.insert((expires, call.clone()));
        self.due.insert((due, call.clone()));
        let kept = Kept { head, entries: Vec::new(), bytes: 0, open: true, claim: None, due: Some(due), expires };
        self.by_call.insert(call, kept);
        Ok(())
    }

    fn push(&mut self, call: &str, entry: Entry, bytes: usize, then: Then, keep: &Keep) {
        let Some(kept) = self.by_call.get_mut(call) else { return };
        kept.entries.push(entry);
        kept.bytes += bytes;
        kept.claim = match then {
            Then::Working { owner, claimed } => Some((owner, Instant::now() + claimed)),
            Then::Open | Then::Ended => None,
        };
        self.expiring.remove(&(kept.expires, call.to_owned()));
        kept.expires = Instant::now() + if kept.open { keep.open } else { keep.ended };
        self.expiring.insert((kept.expires, call.to_owned()));
    }

    /// The call is over.
    fn close(&mut self, call: &str) {
        self.remind(call, None);
        let Some(kept) = self.by_call.get_mut(call).filter(|kept| kept.open) else { return };
        kept.open = false;
        if let Some(open) = self.open.get_mut(&kept.head.app) {
            *open = open.saturating_sub(1);
        }
    }

    fn remind(&mut self, call: &str, at: Option<i64>) {
        let Some(kept) = self.by_call.get_mut(call).filter(|kept| kept.open) else { return };
        if let Some(due) = std::mem::replace(&mut kept.due, at) {
            self.due.remove(&(due, call.to_owned()));
        }
        if let Some(at) = at {
            self.due.insert((at, call.to_owned()));
        }
    }

    /// Forgets the call of which nothing was heard for longest.
    fn forget_first(&mut self) {
        let Some((_, call)) = self.expiring.pop_first() else { return };
        self.close(&call);
        let Some(kept) = self.by_call.remove(&call) else { return };
        self.entries -= kept.entries.len();
        for mut event in kept.entries.into_iter().flat_map(|entry| entry.events) {
            if let Some(resource) = codec::fetched(&mut event) {
                self.bodies.release(resource);
            }
        }
    }

    fn due(&mut self, now: i64, again: i64, most: usize) -> Vec<String> {
        let due = self.due.iter().take_while(|(at, _)| *at < now).take(most);
        let calls: Vec<String> = due.map(|(_, call)| call.clone()).collect();
        for call in &calls {
            self.remind(call, Some(again));
        }
        calls
    }
}

impl Bodies {
    fn keep(&mut self, resource: &mut Resource) {
        match self.by_digest.get_mut(&resource.digest) {
            Some((body, times)) => {
                resource.body = Arc::clone(body);
                *times += 1;
            }
            None => {
                self.bytes += resource.body.len();
                self.by_digest.insert(resource.digest.clone(), (Arc::clone(&resource.body), 1));
            }
        }
    }

    fn release(&mut self, resource: &Resource) {
        let Some((body, times)) = self.by_digest.get_mut(&resource.digest) else { return };
        *times -= 1;
        if *times == 0 {
            self.bytes -= body.len();
            self.by_digest.remove(&resource.digest);
        }
    }
}

fn ready<'a, T: Send + 'a>(result: Result<T, StoreError>) -> Pending<'a, T> {
    Box::pin(std::future::ready(result))
}

impl Store for Memory {
    fn append(&self, append: Append) -> Pending<'_, ()> {
        ready(self.write(append))
    }

    fn read<'a>(&'a self, call: &'a str, from: usize) -> Pending<'a, Option<Found>> {
        ready(Ok(self.found(call, from)))
    }

    fn claim<'a>(&'a self, call: &'a str, owner: &'a str, claimed: Duration) -> Pending<'a, bool> {
        ready(self.claimed(call, owner, claimed))
    }

    fn due(&self, now: i64, again: i64, most: usize) -> Pending<'_, Vec<String>> {
        ready(Ok(self.journals().due(now, again, most)))
    }

    fn remind<'a>(&'a self, call: &'a str, _: &'a str, at: Option<i64>) -> Pending<'a, ()> {
        let mut journals = self.journals();
        match at {
            Some(at) => journals.remind(call, Some(at)),
            None => journals.close(call),
        }
        ready(Ok(()))
    }

    fn open<'a>(&'a self, app: &'a str) -> Pending<'a, usize> {
        ready(Ok(self.journals().open.get(app).copied().unwrap_or_default()))
    }

    fn record<'a>(&'a self, collection: &'a str, key: &'a str) -> Pending<'a, Option<Record>> {
        ready(Ok(self.shelf().get(collection, key)))
    }

    fn put(&self, put: Put) -> Pending<'_, u64> {
        ready(self.shelf().put(put))
    }

    fn records<'a>(&'a self, collection: &'a str, prefix: &'a str, most: usize) -> Pending<'a, Vec<(String, Record)>> {
        ready(Ok(self.shelf().list(collection, prefix, most)))
    }

    fn kind(&self) -> &'static str {
        "memory"
    }

    fn is_shared(&self) -> bool {
        false
    }

    fn check(&self) -> Pending<'_, ()> {
        ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{append, entry, fetched_entry};
    use super::*;

    #[tokio::test]
    async fn what_many_calls_fetch_alike_is_kept_once_and_the_oldest_make_room() {
        let store = Memory::new(Keep::default(), 100, 50_000);
        let (alike, other) = ("x".repeat(20_000), "y".repeat(30_000));
        for call in ["a", "b", "c"] {
            store.append(append(call, 0, fetched_entry(1, &alike))).await.unwrap();
        }
        assert_eq!(store.len(), 3);
        assert_eq!(store.journals().bodies.bytes, 20_000);
        store.append(append("d", 0, fetched_entry(1, &other))).await.unwrap();
        assert_eq!(store.read("d", 0).await.unwrap().unwrap().journal.entries, [fetched_entry(1, &other)]);
        assert_eq!(store.len(), 1);
        assert_eq!(store.journals().bodies.bytes, 30_000);
        assert_eq!(store.journals().entries, 1);
        assert_eq!(store.open("bank").await.unwrap(), 1);
        assert!(matches!(store.append(append("c", 1, entry(2))).await, Err(StoreError::Unknown(_))));
    }

    #[tokio::test]
    async fn the_calls_that_were_silent_longest_make_room() {
        let store = Memory::new(Keep::default(), 2, usize::MAX);
        for call in ["a", "b"] {
            store.append(append(call, 0, entry(1))).await.unwrap();
        }
        store.append(append("a", 1, entry(2))).await.unwrap();
        store.append(append("c", 0, entry(1))).await.unwrap();
        assert_eq!(store.len(), 2);
        assert_eq!(store.read("b", 0).await.unwrap(), None);
        assert!(store.read("a", 0).await.unwrap().is_some());
        assert_eq!(store.due(i64::MAX, i64::MAX, 10).await.unwrap(), ["a", "c"]);
    }
}
