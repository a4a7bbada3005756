//! A grammar while it is being read, in whatever notation: rules by name, references to other grammars and builtin
//! types, words and keys, tags. Each reader of a notation only says what it found.

use super::Setting;
use super::build::Builder;
use super::builtin;
use super::numerals::Language;
use super::reading::{MOST_DIAGNOSTICS, Notes, Place, key_of, resolve};
use super::rules::{External, NodeId, Rules};
use super::tags::{Tag, TagFormat, is_bare};
use super::words;
use crate::dialogue::{Diagnostic, InputMode, Severity};
use std::collections::HashMap;
use std::ops::Range;

/// Elements and brackets nested deeper than this are refused.
pub(super) const DEEPEST: usize = 120;

/// Different rules of other grammars that one may refer to.
const MOST_EXTERNALS: usize = 1000;

/// What comes out of reading a grammar: its rules and warnings, or what is wrong with it.
pub(super) type Reading = Result<(Rules, Vec<Diagnostic>), Vec<Diagnostic>>;

/// What a grammar declares ahead of its rules.
#[derive(Debug, Default)]
pub(super) struct Header {
    /// Keys or voice, where written.
    pub(super) mode: Option<InputMode>,
    /// The language, where written.
    pub(super) lang: Option<String>,
    /// The base of relative references, where written.
    pub(super) base: Option<String>,
    /// How tags are written.
    pub(super) tag_format: Option<TagFormat>,
}

/// The grammar so far.
pub(super) struct Draft<'a> {
    pub(super) builder: Builder,
    pub(super) notes: Notes<'a>,
    uri: &'a str,
    base: String,
    lang: Option<String>,
    tag_format: TagFormat,
    /// The rules by name, and their names in the order of their definitions.
    rules: HashMap<String, Named>,
    defined: Vec<String>,
    /// Builtin grammars already copied in, by URI.
    builtins: HashMap<String, u32>,
    /// References to other grammars already made, by URI and rule.
    externals: HashMap<(String, Option<String>), NodeId>,
    /// Tags as read, with their index and what to report of those that turn out to be bare words; understood all together
    /// at the end.
    tags: Vec<(usize, String, Option<Diagnostic>)>,
}

/// A rule that was defined or referred to.
struct Named {
    rule: u32,
    public: bool,
    /// Where it was referred to first, until its definition comes.
    missing: Option<Range<usize>>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(setting: &Setting<'a>, notes: Notes<'a>, header: Header) -> Self {
        let mode = header.mode.or(setting.mode).unwrap_or(InputMode::Voice);
        let lang = header.lang.or_else(|| setting.lang.map(str::to_owned));
        let base = match header.base {
            Some(base) => resolve(setting.base, &base).unwrap_or(base),
            None => setting.base.to_owned(),
        };
        let tag_format = header.tag_format.unwrap_or(TagFormat::Legacy);
        Self {
            builder: Builder::new(mode, setting.uri, Language::of(lang.as_deref()), tag_format),
            notes,
            uri: setting.uri,
            base,
            lang,
            tag_format,
            rules: HashMap::new(),
            defined: Vec::new(),
            builtins: HashMap::new(),
            externals: HashMap::new(),
            tags: Vec::new(),
        }
    }

    /// The rule that is defined here; `None` if it cannot be.
    pub(super) fn declare(&mut self, place: &impl Place, name: &str, public: bool) -> Option<u32> {
        if matches!(name, "NULL" | "VOID" | "GARBAGE") {
            self.notes.error(place, "reserved-rule-name", format!("\"{name}\" is the name of a special rule"));
            return None;
        }
        let builder = &mut self.builder;
        let named = self.rules.entry(name.to_owned()).or_insert_with(|| Named {
            rule: builder.declare(name, false),
            public,
            missing: Some(0..0),
        });
        if named.missing.take().is_none() {
            self.notes.error(place, "duplicate-rule", format!("a second rule has the id \"{name}\""));
            return None;
        }
        named.public = public;
        if public {
            self.builder.publish(named.rule);
        }
        self.defined.push(name.to_owned());
        Some(named.rule)
    }

    /// The rule of this name, which may be defined later.
    pub(super) fn rule(&mut self, place: &impl Place, name: &str) -> NodeId {
        let (builder, notes) = (&mut self.builder, &self.notes);
        let named = self.rules.entry(name.to_owned()).or_insert_with(|| Named {
            rule: builder.declare(name, false),
            public: false,
            missing: Some(place.range(notes)),
        });
        self.builder.reference(named.rule)
    }

