//! Which voice says a prompt, in which language, and how much SSML it takes.

use super::voice_tables::{
    GATHER_ALIASES, GATHER_LANGUAGES, MEN, POLLY, QUIRKS, SAY_ALIASES, SAY_LANGUAGES, SSML_LANGUAGES,
};

/// How much SSML a voice takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// None: `man`, `woman`, and the account's default voice, which may be one of them.
    Plain,
    /// Amazon Polly's standard voices.
    Polly,
    /// Amazon Polly's neural voices.
    PollyNeural,
    /// Amazon Polly's generative voices.
    PollyGenerative,
    /// Google's voices.
    Google,
    /// Google's Chirp voices.
    GoogleChirp,
}

/// Who says a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Speaker {
    pub(super) voice: Option<String>,
    pub(super) language: Option<&'static str>,
    pub(super) dialect: Dialect,
}

impl Speaker {
    /// The app's voice, if it speaks the prompt's language; else another voice of the same make that does, or none: then
    /// Twilio takes its own for the language. A voice with the wrong language makes a Say fail (13511, 13512).
    pub(super) fn choose(voice: Option<&str>, lang: &str) -> Self {
        let wanted = say_language(lang);
        let plain =
            |voice: Option<&str>| Self { voice: voice.map(str::to_owned), language: wanted, dialect: Dialect::Plain };
        let (name, dialect, speaks) = match voice {
            Some("man") => return plain(Some("man")),
            Some("woman" | "alice") => return plain(Some("woman")),
            Some(name) if is_well_formed(name) => (name, dialect(name), locale(name)),
            _ => return plain(None),
        };
        match (wanted, speaks) {
            (Some(wanted), Some(speaks)) if primary(wanted) != primary(speaks) => {
                match polly_voice(wanted).filter(|_| name.starts_with("Polly.")) {
                    Some(other) => {
                        Self { voice: Some(format!("Polly.{other}")), language: Some(wanted), dialect: Dialect::Polly }
                    }
                    None => plain(None),
                }
            }
            (wanted, speaks) => {
                let language = speaks.map_or(wanted, say_language_exactly);
                Self { voice: Some(name.to_owned()), language, dialect }
            }
        }
    }
}

/// What becomes of a `<voice>`.
pub(super) enum Asked {
    /// Somebody who is what it asks for.
    Found(Speaker),
    /// Twilio has nobody like that.
    Unknown,
    /// It does not ask for anybody.
    Nothing,
}

impl Speaker {
    /// Who speaks in a `<voice>` (SSML 1.0 §3.2.1): the first voice of its `name` that there is, in its own language; else
    /// one of its `gender` in the language in force. `age` and `variant` are nothing Twilio's voices are told apart by.
    pub(super) fn asked(attributes: &[(String, String)], home: Option<&str>, lang: &str) -> Asked {
        let attribute = |name: &str| {
            let found = attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
            found.filter(|value| !value.is_empty())
        };
        let named =
            attribute("name").and_then(|names| names.split_whitespace().find_map(|name| Self::named(name, lang)));
        if let Some(speaker) = named {
            return Asked::Found(speaker);
        }
        match (attribute("gender"), attribute("name")) {
            (Some(gender @ ("male" | "female")), _) => Asked::Found(Self::of_gender(gender == "male", home, lang)),
            (_, Some(_)) => Asked::Unknown,
            _ => Asked::Nothing,
        }
    }

    /// A voice by Twilio's name for it, or by Polly's own, which other platforms use, too.
    fn named(name: &str, lang: &str) -> Option<Self> {
        if matches!(name, "man" | "woman" | "alice") {
            return Some(Self::choose(Some(name), lang));
        }
        let full = match name.contains('.') {
            true => is_well_formed(name).then(|| name.to_owned())?,
            false => polly_name(name)?,
        };
        let own = locale(&full).and_then(say_language_exactly)?;
        let language = say_language(lang).filter(|wanted| primary(wanted) == primary(own));
        Some(Self::choose(Some(&full), language.unwrap_or(own)))
    }

