//! A document made ready to run: its grammars compiled once, for all calls, each dialog's when the first call needs them
//! (of a large or generated document most dialogs never are).

use super::open::slots_of;
use crate::{
    dialogue::{
        Choice, Diagnostic, Dialog, Document, FREE_TEXT, Field, GrammarSource, GrammarText, InputMode, Item, ItemKind,
        Link, MenuChoice, OptionItem, Slot, SlotKind, Source,
    },
    grammar::{Grammar, NoBuiltin, Semantics, Setting},
};
use serde_json::Value as Json;
use std::sync::{Arc, OnceLock};

/// Inputs a grammar may have to be offered as a list of choices rather than as an open slot.
const LISTED: usize = 40;

/// A document with everything prepared that does not depend on a call.
#[derive(Debug)]
pub(super) struct Program {
    /// The document.
    pub(super) document: Document,
    /// What relative references resolve against.
    pub(super) base: String,
    /// Hearings of the document's links.
    pub(super) links: Vec<Hearing>,
    /// In the order of `document.dialogs`.
    dialogs: Vec<OnceLock<DialogProgram>>,
}

/// What a dialog listens for.
#[derive(Debug)]
pub(super) struct DialogProgram {
    /// Form-level grammars and links.
    pub(super) level: Vec<Hearing>,
    /// What is heard in all dialogs of the document: form-level grammars and menus with document scope.
    pub(super) shared: Vec<Hearing>,
    /// Hearings of each item, in the order of `dialog.items`.
    pub(super) items: Vec<Vec<Hearing>>,
    slots: OnceLock<Vec<Option<Slot>>>,
}

impl DialogProgram {
    /// What each item takes, as far as it is a field with grammars that are known, in the order of `dialog.items`.
    pub(super) fn slots(&self, dialog: &Dialog, program: &Program) -> &[Option<Slot>] {
        self.slots.get_or_init(|| slots_of(dialog, program, &self.items))
    }
}

/// A grammar in its place: what is understood and what understanding it means.
#[derive(Debug, Clone)]
pub(super) struct Hearing {
    pub(super) form: GrammarForm,
    pub(super) meaning: Meaning,
    /// Where it stands in the document: of two grammars of one scope the first takes precedence (2.0 §3.1.4).
    pub(super) at: u32,
}

/// How far a grammar is known.
#[derive(Debug, Clone)]
pub(super) enum GrammarForm {
    /// Ready.
    Ready(Arc<Compiled>),
    /// To be fetched when it becomes active: the source that names it, and what that is relative to.
    Reference(Arc<GrammarSource>, String),
    /// Refers to other grammars, to be fetched when it becomes active, too.
    Open {
        /// What is there of it.
        grammar: Arc<Grammar>,
        /// The source it was read from.
        source: Arc<GrammarSource>,
        /// What it follows from: no other grammar of a call has the same.
        key: String,
    },
    /// Cannot be used: the event to throw when it becomes active, and why.
    Broken(&'static str, String),
}

/// What matching a grammar means.
#[derive(Debug, Clone)]
pub(super) enum Meaning {
    /// The result fills the item.
    Item,
    /// The field gets the value of this option.
    Option(usize),
    /// The menu's choice of this index is taken.
    Choice(usize),
    /// The result is spread over the fields of the form.
    Form,
    /// The link is followed.
    Link(Arc<Link>),
    /// The event of this name is thrown: a command of the platform.
    Universal(&'static str),
}

/// A compiled grammar and, if it is small, the list of all it understands.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) grammar: Grammar,
    /// The builtin type it came from.
    pub(super) builtin: Option<String>,
    listing: OnceLock<Option<Vec<(String, Semantics)>>>,
}

impl Meaning {
    /// Whether it fills the item it belongs to.
    pub(super) fn is_of_item(&self) -> bool {
        matches!(self, Self::Item | Self::Option(_))
    }
}

impl Compiled {
    pub(super) fn new(grammar: Grammar, builtin: Option<String>) -> Arc<Self> {
        Arc::new(Self { grammar, builtin, listing: OnceLock::new() })
    }

