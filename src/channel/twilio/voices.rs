//! Which voice says a prompt, in which language, and how much SSML it takes.

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

fn lookup(known: &'static [&'static str], aliases: &[(&str, &str)], lang: &str) -> Option<&'static str> {
    let wanted = lang.trim().replace('_', "-");
    let alias = aliases.iter().find(|(from, _)| from.eq_ignore_ascii_case(&wanted)).map(|(_, to)| *to);
    let wanted = alias.unwrap_or(&wanted);
    let exact = known.iter().find(|code| code.eq_ignore_ascii_case(wanted));
    let near = || known.iter().find(|code| primary(code).eq_ignore_ascii_case(primary(wanted)));
    exact.or_else(near).copied()
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

/// Polly's voices: language, those with a standard variant, those without.
const POLLY: [(&str, &[&str], &[&str]); 36] = [
    (
        "en-US",
        &["Joanna", "Matthew", "Salli", "Joey", "Kendra", "Kimberly", "Ivy", "Justin", "Kevin"],
        &["Danielle", "Gregory", "Ruth", "Stephen"],
    ),
    ("en-GB", &["Amy", "Brian", "Emma"], &["Arthur"]),
    ("en-AU", &["Nicole", "Russell"], &["Olivia"]),
    ("en-IN", &["Raveena"], &["Kajal"]),
    ("en-GB-WLS", &["Geraint"], &[]),
    ("en-IE", &[], &["Niamh"]),
    ("en-NZ", &[], &["Aria"]),
    ("en-ZA", &[], &["Ayanda"]),
    ("es-ES", &["Lucia", "Conchita", "Enrique"], &["Sergio"]),
    ("es-MX", &["Mia"], &["Andres", "Mía"]),
    ("es-US", &["Lupe", "Miguel", "Penelope"], &["Pedro"]),
    ("fr-FR", &["Lea", "Celine", "Mathieu"], &["Remi", "Rémi"]),
    ("fr-CA", &["Chantal"], &["Gabrielle", "Liam"]),
    ("fr-BE", &[], &["Isabelle"]),
    ("de-DE", &["Vicki", "Marlene", "Hans"], &["Daniel"]),
    ("de-AT", &[], &["Hannah"]),
    ("it-IT", &["Bianca", "Carla", "Giorgio"], &["Adriano"]),
    ("pt-BR", &["Camila", "Vitoria", "Ricardo"], &["Thiago"]),
    ("pt-PT", &["Ines", "Cristiano"], &[]),
    ("nl-NL", &["Lotte", "Ruben"], &["Laura"]),
    ("nl-BE", &[], &["Lisa"]),
    ("pl-PL", &["Ewa", "Maja", "Jacek", "Jan"], &["Ola"]),
    ("ja-JP", &["Mizuki", "Takumi"], &["Kazuha", "Tomoko"]),
    ("ko-KR", &["Seoyeon"], &[]),
    ("cmn-CN", &["Zhiyu"], &[]),
    ("hi-IN", &["Aditi"], &[]),
    ("arb", &["Zeina"], &[]),
    ("da-DK", &["Naja", "Mads"], &["Sofie"]),
    ("nb-NO", &["Liv"], &["Ida"]),
    ("sv-SE", &["Astrid"], &["Elin"]),
    ("ru-RU", &["Tatyana", "Maxim"], &[]),
    ("tr-TR", &["Filiz"], &["Burcu"]),
    ("ro-RO", &["Carmen"], &[]),
    ("is-IS", &["Dora", "Karl"], &[]),
    ("cy-GB", &["Gwyneth"], &[]),
    ("fi-FI", &[], &["Suvi"]),
];

/// Older or wider codes that documents write.
const SAY_ALIASES: [(&str, &str); 7] = [
    ("ar", "arb"),
    ("zh", "cmn-CN"),
    ("zh-CN", "cmn-CN"),
    ("zh-TW", "cmn-TW"),
    ("no", "nb-NO"),
    ("no-NO", "nb-NO"),
    ("iw", "he-IL"),
];

const GATHER_ALIASES: [(&str, &str); 13] = [
    ("ar", "ar-SA"),
    ("arb", "ar-SA"),
    ("zh", "cmn-Hans-CN"),
    ("zh-CN", "cmn-Hans-CN"),
    ("cmn-CN", "cmn-Hans-CN"),
    ("cmn-TW", "cmn-Hant-TW"),
    ("zh-TW", "cmn-Hant-TW"),
    ("zh-HK", "yue-Hant-HK"),
    ("pa-IN", "pa-guru-IN"),
    ("no", "nb-NO"),
    ("no-NO", "nb-NO"),
    ("iw", "he-IL"),
    ("en-GB-WLS", "en-GB"),
];