    fn of_gender(male: bool, home: Option<&str>, lang: &str) -> Self {
        let basic = if male { "man" } else { "woman" };
        let Some(home) = home.filter(|home| is_well_formed(home)) else { return Self::choose(Some(basic), lang) };
        let usual = Self::choose(Some(home), lang);
        let name = usual.voice.as_deref().and_then(|voice| voice.strip_prefix("Polly."));
        if name.is_some_and(|name| is_man(name) == male) {
            return usual;
        }
        let of_language = POLLY.iter().filter(|row| Some(row.0) == usual.language);
        let standard = of_language.clone().flat_map(|row| row.1).find(|name| is_man(name) == male);
        let neural = || of_language.flat_map(|row| row.2).find(|name| is_man(name) == male);
        let voice = standard.map(|name| format!("Polly.{name}"));
        let voice = voice.or_else(|| neural().map(|name| format!("Polly.{name}-Neural")));
        Self::choose(Some(voice.as_deref().unwrap_or(basic)), lang)
    }
}

/// Twilio's name for one of Polly's voices.
fn polly_name(name: &str) -> Option<String> {
    POLLY.iter().find_map(|(_, standard, other)| {
        let is_it = |known: &&&str| known.eq_ignore_ascii_case(name);
        let standard = standard.iter().find(is_it).map(|name| format!("Polly.{name}"));
        standard.or_else(|| other.iter().find(is_it).map(|name| format!("Polly.{name}-Neural")))
    })
}

fn is_man(name: &str) -> bool {
    let name = name.split('-').next().unwrap_or(name);
    MEN.contains(&name)
}

/// The code Twilio's Say has for a language: as it is, or the usual region where there is none or an unknown one.
pub(super) fn say_language(lang: &str) -> Option<&'static str> {
    lookup(&SAY_LANGUAGES, &SAY_ALIASES, lang)
}

/// The code Twilio's Gather recognises speech by.
pub(super) fn gather_language(lang: &str) -> Option<&'static str> {
    lookup(&GATHER_LANGUAGES, &GATHER_ALIASES, lang)
}

/// The code Polly's SSML `<lang>` has for a language.
pub(super) fn ssml_language(lang: &str) -> Option<&'static str> {
    lookup(&SSML_LANGUAGES, &SAY_ALIASES, lang)
}

/// What documents write is not always a language tag (`en-UK`, `fr-FR-Laurent`, `es-ES;amaya`): the longest part of it
/// that is known counts.
fn lookup(known: &'static [&'static str], aliases: &[(&str, &str)], lang: &str) -> Option<&'static str> {
    let wanted = lang.trim().replace('_', "-");
    let mut wanted = wanted.split([';', ',', '@', '.', ' ']).next().unwrap_or_default();
    let mut part = Some(wanted);
    while let Some(tag) = part {
        let alias = QUIRKS.iter().chain(aliases).find(|(from, _)| from.eq_ignore_ascii_case(tag)).map(|(_, to)| *to);
        wanted = alias.unwrap_or(tag);
        if let Some(exact) = known.iter().find(|code| code.eq_ignore_ascii_case(wanted)) {
            return Some(exact);
        }
        part = tag.rsplit_once('-').map(|(shorter, _)| shorter);
    }
    known.iter().find(|code| primary(code).eq_ignore_ascii_case(primary(wanted))).copied()
}

fn say_language_exactly(locale: &str) -> Option<&'static str> {
    SAY_LANGUAGES.iter().find(|code| **code == locale).copied()
}

fn primary(code: &str) -> &str {
    code.split('-').next().unwrap_or(code)
}

fn is_well_formed(voice: &str) -> bool {
    let name = voice.strip_prefix("Polly.").or_else(|| voice.strip_prefix("Google."));
    name.is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_'))
}

fn dialect(voice: &str) -> Dialect {
    match voice.split_once('.') {
        Some(("Google", name)) if name.contains("Chirp") => Dialect::GoogleChirp,
        Some(("Google", _)) => Dialect::Google,
        _ if voice.ends_with("-Generative") => Dialect::PollyGenerative,
        _ if voice.contains('-') => Dialect::PollyNeural,
        _ => Dialect::Polly,
    }
}

/// The language a voice speaks: part of a Google voice's name, known by heart for Polly's.
fn locale(voice: &str) -> Option<&str> {
    match voice.split_once('.')? {
        ("Google", name) => {
            let mut parts = name.match_indices('-');
            let end = parts.nth(1).map_or(name.len(), |(at, _)| at);
            name.get(..end)
        }
        (_, name) => {
            let first = name.split('-').next().unwrap_or(name);
            POLLY
                .iter()
                .find(|(_, standard, other)| standard.contains(&first) || other.contains(&first))
                .map(|row| row.0)
        }
    }
}

