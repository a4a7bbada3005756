//! What a caller keyed or said, as a graph: places between words, and edges that read one word. A word with several
//! readings (`21`: "twenty one", "two one") makes several paths between the same places.

use super::analysis::NO_WORD;
use super::rules::Rules;
use super::words::{self, Slot};

/// More tokens, and more bytes, than any caller gives; longer input is refused.
const MOST_TOKENS: usize = 512;
const MOST_BYTES: usize = 8 * 1024;

/// The graph. Places are numbered so that every edge leads to a higher one.
#[derive(Debug)]
pub(super) struct Input {
    /// From each place: the word read and the place it leads to.
    edges: Vec<Vec<(u32, u32)>>,
    /// Places at the edges of spoken words, in order: what `GARBAGE` steps over.
    boundaries: Vec<u32>,
    /// The words as heard, one fewer than boundaries.
    heard: Vec<String>,
}

impl Input {
    /// A sequence of keys; blanks between them do not count. `None` if it is too long.
    pub(super) fn of_keys(rules: &Rules, keys: &str) -> Option<Self> {
        let keys = keys.chars().filter(|key| !key.is_whitespace()).map(|key| key.to_ascii_uppercase());
        let mut input = Self::empty();
        for key in keys {
            let here = input.edges.len() as u32 - 1;
            let mut buffer = [0; 4];
            if let Some(word) = rules.vocabulary.get(&*key.encode_utf8(&mut buffer)) {
                input.edges[here as usize].push((*word, here + 1));
            }
            input.close_slot(key.to_string());
            if input.heard.len() > MOST_TOKENS {
                return None;
            }
        }
        Some(input)
    }

    /// The words of an utterance. `None` if it is too long.
    pub(super) fn of_words(rules: &Rules, utterance: &str) -> Option<Self> {
        if utterance.len() > MOST_BYTES {
            return None;
        }
        let mut languages: Vec<_> = rules.sources.iter().flat_map(|source| source.languages.iter().copied()).collect();
        languages.sort_unstable();
        languages.dedup();
        let slots = words::slots(utterance, &languages);
        if slots.len() > MOST_TOKENS {
            return None;
        }
        let known = |word: &String| rules.vocabulary.get(word.as_str()).copied();
        let mut input = Self::empty();
        for slot in &slots {
            let here = input.edges.len() - 1;
            let readings: Vec<Vec<u32>> =
                slot.readings.iter().filter_map(|reading| reading.iter().map(known).collect()).collect();
            let between: usize = readings.iter().map(|reading| reading.len().saturating_sub(1)).sum();
            let end = (here + between + 1) as u32;
            for reading in readings {
                let mut from = here;
                for (index, word) in reading.iter().enumerate() {
                    let to = if index + 1 == reading.len() { end } else { input.edges.len() as u32 };
                    input.edges[from].push((*word, to));
                    if to != end {
                        input.edges.push(Vec::new());
                        from = to as usize;
                    }
                }
            }
            input.close_slot(slot.heard.clone());
        }
        input.join_numbers(rules, &slots);
        Some(input)
    }

    /// The place where the input ends.
    pub(super) fn end(&self) -> u32 {
        self.edges.len() as u32 - 1
    }

    /// Where reading `word` at a place leads to.
    pub(super) fn after(&self, place: u32, word: u32) -> impl Iterator<Item = u32> + '_ {
        self.edges[place as usize].iter().filter(move |(read, _)| *read == word).map(|(_, to)| *to)
    }

    /// Where stepping over any one word at a place leads to.
    pub(super) fn after_any(&self, place: u32) -> Option<u32> {
        let index = self.boundaries.binary_search(&place).ok()?;
        self.boundaries.get(index + 1).copied()
    }

    /// The word as heard that begins at a place.
    pub(super) fn heard_at(&self, place: u32) -> Option<&str> {
        let index = self.boundaries.binary_search(&place).ok()?;
        self.heard.get(index).map(String::as_str)
    }

    fn empty() -> Self {
        Self { edges: vec![Vec::new()], boundaries: vec![0], heard: Vec::new() }
    }

    fn close_slot(&mut self, heard: String) {
        self.edges.push(Vec::new());
        self.boundaries.push(self.end());
        self.heard.push(heard);
    }

    /// Number words that together make a number the grammar knows as one token ("twenty one" for a token `21`).
    fn join_numbers(&mut self, rules: &Rules, slots: &[Slot]) {
        for start in 0..slots.len() {
            let mut words = Vec::new();
            for (ahead, slot) in slots[start..].iter().enumerate().take(words::LONGEST_NUMBER) {
                let Some(word) = &slot.number else { break };
                words.push(word.as_str());
                if ahead == 0 {
                    continue;
                }
                for number in words::joined(&words) {
                    let word = rules.vocabulary.get(number.as_str()).copied().unwrap_or(NO_WORD);
                    if word != NO_WORD {
                        let (from, to) = (self.boundaries[start], self.boundaries[start + ahead + 1]);
                        self.edges[from as usize].push((word, to));
                    }
                }
            }
        }
    }
}
