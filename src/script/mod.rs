//! The ECMAScript engine: scopes, compiled expressions, limits. The only room that knows which engine it is.
//!
//! An [`Engine`] belongs to one call and lives on one thread. VoiceXML's scopes (2.0 §5.1.2) are real objects. Most
//! expressions are plain enough to be evaluated over them as they are (`plain`); any other is compiled for each call, on
//! its first uses, into a function whose body is nested `with` statements over the scopes of a [`Chain`]. A few calls of one thread share a runtime of the engine, each with global
//! objects and a memory limit of its own: `heap` tells how.

// The time a script may take is measured here and nowhere else; it never reaches the script itself.
#![allow(clippy::disallowed_methods)]

mod bounds;
mod clock;
mod convert;
mod declared;
mod dom;
mod engine;
mod heap;
mod names;
mod plain;
mod sources;
pub(crate) mod stint;
mod values;
mod wrap;
mod xml;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;

pub use engine::{Chain, Engine, Handle, Limits, Scope, ScriptError};
pub use xml::Xml;
