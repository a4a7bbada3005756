use super::*;
use crate::channel::twilio::reading::{Gathering, Then, read_answer};
use crate::dialogue::{
    DtmfInput, InputRequest, Origin, Reason, RecordRequest, Speech, SpeechInput, TransferKind, TransferRequest, samples,
};

const ACTION: &str = "https://h.example/twilio/voice/bank?turn=3&k=1";

fn prompt(text: &str, bargein: bool) -> Spoken {
    Spoken { content: vec![Speech::Text(text.to_owned())], bargein, lang: "en-US".to_owned(), origin: Origin::Item }
}

fn request(dtmf: Option<(u32, Option<u32>, Option<char>)>, hints: Option<&[&str]>) -> InputRequest {
    InputRequest {
        dtmf: dtmf.map(|(shortest, longest, finish)| DtmfInput { shortest, longest, finish }),
        speech: hints.map(|hints| SpeechInput {
            hints: hints.iter().map(|hint| (*hint).to_owned()).collect(),
            own_grammars: true,
        }),
        timeout: 4_200,
        ..samples::listening("en")
    }
}

fn encoded(prompts: Vec<Spoken>, next: Next) -> Encoded {
    encode_turn(&Turn { prompts, next }, &Seam { action: ACTION, voice: None, audio: &|url| Some(url.to_owned()) })
}

fn listen(prompts: Vec<Spoken>, request: InputRequest) -> (String, Gathering, Vec<&'static str>) {
    let encoded = encoded(prompts, Next::Listen(Box::new(request)));
    match read_answer(&encoded.body).unwrap().then {
        Then::Gather(gathering) => (encoded.body, gathering, encoded.notes.iter().map(|note| note.code).collect()),
        other => panic!("{other:?}"),
    }
}

fn then(next: Next) -> Then {
    read_answer(&encoded(vec![prompt("Hello.", true)], next).body).unwrap().then
}

#[test]
fn a_menu_is_a_gather_around_its_prompts() {
    let (body, ..) =
        listen(vec![prompt("Press 1.", true)], request(Some((1, Some(1), Some('#'))), Some(&["sales", "help"])));
    assert_eq!(
        body,
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Gather input="dtmf speech" action="https://h.example/twilio/voice/bank?turn=3&amp;k=1" method="POST" actionOnEmptyResult="true" timeout="5" numDigits="1" finishOnKey="" speechTimeout="auto" language="en-US" hints="sales,help" profanityFilter="false">
    <Say language="en-US">Press 1.</Say>
  </Gather>
</Response>"#
    );
}

#[test]
fn only_the_last_prompts_that_input_may_stop_are_inside() {
    let prompts = vec![prompt("one", true), prompt("two", false), prompt("three", true), prompt("four", true)];
    let encoded = encoded(prompts, Next::Listen(Box::new(request(Some((1, Some(1), None)), None))));
    let answer = read_answer(&encoded.body).unwrap();
    assert_eq!(answer.heard.iter().map(|piece| piece.bargein).collect::<Vec<_>>(), [false, false, true, true]);
    assert_eq!(answer.words(), "one two three four");
    assert_eq!(encoded.notes[0].code, "barge-in-lost");
}

#[test]
fn a_fixed_length_counts_the_keys_and_has_no_finishing_key() {
    let (_, gathering, _) = listen(vec![], request(Some((4, Some(4), Some('#'))), None));
    assert_eq!((gathering.num_digits, gathering.finish_on_key), (Some(4), None));
}

#[test]
fn a_variable_length_ends_with_the_finishing_key_if_there_is_one() {
    let (_, gathering, _) = listen(vec![], request(Some((1, None, Some('*'))), None));
    assert_eq!((gathering.num_digits, gathering.finish_on_key), (None, Some('*')));
    let (_, gathering, _) = listen(vec![], request(Some((1, Some(6), None)), None));
    assert_eq!((gathering.num_digits, gathering.finish_on_key), (Some(6), None));
    let (_, gathering, notes) = listen(vec![], request(Some((1, Some(1_000), Some('D'))), None));
    assert_eq!((gathering.finish_on_key, notes.contains(&"finish-key-unknown")), (None, true));
}

