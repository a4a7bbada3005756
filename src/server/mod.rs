//! The webhook server: configuration, routes, signatures.
//!
//! | route | what it answers |
//! | --- | --- |
//! | `POST /twilio/voice/{app}` | a call of that application begins |
//! | `POST /twilio/voice` | a call begins; the `To` number names the application |
//! | `POST /twilio/turn/{call}/{turn}` | what happened in that turn of a call |
//! | `POST /twilio/fallback/{app}` | an answer failed: the call's current one again, or the application's last words |
//! | `POST /twilio/status` | a status callback; the end of a call reaches the application as a hang-up |
//! | `GET /media/{app}/{path}` | audio files of the application's folder |
//! | `GET /recordings/{app}` | what a caller has recorded, for the platform to play |
//! | `GET /healthz`, `GET /readyz` | alive; willing to take calls |
//! | `GET /` | the applications and their webhook URLs, for who may know them |
//! | `/backoffice/…` | what the server keeps for its applications, with the admin token only |
//! | `GET /metrics`, `/admin/…` | what goes on, with the admin token only |
//!
//! The `/twilio` routes take GET as well, and nothing without Twilio's signature where it is checked.

// Configuration and media come from files and the environment.
#![allow(clippy::disallowed_methods)]

mod admin;
mod backoffice;
mod build;
pub mod config;
mod environment;
mod front;
mod health;
pub mod keys;
mod last_words;
mod load;
mod media;
mod metrics;
mod pages;
mod rejection;
mod repeats;
mod run;
mod site;
mod token;
mod twilio;
mod twiml;
mod webhook;

pub use build::{AppSpec, Unbuilt, build_app, with_backoffice};
pub use environment::Environment;
pub use front::Patience;
pub use rejection::Rejection;
pub use run::{Server, ServerError, shutdown_signal};
pub use site::{Site, origin_of};
pub use token::generate as generate_token;
pub use twiml::{AnswerUrls, twiml_of};
