//! Amounts of money: "$5.50", "twenty five euros", "eight pounds fifty".

use super::numbers::{number, whole};
use super::pack::Pack;
use super::tokens::Tokens;
use super::{Found, Kind, Value};

/// The amounts with a currency in the sentence.
pub(super) fn find(tokens: &Tokens<'_>, pack: &Pack) -> Vec<Found> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match amount(tokens, at, pack) {
            Some((amount, currency, used)) => {
                out.push(Found::new(Kind::Money, at..at + used, vec![Value::Money(amount, Some(currency))]));
                at += used;
            }
            None => at += 1,
        }
    }
    out
}

fn amount(tokens: &Tokens<'_>, at: usize, pack: &Pack) -> Option<(f64, &'static str, usize)> {
    // "$5"
    if tokens.is(at, &["$", "€", "£"])
        && let Some((currency, sign)) = tokens.longest(at, &pack.currencies)
        && let Some((value, used)) = number(tokens, at + sign)
    {
        return Some((value, currency, sign + used));
    }
    let (value, used) = number(tokens, at).or_else(|| one(tokens, at, pack))?;
    let of = tokens.skip(at + used, &["us", "of", "de"]);
    if let Some((currency, words)) = tokens.longest(at + used + of, &pack.currencies) {
        let used = used + of + words;
        // "press 5 pound", "1 2 3 #": a key, not an amount, if digits were read out before it.
        let (more, words) = cents(tokens, at + used, pack).unwrap_or((0.0, 0));
        return Some((value + more, currency, used + words));
    }
    let (_, words) = tokens.longest(at + used, &pack.cents).filter(|_| !tokens.is(at + used, &["p"]))?;
    let currency = match tokens.word(at + used) {
        "pence" | "penny" | "penique" | "peniques" => "GBP",
        "centimo" | "centimos" => "EUR",
        "centavo" | "centavos" => "MXN",
        _ => "USD",
    };
    Some((value / 100.0, currency, used + words))
}

/// "a dollar", "un euro".
fn one(tokens: &Tokens<'_>, at: usize, pack: &Pack) -> Option<(f64, usize)> {
    let article = tokens.is(at, &["a", "un", "una"]) && tokens.longest(at + 1, &pack.currencies).is_some();
    (article && !tokens.is(at + 1, &["pound"])).then_some((1.0, 1))
}

/// "and fifty cents", "fifty", behind the whole amount.
fn cents(tokens: &Tokens<'_>, at: usize, pack: &Pack) -> Option<(f64, usize)> {
    let joint = tokens.said(at, &pack.and);
    let (value, used) = whole(tokens, at + joint).filter(|(value, _)| *value < 100)?;
    if tokens.apart(at) {
        return None;
    }
    let unit = tokens.said(at + joint + used, &pack.cents);
    let bare = unit == 0
        && (joint == 0 || tokens.is(at, &["con"]))
        && tokens.apart(at + joint + used)
        && !tokens.get(at).is_some_and(super::tokens::Token::is_digits);
    #[allow(clippy::cast_precision_loss)]
    (unit > 0 || bare).then_some((value as f64 / 100.0, joint + used + unit))
}

/// A bare amount where one was asked for: "eight fifty", "20".
pub(super) fn bare(tokens: &Tokens<'_>, taken: &dyn Fn(usize) -> bool) -> Vec<Found> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match number(tokens, at).filter(|_| !taken(at)) {
            Some((value, used)) => {
                out.push(Found::new(Kind::Money, at..at + used, vec![Value::Money(value, None)]));
                at += used;
            }
            None => at += 1,
        }
    }
    out
}
