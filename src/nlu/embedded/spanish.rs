//! Spanish words through their English glosses: the table knows English only, and a gloss puts "boleto", "pasaje" and
//! "billete" in one place.

use super::table::{self, DIMS, Table, Vector, add};
use super::text::Found;
use crate::nlu::words::{self, Language};
use std::collections::HashMap;
use std::sync::LazyLock;

static LIST: &str = include_str!("data/glosses_es.txt");

/// No phrase of the list is longer.
const LONGEST: usize = 6;

/// What a word or phrase means: the words of its first gloss, leaned towards the others.
struct Gloss {
    words: Vec<Meaning>,
}

/// A word of a gloss.
struct Meaning {
    /// Its English stem.
    key: String,
    vector: Vector,
    /// Whether it carries meaning.
    content: bool,
}

/// The list, by the forms a caller may say.
struct Glosses {
    glosses: Vec<Gloss>,
    /// As written in the list, folded.
    exact: HashMap<String, usize>,
    /// By the stems of the words, for inflected forms.
    stems: HashMap<String, usize>,
}

static GLOSSES: LazyLock<Option<Glosses>> = LazyLock::new(|| Some(Glosses::read(LIST, Table::get()?)));

/// The words of a sentence, phrases of the list as one.
pub(super) fn units(all: &[String]) -> Vec<Found> {
    let stems: Vec<String> = all.iter().map(|word| stem(word)).collect();
    let mut found = Vec::with_capacity(all.len());
    let mut at = 0;
    while at < all.len() {
        let known = GLOSSES.as_ref().and_then(|glosses| glosses.longest(&all[at..], &stems[at..]));
        if let Some((gloss, length)) = known {
            let holds_together = length == 1 && words::is_stop(&all[at], Language::Spanish);
            found.extend(gloss.words.iter().map(|word| Found {
                key: word.key.clone(),
                vector: word.vector,
                content: word.content && !holds_together,
                known: true,
            }));
            at += length;
        } else {
            found.push(alone(&all[at], &stems[at]));
            at += 1;
        }
    }
    found
}

/// A word that the list lacks: one that English has too, or one that means only itself.
fn alone(word: &str, stem: &str) -> Found {
    let content = !words::is_stop(word, Language::Spanish);
    let english = Table::get().filter(|_| content).and_then(|table| Some(table.vector(cognate(word, table)?)));
    Found {
        known: english.is_some() || !content,
        vector: english.unwrap_or_else(|| if content { table::unknown(stem) } else { [0.0; DIMS] }),
        key: stem.to_owned(),
        content,
    }
}

/// The English word that a Spanish one of Latin or English origin is spelled like.
fn cognate(word: &str, table: &Table) -> Option<table::Row> {
    const ENDINGS: [(&str, &str); 12] = [
        ("ciones", "tion"),
        ("cion", "tion"),
        ("siones", "sion"),
        ("dades", "ty"),
        ("dad", "ty"),
        ("mente", "ly"),
        ("encia", "ence"),
        ("ancia", "ance"),
        ("ico", "ic"),
        ("ica", "ic"),
        ("ivo", "ive"),
        ("iva", "ive"),
    ];
    if word.len() < 5 {
        return word.bytes().any(|b| b.is_ascii_digit()).then(|| table.find(word)).flatten();
    }
    let changed = ENDINGS.iter().find_map(|(ending, instead)| {
        let base = word.strip_suffix(ending).filter(|base| base.len() > 2)?;
        table.find(&[base, instead].concat())
    });
    changed.or_else(|| table.find(word))
}

impl Glosses {
    fn read(list: &str, table: &Table) -> Self {
        let mut read = Self { glosses: Vec::new(), exact: HashMap::new(), stems: HashMap::new() };
        for line in list.lines().filter(|line| !line.starts_with('#')) {
            let Some((forms, glosses)) = line.split_once('=') else { continue };
            let number = read.glosses.len();
            read.glosses.push(Gloss::of(glosses, table));
            for form in forms.split(',') {
                read.enter(form, number);
            }
        }
        read
    }

    fn enter(&mut self, form: &str, number: usize) {
        let form = words::tokens(form, Language::Spanish);
        self.exact.entry(form.join(" ")).or_insert(number);
        let stems: Vec<String> = form.iter().map(|word| stem(word)).collect();
        self.stems.entry(stems.join(" ")).or_insert(number);
        // "perder" is also "pierdo", "pedir" also "pido", "mover" also "muevo".
        if let [word] = form.as_slice()
            && let Some(base) = ["ar", "er", "ir"].iter().find_map(|ending| word.strip_suffix(ending))
        {
            for other in other_stems(base, word.ends_with("ir")) {
                self.stems.entry(other).or_insert(number);
            }
        }
    }

