//! Record, Dial, Redirect and Hangup.

use super::Notes;
use super::gather::seconds;
use super::xml::Xml;
use crate::dialogue::{RecordRequest, Spoken, TransferKind, TransferRequest, dialled_number};

/// The Record for a recording. Its action is asked also when nothing was recorded.
pub(super) fn record(request: &RecordRequest, action: &str, prompts: &[Spoken], notes: &mut Notes) -> Vec<String> {
    if prompts.iter().any(|prompt| prompt.bargein) {
        notes.add("record-barge-in", || "prompts before a recording are played to the end on Twilio".to_owned());
    }
    let silence = request.finalsilence.unwrap_or(request.timeout);
    if silence != request.timeout {
        notes.add("record-silence-merged", || {
            "the silence before a recording and the one that ends it are one on Twilio: finalsilence counts".to_owned()
        });
    }
    let silence = seconds(silence, 600).to_string();
    let longest = request.maxtime.map(|time| seconds(time, 14_400).max(2).to_string());
    let keys = if request.dtmfterm { "1234567890*#" } else { "" };
    let mut attributes = vec![
        ("action", action),
        ("method", "POST"),
        ("timeout", silence.as_str()),
        ("finishOnKey", keys),
        ("playBeep", if request.beep { "true" } else { "false" }),
    ];
    if let Some(longest) = &longest {
        attributes.push(("maxLength", longest));
    }
    let mut xml = Xml::new();
    xml.empty("Record", &attributes);
    vec![xml.finish()]
}

/// The query parameter of the action URL that is asked when the other end of a consultation has answered.
pub const ANSWERED: &str = "answered";

/// The Dial for a transfer: a bridged one comes back through the action, after a blind one the call is over, of a
/// consultation Twilio tells at once that somebody has answered. A destination that cannot be dialled comes back without
/// news.
pub(super) fn transfer(request: &TransferRequest, action: &str, notes: &mut Notes) -> Vec<String> {
    let Some(destination) = Destination::of(&request.dest) else {
        notes.add("transfer-destination", || {
            "a transfer's destination is no number and no SIP address Twilio could dial".to_owned()
        });
        return vec![redirect(action)];
    };
    note_losses(request, &destination, notes);
    let returns = request.kind != TransferKind::Blind;
    let ring = request.connecttimeout.map(|time| seconds(time, 600).max(5).to_string());
    let most = request.maxtime.filter(|time| *time > 0).map(|time| seconds(time, 14_400).to_string());
    let mut attributes = Vec::new();
    if returns {
        attributes.extend([("action", action), ("method", "POST")]);
    }
    attributes.extend(ring.as_deref().map(|ring| ("timeout", ring)));
    if request.kind == TransferKind::Bridge {
        attributes.extend(most.as_deref().map(|most| ("timeLimit", most)));
    }
    if ends_on_star(request) {
        attributes.push(("hangupOnStar", "true"));
    }
    let answered = with_parameter(action, &format!("{ANSWERED}=1"));
    let watched = [("statusCallback", answered.as_str()), ("statusCallbackEvent", "answered")];
    let watched = if request.kind == TransferKind::Consultation { watched.as_slice() } else { &[] };
    let mut noun = Xml::new();
    match &destination {
        Destination::Number(number) => noun.leaf("Number", watched, number),
        Destination::Sip(uri) => noun.leaf("Sip", watched, &with_aai(uri, request.aai.as_deref())),
    }
    let mut xml = Xml::new();
    xml.element("Dial", &attributes, &noun.finish());
    let dial = xml.finish();
    if returns { vec![dial] } else { vec![dial, hangup()] }
}

/// Whether the caller can end a bridge: `*` is the only key a Dial listens for.
pub(super) fn ends_on_star(request: &TransferRequest) -> bool {
    request.kind == TransferKind::Bridge && request.keys.contains('*')
}

/// Whether Twilio could dial a destination: a number, or a `tel:`, `sip:` or `sips:` URI.
pub fn can_dial(dest: &str) -> bool {
    Destination::of(dest).is_some()
}

