//! The compiled form that every notation is read into: rules over a flat arena of nodes.

use super::analysis::Analysis;
use super::numerals::Language;
use super::tags::{Tag, TagFormat};
use crate::dialogue::{Diagnostic, InputMode};
use std::collections::HashMap;

/// Index of a [`Node`] in [`Rules::nodes`].
pub(super) type NodeId = u32;

/// The compiled rules of one grammar and of all external grammars linked into it.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// Keys or voice.
    pub(super) mode: InputMode,
    /// The arena; children are ids in it.
    pub(super) nodes: Vec<Node>,
    /// All rules; `Node::Rule` holds an index.
    pub(super) rules: Vec<Rule>,
    /// Tags in the order they were read.
    pub(super) tags: Vec<Tag>,
    /// What tokens look like as written; the first is empty.
    pub(super) texts: Vec<Box<str>>,
    /// Normalised words to the ids that input is matched by.
    pub(super) vocabulary: HashMap<Box<str>, u32>,
    /// Where the rules come from; the first is the grammar itself.
    pub(super) sources: Vec<Source>,
    /// References to other grammars that are not linked yet.
    pub(super) externals: Vec<External>,
    /// Facts about the nodes, computed once.
    pub(super) analysis: Analysis,
}

/// One element of a rule expansion (SRGS 1.0 §2).
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// One word or key: its id in the vocabulary and how it was written.
    Token { word: u32, text: u32 },
    /// Any one word or key; `GARBAGE` is a repeat of it.
    Any,
    /// A semantic tag.
    Tag(u32),
    /// One after the other; empty is `NULL`.
    Seq(Box<[NodeId]>),
    /// One of them; empty is `VOID`.
    Alt(Box<[NodeId]>),
    /// The body, from `min` to `max` times.
    Repeat { body: NodeId, min: u32, max: Option<u32> },
    /// A rule of this arena.
    Rule(u32),
    /// A rule of a grammar that is not linked yet; matches nothing until then.
    External(u32),
}

/// A rule definition.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    /// Its id.
    pub(super) name: Box<str>,
    /// Its expansion.
    pub(super) body: NodeId,
    /// The node that refers to it.
    pub(super) entry: NodeId,
    /// `scope="public"`
    pub(super) public: bool,
    /// Index in [`Rules::sources`].
    pub(super) source: u32,
}

/// A grammar document that rules come from.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// Absolute URI, without fragment.
    pub(super) uri: Box<str>,
    /// How its tags are written.
    pub(super) tag_format: TagFormat,
    /// Its tags outside of rules.
    pub(super) globals: Vec<Box<str>>,
    /// The languages its number words are in, its own first.
    pub(super) languages: Vec<Language>,
    /// Its root rule.
    pub(super) root: u32,
}

/// A reference to a rule of another grammar document.
#[derive(Debug, Clone)]
pub(super) struct External {
    /// Absolute URI, without fragment.
    pub(super) uri: String,
    /// The fragment; `None` means the root rule.
    pub(super) rule: Option<String>,
    /// What to report if it cannot be linked: file and position of the reference.
    pub(super) blame: Box<Diagnostic>,
}

impl Node {
    /// Calls `visit` with every node that stands directly inside, through rule references too.
    pub(super) fn children(&self, rules: &[Rule], mut visit: impl FnMut(NodeId)) {
        match self {
            Self::Seq(children) | Self::Alt(children) => children.iter().copied().for_each(visit),
            Self::Repeat { body, .. } => visit(*body),
            Self::Rule(rule) => visit(rules[*rule as usize].body),
            Self::Token { .. } | Self::Any | Self::Tag(_) | Self::External(_) => {}
        }
    }
}

impl Rules {
    /// The expansion that a rule stands for.
    pub(super) fn body(&self, rule: u32) -> NodeId {
        self.rules[rule as usize].body
    }

    /// The rule with this id among those of one source.
    pub(super) fn rule(&self, source: u32, name: &str) -> Option<u32> {
        self.rules.iter().position(|rule| rule.source == source && &*rule.name == name).map(|index| index as u32)
    }
}
