//! A plain expression has the value it has when it is compiled.

use super::parse;
use crate::script::{Chain, Engine, Limits, ScriptError, sources::Form};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::{sync::Arc, time::Duration};

fn world() -> (Engine, Chain) {
    let limits = Limits { time: Duration::from_secs(60), heap: 16 << 20 };
    let engine = Engine::new(limits, jiff::tz::TimeZone::UTC, "CA1").unwrap();
    let (outer, inner) = (engine.scope().unwrap(), engine.scope().unwrap());
    let chain = engine.chain(&[("application", &outer), ("dialog", &inner)]).unwrap();
    for (scope, name, value) in [
        (&outer, "x", json!("outer")),
        (&outer, "list", json!([1, "two", {"three": 3}])),
        (&inner, "x", json!(7)),
        (&inner, "text", json!("7")),
        (&inner, "nothing", json!(null)),
        (&inner, "yes", json!(true)),
        (&inner, "half", json!(0.5)),
        (&inner, "person", json!({"name": "Ms. O", "age": 41})),
    ] {
        engine.declare(scope, name, &engine.value(&value).unwrap()).unwrap();
    }
    let script = "var unset; function me() { return this === dialog ? 'dialog' : typeof this; } \
        function sum(a, b) { return a + b; } function count() { return arguments.length; } function Thing(a) { this.a = a; } \
        var half_a_pair = '\\ud83d'; var method = { f: function () { return this === method; } };";
    engine.run_program(&chain, &script.into()).unwrap();
    (engine, chain)
}

fn both(engine: &Engine, chain: &Chain, source: &str) -> (Result<Json, ScriptError>, Result<Json, ScriptError>) {
    let source: Arc<str> = source.into();
    let shown = |ctx: &rquickjs::Ctx<'_>, value: rquickjs::Value<'_>| {
        let kind = value.type_name();
        let written = value.get::<rquickjs::Coerced<String>>().map(|text| text.0).unwrap_or_default();
        ctx.catch();
        Ok(json!([if kind == "int" { "float" } else { kind }, written]))
    };
    let tree = parse(&source).unwrap_or_else(|| panic!("{source} is not plain"));
    let plainly = engine.run(|ctx| {
        let value = engine.scene(ctx, chain)?.value(&tree)?;
        shown(ctx, value)
    });
    let compiled = engine.in_chain(Form::Expression, &source, chain, None, None, |ctx, value| shown(ctx, value));
    (plainly, compiled)
}

#[test]
fn expressions_of_documents_have_the_values_the_engine_gives_them() {
    let (engine, chain) = world();
    for source in [
        "x",
        "application.x",
        "dialog.x + application.x",
        "list[1]",
        "list[2].three",
        "list.length",
        "list['length']",
        "person.name.length",
        "person.name.charAt(0)",
        "text.length",
        "text * 2",
        "text - 1",
        "text + 1",
        "x + text",
        "x == text",
        "x === text",
        "x != text",
        "x !== text",
        "nothing == undefined",
        "nothing === undefined",
        "nothing == 0",
        "person == person",
        "person == 'x'",
        "person != nothing",
        "yes == 1",
        "yes === true",
        "'a' < 'b'",
        "'B' < 'a'",
        "'10' < 9",
        "nothing < 1",
        "undefined < 1",
        "x < 8 && x > 6",
        "x >= 7",
        "x <= 6",
        "0 || 'no'",
        "'' && missing",
        "yes ? 'a' : missing",
        "!x",
        "!!nothing",
        "-x",
        "-text",
        "-half",
        "0 * -1",
        "1 / (0 * -1)",
        "7 % 3",
        "-7 % 3",
        "5.5 % 2",
        "1 / 0",
        "0 / 0",
        "NaN == NaN",
        "1 + 2 + 'a'",
        "'a' + 1 + 2",
        "'a' + nothing",
        "'a' + undefined",
        "person + ''",
        "list + ''",
        "'' + half",
        "typeof x",
        "typeof missing",
        "typeof nothing",
        "typeof list",
        "typeof sum",
        "typeof person.none",
        "me()",
        "dialog.me()",
        "sum(1, 2)",
        "sum('a', x)",
        "count()",
        "count(1, undefined)",
        "method.f()",
        "method['f']()",
        "new Thing(3).a",
        "new Thing().a",
        "new Date(0).getTime()",
        "new Date(0)",
        "Math.max(1, x)",
        "parseInt('12abc', 10)",
        "String(x)",
        "Number(text)",
        "isNaN('a')",
        "application.list.join('-')",
        "'abc'.indexOf('c')",
        "half_a_pair + 'x' == half_a_pair + 'x'",
        "half_a_pair == 'x'",
        "'\\u00e9' == 'é'",
        "Thing.prototype.constructor == Thing",
        "'it\\'s'",
        "\"a\\\\b\\n\"",
        "12.50",
        ".5 + .25",
        "2147483647 + 1",
        "0.1 + 0.2",
        "1e3",
        // What throws.
        "missing",
        "missing.name",
        "nothing.name",
        "nothing['name']",
        "undefined.name",
        "person.none.name",
        "missing()",
        "person()",
        "person.none()",
        "nothing()",
        "nothing.f()",
        "text.none()",
        "new person()",
        "new missing()",
        "x()",
        "sum(missing)",
        "missing + 1",
        "list[missing]",
    ] {
        if parse(source).is_none() {
            assert!(source.contains('\\') || source == "1e3", "{source}");
            continue;
        }
        let (plainly, compiled) = both(&engine, &chain, source);
        assert_eq!(plainly, compiled, "{source}");
    }
}

fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "x",
        "text",
        "nothing",
        "yes",
        "half",
        "undefined",
        "person",
        "list",
        "missing",
        "0",
        "1",
        "2.5",
        "''",
        "'7'",
        "'abc'",
        "true",
        "null",
        "person.age",
        "list[0]",
        "count()",
        "me()",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(4, 24, 3, |inner| {
        let operator = prop::sample::select(vec![
            "+", "-", "*", "/", "%", "==", "!=", "===", "!==", "<", ">", "<=", ">=", "&&", "||",
        ]);
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(left, by, right)| format!("{left} {by} {right}")),
            inner.clone().prop_map(|of| format!("({of})")),
            inner.clone().prop_map(|of| format!("!{of}")),
            inner.clone().prop_map(|of| format!("typeof {of}")),
            inner.clone().prop_map(|of| format!("sum({of}, x)")),
            (inner.clone(), inner.clone(), inner).prop_map(|(if_, yes, no)| format!("({if_} ? {yes} : {no})")),
        ]
    })
}

#[test]
fn any_plain_expression_has_the_value_the_engine_gives_it() {
    let (engine, chain) = world();
    proptest!(ProptestConfig::with_cases(400), |(source in expressions())| {
        if parse(&source).is_some() {
            let (plainly, compiled) = both(&engine, &chain, &source);
            prop_assert_eq!(plainly, compiled, "{}", source);
        }
    });
}
