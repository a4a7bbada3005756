//! `voxbridge nlu …`: what is understood, and how well.

mod eval;
mod place;
mod probe;
mod report;

use super::{Failure, print};
use crate::nlu::Mapping;
use clap::Subcommand;

/// Try and measure how callers are understood
#[derive(Debug, Subcommand)]
pub(super) enum Nlu {
    Try(probe::Try),
    Eval(eval::Eval),
    /// Print the JSON schema of mapping files
    Schema,
}

impl Nlu {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Try(probe) => probe.run().await,
            Self::Eval(eval) => eval.run(),
            Self::Schema => print(&(serde_json::to_string_pretty(&Mapping::schema()).unwrap_or_default() + "\n")),
        }
    }
}
