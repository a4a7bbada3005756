//! Asking a model what unsure words mean: what may be asked of it, and what may come of its answer.
//!
//! A [`Question`] holds all that leaves the machine: the choices that are open with their examples, the open fields, the
//! last turns and the caller's words, long numbers hidden ([`Masked`]). Its schema lists the choices and fields there are,
//! and [`Question::read`] takes nothing else from an answer: a choice is one of the list or none, a field's words are words
//! the caller said, and are read here as any others. No text of a model's is ever spoken or dialled. Pure, as all of NLU.

mod answer;
mod mask;
mod question;
mod schema;

#[cfg(test)]
mod tests;

pub use answer::{Answer, WHY};
pub use mask::Masked;
pub use question::{Exchange, Question, needs_model};
