//! Building the compiled form, node by node; used by every reader of a notation.

use super::analysis::Analysis;
use super::numerals::Language;
use super::rules::{External, Node, NodeId, Rule, Rules, Source};
use super::tags::{Tag, TagFormat};
use super::words;
use crate::dialogue::InputMode;
use std::collections::{HashMap, HashSet};

/// More nodes than any honest grammar has; past this a grammar is refused.
pub(super) const MOST_NODES: usize = 400_000;

/// Collects nodes and rules, then [`Builder::finish`]es them into [`Rules`].
#[derive(Debug)]
pub(super) struct Builder {
    rules: Rules,
    /// Tokens with a language of their own.
    spoken: HashSet<usize>,
}

impl Builder {
    pub(super) fn new(mode: InputMode, uri: &str, language: Language, tag_format: TagFormat) -> Self {
        let source = Source { uri: uri.into(), tag_format, globals: Vec::new(), languages: vec![language], root: 0 };
        Self {
            rules: Rules {
                mode,
                nodes: Vec::new(),
                rules: Vec::new(),
                tags: Vec::new(),
                texts: vec!["".into()],
                vocabulary: HashMap::new(),
                sources: vec![source],
                externals: Vec::new(),
                analysis: Analysis::default(),
            },
            spoken: HashSet::new(),
        }
    }

    pub(super) fn mode(&self) -> InputMode {
        self.rules.mode
    }

    /// Whether it has grown past [`MOST_NODES`].
    pub(super) fn too_large(&self) -> bool {
        self.rules.nodes.len() > MOST_NODES
    }

    pub(super) fn seq(&mut self, mut children: Vec<NodeId>) -> NodeId {
        match (children.len(), children.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                children.extend(last);
                self.add(Node::Seq(children.into()))
            }
        }
    }

    pub(super) fn alt(&mut self, mut children: Vec<NodeId>) -> NodeId {
        match (children.len(), children.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                children.extend(last);
                self.add(Node::Alt(children.into()))
            }
        }
    }

    pub(super) fn repeat(&mut self, body: NodeId, min: u32, max: Option<u32>) -> NodeId {
        match (min, max) {
            (1, Some(1)) => body,
            (_, Some(0)) => self.null(),
            _ => self.add(Node::Repeat { body, min, max }),
        }
    }

    pub(super) fn optional(&mut self, body: NodeId) -> NodeId {
        self.repeat(body, 0, Some(1))
    }

    pub(super) fn null(&mut self) -> NodeId {
        self.add(Node::Seq(Box::default()))
    }

    pub(super) fn void(&mut self) -> NodeId {
        self.add(Node::Alt(Box::default()))
    }

    /// Any words or keys, as few as possible.
    pub(super) fn garbage(&mut self) -> NodeId {
        let any = self.any();
        self.repeat(any, 0, None)
    }

    /// Any one word or key.
    pub(super) fn any(&mut self) -> NodeId {
        self.add(Node::Any)
    }

    /// A token of a voice grammar as written; several words if it holds blanks or hyphens.
    pub(super) fn token(&mut self, written: &str) -> NodeId {
        let language =
            self.rules.sources.first().and_then(|source| source.languages.first()).copied().unwrap_or(Language::Other);
        let whole = self.text(written);
        let tokens = words::of_token(written, language)
            .iter()
            .enumerate()
            .map(|(index, word)| {
                let word = self.word(word);
                self.add(Node::Token { word, text: if index == 0 { whole } else { 0 } })
            })
            .collect();
        self.seq(tokens)
    }

    /// How many nodes there are; what is added from now on has numbers from here.
    pub(super) fn nodes(&self) -> usize {
        self.rules.nodes.len()
    }

    /// Declares the language of all tokens from a node on (SRGS 1.0 §2.7). Inner declarations come first, and stay.
    pub(super) fn speak(&mut self, from: usize, language: Language) {
        let Some(source) = self.rules.sources.first_mut() else { return };
        if !source.languages.contains(&language) {
            source.languages.push(language);
        }
        for node in from..self.rules.nodes.len() {
            let Node::Token { text, .. } = self.rules.nodes[node] else { continue };
            if !self.spoken.insert(node) {
                continue;
            }
            let written = &self.rules.texts[text as usize];
            // Of a token of several words the first node has the text; number words in quotes stay as they are.
            if let [word] = &words::of_token(written, language)[..] {
                let word = self.rules.word(word);
                self.rules.nodes[node] = Node::Token { word, text };
            }
        }
    }

    /// All words of a phrase, one token each.
    pub(super) fn phrase(&mut self, text: &str) -> NodeId {
        let tokens = text.split_whitespace().map(|word| self.token(word)).collect();
        self.seq(tokens)
    }

    pub(super) fn key(&mut self, key: char) -> NodeId {
        let written = key.to_string();
        let (word, text) = (self.word(&written), self.text(&written));
        self.add(Node::Token { word, text })
    }

    pub(super) fn tag(&mut self, tag: Tag) -> NodeId {
        self.rules.tags.push(tag);
        self.add(Node::Tag(self.rules.tags.len() as u32 - 1))
    }

    /// A tag to be understood later, by [`Builder::replace_tag`], and its index.
    pub(super) fn placeholder_tag(&mut self) -> (NodeId, usize) {
        (self.literal(""), self.rules.tags.len() - 1)
    }

    pub(super) fn replace_tag(&mut self, index: usize, tag: Tag) {
        if let Some(place) = self.rules.tags.get_mut(index) {
            *place = tag;
        }
    }

    /// A string literal as tag.
    pub(super) fn literal(&mut self, text: &str) -> NodeId {
        self.tag(Tag::literal(text))
    }

    /// A phrase with a literal behind it.
    pub(super) fn meaning(&mut self, phrase: &str, literal: &str) -> NodeId {
        let said = match self.mode() {
            InputMode::Voice => self.phrase(phrase),
            InputMode::Dtmf => {
                let keys = phrase.chars().map(|key| self.key(key)).collect();
                self.seq(keys)
            }
        };
        let literal = self.literal(literal);
        self.seq(vec![said, literal])
    }

    /// One of several phrases, each with its literal.
    pub(super) fn meanings(&mut self, choices: &[(&str, &str)]) -> NodeId {
        let choices = choices.iter().map(|(phrase, literal)| self.meaning(phrase, literal)).collect();
        self.alt(choices)
    }

    pub(super) fn global(&mut self, code: &str) {
        if let Some(source) = self.rules.sources.first_mut() {
            source.globals.push(code.into());
        }
    }

    /// The scripts in the grammar's header.
    pub(super) fn globals(&self) -> String {
        self.rules.sources.first().map(|source| source.globals.join("\n")).unwrap_or_default()
    }

    /// A rule whose expansion comes later, by [`Builder::define`]; until then it matches nothing.
    pub(super) fn declare(&mut self, name: &str, public: bool) -> u32 {
        let body = self.void();
        let rule = self.rules.rules.len() as u32;
        let entry = self.add(Node::Rule(rule));
        self.rules.rules.push(Rule { name: name.into(), body, entry, public, source: 0 });
        rule
    }

    pub(super) fn publish(&mut self, rule: u32) {
        if let Some(rule) = self.rules.rules.get_mut(rule as usize) {
            rule.public = true;
        }
    }

    pub(super) fn define(&mut self, rule: u32, body: NodeId) {
        if let Some(rule) = self.rules.rules.get_mut(rule as usize) {
            rule.body = body;
        }
    }

    pub(super) fn reference(&self, rule: u32) -> NodeId {
        self.rules.rules[rule as usize].entry
    }

    pub(super) fn external(&mut self, external: External) -> NodeId {
        self.rules.externals.push(external);
        self.add(Node::External(self.rules.externals.len() as u32 - 1))
    }

    /// Copies a finished grammar in and returns its root rule, now one of this grammar's rules.
    pub(super) fn import(&mut self, other: &Rules, uri: &str) -> u32 {
        let source = self.rules.append(other, uri);
        self.rules.sources[source as usize].root
    }

    pub(super) fn finish(mut self, root: u32) -> Rules {
        if let Some(source) = self.rules.sources.first_mut() {
            source.root = root;
        }
        self.rules.analysis = Analysis::of(&self.rules);
        self.rules
    }

    fn add(&mut self, node: Node) -> NodeId {
        self.rules.nodes.push(node);
        self.rules.nodes.len() as NodeId - 1
    }

    fn text(&mut self, text: &str) -> u32 {
        self.rules.texts.push(text.into());
        self.rules.texts.len() as u32 - 1
    }

    fn word(&mut self, word: &str) -> u32 {
        self.rules.word(word)
    }
}

