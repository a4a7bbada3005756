//! Entities as slots of a booking, in the format of evaluation sets: spans in code points, dates and times as text.

use super::numbers::whole;
use super::tokens::Tokens;
use super::{Found, Kind, Moment, Value, guests, pack, search};
use crate::nlu::Language;
use serde_json::{Map, Value as Json, json};
use std::ops::Range;

/// The slots of an utterance, of those that are `known`, as `{name: {span, value, ambiguous, candidates}}`, or a list of
/// such where there are several. `requested` are the names of the slots that were just asked for.
pub fn predict(
    utterance: &str,
    language: Language,
    moment: &Moment,
    requested: &[&str],
    known: &[&str],
) -> Map<String, Json> {
    let tokens = Tokens::of(utterance, language);
    let wanted: Vec<Kind> = requested.iter().filter_map(|name| kind(name)).collect();
    let found = search(&tokens, moment, &wanted);
    let mut out = Map::new();
    for name in known {
        let entries: Vec<Json> =
            entries(&tokens, &found, name, known).into_iter().map(|entry| entry.json(&tokens)).collect();
        match <[Json; 1]>::try_from(entries) {
            Ok([only]) => out.insert((*name).to_owned(), only),
            Err(several) if !several.is_empty() => out.insert((*name).to_owned(), Json::Array(several)),
            Err(_) => None,
        };
    }
    out
}

/// What the entities say of a time and a date: `{outcome, value, candidates, resolved, in_window}` for each that is said.
pub fn judge(utterance: &str, language: Language, moment: &Moment, requested: &[&str]) -> Map<String, Json> {
    let tokens = Tokens::of(utterance, language);
    let wanted: Vec<Kind> = requested.iter().filter_map(|name| kind(name)).collect();
    let anytime = Moment { hours: None, ..moment.clone() };
    let found = search(&tokens, &anytime, &wanted);
    let mut out = Map::new();
    for (name, kind) in [("time", Kind::Time), ("date", Kind::Date)] {
        // "in a few hours" tells no time, and so no day for sure.
        let unsure = |date: &Found| {
            date.same_day
                && found
                    .iter()
                    .any(|time| time.kind == Kind::Time && time.tokens == date.tokens && time.readings.is_empty())
        };
        let mut said: Vec<&Found> = found.iter().filter(|found| found.kind == kind && !unsure(found)).collect();
        if said.iter().any(|found| !found.loose) {
            said.retain(|found| !found.loose);
        }
        if let Some(outcome) = outcome(&said, moment) {
            out.insert(name.to_owned(), outcome);
        }
    }
    out
}

fn outcome(said: &[&Found], moment: &Moment) -> Option<Json> {
    let last = said.last()?;
    if said.iter().any(|found| found.bound.is_some()) {
        return Some(json!({"outcome": "vague"}));
    }
    // "seven or eight": every reading of both.
    let mut readings: Vec<&Value> = Vec::new();
    for value in said.iter().flat_map(|found| &found.readings) {
        if !readings.contains(&value) {
            readings.push(value);
        }
    }
    let open = |value: &Value| match (value, moment.hours) {
        (Value::Time(time), Some((from, to))) => (from..=to).contains(time),
        _ => true,
    };
    Some(match readings[..] {
        [] => json!({"outcome": "vague"}),
        [only] => {
            let mut answer = json!({"outcome": "value", "value": text(only)});
            if last.kind == Kind::Time {
                answer["in_window"] = json!(open(only));
            }
            answer
        }
        _ => {
            let left: Vec<&&Value> = readings.iter().filter(|value| open(value)).collect();
            let resolved = if let [only] = left[..] { text(only) } else { Json::Null };
            let candidates: Vec<Json> = readings.iter().map(|value| text(value)).collect();
            json!({"outcome": "ambiguous", "candidates": candidates, "resolved": resolved})
        }
    })
}

/// The kind that a slot of the sets is of.
fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "people" | "party_size_number" | "adults" | "kids" => Kind::People,
        "date" | "date_from" | "date_to" => Kind::Date,
        "time" | "time_from" | "time_to" => Kind::Time,
        "first_name" => Kind::FirstName,
        "last_name" => Kind::LastName,
        "person_name" => Kind::Name,
        "amount_of_money" => Kind::Money,
        "number" => Kind::Number,
        _ => return None,
    })
}

