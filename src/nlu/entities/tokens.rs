//! An utterance as words that know where they stand.

use super::pack::Phrases;
use crate::nlu::numbers;
use crate::nlu::words::{Language, fold};
use std::ops::Range;

/// A longer utterance is cut here: the work per utterance stays bounded.
const MAX_TOKENS: usize = 96;

/// A word, a run of digits, or a sign that is said as a word ("$", "%").
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Lower case, without accents.
    pub(super) text: String,
    /// Where it stands, in bytes of the utterance.
    pub(super) span: Range<usize>,
    /// Whether it is written with a capital.
    pub(super) capital: bool,
    /// What stands between it and the token before, blanks left out: "" or ":" or ", ".
    pub(super) gap: String,
    /// Whether nothing at all, or only a mark, stands between it and the token before: "1pm", "7:30".
    pub(super) glued: bool,
}

impl Token {
    /// Whether a sentence ends before this token.
    pub(super) fn starts_sentence(&self) -> bool {
        !self.glued && self.gap.contains(['.', '!', '?', ';'])
    }

    /// Whether something separates it from the token before: a comma, the end of a sentence.
    pub(super) fn apart(&self) -> bool {
        !self.glued && self.gap.contains([',', '.', '!', '?', ';', ':'])
    }

    pub(super) fn is_digits(&self) -> bool {
        self.text.bytes().all(|b| b.is_ascii_digit())
    }

    /// Whether this token is written directly behind the one before with just this mark between them ("7:30").
    pub(super) fn joined_by(&self, marks: &[&str]) -> bool {
        self.glued && marks.contains(&self.gap.as_str())
    }
}

