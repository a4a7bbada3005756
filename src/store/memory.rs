use super::{Entry, Head, Journal, Pending, Store, StoreError};
use crate::dialogue::{Event, Happening, Resource, Response};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Turns one call may have.
const MOST_TURNS: usize = 10_000;
/// What a turn takes besides what was fetched: roughly.
const TURN_BYTES: usize = 1_000;

/// Journals in this process's memory: lost when it ends, bounded by how many they are, how old, and how large. What many
/// calls fetched alike is kept once.
#[derive(Debug)]
pub struct Memory {
    most: usize,
    oldest: i64,
    most_bytes: usize,
    journals: Mutex<Journals>,
}

#[derive(Debug, Default)]
struct Journals {
    by_call: HashMap<String, Journal>,
    /// Calls by when they began.
    order: VecDeque<String>,
    bodies: Bodies,
    turns: usize,
}

/// Fetched bodies by their digest, each with how often it stands in a journal.
#[derive(Debug, Default)]
struct Bodies {
    by_digest: HashMap<String, (Arc<Vec<u8>>, usize)>,
    bytes: usize,
}

impl Memory {
    /// A store that keeps at most `most` journals of about `most_bytes` together, and none that began more than
    /// `oldest_ms` milliseconds before the newest. The oldest go first.
    pub fn new(most: usize, oldest_ms: i64, most_bytes: usize) -> Self {
        Self { most: most.max(1), oldest: oldest_ms, most_bytes, journals: Mutex::default() }
    }

    /// How many journals are kept.
    pub fn len(&self) -> usize {
        self.journals().by_call.len()
    }

    /// Whether no journal is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn journals(&self) -> MutexGuard<'_, Journals> {
        self.journals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Memory {
    /// 20,000 calls of at most a day, in 256 MiB.
    fn default() -> Self {
        Self::new(20_000, 24 * 3_600_000, 256 << 20)
    }
}

impl Journals {
    fn begin(&mut self, head: Head, most: usize, oldest: i64) {
        if self.by_call.contains_key(&head.call) {
            return;
        }
        let now = head.started;
        while let Some(first) = self.order.front() {
            let too_old = self.by_call.get(first).is_none_or(|old| now - old.head.started > oldest);
            if !too_old && self.order.len() < most {
                break;
            }
            self.forget_oldest();
        }
        self.order.push_back(head.call.clone());
        self.by_call.insert(head.call.clone(), Journal { head, entries: Vec::new() });
    }

    fn append(&mut self, call: &str, mut entry: Entry, most_bytes: usize) -> Result<(), StoreError> {
        let journal = self.by_call.get_mut(call).ok_or_else(|| StoreError::Unknown(call.to_owned()))?;
        let have = journal.entries.len();
        if have >= MOST_TURNS {
            return Err(StoreError::Full(call.to_owned()));
        }
        if entry.turn as usize != have + 1 {
            return Err(StoreError::OutOfOrder { call: call.to_owned(), turn: entry.turn, have });
        }
        self.turns += 1;
        for resource in entry.events.iter_mut().filter_map(fetched) {
            self.bodies.keep(resource);
        }
        journal.entries.push(entry);
        while self.bodies.bytes + self.turns * TURN_BYTES > most_bytes && self.order.len() > 1 {
            self.forget_oldest();
        }
        Ok(())
    }

