//! The webhook server: configuration, routes, signatures.

// Configuration and media come from files and the environment.
#![allow(clippy::disallowed_methods)]

pub mod config;
pub mod keys;
mod load;

pub use load::{AppSpec, Environment, build_app};
