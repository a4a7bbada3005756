//! The XML of `<data>` as the DOM needs it: nodes in document order with their links, built once, read by scripts lazily.

use roxmltree::{Document, NodeType, ParsingOptions};
use std::collections::HashMap;

/// Nodes of a document at most.
const MOST_NODES: u32 = 200_000;
/// Bytes that declared entities may make of a document at most, reckoned from above.
const MOST_EXPANDED: usize = 8 << 20;
/// References that one entity may make through others: the parser's own limit.
const REFERENCES: usize = 255;

/// The place of a node; the document has the first one.
pub(super) type Id = u32;

/// A well-formed XML document.
#[derive(Debug)]
pub struct Xml {
    nodes: Vec<Node>,
    names: Vec<Name>,
}

/// The kinds of DOM nodes there are, by DOM's own numbers (`nodeType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Element = 1,
    Attribute = 2,
    Text = 3,
    CData = 4,
    Instruction = 7,
    Comment = 8,
    Document = 9,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) parent: Option<Id>,
    pub(super) previous: Option<Id>,
    pub(super) next: Option<Id>,
    pub(super) first: Option<Id>,
    pub(super) last: Option<Id>,
    /// The node after its last descendant.
    end: Id,
    /// Its attributes; each is followed by its text.
    attributes: std::ops::Range<Id>,
    name: u32,
    value: Box<str>,
}

/// An element's or attribute's name; a processing instruction's target has no namespace.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Name {
    pub(super) prefix: Option<Box<str>>,
    pub(super) local: Box<str>,
    pub(super) namespace: Option<Box<str>>,
}

impl Xml {
    /// Reads a document.
    ///
    /// # Errors
    /// Why it is not well-formed, with its line and column, or too large.
    pub fn parse(text: &str) -> Result<Self, String> {
        // Server pages begin with the blank lines their directives leave.
        let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        expandable(text)?;
        let options = ParsingOptions { allow_dtd: true, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
        let tree = Document::parse_with_options(text, options).map_err(|error| error.to_string())?;
        Ok(Builder::default().build(&tree))
    }

    /// Target and data of the processing instructions before the root element.
    pub fn instructions(&self) -> impl Iterator<Item = (&str, &str)> {
        let prolog = self.children(0).take_while(|&id| self.node(id).kind != Kind::Element);
        let instructions = prolog.filter(|&id| self.node(id).kind == Kind::Instruction);
        instructions.map(|id| (&*self.name(id).local, self.value(id)))
    }

    /// What it takes in memory, roughly.
    pub(super) fn size(&self) -> usize {
        let texts: usize = self.nodes.iter().map(|node| node.value.len()).sum();
        texts + self.nodes.len() * size_of::<Node>()
    }

    /// The place, if there is one: a script may call what reads the tree with any number.
    pub(super) fn at(&self, id: Id) -> Option<Id> {
        ((id as usize) < self.nodes.len()).then_some(id)
    }

    /// The node at a place that [`Xml::at`] or another node has given.
    pub(super) fn node(&self, id: Id) -> &Node {
        &self.nodes[id as usize]
    }

    pub(super) fn name(&self, id: Id) -> &Name {
        &self.names[self.node(id).name as usize]
    }

    pub(super) fn value(&self, id: Id) -> &str {
        &self.node(id).value
    }

    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Id> {
        std::iter::successors(self.node(id).first, |&child| self.node(child).next)
    }

    pub(super) fn attributes(&self, id: Id) -> impl Iterator<Item = Id> + use<> {
        self.node(id).attributes.clone().step_by(2)
    }

    /// The elements below a node for which a test on their names holds, in document order.
    pub(super) fn elements(&self, id: Id, wanted: impl Fn(&Name) -> bool) -> Vec<Id> {
        let below = id + 1..self.node(id).end.max(id + 1);
        below.filter(|&id| self.node(id).kind == Kind::Element && wanted(self.name(id))).collect()
    }

    /// The text of a node and all below it.
    pub(super) fn text(&self, id: Id) -> String {
        match self.node(id).kind {
            Kind::Element | Kind::Document => {
                let below = (id + 1..self.node(id).end).map(|id| self.node(id));
                below.filter(|node| matches!(node.kind, Kind::Text | Kind::CData)).map(|node| &*node.value).collect()
            }
            _ => self.value(id).to_owned(),
        }
    }
}

impl Name {
    /// The name as written.
    pub(super) fn qualified(&self) -> String {
        match &self.prefix {
            Some(prefix) => format!("{prefix}:{}", self.local),
            None => self.local.to_string(),
        }
    }

