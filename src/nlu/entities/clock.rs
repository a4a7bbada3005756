//! A clock time as it is said, and which times of day that can be.

use super::numbers::whole;
use super::pack::{Pack, Part};
use super::tokens::{Token, Tokens};
use crate::nlu::numbers::homophone;
use jiff::civil::Time;

/// A clock time that starts at some token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    /// As it is said: 0 to 24.
    pub(super) hour: u8,
    pub(super) minute: u8,
    /// Which part of the day is said with it.
    pub(super) part: Option<Part>,
    /// Whether it is of the 24 hour clock or has a name: one reading only.
    pub(super) definite: bool,
    /// Whether it can be nothing but a time; a bare number can be many things.
    pub(super) sure: bool,
    /// Whether minutes are said.
    pub(super) minutes_said: bool,
    /// How many tokens it takes without the part of the day.
    pub(super) core: usize,
    /// How many tokens it takes.
    pub(super) used: usize,
}

impl Clock {
    fn plain(hour: u64, minute: u64, used: usize) -> Option<Self> {
        let hour = u8::try_from(hour).ok().filter(|hour| *hour <= 24)?;
        let minute = u8::try_from(minute).ok().filter(|minute| *minute < 60)?;
        if hour == 24 && minute > 0 {
            return None;
        }
        let definite = hour > 12 || hour == 0;
        Some(Self { hour, minute, part: None, definite, sure: true, minutes_said: true, core: used, used })
    }

    /// The times of day it can be; `part` is what the sentence says of it elsewhere.
    pub(super) fn readings(&self, part: Option<Part>) -> Vec<Time> {
        let at =
            |hour: u8| Time::new(i8::try_from(hour % 24).unwrap_or(0), i8::try_from(self.minute).unwrap_or(0), 0, 0);
        let Ok(said) = at(self.hour) else { return Vec::new() };
        if self.hour > 12 {
            return vec![said];
        }
        let round = |half: u8| at(self.hour % 12 + 12 * half).ok();
        if self.definite && self.part.is_none() {
            return vec![said];
        }
        let part = self.part.or(part);
        let halves: &[u8] = match part {
            Some(Part::Morning) => &[0],
            Some(Part::Afternoon) => &[1],
            Some(Part::Night) if self.hour == 12 || (1..=4).contains(&self.hour) => &[0],
            Some(Part::Night) => &[1],
            None => &[0, 1],
        };
        halves.iter().filter_map(|half| round(*half)).collect()
    }
}

/// The clock time that starts at a token, if any.
pub(super) fn clock(tokens: &Tokens<'_>, at: usize, pack: &Pack) -> Option<Clock> {
    if let Some((minutes, used)) = tokens.longest(at, &pack.named_times) {
        let hour = u64::try_from(minutes / 60).unwrap_or(0);
        let named = Clock::plain(hour, 0, used)?;
        return Some(Clock { definite: true, minutes_said: false, ..named });
    }
    let found = past_to(tokens, at, pack).or_else(|| hour_first(tokens, at, pack))?;
    Some(with_part(tokens, at, found, pack))
}

/// "half past seven", "ten to four", "cuarto para las ocho".
fn past_to(tokens: &Tokens<'_>, at: usize, pack: &Pack) -> Option<Clock> {
    // The article of "a quarter past" is no part of the time.
    if tokens.is(at, &["a", "un"]) {
        return None;
    }
    let (minutes, used, counted) = match tokens.longest(at, &pack.fractions) {
        Some((minutes, used)) => (u64::try_from(minutes).ok()?, used, false),
        None => {
            let (minutes, used) = whole(tokens, at).filter(|(minutes, _)| (1..60).contains(minutes))?;
            (minutes, used, true)
        }
    };
    let Some((on, words)) = tokens.longest(at + used, &pack.past_to) else {
        // British: "half seven" is half past seven.
        let half = !counted && minutes == 30 && tokens.is(at, &["half"]) && !tokens.is(at + used, &["a", "an"]);
        let (hour, more) = whole(tokens, at + used).filter(|(hour, _)| half && (1..=12).contains(hour))?;
        return Clock::plain(hour, 30, used + more);
    };
    let word = tokens.word(at + used);
    // "ten after four", but "five of us" and "table for nine before ten".
    let bare = counted && words == 1;
    let allowed = match word {
        "of" => !counted,
        "to" | "till" | "til" | "before" | "after" => {
            !bare || minutes.is_multiple_of(5) && minutes <= 25 || tokens.is(at, &["half"])
        }
        _ => true,
    };
    let ranged =
        bare && tokens.is(at + used, &["to", "till", "til"]) && matches!(tokens.before(at, 1), "from" | "between");
    let sized = bare && tokens.ending(at, &pack.before_size).is_some() && word != "past" && word != "to";
    if !allowed || ranged || sized {
        return None;
    }
    let (hour, more) = hour_number(tokens, at + used + words)?;
    let used = used + words + more;
    if on {
        return Clock::plain(hour, minutes, used);
    }
    let before = match hour {
        0 => 23,
        1 => 12,
        13 => 12,
        hour => hour - 1,
    };
    let mut clock = Clock::plain(before, 60 - minutes, used)?;
    // A quarter to one in the afternoon is of the half that one is of.
    clock.definite = hour > 12 || hour == 0;
    Some(clock)
}

