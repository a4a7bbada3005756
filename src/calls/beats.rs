use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

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
}
