//! What words say of the world: dates, times, numbers, names. Pure: "tomorrow" is reckoned from a moment that is given.
//!
//! An utterance becomes words that know where they stand (`tokens`). Each kind has a file that finds it there, with the
//! words of the language's `pack`. They are asked in an order: what a date or an amount has taken is no time any more, and
//! what a time has taken no party size. What was just asked settles what a bare "seven" or "Misha" is.

mod calendar;
mod clock;
mod codes;
mod dates;
mod durations;
mod en;
mod es;
mod given;
mod guests;
pub mod items;
mod members;
mod money;
mod names;
mod numbers;
mod pack;
mod people;
mod phone;
pub mod slots;
#[cfg(test)]
mod tests;
mod times;
mod tokens;
mod written;
mod yes_no;

use super::Language;
use jiff::civil;
use pack::{Bound, Pack};
use std::ops::Range;
use tokens::Tokens;

/// What kind of thing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A number, cardinal or decimal.
    Number,
    /// A place in an order: "the third".
    Ordinal,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A length of time.
    Duration,
    /// How many people: "two of us and a baby".
    People,
    /// A person's first name.
    FirstName,
    /// A person's last name.
    LastName,
    /// A person's name, first, last or both.
    Name,
    /// A telephone number.
    Phone,
    /// An amount of money.
    Money,
    /// Yes or no.
    YesNo,
    /// Letters and digits: "A B one two three four".
    Code,
}

/// The value of an [`Entity`].
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A day.
    Date(civil::Date),
    /// A time of day.
    Time(civil::Time),
    /// A length of time, in minutes.
    Minutes(i64),
    /// An amount and its ISO 4217 currency, where one is said.
    Money(f64, Option<&'static str>),
    /// Yes or no.
    YesNo(bool),
    /// A name, a telephone number or a code, as it is written.
    Text(String),
}

/// Something found in an utterance.
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    /// What kind.
    pub kind: Kind,
    /// Where it is said, in bytes of the utterance.
    pub span: Range<usize>,
    /// What it can mean: one value where it is clear, several where it is ambiguous ("at seven"), none where it says
    /// something that cannot be settled ("after five", "a few friends").
    pub readings: Vec<Value>,
    /// How sure it is that this is said at all, from 0 to 1.
    pub confidence: f64,
}

/// What entities are reckoned from.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// The local time of the call.
    pub now: civil::DateTime,
    /// Opening hours, both ends included: a time with one reading within them is settled by them.
    pub hours: Option<(civil::Time, civil::Time)>,
}

/// The entities of an utterance, in the order said; those of one kind do not overlap. `wanted` is what was just asked: a bare
/// "seven" is a time where a time was asked for, a number of people where that was. Of two where the later corrects the
/// earlier ("seven, no, eight"), only the later is given.
pub fn find(utterance: &str, language: Language, moment: &Moment, wanted: &[Kind]) -> Vec<Entity> {
    let tokens = Tokens::of(utterance, language);
    let mut entities: Vec<Entity> = search(&tokens, moment, wanted)
        .into_iter()
        .map(|found| Entity {
            kind: found.kind,
            span: tokens.span(&found.tokens),
            // "after five" is said of no single time.
            readings: if found.bound.is_some() { Vec::new() } else { found.readings },
            confidence: found.confidence,
        })
        .filter(|entity| !entity.span.is_empty())
        .collect();
    entities.sort_by_key(|entity| (entity.span.start, entity.span.end));
    entities
}

/// Something found, by its tokens.
#[derive(Debug, Clone)]
struct Found {
    kind: Kind,
    tokens: Range<usize>,
    /// The part that tells the value: the number of "four people", the time of "seven in the evening".
    narrow: Range<usize>,
    readings: Vec<Value>,
    confidence: f64,
    /// The time is a bound: "after five".
    bound: Option<Bound>,
    /// It speaks of such a thing without telling one: "any day".
    loose: bool,
    /// A time with its minutes: "7:30".
    minutes_said: bool,
    /// A day that is told by an expression of time: "in two hours".
    same_day: bool,
}

impl Found {
    fn new(kind: Kind, tokens: Range<usize>, readings: Vec<Value>) -> Self {
        let narrow = tokens.clone();
        let confidence = 0.9;
        Self {
            kind,
            tokens,
            narrow,
            readings,
            confidence,
            bound: None,
            loose: false,
            minutes_said: false,
            same_day: false,
        }
    }
}

