use super::answer::Exchange;
use super::call::Call;
use super::host::{Host, Shared};
use super::masks::Masks;
use super::meter::Counts;
use crate::interpreter::STACK;
use crate::store::{Journal, Store, StoreError};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// What a journal tells of a call.
#[derive(Debug)]
pub struct Transcript {
    /// The application's name.
    pub app: String,
    /// The program version that began it.
    pub program: String,
    /// When it began, in milliseconds since 1970-01-01T00:00:00Z.
    pub started: i64,
    /// Whether it is over.
    pub ended: bool,
    /// Its turns so far, each with when it was heard, in milliseconds since 1970.
    pub turns: Vec<(i64, Exchange)>,
    /// Why the rest cannot be told.
    pub fault: Option<String>,
}

/// What is asked of a host from outside its calls.
impl Host {
    /// What the workers have done, and hold now.
    pub fn counts(&self) -> Counts {
        self.shared.meter.counts()
    }

    /// Where the journals are kept.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.shared.store
    }

    /// How long ago the slowest worker thread was seen going on; seconds are usual, more than half a minute is not.
    pub fn slowest_worker(&self) -> Duration {
        self.shared.beats.longest()
    }

    /// What a call's journal tells; `None` if there is none. The call itself goes on undisturbed.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn transcript(&self, call: &str) -> Result<Option<Transcript>, StoreError> {
        let Some(found) = self.shared.store.read(call, 0).await? else { return Ok(None) };
        let broken = |why: &str| StoreError::Broken(format!("the journal of call {call} cannot be told: {why}"));
        // One at a time: a replay takes memory and, for a long call, a while.
        let _place = self.shared.telling.acquire().await.map_err(|_| broken("the server stops"))?;
        let (sender, told) = oneshot::channel();
        let shared = Arc::clone(&self.shared);
        // Its own thread: a long replay must not hold up the calls of a worker, and it needs a stack as deep as theirs.
        let thread = std::thread::Builder::new().name("transcript".to_owned()).stack_size(STACK);
        let started = thread.spawn(move || {
            // Whoever asked may have gone.
            let _ = sender.send(tell(found.journal, shared));
        });
        started.map_err(|error| broken(&error.to_string()))?;
        Ok(Some(told.await.map_err(|_| broken("a fault of voxbridge, please report it"))?))
    }
}

fn tell(journal: Journal, shared: Arc<Shared>) -> Transcript {
    let head = journal.head.clone();
    let mut times = HashMap::new();
    for entry in &journal.entries {
        if let Some(first) = entry.events.first() {
            times.entry(entry.turn).or_insert(first.at);
        }
    }
    let mut turns = Vec::with_capacity(times.len());
    let mut masks = Masks::default();
    let call = Call::retell(journal, shared, |before, answer| {
        let at = times.get(&answer.turn).copied().unwrap_or(head.started);
        turns.push((at, Exchange::of(&mut masks, before, answer)));
    });
    Transcript {
        app: head.app,
        program: head.program,
        started: head.started,
        ended: call.as_ref().is_ok_and(Call::ended),
        turns,
        fault: call.err().map(|error| error.to_string()),
    }
}
