use super::*;

fn code_and_place(text: &str) -> Vec<(String, u32, u32)> {
    let place = |error: Diagnostic| {
        let position = error.position.unwrap_or_default();
        (error.code, position.line, position.column)
    };
    errors(text).into_iter().map(place).collect()
}

fn wrong(rules: &str) -> String {
    errors(&format!("<grammar root='r' version='1.0'>{rules}</grammar>"))[0].code.clone()
}

#[test]
fn problems_are_found_with_their_place() {
    assert_eq!(
        code_and_place(
            "<grammar version='1.0' root='r'>\n  <rule id='r'>\n    <ruleref uri='#x'/> </rule>\n</grammar>"
        ),
        [("undefined-rule".to_owned(), 3, 5)]
    );
    assert_eq!(code_and_place("<grammar>\n<rule id='r'>")[0].0, "bad-xml");
    assert_eq!(wrong("<rule id='r'>a</rule><rule id='r'>b</rule>"), "duplicate-rule");
    assert_eq!(wrong("<rule id='r'><item repeat='3-1'>a</item></rule>"), "bad-repeat");
    assert_eq!(wrong("<rule id='r'><item repeat='-1'>a</item></rule>"), "bad-repeat");
    assert_eq!(wrong("<rule id='r'><ruleref/></rule>"), "ruleref-without-uri");
    assert_eq!(wrong("<rule id='r'><ruleref special='NONE'/></rule>"), "bad-special");
    assert_eq!(wrong("<rule id='r'><ruleref uri='builtin:doesnotexist'/></rule>"), "unknown-builtin");
    assert_eq!(wrong("<rule>a</rule>"), "rule-without-id");
    assert_eq!(wrong(""), "no-rule");
    assert_eq!(wrong("<rule id='s'>a</rule>"), "undefined-root");
    assert_eq!(wrong("<rule id='r' scope='global'>a</rule>"), "bad-scope");
    assert_eq!(errors("<vxml/>")[0].code, "not-a-grammar");
    assert_eq!(errors("<grammar mode='dtmf' root='r'><rule id='r'>1 x</rule></grammar>")[0].code, "bad-key");
    assert_eq!(errors("<grammar mode='keys' root='r'><rule id='r'>1</rule></grammar>")[0].code, "bad-mode");
}

#[test]
fn places_count_from_where_the_text_stands() {
    let embedded = Setting { text_offset: Position { line: 10, column: 7, offset: 300 }, ..setting() };
    let text = "<grammar root='r'><rule id='r'>a</rule>\n <rule/></grammar>";
    let error = Grammar::srgs_xml(text, &embedded).unwrap_err().remove(0);
    assert_eq!(error.position, Some(Position { line: 11, column: 2, offset: 341 }));
    let text = "<grammar root='x'><rule id='r'>a</rule></grammar>";
    let error = Grammar::srgs_xml(text, &embedded).unwrap_err().remove(0);
    assert_eq!(error.position, Some(Position { line: 10, column: 7, offset: 300 }));
    assert_eq!(error.length, 8);
    assert!(error.source_line.unwrap().starts_with("      <grammar"));
}

#[test]
fn old_and_odd_documents_are_read() {
    for text in [
        "\u{feff}\n <?xml version='1.0'?>\n<!DOCTYPE grammar PUBLIC 'x' 'y'>\n<grammar mode='dtmf' version='1.0'><rule id='d'>1</rule></grammar>",
        "<srgs:grammar xmlns:srgs='http://www.w3.org/2001/06/grammar' root='r' mode='dtmf'><srgs:meta name='a' content='b'/><srgs:rule id='r'><srgs:item>1</srgs:item></srgs:rule></srgs:grammar>",
        "<grammar mode='dtmf' root='r'><lexicon uri='x'/><rule id='r'><example>1</example><one-of><!-- one --><item weight='2.5' xml:lang='fr'>\n 1 </item></one-of></rule></grammar>",
        "<grammar mode='dtmf' root='r'><rule id='r'><one-of>1</one-of></rule></grammar>",
    ] {
        let grammar = Grammar::read(text, None, &setting()).unwrap();
        assert_eq!(keys(&grammar, "1"), "match", "{text}");
    }
}

#[test]
fn the_place_says_what_the_grammar_does_not() {
    let text = "<grammar><rule id='a'>1</rule><rule id='b' scope='public'>2</rule></grammar>";
    let keys_here = Setting { mode: Some(InputMode::Dtmf), ..setting() };
    let grammar = Grammar::srgs_xml(text, &keys_here).unwrap();
    assert_eq!(keys(&grammar, "2"), "match");
    assert_eq!(grammar.diagnostics()[0].code, "no-root");
    assert_eq!(Grammar::srgs_xml(text, &setting()).unwrap().mode(), InputMode::Voice);
}

#[test]
fn references_are_resolved_against_the_base() {
    let text = "<grammar root='r' xml:base='http://other.example/x/'><rule id='r'><ruleref uri='y.grxml#z'/><ruleref uri='y.grxml'/><ruleref uri='/w.grxml'/></rule></grammar>";
    let grammar = Grammar::srgs_xml(text, &setting()).unwrap();
    assert_eq!(grammar.references(), ["http://other.example/x/y.grxml", "http://other.example/w.grxml"]);
}

#[test]
fn notations_of_vendors_are_refused_by_name() {
    for (text, media_type, name) in [
        ("a", Some("application/x-isolated; x=y"), "application/x-isolated"),
        ("1 one\n2 two", None, "plain-text"),
        ("1000\tCoche\n1100\tMoto", Some("text/plain"), "plain-text"),
        ("intent", Some("application/grammar+luis"), "application/grammar+luis"),
    ] {
        let error = Grammar::read(text, media_type, &setting()).unwrap_err().remove(0);
        assert_eq!(error.code, "unsupported-grammar");
        assert!(error.message.starts_with(name), "{}", error.message);
    }
}

#[test]
fn deep_and_large_texts_are_refused_not_suffered() {
    let deep = format!(
        "<grammar root='r'><rule id='r'>{}a{}</rule></grammar>",
        "<item>".repeat(100_000),
        "</item>".repeat(100_000)
    );
    assert!(matches!(errors(&deep)[0].code.as_str(), "too-deep" | "bad-xml"));
    let wide = format!("<grammar root='r'><rule id='r'>{}</rule></grammar>", "a ".repeat(500_000));
    assert_eq!(errors(&wide)[0].code, "grammar-too-large");
    let mut chain = String::new();
    for index in 0..20_000 {
        chain.push_str(&format!("<rule id='r{index}'><ruleref uri='#r{}'/></rule>", index + 1));
    }
    let text = format!("<grammar root='r0' mode='dtmf'>{chain}<rule id='r20000'>1</rule></grammar>");
    let grammar = Grammar::srgs_xml(&text, &setting()).unwrap();
    assert_eq!(keys(&grammar, "1"), "match");
    assert_eq!(grammar.extent(), Extent { shortest: 1, longest: Some(1) });
}
