//! SRGS 1.0 in its XML form, read into the compiled form.

use super::Setting;
use super::build::Builder;
use super::builtin;
use super::numerals::Language;
use super::reading::{Notes, key_of, repeat_of, resolve};
use super::rules::{External, NodeId, Rules};
use super::tags::{Tag, TagFormat};
use super::words;
use crate::dialogue::{Diagnostic, InputMode};
use roxmltree::{Document, Node, ParsingOptions};
use std::collections::HashMap;

/// Elements nested deeper than this are refused.
const DEEPEST: usize = 120;

/// Different rules of other grammars that one may refer to.
const MOST_EXTERNALS: usize = 1000;

/// Reads a grammar; the diagnostics beside the rules are warnings only.
pub(super) fn read(text: &str, setting: &Setting<'_>) -> Result<(Rules, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut notes = Notes::new(text, setting);
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let xml = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    notes.skipped = text.len() - xml.len();
    let document = match Document::parse_with_options(xml, options) {
        Ok(document) => document,
        Err(error) => {
            let position = error.pos();
            let error = error.to_string();
            // The place is told in the file's terms instead.
            let error = error.rsplit_once(" at ").map_or(error.as_str(), |(what, _)| what);
            notes.error_at(
                position.row,
                position.col,
                "bad-xml",
                format!("the grammar is not well-formed XML: {error}"),
            );
            return Err(notes.into_list());
        }
    };
    let element = document.root_element();
    if element.tag_name().name() != "grammar" {
        notes.error(&element, "not-a-grammar", format!("<{}> is not a grammar", element.tag_name().name())).expected =
            Some("<grammar> as the outermost element".to_owned());
        return Err(notes.into_list());
    }
    let reader = Reader::new(&element, setting, notes);
    reader.read(&element)
}

struct Reader<'a> {
    builder: Builder,
    notes: Notes<'a>,
    uri: &'a str,
    base: String,
    lang: Option<String>,
    tag_format: TagFormat,
    /// The rules by id.
    rules: HashMap<String, u32>,
    /// Builtin grammars already copied in, by URI.
    builtins: HashMap<String, u32>,
    /// References to other grammars already made, by URI and rule.
    externals: HashMap<(String, Option<String>), NodeId>,
    /// Tags as read, with their index; understood all together at the end.
    tags: Vec<(usize, String)>,
}

impl<'a> Reader<'a> {
    fn new(element: &Node<'_, '_>, setting: &Setting<'a>, mut notes: Notes<'a>) -> Self {
        let mode = match element.attribute("mode").map(str::trim) {
            Some("dtmf") => InputMode::Dtmf,
            Some("voice") => InputMode::Voice,
            None => setting.mode.unwrap_or(InputMode::Voice),
            Some(other) => {
                notes.error(element, "bad-mode", format!("mode=\"{other}\" is no input mode")).expected =
                    Some("\"voice\" or \"dtmf\"".to_owned());
                InputMode::Voice
            }
        };
        let lang = attribute(element, "lang").or(setting.lang).map(str::to_owned);
        let base = match attribute(element, "base") {
            Some(base) => resolve(setting.base, base).unwrap_or_else(|| base.to_owned()),
            None => setting.base.to_owned(),
        };
        let tag_format = TagFormat::of(element.attribute("tag-format"));
        Self {
            builder: Builder::new(mode, setting.uri, Language::of(lang.as_deref()), tag_format),
            notes,
            uri: setting.uri,
            base,
            lang,
            tag_format,
            rules: HashMap::new(),
            builtins: HashMap::new(),
            externals: HashMap::new(),
            tags: Vec::new(),
        }
    }

