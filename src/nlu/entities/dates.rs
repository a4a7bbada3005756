//! Days: "tomorrow", "next Friday", "the fifth of March", "in two weeks", "2026-03-05".

use super::calendar::{self, Partial};
use super::durations::{Length, length};
use super::numbers::ordinal;
use super::pack::{Pack, Phrases, Which};
use super::tokens::Tokens;
use super::{Found, Kind, Value};
use jiff::civil::Date;

/// A day that starts at some token.
pub(super) struct Day {
    readings: Vec<Date>,
    used: usize,
    /// It names no definite day at all: "any day".
    loose: bool,
    /// It is told by its day alone: "the 4th".
    partial: Option<Partial>,
}

impl Day {
    pub(super) fn of(date: Option<Date>, used: usize) -> Self {
        Self { readings: date.into_iter().collect(), used, loose: false, partial: None }
    }

    /// A day without its month, the next one.
    pub(super) fn alone(partial: Partial, today: Date, used: usize) -> Self {
        Self { partial: Some(partial), ..Self::of(partial.resolve(today), used) }
    }
}

/// What days are looked for in.
pub(super) struct Dates<'a> {
    pub(super) tokens: &'a Tokens<'a>,
    pub(super) pack: &'static Pack,
    pub(super) today: Date,
    /// Whether a date was just asked for.
    pub(super) wanted: bool,
}

