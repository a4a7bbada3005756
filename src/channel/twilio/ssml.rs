//! What of SSML Twilio takes: unsupported markup may fail the whole Say, so it is taken off, the words stay.

use super::voices::{Dialect, ssml_language};
use crate::dialogue::parse_time;

/// An element around speech as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) name: &'static str,
    pub(super) attributes: Vec<(&'static str, String)>,
}

impl Tag {
    pub(super) fn attributes(&self) -> Vec<(&str, &str)> {
        self.attributes.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    /// How many characters both tags take, at most.
    pub(super) fn cost(&self) -> usize {
        let attributes: usize = self.attributes.iter().map(|(name, value)| name.len() + 6 * value.len() + 4).sum();
        2 * self.name.len() + 5 + attributes
    }
}

/// The element as the dialect takes it inside the elements `around` it; `None` leaves only its content.
pub(super) fn keep<'a>(
    dialect: Dialect,
    name: &str,
    attributes: &[(String, String)],
    mut around: impl Iterator<Item = &'a str>,
) -> Option<Tag> {
    let attribute = |name: &str| {
        let found = attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
        found.filter(|value| !value.is_empty())
    };
    if !takes(dialect, name) {
        return None;
    }
    match name {
        "p" => (!around.any(|outer| matches!(outer, "p" | "s" | "emphasis" | "w"))).then(|| tag("p", [])),
        "s" => (!around.any(|outer| matches!(outer, "s" | "emphasis" | "w"))).then(|| tag("s", [])),
        "emphasis" => match attribute("level") {
            Some("none") => None,
            Some(level @ ("strong" | "moderate" | "reduced")) => {
                Some(tag("emphasis", [("level", Some(level.to_owned()))]))
            }
            _ => Some(tag("emphasis", [])),
        },
        "lang" => {
            let language = attribute("xml:lang").or_else(|| attribute("lang")).and_then(ssml_language)?;
            (!around.any(|outer| outer == "w")).then(|| tag("lang", [("xml:lang", Some(language.to_owned()))]))
        }
        "w" => {
            let role = attribute("role").filter(|role| role.starts_with("amazon:"))?;
            (!around.any(|outer| outer == "w")).then(|| tag("w", [("role", Some(role.to_owned()))]))
        }
        "prosody" => {
            let pitch = attribute("pitch").and_then(|text| pitch(text, dialect));
            let rate = attribute("rate").and_then(rate);
            let volume = attribute("volume").and_then(volume);
            let tag = tag("prosody", [("pitch", pitch), ("rate", rate), ("volume", volume)]);
            (!tag.attributes.is_empty()).then_some(tag)
        }
        _ => None,
    }
}

/// Whether voices of the dialect know the element at all.
pub(super) fn takes(dialect: Dialect, name: &str) -> bool {
    match dialect {
        Dialect::Plain => false,
        Dialect::Polly => true,
        Dialect::PollyNeural => name != "emphasis",
        // They know some readings of say-as; which ones changes.
        Dialect::PollyGenerative => !matches!(name, "emphasis" | "prosody" | "phoneme" | "say-as"),
        Dialect::Google => name != "w",
        Dialect::GoogleChirp => matches!(name, "p" | "s" | "sub"),
    }
}

/// An element that says how its text is read, as the dialect takes it.
pub(super) fn read_as(dialect: Dialect, mut tag: Tag) -> Option<Tag> {
    if !takes(dialect, tag.name) {
        return None;
    }
    if dialect == Dialect::Google && tag.name == "say-as" {
        for (_, value) in tag.attributes.iter_mut().filter(|(name, _)| *name == "interpret-as") {
            match value.as_str() {
                "digits" => "characters".clone_into(value),
                "address" => return None,
                _ => {}
            }
        }
    }
    Some(tag)
}

/// Whether an element changes what is heard in a way that only the voice can give: without it something is missing.
pub(super) fn is_heard(name: &str, attributes: &[(String, String)]) -> bool {
    match name {
        "emphasis" => attributes.iter().all(|(name, value)| name != "level" || value != "none"),
        "prosody" => attributes.iter().any(|(_, value)| !matches!(value.as_str(), "medium" | "default")),
        _ => false,
    }
}

