//! The builtin types as they are spoken.

use super::build::Builder;
use super::builtin::{Builtin, DIGITS, Parameters};
use super::numerals::Language;
use super::rules::NodeId;

/// The expansion of a spoken builtin type; `None` if it is not known in that language.
pub(super) fn body(b: &mut Builder, kind: Builtin, parameters: &Parameters<'_>, lang: &str) -> Option<NodeId> {
    let language = Language::of(Some(lang));
    match kind {
        Builtin::Boolean => Some(boolean(b, lang)),
        Builtin::Digits => {
            let (min, max) = parameters.lengths()?;
            let digit = digit(b);
            Some(b.repeat(digit, min, max))
        }
        Builtin::Phone => {
            let digit = digit(b);
            let number = b.repeat(digit, 1, None);
            let mark = b.meanings(&[("extension", "x"), ("extensión", "x"), ("ext", "x")]);
            let extension = b.seq(vec![mark, number]);
            let extension = b.optional(extension);
            Some(b.seq(vec![number, extension]))
        }
        Builtin::Number => Some(number(b, language)),
        Builtin::Currency => Some(currency(b, language)),
        Builtin::Time if language != Language::Other => Some(time(b, language)),
        Builtin::Date if language != Language::Other => Some(date_body(b, language)),
        Builtin::Time | Builtin::Date => None,
    }
}

fn boolean(b: &mut Builder, lang: &str) -> NodeId {
    let language = lang.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let (yes, no): (&[&str], &[&str]) = match language.as_str() {
        "es" => (
            &["sí", "sí por favor", "claro", "claro que sí", "correcto", "vale", "de acuerdo", "verdadero", "así es"],
            &["no", "no gracias", "falso", "incorrecto", "para nada"],
        ),
        "fr" => (&["oui", "oui s'il vous plaît", "d'accord", "vrai", "exact"], &["non", "non merci", "faux"]),
        "de" => (&["ja", "ja bitte", "richtig", "genau", "stimmt"], &["nein", "nein danke", "falsch"]),
        "it" => (&["sì", "sì grazie", "esatto", "giusto", "vero"], &["no", "no grazie", "falso"]),
        "pt" => (&["sim", "sim por favor", "certo", "correto", "verdade"], &["não", "não obrigado", "falso", "errado"]),
        _ => (
            &[
                "yes",
                "yes please",
                "yeah",
                "yep",
                "yup",
                "sure",
                "ok",
                "correct",
                "that's correct",
                "right",
                "that's right",
                "true",
                "absolutely",
                "definitely",
            ],
            &[
                "no",
                "no thanks",
                "no thank you",
                "nope",
                "nah",
                "wrong",
                "that's wrong",
                "incorrect",
                "not correct",
                "that's not right",
                "false",
            ],
        ),
    };
    let choices: Vec<(&str, &str)> =
        yes.iter().map(|word| (*word, "true")).chain(no.iter().map(|word| (*word, "false"))).collect();
    b.meanings(&choices)
}

fn digit(b: &mut Builder) -> NodeId {
    let digits = DIGITS.map(|digit| (digit, digit));
    b.meanings(&digits)
}

/// Number words by their numerals: a token `20` is "twenty".
fn numerals(b: &mut Builder, range: impl Iterator<Item = u32>) -> NodeId {
    let numbers: Vec<String> = range.map(|number| number.to_string()).collect();
    let choices: Vec<(&str, &str)> = numbers.iter().map(|number| (number.as_str(), number.as_str())).collect();
    b.meanings(&choices)
}

/// 1 to 99.
fn below_hundred(b: &mut Builder, language: Language) -> NodeId {
    let units = numerals(b, 1..10);
    let single = numerals(b, if language == Language::Spanish { 10..30 } else { 10..20 });
    let from = if language == Language::Spanish { 3 } else { 2 };
    let tens = numerals(b, (from..10).map(|ten| ten * 10));
    let unit = match language {
        Language::Spanish => {
            let y = b.token("y");
            b.seq(vec![y, units])
        }
        _ => units,
    };
    let unit = b.optional(unit);
    let compound = b.seq(vec![tens, unit]);
    b.alt(vec![units, single, compound])
}