impl Dates<'_> {
    /// The days in the sentence.
    pub(super) fn find(&self) -> Vec<Found> {
        let mut days: Vec<(usize, Day)> = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let Some(mut day) = self.day(at) else {
                at += 1;
                continue;
            };
            if let Some((from, first)) = days.last_mut() {
                self.join(*from + first.used..at, first, &mut day);
            }
            let used = day.used.max(1);
            days.push((at, day));
            at += used;
        }
        let found = |(at, day): (usize, Day)| {
            let readings = day.readings.into_iter().map(Value::Date).collect();
            Found { loose: day.loose, ..Found::new(Kind::Date, at..at + day.used, readings) }
        };
        days.into_iter().map(found).collect()
    }

    /// Both ends of a range are of one stretch: "from April 11th to the 13th", "from the 1st until the 7th of June".
    fn join(&self, between: std::ops::Range<usize>, first: &mut Day, last: &mut Day) {
        let until = self.tokens.said(between.start, &self.pack.until);
        let rest = self.tokens.skip(between.start + until, &["the", "el"]);
        if until == 0 || between.start + until + rest != between.end {
            return;
        }
        match (first.partial, last.partial, &first.readings[..], &last.readings[..]) {
            (_, Some(partial), [from], _) => last.readings = partial.resolve(*from).into_iter().collect(),
            (Some(partial), None, _, [to]) => first.readings = partial.resolve_before(*to).into_iter().collect(),
            _ => {}
        }
    }

    fn day(&self, at: usize) -> Option<Day> {
        let attempts = [
            self.near_today(at),
            self.lengths_on(at),
            self.figures(at),
            self.nth_weekday(at),
            self.written(at),
            self.weekday(at),
            self.holiday(at),
            self.vague(at),
        ];
        // The longest wins, the first of equals.
        attempts.into_iter().flatten().fold(None, |best: Option<Day>, next| match best {
            Some(best) if best.used >= next.used => Some(best),
            _ => Some(next),
        })
    }

    /// "tomorrow", "tonight", "day after tomorrow".
    fn near_today(&self, at: usize) -> Option<Day> {
        let tokens = self.tokens;
        // "de la mañana" is a part of the day.
        if tokens.is(at, &["manana"]) && matches!(tokens.before(at, 1), "la" | "esta") {
            return None;
        }
        if tokens.is(at, NOW) {
            return said_now(tokens, at).then(|| Day::of(Some(self.today), 1));
        }
        if let Some((days, used)) = tokens.longest(at, &self.pack.days) {
            return Some(Day::of(calendar::plus_days(self.today, i64::from(days)), used));
        }
        let (_, used) = tokens.longest(at, &self.pack.today_parts)?;
        Some(Day::of(Some(self.today), used))
    }

    /// "in two weeks", "three days from now", "a week from Friday", "two days ago".
    fn lengths_on(&self, at: usize) -> Option<Day> {
        let (tokens, pack) = (self.tokens, self.pack);
        let ahead = tokens.said(at, &pack.ahead);
        let ago = tokens.said(at, &pack.ago);
        let lead = ahead.max(ago);
        let (length, words) = length(tokens, at + lead, pack)?;
        // "seven nights from Thursday" is how long, not when.
        let nights = (at..at + lead + words).any(|at| tokens.is(at, &["night", "nights", "noche", "noches"]));
        if length.fine || nights && ahead == 0 {
            return None;
        }
        let used = lead + words;
        if ago > 0 {
            return Some(self.on(self.today, length, -1, used));
        }
        if let Some((_, more)) = tokens.longest(at + used, &pack.ago) {
            return Some(self.on(self.today, length, -1, used + more));
        }
        if ahead == 0
            && let Some((_, joint)) = tokens.longest(at + used, &pack.from)
            && let Some(base) = self.base(at + used + joint)
            && let [date, ..] = base.readings[..]
        {
            return Some(self.on(date, length, 1, used + joint + base.used));
        }
        // "in two weeks" is all of it, with or without "time" behind.
        let behind =
            if ahead > 0 && tokens.is(at + used, &["time", "'"]) { 0 } else { tokens.said(at + used, &pack.from_now) };
        // "for a week" is no day, "in a week" is.
        (ahead > 0 || behind > 0).then(|| self.on(self.today, length, 1, used + behind))
    }

    /// The day that a length is counted from.
    fn base(&self, at: usize) -> Option<Day> {
        let day = self.near_today(at).or_else(|| self.written(at)).or_else(|| {
            let (day, used) = self.weekday_name(at)?;
            let [first, ..] = calendar::weekdays(self.today, day, None)[..] else { return None };
            // Counted from a weekday that is today's own, today is meant.
            Some(Day::of(Some(first), used))
        })?;
        (!day.readings.is_empty()).then_some(day)
    }

    fn on(&self, from: Date, length: Length, sign: i64, used: usize) -> Day {
        if length.vague {
            return Day::of(None, used);
        }
        let date = calendar::plus_months(from, sign * length.months)
            .and_then(|date| calendar::plus_days(date, sign * length.days));
        Day::of(date, used)
    }

    /// "2026-03-05", "3/5/2026", "3/5".
    fn figures(&self, at: usize) -> Option<Day> {
        let tokens = self.tokens;
        let part = |at: usize| {
            let token = tokens.get(at).filter(|token| token.is_digits() && token.text.len() <= 4)?;
            token.text.parse::<i16>().ok()
        };
        let joint = |at: usize, marks: &[&str]| tokens.get(at).is_some_and(|token| token.joined_by(marks));
        let first = part(at)?;
        if joint(at, &["/", "-", "."]) || !joint(at + 1, &["/", "-", "."]) {
            return None;
        }
        let second = part(at + 1)?;
        let third = part(at + 2).filter(|_| joint(at + 2, &["/", "-", "."]));
        let (year, a, b, used) = match third {
            Some(third) if tokens.word(at).len() == 4 => (Some(first), second, third, 3),
            Some(third) if tokens.word(at + 2).len() == 4 => (Some(third), first, second, 3),
            Some(third) if tokens.word(at + 2).len() == 2 => (Some(2000 + third), first, second, 3),
            None if joint(at + 1, &["/"]) => (None, first, second, 2),
            _ => return None,
        };
        let sorted = tokens.word(at).len() == 4;
        let month_first = sorted || self.pack.month_first && tokens.get(at + 1).is_some_and(|next| next.gap != ".");
        let (month, day) = if a <= 12 && (month_first || b > 12) { (a, b) } else { (b, a) };
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let this_year = tokens.phrase(at + used, "this year").filter(|_| year.is_none());
        let partial = Partial {
            year: year.or_else(|| this_year.map(|_| self.today.year())),
            month: i8::try_from(month).ok(),
            day: i8::try_from(day).ok()?,
            weekday: None,
        };
        Some(Day::of(partial.resolve(self.today), used + this_year.unwrap_or(0)))
    }

    /// "the first Monday of February", "last Friday of this month".
    fn nth_weekday(&self, at: usize) -> Option<Day> {
        let tokens = self.tokens;
        let (nth, mut used) = match tokens.word(at) {
            "last" => (-1, 1),
            _ => ordinal(tokens, at).and_then(|(place, used)| Some((i8::try_from(place).ok()?, used)))?,
        };
        let (day, words) = self.weekday_name(at + used).filter(|_| (-1..=5).contains(&nth))?;
        used += words;
        let mut joint = 0;
        while let Some((_, words)) = tokens.longest(at + used + joint, &self.pack.of) {
            joint += words;
        }
        if joint == 0 {
            return None;
        }
        used += joint;
        if let Some((months, words)) = self.month_from_now(at + used) {
            let date = calendar::plus_months(self.today, months)
                .and_then(|date| calendar::nth_weekday(date.year(), date.month(), day, nth));
            return Some(Day::of(date, used + words));
        }
        let (month, words) = self.month(at + used)?;
        let year = self.today.year();
        let date = [year, year.saturating_add(1)]
            .into_iter()
            .filter_map(|year| calendar::nth_weekday(year, month, day, nth))
            .find(|date| *date >= self.today);
        Some(Day::of(date, used + words))
    }

    /// "this month", "next month": how many months on.
    pub(super) fn month_from_now(&self, at: usize) -> Option<(i64, usize)> {
        let months: &[(&str, i64)] = &[
            ("this month", 0),
            ("the month", 0),
            ("month", 0),
            ("next month", 1),
            ("este mes", 0),
            ("mes que viene", 1),
            ("proximo mes", 1),
        ];
        self.tokens.one_of(at, months)
    }

    /// "Friday", "next Friday", "Friday next week".
    fn weekday(&self, at: usize) -> Option<Day> {
        let tokens = self.tokens;
        for (phrase, weeks) in [
            ("next week", 1),
            ("this week", 0),
            ("last week", -1),
            ("la semana que viene", 1),
            ("la proxima semana", 1),
            ("esta semana", 0),
        ] {
            if let Some(words) = tokens.phrase(at, phrase) {
                let joint = tokens.skip(at + words, &["on", "el"]);
                let (day, more) = self.weekday_name(at + words + joint)?;
                return Some(Day::of(calendar::of_week(self.today, day, weeks), words + joint + more));
            }
            let article = tokens.skip(at, &["el"]);
            if let Some((day, words)) = self.weekday_name(at + article).map(|(day, words)| (day, article + words)) {
                let joint = tokens.skip(at + words, &["of", "in", "de"]);
                if let Some(more) = tokens.phrase(at + words + joint, phrase) {
                    return Some(Day::of(calendar::of_week(self.today, day, weeks), words + joint + more));
                }
            }
        }
        let (which, lead) = match tokens.longest(at, &self.pack.which) {
            Some((which, words)) => (Some(which), words),
            None => (None, 0),
        };
        let (day, words) = self.weekday_name(at + lead)?;
        let used = lead + words;
        // "Thursday in two weeks"
        let ahead = tokens.said(at + used, &self.pack.ahead);
        if let Some((length, more)) = length(tokens, at + used + ahead, self.pack).filter(|_| ahead > 0)
            && length.days > 0
            && length.days % 7 == 0
            && length.months == 0
        {
            return Some(Day::of(calendar::of_week(self.today, day, length.days / 7), used + ahead + more));
        }
        let (which, used) = match tokens.one_of(at + used, BEHIND) {
            Some((behind, more)) => (Some(behind), used + more),
            None => (which, used),
        };
        if tokens.is(at + used, &["week"]) {
            // British: "Friday week" is a week after Friday.
            return Some(Day::of(calendar::of_week(self.today, day, 1), used + 1));
        }
        Some(Day { readings: calendar::weekdays(self.today, day, which), used, loose: false, partial: None })
    }

    /// "Christmas Eve".
    fn holiday(&self, at: usize) -> Option<Day> {
        let ((month, day), used) = self.tokens.longest(at, &self.pack.holidays)?;
        let partial = Partial { month: Some(month), day, ..Partial::default() };
        Some(Day::of(partial.resolve(self.today), used))
    }

    fn vague(&self, at: usize) -> Option<Day> {
        let tokens = self.tokens;
        if let Some((_, used)) = tokens.longest(at, &self.pack.vague_dates) {
            return Some(Day { readings: vec![], used, loose: true, partial: None });
        }
        // "in April", "next February": a month is no day.
        let lead = tokens.said(at, &self.pack.which);
        let (_, used) = self.month(at + lead).filter(|_| lead > 0 || matches!(tokens.before(at, 1), "in" | "en"))?;
        Some(Day { readings: vec![], used: lead + used, loose: true, partial: None })
    }

    pub(super) fn month(&self, at: usize) -> Option<(i8, usize)> {
        let found = self.tokens.longest(at, &self.pack.months);
        found.or_else(|| similar(self.tokens.word(at), &self.pack.months).map(|month| (month, 1)))
    }

    pub(super) fn weekday_name(&self, at: usize) -> Option<(i8, usize)> {
        let tokens = self.tokens;
        let word = tokens.word(at);
        if let Some(day) = self.pack.weekdays.meaning(word) {
            // "sat", "sun" and "wed" are words, too.
            let plain = word.len() > 3 || word == "tue" || word == "thu" || word == "fri";
            let next = at + 1;
            let with_date = self.month(next).is_some() || self.day_number(next).is_some() || tokens.is(next, &["the"]);
            let capital = tokens.get(at).is_some_and(|token| token.capital);
            let article = tokens.before(at, 1) == "the";
            return (plain || capital && !article || with_date || self.wanted).then_some((day, 1));
        }
        // "Teressa Fridal" is a name.
        let in_name = at > 1
            && [at - 1, at].iter().all(|&at| tokens.get(at).is_some_and(|token| token.capital && !token.apart()));
        similar(word, &self.pack.weekdays).filter(|_| !in_name).map(|day| (day, 1))
    }
}