fn hour_number(tokens: &Tokens<'_>, at: usize) -> Option<(u64, usize)> {
    whole(tokens, at).filter(|(hour, _)| *hour <= 24)
}

/// "7:30", "seven thirty", "1930", "las siete y media", "7".
fn hour_first(tokens: &Tokens<'_>, at: usize, pack: &Pack) -> Option<Clock> {
    if let Some(clock) = compact(tokens, at, pack) {
        return Some(clock);
    }
    let (hour, used) = match hour_number(tokens, at) {
        Some(found) => found,
        None => {
            // "for p m", as a recogniser hears it.
            let hour = homophone(tokens.word(at))?.parse().ok()?;
            // "for eleven" is none, "too thirty" is.
            let preposition = tokens.is(at, &["for", "to"]) || tokens.get(at + 1).is_some_and(Token::is_digits);
            let minutes = minutes_behind(tokens, at + 1, pack).filter(|_| !preposition).map_or(0, |(_, used)| used);
            let part = tokens.said(at + 1 + minutes, &pack.parts) > 0;
            let half = tokens.is(at + 1, &["am", "pm", "p", "a"]);
            (hour, (part && (half || minutes > 0)).then_some(1)?)
        }
    };
    if tokens.get(at).is_some_and(|token| token.is_digits() && token.text.len() > 2) {
        return None;
    }
    if let Some((minute, more)) = minutes_behind(tokens, at + used, pack) {
        let marked = tokens.get(at + used).is_some_and(|token| token.glued || !token.gap.is_empty());
        let clock = Clock::plain(hour, minute, used + more)?;
        return Some(Clock { sure: marked, ..clock });
    }
    if let Some((on, joint)) = tokens.longest(at + used, &pack.hour_then)
        && let Some((minutes, more)) = spoken_minutes(tokens, at + used + joint, pack)
    {
        let total = if on { hour * 60 + minutes } else { (hour * 60).checked_sub(minutes)? };
        let hour = if !on && hour == 1 { 12 } else { total / 60 };
        return Clock::plain(hour, total % 60, used + joint + more);
    }
    let full = tokens.longest(at + used, &pack.full_hour).filter(|_| !is_length(tokens, at, used));
    let mut clock = Clock::plain(hour, 0, used)?;
    clock.minutes_said = false;
    clock.sure = false;
    clock.definite = hour > 12;
    if let Some((_, more)) = full {
        clock.sure = true;
        clock.used += more;
        // "0 hours" and "oh hundred" are of the 24 hour clock.
        clock.definite |= hour == 0;
    }
    Some(clock)
}

/// "two hours" is a length, "nineteen hours" a time.
fn is_length(tokens: &Tokens<'_>, at: usize, used: usize) -> bool {
    let hours = tokens.is(at + used, &["hours", "hr", "hrs", "horas", "h"]);
    hours
        && (hour_number(tokens, at).is_some_and(|(hour, _)| hour < 13)
            || tokens.is(at + used + 1, &["from"])
            || matches!(tokens.before(at, 1), "in" | "en" | "de" | "for"))
}

