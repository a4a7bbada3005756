//! What an utterance fills of a form: the field that was asked for, others that are open, and those it corrects.

use super::entities::{self, Entity, Kind, Moment};
use super::state::{Field, State};
use super::values;
use super::words::{self, Language};
use crate::dialogue::{Choice, FilledSlot, Finding, Reading, Selection, Sensitive};
use jiff::civil::DateTime;
use std::ops::Range;

/// How sure it is that a choice is meant whose name is said among other things.
const NAMED: f64 = 0.85;
/// What corrects a field without a word that says so must be at least so clear.
const CLEAR: f64 = 0.85;
/// Shorter names say too little among other words.
const SHORTEST: usize = 3;

/// How a field stands to what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is what was asked for.
    Asked,
    /// It has not been asked for yet.
    Open,
    /// It has been filled.
    Filled,
    /// It is a field of another dialog that the mapping tells the entity of.
    Elsewhere,
}

impl State {
    /// What an utterance means here, said at this time where the application lives: [`State::understand`], and what it
    /// fills of the form.
    pub fn hear(&self, utterance: &str, now: DateTime) -> Finding {
        let mut finding = self.understand(utterance);
        finding.slots = self.fill(utterance, now);
        finding
    }

    fn fill(&self, utterance: &str, now: DateTime) -> Vec<FilledSlot> {
        if self.fields().iter().all(|field| field.standing == Standing::Asked && field.kind.is_none()) {
            return Vec::new();
        }
        let mut filling = Filling { state: self, utterance, now, taken: Vec::new(), filled: Vec::new() };
        let corrects = corrects(utterance, self.language);
        if corrects {
            filling.corrections();
        }
        filling.entities(corrects);
        filling.choices();
        let mut filled = filling.filled;
        filled.sort_by_key(|(span, _)| span.start);
        filled.into_iter().map(|(_, slot)| slot).collect()
    }
}

/// Slots being filled from an utterance.
struct Filling<'a> {
    state: &'a State,
    utterance: &'a str,
    now: DateTime,
    /// What of the utterance has been understood.
    taken: Vec<(Range<usize>, Option<Kind>)>,
    filled: Vec<(Range<usize>, FilledSlot)>,
}

impl<'a> Filling<'a> {
    /// New values of fields that are filled, the last of them first: "actually make it five" is said of what was just
    /// given. What says in so many words what was asked for is no correction.
    fn corrections(&mut self) {
        let asked = self.fields().find(|field| field.standing == Standing::Asked).and_then(|asked| asked.kind);
        let own = asked.and_then(|kind| self.find(&[kind]).into_iter().find(|entity| entity.kind == kind));
        let changes = says(self.utterance, self.state.language, CHANGES_EN, CHANGES_ES);
        let filled = self.fields().rev().filter(|field| field.standing == Standing::Filled);
        // A number that was given before its turn is changed, too: nothing else is made five.
        let is_number = |field: &&Field| matches!(field.kind, Some(Kind::People | Kind::Number));
        let open = self.fields().filter(|field| changes && field.standing == Standing::Open).filter(is_number);
        for field in filled.chain(open).collect::<Vec<_>>() {
            let Some(kind) = field.kind.filter(|kind| Some(*kind) != asked) else { continue };
            let wanted: &[Kind] = if self.filled.is_empty() { &[kind] } else { &[] };
            let entity = self.find(wanted).into_iter().find(|entity| is_of(kind, entity.kind, true));
            let is_own = |entity: &Entity| own.as_ref().is_some_and(|own| overlaps(&own.span, &entity.span));
            if let Some(entity) = entity.filter(|entity| (changes || !is_own(entity)) && self.is_free(entity)) {
                self.put(field, &entity);
            }
        }
    }