/// All kinds, each with what the ones before have left.
fn search(tokens: &Tokens<'_>, moment: &Moment, wanted: &[Kind]) -> Vec<Found> {
    let pack = pack::of(tokens.language);
    let asked = |kind: Kind| wanted.contains(&kind);
    let mut all: Vec<Found> = Vec::new();

    if asked(Kind::Code) {
        all.extend(codes::find(tokens, true, &|_| false));
    }
    if asked(Kind::Phone) {
        let found = phone::find(tokens, true, &covered(&all, &[]));
        all.extend(found);
    }
    let dates = dates::Dates { tokens, pack, today: moment.now.date(), wanted: asked(Kind::Date) }.find();
    let free = covered(&all, &[]);
    let dates: Vec<Found> = dates.into_iter().filter(|date| !date.tokens.clone().any(&free)).collect();
    all.extend(dates);
    if !asked(Kind::Phone) {
        let found = phone::find(tokens, false, &covered(&all, &[]));
        all.extend(found);
    }
    let free = covered(&all, &[]);
    let money: Vec<Found> =
        money::find(tokens, pack).into_iter().filter(|money| !money.tokens.clone().any(&free)).collect();
    all.extend(money);
    let found = times::Times { tokens, pack, moment, wanted: asked(Kind::Time) }.find(&covered(&all, &[]));
    all.extend(found);
    let free = covered(&all, &[]);
    let (people, time) = (asked(Kind::People), asked(Kind::Time));
    all.extend(people::People { tokens, pack, wanted: people, time_wanted: time, taken: &free }.find());
    let taken = if asked(Kind::Duration) { Vec::new() } else { all.clone() };
    let found = durations::find(tokens, pack, &covered(&taken, &[]));
    all.extend(found);
    if !asked(Kind::Code) {
        let found = codes::find(tokens, false, &covered(&all, &[]));
        all.extend(found);
    }
    let names: Vec<Kind> = wanted.iter().copied().filter(|kind| is_name(*kind)).collect();
    let found = names::Names { tokens, pack, wanted: &names, cased: names::is_cased(tokens, pack) }
        .find(&covered(&all, &[Kind::People]));
    all.extend(found);
    if asked(Kind::Money) && !all.iter().any(|found| found.kind == Kind::Money) {
        let found = money::bare(tokens, &covered(&all, &[]));
        all.extend(found);
    }
    // Whoever asked for a number is told that of "four people", too.
    let but: &[Kind] = if asked(Kind::Number) { &[Kind::People, Kind::Time] } else { &[] };
    let found = numbers::find(tokens, asked(Kind::Number), &covered(&all, but));
    all.extend(found);
    all.extend(yes_no::find(tokens, pack, asked(Kind::YesNo)));
    let mut left = corrected(tokens, pack, all);
    left.sort_by_key(|found| (found.tokens.start, found.tokens.end));
    left
}

fn is_name(kind: Kind) -> bool {
    matches!(kind, Kind::Name | Kind::FirstName | Kind::LastName)
}

/// Whether a token is of something found, but for these kinds.
fn covered(all: &[Found], but: &[Kind]) -> impl Fn(usize) -> bool + use<> {
    let ranges: Vec<Range<usize>> = all
        .iter()
        .filter(|found| !found.loose && !but.contains(&found.kind))
        .map(|found| found.tokens.clone())
        .collect();
    move |at| ranges.iter().any(|range| range.contains(&at))
}

/// Without what is taken back: "seven, no, eight", "not Friday".
fn corrected(tokens: &Tokens<'_>, pack: &Pack, all: Vec<Found>) -> Vec<Found> {
    let denied = |found: &Found| {
        let before = found.tokens.start;
        tokens.ending(before, &pack.denials).is_some() && tokens.get(before).is_some_and(|token| !token.apart())
    };
    let keep: Vec<bool> = all
        .iter()
        .map(|found| {
            if matches!(found.kind, Kind::YesNo | Kind::Number | Kind::Ordinal) {
                return true;
            }
            let later = || {
                all.iter()
                    .filter(|other| other.kind == found.kind && other.tokens.start >= found.tokens.end && !other.loose)
            };
            let replaced = later().any(|other| says_correction(tokens, pack, found.tokens.end..other.tokens.start));
            let denied = denied(found) && (later().next().is_some() || tokens.language != Language::Spanish);
            !replaced && !denied
        })
        .collect();
    all.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(found, _)| found).collect()
}

fn says_correction(tokens: &Tokens<'_>, pack: &Pack, mut between: Range<usize>) -> bool {
    between.any(|at| tokens.longest(at, &pack.corrections).is_some())
}
