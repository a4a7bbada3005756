use super::answer::Exchange;
use super::call::Call;
use super::host::{Host, Shared};
use super::masks::Masks;
use super::replay::ReplayError;
use crate::interpreter::STACK;
use crate::store::{FORMAT, Journal, StoreError};
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
    let Journal { head, entries } = journal;
    let mut transcript = Transcript {
        app: head.app.clone(),
        program: head.program.clone(),
        started: head.started,
        ended: false,
        turns: Vec::with_capacity(entries.len()),
        fault: None,
    };
    let fault = |error: ReplayError| Some(error.to_string());
    if head.format > FORMAT {
        return Transcript { fault: fault(ReplayError::Format(head.format)), ..transcript };
    }
    let Some(app) = shared.apps.get(&head.app).cloned() else {
        return Transcript { fault: fault(ReplayError::App(head.app)), ..transcript };
    };
    let reconfigured = app.settings != head.settings;
    let mut call = Call::of(Arc::new(head), app, shared);
    let mut masks = Masks::default();
    // A turn is as old as its first part.
    let mut heard_at = None;
    for entry in entries {
        let (turn, at) = (entry.turn, entry.events.first().map(|event| event.at));
        heard_at = heard_at.or(at);
        let before = call.answer().cloned();
        if call.replay(entry).is_none() {
            transcript.fault = fault(ReplayError::Differs { turn, reconfigured });
            break;
        }
        let is_new = |turn: u32| before.as_ref().is_none_or(|before| before.turn < turn);
        if let Some(answer) = call.answer().filter(|answer| is_new(answer.turn)) {
            let exchange = Exchange::of(&mut masks, before.as_deref(), answer);
            transcript.turns.push((heard_at.take().unwrap_or(transcript.started), exchange));
        }
    }
    transcript.ended = call.ended();
    transcript
}