/// One slot's filling.
pub(super) struct Entry {
    pub(super) tokens: Range<usize>,
    pub(super) readings: Vec<Json>,
    more: Vec<(&'static str, Json)>,
}

impl Entry {
    fn of(found: &Found, tokens: Range<usize>) -> Self {
        Self { tokens, readings: found.readings.iter().map(text).collect(), more: Vec::new() }
    }

    /// A number, told by these tokens.
    pub(super) fn number(tokens: Range<usize>, number: u64) -> Self {
        Self { tokens, readings: vec![json!(number)], more: Vec::new() }
    }

    fn json(self, tokens: &Tokens<'_>) -> Json {
        let mut entry = json!({"span": code_points(tokens, &self.tokens)});
        match &self.readings[..] {
            [] if self.more.is_empty() => entry["value"] = Json::Null,
            [] => {}
            [only] => entry["value"] = only.clone(),
            several => {
                entry["value"] = Json::Null;
                entry["ambiguous"] = json!(true);
                entry["candidates"] = json!(several);
            }
        }
        for (name, value) in self.more {
            entry[name] = value;
        }
        entry
    }
}

fn entries(tokens: &Tokens<'_>, found: &[Found], name: &str, known: &[&str]) -> Vec<Entry> {
    let ranged = known.contains(&"date_from");
    let of = |kind: Kind| found.iter().filter(move |found| found.kind == kind && !found.loose);
    let role = |kind: Kind, role: Role| {
        let all: Vec<&Found> = of(kind).collect();
        all.iter().copied().filter(|found| !ranged || end(tokens, &all, found) == role).collect::<Vec<_>>().into_iter()
    };
    let whole = |found: Option<&Found>| found.map(|found| Entry::of(found, found.tokens.clone())).into_iter().collect();
    match name {
        "people" | "adults" | "kids" if known.contains(&"adults") => guests::told(tokens, of(Kind::People), name),
        "people" => whole(one(of(Kind::People))),
        "party_size_number" => numerals(tokens, of(Kind::People)),
        "time" if ranged => whole(one(role(Kind::Time, Role::Only))),
        "time" => one(of(Kind::Time)).map(|found| Entry::of(found, time_words(tokens, found))).into_iter().collect(),
        // A table is booked for a day to come: "yesterday" is when somebody called.
        "date" => whole(one(role(Kind::Date, Role::Only).filter(|found| ranged || !is_ago(tokens, found)))),
        "date_from" => whole(one(role(Kind::Date, Role::From))),
        "date_to" => whole(one(role(Kind::Date, Role::To))),
        "time_from" => whole(one(role(Kind::Time, Role::From))),
        "time_to" => whole(one(role(Kind::Time, Role::To))),
        "first_name" => whole(one(of(Kind::FirstName))),
        "last_name" => whole(one(of(Kind::LastName))),
        "person_name" => whole(one(of(Kind::Name))),
        "amount_of_money" => whole(one(of(Kind::Money))),
        "number" if tokens.len() <= 2 => whole(one(of(Kind::Number))),
        "rooms" => guests::rooms(tokens),
        "timeRange" => ranges(found),
        _ => Vec::new(),
    }
}

/// Which end of a stretch of time something is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Only,
    From,
    To,
}

