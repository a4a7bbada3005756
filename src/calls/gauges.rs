use serde::Serialize;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a host counts, for those who operate it.
#[derive(Debug, Default)]
pub struct Gauges {
    /// Calls in memory now.
    pub live: AtomicUsize,
    /// Things being done now: turns, hang-ups, answers being picked up.
    pub at_work: AtomicUsize,
    /// Journal entries that are not in the store yet, as it does not answer.
    pub unsaved: AtomicUsize,
    /// Turns answered.
    pub turns: AtomicUsize,
    /// Calls begun here.
    pub begun: AtomicUsize,
    /// Calls ended here.
    pub ended: AtomicUsize,
    /// Calls that could not be gone on with and got the fallback.
    pub lost: AtomicUsize,
    /// Times the store did not answer.
    pub store_errors: AtomicUsize,
    /// Calls that ended by a fault of voxbridge.
    pub broken: AtomicUsize,
    /// Fetches that brought nothing: refused, failed, or an error of the web server.
    pub failed_fetches: AtomicUsize,
}

/// What [`Gauges`] say at a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // as there
pub struct Counts {
    pub live: usize,
    pub at_work: usize,
    pub unsaved: usize,
    pub turns: usize,
    pub begun: usize,
    pub ended: usize,
    pub lost: usize,
    pub broken: usize,
    pub store_errors: usize,
    pub failed_fetches: usize,
}

impl Gauges {
    /// What they say now.
    pub fn counts(&self) -> Counts {
        let read = |gauge: &AtomicUsize| gauge.load(Ordering::Relaxed);
        Counts {
            live: read(&self.live),
            at_work: read(&self.at_work),
            unsaved: read(&self.unsaved),
            turns: read(&self.turns),
            begun: read(&self.begun),
            ended: read(&self.ended),
            lost: read(&self.lost),
            broken: read(&self.broken),
            store_errors: read(&self.store_errors),
            failed_fetches: read(&self.failed_fetches),
        }
    }
}