/// What Say takes; of several regions of a language the usual one stands first.
#[rustfmt::skip]
const SAY_LANGUAGES: [&str; 69] = [
    "en-US", "en-GB", "en-AU", "en-CA", "en-GB-WLS", "en-IE", "en-IN", "en-NZ", "en-ZA", "es-ES", "es-MX", "es-US",
    "fr-FR", "fr-CA", "fr-BE", "de-DE", "de-AT", "it-IT", "pt-BR", "pt-PT", "nl-NL", "nl-BE", "pl-PL", "da-DK", "nb-NO",
    "sv-SE", "fi-FI", "is-IS", "ru-RU", "uk-UA", "tr-TR", "ro-RO", "hu-HU", "cs-CZ", "sk-SK", "bg-BG", "el-GR", "sr-RS",
    "lv-LV", "ca-ES", "cy-GB", "he-IL", "arb", "ar-AE", "ar-XA", "hi-IN", "bn-IN", "gu-IN", "kn-IN", "ml-IN", "mr-IN",
    "pa-IN", "ta-IN", "te-IN", "ja-JP", "ko-KR", "cmn-CN", "cmn-TW", "zh-CN", "zh-HK", "zh-TW", "yue-HK", "th-TH",
    "vi-VN", "id-ID", "ms-MY", "fil-PH", "af-ZA", "am-ET",
];

/// What Gather recognises; of several regions of a language the usual one stands first.
#[rustfmt::skip]
const GATHER_LANGUAGES: [&str; 130] = [
    "en-US", "en-GB", "en-AU", "en-CA", "en-GH", "en-IE", "en-IN", "en-KE", "en-NG", "en-NZ", "en-PH", "en-SG", "en-TZ",
    "en-ZA", "es-ES", "es-MX", "es-US", "es-AR", "es-BO", "es-CL", "es-CO", "es-CR", "es-DO", "es-EC", "es-GT", "es-HN",
    "es-NI", "es-PA", "es-PE", "es-PR", "es-PY", "es-SV", "es-UY", "es-VE", "fr-FR", "fr-CA", "de-DE", "it-IT", "pt-BR",
    "pt-PT", "nl-NL", "nl-BE", "pl-PL", "da-DK", "nb-NO", "sv-SE", "fi-FI", "is-IS", "ru-RU", "uk-UA", "tr-TR", "ro-RO",
    "hu-HU", "cs-CZ", "sk-SK", "sl-SI", "hr-HR", "sr-RS", "mk-MK", "sq-AL", "bg-BG", "el-GR", "et-EE", "lv-LV", "lt-LT",
    "ca-ES", "eu-ES", "gl-ES", "he-IL", "ar-SA", "ar-AE", "ar-BH", "ar-DZ", "ar-EG", "ar-IL", "ar-IQ", "ar-JO", "ar-KW",
    "ar-LB", "ar-MA", "ar-OM", "ar-PS", "ar-QA", "ar-TN", "nar-IQ", "fa-IR", "hi-IN", "bn-IN", "bn-BD", "gu-IN", "kn-IN",
    "ml-IN", "mr-IN", "pa-guru-IN", "ta-IN", "ta-LK", "ta-MY", "ta-SG", "te-IN", "ur-PK", "ur-IN", "ne-NP", "si-LK",
    "ja-JP", "ko-KR", "cmn-Hans-CN", "cmn-Hant-TW", "zh", "zh-TW", "yue-Hant-HK", "th-TH", "vi-VN", "km-KH", "lo-LA",
    "my-MM", "id-ID", "jv-ID", "su-ID", "ms-MY", "fil-PH", "mn-MN", "ka-GE", "hy-AM", "az-AZ", "uz-UZ", "af-ZA", "am-ET",
    "sw-KE", "sw-TZ", "zu-ZA",
];

/// What Polly's `<lang>` takes.
#[rustfmt::skip]
const SSML_LANGUAGES: [&str; 37] = [
    "en-US", "en-GB", "en-AU", "en-GB-WLS", "en-IN", "en-NZ", "en-ZA", "es-ES", "es-MX", "es-US", "fr-FR", "fr-CA",
    "de-DE", "de-AT", "it-IT", "pt-BR", "pt-PT", "nl-NL", "pl-PL", "da-DK", "nb-NO", "sv-SE", "fi-FI", "is-IS", "ru-RU",
    "tr-TR", "ro-RO", "ca-ES", "cy-GB", "he-IL", "arb", "ar-AE", "hi-IN", "ja-JP", "ko-KR", "cmn-CN", "yue-CN",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(voice: Option<&str>, lang: &str) -> (Option<String>, Option<&'static str>) {
        let speaker = Speaker::choose(voice, lang);
        (speaker.voice, speaker.language)
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
