//! Rule expansions as ABNF (SRGS 1.0 §2 and appendix D) and JSGF write them: the two differ in how they refer to rules
//! and in how they repeat.

use super::draft::{DEEPEST, Draft};
use super::reading::repeat_of;
use super::rules::NodeId;
use super::scan::Scanner;
use crate::dialogue::InputMode;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

/// Reads expansions into a draft.
pub(super) struct Expansions<'a, 't> {
    pub(super) draft: Draft<'a>,
    pub(super) scan: Scanner<'t>,
    pub(super) style: Style,
    /// Errors before the rule that is being read: one mistake in a rule is told once.
    errors_before: usize,
    /// Where the braces of the text are closed, by where they open; looked for once somebody asks.
    braces: OnceCell<HashMap<usize, usize>>,
}

/// What is written differently.
pub(super) enum Style {
    /// `$rule`, `$<uri#rule>`, `<0-1>`, `!en-US`; the aliases of old drafts by name.
    Abnf(HashMap<String, String>),
    /// `<rule>`, `*`, `+`; the rules that were imported, by every name they may be called, as URIs.
    Jsgf(HashMap<String, String>),
}

/// An element of a sequence that has been read.
struct Part {
    node: NodeId,
    is_tag: bool,
}

impl<'a, 't> Expansions<'a, 't> {
    pub(super) fn new(draft: Draft<'a>, scan: Scanner<'t>, style: Style) -> Self {
        Self { draft, scan, style, errors_before: 0, braces: OnceCell::new() }
    }

    /// A rule begins: what was wrong with those before it is told.
    pub(super) fn begin_rule(&mut self) {
        self.errors_before = self.draft.notes.errors();
    }

    /// Whether there is nothing more to read, or no use in it.
    pub(super) fn at_end(&self) -> bool {
        self.scan.at_end() || self.draft.notes.hopeless()
    }

    /// Alternatives up to something that cannot go on.
    pub(super) fn alternatives(&mut self, depth: usize) -> NodeId {
        if depth > DEEPEST {
            let place = self.scan.here();
            return self.draft.too_deep(&place);
        }
        let mut alternatives = Vec::new();
        loop {
            self.weight();
            alternatives.push(self.sequence(depth));
            if !self.scan.eat("|") {
                return self.draft.builder.alt(alternatives);
            }
        }
    }

    /// `/2.5/` before an alternative.
    fn weight(&mut self) {
        let start = self.scan.at();
        if !self.scan.eat("/") {
            return;
        }
        let number = self.scan.take(|c| c != '/' && c != ';' && c != '\n').trim();
        let sound = number.parse::<f64>().is_ok_and(|weight| weight >= 0.0);
        if !self.scan.eat("/") || !sound {
            let place = self.scan.since(start);
            self.draft.notes.error(&place, "bad-weight", format!("\"{number}\" is no weight")).expected =
                Some("a number from 0 between slashes, such as /2.5/".to_owned());
        }
    }

    fn sequence(&mut self, depth: usize) -> NodeId {
        let start = self.scan.here();
        let mut parts: Vec<Part> = Vec::new();
        loop {
            let (at, from) = (self.scan.at(), self.draft.builder.nodes());
            parts.extend(self.element(depth, parts.is_empty()).flatten());
            while self.postfix(&mut parts, from) {}
            if self.scan.at() == at || self.draft.notes.hopeless() {
                break;
            }
        }
        if parts.is_empty() && self.scan.at() == start.start && self.sound_so_far() {
            match self.style {
                // There is always something in a rule, a group or an alternative (SRGS 1.0 §3.1 and appendix D).
                Style::Abnf(_) => {
                    self.draft.notes.error(&start, "empty-expansion", "nothing stands here").expected =
                        Some("words or keys, or $NULL for what is matched by nothing".to_owned());
                }
                Style::Jsgf(_) => {
                    let message = "an empty expansion is matched by saying nothing";
                    self.draft.notes.warning(&start, "empty-expansion", message).help =
                        Some("write <NULL> if that is meant".to_owned());
                }
            }
        }
        self.draft.builder.seq(parts.into_iter().map(|part| part.node).collect())
    }

