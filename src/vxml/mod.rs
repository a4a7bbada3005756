//! VoiceXML text to dialogue model, with diagnostics that point at line and column.
//!
//! Bytes become text in [`decode`], text becomes a [`Document`] in [`read`]. A file goes through the room once:
//! `xml` makes a tree of whatever legacy servers send, `check` holds the tree against the `vocabulary` of VoiceXML 2.0
//! and 2.1, and the builders (`document`, `dialogs`, `items`, `menu`, `content`, `prompt`, `grammar`) turn it into the
//! typed model. Every problem of a file is reported, not only the first; builders skip what `check` has refused.

mod check;
mod content;
mod decode;
mod dialect;
mod dialogs;
mod document;
mod element;
mod entities;
mod grammar;
mod items;
mod language;
mod limits;
mod menu;
mod prolog;
mod prompt;
mod references;
mod source;
mod vocabulary;
mod xml;

#[cfg(test)]
mod tests;

pub use decode::decode;

pub use vocabulary::PROPERTIES;

use crate::dialogue::{Diagnostic, Dialect, Document};

/// What came of reading a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The document; `None` exactly if one of the diagnostics is an error.
    pub document: Option<Document>,
    /// What is wrong with it by itself, in the order of the text; [`inspect`] finds more.
    pub diagnostics: Vec<Diagnostic>,
}

/// All this room reads: each element by its name, each attribute as `element@attribute`, each of the fetch attributes,
/// which many elements have, as `@attribute`. `xml:lang` and `xml:base` may stand anywhere and are left out.
pub fn vocabulary() -> Vec<String> {
    vocabulary::all()
}

/// Reads a VoiceXML 2.0 or 2.1 document.
///
/// `uri` is the absolute URI of the document, without fragment. Never panics, never fetches anything (a DTD is not
/// looked at beyond its internal subset), and its work and stack are bounded whatever the text.
pub fn read(text: &str, uri: &str) -> Reading {
    read_as(text, uri, Dialect::Standard)
}

/// Reads a document that was written for some platform, as [`read`] does.
pub fn read_as(text: &str, uri: &str, dialect: Dialect) -> Reading {
    let source = source::Source::new(text, uri);
    let document = xml::with_tree(&source, dialect::Profile::of(dialect), document::document);
    let diagnostics = source.into_diagnostics();
    let refused = diagnostics.iter().any(Diagnostic::is_error);
    Reading { document: document.filter(|_| !refused), diagnostics }
}

/// What can be made of a document even if it cannot run, for whoever looks for everything that is wrong with it: what it
/// refers to in vain as well, which a call finds out when it gets there.
pub fn inspect(text: &str, uri: &str, dialect: Dialect) -> (Option<Document>, Vec<Diagnostic>) {
    let source = source::Source::new(text, uri);
    let document = xml::with_tree(&source, dialect::Profile::of(dialect), |reader| {
        let document = document::document(reader)?;
        references::check_references(reader);
        Some(document)
    });
    (document, source.into_diagnostics())
}
