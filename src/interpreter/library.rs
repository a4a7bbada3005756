use super::program::{Program, Refusal, sentence};
use crate::{
    dialogue::{Diagnostic, Dialect, InputMode, Position, Resource},
    grammar::{Grammar, Setting},
    vxml,
};
use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
};

/// Entries kept; a server that makes every page anew would fill memory otherwise.
const KEPT: usize = 4096;

/// Documents and grammars, compiled once and shared by all calls.
///
/// Compiled forms are found by all that they follow from: the URL they came from, the digest of their bytes (a changed
/// document is a new one), for a document the dialect it is read in, for a grammar the mode it is asked for, which holds where it names none itself.
#[derive(Debug, Default)]
pub struct Library {
    programs: RwLock<Shelf<(Source, Dialect), Program>>,
    grammars: RwLock<Shelf<(Source, Option<InputMode>), Grammar>>,
}

/// URL and digest.
type Source = (String, String);

type Shelf<K, T> = HashMap<K, Result<Arc<T>, Refusal>>;

impl Library {
    /// An empty library.
    pub fn new() -> Self {
        Self::default()
    }

    /// Compiles the document in a resource ahead of the first call that needs it; why it cannot be run otherwise.
    ///
    /// # Errors
    /// What is wrong with the document, in one line.
    pub fn prepare(&self, resource: &Resource, dialect: Dialect) -> Result<(), String> {
        self.program(resource, dialect).map(|_| ()).map_err(|refusal| refusal.why)
    }

    /// The document in a resource, ready to run; why not otherwise.
    pub(super) fn program(&self, resource: &Resource, dialect: Dialect) -> Result<Arc<Program>, Refusal> {
        shelved(&self.programs, (source(resource), dialect), || {
            let text = vxml::decode(&resource.body, resource.content_type.as_deref());
            let reading = vxml::read_as(&text, without_fragment(&resource.url), dialect);
            reading.document.map(|document| Arc::new(Program::compile(document))).ok_or_else(|| Refusal {
                event: "error.badfetch",
                why: unreadable(resource, &text, &reading.diagnostics),
            })
        })
    }

    /// The grammar in a resource, its references to other grammars still open; why not otherwise.
    pub(super) fn grammar(
        &self,
        resource: &Resource,
        media_type: Option<&str>,
        mode: Option<InputMode>,
    ) -> Result<Arc<Grammar>, Refusal> {
        shelved(&self.grammars, (source(resource), mode), || {
            let text = vxml::decode(&resource.body, resource.content_type.as_deref());
            // What the server says counts if it is about grammars at all (2.0 §3.1.1.4).
            let served = resource.content_type.as_deref().filter(|served| Grammar::is_telling(served));
            let media_type = media_type.or(served);
            let setting = Setting {
                uri: &resource.url,
                base: &resource.url,
                mode,
                lang: None,
                text_offset: Position { line: 1, column: 1, offset: 0 },
            };
            Grammar::read(&text, media_type, &setting).map(Arc::new).map_err(|problems| Refusal::of_grammar(&problems))
        })
    }
}

/// Why a document cannot be read; what a server sends in the place of one is said first.
fn unreadable(resource: &Resource, text: &str, problems: &[Diagnostic]) -> String {
    let page = without_query(&resource.url);
    let kind = resource.content_type.as_deref().unwrap_or("no content type");
    let start: String = text.trim_start().chars().take(15).flat_map(char::to_lowercase).collect();
    if start.is_empty() {
        return format!("{page}: the answer is empty ({kind}), a VoiceXML document was expected");
    }
    if start.starts_with("<html") || start.starts_with("<!doctype html") {
        let title = || text.split_once("<title>")?.1.split_once("</title>").map(|(title, _)| title.trim());
        let title = title().unwrap_or("without a title");
        return format!("{page}: an HTML page was received ({kind}; {title}), a VoiceXML document was expected");
    }
    sentence(problems)
}

fn source(resource: &Resource) -> Source {
    (resource.url.clone(), resource.digest.clone())
}

fn shelved<K: Eq + std::hash::Hash, T>(
    shelf: &RwLock<Shelf<K, T>>,
    key: K,
    make: impl FnOnce() -> Result<Arc<T>, Refusal>,
) -> Result<Arc<T>, Refusal> {
    // A poisoned shelf only means that another call panicked while it held it; its entries are whole.
    if let Some(found) = shelf.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(&key) {
        return found.clone();
    }
    let made = make();
    let mut shelf = shelf.write().unwrap_or_else(std::sync::PoisonError::into_inner);
    if shelf.len() >= KEPT {
        shelf.clear();
    }
    shelf.entry(key).or_insert(made).clone()
}

/// A URL as messages show it: its query may hold what the caller said.
pub(super) fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

/// A URL without its fragment.
pub(super) fn without_fragment(url: &str) -> &str {
    url.split('#').next().unwrap_or(url)
}
