//! STUB
#![allow(missing_docs)]
use crate::dialogue::*;
pub struct Reading {
    pub document: Option<Document>,
    pub diagnostics: Vec<Diagnostic>,
}
pub fn decode(bytes: &[u8], _content_type: Option<&str>) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
pub fn read(text: &str, uri: &str) -> Reading {
    match roxmltree::Document::parse(text) {
        Ok(_) => Reading {
            document: Some(Document {
                uri: uri.into(),
                version: Version::V21,
                lang: None,
                base: None,
                application: None,
                metas: vec![],
                properties: vec![],
                init: vec![],
                handlers: vec![],
                links: vec![],
                dialogs: vec![],
            }),
            diagnostics: vec![],
        },
        Err(error) => Reading {
            document: None,
            diagnostics: vec![
                Diagnostic::error("xml", uri, error.to_string()).at(text, 0, 3).expected("XML").help("mend it"),
            ],
        },
    }
}
