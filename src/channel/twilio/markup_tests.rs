//! The SSML of a prompt as Twilio gets it, by what the voices take.

use super::{Seam, encode_turn};
use crate::dialogue::{Next, Origin, Speech, Spoken, Turn};

/// An element with attributes around some words.
fn element(name: &str, attributes: &[(&str, &str)], words: &str) -> Speech {
    let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let children = if words.is_empty() { Vec::new() } else { vec![Speech::Text(words.to_owned())] };
    Speech::Element { name: name.to_owned(), attributes, children }
}

/// The answer of a turn that says this with a voice.
fn said(voice: &str, content: Vec<Speech>) -> String {
    let prompt = Spoken { content, bargein: false, lang: "en-US".to_owned(), origin: Origin::Item };
    let seam = Seam { action: "https://h.example/next", voice: Some(voice), audio: &|url| Some(url.to_owned()) };
    encode_turn(&Turn { prompts: vec![prompt], next: Next::Disconnect }, &seam).body
}

#[test]
fn structure_pauses_and_substitutes_are_kept() {
    let body = said(
        "Polly.Joanna",
        vec![
            element("p", &[], "One."),
            element("s", &[], "Two."),
            element("break", &[("strength", "strong")], ""),
            element("sub", &[("alias", "three")], "3"),
        ],
    );
    for kept in ["<p>One.</p>", "<s>Two.</s>", r#"<break strength="strong"/>"#, r#"<sub alias="three">3</sub>"#] {
        assert!(body.contains(kept), "{kept} is not in {body}");
    }
}

#[test]
fn a_phoneme_is_kept_for_voices_that_take_it() {
    let phoneme = || vec![element("phoneme", &[("alphabet", "ipa"), ("ph", "pɪˈkɑːn")], "pecan")];
    let kept = said("Polly.Joanna", phoneme());
    assert!(kept.contains(r#"<phoneme alphabet="ipa" ph="pɪˈkɑːn">pecan</phoneme>"#), "{kept}");
    let plain = said("Polly.Joanna-Generative", phoneme());
    assert!(plain.contains("pecan") && !plain.contains("phoneme"), "{plain}");
}

#[test]
fn a_say_as_is_written_out_or_kept() {
    let say_as =
        |attributes: &[(&str, &str)], words: &str| said("Polly.Joanna", vec![element("say-as", attributes, words)]);
    let date = say_as(&[("interpret-as", "date"), ("format", "mdy"), ("detail", "2")], "7/4/2026");
    assert!(!date.contains("detail"), "{date}");
    assert!(!say_as(&[("interpret-as", "vxml:currency")], "USD12.50").contains("USD"));
    assert!(say_as(&[("interpret-as", "unheard-of")], "as it is").contains("as it is"));
}

#[test]
fn a_voice_nobody_has_is_the_applications() {
    let attributes = [("age", "60"), ("variant", "2"), ("name", "Nobody at all")];
    let body = said("Polly.Joanna", vec![element("voice", &attributes, "Good evening.")]);
    assert!(body.contains(r#"voice="Polly.Joanna""#) && body.contains("Good evening."), "{body}");
    assert!(!body.contains("Nobody") && !body.contains("<voice"), "{body}");
}
