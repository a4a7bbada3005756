//! Grammars: SRGS in XML and ABNF, JSGF, GSL, builtin types, option and choice grammars, one compiled form to match keys
//! and words against.
//!
//! Every notation is read (`srgs_xml`, `abnf` and `jsgf` with their common `expansion`, `gsl`; `notation` says which it
//! is) into a `draft`, builtin types (`builtin`, `spoken`) directly, all by way of `build` into `rules`, a flat arena;
//! `analysis` computes once what matching and listening need. A match goes through `words` (an utterance's normal form), `input` (all its
//! readings as a graph), `matcher` (which rule matches where) and `derive` (one [`Parse`]); `semantics` says what that
//! means, mostly without a script engine.

mod abnf;
mod analysis;
mod build;
mod builtin;
mod calendar;
mod derive;
mod draft;
mod enumerate;
mod expansion;
mod gsl;
mod input;
mod jsgf;
mod legacy;
mod link;
mod literal;
mod matcher;
mod notation;
mod numerals;
mod parse;
mod program;
mod reading;
mod readings;
mod rules;
mod scan;
mod semantics;
mod slots;
mod spoken;
mod srgs_xml;
mod tags;
#[cfg(test)]
mod tests;
pub mod vocabulary;
mod words;

pub use builtin::{Builtin, NoBuiltin};
pub use parse::Parse;
pub use semantics::Semantics;
pub use tags::TagFormat;

use crate::dialogue::{Diagnostic, InputMode, Position};
use build::Builder;
use input::Input;
use matcher::Table;
use numerals::Language;
use rules::{Node, NodeId, Rules};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// The longest grammar that is read, in bytes: more than a hundred thousand items, which take a good part of a second.
const LONGEST: usize = 2 * 1024 * 1024;

/// A compiled grammar and its start rule. Cheap to clone: the rules are shared.
#[derive(Clone)]
pub struct Grammar {
    rules: Arc<Rules>,
    /// The reference to the start rule.
    start: NodeId,
    diagnostics: Arc<[Diagnostic]>,
    references: Arc<[String]>,
}

/// What holds for a grammar by the place where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The file, for diagnostics; for a grammar file of its own also the URI that other grammars know it by.
    pub uri: &'a str,
    /// The base of relative references, an absolute URI.
    pub base: &'a str,
    /// The input mode, where the grammar does not say.
    pub mode: Option<InputMode>,
    /// The language, where the grammar does not say.
    pub lang: Option<&'a str>,
    /// Where the text starts in its file.
    pub text_offset: Position,
}

/// What a grammar says to an input.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// Neither it nor anything that begins with it is in the grammar (or telling would take too long).
    NoMatch,
    /// Not complete, but may go on to be.
    Prefix,
    /// In the grammar.
    Match {
        /// How.
        parse: Parse,
        /// Whether a longer input could match too.
        more: bool,
    },
}

/// The lengths of the inputs of a grammar, in keys or words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// The shortest input (0 as well if there is none at all).
    pub shortest: u64,
    /// The longest input; `None` if there is no limit.
    pub longest: Option<u64>,
}

impl Grammar {
    /// Compiles a grammar in the XML form of SRGS 1.0.
    ///
    /// Errors: everything wrong with it, with its place. Warnings alone do not stop it; they are its
    /// [`Grammar::diagnostics`].
    pub fn srgs_xml(text: &str, setting: &Setting<'_>) -> Result<Self, Vec<Diagnostic>> {
        Self::compiled(srgs_xml::read(text, setting)?, setting)
    }

    /// Compiles a grammar in the notation that its media type names, or without one that it looks like: SRGS 1.0 in its
    /// XML or ABNF form, JSGF, GSL, or alternatives in plain text. What the text plainly is counts for more than how it
    /// was labelled.
    ///
    /// Errors: as [`Grammar::srgs_xml`], `unsupported-grammar` for any other notation, and `grammar-too-large`.
    pub fn read(text: &str, media_type: Option<&str>, setting: &Setting<'_>) -> Result<Self, Vec<Diagnostic>> {
        if text.len() > LONGEST {
            let message = format!("the grammar is {} bytes long, more than {LONGEST}", text.len());
            let finding = Diagnostic::error("grammar-too-large", setting.uri, message);
            return Err(vec![finding.help("split the grammar, or look the words up at the server")]);
        }
        Self::compiled(notation::read(text, media_type, setting)?, setting)
    }

    /// Whether the media type that a server gives a file tells its notation; most are about anything but grammars.
    pub fn is_telling(media_type: &str) -> bool {
        notation::Notation::is_telling(media_type)
    }

    /// The grammar of a builtin type: `digits?length=4`, `boolean?y=7;n=9`, or with the mode in it
    /// `builtin:dtmf/number`, `builtin:grammar/boolean` (VoiceXML 2.0 appendix P).
    ///
    /// Errors: no such type, parameters that make no sense, a language it cannot be spoken in.
    pub fn builtin(type_or_uri: &str, mode: InputMode, lang: &str) -> Result<Self, NoBuiltin> {
        builtin::read(type_or_uri, mode, lang).map(Self::new)
    }

