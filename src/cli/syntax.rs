//! What a document's expressions and scripts look like to the script engine, without running them.

use crate::dialogue::{Diagnostic, Document, Expr};
use crate::script::{Engine, Limits, ScriptError};
use jiff::tz::TimeZone;
use serde_json::Value;
use std::time::Duration;

/// What a syntax check may use.
const LIMITS: Limits = Limits { time: Duration::from_secs(1), heap: 64 << 20 };

/// A warning for every expression, condition and script of a document that is no ECMAScript. No error: a branch that is
/// never taken may hold nonsense, and the document runs all the same.
pub(super) fn check_syntax(document: &Document, file: &str) -> Vec<Diagnostic> {
    let Ok(engine) = Engine::new(LIMITS, TimeZone::UTC, "") else { return Vec::new() };
    let mut findings = Vec::new();
    for (expr, is_program) in expressions(document) {
        engine.begin_turn(0);
        if let Err(ScriptError::Semantic(why)) = engine.check(&expr.source, is_program) {
            let kind = if is_program { "script" } else { "expression" };
            let mut finding =
                Diagnostic::warning("script-syntax", file, format!("this {kind} is no ECMAScript: {why}"));
            finding.position = Some(expr.at);
            finding.length = expr.source.lines().next().map_or(1, |line| line.chars().count().max(1)) as u32;
            findings.push(finding.help("where it is evaluated the caller gets error.semantic"));
        }
    }
    findings
}

/// Every expression of a document and whether it is a program. They are found in the document's serialised form, as an
/// object of source and place, so that none is forgotten wherever the dialogue model has one.
fn expressions(document: &Document) -> Vec<(Expr, bool)> {
    let mut found = Vec::new();
    let mut open = vec![(serde_json::to_value(document).unwrap_or_default(), false)];
    while let Some((value, is_program)) = open.pop() {
        match value {
            Value::Object(fields)
                if fields.len() == 2 && fields.contains_key("source") && fields.contains_key("at") =>
            {
                found.extend(serde_json::from_value(Value::Object(fields)).ok().map(|expr| (expr, is_program)));
            }
            // An inline script stands as `program: Ok(…)`, one that is fetched as `program: Err(reference)`.
            Value::Object(fields) => open.extend(fields.into_iter().map(|(name, inner)| match inner {
                Value::Object(mut inner) if name == "program" && inner.contains_key("Ok") => {
                    (inner.remove("Ok").unwrap_or_default(), true)
                }
                inner => (inner, false),
            })),
            Value::Array(items) => open.extend(items.into_iter().map(|item| (item, false))),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(body: &str) -> Vec<(u32, String)> {
        let text = format!("<vxml version=\"2.1\"><form>\n{body}\n</form></vxml>");
        let document = crate::vxml::read(&text, "a.vxml").document.unwrap();
        let found = check_syntax(&document, "a.vxml");
        found.iter().map(|finding| (finding.position.unwrap().line, finding.message.clone())).collect()
    }

    #[test]
    fn nonsense_is_found_wherever_it_stands() {
        for wrong in [
            "<var name='x' expr='1 +'/>",
            "<block cond='a b'/>",
            "<block><if cond='('>x<elseif cond='true'/>y</if></block>",
            "<block><prompt cond='))'>x</prompt></block>",
            "<block>You have <value expr='1 2'/> left</block>",
            "<block><goto expr='\"a'/></block>",
            "<block><script>function f( {</script></block>",
            "<field name='f'><catch event='x' cond='&amp;&amp;'/></field>",
            "<subdialog src='a.vxml'><param name='p' expr='['/></subdialog>",
        ] {
            let found = findings(wrong);
            assert!(found.len() == 1 && found[0].0 == 2 && found[0].1.contains("no ECMAScript"), "{wrong}: {found:?}");
        }
    }

    #[test]
    fn what_is_ecmascript_is_left_alone_and_never_run() {
        let body = "<var name='x' expr='f(1)'/><block><script>while (true) {}</script><assign name='y' expr='{a: 1}'/>\n\
            <script src='missing.js'/><if cond='x == null &amp;&amp; y.z'>a</if></block>";
        assert_eq!(findings(body), []);
    }
}