/// A URL with one more query parameter, which goes before the fragment.
fn with_parameter(url: &str, parameter: &str) -> String {
    let (url, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let mark = if url.contains('?') { '&' } else { '?' };
    format!("{url}{mark}{parameter}{fragment}")
}

fn note_losses(request: &TransferRequest, destination: &Destination, notes: &mut Notes) {
    if request.audio.is_some() {
        notes.add("transfer-audio", || "Twilio plays the ringing of the line, not transferaudio".to_owned());
    }
    if request.aai.is_some() && matches!(destination, Destination::Number(_)) {
        notes.add("transfer-aai", || {
            "aai goes to SIP addresses only: the telephone network has no place for it".to_owned()
        });
    }
    if request.more_input || request.keys.chars().any(|key| key != '*') {
        notes.add("bridge-input", || "in a bridge Twilio listens for no more than the key *".to_owned());
    }
}

/// The address with the User-to-User header, which Twilio takes as a parameter of the URI.
fn with_aai(uri: &str, aai: Option<&str>) -> String {
    let Some(aai) = aai.filter(|aai| !aai.is_empty()) else { return uri.to_owned() };
    let mark = if uri.contains('?') { '&' } else { '?' };
    let aai: String = url::form_urlencoded::byte_serialize(aai.as_bytes()).collect();
    format!("{uri}{mark}User-to-User={}", aai.replace('+', "%20"))
}

pub(super) fn redirect(action: &str) -> String {
    let mut xml = Xml::new();
    xml.leaf("Redirect", &[("method", "POST")], action);
    xml.finish()
}

pub(super) fn hangup() -> String {
    let mut xml = Xml::new();
    xml.empty("Hangup", &[]);
    xml.finish()
}

/// Whom Twilio can dial.
#[derive(Debug, PartialEq, Eq)]
enum Destination {
    /// A number in E.164.
    Number(String),
    /// A `sip:` or `sips:` URI.
    Sip(String),
}

impl Destination {
    fn of(dest: &str) -> Option<Self> {
        let dest = dest.trim();
        match dest.split_once(':') {
            Some((scheme, rest)) if matches!(scheme.to_ascii_lowercase().as_str(), "tel" | "phone") => number(rest),
            Some((scheme, rest)) if matches!(scheme.to_ascii_lowercase().as_str(), "sip" | "sips") => {
                let (user, host) = rest.split_once('@')?;
                let is_plain = |part: &str| {
                    !part.is_empty() && !part.contains(|c: char| c == '@' || c.is_whitespace() || c.is_control())
                };
                (is_plain(user) && is_plain(host)).then(|| Self::Sip(format!("{}:{rest}", scheme.to_ascii_lowercase())))
            }
            Some(_) => None,
            None => number(dest),
        }
    }
}

fn number(written: &str) -> Option<Destination> {
    dialled_number(written).map(Destination::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_goes_between_query_and_fragment() {
        assert_eq!(with_parameter("https://h/t/1#rc=3&rp=all", "answered=1"), "https://h/t/1?answered=1#rc=3&rp=all");
        assert_eq!(with_parameter("https://h/t/1?a=b", "answered=1"), "https://h/t/1?a=b&answered=1");
    }

    #[test]
    fn destinations_become_what_twilio_dials() {
        let number = |dest: &str| match Destination::of(dest) {
            Some(Destination::Number(number)) => number,
            other => panic!("{dest}: {other:?}"),
        };
        assert_eq!(number("tel:+1-415-555-0100;ext=7"), "+14155550100");
        assert_eq!(number("tel:(415) 555-0100"), "+14155550100");
        assert_eq!(number("14155550100"), "+14155550100");
        assert_eq!(number("tel:011442071838750"), "+442071838750");
        assert_eq!(Destination::of("SIP:a@b.example"), Some(Destination::Sip("sip:a@b.example".to_owned())));
        for odd in ["", "tel:", "tel:411", "mailto:a@b", "sip:b.example", "tel:+1415CALLME", "sip:a b@c"] {
            assert_eq!(Destination::of(odd), None, "{odd}");
        }
    }
}
