//! The builtin types as they are spoken; dates and times are in `calendar`.

use super::build::Builder;
use super::builtin::{Builtin, DIGITS, Lengths};
use super::calendar;
use super::numerals::Language;
use super::rules::NodeId;

/// The expansion of a spoken builtin type; `None` if it is not known in that language.
pub(super) fn body(b: &mut Builder, kind: Builtin, lengths: Lengths, lang: &str) -> Option<NodeId> {
    let language = Language::of(Some(lang));
    match kind {
        Builtin::Boolean => Some(boolean(b, lang)),
        Builtin::Digits => Some(digits(b, language, lengths)),
        Builtin::Phone => Some(phone(b, language)),
        Builtin::Number => Some(number(b, language)),
        Builtin::Currency => Some(currency(b, language, lang)),
        Builtin::Time if language != Language::Other => Some(calendar::time(b, language)),
        Builtin::Date if language != Language::Other => Some(calendar::date(b, language, lang)),
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

/// "oh double five": what stands for one, two and three digits.
fn digit_groups(b: &mut Builder, language: Language) -> Vec<(u32, NodeId)> {
    let mut groups = vec![(1, digit(b))];
    let multiples: &[(u32, &str)] = match language {
        Language::Spanish => &[(2, "doble"), (3, "triple")],
        Language::Other => &[],
        Language::English | Language::Any => &[(2, "double"), (3, "triple")],
    };
    for (count, word) in multiples {
        let choices: Vec<NodeId> =
            DIGITS.iter().map(|digit| b.meaning(&format!("{word} {digit}"), &digit.repeat(*count as usize))).collect();
        groups.push((*count, b.alt(choices)));
    }
    groups
}

/// So many digits, however they are grouped.
fn digits(b: &mut Builder, language: Language, (min, max): Lengths) -> NodeId {
    let groups = digit_groups(b, language);
    let all: Vec<NodeId> = groups.iter().map(|(_, group)| *group).collect();
    if max.unwrap_or(min) > LONGEST_GROUPED {
        return b.repeat(all[0], min, max);
    }
    // What may follow a number of digits, from the last place to the first.
    let places = max.unwrap_or(min);
    let end = match max {
        Some(_) => b.null(),
        None => {
            let any = b.alt(all);
            b.repeat(any, 0, None)
        }
    };
    let mut behind = vec![end; places as usize + 1];
    for done in (0..places).rev() {
        let mut ways = Vec::new();
        for (count, group) in &groups {
            let next = match done + count {
                next if next <= places => behind[next as usize],
                _ if max.is_none() => end,
                _ => continue,
            };
            ways.push(b.seq(vec![*group, next]));
        }
        let more = b.alt(ways);
        behind[done as usize] = if done >= min { b.optional(more) } else { more };
    }
    behind[0]
}

/// Longer numbers are said digit by digit: the groups would make a large grammar.
const LONGEST_GROUPED: u32 = 64;

fn phone(b: &mut Builder, language: Language) -> NodeId {
    let mut groups: Vec<NodeId> = digit_groups(b, language).into_iter().map(|(_, group)| group).collect();
    // "eight hundred five five five"
    let hundreds: Vec<NodeId> = (1..10u64)
        .map(|number| match language {
            Language::Spanish => b.meaning(&format!("{number}00"), &format!("{number}00")),
            _ => b.meaning(&format!("{number} 100"), &format!("{number}00")),
        })
        .collect();
    groups.push(b.alt(hundreds));
    let digit = b.alt(groups);
    let number = b.repeat(digit, 1, None);
    let words: &[(&str, &str)] = match language {
        Language::Spanish => &[("extensión", "x"), ("ext", "x"), ("interno", "x"), ("anexo", "x")],
        _ => &[("extension", "x"), ("ext", "x"), ("x", "x")],
    };
    let mark = b.meanings(words);
    let extension = b.seq(vec![mark, number]);
    let extension = b.optional(extension);
    let plus: Vec<NodeId> = ["plus", "más"].iter().map(|word| b.phrase(word)).collect();
    let plus = b.alt(plus);
    let plus = b.optional(plus);
    b.seq(vec![plus, number, extension])
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
    // "tres coma catorce"
    let two = two_figures(b, language, 10..100, |number| number.to_string());
    let digits = b.alt(vec![digits, two]);
    let behind = b.seq(vec![point, digits]);
    let half: &[(&str, &str)] = match language {
        Language::Spanish => &[("y medio", "5"), ("y media", "5")],
        _ => &[("and a half", "5")],
    };
    let half = b.meanings(half);
    let point = b.literal(".");
    let half = b.seq(vec![point, half]);
    let decimals = b.alt(vec![behind, half]);
    let decimals = b.optional(decimals);
    let with_whole = b.seq(vec![whole, decimals]);
    let amount = b.alt(vec![with_whole, behind]);
    let plus: Vec<NodeId> = ["plus", "más"].iter().map(|word| b.phrase(word)).collect();
    let plus = b.alt(plus);
    let minus = b.meanings(&[("minus", "-"), ("negative", "-"), ("menos", "-")]);
    let sign = b.alt(vec![plus, minus]);
    let sign = b.optional(sign);
    b.seq(vec![sign, amount])
}

/// "five dollars and five cents", "five point five dollars", "fifty cents", "five fifty", "five".
fn currency(b: &mut Builder, language: Language, lang: &str) -> NodeId {
    let spanish = language == Language::Spanish;
    let small = below_hundred(b, language);
    let amount = {
        let whole = whole(b, language);
        let one = b.meanings(&[("a", "1")]);
        b.alt(vec![whole, one])
    };
    let unit = units(b, lang);
    let cents: Vec<NodeId> = CENTS.iter().map(|word| b.phrase(word)).collect();
    let cents = b.alt(cents);
    let with_cents = b.optional(cents);
    let and: Vec<NodeId> = if spanish { ["y", "con"] } else { ["and", "with"] }.iter().map(|w| b.phrase(w)).collect();
    let and = b.alt(and);
    let and = b.optional(and);
    let point = b.literal(".");
    let behind = b.seq(vec![and, point, small, with_cents]);
    let behind = b.optional(behind);
    let named = b.seq(vec![amount, unit, behind]);
    // Decimals, with or without the unit.
    let digit = digit(b);
    let mark = b.meanings(&[("point", ","), ("punto", ","), ("coma", ",")]);
    let two = two_figures(b, language, 10..100, |number| number.to_string());
    let decimals = b.repeat(digit, 1, Some(2));
    let decimals = b.alt(vec![decimals, two]);
    let any_unit = b.optional(unit);
    let decimal = b.seq(vec![amount, mark, decimals, any_unit]);
    // Cents alone.
    let point = b.literal(".");
    let only_cents = b.seq(vec![point, small, cents]);
    // "five fifty", "veinte con cincuenta", "five"
    let con = if spanish { b.phrase("con") } else { b.null() };
    let large = two_figures(b, language, 10..100, |number| number.to_string());
    let point = b.literal(".");
    let bare = b.seq(vec![con, point, large]);
    let bare = b.optional(bare);
    let bare = b.seq(vec![amount, bare]);
    b.alt(vec![named, decimal, only_cents, bare])
}

const CENTS: [&str; 8] = ["cents", "cent", "pence", "penny", "centavos", "centavo", "céntimos", "céntimo"];

/// Units of money. A dollar or a peso is that of the country the language tag names; where it names none that has
/// them, the amount has no unit (2.0 appendix P).
fn units(b: &mut Builder, lang: &str) -> NodeId {
    let country = lang.split(['-', '_']).nth(1).unwrap_or_default().to_ascii_uppercase();
    let dollar = match country.as_str() {
        "CA" => "CAD",
        "AU" => "AUD",
        "NZ" => "NZD",
        _ => "USD",
    };
    let peso = match country.as_str() {
        "MX" => "MXN",
        "AR" => "ARS",
        "CL" => "CLP",
        "CO" => "COP",
        "UY" => "UYU",
        "DO" => "DOP",
        _ => "",
    };
    b.meanings(&[
        ("dollars", dollar),
        ("dollar", dollar),
        ("bucks", dollar),
        ("us dollars", "USD"),
        ("u s dollars", "USD"),
        ("american dollars", "USD"),
        ("canadian dollars", "CAD"),
        ("dólares", dollar),
        ("dólar", dollar),
        ("dólares americanos", "USD"),
        ("dólares estadounidenses", "USD"),
        ("euros", "EUR"),
        ("euro", "EUR"),
        ("pounds", "GBP"),
        ("pound", "GBP"),
        ("libras", "GBP"),
        ("libra", "GBP"),
        ("pesos", peso),
        ("peso", peso),
        ("pesos mexicanos", "MXN"),
        ("mexican pesos", "MXN"),
    ])
}

/// Spoken numbers of up to two figures, with what each means.
pub(super) fn two_figures(
    b: &mut Builder,
    language: Language,
    range: impl Iterator<Item = u64>,
    meaning: impl Fn(u64) -> String,
) -> NodeId {
    let choices: Vec<NodeId> = range
        .flat_map(|number| language.spellings(number).into_iter().map(move |words| (number, words.join(" "))))
        .map(|(number, words)| b.meaning(&words, &meaning(number)))
        .collect();
    b.alt(choices)
}
