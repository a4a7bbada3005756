use super::*;
use crate::dialogue::{TransferKind, TransferRequest};

fn request(more: &[(&str, &str)]) -> Vec<(String, String)> {
    let standard = [
        ("CallSid", "CA1234567890abcdef1234567890abcdef"),
        ("AccountSid", "AC1234567890abcdef1234567890abcdef"),
        ("From", "+14155550100"),
        ("To", "+18005550199"),
        ("Direction", "inbound"),
    ];
    let in_progress = [("CallStatus", "in-progress")];
    let status: &[(&str, &str)] = if more.iter().any(|(name, _)| *name == "CallStatus") { &[] } else { &in_progress };
    standard.iter().chain(status).chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn happening(more: &[(&str, &str)]) -> Option<Happening> {
    decode(&request(more)).unwrap().happening
}

fn keys(text: &str) -> Option<Happening> {
    Some(Happening::Heard(Heard::Keys { keys: text.into() }))
}

#[test]
fn the_first_request_has_a_call_and_no_news() {
    let incoming = decode(&request(&[("CallStatus", "ringing"), ("Unheard-Of", "1"), ("FromCity", "")])).unwrap();
    assert_eq!(incoming.call_sid, "CA1234567890abcdef1234567890abcdef");
    assert_eq!(incoming.from.as_str(), "+14155550100");
    assert_eq!((incoming.status, incoming.direction), (CallStatus::Ringing, Direction::Inbound));
    assert_eq!((incoming.happening, incoming.details), (None, vec![]));
}

#[test]
fn digits_are_keys() {
    assert_eq!(happening(&[("Digits", "1234"), ("FinishedOnKey", "#")]), keys("1234"));
    assert_eq!(happening(&[("Digits", "12*#")]), keys("12*#"));
}

#[test]
fn only_the_finishing_key_is_an_empty_input_and_not_silence() {
    assert_eq!(happening(&[("Digits", ""), ("FinishedOnKey", "#")]), keys(""));
}

#[test]
fn silence_is_no_input_however_it_is_told() {
    for silence in [
        &[("Digits", "")][..],
        &[("SpeechResult", " ")],
        &[("msg", "Gather End")],
        &[("Digits", ""), ("FinishedOnKey", "")],
    ] {
        assert_eq!(happening(silence), Some(Happening::Nothing), "{silence:?}");
    }
}

#[test]
fn speech_comes_with_the_confidence_if_there_is_one() {
    let speech = |confidence| {
        Some(Happening::Heard(Heard::Speech {
            utterance: "I lost my card.".into(),
            confidence,
            alternatives: Vec::new(),
            finding: Finding::default(),
        }))
    };
    let said = ("SpeechResult", " I lost my card. ");
    assert_eq!(happening(&[said, ("Confidence", "0.91")]), speech(Some(0.91)));
    for none in ["", "0.0", "NaN", "7", "high"] {
        assert_eq!(happening(&[said, ("Confidence", none), ("Digits", "")]), speech(None), "{none}");
    }
    assert_eq!(happening(&[said]), speech(None));
}

#[test]
fn a_recording_has_its_place_length_and_the_key_that_ended_it() {
    let url = ("RecordingUrl", "https://api.twilio.com/R1");
    let recorded = |url: Option<&str>, duration, key, hung_up| {
        Some(Happening::Recorded { url: url.map(str::to_owned), duration, key, hung_up })
    };
    let place = Some("https://api.twilio.com/R1");
    assert_eq!(happening(&[url, ("RecordingDuration", "4"), ("Digits", "#")]), recorded(place, 4000, Some('#'), false));
    assert_eq!(
        happening(&[url, ("RecordingDuration", "4"), ("Digits", "hangup"), ("CallStatus", "completed")]),
        recorded(place, 4000, None, true)
    );
    assert_eq!(happening(&[url, ("RecordingDuration", "0")]), recorded(None, 0, None, false));
}

#[test]
fn a_transfer_ends_by_voicexml_names() {
    for (status, result) in
        [("completed", "far_end_disconnect"), ("busy", "busy"), ("no-answer", "noanswer"), ("failed", "network_busy")]
    {
        let ended = Happening::TransferEnded { result: result.to_owned(), duration: 7000, input: None };
        assert_eq!(happening(&[("DialCallStatus", status), ("DialCallDuration", "7")]), Some(ended), "{status}");
    }
    let screened = happening(&[("DialCallStatus", "completed"), ("DialBridged", "false")]);
    assert_eq!(screened, Some(Happening::TransferEnded { result: "noanswer".to_owned(), duration: 0, input: None }));
}

#[test]
fn a_transfer_of_the_longest_time_was_cut() {
    let incoming = decode(&request(&[("DialCallStatus", "completed"), ("DialCallDuration", "60")])).unwrap();
    let next = |maxtime| Next::Transfer(TransferRequest { maxtime, ..bridge("tel:+1") });
    let result = |next: &Next| match incoming.happening_after(next) {
        Happening::TransferEnded { result, .. } => result,
        other => panic!("{other:?}"),
    };
    assert_eq!(result(&next(Some(60_000))), "maxtime_disconnect");
    assert_eq!(result(&next(Some(90_000))), "far_end_disconnect");
    assert_eq!(result(&next(Some(0))), "far_end_disconnect");
}

#[test]
fn a_call_that_is_over_is_a_hang_up_even_with_other_news() {
    for status in ["completed", "busy", "failed", "no-answer", "canceled"] {
        assert_eq!(happening(&[("CallStatus", status)]), Some(Happening::HungUp), "{status}");
    }
    assert_eq!(happening(&[("CallStatus", "completed"), ("Digits", "1")]), Some(Happening::HungUp));
    assert_eq!(happening(&[("CallStatus", "completed"), ("DialCallStatus", "completed")]), Some(Happening::HungUp));
}

#[test]
fn a_status_callback_of_a_recorded_call_is_no_recording_of_a_turn() {
    let callback = [
        ("CallStatus", "completed"),
        ("CallDuration", "60"),
        ("RecordingUrl", "https://api.twilio.com/R1"),
        ("RecordingDuration", "60"),
    ];
    assert_eq!(happening(&callback), Some(Happening::HungUp));
}

#[test]
fn no_news_after_a_turn_means_that_nothing_came_of_it() {
    let incoming = decode(&request(&[])).unwrap();
    assert_eq!(incoming.happening_after(&Next::Disconnect), Happening::HungUp);
    let ended = |result: &str| Happening::TransferEnded { result: result.to_owned(), duration: 0, input: None };
    assert_eq!(incoming.happening_after(&Next::Transfer(bridge("tel:+14155550100"))), ended("unknown"));
    let undialled = incoming.happening_after(&Next::Transfer(bridge("tel:12")));
    assert_eq!(undialled, ended("error.connection.baddestination"));
}

#[test]
fn a_request_without_a_call_or_with_impossible_keys_is_refused() {
    let without = |name: &str| request(&[]).into_iter().filter(|(known, _)| known != name).collect::<Vec<_>>();
    assert_eq!(decode(&without("CallSid")), Err(DecodeError::NoCall));
    let mut bad = without("CallSid");
    bad.push(("CallSid".to_owned(), "../../etc".to_owned()));
    assert_eq!(decode(&bad), Err(DecodeError::BadCall));
    assert_eq!(decode(&request(&[("Digits", "12x")])), Err(DecodeError::BadDigits));
}

#[test]
fn what_is_longer_than_any_webhook_is_refused_or_cut_short() {
    assert_eq!(decode(&request(&[("Digits", &"1".repeat(1_001))])), Err(DecodeError::TooManyKeys));
    let crowded = vec![("X", "y"); 300];
    assert_eq!(decode(&request(&crowded)), Err(DecodeError::TooMany));
    let long = decode(&request(&[("SpeechResult", &"né".repeat(20_000))])).unwrap();
    let Some(Happening::Heard(Heard::Speech { utterance, .. })) = long.happening else { panic!("not heard") };
    assert!((7_990..=8_000).contains(&utterance.0.len()), "{}", utterance.0.len());
}

#[test]
fn session_variables_have_both_ends_the_protocol_and_the_old_names() {
    let incoming = decode(&request(&[("ForwardedFrom", "+442071838750"), ("CallerName", "J DOE")])).unwrap();
    assert_eq!(
        session_variables(&incoming),
        json!({
            "connection": {
                "local": {"uri": "tel:+18005550199"},
                "remote": {"uri": "tel:+14155550100", "name": "J DOE"},
                "originator": {"uri": "tel:+14155550100"},
                "protocol": {"name": "pstn"},
                "redirect": [{"uri": "tel:+442071838750"}],
            },
            "telephone": {"ani": "4155550100", "dnis": "8005550199", "rdnis": "442071838750"},
        })
    );
}

#[test]
fn a_sip_caller_brings_its_address_and_application_data() {
    let fields: Vec<_> = request(&[("SipCallId", "x@y"), ("SipHeader_X-User-to-User", "acct=7")])
        .into_iter()
        .map(|(name, value)| if name == "From" { (name, "sip:ann@example.com".to_owned()) } else { (name, value) })
        .collect();
    let session = session_variables(&decode(&fields).unwrap());
    assert_eq!(session["connection"]["remote"]["uri"], "sip:ann@example.com");
    assert_eq!(session["connection"]["protocol"], json!({"name": "sip", "version": "2.0"}));
    assert_eq!((&session["connection"]["aai"], &session["telephone"]["uui"]), (&json!("acct=7"), &json!("acct=7")));
}

#[test]
fn a_withheld_number_is_undefined_and_an_outbound_call_has_the_ends_swapped() {
    let mut fields = request(&[]);
    fields.retain(|(name, _)| name != "From" && name != "Direction");
    fields.push(("From".to_owned(), "anonymous".to_owned()));
    let session = session_variables(&decode(&fields).unwrap());
    assert_eq!(session["connection"]["remote"], json!({}));
    assert!(session["telephone"].get("ani").is_none());

    let mut fields = request(&[]);
    fields.retain(|(name, _)| name != "Direction");
    fields.push(("Direction".to_owned(), "outbound-api".to_owned()));
    let session = session_variables(&decode(&fields).unwrap());
    assert_eq!(session["connection"]["remote"]["uri"], "tel:+18005550199");
    assert_eq!(session["connection"]["originator"]["uri"], "tel:+14155550100");
}

#[test]
fn what_the_caller_did_stays_out_of_debug_output() {
    let shown = format!("{:?}", decode(&request(&[("Digits", "987654"), ("CallerName", "J DOE")])).unwrap());
    assert!(!shown.contains("987654") && !shown.contains("+1415") && !shown.contains("DOE"), "{shown}");
}

fn bridge(dest: &str) -> TransferRequest {
    TransferRequest::to(dest, TransferKind::Bridge)
}