#[test]
fn timeouts_are_whole_seconds_and_the_longer_of_two() {
    let (_, one_key, notes) = listen(vec![], request(Some((1, Some(1), None)), None));
    assert_eq!((one_key.timeout, notes.len()), (5, 0));
    let mut slow = request(Some((1, Some(10), Some('#'))), None);
    slow.interdigit_timeout = 9_500;
    let (_, several, notes) = listen(vec![], slow);
    assert_eq!((several.timeout, notes), (10, vec!["interdigit-merged"]));
    let mut instant = request(Some((1, Some(1), None)), None);
    instant.timeout = 0;
    assert_eq!(listen(vec![], instant).1.timeout, 1);
}

#[test]
fn what_belongs_to_keys_or_to_speech_is_only_there_with_them() {
    let (body, gathering, _) = listen(vec![], request(None, Some(&[])));
    assert!(gathering.speech && !gathering.dtmf);
    assert!(!body.contains("numDigits") && !body.contains("finishOnKey") && !body.contains("hints"), "{body}");
    let (body, gathering, _) = listen(vec![], request(Some((1, Some(1), None)), None));
    assert!(gathering.dtmf && !gathering.speech);
    assert!(!body.contains("speechTimeout") && !body.contains("language") && !body.contains("profanity"), "{body}");
}

#[test]
fn where_nothing_is_understood_any_key_is_still_reported() {
    let (_, gathering, _) = listen(vec![], request(None, None));
    assert_eq!((gathering.dtmf, gathering.num_digits, gathering.finish_on_key), (true, Some(1), None));
}