    /// A rule by URI: one of this grammar, of another or a builtin type (SRGS 1.0 §2.2).
    pub(super) fn reference(&mut self, place: &impl Place, uri: &str) -> NodeId {
        if uri.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("builtin:")) {
            return self.builtin(place, uri);
        }
        let (file, rule) = match uri.split_once('#') {
            Some((file, rule)) => (file, Some(rule).filter(|rule| !rule.is_empty())),
            None => (uri, None),
        };
        let absolute = if file.is_empty() { Some(self.uri.to_owned()) } else { resolve(&self.base, file) };
        let Some(absolute) = absolute else {
            self.notes.error(place, "bad-uri", format!("\"{uri}\" is no URI that can be fetched from here"));
            return self.builder.void();
        };
        match rule {
            Some(rule) if absolute == self.uri => self.rule(place, rule),
            _ => self.external(place, uri, absolute, rule),
        }
    }

    fn external(&mut self, place: &impl Place, uri: &str, absolute: String, rule: Option<&str>) -> NodeId {
        let rule = rule.map(str::to_owned);
        let key = (absolute.clone(), rule.clone());
        if let Some(node) = self.externals.get(&key) {
            return *node;
        }
        let blame = self.notes.diagnostic(place, "unlinked-grammar", format!("\"{uri}\" could not be linked"));
        let node = self.builder.external(External { uri: absolute, rule, blame: Box::new(blame) });
        self.externals.insert(key, node);
        if self.externals.len() > MOST_EXTERNALS {
            self.notes.error(place, "grammar-too-large", "the grammar refers to too many others");
        }
        node
    }

    fn builtin(&mut self, place: &impl Place, uri: &str) -> NodeId {
        if let Some(rule) = self.builtins.get(uri) {
            return self.builder.reference(*rule);
        }
        match builtin::read(uri, self.builder.mode(), self.lang.as_deref().unwrap_or("en")) {
            Ok(rules) if rules.mode == self.builder.mode() => {
                let rule = self.builder.import(&rules, uri);
                self.builtins.insert(uri.to_owned(), rule);
                self.builder.reference(rule)
            }
            Ok(_) => {
                self.notes.error(place, "mixed-modes", format!("\"{uri}\" is of the other input mode"));
                self.builder.void()
            }
            Err(why) => {
                self.notes.error(place, "unknown-builtin", format!("\"{uri}\": {why}"));
                self.builder.void()
            }
        }
    }

    /// One of `NULL`, `VOID` and `GARBAGE` (SRGS 1.0 §2.2.3); `None` for any other name.
    pub(super) fn special(&mut self, name: &str) -> Option<NodeId> {
        Some(match name {
            "NULL" => self.builder.null(),
            "VOID" => self.builder.void(),
            "GARBAGE" => self.builder.garbage(),
            _ => return None,
        })
    }

    /// A tag as written; `None` for one that says nothing.
    pub(super) fn tag(&mut self, place: &impl Place, text: &str) -> Option<NodeId> {
        // `{}` of a grammar without tag format: a vendor's way of saying that the words before it mean nothing.
        if self.tag_format == TagFormat::Legacy && text.trim().is_empty() {
            return None;
        }
        let (node, index) = self.builder.placeholder_tag();
        let bare = (self.tag_format == TagFormat::Script && is_bare(text)).then(|| {
            let message = format!("the tag `{}` is no script", text.trim());
            let help = format!("it is taken for a string; write out = '{}';", text.trim());
            self.notes.diagnostic(place, "bare-tag", message).help(help)
        });
        self.tags.push((index, text.to_owned(), bare));
        Some(node)
    }

    /// A token that may hold blanks, as in quotes; keys stand each for itself.
    pub(super) fn token(&mut self, place: &impl Place, text: &str) -> NodeId {
        match self.builder.mode() {
            InputMode::Voice => self.builder.token(&text.split_whitespace().collect::<Vec<_>>().join(" ")),
            InputMode::Dtmf => {
                let mut keys = Vec::new();
                self.keys(place, text, &mut keys);
                self.builder.seq(keys)
            }
        }
    }

    /// Words or keys without quotes around them.
    pub(super) fn tokens(&mut self, place: &impl Place, text: &str, parts: &mut Vec<NodeId>) {
        match self.builder.mode() {
            InputMode::Dtmf => self.keys(place, text, parts),
            InputMode::Voice => {
                let words = text.split_whitespace().filter(|word| !words::is_punctuation(word));
                parts.extend(words.map(|word| self.builder.token(word)));
            }
        }
    }

    fn keys(&mut self, place: &impl Place, text: &str, parts: &mut Vec<NodeId>) {
        for word in text.replace('"', " ").split_whitespace() {
            if let Some(key) = key_of(word) {
                parts.push(self.builder.key(key));
                continue;
            }
            for key in word.chars() {
                let mut buffer = [0; 4];
                let Some(key) = key_of(key.encode_utf8(&mut buffer)) else {
                    let message = format!("\"{word}\" is no telephone key");
                    self.notes.error(place, "bad-key", message).expected = Some("0 to 9, *, #, A to D".to_owned());
                    break;
                };
                parts.push(self.builder.key(key));
            }
        }
    }

    /// Declares the language of what was read since the builder had so many nodes.
    pub(super) fn speak(&mut self, from: usize, lang: &str) {
        self.builder.speak(from, Language::of(Some(lang)));
    }

    /// Reports brackets or elements that are nested too deeply, once.
    pub(super) fn too_deep(&mut self, place: &impl Place) -> NodeId {
        if !self.notes.any_error() {
            self.notes.error(place, "too-deep", "the expansion is nested too deeply");
        }
        self.builder.void()
    }

    /// The names of the public rules, in the order of their definitions.
    pub(super) fn public_rules(&self) -> Vec<String> {
        let public = |name: &&String| self.rules.get(*name).is_some_and(|named| named.public);
        self.defined.iter().filter(public).cloned().collect()
    }

    /// The grammar, starting from the rule `root`, else the first public one, else the first. `whole` is where to
    /// report what is wrong with all of it.
    pub(super) fn finish(mut self, whole: &impl Place, root: Option<&str>) -> Reading {
        let root = self.root(whole, root);
        let mut known: Vec<_> = self.defined.iter().map(String::as_str).collect();
        known.sort_unstable();
        let help = format!("the rules here are: {}", known.join(", "));
        let missing = self.rules.iter().filter_map(|(name, named)| Some((named.missing.clone()?, name)));
        let mut missing: Vec<_> = missing.collect();
        missing.sort_by_key(|(place, _)| place.start);
        for (place, name) in missing.into_iter().take(MOST_DIAGNOSTICS) {
            let message = format!("there is no rule \"{name}\" here");
            self.notes.error(&place, "undefined-rule", message).help = Some(help.clone());
        }
        if self.builder.too_large() {
            self.notes.error(whole, "grammar-too-large", "the grammar is too large");
        }
        if self.notes.any_error() {
            return Err(self.notes.into_list());
        }
        let texts: Vec<&str> = self.tags.iter().map(|(_, text, _)| text.as_str()).collect();
        let tags = Tag::read(&texts, &self.builder.globals(), self.tag_format);
        for (tag, (index, _, bare)) in tags.into_iter().zip(self.tags) {
            if let Some(bare) = bare.filter(|_| matches!(tag, Tag::Literal(_))) {
                self.notes.push(Diagnostic { severity: Severity::Warning, ..bare });
            }
            self.builder.replace_tag(index, tag);
        }
        Ok((self.builder.finish(root), self.notes.into_list()))
    }

    fn root(&mut self, whole: &impl Place, root: Option<&str>) -> u32 {
        let public = self.public_rules();
        let Some(first) = public.first().or(self.defined.first()).cloned() else {
            if !self.notes.any_error() {
                self.notes.error(whole, "no-rule", "the grammar has no rule").help =
                    Some("put the words or keys into a rule with a name".to_owned());
            }
            return 0;
        };
        let name = root.unwrap_or(&first);
        let Some(named) = self.rules.get(name).filter(|named| named.missing.is_none()) else {
            self.notes.error(whole, "undefined-root", format!("the root rule \"{name}\" is not defined"));
            return 0;
        };
        if root.is_none() {
            self.notes.warning(whole, "no-root", format!("no root rule is named; \"{name}\" is taken")).help =
                Some(format!("declare \"{name}\" as the root"));
        }
        named.rule
    }
}
