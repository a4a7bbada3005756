//! Days: "tomorrow", "next Friday", "the fifth of March", "in two weeks", "2026-03-05".

use super::calendar::{self, Partial};
use super::durations::{Length, length};
use super::numbers::{ordinal, whole};
use super::pack::{Pack, Phrases, Which};
use super::tokens::Tokens;
use super::{Found, Kind, Value};
use jiff::civil::Date;

/// A day that starts at some token.
struct Day {
    readings: Vec<Date>,
    used: usize,
    /// It names no definite day at all: "any day".
    loose: bool,
}

impl Day {
    fn of(date: Option<Date>, used: usize) -> Self {
        Self { readings: date.into_iter().collect(), used, loose: false }
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
        let mut out: Vec<Found> = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let Some(day) = self.day(at) else {
                at += 1;
                continue;
            };
            let readings = day.readings.into_iter().map(Value::Date).collect();
            let mut found = Found::new(Kind::Date, at..at + day.used, readings);
            found.loose = day.loose;
            out.push(found);
            at += day.used.max(1);
        }
        out
    }

    fn day(&self, at: usize) -> Option<Day> {
        let attempts = [
            self.from_today(at),
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
    fn from_today(&self, at: usize) -> Option<Day> {
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
        if length.fine {
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
        let day = self.from_today(at).or_else(|| self.written(at)).or_else(|| {
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
        let (month, day) = if month_first && a <= 12 || b > 12 && a <= 12 { (a, b) } else { (b, a) };
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
    fn month_from_now(&self, at: usize) -> Option<(i64, usize)> {
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

    /// A day of a month, with the weekday, the month and the year as far as they are said.
    fn written(&self, at: usize) -> Option<Day> {
        let tokens = self.tokens;
        let mut partial = Partial::default();
        let mut used = 0;
        let mut first = at;
        // "el domingo 15 de junio"
        let article = tokens.skip(at, &["el"]);
        if let Some((day, words)) = self.weekday_name(at + article) {
            partial.weekday = Some(day);
            used = article + words;
            used += tokens.skip(at + used, &["on", "on the", "the", "el", "el dia", "dia"]);
            first = at + used;
        }
        let (month, day, words, sure) = self.month_and_day(first, partial.weekday.is_some())?;
        partial.month = month;
        partial.day = day;
        used += words;
        if month.is_none() {
            if let Some((months, words)) = self.this_month(at + used) {
                let date = calendar::plus_months(self.today.first_of_month(), months)
                    .and_then(|first| Date::new(first.year(), first.month(), day).ok());
                return Some(Day::of(date, used + words));
            }
            if !sure {
                return None;
            }
        }
        if let Some((year, words)) = self.year(at + used) {
            partial.year = Some(year);
            used += words;
            if partial.month.is_none() {
                // "Thursday the 16th 2018": the month is not said, so the year helps only if it is this one.
                partial.year = None;
            }
        } else if let Some(words) = tokens.phrase(at + used, "this year") {
            partial.year = Some(self.today.year());
            used += words;
        }
        used += self.trailing_weekday(at + used, &mut partial);
        Some(Day::of(partial.resolve(self.today), used))
    }

    /// "March 5th", "the fifth of March", "5 de marzo", "the 18th". The last is whether a day alone is a date.
    fn month_and_day(&self, at: usize, after_weekday: bool) -> Option<(Option<i8>, i8, usize, bool)> {
        let tokens = self.tokens;
        if let Some((month, words)) = self.month(at) {
            let the = tokens.skip(at + words, &["the", "on the", "el", "el dia"]);
            let (day, more) = self.day_number(at + words + the)?;
            return Some((Some(month), day, words + the + more, true));
        }
        let (day, words) = self.day_number(at)?;
        let mut joint = 0;
        while let Some((_, more)) = tokens.longest(at + words + joint, &self.pack.of) {
            joint += more;
        }
        if let Some((month, more)) = self.month(at + words + joint).filter(|_| !self.is_verb(at + words + joint, joint))
        {
            return Some((Some(month), day, words + joint + more, true));
        }
        Some((None, day, words, self.alone(at, words, after_weekday)))
    }

    /// "may" that is no month: "2 may come".
    fn is_verb(&self, at: usize, joint: usize) -> bool {
        joint == 0
            && self.tokens.is(at, &["may"])
            && self.tokens.is(at + 1, &["be", "come", "not", "have", "want", "need", "join", "attend"])
    }

    /// Whether a day without a month is a date here: "the 18th", "on the first", but not "the second one".
    fn alone(&self, at: usize, words: usize, after_weekday: bool) -> bool {
        let tokens = self.tokens;
        let spanish_day = matches!(tokens.before(at, 1), "dia") && matches!(tokens.before(at, 2), "el" | "del");
        let counted = tokens.longest(at + words, &self.pack.people).is_some();
        if spanish_day || after_weekday && !counted && (ordinal(tokens, at).is_some() || !self.pack.month_first) {
            return true;
        }
        if ordinal(tokens, at).is_none() {
            let at_time = tokens.phrase(at + words, "a las").or_else(|| tokens.phrase(at + words, "a la")).is_some();
            return tokens.before(at, 1) == "el" && (self.wanted && self.ends(at + words) || at_time);
        }
        let written = tokens.word(at).bytes().any(|b| b.is_ascii_digit());
        if written {
            return !tokens
                .is(at + words, &["floor", "street", "st", "avenue", "birthday", "anniversary", "time", "one"]);
        }
        let the = matches!(tokens.before(at, 1), "the" | "el");
        the && self.ends(at + words) && (self.wanted || matches!(tokens.before(at, 2), "on" | "for" | "until" | "till"))
    }

    /// Whether a sentence or phrase ends here.
    fn ends(&self, at: usize) -> bool {
        self.tokens.apart(at)
            || self.tokens.is(at, &["at", "for", "around", "please", "a", "por", "para", "in", "of", "with"])
    }

    /// "of this month", "next month".
    fn this_month(&self, at: usize) -> Option<(i64, usize)> {
        let joint = self.tokens.said(at, &self.pack.of);
        let (months, words) = self.month_from_now(at + joint)?;
        (joint > 0 || words > 1).then_some((months, joint + words))
    }

    fn trailing_weekday(&self, at: usize, partial: &mut Partial) -> usize {
        if partial.weekday.is_some() || partial.month.is_none() {
            return 0;
        }
        let joint = self.tokens.skip(at, &["on", "on a", "a"]);
        match self.weekday_name(at + joint) {
            Some((day, words)) if self.tokens.get(at + joint).is_some_and(|token| !token.starts_sentence()) => {
                partial.weekday = Some(day);
                joint + words
            }
            _ => 0,
        }
    }

    /// A number that can be a day of a month.
    fn day_number(&self, at: usize) -> Option<(i8, usize)> {
        let tokens = self.tokens;
        // The 7 of "7:30" and of "7 pm" is no day.
        let clock = |at: usize| {
            tokens.get(at).is_some_and(|next| next.joined_by(&[":", ".", "/"]) && next.is_digits())
                || tokens.is(at, &["am", "pm", "ish", "o'clock"])
        };
        let (value, used) = match ordinal(tokens, at) {
            Some(found) => found,
            None => whole(tokens, at).filter(|(_, used)| !clock(at + used))?,
        };
        let day = i8::try_from(value).ok().filter(|day| (1..=31).contains(day))?;
        Some((day, used))
    }

    /// "2026", "twenty twenty six", "dos mil veintiséis", with what joins it to the month.
    fn year(&self, at: usize) -> Option<(i16, usize)> {
        let tokens = self.tokens;
        let joint = self.tokens.skip(at, &["of", "in", "de", "del", "del ano"]);
        let at = at + joint;
        let good = |year: u64| i16::try_from(year).ok().filter(|year| (1900..2100).contains(year));
        if tokens.get(at).is_some_and(|token| token.is_digits()) {
            let clock = tokens.get(at + 1).is_some_and(|next| next.joined_by(&[":"]));
            let year = (tokens.word(at).len() == 4 && !clock).then(|| tokens.word(at).parse().ok()).flatten();
            return year.and_then(good).map(|year| (year, joint + 1));
        }
        let (first, words) = whole(tokens, at)?;
        if let Some(year) = good(first) {
            return Some((year, joint + words));
        }
        let (second, more) =
            whole(tokens, at + words).filter(|_| matches!(first, 19 | 20) && !tokens.apart(at + words))?;
        let year = good(first * 100 + second).filter(|_| (10..100).contains(&second))?;
        Some((year, joint + words + more))
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
            if let Some((day, words)) = self.weekday_name(at) {
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
        let (which, used) = match tokens.one_of(at + used, BEHIND) {
            Some((behind, more)) => (Some(behind), used + more),
            None => (which, used),
        };
        if tokens.is(at + used, &["week"]) {
            // British: "Friday week" is a week after Friday.
            return Some(Day::of(calendar::of_week(self.today, day, 1), used + 1));
        }
        Some(Day { readings: calendar::weekdays(self.today, day, which), used, loose: false })
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
            return Some(Day { readings: vec![], used, loose: true });
        }
        // "in April", "next February": a month is no day.
        let lead = tokens.said(at, &self.pack.which);
        let (_, used) = self.month(at + lead).filter(|_| lead > 0 || matches!(tokens.before(at, 1), "in" | "en"))?;
        Some(Day { readings: vec![], used: lead + used, loose: true })
    }

    fn month(&self, at: usize) -> Option<(i8, usize)> {
        let found = self.tokens.longest(at, &self.pack.months);
        found.or_else(|| similar(self.tokens.word(at), &self.pack.months).map(|month| (month, 1)))
    }

    fn weekday_name(&self, at: usize) -> Option<(i8, usize)> {
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
    let told = !bye && matches!(before, "right" | "for" | "in" | "free" | "available" | "open" | "starting" | "come");
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