    /// All inputs with their meanings, if there are few.
    pub(super) fn listing(&self) -> Option<&[(String, Semantics)]> {
        let list = || {
            let separator = if self.grammar.mode() == InputMode::Dtmf { "" } else { " " };
            let inputs = self.grammar.enumerate(LISTED)?;
            Some(inputs.into_iter().map(|(tokens, parse)| (tokens.join(separator), parse.semantics())).collect())
        };
        self.listing.get_or_init(list).as_deref()
    }

    /// Whether it takes any words at all.
    pub(super) fn is_dictation(&self) -> bool {
        self.builtin.as_deref() == Some(FREE_TEXT)
    }

    /// What an open slot for this grammar takes; `None` if it is offered as choices.
    pub(super) fn slot(&self) -> Option<SlotKind> {
        let builtin = self.builtin.as_deref().map(|name| name.split(['?', ';']).next().unwrap_or(name));
        match builtin {
            Some("boolean") => None,
            Some("digits") => Some(SlotKind::Digits),
            Some("number") => Some(SlotKind::Number),
            Some(other) => Some(SlotKind::Builtin(other.to_owned())),
            None if self.listing().is_some() => None,
            None if self.grammar.mode() == InputMode::Dtmf => Some(SlotKind::Digits),
            None => Some(SlotKind::Grammar),
        }
    }
}

impl Program {
    /// Compiles a document. Grammars that cannot be used are kept as such: they matter only when they become active.
    pub(super) fn compile(document: Document) -> Self {
        let base = match &document.base {
            Some(base) => super::resolve(&document.uri, base).unwrap_or_else(|_| document.uri.clone()),
            None => document.uri.clone(),
        };
        let place = Place::of(&document, &base);
        let links = document.links.iter().flat_map(|link| place.link(link)).collect();
        let dialogs = document.dialogs.iter().map(|_| OnceLock::new()).collect();
        Self { links, dialogs, base, document }
    }

    /// What a dialog listens for.
    pub(super) fn dialog(&self, index: usize) -> &DialogProgram {
        let prepare = || Place::of(&self.document, &self.base).dialog(&self.document.dialogs[index]);
        self.dialogs[index].get_or_init(prepare)
    }

    /// What is heard in all dialogs, with the dialog it leads to: form-level grammars and menus with document scope.
    pub(super) fn shared(&self) -> impl Iterator<Item = (usize, &[Hearing])> {
        let dialogs = self.document.dialogs.iter().enumerate();
        let wide = dialogs.filter(|(_, dialog)| dialog.document_scope || !dialog.document_grammars.is_empty());
        wide.map(|(index, _)| (index, self.dialog(index).shared.as_slice()))
    }

    /// The place of a dialog among the document's.
    pub(super) fn dialog_index(&self, id: &str) -> Option<usize> {
        self.document.dialogs.iter().position(|dialog| dialog.id.as_deref() == Some(id))
    }
}

/// Where grammars stand.
struct Place<'a> {
    uri: &'a str,
    base: &'a str,
    lang: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn of(document: &'a Document, base: &'a str) -> Self {
        Self { uri: &document.uri, base, lang: document.lang.as_deref() }
    }

    fn dialog(&self, dialog: &Dialog) -> DialogProgram {
        let links = dialog.links.iter().flat_map(|link| self.link(link));
        let mut level: Vec<Hearing> =
            dialog.grammars.iter().map(|source| self.hearing(source, Meaning::Form)).chain(links).collect();
        level.sort_by_key(|hearing| hearing.at);
        let items: Vec<Vec<Hearing>> = dialog.items.iter().map(|item| self.item(item)).collect();
        let mut shared: Vec<Hearing> =
            dialog.document_grammars.iter().map(|source| self.hearing(source, Meaning::Form)).collect();
        if dialog.document_scope && dialog.menu().is_some() {
            let choices = items.iter().flatten().filter(|hearing| matches!(hearing.meaning, Meaning::Choice(_)));
            shared.extend(choices.cloned());
        }
        DialogProgram { level, shared, items, slots: OnceLock::new() }
    }