    /// What entities fill, each field once: what was asked for first, then what is open, then what is filled.
    fn entities(&mut self, corrects: bool) {
        let fields: Vec<&Field> = self.fields().collect();
        let asked: Vec<Kind> =
            fields.iter().filter(|field| field.standing == Standing::Asked).filter_map(|field| field.kind).collect();
        let mut found = self.find(&asked);
        // "four people" before the "four" in it.
        found.sort_by_key(|entity| matches!(entity.kind, Kind::Number | Kind::Ordinal | Kind::Code));
        for standing in [Standing::Asked, Standing::Open, Standing::Elsewhere, Standing::Filled] {
            for field in fields.iter().copied().filter(|field| field.standing == standing) {
                let Some(kind) = field.kind else { continue };
                let is_asked = standing == Standing::Asked;
                let entity = found.iter().find(|entity| is_of(kind, entity.kind, is_asked) && self.is_free(entity));
                let Some(entity) = entity.cloned() else { continue };
                let is_clear = entity.confidence >= CLEAR && entity.readings.len() == 1;
                if standing == Standing::Filled && (corrects || !is_clear || asked.contains(&entity.kind)) {
                    continue;
                }
                self.put(field, &entity);
            }
        }
    }

    /// Choices of fields that are named among other things.
    fn choices(&mut self) {
        let others = !self.filled.is_empty();
        let said = tokens_of(self.utterance, self.state.language);
        for field in self.state.fields().iter().filter(|field| !field.secret) {
            let may_be = matches!(field.standing, Standing::Asked | Standing::Open);
            if !may_be || field.kind.is_some() || self.is_filled(field) {
                continue;
            }
            let Some((place, span)) = self.named(&field.choices, &said) else { continue };
            if field.standing == Standing::Asked && !others {
                // That is for the ranking of what was asked; the words say nothing else besides.
                self.taken.push((span, None));
                continue;
            }
            let Some(reading) = field.choices.get(place).and_then(choice_reading) else { continue };
            if !self.taken.iter().any(|(taken, _)| overlaps(taken, &span)) {
                self.add(field, span, None, vec![reading], NAMED);
            }
        }
    }

    /// The only choice whose name stands in the utterance; the longest name if one holds the other.
    fn named(&self, choices: &[Choice], said: &[(String, Range<usize>)]) -> Option<(usize, Range<usize>)> {
        let mut best: Option<(usize, usize, Range<usize>)> = None;
        let mut tied = false;
        for (place, choice) in choices.iter().enumerate() {
            for name in choice.label.iter().chain(&choice.phrases) {
                let words = words::tokens(name, self.state.language);
                if words.iter().map(String::len).sum::<usize>() < SHORTEST {
                    continue;
                }
                let Some(at) = said
                    .windows(words.len().max(1))
                    .position(|window| window.iter().map(|(word, _)| word).eq(words.iter()))
                else {
                    continue;
                };
                let (Some(first), Some(last)) = (said.get(at), said.get(at + words.len() - 1)) else { continue };
                let span = first.1.start..last.1.end;
                match &best {
                    Some((other, length, _)) if *length > words.len() || *other == place => {}
                    Some((_, length, _)) if *length == words.len() => tied = true,
                    _ => {
                        tied = false;
                        best = Some((place, words.len(), span));
                    }
                }
            }
        }
        best.filter(|_| !tied).map(|(place, _, span)| (place, span))
    }

    /// What may be filled: nobody guesses at what is secret.
    fn fields(&self) -> impl DoubleEndedIterator<Item = &'a Field> + use<'a> {
        self.state.fields().iter().filter(|field| !field.secret)
    }

    fn find(&self, wanted: &[Kind]) -> Vec<Entity> {
        let of_time = self.fields().filter(|field| field.kind == Some(Kind::Time)).find_map(|field| field.hours);
        let moment = Moment { now: self.now, hours: of_time.or_else(|| self.state.hours()) };
        entities::find(self.utterance, self.state.language, &moment, wanted)
    }

    fn is_free(&self, entity: &Entity) -> bool {
        // "Tonight" is part of a time and says the day.
        let is_when = |kind: Option<Kind>| matches!(kind, Some(Kind::Date | Kind::Time));
        let apart = |kind: Option<Kind>| kind != Some(entity.kind) && is_when(kind) && is_when(Some(entity.kind));
        !self.taken.iter().any(|(taken, kind)| overlaps(taken, &entity.span) && !apart(*kind))
    }

