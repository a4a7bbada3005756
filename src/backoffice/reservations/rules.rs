use super::super::moment::TimeOfDay;
use jiff::tz::TimeZone;

/// How a restaurant takes reservations.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// Where it lies: the past is by its clock.
    pub timezone: TimeZone,
    /// When it opens.
    pub opens: TimeOfDay,
    /// When it closes, the same day.
    pub closes: TimeOfDay,
    /// The last table is given so many minutes before it closes.
    pub last_minutes: u16,
    /// How many can sit there at a time.
    pub seats: u32,
    /// The most people of one reservation.
    pub largest_party: u32,
    /// How many minutes a table is taken.
    pub sitting_minutes: u16,
    /// How many days ahead one can reserve.
    pub days_ahead: u16,
}

impl Rules {
    /// The last time at which a table is given.
    pub(super) fn last(&self) -> TimeOfDay {
        let last = self.closes.minutes().saturating_sub(self.last_minutes).max(self.opens.minutes());
        TimeOfDay::of(last).unwrap_or(self.closes)
    }

    /// Whether a table is given at that time of a day.
    pub(super) fn is_open(&self, time: TimeOfDay) -> bool {
        (self.opens..=self.last()).contains(&time)
    }
}
