//! Days of a month as they are written and said: "March 5th", "the fifth of March, 2026", "el 5 de marzo", "the 18th".

use super::calendar::{self, Partial};
use super::dates::{Dates, Day};
use super::numbers::{ordinal, whole};
use jiff::civil::Date;

impl Dates<'_> {
    /// A day of a month, with the weekday, the month and the year as far as they are said.
    pub(super) fn written(&self, at: usize) -> Option<Day> {
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
        if partial.month.is_none() {
            return Some(Day::alone(partial, self.today, used));
        }
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
        the && self.ends(at + words)
            && (self.wanted
                || ordinal(tokens, at).is_some_and(|(place, _)| place > 10)
                || matches!(tokens.before(at, 2), "on" | "for" | "until" | "till"))
    }

    /// Whether a sentence or phrase ends here.
    fn ends(&self, at: usize) -> bool {
        self.tokens.apart(at)
            || self.tokens.is(
                at,
                &[
                    "at", "for", "around", "please", "a", "por", "para", "in", "of", "with", "i", "we", "is", "if",
                    "so", "then", "under",
                ],
            )
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
    pub(super) fn day_number(&self, at: usize) -> Option<(i8, usize)> {
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
}
