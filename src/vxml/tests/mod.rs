mod checks;
mod content;
mod dialects;
mod dialogs;
mod references;
mod robustness;
mod standard;
mod xml;

use super::{Reading, read};
use crate::dialogue::{Action, Diagnostic, Document, Item, ItemKind, Piece};

const URI: &str = "http://example.org/app/main.vxml";

/// A document with this inside `<vxml>`.
fn vxml(inside: &str) -> String {
    format!("<vxml version=\"2.1\" xmlns=\"http://www.w3.org/2001/vxml\">{inside}</vxml>")
}

fn document(text: &str) -> Document {
    let Reading { document, diagnostics } = read(text, URI);
    document.unwrap_or_else(|| panic!("refused: {diagnostics:#?}"))
}

/// The first item of the first dialog of a document with this inside `<vxml>`.
fn item(inside: &str) -> Item {
    (*document(&vxml(inside)).dialogs[0].items[0]).clone()
}

/// What a block with this inside does.
fn block(inside: &str) -> Vec<Action> {
    match item(&format!("<form><block>{inside}</block></form>")).kind {
        ItemKind::Block(actions) => actions,
        other => panic!("not a block: {other:?}"),
    }
}

/// What the only prompt of a block with this inside says.
fn spoken(inside: &str) -> Vec<Piece> {
    match block(inside).as_slice() {
        [Action::Prompt(prompt)] => prompt.content.clone(),
        other => panic!("not one prompt: {other:?}"),
    }
}

fn text(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

/// The diagnostics as `severity code line:column`.
fn findings(text: &str) -> Vec<String> {
    let reading = read(text, URI);
    assert_eq!(reading.document.is_none(), reading.diagnostics.iter().any(Diagnostic::is_error));
    let line = |diagnostic: &Diagnostic| {
        let at = diagnostic.position.map(|at| format!("{}:{}", at.line, at.column)).unwrap_or_default();
        format!("{} {} {at}", if diagnostic.is_error() { "error" } else { "warning" }, diagnostic.code)
    };
    reading.diagnostics.iter().map(line).collect()
}

/// The codes of the errors of a document with this inside `<vxml>`.
fn errors(inside: &str) -> Vec<String> {
    let found = read(&vxml(inside), URI).diagnostics;
    found.into_iter().filter(Diagnostic::is_error).map(|diagnostic| diagnostic.code).collect()
}

/// The codes of the warnings of a document with this inside `<vxml>`, which is read all the same.
fn warnings(inside: &str) -> Vec<String> {
    let Reading { document, diagnostics } = read(&vxml(inside), URI);
    assert!(document.is_some(), "{diagnostics:#?}");
    diagnostics.into_iter().map(|diagnostic| diagnostic.code).collect()
}
