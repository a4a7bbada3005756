//! Form items (VoiceXML 2.0 §2.3) and what belongs to them.

use super::{
    Action, Expr, FetchHints, GrammarSource, Handler, Link, Method, Millis, Name, Piece, Position, Prompt, Property,
    Source,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A form item: what the form interpretation algorithm selects, collects and processes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The form item variable: `name`, or a generated name (starting with `_`) no document can refer to.
    pub name: Arc<str>,
    /// Whether the name was written in the document.
    pub named: bool,
    /// `expr`: the variable's first value.
    pub expr: Option<Expr>,
    /// `cond`
    pub cond: Option<Expr>,
    /// What kind of item it is.
    pub kind: ItemKind,
    /// `modal`: only the item's own grammars are active while it collects.
    pub modal: bool,
    /// Prompts, in document order.
    pub prompts: Vec<Arc<Prompt>>,
    /// `<property>` elements.
    pub properties: Vec<Property>,
    /// Event handlers.
    pub handlers: Vec<Arc<Handler>>,
    /// Links.
    pub links: Vec<Arc<Link>>,
    /// Grammars.
    pub grammars: Vec<Arc<GrammarSource>>,
    /// `<filled>` elements.
    pub filled: Vec<Arc<Filled>>,
    /// Where it stands.
    pub at: Position,
}

/// What kind of form item it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ItemKind {
    /// `<block>`
    Block(Vec<Action>),
    /// `<initial>`
    Initial,
    /// `<field>`
    Field(Field),
    /// The anonymous field of a `<menu>`.
    Menu(Menu),
    /// `<subdialog>`
    Subdialog(Subdialog),
    /// `<record>`
    Record(Record),
    /// `<transfer>`
    Transfer(Transfer),
    /// `<object>`
    Object(Object),
}

impl ItemKind {
    /// The menu, if it is one.
    pub fn as_menu(&self) -> Option<&Menu> {
        match self {
            Self::Menu(menu) => Some(menu),
            _ => None,
        }
    }

    /// Whether its variable can be filled by the caller or a result (every kind but `<block>` and `<initial>`).
    pub fn is_input(&self) -> bool {
        !matches!(self, Self::Block(_) | Self::Initial)
    }
}

/// `<field>`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// `type`: a builtin type with its parameters, e.g. `digits?length=4`.
    pub builtin: Option<String>,
    /// `slot`; the name if absent.
    pub slot: Option<String>,
    /// `<option>` elements.
    pub options: Vec<OptionItem>,
}

/// `<option>` (VoiceXML 2.0 §2.3.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionItem {
    /// `dtmf`: a key sequence, blanks removed.
    pub dtmf: Option<String>,
    /// `accept="approximate"`: any part of the text may be said.
    pub approximate: bool,
    /// `value`, else the text, else the keys.
    pub value: String,
    /// The text: what is said and enumerated.
    pub text: String,
    /// Where it stands.
    pub at: Position,
}

/// `<menu>`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Menu {
    /// How the choices get their keys.
    pub dtmf: DtmfAssignment,
    /// `<choice>` elements.
    pub choices: Vec<MenuChoice>,
}

/// How the choices of a menu get their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DtmfAssignment {
    /// Only as written.
    AsWritten,
    /// `dtmf="true"`: the first nine choices without a key of their own get 1 to 9. The reader has already written
    /// these keys into [`MenuChoice::dtmf`].
    Implicit,
}

/// `<choice>` (VoiceXML 2.0 §2.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MenuChoice {
    /// `dtmf`: a key sequence, blanks removed; also filled by `<menu dtmf="true">`.
    pub dtmf: Option<String>,
    /// `accept="approximate"` (also inherited from the menu): any part of the text may be said.
    pub approximate: bool,
    /// Where to go, unless it throws.
    pub next: Option<Source>,
    /// The event to throw.
    pub event: Option<Source>,
    /// The message thrown with the event.
    pub message: Option<Source>,
    /// Explicit grammars; they replace the one made from the text.
    pub grammars: Vec<Arc<GrammarSource>>,
    /// The choice's text: what is said and enumerated.
    pub text: String,
    /// Its content as prompt pieces, for `<enumerate>`.
    pub content: Vec<Piece>,
    /// Fetch attributes.
    pub fetch: FetchHints,
    /// Where it stands.
    pub at: Position,
}

/// `<subdialog>`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subdialog {
    /// `src` or `srcexpr`.
    pub src: Source,
    /// `<param>` elements.
    pub params: Vec<Param>,
    /// `namelist`: variables to submit.
    pub namelist: Option<Vec<Name>>,
    /// GET or POST.
    pub method: Method,
    /// `enctype` as written.
    pub enctype: Option<String>,
    /// Fetch attributes.
    pub fetch: FetchHints,
}

/// `<param>` (VoiceXML 2.0 §6.4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// Name.
    pub name: String,
    /// Value.
    pub value: ParamValue,
    /// `valuetype="ref"`: the value is the URI of a resource; matters to objects only.
    pub by_reference: bool,
    /// Where it stands.
    pub at: Position,
}

/// A parameter's value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ParamValue {
    /// `value`
    Literal(String),
    /// `expr`
    Expr(Expr),
}

/// `<record>`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// `beep`
    pub beep: bool,
    /// `maxtime`
    pub maxtime: Option<Millis>,
    /// `finalsilence`
    pub finalsilence: Option<Millis>,
    /// `dtmfterm`
    pub dtmfterm: bool,
    /// `type`
    pub media_type: Option<String>,
}

/// `<transfer>`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// `dest` or `destexpr`.
    pub dest: Option<Source>,
    /// `type` (`blind`, `bridge`, `consultation`), with `bridge="true|false"` translated.
    pub kind: Option<String>,
    /// `connecttimeout`
    pub connecttimeout: Option<Millis>,
    /// `maxtime`; 0 or absent is no limit.
    pub maxtime: Option<Millis>,
    /// `transferaudio`
    pub transferaudio: Option<String>,
    /// `aai` or `aaiexpr`.
    pub aai: Option<Source>,
}

/// `<object>`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Object {
    /// `classid`
    pub classid: Option<String>,
    /// `codebase`: what `data` is relative to.
    pub codebase: Option<String>,
    /// `data`
    pub data: Option<String>,
    /// `<param>` elements.
    pub params: Vec<Param>,
    /// Fetch attributes.
    pub fetch: FetchHints,
}

/// `<filled>` (VoiceXML 2.0 §2.4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filled {
    /// `mode="all"` (the default at form level) rather than `any`.
    pub all: bool,
    /// `namelist`; `None` means all input items of the form (at item level: the item).
    pub namelist: Option<Vec<Name>>,
    /// What to do.
    pub body: Vec<Action>,
    /// Where it stands.
    pub at: Position,
}