    fn item(&self, item: &Item) -> Vec<Hearing> {
        let meaning = if matches!(item.kind, ItemKind::Initial) { Meaning::Form } else { Meaning::Item };
        let mut hearings: Vec<Hearing> =
            item.grammars.iter().map(|source| self.hearing(source, meaning.clone())).collect();
        match &item.kind {
            ItemKind::Field(field) => self.field(field, item.at.offset, &mut hearings),
            ItemKind::Menu(menu) => {
                for (index, choice) in menu.choices.iter().enumerate() {
                    self.choice(index, choice, &mut hearings);
                }
            }
            _ => {}
        }
        hearings.extend(item.links.iter().flat_map(|link| self.link(link)));
        hearings.sort_by_key(|hearing| hearing.at);
        hearings
    }

    fn field(&self, field: &Field, at: u32, hearings: &mut Vec<Hearing>) {
        if field.builtin.as_deref() == Some(FREE_TEXT) {
            let compiled = Compiled::new(Grammar::dictation(InputMode::Voice), field.builtin.clone());
            hearings.push(Hearing { form: GrammarForm::Ready(compiled), meaning: Meaning::Item, at });
        } else if let Some(builtin) = &field.builtin {
            let lang = self.lang.unwrap_or("en-US");
            let modes = [InputMode::Voice, InputMode::Dtmf];
            let (grammars, refused): (Vec<_>, Vec<_>) =
                modes.iter().map(|mode| Grammar::builtin(builtin, *mode, lang)).partition(Result::is_ok);
            let why = refused.into_iter().filter_map(Result::err).next();
            // What cannot be spoken in this language can still be keyed.
            if let Some(why) = why.filter(|why| grammars.is_empty() || !matches!(why, NoBuiltin::Language(..))) {
                hearings.push(Hearing { form: no_builtin(&why), meaning: Meaning::Item, at });
            }
            let grammars = grammars.into_iter().flatten();
            hearings.extend(grammars.map(|grammar| Hearing {
                form: GrammarForm::Ready(Compiled::new(grammar, Some(builtin.clone()))),
                meaning: Meaning::Item,
                at,
            }));
        }
        for (index, option) in field.options.iter().enumerate() {
            let OptionItem { dtmf, approximate, value, text, at } = option;
            let ready = |grammar| Hearing { form: ready(grammar), meaning: Meaning::Option(index), at: at.offset };
            if !text.is_empty() {
                hearings.push(ready(Grammar::phrase(text, *approximate, Some(value))));
            }
            hearings.extend(dtmf.iter().map(|keys| ready(Grammar::keys(keys, Some(value)))));
        }
    }

    fn choice(&self, index: usize, choice: &MenuChoice, hearings: &mut Vec<Hearing>) {
        let meaning = Meaning::Choice(index);
        let ready = |grammar| Hearing { form: ready(grammar), meaning: meaning.clone(), at: choice.at.offset };
        if choice.grammars.is_empty() {
            if !choice.text.is_empty() {
                hearings.push(ready(Grammar::phrase(&choice.text, choice.approximate, None)));
            }
        } else {
            hearings.extend(choice.grammars.iter().map(|source| self.hearing(source, meaning.clone())));
        }
        hearings.extend(choice.dtmf.iter().map(|keys| ready(Grammar::keys(keys, None))));
    }

    fn link(&self, link: &Arc<Link>) -> Vec<Hearing> {
        let meaning = Meaning::Link(link.clone());
        let mut hearings: Vec<Hearing> =
            link.grammars.iter().map(|source| self.hearing(source, meaning.clone())).collect();
        hearings.extend(link.dtmf.iter().map(|keys| Hearing {
            form: ready(Grammar::keys(keys, None)),
            meaning: meaning.clone(),
            at: link.at.offset,
        }));
        hearings
    }

