//! After the caller has gone: handlers run, submits are sent, nobody is listened to (2.0 §1.5.4).

use super::*;

const FIELD: &str = r#"<field name="x"><prompt>X?</prompt><option>yes</option></field>"#;

#[test]
fn a_hang_up_is_caught_by_any_prefix_of_its_event() {
    for event in ["connection.disconnect.hangup", "connection.disconnect", "connection", ""] {
        let mut call = Call::of(&format!(
            r#"<form>{FIELD}<catch event="{event}"><log><value expr="_event"/></log><exit/></catch></form>"#
        ));
        call.hang_up();
        assert_eq!(call.logs(), ["connection.disconnect.hangup"], "{event}");
        assert_eq!(call.ending().reason, Reason::Exit);
    }
}

#[test]
fn a_hang_up_nobody_catches_ends_the_call() {
    let mut call = Call::of(&format!("<form>{FIELD}</form>"));
    call.hang_up().hears("");
    assert_eq!(call.ending().reason, Reason::HungUp);
}

#[test]
fn a_handler_that_leads_nowhere_lets_the_form_go_on_until_it_would_listen() {
    let mut call = Call::of(
        r#"<form><block name="early" expr="true"><log>early</log></block><field name="x"><option>yes</option></field><block><log>late</log></block>
        <catch event="connection.disconnect"><clear namelist="early"/><prompt>gone</prompt></catch></form>"#,
    );
    call.hang_up();
    assert_eq!((call.logs(), call.unheard()), (vec!["early".to_owned()], vec!["gone".to_owned()]));
    assert_eq!(call.ending().reason, Reason::HungUp);
}

#[test]
fn the_answer_to_a_last_submit_runs_without_being_heard() {
    let main = vxml(&format!(
        r#"<form>{FIELD}<catch event="connection.disconnect.hangup"><assign name="x" expr="'left'"/><submit next="bye.vxml" namelist="x" method="post"/></catch></form>"#
    ));
    let bye = vxml(
        r#"<form><block><prompt>Goodbye.</prompt><log>stored</log></block><field name="y"><prompt>Y?</prompt><option>yes</option></field><block><log>never</log></block></form>"#,
    );
    let mut call = Call::start(&[("main.vxml", &main), ("bye.vxml", &bye)]);
    call.hang_up().hears("");
    assert_eq!(call.fetched.last().unwrap().fields[0].as_text(), "left");
    assert_eq!(
        (call.logs(), call.unheard()),
        (vec!["stored".to_owned()], vec!["Goodbye. Y?".replace(" Y?", ""), "Y?".to_owned()])
    );
    assert_eq!(call.ending().reason, Reason::HungUp);
}

#[test]
fn a_disconnect_in_the_handler_of_a_hang_up_ends_the_call() {
    let mut call = Call::of(&format!(
        r#"<form>{FIELD}<catch event="connection.disconnect"><log>gone</log><disconnect/></catch></form>"#
    ));
    call.hang_up();
    assert_eq!((call.logs().len(), &call.ending().reason), (1, &Reason::HungUp));
}

#[test]
fn a_disconnect_throws_the_event_of_a_hang_up() {
    let mut call = Call::of(
        r#"<form><block>Bye. <disconnect/></block><block><log>never</log></block>
        <catch event="connection.disconnect.hangup"><log>hung up</log><prompt>Too late.</prompt><exit/></catch></form>"#,
    );
    call.hears("Bye.");
    assert!(matches!(&call.step, Step::Turn(turn) if turn.next == Next::Disconnect));
    call.hang_up().hears("");
    assert_eq!((call.logs(), call.unheard()), (vec!["hung up".to_owned()], vec!["Too late.".to_owned()]));
}

#[test]
fn in_a_subdialog_its_own_handlers_are_told_and_then_the_call_is_over() {
    let mut call = Call::of(
        r##"<form id="main"><subdialog name="s" src="#sub"/><catch event="connection"><log>caller</log></catch></form>
        <form id="sub"><field name="x"><option>yes</option></field><catch event="connection"><log>called</log><assign name="x" expr="1"/></catch>
        <block><log>still running</log></block></form>"##,
    );
    call.hang_up();
    assert_eq!(call.logs(), ["called", "still running"]);
}

#[test]
fn a_subdialog_may_return_to_its_caller_after_the_hang_up() {
    let mut call = Call::of(
        r##"<form id="main"><subdialog name="s" src="#sub"><filled><log>back</log></filled></subdialog><field name="y"><option>no</option></field></form>
        <form id="sub"><field name="x"><option>yes</option></field><catch event="connection"><return/></catch></form>"##,
    );
    call.hang_up();
    assert_eq!((call.logs(), &call.ending().reason), (vec!["back".to_owned()], &Reason::HungUp));
}

#[test]
fn an_error_in_the_last_handler_is_handled_too() {
    let mut call = Call::of(&format!(
        r#"<form>{FIELD}<catch event="connection.disconnect"><submit next="missing.vxml"/></catch>
        <catch event="error.badfetch"><log>not sent</log><exit/></catch></form>"#
    ));
    call.hang_up();
    assert_eq!(call.logs(), ["not sent"]);
}