    fn forget_oldest(&mut self) {
        let Some(journal) = self.order.pop_front().and_then(|call| self.by_call.remove(&call)) else { return };
        self.turns -= journal.entries.len();
        for mut event in journal.entries.into_iter().flat_map(|entry| entry.events) {
            if let Some(resource) = fetched(&mut event) {
                self.bodies.release(resource);
            }
        }
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

fn fetched(event: &mut Event) -> Option<&mut Resource> {
    match &mut event.happening {
        Happening::Fetched { response: Response::Found(resource), .. } => Some(resource),
        _ => None,
    }
}

impl Store for Memory {
    fn begin(&self, head: Head) -> Pending<'_, ()> {
        self.journals().begin(head, self.most, self.oldest);
        Box::pin(std::future::ready(Ok(())))
    }

    fn append<'a>(&'a self, call: &'a str, entry: Entry) -> Pending<'a, ()> {
        Box::pin(std::future::ready(self.journals().append(call, entry, self.most_bytes)))
    }

    fn read<'a>(&'a self, call: &'a str) -> Pending<'a, Option<Journal>> {
        Box::pin(std::future::ready(Ok(self.journals().by_call.get(call).cloned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(call: &str, started: i64) -> Head {
        Head {
            format: super::super::FORMAT,
            program: "0".into(),
            app: "bank".into(),
            call: call.into(),
            started,
            settings: String::new(),
        }
    }

    fn entry(turn: u32) -> Entry {
        let events = vec![Event { at: 1, happening: Happening::Nothing }];
        Entry { turn, events, cookies: Vec::new(), answer: format!("digest {turn}") }
    }

    #[tokio::test]
    async fn what_is_appended_is_read_back_in_order() {
        let store = Memory::default();
        store.begin(head("a", 1)).await.unwrap();
        store.append("a", entry(1)).await.unwrap();
        store.append("a", entry(2)).await.unwrap();
        let journal = store.read("a").await.unwrap().unwrap();
        assert_eq!(journal.entries, [entry(1), entry(2)]);
        store.begin(head("a", 5)).await.unwrap();
        assert_eq!(store.read("a").await.unwrap().unwrap(), journal);
        assert_eq!(store.read("b").await.unwrap(), None);
    }

    #[tokio::test]
    async fn only_the_next_turn_can_be_appended() {
        let store = Memory::default();
        store.begin(head("a", 1)).await.unwrap();
        store.append("a", entry(1)).await.unwrap();
        assert!(matches!(store.append("a", entry(1)).await, Err(StoreError::OutOfOrder { have: 1, .. })));
        assert!(matches!(store.append("a", entry(3)).await, Err(StoreError::OutOfOrder { turn: 3, .. })));
        assert!(matches!(store.append("b", entry(1)).await, Err(StoreError::Unknown(_))));
    }

    fn fetched_entry(turn: u32, body: &str) -> Entry {
        let resource = Resource {
            url: "http://a.example/".into(),
            content_type: None,
            body: Arc::new(body.as_bytes().to_vec()),
            digest: format!("digest of {body}"),
        };
        let happening = Happening::Fetched { request: 1, response: Response::Found(resource) };
        Entry { events: vec![Event { at: 1, happening }], ..entry(turn) }
    }

    #[tokio::test]
    async fn what_many_calls_fetch_alike_is_kept_once_and_the_oldest_make_room() {
        let store = Memory::new(100, 1_000, 50_000);
        let (alike, other) = ("x".repeat(20_000), "y".repeat(30_000));
        for call in ["a", "b", "c"] {
            store.begin(head(call, 0)).await.unwrap();
            store.append(call, fetched_entry(1, &alike)).await.unwrap();
        }
        assert_eq!(store.len(), 3);
        assert_eq!(store.journals().bodies.bytes, 20_000);
        store.begin(head("d", 0)).await.unwrap();
        store.append("d", fetched_entry(1, &other)).await.unwrap();
        assert_eq!(store.read("d").await.unwrap().unwrap().entries, [fetched_entry(1, &other)]);
        assert_eq!(store.len(), 1);
        assert_eq!(store.journals().bodies.bytes, 30_000);
        assert_eq!(store.journals().turns, 1);
        assert!(matches!(store.append("c", entry(2)).await, Err(StoreError::Unknown(_))));
    }

    #[tokio::test]
    async fn journals_are_bounded_by_count_and_age() {
        let store = Memory::new(2, 1_000, usize::MAX);
        for (call, started) in [("a", 0), ("b", 10), ("c", 20)] {
            store.begin(head(call, started)).await.unwrap();
        }
        assert_eq!(store.len(), 2);
        assert_eq!(store.read("a").await.unwrap(), None);
        store.begin(head("d", 1_015)).await.unwrap();
        assert_eq!(store.read("b").await.unwrap(), None);
        assert!(store.read("c").await.unwrap().is_some());
    }
}
