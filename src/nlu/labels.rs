//! By which names a caller may call a choice.

use super::announce::Announcement;
use super::commands::{self, Command};
use super::mapping::Entry;
use super::numbers;
use super::words::{Language, Words, among};
use crate::dialogue::{Choice, DtmfInput, Selection, Sensitive};
use std::sync::Arc;

/// A choice of the turn with everything that names it.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// The key, if it can be pressed now.
    pub(super) key: Option<String>,
    /// Its names, the most trusted first; no two are the same.
    pub(super) names: Vec<Arc<Name>>,
    /// What the application's own grammar understands for it.
    pub(super) phrases: Vec<String>,
    /// How the bridge calls it when it offers it.
    pub(super) label: Option<String>,
    /// The mapping's question whether it is meant.
    pub(super) confirmation: Option<String>,
    /// The universal command it stands for.
    pub(super) command: Option<Command>,
}

/// Where a name comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The mapping's label, the text of the choice or option, or its target.
    Label,
    /// What callers say for it, by the mapping.
    Example,
    /// The application's own speech grammar.
    Grammar,
    /// What the prompt says the key is for.
    Prompt,
}

/// One name of a choice.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) source: Source,
    pub(super) words: Words,
    /// How far it is trusted, from 0 to 1: less where it was only guessed from a target.
    pub(super) trust: f64,
    /// The universal command that a choice of this name stands for.
    command: Option<Command>,
}

impl Name {
    pub(super) fn of(text: &str, source: Source, trust: f64, language: Language) -> Self {
        let words = Words::of(text, language);
        let command = commands::meaning(&words.all, language);
        Self { text: text.to_owned(), source, words, trust, command }
    }
}

impl Named {
    /// The names of `choice`, in the order: mapping, its own text, its speech grammar, the prompt, its target.
    pub(super) fn of(
        choice: &Choice,
        dtmf: Option<DtmfInput>,
        entries: &[&Entry],
        announced: &[Announcement],
        lang: &str,
    ) -> Self {
        let language = Language::of(lang);
        let key = choice.key.clone().filter(|_| dtmf.is_some() || choice.phrases.is_empty());
        let phrases = choice.phrases.clone();
        let mut named = Self { key, names: Vec::new(), phrases, label: None, confirmation: None, command: None };
        let mine: Vec<&&Entry> = entries.iter().filter(|entry| entry.is_about(choice, language)).collect();
        let announced: Vec<&str> = announced
            .iter()
            .filter(|announcement| choice.key.as_deref() == Some(&announcement.key))
            .flat_map(|announcement| announcement.labels.iter().map(String::as_str))
            .collect();
        let mapped: Vec<_> = mine.iter().map(|entry| entry.names(lang)).collect();
        let labels = mapped.iter().filter_map(|names| names.label.as_ref());
        let synonyms = mapped.iter().flat_map(|names| &names.synonyms);
        for name in labels.chain(synonyms).chain(mapped.iter().flat_map(|names| &names.phrases)) {
            named.add(name.clone());
        }
        let own = choice.label.iter().map(|text| (text.as_str(), Source::Label));
        let grammar = choice.phrases.iter().map(|text| (text.as_str(), Source::Grammar));
        let announced = announced.into_iter().map(|text| (text, Source::Prompt));
        let spoken: Vec<(&str, Source)> = own.chain(grammar).chain(announced).collect();
        for (text, source) in &spoken {
            named.add(Arc::new(Name::of(text, *source, 1.0, language)));
        }
        named.label = mine
            .iter()
            .find_map(|entry| entry.label(lang).cloned())
            .or_else(|| spoken.iter().find(|(text, _)| is_label(text, language)).map(|(text, _)| (*text).to_owned()));
        named.confirmation = mine.iter().find_map(|entry| entry.confirmation(lang).cloned());
        let target = choice.target.as_deref().and_then(words_of_target);
        let target = target.map(|target| Arc::new(Name::of(&target, Source::Label, 0.95, language)));
        if let Some(target) = target.as_ref().filter(|_| named.label.is_none()) {
            named.add(target.clone());
            named.label = is_label(&target.text, language).then(|| target.text.clone());
        }
        named.command = named.names.iter().chain(&target).find_map(|name| name.command);
        named
    }