impl Rules {
    /// The id of a normalised word, a new one if it has none.
    fn word(&mut self, word: &str) -> u32 {
        let next = self.vocabulary.len() as u32;
        *self.vocabulary.entry(word.into()).or_insert(next)
    }

    /// Copies all of another grammar in, with all ids moved, and returns the index of its first source here, whose URI
    /// becomes `uri`. The analysis is left as it was.
    pub(super) fn append(&mut self, other: &Rules, uri: &str) -> u32 {
        let mut renumbered = vec![0; other.vocabulary.len()];
        for (word, old) in &other.vocabulary {
            renumbered[*old as usize] = self.word(word);
        }
        let node = self.nodes.len() as u32;
        let rule = self.rules.len() as u32;
        let tag = self.tags.len() as u32;
        let text = self.texts.len() as u32;
        let source = self.sources.len() as u32;
        let external = self.externals.len() as u32;
        let moved = |ids: &[NodeId]| ids.iter().map(|id| id + node).collect();
        self.nodes.extend(other.nodes.iter().map(|from| match from {
            Node::Token { word, text: 0 } => Node::Token { word: renumbered[*word as usize], text: 0 },
            Node::Token { word, text: written } => {
                Node::Token { word: renumbered[*word as usize], text: written + text }
            }
            Node::Any => Node::Any,
            Node::Tag(index) => Node::Tag(index + tag),
            Node::Seq(children) => Node::Seq(moved(children)),
            Node::Alt(children) => Node::Alt(moved(children)),
            Node::Repeat { body, min, max } => Node::Repeat { body: body + node, min: *min, max: *max },
            Node::Rule(index) => Node::Rule(index + rule),
            Node::External(index) => Node::External(index + external),
        }));
        self.rules.extend(other.rules.iter().map(|from| Rule {
            body: from.body + node,
            entry: from.entry + node,
            source: from.source + source,
            ..from.clone()
        }));
        self.tags.extend(other.tags.iter().cloned());
        self.texts.extend(other.texts.iter().cloned());
        self.externals.extend(other.externals.iter().cloned());
        self.sources.extend(other.sources.iter().map(|from| Source { root: from.root + rule, ..from.clone() }));
        if let Some(first) = self.sources.get_mut(source as usize) {
            first.uri = uri.into();
        }
        source
    }
}
