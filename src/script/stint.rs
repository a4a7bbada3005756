//! How much a thread has worked since the event it works on came in.
//!
//! The clock on the wall also counts what other work the machine does, and the time a process is stopped or starved: a
//! script must not fail for that, and least of all in a replay, where it would end otherwise than it did. So whoever has
//! used up his time by the wall's clock is asked for the processor's.

use cpu_time::ThreadTime;
use std::{cell::Cell, time::Duration};

thread_local! {
    /// The thread's processor time when that was.
    static BEGAN: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// From now on this thread works on another event.
pub(crate) fn begin() {
    BEGAN.set(now().unwrap_or_default());
}

/// Processor time of this thread since [`begin`], or since it started; without end where the machine cannot tell.
pub(super) fn worked() -> Duration {
    now().map_or(Duration::MAX, |now| now.saturating_sub(BEGAN.get()))
}

fn now() -> Option<Duration> {
    ThreadTime::try_now().ok().map(|time| time.as_duration())
}
