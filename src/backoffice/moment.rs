//! Days and times of day, as they are written in requests and records.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A day of the calendar: `2026-03-05`, in requests also `20260305`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Day(pub(super) Date);

/// A time of day in minutes: `19:30`, in requests also as VoiceXML's builtin type has it (`1930`, `1930h`, `0730p`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// Minutes since midnight.
    pub fn minutes(self) -> u16 {
        self.0
    }

    /// So many minutes after midnight, if that is still the same day.
    pub fn of(minutes: u16) -> Option<Self> {
        (minutes < 24 * 60).then_some(Self(minutes))
    }
}

impl FromStr for Day {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits: String = match text.len() {
            10 if text.match_indices('-').map(|(at, _)| at).eq([4, 7]) => text.replace('-', ""),
            _ => text.to_owned(),
        };
        if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(());
        }
        let number = |range: std::ops::Range<usize>| digits.get(range).and_then(|part| part.parse::<i16>().ok());
        let parts = (number(0..4), number(4..6), number(6..8));
        let (Some(year), Some(month), Some(day)) = parts else { return Err(()) };
        Date::new(year, month as i8, day as i8).map(Self).map_err(drop)
    }
}

impl FromStr for TimeOfDay {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.to_ascii_lowercase();
        let (clock, half) = match text.strip_suffix(['a', 'p', 'h']) {
            Some(clock) => (clock, text.chars().last()),
            None => (text.as_str(), None),
        };
        let (hour, minute) = match clock.split_once(':') {
            Some(parts) => parts,
            None => clock.split_at_checked(clock.len().saturating_sub(2)).ok_or(())?,
        };
        let is_number = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if !is_number(hour) || !is_number(minute) || minute.len() != 2 {
            return Err(());
        }
        let (hour, minute): (u16, u16) = (hour.parse().map_err(drop)?, minute.parse().map_err(drop)?);
        let hour = match half {
            Some('a' | 'p') if hour == 0 || hour > 12 => return Err(()),
            Some('a') => hour % 12,
            Some('p') => hour % 12 + 12,
            _ => hour,
        };
        if minute > 59 { Err(()) } else { Self::of(hour * 60 + minute).ok_or(()) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|()| format!("`{text}` is no date like 2026-03-05"))
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|()| format!("`{text}` is no time like 19:30"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_read_as_people_and_builtin_types_write_them() {
        for text in ["2026-03-05", "20260305"] {
            assert_eq!(text.parse::<Day>().map(String::from), Ok("2026-03-05".to_owned()));
        }
        for wrong in ["2026-02-30", "20261301", "????0305", "5 March", "", "2026-3-05", "2026.03.05", "éééééééé"]
        {
            assert!(wrong.parse::<Day>().is_err(), "{wrong}");
        }
        for (text, time) in [
            ("19:30", "19:30"),
            ("9:05", "09:05"),
            ("1930", "19:30"),
            ("0730p", "19:30"),
            ("1200p", "12:00"),
            ("1200a", "00:00"),
            ("0730A", "07:30"),
            ("2359h", "23:59"),
            ("0000", "00:00"),
        ] {
            assert_eq!(text.parse::<TimeOfDay>().map(String::from), Ok(time.to_owned()), "{text}");
        }
        for wrong in ["", "7", "24:00", "19:60", "1330p", "0000a", "0730?", "-1:30", "1:2:3", "19:3", "½7:30"] {
            assert!(wrong.parse::<TimeOfDay>().is_err(), "{wrong}");
        }
    }
}
