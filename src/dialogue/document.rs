use super::{Action, Filled, GrammarSource, Item, Menu, Millis, Position};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The VoiceXML version a document declares. Other values are read as 2.1, with a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    /// `version="2.0"`
    V20,
    /// `version="2.1"`
    V21,
}

/// An ECMAScript expression or program as written, with its place for error messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expr {
    /// The source text, shared by all calls.
    pub source: Arc<str>,
    /// Where it stands in the document.
    pub at: Position,
}

/// A value that is either written out or computed (`next`/`expr`, `src`/`srcexpr`, `event`/`eventexpr`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// Written out, e.g. `next="#menu"`.
    Literal(String),
    /// An expression to be evaluated when needed.
    Expr(Expr),
}

/// A VoiceXML document as read (VoiceXML 2.0 §1.5.1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The absolute URI the document came from, without fragment.
    pub uri: String,
    /// The declared version.
    pub version: Version,
    /// `xml:lang`, if any.
    pub lang: Option<String>,
    /// `xml:base` as written, if any; otherwise relative references resolve against `uri`.
    pub base: Option<String>,
    /// `application`: the root document's URI as written.
    pub application: Option<String>,
    /// `<meta>` elements.
    pub metas: Vec<Meta>,
    /// Document-level `<property>` elements.
    pub properties: Vec<Property>,
    /// Document-level `<var>` and `<script>` elements, in document order.
    pub init: Vec<Action>,
    /// Document-level event handlers, in document order.
    pub handlers: Vec<Arc<Handler>>,
    /// Document-level links.
    pub links: Vec<Arc<Link>>,
    /// Forms and menus in document order; never empty in a leaf document that runs.
    pub dialogs: Vec<Arc<Dialog>>,
}

impl Document {
    /// The dialog with this id.
    pub fn dialog(&self, id: &str) -> Option<&Arc<Dialog>> {
        self.dialogs.iter().find(|dialog| dialog.id.as_deref() == Some(id))
    }
}

/// `<meta>`: a name or HTTP header and its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// `name` or `http-equiv`.
    pub name: String,
    /// `content`
    pub content: String,
}

/// `<property>` (VoiceXML 2.0 §6.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// Name, as written.
    pub name: String,
    /// Value, as written.
    pub value: String,
}

/// An event handler: `<catch>`, `<noinput>`, `<nomatch>`, `<help>` or `<error>` (VoiceXML 2.0 §5.2.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Handler {
    /// Event names or prefixes it catches; empty catches every event.
    pub events: Vec<String>,
    /// `count`, from 1.
    pub count: u32,
    /// `cond`
    pub cond: Option<Expr>,
    /// What to do.
    pub body: Vec<Action>,
    /// Where it stands.
    pub at: Position,
}

/// `<link>` (VoiceXML 2.0 §2.5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Where to go, unless it throws.
    pub next: Option<Source>,
    /// The event to throw.
    pub event: Option<Source>,
    /// The message thrown with the event.
    pub message: Option<Source>,
    /// `dtmf`: a key sequence, blanks removed.
    pub dtmf: Option<String>,
    /// Its grammars.
    pub grammars: Vec<Arc<GrammarSource>>,
    /// Attributes for fetching the target.
    pub fetch: super::FetchHints,
    /// Where it stands.
    pub at: Position,
}

/// A `<form>` or `<menu>` (VoiceXML 2.0 §2.1, §2.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dialog {
    /// `id`, if any.
    pub id: Option<String>,
    /// `scope="document"`: its grammars are active in the whole document.
    pub document_scope: bool,
    /// Form or menu.
    pub kind: DialogKind,
    /// `<property>` elements of the dialog.
    pub properties: Vec<Property>,
    /// `<var>` and `<script>` elements of a form in document order, run when it is entered.
    pub init: Vec<Action>,
    /// Event handlers of the dialog.
    pub handlers: Vec<Arc<Handler>>,
    /// Links of the dialog.
    pub links: Vec<Arc<Link>>,
    /// Form-level grammars.
    pub grammars: Vec<Arc<GrammarSource>>,
    /// Those form-level grammars that are active in the whole document, by the form's scope or their own.
    pub document_grammars: Vec<Arc<GrammarSource>>,
    /// The form items in document order; a menu has exactly one, of kind [`super::ItemKind::Menu`].
    pub items: Vec<Arc<Item>>,
    /// Form-level `<filled>` elements.
    pub filled: Vec<Arc<Filled>>,
    /// Where it stands.
    pub at: Position,
}

/// What kind of dialog it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DialogKind {
    /// `<form>`
    Form,
    /// `<menu>`, read as a form with one anonymous field (VoiceXML 2.0 §2.2).
    Menu,
}

impl Dialog {
    /// The menu of a dialog that is one.
    pub fn menu(&self) -> Option<&Menu> {
        self.items.iter().find_map(|item| item.kind.as_menu())
    }

    /// The form item with this name.
    pub fn item(&self, name: &str) -> Option<&Arc<Item>> {
        self.items.iter().find(|item| &*item.name == name)
    }
}

/// Reads a VoiceXML time designation such as `5s`, `250ms` or `.5s` (VoiceXML 2.0 §6.5); `None` if it is none.
///
/// A bare number is read as milliseconds, as many legacy platforms did.
pub fn parse_time(text: &str) -> Option<Millis> {
    let text = text.trim().trim_start_matches('+').to_ascii_lowercase();
    let (number, scale) = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(number), _) => (number, 1.0),
        (None, Some(number)) => (number, 1000.0),
        (None, None) => (text.as_str(), 1.0),
    };
    let value: f64 = number.trim().parse().ok()?;
    (value.is_finite() && value >= 0.0).then_some((value * scale).round() as Millis)
}