    /// The grammar of any words at all (at least one), which mean themselves: the type `text` that platforms add to those
    /// of the standard. As keys, any keys.
    pub fn dictation(mode: InputMode) -> Self {
        Self::single(mode, None, |builder| {
            let any = builder.any();
            builder.repeat(any, 1, None)
        })
    }

    /// The grammar of the text of an `<option>` or `<choice>`: the phrase, or (`approximate`) any words of it in order
    /// (VoiceXML 2.0 §2.2.5). The number words of any known language match figures.
    pub fn phrase(text: &str, approximate: bool, interpretation: Option<&str>) -> Self {
        Self::single(InputMode::Voice, interpretation, |builder| {
            let words: Vec<NodeId> = text
                .split_whitespace()
                .filter(|word| !words::is_punctuation(word))
                .map(|word| builder.token(word))
                .collect();
            match approximate {
                true => subsets(builder, &words),
                false if words.is_empty() => builder.void(),
                false => builder.seq(words),
            }
        })
    }

    /// The grammar of one key sequence; blanks in it do not count.
    pub fn keys(sequence: &str, interpretation: Option<&str>) -> Self {
        Self::single(InputMode::Dtmf, interpretation, |builder| {
            let keys = sequence.chars().filter(|key| !key.is_whitespace()).map(|key| key.to_ascii_uppercase());
            let keys: Vec<NodeId> = keys.map(|key| builder.key(key)).collect();
            if keys.is_empty() { builder.void() } else { builder.seq(keys) }
        })
    }

    /// Keys or voice.
    pub fn mode(&self) -> InputMode {
        self.rules.mode
    }

    /// How its tags are written.
    pub fn tag_format(&self) -> TagFormat {
        self.rules.sources.first().map_or(TagFormat::Legacy, |source| source.tag_format)
    }

    /// Warnings from reading it.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The absolute URIs, without fragments, of the grammars it refers to that are not linked; what it says until they
    /// are leaves their rules out.
    pub fn references(&self) -> &[String] {
        &self.references
    }

    /// The grammar with the found grammars copied in, by URI. Their own references are resolved among `found` too;
    /// what is still missing is in the result's [`Grammar::references`]. Circles are fine.
    ///
    /// Errors: references to rules that do not exist or are private, or to grammars of the other input mode.
    pub fn link(&self, found: &HashMap<String, Arc<Grammar>>) -> Result<Self, Vec<Diagnostic>> {
        let found = found.iter().map(|(uri, grammar)| (uri.clone(), Arc::clone(&grammar.rules))).collect();
        let linked = Self::new(link::link(&self.rules, &found)?);
        let start = self.start_rule().map_or(linked.start, |rule| linked.reference_to(rule));
        Ok(Self { start, diagnostics: Arc::clone(&self.diagnostics), ..linked })
    }

    /// The same rules, starting at another of the grammar's public rules (or its root); `None` if there is none.
    pub fn starting_at(&self, rule: &str) -> Option<Self> {
        let index = self.rules.rule(0, rule)?;
        let root = self.rules.sources.first()?.root;
        let allowed = index == root || self.rules.rules[index as usize].public;
        allowed.then(|| Self { start: self.reference_to(index), ..self.clone() })
    }

    /// Matches keys (`0`-`9`, `*`, `#`, `A`-`D`). A voice grammar matches none.
    pub fn match_keys(&self, keys: &str) -> Verdict {
        self.matched(InputMode::Dtmf, Input::of_keys(&self.rules, keys))
    }

    /// Matches words as a recogniser writes them: capitals, punctuation and figures do not matter. A key grammar
    /// matches none.
    pub fn match_words(&self, utterance: &str) -> Verdict {
        self.matched(InputMode::Voice, Input::of_words(&self.rules, utterance))
    }

    /// How short and how long its inputs are.
    pub fn extent(&self) -> Extent {
        let analysis = &self.rules.analysis;
        match analysis.shortest[self.start as usize] {
            Some(shortest) => Extent { shortest, longest: analysis.longest[self.start as usize] },
            None => Extent { shortest: 0, longest: Some(0) },
        }
    }

    /// Whether any input has this key in it.
    pub fn uses_key(&self, key: char) -> bool {
        let mut buffer = [0; 4];
        let word = self.rules.vocabulary.get(&*key.to_ascii_uppercase().encode_utf8(&mut buffer)).copied();
        self.rules.mode == InputMode::Dtmf
            && self.reachable().any(|node| match self.rules.nodes[node as usize] {
                Node::Token { word: used, .. } => Some(used) == word,
                Node::Any => reading::is_key(key.to_ascii_uppercase()),
                _ => false,
            })
    }