    fn read(mut self, grammar: &Node<'_, '_>) -> Result<(Rules, Vec<Diagnostic>), Vec<Diagnostic>> {
        let mut definitions = Vec::new();
        for element in grammar.children().filter(Node::is_element) {
            match element.tag_name().name() {
                "rule" => definitions.extend(self.declare(&element).map(|rule| (rule, element))),
                "tag" => self.builder.global(text_of(&element).trim()),
                "meta" | "metadata" | "lexicon" => {}
                other => {
                    self.notes.warning(&element, "unknown-element", format!("<{other}> means nothing in <grammar>"));
                }
            }
        }
        if definitions.is_empty() {
            self.notes.error(grammar, "no-rule", "the grammar has no rule").help =
                Some("put the words or keys into a <rule id=\"…\">".to_owned());
        }
        for (rule, element) in &definitions {
            let body = self.content(element, 0);
            self.builder.define(*rule, body);
        }
        if self.builder.too_large() {
            self.notes.error(grammar, "grammar-too-large", "the grammar is too large");
        }
        let root = self.root(grammar, &definitions);
        if self.notes.any_error() {
            return Err(self.notes.into_list());
        }
        let texts: Vec<&str> = self.tags.iter().map(|(_, text)| text.as_str()).collect();
        for (tag, (index, _)) in Tag::read(&texts, self.tag_format).into_iter().zip(&self.tags) {
            self.builder.replace_tag(*index, tag);
        }
        Ok((self.builder.finish(root), self.notes.into_list()))
    }

    fn declare(&mut self, element: &Node<'_, '_>) -> Option<u32> {
        let Some(id) = element.attribute("id").map(str::trim).filter(|id| !id.is_empty()) else {
            self.notes.error(element, "rule-without-id", "a <rule> needs an id");
            return None;
        };
        if matches!(id, "NULL" | "VOID" | "GARBAGE") {
            self.notes.error(element, "reserved-rule-name", format!("\"{id}\" is the name of a special rule"));
        }
        if self.rules.contains_key(id) {
            self.notes.error(element, "duplicate-rule", format!("a second rule has the id \"{id}\""));
            return None;
        }
        let public = match element.attribute("scope").map(str::trim) {
            Some("public") => true,
            Some("private") | None => false,
            Some(other) => {
                self.notes.error(element, "bad-scope", format!("scope=\"{other}\" is no scope of a rule")).expected =
                    Some("\"public\" or \"private\"".to_owned());
                false
            }
        };
        let rule = self.builder.declare(id, public);
        self.rules.insert(id.to_owned(), rule);
        Some(rule)
    }

    /// The rule to start from: `root`, else the first public one, else the first.
    fn root(&mut self, grammar: &Node<'_, '_>, definitions: &[(u32, Node<'_, '_>)]) -> u32 {
        if let Some(root) = grammar.attribute("root").map(str::trim) {
            return self.rules.get(root).copied().unwrap_or_else(|| {
                self.notes.error(grammar, "undefined-root", format!("the root rule \"{root}\" is not defined"));
                0
            });
        }
        let public = |(_, element): &&(u32, Node<'_, '_>)| element.attribute("scope").map(str::trim) == Some("public");
        let chosen = definitions.iter().find(public).or(definitions.first());
        chosen.map_or(0, |(rule, element)| {
            let id = element.attribute("id").unwrap_or_default();
            self.notes.warning(grammar, "no-root", format!("no root rule is named; \"{id}\" is taken")).help =
                Some(format!("write root=\"{}\"", id.trim()));
            *rule
        })
    }

    /// The content of a rule or item, one after the other.
    fn content(&mut self, element: &Node<'_, '_>, depth: usize) -> NodeId {
        let mut parts = Vec::new();
        if depth > DEEPEST {
            if !self.notes.any_error() {
                self.notes.error(element, "too-deep", "the elements are nested too deeply");
            }
            return self.builder.void();
        }
        for child in element.children() {
            if child.is_text() {
                self.tokens(&child, child.text().unwrap_or_default(), &mut parts);
            } else if child.is_element() {
                parts.extend(self.element(&child, depth + 1));
            }
        }
        self.builder.seq(parts)
    }

    /// An element of an expansion; `None` for one that matches nothing and means nothing.
    fn element(&mut self, element: &Node<'_, '_>, depth: usize) -> Option<NodeId> {
        match element.tag_name().name() {
            "item" => Some(self.item(element, depth)),
            "one-of" => Some(self.one_of(element, depth)),
            "ruleref" => Some(self.ruleref(element)),
            "tag" => Some(self.tag(element)),
            "token" => {
                let text = text_of(element);
                let mut parts = Vec::new();
                match self.builder.mode() {
                    InputMode::Voice => {
                        parts.push(self.builder.token(&text.split_whitespace().collect::<Vec<_>>().join(" ")))
                    }
                    InputMode::Dtmf => self.tokens(element, &text, &mut parts),
                }
                Some(self.builder.seq(parts))
            }
            "example" => None,
            other => {
                self.notes.warning(element, "unknown-element", format!("<{other}> means nothing in a rule; left out"));
                None
            }
        }
    }

