//! What keeps a document from harming the platform, and replay.

use super::*;

#[test]
fn a_document_that_never_listens_is_stopped_with_its_name() {
    let call = Call::of(r##"<form id="f"><block><goto next="#f"/></block></form>"##);
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
    assert!(matches!(&call.ending().reason, Reason::Event { event, .. } if event == "error.badfetch.http.404"));
}
