//! Application roots and what stays of them between documents (2.0 §1.5.2, §5.2.6).

use super::*;

/// A leaf document of `root.vxml`.
fn leaf(content: &str) -> String {
    format!(r#"<vxml version="2.1" application="root.vxml">{content}</vxml>"#)
}

#[test]
fn the_root_is_initialised_before_its_leaf() {
    let mut call = Call::start(&[
        (
            "main.vxml",
            &leaf(r#"<var name="b" expr="application.a + '2'"/><form><block><value expr="b"/></block></form>"#),
        ),
        ("root.vxml", &vxml(r#"<var name="a" expr="'1'"/><form><block>never</block></form>"#)),
    ]);
    call.hears("12");
}

#[test]
fn what_the_root_declares_is_called_document_only_in_the_root() {
    let mut call = Call::start(&[
        ("main.vxml", &leaf(r#"<form><block><value expr="typeof document.a"/> <value expr="f()"/></block></form>"#)),
        ("root.vxml", &vxml(r#"<script>var a = 'root'; function f() { return document.a + application.a; }</script>"#)),
    ]);
    call.hears("undefined rootroot");
}

#[test]
fn a_root_that_has_a_root_is_a_semantic_error_with_the_place_of_the_leaf() {
    let call =
        Call::start(&[("main.vxml", &leaf("<form><block>never</block></form>")), ("root.vxml", &leaf("<form/>"))]);
    let Reason::Event { event, message } = &call.ending().reason else { panic!("{:?}", call.ending()) };
    assert_eq!(event, "error.semantic");
    assert!(message.starts_with("http://example.com/app/main.vxml:1:1: application root: "), "{message}");
}

#[test]
fn a_root_that_does_not_exist_is_a_badfetch_in_the_caller() {
    let mut call = Call::start(&[
        (
            "main.vxml",
            &vxml(
                r#"<form><block><goto next="leaf.vxml"/></block><catch event="error.badfetch"><value expr="_event"/></catch></form>"#,
            ),
        ),
        ("leaf.vxml", &leaf("<form><block>never</block></form>")),
    ]);
    call.hears("error.badfetch.http.404");
}

#[test]
fn a_root_with_a_root_of_its_own_is_a_semantic_error_in_the_caller() {
    let mut call = Call::start(&[
        (
            "main.vxml",
            &vxml(
                r#"<form><block><goto next="leaf.vxml"/></block><catch event="error.semantic">semantic</catch></form>"#,
            ),
        ),
        ("leaf.vxml", &leaf("<form><block>never</block></form>")),
        ("root.vxml", r#"<vxml version="2.1" application="other.vxml"><form/></vxml>"#),
    ]);
    call.hears("semantic");
}

#[test]
fn another_application_does_not_see_the_variables_of_the_one_before() {
    let mut call = Call::start(&[
        (
            "main.vxml",
            &leaf(
                r#"<form><block><assign name="application.a" expr="'set'"/><goto next="alone.vxml"/></block></form>"#,
            ),
        ),
        ("root.vxml", &vxml(r#"<var name="a" expr="'first'"/>"#)),
        (
            "alone.vxml",
            &vxml(r#"<form><block><value expr="typeof application.a"/> <goto next="main2.vxml"/></block></form>"#),
        ),
        ("main2.vxml", &leaf(r#"<form><block><value expr="application.a"/></block></form>"#)),
    ]);
    call.hears("undefined first");
}

#[test]
fn the_roots_handlers_links_and_wide_dialogs_hold_in_its_leaves_until_they_leave_it() {
    let root = format!(
        r##"<link event="bye"><grammar mode="voice" version="1.0" root="r"><rule id="r">goodbye</rule></grammar></link>
        <catch event="bye">Bye from the root.</catch><nomatch>No match.</nomatch>
        <form id="order" scope="document">{}<field name="d"><filled>Root takes <value expr="d"/>.<goto next="alone.vxml"/></filled></field></form>"##,
        grammar(&[("tea", "out.d='tea';")])
    );
    let mut call = Call::start(&[
        ("main.vxml", &leaf(r#"<form><field name="x"><option>yes</option></field></form>"#)),
        ("root.vxml", &vxml(&root)),
        ("alone.vxml", &vxml(r#"<form><field name="y"><option>yes</option><nomatch>Alone.</nomatch></field></form>"#)),
    ]);
    call.say("goodbye").hears("Bye from the root.").say("coffee").hears("No match.");
    call.say("tea").hears("Root takes tea.").say("goodbye").hears("Alone.").say("tea").hears("Alone.");
}

#[test]
fn a_leaf_that_goes_to_its_root_keeps_the_roots_variables_and_a_submit_does_not() {
    let root = vxml(r#"<var name="n" expr="0"/><form><block><value expr="n"/></block></form>"#);
    let main = |next: &str| {
        leaf(&format!(r#"<form><block><assign name="n" expr="5"/><{next} next="root.vxml"/></block></form>"#))
    };
    Call::start(&[("main.vxml", &main("goto")), ("root.vxml", &root)]).hears("5");
    Call::start(&[("main.vxml", &main("submit")), ("root.vxml", &root)]).hears("0");
}

#[test]
fn a_document_that_goes_to_itself_by_its_uri_starts_anew_its_root_does_not() {
    let main = leaf(
        r#"<var name="own" expr="0"/><form><block><assign name="own" expr="own + 1"/><assign name="n" expr="n + 1"/>
        <value expr="own + '/' + n"/> <if cond="n &lt; 2"><goto next="main.vxml"/></if></block></form>"#,
    );
    Call::start(&[("main.vxml", &main), ("root.vxml", &vxml(r#"<var name="n" expr="0"/>"#))]).hears("1/1 1/2");
}

#[test]
fn what_is_contradictory_in_a_document_is_a_badfetch_in_its_caller() {
    for content in [
        r##"<goto next="#a" expr="'#a'"/>"##,
        "<goto/>",
        r#"<goto nextitem="a" expritem="'a'"/>"#,
        r#"<submit next="a.vxml" expr="'a.vxml'"/>"#,
        "<submit/>",
        r#"<exit expr="1" namelist="x"/>"#,
        r#"<return event="e" namelist="x"/>"#,
        r#"<return event="e" eventexpr="'e'"/>"#,
        r#"<throw event="e" eventexpr="'e'"/>"#,
        "<throw/>",
        r#"<throw event="e" message="m" messageexpr="'m'"/>"#,
        "<assign name='x'/>",
        "<var expr='1'/>",
        "<if>never</if>",
    ] {
        let mut call = Call::start(&[
            (
                "main.vxml",
                &vxml(
                    r#"<form><block><goto next="bad.vxml"/></block><catch event="error.badfetch">badfetch</catch></form>"#,
                ),
            ),
            ("bad.vxml", &vxml(&format!(r#"<form id="a"><block>loaded{content}</block></form>"#))),
        ]);
        assert_eq!(call.text(), "badfetch", "{content}");
        call.hears("badfetch");
    }
}

#[test]
fn a_document_without_dialogs_cannot_be_gone_to() {
    let mut call = Call::start(&[
        (
            "main.vxml",
            &vxml(
                r#"<form><block><goto next="empty.vxml"/></block><catch event="error.badfetch">badfetch</catch></form>"#,
            ),
        ),
        ("empty.vxml", &vxml(r#"<var name="x"/>"#)),
    ]);
    call.hears("badfetch");
}
