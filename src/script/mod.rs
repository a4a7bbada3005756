//! The ECMAScript engine: scopes, compiled expressions, limits. The only room that knows which engine it is.
//!
//! An [`Engine`] belongs to one call and lives on one thread. VoiceXML's scopes (2.0 §5.1.2) are real objects; an
//! expression is compiled once per call, on first use, into a function whose body is nested `with` statements over the
//! scopes of a [`Chain`], and is then only called. Each call has an engine runtime of its own, so that its heap limit
//! is its own and a collection of garbage walks one call, not all of them.

// The time a script may take is measured here and nowhere else; it never reaches the script itself.
#![allow(clippy::disallowed_methods)]

mod bounds;
mod clock;
mod convert;
mod declared;
mod dom;
mod engine;
mod names;
mod values;
mod wrap;
mod xml;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;

pub use engine::{Chain, Engine, Handle, Limits, Scope, ScriptError};
pub use xml::Xml;
