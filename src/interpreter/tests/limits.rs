//! What keeps a document from harming the platform, and replay.

use super::*;

#[test]
fn a_document_that_never_listens_is_stopped_with_its_name() {
    let call = Call::of(r##"<form id="f"><block>on and on <goto next="#f"/></block></form>"##);
    assert_eq!(call.text(), "Sorry, an error has occurred. Please call again later.");
    let Reason::Limit(message) = &call.ending().reason else { panic!("{:?}", call.ending()) };
    assert!(message.contains("main.vxml") && message.contains("max_transitions"), "{message}");
}

#[test]
fn an_endless_script_is_a_semantic_error_and_the_call_goes_on() {
    let call = Call::of(
        r#"<form><block><script>for (;;) {}</script></block><catch event="error.semantic">stopped<exit/></catch></form>"#,
    );
    assert_eq!(call.text(), "stopped");
}

#[test]
fn a_call_replayed_from_its_events_takes_the_same_steps() {
    let document = vxml(
        r##"<menu id="m"><prompt>Number <value expr="Math.floor(Math.random() * 1000)"/> at <value expr="new Date().getTime()"/>.</prompt>
        <choice dtmf="1" next="#m">again</choice></menu>"##,
    );
    let play = || {
        let mut call = Call::start(&[("main.vxml", &document)]);
        let mut steps = vec![format!("{:?}", call.step)];
        for keys in ["1", "1", "5"] {
            call.press(keys);
            steps.push(format!("{:?}", call.step));
        }
        steps
    };
    assert_eq!(play(), play());
}

#[test]
fn after_its_end_a_call_stays_ended() {
    let mut call = Call::of("<form><block>bye</block></form>");
    call.press("1").hears("");
    assert_eq!(call.ending().reason, Reason::Finished);
}

#[test]
fn a_call_whose_first_document_is_missing_ends_with_the_reason() {
    let call = Call::start(&[]);
    assert_eq!(call.text(), "Sorry, an error has occurred. Please call again later.");
    assert!(matches!(&call.ending().reason, Reason::Event { event, .. } if event == "error.badfetch.http.404"));
}

#[test]
fn the_deepest_nesting_a_document_may_have_fits_the_stack() {
    // Subdialogs in subdialogs, at the bottom conditions in conditions, and there a script that recurses without end.
    let (open, close) = ("<if cond=\"true\">".repeat(110), "</if>".repeat(110));
    let document = format!(
        r##"<form id="s"><var name="n" expr="0"/><block cond="n == 31">{open}<value expr="(function f() {{ return f() + 1; }})()"/>{close}</block>
        <catch event="error.semantic"><return namelist="n"/></catch>
        <subdialog name="r" src="#s" cond="n != 31"><param name="n" expr="n + 1"/></subdialog>
        <block>at <value expr="n"/> <if cond="n == 0"><exit/></if><return namelist="n"/></block></form>"##,
    );
    let run = move || Call::of(&document).text();
    let heard = std::thread::Builder::new().stack_size(crate::interpreter::STACK).spawn(run).unwrap().join().unwrap();
    let expected: Vec<String> = (0..31).rev().map(|depth| format!("at {depth}")).collect();
    assert_eq!(heard, expected.join(" "));
}

#[test]
fn a_foreach_over_an_endless_array_is_cut_short() {
    let call = Call::of(
        r#"<form><block><var name="all" expr="new Array(1000000000)"/><foreach item="e" array="all"/>done</block></form>"#,
    );
    assert_eq!(call.text(), "done");
}

#[test]
fn loops_within_loops_are_stopped() {
    let call = Call::of(
        r#"<form><block><var name="all" expr="new Array(5000)"/><var name="e"/><var name="f"/>
        <foreach item="e" array="all"><foreach item="f" array="all"/></foreach></block><catch event="error.semantic">too many<exit/></catch></form>"#,
    );
    assert_eq!(call.text(), "too many");
}

#[test]
fn prompts_do_not_grow_without_bound() {
    let call = Call::of(
        r#"<form><block><var name="long" expr="new Array(20000).join('word ')"/><var name="all" expr="new Array(100)"/>
        <prompt><foreach item="e" array="all"><value expr="long"/></foreach></prompt></block>
        <catch event="error.semantic">too long<exit/></catch></form>"#,
    );
    assert_eq!(call.text(), "too long");
}

#[test]
fn a_script_that_calls_itself_for_ever_is_a_semantic_error() {
    Call::of(
        r#"<script>function f(n) { return f(n + 1) + 1; }</script><form><block><value expr="f(0)"/></block>
        <catch event="error.semantic">too deep<exit/></catch></form>"#,
    )
    .hears("too deep");
}
