//! Words as the matcher sees them: lower case, accents folded, contractions opened, endings taken off.

use super::word_lists::{IRREGULAR_EN, LEAD_EN, LEAD_ES, STOP_EN, STOP_ES};
use std::collections::HashSet;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A longer utterance is cut here: nobody says more to a menu, and the work per utterance stays bounded.
const MAX_CHARS: usize = 400;
/// Words beyond these are not looked at.
const MAX_WORDS: usize = 64;

/// The languages whose words, numbers and commands are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Spanish.
    Spanish,
    /// Any other: labels are matched by English rules, the bridge says nothing of its own.
    Other,
}

impl Language {
    /// The language of an RFC 3066 tag such as `es-MX`; English if the tag is empty.
    pub fn of(tag: &str) -> Self {
        match tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "" | "en" => Self::English,
            "es" => Self::Spanish,
            _ => Self::Other,
        }
    }

    /// Words that only hold a sentence together, folded.
    fn stop_words(self) -> &'static HashSet<&'static str> {
        static ENGLISH: LazyLock<HashSet<&str>> = LazyLock::new(|| STOP_EN.iter().copied().collect());
        static SPANISH: LazyLock<HashSet<&str>> = LazyLock::new(|| STOP_ES.iter().copied().collect());
        if self == Self::Spanish { &SPANISH } else { &ENGLISH }
    }

    /// Words of politeness or hesitation before the matter itself, folded.
    pub(super) fn lead_ins(self) -> &'static HashSet<&'static str> {
        static ENGLISH: LazyLock<HashSet<&str>> = LazyLock::new(|| LEAD_EN.iter().copied().collect());
        static SPANISH: LazyLock<HashSet<&str>> = LazyLock::new(|| LEAD_ES.iter().copied().collect());
        if self == Self::Spanish { &SPANISH } else { &ENGLISH }
    }
}

/// A text taken apart for matching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    /// Every word.
    pub(super) all: Vec<String>,
    /// Without the politeness around it ("um I'd like to … please"); everything if nothing else was said.
    pub(super) core: Vec<String>,
    /// The stems of the words that carry meaning, each once, in order; all words if there is no such word.
    pub(super) content: Vec<String>,
}

impl Words {
    pub(super) fn of(text: &str, language: Language) -> Self {
        let all = tokens(text, language);
        let core = core(&all, language).to_vec();
        let mut content = Vec::new();
        for word in all.iter().filter(|word| !is_stop(word, language)) {
            let stem = stem(word, language);
            if !content.contains(&stem) {
                content.push(stem);
            }
        }
        if content.is_empty() {
            content = core.clone();
            content.dedup();
        }
        Self { all, core, content }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// Whether a folded word only holds a sentence together.
pub(super) fn is_stop(word: &str, language: Language) -> bool {
    language.stop_words().contains(word)
}

/// Whether a folded word is politeness or hesitation before the matter itself.
pub(super) fn is_lead_in(word: &str, language: Language) -> bool {
    language.lead_ins().contains(word)
}

/// Whether the word is one of a list separated by blanks.
pub(super) fn among(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|listed| listed == word)
}

/// Lower case without accents.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// The words of a text. `#1` is "number 1" as recognisers write it; single letters in a row are one word ("H.R.").
pub(super) fn tokens(text: &str, language: Language) -> Vec<String> {
    let end = text.char_indices().nth(MAX_CHARS).map_or(text.len(), |(end, _)| end);
    let folded = fold(text.get(..end).unwrap_or_default());
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut chars = folded.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '’' | '`' => word.push('\''),
            _ if c.is_alphanumeric() => word.push(c),
            _ => {
                open_contraction(&mut word, &mut out);
                let symbol = match c {
                    '#' if chars.peek().is_some_and(char::is_ascii_digit) => "number",
                    '#' => "pound",
                    '*' => "star",
                    '&' => "and",
                    _ => continue,
                };
                out.push(symbol.to_owned());
            }
        }
    }
    open_contraction(&mut word, &mut out);
    out.truncate(MAX_WORDS);
    join_letters(out, language)
}

/// Moves a finished word to `out`: "can't" becomes "can not", "what's" becomes "what".
fn open_contraction(word: &mut String, out: &mut Vec<String>) {
    let whole = std::mem::take(word);
    let trimmed = whole.trim_matches('\'');
    if trimmed.is_empty() {
        return;
    }
    let negated = match trimmed {
        "can't" | "cant" | "cannot" => Some("can"),
        "won't" | "wont" => Some("will"),
        "dont" => Some("do"),
        "doesnt" => Some("does"),
        "didnt" => Some("did"),
        "isnt" => Some("is"),
        "hasnt" => Some("has"),
        "havent" => Some("have"),
        _ => trimmed.strip_suffix("n't"),
    };
    if let Some(verb) = negated {
        out.push(verb.to_owned());
        out.push("not".to_owned());
        return;
    }
    match trimmed.split_once('\'') {
        Some((base, "s" | "d" | "ll" | "re" | "ve" | "m")) => out.push(base.to_owned()),
        Some(_) => out.push(trimmed.replace('\'', "")),
        None => out.push(trimmed.to_owned()),
    }
}

