//! The host: finds a call, runs it one event at a time, drives fetch and NLU, writes the journal before it answers.
//!
//! A [`Host`] has a few worker threads. A call belongs to one of them by its id and is a task there with a mailbox:
//! whoever delivers something to it waits in line, so two deliveries at once are put in order, and while a call waits
//! for a web server the others of its worker go on. Nothing on a turn's way is shared between calls but caches.
//!
//! Turns are numbered from 1; an answer says its number, and the next delivery names the number of the turn it answers.
//! So a turn delivered twice is heard once and answered twice alike, and a late one gets the current answer.

// The host is where a call meets the clock.
#![allow(clippy::disallowed_methods)]

mod answer;
mod app;
mod call;
mod consult;
mod desk;
mod host;
mod masks;
mod meter;
mod replay;
mod scribe;
mod sweep;
mod transcript;
mod turn;
mod worker;

pub use answer::{Answer, Exchange, Filler, Listening, Outcome, Reply};
pub use app::{App, LastWords};
pub use host::{Beginning, Clock, Host, Limits, Options, system_clock};
pub use masks::Masks;
pub use meter::Counts;
pub use replay::ReplayError;
pub use transcript::Transcript;

#[cfg(test)]
mod tests;
