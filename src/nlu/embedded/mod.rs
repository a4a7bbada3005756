//! Tier 2: which of the open choices the words come closest to, without a network, a key or a big model.
//!
//! [`Menu::prepare`] looks at the choices once; [`Menu::rank`] then says of each how likely the caller means it, with the
//! five wishes any menu hears ([`Universal`]) and "none of these" competing on equal terms. Evidence is the likeness of
//! sentence and word vectors from a table in the binary, shared words, and shared letters; a small linear model weighs it
//! (see `features` and `reranker`). The table's script and its sources are in `table/`.

mod features;
mod menu;
mod prepared;
mod reranker;
mod spanish;
mod table;
mod text;
mod universals;

#[cfg(test)]
mod tests;

pub use menu::{Described, Menu, Ranking};
pub use reranker::Evidence;
pub use universals::Universal;