    /// An element of a sequence; `None` if none begins here, `Some(None)` for one that means and matches nothing.
    fn element(&mut self, depth: usize, first: bool) -> Option<Option<Part>> {
        let start = self.scan.at();
        let part = |node| Some(Some(Part { node, is_tag: false }));
        let abnf = matches!(self.style, Style::Abnf(_));
        match self.scan.peek()? {
            '(' => {
                self.scan.eat("(");
                if abnf && self.scan.eat(")") {
                    return part(self.draft.builder.null());
                }
                let inside = self.alternatives(depth + 1);
                self.close(start, ")");
                part(inside)
            }
            '[' => {
                self.scan.eat("[");
                if abnf && self.scan.eat("]") {
                    return part(self.draft.builder.null());
                }
                let inside = self.alternatives(depth + 1);
                self.close(start, "]");
                part(self.draft.builder.optional(inside))
            }
            '{' => {
                let place = self.scan.here();
                let text = self.tag()?;
                Some(self.draft.tag(&place, &text).map(|node| Part { node, is_tag: true }))
            }
            '"' => {
                let Some(text) = self.scan.quoted('"') else {
                    self.draft.notes.error(&self.scan.here(), "open-quote", "the quotes are not closed");
                    return None;
                };
                part(self.draft.token(&self.scan.since(start), &text))
            }
            '$' if abnf => part(self.abnf_reference()),
            '<' if !abnf => part(self.jsgf_reference()),
            // A star that repeats nothing is the key: "1 | 2 | *".
            '*' if first && self.draft.builder.mode() == InputMode::Dtmf => {
                self.scan.eat("*");
                part(self.draft.builder.key('*'))
            }
            next if self.is_reserved(next) => None,
            _ => {
                let reserved = Self::reserved(&self.style);
                let word = self.scan.take(|c| !c.is_whitespace() && !reserved.contains(c));
                let mut tokens = Vec::new();
                self.draft.tokens(&self.scan.since(start), word, &mut tokens);
                part(self.draft.builder.seq(tokens))
            }
        }
    }

    /// A repeat operator or a language behind the last part; whether there was one.
    fn postfix(&mut self, parts: &mut Vec<Part>, from: usize) -> bool {
        let start = self.scan.at();
        match (&self.style, self.scan.peek()) {
            (_, Some(sign @ ('*' | '+'))) => {
                self.scan.eat(if sign == '*' { "*" } else { "+" });
                if matches!(self.style, Style::Abnf(_)) {
                    let place = self.scan.since(start);
                    self.draft.notes.warning(&place, "jsgf-repeat", format!("\"{sign}\" is JSGF's, not ABNF's")).help =
                        Some(format!("write <{}->", if sign == '*' { 0 } else { 1 }));
                }
                self.repeat(parts, start, u32::from(sign == '+'), None);
                true
            }
            (Style::Abnf(_), Some('<')) => {
                self.scan.eat("<");
                let text = self.scan.take(|c| !matches!(c, '>' | ';' | '\n'));
                let closed = self.scan.eat(">");
                let (count, probability) = text.split_once('/').unwrap_or((text, "1/"));
                let probability = probability.trim().strip_suffix('/').unwrap_or_default();
                let sound = probability.trim().parse::<f64>().is_ok_and(|value| (0.0..=1.0).contains(&value));
                match repeat_of(count).filter(|_| closed && sound) {
                    Some((min, max)) => self.repeat(parts, start, min, max),
                    None => {
                        let place = self.scan.since(start);
                        self.draft.notes.error(&place, "bad-repeat", format!("\"<{text}>\" is no repeat")).expected =
                            Some("<n>, <n-m> or <n->, with a probability <n-m /0.5/>".to_owned());
                    }
                }
                true
            }
            (Style::Abnf(_), Some('!')) => {
                self.scan.eat("!");
                let lang = self.scan.take(|c| c.is_ascii_alphanumeric() || c == '-');
                if lang.is_empty() || parts.is_empty() {
                    let place = self.scan.since(start);
                    self.draft.notes.error(&place, "bad-language", "here is no language of a word or group").expected =
                        Some("a language tag right behind what it holds for, such as (oui)!fr-CA".to_owned());
                } else {
                    self.draft.speak(from, lang);
                }
                true
            }
            _ => false,
        }
    }