    fn item(&mut self, element: &Node<'_, '_>, depth: usize) -> NodeId {
        let sound = |weight: &str| weight.trim().parse::<f64>().is_ok_and(|weight| weight >= 0.0);
        if let Some(weight) = element.attribute("weight").filter(|weight| !sound(weight)) {
            self.notes.warning(element, "bad-weight", format!("weight=\"{weight}\" is no positive number"));
        }
        let body = self.content(element, depth);
        let Some(repeat) = element.attribute("repeat") else { return body };
        match repeat_of(repeat) {
            Some((min, max)) => self.builder.repeat(body, min, max),
            None => {
                self.notes
                    .error(element, "bad-repeat", format!("repeat=\"{repeat}\" is no number of repeats"))
                    .expected = Some("\"n\", \"n-m\" or \"n-\" with n not above m".to_owned());
                body
            }
        }
    }

    /// The alternatives. Strictly only `<item>` may stand here; a `<ruleref>` and the like is an alternative of its own,
    /// a `<tag>` belongs to the alternative before it.
    fn one_of(&mut self, element: &Node<'_, '_>, depth: usize) -> NodeId {
        let mut alternatives: Vec<NodeId> = Vec::new();
        for child in element.children() {
            let text = child.text().filter(|text| child.is_text() && !text.trim().is_empty());
            if let Some(text) = text {
                self.notes.warning(&child, "text-in-one-of", "text directly in <one-of> is taken as an alternative");
                let mut parts = Vec::new();
                self.tokens(&child, text, &mut parts);
                alternatives.push(self.builder.seq(parts));
            }
            if !child.is_element() {
                continue;
            }
            let name = child.tag_name().name();
            if name != "item" {
                self.notes.warning(&child, "not-an-item", format!("<{name}> should stand in an <item> of <one-of>"));
            }
            let node = self.element(&child, depth + 1);
            match (name, alternatives.last_mut()) {
                ("tag", Some(last)) => *last = self.builder.seq([*last].into_iter().chain(node).collect()),
                _ => alternatives.extend(node),
            }
        }
        self.builder.alt(alternatives)
    }

    fn ruleref(&mut self, element: &Node<'_, '_>) -> NodeId {
        let special = element.attribute("special").map(str::trim);
        let uri = element.attribute("uri").map(str::trim).filter(|uri| !uri.is_empty());
        match (special, uri) {
            (Some("NULL"), None) => self.builder.null(),
            (Some("VOID"), None) => self.builder.void(),
            (Some("GARBAGE"), None) => self.builder.garbage(),
            (Some(other), None) => {
                self.notes.error(element, "bad-special", format!("special=\"{other}\" is no special rule")).expected =
                    Some("\"NULL\", \"VOID\" or \"GARBAGE\"".to_owned());
                self.builder.void()
            }
            (Some(_), Some(_)) => {
                self.notes.error(element, "ruleref-ambiguous", "a <ruleref> has either uri or special, not both");
                self.builder.void()
            }
            (None, None) => {
                self.notes.error(element, "ruleref-without-uri", "a <ruleref> needs a uri").expected =
                    Some("uri=\"#rule\", uri=\"file.grxml#rule\" or special=\"GARBAGE\"".to_owned());
                self.builder.void()
            }
            (None, Some(uri)) => self.reference(element, uri),
        }
    }

