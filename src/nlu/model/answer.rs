//! What comes of a model's answer: nothing but what was on the list, merged into what was found without it.

use super::question::{Field, Question};
use super::schema::NONE;
use crate::dialogue::{FilledSlot, Finding, Interpretation, Reading, Selection, Sensitive};
use crate::nlu::words;
use serde::Deserialize;
use std::ops::Range;

/// Why an interpretation is one, where a model chose it.
pub const WHY: &str = "model";

/// An answer is a few dozen words; what is much longer is none.
const LONGEST: usize = 16 * 1024;

/// An answer of which everything was on the question's list.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The choice; `None`: none of them.
    choice: Option<Selection>,
    certainty: Certainty,
    slots: Vec<Said>,
}

/// A field the caller is said to fill.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    slot: String,
    /// The caller's own words.
    words: Sensitive<String>,
    /// The option of the application's that they name.
    option: Option<Reading>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Certainty {
    Certain,
    Likely,
    Unsure,
}

impl Certainty {
    /// The confidence it comes to. A model is never as sure as a caller who says a label.
    fn confidence(self) -> f64 {
        match self {
            Certainty::Certain => 0.85,
            Certainty::Likely => 0.6,
            Certainty::Unsure => 0.4,
        }
    }

    /// What is left of the other choices' confidence if it is none of them.
    fn rest(self) -> f64 {
        match self {
            Certainty::Certain => 0.5,
            Certainty::Likely => 0.75,
            Certainty::Unsure => 1.0,
        }
    }
}

/// An answer as it is written. What else stands in it is not looked at.
#[derive(Deserialize)]
struct Raw {
    choice: String,
    certainty: Certainty,
    #[serde(default)]
    slots: Vec<RawSlot>,
}

#[derive(Deserialize)]
struct RawSlot {
    slot: String,
    words: String,
    #[serde(default)]
    option: Option<String>,
}

impl Question {
    /// Reads an answer; `None` if it is no answer to this question: not JSON, or a choice that was not on the list. A field
    /// that is not open, words that were not said and options that were not offered are left out.
    pub fn read(&self, text: &str) -> Option<Answer> {
        if text.len() > LONGEST {
            return None;
        }
        let raw: Raw = serde_json::from_str(bare(text)).ok()?;
        let choice = match raw.choice.as_str() {
            NONE => None,
            id => Some(self.choices.iter().find(|offer| offer.id == id)?.selection.clone()),
        };
        let mut slots: Vec<Said> = Vec::new();
        for said in raw.slots.into_iter().filter_map(|slot| self.said(slot)) {
            if !slots.iter().any(|known| known.slot == said.slot) {
                slots.push(said);
            }
        }
        Some(Answer { choice, certainty: raw.certainty, slots })
    }

    fn said(&self, raw: RawSlot) -> Option<Said> {
        let field = self.fields.iter().find(|field| field.name == raw.slot)?;
        let place = find(self.said.text(), &raw.words)?;
        let words = self.said.unmasked(place)?;
        let option = raw.option.and_then(|id| option(field, &id));
        Some(Said { slot: raw.slot, words: Sensitive(words), option })
    }
}

impl Answer {
    /// What was found without the model, together with this. `read` understands words as if the caller had said nothing
    /// else: what a field's words mean is found here, not by the model.
    pub fn merge(self, mut finding: Finding, read: impl Fn(&str) -> Finding) -> Finding {
        for said in self.slots {
            said.merge(&mut finding, self.certainty, &read);
        }
        let fills = !finding.slots.is_empty();
        match self.choice {
            Some(selection) => choose(&mut finding, selection, self.certainty.confidence()),
            // Fields are filled: that no choice is meant says nothing against what fills them.
            None if fills => {}
            None => finding.ranked.iter_mut().for_each(|reading| reading.confidence *= self.certainty.rest()),
        }
        finding.ranked.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        finding
    }
}

