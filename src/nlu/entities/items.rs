//! Things of a list, with how many of each: "two large pepperoni and a coke".

use super::numbers::whole;
use super::pack;
use super::tokens::Tokens;
use crate::nlu::Language;
use crate::nlu::words::{is_stop, stem};
use std::ops::Range;

/// One of the options that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Which option, by its place in the list.
    pub option: usize,
    /// How many of it; one where no number is said.
    pub quantity: u32,
    /// Where it is said, with its number, in bytes of the utterance.
    pub span: Range<usize>,
}

/// What is asked for of a list of options, by their labels, in the order said. A part that fits two options alike is left
/// out: it must be asked.
pub fn items(utterance: &str, language: Language, labels: &[&str]) -> Vec<Item> {
    let tokens = Tokens::of(utterance, language);
    let options: Vec<Vec<String>> = labels.iter().map(|label| stems(&Tokens::of(label, language))).collect();
    let said = stems(&tokens);
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let (quantity, counted) = quantity(&tokens, at);
        let start = at + counted;
        match best(&said, start, &options, &ends(&tokens, start)) {
            Some((option, words)) => {
                out.push(Item { option, quantity, span: tokens.span(&(at..start + words)) });
                at = start + words;
            }
            None => at += counted.max(1),
        }
    }
    out
}

/// The stem of each word; of a word that only holds the sentence together, nothing.
fn stems(tokens: &Tokens<'_>) -> Vec<String> {
    let language = tokens.language;
    let word = |text: &str| if is_stop(text, language) { String::new() } else { stem(text, language) };
    tokens.all.iter().map(|token| word(&token.text)).collect()
}

/// "two", "a couple of", "a": how many, and how many tokens say it.
fn quantity(tokens: &Tokens<'_>, at: usize) -> (u32, usize) {
    let pack = pack::of(tokens.language);
    if let Some((count, used)) = whole(tokens, at) {
        let of = tokens.skip(at + used, &["of", "of the", "de", "orders of", "more", "x"]);
        return (u32::try_from(count).unwrap_or(u32::MAX), used + of);
    }
    if let Some((count, used)) = tokens.longest(at, &pack.counts).filter(|(count, _)| *count >= 1.0) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        return (count as u32, used);
    }
    (1, tokens.skip(at, &["another", "one more", "the", "some", "otro", "otra", "el", "la", "los", "las"]))
}

/// Where the words of one thing end at the latest: at the next number or the next "and", but for one within a label.
fn ends(tokens: &Tokens<'_>, start: usize) -> Range<usize> {
    let mut end = start;
    while end < tokens.len() && (end == start || !tokens.apart(end) && whole(tokens, end).is_none()) {
        end += 1;
    }
    start..end
}

/// The option whose words are said from here on, and how many tokens they take: the one with the most of its words said.
fn best(said: &[String], start: usize, options: &[Vec<String>], within: &Range<usize>) -> Option<(usize, usize)> {
    let scored: Vec<(f64, usize, usize)> = options
        .iter()
        .enumerate()
        .filter_map(|(option, label)| {
            let words: Vec<&String> = label.iter().filter(|word| !word.is_empty()).collect();
            let mut used = 0;
            let mut hits = 0;
            for at in within.clone() {
                let word = &said[at];
                if words.contains(&word) {
                    hits += 1;
                    used = at + 1 - start;
                } else if !word.is_empty() || at == start {
                    break;
                }
            }
            #[allow(clippy::cast_precision_loss)]
            (hits > 0).then(|| (hits as f64 + hits as f64 / words.len() as f64, option, used))
        })
        .collect();
    let top = scored.iter().map(|(score, ..)| *score).fold(0.0, f64::max);
    let mut winners = scored.iter().filter(|(score, ..)| *score >= top - 1e-9);
    let (_, option, used) = winners.next()?;
    winners.next().is_none().then_some((*option, *used))
}
