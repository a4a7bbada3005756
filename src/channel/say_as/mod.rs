//! How `<say-as>`, `<sub>` and `<phoneme>` are read: for voices with SSML and, as plain text, for all others.
//!
//! What a value sounds like must not depend on the voice: what voices read differently (dates, times, amounts, addresses)
//! is put into words here, in English and Spanish. Only what all of them read alike is left to their own `<say-as>`. In
//! other languages the voice does it all.

mod calendar;
mod clock;
mod money;
mod net;
mod numbers;

use super::walk::{Token, Walk};
use crate::dialogue::Speech;

/// An element that says how its text is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The SSML element and its attributes; `None` if the text alone says it best.
    pub(crate) element: Option<(&'static str, Vec<(&'static str, String)>)>,
    /// The text inside the element.
    pub(crate) text: String,
    /// The text for those who cannot read the element: the same letters and digits.
    pub(crate) plain: String,
}

/// The languages values are put into words in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tongue {
    English,
    Spanish,
}

impl Tongue {
    /// The tongue of a language tag; without one it is English, as a voice's would be.
    fn of(lang: &str) -> Option<Self> {
        match lang.split(['-', '_']).next().unwrap_or(lang).trim().to_ascii_lowercase().as_str() {
            "en" | "" => Some(Self::English),
            "es" => Some(Self::Spanish),
            _ => None,
        }
    }

    /// The word for it.
    fn pick<'a>(self, english: &'a str, spanish: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Spanish => spanish,
        }
    }
}

impl Reading {
    /// The reading of an element in a language; `None` if it is no such element or has audio inside, which would be lost.
    pub(crate) fn of(name: &str, attributes: &[(String, String)], children: &[Speech], lang: &str) -> Option<Self> {
        if !matches!(name, "say-as" | "sayas" | "sub" | "phoneme") {
            return None;
        }
        let text = words(children, lang)?;
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
                Self::say_as(&kind.to_ascii_lowercase(), attribute("format"), text, lang)
            }
        })
    }

    /// `interpret-as` is no closed list in SSML 1.0: VoiceXML has `vxml:digits` and its like, drafts had `number:digits`,
    /// VoiceXML 1.0 a class `literal`.
    fn say_as(kind: &str, format: Option<&str>, text: String, lang: &str) -> Self {
        let kind = kind.strip_prefix("vxml:").unwrap_or(kind);
        let (kind, detail) = kind.split_once(':').unwrap_or((kind, ""));
        let format = format.unwrap_or(detail).to_ascii_lowercase();
        let tongue = Tongue::of(lang);
        let worded = |words: fn(&str, &str, Tongue) -> Option<String>| words(&text, &format, tongue?);
        match (kind, format.as_str()) {
            ("digits", _) | ("number", "digits") => Self::spelled("digits", text),
            ("characters" | "spell-out" | "letters" | "acronym" | "literal" | "verbatim", _) => {
                Self::spelled("characters", text)
            }
            ("phone" | "telephone", _) | ("number", "telephone") => Self::telephone(text, tongue),
            ("ordinal", _) | ("number", "ordinal") => match worded(numbers::ordinal) {
                Some(words) => Self::words(words),
                None => Self::element("ordinal", None, text),
            },
            ("number" | "cardinal", _) => match worded(numbers::signed) {
                Some(words) => Self::words(words),
                None => Self::element("cardinal", None, text),
            },
            ("fraction", _) => Self::element("fraction", None, text),
            ("unit" | "measure", _) => Self::element("unit", None, text),
            ("address", _) => Self::element("address", None, text),
            ("date", written) => match worded(calendar::date) {
                Some(words) => Self::words(words),
                None if tongue.is_some() => Self::words(text),
                None => Self::date(written, text),
            },
            ("time", _) => Self::words(worded(clock::time).or_else(|| clock::digits(&text)).unwrap_or(text)),
            ("duration", _) => Self::words(worded(clock::duration).unwrap_or(text)),
            ("currency", _) => {
                let words = tongue.and_then(|tongue| money::amount(&text, tongue, lang));
                Self::words(words.or_else(|| money::written(&text)).unwrap_or(text))
            }
            ("boolean", _) => Self::words(worded(numbers::boolean).unwrap_or(text)),
            ("net" | "email" | "uri" | "url", _) => Self::words(worded(net::address).unwrap_or(text)),
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

    /// A number to call; one with more to say than its digits (a plus, an extension) is put into words.
    fn telephone(text: String, tongue: Option<Tongue>) -> Self {
        match numbers::telephone(&text, tongue) {
            Some((words, true)) => Self { plain: words, ..Self::element("telephone", None, text) },
            Some((words, false)) => Self::words(words),
            None => Self::words(text),
        }
    }

    /// A date in a language that is left to the voice: the builtin type's `yyyymmdd`, or a format that SSML knows.
    fn date(format: &str, text: String) -> Self {
        if let Some(parts) = calendar::builtin(&text).filter(|_| matches!(format, "" | "ymd" | "yyyymmdd")) {
            let known: Vec<&str> = parts.into_iter().filter(|part| !part.contains('?')).collect();
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
fn words(content: &[Speech], lang: &str) -> Option<String> {
    let mut pieces = Vec::new();
    for token in Walk::new(content, lang) {
        match token {
            Token::Text(text) => pieces.extend(text.split_whitespace()),
            Token::Audio(_) => return None,
            Token::Open { .. } | Token::Close => {}
        }
    }
    Some(pieces.join(" "))
}

/// A number of at most so many digits; `None` for anything else.
fn number<T: std::str::FromStr>(text: &str, digits: usize) -> Option<T> {
    let is_number = !text.is_empty() && text.len() <= digits && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
