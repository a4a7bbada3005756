//! Lengths of time: "two and a half hours", "three weeks and two days".

use super::numbers::number;
use super::pack::{Pack, Unit};
use super::tokens::Tokens;
use super::{Found, Kind, Value};

/// A length of time as it is said.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Length {
    pub(super) months: i64,
    pub(super) days: i64,
    pub(super) minutes: i64,
    /// Whether hours or minutes are said.
    pub(super) fine: bool,
    /// Whether an amount is not told: "a few hours".
    pub(super) vague: bool,
}

impl Length {
    fn add(&mut self, count: f64, unit: Unit) {
        #[allow(clippy::cast_possible_truncation)]
        let whole = |count: f64| count.clamp(-1e6, 1e6).round() as i64;
        match unit {
            // Seconds are below what is reckoned in.
            Unit::Second => self.vague = true,
            Unit::Minute => self.minutes += whole(count),
            Unit::Hour => self.minutes += whole(count * 60.0),
            Unit::Day => self.days += whole(count),
            Unit::Week => self.days += whole(count * 7.0),
            Unit::Fortnight => self.days += whole(count * 14.0),
            Unit::Month => {
                self.months += whole(count.trunc());
                self.days += whole(count.fract() * 30.0);
            }
            Unit::Year => self.months += whole(count * 12.0),
        }
        self.fine |= matches!(unit, Unit::Second | Unit::Minute | Unit::Hour);
    }

    fn in_minutes(self) -> i64 {
        (self.months * 30 + self.days) * 24 * 60 + self.minutes
    }
}

/// The length of time that starts here, and how many tokens it takes.
pub(super) fn length(tokens: &Tokens<'_>, at: usize, pack: &Pack) -> Option<(Length, usize)> {
    let mut length = Length::default();
    let (mut unit, mut used) = one(tokens, at, pack, &mut length)?;
    loop {
        let joint = tokens.said(at + used, &pack.and);
        if let Some(words) = half_behind(tokens, at + used + joint, pack).filter(|_| joint > 0) {
            length.add(0.5, unit);
            used += joint + words;
            continue;
        }
        match one(tokens, at + used + joint, pack, &mut length) {
            Some((next, more)) if joint > 0 || !tokens.apart(at + used) => {
                used += joint + more;
                unit = next;
            }
            _ => return Some((length, used)),
        }
    }
}

/// "an hour and a half", "two years and a half": half of the unit said last.
fn half_behind(tokens: &Tokens<'_>, at: usize, pack: &Pack) -> Option<usize> {
    let words =
        tokens.phrase(at, "a half").or_else(|| tokens.phrase(at, "media")).or_else(|| tokens.phrase(at, "medio"))?;
    (tokens.said(at + words, &pack.units) == 0).then_some(words)
}

fn one(tokens: &Tokens<'_>, at: usize, pack: &Pack, length: &mut Length) -> Option<(Unit, usize)> {
    let told = count(tokens, at, pack);
    let vague = tokens.said(at, &pack.vague_counts);
    let (count, mut used) = match told {
        Some((count, used)) if used >= vague => (Some(count), used),
        _ if vague > 0 => (None, vague),
        _ => return None,
    };
    if tokens.is(at + used, &["more", "full", "whole", "additional", "long", "mas"]) {
        used += 1;
    }
    let (unit, words) = tokens.longest(at + used, &pack.units)?;
    match count {
        Some(count) => length.add(count, unit),
        None => {
            length.vague = true;
            length.add(0.0, unit);
        }
    }
    Some((unit, used + words))
}

/// How many, in words or digits: "a couple of", "two and a half".
fn count(tokens: &Tokens<'_>, at: usize, pack: &Pack) -> Option<(f64, usize)> {
    let phrase = tokens.longest(at, &pack.counts);
    let said = number(tokens, at);
    let (count, used) = match (phrase, said) {
        (Some(phrase), Some(said)) if phrase.1 > said.1 => phrase,
        (_, Some(said)) => said,
        (phrase, None) => phrase?,
    };
    match tokens.phrase(at + used, "and a half").or_else(|| tokens.phrase(at + used, "y medio")) {
        Some(words) => Some((count + 0.5, used + words)),
        None => Some((count, used)),
    }
}

/// Lengths of time in the sentence.
pub(super) fn find(tokens: &Tokens<'_>, pack: &Pack, taken: &dyn Fn(usize) -> bool) -> Vec<Found> {
    let mut out = Vec::new();
    let mut at = 0;
    // "an eight year old", "a second card"
    let other = |at: usize, used: usize| {
        tokens.is(at + used, &["old"]) || used == 2 && tokens.is(at, &["a"]) && tokens.is(at + 1, &["second"])
    };
    while at < tokens.len() {
        match length(tokens, at, pack).filter(|(_, used)| !taken(at) && !other(at, *used)) {
            Some((length, used)) => {
                let value = if length.vague { vec![] } else { vec![Value::Minutes(length.in_minutes())] };
                out.push(Found::new(Kind::Duration, at..at + used, value));
                at += used;
            }
            None => at += 1,
        }
    }
    out
}
