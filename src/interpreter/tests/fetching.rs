//! What is asked for and what a failure is (2.0 §5.2.6, §5.3.8, §6.1).

use super::*;
use crate::dialogue::Method;

const CAUGHT: &str = r#"<catch event="error"><value expr="_event"/>: <value expr="_message"/></catch>"#;

fn failing(block: &str, page: &str) -> String {
    let main = vxml(&format!(r#"<form><block><var name="n" expr="1"/>{block}</block>{CAUGHT}</form>"#));
    Call::start(&[("main.vxml", &main), ("page.jsp", page)]).text()
}

#[test]
fn a_page_that_is_no_document_says_what_came() {
    let html = "<!DOCTYPE html>\n<html><head><title>HTTP Status 500</title></head><body>Sorry<br></body></html>";
    let text = failing(r#"<goto next="page.jsp"/>"#, html);
    assert!(
        text.starts_with("error.badfetch:") && text.contains("HTML page") && text.contains("HTTP Status 500"),
        "{text}"
    );
    let text = failing(r#"<submit next="page.jsp" namelist="n"/>"#, " \n");
    assert!(text.starts_with("error.badfetch:") && text.contains("the answer is empty"), "{text}");
}

#[test]
fn only_the_encodings_of_the_specification_are_posted() {
    let page = vxml("<form><block>thanks</block></form>");
    let submit = |more: &str| failing(&format!(r#"<submit next="page.jsp" namelist="n" {more}/>"#), &page);
    let text = submit(r#"method="post" enctype="text/plain""#);
    assert!(text.starts_with("error.badfetch:") && text.contains("multipart/form-data"), "{text}");
    assert_eq!(submit(r#"method="post" enctype="multipart/form-data""#), "thanks");
    assert_eq!(submit(r#"enctype="text/plain""#), "thanks", "a GET has no body to encode");
}

#[test]
fn an_undeclared_name_in_a_namelist_is_a_semantic_error_and_nothing_is_sent() {
    let text = failing(r#"<submit next="page.jsp" namelist="n nobody"/>"#, "");
    assert!(text.starts_with("error.semantic:"), "{text}");
}

#[test]
fn an_attribute_wins_over_its_property() {
    let main = vxml(
        r#"<property name="fetchtimeout" value="9s"/><property name="documentmaxage" value="30"/>
        <property name="datamaxstale" value="5"/><property name="documentmaxstale" value="6"/>
        <form><block><data src="page.jsp" maxage="1"/><goto next="page.jsp" maxage="0" fetchtimeout="2s"/></block></form>"#,
    );
    let call = Call::start(&[("main.vxml", &main), ("page.jsp", &vxml("<form/>"))]);
    let asked = |at: usize| (call.fetched[at].timeout, call.fetched[at].maxage, call.fetched[at].maxstale);
    assert_eq!(asked(0), (None, None, None));
    assert_eq!(asked(1), (Some(9_000), Some(1), Some(5)));
    assert_eq!(asked(2), (Some(2_000), Some(0), Some(6)));
}

#[test]
fn a_slow_fetch_has_its_fetchaudio_and_the_prompts_before_it() {
    let main = vxml(
        r#"<property name="fetchaudio" value="wait.wav"/><property name="fetchaudiodelay" value="500ms"/>
        <script src="lib.js"/><form><block>One moment.<data src="page.jsp"/>
        <goto next="page.jsp" fetchaudio="sounds/hold.wav"/></block></form>"#,
    );
    let call = Call::start(&[("main.vxml", &main), ("lib.js", ""), ("page.jsp", &vxml("<form/>"))]);
    let audio = |at: usize| call.fetched[at].audio.as_ref();
    assert_eq!((audio(0), audio(1)), (None, None), "neither the first document nor a script has one");
    let data = audio(2).unwrap();
    assert_eq!((data.url.as_str(), data.delay), ("http://example.com/app/wait.wav", Some(500)));
    assert_eq!(Speech::words(&data.queued[0].content), "One moment.");
    assert_eq!(audio(3).unwrap().url, "http://example.com/app/sounds/hold.wav");
    assert_eq!(call.text(), "One moment.", "whether it was heard already is for the host to know");
}

#[test]
fn a_fragment_is_kept_and_a_query_stays_in_front() {
    let page = vxml(r#"<form><block>first</block></form><form id="second"><block>second</block></form>"#);
    let main = vxml(
        r#"<form><block><var name="n" expr="1"/><submit next="page.jsp?x=1#second" namelist="n"/></block></form>"#,
    );
    let mut call = Call::start(&[("main.vxml", &main), ("page.jsp", &page)]);
    call.hears("second");
    let asked = &call.fetched[1];
    assert_eq!((asked.url.as_str(), asked.method), ("http://example.com/app/page.jsp?x=1", Method::Get));
}

#[test]
fn references_are_relative_to_the_base_of_the_document() {
    let main = r#"<vxml version="2.1" xml:base="http://example.com/app/deep/"><script src="lib.js"/>
        <form><block><value expr="f()"/><submit next="page.jsp"/></block></form></vxml>"#;
    let files = [
        ("main.vxml", main),
        ("deep/lib.js", "function f() { return 'there' }"),
        ("deep/page.jsp", "<vxml version='2.1'><form><block>here</block></form></vxml>"),
    ];
    Call::start(&files).hears("there here");
}

#[test]
fn a_grammar_is_fetched_once_a_call_unless_it_must_be_new_each_time() {
    let grammar = r#"<grammar xmlns="http://www.w3.org/2001/06/grammar" version="1.0" root="r" mode="dtmf"><rule id="r" scope="public">1</rule></grammar>"#;
    let asked = |attributes: &str| {
        let main = vxml(&format!(
            r#"<form><field name="x"><grammar src="keys.grxml" {attributes}/><prompt>x?</prompt><noinput><reprompt/></noinput></field></form>"#
        ));
        let mut call = Call::start(&[("main.vxml", &main), ("keys.grxml", grammar)]);
        call.silence().silence();
        call.fetched.iter().filter(|request| request.purpose == Purpose::Grammar).count()
    };
    assert_eq!(asked(""), 1);
    assert_eq!(asked(r#"maxage="0""#), 3);
}

#[test]
fn a_turn_that_fetches_without_end_is_stopped() {
    let main = vxml(&format!(
        r#"<var name="many" expr="new Array(5000)"/><form><block><foreach item="one" array="many">
        <data src="page.jsp"/></foreach></block>{CAUGHT}</form>"#
    ));
    let mut call = Call::start(&[("main.vxml", &main), ("page.jsp", "<a/>")]);
    assert_eq!(call.fetched.len(), 1_000);
    call.hears("error.semantic: more than 1000 fetches in one turn");
}
