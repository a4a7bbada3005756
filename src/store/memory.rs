use super::{Entry, Head, Journal, Pending, Store, StoreError};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Turns one call may have.
const MOST_TURNS: usize = 10_000;

/// Journals in this process's memory: lost when it ends, bounded by how many they are and how old.
#[derive(Debug)]
pub struct Memory {
    most: usize,
    oldest: i64,
    journals: Mutex<Journals>,
}

#[derive(Debug, Default)]
struct Journals {
    by_call: HashMap<String, Journal>,
    /// Calls by when they began.
    order: VecDeque<String>,
}

impl Memory {
    /// A store that keeps at most `most` journals, and none that began more than `oldest_ms` milliseconds before the
    /// newest.
    pub fn new(most: usize, oldest_ms: i64) -> Self {
        Self { most: most.max(1), oldest: oldest_ms, journals: Mutex::default() }
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
    /// 20,000 calls of at most a day.
    fn default() -> Self {
        Self::new(20_000, 24 * 3_600_000)
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
            if let Some(first) = self.order.pop_front() {
                self.by_call.remove(&first);
            }
        }
        self.order.push_back(head.call.clone());
        self.by_call.insert(head.call.clone(), Journal { head, entries: Vec::new() });
    }

    fn append(&mut self, call: &str, entry: Entry) -> Result<(), StoreError> {
        let journal = self.by_call.get_mut(call).ok_or_else(|| StoreError::Unknown(call.to_owned()))?;
        let have = journal.entries.len();
        if have >= MOST_TURNS {
            return Err(StoreError::Full(call.to_owned()));
        }
        if entry.turn as usize != have + 1 {
            return Err(StoreError::OutOfOrder { call: call.to_owned(), turn: entry.turn, have });
        }
        journal.entries.push(entry);
        Ok(())
    }
}

impl Store for Memory {
    fn begin(&self, head: Head) -> Pending<'_, ()> {
        self.journals().begin(head, self.most, self.oldest);
        Box::pin(std::future::ready(Ok(())))
    }

    fn append<'a>(&'a self, call: &'a str, entry: Entry) -> Pending<'a, ()> {
        Box::pin(std::future::ready(self.journals().append(call, entry)))
    }

    fn read<'a>(&'a self, call: &'a str) -> Pending<'a, Option<Journal>> {
        Box::pin(std::future::ready(Ok(self.journals().by_call.get(call).cloned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::{Event, Happening};

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
        Entry { turn, events: vec![Event { at: 1, happening: Happening::Nothing }], answer: format!("digest {turn}") }
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

    #[tokio::test]
    async fn journals_are_bounded_by_count_and_age() {
        let store = Memory::new(2, 1_000);
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
