//! The seam between the interpreter's algorithm and its host.
//!
//! The algorithm of appendix C is written as ordinary `async` functions that wait at one point only: [`Port::exchange`],
//! which hands out a [`Step`] and sleeps until the next [`Event`]. Nothing but [`super::Interpreter::handle`] ever polls
//! them, so there is no executor, no waker and no I/O: the compiler turns the algorithm into the state machine.

use super::trace::TraceLine;
use crate::dialogue::{Event, Step};
use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    task::Poll,
};

/// Carries steps out and events in.
#[derive(Default)]
pub(super) struct Port {
    inbox: RefCell<Option<Event>>,
    outbox: RefCell<Option<Step>>,
    trace: RefCell<Vec<TraceLine>>,
    now: Cell<i64>,
}

impl Port {
    /// Hands a step to the host and waits for the next event.
    pub(super) async fn exchange(&self, step: Step) -> Event {
        *self.outbox.borrow_mut() = Some(step);
        poll_fn(|_| match self.inbox.borrow_mut().take() {
            Some(event) => Poll::Ready(event),
            None => Poll::Pending,
        })
        .await
    }

    /// The first event, before any step was handed out.
    pub(super) async fn first(&self) -> Event {
        poll_fn(|_| self.inbox.borrow_mut().take().map_or(Poll::Pending, Poll::Ready)).await
    }

    /// Puts an event in; the algorithm finds it at its next poll.
    pub(super) fn put(&self, event: Event) {
        self.now.set(event.at);
        *self.inbox.borrow_mut() = Some(event);
    }

    /// The step the algorithm handed out, if it did.
    pub(super) fn take_step(&self) -> Option<Step> {
        self.outbox.borrow_mut().take()
    }

    /// The time of the last event, in milliseconds since 1970.
    pub(super) fn now(&self) -> i64 {
        self.now.get()
    }

    /// Notes something for whoever looks at the call.
    pub(super) fn trace(&self, line: TraceLine) {
        self.trace.borrow_mut().push(line);
    }

    /// What was noted since the last time.
    pub(super) fn take_trace(&self) -> Vec<TraceLine> {
        std::mem::take(&mut self.trace.borrow_mut())
    }
}