    /// Repeats the last part. A repeated tag alone would say the same several times: what it belongs to is meant.
    fn repeat(&mut self, parts: &mut Vec<Part>, start: usize, min: u32, max: Option<u32>) {
        let Some(first) = parts.iter().rposition(|part| !part.is_tag).or((!parts.is_empty()).then_some(0)) else {
            let place = self.scan.since(start);
            self.draft.notes.error(&place, "bad-repeat", "there is nothing before this to repeat");
            return;
        };
        if parts.last().is_some_and(|part| part.is_tag) && !parts[first].is_tag {
            let place = self.scan.since(start);
            let message = "a repeated tag: what stands before it is repeated with it";
            self.draft.notes.warning(&place, "repeated-tag", message).help =
                Some("put what is repeated into ( )".to_owned());
        }
        let inside = parts.split_off(first).into_iter().map(|part| part.node).collect();
        let inside = self.draft.builder.seq(inside);
        parts.push(Part { node: self.draft.builder.repeat(inside, min, max), is_tag: false });
    }

    /// `{ … }`, in ABNF also `{!{ … }!}`; in JSGF `\}` is a brace of the tag.
    pub(super) fn tag(&mut self) -> Option<String> {
        let place = self.scan.here();
        let text = match self.style {
            Style::Abnf(_) if self.scan.rest().starts_with("{!{") => {
                let mut inside = self.scan.clone();
                inside.eat("{!{");
                let text = inside.until("}!}").map(str::to_owned);
                if text.is_some() {
                    self.scan = inside;
                }
                text
            }
            Style::Abnf(_) => self.braces(),
            Style::Jsgf(_) => self.scan.escaped('{', '}'),
        };
        if text.is_none() {
            self.draft.notes.error(&place, "open-tag", "the tag is not closed").expected = Some("}".to_owned());
        }
        text
    }

    /// A tag in braces. Strictly it ends at the first closing brace (SRGS 1.0 §2.6); where a script has braces of its
    /// own, at the one that closes the first.
    fn braces(&mut self) -> Option<String> {
        let rest = self.scan.rest();
        let balanced = self.braces.get_or_init(|| self.scan.braces()).get(&self.scan.at());
        let end = balanced.map(|end| end - self.scan.at()).or_else(|| rest.find('}'))?;
        self.scan.advance(end + 1);
        Some(rest[1..end].to_owned())
    }

    fn abnf_reference(&mut self) -> NodeId {
        let start = self.scan.at();
        if self.scan.eat_raw("$$") {
            let name = self.scan.take(is_name);
            let place = self.scan.since(start);
            let Style::Abnf(aliases) = &self.style else { return self.draft.builder.void() };
            return match aliases.get(name).cloned() {
                Some(uri) => self.draft.reference(&place, &uri),
                None => {
                    let message = format!("there is no alias \"$${name}\" here");
                    self.draft.notes.error(&place, "undefined-rule", message);
                    self.draft.builder.void()
                }
            };
        }
        self.scan.eat_raw("$");
        if self.scan.peek() == Some('<') {
            let Some(uri) = self.uri() else { return self.draft.builder.void() };
            let place = self.scan.since(start);
            return self.draft.reference(&place, &uri);
        }
        let name = self.scan.take(is_name);
        let place = self.scan.since(start);
        if name.is_empty() {
            self.draft.notes.error(&place, "bad-rule-name", "a rule name is missing").expected =
                Some("$name or $<uri#name>".to_owned());
            return self.draft.builder.void();
        }
        match self.draft.special(name) {
            Some(special) => special,
            None => self.draft.rule(&place, name),
        }
    }

