//! What a mapping says of states and keys that the documents do not have, and what it leaves without a name.

use crate::dialogue::{
    Diagnostic, Dialect, Dialog, Document, GrammarSource, GrammarText, InputMode, Item, ItemKind, Link, Piece,
    Position, Source,
};
use crate::grammar::{Grammar, Setting, Verdict};
use crate::nlu::{MappedState, Mapping, matches_state};
use crate::vxml;
use std::path::{Path, PathBuf};

/// Keys that a grammar lists, at most, to be looked for labels.
const LISTED: usize = 20;
/// A name that is less alike is not meant.
const ALIKE: f64 = 0.6;

/// A document that was read.
struct Read {
    file: String,
    text: String,
    document: Document,
}

/// A place that listens.
struct Place<'a> {
    name: String,
    read: &'a Read,
    dialog: &'a Dialog,
    item: &'a Item,
}

/// Findings about a mapping that can be read, held against the documents of its application.
pub(super) fn check(
    mapping: &Mapping,
    text: &str,
    file: &str,
    documents: &[PathBuf],
    dialect: Dialect,
) -> Vec<Diagnostic> {
    let read: Vec<Read> = documents.iter().filter_map(|path| Read::of(path, dialect)).collect();
    let places: Vec<Place<'_>> = read.iter().flat_map(Read::places).collect();
    if places.is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let states: Vec<MappedState<'_>> = mapping.mapped().collect();
    for state in &states {
        let meant: Vec<&Place<'_>> = places.iter().filter(|place| matches_state(state.pattern, &place.name)).collect();
        if meant.is_empty() {
            let message = format!("no state of the documents is `{}`", state.pattern);
            let finding = Diagnostic::warning("mapping-unknown-state", file, message);
            findings.push(finding.at(text, state.at.start, state.at.end).help(nearest(state.pattern, &places)));
            continue;
        }
        for choice in &state.choices {
            let Some(key) = choice.key else { continue };
            if !meant.iter().any(|place| place.takes(key, &read)) {
                let message = format!("no choice of `{}` has the key {key}", state.pattern);
                let finding = Diagnostic::warning("mapping-unknown-key", file, message);
                let help = "look the key up in the document, or name the choice by a `phrase` of its grammar";
                findings.push(finding.at(text, choice.at.start, choice.at.end).help(help));
            }
        }
    }
    findings.extend(places.iter().flat_map(|place| place.nameless(&states)));
    findings
}

impl Read {
    fn of(path: &Path, dialect: Dialect) -> Option<Self> {
        let text = vxml::decode(&std::fs::read(path).ok()?, None);
        let file = path.display().to_string();
        let (document, _) = vxml::inspect(&text, &file, dialect);
        Some(Self { file, text, document: document?.clone() })
    }

    fn places(&self) -> impl Iterator<Item = Place<'_>> {
        let document = self.file.replace('\\', "/");
        self.document.dialogs.iter().enumerate().flat_map(move |(at, dialog)| {
            let id = dialog.id.clone().unwrap_or_else(|| format!("@{}", at + 1));
            let document = document.clone();
            dialog.items.iter().enumerate().filter(|(_, item)| listens(item)).map(move |(at, item)| {
                let item_name = if item.named { item.name.to_string() } else { format!("@{}", at + 1) };
                Place { name: format!("{document}#{id}/{item_name}"), read: self, dialog, item }
            })
        })
    }

    /// Whether it is the application root that another document names.
    fn is_root_of(&self, other: &Document) -> bool {
        let root = other.application.as_deref().and_then(|root| root.split(['?', '#']).next());
        root.is_some_and(|root| self.file.replace('\\', "/").ends_with(root.trim_start_matches(['.', '/'])))
    }
}

fn listens(item: &Item) -> bool {
    matches!(
        item.kind,
        ItemKind::Field(_) | ItemKind::Menu(_) | ItemKind::Initial | ItemKind::Transfer(_) | ItemKind::Record(_)
    )
}