/// A standard Polly voice of a language.
fn polly_voice(language: &str) -> Option<&'static str> {
    POLLY.iter().find(|row| row.0 == language).and_then(|row| row.1.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(voice: Option<&str>, lang: &str) -> (Option<String>, Option<&'static str>) {
        let speaker = Speaker::choose(voice, lang);
        (speaker.voice, speaker.language)
    }

    #[test]
    fn what_is_no_language_tag_is_taken_as_far_as_it_is_one() {
        for (written, code) in [
            ("en-UK", "en-GB"),
            ("en-UK-momo", "en-GB"),
            ("fr-FR-Laurent", "fr-FR"),
            ("es-ES;amaya", "es-ES"),
            ("es-laura", "es-ES"),
            ("es-419", "es-US"),
            ("EN_us", "en-US"),
        ] {
            assert_eq!(say_language(written), Some(code), "{written}");
        }
        assert_eq!(say_language("text"), None);
    }

    fn asked(attributes: &[(&str, &str)], home: Option<&str>, lang: &str) -> Option<String> {
        let attributes: Vec<_> = attributes.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        match Speaker::asked(&attributes, home, lang) {
            Asked::Found(speaker) => speaker.voice,
            Asked::Unknown => Some("unknown".to_owned()),
            Asked::Nothing => None,
        }
    }

    #[test]
    fn a_voice_is_found_by_its_name_or_else_by_its_gender() {
        let joanna = Some("Polly.Joanna");
        for (attributes, home, lang, voice) in [
            (&[("name", "Polly.Brian")][..], joanna, "en-US", Some("Polly.Brian")),
            (&[("name", "Nuance.Tom Matthew")], joanna, "en-US", Some("Polly.Matthew")),
            (&[("name", "stephen")], None, "en", Some("Polly.Stephen-Neural")),
            (&[("gender", "male")], joanna, "en-US", Some("Polly.Matthew")),
            (&[("gender", "female")], joanna, "en-US", Some("Polly.Joanna")),
            (&[("gender", "male")], joanna, "es-ES", Some("Polly.Enrique")),
            (&[("gender", "male")], None, "en-US", Some("man")),
            (&[("gender", "female")], Some("man"), "en-US", Some("woman")),
            (&[("name", "Laurent"), ("gender", "male")], joanna, "en-US", Some("Polly.Matthew")),
            (&[("name", "Laurent")], joanna, "en-US", Some("unknown")),
            (&[("age", "12"), ("gender", "neutral")], joanna, "en-US", None),
        ] {
            assert_eq!(asked(attributes, home, lang).as_deref(), voice, "{attributes:?}");
        }
    }

    #[test]
    fn languages_become_codes_twilio_knows_or_nothing() {
        for (written, code) in
            [("en", "en-US"), ("EN_gb", "en-GB"), ("es", "es-ES"), ("es-AR", "es-ES"), ("zh", "cmn-CN")]
        {
            assert_eq!(say_language(written), Some(code), "{written}");
        }
        assert_eq!(gather_language("es-AR"), Some("es-AR"));
        assert_eq!(gather_language("zh-TW"), Some("cmn-Hant-TW"));
        for odd in ["", "tlh", "x-klingon", "not a language"] {
            assert_eq!((say_language(odd), gather_language(odd)), (None, None), "{odd}");
        }
    }

    #[test]
    fn the_apps_voice_says_what_is_in_its_language() {
        assert_eq!(chosen(Some("Polly.Joanna"), "en-GB"), (Some("Polly.Joanna".to_owned()), Some("en-US")));
        let google = "Google.es-US-Neural2-A";
        assert_eq!(chosen(Some(google), "es"), (Some(google.to_owned()), Some("es-US")));
    }

    #[test]
    fn another_language_gets_a_voice_that_speaks_it() {
        assert_eq!(chosen(Some("Polly.Joanna-Neural"), "es-US"), (Some("Polly.Lupe".to_owned()), Some("es-US")));
        assert_eq!(chosen(Some("Google.en-US-Wavenet-A"), "es"), (None, Some("es-ES")));
        assert_eq!(chosen(Some("Polly.Joanna"), "fi-FI"), (None, Some("fi-FI")));
    }

    #[test]
    fn a_voice_that_is_none_is_left_out_and_the_old_alias_renamed() {
        assert_eq!(chosen(Some("Polly.<x>"), "en"), (None, Some("en-US")));
        assert_eq!(chosen(Some("alice"), "en-GB"), (Some("woman".to_owned()), Some("en-GB")));
        assert_eq!(chosen(None, ""), (None, None));
    }
}