/// A pause inside speech.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Break {
    /// `time` in milliseconds, at most 10 s.
    pub(super) time: Option<u64>,
    /// `strength`, if it is one.
    strength: Option<&'static str>,
}

impl Break {
    pub(super) fn of(attributes: &[(String, String)]) -> Self {
        let attribute = |name: &str| attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
        Self {
            time: attribute("time").and_then(parse_time).map(|time| time.min(10_000)),
            strength: attribute("strength").and_then(|written| {
                ["none", "x-weak", "weak", "medium", "strong", "x-strong"].into_iter().find(|known| *known == written)
            }),
        }
    }

    pub(super) fn tag(&self) -> Tag {
        let time = self.time.map(|time| format!("{time}ms"));
        let strength = self.strength.filter(|_| time.is_none()).map(str::to_owned);
        tag("break", [("time", time), ("strength", strength)])
    }

    /// Whether nothing is to be heard of it; it may be written to prevent a pause.
    pub(super) fn is_silent(&self) -> bool {
        self.time == Some(0) || (self.time.is_none() && matches!(self.strength, Some("none" | "x-weak")))
    }
}

fn tag<const N: usize>(name: &'static str, attributes: [(&'static str, Option<String>); N]) -> Tag {
    let attributes = attributes.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    Tag { name, attributes }
}

/// Polly's standard voices take percentages only, its neural ones no pitch at all.
fn pitch(text: &str, dialect: Dialect) -> Option<String> {
    let word = keyword(text, &["default", "x-low", "low", "medium", "high", "x-high"]);
    match dialect {
        Dialect::PollyNeural => None,
        Dialect::Polly => word.or_else(|| relative(text, &["%"])).or_else(|| {
            let semitones: f64 = relative(text, &["st"])?.strip_suffix("st")?.parse().ok()?;
            Some(format!("{:+.0}%", (100.0 * ((semitones / 12.0).exp2() - 1.0)).clamp(-50.0, 100.0)))
        }),
        _ => word.or_else(|| relative(text, &["%", "st", "Hz"])),
    }
}

/// A word, a change in decibels, or (SSML 1.0 §3.2.4) a number from 0 to 100, which becomes the nearest word.
fn volume(text: &str) -> Option<String> {
    let number = || {
        let value = text.parse::<f64>().ok().filter(|value| (0.0..=100.0).contains(value))?;
        Some(match value {
            0.0 => "silent",
            ..30.0 => "x-soft",
            ..60.0 => "soft",
            // 100 is the usual volume; no number is louder.
            _ => "medium",
        })
    };
    keyword(text, &["default", "silent", "x-soft", "soft", "medium", "loud", "x-loud"])
        .or_else(|| relative(text, &["dB"]))
        .or_else(|| number().filter(|_| !text.starts_with(['+', '-'])).map(str::to_owned))
}

/// A rate is a word, a percentage of the usual one, a change of it, or (SSML 1.0) a factor: all but the word become the
/// percentage that Polly and Google understand alike.
fn rate(text: &str) -> Option<String> {
    if let Some(word) = keyword(text, &["x-slow", "slow", "medium", "fast", "x-fast", "default"]) {
        return Some(word);
    }
    let is_change = text.starts_with(['+', '-']);
    let (number, scale) = text.strip_suffix('%').map_or((text, 100.0), |number| (number, 1.0));
    let value = number.parse::<f64>().ok().filter(|value| value.is_finite())? * scale;
    let percent = if is_change { 100.0 + value } else { value };
    Some(format!("{:.0}%", percent.clamp(20.0, 200.0)))
}

fn keyword(text: &str, known: &[&str]) -> Option<String> {
    known.contains(&text).then(|| text.to_owned())
}

