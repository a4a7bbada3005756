//! Texts taken apart: the words that carry meaning with their vectors, and the letters.

use super::spanish;
use super::table::{self, DIMS, Table, Vector, add, scale};
use crate::nlu::words::{self, Language};

/// Longer words are not looked at beyond this many runs of letters.
const MAX_GRAMS: usize = 30;

/// A word, or several that mean one thing.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    /// What two words of one meaning share: the stem, in Spanish that of the first gloss.
    pub(super) key: String,
    /// How much it tells.
    pub(super) weight: f32,
    /// What it means, of length one.
    pub(super) vector: Vector,
}

/// A unit as the language finds it in a sentence.
pub(super) struct Found {
    pub(super) key: String,
    /// What it adds to the sentence.
    pub(super) vector: Vector,
    /// Whether it carries meaning rather than only holding the sentence together.
    pub(super) content: bool,
    pub(super) known: bool,
}

/// A sentence as the matcher sees it.
#[derive(Debug, Clone)]
pub(super) struct Sentence {
    /// The words that carry meaning, each once.
    pub(super) units: Vec<Unit>,
    /// What all of it means, of length one.
    pub(super) vector: Vector,
    /// Hashes of runs of three and four letters, sorted.
    pub(super) grams: Vec<u32>,
    /// How many words there are in all.
    pub(super) length: usize,
    /// The share of the words that carry meaning and are not in the table.
    pub(super) unknown: f32,
}

impl Sentence {
    pub(super) fn of(text: &str, language: Language) -> Self {
        let all = words::tokens(text, language);
        let found = match language {
            Language::English => english(&all),
            Language::Spanish => spanish::units(&all),
            Language::Other => lexical(&all),
        };
        let mut vector = [0.0; DIMS];
        let mut units: Vec<Unit> = Vec::with_capacity(found.len());
        let mut unknown = 0;
        for found in found {
            add(&mut vector, &found.vector, 1.0);
            if found.content && !units.iter().any(|unit| unit.key == found.key) {
                let mut direction = found.vector;
                let weight = scale(&mut direction);
                units.push(Unit { key: found.key, weight, vector: direction });
                unknown += usize::from(!found.known);
            }
        }
        scale(&mut vector);
        let unknown = unknown as f32 / units.len().max(1) as f32;
        Self { units, vector, grams: grams(&all, language), length: all.len(), unknown }
    }
}

fn english(all: &[String]) -> Vec<Found> {
    let Some(table) = Table::get() else { return lexical(all) };
    let found = all.iter().map(|word| {
        let key = words::stem(word, Language::English);
        let content = !words::is_stop(word, Language::English);
        match table.find(word) {
            Some(row) => Found { vector: table.vector(row), key, content, known: true },
            None => Found { vector: table::unknown(&key), key, content, known: false },
        }
    });
    found.collect()
}

/// Words that mean nothing but themselves.
fn lexical(all: &[String]) -> Vec<Found> {
    let content = all.iter().filter(|word| !words::is_stop(word, Language::Other));
    content
        .map(|word| {
            let key = words::stem(word, Language::Other);
            Found { vector: table::unknown(&key), key, content: true, known: true }
        })
        .collect()
}

/// The runs of three and four letters of the words that carry meaning, their borders marked.
fn grams(all: &[String], language: Language) -> Vec<u32> {
    let mut grams = Vec::new();
    for word in all.iter().filter(|word| !words::is_stop(word, language)) {
        let marked: Vec<u8> = [b"^", word.as_bytes(), b"$"].concat();
        for size in [3, 4] {
            grams.extend(marked.windows(size).take(MAX_GRAMS).map(hash));
        }
    }
    grams.sort_unstable();
    grams.dedup();
    grams
}

fn hash(letters: &[u8]) -> u32 {
    // FNV-1a: short, the same everywhere, good enough for a few dozen runs.
    letters.iter().fold(0x811c_9dc5, |hash, letter| (hash ^ u32::from(*letter)).wrapping_mul(0x0100_0193))
}