fn join_letters(words: Vec<String>, language: Language) -> Vec<String> {
    let is_word = |letter: &str| match language {
        Language::Spanish => matches!(letter, "a" | "e" | "o" | "u" | "y"),
        _ => matches!(letter, "a" | "i" | "o"),
    };
    let is_letter = |word: &str| word.len() == 1 && word.bytes().all(|b| b.is_ascii_alphabetic()) && !is_word(word);
    let mut out: Vec<String> = Vec::with_capacity(words.len());
    let mut spelling = false;
    for word in words {
        let letter = is_letter(&word);
        match out.last_mut() {
            Some(last) if letter && spelling => last.push_str(&word),
            _ => out.push(word),
        }
        spelling = letter;
    }
    out
}

fn core(words: &[String], language: Language) -> &[String] {
    let start = words.iter().position(|word| !is_lead_in(word, language)).unwrap_or(0);
    let polite = |word: &str| {
        matches!(
            word,
            "please" | "thanks" | "thank" | "you" | "now" | "um" | "uh" | "por" | "favor" | "gracias" | "ahora"
        )
    };
    let end = words.iter().rposition(|word| !polite(word)).map_or(words.len(), |last| last + 1);
    match words.get(start..end) {
        Some(core) if !core.is_empty() => core,
        _ => words,
    }
}

/// A folded word without its inflection; light, so that different words stay different.
pub(super) fn stem(word: &str, language: Language) -> String {
    if !word.is_ascii() || word.len() < 4 || word.bytes().any(|b| b.is_ascii_digit()) {
        return word.to_owned();
    }
    match language {
        Language::Spanish => stem_spanish(word),
        _ => stem_english(word),
    }
}

fn stem_english(word: &str) -> String {
    if let Some((_, base)) = IRREGULAR_EN.iter().find(|(form, _)| *form == word) {
        return (*base).to_owned();
    }
    let singular = if let Some(base) = word.strip_suffix("ies").filter(|base| base.len() > 1) {
        format!("{base}y")
    } else if let Some(base) =
        word.strip_suffix("es").filter(|b| b.ends_with(['s', 'x', 'z']) || b.ends_with("sh") || b.ends_with("ch"))
    {
        base.to_owned()
    } else if word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is") {
        word[..word.len() - 1].to_owned()
    } else {
        word.to_owned()
    };
    let has_vowel = |base: &str| base.bytes().any(|b| b"aeiouy".contains(&b));
    let ending = ["ing", "ed"].iter().find_map(|suffix| singular.strip_suffix(suffix));
    let base = match ending {
        Some(base) if base.len() >= 3 && has_vowel(base) => undouble(base),
        _ => singular.as_str(),
    };
    base.strip_suffix('e').filter(|b| b.len() >= 3).unwrap_or(base).to_owned()
}

/// "shipp" (from "shipping") is "ship"; "fill" and "pass" stay.
fn undouble(base: &str) -> &str {
    let bytes = base.as_bytes();
    match bytes {
        [.., a, b] if a == b && !b"lsz".contains(b) => &base[..base.len() - 1],
        _ => base,
    }
}

fn stem_spanish(word: &str) -> String {
    let without_clitic = ["melo", "mela", "me", "lo", "la", "los", "las", "le", "se", "nos"]
        .iter()
        .filter_map(|clitic| word.strip_suffix(clitic))
        .find(|verb| verb.len() > 3 && (verb.ends_with("ar") || verb.ends_with("er") || verb.ends_with("ir")))
        .unwrap_or(word);
    let infinitive =
        ["ar", "er", "ir"].iter().find_map(|ending| without_clitic.strip_suffix(ending)).filter(|base| base.len() >= 4);
    if let Some(base) = infinitive {
        return base.to_owned();
    }
    let singular = match without_clitic.strip_suffix("es") {
        Some(base) if base.len() >= 3 => base,
        _ => without_clitic.strip_suffix('s').unwrap_or(without_clitic),
    };
    singular.strip_suffix(['a', 'o', 'e']).filter(|base| base.len() >= 3).unwrap_or(singular).to_owned()
}
