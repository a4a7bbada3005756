//! What grammars do, from their text to what an input means.

mod abnf;
mod builtins;
mod generated;
mod gsl;
mod jsgf;
mod matching;
mod meaning;
mod notation;
mod reading;
mod srgs;

use super::*;
use serde_json::Value;

const HERE: &str = "http://example.com/app/g.grxml";

fn setting() -> Setting<'static> {
    Setting {
        uri: HERE,
        base: HERE,
        mode: None,
        lang: Some("en-US"),
        text_offset: Position { line: 1, column: 1, offset: 0 },
    }
}

/// A grammar in any notation, by its look or its type.
fn read(text: &str, media_type: Option<&str>) -> Grammar {
    Grammar::read(text, media_type, &setting()).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

/// What is wrong first, as `line:column code`.
fn refused(text: &str, media_type: Option<&str>) -> String {
    let errors = Grammar::read(text, media_type, &setting()).unwrap_err();
    let error = errors.into_iter().find(Diagnostic::is_error).unwrap();
    let position = error.position.unwrap();
    format!("{}:{} {}", position.line, position.column, error.code)
}

/// A grammar of these rules; the first attributes say the rest.
fn grammar(attributes: &str, rules: &str) -> Grammar {
    let text = format!("<grammar version='1.0' root='r' {attributes}>{rules}</grammar>");
    Grammar::srgs_xml(&text, &setting()).unwrap()
}

fn voice(rule: &str) -> Grammar {
    grammar("mode='voice'", &format!("<rule id='r' scope='public'>{rule}</rule>"))
}

fn dtmf(rule: &str) -> Grammar {
    grammar("mode='dtmf'", &format!("<rule id='r' scope='public'>{rule}</rule>"))
}

/// The codes of what is wrong with a text.
fn errors(text: &str) -> Vec<Diagnostic> {
    Grammar::srgs_xml(text, &setting()).unwrap_err()
}

/// `no`, `prefix`, `match` or `match+`.
fn short(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::NoMatch => "no",
        Verdict::Prefix => "prefix",
        Verdict::Match { more: false, .. } => "match",
        Verdict::Match { more: true, .. } => "match+",
    }
}

fn says(grammar: &Grammar, words: &str) -> &'static str {
    short(&grammar.match_words(words))
}

fn keys(grammar: &Grammar, keys: &str) -> &'static str {
    short(&grammar.match_keys(keys))
}

fn heard(grammar: &Grammar, words: &str) -> String {
    grammar.match_words(words).parse().unwrap().utterance()
}

fn value(semantics: Semantics) -> Value {
    match semantics {
        Semantics::Value(value) => value,
        other => panic!("no plain value: {other:?}"),
    }
}

fn means(grammar: &Grammar, words: &str) -> Value {
    value(grammar.match_words(words).parse().unwrap().semantics())
}

fn keyed(grammar: &Grammar, keys: &str) -> Value {
    value(grammar.match_keys(keys).parse().unwrap().semantics())
}

impl Grammar {
    /// The steps that matching some keys takes; `None` if it is given up.
    fn steps_for_keys(&self, keys: &str) -> Option<usize> {
        let input = Input::of_keys(&self.rules, keys)?;
        Table::fill(&self.rules, &input, self.start).map(|table| table.steps)
    }
}
