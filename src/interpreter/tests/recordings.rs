//! `<record>` (2.0 §2.3.6).

use super::*;
use crate::dialogue::{SubmittedValue, Turn};

/// A form that records and then tells what it knows.
fn form(attributes: &str, inside: &str) -> String {
    format!(
        r#"<form id="f"><record name="rec" {attributes}><prompt>Speak.</prompt>{inside}</record>
           <block><prompt>Thank you.</prompt></block></form>"#
    )
}

const TELL: &str =
    "<filled><log expr=\"rec$.duration + ' ' + rec$.size + ' ' + rec$.termchar + ' ' + rec$.maxtime\"/></filled>";

#[test]
fn a_recording_is_asked_for_as_the_document_says() {
    let call = Call::of(&form(
        r#"beep="true" maxtime="20s" finalsilence="2s" dtmfterm="false" type="audio/wav""#,
        r#"<property name="timeout" value="7s"/>"#,
    ));
    assert_eq!(call.text(), "Speak.");
    let Next::Record(request) = call.next() else { panic!("{:?}", call.next()) };
    assert!(request.beep && !request.dtmfterm);
    assert_eq!((request.maxtime, request.finalsilence, request.timeout), (Some(20_000), Some(2_000), 7_000));
    assert_eq!(request.media_type, "audio/x-wav");
}

#[test]
fn the_shadow_variable_tells_length_size_and_how_it_ended() {
    let logs = |duration, key| {
        let mut call = Call::of(&form(r#"maxtime="10s""#, TELL));
        call.record(duration, key).hears("Thank you.");
        call.logs().join("|")
    };
    assert_eq!(logs(3_000, None), "3000 48000 null false");
    assert_eq!(logs(3_000, Some('#')), "3000 48000 # false");
    assert_eq!(logs(10_000, None), "10000 160000 null true");
}

#[test]
fn silence_is_no_input_and_the_next_visit_records() {
    let mut call = Call::of(&form("", "<noinput>I hear nothing. <reprompt/></noinput>"));
    call.recorded(None, 0, None, false).hears("I hear nothing. Speak.");
    call.silence().hears("I hear nothing. Speak.");
    call.record(1_000, None).hears("Thank you.");
}

#[test]
fn a_key_before_any_sound_is_no_silence_and_records_again() {
    let mut call = Call::of(&form("", "<noinput>I hear nothing.</noinput>"));
    call.recorded(None, 0, Some('1'), false).hears("Speak.");
    assert!(matches!(call.next(), Next::Record(_)));
}

#[test]
fn a_hang_up_in_the_middle_leaves_the_recording_for_the_last_submit() {
    let body = r#"<catch event="connection.disconnect.hangup">
           <submit next="save" method="post" enctype="multipart/form-data" namelist="rec"/></catch>"#;
    let mut call = Call::start(&[
        ("main.vxml", &vxml(&form("", &format!("{body}<filled>never</filled>")))),
        ("save", &vxml("<form/>")),
    ]);
    call.recorded(Some(RECORDING), 2_000, None, true);
    let submit = call.fetched.last().unwrap();
    assert_eq!(submit.url, format!("{HOME}save"));
    let SubmittedValue::Recording { url, media_type } = &submit.fields[0].value else { panic!("{submit:?}") };
    assert_eq!((url.as_str(), media_type.as_str()), (RECORDING, "audio/x-wav"));
    assert!(call.unheard().is_empty() && matches!(call.step, Step::Done(_)));
}

#[test]
fn whoever_hangs_up_without_a_word_leaves_no_recording() {
    let mut call = Call::of(&form("", r#"<catch event="connection"><log expr="typeof rec"/></catch>"#));
    call.recorded(None, 0, None, true);
    assert_eq!(call.logs(), ["undefined"]);
}

#[test]
fn a_recording_is_played_wherever_its_value_goes() {
    let mut call = Call::of(
        r##"<form><var name="copy"/><record name="rec"><filled><assign name="copy" expr="rec"/></filled></record>
           <subdialog name="sub" src="#ask"><param name="message" expr="copy"/></subdialog></form>
           <form id="ask"><var name="message"/><block><prompt>You said <audio expr="message">lost</audio> or
           <value expr="message"/></prompt><exit/></block></form>"##,
    );
    call.record(1_000, None);
    let Step::Done(Ending { prompts, .. }) = &call.step else { panic!("{:?}", call.step) };
    let played = prompts[0].content.iter().filter(|piece| **piece == Speech::Audio(RECORDING.to_owned())).count();
    assert_eq!((played, call.text().as_str()), (2, "You said or"));
    assert!(call.fetched.iter().all(|request| request.purpose != Purpose::Audio), "it is the platform's own");
}

#[test]
fn a_key_of_the_items_own_grammar_ends_the_recording_and_one_of_another_drops_it() {
    let keys =
        |key: &str| format!(r#"<grammar mode="dtmf" version="1.0" root="r"><rule id="r">{key}</rule></grammar>"#);
    let body = format!(
        r#"<link event="help">{}</link><form id="f"><record name="rec" dtmfterm="false" modal="false">{}
           <catch event="help">Helping. <log expr="typeof rec"/></catch>
           <filled><log expr="rec + ' ' + rec$.termchar + ' ' + application.lastresult$.utterance"/></filled></record></form>"#,
        keys("9"),
        keys("5")
    );
    let mut call = Call::of(&body);
    let Next::Record(request) = call.next() else { panic!() };
    assert!(request.dtmfterm, "a key must be able to end it");
    call.record(1_000, Some('9')).hears("Helping.");
    call.record(1_000, Some('5'));
    assert_eq!(call.logs(), ["undefined".to_owned(), format!("{RECORDING} null 5")]);
}

#[test]
fn an_unknown_format_is_an_event_and_old_telephone_formats_are_wav() {
    let mut call =
        Call::of(&form(r#"type="video/mpeg""#, r#"<catch event="error.unsupported.format">No.<exit/></catch>"#));
    call.hears("Speak. No.");
    let call = Call::of(&form(r#"type="audio/basic""#, ""));
    assert!(matches!(call.next(), Next::Record(request) if request.media_type == "audio/x-wav"));
    let call = Call::of(&form(r#"type="audio/mpeg""#, ""));
    assert!(
        matches!(&call.step, Step::Turn(Turn { next: Next::Record(request), .. }) if request.media_type == "audio/mpeg")
    );
}
