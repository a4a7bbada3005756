//! A model that fails is left alone for a while: no caller waits for what will not come.

use super::Failure;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So many failures in a row, and it is left alone.
const FAILURES: u32 = 5;
/// For so long, if it does not say itself; then one question tries it.
const REST: Duration = Duration::from_secs(30);
/// A wrong key or name is not right half a minute later.
const MISCONFIGURED: Duration = Duration::from_secs(60);

/// Whether a model is asked now.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<Condition>);

#[derive(Debug, Default)]
struct Condition {
    /// Failures in a row.
    failures: u32,
    /// It is left alone until then.
    until: Option<Instant>,
    /// One question tries it; the others wait for what comes of that.
    is_tried: bool,
}

/// The leave to ask once. Dropped without a verdict, it says nothing of the model.
pub(super) struct Pass<'a> {
    breaker: &'a Breaker,
    tries: bool,
}

impl Breaker {
    /// The leave to ask; `None` while the model is left alone.
    pub(super) fn enter(&self, now: Instant) -> Option<Pass<'_>> {
        let mut condition = self.condition();
        let tries = match condition.until {
            None => false,
            Some(until) if now < until || condition.is_tried => return None,
            Some(_) => true,
        };
        condition.is_tried |= tries;
        Some(Pass { breaker: self, tries })
    }

    fn condition(&self) -> MutexGuard<'_, Condition> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// The model has answered.
    pub(super) fn succeeded(self) {
        let mut condition = self.breaker.condition();
        condition.failures = 0;
        condition.until = None;
    }

    /// It has not. `rest` is how long it asked to be left alone.
    pub(super) fn failed(self, now: Instant, failure: &Failure, rest: Option<Duration>) {
        if matches!(failure, Failure::Budget(_) | Failure::Resting | Failure::Crowded) {
            return;
        }
        let mut condition = self.breaker.condition();
        condition.failures = condition.failures.saturating_add(1);
        let is_down = condition.failures >= FAILURES || self.tries;
        let rest = match rest {
            Some(asked) => Some(asked),
            None if failure.is_misconfigured() => Some(MISCONFIGURED),
            None => is_down.then_some(REST),
        };
        if let Some(rest) = rest {
            let until = now + rest;
            condition.until = Some(condition.until.map_or(until, |known| known.max(until)));
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.tries {
            self.breaker.condition().is_tried = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(breaker: &Breaker, now: Instant, rest: Option<Duration>) {
        breaker.enter(now).unwrap().failed(now, &Failure::Late, rest);
    }

    #[test]
    fn after_failures_in_a_row_one_question_tries_it_later() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..FAILURES - 1 {
            fail(&breaker, now, None);
        }
        breaker.enter(now).unwrap().succeeded();
        for _ in 0..FAILURES {
            fail(&breaker, now, None);
        }
        assert!(breaker.enter(now).is_none());
        let now = now + REST;
        let first = breaker.enter(now).unwrap();
        assert!(breaker.enter(now).is_none(), "one at a time");
        first.failed(now, &Failure::Late, None);
        assert!(breaker.enter(now).is_none());
        let now = now + REST;
        breaker.enter(now).unwrap().succeeded();
        let two = (breaker.enter(now), breaker.enter(now));
        assert!(two.0.is_some() && two.1.is_some());
    }

    #[test]
    fn it_is_left_alone_as_long_as_it_asks() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        fail(&breaker, now, Some(Duration::from_secs(7)));
        assert!(breaker.enter(now + Duration::from_secs(6)).is_none());
        assert!(breaker.enter(now + Duration::from_secs(7)).is_some());
    }

    #[test]
    fn a_wrong_key_is_not_tried_again_at_once_and_a_dropped_try_blocks_nobody() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        breaker.enter(now).unwrap().failed(now, &Failure::Refused { status: 401, code: None }, None);
        assert!(breaker.enter(now).is_none());
        let now = now + MISCONFIGURED;
        drop(breaker.enter(now).unwrap());
        assert!(breaker.enter(now).is_some());
    }

    #[test]
    fn what_is_not_the_models_fault_does_not_count() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..2 * FAILURES {
            breaker.enter(now).unwrap().failed(now, &Failure::Budget("call"), None);
        }
        assert!(breaker.enter(now).is_some());
    }
}
