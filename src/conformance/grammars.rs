//! Tests of grammars alone: inputs match, or do not, and mean something.

use super::files::content_type;
use super::manifest::{Case, Expected, Test};
use super::verdict::Outcome;
use crate::dialogue::{InputMode, Position};
use crate::grammar::{Grammar, Semantics, Setting, Verdict};
use crate::script::{Engine, Limits};
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// What the tags of one input may use.
const LIMITS: Limits = Limits { time: Duration::from_secs(2), heap: 16 << 20 };

/// Tries all inputs of a test.
pub(super) fn check(folder: &Path, test: &Test) -> Outcome {
    let grammar = load(folder, &test.start);
    for case in &test.cases {
        match (&grammar, case.expect) {
            (Err(_), Expected::Reject | Expected::MatchOrReject) => {}
            (Err(why), _) if test.optional && why.contains("unsupported") => return Outcome::LeftOut(why.clone()),
            (Err(why), _) => return Outcome::Failed(why.clone()),
            (Ok(_), Expected::Reject) => return Outcome::Failed("the grammar is not refused".to_owned()),
            (Ok(grammar), _) => {
                if let Some(why) = fault(grammar, case) {
                    return Outcome::Failed(format!("'{}' {why}", case.input));
                }
            }
        }
    }
    Outcome::Passed
}

/// What is wrong with what a grammar says to an input.
fn fault(grammar: &Grammar, case: &Case) -> Option<String> {
    let verdict = match grammar.mode() {
        InputMode::Dtmf => grammar.match_keys(&case.input),
        InputMode::Voice => grammar.match_words(&case.input),
    };
    match (&verdict, case.expect) {
        (Verdict::NoMatch | Verdict::Prefix, Expected::Nomatch) => None,
        (Verdict::Match { parse, .. }, Expected::Match | Expected::MatchOrReject) => {
            let expected = case.interpretation.as_ref()?;
            let found = match parse.semantics() {
                Semantics::None => Value::String(parse.utterance()),
                Semantics::Value(value) => value,
                Semantics::Program(program) => match evaluate(&program) {
                    Ok(value) => value,
                    Err(why) => return Some(why),
                },
            };
            (!same(&found, expected)).then(|| format!("means {found}, not {expected}"))
        }
        (Verdict::Match { .. }, _) => Some("matches".to_owned()),
        _ => Some("does not match".to_owned()),
    }
}

/// JSON equality that does not tell 1 from 1.0.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| same(value, other)))
        }
        _ => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        },
    }
}

fn evaluate(program: &str) -> Result<Value, String> {
    let engine = Engine::new(LIMITS, jiff::tz::TimeZone::UTC, "").map_err(|error| error.to_string())?;
    engine.begin_turn(0);
    engine.eval_alone(program).map_err(|error| error.to_string())
}

/// A grammar of the folder with all that it refers to.
fn load(folder: &Path, start: &str) -> Result<Grammar, String> {
    let path = folder.join(start).canonicalize().map_err(|error| format!("{start}: {error}"))?;
    let url = Url::from_file_path(&path).map_err(|()| format!("{start} is not a path"))?;
    let grammar = read(&url)?;
    let mut found = HashMap::new();
    let mut open = grammar.references().to_vec();
    while let Some(next) = open.pop() {
        if found.contains_key(&next) {
            continue;
        }
        let url = Url::parse(&next).map_err(|error| format!("{next}: {error}"))?;
        let other = read(&url)?;
        open.extend(other.references().iter().cloned());
        found.insert(next, Arc::new(other));
    }
    if found.is_empty() { Ok(grammar) } else { grammar.link(&found).map_err(first) }
}

fn read(url: &Url) -> Result<Grammar, String> {
    let path = url.to_file_path().map_err(|()| format!("{url} is not in the suite's folder"))?;
    let bytes = std::fs::read(&path).map_err(|error| format!("{url}: {error}"))?;
    let text = crate::vxml::decode(&bytes, None);
    let start = Position { line: 1, column: 1, offset: 0 };
    let uri = url.as_str();
    let setting = Setting { uri, base: uri, mode: Some(InputMode::Voice), lang: None, text_offset: start };
    Grammar::read(&text, Some(content_type(&path)), &setting).map_err(first)
}

fn first(problems: Vec<crate::dialogue::Diagnostic>) -> String {
    problems.first().map_or_else(|| "the grammar is refused".to_owned(), ToString::to_string)
}
