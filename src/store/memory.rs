use super::{Append, Entry, Found, Head, Journal, Keep, Pending, Store, StoreError, Then};
use crate::dialogue::{Event, Happening, Resource, Response};
use std::collections::{HashMap, VecDeque};
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
}

#[derive(Debug, Default)]
struct Journals {
    by_call: HashMap<String, Kept>,
    /// Calls by when they began.
    order: VecDeque<String>,
    bodies: Bodies,
    entries: usize,
    open: HashMap<String, usize>,
}

#[derive(Debug)]
struct Kept {
    head: Arc<Head>,
    entries: Vec<Entry>,
    open: bool,
    /// Who is at work on it, and until when.
    claim: Option<(String, Instant)>,
    /// When it is to be looked at.
    due: Option<i64>,
}

/// Fetched bodies by their digest, each with how often it stands in a journal.
#[derive(Debug, Default)]
struct Bodies {
    by_digest: HashMap<String, (Arc<Vec<u8>>, usize)>,
    bytes: usize,
}

impl Memory {
    /// A store that keeps at most `most` journals of about `most_bytes` together, and none that began longer before the
    /// newest than open calls are kept. The oldest go first.
    pub fn new(keep: Keep, most: usize, most_bytes: usize) -> Self {
        Self { keep, most: most.max(1), most_bytes, journals: Mutex::default() }
    }

    /// A store of the usual size that keeps journals so.
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

    fn journals(&self) -> MutexGuard<'_, Journals> {
        self.journals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, append: Append) -> Result<(), StoreError> {
        let mut journals = self.journals();
        let Append { head, at, mut entry, then } = append;
        match journals.by_call.get(&head.call) {
            None if at > 0 => return Err(StoreError::Unknown(head.call.clone())),
            None => journals.begin(head.clone(), self)?,
            Some(kept) if kept.entries.len() != at => {
                return Err(StoreError::Behind(kept.entries.iter().skip(at).cloned().collect()));
            }
            Some(_) if at >= self.keep.entries => return Err(StoreError::Full(head.call.clone())),
            Some(_) => {}
        }
        for resource in entry.events.iter_mut().filter_map(fetched) {
            journals.bodies.keep(resource);
        }
        journals.entries += 1;
        if then == Then::Ended {
            journals.close(&head.call);
        }
        if let Some(kept) = journals.by_call.get_mut(&head.call) {
            kept.entries.push(entry);
            kept.claim = match then {
                Then::Working { owner, claimed } => Some((owner, deadline(claimed))),
                Then::Open | Then::Ended => None,
            };
        }
        while journals.bodies.bytes + journals.entries * ENTRY_BYTES > self.most_bytes && journals.order.len() > 1 {
            journals.forget_oldest();
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
            kept.claim = Some((owner.to_owned(), deadline(claimed)));
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

impl Journals {
    fn begin(&mut self, head: Arc<Head>, store: &Memory) -> Result<(), StoreError> {
        let open = self.open.entry(head.app.clone()).or_default();
        if store.keep.calls.get(&head.app).is_some_and(|most| *open >= *most) {
            return Err(StoreError::Busy(head.app.clone()));
        }
        *open += 1;
        let oldest = millis(store.keep.open);
        while let Some(first) = self.order.front() {
            let too_old = self.by_call.get(first).is_none_or(|old| head.started - old.head.started > oldest);
            if !too_old && self.order.len() < store.most {
                break;
            }
            self.forget_oldest();
        }
        self.order.push_back(head.call.clone());
        let due = Some(head.started + millis(store.keep.look));
        self.by_call.insert(head.call.clone(), Kept { head, entries: Vec::new(), open: true, claim: None, due });
        Ok(())
    }

    /// The call is over.
    fn close(&mut self, call: &str) {
        let Some(kept) = self.by_call.get_mut(call).filter(|kept| kept.open) else { return };
        kept.open = false;
        kept.due = None;
        if let Some(open) = self.open.get_mut(&kept.head.app) {
            *open = open.saturating_sub(1);
        }
    }

    fn forget_oldest(&mut self) {
        let Some(call) = self.order.pop_front() else { return };
        self.close(&call);
        let Some(kept) = self.by_call.remove(&call) else { return };
        self.entries -= kept.entries.len();
        for mut event in kept.entries.into_iter().flat_map(|entry| entry.events) {
            if let Some(resource) = fetched(&mut event) {
                self.bodies.release(resource);
            }
        }
    }

    fn due(&mut self, now: i64, again: i64, most: usize) -> Vec<String> {
        let due = self.by_call.iter_mut().filter(|(_, kept)| kept.due.is_some_and(|at| at < now)).take(most);
        due.map(|(call, kept)| {
            kept.due = Some(again);
            call.clone()
        })
        .collect()
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

fn deadline(claimed: Duration) -> Instant {
    Instant::now() + claimed
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
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
            Some(at) => {
                if let Some(kept) = journals.by_call.get_mut(call).filter(|kept| kept.open) {
                    kept.due = Some(at);
                }
            }
            None => journals.close(call),
        }
        ready(Ok(()))
    }

    fn open<'a>(&'a self, app: &'a str) -> Pending<'a, usize> {
        ready(Ok(self.journals().open.get(app).copied().unwrap_or_default()))
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
    use super::super::FORMAT;
    use super::*;

    fn head(call: &str, started: i64) -> Arc<Head> {
        Arc::new(Head {
            format: FORMAT,
            program: "0".into(),
            app: "bank".into(),
            call: call.into(),
            started,
            settings: String::new(),
        })
    }

    fn entry(turn: u32) -> Entry {
        let events = vec![Event { at: 1, happening: Happening::Nothing }];
        let answer = Some(format!("digest {turn}"));
        Entry { turn, events, cookies: Vec::new(), answer, writer: None, effect: None, played: false }
    }

    fn append(call: &str, started: i64, at: usize, entry: Entry) -> Append {
        Append { head: head(call, started), at, entry, then: Then::Open }
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
        let store = Memory::new(Keep::default(), 100, 50_000);
        let (alike, other) = ("x".repeat(20_000), "y".repeat(30_000));
        for call in ["a", "b", "c"] {
            store.append(append(call, 0, 0, fetched_entry(1, &alike))).await.unwrap();
        }
        assert_eq!(store.len(), 3);
        assert_eq!(store.journals().bodies.bytes, 20_000);
        store.append(append("d", 0, 0, fetched_entry(1, &other))).await.unwrap();
        assert_eq!(store.read("d", 0).await.unwrap().unwrap().journal.entries, [fetched_entry(1, &other)]);
        assert_eq!(store.len(), 1);
        assert_eq!(store.journals().bodies.bytes, 30_000);
        assert_eq!(store.journals().entries, 1);
        assert_eq!(store.open("bank").await.unwrap(), 1);
        assert!(matches!(store.append(append("c", 0, 1, entry(2))).await, Err(StoreError::Unknown(_))));
    }

    #[tokio::test]
    async fn journals_are_bounded_by_count_and_age() {
        let keep = Keep { open: Duration::from_secs(1), ..Keep::default() };
        let store = Memory::new(keep, 2, usize::MAX);
        for (call, started) in [("a", 0), ("b", 10), ("c", 20)] {
            store.append(append(call, started, 0, entry(1))).await.unwrap();
        }
        assert_eq!(store.len(), 2);
        assert_eq!(store.read("a", 0).await.unwrap(), None);
        store.append(append("d", 1_015, 0, entry(1))).await.unwrap();
        assert_eq!(store.read("b", 0).await.unwrap(), None);
        assert!(store.read("c", 0).await.unwrap().is_some());
    }
}
