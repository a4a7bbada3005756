//! Random but valid VoiceXML applications, with what a plain reading of them says a caller may key in and what comes of
//! it; and random callers.

#![allow(dead_code, missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod caller;
pub mod meaning;
pub mod render;

use proptest::prelude::*;

/// An application: a document, perhaps a second one, perhaps an application root with links of its own.
#[derive(Debug, Clone)]
pub struct Application {
    pub main: Document,
    pub other: Document,
    pub root: Option<Vec<Link>>,
}

#[derive(Debug, Clone)]
pub struct Document {
    pub spanish: bool,
    pub dialogs: Vec<Dialog>,
    pub links: Vec<Link>,
    pub handlers: Vec<Handler>,
    /// `termchar`, if set.
    pub termchar: Option<&'static str>,
    /// `inputmodes`, if set.
    pub inputmodes: Option<&'static str>,
    pub bargein: bool,
    /// What the form for subdialogs asks.
    pub asked: Field,
}

#[derive(Debug, Clone)]
pub enum Dialog {
    Menu(Menu),
    Form { links: Vec<Link>, items: Vec<Item>, end: Target },
}

#[derive(Debug, Clone)]
pub struct Menu {
    pub choices: Vec<Choice>,
    pub keys: KeySet,
    pub style: MenuStyle,
    pub document_scope: bool,
}

/// Which keys the choices of a menu or the options of a field have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum KeySet {
    /// 1, 2, 3 …
    Plain,
    /// By `dtmf="true"`; options have explicit ones.
    Implied,
    /// Of different lengths, one the beginning of another.
    Nested,
    /// With star and hash.
    Odd,
}

/// How a menu's prompt reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MenuStyle {
    Enumerate,
    /// "For x, press 1."
    LabelFirst,
    /// "Press 1 for x."
    KeyFirst,
    /// Says nothing of keys.
    Plain,
}

#[derive(Debug, Clone)]
pub struct Choice {
    /// Whether the choice has a text; else only the prompt names it.
    pub text: bool,
    pub target: Target,
}

/// Where something leads; dialogs by number, modulo how many there are.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    Here(usize),
    Other(usize),
    Submit,
    Event,
    Exit,
    Disconnect,
}

#[derive(Debug, Clone)]
pub enum Item {
    Block(Vec<Action>),
    Field(Field),
    Subdialog,
}

#[derive(Debug, Clone)]
pub struct Field {
    pub takes: Takes,
    pub prompts: Vec<Prompt>,
    pub modal: bool,
    pub filled: Vec<Action>,
    pub handlers: Vec<Handler>,
}

/// What a field understands.
#[derive(Debug, Clone)]
pub enum Takes {
    Options {
        count: usize,
        keys: KeySet,
    },
    Boolean,
    Digits {
        min: usize,
        max: Option<usize>,
    },
    Number,
    /// A key grammar: parts one after the other, each some keys so many times.
    Keys {
        parts: Vec<(String, usize, usize)>,
        external: bool,
    },
    /// A key grammar and a speech grammar of the same meanings.
    Both {
        count: usize,
    },
}

#[derive(Debug, Clone)]
pub struct Link {
    pub key: Option<&'static str>,
    pub spoken: bool,
    /// A dialog of the document (a link of the root: of `main.vxml`), or `help`.
    pub target: Option<usize>,
}

#[derive(Debug, Clone)]
pub struct Handler {
    pub event: &'static str,
    pub count: u32,
    pub body: Vec<Action>,
    pub reprompt: bool,
}

#[derive(Debug, Clone)]
pub struct Prompt {
    pub count: u32,
    pub cond: Option<&'static str>,
    pub bargein: Option<bool>,
    pub timeout: Option<&'static str>,
    pub content: Vec<Piece>,
}