impl Place<'_> {
    /// Whether some input here is this key; where a grammar is not in the document, it may be.
    fn takes(&self, key: &str, read: &[Read]) -> bool {
        let own = self.item.grammars.iter().any(|grammar| may_take(grammar, key, &self.read.document));
        let of_kind = match &self.item.kind {
            ItemKind::Menu(_) => keys_of_menu(self.item).any(|(known, _)| known == key),
            ItemKind::Field(field) => {
                let builtin = field.builtin.as_deref().map(|name| Grammar::builtin(name, InputMode::Dtmf, "en-US"));
                let of_builtin = builtin.is_some_and(|grammar| grammar.is_ok_and(|grammar| takes(&grammar, key)));
                of_builtin || field.options.iter().any(|option| option.dtmf.as_deref() == Some(key))
            }
            _ => false,
        };
        let dialog = self.dialog;
        let of_dialog = dialog.grammars.iter().any(|grammar| may_take(grammar, key, &self.read.document));
        own || of_kind
            || of_dialog
            || of_links(&self.item.links, key, &self.read.document)
            || of_links(&dialog.links, key, &self.read.document)
            || of_document(&self.read.document, key)
            || of_root(&self.read.document, key, read)
    }

    /// Choices that a caller only knows by a sound, and that the mapping gives no label.
    fn nameless(&self, states: &[MappedState<'_>]) -> Vec<Diagnostic> {
        let pieces: Vec<&Piece> = self.item.prompts.iter().flat_map(|prompt| &prompt.content).collect();
        if !pieces.iter().any(|piece| is_sound(piece)) || pieces.iter().any(|piece| has_words(piece)) {
            return Vec::new();
        }
        let labelled = |key: &str| {
            let mine = states.iter().filter(|state| matches_state(state.pattern, &self.name));
            mine.flat_map(|state| &state.choices).any(|choice| choice.key == Some(key) && choice.is_labelled)
        };
        let finding = |(key, at): (String, Position)| {
            let message = format!("key {key} has no name: the prompts are only audio, and no mapping labels it");
            let mut finding = Diagnostic::warning("audio-only", &self.read.file, message);
            finding.position = Some(at);
            let line = self.read.text.lines().nth((at.line as usize).saturating_sub(1));
            finding.source_line = line.map(str::to_owned);
            finding.help(format!("give it a `label` in the mapping, under match = \"{}\"", short(&self.name)))
        };
        self.unnamed_keys().into_iter().filter(|(key, _)| !labelled(key)).map(finding).collect()
    }

    /// Keys that neither a text nor a speech grammar names.
    fn unnamed_keys(&self) -> Vec<(String, Position)> {
        match &self.item.kind {
            ItemKind::Menu(_) => keys_of_menu(self.item)
                .filter(|(_, named)| named.is_none())
                .map(|(key, _)| (key.to_owned(), self.item.at))
                .collect(),
            ItemKind::Field(field) => {
                let options = field.options.iter().filter(|option| option.text.is_empty());
                let options = options.filter_map(|option| Some((option.dtmf.clone()?, option.at)));
                let grammars: Vec<Grammar> =
                    self.item.grammars.iter().filter_map(|source| compile(source, &self.read.document)).collect();
                if grammars.iter().any(|grammar| grammar.mode() == InputMode::Voice) {
                    return Vec::new();
                }
                let listed = grammars.iter().filter_map(|grammar| grammar.enumerate(LISTED)).flatten();
                let listed = listed.map(|(keys, _)| (keys.concat(), self.item.at));
                options.chain(listed).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The keys of a menu, with what names each.
fn keys_of_menu(item: &Item) -> impl Iterator<Item = (&str, Option<&str>)> {
    let choices = item.kind.as_menu().into_iter().flat_map(|menu| &menu.choices);
    choices.filter_map(|choice| {
        let named = (!choice.text.is_empty()).then_some(choice.text.as_str());
        let named = named.or((!choice.grammars.is_empty()).then_some("its grammar"));
        Some((choice.dtmf.as_deref()?, named))
    })
}

fn of_links<'a>(links: impl IntoIterator<Item = &'a std::sync::Arc<Link>>, key: &str, document: &Document) -> bool {
    links.into_iter().any(|link| {
        link.dtmf.as_deref() == Some(key) || link.grammars.iter().any(|grammar| may_take(grammar, key, document))
    })
}

/// Whether a key is taken in the whole document.
fn of_document(document: &Document, key: &str) -> bool {
    let dialogs = || document.dialogs.iter().filter(|dialog| dialog.document_scope);
    let menus = dialogs().flat_map(|dialog| &dialog.items).flat_map(|item| keys_of_menu(item));
    let mut grammars = document.dialogs.iter().flat_map(|dialog| &dialog.document_grammars);
    of_links(&document.links, key, document)
        || menus.into_iter().any(|(known, _)| known == key)
        || grammars.any(|grammar| may_take(grammar, key, document))
}

/// Whether a key is taken by the application root; one that is not at hand may take any.
fn of_root(document: &Document, key: &str, read: &[Read]) -> bool {
    if document.application.is_none() {
        return false;
    }
    let mut roots = read.iter().filter(|other| other.is_root_of(document)).peekable();
    roots.peek().is_none() || roots.any(|root| of_document(&root.document, key))
}

fn may_take(source: &GrammarSource, key: &str, document: &Document) -> bool {
    match &source.text {
        GrammarText::Reference(Source::Literal(uri)) if uri.trim_start().starts_with("builtin:") => {
            Grammar::builtin(uri.trim(), InputMode::Dtmf, "en-US").is_ok_and(|grammar| takes(&grammar, key))
        }
        GrammarText::Reference(_) => source.mode != Some(InputMode::Voice),
        _ => compile(source, document).is_none_or(|grammar| takes(&grammar, key)),
    }
}

fn takes(grammar: &Grammar, key: &str) -> bool {
    grammar.mode() == InputMode::Dtmf && matches!(grammar.match_keys(key), Verdict::Match { .. })
}

/// A grammar that stands in the document.
fn compile(source: &GrammarSource, document: &Document) -> Option<Grammar> {
    let (GrammarText::Xml(text) | GrammarText::Text(text)) = &source.text else { return None };
    let lang = source.lang.as_deref().or(document.lang.as_deref());
    let setting =
        Setting { uri: &document.uri, base: &document.uri, mode: source.mode, lang, text_offset: source.text_at };
    Grammar::read(text, source.media_type.as_deref(), &setting).ok()
}

fn is_sound(piece: &Piece) -> bool {
    match piece {
        Piece::Audio { .. } => true,
        Piece::Foreach { body, .. } => body.iter().any(is_sound),
        Piece::Element { children, .. } => children.iter().any(is_sound),
        _ => false,
    }
}

fn has_words(piece: &Piece) -> bool {
    match piece {
        Piece::Text(text) => text.chars().any(char::is_alphanumeric),
        Piece::Value(_) | Piece::Enumerate(_) => true,
        Piece::Audio { fallback, .. } => fallback.iter().any(has_words),
        Piece::Foreach { body, .. } => body.iter().any(has_words),
        Piece::Element { children, .. } => children.iter().any(has_words),
        Piece::Mark(_) => false,
    }
}

/// The state that may have been meant.
fn nearest(pattern: &str, places: &[Place<'_>]) -> String {
    let depth = if pattern.contains('/') { 2 } else { usize::from(pattern.contains('#')) };
    let parts = |name: &str| name.split(['#', '/']).take(depth + 1).collect::<Vec<_>>().join("#");
    let wanted = parts(pattern);
    let alike = |place: &Place<'_>| strsim::normalized_damerau_levenshtein(&wanted, &parts(short(&place.name)));
    let best = places.iter().max_by(|a, b| alike(a).total_cmp(&alike(b))).filter(|place| alike(place) >= ALIKE);
    match best {
        Some(place) => format!("is {} meant?", short(&place.name)),
        None => "a state is named document#dialog/item; the transcript of a call shows the names".to_owned(),
    }
}

/// A state's name without the folders of its document.
fn short(state: &str) -> &str {
    let (document, _) = state.split_once('#').unwrap_or((state, ""));
    let from = document.rfind('/').map_or(0, |slash| slash + 1);
    state.get(from..).unwrap_or(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MENU: &str = "<vxml version=\"2.1\"><link dtmf=\"0\" event=\"agent\"/><menu id=\"main\" dtmf=\"true\">\n\
        <prompt><audio src=\"menu.wav\"/></prompt>\n<choice next=\"#a\">billing</choice><choice next=\"#b\"/></menu>\n\
        <form id=\"a\"><field name=\"n\" type=\"digits\"><prompt>Number?</prompt></field></form><form id=\"b\"/></vxml>";

    fn checked(mapping: &str) -> Vec<Diagnostic> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("main.vxml");
        std::fs::write(&path, MENU).unwrap();
        check(&Mapping::parse(mapping, "m.toml").unwrap(), mapping, "m.toml", &[path], Dialect::Standard)
    }

    fn found(mapping: &str) -> Vec<(String, u32)> {
        let line = |finding: &Diagnostic| finding.position.map_or(0, |at| at.line);
        checked(mapping).iter().map(|finding| (finding.code.clone(), line(finding))).collect()
    }

    #[test]
    fn patterns_and_keys_that_the_documents_lack_are_told_of() {
        let text = "[[state]]\nmatch = \"main.vxml#mian\"\n[[state]]\nmatch = \"main.vxml#main\"\n\
                    [[state.choice]]\nkey = \"2\"\nlabel = \"b\"\n[[state.choice]]\nkey = \"7\"\n";
        let expected = [("mapping-unknown-state", 2), ("mapping-unknown-key", 8)];
        assert_eq!(found(text), expected.map(|(code, line)| (code.to_owned(), line)));
        assert!(checked(text)[0].help.as_deref().is_some_and(|help| help.contains("main.vxml#main/@1")));
    }

    #[test]
    fn keys_of_links_and_builtin_types_are_known() {
        let text = "[[state]]\nmatch = \"*\"\n[[state.choice]]\nkey = \"0\"\n[[state]]\nmatch = \"#a/n\"\n\
                    [[state.choice]]\nkey = \"42\"\n[[state]]\nmatch = \"#main\"\n[[state.choice]]\nkey = \"2\"\nlabel = \"b\"";
        assert_eq!(found(text), []);
    }

    #[test]
    fn choices_that_are_only_heard_need_a_label() {
        assert_eq!(found(""), [("audio-only".to_owned(), 1)]);
        assert_eq!(found("[[state]]\nmatch = \"#main\"\n[[state.choice]]\nkey = \"2\"\nlabel = \"claims\"\n"), []);
    }
}
