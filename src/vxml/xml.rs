//! From text to an XML tree, forgiving what can be forgiven without guessing.

use super::dialect::Profile;
use super::element::Reader;
use super::entities::{Entities, LONGEST_HTML_ENTITY, html_entity, references};
use super::limits::excess;
use super::prolog::{Prolog, Subset};
use super::source::Source;
use crate::dialogue::Diagnostic;
use roxmltree::{Document, Error, ParsingOptions, TextPos};
use std::collections::BTreeSet;
use std::ops::Range;

/// The most nodes (elements, texts, comments) of a document.
const MOST_NODES: u32 = 400_000;

/// How deep elements may be nested: the builders recurse, and no dialogue is nested like that.
const DEEPEST: u32 = 128;

/// How many undeclared namespace prefixes are declared on a document's behalf.
const MOST_PREFIXES: usize = 16;

/// A change made to the text before parsing: `removed` is a range of the source.
struct Edit {
    removed: Range<usize>,
    inserted: String,
}

/// The text as the XML parser gets it, and the way back from its offsets to those of the source.
#[derive(Default)]
pub(super) struct Prepared {
    pub(super) text: String,
    pub(super) entities: Entities,
    edits: Vec<Edit>,
}

/// Parses the source and hands its tree to `build`; `None` if it is not well-formed, with the reason reported.
pub(super) fn with_tree<T>(
    source: &Source<'_>,
    profile: &'static Profile,
    build: impl FnOnce(&Reader<'_>) -> Option<T>,
) -> Option<T> {
    let prolog = Prolog::of(source.text);
    let mut prepared = Prepared::of(source, &prolog)?;
    loop {
        let options = ParsingOptions { allow_dtd: true, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
        let error = match Document::parse_with_options(&prepared.text, options) {
            Ok(tree) => {
                let reader = Reader::new(source, &prepared, &tree, profile);
                return nested_within_reason(&reader).then(|| build(&reader)).flatten();
            }
            Err(error) => error,
        };
        let prefix = match &error {
            Error::UnknownNamespace(prefix, at) if prepared.edits.len() < MOST_PREFIXES => Some((prefix, at)),
            _ => None,
        };
        let Some((prefix, at)) = prefix.filter(|_| prolog.root.is_some()) else {
            report(source, &prepared, &error);
            return None;
        };
        let place = prepared.offset(*at);
        let message = format!("the namespace prefix `{prefix}` is not declared");
        let help = format!("declare it on the root element: xmlns:{prefix}=\"…\"");
        let diagnostic = Diagnostic::warning("undeclared-prefix", source.uri, message).help(help);
        source.report(diagnostic, place..place + prefix.len());
        prepared.declare_prefix(source.text, prolog.root.unwrap_or_default(), prefix);
    }
}

impl Prepared {
    /// Takes away what stands before the XML declaration, and declares the HTML entities that are used.
    fn of(source: &Source<'_>, prolog: &Prolog) -> Option<Self> {
        let text = source.text;
        let mut edits = Vec::new();
        if let Some(declaration) = prolog.declaration.clone().filter(|declaration| declaration.start > 0) {
            let diagnostic =
                Diagnostic::warning("text-before-declaration", source.uri, "the XML declaration is not at the start")
                    .help("remove the lines before it; other platforms may refuse the document");
            let only_mark = text.get(..declaration.start).is_some_and(|before| before == "\u{FEFF}");
            if !only_mark {
                source.report(diagnostic, declaration.clone());
            }
            let removed = if prolog.blank_before_declaration { 0..declaration.start } else { declaration };
            edits.push(Edit { removed, inserted: String::new() });
        }
        let doctype = prolog.doctype.as_ref();
        let subset = doctype.and_then(|doctype| doctype.subset.clone());
        let declared = subset.clone().map(|range| Subset::of(text, range)).unwrap_or_default();
        for removed in declared.parameter_references {
            edits.push(Edit { removed, inserted: String::new() });
        }
        let mut entities = declared.entities;
        let body = prolog.root.and_then(|root| text.get(root..)).unwrap_or_default();
        let mut declarations = String::new();
        let used: BTreeSet<&str> = references(body).collect();
        for name in used.into_iter().filter(|name| name.len() <= LONGEST_HTML_ENTITY) {
            if let Some(character) = html_entity(name).filter(|_| !entities.declares(name)) {
                entities.declare(name, &character.to_string());
                declarations.push_str(&format!("<!ENTITY {name} \"{character}\">"));
            }
        }
        if let (false, Some(root)) = (declarations.is_empty(), prolog.root) {
            let (at, inserted) = match (subset, doctype) {
                (Some(subset), _) => (subset.end, declarations),
                (None, Some(doctype)) => (doctype.end, format!("[{declarations}]")),
                (None, None) => (root, format!("<!DOCTYPE vxml [{declarations}]>")),
            };
            edits.push(Edit { removed: at..at, inserted });
        }
        if let Some(excess) = excess(text, body, &entities) {
            let diagnostic = Diagnostic::error(excess.code, source.uri, excess.message).help(excess.help);
            source.report(diagnostic, 0..0);
            return None;
        }
        let mut prepared = Self { text: String::new(), entities, edits };
        prepared.apply(text);
        Some(prepared)
    }

    /// The place in the source of a place in the prepared text.
    pub(super) fn original(&self, offset: usize) -> usize {
        let (mut added, mut taken) = (0, 0);
        for edit in &self.edits {
            let at = (edit.removed.start + added).saturating_sub(taken);
            if offset < at {
                break;
            }
            if offset < at + edit.inserted.len() {
                return edit.removed.start;
            }
            added += edit.inserted.len();
            taken += edit.removed.len();
        }
        offset + taken - added.min(offset + taken)
    }

    /// Declares a namespace prefix in the start tag of the root element.
    fn declare_prefix(&mut self, text: &str, root: usize, prefix: &str) {
        let name = text.get(root + 1..).unwrap_or_default();
        let length = name.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/')).unwrap_or(name.len());
        let at = root + 1 + length;
        self.edits.push(Edit { removed: at..at, inserted: format!(" xmlns:{prefix}=\"urn:undeclared:{prefix}\"") });
        self.apply(text);
    }

    fn apply(&mut self, text: &str) {
        // Stable: what is inserted at one place stays in the order it came.
        self.edits.sort_by_key(|edit| edit.removed.start);
        self.text.clear();
        let mut done = 0;
        for edit in &self.edits {
            self.text.push_str(text.get(done..edit.removed.start).unwrap_or_default());
            self.text.push_str(&edit.inserted);
            done = edit.removed.end;
        }
        self.text.push_str(text.get(done..).unwrap_or_default());
    }

    /// The source's offset of a row and column the XML parser counted.
    fn offset(&self, at: TextPos) -> usize {
        let row = (at.row as usize).saturating_sub(1);
        let start = match row {
            0 => 0,
            _ => self.text.match_indices('\n').nth(row - 1).map_or(self.text.len(), |(newline, _)| newline + 1),
        };
        let line = self.text.get(start..).unwrap_or_default();
        let column = line.char_indices().nth((at.col as usize).saturating_sub(1)).map_or(line.len(), |(at, _)| at);
        self.original(start + column)
    }
}

/// Whether the tree is shallow enough for the recursion of the builders.
fn nested_within_reason(reader: &Reader<'_>) -> bool {
    let mut depths = vec![0_u32; reader.tree.descendants().len()];
    for node in reader.tree.descendants() {
        let outer = node.parent().and_then(|parent| depths.get(parent.id().get_usize())).copied();
        let depth = outer.map_or(0, |outer| outer + 1);
        if depth > DEEPEST {
            let start = reader.prepared.original(node.range().start);
            let message = format!("elements are nested more than {DEEPEST} deep");
            let diagnostic = Diagnostic::error("nested-too-deep", reader.source.uri, message)
                .help("split the document, or replace nested <if>s by <elseif>");
            reader.source.report(diagnostic, start..start + 1);
            return false;
        }
        if let Some(slot) = depths.get_mut(node.id().get_usize()) {
            *slot = depth;
        }
    }
    true
}

/// Says why a document is not well-formed.
fn report(source: &Source<'_>, prepared: &Prepared, error: &Error) {
    let end = source.text.trim_end().len();
    let (place, expected, help) = match error {
        Error::NoRootNode | Error::UnclosedRootNode | Error::UnexpectedEndOfStream => {
            (end, "the rest of the document", "the text ends too early: close the elements that are open")
        }
        Error::NodesLimitReached | Error::AttributesLimitReached | Error::NamespacesLimitReached => {
            (0, "a smaller document", "split the document")
        }
        other => {
            let (expected, help) = advice(other);
            (prepared.offset(other.pos()), expected, help)
        }
    };
    let is_unserved = matches!(error, Error::InvalidName(_))
        && source.text.get(..place).is_some_and(|text| text.ends_with('<'))
        && source.text.get(place..).is_some_and(|text| text.starts_with('%'));
    let (message, help) = match is_unserved {
        true => ("a server page that was not run".to_owned(), "name the URL where its server answers"),
        false => (message(error), help),
    };
    let length = source.text.get(place..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    let mut diagnostic = Diagnostic::error("not-well-formed", source.uri, message).help(help);
    if !expected.is_empty() {
        diagnostic = diagnostic.expected(expected);
    }
    source.report(diagnostic, place..place + length);
}

fn message(error: &Error) -> String {
    match error {
        Error::UnexpectedCloseTag(expected, actual, _) => format!("`</{actual}>` closes `<{expected}>`"),
        Error::UnknownEntityReference(name, _) => format!("the entity `&{name};` is not declared"),
        Error::MalformedEntityReference(_) => "a `&` that does not begin an entity".to_owned(),
        Error::DuplicatedAttribute(name, _) => format!("the attribute `{name}` is given twice"),
        Error::EntityReferenceLoop(_) => "entities refer to each other too often".to_owned(),
        Error::InvalidAttributeValue(_) => "a `<` in an attribute's value".to_owned(),
        Error::NoRootNode => "the document is empty".to_owned(),
        Error::UnclosedRootNode | Error::UnexpectedEndOfStream => "the document is cut short".to_owned(),
        Error::NonXmlChar(character, _) => format!("the character U+{:04X} is not allowed in XML", *character as u32),
        Error::UnknownToken(_) => "something that is not XML".to_owned(),
        Error::InvalidName(_) => "no name follows here".to_owned(),
        Error::UnknownNamespace(prefix, _) => format!("the namespace prefix `{prefix}` is not declared"),
        other => {
            let text = other.to_string();
            text.rsplit_once(" at ").map_or(text.clone(), |(what, _)| what.to_owned())
        }
    }
}

/// What would have been right, and what to do.
fn advice(error: &Error) -> (&'static str, &'static str) {
    match error {
        Error::UnexpectedCloseTag(..) => {
            ("the end tag of the innermost open element", "close elements in the order they were opened")
        }
        Error::UnknownEntityReference(..) => {
            ("a declared entity", "write the character itself or its number, like &#233;")
        }
        Error::MalformedEntityReference(_) => {
            ("`&amp;`", "write `&amp;` for `&`, also in URLs and conditions (`&amp;&amp;`)")
        }
        Error::InvalidAttributeValue(_) => {
            ("`&lt;`", "write `&lt;` for `<`, also in conditions; or a quote is missing before it")
        }
        Error::DuplicatedAttribute(..) => ("each attribute once", "remove one of them"),
        Error::NonXmlChar(..) => {
            ("text without control characters", "remove the character; perhaps the encoding is declared wrongly")
        }
        Error::UnexpectedDeclaration(_) => ("the XML declaration at the very start", "remove this one"),
        Error::EntityReferenceLoop(_) => ("entities that end", "write the text out"),
        Error::InvalidComment(_) => ("no `--` inside a comment", "use other dashes inside comments"),
        Error::InvalidCharacterData(_) => ("no `]]>` outside CDATA sections", "write `]]&gt;`"),
        Error::UnknownToken(_) => {
            ("an element, a comment or the end of the document", "remove what does not belong here")
        }
        _ => ("", "correct the XML here"),
    }
}
