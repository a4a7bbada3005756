//! What the fuzz targets have in common.

use voxbridge::grammar::{Grammar, Setting, Verdict};

/// Utterances that every notation and language has something to do with.
const SAID: &[&str] = &["", "yes", "one two three", "12.50", "next tuesday at half past four", "no, quiero pagar"];
/// Keys likewise.
const PRESSED: &[&str] = &["", "1", "0123456789", "*", "#", "12*50", "a"];
/// Sentences of a grammar that are looked at.
const SENTENCES: usize = 50;

/// A grammar that stands in a file of its own.
pub fn setting() -> Setting<'static> {
    const URI: &str = "http://127.0.0.1/app/it.grxml";
    Setting { uri: URI, base: URI, mode: None, lang: Some("en-US"), text_offset: Default::default() }
}

/// Asks a grammar all that a call asks of it: how long its inputs are, what they are, and what some input means.
pub fn exercise(grammar: &Grammar, own: &str) {
    let extent = grammar.extent();
    assert!(extent.longest.is_none_or(|longest| longest >= extent.shortest), "{extent:?}");
    for input in SAID.iter().copied().chain([own]) {
        understand(grammar.match_words(input));
    }
    for input in PRESSED.iter().copied().chain([own]) {
        understand(grammar.match_keys(input));
    }
    for (_, parse) in grammar.enumerate(SENTENCES).unwrap_or_default() {
        parse.semantics();
        understand(grammar.match_words(&parse.utterance()));
        understand(grammar.match_keys(&parse.utterance()));
    }
}

fn understand(verdict: Verdict) {
    if let Some(parse) = verdict.parse() {
        parse.utterance();
        parse.semantics();
        parse.rules().count();
    }
}

/// The last line of an input, for what is said or pressed, and all before it.
pub fn split_last_line(text: &str) -> (&str, &str) {
    text.trim_end_matches('\n').rsplit_once('\n').unwrap_or((text, ""))
}