/// 1 to 999.
fn below_thousand(b: &mut Builder, language: Language) -> NodeId {
    let small = below_hundred(b, language);
    let hundreds = match language {
        Language::Spanish => numerals(b, (1..10).map(|hundred| hundred * 100)),
        _ => {
            let a = b.meaning("a", "1");
            let count = b.alt(vec![small, a]);
            let hundred = b.meaning("hundred", "100");
            b.seq(vec![count, hundred])
        }
    };
    let and = b.token("and");
    let and = b.optional(and);
    let rest = b.seq(vec![and, small]);
    let rest = b.optional(rest);
    let large = b.seq(vec![hundreds, rest]);
    b.alt(vec![small, large])
}

/// 0 to 999,999,999.
fn whole(b: &mut Builder, language: Language) -> NodeId {
    let hundreds = below_thousand(b, language);
    let mut node = hundreds;
    for (word, scale) in [("1000", "1000"), ("1000000", "1000000")] {
        let a = b.meaning("a", "1");
        let count = b.alt(vec![hundreds, a]);
        let count = if language == Language::Spanish { b.optional(hundreds) } else { count };
        let scale = b.meaning(word, scale);
        let and = b.token("and");
        let and = b.optional(and);
        let rest = b.seq(vec![and, node]);
        let rest = b.optional(rest);
        let large = b.seq(vec![count, scale, rest]);
        node = b.alt(vec![node, large]);
    }
    let zero = b.meaning("0", "0");
    // What a recogniser already wrote in figures but no words could say here.
    b.alt(vec![node, zero])
}

fn number(b: &mut Builder, language: Language) -> NodeId {
    let whole = whole(b, language);
    let point = b.meanings(&[("point", "."), ("punto", "."), ("coma", ".")]);
    let digit = digit(b);
    let digits = b.repeat(digit, 1, None);
    let behind = b.seq(vec![point, digits]);
    let decimals = b.optional(behind);
    let with_whole = b.seq(vec![whole, decimals]);
    let amount = b.alt(vec![with_whole, behind]);
    let plus = b.phrase("plus");
    let minus = b.meanings(&[("minus", "-"), ("negative", "-"), ("menos", "-")]);
    let sign = b.alt(vec![plus, minus]);
    let sign = b.optional(sign);
    b.seq(vec![sign, amount])
}

fn currency(b: &mut Builder, language: Language) -> NodeId {
    let whole = whole(b, language);
    let units = b.meanings(&[
        ("dollars", "USD"),
        ("dollar", "USD"),
        ("dólares", "USD"),
        ("dólar", "USD"),
        ("euros", "EUR"),
        ("euro", "EUR"),
        ("pounds", "GBP"),
        ("pound", "GBP"),
        ("libras", "GBP"),
        ("pesos", "MXN"),
    ]);
    let and = b.meanings(&[("and", "."), ("con", ".")]);
    let nothing = b.literal(".");
    let and = b.alt(vec![and, nothing]);
    let small = below_hundred(b, language);
    let cents: Vec<NodeId> = ["cents", "cent", "pence", "centavos", "céntimos"].iter().map(|c| b.phrase(c)).collect();
    let cents = b.alt(cents);
    let cents = b.optional(cents);
    let behind = b.seq(vec![and, small, cents]);
    let behind = b.optional(behind);
    b.seq(vec![whole, units, behind])
}

fn time(b: &mut Builder, language: Language) -> NodeId {
    let spanish = language == Language::Spanish;
    let hour = two_figures(b, language, 0..24);
    let minute = two_figures(b, language, 10..60);
    let oh = if spanish { b.phrase("cero") } else { b.phrase("oh") };
    let small = two_figures(b, language, 1..10);
    let small = b.seq(vec![oh, small]);
    let mut minutes = vec![minute, small];
    let fractions: &[(&str, &str)] =
        if spanish { &[("y media", "30"), ("y cuarto", "15"), ("y quince", "15")] } else { &[("o'clock", "00")] };
    minutes.push(b.meanings(fractions));
    let minutes = b.alt(minutes);
    let minutes = b.optional(minutes);
    let half = b.meanings(&[
        ("am", "a"),
        ("a m", "a"),
        ("in the morning", "a"),
        ("de la mañana", "a"),
        ("pm", "p"),
        ("p m", "p"),
        ("in the afternoon", "p"),
        ("in the evening", "p"),
        ("at night", "p"),
        ("de la tarde", "p"),
        ("de la noche", "p"),
    ]);
    let half = b.optional(half);
    let article: Vec<NodeId> = ["a las", "a la", "las", "la", "at"].iter().map(|words| b.phrase(words)).collect();
    let article = b.alt(article);
    let article = b.optional(article);
    let clock = b.seq(vec![article, hour, minutes, half]);
    let words: &[(&str, &str)] =
        if spanish { &[("mediodía", "12"), ("medianoche", "00")] } else { &[("noon", "12"), ("midnight", "00")] };
    let named: Vec<NodeId> = words
        .iter()
        .map(|(word, hour)| {
            let named = b.meaning(word, hour);
            let (minutes, half) = (b.literal("00"), b.literal("h"));
            b.seq(vec![named, minutes, half])
        })
        .collect();
    b.alt([vec![clock], named].concat())
}

