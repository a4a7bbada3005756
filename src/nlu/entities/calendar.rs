//! Reckoning days: what "Friday", "the fifth" or "in two weeks" is, seen from today.

use super::pack::Which;
use jiff::{Span, civil::Date};

/// So many days on; `None` beyond the calendar.
pub(super) fn plus_days(date: Date, days: i64) -> Option<Date> {
    date.checked_add(Span::new().try_days(days).ok()?).ok()
}

/// So many months on; the last of the month where that has fewer days.
pub(super) fn plus_months(date: Date, months: i64) -> Option<Date> {
    date.checked_add(Span::new().try_months(months).ok()?).ok()
}

/// The day of the week, Monday is 1.
fn weekday(date: Date) -> i8 {
    date.weekday().to_monday_one_offset()
}

/// The weekday (Monday is 1) of the week that is so many weeks on.
pub(super) fn of_week(today: Date, day: i8, weeks: i64) -> Option<Date> {
    plus_days(today, weeks * 7 + i64::from(day - weekday(today)))
}

/// What a weekday means. Bare, it is the next one after today; today's own may be today or in a week; "next" before a day
/// still to come this week may mean this week's or next week's.
pub(super) fn weekdays(today: Date, day: i8, which: Option<Which>) -> Vec<Date> {
    let ahead = i64::from((day - weekday(today)).rem_euclid(7));
    let this = plus_days(today, ahead);
    let later = plus_days(today, ahead + 7);
    let days = match which {
        Some(Which::Last) => vec![plus_days(today, if ahead == 0 { -7 } else { ahead - 7 })],
        Some(Which::Next) if ahead == 0 => vec![later],
        Some(Which::Next) if day > weekday(today) => vec![this, later],
        None | Some(Which::This) if ahead == 0 => vec![this, later],
        _ => vec![this],
    };
    days.into_iter().flatten().collect()
}

/// A date that is told in part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Partial {
    pub(super) year: Option<i16>,
    pub(super) month: Option<i8>,
    pub(super) day: i8,
    pub(super) weekday: Option<i8>,
}

impl Partial {
    /// The day that is meant: without a year or a month it lies ahead; a weekday said with it must fit, if any does.
    pub(super) fn resolve(self, today: Date) -> Option<Date> {
        let fits = |date: &Date| self.weekday.is_none_or(|day| weekday(*date) == day);
        match (self.year, self.month) {
            (Some(year), Some(month)) => Date::new(year, month, self.day).ok(),
            (None, Some(month)) => {
                // Nine years hold a leap day and each weekday of any other day.
                let years = (0..9).filter_map(|more| Date::new(today.year().checked_add(more)?, month, self.day).ok());
                let ahead: Vec<Date> = years.filter(|date| *date >= today).collect();
                ahead.iter().copied().find(fits).or_else(|| ahead.first().copied())
            }
            (_, None) => {
                let first = today.first_of_month();
                let months = (0..24).filter_map(|more| plus_months(first, more));
                let days = months.filter_map(|first| Date::new(first.year(), first.month(), self.day).ok());
                let ahead: Vec<Date> = days.filter(|date| *date >= today).collect();
                ahead.iter().copied().find(fits).or_else(|| ahead.first().copied())
            }
        }
    }

    /// The last such day before another, where only the day is told.
    pub(super) fn resolve_before(self, last: Date) -> Option<Date> {
        let first = last.first_of_month();
        let months = (0..12).filter_map(|back| plus_months(first, -back));
        let mut days = months.filter_map(|first| Date::new(first.year(), first.month(), self.day).ok());
        days.find(|date| *date <= last)
    }
}

/// The first, second ... or last such weekday of a month.
pub(super) fn nth_weekday(year: i16, month: i8, day: i8, nth: i8) -> Option<Date> {
    let weekday = jiff::civil::Weekday::from_monday_one_offset(day).ok()?;
    Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()
}
