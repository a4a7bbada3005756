//! SRGS 1.0 in its XML form, read into the compiled form.

use super::Setting;
use super::draft::{DEEPEST, Draft, Header, Reading};
use super::reading::{Notes, repeat_of};
use super::rules::NodeId;
use super::tags::TagFormat;
use crate::dialogue::InputMode;
use roxmltree::{Document, Node, ParsingOptions};

/// Reads a grammar; the diagnostics beside the rules are warnings only.
pub(super) fn read(text: &str, setting: &Setting<'_>) -> Reading {
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
    draft: Draft<'a>,
}

impl<'a> Reader<'a> {
    fn new(element: &Node<'_, '_>, setting: &Setting<'a>, mut notes: Notes<'a>) -> Self {
        let mode = match element.attribute("mode").map(str::trim) {
            Some("dtmf") => Some(InputMode::Dtmf),
            Some("voice") => Some(InputMode::Voice),
            None => None,
            Some(other) => {
                notes.error(element, "bad-mode", format!("mode=\"{other}\" is no input mode")).expected =
                    Some("\"voice\" or \"dtmf\"".to_owned());
                None
            }
        };
        let header = Header {
            mode,
            lang: attribute(element, "lang").map(str::to_owned),
            base: attribute(element, "base").map(str::to_owned),
            tag_format: element.attribute("tag-format").map(TagFormat::of),
        };
        Self { draft: Draft::new(setting, notes, header) }
    }

    fn read(mut self, grammar: &Node<'_, '_>) -> Reading {
        let mut definitions = Vec::new();
        for element in grammar.children().filter(Node::is_element) {
            match element.tag_name().name() {
                "rule" => definitions.extend(self.declare(&element).map(|rule| (rule, element))),
                "tag" => self.draft.builder.global(text_of(&element).trim()),
                "meta" | "metadata" | "lexicon" => {}
                other => {
                    let message = format!("<{other}> means nothing in <grammar>");
                    self.draft.notes.warning(&element, "unknown-element", message);
                }
            }
        }
        for (rule, element) in &definitions {
            if is_empty(element) {
                self.draft.notes.error(element, "empty-rule", "a <rule> needs words, keys or elements in it").help =
                    Some("put <ruleref special=\"NULL\"/> into it if it is matched by nothing".to_owned());
            }
            let body = self.content(element, 0);
            self.draft.builder.define(*rule, body);
        }
        self.draft.finish(grammar, grammar.attribute("root").map(str::trim))
    }

    fn declare(&mut self, element: &Node<'_, '_>) -> Option<u32> {
        let Some(id) = element.attribute("id").map(str::trim).filter(|id| !id.is_empty()) else {
            self.draft.notes.error(element, "rule-without-id", "a <rule> needs an id");
            return None;
        };
        let public = match element.attribute("scope").map(str::trim) {
            Some("public") => true,
            Some("private") | None => false,
            Some(other) => {
                let message = format!("scope=\"{other}\" is no scope of a rule");
                self.draft.notes.error(element, "bad-scope", message).expected =
                    Some("\"public\" or \"private\"".to_owned());
                false
            }
        };
        self.draft.declare(element, id, public)
    }

    /// The content of a rule or item, one after the other.
    fn content(&mut self, element: &Node<'_, '_>, depth: usize) -> NodeId {
        let mut parts = Vec::new();
        if depth > DEEPEST {
            return self.draft.too_deep(element);
        }
        let from = self.draft.builder.nodes();
        for child in element.children() {
            if child.is_text() {
                self.tokens(&child, child.text().unwrap_or_default(), &mut parts);
            } else if child.is_element() {
                parts.extend(self.element(&child, depth + 1));
            }
        }
        self.language(element, from);
        self.draft.builder.seq(parts)
    }

    /// The language that an element declares for what is inside (SRGS 1.0 §2.7).
    fn language(&mut self, element: &Node<'_, '_>, from: usize) {
        if let Some(lang) = attribute(element, "lang") {
            self.draft.speak(from, lang);
        }
    }

    /// An element of an expansion; `None` for one that matches nothing and means nothing.
    fn element(&mut self, element: &Node<'_, '_>, depth: usize) -> Option<NodeId> {
        match element.tag_name().name() {
            "item" => Some(self.item(element, depth)),
            "one-of" => Some(self.one_of(element, depth)),
            "ruleref" => Some(self.ruleref(element)),
            "tag" => self.draft.tag(element, &text_of(element)),
            "token" => {
                let from = self.draft.builder.nodes();
                let token = self.draft.token(element, &text_of(element));
                self.language(element, from);
                Some(token)
            }
            "example" => None,
            other => {
                self.draft.notes.warning(
                    element,
                    "unknown-element",
                    format!("<{other}> means nothing in a rule; left out"),
                );
                None
            }
        }
    }