/// Which end of a stretch a day or a time is, by the words before it and the other end.
fn end(tokens: &Tokens<'_>, all: &[&Found], found: &Found) -> Role {
    let article = |at: usize| usize::from(at > 0 && tokens.is(at - 1, &["the", "on", "el"]));
    let pack = pack::of(tokens.language);
    // "Friday to Sunday": the joint stands between two of a kind.
    let joined = |from: &Found, to: &Found| {
        let start = to.tokens.start - article(to.tokens.start);
        from.tokens.end < start && from.tokens.end + tokens.said(from.tokens.end, &pack.until) == start
    };
    if all.iter().any(|other| joined(found, other)) {
        return Role::From;
    }
    if all.iter().any(|other| joined(other, found)) {
        return Role::To;
    }
    let said = |words: &[&str]| (1..=4).any(|back| words.contains(&tokens.before(found.tokens.start, back)));
    let near = |words: &[&str]| words.contains(&tokens.before(found.tokens.start - article(found.tokens.start), 1));
    let stay =
        (0..tokens.len()).any(|at| tokens.is(at, &["night", "nights", "room", "rooms", "suite", "stay", "staying"]));
    if near(&["until", "till", "to", "by", "hasta"])
        || said(&["leaving", "leave", "depart", "departing", "out", "return", "returning"])
    {
        return Role::To;
    }
    let arrives =
        said(&["arrive", "arriving", "coming", "come", "since", "starting"]) || near(&["from", "since", "desde"]);
    if arrives || found.kind == Kind::Date && stay { Role::From } else { Role::Only }
}

/// Whether a day is told by how long ago it was.
fn is_ago(tokens: &Tokens<'_>, found: &Found) -> bool {
    let last = tokens.word(found.tokens.end.saturating_sub(1));
    matches!(last, "ago" | "yesterday" | "ayer" | "anoche") || tokens.is(found.tokens.start, &["hace", "last"])
}

/// The parties that are told by one number, as that number.
fn numerals<'a>(tokens: &Tokens<'_>, found: impl Iterator<Item = &'a Found>) -> Vec<Entry> {
    let number = |found: &&Found| whole(tokens, found.narrow.start).is_some_and(|(_, used)| used == found.narrow.len());
    one(found.filter(number)).map(|found| Entry::of(found, found.narrow.clone())).into_iter().collect()
}

/// A slot holds one: of several, the last.
fn one<'a>(found: impl Iterator<Item = &'a Found>) -> Option<&'a Found> {
    found.last()
}

/// The words of a time without a part of the day that stands apart from it: "7:30" of "7:30 in the morning", "8" of
/// "8 o'clock".
fn time_words(tokens: &Tokens<'_>, found: &Found) -> Range<usize> {
    let next = tokens.word(found.narrow.end);
    let apart = found.minutes_said && !matches!(next, "tonight" | "tonite")
        || matches!(next, "ish" | "o'clock" | "o'" | "oclock");
    if apart { found.narrow.clone() } else { found.tokens.clone() }
}

/// Dates and times as one slot: "tomorrow at seven".
fn ranges(found: &[Found]) -> Vec<Entry> {
    let mut out: Vec<Entry> = Vec::new();
    for found in found.iter().filter(|found| matches!(found.kind, Kind::Date | Kind::Time)) {
        let part = match &found.readings[..] {
            [only] => text(only),
            _ => Json::Null,
        };
        let several = found.readings.len() > 1;
        let mut more = vec![(if found.kind == Kind::Date { "date" } else { "time" }, part)];
        if found.kind == Kind::Time && several {
            more.push(("ambiguous", json!(true)));
        }
        match out.last_mut().filter(|last| found.tokens.start < last.tokens.end + 2) {
            Some(last) => {
                last.tokens.end = last.tokens.end.max(found.tokens.end);
                last.more.extend(more);
            }
            None => out.push(Entry { tokens: found.tokens.clone(), readings: Vec::new(), more }),
        }
    }
    out
}

fn code_points(tokens: &Tokens<'_>, range: &Range<usize>) -> [usize; 2] {
    let span = tokens.span(range);
    let count = |end: usize| tokens.utterance.get(..end).map_or(0, |text| text.chars().count());
    [count(span.start), count(span.end)]
}

fn text(value: &Value) -> Json {
    match value {
        Value::Number(number) => json!(number),
        Value::Date(date) => json!(date.to_string()),
        Value::Time(time) => json!(format!("{:02}:{:02}", time.hour(), time.minute())),
        Value::Minutes(minutes) => json!(minutes),
        Value::Money(amount, currency) => json!({"amount": amount, "currency": currency}),
        Value::YesNo(yes) => json!(yes),
        Value::Text(text) => json!(text),
    }
}
