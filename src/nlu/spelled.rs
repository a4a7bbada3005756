//! Key sequences that a prompt reads out key by key.

use super::announce::{Break, Token};
use crate::dialogue::InputRequest;

/// Keys read out one by one ("press 1 2 3 4", "star 9") are one word where a choice has them.
pub(super) fn join(tokens: Vec<Token>, request: &InputRequest) -> Vec<Token> {
    let keys = request.choices.iter().filter_map(|choice| choice.key.as_deref());
    let mut sequences: Vec<&str> = keys.filter(|key| key.len() > 1).collect();
    sequences.sort_by_key(|keys| std::cmp::Reverse(keys.len()));
    let mut out = Vec::with_capacity(tokens.len());
    let mut rest = tokens.into_iter();
    while let Some(mut token) = rest.next() {
        let spelled = |keys: &&&str| spells(&token, rest.as_slice(), keys);
        if let Some(keys) = sequences.iter().find(spelled) {
            token.word = (*keys).to_owned();
            for part in rest.by_ref().take(keys.len() - 1) {
                token.text = format!("{} {}", token.text, part.text);
            }
        }
        out.push(token);
    }
    out
}

fn spells(first: &Token, rest: &[Token], keys: &str) -> bool {
    let means = |token: &Token, key: char| match key {
        '*' => matches!(token.word.as_str(), "*" | "star" | "asterisk" | "asterisco"),
        '#' => matches!(token.word.as_str(), "#" | "pound" | "hash" | "numeral"),
        digit => token.word.chars().eq([digit]),
    };
    let mut keys = keys.chars();
    keys.next().is_some_and(|key| means(first, key))
        && keys.clone().count() <= rest.len()
        && keys.zip(rest).all(|(key, token)| token.before == Break::None && means(token, key))
}

/// Whether a word is such a sequence that no numeral could be.
pub(super) fn is_sequence(word: &str) -> bool {
    let is_sign = |c: char| matches!(c, '*' | '#');
    word.len() > 1 && word.contains(is_sign) && word.chars().all(|c| c.is_ascii_digit() || is_sign(c))
}
