//! Documents, application roots, scopes, subdialogs, submits (2.0 §1.5, §5.1, §5.3).

use super::*;
use crate::dialogue::Submitted;

#[test]
fn a_submit_sends_its_namelist_and_goes_to_the_answer() {
    let mut call = Call::start(&[
        (
            "main.vxml",
            &vxml(
                r#"<form><block><var name="n" expr="7"/><var name="o" expr="({a: 1})"/><submit next="next.vxml" method="post" namelist="n o"/></block></form>"#,
            ),
        ),
        ("next.vxml", &vxml("<form><block>thanks</block></form>")),
    ]);
    call.hears("thanks");
    assert_eq!(call.fetched[1].fields, [Submitted::text("n", "7"), Submitted::text("o.a", "1")]);
}

#[test]
fn leaves_of_one_application_share_its_variables() {
    let root = r#"<vxml version="2.0"><var name="count" expr="0"/><catch event="nomatch">root says no</catch></vxml>"#;
    let leaf = |next: &str| {
        format!(
            r#"<vxml version="2.0" application="root.vxml"><form><block><assign name="application.count" expr="count + 1"/>{next}</block></form></vxml>"#
        )
    };
    let mut call = Call::start(&[
        ("main.vxml", &leaf(r#"<goto next="two.vxml"/>"#)),
        ("two.vxml", &leaf(r#"<prompt>count <value expr="count"/></prompt>"#)),
        ("root.vxml", root),
    ]);
    call.hears("count 2");
    assert_eq!(call.fetched.iter().filter(|request| request.url.ends_with("root.vxml")).count(), 1);
}

#[test]
fn a_document_without_root_has_its_variables_in_application_scope_too() {
    Call::of(r#"<var name="x" expr="5"/><form><block><value expr="application.x + document.x"/></block></form>"#)
        .hears("10");
}

#[test]
fn dialog_variables_hide_document_variables() {
    Call::of(
        r#"<var name="x" expr="'document'"/><form><var name="x" expr="'dialog'"/><block><var name="x" expr="'block'"/>
        <value expr="x"/> <value expr="dialog.x"/> <value expr="document.x"/></block></form>"#,
    )
    .hears("block dialog document");
}

#[test]
fn a_missing_document_is_a_badfetch_in_the_caller() {
    Call::of(
        r#"<form><block><goto next="gone.vxml"/></block><catch event="error.badfetch.http.404">sorry, <value expr="_event"/></catch></form>"#,
    )
    .hears("sorry, error.badfetch.http.404");
}

#[test]
fn a_broken_document_is_a_badfetch_in_the_caller() {
    let main = vxml(
        r#"<form><block><goto next="bad.vxml"/></block><catch event="error.badfetch"><value expr="_event"/></catch></form>"#,
    );
    Call::start(&[("main.vxml", &main), ("bad.vxml", "<vxml><form>")]).hears("error.badfetch");
}

#[test]
fn a_fragment_alone_keeps_the_document_and_a_uri_reloads_it() {
    let main = |target: &str| {
        vxml(&format!(
            r##"<var name="n" expr="0"/><form id="a"><block><assign name="n" expr="n + 1"/><goto next="{target}"/></block></form>
            <form id="b"><block><value expr="n"/></block></form>"##
        ))
    };
    Call::start(&[("main.vxml", &main("#b"))]).hears("1");
    Call::start(&[("main.vxml", &main("main.vxml#b"))]).hears("0");
}

#[test]
fn a_subdialog_takes_params_and_returns_values() {
    let mut call = Call::start(&[
        (
            "main.vxml",
            &vxml(
                r#"<form><subdialog name="r" src="sub.vxml"><param name="who" expr="'Ann'"/><filled>Back with <value expr="r.answer"/>.</filled></subdialog></form>"#,
            ),
        ),
        (
            "sub.vxml",
            &vxml(
                r#"<form><var name="who" expr="'nobody'"/><field name="answer"><prompt>Hello <value expr="who"/>?</prompt><option dtmf="1">fine</option>
            <filled><return namelist="answer"/></filled></field></form>"#,
            ),
        ),
    ]);
    call.hears("Hello Ann?").press("1").hears("Back with fine.");
}

#[test]
fn a_subdialog_may_return_an_event() {
    Call::of(
        r##"<form><subdialog name="r" src="#s"/><catch event="my.event">caught <value expr="_message"/><exit/></catch></form>
        <form id="s"><block><return event="my.event" message="why"/></block></form>"##,
    )
    .hears("caught why");
}

#[test]
fn a_subdialog_does_not_see_or_change_the_callers_variables() {
    Call::of(
        r##"<var name="x" expr="1"/><form><subdialog name="r" src="#s"/><block>x is <value expr="x"/></block></form>
        <form id="s"><block><assign name="x" expr="2"/><return/></block></form>"##,
    )
    .hears("x is 1");
}

#[test]
fn endless_subdialogs_end_in_an_error() {
    let run = || {
        let call = Call::of(r##"<form id="s"><subdialog name="r" src="#s"/></form>"##);
        let reason = &call.ending().reason;
        assert!(
            matches!(reason, Reason::Event { event, message } if event == "error.semantic" && message.contains("subdialogs")),
            "{reason:?}"
        );
    };
    // They nest natively: on the stack that calls have, not on the smaller one of a test.
    std::thread::Builder::new().stack_size(crate::interpreter::STACK).spawn(run).unwrap().join().unwrap();
}

#[test]
fn scripts_inline_and_external_belong_to_their_scope() {
    let mut call = Call::start(&[
        (
            "main.vxml",
            &vxml(
                r#"<script src="lib.js"/><form><script>var local = twice(4);</script><block><value expr="local"/> <value expr="document.twice(1)"/></block></form>"#,
            ),
        ),
        ("lib.js", "function twice(n) { return 2 * n; }"),
    ]);
    call.hears("8 2");
}

#[test]
fn session_variables_are_there_and_read_only() {
    Call::of(
        r#"<form><block><value expr="session.telephone.ani"/> <value expr="session.connection.remote.uri"/>
        <assign name="session.telephone" expr="1"/></block><catch event="error.semantic">read-only</catch></form>"#,
    )
    .hears("4155550100 tel:+14155550100 read-only");
}

#[test]
fn an_external_grammar_with_a_reference_to_another_is_fetched_and_linked() {
    let mut call = Call::start(&[
        (
            "main.vxml",
            &vxml(
                r#"<form><field name="city"><grammar src="cities.grxml"/><prompt>City?</prompt><filled>Going to <value expr="city"/>.</filled></field></form>"#,
            ),
        ),
        (
            "cities.grxml",
            r#"<grammar xmlns="http://www.w3.org/2001/06/grammar" version="1.0" root="main" mode="voice" xml:lang="en-US"><rule id="main" scope="public"><item repeat="0-1">to</item><ruleref uri="names.grxml#name"/></rule></grammar>"#,
        ),
        (
            "names.grxml",
            r#"<grammar xmlns="http://www.w3.org/2001/06/grammar" version="1.0" root="name" mode="voice" xml:lang="en-US"><rule id="name" scope="public"><one-of><item>boston</item><item>denver</item></one-of></rule></grammar>"#,
        ),
    ]);
    call.say("to denver").hears("Going to to denver.");
}

#[test]
fn a_missing_grammar_is_a_badfetch_when_it_becomes_active() {
    Call::of(r#"<form><field name="x"><grammar src="gone.grxml"/></field><catch event="error.badfetch">no grammar<exit/></catch></form>"#)
        .hears("no grammar");
}

#[test]
fn a_link_of_the_root_leads_where_the_root_says() {
    let root = vxml(r##"<link next="#home" dtmf="9"/><form id="home"><block>home of the root</block></form>"##);
    let main = r#"<vxml version="2.0" application="root.vxml"><form><field name="x" type="digits"><prompt>x?</prompt><filled><value expr="x"/></filled></field></form></vxml>"#;
    Call::start(&[("main.vxml", main), ("root.vxml", &root)]).press("9").hears("9");
    let main = r#"<vxml version="2.0" application="root.vxml"><form><field name="x" type="boolean"><prompt>x?</prompt></field></form></vxml>"#;
    Call::start(&[("main.vxml", main), ("root.vxml", &root)]).press("9").hears("home of the root");
}

#[test]
fn a_param_without_a_variable_is_a_semantic_error_in_the_subdialog() {
    Call::of(
        r##"<form><subdialog name="r" src="#s"><param name="extra" value="1"/></subdialog><block>back</block></form>
        <form id="s"><block><return/></block><catch event="error.semantic">no such variable<return/></catch></form>"##,
    )
    .hears("no such variable back");
}

#[test]
fn a_subdialog_whose_form_is_done_ends_the_application_as_exit_does() {
    let call = Call::of(
        r##"<form><subdialog name="r" src="#s"/><block>never</block></form><form id="s"><block>inside</block></form>"##,
    );
    assert_eq!((call.text().as_str(), &call.ending().reason), ("inside", &Reason::Finished));
}

#[test]
fn the_last_result_is_there_after_a_nomatch_and_gone_before_the_next_input() {
    let mut call = Call::of(
        r#"<form><field name="a"><option dtmf="1">one</option>
        <nomatch><value expr="application.lastresult$.inputmode + ' ' + application.lastresult$[0].utterance"/></nomatch>
        <noinput><value expr="application.lastresult$ == undefined"/></noinput></field></form>"#,
    );
    call.press("5").hears("dtmf 5").silence().hears("true");
}

#[test]
fn a_grammar_of_the_root_is_fetched_from_beside_the_root() {
    let root = vxml(r#"<link event="help"><grammar src="help.grxml" mode="dtmf"/></link>"#);
    let main = r#"<vxml version="2.0" application="shared/root.vxml"><form><field name="x" type="boolean"><help>helped</help></field></form></vxml>"#;
    let grammar = r#"<grammar xmlns="http://www.w3.org/2001/06/grammar" version="1.0" root="r" mode="dtmf"><rule id="r">9</rule></grammar>"#;
    Call::start(&[("main.vxml", main), ("shared/root.vxml", &root), ("shared/help.grxml", grammar)])
        .press("9")
        .hears("helped");
}

#[test]
fn one_grammar_without_a_mode_serves_keys_here_and_words_there() {
    let main = vxml(
        r#"<form><field name="a"><grammar src="two.grxml" mode="dtmf"/><prompt>Press.</prompt></field>
        <field name="b"><grammar src="two.grxml"/><prompt>Say.</prompt></field><block>done</block></form>"#,
    );
    let grammar = r#"<grammar xmlns="http://www.w3.org/2001/06/grammar" version="1.0" root="r"><rule id="r" scope="public">2</rule></grammar>"#;
    let mut call = Call::start(&[("main.vxml", &main), ("two.grxml", grammar)]);
    call.press("2").hears("Say.").say("two").hears("done");
}
