//! Scripts of a parse as one ECMAScript (ES5) expression.

use super::parse::joined;
use super::rules::Rules;
use super::semantics::{Frame, Meaning, Part};
use super::tags::Tag;
use serde_json::Value;
use std::fmt::Write;

/// The expression for a rule's match: a function called on the spot, in which the tags run in order between the
/// results of the rules referred to. Those are worked out outside of it: a rule's variables are its own (SISR 1.0 §3.2).
pub(super) fn of_rule(rules: &Rules, frame: &Frame) -> String {
    let mut body = String::from(PRELUDE);
    let mut results: Vec<String> = Vec::new();
    for part in &frame.parts {
        // Writing to a String cannot fail.
        let _ = match part {
            Part::Sub { name, text, meaning } => {
                let (name, text) = (quoted(name), quoted(text));
                let value = match meaning {
                    Meaning::Value(value) => literal(value),
                    Meaning::Code(code) => {
                        results.push(format!("function(){{return {code};}}"));
                        format!("__results[{}]()", results.len() - 1)
                    }
                };
                writeln!(body, "__latest=rules[{name}]={value};__meta=meta[{name}]={{text:{text},score:1}};")
            }
            Part::Tag(tag, words) => match &rules.tags[*tag as usize] {
                Tag::Literal(text) => writeln!(body, "out={};", quoted(text)),
                Tag::Script { code, .. } if code.contains("meta") => {
                    let text = joined(rules.mode, frame.text.iter().take(*words).map(String::as_str));
                    writeln!(body, "__text={};{code}\n;", quoted(&text))
                }
                Tag::Script { code, .. } => writeln!(body, "{code}\n;"),
                Tag::Slots(_) => Ok(()),
            },
        };
    }
    format!("(function(__results){{{body}return out;}})([{}])", results.join(","))
}

/// The expression of a rule with the global tags of its grammar around it, unless it is referred to (`from`) by a rule
/// of the same grammar, which has them around already.
pub(super) fn with_globals(rules: &Rules, code: String, rule: u32, from: u32) -> String {
    let source = |rule: u32| rules.rules.get(rule as usize).map(|rule| rule.source);
    let globals = match source(rule) {
        own if own == source(from) => return code,
        own => own.and_then(|own| rules.sources.get(own as usize)).map_or(&[][..], |source| &source.globals),
    };
    if globals.is_empty() { code } else { format!("(function(){{{}\n;return {code};}})()", globals.join("\n;")) }
}

/// `rules` and `meta` of SISR 1.0 §3.3; `latest` and `current` are hidden by rules of these names.
const PRELUDE: &str = "var out={},__latest,__meta,__text='',\
    rules={latest:function(){return __latest;}},\
    meta={current:function(){return {text:__text,score:1};},latest:function(){return __meta;}};\n";

fn literal(value: &Value) -> String {
    // An object written in JSON is the same in ECMAScript, but for two line ends that older engines refuse in strings.
    value.to_string().replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

fn quoted(text: &str) -> String {
    literal(&Value::String(text.to_owned()))
}
