//! Events, handlers, defaults, hang-up (2.0 §5.2, §1.5.4).

use super::*;

const ONE: &str = r#"<grammar mode="dtmf" version="1.0" root="r"><rule id="r">1</rule></grammar>"#;

#[test]
fn the_handler_with_the_highest_reached_count_runs() {
    let mut call = Call::of(&format!(
        r#"<form><field name="a">{ONE}<noinput count="1">first</noinput><noinput count="3">third</noinput></field></form>"#
    ));
    call.silence().hears("first").silence().hears("first").silence().hears("third").silence().hears("third");
}

#[test]
fn nearer_scopes_win_and_prefixes_match_whole_tokens() {
    let mut call = Call::of(
        r#"<catch event="a">document</catch><form><catch event="a.b">form</catch>
        <block><throw event="a.b.c"/></block><block><throw event="a.bc"/></block></form>"#,
    );
    call.hears("form document");
}

#[test]
fn an_event_nobody_catches_ends_the_application() {
    let call = Call::of(r#"<form><block><throw event="my.own" message="text"/></block></form>"#);
    let Reason::Event { event, message } = &call.ending().reason else { panic!("{:?}", call.ending()) };
    assert_eq!(event, "my.own");
    assert!(message.ends_with("main.vxml:1:108: text"), "{message}");
    assert_eq!(call.text(), "Sorry, an error has occurred. Please call again later.");
}

#[test]
fn nomatch_and_help_have_default_handlers_that_reprompt() {
    let mut call = Call::of(&format!(r#"<form><field name="a"><prompt>Press one.</prompt>{ONE}</field></form>"#));
    call.press("5").hears("Sorry, I did not understand. Press one.");
    call.silence().hears("Press one.");
}

#[test]
fn assigning_to_an_undeclared_variable_is_a_semantic_error() {
    Call::of(
        r#"<form><block><assign name="nobody" expr="1"/></block><catch event="error.semantic">semantic</catch></form>"#,
    )
    .hears("semantic");
}

#[test]
fn a_handler_sees_the_variables_of_the_place_where_the_event_arose() {
    Call::of(r#"<catch event="e"><value expr="local"/></catch><form><var name="local" expr="'mine'"/><block><throw event="e"/></block></form>"#)
        .hears("mine");
}

#[test]
fn an_error_in_a_handler_is_thrown_again() {
    Call::of(
        r#"<form><block><throw event="e"/></block><catch event="e"><value expr="nobody"/></catch><catch event="error.semantic">second</catch></form>"#,
    )
    .hears("second");
}

#[test]
fn a_handler_that_always_fails_is_stopped_before_it_asks_a_server_too_often() {
    let mut call = Call::of(
        r#"<form><block><throw event="e"/></block><catch event="e"><submit next="gone"/></catch>
        <error><submit next="also-gone"/></error></form>"#,
    );
    assert_eq!(call.fetched.iter().filter(|request| request.url.ends_with("gone")).count(), 21);
    let reason = &call.ending().reason;
    assert!(
        matches!(reason, Reason::Event { event, message } if event == "error.badfetch.http.404" && message.contains("main.vxml:2:16")),
        "{reason:?}"
    );
    call.hears("Sorry, an error has occurred. Please call again later.");
}

#[test]
fn a_hang_up_reaches_the_handlers_and_their_submits() {
    let mut call = Call::start(&[
        (
            "main.vxml",
            &vxml(&format!(
                r#"<form><field name="a">{ONE}</field><catch event="connection.disconnect.hangup"><prompt>bye</prompt><log>gone</log><submit next="bye.vxml"/></catch></form>"#
            )),
        ),
        ("bye.vxml", &vxml("<form><block><log>submitted</log><exit/></block></form>")),
    ]);
    call.hang_up().hears("");
    assert_eq!(call.ending().reason, Reason::Exit);
    assert_eq!(call.logs(), ["gone", "submitted"]);
    assert_eq!(call.unheard(), ["bye"]);
}

#[test]
fn listening_after_a_hang_up_ends_the_application() {
    let mut call = Call::of(&format!(
        r#"<form><field name="a">{ONE}</field><catch event="connection.disconnect"><log>once</log></catch></form>"#
    ));
    call.hang_up();
    assert_eq!(call.ending().reason, Reason::HungUp);
    assert_eq!(call.logs(), ["once"]);
}

#[test]
fn a_disconnect_plays_what_is_queued_and_then_runs_the_handlers() {
    let mut call = Call::of(
        r#"<form><block>Goodbye.<disconnect/></block><catch event="connection.disconnect.hangup"><log>handled</log><exit/></catch></form>"#,
    );
    call.hears("Goodbye.");
    assert!(matches!(&call.step, Step::Turn(turn) if turn.next == Next::Disconnect));
    call.hang_up();
    assert_eq!(call.logs(), ["handled"]);
}

#[test]
fn an_unknown_object_says_so_by_its_event() {
    Call::of(
        r#"<form><object name="x" classid="builtin://nothing"/>
           <catch event="error.unsupported"><value expr="_event"/><exit/></catch></form>"#,
    )
    .hears("error.unsupported.objectname");
}

#[test]
fn what_disconnect_hands_back_is_told_at_the_end() {
    let disconnect = r#"<var name="a" expr="[1, 2]"/><var name="b" expr="'x'"/><disconnect namelist="a b"/>"#;
    let handed = |handler: &str| {
        let mut call = Call::of(&format!("<form><block>Bye.{disconnect}</block>{handler}</form>"));
        call.hears("Bye.");
        call.hang_up();
        (call.ending().reason.clone(), json!(call.ending().namelist).to_string())
    };
    let told = r#"[["a",[1,2]],["b","x"]]"#.to_owned();
    assert_eq!(handed(""), (Reason::HungUp, told.clone()));
    // Its handlers run, and what their own <exit> hands back comes first.
    let hangup = |body: &str| format!("<catch event=\"connection.disconnect.hangup\">{body}</catch>");
    assert_eq!(handed(&hangup("<exit/>")), (Reason::Exit, told));
    let own = r#"<var name="c" expr="3"/><exit namelist="c"/>"#;
    assert_eq!(handed(&hangup(own)), (Reason::Exit, r#"[["c",3]]"#.to_owned()));
}

#[test]
fn counters_start_anew_when_the_form_is_entered_again() {
    let mut call = Call::of(&format!(
        r##"<form id="f"><field name="a">{ONE}<noinput count="1">first</noinput><noinput count="2"><goto next="#f"/></noinput></field></form>"##
    ));
    call.silence().hears("first").silence().hears("").silence().hears("first");
}

#[test]
fn a_hang_up_while_something_is_fetched_reaches_the_handlers_at_the_next_wait() {
    let main = vxml(&format!(
        r#"<catch event="connection.disconnect.hangup"><log>gone</log><exit/></catch>
        <form><block><script src="lib.js"/></block><field name="a">{ONE}</field></form>"#
    ));
    let mut call = Call::before_fetching(&[("main.vxml", &main), ("lib.js", "var x = 1;")], "lib.js");
    call.hang_up();
    assert_eq!(call.logs(), ["gone"]);
    assert_eq!(call.ending().reason, Reason::Exit);
}

#[test]
fn a_return_outside_of_a_subdialog_is_a_semantic_error_that_may_lead_elsewhere() {
    Call::of(
        r##"<form><block><return/></block><catch event="error.semantic"><goto next="#b"/></catch></form><form id="b"><block>there</block></form>"##,
    )
    .hears("there");
    Call::of(
        r#"<form><block>one<return/></block><block>two</block><catch event="error.semantic">caught</catch></form>"#,
    )
    .hears("one caught two");
}

#[test]
fn an_error_in_a_documents_variables_may_lead_to_another_document() {
    let main = vxml(
        r#"<var name="x" expr="nobody.knows"/><catch event="error.semantic"><goto next="other.vxml"/></catch><form><block>never</block></form>"#,
    );
    Call::start(&[("main.vxml", &main), ("other.vxml", &vxml("<form><block>other</block></form>"))]).hears("other");
}

#[test]
fn an_error_in_a_dialogs_variables_may_lead_to_an_item() {
    Call::of(
        r#"<form><var name="x" expr="nobody.knows"/><catch event="error.semantic"><goto nextitem="two"/></catch>
        <block>one</block><block name="two">two <exit/></block></form>"#,
    )
    .hears("two");
}

#[test]
fn a_handler_that_names_the_next_item_plays_its_prompts_only_after_a_reprompt() {
    let document = |reprompt: &str| {
        format!(
            r#"<form><field name="a">{ONE}<prompt>a?</prompt><noinput>moving on {reprompt}<goto nextitem="b"/></noinput></field>
            <field name="b">{ONE}<prompt>b?</prompt></field></form>"#
        )
    };
    Call::of(&document("")).silence().hears("moving on");
    Call::of(&document("<reprompt/>")).silence().hears("moving on b?");
}

#[test]
fn an_error_nobody_catches_says_where_it_arose() {
    let message = |body: &str| match &Call::of(&format!("\n<form>\n{body}</form>")).ending().reason {
        Reason::Event { message, .. } => message.strip_prefix("http://example.com/app/").unwrap().to_owned(),
        other => panic!("{other:?}"),
    };
    assert!(message("<block>a\n<goto next='gone.vxml'/></block>").starts_with("main.vxml:4:1: http://example.com"));
    assert!(message("<block>a\n <assign name='none' expr='1'/></block>").starts_with("main.vxml:4:16: "));
    assert!(message("<block/>\n<object name='o' classid='x'/>").starts_with("main.vxml:4:1: "));
    assert_eq!(message("<block><throw event='error.own'/></block>"), "main.vxml:3:8");
    let handled = "<catch event='own'>\n<goto next='#none'/></catch><block><throw event='own'/></block>";
    assert!(message(handled).starts_with("main.vxml:4:1: "));
    assert!(message("<block/>\n<block cond='oops()'/>").starts_with("main.vxml:4:1: line 4, column 14"));
}

#[test]
fn an_error_in_a_handler_of_the_root_names_the_root() {
    let root = vxml("\n<catch event='go'><assign name='none' expr='1'/></catch>");
    let leaf = r#"<vxml version="2.1" application="root.vxml"><form><block><throw event="go"/></block></form></vxml>"#;
    let call = Call::start(&[("main.vxml", leaf), ("root.vxml", &root)]);
    assert!(
        matches!(&call.ending().reason, Reason::Event { message, .. } if message.contains("app/root.vxml:2:")),
        "{:?}",
        call.ending()
    );
}
