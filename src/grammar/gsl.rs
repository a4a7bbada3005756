//! Nuance's Grammar Specification Language, as far as old documents use it: named grammars, `( )` sequences, `[ ]`
//! alternatives, the operators `?`, `*` and `+` before what they apply to, slots, return values and variables.

use super::Setting;
use super::draft::{DEEPEST, Draft, Header, Reading};
use super::reading::Notes;
use super::rules::NodeId;
use super::scan::Scanner;
use super::slots::{Command, Term};
use super::tags::{Tag, TagFormat};
use crate::dialogue::InputMode;

/// Reads a grammar; the diagnostics beside the rules are warnings only.
pub(super) fn read(text: &str, setting: &Setting<'_>) -> Reading {
    let notes = Notes::new(text, setting);
    let bare = without_comments(text);
    let mode = (setting.mode.is_none() && bare.contains("dtmf-")).then_some(InputMode::Dtmf);
    let header = Header { mode, tag_format: Some(TagFormat::Slots), ..Header::default() };
    let scan = Scanner::new(&bare);
    let named = scan.peek().is_some_and(|c| c == '.' || is_name_start(c));
    let whole = scan.here();
    let mut reader = Reader { draft: Draft::new(setting, notes, header), scan, named };
    if named {
        while !reader.scan.at_end() && reader.rule().is_some() {}
        return reader.draft.finish(&whole, None);
    }
    let mut parts = Vec::new();
    while !reader.scan.at_end() {
        match reader.expression(0) {
            Some(part) => parts.push(part),
            None => break,
        }
    }
    let body = reader.draft.builder.seq(parts);
    if let Some(rule) = reader.draft.declare(&whole, "grammar", true) {
        reader.draft.builder.define(rule, body);
    }
    reader.draft.finish(&whole, Some("grammar"))
}

/// Whether a text without any label is GSL: one bracket, or names before brackets.
pub(super) fn looks_like(text: &str) -> bool {
    let text = text.trim();
    if text.contains('|') {
        return false;
    }
    if text.starts_with(['[', '(']) {
        return closing(text) == Some(text.len() - 1);
    }
    let dotted = text.strip_prefix('.');
    let name = dotted.unwrap_or(text);
    let rest = name.trim_start_matches(is_name_part);
    let public = rest.strip_prefix(":public");
    let brackets = public.unwrap_or(rest).trim_start().starts_with(['[', '(']);
    let plain = dotted.is_some() || public.is_some() || text.contains("{<") || text.contains("{ <");
    name.starts_with(is_name_start) && brackets && plain
}

/// Where the bracket that a text starts with is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.bytes().position(|byte| {
        depth += match byte {
            b'[' | b'(' => 1,
            b']' | b')' => -1,
            _ => 0,
        };
        depth == 0
    })
}

/// The text with blanks in place of `;` comments, so that all else keeps its place.
fn without_comments(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut quoted = false;
        let comment = line.find(|c| {
            quoted ^= c == '"';
            c == ';' && !quoted
        });
        let (kept, blanked) = line.split_at(comment.unwrap_or(line.len()));
        bare.push_str(kept);
        bare.extend(blanked.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
    }
    bare
}

struct Reader<'a, 't> {
    draft: Draft<'a>,
    scan: Scanner<'t>,
    /// Whether names stand for grammars; in an expression alone there are none to stand for.
    named: bool,
}

impl Reader<'_, '_> {
    /// `Name expression`, `.Name` or `Name:public` for one that may be used from outside; `None` if it makes no sense.
    fn rule(&mut self) -> Option<()> {
        let dotted = self.scan.eat(".");
        let start = self.scan.at();
        let name = self.scan.take(is_name_part);
        let public = self.scan.eat(":public") || dotted;
        let place = self.scan.since(start);
        if !name.starts_with(is_name_start) {
            return self.refuse("the name of a grammar, beginning with a capital letter");
        }
        let rule = self.draft.declare(&place, name, public);
        let body = self.expression(0)?;
        self.draft.builder.define(rule?, body);
        Some(())
    }

    /// One expression with what follows it: a probability, commands.
    fn expression(&mut self, depth: usize) -> Option<NodeId> {
        let here = self.scan.here();
        if depth > DEEPEST {
            self.draft.too_deep(&here);
            return None;
        }
        let mut node = self.operand(depth)?;
        if self.scan.eat("~") {
            self.scan.take(|c| c.is_ascii_digit() || c == '.');
        }
        while self.scan.peek() == Some('{') {
            let commands = self.commands()?;
            let tag = self.draft.builder.tag(Tag::Slots(commands.into()));
            node = self.draft.builder.seq(vec![node, tag]);
        }
        Some(node)
    }

