//! Who stays in a hotel: a party as adults and children, and the rooms they take.

use super::Found;
use super::numbers::whole;
use super::slots::Entry;
use super::tokens::Tokens;
use std::ops::Range;

/// The slot `name` ("adults", "kids" or "people") of the last party.
pub(super) fn told<'a>(tokens: &Tokens<'_>, parties: impl Iterator<Item = &'a Found>, name: &str) -> Vec<Entry> {
    let Some(party) = parties.last() else { return Vec::new() };
    let mut adults = Vec::new();
    let mut kids = Vec::new();
    let mut people = Vec::new();
    let mut own = false;
    let mut at = party.tokens.start;
    while at < party.tokens.end {
        let number = whole(tokens, at);
        let used = number.map_or(1, |(_, used)| used);
        let noun = at + used + usize::from(tokens.is(at + used, &["little", "small", "young", "other", "year"]));
        let entry = |count: u64, end: usize| Entry::number(at..end, count);
        match (number, tokens.word(noun)) {
            (Some((count, _)), word) if KIDS.contains(&word) || noun > at + used => kids.push(entry(count, at + used)),
            (Some((count, _)), word) if ADULTS.contains(&word) => adults.push(entry(count, at + used)),
            (Some((count, _)), _) => people.push(entry(count, at + used)),
            (None, _) if tokens.is(at, &["a", "an", "the", "our", "my"]) && KIDS.contains(&tokens.word(at + 1)) => {
                kids.push(entry(1, at + 2))
            }
            (None, _) => own |= tokens.is(at, &["me", "myself", "i"]) || tokens.is(at, &["wife", "husband", "mom"]),
        }
        at += used;
    }
    if !kids.is_empty() && adults.is_empty() {
        adults.append(&mut people);
    }
    if own && adults.is_empty() && people.is_empty() {
        let end = kids.first().map_or(party.tokens.end, |kid| kid.tokens.start);
        adults.extend(grown_ups(tokens, party.tokens.start..end));
    }
    let entries = match name {
        "adults" => adults,
        "kids" => kids,
        _ => people,
    };
    entries.into_iter().take(1).collect()
}

/// "me, my wife" of "me, my wife and two kids".
fn grown_ups(tokens: &Tokens<'_>, range: Range<usize>) -> Option<Entry> {
    let mut end = range.end;
    while end > range.start && tokens.is(end - 1, &["and", "plus", "with", "our", "my", "the"]) {
        end -= 1;
    }
    let persons =
        (range.start..end).filter(|&at| !tokens.is(at, &["and", "plus", "with", "my", "our", "the", "only", "just"]));
    let count = u64::try_from(persons.count()).ok().filter(|count| *count > 0)?;
    Some(Entry::number(range.start..end, count))
}

/// "a double room", "two rooms".
pub(super) fn rooms(tokens: &Tokens<'_>) -> Vec<Entry> {
    let noun = (0..tokens.len()).find(|&at| {
        tokens.is(at, &["room", "rooms", "suite", "bedroom"]) && !tokens.is(at + 1, &["service", "number", "key"])
    });
    let Some(noun) = noun else { return Vec::new() };
    for back in 1..=3usize {
        let Some(at) = noun.checked_sub(back) else { break };
        if let Some((count, used)) = whole(tokens, at).filter(|(count, _)| (1..50).contains(count)) {
            return vec![Entry::number(at..at + used, count)];
        }
        if tokens.is(at, &["a", "an", "the", "my", "your"]) {
            return vec![Entry::number(at..noun + 1, 1)];
        }
    }
    Vec::new()
}

const KIDS: &[&str] = &[
    "kid",
    "kids",
    "child",
    "children",
    "baby",
    "babies",
    "toddler",
    "toddlers",
    "infant",
    "infants",
    "boys",
    "girls",
    "sons",
    "daughters",
    "son",
    "daughter",
    "teenager",
    "teenagers",
];

const ADULTS: &[&str] = &["adult", "adults", "grown", "grownups", "parents", "men", "women"];