    /// `<uri>`, perhaps with a media type `~<type>` behind it, which the text of the grammar tells as well.
    pub(super) fn uri(&mut self) -> Option<String> {
        let place = self.scan.here();
        let uri = if self.scan.eat_raw("<") { self.scan.until_raw(">") } else { None };
        let uri = uri.map(|uri| uri.trim().to_owned()).filter(|uri| !uri.is_empty() && !uri.contains(['\n', ';']));
        let Some(uri) = uri else {
            self.draft.notes.error(&place, "bad-uri", "a URI is missing").expected = Some("<uri>".to_owned());
            return None;
        };
        if self.scan.eat_raw("~") {
            let typed = self.scan.eat_raw("<") && self.scan.until_raw(">").is_some();
            if !typed {
                self.draft.notes.error(&self.scan.here(), "bad-media-type", "a media type is missing").expected =
                    Some("<application/srgs>".to_owned());
            }
        }
        self.scan.eat("");
        Some(uri)
    }

    fn jsgf_reference(&mut self) -> NodeId {
        let start = self.scan.at();
        let name = if self.scan.eat_raw("<") { self.scan.until(">") } else { None };
        let place = self.scan.since(start);
        let Some(name) = name.map(str::trim).filter(|name| !name.is_empty() && !name.contains(['\n', ';'])) else {
            self.draft.notes.error(&place, "bad-rule-name", "a rule name is missing").expected =
                Some("<name>".to_owned());
            return self.draft.builder.void();
        };
        if let Some(special) = self.draft.special(name) {
            return special;
        }
        let Style::Jsgf(imported) = &self.style else { return self.draft.builder.void() };
        // `import <grammar.*>` makes the rules known by the names that tell their grammar.
        let from_all = || {
            let (grammar, rule) = name.rsplit_once('.')?;
            imported.get(&format!("{grammar}.*")).map(|all| all.replace('*', rule))
        };
        match imported.get(name).cloned().or_else(from_all) {
            Some(uri) => self.draft.reference(&place, &uri),
            None if name.contains(['/', '#', ':']) => self.draft.reference(&place, name),
            None => self.draft.rule(&place, name),
        }
    }

    fn close(&mut self, start: usize, mark: &str) {
        if self.scan.eat(mark) {
            return;
        }
        if self.sound_so_far() {
            let place = self.scan.here();
            let message = match self.scan.peek() {
                Some(found) => format!("\"{found}\" cannot stand here: a bracket is still open"),
                None => "the grammar ends inside a bracket".to_owned(),
            };
            self.draft.notes.error(&place, "open-bracket", message).expected = Some(mark.to_owned());
            let open: Range<usize> = start..start + 1;
            self.draft.notes.warning(&open, "open-bracket", "this is the bracket that is open");
        }
    }

    /// The `;` behind a declaration or rule; what is before the next one is passed over if it is missing.
    pub(super) fn end(&mut self, what: &str) {
        if self.scan.eat(";") {
            return;
        }
        if self.sound_so_far() {
            let place = self.scan.here();
            let message = match self.scan.peek() {
                Some(found) => format!("\"{found}\" cannot stand here, in {what}"),
                None => format!("the grammar ends inside {what}"),
            };
            self.draft.notes.error(&place, "missing-semicolon", message).expected = Some(format!("; behind {what}"));
        }
        self.scan.skip_past(';');
    }

    /// Whether nothing was wrong in this rule yet.
    pub(super) fn sound_so_far(&self) -> bool {
        self.draft.notes.errors() == self.errors_before
    }

    fn is_reserved(&self, c: char) -> bool {
        Self::reserved(&self.style).contains(c)
    }

    fn reserved(style: &Style) -> &'static str {
        match style {
            Style::Abnf(_) => ";=|*+<>()[]{}/$!\"",
            Style::Jsgf(_) => ";=|*+<>()[]{}/\"",
        }
    }
}

/// What a rule's name is made of. Strictly it has no `.`, `:` and `-` (SRGS 1.0 §3.1), but such names are met.
pub(super) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')
}
