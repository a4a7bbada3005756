//! Executable content (VoiceXML 2.0 §5.3).

use super::{Expr, FetchHints, Method, Piece, Position, Prompt, Source};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One element of executable content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// `<var>`
    Var(Var),
    /// `<assign>`
    Assign {
        /// The variable, perhaps with its scope.
        name: Name,
        /// Its new value.
        expr: Expr,
    },
    /// `<clear>`
    Clear(Clear),
    /// `<if>`: the first branch whose condition holds is run.
    If(Vec<Branch>),
    /// `<prompt>`, or text, `<value>`, `<audio>`, `<enumerate>` standing directly in executable content.
    Prompt(Arc<Prompt>),
    /// `<reprompt>`
    Reprompt,
    /// `<throw>`
    Throw(Throw),
    /// `<goto>`
    Goto(Goto),
    /// `<submit>`
    Submit(Submit),
    /// `<exit>`
    Exit(Exit),
    /// `<return>`
    Return(Return),
    /// `<disconnect>`
    Disconnect(Disconnect),
    /// `<script>`
    Script(Script),
    /// `<log>`
    Log(Log),
    /// `<data>` (VoiceXML 2.1 §5)
    Data(Data),
    /// `<foreach>` (VoiceXML 2.1 §6)
    Foreach(Foreach),
}

impl Action {
    /// Where it stands, as far as it is known: of a prompt, where its first computed part does.
    pub fn at(&self) -> Option<Position> {
        let expr = |expr: &Option<Expr>| expr.as_ref().map(|expr| expr.at);
        match self {
            Self::Var(var) => Some(var.name.at),
            Self::Assign { name, .. } => Some(name.at),
            Self::Clear(clear) => Some(clear.at),
            Self::If(branches) => branches.first().and_then(|branch| expr(&branch.cond)),
            Self::Prompt(prompt) => expr(&prompt.cond).or_else(|| prompt.content.iter().find_map(Piece::at)),
            Self::Reprompt => None,
            Self::Throw(throw) => Some(throw.at),
            Self::Goto(goto) => Some(goto.at),
            Self::Submit(submit) => Some(submit.at),
            Self::Exit(exit) => Some(exit.at),
            Self::Return(returned) => Some(returned.at),
            Self::Disconnect(disconnect) => Some(disconnect.at),
            Self::Script(script) => Some(script.at),
            Self::Log(log) => expr(&log.expr).or_else(|| log.content.iter().find_map(Piece::at)),
            Self::Data(data) => Some(data.at),
            Self::Foreach(foreach) => Some(foreach.at),
        }
    }
}

/// The name of a variable as written, e.g. `x` or `document.x`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// The text.
    pub text: Arc<str>,
    /// Where it stands.
    pub at: Position,
}

/// `<var>`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Var {
    /// The variable's name.
    pub name: Name,
    /// Its first value; ECMAScript `undefined` if absent.
    pub expr: Option<Expr>,
}

/// `<clear>`: `None` clears all form items of the dialog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clear {
    /// The variables to clear.
    pub namelist: Option<Vec<Name>>,
    /// Where it stands.
    pub at: Position,
}

/// One branch of an `<if>`; the `<else>` branch has no condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    /// The condition.
    pub cond: Option<Expr>,
    /// What to do if it holds.
    pub body: Vec<Action>,
}

/// `<throw>`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throw {
    /// The event's name.
    pub event: Source,
    /// The message.
    pub message: Option<Source>,
    /// Where it stands.
    pub at: Position,
}

/// `<goto>`: to a form item (`item`) or to a dialog or document (`next`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goto {
    /// `next` or `expr`.
    pub next: Option<Source>,
    /// `nextitem` or `expritem`.
    pub item: Option<Source>,
    /// Fetch attributes.
    pub fetch: FetchHints,
    /// Where it stands.
    pub at: Position,
}

/// `<submit>`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submit {
    /// `next` or `expr`.
    pub next: Source,
    /// The variables to send; `None` sends the named input items of the form.
    pub namelist: Option<Vec<Name>>,
    /// GET or POST.
    pub method: Method,
    /// `enctype` as written, if any.
    pub enctype: Option<String>,
    /// Fetch attributes.
    pub fetch: FetchHints,
    /// Where it stands.
    pub at: Position,
}

/// `<exit>`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// `expr`
    pub expr: Option<Expr>,
    /// `namelist`
    pub namelist: Option<Vec<Name>>,
    /// Where it stands.
    pub at: Position,
}

/// `<return>`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// `event` or `eventexpr`.
    pub event: Option<Source>,
    /// `message` or `messageexpr`.
    pub message: Option<Source>,
    /// `namelist`
    pub namelist: Option<Vec<Name>>,
    /// Where it stands.
    pub at: Position,
}

/// `<disconnect>`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disconnect {
    /// `namelist` (VoiceXML 2.1).
    pub namelist: Option<Vec<Name>>,
    /// Where it stands.
    pub at: Position,
}

/// `<script>`: inline or fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// Where the program comes from: `Ok` is the inline text, `Err` the reference (`src` or `srcexpr`).
    pub program: Result<Expr, Source>,
    /// `charset`
    pub charset: Option<String>,
    /// Fetch attributes.
    pub fetch: FetchHints,
    /// Where it stands.
    pub at: Position,
}

/// `<log>`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// `label`
    pub label: Option<String>,
    /// `expr`
    pub expr: Option<Expr>,
    /// Text and `<value>`s inside.
    pub content: Vec<Piece>,
}

/// `<data>`: fetches XML or JSON without leaving the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Data {
    /// The variable for the result.
    pub name: Option<Name>,
    /// `src` or `srcexpr`.
    pub src: Source,
    /// GET or POST.
    pub method: Method,
    /// `enctype` as written.
    pub enctype: Option<String>,
    /// The variables to send.
    pub namelist: Option<Vec<Name>>,
    /// Fetch attributes.
    pub fetch: FetchHints,
    /// Where it stands.
    pub at: Position,
}

/// `<foreach>`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Foreach {
    /// The loop variable.
    pub item: Name,
    /// The array.
    pub array: Expr,
    /// What to do for each element.
    pub body: Vec<Action>,
    /// Where it stands.
    pub at: Position,
}
