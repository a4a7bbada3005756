//! Grammars of all notations, as a caller meets them.

use super::*;

#[test]
fn a_grammar_in_a_notation_that_is_not_read_is_an_unsupported_format() {
    let document = |grammar: &str| {
        format!(
            r#"<form><field name="x">{grammar}</field><catch event="error.unsupported.format">other format<exit/></catch></form>"#
        )
    };
    Call::of(&document(r#"<grammar type="application/verbio-text">1 uno</grammar>"#)).hears("other format");
    let main = vxml(&document(r#"<grammar src="a.txt" type="application/isolated"/>"#));
    Call::start(&[("main.vxml", &main), ("a.txt", "uno\ndos")]).hears("other format");
}

#[test]
fn a_grammar_is_read_in_whichever_notation_it_is_written() {
    let document = |grammar: &str| {
        vxml(&format!(
            r#"<form><field name="x">{grammar}<filled>got <value expr="x"/><exit/></filled></field>
            <catch event="error">broken<exit/></catch></form>"#
        ))
    };
    for (grammar, file) in [
        (r#"<grammar>#ABNF 1.0; root $a; $a = yes {right};</grammar>"#, ""),
        (r#"<grammar type="application/x-jsgf">#JSGF V1.0; grammar g; public &lt;a&gt; = yes {right};</grammar>"#, ""),
        (r#"<grammar type="application/x-jsgf">yes {right} | no {wrong}</grammar>"#, ""),
        (r#"<grammar>yes {right} | no {wrong}</grammar>"#, ""),
        (r#"<grammar type="application/x-nuance-gsl">[yes {return(right)} no {return(wrong)}]</grammar>"#, ""),
        (r#"<grammar type="text/gsl">[(yes) {&lt;x right&gt;} no]</grammar>"#, ""),
        (r#"<grammar src="a.gram"/>"#, "#ABNF 1.0;\nroot $a;\n$a = yes {right};"),
        (r#"<grammar src="a.gram#b"/>"#, "#ABNF 1.0; root $a; $a = no; public $b = yes {right};"),
        (r#"<grammar src="a.gram"/>"#, "#JSGF V1.0;\ngrammar g;\npublic <a> = yes {right};"),
        (r#"<grammar src="a.gram"/>"#, ";GSL2.0;\n.Answer [yes no] {return(right)}"),
    ] {
        let main = document(grammar);
        Call::start(&[("main.vxml", &main), ("a.gram", file)]).say("Yes.").hears("got right");
    }
}

#[test]
fn old_dtmf_grammars_are_alternatives_of_keys() {
    for grammar in [
        r#"<grammar mode="dtmf">1 | 2 | *</grammar>"#,
        r#"<grammar type="text/x-grammar-choice-dtmf">1|2|*</grammar>"#,
        r#"<grammar type="application/x-nuance-gsl" mode="dtmf">[dtmf-1 dtmf-2 dtmf-star]</grammar>"#,
        r#"<grammar>#ABNF 1.0; mode dtmf; root $k; $k = 1 | 2 | "*";</grammar>"#,
    ] {
        let document =
            format!(r#"<form><field name="x">{grammar}<filled>got <value expr="x"/></filled></field></form>"#);
        Call::of(&document).press("*").hears("got *");
    }
}

#[test]
fn builtin_parameters_that_contradict_each_other_are_a_bad_fetch() {
    for grammar in [
        "<grammar src=\"builtin:dtmf/digits?length=4;maxlength=5\"/>",
        "<grammar src=\"builtin:dtmf/boolean?y=1;n=1\"/>",
    ] {
        let field = format!(
            "<form><field name=\"x\">{grammar}</field><catch event=\"error.badfetch\">bad<exit/></catch></form>"
        );
        Call::of(&field).hears("bad");
    }
    Call::of(r#"<form><field name="x" type="digits?minlength=5;maxlength=3"/><catch event="error.badfetch">bad<exit/></catch></form>"#)
        .hears("bad");
    Call::of(
        r#"<form><field name="x" type="colour"/><catch event="error.unsupported.builtin">none<exit/></catch></form>"#,
    )
    .hears("none");
}

/// What a caller hears of the value that saying something to a grammar in SISR scripts gives.
fn understood(rules: &str, said: &str) -> String {
    let mut call = Call::of(&format!(
        r#"<form><field name="x"><grammar version="1.0" root="r" tag-format="semantics/1.0" mode="voice">{rules}</grammar>
        <filled><value expr="JSON.stringify(x)"/></filled></field><catch event="error"><value expr="_event"/></catch></form>"#
    ));
    call.say(said).text()
}

#[test]
fn scripts_see_the_rules_passed_and_their_words() {
    let rules = r#"<rule id="r">from <ruleref uri="@city"/><tag>out.from = rules.city.code.toLowerCase(); out.heard = meta.city.text + '/' + meta.current().text;</tag>
        to <ruleref uri="@city"/><tag>out.to = rules.latest().code + meta.latest().text.length; out.sure = meta.city.score > 0</tag></rule>
        <rule id="city"><one-of><item>boston<tag>out.code = 'BO' + 'S'</tag></item><item>new york<tag>out.code = ['N','Y'].join('')</tag></item></one-of></rule>"#;
    assert_eq!(
        understood(&rules.replace("@city", "#city"), "from Boston to New York"),
        r#"{"from":"bos","heard":"boston/from boston","sure":true,"to":"NY8"}"#
    );
}

#[test]
fn tags_outside_of_rules_run_before_those_inside() {
    let rules = "<tag>var total = 0; function twice(n) { return 2 * n; }</tag><rule id='r'><item repeat='1-'><ruleref uri='#d'/><tag>total = twice(total) + rules.d</tag></item><tag>out = total</tag></rule>
        <rule id='d'><one-of><item>one<tag>out = 1 * 1</tag></item><item>two<tag>out = twice(1)</tag></item></one-of></rule>";
    assert_eq!(understood(rules, "one two one"), "9");
}

#[test]
fn a_variable_of_a_rule_is_gone_at_its_next_visit() {
    let rules = "<rule id='r'><tag>out = ''</tag><item repeat='1-'><ruleref uri='#d'/><tag>out += rules.d + ';'</tag></item></rule>
        <rule id='d'><tag>var seen = typeof seen; out = seen</tag>go</rule>";
    assert_eq!(understood(rules, "go go"), r#""undefined;undefined;""#);
}

#[test]
fn a_recursive_rule_sees_the_match_inside_itself() {
    let rules =
        "<rule id='r'>very <item repeat='0-1'><ruleref uri='#r'/></item><tag>out = 1 + (rules.r || 0)</tag></rule>";
    assert_eq!(understood(rules, "very very very"), "3");
}

#[test]
fn a_script_that_fails_is_an_error_of_the_document() {
    assert_eq!(understood("<rule id='r'>a<tag>out = nothing.x</tag></rule>", "a"), "error.semantic");
}

#[test]
fn a_mistake_in_a_grammar_in_text_is_placed_in_the_document() {
    let text = "<vxml version='2.1'>\n<form><field name='x'>\n<grammar type='application/srgs'>\n  #ABNF 1.0;\n root $r;\n $r = (a;\n</grammar></field></form></vxml>";
    let document = crate::vxml::read(text, "main.vxml").document.unwrap();
    let source = &document.dialogs[0].items[0].grammars[0];
    assert_eq!((source.text_at.line, source.text_at.column), (4, 3));
}

#[test]
fn an_inline_grammar_may_refer_to_files() {
    let main = |attributes: &str, uri: &str| {
        vxml(&format!(
            r#"<form><field name="x"><grammar version="1.0" root="r" {attributes}><rule id="r">to <ruleref uri="{uri}"/></rule></grammar>
            <nomatch>what<reprompt/></nomatch><filled>got <value expr="x"/><exit/></filled></field>
            <catch event="error.badfetch">no such grammar<exit/></catch></form>"#
        ))
    };
    let cities =
        r#"<grammar version="1.0" root="c" xml:lang="en-US"><rule id="c" scope="public">austin</rule></grammar>"#;
    for uri in ["cities.grxml", "cities.grxml#c"] {
        let mut call = Call::start(&[("main.vxml", &main("", uri)), ("cities.grxml", cities)]);
        call.say("to boston").say("to austin").hears("got to austin");
    }
    let based = main("xml:base='deep/'", "cities.grxml");
    Call::start(&[("main.vxml", &based), ("deep/cities.grxml", cities)]).say("to austin").hears("got to austin");
    Call::start(&[("main.vxml", &main("", "none.grxml"))]).hears("no such grammar");
    Call::start(&[("main.vxml", &main("", "cities.grxml#d")), ("cities.grxml", cities)]).hears("no such grammar");
}

#[test]
fn a_rule_without_tags_passes_on_what_a_rule_makes_of_the_tags_outside() {
    let rules = "<tag>var base = 10;</tag><rule id='r'>number <ruleref uri='#e'/></rule><rule id='e'><ruleref uri='#d'/><tag>out = base + rules.d</tag></rule>
        <rule id='d'>three<tag>out = 3</tag></rule>";
    assert_eq!(understood(rules, "number three"), "13");
}

#[test]
fn a_rule_does_not_see_the_variables_of_the_rule_that_refers_to_it() {
    let rules =
        "<rule id='r'><tag>var own = 1;</tag><ruleref uri='#s'/><tag>out.own = own; out.seen = rules.s;</tag></rule>
        <rule id='s'>go<tag>var seen = typeof own; var own = 2; out = seen</tag></rule>";
    assert_eq!(understood(rules, "go"), r#"{"own":1,"seen":"undefined"}"#);
    let assigned = rules.replace("var seen = typeof own; var own = 2; out = seen", "out = typeof own");
    assert_eq!(understood(&assigned, "go"), r#"{"own":1,"seen":"undefined"}"#);
}
