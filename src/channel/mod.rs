//! One folder a platform: a request becomes an event, a turn becomes the platform's answer.

pub mod console;
mod say_as;
pub mod twilio;
mod walk;

pub use walk::{Part, parts};
