//! Codes of letters and digits: "A B one two three four", "AB1234", "b as in boy 7".

use super::tokens::Tokens;
use super::{Found, Kind, Value};
use crate::nlu::numbers;
use crate::nlu::words::Language;

/// The codes in the sentence: letters and digits together, or, where one was asked for, either alone.
pub(super) fn find(tokens: &Tokens<'_>, wanted: bool, taken: &dyn Fn(usize) -> bool) -> Vec<Found> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match code(tokens, at, wanted, taken) {
            Some((code, used)) => {
                let letters = code.bytes().any(|b| b.is_ascii_alphabetic());
                let digits = code.bytes().any(|b| b.is_ascii_digit());
                if code.len() >= 3 && (letters && digits || wanted) {
                    out.push(Found::new(Kind::Code, at..at + used, vec![Value::Text(code)]));
                }
                at += used;
            }
            None => at += 1,
        }
    }
    out
}

fn code(tokens: &Tokens<'_>, at: usize, wanted: bool, taken: &dyn Fn(usize) -> bool) -> Option<(String, usize)> {
    let mut out = String::new();
    let mut used = 0;
    while at + used < tokens.len() {
        let here = at + used;
        let token = tokens.get(here)?;
        if taken(here) || used > 0 && token.starts_sentence() {
            break;
        }
        let more = letter(tokens, here, wanted, used > 0).or_else(|| digits(tokens, here));
        let Some((text, words)) = more else { break };
        out.push_str(&text);
        used += words;
    }
    // "ten thousand a year": a word at the end is no letter of the code.
    while !wanted
        && used > 0
        && tokens.is(at + used - 1, WORDS)
        && !tokens.get(at + used - 1).is_some_and(|token| token.capital)
    {
        out.pop();
        used -= 1;
    }
    (used > 0).then_some((out, used))
}

/// A letter, alone, explained ("b as in boy") or one of those that are written together ("AB1234").
fn letter(tokens: &Tokens<'_>, at: usize, wanted: bool, inside: bool) -> Option<(String, usize)> {
    let token = tokens.get(at)?;
    let ascii = token.text.bytes().all(|b| b.is_ascii_alphabetic());
    let next_to_digit = |at: usize| tokens.get(at).is_some_and(|next| next.glued && next.is_digits());
    let count = token.text.len();
    if !ascii {
        return None;
    }
    if count == 1 {
        let example = tokens.skip(at + 1, &["as in", "for", "like", "de", "como"]);
        let explained = example > 0
            && tokens
                .get(at + 1 + example)
                .is_some_and(|next| next.text.len() > 1 && next.text.starts_with(&token.text));
        // "a" and "I" are words first.
        let word = WORDS.contains(&token.text.as_str()) && !token.capital && !inside;
        let next = tokens.word(at + 1);
        let followed = next.len() == 1 || numbers::digits(tokens.from(at + 1), tokens.language).is_some();
        if explained {
            return Some((token.text.to_ascii_uppercase(), 2 + example));
        }
        return (!word && (followed || inside) || word && next.len() == 1 && wanted)
            .then(|| (token.text.to_ascii_uppercase(), 1));
    }
    // "be", "erre" of a Spanish code.
    if let Some(letter) = tokens.letter(at).filter(|_| wanted) {
        return Some((letter.to_ascii_uppercase().to_string(), 1));
    }
    let spelled = count <= 6
        && (next_to_digit(at + 1)
            || inside
                && token.glued
                && token.gap.is_empty()
                && tokens.get(at.checked_sub(1)?).is_some_and(super::tokens::Token::is_digits));
    let upper = count <= 4
        && (inside || tokens.get(at + 1).is_some_and(super::tokens::Token::is_digits))
        && wanted
        && numbers::cardinal(&[token.text.as_str()], tokens.language).is_none()
        && !matches!(token.text.as_str(), "is" | "it" | "the" | "and" | "es" | "el" | "oh" | "code" | "id");
    let not_number =
        !matches!(token.text.as_str(), "am" | "pm" | "ish" | "st" | "th" | "nd" | "rd" | "hrs" | "hr" | "h");
    ((spelled || upper) && not_number).then(|| (token.text.to_ascii_uppercase(), 1))
}

/// Letters that are words.
const WORDS: &[&str] = &["a", "i", "o", "y", "e", "u"];

fn digits(tokens: &Tokens<'_>, at: usize) -> Option<(String, usize)> {
    let token = tokens.get(at)?;
    if token.is_digits() {
        return Some((token.text.clone(), 1));
    }
    // Spanish articles and English fillers are no digits.
    let filler = tokens.is(at, &["um", "uh", "eh", "dash", "guion", "comma", "coma", "then", "luego"]);
    if filler || tokens.language == Language::Spanish && tokens.is(at, &["un", "una"]) {
        return None;
    }
    let stop = (1..tokens.from(at).len())
        .find(|&next| tokens.from(at)[next].starts_sentence() || tokens.from(at)[next].is_digits());
    let rest = tokens.from(at).get(..stop.unwrap_or(tokens.from(at).len()))?;
    numbers::digits(rest, tokens.language)
}