    pub(super) fn is(&self, qualified: &str) -> bool {
        match &self.prefix {
            Some(prefix) => qualified.split_once(':') == Some((prefix, &self.local)),
            None => *self.local == *qualified,
        }
    }
}

/// Refuses what the parser would blow up: it bounds how deep entities go, not how much they make.
fn expandable(text: &str) -> Result<(), String> {
    let declared = text.find("<!ENTITY").and_then(|start| Some(text.get(start..)?.find("]>")? + 2)).unwrap_or_default();
    let references = text.matches('&').count();
    if declared > 0 && declared.saturating_mul(references).saturating_mul(REFERENCES) > MOST_EXPANDED {
        return Err("its entities may make more of it than is allowed: write their text out".to_owned());
    }
    Ok(())
}

#[derive(Default)]
struct Builder {
    nodes: Vec<Node>,
    names: Vec<Name>,
    known: HashMap<Name, u32>,
}

impl Builder {
    fn build(mut self, tree: &Document<'_>) -> Xml {
        // The parser's nodes are in document order, as ours are; only texts with CDATA sections become several.
        let mut ours: Vec<Id> = Vec::with_capacity(tree.descendants().len());
        for node in tree.descendants() {
            let parent = node.parent().and_then(|parent| ours.get(parent.id().get_usize()).copied());
            ours.push(self.nodes.len() as Id);
            match node.node_type() {
                NodeType::Root => self.add(Kind::Document, None, Name::default(), ""),
                NodeType::Element => {
                    let name = node.tag_name();
                    let written = tree.input_text().get(node.range().start + 1..).unwrap_or_default();
                    let name = qualified(written, name.name(), name.namespace());
                    self.add(Kind::Element, parent, name, "");
                }
                NodeType::PI => {
                    let (target, value) = node.pi().map_or(("", None), |pi| (pi.target, pi.value));
                    let name = Name { local: target.into(), ..Name::default() };
                    self.add(Kind::Instruction, parent, name, value.unwrap_or_default());
                }
                NodeType::Comment => {
                    self.add(Kind::Comment, parent, Name::default(), node.text().unwrap_or_default());
                }
                NodeType::Text => {
                    let text = node.text().unwrap_or_default();
                    let written = tree.input_text().get(node.range().start..).unwrap_or_default();
                    for (kind, part) in sections(written, text) {
                        self.add(kind, parent, Name::default(), &part);
                    }
                }
            }
        }
        self.close();
        for node in tree.descendants().filter(roxmltree::Node::is_element) {
            let Some(&owner) = ours.get(node.id().get_usize()) else { continue };
            let start = self.nodes.len() as Id;
            for attribute in node.attributes() {
                let written = tree.input_text().get(attribute.range_qname()).unwrap_or_default();
                let name = qualified(written, attribute.name(), attribute.namespace());
                let place = self.nodes.len() as Id;
                self.add(Kind::Attribute, None, name, attribute.value());
                self.add(Kind::Text, Some(place), Name::default(), attribute.value());
                self.nodes[place as usize].parent = Some(owner);
            }
            self.nodes[owner as usize].attributes = start..self.nodes.len() as Id;
        }
        Xml { nodes: self.nodes, names: self.names }
    }

    fn add(&mut self, kind: Kind, parent: Option<Id>, name: Name, value: &str) {
        let id = self.nodes.len() as Id;
        let name = match self.known.get(&name) {
            Some(&known) => known,
            None => {
                let place = self.names.len() as u32;
                self.known.insert(name.clone(), place);
                self.names.push(name);
                place
            }
        };
        let previous = parent.and_then(|parent| self.nodes[parent as usize].last);
        let node = Node {
            kind,
            parent,
            previous,
            next: None,
            first: None,
            last: None,
            end: id + 1,
            attributes: 0..0,
            name,
            value: value.into(),
        };
        self.nodes.push(node);
        if let Some(parent) = parent {
            let parent = &mut self.nodes[parent as usize];
            parent.first.get_or_insert(id);
            parent.last = Some(id);
        }
        if let Some(previous) = previous {
            self.nodes[previous as usize].next = Some(id);
        }
    }

    /// Sets where each node's descendants end: children stand after their parents, so from the last to the first.
    fn close(&mut self) {
        for id in (1..self.nodes.len()).rev() {
            let end = self.nodes[id].end;
            if let Some(parent) = self.nodes[id].parent {
                let parent = &mut self.nodes[parent as usize];
                parent.end = parent.end.max(end);
            }
        }
    }
}

/// The name at the start of `written`, which the parser gives without its prefix.
fn qualified(written: &str, local: &str, namespace: Option<&str>) -> Name {
    let ends_name = |c: char| c.is_ascii_whitespace() || matches!(c, ':' | '<' | '>' | '/' | '=');
    let end = written.find(ends_name).unwrap_or(written.len());
    let prefix = written.get(..end).filter(|_| written.get(end..).is_some_and(|rest| rest.starts_with(':')));
    Name { prefix: prefix.map(Into::into), local: local.into(), namespace: namespace.map(Into::into) }
}

/// A run of text as its sections: the parser joins CDATA with what stands beside it.
fn sections(written: &str, text: &str) -> Vec<(Kind, String)> {
    const OPEN: &str = "<![CDATA[";
    let mut found = Vec::new();
    let mut rest = written;
    while !rest.is_empty() {
        let (kind, part) = match rest.strip_prefix(OPEN) {
            Some(section) => {
                let end = section.find("]]>").unwrap_or(section.len());
                rest = section.get(end + 3..).unwrap_or_default();
                (Kind::CData, section[..end].replace("\r\n", "\n").replace('\r', "\n"))
            }
            None => {
                let end = rest.find('<').unwrap_or(rest.len());
                if end == 0 {
                    break;
                }
                let part = &rest[..end];
                rest = &rest[end..];
                (Kind::Text, part.to_owned())
            }
        };
        found.push((kind, part));
    }
    if found.iter().all(|(kind, _)| *kind == Kind::Text) {
        return vec![(Kind::Text, text.to_owned())];
    }
    for (_, part) in found.iter_mut().filter(|(kind, _)| *kind == Kind::Text) {
        if let Ok(tree) = Document::parse(&format!("<x>{part}</x>")) {
            *part = tree.root_element().text().unwrap_or_default().to_owned();
        }
    }
    // Where the source is not simply what is read (an entity of the document's own), the joined text is right.
    let joined: String = found.iter().map(|(_, part)| part.as_str()).collect();
    if joined == text { found } else { vec![(Kind::Text, text.to_owned())] }
}