    fn item(&mut self, element: &Node<'_, '_>, depth: usize) -> NodeId {
        let sound = |weight: &str| weight.trim().parse::<f64>().is_ok_and(|weight| weight >= 0.0);
        if let Some(weight) = element.attribute("weight").filter(|weight| !sound(weight)) {
            self.draft.notes.warning(element, "bad-weight", format!("weight=\"{weight}\" is no positive number"));
        }
        let probable = |text: &str| text.trim().parse::<f64>().is_ok_and(|value| (0.0..=1.0).contains(&value));
        if let Some(text) = element.attribute("repeat-prob").filter(|text| !probable(text)) {
            let message = format!("repeat-prob=\"{text}\" is no probability");
            self.draft.notes.warning(element, "bad-probability", message).expected = Some("0.0 to 1.0".to_owned());
        }
        let body = self.content(element, depth);
        let Some(repeat) = element.attribute("repeat") else { return body };
        match repeat_of(repeat) {
            Some((min, max)) => self.draft.builder.repeat(body, min, max),
            None => {
                self.draft
                    .notes
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
        let from = self.draft.builder.nodes();
        for child in element.children() {
            let text = child.text().filter(|text| child.is_text() && !text.trim().is_empty());
            if let Some(text) = text {
                self.draft.notes.warning(
                    &child,
                    "text-in-one-of",
                    "text directly in <one-of> is taken as an alternative",
                );
                let mut parts = Vec::new();
                self.tokens(&child, text, &mut parts);
                alternatives.push(self.draft.builder.seq(parts));
            }
            if !child.is_element() {
                continue;
            }
            let name = child.tag_name().name();
            if name != "item" {
                self.draft.notes.warning(
                    &child,
                    "not-an-item",
                    format!("<{name}> should stand in an <item> of <one-of>"),
                );
            }
            let node = self.element(&child, depth + 1);
            match (name, alternatives.last_mut()) {
                ("tag", Some(last)) => *last = self.draft.builder.seq([*last].into_iter().chain(node).collect()),
                _ => alternatives.extend(node),
            }
        }
        self.language(element, from);
        self.draft.builder.alt(alternatives)
    }

    fn ruleref(&mut self, element: &Node<'_, '_>) -> NodeId {
        let special = element.attribute("special").map(str::trim);
        let uri = element.attribute("uri").map(str::trim).filter(|uri| !uri.is_empty());
        match (special, uri) {
            (Some(special), None) => self.draft.special(special).unwrap_or_else(|| {
                let message = format!("special=\"{special}\" is no special rule");
                self.draft.notes.error(element, "bad-special", message).expected =
                    Some("\"NULL\", \"VOID\" or \"GARBAGE\"".to_owned());
                self.draft.builder.void()
            }),
            (Some(_), Some(_)) => {
                self.draft.notes.error(element, "ruleref-ambiguous", "a <ruleref> has either uri or special, not both");
                self.draft.builder.void()
            }
            (None, None) => {
                self.draft.notes.error(element, "ruleref-without-uri", "a <ruleref> needs a uri").expected =
                    Some("uri=\"#rule\", uri=\"file.grxml#rule\" or special=\"GARBAGE\"".to_owned());
                self.draft.builder.void()
            }
            (None, Some(uri)) => self.draft.reference(element, uri),
        }
    }

    /// Words, `"several words as one token"`, or keys.
    fn tokens(&mut self, place: &Node<'_, '_>, text: &str, parts: &mut Vec<NodeId>) {
        if self.draft.builder.mode() == InputMode::Dtmf {
            return self.draft.tokens(place, text, parts);
        }
        let quotes = text.matches('"').count();
        for (index, piece) in text.split('"').enumerate() {
            if index % 2 == 1 && quotes > index {
                parts.push(self.draft.token(place, piece));
            } else {
                self.draft.tokens(place, piece, parts);
            }
        }
    }
}

/// Whether a rule has no expansion, which is not the same as an empty one such as `<item/>` (SRGS 1.0 §3.1).
fn is_empty(rule: &Node<'_, '_>) -> bool {
    let expands = |child: Node<'_, '_>| match child.is_element() {
        true => matches!(child.tag_name().name(), "item" | "one-of" | "ruleref" | "tag" | "token"),
        false => child.is_text() && child.text().is_some_and(|text| !text.trim().is_empty()),
    };
    !rule.children().any(expands)
}

/// An `xml:` attribute, or the one without prefix.
fn attribute<'n>(element: &Node<'n, '_>, name: &str) -> Option<&'n str> {
    element.attribute((roxmltree::NS_XML_URI, name)).or_else(|| element.attribute(name)).map(str::trim)
}

fn text_of(element: &Node<'_, '_>) -> String {
    element.descendants().filter(Node::is_text).filter_map(|text| text.text()).collect()
}
