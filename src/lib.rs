//! voxbridge runs legacy VoiceXML phone applications behind today's phone platforms and lets callers speak freely where
//! the application only ever understood keys.
//!
//! *A call is the list of its events: feed an event, get a step.* The rooms, from the ground floor up, each importing
//! only from floors below its own: [`dialogue`]; [`vxml`], [`grammar`], [`script`]; [`interpreter`], [`nlu`], [`policy`];
//! [`fetch`], [`store`], [`model`]; [`calls`], [`backoffice`]; [`channel`]; [`server`]; [`conformance`], [`evaluation`]; [`cli`].

pub mod backoffice;
pub mod calls;
pub mod channel;
pub mod cli;
pub mod conformance;
pub mod dialogue;
pub mod evaluation;
pub mod fetch;
pub mod grammar;
pub mod interpreter;
pub mod model;
pub mod nlu;
pub mod policy;
pub mod script;
pub mod server;
pub mod store;
pub mod vxml;
