//! `<transfer>` (2.0 §2.3.7, 2.1 §9).

use super::*;
use crate::dialogue::{TransferKind, TransferRequest};

fn form(attributes: &str, inside: &str) -> String {
    format!(
        r#"<form id="f"><transfer name="x" {attributes}><prompt>One moment.</prompt>{inside}</transfer>
           <block><prompt>Still <value expr="x"/>.</prompt></block></form>"#
    )
}

const DESK: &str = r#"dest="tel:+14155550100""#;
const TELL: &str = "<filled><log expr=\"x + ' ' + x$.duration + ' ' + x$.inputmode + ' ' + x$.utterance\"/></filled>";

#[track_caller]
fn request(call: &Call) -> &TransferRequest {
    match call.next() {
        Next::Transfer(request) => request,
        other => panic!("no transfer: {other:?}"),
    }
}

#[test]
fn the_prompts_come_before_the_connection() {
    let call = Call::of(&form(
        r#"destexpr="'tel:' + '+14155550100'" bridge="true" connecttimeout="20s" maxtime="60s" transferaudio="wait.wav"
           aaiexpr="'acct ' + 7""#,
        "",
    ));
    assert_eq!(call.text(), "One moment.");
    let request = request(&call);
    assert_eq!((request.dest.as_str(), request.kind), ("tel:+14155550100", TransferKind::Bridge));
    assert_eq!((request.connecttimeout, request.maxtime), (Some(20_000), Some(60_000)));
    assert_eq!(request.audio.as_deref(), Some("http://example.com/app/wait.wav"));
    assert_eq!(request.aai.as_deref(), Some("acct 7"));
}

#[test]
fn a_bridge_fills_the_item_with_what_came_of_it() {
    for result in [
        "busy",
        "noanswer",
        "network_busy",
        "far_end_disconnect",
        "maxtime_disconnect",
        "network_disconnect",
        "unknown",
    ] {
        let mut call = Call::of(&form(&format!("{DESK} bridge=\"true\""), TELL));
        call.transfer_ends(result, 3_000).hears(&format!("Still {result}."));
        assert_eq!(call.logs(), [format!("{result} 3 undefined undefined")]);
    }
}

#[test]
fn whoever_hangs_up_in_a_bridge_is_gone() {
    let mut call = Call::of(&form(
        &format!("{DESK} type=\"bridge\""),
        r#"<catch event="connection.disconnect.hangup"><log expr="typeof x"/>Bye.</catch>"#,
    ));
    call.hang_up();
    assert_eq!((call.logs(), call.unheard()), (vec!["undefined".to_owned()], vec!["Bye.".to_owned()]));
}

#[test]
fn a_blind_transfer_takes_leave_of_the_caller() {
    let bye = r##"<catch event="connection.disconnect.transfer"><log expr="typeof x"/>Bye. <goto next="#end"/></catch>
                  <filled>never</filled>"##;
    let end = r#"<form id="end"><field name="y"><prompt>Hello?</prompt><grammar>yes</grammar></field></form>"#;
    for kind in ["", r#"bridge="false""#, r#"type="blind""#] {
        let mut call = Call::of(&(form(&format!("{DESK} {kind}"), bye) + end));
        assert_eq!(request(&call).kind, TransferKind::Blind);
        call.transfer_ends("connected", 0);
        assert_eq!(call.logs(), ["undefined"], "{kind}");
        assert_eq!(call.unheard(), ["Bye.", "Hello?"]);
        assert_eq!(call.ending().reason, Reason::HungUp);
    }
}

#[test]
fn a_consultation_takes_leave_once_somebody_answers_and_comes_back_otherwise() {
    let start = || {
        Call::of(&form(
            &format!("{DESK} type=\"consultation\""),
            r#"<catch event="connection.disconnect.transfer"><log>handed over</log></catch>"#,
        ))
    };
    let mut call = start();
    assert_eq!(request(&call).kind, TransferKind::Consultation);
    call.transfer_ends("busy", 0).hears("Still busy.");
    for result in ["connected", "far_end_disconnect"] {
        let mut call = start();
        call.transfer_ends(result, 9_000);
        assert_eq!(call.logs(), ["handed over"]);
        assert_eq!(call.ending().reason, Reason::HungUp);
    }
}