    /// The longest phrase at the start of the words, and how many it takes.
    fn longest(&self, words: &[String], stems: &[String]) -> Option<(&Gloss, usize)> {
        (1..=words.len().min(LONGEST)).rev().find_map(|length| {
            let exact = self.exact.get(&words[..length].join(" "));
            let number = exact.or_else(|| self.stems.get(&stems[..length].join(" ")))?;
            Some((self.glosses.get(*number)?, length))
        })
    }
}

impl Gloss {
    /// "refill | renew": a single word becomes the mean of all glosses, as heavy as the heaviest; of several words each
    /// stays what it is.
    fn of(list: &str, table: &Table) -> Self {
        let mut glosses = list.split('|').map(|gloss| words::tokens(gloss, Language::English));
        let first = glosses.next().unwrap_or_default();
        let vector = |word: &String| table.find(word).map_or([0.0; DIMS], |row| table.vector(row));
        let mut words: Vec<Meaning> = first
            .iter()
            .map(|word| Meaning {
                key: words::stem(word, Language::English),
                vector: vector(word),
                content: !words::is_stop(word, Language::English),
            })
            .collect();
        if let [word] = words.as_mut_slice() {
            let mut heaviest = table::scale(&mut word.vector);
            for other in glosses {
                let mut sum = [0.0; DIMS];
                other.iter().for_each(|word| add(&mut sum, &vector(word), 1.0));
                heaviest = heaviest.max(table::scale(&mut sum));
                add(&mut word.vector, &sum, 1.0);
            }
            table::scale(&mut word.vector);
            word.vector.iter_mut().for_each(|slot| *slot *= heaviest);
        }
        Self { words }
    }
}

/// The stem of a verb in the forms in which its vowel changes.
fn other_stems(base: &str, third: bool) -> Vec<String> {
    let Some(at) = base.rfind(['e', 'o']) else { return Vec::new() };
    let (before, after) = (&base[..at], &base[at + 1..]);
    let vowels: &[&str] = match (base.as_bytes()[at], third) {
        (b'e', true) => &["ie", "i"],
        (b'e', false) => &["ie"],
        (_, true) => &["ue", "u"],
        _ => &["ue"],
    };
    vowels.iter().map(|vowel| spelled(&[before, vowel, after].concat())).collect()
}

/// A folded word without clitics, number, gender, person and tense: coarse, as both sides are treated alike.
fn stem(word: &str) -> String {
    const ENDINGS: [&str; 58] = [
        "aremos", "eremos", "iremos", "abamos", "iendo", "yendo", "ieron", "aria", "eria", "iria", "aron", "amos",
        "emos", "imos", "ando", "ados", "adas", "idos", "idas", "aste", "iste", "aban", "aran", "eran", "iran", "aras",
        "ian", "ias", "aba", "ado", "ada", "ido", "ida", "are", "ere", "ire", "ara", "era", "ira", "ar", "er", "ir",
        "an", "en", "as", "es", "os", "io", "ia", "ie", "ad", "ed", "s", "o", "a", "e", "i", "",
    ];
    if word.len() < 4 || !word.is_ascii() || word.bytes().any(|b| b.is_ascii_digit()) {
        return word.to_owned();
    }
    let word = without_clitics(word);
    let base = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending).filter(|base| base.len() >= 3));
    spelled(base.unwrap_or(word))
}

/// One spelling for one sound at the end of a stem: "pague" is of "pagar", "busque" of "buscar", "empecé" of "empezar".
fn spelled(base: &str) -> String {
    let (start, end) = match base.as_bytes() {
        [start @ .., b'g', b'u'] => (start.len(), "g"),
        [start @ .., b'q', b'u'] => (start.len(), "c"),
        [start @ .., b'z'] => (start.len(), "c"),
        _ => (base.len(), ""),
    };
    [&base[..start], end].concat()
}

/// "cambiarla", "páseme", "quítenmelo" without what is hung on.
fn without_clitics(word: &str) -> &str {
    const CLITICS: [&str; 20] = [
        "noslo", "noslas", "melos", "melas", "melo", "mela", "selo", "sela", "telo", "tela", "nos", "los", "las",
        "les", "me", "te", "se", "lo", "la", "le",
    ];
    let verb = |clitic: &&str| {
        let base = word.strip_suffix(*clitic)?;
        let infinitive = ["ar", "er", "ir", "ando", "endo"].iter().any(|ending| base.ends_with(ending));
        let command = (clitic.starts_with("me") || clitic.starts_with("nos")) && base.ends_with(['a', 'e', 'n']);
        (base.len() > 3 && (infinitive || command)).then_some(base)
    };
    CLITICS.iter().find_map(verb).unwrap_or(word)
}
