//! What a prompt says about keys: "for billing, press 2" and its many cousins, in English and Spanish.
//!
//! The prompts of a turn are one stream of words, so that an announcement may be spread over several elements. Each
//! mention of a key takes its label from the words before it or after it, whichever way its sentence is built.

use super::numbers;
use super::spelled;
use super::words::{Language, among, fold};
use crate::dialogue::{InputRequest, Origin, Speech, Spoken};

/// A longer announcement is not a label anybody would say.
const MAX_LABEL_WORDS: usize = 14;
/// Words of a turn's prompts beyond these are not searched for keys.
const MAX_PROMPT_WORDS: usize = 4_000;

/// A key that the prompts name, with what they say it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Announcement {
    /// The keys to press.
    pub(super) key: String,
    /// What it is for, as the prompt words it; a word the prompt asks to say comes second.
    pub(super) labels: Vec<String>,
    /// The prompt of the turn in which the announcing sentence begins.
    pub(super) first_prompt: usize,
    /// Where in that prompt's words it begins, in bytes.
    pub(super) offset: usize,
    /// The prompt that names the key.
    pub(super) last_prompt: usize,
}

/// What stands between a word and the one before it, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Break {
    None,
    Comma,
    Prompt,
    Sentence,
}

pub(super) struct Token {
    pub(super) text: String,
    pub(super) word: String,
    pub(super) before: Break,
    prompt: usize,
    offset: usize,
}

struct Mention {
    start: usize,
    end: usize,
    key: String,
    said: Option<String>,
}

/// The keys that a turn's prompts name, in the order in which they are heard.
pub(super) fn announcements(prompts: &[&Spoken], request: &InputRequest) -> Vec<Announcement> {
    let tokens = spelled::join(tokens(prompts), request);
    let mut out = Vec::new();
    let mut before: &[Token] = &[];
    for sentence in tokens.chunk_by(|_, next| next.before < Break::Sentence) {
        let mentions = mentions(sentence);
        if mentions.is_empty() {
            before = sentence;
        } else {
            read_sentence(before, sentence, mentions, &mut out);
            before = &[];
        }
    }
    out
}

fn tokens(prompts: &[&Spoken]) -> Vec<Token> {
    let mut out = Vec::new();
    for (prompt, spoken) in prompts.iter().enumerate().filter(|(_, spoken)| spoken.origin != Origin::Bridge) {
        let words = Speech::words(&spoken.content);
        let mut next = if prompt == 0 { Break::Sentence } else { Break::Prompt };
        if let Some(last) = out.last_mut().map(|last: &mut (Token, Break)| last.1) {
            next = next.max(last);
        }
        for (offset, raw) in pieces(&words) {
            let text = raw.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '*' | '#'));
            let tail = &raw[raw.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '*' | '#')).len()..];
            let after = break_of(tail);
            if text.is_empty() {
                next = next.max(break_of(raw));
                continue;
            }
            let word = fold(text).replace(['\'', '’'], "");
            out.push((Token { text: text.to_owned(), word, before: next, prompt, offset }, after));
            next = after;
            if out.len() >= MAX_PROMPT_WORDS {
                break;
            }
        }
        if let Some(last) = out.last_mut() {
            last.1 = last.1.max(next);
        }
    }
    out.into_iter().map(|(token, _)| token).collect()
}

/// The words between blanks, each with its place in bytes.
fn pieces(words: &str) -> impl Iterator<Item = (usize, &str)> {
    words.split(' ').scan(0, |offset, piece| {
        let start = *offset;
        *offset += piece.len() + 1;
        Some((start, piece))
    })
}

fn break_of(punctuation: &str) -> Break {
    if punctuation.contains(['.', '!', '?', ';', '。']) {
        Break::Sentence
    } else if punctuation.contains([',', ':', '-', '–', '—', '(', ')']) {
        Break::Comma
    } else {
        Break::None
    }
}

