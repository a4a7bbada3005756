use super::*;
use crate::channel::twilio::reading::{Sound, read_answer};
use crate::channel::twilio::xml::Xml;
use crate::dialogue::{Origin, Speech};

fn text(text: &str) -> Speech {
    Speech::Text(text.to_owned())
}

fn audio(url: &str) -> Speech {
    Speech::Audio(url.to_owned())
}

fn element(name: &str, attributes: &[(&str, &str)], children: Vec<Speech>) -> Speech {
    let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Speech::Element { name: name.to_owned(), attributes, children }
}

fn said(voice: Option<&str>, content: Vec<Speech>) -> Vec<String> {
    let prompt = Spoken { content, bargein: true, lang: "en-US".to_owned(), origin: Origin::Item };
    let seam = Seam { action: "https://h.example/next", voice, audio: &|url| Some(url.to_owned()) };
    verbs(&prompt, &seam, &mut Notes::default())
}

/// The names of what is noted about speech by a voice.
fn noted(voice: Option<&str>, content: Vec<Speech>) -> Vec<&'static str> {
    let prompt = Spoken { content, bargein: true, lang: "en-US".to_owned(), origin: Origin::Item };
    let mut notes = Notes::default();
    verbs(&prompt, &Seam { action: "", voice, audio: &|_| None }, &mut notes);
    notes.0.into_iter().map(|note| note.code).collect()
}

fn plain(content: Vec<Speech>) -> Vec<String> {
    said(None, content)
}

fn polly(content: Vec<Speech>) -> Vec<String> {
    said(Some("Polly.Joanna"), content)
}

const JOANNA: &str = "<Say voice=\"Polly.Joanna\" language=\"en-US\">";

#[test]
fn text_is_said_in_the_prompts_language_and_escaped() {
    assert_eq!(plain(vec![text(" Q&A:"), text("1 < 2 ")]), ["<Say language=\"en-US\">Q&amp;A: 1 &lt; 2</Say>"]);
}

#[test]
fn nothing_to_hear_is_no_verb() {
    for silent in [vec![], vec![text("")], vec![text(" \n ")], vec![text(".")], vec![element("p", &[], vec![])]] {
        assert_eq!(plain(silent.clone()), Vec::<String>::new(), "{silent:?}");
        assert_eq!(polly(silent.clone()), Vec::<String>::new(), "{silent:?}");
    }
}

#[test]
fn audio_is_played_between_the_words_around_it() {
    let verbs =
        plain(vec![text("Before"), audio("https://h.example/a b.wav"), text("after"), Speech::Mark("m".to_owned())]);
    assert_eq!(
        verbs,
        [
            "<Say language=\"en-US\">Before</Say>",
            "<Play>https://h.example/a%20b.wav</Play>",
            "<Say language=\"en-US\">after</Say>",
        ]
    );
}

#[test]
fn audio_that_cannot_be_played_is_left_out_and_noted() {
    let prompt = Spoken {
        content: vec![audio("file:///a.wav"), audio("http://h/b.wav")],
        bargein: true,
        lang: "en".to_owned(),
        origin: Origin::Item,
    };
    let mut notes = Notes::default();
    let seam = Seam { action: "", voice: None, audio: &|_| None };
    assert_eq!(verbs(&prompt, &seam, &mut notes), Vec::<String>::new());
    assert_eq!(notes.0.iter().map(|note| note.code).collect::<Vec<_>>(), ["audio-unplayable"]);
}

#[test]
fn markup_is_kept_for_a_voice_that_takes_it() {
    let verbs = polly(vec![
        text("Your code is"),
        element("say-as", &[("interpret-as", "vxml:digits")], vec![text("1234")]),
        text("."),
        element("break", &[("time", "0.5s")], vec![]),
        element(
            "emphasis",
            &[("level", "strong")],
            vec![text("Keep it"), element("sub", &[("alias", "safe")], vec![text("S")])],
        ),
    ]);
    assert_eq!(
        verbs,
        [format!(
            "{JOANNA}Your code is <say-as interpret-as=\"digits\">1234</say-as>.<break time=\"500ms\"/> <emphasis \
             level=\"strong\">Keep it <sub alias=\"safe\">S</sub></emphasis></Say>"
        )]
    );
}

