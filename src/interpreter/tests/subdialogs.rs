//! Subdialogs (2.0 §2.3.4, §5.3.10, §6.4).

use super::*;

/// A call whose first form calls `sub.vxml`; afterwards it says `after`.
fn calling(subdialog: &str, after: &str, sub: &str) -> Call {
    let main = format!(
        r#"<var name="mine" expr="'callers'"/><form id="caller">{subdialog}<block>{after}</block>
        <catch event="error.semantic">caller: semantic<exit/></catch><catch event="error.badfetch">caller: badfetch<exit/></catch></form>"#
    );
    Call::start(&[("main.vxml", &vxml(&main)), ("sub.vxml", &vxml(sub))])
}

const PLAIN: &str = r#"<subdialog name="s" src="sub.vxml"/>"#;

#[test]
fn a_return_without_names_fills_the_item_with_an_empty_object() {
    let sub = "<form><block><return/></block></form>";
    calling(PLAIN, r#"<value expr="typeof s"/> <value expr="typeof s.x"/>"#, sub).hears("object undefined");
}

#[test]
fn what_is_returned_are_properties_under_their_plain_names() {
    let sub = r#"<var name="d" expr="'D'"/><form><var name="x" expr="1"/><field name="f" expr="'F'"/><block><return namelist="x f document.d"/></block></form>"#;
    calling(PLAIN, r#"<value expr="s.x + s.f + s.d"/>"#, sub).hears("1FD");
}

#[test]
fn an_undeclared_name_in_a_return_is_a_semantic_error_in_the_subdialog() {
    let sub = r#"<form><block><return namelist="nobody"/></block><catch event="error.semantic">called: semantic<exit/></catch></form>"#;
    calling(PLAIN, "after", sub).hears("called: semantic");
}

#[test]
fn a_returned_event_is_thrown_at_the_subdialog_item() {
    let sub = r#"<form><block><return eventexpr="'my.' + 'event'" messageexpr="'be' + 'cause'"/></block></form>"#;
    let item = r#"<subdialog name="s" src="sub.vxml"><catch event="my"><value expr="_event + ' ' + _message"/><assign name="s" expr="1"/></catch></subdialog>"#;
    calling(item, " after", sub).hears("my.event because after");
}

#[test]
fn params_give_the_form_its_variables_before_their_own_expressions() {
    let item = r#"<subdialog name="s" src="sub.vxml"><param name="a" expr="mine + '!'"/><param name="b" value="mine"/></subdialog>"#;
    let sub = r#"<form><var name="a" expr="nobody()"/><var name="c" expr="a + '?'"/><var name="b"/><block><value expr="a + ' ' + b + ' ' + c"/></block></form>"#;
    calling(item, "", sub).hears("callers! mine callers!?");
}

#[test]
fn a_param_that_cannot_be_computed_is_an_error_in_the_caller() {
    let item = r#"<subdialog name="s" src="sub.vxml"><param name="a" expr="nobody"/></subdialog>"#;
    calling(item, "", "<form><block>never</block></form>").hears("caller: semantic");
}

#[test]
fn params_are_for_the_form_that_is_called_only() {
    let item = r#"<subdialog name="s" src="sub.vxml"><param name="a" value="given"/></subdialog>"#;
    let sub = r##"<form><var name="a" expr="'own'"/><block><value expr="a"/> <goto next="#two"/></block></form>
        <form id="two"><var name="a" expr="'own'"/><block><value expr="a"/></block></form>"##;
    calling(item, "", sub).hears("given own");
}

#[test]
fn a_subdialog_of_the_same_document_has_the_documents_variables_anew() {
    let mut call = Call::of(
        r##"<var name="n" expr="1"/><form><block><assign name="n" expr="5"/></block><subdialog name="s" src="#sub"/>
        <block><value expr="n"/> <value expr="s.n"/></block></form>
        <form id="sub"><block><assign name="n" expr="n + 1"/><return namelist="n"/></block></form>"##,
    );
    call.hears("5 2");
}

#[test]
fn a_subdialog_in_the_callers_application_has_the_roots_variables_anew() {
    let leaf = |content: &str| format!(r#"<vxml version="2.1" application="root.vxml">{content}</vxml>"#);
    let mut call = Call::start(&[
        (
            "main.vxml",
            &leaf(
                r#"<form><block><assign name="application.n" expr="7"/></block><subdialog name="s" src="sub.vxml"/><block><value expr="n + ' ' + s.n"/></block></form>"#,
            ),
        ),
        (
            "sub.vxml",
            &leaf(r#"<form><block><assign name="application.n" expr="n + 1"/><return namelist="n"/></block></form>"#),
        ),
        ("root.vxml", &vxml(r#"<var name="n" expr="0"/>"#)),
    ]);
    call.hears("7 1");
}

#[test]
fn the_callers_handlers_and_properties_do_not_reach_into_a_subdialog() {
    let main = vxml(
        r#"<property name="timeout" value="9s"/><catch event="mine">callers</catch><form><property name="timeout" value="8s"/>
        <subdialog name="s" src="sub.vxml"><property name="timeout" value="7s"/></subdialog></form>"#,
    );
    let sub =
        vxml(r#"<form><field name="x"><option>yes</option><filled><throw event="mine"/></filled></field></form>"#);
    let mut call = Call::start(&[("main.vxml", &main), ("sub.vxml", &sub)]);
    assert_eq!(call.request().timeout, 5000);
    call.say("yes").hears("Sorry, an error has occurred. Please call again later.");
    assert!(matches!(&call.ending().reason, Reason::Event { event, .. } if event == "mine"));
}

#[test]
fn the_callers_variables_are_out_of_reach() {
    let sub = r#"<form><block><value expr="typeof mine"/> <value expr="typeof document.mine"/> <value expr="typeof application.mine"/></block></form>"#;
    calling(PLAIN, "", sub).hears("undefined undefined undefined");
}

#[test]
fn prompts_of_the_caller_are_heard_before_those_of_the_subdialog() {
    let item = r#"<block>Before. </block><subdialog name="s" src="sub.vxml"><prompt>Now. </prompt></subdialog>"#;
    let sub = r#"<form><field name="x"><prompt>X?</prompt><option>yes</option><filled>Thanks. <return/></filled></field></form>"#;
    calling(item, "After.", sub).hears("Before. Now. X?").say("yes").hears("Thanks. After.");
}

#[test]
fn an_exit_in_a_subdialog_ends_the_call() {
    let call = calling(PLAIN, "after", "<form><block>bye<exit/></block></form>");
    assert_eq!((call.text().as_str(), &call.ending().reason), ("bye", &Reason::Exit));
}

#[test]
fn a_subdialog_may_go_on_in_other_documents_and_return_from_there() {
    let mut call = Call::start(&[
        (
            "main.vxml",
            &vxml(
                r#"<form><subdialog name="s" src="sub.vxml"><filled><value expr="s.x"/></filled></subdialog></form>"#,
            ),
        ),
        ("sub.vxml", &vxml(r#"<form><block><goto next="more.vxml#last"/></block></form>"#)),
        (
            "more.vxml",
            &vxml(
                r#"<form><block>never</block></form><form id="last"><var name="x" expr="'done'"/><block><return namelist="x"/></block></form>"#,
            ),
        ),
    ]);
    call.hears("done");
}

#[test]
fn a_subdialog_that_cannot_be_had_is_a_badfetch_in_the_caller() {
    let missing = r#"<subdialog name="s" src="missing.vxml"><catch event="error.badfetch.http.404">item: missing<exit/></catch></subdialog>"#;
    calling(missing, "", "").hears("item: missing");
    let fragment = r#"<subdialog name="s" src="sub.vxml#nowhere"/>"#;
    calling(fragment, "", "<form/>").hears("caller: badfetch");
}

#[test]
fn a_namelist_is_sent_with_the_request_by_the_method_given() {
    let item = r#"<subdialog name="s" src="sub.vxml" namelist="mine" method="post"/>"#;
    let call = calling(item, "", "<form><block>ok</block></form>");
    let request = &call.fetched[1];
    assert_eq!((request.method, request.fields[0].name.as_str()), (crate::dialogue::Method::Post, "mine"));
}

#[test]
fn the_callers_counters_and_variables_are_as_they_were() {
    let mut call = Call::of(
        r##"<form id="main"><var name="v" expr="'kept'"/><field name="x"><prompt>one</prompt><prompt count="2">two</prompt><option>yes</option>
        <noinput><goto nextitem="s"/></noinput></field><subdialog name="s" src="#sub"><filled><goto nextitem="x"/></filled></subdialog>
        <block><value expr="v + x"/></block></form><form id="sub"><block><return/></block></form>"##,
    );
    call.hears("one").silence().hears("two").say("yes").hears("keptyes");
}

#[test]
fn a_subdialog_whose_cond_is_false_or_whose_expr_is_defined_is_not_called() {
    let items =
        r#"<subdialog name="s" src="sub.vxml" cond="false"/><subdialog name="t" src="sub.vxml" expr="'there'"/>"#;
    calling(items, r#"<value expr="t"/>"#, "<form><block>called</block></form>").hears("there");
}

#[test]
fn a_srcexpr_is_computed_at_the_call() {
    let item = r#"<block><assign name="mine" expr="'sub'"/></block><subdialog name="s" srcexpr="mine + '.vxml'"/>"#;
    calling(item, "back", "<form><block>there <return/></block></form>").hears("there back");
}
