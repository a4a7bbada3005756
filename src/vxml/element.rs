//! An element as the builders see it: typed attributes, places, and a way to say what is wrong.

use super::dialect::Profile;
use super::source::Source;
use super::vocabulary::{self, Rule};
use super::xml::Prepared;
use crate::dialogue::{Diagnostic, Expr, FetchHints, Method, Millis, Name, Position, Source as Target, parse_time};
use roxmltree::Node;
use std::ops::Range;

/// The namespace of `xml:lang` and `xml:base`.
pub(super) const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// A document while it is read.
pub(super) struct Reader<'r> {
    pub(super) source: &'r Source<'r>,
    pub(super) prepared: &'r Prepared,
    pub(super) tree: &'r roxmltree::Document<'r>,
    /// What the extensions of the document's platform mean.
    pub(super) profile: &'static Profile,
    /// The rules of the elements by the numbers of their nodes: they are asked for again and again.
    rules: Vec<Option<&'static Rule>>,
}

/// An element of the document.
#[derive(Clone, Copy)]
pub(super) struct Element<'r> {
    pub(super) node: Node<'r, 'r>,
    pub(super) reader: &'r Reader<'r>,
}

impl<'r> Element<'r> {
    /// The local name.
    pub(super) fn name(self) -> &'r str {
        self.node.tag_name().name()
    }

    /// What VoiceXML says about it; `None` for elements it does not know.
    pub(super) fn rule(self) -> Option<&'static Rule> {
        self.reader.rules.get(self.node.id().get_usize()).copied().flatten()
    }

    /// The elements among its children.
    pub(super) fn elements(self) -> impl Iterator<Item = Element<'r>> {
        self.node.children().filter(Node::is_element).map(move |node| Element { node, reader: self.reader })
    }

    /// The known elements of a class among its children.
    pub(super) fn children_of(self, class: u32) -> impl Iterator<Item = Element<'r>> {
        self.elements().filter(move |child| child.rule().is_some_and(|rule| rule.class & class != 0))
    }

    /// Its child nodes.
    pub(super) fn nodes(self) -> Vec<Node<'r, 'r>> {
        self.node.children().collect()
    }

    /// The text inside, of all descendants.
    pub(super) fn text(self) -> String {
        self.node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect()
    }

    /// Where it stands.
    pub(super) fn at(self) -> Position {
        self.reader.source.position(self.reader.prepared.original(self.node.range().start))
    }

    /// The attribute's value.
    pub(super) fn attribute(self, name: &str) -> Option<&'r str> {
        self.node.attribute(name)
    }

    /// The attribute's value, owned.
    pub(super) fn string(self, name: &str) -> Option<String> {
        self.attribute(name).map(str::to_owned)
    }

    /// `xml:lang`, `xml:base`.
    pub(super) fn xml_attribute(self, name: &str) -> Option<&'r str> {
        self.node.attribute((XML_NAMESPACE, name))
    }

    /// The attribute as an ECMAScript expression.
    pub(super) fn expr(self, name: &str) -> Option<Expr> {
        let attribute = self.node.attribute_node(name)?;
        let at = self.reader.place(attribute.range_value()).start;
        Some(Expr { source: attribute.value().into(), at: self.reader.source.position(at) })
    }

    /// A value written out in one attribute or computed by another.
    pub(super) fn target(self, literal: &str, expr: &str) -> Option<Target> {
        let written = self.string(literal).map(Target::Literal);
        written.or_else(|| self.expr(expr).map(Target::Expr))
    }

    /// The attribute as the name of a variable.
    pub(super) fn variable(self, name: &str) -> Option<Name> {
        self.variables(name)?.into_iter().next()
    }

    /// The attribute as a list of variables, such as `namelist`.
    pub(super) fn variables(self, name: &str) -> Option<Vec<Name>> {
        let attribute = self.node.attribute_node(name)?;
        let range = self.reader.place(attribute.range_value());
        let value = attribute.value();
        // An entity in the value moves what follows it: then the whole value is the place.
        let as_written = range.len() == value.len();
        let mut start = 0;
        let mut names = Vec::new();
        if value.contains(COMMAS) {
            self.bad_value::<()>(name, "names with blanks between them", "the commas are read as blanks");
        }
        for word in value.split(is_between) {
            if !word.is_empty() {
                let offset = if as_written { start } else { 0 };
                names.push(Name { text: word.into(), at: self.reader.source.position(range.start + offset) });
            }
            start += word.len() + 1;
        }
        Some(names)
    }

    /// The attribute as a boolean.
    pub(super) fn boolean(self, name: &str) -> Option<bool> {
        let value = self.attribute(name)?.trim();
        match value.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            "yes" | "1" | "no" | "0" => {
                self.bad_value::<bool>(name, "`true` or `false`", "it is read as the boolean it seems to mean");
                Some(value.eq_ignore_ascii_case("yes") || value == "1")
            }
            _ => self.bad_value(name, "`true` or `false`", "the default is used"),
        }
    }

    /// The attribute as a length of time.
    pub(super) fn time(self, name: &str) -> Option<Millis> {
        let value = self.attribute(name)?;
        parse_time(value).or_else(|| self.bad_value(name, "a time such as `5s` or `250ms`", "the default is used"))
    }

    /// The attribute as a number of seconds (`maxage`, `maxstale`).
    pub(super) fn seconds(self, name: &str) -> Option<u64> {
        let value = self.attribute(name)?.trim();
        let lenient = || parse_time(value).filter(|_| value.ends_with('s')).map(|millis| millis / 1000);
        let number = value.parse().ok().or_else(lenient);
        number.or_else(|| self.bad_value(name, "a number of seconds", "the default is used"))
    }

    /// `count`, from 1.
    pub(super) fn count(self) -> u32 {
        let Some(value) = self.attribute("count") else { return 1 };
        let count = value.trim().parse().ok().filter(|count| *count > 0);
        count.or_else(|| self.bad_value("count", "a whole number from 1", "1 is used")).unwrap_or(1)
    }

    /// The attribute as one of a few words, matched without regard to case.
    pub(super) fn one_of<T: Copy>(self, name: &str, words: &[(&str, T)]) -> Option<T> {
        let value = self.attribute(name)?.trim();
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(value)).map(|(_, meaning)| *meaning);
        found.or_else(|| {
            let expected = words.iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
            self.bad_value(name, &expected, "the default is used")
        })
    }

    /// `method`
    pub(super) fn method(self) -> Method {
        self.one_of("method", &[("get", Method::Get), ("post", Method::Post)]).unwrap_or_default()
    }

    /// `accept="approximate"`
    pub(super) fn approximate(self) -> Option<bool> {
        self.one_of("accept", &[("exact", false), ("approximate", true)])
    }

    /// `dtmf`: a key sequence, blanks (and the `dtmf-` of VoiceXML 1.0) removed.
    pub(super) fn keys(self) -> Option<String> {
        let value = self.attribute("dtmf")?;
        let keys: String = value
            .split_ascii_whitespace()
            .map(|key| key.strip_prefix("dtmf-").unwrap_or(key))
            .collect::<String>()
            .to_ascii_uppercase();
        let is_key = |key: char| key.is_ascii_digit() || matches!(key, '*' | '#' | 'A'..='D');
        if !keys.is_empty() && keys.chars().all(is_key) {
            return Some(keys);
        }
        self.bad_value("dtmf", "keys (`0` to `9`, `*`, `#`)", "no key is used")
    }

    /// The fetch attributes (VoiceXML 2.0 §6.1).
    pub(super) fn fetch(self) -> FetchHints {
        let caching = self.one_of("caching", &[("safe", Some(0)), ("fast", None)]).flatten();
        FetchHints {
            audio: self.string("fetchaudio"),
            timeout: self.time("fetchtimeout"),
            prefetch: self.one_of("fetchhint", &[("prefetch", true), ("safe", false), ("stream", false)]),
            maxage: self.seconds("maxage").or(caching),
            maxstale: self.seconds("maxstale"),
        }
    }

    /// The byte range of its name in the start tag.
    pub(super) fn name_range(self) -> Range<usize> {
        let start = self.node.range().start;
        let tag = self.reader.prepared.text.get(start + 1..).unwrap_or_default();
        let length = tag.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/')).unwrap_or(tag.len());
        self.reader.place(start..start + 1 + length)
    }

    /// The byte range of an attribute, or of the element's name if it has no such attribute.
    pub(super) fn attribute_range(self, name: &str) -> Range<usize> {
        match self.node.attribute_node(name) {
            Some(attribute) => self.reader.place(attribute.range()),
            None => self.name_range(),
        }
    }

    /// The byte range of an attribute of the namespace of `xml:lang`.
    pub(super) fn xml_attribute_range(self, name: &str) -> Range<usize> {
        let attribute = self
            .node
            .attributes()
            .find(|attribute| attribute.name() == name && attribute.namespace() == Some(XML_NAMESPACE));
        attribute.map_or_else(|| self.name_range(), |attribute| self.reader.place(attribute.range()))
    }

    /// An error about the element.
    pub(super) fn error(self, code: &str, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::error(code, self.reader.source.uri, message).help(help);
        self.reader.source.report(diagnostic, self.name_range());
    }

    /// A warning about the element.
    pub(super) fn warning(self, code: &str, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::warning(code, self.reader.source.uri, message).help(help);
        self.reader.source.report(diagnostic, self.name_range());
    }

    /// A warning about an attribute whose value is not what it should be.
    pub(super) fn bad_value<T>(self, name: &str, expected: &str, help: &str) -> Option<T> {
        let value = self.attribute(name).unwrap_or_default();
        let message = format!("`{value}` is not a value for `{name}` of <{}>", self.name());
        let diagnostic =
            Diagnostic::warning("bad-value", self.reader.source.uri, message).expected(expected).help(help);
        self.reader.source.report(diagnostic, self.attribute_range(name));
        None
    }
}

