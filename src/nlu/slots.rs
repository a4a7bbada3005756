//! What an utterance fills into an open slot, as the keys that would have filled it.

use super::commands::{self, Command};
use super::numbers;
use super::words::{self, Language};
use crate::dialogue::SlotKind;

/// The keys for a slot of this kind, with a confidence; `None` if the words say nothing of the kind.
pub(super) fn fill(
    kind: &SlotKind,
    said: &[String],
    boolean: &(String, String),
    language: Language,
) -> Option<(String, f64)> {
    match kind {
        SlotKind::Digits => run_of_digits(said, language),
        SlotKind::Builtin(name) if name == "phone" => run_of_digits(said, language),
        SlotKind::Number => number(said, language),
        SlotKind::Boolean => match commands::command(said, language)? {
            Command::Yes => Some((boolean.0.clone(), 0.95)),
            Command::No => Some((boolean.1.clone(), 0.95)),
            _ => None,
        },
        SlotKind::Builtin(_) | SlotKind::Grammar => None,
    }
}

/// The only run of digits in the words; words beside it that are not politeness cost confidence.
fn run_of_digits(said: &[String], language: Language) -> Option<(String, f64)> {
    let (start, (digits, used)) = runs(said, language, numbers::digits)?;
    let rest = said.get(start + used..).unwrap_or_default();
    if runs(rest, language, numbers::digits).is_some() {
        return None;
    }
    Some((digits, certainty(&said[..start], rest, language)))
}

fn number(said: &[String], language: Language) -> Option<(String, f64)> {
    let (start, (whole, used)) = runs(said, language, |words, language| {
        let (value, used) = numbers::cardinal(words, language)?;
        match numbers::digits(words, language) {
            // "1 2 3" is how some recognisers write 123.
            Some((digits, longer)) if longer > used => Some((digits, longer)),
            _ => Some((value.to_string(), used)),
        }
    })?;
    let rest = said.get(start + used..).unwrap_or_default();
    let point = matches!(rest.first().map(String::as_str), Some("point" | "punto" | "coma"));
    let fraction = point.then(|| numbers::digits(rest.get(1..).unwrap_or_default(), language)).flatten();
    // The builtin number takes the star key for the decimal point.
    let (value, rest) = match fraction {
        Some((digits, more)) => (format!("{whole}*{digits}"), rest.get(1 + more..).unwrap_or_default()),
        None => (whole, rest),
    };
    if runs(rest, language, numbers::digits).is_some() {
        return None;
    }
    Some((value, certainty(&said[..start], rest, language)))
}

/// The first place where `read` finds something.
fn runs<T>(
    said: &[String],
    language: Language,
    read: impl Fn(&[String], Language) -> Option<(T, usize)>,
) -> Option<(usize, (T, usize))> {
    (0..said.len()).find_map(|start| read(&said[start..], language).map(|found| (start, found)))
}

fn certainty(before: &[String], after: &[String], language: Language) -> f64 {
    let unexplained = before.iter().chain(after).filter(|word| {
        let expected =
            words::among(word, "number account pin code card digits press numero cuenta clave codigo tarjeta sign");
        !expected && !words::is_stop(word, language) && !words::is_lead_in(word, language)
    });
    (0.95 - 0.15 * unexplained.count() as f64).max(0.1)
}
