//! What holds of the TwiML of any turn whatever.

use super::reading::{Sound, Then, read_answer};
use super::{Encoded, Seam, encode_turn};
use crate::dialogue::{
    DtmfInput, InputRequest, Next, Origin, RecordRequest, Speech, SpeechInput, Spoken, TransferKind, TransferRequest,
    Turn, samples,
};
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[ a-zA-Z0-9.,!?$'&<>\"-]{0,40}",
        1 => any::<String>(),
        1 => "([A-Za-z]{1,9} ){20,60}[a-z]{3}\\. ",
        1 => ("[a-zé語. &]{1,12}", 1..900usize).prop_map(|(part, times)| part.repeat(times)),
    ]
}

fn attribute() -> impl Strategy<Value = (String, String)> {
    let name = prop_oneof![
        Just("interpret-as"),
        Just("format"),
        Just("type"),
        Just("time"),
        Just("strength"),
        Just("rate"),
        Just("pitch"),
        Just("volume"),
        Just("level"),
        Just("xml:lang"),
        Just("alias"),
        Just("ph"),
        Just("alphabet"),
        Just("role"),
        Just("name"),
        Just("gender"),
    ];
    let value = prop_oneof![
        Just("vxml:digits"),
        Just("date"),
        Just("mdy"),
        Just("vxml:currency"),
        Just("500ms"),
        Just("3s"),
        Just("99s"),
        Just("strong"),
        Just("none"),
        Just("slow"),
        Just("-10%"),
        Just("+6dB"),
        Just("1.3"),
        Just("es-ES"),
        Just("fr"),
        Just("ipa"),
        Just("amazon:VB"),
        Just("a & \"b\"<c>"),
        Just("telephone"),
        Just("ordinal"),
        Just("high"),
        Just("male"),
        Just("Matthew Laurent"),
        Just("vxml:phone"),
    ];
    let value = prop_oneof![8 => value.prop_map(str::to_owned), 1 => any::<String>()];
    prop_oneof![1 => (name.prop_map(str::to_owned), value), 2 => usual_attribute()]
}

fn usual_attribute() -> impl Strategy<Value = (String, String)> {
    const USUAL: [(&str, &str); 14] = [
        ("interpret-as", "vxml:digits"),
        ("interpret-as", "telephone"),
        ("interpret-as", "ordinal"),
        ("type", "date:mdy"),
        ("alias", "something else"),
        ("alphabet", "ipa"),
        ("ph", "pɪˈkɑːn"),
        ("rate", "-10%"),
        ("pitch", "high"),
        ("volume", "+6dB"),
        ("xml:lang", "es-ES"),
        ("role", "amazon:VB"),
        ("level", "strong"),
        ("time", "500ms"),
    ];
    prop::sample::select(&USUAL[..]).prop_map(|(name, value)| (name.to_owned(), value.to_owned()))
}

fn speech() -> impl Strategy<Value = Speech> {
    let url = prop_oneof![
        Just("https://h.example/media/menu one.wav".to_owned()),
        Just("http://h.example/a.wav?x=1&y={2}#f".to_owned()),
        Just("ftp://h/a".to_owned()),
        any::<String>(),
        Just("https://h_h.example/%zz".to_owned()),
    ];
    let leaf = prop_oneof![
        5 => text().prop_map(Speech::Text),
        1 => url.prop_map(Speech::Audio),
        1 => "[a-z]{1,5}".prop_map(Speech::Mark),
    ];
    leaf.prop_recursive(5, 24, 4, |inner| {
        let name = prop_oneof![
            Just("p"),
            Just("s"),
            Just("emphasis"),
            Just("prosody"),
            Just("say-as"),
            Just("sub"),
            Just("phoneme"),
            Just("break"),
            Just("lang"),
            Just("w"),
            Just("voice"),
            Just("unheard-of"),
        ];
        let attributes = prop::collection::vec(attribute(), 0..4);
        (name, attributes, prop::collection::vec(inner, 0..4))
            .prop_map(|(name, attributes, children)| Speech::Element { name: name.to_owned(), attributes, children })
    })
}

fn lang() -> impl Strategy<Value = String> {
    let known = prop_oneof![Just("en-US"), Just("es-US"), Just("en"), Just("fi-FI"), Just("zh"), Just("tlh"), Just("")];
    prop_oneof![9 => known.prop_map(str::to_owned), 1 => any::<String>()]
}

fn prompts() -> impl Strategy<Value = Vec<Spoken>> {
    let prompt = (prop::collection::vec(speech(), 0..5), any::<bool>(), lang())
        .prop_map(|(content, bargein, lang)| Spoken { content, bargein, lang, origin: Origin::Application });
    prop::collection::vec(prompt, 0..6)
}

fn millis() -> impl Strategy<Value = u64> {
    prop_oneof![9 => 0..20_000u64, 1 => any::<u64>()]
}

fn dtmf() -> impl Strategy<Value = DtmfInput> {
    let longest = prop::option::of(0..20u32);
    let finish = prop::option::of(prop_oneof![Just('#'), Just('*'), Just('0'), Just('A'), any::<char>()]);
    (0..9u32, longest, finish).prop_map(|(shortest, longest, finish)| DtmfInput { shortest, longest, finish })
}