    /// All inputs in document order, each once, with its tokens and its parse, if there are at most `limit`; `None` if
    /// there are more (or too many ways to them).
    pub fn enumerate(&self, limit: usize) -> Option<Vec<(Vec<String>, Parse)>> {
        let inputs = enumerate::all(&self.rules, self.start, limit)?;
        let tokens = |steps: &[derive::Step]| {
            let text = |step: &derive::Step| match step {
                derive::Step::Token(text) => Some(self.rules.texts[*text as usize].to_string()),
                _ => None,
            };
            steps.iter().filter_map(text).filter(|text| !text.is_empty()).collect()
        };
        let rules = &self.rules;
        Some(inputs.into_iter().map(|steps| (tokens(&steps), Parse { rules: Arc::clone(rules), steps })).collect())
    }

    fn compiled(
        (mut rules, diagnostics): (Rules, Vec<Diagnostic>),
        setting: &Setting<'_>,
    ) -> Result<Self, Vec<Diagnostic>> {
        if rules.externals.iter().any(|external| external.uri == setting.uri) {
            rules = link::link(&rules, &HashMap::new())?;
        }
        Ok(Self { diagnostics: diagnostics.into(), ..Self::new(rules) })
    }

    fn new(rules: Rules) -> Self {
        let mut references = Vec::new();
        for external in &rules.externals {
            if !references.contains(&external.uri) {
                references.push(external.uri.clone());
            }
        }
        let mut grammar =
            Self { rules: Arc::new(rules), start: 0, diagnostics: Arc::default(), references: references.into() };
        let root = grammar.rules.sources.first().map_or(0, |source| source.root);
        grammar.start = grammar.reference_to(root);
        grammar
    }

    /// A grammar of one rule.
    fn single(mode: InputMode, interpretation: Option<&str>, body: impl FnOnce(&mut Builder) -> NodeId) -> Self {
        let mut builder = Builder::new(mode, "", Language::Any, TagFormat::Legacy);
        let rule = builder.declare("choice", true);
        let mut body = body(&mut builder);
        if let Some(interpretation) = interpretation {
            let tag = builder.literal(interpretation);
            body = builder.seq(vec![body, tag]);
        }
        builder.define(rule, body);
        Self::new(builder.finish(rule))
    }

    fn reference_to(&self, rule: u32) -> NodeId {
        self.rules.rules.get(rule as usize).map_or(0, |rule| rule.entry)
    }

    fn start_rule(&self) -> Option<u32> {
        match self.rules.nodes.get(self.start as usize) {
            Some(Node::Rule(rule)) => Some(*rule),
            _ => None,
        }
    }

    /// Its URI for the log: without the query, which may hold what the caller said.
    fn name(&self) -> &str {
        self.uri().split(['?', '#']).next().unwrap_or_default()
    }

    fn matched(&self, mode: InputMode, input: Option<Input>) -> Verdict {
        let Some(input) = input.filter(|_| self.rules.mode == mode) else { return Verdict::NoMatch };
        let Some(table) = Table::fill(&self.rules, &input, self.start) else {
            tracing::warn!(grammar = self.name(), "an input was given up: the grammar has too many readings of it");
            return Verdict::NoMatch;
        };
        match table.derive(self.start) {
            Some(steps) => Verdict::Match { parse: Parse { rules: Arc::clone(&self.rules), steps }, more: table.more },
            None if table.more => Verdict::Prefix,
            None => Verdict::NoMatch,
        }
    }

    fn uri(&self) -> &str {
        self.rules.sources.first().map_or("", |source| &source.uri)
    }

    /// The nodes that take part in some match.
    fn reachable(&self) -> impl Iterator<Item = NodeId> {
        let rules = &self.rules;
        let mut seen = vec![false; rules.nodes.len()];
        let mut stack = vec![self.start];
        std::iter::from_fn(move || {
            while let Some(node) = stack.pop() {
                let first_time = !std::mem::replace(&mut seen[node as usize], true);
                if first_time && !rules.analysis.is_void(node) {
                    rules.nodes[node as usize].children(&rules.rules, |child| stack.push(child));
                    return Some(node);
                }
            }
            None
        })
    }
}

impl Verdict {
    /// How the input is understood, if it is.
    pub fn parse(&self) -> Option<&Parse> {
        match self {
            Self::Match { parse, .. } => Some(parse),
            Self::NoMatch | Self::Prefix => None,
        }
    }
}

/// Shows what kind of grammar it is, not all of it.
impl fmt::Debug for Grammar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grammar")
            .field("uri", &self.uri())
            .field("mode", &self.mode())
            .field("extent", &self.extent())
            .finish_non_exhaustive()
    }
}

/// One word or more of some, in order.
fn subsets(builder: &mut Builder, words: &[NodeId]) -> NodeId {
    // From the last word: any of those behind (or none), and at least one of them.
    let (mut any, mut some) = (builder.null(), builder.void());
    for word in words.iter().rev() {
        let with = builder.seq(vec![*word, any]);
        some = builder.alt(vec![with, some]);
        let optional = builder.optional(*word);
        any = builder.seq(vec![optional, any]);
    }
    some
}
