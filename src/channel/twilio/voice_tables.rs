//! What Twilio documents of its voices and languages.

/// Polly's voices: language, those with a standard variant, those without.
pub(super) const POLLY: [(&str, &[&str], &[&str]); 36] = [
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

/// Those of Polly's voices that are men's.
#[rustfmt::skip]
pub(super) const MEN: [&str; 34] = [
    "Matthew", "Joey", "Justin", "Kevin", "Gregory", "Stephen", "Brian", "Arthur", "Russell", "Geraint", "Enrique",
    "Sergio", "Andres", "Miguel", "Pedro", "Mathieu", "Remi", "Rémi", "Liam", "Hans", "Daniel", "Giorgio", "Adriano",
    "Ricardo", "Thiago", "Cristiano", "Ruben", "Jacek", "Jan", "Takumi", "Mads", "Maxim", "Karl", "Andrés",
];

/// Older or wider codes that documents write.
pub(super) const SAY_ALIASES: [(&str, &str); 7] = [
    ("ar", "arb"),
    ("zh", "cmn-CN"),
    ("zh-CN", "cmn-CN"),
    ("zh-TW", "cmn-TW"),
    ("no", "nb-NO"),
    ("no-NO", "nb-NO"),
    ("iw", "he-IL"),
];

pub(super) const GATHER_ALIASES: [(&str, &str); 13] = [
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

/// Codes that are none but are written all the same.
pub(super) const QUIRKS: [(&str, &str); 3] = [("en-UK", "en-GB"), ("es-LA", "es-US"), ("es-419", "es-US")];

/// What Say takes; of several regions of a language the usual one stands first.
#[rustfmt::skip]
pub(super) const SAY_LANGUAGES: [&str; 69] = [
    "en-US", "en-GB", "en-AU", "en-CA", "en-GB-WLS", "en-IE", "en-IN", "en-NZ", "en-ZA", "es-ES", "es-MX", "es-US",
    "fr-FR", "fr-CA", "fr-BE", "de-DE", "de-AT", "it-IT", "pt-BR", "pt-PT", "nl-NL", "nl-BE", "pl-PL", "da-DK", "nb-NO",
    "sv-SE", "fi-FI", "is-IS", "ru-RU", "uk-UA", "tr-TR", "ro-RO", "hu-HU", "cs-CZ", "sk-SK", "bg-BG", "el-GR", "sr-RS",
    "lv-LV", "ca-ES", "cy-GB", "he-IL", "arb", "ar-AE", "ar-XA", "hi-IN", "bn-IN", "gu-IN", "kn-IN", "ml-IN", "mr-IN",
    "pa-IN", "ta-IN", "te-IN", "ja-JP", "ko-KR", "cmn-CN", "cmn-TW", "zh-CN", "zh-HK", "zh-TW", "yue-HK", "th-TH",
    "vi-VN", "id-ID", "ms-MY", "fil-PH", "af-ZA", "am-ET",
];

/// What Gather recognises; of several regions of a language the usual one stands first.
#[rustfmt::skip]
pub(super) const GATHER_LANGUAGES: [&str; 130] = [
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
pub(super) const SSML_LANGUAGES: [&str; 37] = [
    "en-US", "en-GB", "en-AU", "en-GB-WLS", "en-IN", "en-NZ", "en-ZA", "es-ES", "es-MX", "es-US", "fr-FR", "fr-CA",
    "de-DE", "de-AT", "it-IT", "pt-BR", "pt-PT", "nl-NL", "pl-PL", "da-DK", "nb-NO", "sv-SE", "fi-FI", "is-IS", "ru-RU",
    "tr-TR", "ro-RO", "ca-ES", "cy-GB", "he-IL", "arb", "ar-AE", "hi-IN", "ja-JP", "ko-KR", "cmn-CN", "yue-CN",
];