fn mentions(sentence: &[Token]) -> Vec<Mention> {
    let mut out: Vec<Mention> = Vec::new();
    let mut at = 0;
    while at < sentence.len() {
        let found = pressed(sentence, at)
            .or_else(|| said_or_pressed(sentence, at))
            .or_else(|| out.last().and_then(|last| elided(sentence, last.end, at)));
        match found {
            Some(mention) => {
                at = mention.end;
                out.push(mention);
            }
            None => at += 1,
        }
    }
    out
}

/// "press 2", "press or say two", "marque la tecla 2", "oprima el dos".
fn pressed(sentence: &[Token], start: usize) -> Option<Mention> {
    let word = |at: usize| sentence.get(at).map_or("", |token| token.word.as_str());
    if !is_trigger(word(start)) {
        return None;
    }
    let mut at = start + 1;
    loop {
        if is_trigger(word(at)) {
            at += 1;
        } else if is_conjunction(word(at)) && is_trigger(word(at + 1)) {
            at += 2;
        } else {
            break;
        }
    }
    while among(word(at), "the el la number numero tecla key button boton digit opcion") && word(at + 1) != "sign" {
        at += 1;
    }
    let (key, used) = key_at(sentence, at)?;
    let mut end = at + used;
    if matches!(word(end), "key" | "button" | "sign") {
        end += 1;
    }
    let counts_something = among(word(end), "digit digits digito digitos numbers numeros times veces");
    (!counts_something).then_some(Mention { start, end, key, said: None })
}

/// "say billing or press 2": the word to say is a label too.
fn said_or_pressed(sentence: &[Token], start: usize) -> Option<Mention> {
    if !matches!(sentence.get(start)?.word.as_str(), "say" | "diga") {
        return None;
    }
    (start + 2..start + 7).filter(|at| sentence.get(*at).is_some_and(|token| is_conjunction(&token.word))).find_map(
        |at| {
            let mention = pressed(sentence, at + 1)?;
            let said = phrase(sentence.get(start + 1..at)?);
            Some(Mention { start, said: Some(said), ..mention })
        },
    )
}

/// The second key of "press 1 for sales, 2 for support" or "for sales press 1; support, 2".
fn elided(sentence: &[Token], last_end: usize, at: usize) -> Option<Mention> {
    let token = sentence.get(at)?;
    let previous = at.checked_sub(1).and_then(|before| sentence.get(before))?;
    let (key, used) = key_at(sentence, at)?;
    let end = at + used;
    let detached = token.before >= Break::Comma || is_conjunction(&previous.word);
    let next = sentence.get(end);
    let explained = next.is_some_and(|next| next.before == Break::None && is_marker(&next.word));
    let follows_label =
        token.before >= Break::Comma && at > last_end && next.is_none_or(|next| next.before >= Break::Comma);
    (detached && (explained || follows_label)).then_some(Mention { start: at, end, key, said: None })
}

fn key_at(sentence: &[Token], at: usize) -> Option<(String, usize)> {
    let words: Vec<&str> = sentence.get(at..)?.iter().take(4).map(|token| token.word.as_str()).collect();
    match *words.first()? {
        "*" => return Some(("*".to_owned(), 1)),
        "#" => return Some(("#".to_owned(), 1)),
        "numeral" => return Some(("#".to_owned(), 1)),
        keys if spelled::is_sequence(keys) => return Some((keys.to_owned(), 1)),
        _ => {}
    }
    numbers::key(&words, Language::English).or_else(|| numbers::key(&words, Language::Spanish))
}