/// Minutes written or said right behind the hour: ":30", ".30", "thirty", "oh five".
fn minutes_behind(tokens: &Tokens<'_>, at: usize, pack: &Pack) -> Option<(u64, usize)> {
    let token = tokens.get(at)?;
    let digits = token.is_digits() && token.text.len() == 2;
    if token.is_digits() {
        let marked = token.joined_by(&[":", ".", ":.", "::", ";"]);
        // "7. 30 people" is two sentences.
        let spaced = !token.glued && (token.gap.is_empty() || token.gap == ":");
        // "7 30", but not "table for 7 30 minutes" nor "7 20 people".
        let counted = tokens.longest(at + 1, &pack.people).is_some() || tokens.longest(at + 1, &pack.units).is_some();
        let ok = digits && (marked || spaced && !counted);
        let seconds =
            tokens.get(at + 1).is_some_and(|next| next.is_digits() && next.text.len() == 2 && next.joined_by(&[":"]));
        let minute = ok.then(|| token.text.parse().ok()).flatten().filter(|minute| *minute < 60)?;
        return Some((minute, 1 + usize::from(marked && seconds)));
    }
    // "19h30"
    if token.glued && token.gap.is_empty() && token.text == "h" {
        let next = tokens.get(at + 1).filter(|next| next.glued && next.is_digits() && next.text.len() == 2)?;
        return next.text.parse().ok().map(|minute| (minute, 2));
    }
    if token.apart() || !(token.gap.is_empty() || token.gap == "-" || token.gap == ":") {
        return None;
    }
    if tokens.is(at, &["oh", "o", "zero", "cero"]) {
        let (minute, more) = whole(tokens, at + 1).filter(|(minute, _)| (1..10).contains(minute))?;
        return Some((minute, 1 + more));
    }
    let (minute, used) = whole(tokens, at).filter(|(minute, _)| (10..60).contains(minute))?;
    let counted = tokens.longest(at + used, &pack.people).is_some()
        || tokens.longest(at + used, &pack.units).is_some()
        || tokens.longest(at + used, &pack.past_to).is_some();
    (!counted).then_some((minute, used))
}

/// Minutes behind "y" or "menos": "media", "cuarto", "veinte".
fn spoken_minutes(tokens: &Tokens<'_>, at: usize, pack: &Pack) -> Option<(u64, usize)> {
    if let Some((minutes, used)) = tokens.longest(at, &pack.fractions) {
        return Some((u64::try_from(minutes).ok()?, used));
    }
    let (minutes, used) = whole(tokens, at).filter(|(minutes, _)| (1..60).contains(minutes))?;
    let counted =
        tokens.longest(at + used, &pack.people).is_some() || tokens.longest(at + used, &pack.person).is_some();
    (!counted).then_some((minutes, used))
}

/// "1930", "0700", "645pm": hours and minutes written as one number; "nineteen hundred hours".
fn compact(tokens: &Tokens<'_>, at: usize, pack: &Pack) -> Option<Clock> {
    let hundreds = |value: u64| value.is_multiple_of(100) && value > 0 && value <= 2400;
    if let Some((value, used)) = whole(tokens, at).filter(|(value, used)| *used > 1 && hundreds(*value)) {
        let hours = tokens.is(at + used, &["hours", "hrs", "horas"]);
        let clock = Clock::plain(value / 100, 0, used + usize::from(hours))?;
        // "nineteen hundred" alone may be a number, too.
        return (hours || value > 1200).then_some(Clock { definite: true, minutes_said: false, sure: hours, ..clock });
    }
    let token = tokens.get(at).filter(|token| token.is_digits() && (3..=4).contains(&token.text.len()))?;
    let value: u64 = token.text.parse().ok()?;
    let mut clock = Clock::plain(value / 100, value % 100, 1)?;
    let half = tokens.longest(at + 1, &pack.parts).is_some();
    let hours = tokens.is(at + 1, &["hours", "hrs", "hr", "horas"]);
    if hours {
        clock.used += 1;
        clock.definite = true;
    }
    clock.sure = half || hours;
    // A bare "1900" may be a year, "150" an amount.
    (clock.sure || token.text.len() == 4 && value.is_multiple_of(5) && clock.hour < 24).then_some(clock)
}

/// The part of the day behind a time: "pm", "in the evening", "tonight"; "ish" is skipped.
fn with_part(tokens: &Tokens<'_>, at: usize, mut clock: Clock, pack: &Pack) -> Clock {
    let mut behind = at + clock.used;
    let ish = tokens.is(behind, &["ish", "sharp"]);
    if ish {
        clock.sure = true;
        let glued = tokens.get(behind).is_some_and(|token| token.glued);
        behind += 1;
        if glued {
            clock.used += 1;
            clock.core = clock.used;
        }
    } else if tokens.is(behind, &["o'clock", "oclock"]) {
        behind += 1;
    }
    let apart = tokens.get(behind).is_some_and(super::tokens::Token::starts_sentence);
    // "9:15 night" is a time, "a four night stay" is none.
    let night = tokens.is(behind, &["night"]).then_some((Part::Night, 1)).filter(|_| clock.minutes_said);
    let found =
        night.or_else(|| tokens.longest(behind, &pack.parts)).or_else(|| tokens.longest(behind, &pack.today_parts));
    if let Some((part, words)) = found.filter(|_| !apart) {
        let meridiem = tokens.is(behind, &["am", "pm", "a", "p"]);
        clock.part = Some(part);
        clock.sure = true;
        clock.used = behind - at + words;
        if meridiem {
            clock.core = clock.used;
        }
        // "15:35 in the afternoon" stays what it is, "00:45 pm" is just after noon.
        clock.definite = clock.hour > 12;
    }
    clock
}