    fn reference(&mut self, element: &Node<'_, '_>, uri: &str) -> NodeId {
        let lower = uri.to_ascii_lowercase();
        if lower.starts_with("builtin:") {
            return self.builtin(element, uri);
        }
        let (file, rule) = match uri.split_once('#') {
            Some((file, rule)) => (file, Some(rule).filter(|rule| !rule.is_empty())),
            None => (uri, None),
        };
        let absolute = if file.is_empty() { Some(self.uri.to_owned()) } else { resolve(&self.base, file) };
        let Some(absolute) = absolute else {
            self.notes.error(element, "bad-uri", format!("\"{uri}\" is no URI that can be fetched from here"));
            return self.builder.void();
        };
        match rule {
            Some(rule) if absolute == self.uri => match self.rules.get(rule) {
                Some(rule) => self.builder.reference(*rule),
                None => {
                    let mut known: Vec<_> = self.rules.keys().map(String::as_str).collect();
                    known.sort_unstable();
                    let help = format!("the rules here are: {}", known.join(", "));
                    self.notes.error(element, "undefined-rule", format!("there is no rule \"{rule}\" here")).help =
                        Some(help);
                    self.builder.void()
                }
            },
            _ => {
                let rule = rule.map(str::to_owned);
                let key = (absolute.clone(), rule.clone());
                if let Some(node) = self.externals.get(&key) {
                    return *node;
                }
                let blame =
                    self.notes.diagnostic(element, "unlinked-grammar", format!("\"{uri}\" could not be linked"));
                let node = self.builder.external(External { uri: absolute, rule, blame: Box::new(blame) });
                self.externals.insert(key, node);
                if self.externals.len() > MOST_EXTERNALS {
                    self.notes.error(element, "grammar-too-large", "the grammar refers to too many others");
                }
                node
            }
        }
    }

    fn builtin(&mut self, element: &Node<'_, '_>, uri: &str) -> NodeId {
        if let Some(rule) = self.builtins.get(uri) {
            return self.builder.reference(*rule);
        }
        match builtin::read(uri, self.builder.mode(), self.lang.as_deref().unwrap_or("en")) {
            Some(rules) if rules.mode == self.builder.mode() => {
                let rule = self.builder.import(&rules, uri);
                self.builtins.insert(uri.to_owned(), rule);
                self.builder.reference(rule)
            }
            Some(_) => {
                self.notes.error(element, "mixed-modes", format!("\"{uri}\" is of the other input mode"));
                self.builder.void()
            }
            None => {
                self.notes.error(element, "unknown-builtin", format!("there is no builtin grammar \"{uri}\""));
                self.builder.void()
            }
        }
    }

    fn tag(&mut self, element: &Node<'_, '_>) -> NodeId {
        let (node, index) = self.builder.placeholder_tag();
        self.tags.push((index, text_of(element)));
        node
    }

    /// Words, `"several words as one token"`, or keys.
    fn tokens(&mut self, place: &Node<'_, '_>, text: &str, parts: &mut Vec<NodeId>) {
        match self.builder.mode() {
            InputMode::Dtmf => self.keys(place, text, parts),
            InputMode::Voice => {
                let quotes = text.matches('"').count();
                for (index, piece) in text.split('"').enumerate() {
                    if index % 2 == 1 && quotes > index {
                        parts.push(self.builder.token(&piece.split_whitespace().collect::<Vec<_>>().join(" ")));
                    } else {
                        let words = piece.split_whitespace().filter(|word| !words::is_punctuation(word));
                        parts.extend(words.map(|word| self.builder.token(word)));
                    }
                }
            }
        }
    }

    fn keys(&mut self, place: &Node<'_, '_>, text: &str, parts: &mut Vec<NodeId>) {
        for word in text.replace('"', " ").split_whitespace() {
            match key_of(word) {
                Some(key) => parts.push(self.builder.key(key)),
                None => {
                    for key in word.chars() {
                        let mut buffer = [0; 4];
                        match key_of(key.encode_utf8(&mut buffer)) {
                            Some(key) => parts.push(self.builder.key(key)),
                            None => {
                                self.notes
                                    .error(place, "bad-key", format!("\"{word}\" is no telephone key"))
                                    .expected = Some("0 to 9, *, #, A to D".to_owned());
                                break;
                            }
                        }
                    }
                }
            }
        }
    }
}

/// An `xml:` attribute, or the one without prefix.
fn attribute<'n>(element: &Node<'n, '_>, name: &str) -> Option<&'n str> {
    element.attribute((roxmltree::NS_XML_URI, name)).or_else(|| element.attribute(name)).map(str::trim)
}

fn text_of(element: &Node<'_, '_>) -> String {
    element.descendants().filter(Node::is_text).filter_map(|text| text.text()).collect()
}