    fn add(&mut self, name: Arc<Name>) {
        if !name.words.is_empty() && !self.names.iter().any(|known| known.words.all == name.words.all) {
            self.names.push(name);
        }
    }

    /// The names from some sources.
    pub(super) fn names_from(&self, sources: &[Source]) -> Vec<&str> {
        self.names.iter().filter(|name| sources.contains(&name.source)).map(|name| name.text.as_str()).collect()
    }

    /// What saying `name` selects; `None` if the application could not understand it in any way.
    pub(super) fn selection(&self, name: Option<&str>) -> Option<Selection> {
        if let Some(key) = &self.key {
            return Some(Selection::Key(Sensitive(key.clone())));
        }
        let phrase = self.phrases.iter().find(|phrase| Some(phrase.as_str()) == name);
        phrase.or(self.phrases.first()).map(|phrase| Selection::Phrase(Sensitive(phrase.clone())))
    }
}

/// Whether a text says what a choice is, and does not just repeat its key ("two", "press two").
fn is_label(text: &str, language: Language) -> bool {
    let words = Words::of(text, language).core;
    let after_trigger =
        words.get(usize::from(matches!(words.first().map(String::as_str), Some("press" | "number" | "marque")))..);
    let just_a_key = after_trigger
        .and_then(|words| numbers::key(words, language).filter(|(_, used)| *used == words.len()))
        .is_some();
    !words.is_empty() && !just_a_key
}

/// "#lostCard" says "lost card", "pages/billing.vxml" says "billing".
fn words_of_target(target: &str) -> Option<String> {
    let path = target.split('?').next().unwrap_or_default();
    let name = match target.split_once('#') {
        Some((_, dialog)) if !dialog.is_empty() => dialog,
        _ => {
            let file = path.rsplit('/').next().unwrap_or_default();
            file.split_once('.').filter(|_| path.contains('/') || has_extension(file)).map_or(file, |(stem, _)| stem)
        }
    };
    let mut words: Vec<String> = Vec::new();
    let mut lower_before = false;
    for c in name.chars().take(80) {
        if !c.is_alphabetic() {
            lower_before = false;
            words.push(String::new());
            continue;
        }
        if c.is_uppercase() && lower_before {
            words.push(String::new());
        }
        lower_before = c.is_lowercase();
        if words.is_empty() {
            words.push(String::new());
        }
        if let Some(last) = words.last_mut() {
            last.extend(c.to_lowercase());
        }
    }
    let technical = |word: &str| among(word, "menu form frm dialog dlg page field event goto vxml mnu com org");
    words.retain(|word| word.chars().count() > 1);
    if words.iter().any(|word| !technical(word) && word != "main") {
        words.retain(|word| !technical(word));
    }
    (!words.is_empty()).then(|| words.join(" "))
}

fn has_extension(file: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, extension)| among(extension, "vxml xml jsp php asp aspx cgi do html py pl"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_split_into_words() {
        for (target, words) in [
            ("#lostCard", Some("lost card")),
            ("billing.vxml", Some("billing")),
            ("http://host/ivr/pay_bill.jsp?step=2", Some("pay bill")),
            ("main.vxml#agentTransfer", Some("agent transfer")),
            ("#main_menu", Some("main menu")),
            ("event.operator", Some("operator")),
            ("", None),
            ("#7", None),
        ] {
            assert_eq!(words_of_target(target).as_deref(), words, "{target}");
        }
    }

    #[test]
    fn a_key_word_is_no_label() {
        assert!(!is_label("two", Language::English));
        assert!(!is_label("press 2", Language::English));
        assert!(is_label("two tickets", Language::English));
    }
}