    fn operand(&mut self, depth: usize) -> Option<NodeId> {
        let start = self.scan.at();
        match self.scan.peek() {
            Some('(') => {
                let parts = self.bracketed("(", ")", depth)?;
                Some(self.draft.builder.seq(parts))
            }
            Some('[') => {
                let parts = self.bracketed("[", "]", depth)?;
                Some(self.draft.builder.alt(parts))
            }
            Some(sign @ ('?' | '*' | '+')) => {
                self.scan.advance(1);
                let body = self.expression(depth + 1)?;
                let max = (sign == '?').then_some(1);
                Some(self.draft.builder.repeat(body, u32::from(sign == '+'), max))
            }
            Some('"') => {
                let Some(text) = self.scan.quoted('"') else { return self.refuse("closing quotes") };
                Some(self.draft.token(&self.scan.since(start), &text))
            }
            Some(next) if !next.is_whitespace() && !"()[]{}<>~".contains(next) => self.word(),
            _ => self.refuse("a word, a name, ( ), [ ], or one of ? * + before them"),
        }
    }

    fn word(&mut self) -> Option<NodeId> {
        let start = self.scan.at();
        let word = self.scan.take(|c| !c.is_whitespace() && !"()[]{}<>~\"".contains(c));
        let place = self.scan.since(start);
        if !self.named || !word.starts_with(is_name_start) {
            let mut parts = Vec::new();
            self.draft.tokens(&place, word, &mut parts);
            return Some(self.draft.builder.seq(parts));
        }
        let (name, variable) = word.split_once(':').unwrap_or((word, ""));
        let node = self.draft.rule(&place, name);
        if variable.is_empty() {
            return Some(node);
        }
        let bind = self.draft.builder.tag(Tag::Slots([Command::Bind(variable.into())].into()));
        Some(self.draft.builder.seq(vec![node, bind]))
    }

    fn bracketed(&mut self, open: &str, close: &str, depth: usize) -> Option<Vec<NodeId>> {
        self.scan.eat(open);
        let mut parts = Vec::new();
        while !self.scan.eat(close) {
            if self.scan.at_end() {
                return self.refuse(close);
            }
            parts.push(self.expression(depth + 1)?);
        }
        Some(parts)
    }

    /// `{<slot value> return(value)}`
    fn commands(&mut self) -> Option<Vec<Command>> {
        self.scan.eat("{");
        let mut commands = Vec::new();
        while !self.scan.eat("}") {
            if self.scan.eat("<") {
                let slot = self.scan.take(is_word_part);
                let value = self.term(0)?;
                if slot.is_empty() || !self.scan.eat(">") {
                    return self.refuse("<slot value>");
                }
                commands.push(Command::Fill(slot.into(), value));
            } else if self.scan.keyword("return") && self.scan.eat("(") {
                commands.push(Command::Return(self.term(0)?));
                if !self.scan.eat(")") {
                    return self.refuse(")");
                }
            } else {
                return self.refuse("<slot value>, return(value) or }");
            }
        }
        Some(commands)
    }

    /// A word, a quoted text, `$variable` or `function(…)`.
    fn term(&mut self, depth: usize) -> Option<Term> {
        if self.scan.eat("$") {
            return Some(Term::Variable(self.scan.take(is_word_part).into()));
        }
        if self.scan.peek() == Some('"') {
            let Some(text) = self.scan.quoted('"') else { return self.refuse("closing quotes") };
            return Some(Term::Text(text.into()));
        }
        let word = self.scan.take(is_word_part);
        if word.is_empty() || depth > DEEPEST {
            return self.refuse("a value, or $ and the name of a variable");
        }
        if !self.scan.eat("(") {
            return Some(Term::Text(word.into()));
        }
        let mut arguments = Vec::new();
        while !self.scan.eat(")") {
            arguments.push(self.term(depth + 1)?);
            self.scan.eat(",");
        }
        match Term::call(word, arguments) {
            Some(call) => Some(call),
            None => self.refuse("one of the functions strcat, add, sub, mul, div and neg, with their arguments"),
        }
    }

    fn refuse<T>(&mut self, expected: &str) -> Option<T> {
        let place = self.scan.here();
        let message = match self.scan.peek() {
            Some(found) => format!("\"{found}\" cannot stand here"),
            None => "the grammar is not complete".to_owned(),
        };
        self.draft.notes.error(&place, "bad-gsl", message).expected = Some(expected.to_owned());
        None
    }
}

fn is_name_start(c: char) -> bool {
    c.is_uppercase()
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '\'' | '@' | '.')
}

fn is_word_part(c: char) -> bool {
    !c.is_whitespace() && !"()[]{}<>~\",$".contains(c)
}