    fn is_filled(&self, field: &Field) -> bool {
        self.filled.iter().any(|(_, filled)| filled.slot == field.name)
    }

    fn put(&mut self, field: &Field, entity: &Entity) {
        if self.is_filled(field) {
            return;
        }
        let today = self.now.date();
        let readings: Vec<Reading> = entity
            .readings
            .iter()
            .map(|value| values::reading(value, field, entity.kind, today, self.state.language))
            .collect();
        self.add(field, entity.span.clone(), Some(entity.kind), readings, entity.confidence);
    }

    fn add(&mut self, field: &Field, span: Range<usize>, kind: Option<Kind>, readings: Vec<Reading>, confidence: f64) {
        let spoken = self.utterance.get(span.clone()).unwrap_or_default().to_owned();
        let slot = FilledSlot { slot: field.name.clone(), spoken: Sensitive(spoken), readings, confidence };
        self.taken.push((span.clone(), kind));
        self.filled.push((span, slot));
    }
}

/// Whether an entity is what a field takes. A number alone is only what was asked for.
fn is_of(field: Kind, entity: Kind, asked: bool) -> bool {
    match (field, entity) {
        (Kind::Number, Kind::People) => true,
        (Kind::Number | Kind::YesNo, _) => asked && field == entity && field != Kind::YesNo,
        (Kind::People, Kind::Number) => asked,
        _ => field == entity,
    }
}

fn overlaps(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// Phrases that say that something is to be otherwise than it was given.
const CHANGES_EN: &[&str] = &["make it", "make that", "change", "should be"];
const CHANGES_ES: &[&str] = &["que sea", "que sean", "cambie", "cambia", "cambiar"];
/// Phrases that say that something was wrong.
const WRONG_EN: &[&str] =
    &["actually", "meant", "i mean", "instead", "rather", "sorry", "correction", "wait", "not", "scratch that"];
const WRONG_ES: &[&str] = &[
    "quise decir",
    "quiero decir",
    "mejor",
    "en realidad",
    "perdon",
    "en vez",
    "digo",
    "espera",
    "espere",
    "corrijo",
    "no el",
    "no a",
    "no para",
];

/// Whether the words correct something.
fn corrects(utterance: &str, language: Language) -> bool {
    let said = words::tokens(utterance, language);
    let denies = said.len() > 1 && said.first().is_some_and(|first| first == "no");
    denies || says(utterance, language, CHANGES_EN, CHANGES_ES) || says(utterance, language, WRONG_EN, WRONG_ES)
}

/// Whether one of the phrases of the language is said.
fn says(utterance: &str, language: Language, english: &[&str], spanish: &[&str]) -> bool {
    let said = words::tokens(utterance, language);
    let phrases = if language == Language::Spanish { spanish } else { english };
    phrases.iter().any(|phrase| {
        let words: Vec<&str> = phrase.split(' ').collect();
        said.windows(words.len()).any(|window| window.iter().eq(words.iter()))
    })
}

/// The words of an utterance with their places in it.
fn tokens_of(utterance: &str, language: Language) -> Vec<(String, Range<usize>)> {
    let mut out = Vec::new();
    let mut rest = utterance.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut end = start + first.len_utf8();
        while let Some((at, c)) = rest.next_if(|(_, c)| !c.is_whitespace()) {
            end = at + c.len_utf8();
        }
        let word = utterance.get(start..end).unwrap_or_default();
        out.extend(words::tokens(word, language).into_iter().map(|token| (token, start..end)));
    }
    out
}

/// A choice as a reading: by its key or a phrase of its grammar.
fn choice_reading(choice: &Choice) -> Option<Reading> {
    let said = choice.label.as_ref().or(choice.phrases.first())?.clone();
    let selection = match (&choice.key, choice.phrases.first()) {
        (Some(key), _) => Selection::Key(Sensitive(key.clone())),
        (None, Some(phrase)) => Selection::Phrase(Sensitive(phrase.clone())),
        (None, None) => return None,
    };
    Some(Reading { selection, said })
}
