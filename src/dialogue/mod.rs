//! The internal dialogue model: what a VoiceXML document says, and what passes between a call and the world.
//!
//! Plain typed data, ground floor of the house: every room may use it, it uses none. It holds
//! * the static side: [`Document`], [`Dialog`], [`Item`], [`Action`], [`Prompt`], [`GrammarSource`] – a document as read;
//! * the live side: [`Event`] (what happens to a call), [`Step`] (what the call wants next), [`Turn`] (what the caller
//!   hears and may do);
//! * [`Diagnostic`], what is wrong with a file and what to do about it.

mod content;
mod diagnostic;
mod dialect;
mod document;
mod event;
mod grammar;
mod item;
mod legal;
mod phone;
mod policy;
mod prompt;
mod request;
#[cfg(test)]
pub(crate) mod samples;
mod sensitive;
mod step;
mod turn;

pub use content::{
    Action, Branch, Clear, Data, Disconnect, Exit, Foreach, Goto, Log, Name, Return, Script, Submit, Throw, Var,
};
pub use diagnostic::{Diagnostic, Position, Severity};
pub use dialect::{Dialect, FREE_TEXT};
pub use document::{Dialog, DialogKind, Document, Expr, Handler, Link, Meta, Property, Source, Version, parse_time};
pub use event::{Event, FilledSlot, Finding, Happening, Heard, Hypothesis, Interpretation, Reading, Selection};
pub use grammar::{GrammarSource, GrammarText, InputMode};
pub use item::{
    DtmfAssignment, Field, Filled, Item, ItemKind, Menu, MenuChoice, Object, OptionItem, Param, ParamValue, Record,
    Subdialog, Transfer,
};
pub use legal::{LEGAL_VALUES, Legal};
pub use phone::dialled_number;
pub use policy::{Policy, UnknownPolicy};
pub use prompt::{AudioSource, Piece, Prompt};
pub use request::{
    Effect, FetchAudio, FetchHints, FetchRequest, Method, Purpose, Resource, Response, SetCookie, Submitted,
    SubmittedValue,
};
pub use sensitive::{Secret, Sensitive, show_sensitive};
pub use step::{Ending, Reason, Step};
pub use turn::{
    Choice, DtmfInput, InputRequest, Next, Origin, RecordRequest, Slot, SlotKind, Speech, SpeechInput, Spoken,
    TransferKind, TransferRequest, Turn,
};

/// A length of time in milliseconds, the unit of every duration in the model.
pub type Millis = u64;