#[derive(Debug, Clone)]
pub enum Piece {
    Text(String),
    Value(&'static str),
    /// An audio file, there or not.
    Audio(bool, String),
    /// Start tag (with attributes) and name of an SSML element around a text.
    Ssml(&'static str, &'static str, String),
    Empty(&'static str),
}

#[derive(Debug, Clone)]
pub enum Action {
    Say(Prompt),
    If(&'static str, Vec<Action>, Vec<Action>),
    /// Any other executable content, as written.
    Plain(&'static str),
    Leave(Target),
}

pub fn application() -> impl Strategy<Value = Application> {
    let root = prop::option::of(prop::collection::vec(link(&["00", "*0"]), 0..2));
    (document(), document(), root).prop_map(|(main, other, root)| Application { main, other, root })
}

fn document() -> impl Strategy<Value = Document> {
    let settings = (
        prop::bool::weighted(0.25),
        prop_oneof![4 => Just(None), 1 => Just(Some("*")), 1 => Just(Some(""))],
        prop_oneof![8 => Just(None), 1 => Just(Some("dtmf")), 1 => Just(Some("voice"))],
        prop::bool::weighted(0.8),
    );
    let inside = (
        prop::collection::vec(dialog(), 1..6),
        prop::collection::vec(link(&["0", "9", "99"]), 0..2),
        prop::collection::vec(handler(), 0..3),
        field(),
    );
    (settings, inside).prop_map(|((spanish, termchar, inputmodes, bargein), (dialogs, links, handlers, asked))| {
        Document { spanish, dialogs, links, handlers, termchar, inputmodes, bargein, asked }
    })
}

fn dialog() -> impl Strategy<Value = Dialog> {
    let items = prop_oneof![
        2 => prop::collection::vec(action(), 0..3).prop_map(Item::Block),
        4 => field().prop_map(Item::Field),
        1 => Just(Item::Subdialog),
    ];
    let form = (prop::collection::vec(link(&["8", "88"]), 0..2), prop::collection::vec(items, 1..4), target())
        .prop_map(|(links, items, end)| Dialog::Form { links, items, end });
    prop_oneof![1 => menu().prop_map(Dialog::Menu), 1 => form]
}

fn menu() -> impl Strategy<Value = Menu> {
    let style = prop_oneof![
        Just(MenuStyle::Enumerate),
        Just(MenuStyle::LabelFirst),
        Just(MenuStyle::KeyFirst),
        Just(MenuStyle::Plain)
    ];
    let choice = (prop::bool::weighted(0.7), target()).prop_map(|(text, target)| Choice { text, target });
    (prop::collection::vec(choice, 1..6), keys(), style, prop::bool::weighted(0.15))
        .prop_map(|(choices, keys, style, document_scope)| Menu { choices, keys, style, document_scope })
}

fn keys() -> impl Strategy<Value = KeySet> {
    prop_oneof![4 => Just(KeySet::Plain), 2 => Just(KeySet::Implied), 1 => Just(KeySet::Nested), 1 => Just(KeySet::Odd)]
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        12 => (0usize..6).prop_map(Target::Here),
        3 => (0usize..6).prop_map(Target::Other),
        1 => Just(Target::Submit),
        1 => Just(Target::Event),
        1 => Just(Target::Exit),
        1 => Just(Target::Disconnect),
    ]
}

fn field() -> impl Strategy<Value = Field> {
    let parts = prop::collection::vec(("[0-9*#]{1,3}", 0usize..3, 0usize..3), 1..4).prop_map(|parts| {
        let mut parts: Vec<_> = parts.into_iter().map(|(keys, min, more)| (keys, min, (min + more).max(1))).collect();
        // Nothing at all is no input.
        parts[0].1 = parts[0].1.max(1);
        parts
    });
    let takes = prop_oneof![
        3 => (1usize..5, keys()).prop_map(|(count, keys)| Takes::Options { count, keys }),
        2 => Just(Takes::Boolean),
        2 => (1usize..6, prop::option::of(0usize..4))
            .prop_map(|(min, more)| Takes::Digits { min, max: more.map(|more| min + more) }),
        1 => Just(Takes::Number),
        2 => (parts, any::<bool>()).prop_map(|(parts, external)| Takes::Keys { parts, external }),
        2 => (1usize..5).prop_map(|count| Takes::Both { count }),
    ];
    let prompts = prop::collection::vec(prompt(), 0..3);
    let inside = (prop::collection::vec(action(), 0..2), prop::collection::vec(handler(), 0..2));
    (takes, prompts, prop::bool::weighted(0.2), inside).prop_map(|(takes, prompts, modal, (filled, handlers))| Field {
        takes,
        prompts,
        modal,
        filled,
        handlers,
    })
}

fn link(keys: &'static [&'static str]) -> impl Strategy<Value = Link> {
    let target = prop::option::weighted(0.8, 0usize..6);
    (prop::option::weighted(0.7, prop::sample::select(keys)), any::<bool>(), target)
        .prop_map(|(key, spoken, target)| Link { key, spoken: spoken || key.is_none(), target })
}

fn handler() -> impl Strategy<Value = Handler> {
    let event = prop::sample::select(vec!["noinput", "nomatch", "help", "noinput nomatch", "go.away", "error", ""]);
    let body = prop::collection::vec(gentle_action(), 0..2);
    (event, 1u32..4, body, any::<bool>()).prop_map(|(event, count, body, reprompt)| Handler {
        event,
        count,
        body,
        reprompt,
    })
}

fn prompt() -> impl Strategy<Value = Prompt> {
    let conditions = (
        prop_oneof![4 => Just(1u32), 1 => Just(2), 1 => Just(3)],
        prop_oneof![5 => Just(None), 1 => Just(Some("count % 2 == 0")), 1 => Just(Some("false"))],
        prop::option::weighted(0.2, any::<bool>()),
        prop_oneof![5 => Just(None), 1 => Just(Some("3s")), 1 => Just(Some("900ms"))],
    );
    (conditions, prop::collection::vec(piece(), 0..4)).prop_map(|((count, cond, bargein, timeout), content)| Prompt {
        count,
        cond,
        bargein,
        timeout,
        content,
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[A-Z][a-z]{1,8}( [a-z]{1,8}){0,5}[.?!,]",
        1 => "[ -~áéñ¿€]{0,30}",
        1 => (1usize..700).prop_map(|times| "so many words. ".repeat(times)),
    ]
}

fn piece() -> impl Strategy<Value = Piece> {
    let values = vec!["count", "1 + 1", "new Date(0).getTime()", "'a&b <c>'", "session.connection.remote.uri"];
    let elements = vec![
        ("emphasis", "emphasis level=\"strong\""),
        ("prosody", "prosody rate=\"slow\" pitch=\"high\""),
        ("say-as", "say-as interpret-as=\"vxml:digits\""),
        ("say-as", "say-as interpret-as=\"date\" format=\"mdy\""),
        ("sub", "sub alias=\"World Wide Web Consortium\""),
        ("p", "p"),
        ("s", "s xml:lang=\"fr-FR\""),
        ("voice", "voice gender=\"female\""),
        ("phoneme", "phoneme alphabet=\"ipa\" ph=\"t&#x259;mei&#x325;&#x27E;ou&#x325;\""),
    ];
    prop_oneof![
        6 => text().prop_map(Piece::Text),
        2 => prop::sample::select(values).prop_map(Piece::Value),
        2 => (any::<bool>(), text()).prop_map(|(there, fallback)| Piece::Audio(there, fallback)),
        2 => (prop::sample::select(elements), text()).prop_map(|((name, start), text)| Piece::Ssml(start, name, text)),
        1 => prop::sample::select(vec!["<break time=\"700ms\"/>", "<break strength=\"weak\"/>", "<mark name=\"here\"/>"])
            .prop_map(Piece::Empty),
    ]
}

/// Executable content that goes nowhere.
fn gentle_action() -> impl Strategy<Value = Action> {
    let plain = vec![
        "<assign name=\"count\" expr=\"count + 1\"/>",
        "<var name=\"extra\" expr=\"'x' + count\"/>",
        "<log label=\"count\">it is <value expr=\"count\"/></log>",
        "<script>count = count + Math.floor(Math.random() * 3);</script>",
    ];
    prop_oneof![2 => prompt().prop_map(Action::Say), 3 => prop::sample::select(plain).prop_map(Action::Plain)]
}

fn action() -> impl Strategy<Value = Action> {
    let leaf = prop_oneof![6 => gentle_action(), 1 => target().prop_map(Action::Leave)];
    leaf.prop_recursive(2, 8, 2, |inner| {
        let conditions = vec!["count % 2 == 0", "count &lt; 3", "session.connection.remote.uri.length == 16", "false"];
        let body = || prop::collection::vec(inner.clone(), 0..3);
        (prop::sample::select(conditions), body(), body()).prop_map(|(cond, yes, no)| Action::If(cond, yes, no))
    })
}
