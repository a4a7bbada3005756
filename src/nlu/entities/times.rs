//! Times of day: "half past seven", "quarter to eight tonight", "at seven", "in two hours".

use super::clock::{Clock, clock};
use super::dates::said_now;
use super::durations::length;
use super::numbers::whole;
use super::pack::{Bound, Pack, Part};
use super::tokens::Tokens;
use super::{Found, Kind, Moment, Value};
use jiff::Span;

/// What times are looked for in.
pub(super) struct Times<'a> {
    pub(super) tokens: &'a Tokens<'a>,
    pub(super) pack: &'static Pack,
    pub(super) moment: &'a Moment,
    /// Whether a time was just asked for.
    pub(super) wanted: bool,
}

impl Times<'_> {
    /// The times in the sentence, and the days that such an expression tells as well ("in two hours").
    /// `taken` are the tokens of days and amounts.
    pub(super) fn find(&self, taken: &dyn Fn(usize) -> bool) -> Vec<Found> {
        let mut out: Vec<Found> = Vec::new();
        let part = self.part_of_day();
        let mut at = 0;
        while at < self.tokens.len() {
            let (found, used) = self.found(at, part, taken, out.last());
            out.extend(found);
            at += used.max(1);
        }
        let told = out.iter().any(|found| found.kind == Kind::Time);
        if !told {
            out.extend(self.vague());
        }
        out
    }

    fn found(
        &self,
        at: usize,
        part: Option<Part>,
        taken: &dyn Fn(usize) -> bool,
        last: Option<&Found>,
    ) -> (Vec<Found>, usize) {
        if let Some((found, used)) = self.length_on(at).filter(|_| !taken(at)) {
            return (found, used);
        }
        if said_now(self.tokens, at) {
            let now = self.moment.now.time();
            // To the minute: nobody means the second they speak in.
            let minute = now.with().second(0).subsec_nanosecond(0).build().unwrap_or(now);
            return (vec![Found::new(Kind::Time, at..at + 1, self.settled(vec![minute]))], 1);
        }
        let Some(said) = clock(self.tokens, at, self.pack).filter(|said| !(at..at + said.core).any(taken)) else {
            return (Vec::new(), 1);
        };
        let bound = self.bound(at, last);
        let bare = !said.sure
            && (self.is_day(at + said.core, taken)
                || self.counts_something(at + said.core)
                || match bound {
                    Some(_) => !self.ends(at + said.core, taken),
                    None => !self.is_time(at, &said, last),
                });
        if bare || self.is_party(at, &said) {
            return (Vec::new(), said.core);
        }
        let used = if (at + said.core..at + said.used).any(|at| taken(at) && !self.is_today(at)) {
            said.core
        } else {
            said.used
        };
        let mut found = Found::new(Kind::Time, at..at + used, self.settled(said.readings(part)));
        found.narrow = at..at + said.core;
        found.minutes_said = said.minutes_said;
        found.confidence = if said.sure { 0.95 } else { 0.8 };
        found.bound = bound;
        (vec![found], used)
    }

    fn is_today(&self, at: usize) -> bool {
        self.tokens.longest(at, &self.pack.today_parts).is_some()
            || self.tokens.ending(at + 1, &self.pack.today_parts).is_some()
    }

    /// Only the readings within the opening hours, if these leave just one.
    fn settled(&self, readings: Vec<jiff::civil::Time>) -> Vec<Value> {
        let open: Vec<_> = match self.moment.hours {
            Some((from, to)) => readings.iter().copied().filter(|time| (from..=to).contains(time)).collect(),
            None => Vec::new(),
        };
        let left = if open.len() == 1 { open } else { readings };
        left.into_iter().map(Value::Time).collect()
    }

    /// "in two hours", "45 minutes from now", "an hour before 6:30pm".
    fn length_on(&self, at: usize) -> Option<(Vec<Found>, usize)> {
        let (tokens, pack) = (self.tokens, self.pack);
        let ahead = tokens.said(at, &pack.ahead);
        let (length, words) = length(tokens, at + ahead, pack)?;
        let mut used = ahead + words;
        if !length.fine || length.months != 0 {
            return None;
        }
        if ahead == 0
            && tokens.is(at + used, &["after", "before", "past", "to"])
            && let Some(base) = clock(tokens, at + used + 1, pack).filter(|base| base.sure && !length.vague)
        {
            let back = tokens.is(at + used, &["before", "to"]);
            let minutes = Span::new().try_minutes(if back { -length.minutes } else { length.minutes }).ok()?;
            let readings = base.readings(None).into_iter().map(|time| time.wrapping_add(minutes)).collect();
            used += 1 + base.used;
            let mut found = Found::new(Kind::Time, at..at + used, self.settled(readings));
            found.minutes_said = true;
            return Some((vec![found], used));
        }
        let ago = tokens.said(at + used, &pack.ago);
        used += ago.max(tokens.said(at + used, &pack.from_now));
        if used == words {
            return None;
        }
        let sign = if ago > 0 { -1 } else { 1 };
        let later = Span::new().try_minutes(sign * length.minutes).and_then(|span| span.try_days(sign * length.days));
        let then = self.moment.now.checked_add(later.ok()?).ok()?;
        let then = then.with().second(0).subsec_nanosecond(0).build().ok()?;
        let (times, dates) = if length.vague {
            (vec![], vec![Value::Date(self.moment.now.date())])
        } else {
            (vec![Value::Time(then.time())], vec![Value::Date(then.date())])
        };
        let mut date = Found::new(Kind::Date, at..at + used, dates);
        date.same_day = true;
        Some((vec![Found::new(Kind::Time, at..at + used, times), date], used))
    }

    /// Whether a bare number is a time here: "at seven", or a time was asked for.
    fn is_time(&self, at: usize, said: &Clock, last: Option<&Found>) -> bool {
        let (tokens, pack) = (self.tokens, self.pack);
        let behind = at + said.core;
        if said.hour == 0 && !self.wanted || tokens.ending(at, &pack.option).is_some() {
            return false;
        }
        // "seven or eight in the evening"
        let or = tokens.is(behind, &["or", "o", "u"]) && clock(tokens, behind + 1, pack).is_some_and(|next| next.sure);
        // "7 or 8", "between six and seven"
        let paired = last.is_some_and(|last| {
            last.kind == Kind::Time
                && last.tokens.end + 1 == at
                && tokens.is(at - 1, &["or", "o", "to", "and", "y", "a", "u"])
        });
        let a_time = match tokens.ending(at, &pack.at) {
            // "like 6", "about 10" may be people, too.
            Some(_)
                if tokens.is(at.saturating_sub(1), &["like", "about", "say", "around", "approximately", "roughly"]) =>
            {
                self.wanted || tokens.is(at.saturating_sub(1), &["around"])
            }
            Some(_) => true,
            None => false,
        };
        // "seven pm, no, eight"
        let corrects = last.is_some_and(|last| last.kind == Kind::Time && !self.number_between(last.tokens.end, at))
            && tokens.ending(at, &pack.corrections).is_some();
        // "nine thirty" may be an amount or a flight, "for nine thirty" hardly.
        let announced = said.minutes_said
            && (at == 0 && (said.hour <= 12 || said.minute.is_multiple_of(5))
                || at > 0 && tokens.is(at - 1, &["for", "is", "make", "until", "las", "la"]));
        if a_time || paired || or || corrects || announced {
            return true;
        }
        let wide = tokens.ending(at, &pack.before_size).is_some();
        let counted = ["with", "us", "all", "seats", "seat", "fit", "are", "'re", "con", "somos", "seremos"];
        let sized = wide || counted.contains(&tokens.before(at, 1));
        self.wanted && !sized && !self.sure_elsewhere(at) && !self.followed_by_or_in_length(at, said)
    }

    /// Whether a bound's number stands alone: "from one to three", but not "from one account".
    fn ends(&self, behind: usize, taken: &dyn Fn(usize) -> bool) -> bool {
        let (tokens, pack) = (self.tokens, self.pack);
        tokens.apart(behind)
            || taken(behind)
            || tokens.said(behind, &pack.goes_on) > 0
            || tokens.said(behind, &pack.until) > 0
            || tokens.said(behind, &pack.full_hour) > 0
    }

    /// "only two tonight", "for 2 tonight at 8:30": the people who come tonight.
    fn is_party(&self, at: usize, said: &Clock) -> bool {
        let tonight = said.used > said.core && self.is_today(at + said.core);
        let sized = self.tokens.ending(at, &self.pack.before_size).is_some()
            || self.tokens.ending(at, &self.pack.perhaps_size).is_some();
        tonight && sized && !said.minutes_said && !self.wanted && self.tokens.ending(at, &self.pack.at).is_none()
    }

    /// "from 1-31st", "from 5 to 23 January": the number is of the day that follows.
    fn is_day(&self, behind: usize, taken: &dyn Fn(usize) -> bool) -> bool {
        let tokens = self.tokens;
        let glued = tokens
            .get(behind)
            .is_some_and(|next| next.joined_by(&["-"]) && next.text.starts_with(|c: char| c.is_ascii_digit()));
        let until = tokens.said(behind, &self.pack.until);
        glued
            || until > 0
                && (0..3).any(|more| {
                    taken(behind + until + more)
                        && (0..more).all(|skipped| tokens.is(behind + until + skipped, &["the", "el"]))
                })
    }

    /// Another number stands in between, that a correction may be of.
    fn number_between(&self, from: usize, at: usize) -> bool {
        (from..at).any(|at| whole(self.tokens, at).is_some())
    }

    /// A time is told for sure elsewhere: the "two" of "two at two pm" is none.
    fn sure_elsewhere(&self, at: usize) -> bool {
        (0..self.tokens.len()).any(|other| {
            other != at
                && clock(self.tokens, other, self.pack)
                    .is_some_and(|clock| clock.sure && !(other..other + clock.used).contains(&at))
        })
    }

    /// "7 people", "7 of us", "7 days": the number counts what follows.
    fn counts_something(&self, behind: usize) -> bool {
        let (tokens, pack) = (self.tokens, self.pack);
        tokens.longest(behind, &pack.people).is_some()
            || tokens.longest(behind, &pack.person).is_some()
            || tokens.longest(behind, &pack.after_size).is_some()
            || tokens.longest(behind, &pack.units).is_some()
            || tokens.said(behind, &pack.things) > 0
                && !tokens.is(behind, &["am", "pm", "ish", "o'clock", "y", "en", "de"])
            || tokens.longest(behind, &pack.currencies).is_some()
            || tokens.is(behind, &["%", "percent", "table", "tables", "mesa", "mesas", "other", "more", "of"])
    }

    /// A number amid other numbers ("one two three four") is no time.
    fn followed_by_or_in_length(&self, at: usize, said: &Clock) -> bool {
        let after = whole(self.tokens, at + said.core).is_some() && !self.tokens.apart(at + said.core);
        let before = at > 0
            && whole(self.tokens, at - 1).is_some()
            && !self.tokens.apart(at)
            && self.tokens.before(at, 2) != "not";
        after && before
    }

    /// Whether the time is only bounded: "after five", "between six and seven".
    fn bound(&self, at: usize, last: Option<&Found>) -> Option<Bound> {
        let (tokens, pack) = (self.tokens, self.pack);
        if let Some(last) = last.filter(|last| last.kind == Kind::Time && last.bound == Some(Bound::From)) {
            let gap = last.tokens.end..at;
            let articles = tokens.skip(gap.start + 1, &["las", "la", "the"]);
            if tokens.longest(gap.start, &pack.until).is_some_and(|(_, words)| gap.start + words + articles == at) {
                return Some(Bound::To);
            }
        }
        let mut start = at;
        while let Some((_, words)) = tokens.ending(start, &pack.at).filter(|(_, words)| *words > 0) {
            if tokens.ending(start, &pack.bounds).is_some_and(|(_, longer)| longer > words) {
                break;
            }
            start -= words;
        }
        let (bound, words) = tokens.ending(start, &pack.bounds)?;
        // "from 7pm" bounds, "change it from 7pm to 8pm" tells both: the words before say which.
        let moved = tokens.is(start - words, &["from", "de"]) && self.moves(start - words);
        (!moved).then_some(bound)
    }

    /// "change it from", "move our table from".
    fn moves(&self, at: usize) -> bool {
        let from = at.saturating_sub(6);
        (from..at).any(|at| {
            self.tokens.is(
                at,
                &["change", "move", "moved", "changed", "switch", "swap", "push", "reschedule", "cambiar", "mover"],
            )
        })
    }

    /// The part of the day that the sentence says apart from any time; `None` if it says several.
    fn part_of_day(&self) -> Option<Part> {
        let (tokens, pack) = (self.tokens, self.pack);
        let mut found: Option<Part> = None;
        let mut at = 0;
        while at < tokens.len() {
            if let Some((_, used)) = tokens.longest(at, &pack.greetings) {
                at += used;
                continue;
            }
            let day = tokens.ending(at, &pack.days).is_some()
                || matches!(tokens.before(at, 1), "that" | "the" | "same")
                || pack.weekdays.meaning(tokens.before(at, 1)).is_some();
            let alone = tokens.longest(at, &pack.parts).filter(|(_, used)| *used > 1 || self.names_part(at));
            let part = tokens
                .longest(at, &pack.today_parts)
                .or_else(|| tokens.longest(at, &pack.day_parts).filter(|_| day))
                .or(alone.filter(|_| !tokens.is(at, &["a", "p"])));
            match part {
                Some((part, used)) => {
                    if found.is_some_and(|other| other != part) {
                        return None;
                    }
                    found = Some(part);
                    at += used;
                }
                None => at += 1,
            }
        }
        found
    }

    /// A bare "evening" beside a time: "evening 5.30".
    fn names_part(&self, at: usize) -> bool {
        let next = clock(self.tokens, at + 1, self.pack).is_some_and(|clock| clock.sure);
        next && self.tokens.is(at, &["morning", "afternoon", "evening"])
    }

    /// A time is spoken of and not told: "any time", "later today".
    fn vague(&self) -> Option<Found> {
        let tokens = self.tokens;
        (0..tokens.len()).find_map(|at| {
            let (_, used) = tokens.longest(at, &self.pack.vague_times)?;
            let whole = used >= tokens.len().saturating_sub(2);
            let mut found = Found::new(Kind::Time, at..at + used, vec![]);
            found.loose = true;
            (self.wanted || used > 1 || whole).then_some(found)
        })
    }
}