fn read_sentence(before: &[Token], sentence: &[Token], mentions: Vec<Mention>, out: &mut Vec<Announcement>) {
    let (Some(first), Some(last)) = (mentions.first(), mentions.last()) else { return };
    let head = trim_conjunctions(&sentence[..first.start]);
    let tail = &sentence[last.end..];
    let head_explains = head.first().is_some_and(|token| is_marker(&token.word));
    let tail_explains =
        tail.first().is_some_and(|token| is_marker(&token.word) && (token.before == Break::None || !head_explains));
    let label_follows = tail_explains || (head.is_empty() && !tail.is_empty());

    let starts: Vec<usize> = mentions.iter().skip(1).map(|mention| mention.start).chain([sentence.len()]).collect();
    let mut taken = 0;
    for (mention, next_start) in mentions.into_iter().zip(starts) {
        let gap_before = sentence.get(taken..mention.start).unwrap_or_default();
        let gap_after = sentence.get(mention.end..next_start).unwrap_or_default();
        taken = mention.end;
        let following = || {
            let (label, length) = label_after(gap_after);
            (label, mention.end + length)
        };
        let mut label = String::new();
        if label_follows {
            (label, taken) = following();
        }
        if label.is_empty() {
            label = label_before(gap_before);
        }
        if label.is_empty() && mention.said.is_none() && !label_follows {
            let (found, end) = following();
            if !found.is_empty() {
                (label, taken) = (found, end);
            }
        }
        // "For billing." – a pause – "Press 2."
        let mut sentence_before: &[Token] = &[];
        if label.is_empty() && mention.said.is_none() && out_of_sentence(before) {
            label = label_before(before);
            sentence_before = before;
        }
        let mut labels: Vec<String> = [label].into_iter().filter(|label| !label.is_empty()).collect();
        labels.extend(mention.said.filter(|said| !labels.contains(said)));
        let Some(begin) = sentence_before.first().or(sentence.first()) else { continue };
        let last_prompt = sentence.get(taken.saturating_sub(1)).map_or(begin.prompt, |token| token.prompt);
        out.push(Announcement {
            key: mention.key,
            labels,
            first_prompt: begin.prompt,
            offset: begin.offset,
            last_prompt,
        });
    }
}

/// Whether a sentence without a key is short enough to be the label of a key in the next one.
fn out_of_sentence(before: &[Token]) -> bool {
    before.first().is_some_and(|token| is_marker(&token.word) || before.len() <= 4)
}

/// The label in front of a key: from the last "for" or "to" that begins a clause, else all of it.
fn label_before(gap: &[Token]) -> String {
    let gap = trim_conjunctions(gap);
    let begins_clause = |(at, token): &(usize, &Token)| *at == 0 || token.before >= Break::Comma;
    let marked = |token: &Token| is_marker(&token.word);
    let whole = gap.first().is_some_and(marked) && !gap.iter().skip(1).any(|t| t.before == Break::Prompt && marked(t));
    let start = if whole {
        0
    } else {
        let clause = gap.iter().enumerate().filter(begins_clause).rfind(|(_, token)| marked(token));
        let inner = || gap.iter().enumerate().rfind(|(_, token)| matches!(token.word.as_str(), "for" | "para"));
        let prompt = || gap.iter().enumerate().rfind(|(_, token)| token.before == Break::Prompt);
        clause.or_else(prompt).or_else(inner).map_or(0, |(at, _)| at)
    };
    clean(gap.get(start..).unwrap_or_default())
}

/// The label after a key and how many words it takes: up to the next clause that begins anew.
fn label_after(gap: &[Token]) -> (String, usize) {
    let said = match gap {
        [or, say, ..] if is_conjunction(&or.word) && matches!(say.word.as_str(), "say" | "diga") => 2,
        _ => 0,
    };
    let body = gap.get(said..).unwrap_or_default();
    let ends = |(at, token): (usize, &Token)| {
        let next = body.get(at + 1).map_or("", |next| next.word.as_str());
        let anew = is_marker(&token.word) || (is_conjunction(&token.word) && (is_marker(next) || is_waiting(next)));
        at > 0 && (token.before == Break::Prompt || (token.before == Break::Comma && anew) || is_waiting(&token.word))
    };
    let length = body.iter().enumerate().position(ends).unwrap_or(body.len());
    (clean(body.get(..length).unwrap_or_default()), said + length)
}

