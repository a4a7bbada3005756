//! Writes the journal of one call.

use super::host::Shared;
use crate::store::{Append, Entry, Found, Head, StoreError, Then};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Nobody else takes over a turn whose host said so recently that it is at work on it.
pub(super) const CLAIM: Duration = Duration::from_secs(6);
/// How often a host says so.
pub(super) const CLAIM_AGAIN: Duration = Duration::from_secs(2);
/// A store that does not answer is asked again for so long before a turn is answered from the live copy.
const WRITE_PATIENCE: Duration = Duration::from_secs(3);
/// What must not happen twice, or needs what others wrote, waits for the store so long. The caller is sent round meanwhile.
const LONGEST: Duration = Duration::from_secs(90);
/// The first pause between two questions to a store that does not answer; it grows.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(800);

/// Writes one call's journal: in order, each entry once.
pub(super) struct Scribe {
    shared: Arc<Shared>,
    head: Arc<Head>,
    /// How many entries the journal is known to have.
    known: usize,
    /// Answered already, but not yet in the journal, as the store did not answer.
    unsaved: VecDeque<(Entry, Then)>,
    /// The journal is gone: the call lives from this copy alone.
    cut: bool,
}

/// Why a turn cannot go on here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setback {
    /// Another host has written in the meantime: what was done here does not count.
    Behind,
    /// The application has as many calls as it may have.
    Busy,
    /// The call has used up its journal.
    Full,
    /// The store does not answer.
    Unreachable,
}

/// Whether an entry may be written after its answer has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Later {
    /// If the store does not answer for a while.
    May,
    /// Never: the next step must not happen twice.
    MustNot,
}

impl Scribe {
    /// For a call of whose journal nothing has been read or written yet.
    pub(super) fn new(head: Arc<Head>, shared: Arc<Shared>) -> Self {
        Self { shared, head, known: 0, unsaved: VecDeque::new(), cut: false }
    }

    pub(super) fn head(&self) -> &Arc<Head> {
        &self.head
    }

    /// How many entries the journal is known to have.
    pub(super) fn known(&self) -> usize {
        self.known
    }

    /// An entry was read.
    pub(super) fn has_read_one(&mut self) {
        self.known += 1;
    }

    /// Whether this copy is all there is of a turn.
    pub(super) fn is_needed(&self) -> bool {
        self.cut || !self.unsaved.is_empty()
    }

    pub(super) fn has_unsaved(&self) -> bool {
        !self.unsaved.is_empty()
    }

