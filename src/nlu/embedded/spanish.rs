//! Spanish words through their English glosses.

use super::table;
use super::text::Found;
use crate::nlu::words::{self, Language};

pub(super) fn units(all: &[String]) -> Vec<Found> {
    all.iter()
        .map(|word| {
            let key = words::stem(word, Language::Spanish);
            let content = !words::is_stop(word, Language::Spanish);
            Found { vector: table::unknown(&key), key, content, known: false }
        })
        .collect()
}