impl AsRef<str> for Token {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// An utterance taken apart.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    pub(super) utterance: &'a str,
    pub(super) language: Language,
    pub(super) all: Vec<Token>,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(utterance: &'a str, language: Language) -> Self {
        let mut all = scan(utterance);
        all.truncate(MAX_TOKENS);
        join_halves(&mut all, utterance);
        Self { utterance, language, all }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<&Token> {
        self.all.get(at)
    }

    /// The word at a place, "" behind the end.
    pub(super) fn word(&self, at: usize) -> &str {
        self.all.get(at).map_or("", |token| &token.text)
    }

    /// The word so many places before, "" before the beginning.
    pub(super) fn before(&self, at: usize, back: usize) -> &str {
        at.checked_sub(back).map_or("", |at| self.word(at))
    }

    pub(super) fn from(&self, at: usize) -> &[Token] {
        self.all.get(at..).unwrap_or_default()
    }

    /// Whether a comma or the end of a sentence stands before the token, or it is behind the end.
    pub(super) fn apart(&self, at: usize) -> bool {
        self.get(at).is_none_or(Token::apart)
    }

    /// The bytes that these tokens cover.
    pub(super) fn span(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.get(range.start).map_or(0, |token| token.span.start);
        let end = self.get(range.end.saturating_sub(1)).map_or(start, |token| token.span.end);
        start..end.max(start)
    }

    /// How many words the phrase takes here, if it is said here.
    pub(super) fn phrase(&self, at: usize, phrase: &str) -> Option<usize> {
        let mut used = 0;
        for word in phrase.split(' ') {
            if self.word(at + used) != word {
                return None;
            }
            used += 1;
        }
        Some(used)
    }

    /// The longest of the phrases that is said here, and how many words it takes.
    pub(super) fn longest<T: Copy>(&self, at: usize, phrases: &Phrases<T>) -> Option<(T, usize)> {
        let said = |words: &[&str]| words.iter().enumerate().all(|(n, word)| self.word(at + n) == *word);
        let found = phrases.starting(self.word(at)).iter().filter(|(words, _)| said(words));
        found.max_by_key(|(words, _)| words.len()).map(|(words, meaning)| (*meaning, words.len()))
    }

    /// The longest of the phrases that ends before this place, and how many words it takes.
    pub(super) fn ending<T: Copy>(&self, at: usize, phrases: &Phrases<T>) -> Option<(T, usize)> {
        let said = |words: &[&str]| words.iter().rev().enumerate().all(|(n, word)| self.before(at, n + 1) == *word);
        let found = phrases.ending(self.before(at, 1)).iter().filter(|(words, _)| said(words));
        found.max_by_key(|(words, _)| words.len()).map(|(words, meaning)| (*meaning, words.len()))
    }

    /// How many words such a phrase takes here; 0 if none is said.
    pub(super) fn said<T: Copy>(&self, at: usize, phrases: &Phrases<T>) -> usize {
        self.longest(at, phrases).map_or(0, |(_, words)| words)
    }

    /// The longest of a few phrases that is said here, and how many words it takes.
    pub(super) fn one_of<T: Copy>(&self, at: usize, phrases: &[(&str, T)]) -> Option<(T, usize)> {
        let found = phrases.iter().filter_map(|(phrase, meaning)| Some((*meaning, self.phrase(at, phrase)?)));
        found.max_by_key(|(_, words)| *words)
    }

    /// The letter that is said here, by itself or, in Spanish, by its name ("erre").
    pub(super) fn letter(&self, at: usize) -> Option<char> {
        let word = self.word(at);
        let mut chars = word.chars();
        match (chars.next(), chars.next()) {
            (Some(letter), None) if letter.is_alphabetic() => Some(letter),
            _ if self.language == Language::Spanish => {
                LETTERS_ES.iter().find(|(_, name)| *name == word).map(|(letter, _)| *letter)
            }
            _ => None,
        }
    }

    /// How many words the longest of the phrases takes here; 0 if none is said.
    pub(super) fn skip(&self, at: usize, phrases: &[&str]) -> usize {
        phrases.iter().filter_map(|phrase| self.phrase(at, phrase)).max().unwrap_or(0)
    }

    /// Whether the word is one of these.
    pub(super) fn is(&self, at: usize, words: &[&str]) -> bool {
        words.contains(&self.word(at))
    }
}

const LETTERS_ES: &[(char, &str)] = &[
    ('b', "be"),
    ('c', "ce"),
    ('d', "de"),
    ('f', "efe"),
    ('g', "ge"),
    ('h', "hache"),
    ('j', "jota"),
    ('k', "ka"),
    ('l', "ele"),
    ('m', "eme"),
    ('n', "ene"),
    ('p', "pe"),
    ('q', "cu"),
    ('r', "erre"),
    ('s', "ese"),
    ('t', "te"),
    ('v', "uve"),
    ('x', "equis"),
    ('y', "ye"),
    ('z', "zeta"),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Sign,
    Other,
}

fn class(c: char) -> Class {
    match c {
        _ if c.is_ascii_digit() => Class::Digit,
        _ if c.is_alphanumeric() => Class::Letter,
        '\'' | '’' | '`' => Class::Letter,
        '$' | '€' | '£' | '%' | '#' | '&' | '+' | '@' => Class::Sign,
        _ if unicode_normalization::char::is_combining_mark(c) => Class::Letter,
        _ => Class::Other,
    }
}

fn scan(utterance: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut chars = utterance.char_indices().peekable();
    let mut gap_from = 0;
    while let Some((start, c)) = chars.next() {
        let kind = class(c);
        if kind == Class::Other {
            continue;
        }
        let mut end = start + c.len_utf8();
        while let Some(&(at, next)) = chars.peek() {
            if kind == Class::Sign || class(next) != kind {
                break;
            }
            end = at + next.len_utf8();
            chars.next();
        }
        let between = utterance.get(gap_from..start).unwrap_or_default();
        push(&mut out, utterance, start..end, between);
        gap_from = end;
        if out.len() > MAX_TOKENS {
            break;
        }
    }
    out
}

/// A word without the apostrophes around it; what is contracted behind it ("it's") is a token of its own.
fn push(out: &mut Vec<Token>, utterance: &str, span: Range<usize>, between: &str) {
    let raw = utterance.get(span.clone()).unwrap_or_default();
    let is_quote = |c: char| matches!(c, '\'' | '’' | '`');
    let lead = raw.len() - raw.trim_start_matches(is_quote).len();
    let inner = raw.trim_matches(is_quote);
    // The "'s" of "dl123's".
    let ending = lead == 1 && between.is_empty() && !out.is_empty() && matches!(inner, "s" | "S");
    if inner.is_empty() || ending {
        return;
    }
    let raw = inner;
    let start = span.start + lead;
    let folded = fold(raw).replace(['’', '`'], "'");
    let gap: String = between.chars().filter(|c| !c.is_whitespace()).collect();
    let glued = !out.is_empty() && !between.contains(char::is_whitespace) && lead == 0;
    // "26th" is one word.
    if let Some(last) = out.last_mut()
        && glued
        && gap.is_empty()
        && last.is_digits()
        && matches!(folded.as_str(), "st" | "nd" | "rd" | "th")
    {
        last.text.push_str(&folded);
        last.span.end = start + raw.len();
        return;
    }
    let capital = raw.starts_with(char::is_uppercase);
    let split = raw
        .rfind(is_quote)
        .filter(|_| matches!(folded.rsplit_once('\''), Some((_, "s" | "m" | "d" | "ll" | "re" | "ve"))));
    // "sevenish" is two, as "7ish" is.
    let ish = folded.strip_suffix("ish").filter(|number| numbers::cardinal(&[*number], Language::English).is_some());
    if let Some(number) = ish {
        let middle = start + raw.len().saturating_sub(3);
        out.push(Token { text: number.to_owned(), span: start..middle, capital, gap, glued });
        out.push(Token {
            text: "ish".to_owned(),
            span: middle..start + raw.len(),
            capital: false,
            gap: String::new(),
            glued: true,
        });
        return;
    }
    let text = |raw: &str| fold(raw).replace(['’', '`'], "'");
    match split {
        Some(at) => {
            let (base, ending) = raw.split_at(at);
            out.push(Token { text: text(base), span: start..start + at, capital, gap, glued });
            let span = start + at..start + raw.len();
            out.push(Token { text: text(ending), span, capital: false, gap: String::new(), glued: true });
        }
        None => out.push(Token { text: folded, span: start..start + raw.len(), capital, gap, glued }),
    }
}

/// "p.m.", "p. m." and "p m" behind a number are one word; with the last dot, if the first is there.
fn join_halves(all: &mut Vec<Token>, utterance: &str) {
    let mut at = 0;
    while at + 1 < all.len() {
        let (first, second) = (&all[at], &all[at + 1]);
        let dotted = second.gap.starts_with('.');
        let half = matches!(first.text.as_str(), "a" | "p") && second.text == "m";
        if half && (dotted && second.gap == "." || second.gap.is_empty()) {
            let mut end = second.span.end;
            if dotted && utterance.get(end..).is_some_and(|rest| rest.starts_with('.')) {
                end += 1;
                if let Some(next) = all.get_mut(at + 2) {
                    next.gap = next.gap.strip_prefix('.').map(str::to_owned).unwrap_or_default();
                }
            }
            let joined = format!("{}m", all[at].text);
            all[at].text = joined;
            all[at].span.end = end;
            all.remove(at + 1);
        }
        at += 1;
    }
}