impl<'r> Reader<'r> {
    pub(super) fn new(
        source: &'r Source<'r>,
        prepared: &'r Prepared,
        tree: &'r roxmltree::Document<'r>,
        profile: &'static Profile,
    ) -> Self {
        let ours = tree.root_element().tag_name().namespace();
        // Nodes are numbered in document order, from the document itself on.
        let rules = tree.descendants().map(|node| {
            let namespace = node.tag_name().namespace();
            let known = namespace == ours || namespace.is_none_or(vocabulary::is_our_namespace);
            if known && node.is_element() { vocabulary::rule(node.tag_name().name()) } else { None }
        });
        Self { source, prepared, tree, profile, rules: rules.collect() }
    }

    /// The range in the source of a range in the parsed text.
    pub(super) fn place(&self, range: Range<usize>) -> Range<usize> {
        self.prepared.original(range.start)..self.prepared.original(range.end)
    }
}

/// What people write between names where blanks should be.
pub(super) const COMMAS: [char; 3] = [',', ';', '|'];

fn is_between(c: char) -> bool {
    c.is_ascii_whitespace() || COMMAS.contains(&c)
}

/// The names in a list of names: those parted by blanks, and by commas, which no name has in it.
pub(super) fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(is_between).filter(|word| !word.is_empty())
}
