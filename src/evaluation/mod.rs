//! Evaluation: how well callers are understood, on sets of what they say with what they mean.
//!
//! A folder of JSON lines holds the sets: menus with utterances and the keys they stand for, sentences with the slots they
//! fill, times and dates with what is to be made of them (docs/howto-choose-thresholds.md has the formats). Each set is
//! predicted by the tiers that calls use and scored; predictions can be kept, for other scorers.

// Sets are files, and what understanding costs is measured.
#![allow(clippy::disallowed_methods)]

mod figures;
mod lines;
mod menu_figures;
mod menus;
mod slot_figures;
mod slots;
mod smart_time;

pub use figures::{Retrieval, Spent};
pub use lines::{BadInput, Folder};
pub use menu_figures::{CurvePoint, Decision, MenuFigures, Target};
pub use menus::{MenuItem, MenuPrediction, MenuSet, Options, Ranked, Shots, Tier};
pub use slot_figures::{Counts, SlotFigures, SlotScore};
pub use slots::{Several, SlotEntry, SlotItem, SlotPrediction, SlotSet};
pub use smart_time::{Expected, SmartTimeFigures, SmartTimeItem, SmartTimeSet};