#[test]
fn markup_becomes_readable_text_for_a_voice_that_takes_none() {
    let content = vec![
        element("p", &[], vec![element("s", &[], vec![text("Hello")]), element("s", &[], vec![text("It is me")])]),
        text("Your code is"),
        element("say-as", &[("interpret-as", "digits")], vec![text("1234")]),
        element("break", &[], vec![]),
        element("prosody", &[("rate", "slow")], vec![text("again")]),
        element("break", &[("time", "2s")], vec![]),
        element("sub", &[("alias", "World Wide Web")], vec![text("WWW")]),
    ];
    for voice in [None, Some("man")] {
        let spoken: Vec<Sound> = read_answer(&Xml::response(&said(voice, content.clone()).concat()))
            .unwrap()
            .heard
            .into_iter()
            .map(|piece| piece.sound)
            .collect();
        let say = |text: &str| Sound::Say {
            text: text.to_owned(),
            language: Some("en-US".to_owned()),
            voice: voice.map(str::to_owned),
        };
        assert_eq!(
            spoken,
            [say("Hello. It is me. Your code is 1 2 3 4, again"), Sound::Pause(2), say("World Wide Web")]
        );
    }
}

#[test]
fn an_element_is_closed_and_opened_again_around_audio() {
    let verbs = polly(vec![element(
        "prosody",
        &[("rate", "slow")],
        vec![text("one"), audio("https://h.example/a.wav"), text("two")],
    )]);
    assert_eq!(
        verbs,
        [
            format!("{JOANNA}<prosody rate=\"slow\">one</prosody></Say>"),
            "<Play>https://h.example/a.wav</Play>".to_owned(),
            format!("{JOANNA}<prosody rate=\"slow\">two</prosody></Say>"),
        ]
    );
}

#[test]
fn audio_alone_in_an_element_leaves_no_empty_element() {
    let verbs = polly(vec![element("emphasis", &[], vec![audio("https://h.example/a.wav")])]);
    assert_eq!(verbs, ["<Play>https://h.example/a.wav</Play>"]);
}

#[test]
fn a_break_alone_is_a_pause() {
    assert_eq!(polly(vec![element("break", &[("time", "3s")], vec![])]), ["<Pause length=\"3\"/>"]);
    assert_eq!(plain(vec![element("break", &[("time", "3s")], vec![])]), ["<Pause length=\"3\"/>"]);
    assert_eq!(plain(vec![element("break", &[("strength", "none")], vec![])]), Vec::<String>::new());
}

#[test]
fn long_text_is_cut_at_sentence_ends_and_nothing_is_lost() {
    let sentence = "Please listen carefully, as our menu options have changed since you called last. ";
    let long = sentence.repeat(100);
    for voice in [None, Some("Polly.Joanna"), Some("Google.en-US-Neural2-A")] {
        let verbs = said(voice, vec![element("prosody", &[("rate", "90%")], vec![text(&long)])]);
        assert!(verbs.len() > 2, "{}", verbs.len());
        let answer = read_answer(&Xml::response(&verbs.concat())).unwrap();
        for piece in &answer.heard {
            let Sound::Say { text, .. } = &piece.sound else { panic!("{piece:?}") };
            assert!(text.chars().count() <= 3_000 && text.ends_with("last."), "{text}");
        }
        assert_eq!(answer.words(), long.trim());
    }
}

#[test]
fn text_without_sentences_or_blanks_is_cut_too() {
    for long in ["word ".repeat(2_000), "x".repeat(9_000), "語".repeat(4_000), "&".repeat(3_000) + "a"] {
        let verbs = plain(vec![text(&long)]);
        let answer = read_answer(&Xml::response(&verbs.concat())).unwrap();
        assert!(verbs.len() > 2);
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        assert_eq!(letters(&answer.words()), letters(&long));
    }
}

#[test]
fn markup_without_end_is_left_out_before_it_fills_the_say() {
    let mut content = text("deep");
    for _ in 0..500 {
        content = element("prosody", &[("rate", "slow")], vec![content]);
    }
    let verbs = polly(vec![content]);
    assert!(verbs.len() == 1 && verbs[0].len() < 2_000 && verbs[0].contains("deep"), "{verbs:?}");
}

