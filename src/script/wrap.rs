//! The source text an expression, an assignment or a program is compiled from.
//!
//! All forms are functions of the chain's objects, outermost first; every level gets a `with`, so that the nearest
//! scope wins and closures keep seeing the live variables.

use super::declared::declared;
use std::fmt::Write;

/// Scopes in a chain at most: names, session, application, document, dialog, anonymous, and one nested block.
pub(super) const LEVELS: usize = 7;

/// `return (expression)` inside the chain.
pub(super) fn expression(source: &str) -> String {
    within(&format!("return ({}\n);", trimmed(source)))
}

/// The value of the last statement, for what old platforms took as an "expression": several statements.
pub(super) fn statements(source: &str) -> String {
    within(&format!("return eval({});", serde_json::Value::from(source)))
}

/// `name = value` inside the chain; a name nobody declared is an error (VoiceXML 2.0 §5.3.2), and so is one that does
/// not take the value, as session variables do not (§5.1.4): sloppy code would pass over it in silence.
pub(super) fn assignment(name: &str) -> String {
    let mut check = format!("{name};");
    if let Some((scope @ ("application" | "document" | "dialog"), variable)) = name.split_once('.')
        && !variable.contains(['.', '['])
    {
        check = format!("if (!(\"{variable}\" in {scope})) throw new ReferenceError(\"{name} is not declared\");");
    }
    let taken = format!("if ($value == $value && {name} != $value) throw new TypeError(\"it is read-only\");");
    within(&format!("{check} {name} = $value; {taken}"))
}

/// A whole program inside the chain, its top-level declarations made variables of `$target`.
pub(super) fn program(source: &str) -> String {
    let found = declared(source);
    let mut body = String::new();
    for name in &found.variables {
        let _ = write!(body, "if (!(\"{name}\" in $target)) $target.{name} = undefined;");
    }
    for name in &found.functions {
        let _ = write!(body, "$target.{name} = {name};");
    }
    // `<!--` and `-->` around a program were the habit of the time; inside a function body they would not parse.
    let source = source.trim().trim_start_matches("<!--").trim_end_matches("-->");
    body.push('\n');
    body.push_str(source);
    body.push('\n');
    for name in found.bindings.iter().filter(|name| !found.functions.contains(name)) {
        let _ = write!(body, "$target.{name} = {name};");
    }
    within(&body)
}

fn within(body: &str) -> String {
    let mut text = String::from("(function ($0, $1, $2, $3, $4, $5, $6, $value, $target) { ");
    for level in 0..LEVELS {
        let _ = write!(text, "with (${level}) ");
    }
    let _ = write!(text, "{{ {body} }} }})");
    text
}

/// Old documents end expressions in semicolons.
fn trimmed(source: &str) -> &str {
    source.trim().trim_end_matches(|c: char| c == ';' || c.is_whitespace())
}
