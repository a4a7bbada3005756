//! Scripts of a parse as one ECMAScript (ES5) expression.

use super::parse::joined;
use super::rules::Rules;
use super::semantics::{Frame, Meaning, Part};
use super::tags::Tag;
use serde_json::Value;
use std::fmt::Write;

/// The expression for a rule's match: a function called on the spot, in which the tags run in order between the
/// results of the rules referred to. `from` is the rule that refers to it.
pub(super) fn of_rule(rules: &Rules, frame: &Frame, from: u32) -> String {
    let mut body = String::from(PRELUDE);
    for part in &frame.parts {
        // Writing to a String cannot fail.
        let _ = match part {
            Part::Sub { name, text, meaning } => {
                let (name, text) = (quoted(name), quoted(text));
                let value = match meaning {
                    Meaning::Value(value) => literal(value),
                    Meaning::Code(code) => code.clone(),
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
    let rule = format!("(function(){{{body}return out;}})()");
    let source = |rule: u32| rules.rules.get(rule as usize).map(|rule| rule.source);
    let globals = match source(frame.rule) {
        own if own == source(from) => return rule,
        own => own.and_then(|own| rules.sources.get(own as usize)).map_or(&[][..], |source| &source.globals),
    };
    if globals.is_empty() { rule } else { format!("(function(){{{}\n;return {rule};}})()", globals.join("\n;")) }
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
