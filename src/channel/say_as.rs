//! How `<say-as>`, `<sub>` and `<phoneme>` are read: for voices with SSML and, as plain text, for all others.

use super::walk::{Token, Walk};
use crate::dialogue::Speech;

/// An element that says how its text is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The SSML element and its attributes; `None` if the text alone says it best.
    pub(crate) element: Option<(&'static str, Vec<(&'static str, String)>)>,
    /// The text inside the element.
    pub(crate) text: String,
    /// The text for those who cannot read the element.
    pub(crate) plain: String,
}

impl Reading {
    /// The reading of an element; `None` if it is no such element or has audio inside, which would be lost.
    pub(crate) fn of(name: &str, attributes: &[(String, String)], children: &[Speech]) -> Option<Self> {
        if !matches!(name, "say-as" | "sayas" | "sub" | "phoneme") {
            return None;
        }
        let text = words(children)?;
        let attribute = |name: &str| {
            attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim()).filter(|v| !v.is_empty())
        };
        Some(match name {
            "sub" => match attribute("alias").or(attribute("sub")) {
                Some(alias) => {
                    Self { element: Some(("sub", vec![("alias", alias.to_owned())])), text, plain: alias.to_owned() }
                }
                None => Self::words(text),
            },
            "phoneme" => match (attribute("ph"), attribute("alphabet").unwrap_or("ipa")) {
                (Some(ph), alphabet @ ("ipa" | "x-sampa")) => Self {
                    element: Some(("phoneme", vec![("alphabet", alphabet.to_owned()), ("ph", ph.to_owned())])),
                    plain: text.clone(),
                    text,
                },
                _ => Self::words(text),
            },
            _ => {
                let kind = attribute("interpret-as").or(attribute("type")).or(attribute("class")).unwrap_or_default();
                Self::say_as(&kind.to_ascii_lowercase(), attribute("format"), text)
            }
        })
    }

    /// `interpret-as` is no closed list in SSML 1.0: VoiceXML has `vxml:digits` and its like, drafts had `number:digits`.
    fn say_as(kind: &str, format: Option<&str>, text: String) -> Self {
        let kind = kind.strip_prefix("vxml:").unwrap_or(kind);
        let (kind, detail) = kind.split_once(':').unwrap_or((kind, ""));
        let format = format.unwrap_or(detail).to_ascii_lowercase();
        match (kind, format.as_str()) {
            ("digits", _) | ("number", "digits") => Self::spelled("digits", text),
            ("characters" | "spell-out" | "letters" | "acronym", _) => Self::spelled("characters", text),
            ("phone" | "telephone", _) => Self::spelled("telephone", text),
            ("ordinal", _) | ("number", "ordinal") => Self::element("ordinal", None, text),
            ("number" | "cardinal", _) => Self::element("cardinal", None, text),
            ("fraction", _) => Self::element("fraction", None, text),
            ("unit", _) => Self::element("unit", None, text),
            ("address", _) => Self::element("address", None, text),
            ("date", format) => Self::date(format, text),
            ("time", _) => Self::words(time(&text).unwrap_or(text)),
            ("currency", _) => Self::words(currency(&text).unwrap_or(text)),
            _ => Self::words(text),
        }
    }

    fn words(text: String) -> Self {
        Self { element: None, plain: text.clone(), text }
    }

    fn element(interpret_as: &str, format: Option<&str>, text: String) -> Self {
        let mut attributes = vec![("interpret-as", interpret_as.to_owned())];
        attributes.extend(format.map(|format| ("format", format.to_owned())));
        Self { element: Some(("say-as", attributes)), plain: text.clone(), text }
    }

    fn spelled(interpret_as: &str, text: String) -> Self {
        let characters: Vec<String> = text.chars().filter(|c| c.is_alphanumeric()).map(String::from).collect();
        let plain = if characters.is_empty() { text.clone() } else { characters.join(" ") };
        Self { plain, ..Self::element(interpret_as, None, text) }
    }

    /// The builtin type's `yyyymmdd` (unknown digits are `?`), or a format that SSML knows.
    fn date(format: &str, text: String) -> Self {
        let is_builtin = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit() || b == b'?');
        if is_builtin && matches!(format, "" | "ymd" | "yyyymmdd") {
            let parts = [text.get(..4), text.get(4..6), text.get(6..)];
            let known: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.contains('?')).collect();
            let plain = known.join("-");
            return if known.len() == 3 {
                Self { plain, ..Self::element("date", Some("yyyymmdd"), text) }
            } else {
                Self::words(plain)
            };
        }
        match format {
            "mdy" | "dmy" | "ymd" | "md" | "dm" | "ym" | "my" | "d" | "m" | "y" => {
                Self::element("date", Some(format), text)
            }
            _ => Self::words(text),
        }
    }
}