/// A signed number with one of the units.
fn relative(text: &str, units: &[&str]) -> Option<String> {
    let number = units.iter().find_map(|unit| text.strip_suffix(unit))?;
    let digits = number.strip_prefix(['+', '-'])?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.len() <= 6 && part.bytes().all(|b| b.is_ascii_digit());
    (is_number(whole) && is_number(fraction)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(dialect: Dialect, name: &str, attributes: &[(&str, &str)], around: &[&str]) -> Option<String> {
        let attributes: Vec<_> = attributes.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let tag = keep(dialect, name, &attributes, around.iter().copied())?;
        Some(tag.attributes().iter().fold(tag.name.to_owned(), |all, (name, value)| format!("{all} {name}={value}")))
    }

    #[test]
    fn a_plain_voice_gets_no_markup() {
        for name in ["p", "s", "emphasis", "prosody", "lang", "break", "say-as"] {
            assert_eq!(kept(Dialect::Plain, name, &[("rate", "slow")], &[]), None, "{name}");
        }
    }

    #[test]
    fn only_attributes_twilio_knows_are_kept() {
        let prosody = |attributes: &[(&str, &str)]| kept(Dialect::Polly, "prosody", attributes, &[]);
        let rate = |written: &str| prosody(&[("rate", written)]);
        assert_eq!(rate("slow").as_deref(), Some("prosody rate=slow"));
        assert_eq!(rate("-20%").as_deref(), Some("prosody rate=80%"));
        assert_eq!(rate("1.2").as_deref(), Some("prosody rate=120%"));
        assert_eq!(rate("900%").as_deref(), Some("prosody rate=200%"));
        assert_eq!(rate("NaN"), None);
        assert_eq!(prosody(&[("volume", "500"), ("pitch", "120Hz"), ("contour", "(0%,+20Hz)")]), None);
        assert_eq!(
            prosody(&[("volume", "+6dB"), ("pitch", "-2st")]).as_deref(),
            Some("prosody pitch=-11% volume=+6dB")
        );
        let google = kept(Dialect::Google, "prosody", &[("pitch", "-2st")], &[]);
        assert_eq!(google.as_deref(), Some("prosody pitch=-2st"));
        assert_eq!(kept(Dialect::Polly, "s", &[("xml:lang", "en")], &["p"]).as_deref(), Some("s"));
    }

    #[test]
    fn a_volume_from_0_to_100_is_the_nearest_word_and_never_louder_than_usual() {
        for (written, word) in [("0", "silent"), ("10", "x-soft"), ("50.5", "soft"), ("100", "medium")] {
            let kept = kept(Dialect::Polly, "prosody", &[("volume", written)], &[]);
            assert_eq!(kept, Some(format!("prosody volume={word}")), "{written}");
        }
    }

    #[test]
    fn nesting_that_is_not_allowed_is_undone() {
        assert_eq!(kept(Dialect::Polly, "p", &[], &["p"]), None);
        assert_eq!(kept(Dialect::Polly, "s", &[], &["prosody", "emphasis"]), None);
        assert_eq!(kept(Dialect::Polly, "lang", &[("xml:lang", "fr-FR")], &["w"]), None);
    }

    #[test]
    fn each_make_of_voice_gets_what_it_takes() {
        assert_eq!(kept(Dialect::PollyNeural, "emphasis", &[], &[]), None);
        assert_eq!(kept(Dialect::PollyGenerative, "prosody", &[("rate", "slow")], &[]), None);
        assert_eq!(kept(Dialect::Google, "w", &[("role", "amazon:VB")], &[]), None);
        assert_eq!(kept(Dialect::Polly, "voice", &[("name", "Bob")], &[]), None);
    }

    #[test]
    fn a_break_is_a_time_or_a_strength() {
        let written = |name: &str, value: &str| Break::of(&[(name.to_owned(), value.to_owned())]).tag().attributes;
        assert_eq!(written("time", "1.5s"), vec![("time", "1500ms".to_owned())]);
        assert_eq!(written("time", "90s"), vec![("time", "10000ms".to_owned())]);
        assert_eq!(written("strength", "strong"), vec![("strength", "strong".to_owned())]);
        assert_eq!(written("strength", "huge"), vec![]);
    }
}
