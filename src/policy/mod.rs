//! What the bridge says on its own account: a pure machine around the interpreter.
//!
//! A [`Conversation`] takes the same events as the application it holds and gives the same steps, so that the host need
//! not know that it is there. On the way in it decides what becomes of what was understood: it reaches the application, is
//! asked about, waits for its question, or counts for nothing. On the way out it lets every turn listen for speech, leaves
//! out what the caller has answered before, helps who is lost and, in speech mode, asks in open words instead of reading
//! out keys.

mod conversation;
mod held;
mod judge;
mod ladder;
mod menu;
mod mode;
mod open;
mod phrases;
mod question;
mod said;

#[cfg(test)]
mod tests;

pub use conversation::{Application, Conversation};
pub use jiff::civil::DateTime;
pub use mode::{Mode, UnknownMode};
