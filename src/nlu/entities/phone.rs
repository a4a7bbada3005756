//! Telephone numbers: "555 123 4567", "+34 600 12 34 56", "five five five, double one two three".

use super::tokens::Tokens;
use super::{Found, Kind, Value};
use crate::nlu::numbers;

/// Fewer digits are no telephone number, unless one was asked for.
const FEWEST: usize = 7;
/// As few as an extension or a short number may have where a number was asked for.
const FEWEST_ASKED: usize = 5;
/// E.164 allows no more.
const MOST: usize = 15;

/// The telephone numbers in the sentence.
pub(super) fn find(tokens: &Tokens<'_>, wanted: bool, taken: &dyn Fn(usize) -> bool) -> Vec<Found> {
    let fewest = if wanted { FEWEST_ASKED } else { FEWEST };
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let plus = usize::from(tokens.is(at, &["+", "plus", "mas"]));
        let Some((digits, used)) = series(tokens, at + plus, taken) else {
            at += 1;
            continue;
        };
        if (fewest..=MOST).contains(&digits.len()) {
            let text = if plus > 0 { format!("+{digits}") } else { digits };
            out.push(Found::new(Kind::Phone, at..at + plus + used, vec![Value::Text(text)]));
        }
        at += plus + used;
    }
    out
}

/// Digits in a row, over blanks, dashes and brackets, but not over the end of a sentence.
fn series(tokens: &Tokens<'_>, at: usize, taken: &dyn Fn(usize) -> bool) -> Option<(String, usize)> {
    let mut out = String::new();
    let mut used = 0;
    while at + used < tokens.len() && !taken(at + used) {
        let rest = tokens.from(at + used);
        let ends =
            rest.first().is_some_and(|token| used > 0 && (token.starts_sentence() || token.gap.contains(['/', ':'])));
        let stop =
            (1..rest.len()).find(|&next| rest[next].starts_sentence() || taken(at + used + next)).unwrap_or(rest.len());
        let Some((digits, words)) = numbers::digits(rest.get(..stop)?, tokens.language).filter(|_| !ends) else {
            break;
        };
        out.push_str(&digits);
        used += words;
    }
    // "won't", "oh": a lone "o" is no number.
    let spoken_only = out.bytes().all(|b| b == b'0');
    (used > 0 && !spoken_only).then_some((out, used))
}
