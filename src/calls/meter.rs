use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What the workers count; plain atomics that no turn waits for.
#[derive(Debug, Default)]
pub(super) struct Meter {
    begun: AtomicU64,
    ended: AtomicU64,
    turns: AtomicU64,
    live: AtomicU64,
    broken: AtomicU64,
    lost: AtomicU64,
    unsaved: AtomicU64,
    at_work: AtomicU64,
    store_errors: AtomicU64,
    failed_fetches: AtomicU64,
    model_asked: AtomicU64,
    model_answered: AtomicU64,
    model_cached: AtomicU64,
    model_failed: AtomicU64,
}

/// What a host has done since it was started, and what it holds now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Calls that began here.
    pub begun: u64,
    /// Calls whose last turn was answered here.
    pub ended: u64,
    /// Turns that were answered.
    pub turns: u64,
    /// Calls in memory now, some of them over but not forgotten yet.
    pub live: u64,
    /// Calls that ended by a fault of voxbridge.
    pub broken: u64,
    /// Calls that could not be gone on with: their callers got the fallback.
    pub lost: u64,
    /// Journal entries that are not in the store yet, as it does not answer.
    pub unsaved: u64,
    /// What is being done now: turns, hang-ups, answers being picked up.
    pub at_work: u64,
    /// What the store did not do.
    pub store_errors: u64,
    /// Fetches that brought nothing: refused, failed, or an error of the web server.
    pub failed_fetches: u64,
    /// Utterances that were not sure, of applications that may ask a model.
    pub model_asked: u64,
    /// Of these, the ones the model answered.
    pub model_answered: u64,
    /// Of these, the ones it had answered before.
    pub model_cached: u64,
    /// Of these, the ones for which there was no answer in time, whatever the reason.
    pub model_failed: u64,
}

fn more(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Meter {
    pub(super) fn begun(&self) {
        more(&self.begun);
    }

    /// A turn was answered; perhaps it was the call's last.
    pub(super) fn answered(&self, ends: bool, broken: bool) {
        more(&self.turns);
        if ends {
            more(&self.ended);
        }
        if broken {
            more(&self.broken);
        }
    }

    /// A call is in memory until what comes back is dropped.
    pub(super) fn live(&self) -> Live<'_> {
        more(&self.live);
        Live(self)
    }

    /// Something is being done until what comes back is dropped.
    pub(super) fn work(&self) -> Work<'_> {
        more(&self.at_work);
        Work(self)
    }

    /// So many entries are to be written later.
    pub(super) fn is_unsaved(&self, count: usize) {
        self.unsaved.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// So many of them have been written, or never will be.
    pub(super) fn is_saved(&self, count: usize) {
        self.unsaved.fetch_sub(count as u64, Ordering::Relaxed);
    }

    /// Whether nothing is being done, and all that was is in the store.
    pub(super) fn is_settled(&self) -> bool {
        self.at_work.load(Ordering::Relaxed) == 0 && self.unsaved.load(Ordering::Relaxed) == 0
    }

    /// A call cannot be gone on with.
    pub(super) fn lost(&self) {
        more(&self.lost);
    }

    pub(super) fn store_error(&self) {
        more(&self.store_errors);
    }

    pub(super) fn failed_fetch(&self) {
        more(&self.failed_fetches);
    }

    /// A model is asked, or would be.
    pub(super) fn asked_model(&self) {
        more(&self.model_asked);
    }

    /// There is an answer, perhaps an old one.
    pub(super) fn answered_model(&self, is_cached: bool) {
        more(if is_cached { &self.model_cached } else { &self.model_answered });
    }

    /// There is none.
    pub(super) fn failed_model(&self) {
        more(&self.model_failed);
    }

    pub(super) fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            begun: read(&self.begun),
            ended: read(&self.ended),
            turns: read(&self.turns),
            live: read(&self.live),
            broken: read(&self.broken),
            lost: read(&self.lost),
            unsaved: read(&self.unsaved),
            at_work: read(&self.at_work),
            store_errors: read(&self.store_errors),
            failed_fetches: read(&self.failed_fetches),
            model_asked: read(&self.model_asked),
            model_answered: read(&self.model_answered),
            model_cached: read(&self.model_cached),
            model_failed: read(&self.model_failed),
        }
    }
}

/// A call in memory.
pub(super) struct Live<'a>(&'a Meter);

impl Drop for Live<'_> {
    fn drop(&mut self) {
        self.0.live.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Something being done.
pub(super) struct Work<'a>(&'a Meter);

impl Drop for Work<'_> {
    fn drop(&mut self) {
        self.0.at_work.fetch_sub(1, Ordering::Relaxed);
    }
}

/// When each worker was last seen going on.
#[derive(Debug)]
pub(super) struct Beats {
    begun: Instant,
    /// Milliseconds from `begun` on, by worker.
    last: Vec<AtomicU64>,
}

impl Beats {
    /// How often a worker shows that it goes on.
    pub(super) const EVERY: Duration = Duration::from_secs(2);

    pub(super) fn new(workers: usize) -> Self {
        Self { begun: Instant::now(), last: (0..workers).map(|_| AtomicU64::new(0)).collect() }
    }

    /// That worker goes on.
    pub(super) fn beat(&self, worker: usize) {
        if let Some(last) = self.last.get(worker) {
            last.store(self.begun.elapsed().as_millis() as u64, Ordering::Relaxed);
        }
    }

    /// How long ago the slowest worker was seen going on.
    pub(super) fn longest(&self) -> Duration {
        let oldest = self.last.iter().map(|last| last.load(Ordering::Relaxed)).min();
        oldest.map_or(Duration::ZERO, |last| self.begun.elapsed().saturating_sub(Duration::from_millis(last)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_worker_that_stands_still_is_noticed() {
        let beats = Beats::new(2);
        std::thread::sleep(Duration::from_millis(30));
        beats.beat(0);
        assert!(beats.longest() >= Duration::from_millis(30));
        beats.beat(1);
        assert!(beats.longest() < Duration::from_millis(30));
    }

    #[test]
    fn a_call_counts_as_live_as_long_as_it_is_held() {
        let meter = Meter::default();
        let (one, two) = (meter.live(), meter.live());
        assert_eq!(meter.counts().live, 2);
        drop(one);
        meter.answered(true, false);
        assert_eq!((meter.counts().live, meter.counts().ended, meter.counts().broken), (1, 1, 0));
        drop(two);
        assert_eq!(meter.counts().live, 0);
    }
}