/// The model's choice takes the lead.
fn choose(finding: &mut Finding, selection: Selection, confidence: f64) {
    let ranked = &mut finding.ranked;
    let known = ranked.iter().position(|reading| reading.selection == selection).map(|at| ranked.remove(at));
    for other in ranked.iter_mut() {
        other.confidence = other.confidence.min(1.0 - confidence);
    }
    match known {
        Some(known) if known.confidence >= confidence => ranked.push(known),
        _ => ranked.push(Interpretation { selection, confidence, why: WHY.to_owned() }),
    }
}

impl Said {
    /// Fills the field, unless that was settled without the model.
    fn merge(self, finding: &mut Finding, certainty: Certainty, read: impl Fn(&str) -> Finding) {
        let known = finding.slots.iter().position(|slot| slot.slot == self.slot);
        if known.and_then(|at| finding.slots.get(at)).is_some_and(|slot| !slot.readings.is_empty()) {
            return;
        }
        let most = certainty.confidence();
        let filled = match self.option {
            Some(option) => {
                Some(FilledSlot { slot: self.slot, spoken: self.words, readings: vec![option], confidence: most })
            }
            None => {
                let alone = read(&self.words);
                // A field that takes keys is filled by what the words select.
                for reading in alone.ranked.into_iter().filter(|reading| matches!(reading.selection, Selection::Key(_)))
                {
                    if !finding.ranked.iter().any(|known| known.selection == reading.selection) {
                        let confidence = reading.confidence.min(most);
                        finding.ranked.push(Interpretation { confidence, why: WHY.to_owned(), ..reading });
                    }
                }
                let own = alone.slots.into_iter().find(|slot| slot.slot == self.slot);
                own.map(|own| FilledSlot { spoken: self.words, confidence: own.confidence.min(most), ..own })
            }
        };
        let Some(filled) = filled else { return };
        match known.and_then(|at| finding.slots.get_mut(at)) {
            Some(slot) => *slot = filled,
            None => finding.slots.push(filled),
        }
    }
}

fn option(field: &Field, id: &str) -> Option<Reading> {
    let offer = field.options.iter().find(|offer| offer.id == id)?;
    Some(Reading { selection: offer.selection.clone(), said: offer.label.clone() })
}

/// The object in an answer that models wrap in a code fence.
fn bare(text: &str) -> &str {
    let text = text.trim();
    let Some(inner) = text.strip_prefix("```") else { return text };
    let inner = inner.strip_suffix("```").unwrap_or(inner);
    inner.strip_prefix("json").unwrap_or(inner).trim()
}

/// Where words stand in a text, whole words only, whatever their case and the marks between them.
fn find(text: &str, wanted: &str) -> Option<Range<usize>> {
    let (text, wanted) = (pieces(text), pieces(wanted));
    let first = wanted.first()?;
    let starts = text.iter().enumerate().filter(|(_, piece)| piece.1 == first.1).map(|(at, _)| at);
    let stands = |at: &usize| {
        let there = text.get(*at..*at + wanted.len());
        there.is_some_and(|there| there.iter().zip(&wanted).all(|(one, other)| one.1 == other.1))
    };
    let at = starts.into_iter().find(stands)?;
    Some(text.get(at)?.0.start..text.get(at + wanted.len() - 1)?.0.end)
}

/// The words of a text, folded, and where they stand. A hidden number is one word, its brackets included.
fn pieces(text: &str) -> Vec<(Range<usize>, String)> {
    let mut pieces: Vec<(Range<usize>, String)> = Vec::new();
    let mut is_open = false;
    for (at, c) in text.char_indices() {
        let belongs = c.is_alphanumeric() || matches!(c, '[' | ']') || !c.is_ascii() && !c.is_whitespace();
        if belongs {
            let end = at + c.len_utf8();
            match pieces.last_mut().filter(|_| is_open && c != '[') {
                Some(piece) => piece.0.end = end,
                None => pieces.push((at..end, String::new())),
            }
        }
        is_open = belongs && c != ']';
    }
    for (place, word) in &mut pieces {
        *word = words::fold(text.get(place.clone()).unwrap_or_default());
    }
    pieces
}