/// Spoken numbers that mean two figures.
fn two_figures(b: &mut Builder, language: Language, range: std::ops::Range<u64>) -> NodeId {
    let choices: Vec<NodeId> = range
        .flat_map(|number| language.spellings(number).into_iter().map(move |words| (number, words.join(" "))))
        .map(|(number, words)| b.meaning(&words, &format!("{number:02}")))
        .collect();
    b.alt(choices)
}

fn date_body(b: &mut Builder, language: Language) -> NodeId {
    let spanish = language == Language::Spanish;
    let names = if spanish { SPANISH_MONTHS } else { ENGLISH_MONTHS };
    let months: Vec<NodeId> =
        names.iter().enumerate().map(|(index, name)| b.meaning(name, &format!("m{:02}", index + 1))).collect();
    let month = b.alt(months);
    let mut days = Vec::new();
    for day in 1..=31u64 {
        let figures = format!("d{day:02}");
        days.extend(language.spellings(day).iter().map(|words| b.meaning(&words.join(" "), &figures)));
        if !spanish {
            let tens = if day > 20 && day % 10 > 0 { format!("{} ", day / 10 * 10) } else { String::new() };
            let unit = if tens.is_empty() { day } else { day % 10 };
            let suffix = match unit {
                1 => "st",
                2 => "nd",
                3 => "rd",
                _ => "th",
            };
            days.push(b.meaning(&format!("{tens}{unit}{suffix}"), &figures));
        }
    }
    let day = b.alt(days);
    let year = year(b, language);
    if spanish {
        let (el, de) = (b.phrase("el"), b.phrase("de"));
        let el = b.optional(el);
        let del = b.phrase("del");
        let of = b.alt(vec![de, del]);
        let year = b.seq(vec![of, year]);
        let year = b.optional(year);
        return b.seq(vec![el, day, de, month, year]);
    }
    let (the, of) = (b.phrase("the"), b.phrase("of"));
    let (the, of) = (b.optional(the), b.optional(of));
    let year = b.optional(year);
    let month_first = b.seq(vec![month, the, day, year]);
    let day_first = b.seq(vec![the, day, of, month, year]);
    b.alt(vec![month_first, day_first])
}

/// 1901 to 2099: "two thousand twenty six", "twenty twenty six", "nineteen ninety".
fn year(b: &mut Builder, language: Language) -> NodeId {
    let whole = b.meaning("2 1000", "y2000");
    let small = two_figures(b, language, 1..100);
    let thousands = b.meaning("2 1000", "y20");
    let (and, rest) = match language {
        Language::Spanish => {
            let hundreds = b.meaning("1000 900", "y19");
            (b.null(), b.seq(vec![hundreds, small]))
        }
        _ => {
            let and = b.phrase("and");
            let centuries = b.meanings(&[("20", "y20"), ("19", "y19")]);
            let large = two_figures(b, language, 10..100);
            (b.optional(and), b.seq(vec![centuries, large]))
        }
    };
    let thousands = b.seq(vec![thousands, and, small]);
    b.alt(vec![whole, thousands, rest])
}

const ENGLISH_MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const SPANISH_MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// `m07 d04 y20 26` is `20260704`.
pub(super) fn date(literals: &[&str]) -> String {
    let part = |mark: char| literals.iter().find_map(|literal| literal.strip_prefix(mark));
    let within: String = literals.iter().copied().filter(|literal| literal.len() == 2).collect();
    let year = part('y').map_or_else(|| "????".to_owned(), |century| format!("{century}{within}"));
    year + part('m').unwrap_or("??") + part('d').unwrap_or("??")
}
