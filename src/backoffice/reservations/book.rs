//! The reservations of one day: who sits there when, and what is still free. No clock and no store.

use super::super::moment::{Day, TimeOfDay};
use super::rules::Rules;
use serde::{Deserialize, Serialize};

/// Other times are offered every half hour.
const STEP: u16 = 30;

/// A table that is reserved, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reservation {
    /// Two letters and four digits: `AB1234`.
    pub(super) id: String,
    /// Whom it is for; empty if only a number is known.
    pub(super) name: String,
    /// Whose number it was made from; empty if it was kept back.
    pub(super) phone: String,
    pub(super) date: Day,
    pub(super) time: TimeOfDay,
    pub(super) people: u32,
    pub(super) status: Status,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Booked,
    Cancelled,
}

/// The reservations of one day, in the order they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Book {
    pub(super) reservations: Vec<Reservation>,
}

impl Book {
    pub(super) fn find(&self, id: &str) -> Option<&Reservation> {
        self.reservations.iter().find(|reservation| reservation.id == id)
    }

    pub(super) fn find_mut(&mut self, id: &str) -> Option<&mut Reservation> {
        self.reservations.iter_mut().find(|reservation| reservation.id == id)
    }

    /// Whether so many more can sit there from that time on.
    pub(super) fn has_room(&self, time: TimeOfDay, people: u32, rules: &Rules) -> bool {
        let sitting = u32::from(rules.sitting_minutes);
        let (from, until) = (u32::from(time.minutes()), u32::from(time.minutes()) + sitting);
        let seated = |minute: u32| -> u32 {
            let booked = self.reservations.iter().filter(|reservation| reservation.status == Status::Booked);
            let there = booked.filter(|reservation| {
                let begun = u32::from(reservation.time.minutes());
                (begun..begun + sitting).contains(&minute)
            });
            there.map(|reservation| reservation.people).sum()
        };
        // It is fullest when somebody comes.
        let comings = self.reservations.iter().map(|reservation| u32::from(reservation.time.minutes()));
        let within = comings.filter(|minute| (from..until).contains(minute));
        within.chain([from]).all(|minute| seated(minute).saturating_add(people) <= rules.seats)
    }

    /// Times with room for so many, those nearest to `time` first; nothing before `earliest`.
    pub(super) fn nearest(
        &self,
        time: TimeOfDay,
        people: u32,
        earliest: Option<TimeOfDay>,
        rules: &Rules,
    ) -> Vec<TimeOfDay> {
        let from = rules.opens.minutes().next_multiple_of(STEP);
        let steps = (from..=rules.last().minutes()).step_by(usize::from(STEP)).filter_map(TimeOfDay::of);
        let open = steps.filter(|at| rules.is_open(*at) && earliest.is_none_or(|earliest| *at >= earliest));
        let mut free: Vec<TimeOfDay> = open.filter(|at| self.has_room(*at, people, rules)).collect();
        free.sort_by_key(|at| (at.minutes().abs_diff(time.minutes()), *at));
        free
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    pub(in super::super) fn rules() -> Rules {
        Rules {
            timezone: TimeZone::UTC,
            opens: at("09:00"),
            closes: at("22:00"),
            last_minutes: 30,
            seats: 10,
            largest_party: 8,
            sitting_minutes: 90,
            days_ahead: 90,
        }
    }

    fn at(text: &str) -> TimeOfDay {
        text.parse().unwrap()
    }

    fn book(taken: &[(&str, u32)]) -> Book {
        let reservations = taken.iter().enumerate().map(|(number, (time, people))| Reservation {
            id: format!("AB{number:04}"),
            name: "Ana".to_owned(),
            phone: String::new(),
            date: "2026-03-05".parse().unwrap(),
            time: at(time),
            people: *people,
            status: Status::Booked,
        });
        Book { reservations: reservations.collect() }
    }

    #[test]
    fn a_table_is_taken_as_long_as_a_sitting_lasts() {
        let book = book(&[("19:00", 6), ("20:00", 3)]);
        for (time, people, free) in [
            ("17:30", 10, true),
            ("17:31", 5, false),
            ("18:00", 4, true),
            ("18:31", 4, false),
            ("19:00", 1, true),
            ("19:00", 2, false),
            ("20:30", 7, true),
            ("20:29", 7, false),
            ("21:30", 10, true),
        ] {
            assert_eq!(book.has_room(at(time), people, &rules()), free, "{people} at {time}");
        }
    }

    #[test]
    fn a_cancelled_table_is_free_again() {
        let mut book = book(&[("19:00", 10)]);
        assert!(!book.has_room(at("19:00"), 1, &rules()));
        book.find_mut("AB0000").unwrap().status = Status::Cancelled;
        assert!(book.has_room(at("19:00"), 10, &rules()));
    }

    #[test]
    fn the_nearest_free_times_come_first_and_lie_within_hours() {
        let book = book(&[("19:00", 10)]);
        let nearest = |time: &str, earliest: Option<&str>| {
            let found = book.nearest(at(time), 4, earliest.map(at), &rules());
            found.into_iter().take(3).map(String::from).collect::<Vec<_>>()
        };
        assert_eq!(nearest("19:00", None), ["17:30", "20:30", "17:00"]);
        assert_eq!(nearest("07:00", None), ["09:00", "09:30", "10:00"]);
        assert_eq!(nearest("23:00", None), ["21:30", "21:00", "20:30"]);
        assert_eq!(nearest("19:00", Some("17:31")), ["20:30", "21:00", "21:30"]);
        assert_eq!(nearest("19:00", Some("21:31")).len(), 0);
    }

    proptest! {
        #[test]
        fn whatever_is_asked_for_there_are_never_more_people_than_seats(
            asked in prop::collection::vec((540u16..1_290, 1u32..9), 0..60),
        ) {
            let mut full = Book::default();
            for (number, (minute, people)) in asked.into_iter().enumerate() {
                let time = TimeOfDay::of(minute).unwrap();
                if full.has_room(time, people, &rules()) {
                    let mut taken = book(&[("19:00", people)]).reservations.remove(0);
                    (taken.id, taken.time) = (format!("AB{number:04}"), time);
                    full.reservations.push(taken);
                }
            }
            for minute in 540..1_440 {
                let there = full.reservations.iter().filter(|table| (table.time.minutes()..table.time.minutes() + 90).contains(&minute));
                prop_assert!(there.map(|table| table.people).sum::<u32>() <= 10);
            }
        }
    }
}
