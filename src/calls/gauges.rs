use std::sync::atomic::AtomicUsize;

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
}
