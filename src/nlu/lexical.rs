//! How close an utterance is to the names of the choices: shared words, weighted by how few choices have them.

use super::labels::Named;
use super::words::{Language, Words, among};
use std::collections::BTreeMap;

/// The words of all names of a turn's choices, prepared once.
#[derive(Debug, Clone)]
pub(super) struct Lexicon {
    language: Language,
    terms: Vec<Term>,
    by_stem: BTreeMap<String, usize>,
    names: Vec<NameTerms>,
    /// How much a word weighs that no name has.
    unknown: f64,
}

#[derive(Debug, Clone)]
struct Term {
    stem: String,
    /// The rarer among the choices, the more it tells.
    weight: f64,
}

#[derive(Debug, Clone)]
struct NameTerms {
    choice: usize,
    name: usize,
    terms: Vec<usize>,
    weight: f64,
    trust: f64,
}

/// How close the utterance comes to one choice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Closeness {
    /// The choice.
    pub(super) choice: usize,
    /// Which of its names is the closest.
    pub(super) name: usize,
    /// The share of that name that was said, from 0 to 1.
    pub(super) covered: f64,
    /// The share of the utterance that the name explains, from 0 to 1.
    pub(super) explained: f64,
    /// What the ranking goes by, from 0 to 1.
    pub(super) score: f64,
}

impl Lexicon {
    pub(super) fn of(choices: &[Named], language: Language) -> Self {
        let mut by_stem: BTreeMap<String, usize> = BTreeMap::new();
        let mut holders: Vec<Vec<usize>> = Vec::new();
        let mut names = Vec::new();
        for (choice, named) in choices.iter().enumerate() {
            for (index, name) in named.names.iter().enumerate() {
                let mut terms: Vec<usize> = Vec::new();
                for stem in &name.words.content {
                    let term = *by_stem.entry(stem.clone()).or_insert(holders.len());
                    if term == holders.len() {
                        holders.push(Vec::new());
                    }
                    if let Some(held) = holders.get_mut(term).filter(|held| held.last() != Some(&choice)) {
                        held.push(choice);
                    }
                    terms.push(term);
                }
                names.push(NameTerms { choice, name: index, terms, weight: 0.0, trust: name.trust });
            }
        }
        let total = choices.len() as f64;
        let mut terms: Vec<Term> = holders
            .iter()
            .map(|held| Term { stem: String::new(), weight: (1.0 + total / held.len().max(1) as f64).ln() - 0.6 })
            .collect();
        for (stem, index) in &by_stem {
            if let Some(term) = terms.get_mut(*index) {
                term.stem.clone_from(stem);
            }
        }
        for name in &mut names {
            name.weight = name.terms.iter().filter_map(|term| terms.get(*term)).map(|term| term.weight).sum();
        }
        Self { language, terms, by_stem, names, unknown: (1.0 + total).ln() - 0.6 }
    }

    /// How close the words come to each choice, the closest first; choices with nothing in common are left out.
    pub(super) fn closest(&self, said: &Words) -> Vec<Closeness> {
        let matches = self.matches(said);
        // For each term, how well it was said; for each word, how much there is to explain.
        let mut heard = vec![0.0_f64; self.terms.len()];
        let mut to_explain = 0.0;
        for word in &matches {
            let weight = word.iter().map(|(term, _)| self.weight(*term)).fold(0.0, f64::max);
            to_explain += if word.is_empty() { self.unknown } else { weight };
            for (term, likeness) in word {
                if let Some(slot) = heard.get_mut(*term) {
                    *slot = slot.max(*likeness);
                }
            }
        }
        let mut best: Vec<Closeness> = Vec::new();
        for name in &self.names {
            let said_weight: f64 =
                name.terms.iter().map(|term| self.weight(*term) * heard.get(*term).copied().unwrap_or(0.0)).sum();
            if said_weight <= 0.0 {
                continue;
            }
            let explained: f64 = matches
                .iter()
                .map(|word| {
                    let of_name = word.iter().filter(|(term, _)| name.terms.contains(term));
                    of_name.map(|(term, likeness)| self.weight(*term) * likeness).fold(0.0, f64::max)
                })
                .sum();
            let covered = said_weight / name.weight;
            let explained = (explained / to_explain).min(1.0);
            let score = name.trust * (0.45 * covered + 0.55 * explained);
            let found = Closeness { choice: name.choice, name: name.name, covered, explained, score };
            match best.iter_mut().find(|other| other.choice == name.choice) {
                Some(other) if other.score < score => *other = found,
                Some(_) => {}
                None => best.push(found),
            }
        }
        best.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.choice.cmp(&b.choice)));
        best
    }

    fn weight(&self, term: usize) -> f64 {
        self.terms.get(term).map_or(0.0, |term| term.weight)
    }

    /// For each word of meaning: the terms it may be, with how alike they are.
    fn matches(&self, said: &Words) -> Vec<Vec<(usize, f64)>> {
        let mut out = Vec::with_capacity(said.content.len());
        let mut at = 0;
        while let Some(word) = said.content.get(at) {
            at += 1;
            if let Some(term) = self.by_stem.get(word) {
                out.push(vec![(*term, 1.0)]);
                continue;
            }
            // "voice mail" is "voicemail".
            let joined = said.content.get(at).map(|next| format!("{word}{next}"));
            if let Some(term) = joined.and_then(|joined| self.by_stem.get(&joined)) {
                out.push(vec![(*term, 1.0)]);
                at += 1;
                continue;
            }
            let alike = |(index, term): (usize, &Term)| {
                let likeness = likeness(word, &term.stem, self.language);
                (likeness > 0.0).then_some((index, likeness))
            };
            out.push(self.terms.iter().enumerate().filter_map(alike).collect());
        }
        out
    }
}

/// How alike two different stems are: another form of the same word, a slip, a colleague's title.
fn likeness(a: &str, b: &str, language: Language) -> f64 {
    let shortest_stem = if language == Language::Spanish { 4 } else { 5 };
    let (short, long) = if a.len() < b.len() { (a.len(), b.len()) } else { (b.len(), a.len()) };
    if short >= 4 {
        let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
        if common >= shortest_stem && common * 10 >= long * 6 {
            return 0.8;
        }
        let alike_enough = long - short <= 1 && long >= 5 && a.bytes().next() == b.bytes().next();
        if alike_enough && strsim::osa_distance(a, b) <= 1 {
            return 0.75;
        }
    }
    if is_person(a) && is_person(b) { 0.8 } else { 0.0 }
}

/// Stems of what the people behind a menu are called.
fn is_person(stem: &str) -> bool {
    among(
        stem,
        "agent operator representativ rep human person someon somebody advisor adviser associat receptionist operador representant asesor alguien ejecutiv manag manager supervisor",
    )
}
