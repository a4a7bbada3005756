//! Semantic tags as read: string literals, or scripts, with the plainest scripts understood without an engine.

use super::builtin::Builtin;
use super::literal::{Reader, ident_part, ident_start};
use super::slots::Command;
use serde_json::Value;

/// How the tags of a grammar are written (`tag-format`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagFormat {
    /// `semantics/1.0`: ECMAScript (SISR 1.0 §3).
    Script,
    /// `semantics/1.0-literals`: strings (SISR 1.0 §7).
    Literals,
    /// Not declared, or a vendor's: each tag is taken for a script if it assigns something, otherwise for a string.
    Legacy,
    /// GSL's commands.
    Slots,
    /// A builtin type of this program's own.
    Builtin(Builtin),
}

impl TagFormat {
    /// From the attribute.
    pub(super) fn of(declared: &str) -> Self {
        match declared.trim() {
            "semantics/1.0-literals" => Self::Literals,
            script if script.starts_with("semantics/1.0") => Self::Script,
            _ => Self::Legacy,
        }
    }
}

/// A tag.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tag {
    /// A string.
    Literal(Box<str>),
    /// A script, and its assignments if it is made of plain ones only.
    Script { code: Box<str>, plain: Option<Vec<Assignment>> },
    /// Commands of GSL.
    Slots(Box<[Command]>),
}

/// `out.a.b = value`, or `+=`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Assignment {
    /// The properties below `out`.
    pub(super) path: Vec<String>,
    /// By what sign.
    pub(super) how: How,
    /// The right side.
    pub(super) value: Operand,
}

/// How a value is assigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// `=`
    Set,
    /// `+=`
    Add,
    /// Where there is no value yet.
    Unless,
}

/// What is assigned.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    /// A literal value.
    Value(Value),
    /// `rules.latest()` (`None`) or `rules.name`, and properties of it.
    Rule(Option<String>, Vec<String>),
}

impl Tag {
    pub(super) fn literal(text: &str) -> Self {
        Self::Literal(text.trim().into())
    }

    pub(super) fn script(code: &str) -> Self {
        Self::Script { code: code.trim().into(), plain: assignments(code) }
    }

    /// All tags of a grammar document, by its format; `globals` are the scripts in its header.
    pub(super) fn read(texts: &[&str], globals: &str, format: TagFormat) -> Vec<Self> {
        match format {
            TagFormat::Script => scripts(texts, globals),
            TagFormat::Literals | TagFormat::Slots | TagFormat::Builtin(_) => {
                texts.iter().map(|text| Self::literal(text)).collect()
            }
            TagFormat::Legacy => super::legacy::read(texts),
        }
    }
}

/// Scripts. Words that are no script and name nothing (`<tag>yes</tag>`) would fail each time they are said (SISR 1.0
/// §6.3); real grammars mean them as strings.
fn scripts(texts: &[&str], globals: &str) -> Vec<Tag> {
    let is_used = |word: &str| globals.contains(word) || texts.iter().any(|text| !is_bare(text) && text.contains(word));
    let script = |text: &&str| match is_bare(text) && !text.split_whitespace().any(is_used) {
        true => Tag::literal(text),
        false => Tag::script(text),
    };
    texts.iter().map(script).collect()
}

/// Whether there is nothing in a tag but words, none of which is a word of ECMAScript or SISR.
pub(super) fn is_bare(text: &str) -> bool {
    const NOT_BARE: [&str; 12] =
        ["out", "rules", "meta", "true", "false", "null", "undefined", "this", "var", "new", "return", "debugger"];
    let is_word = |word: &str| word.starts_with(ident_start) && word.chars().all(ident_part);
    !text.trim().is_empty() && text.split_whitespace().all(|word| is_word(word) && !NOT_BARE.contains(&word))
}

/// The assignments that a script is made of; `None` if there is anything else in it.
fn assignments(code: &str) -> Option<Vec<Assignment>> {
    let mut reader = Reader::new(code);
    let mut list = Vec::new();
    loop {
        while reader.eat(";") {}
        if reader.at_end() {
            return Some(list);
        }
        let path = match reader.name()? {
            "out" => reader.path(),
            _ => return None,
        }?;
        let add = reader.eat("+=");
        if !add && (!reader.eat("=") || reader.rest().starts_with('=')) {
            return None;
        }
        let how = if add { How::Add } else { How::Set };
        list.push(Assignment { path, how, value: operand(&mut reader)? });
        if !reader.at_end() && !reader.eat(";") {
            return None;
        }
    }
}

fn operand(reader: &mut Reader<'_>) -> Option<Operand> {
    if reader.rest().starts_with(ident_start) {
        let mark = reader.clone();
        match reader.name()? {
            "rules" if reader.eat(".") => {
                let name = reader.name()?.to_owned();
                let latest = name == "latest" && reader.eat("(") && reader.eat(")");
                return Some(Operand::Rule((!latest).then_some(name), reader.path()?));
            }
            "new" => {
                let empty = match reader.name()? {
                    "Object" => Value::Object(serde_json::Map::new()),
                    "Array" => Value::Array(Vec::new()),
                    _ => return None,
                };
                return (!reader.eat("(") || reader.eat(")")).then_some(Operand::Value(empty));
            }
            _ => *reader = mark,
        }
    }
    reader.value(0).map(Operand::Value)
}
