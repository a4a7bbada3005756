//! The phone in the terminal, as far as it is pure: what a turn sounds like as text, what a typed line means, what keys
//! mean to a platform that collects them, what is recorded and how transfers end, and scripted calls.

mod keys;
mod line;
mod player;
mod render;
mod script;

pub use keys::{Action, dial, parse_line};
pub use line::{Recording, TransferEnd};
pub use player::{Failure, Move, Player};
pub use render::{ending_text, heard_text, played, render};
pub use script::{Script, Step, StepKind};