/// The words of some speech; `None` if there is audio among them.
fn words(content: &[Speech]) -> Option<String> {
    let mut pieces = Vec::new();
    for token in Walk::new(content) {
        match token {
            Token::Text(text) => pieces.extend(text.split_whitespace()),
            Token::Audio(_) => return None,
            Token::Open { .. } | Token::Close => {}
        }
    }
    Some(pieces.join(" "))
}

/// The builtin type's `hhmmx` (VoiceXML 2.0 appendix P), x being a, p, h or ?.
fn time(text: &str) -> Option<String> {
    let (digits, half) = text.split_at_checked(4)?;
    let (hours, minutes) = digits.split_at_checked(2)?;
    let hour: u8 = hours.parse().ok().filter(|hour| *hour < 24)?;
    minutes.parse::<u8>().ok().filter(|minute| *minute < 60)?;
    match half.to_ascii_lowercase().as_str() {
        "a" => Some(format!("{hour}:{minutes} a.m.")),
        "p" => Some(format!("{hour}:{minutes} p.m.")),
        "h" | "?" => Some(format!("{hour}:{minutes}")),
        _ => None,
    }
}

/// The builtin type's `UUUmm.nn` (VoiceXML 2.0 appendix P), U being the ISO 4217 letters.
fn currency(text: &str) -> Option<String> {
    let (unit, amount) = text.split_at_checked(3)?;
    amount.parse::<f64>().ok().filter(|value| value.is_finite())?;
    Some(match unit.to_ascii_uppercase().as_str() {
        "USD" => format!("${amount}"),
        "EUR" => format!("€{amount}"),
        "GBP" => format!("£{amount}"),
        unit if unit.bytes().all(|b| b.is_ascii_alphabetic()) => format!("{amount} {unit}"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say_as(attributes: &[(&str, &str)], text: &str) -> Reading {
        let attributes: Vec<_> = attributes.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Reading::of("say-as", &attributes, &[Speech::Text(text.to_owned())]).unwrap()
    }

    fn interpret_as(reading: &Reading) -> &str {
        reading.element.as_ref().map_or("", |(_, attributes)| attributes[0].1.as_str())
    }

    #[test]
    fn digits_characters_and_numbers_to_call_are_spelled_for_plain_voices() {
        for attributes in [[("interpret-as", "vxml:digits")], [("type", "number:digits")], [("interpret-as", "digits")]]
        {
            let reading = say_as(&attributes, "1234");
            assert_eq!((interpret_as(&reading), reading.plain.as_str()), ("digits", "1 2 3 4"));
        }
        assert_eq!(say_as(&[("interpret-as", "telephone")], "(415) 555-01").plain, "4 1 5 5 5 5 0 1");
        assert_eq!(say_as(&[("interpret-as", "letters")], "ABC").plain, "A B C");
    }

    #[test]
    fn builtin_values_are_read_as_people_write_them() {
        let plain = |kind: &str, text: &str| say_as(&[("interpret-as", kind)], text).plain;
        assert_eq!(plain("vxml:date", "20260302"), "2026-03-02");
        assert_eq!(plain("vxml:date", "????0302"), "03-02");
        assert_eq!(plain("vxml:time", "0530p"), "5:30 p.m.");
        assert_eq!(plain("vxml:time", "1730h"), "17:30");
        assert_eq!(plain("vxml:currency", "USD12.50"), "$12.50");
        assert_eq!(plain("vxml:currency", "CHF5"), "5 CHF");
        for (kind, odd) in
            [("vxml:time", "noon"), ("vxml:time", "2575h"), ("vxml:currency", "lots"), ("vxml:date", "soon")]
        {
            assert_eq!(plain(kind, odd), odd);
        }
    }

    #[test]
    fn a_substitute_is_what_is_heard() {
        let attributes = [("alias".to_owned(), "World Wide Web Consortium".to_owned())];
        let reading = Reading::of("sub", &attributes, &[Speech::Text("W3C".to_owned())]).unwrap();
        assert_eq!((reading.text.as_str(), reading.plain.as_str()), ("W3C", "World Wide Web Consortium"));
    }

    #[test]
    fn audio_inside_is_not_swallowed() {
        assert_eq!(Reading::of("say-as", &[], &[Speech::Audio("http://x/a.wav".to_owned())]), None);
    }
}