/// Without "for", "if you would like to", "please" and the like around it.
fn clean(tokens: &[Token]) -> String {
    let tokens = trim_conjunctions(tokens);
    let lead = LEAD_INS.iter().find(|lead| {
        tokens.len() > lead.len() && lead.iter().zip(tokens).all(|(expected, token)| *expected == token.word)
    });
    let body = tokens.get(lead.map_or(0, |lead| lead.len())..).unwrap_or_default();
    let says_nothing = body.iter().all(|token| is_marker(&token.word) && token.text != "sí");
    if body.len() > MAX_LABEL_WORDS || says_nothing || is_keys_only(body) {
        return String::new();
    }
    phrase(body)
}

/// "2, 3 or 9": further keys are no label of the first.
fn is_keys_only(tokens: &[Token]) -> bool {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += match key_at(tokens, at) {
            Some((_, used)) => used,
            None if is_conjunction(&token.word) => 1,
            None => return false,
        };
    }
    true
}

fn trim_conjunctions(tokens: &[Token]) -> &[Token] {
    let joins = |token: &Token| {
        is_conjunction(&token.word)
            || among(&token.word, "please otherwise also then just simply you can may favor por puede usted tambien")
    };
    let start = tokens.iter().position(|token| !joins(token)).unwrap_or(tokens.len());
    let end = tokens.iter().rposition(|token| !joins(token)).map_or(start, |last| last + 1);
    &tokens[start..end]
}

/// The words as the prompt has them, commas kept.
fn phrase(tokens: &[Token]) -> String {
    let mut out = String::new();
    for (at, token) in tokens.iter().enumerate() {
        if at > 0 {
            out.push_str(if token.before == Break::Comma { ", " } else { " " });
        }
        out.push_str(&token.text);
    }
    out
}

fn is_trigger(word: &str) -> bool {
    matches!(
        word,
        "press"
            | "dial"
            | "hit"
            | "push"
            | "enter"
            | "touch"
            | "select"
            | "choose"
            | "say"
            | "oprima"
            | "oprime"
            | "pulse"
            | "pulsa"
            | "marque"
            | "marca"
            | "presione"
            | "presiona"
            | "teclee"
            | "digite"
            | "diga"
            | "elija"
            | "seleccione"
            | "apriete"
    )
}

fn is_conjunction(word: &str) -> bool {
    matches!(word, "or" | "and" | "o" | "y" | "u" | "e")
}

fn is_marker(word: &str) -> bool {
    matches!(word, "for" | "to" | "if" | "para" | "si")
}

/// What callers may do instead of pressing a key.
fn is_waiting(word: &str) -> bool {
    matches!(word, "stay" | "hold" | "hang" | "wait" | "remain" | "permanezca" | "espere" | "mantengase" | "cuelgue")
}

/// How clauses begin that say what a key is for, the longest first.
const LEAD_INS: &[&[&str]] = &[
    &["if", "you", "would", "like", "to"],
    &["if", "you", "are", "calling", "about"],
    &["if", "you", "are", "calling", "to"],
    &["if", "you", "want", "to"],
    &["if", "you", "wish", "to"],
    &["if", "you", "need", "to"],
    &["if", "youd", "like", "to"],
    &["if", "you", "would", "like"],
    &["if", "you", "have"],
    &["if", "you", "need"],
    &["if", "you", "want"],
    &["if", "you", "are"],
    &["in", "order", "to"],
    &["if", "you"],
    &["to", "reach"],
    &["for"],
    &["to"],
    &["if"],
    &["si", "usted", "desea"],
    &["si", "usted", "quiere"],
    &["si", "desea"],
    &["si", "quiere"],
    &["si", "necesita"],
    &["si", "prefiere"],
    &["si", "usted"],
    &["para"],
    &["si"],
];

#[cfg(test)]
mod tests;
