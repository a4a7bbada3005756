//! Numbers and places in an order.

use super::tokens::Tokens;
use super::{Found, Kind, Value};
use crate::nlu::numbers;
use crate::nlu::words::Language;

/// The whole number that starts here, and how many tokens it takes.
pub(super) fn whole(tokens: &Tokens<'_>, at: usize) -> Option<(u64, usize)> {
    let (value, used) = numbers::cardinal(tokens.from(at), tokens.language)?;
    // "for two, five" are two numbers, and "one. hundred" is none.
    let cut = (1..used).find(|&next| tokens.apart(at + next));
    match cut {
        None => Some((value, used)),
        Some(cut) => numbers::cardinal(tokens.from(at).get(..cut)?, tokens.language),
    }
}

/// The number that starts here: "1,500", "2.5", "three point five", "twenty".
pub(super) fn number(tokens: &Tokens<'_>, at: usize) -> Option<(f64, usize)> {
    if tokens.get(at).is_some_and(super::tokens::Token::is_digits) {
        return Some(written(tokens, at)).filter(|_| tokens.word(at).len() <= 15);
    }
    let (value, used) = whole(tokens, at)?;
    #[allow(clippy::cast_precision_loss)]
    let value = value as f64;
    if tokens.is(at + used, &["point", "punto", "coma"])
        && let Some((digits, more)) = numbers::digits(tokens.from(at + used + 1), tokens.language)
        && digits.len() <= 6
    {
        let fraction: f64 = format!("0.{digits}").parse().unwrap_or(0.0);
        return Some((value + fraction, used + 1 + more));
    }
    Some((value, used))
}

/// A number in digits, with thousands and decimals by the custom of the language.
fn written(tokens: &Tokens<'_>, at: usize) -> (f64, usize) {
    let (thousands, decimal) = match tokens.language {
        Language::Spanish => (".", [",", "."]),
        _ => (",", [".", "."]),
    };
    let mut text = tokens.word(at).to_owned();
    let mut used = 1;
    while text.len() <= 3 * used
        && let Some(next) = tokens.get(at + used)
        && next.is_digits()
        && next.text.len() == 3
        && next.joined_by(&[thousands])
    {
        text.push_str(&next.text);
        used += 1;
    }
    if let Some(next) = tokens.get(at + used)
        && next.is_digits()
        && next.joined_by(&decimal)
    {
        text.push('.');
        text.push_str(&next.text);
        used += 1;
    }
    // A number before a scale: "2 thousand", "1.5 million".
    let value: f64 = text.parse().unwrap_or(0.0);
    let scale = match tokens.word(at + used) {
        "thousand" | "mil" => 1e3,
        "million" | "millon" | "millones" => 1e6,
        "hundred" => 1e2,
        "k" if tokens.get(at + used).is_some_and(|token| token.glued) => 1e3,
        _ => return (value, used),
    };
    (value * scale, used + 1)
}

/// The place in an order that starts here: "third", "twenty first", "21st".
pub(super) fn ordinal(tokens: &Tokens<'_>, at: usize) -> Option<(u64, usize)> {
    if let Some(place) = small(tokens.word(at), tokens.language) {
        return Some((place, 1));
    }
    let tens = match tokens.word(at) {
        "twenty" => 20,
        "thirty" => 30,
        _ => return None,
    };
    let joined = tokens.get(at + 1).is_some_and(|next| next.gap.is_empty() || next.gap == "-");
    small(tokens.word(at + 1), tokens.language).filter(|unit| joined && *unit < 10).map(|unit| (tens + unit, 2))
}

fn small(word: &str, language: Language) -> Option<u64> {
    if let Some(place) = numbers::ordinal(word, language) {
        return u64::try_from(place).ok();
    }
    let table = if language == Language::Spanish { MORE_ES } else { MORE_EN };
    if let Some((_, place)) = table.iter().find(|(name, _)| *name == word) {
        return Some(*place);
    }
    // "twenty oneth", as it is misheard.
    let (number, _) = numbers::cardinal(&[word.strip_suffix("th")?], language)?;
    (1..20).contains(&number).then_some(number)
}

/// Numbers in the sentence that no other kind has taken.
pub(super) fn find(tokens: &Tokens<'_>, asked: bool, taken: &dyn Fn(usize) -> bool) -> Vec<Found> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let one = tokens.language == Language::Spanish && tokens.is(at, &["un", "una"]);
        // "an existing one"
        let pronoun = tokens.is(at, &["one"])
            && (tokens.is(at + 1, &["of", "that", "which"])
                || !matches!(
                    tokens.before(at, 1),
                    "" | "is" | "to" | "just" | "only" | "about" | "number" | "option" | "say"
                ) && tokens.word(at + 1) != "hundred"
                    && numbers::cardinal(tokens.from(at + 1), tokens.language).is_none()
                    && !asked);
        if taken(at) || one || pronoun {
            at += 1;
            continue;
        }
        if let Some((place, used)) = ordinal(tokens, at) {
            #[allow(clippy::cast_precision_loss)]
            out.push(Found::new(Kind::Ordinal, at..at + used, vec![Value::Number(place as f64)]));
            at += used;
        } else if let Some((value, used)) = number(tokens, at) {
            out.push(Found::new(Kind::Number, at..at + used, vec![Value::Number(value)]));
            at += used;
        } else {
            at += 1;
        }
    }
    out
}

const MORE_EN: &[(&str, u64)] = &[
    ("eleventh", 11),
    ("twelfth", 12),
    ("thirteenth", 13),
    ("fourteenth", 14),
    ("fifteenth", 15),
    ("sixteenth", 16),
    ("seventeenth", 17),
    ("eighteenth", 18),
    ("nineteenth", 19),
    ("twentieth", 20),
    ("thirtieth", 30),
];

const MORE_ES: &[(&str, u64)] =
    &[("undecimo", 11), ("undecima", 11), ("duodecimo", 12), ("duodecima", 12), ("vigesimo", 20), ("vigesima", 20)];