    fn hearing(&self, source: &Arc<GrammarSource>, meaning: Meaning) -> Hearing {
        let base = source.base.as_deref().unwrap_or(self.base);
        let at = source.at.offset;
        let text = match &source.text {
            GrammarText::Xml(text) | GrammarText::Text(text) => text,
            GrammarText::Reference(Source::Literal(uri)) if uri.trim_start().starts_with("builtin:") => {
                return Hearing { form: builtin_reference(uri.trim(), source, self.lang), meaning, at };
            }
            GrammarText::Reference(_) => {
                return Hearing { form: GrammarForm::Reference(source.clone(), base.to_owned()), meaning, at };
            }
        };
        let setting = Setting {
            uri: self.uri,
            base,
            mode: source.mode,
            lang: source.lang.as_deref().or(self.lang),
            text_offset: source.text_at,
        };
        let form = match Grammar::read(text, source.media_type.as_deref(), &setting) {
            Ok(grammar) if grammar.references().is_empty() => ready(grammar),
            Ok(grammar) => {
                let key = format!("{base} {text}");
                GrammarForm::Open { grammar: Arc::new(grammar), source: source.clone(), key }
            }
            Err(problems) => {
                let Refusal { event, why } = Refusal::of_grammar(&problems);
                GrammarForm::Broken(event, why)
            }
        };
        Hearing { form, meaning, at }
    }
}

/// A `builtin:` grammar named by URI.
pub(super) fn builtin_reference(uri: &str, source: &GrammarSource, lang: Option<&str>) -> GrammarForm {
    let mode = source.mode.unwrap_or(if uri.starts_with("builtin:dtmf") { InputMode::Dtmf } else { InputMode::Voice });
    let name = uri.rsplit(['/', ':']).next().unwrap_or(uri);
    match Grammar::builtin(uri, mode, source.lang.as_deref().or(lang).unwrap_or("en-US")) {
        Ok(grammar) => GrammarForm::Ready(Compiled::new(grammar, Some(name.to_owned()))),
        Err(why) => no_builtin(&why),
    }
}

/// Contradicting parameters are a bad reference; a type or language that is not there is not supported (2.0 appendix P).
fn no_builtin(why: &NoBuiltin) -> GrammarForm {
    let event = match why {
        NoBuiltin::Parameters(..) => "error.badfetch",
        NoBuiltin::Type(_) => "error.unsupported.builtin",
        NoBuiltin::Language(..) => "error.unsupported.language",
    };
    GrammarForm::Broken(event, why.to_string())
}

/// Why a document or grammar cannot be used, and the event that says so.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) event: &'static str,
    pub(super) why: String,
}

impl Refusal {
    /// What is wrong with a grammar: a notation that is not read, or a mistake in it (2.0 §5.2.6).
    pub(super) fn of_grammar(problems: &[Diagnostic]) -> Self {
        let foreign = problems.iter().any(|problem| problem.code == "unsupported-grammar");
        let event = if foreign { "error.unsupported.format" } else { "error.badfetch" };
        Self { event, why: sentence(problems) }
    }
}

/// Diagnostics in one line.
pub(super) fn sentence(problems: &[Diagnostic]) -> String {
    problems.iter().filter(|problem| problem.is_error()).map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn ready(grammar: Grammar) -> GrammarForm {
    GrammarForm::Ready(Compiled::new(grammar, None))
}

/// The choices a grammar stands for, joined with those already there that mean the same (`1` and "billing").
pub(super) fn add_choices(choices: &mut Vec<(Option<Json>, Choice)>, compiled: &Compiled) {
    let keys = compiled.grammar.mode() == InputMode::Dtmf;
    for (input, semantics) in compiled.listing().unwrap_or_default() {
        let meaning = match semantics {
            Semantics::Value(value) => Some(value.clone()),
            Semantics::Program(program) => Some(Json::String(program.clone())),
            Semantics::None => None,
        };
        let known = choices
            .iter_mut()
            .find(|(known, choice)| meaning.is_some() && *known == meaning && (!keys || choice.key.is_none()));
        match known {
            Some((_, choice)) if keys => choice.key = Some(input.clone()),
            Some((_, choice)) => choice.phrases.push(input.clone()),
            None => {
                let target = meaning.as_ref().and_then(|meaning| match semantics {
                    Semantics::Value(_) => meaning.as_str().map(str::to_owned).or_else(|| Some(meaning.to_string())),
                    _ => None,
                });
                let (key, phrases) = if keys { (Some(input.clone()), Vec::new()) } else { (None, vec![input.clone()]) };
                choices.push((meaning, Choice { key, phrases, label: None, target }));
            }
        }
    }
}