fn listen() -> impl Strategy<Value = Next> {
    let hints =
        prop_oneof![9 => prop::collection::vec(text(), 0..6), 1 => prop::collection::vec("[a-z']{1,90}", 400..700)];
    let silences = (millis(), millis(), millis(), millis(), prop::option::of(millis()));
    (prop::option::of(dtmf()), prop::option::of(hints), silences, lang()).prop_map(|(dtmf, hints, silences, lang)| {
        Next::Listen(Box::new(InputRequest {
            dtmf,
            speech: hints.map(|hints| SpeechInput { hints: hints.into(), own_grammars: false }),
            timeout: silences.0,
            interdigit_timeout: silences.1,
            complete_timeout: silences.2,
            incomplete_timeout: silences.3,
            max_speech: silences.4,
            ..samples::listening(&lang)
        }))
    })
}

fn next() -> impl Strategy<Value = Next> {
    let record = (any::<bool>(), prop::option::of(millis()), prop::option::of(millis()), any::<bool>(), millis())
        .prop_map(|(beep, maxtime, finalsilence, dtmfterm, timeout)| {
            Next::Record(RecordRequest { beep, maxtime, finalsilence, dtmfterm, timeout, ..samples::recording() })
        });
    let dest = prop_oneof![
        Just("tel:+14155550100".to_owned()),
        Just("sip:a@b.example".to_owned()),
        "(tel:)?[+]?[0-9() -]{0,20}",
        any::<String>(),
    ];
    let kind = prop_oneof![Just(TransferKind::Blind), Just(TransferKind::Bridge), Just(TransferKind::Consultation)];
    let transfer = (dest, kind, prop::option::of(millis()), prop::option::of(millis())).prop_map(
        |(dest, kind, connecttimeout, maxtime)| {
            Next::Transfer(TransferRequest { connecttimeout, maxtime, ..TransferRequest::to(&dest, kind) })
        },
    );
    prop_oneof![6 => listen(), 1 => record, 1 => transfer, 1 => Just(Next::Disconnect)]
}

fn turns() -> impl Strategy<Value = Turn> {
    (prompts(), next()).prop_map(|(prompts, next)| Turn { prompts, next })
}

fn voices() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![
        Just(None),
        Just(Some("man")),
        Just(Some("alice")),
        Just(Some("Polly.Joanna")),
        Just(Some("Polly.Lupe-Neural")),
        Just(Some("Polly.Ruth-Generative")),
        Just(Some("Google.en-US-Neural2-A")),
        Just(Some("Google.es-US-Chirp3-HD-Kore")),
        Just(Some("no <voice>")),
    ]
}

const ACTION: &str = "https://h.example/twilio/voice/bank?turn=7&call=CA1";

fn encode(turn: &Turn, voice: Option<&str>) -> Encoded {
    encode_turn(turn, &Seam { action: ACTION, voice, audio: &|url| Some(url.to_owned()) })
}

/// The letters and digits of a text.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_answer_is_read_back_fits_and_leads_on(turn in turns(), voice in voices()) {
        let encoded = encode(&turn, voice);
        prop_assert!(encoded.body.len() <= 64_000);
        let answer = read_answer(&encoded.body).map_err(|error| TestCaseError::fail(format!("{error}: {}", encoded.body)))?;
        match (&turn.next, &answer.then) {
            (Next::Listen(request), Then::Gather(gathering)) => {
                prop_assert_eq!(&gathering.action, ACTION);
                prop_assert_eq!(gathering.speech, request.speech.is_some());
                if let Some(dtmf) = request.dtmf {
                    prop_assert_eq!(gathering.num_digits, dtmf.longest.map(|longest| longest.max(1)));
                }
            }
            (Next::Record(_), Then::Record { action, .. }) | (Next::Transfer(_), Then::Redirect(action)) => {
                prop_assert_eq!(action, ACTION);
            }
            (Next::Transfer(request), Then::Dial { action, .. }) => {
                prop_assert_eq!(action.is_some(), request.kind != TransferKind::Blind)
            },
            (Next::Disconnect, Then::Hangup) => {}
            (next, then) => prop_assert!(false, "{:?} became {:?}", next, then),
        }
    }

    #[test]
    fn the_last_verb_leaves_the_document_and_it_is_the_only_one_that_does(turn in turns()) {
        let encoded = encode(&turn, None);
        let document = roxmltree::Document::parse(&encoded.body).unwrap();
        let root = document.root_element();
        prop_assert_eq!(root.tag_name().name(), "Response");
        let verbs: Vec<&str> = root.children().filter(|node| node.is_element()).map(|node| node.tag_name().name()).collect();
        let (last, before) = verbs.split_last().unwrap();
        prop_assert!(matches!(*last, "Gather" | "Record" | "Dial" | "Redirect" | "Hangup"));
        prop_assert!(before.iter().all(|verb| matches!(*verb, "Say" | "Play" | "Pause" | "Dial")));
    }

    #[test]
    fn the_same_turn_gives_the_same_bytes(turn in turns(), voice in voices()) {
        prop_assert_eq!(encode(&turn, voice), encode(&turn.clone(), voice));
    }

    #[test]
    fn all_words_are_there_in_order_and_within_what_a_say_may_hold(prompts in prompts(), voice in voices()) {
        let turn = Turn { prompts, next: Next::Disconnect };
        let encoded = encode(&turn, voice);
        prop_assume!(encoded.notes.iter().all(|note| note.code != "prompts-cut"));
        let answer = read_answer(&encoded.body).unwrap();
        let expected = turn.prompts.iter().map(heard).collect::<String>();
        prop_assert_eq!(letters(&answer.words()), letters(&expected));
        for piece in answer.heard {
            if let Sound::Say { text, .. } = piece.sound {
                prop_assert!(text.chars().count() <= 3_000);
            }
        }
    }
}

/// What the console shows of the prompt is what the platform says.
fn heard(prompt: &Spoken) -> String {
    crate::channel::console::heard_text(std::slice::from_ref(prompt))
}