#[test]
fn long_silences_and_short_utterances_of_the_document_reach_the_platform() {
    let mut patient = request(None, Some(&[]));
    patient.incomplete_timeout = 3_200;
    patient.max_speech = Some(20_000);
    let (body, ..) = listen(vec![], patient);
    assert!(body.contains(r#"speechTimeout="4""#) && body.contains(r#"maxSpeechTime="20""#), "{body}");
}

#[test]
fn hints_are_cleaned_cut_and_counted() {
    let long = "word ".repeat(60);
    let (_, gathering, _) =
        listen(vec![], request(None, Some(&["Paris, France", "  ", "paris  france", "a<b>&\"c", &long])));
    assert_eq!(gathering.hints[..2], ["Paris France", "a b c"]);
    assert!(gathering.hints.len() == 3 && gathering.hints[2].len() <= 100);
    let many: Vec<String> = (0..700).map(|number| format!("choice {number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let (_, gathering, notes) = listen(vec![], request(None, Some(&many)));
    assert_eq!((gathering.hints.len(), notes), (500, vec!["hints-cut"]));
}

#[test]
fn a_language_nobody_recognises_is_left_out_and_noted() {
    let mut klingon = request(None, Some(&[]));
    klingon.lang = "tlh".to_owned();
    let (_, gathering, notes) = listen(vec![], klingon);
    assert_eq!((gathering.language, notes), (None, vec!["recognition-language-unknown"]));
}

#[test]
fn a_recording_is_ended_by_silence_or_any_key() {
    let record =
        RecordRequest { maxtime: Some(500), finalsilence: Some(2_500), timeout: 9_000, ..samples::recording() };
    let body = encoded(vec![prompt("Speak.", true)], Next::Record(record.clone())).body;
    assert!(body.contains(r#"timeout="3" finishOnKey="1234567890*#" playBeep="true" maxLength="2"/>"#), "{body}");
    let silent = RecordRequest { beep: false, dtmfterm: false, maxtime: None, ..record };
    let (action, finish_on_key) = (ACTION.to_owned(), String::new());
    let expected = Then::Record { action, beep: false, finish_on_key, max_length: 3_600 };
    assert_eq!(then(Next::Record(silent)), expected);
}

#[test]
fn a_bridged_transfer_comes_back_and_a_blind_one_does_not() {
    let transfer = |dest: &str, bridge| {
        let kind = if bridge { TransferKind::Bridge } else { TransferKind::Blind };
        let limits =
            TransferRequest { connecttimeout: Some(2_000), maxtime: Some(0), ..TransferRequest::to(dest, kind) };
        Next::Transfer(limits)
    };
    let dial = |dest: &str, action: Option<&str>| {
        let (dest, action) = (dest.to_owned(), action.map(str::to_owned));
        Then::Dial { dest, action, time_limit: 14_400, answered: None }
    };
    assert_eq!(then(transfer("tel:+14155550100", true)), dial("+14155550100", Some(ACTION)));
    assert_eq!(then(transfer("sip:a@b.example", false)), dial("sip:a@b.example", None));
    let blind = encoded(vec![], transfer("tel:+14155550100", false)).body;
    assert!(blind.contains("<Dial timeout=\"5\"><Number>+14155550100</Number></Dial>\n  <Hangup/>"), "{blind}");
    assert_eq!(then(transfer("fax:1", true)), Then::Redirect(ACTION.to_owned()));
}

#[test]
fn what_a_dial_cannot_do_is_noted() {
    let transfer = TransferRequest {
        audio: Some("https://h.example/wait.wav".to_owned()),
        aai: Some("7".to_owned()),
        keys: "*1".to_owned(),
        ..TransferRequest::to("tel:+14155550100", TransferKind::Bridge)
    };
    let encoded = encoded(vec![], Next::Transfer(transfer));
    let codes: Vec<_> = encoded.notes.iter().map(|note| note.code).collect();
    assert_eq!(codes, ["transfer-audio", "transfer-aai", "bridge-input"]);
    assert!(encoded.body.contains("hangupOnStar=\"true\"><Number>+14155550100</Number>"), "{}", encoded.body);
}

#[test]
fn the_end_says_what_is_left_and_hangs_up() {
    let ending = Ending { prompts: vec![prompt("Goodbye.", true)], reason: Reason::Exit, namelist: vec![] };
    let body = encode_ending(&ending, &Seam { action: ACTION, voice: Some("Polly.Amy"), audio: &|_| None }).body;
    assert!(
        body.contains("<Say voice=\"Polly.Amy\" language=\"en-GB\">Goodbye.</Say>\n  <Hangup/>\n</Response>"),
        "{body}"
    );
    assert_eq!(then(Next::Disconnect), Then::Hangup);
}

#[test]
fn waiting_keeps_company_and_comes_back() {
    let seam = Seam { action: ACTION, voice: None, audio: &|url| Some(url.to_owned()) };
    let bare = encode_wait(&[], 0, &seam).body;
    assert!(bare.contains("<Pause length=\"1\"/>"), "{bare}");
    let answer = read_answer(&encode_wait(&[prompt("One moment.", false)], 2, &seam).body).unwrap();
    assert_eq!((answer.words().as_str(), answer.then), ("One moment.", Then::Redirect(ACTION.to_owned())));
}

#[test]
fn an_apology_is_said_before_the_caller_is_connected_or_hung_up_on() {
    let seam = Seam { action: "", voice: Some("Polly.Joanna"), audio: &|_| None };
    let end = |transfer| {
        let farewell = Farewell { text: "We are sorry.", lang: "en-US", transfer };
        read_answer(&encode_farewell(&[prompt("Hello.", true)], &farewell, &seam).body).unwrap()
    };
    assert_eq!((end(None).words().as_str(), end(None).then), ("Hello. We are sorry.", Then::Hangup));
    assert_eq!(end(Some("nobody at all")).then, Then::Hangup, "who cannot be dialled is not");
    let connected = end(Some("+15550109999"));
    assert_eq!(connected.words(), "Hello. We are sorry.");
    assert!(
        matches!(&connected.then, Then::Dial { dest, action: None, .. } if dest == "+15550109999"),
        "{connected:?}"
    );
}

#[test]
fn an_answer_without_end_is_cut_before_the_limit_and_still_listens() {
    let endless = vec![prompt(&"All work and no play makes a dull call. ".repeat(1_000), true); 3];
    let (body, _, notes) = listen(endless, request(Some((1, Some(1), None)), None));
    assert!(body.len() <= 64_000 && notes == ["prompts-cut"], "{} {notes:?}", body.len());
}

#[test]
fn what_only_other_recognisers_do_is_noted() {
    let notes = |hotword, record| {
        let request = InputRequest { hotword, record, ..request(Some((1, Some(1), None)), None) };
        let notes = encoded(vec![], Next::Listen(Box::new(request))).notes;
        notes.into_iter().map(|note| note.code).collect::<Vec<_>>()
    };
    assert_eq!(notes(true, true), ["bargein-hotword", "utterance-unrecorded"]);
    assert_eq!(notes(false, false), [""; 0]);
}