    /// Writes an entry, or, where it may be written later, gives up waiting for the store after a while.
    pub(super) async fn write(&mut self, entry: Entry, then: Then, later: Later) -> Result<(), Setback> {
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        while !self.cut {
            match self.flush().await {
                Ok(()) => match self.append(&entry, &then).await.map_err(Refusal::setback) {
                    Err(Setback::Unreachable) => {}
                    done => return done,
                },
                Err(Setback::Unreachable) => {}
                Err(setback) => return Err(setback),
            }
            let waited = begun.elapsed();
            if later == Later::May && (waited >= WRITE_PATIENCE || self.has_unsaved()) {
                tracing::warn!(call = %self.head.call, turn = entry.turn, "answered from memory: the store does not answer");
                self.unsaved.push_back((entry, then));
                self.shared.meter.is_unsaved(1);
                return Ok(());
            }
            if waited >= LONGEST {
                return Err(Setback::Unreachable);
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        Ok(())
    }

    /// Writes what is not in the journal yet.
    pub(super) async fn flush(&mut self) -> Result<(), Setback> {
        while let Some((entry, then)) = self.unsaved.front().cloned() {
            match self.append(&entry, &then).await {
                Ok(()) => self.forget_unsaved(1),
                Err(Refusal::Behind(missing)) if self.is_told_alike(&missing) => {
                    self.known += missing.len();
                    self.forget_unsaved(missing.len());
                }
                Err(Refusal::Setback(Setback::Unreachable)) => return Err(Setback::Unreachable),
                Err(refusal) => {
                    tracing::error!(call = %self.head.call, turn = entry.turn, turns = self.unsaved.len(),
                        "turns answered from memory do not fit the journal: another host went on with the call");
                    self.forget_unsaved(self.unsaved.len());
                    return Err(refusal.setback());
                }
            }
            if self.unsaved.is_empty() {
                tracing::info!(call = %self.head.call, "what was answered from memory is in the journal");
            }
        }
        Ok(())
    }

    /// Whether another host has told the caller just the same, of a turn that reached both while the store was away.
    fn is_told_alike(&self, missing: &[Entry]) -> bool {
        missing.len() <= self.unsaved.len()
            && missing.iter().zip(&self.unsaved).all(|(theirs, (ours, _))| {
                theirs.turn == ours.turn && theirs.answer.is_some() && theirs.answer == ours.answer
            })
    }

    /// Says again that this host is at work on the turn; that it cannot be said is no harm yet.
    pub(super) async fn claim(&self) -> bool {
        self.shared.store.claim(&self.head.call, &self.shared.owner, CLAIM).await.unwrap_or(false)
    }

    /// What the store has beyond what is known, however long that takes (within limits).
    pub(super) async fn news(shared: &Shared, call: &str, known: usize) -> Result<Option<Found>, Setback> {
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            match shared.store.read(call, known).await {
                Ok(found) => {
                    shared.note_store(true);
                    return Ok(found);
                }
                Err(StoreError::Unreachable(why)) => {
                    shared.note_store(false);
                    if begun.elapsed() >= LONGEST {
                        tracing::error!(call, why, "the journal cannot be read");
                        return Err(Setback::Unreachable);
                    }
                }
                Err(error) => {
                    tracing::error!(call, %error, "the journal cannot be read");
                    return Ok(None);
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn append(&mut self, entry: &Entry, then: &Then) -> Result<(), Refusal> {
        let append = Append { head: Arc::clone(&self.head), at: self.known, entry: entry.clone(), then: then.clone() };
        let call = &self.head.call;
        match self.shared.store.append(append).await {
            Ok(()) => self.shared.note_store(true),
            // The store had it already, only its answer was lost.
            Err(StoreError::Behind(missing)) if missing.as_slice() == std::slice::from_ref(entry) => {}
            Err(StoreError::Behind(missing)) if missing.is_empty() => {
                tracing::error!(call, "the store has lost entries of the journal: the call goes on from memory alone");
                self.cut = true;
                return Ok(());
            }
            Err(StoreError::Behind(missing)) => return Err(Refusal::Behind(missing)),
            Err(StoreError::Busy(_)) => return Err(Refusal::Setback(Setback::Busy)),
            Err(StoreError::Full(_)) => return Err(Refusal::Setback(Setback::Full)),
            Err(StoreError::Unreachable(why)) => {
                self.shared.note_store(false);
                tracing::debug!(call, why, "the store does not answer");
                return Err(Refusal::Setback(Setback::Unreachable));
            }
            Err(error @ (StoreError::Unknown(_) | StoreError::Changed(_) | StoreError::Broken(_))) => {
                tracing::error!(call, %error, "the journal is lost: the call goes on from memory alone");
                self.cut = true;
                return Ok(());
            }
        }
        self.known += 1;
        Ok(())
    }

    fn forget_unsaved(&mut self, count: usize) {
        self.unsaved.drain(..count.min(self.unsaved.len()));
        self.shared.meter.is_saved(count);
    }
}

/// Why an entry was not written.
enum Refusal {
    /// These are there already.
    Behind(Vec<Entry>),
    Setback(Setback),
}

impl Refusal {
    fn setback(self) -> Setback {
        match self {
            Refusal::Behind(_) => Setback::Behind,
            Refusal::Setback(setback) => setback,
        }
    }
}

impl Drop for Scribe {
    fn drop(&mut self) {
        self.forget_unsaved(self.unsaved.len());
    }
}