#[test]
fn a_substitute_is_heard_where_its_own_text_has_nothing_to_hear() {
    for own in ["!", "-", "\u{1}", ""] {
        let content = vec![element("sub", &[("alias", "something else")], vec![text(own)])];
        let answer = read_answer(&Xml::response(&said(Some("Polly.Joanna"), content).concat())).unwrap();
        assert_eq!(answer.words(), "something else", "{own:?}");
    }
}

#[test]
fn another_language_in_a_prompt_is_said_by_a_voice_that_speaks_it() {
    let content = vec![
        text("To continue press 1."),
        element(
            "p",
            &[("xml:lang", "es-US")],
            vec![text("Para español,"), element("emphasis", &[], vec![text("dos")])],
        ),
        text("Thank you."),
    ];
    assert_eq!(
        polly(content.clone()),
        [
            format!("{JOANNA}To continue press 1.</Say>"),
            "<Say voice=\"Polly.Lupe\" language=\"es-US\"><p>Para español, <emphasis>dos</emphasis></p></Say>"
                .to_owned(),
            format!("{JOANNA}Thank you.</Say>"),
        ]
    );
    assert_eq!(
        plain(content),
        [
            "<Say language=\"en-US\">To continue press 1.</Say>",
            "<Say language=\"es-US\">Para español, dos.</Say>",
            "<Say language=\"en-US\">Thank you.</Say>",
        ]
    );
}

#[test]
fn values_are_read_in_the_language_around_them() {
    let date = || element("say-as", &[("interpret-as", "vxml:date")], vec![text("20260302")]);
    let spoken = plain(vec![date(), element("s", &[("xml:lang", "es-ES")], vec![date()])]);
    assert_eq!(
        spoken,
        ["<Say language=\"en-US\">March 2, 2026</Say>", "<Say language=\"es-ES\">2 de marzo de 2026.</Say>"]
    );
}

#[test]
fn markup_open_around_another_voice_is_only_written_for_those_that_take_it() {
    let content = vec![element(
        "emphasis",
        &[],
        vec![text("one"), element("voice", &[("name", "Stephen")], vec![text("two")]), text("three")],
    )];
    assert_eq!(
        polly(content),
        [
            format!("{JOANNA}<emphasis>one</emphasis></Say>"),
            "<Say voice=\"Polly.Stephen-Neural\" language=\"en-US\">two</Say>".to_owned(),
            format!("{JOANNA}<emphasis>three</emphasis></Say>"),
        ]
    );
}

#[test]
fn a_voice_twilio_does_not_have_is_said_by_the_apps_and_noted() {
    let content = vec![element("voice", &[("name", "Laurent")], vec![text("Bonjour")])];
    assert_eq!(polly(content.clone()), [format!("{JOANNA}Bonjour</Say>")]);
    assert_eq!(noted(Some("Polly.Joanna"), content), ["voice-unknown"]);
}

#[test]
fn what_a_voice_cannot_render_is_noted_once_and_what_it_can_is_not() {
    let content = vec![
        element("emphasis", &[], vec![text("now")]),
        element("prosody", &[("rate", "slow")], vec![text("slowly")]),
        element("phoneme", &[("ph", "x")], vec![text("x")]),
    ];
    assert_eq!(noted(None, content.clone()), ["markup-left-out"]);
    assert_eq!(noted(Some("Polly.Ruth-Generative"), content.clone()), ["markup-left-out"]);
    assert!(noted(Some("Polly.Joanna"), content).is_empty());
    assert!(noted(None, vec![element("s", &[], vec![element("break", &[], vec![])])]).is_empty());
}

#[test]
fn google_spells_digits_as_characters() {
    let digits = vec![element("say-as", &[("interpret-as", "digits")], vec![text("42")])];
    let google = said(Some("Google.en-US-Neural2-A"), digits.clone());
    assert!(google[0].contains("<say-as interpret-as=\"characters\">42</say-as>"), "{google:?}");
    let chirp = said(Some("Google.en-US-Chirp3-HD-Kore"), digits);
    assert!(chirp[0].contains(">4 2</Say>"), "{chirp:?}");
}