const NOW: &[&str] = &["now", "ahora"];

/// Whether "now" is a time that is told, and not "it's just five now".
pub(super) fn said_now(tokens: &Tokens<'_>, at: usize) -> bool {
    let before = tokens.before(at, 1);
    let bye = before == "for" && matches!(tokens.before(at, 2), "all" | "that" | "it" | "bye" | "");
    let told = !bye
        && matches!(
            before,
            "right"
                | "for"
                | "in"
                | "free"
                | "available"
                | "open"
                | "starting"
                | "come"
                | "restaurant"
                | "table"
                | "eat"
        );
    tokens.is(at, NOW) && (told || tokens.len() <= 2) || tokens.is(at, &["ahora"]) && tokens.is(at + 1, &["mismo"])
}

/// What follows a weekday and says which one.
const BEHIND: &[(&str, Which)] =
    &[("que viene", Which::This), ("proximo", Which::Next), ("siguiente", Which::Next), ("pasado", Which::Last)];

/// A long word that a recogniser or a hasty writer got a letter wrong in.
fn similar(word: &str, table: &Phrases<i8>) -> Option<i8> {
    if word.len() < 6 {
        return None;
    }
    let near = |name: &str| {
        let most = if name.len() >= 8 { 2 } else { 1 };
        name.len() >= 6 && name.get(..1) == word.get(..1) && strsim::osa_distance(name, word) <= most
    };
    table.words().find(|(name, _)| near(name)).map(|(_, value)| value)
}
