//! A menu prepared for speech, and how the words rank its choices.

use super::features::{self, features, whole};
use super::prepared::{TextSet, Texts};
use super::reranker::Evidence;
use super::text::Sentence;
use super::universals::{self, Universal};
use crate::nlu::words::{Language, among};

/// What is known of a choice.
#[derive(Debug, Clone, Copy, Default)]
pub struct Described<'a> {
    /// What it is called: "report a lost or stolen card".
    pub label: &'a str,
    /// Its part of the announcement: "To report a lost or stolen card, press 4." Empty if there is none.
    pub prompt: &'a str,
    /// What callers say who want it; may be empty.
    pub examples: &'a [&'a str],
}

/// The choices of a menu, prepared once.
#[derive(Debug, Clone)]
pub struct Menu {
    language: Language,
    choices: TextSet,
    universals: Option<&'static TextSet>,
    /// The choice that is itself what a universal asks for ("to speak to a representative, press 0").
    standing: [Option<usize>; 5],
}

/// The announcement without the key to press: "To report a lost card, press 4."
fn without_key(prompt: &str) -> String {
    const PRESS: &str = "press dial push say enter marque marca pulse pulsa oprima presione diga";
    let mut words = prompt.split_ascii_whitespace().peekable();
    let mut kept: Vec<&str> = Vec::new();
    while let Some(word) = words.next() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        if among(&bare, PRESS) {
            // What follows is the key: "press 4", "press the pound key", "marque uno".
            words.next_if(|key| matches!(*key, "the" | "la" | "el"));
            words.next();
        } else {
            kept.push(word);
        }
    }
    kept.join(" ")
}

/// A label this close to an example of a universal asks for the same.
const SAME: f32 = 0.82;

/// For each universal the choice whose label asks for it.
fn standing(texts: &[Texts<'_>], universals: &TextSet, language: Language) -> [Option<usize>; 5] {
    let mut standing = [None; 5];
    let mut closest = [SAME; 5];
    for (at, choice) in texts.iter().enumerate() {
        let labels = choice.labels.iter().map(|label| features(&Sentence::of(label, language), universals));
        for (universal, evidence) in labels.flat_map(|features| features.into_iter().enumerate()) {
            let close = f32::midpoint(evidence[features::NEAREST_LIKENESS], evidence[features::NEAREST_WORDS]);
            if close > closest[universal] {
                closest[universal] = close;
                standing[universal] = Some(at);
            }
        }
    }
    standing
}

/// How likely the caller means what. All the numbers together sum to one.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// Of each choice, in the order they were described.
    pub choices: Vec<f64>,
    /// Of each universal, in the order of [`Universal::ALL`]; zero where a choice of the menu stands for it.
    pub universals: [f64; 5],
    /// That it is none of these.
    pub none: f64,
}

impl Menu {
    /// Prepares the choices of one input state.
    pub fn prepare(choices: &[Described<'_>], language: Language) -> Self {
        let announced: Vec<String> = choices.iter().map(|choice| without_key(choice.prompt)).collect();
        let texts: Vec<Texts<'_>> = choices
            .iter()
            .zip(&announced)
            .map(|(choice, announced)| {
                let labels = [choice.label, announced].into_iter().filter(|label| !label.trim().is_empty());
                Texts { labels: labels.collect(), examples: choice.examples.to_vec() }
            })
            .collect();
        let universals = universals::prepared(language);
        let standing = universals.map(|set| standing(&texts, set, language)).unwrap_or_default();
        Self { language, choices: TextSet::prepare(&texts, language), universals, standing }
    }

    /// How likely the caller means each choice. Deterministic.
    pub fn rank(&self, utterance: &str) -> Ranking {
        let count = self.choices.choices.len();
        let mut ranking = Ranking { choices: vec![0.0; count], universals: [0.0; 5], none: 1.0 };
        let Some(evidence) = self.evidence(utterance) else { return ranking };
        let likely = evidence.weigh();
        ranking.none = likely.last().copied().unwrap_or(1.0);
        ranking.choices.iter_mut().zip(&likely).for_each(|(slot, likely)| *slot = *likely);
        for (at, likely) in likely.iter().skip(count).take(evidence.universals.len()).enumerate() {
            match self.standing[at].and_then(|choice| ranking.choices.get_mut(choice)) {
                Some(choice) => *choice += likely,
                None => ranking.universals[at] = *likely,
            }
        }
        ranking.adjust(&evidence);
        ranking
    }

    /// What the ranking is made from; `None` if there is no word.
    pub fn evidence(&self, utterance: &str) -> Option<Evidence> {
        let said = Sentence::of(utterance, self.language);
        if said.length == 0 {
            return None;
        }
        let [likeness, explained] = whole(&said, &self.choices);
        let yes = |is: bool| f32::from(u8::from(is));
        Some(Evidence {
            choices: features(&said, &self.choices),
            universals: self.universals.map(|set| features(&said, set)).unwrap_or_default(),
            has_examples: self.choices.has_examples,
            utterance: [
                (said.length as f32).ln(),
                (self.choices.choices.len().max(1) as f32).ln(),
                said.unknown,
                yes(!said.units.is_empty()),
                yes(self.language == Language::Spanish),
                likeness,
                explained,
            ],
        })
    }

    /// The choices that are themselves what a universal asks for, in the order of [`Universal::ALL`].
    pub fn standing(&self) -> [Option<usize>; 5] {
        self.standing
    }
}

impl Ranking {
    /// Gives the likeliest choice its calibrated confidence; all others share what is left as before.
    fn adjust(&mut self, evidence: &Evidence) {
        let Some((best, likely)) = self.best() else { return };
        let confidence = evidence.confidence(likely, self.choices.iter().sum());
        let factor = (1.0 - confidence) / (1.0 - likely).max(1e-9);
        let others = self.choices.iter().enumerate().filter(|(at, _)| *at != best);
        // The order of the choices stays.
        if others.map(|(_, other)| other * factor).fold(0.0, f64::max) > confidence {
            return;
        }
        let rest = self.choices.iter_mut().chain(&mut self.universals).chain([&mut self.none]);
        rest.for_each(|part| *part *= factor);
        if let Some(choice) = self.choices.get_mut(best) {
            *choice = confidence;
        }
    }

    /// The likeliest choice; the first of equals. `None` if the menu is empty.
    pub fn best(&self) -> Option<(usize, f64)> {
        let ranked = self.choices.iter().copied().enumerate();
        ranked.reduce(|best, next| if next.1 > best.1 { next } else { best })
    }

    /// The likeliest universal.
    pub fn universal(&self) -> Option<(Universal, f64)> {
        let ranked = Universal::ALL.into_iter().zip(self.universals);
        ranked.reduce(|best, next| if next.1 > best.1 { next } else { best }).filter(|(_, likely)| *likely > 0.0)
    }
}
