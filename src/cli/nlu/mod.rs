//! `voxbridge nlu …`: what is understood, and how well.

mod eval;
mod report;

use super::{Failure, print};
use crate::nlu::Mapping;
use clap::Subcommand;

/// Try and measure how callers are understood
#[derive(Debug, Subcommand)]
pub(super) enum Nlu {
    Eval(eval::Eval),
    /// Print the JSON schema of mapping files
    Schema,
}

impl Nlu {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Eval(eval) => eval.run(),
            Self::Schema => print(&(serde_json::to_string_pretty(&Mapping::schema()).unwrap_or_default() + "\n")),
        }
    }
}
