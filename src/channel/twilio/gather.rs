//! What a turn listens for, as a Gather.

use super::xml::Xml;
use super::{Notes, voices};
use crate::dialogue::{DtmfInput, InputRequest, Millis};
use std::borrow::Cow;

/// Twilio's limit for the number of hints, and the length of one.
const MOST_HINTS: usize = 500;
const LONGEST_HINT: usize = 100;

/// Hints are no reason to leave out prompts: so many bytes of the answer at most.
const HINTS_BYTES: usize = 12_000;

/// Up to here silence after speech is left to Twilio, which knows better when somebody has finished.
const USUAL_SILENCE: Millis = 2_000;

/// The Gather without content, in a list of its own.
pub(super) fn verb(request: &InputRequest, action: &str, notes: &mut Notes) -> Vec<String> {
    let attributes = attributes(request, action, notes);
    let attributes: Vec<(&str, &str)> = attributes.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut xml = Xml::new();
    xml.empty("Gather", &attributes);
    vec![xml.finish()]
}

/// An empty Gather filled with `inside`, which is XML, a line each.
pub(super) fn around(gather: &[String], inside: &str) -> String {
    let open = gather.concat();
    let open = open.strip_suffix("/>").unwrap_or(&open);
    format!("{open}>\n{inside}  </Gather>")
}

fn attributes(request: &InputRequest, action: &str, notes: &mut Notes) -> Vec<(&'static str, String)> {
    // Where nothing would be understood a key is still an input: the application calls it no match.
    let any_key = DtmfInput { shortest: 1, longest: Some(1), finish: None };
    let dtmf = request.dtmf.or(request.speech.is_none().then_some(any_key));
    let input = match (&dtmf, &request.speech) {
        (Some(_), Some(_)) => "dtmf speech",
        (None, Some(_)) => "speech",
        _ => "dtmf",
    };
    if request.hotword {
        notes.add("bargein-hotword", || {
            "any key or sound stops a prompt on Twilio, whether it is understood or not".to_owned()
        });
    }
    if request.record {
        notes.add("utterance-unrecorded", || "Twilio keeps no sound of what it recognises".to_owned());
    }
    // Silence calls the action, too: there is no Redirect after it, or a no-input would be counted twice.
    let mut all = vec![
        ("input", input.to_owned()),
        ("action", action.to_owned()),
        ("method", "POST".to_owned()),
        ("actionOnEmptyResult", "true".to_owned()),
        ("timeout", timeout(request, dtmf, notes).to_string()),
    ];
    if let Some(dtmf) = dtmf {
        if let Some(longest) = dtmf.longest {
            all.push(("numDigits", longest.max(1).to_string()));
        }
        all.push(("finishOnKey", finish_on_key(dtmf, notes)));
    }
    if let Some(speech) = &request.speech {
        let silence = request.complete_timeout.max(request.incomplete_timeout);
        let ends = if silence <= USUAL_SILENCE { "auto".to_owned() } else { seconds(silence, 60).to_string() };
        all.push(("speechTimeout", ends));
        if let Some(most) = request.max_speech.filter(|most| *most < 60_000) {
            all.push(("maxSpeechTime", seconds(most, 60).to_string()));
        }
        match voices::gather_language(&request.lang) {
            Some(language) => all.push(("language", language.to_owned())),
            None => notes.add("recognition-language-unknown", || {
                format!("Twilio does not recognise speech in {:?}; it listens in its default language", request.lang)
            }),
        }
        let hints = hints(&speech.hints, notes);
        if !hints.is_empty() {
            all.push(("hints", hints));
        }
        all.push(("profanityFilter", "false".to_owned()));
    }
    all
}

/// Twilio waits equally long for the first key and for each further one.
fn timeout(request: &InputRequest, dtmf: Option<DtmfInput>, notes: &mut Notes) -> u64 {
    let first = seconds(request.timeout, 600);
    let further = seconds(request.interdigit_timeout, 600);
    if dtmf.is_none_or(|dtmf| dtmf.longest == Some(1)) || first == further {
        return first;
    }
    notes.add("interdigit-merged", || {
        format!("timeout ({first} s) and interdigittimeout ({further} s) are one on Twilio: the longer counts")
    });
    first.max(further)
}

/// With a fixed number of keys none ends the input early, so that it is not lost where it is meant; nor where the
/// application has no finishing key.
fn finish_on_key(dtmf: DtmfInput, notes: &mut Notes) -> String {
    let is_fixed = dtmf.longest == Some(dtmf.shortest);
    match dtmf.finish {
        Some(key) if !is_fixed && matches!(key, '0'..='9' | '#' | '*') => key.to_string(),
        Some(key) if !is_fixed => {
            notes.add("finish-key-unknown", || format!("Twilio cannot end an input with the key {key:?}"));
            String::new()
        }
        _ => String::new(),
    }
}

/// Whole seconds, rounded up, at least one.
pub(super) fn seconds(time: Millis, most: u64) -> u64 {
    time.div_ceil(1_000).clamp(1, most)
}

fn hints(phrases: &[String], notes: &mut Notes) -> String {
    let mut kept: Vec<Cow<'_, str>> = Vec::with_capacity(phrases.len());
    let mut bytes = 0;
    for phrase in phrases {
        let phrase = hint(phrase);
        if phrase.is_empty() || kept.iter().any(|known| known.eq_ignore_ascii_case(&phrase)) {
            continue;
        }
        bytes += phrase.len() + 5 * phrase.matches('\'').count() + 1;
        if kept.len() == MOST_HINTS || bytes > HINTS_BYTES {
            notes.add("hints-cut", || format!("only the first {} of {} hints fit", kept.len(), phrases.len()));
            break;
        }
        kept.push(phrase);
    }
    kept.join(",")
}

/// A phrase without commas, which part hints, and markup, cut at a word.
fn hint(phrase: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'\'';
    let mut words = phrase.as_bytes().split(|byte| *byte == b' ');
    if phrase.len() <= LONGEST_HINT && words.all(|word| !word.is_empty() && word.iter().all(|byte| plain(*byte))) {
        return Cow::Borrowed(phrase);
    }
    let phrase = super::xml::legal(phrase);
    let (mut out, mut length) = (String::new(), 0);
    for word in phrase.split(|c: char| c.is_whitespace() || !is_hint_text(c)).filter(|word| !word.is_empty()) {
        let longer = length + usize::from(length > 0) + word.chars().count();
        if longer > LONGEST_HINT {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        length = longer;
    }
    Cow::Owned(out)
}

fn is_hint_text(c: char) -> bool {
    !c.is_control() && !matches!(c, ',' | '<' | '>' | '&' | '"')
}
