//! Free speech onto what the application understands: an utterance and a turn give ranked interpretations.
//!
//! [`State::of`] looks at a turn once: which choices are open, by which names a caller may call them, which slots can be
//! filled. [`State::understand`] then ranks what an utterance can mean there. The names come from the [`Mapping`], the
//! choices' own texts, their speech grammars and the prompt ("for billing, press 2"). Pure: no clock, no I/O, no
//! randomness; the same turn, mapping and words always give the same finding.

mod announce;
mod answers;
mod commands;
pub mod embedded;
pub mod entities;
mod exact;
mod fill;
mod labels;
mod mapping;
pub mod model;
mod numbers;
mod prepared;
mod ranking;
mod slots;
mod spelled;
mod state;
mod understand;
mod values;
mod word_lists;
mod words;

#[cfg(test)]
mod tests;

pub use answers::{half_of_day, leading_answer};
pub use mapping::{Agent, MappedChoice, MappedState, Mapping, Message, Messages, Thresholds, matches_state};
pub use state::State;
pub use understand::Tiers;
pub use words::Language;