#[test]
fn a_key_of_the_transfers_own_grammar_can_end_a_bridge() {
    let grammar =
        |key: &str| format!(r#"<grammar mode="dtmf" version="1.0" root="r"><rule id="r">{key}</rule></grammar>"#);
    let link = format!(r#"<link event="help">{}</link>"#, grammar("9"));
    let body = link + &form(&format!("{DESK} bridge=\"true\""), &(grammar("*") + TELL));
    let mut call = Call::of(&body);
    let asked = request(&call);
    assert_eq!((asked.keys.as_str(), asked.more_input), ("*", false), "a transfer is modal");
    call.transfer_ends("near_end_disconnect", 2_500);
    assert_eq!(call.logs(), ["near_end_disconnect 2.5 dtmf *"]);
    let mut call = Call::of(&form(&format!("{DESK} bridge=\"true\""), &(grammar("*") + TELL)));
    let input = Heard::Speech {
        utterance: "come back".into(),
        confidence: None,
        alternatives: Vec::new(),
        finding: Finding::default(),
    };
    let result = "near_end_disconnect".to_owned();
    call.feed(Happening::TransferEnded { result, duration: 2_000, input: Some(input) });
    assert_eq!(call.logs(), ["near_end_disconnect 2 voice come back"]);
    let call = Call::of(&form(&format!("{DESK} bridge=\"true\""), &grammar("* 1")));
    assert_eq!((request(&call).keys.as_str(), request(&call).more_input), ("", true));
}

#[test]
fn a_destination_nobody_can_call_is_an_event() {
    for (dest, event) in [
        ("execute:hangup()", "error.unsupported.uri"),
        ("conf:i6net/x", "error.unsupported.uri"),
        ("dial:SIP/user1", "error.unsupported.uri"),
        ("tel:user3", "error.connection.baddestination"),
        ("tel:", "error.connection.baddestination"),
        ("sip:", "error.connection.baddestination"),
    ] {
        let call = Call::of(&form(&format!("dest=\"{dest}\""), r#"<catch><log expr="_event"/><exit/></catch>"#));
        assert_eq!(call.logs(), [event], "{dest}");
    }
    for dest in ["tel:+1-415-555-0100", "4155550100", "sip:a@b.example", "phone:411", "tel:555;ext=2"] {
        request(&Call::of(&form(&format!("dest=\"{dest}\""), "")));
    }
}

#[test]
fn what_the_platform_cannot_do_is_thrown_by_its_name() {
    for kind in ["blind", "bridge", "consultation"] {
        let mut call =
            Call::of(&form(&format!("{DESK} type=\"{kind}\""), r#"<catch><log expr="_event"/><exit/></catch>"#));
        call.transfer_ends("error.connection.baddestination", 0);
        assert_eq!(call.logs(), ["error.connection.baddestination"]);
    }
}

/// What the application hears of a transfer whose destination the caller's keys make.
fn premium(destinations: Destinations, keys: &str) -> Call {
    let body = r#"<form><field name="n" type="digits"><prompt>Your number?</prompt></field>
        <transfer name="x" destexpr="'tel:' + n"/>
        <catch event="error.connection.noauthorization">No. <value expr="_message"/><exit/></catch></form>"#;
    let mut call = Call::of_destinations(body, destinations);
    call.press(keys);
    call
}

#[test]
fn a_caller_does_not_choose_whom_the_account_calls() {
    let call = premium(Destinations::default(), "19005551234");
    assert!(call.text().starts_with("No. ") && call.text().contains("allow_transfers"), "{}", call.text());
    assert!(!call.text().contains("5551234"), "the number stays masked: {}", call.text());
    let desks = || Destinations::matching(&["+1415555*".to_owned()]);
    assert!(premium(desks(), "19005551234").text().starts_with("No. "));
    assert_eq!(request(&premium(desks(), "4155550100")).dest, "tel:4155550100");
}

#[test]
fn a_list_holds_for_what_documents_write_too() {
    let list = |pattern: &str| Destinations::matching(&[pattern.to_owned()]);
    let refused = r#"<catch event="error.connection.noauthorization">No.<exit/></catch>"#;
    let body = form(DESK, "").replace("<block>", &format!("{refused}<block>"));
    assert_eq!(Call::of_destinations(&body, list("+1900*")).text(), "One moment. No.");
    assert_eq!(request(&Call::of_destinations(&body, list("+1415*"))).dest, "tel:+14155550100");
    assert_eq!(request(&Call::of_destinations(&body, Destinations::default())).dest, "tel:+14155550100");
}

#[test]
fn what_could_begin_a_header_or_an_element_is_no_destination() {
    for dest in [
        "sip:a@b.example\\r\\nX: y",
        "sip:a%0d%0aX@b.example",
        "sip:a@b.example%0A",
        "sip:a@b@c.example",
        "sip:a@<b.example",
        "sip:\u{201c}@b.example\\u0000",
        "tel:+1415\\n5550100",
        "tel:+14155550100</Number>",
    ] {
        let body = format!(
            r#"<form><transfer name="x" destexpr="{}"/><catch event="error.connection.baddestination">bad<exit/></catch></form>"#,
            format!("'{dest}'").replace('<', "&lt;")
        );
        assert_eq!(Call::of(&body).text(), "bad", "{dest}");
    }
}
