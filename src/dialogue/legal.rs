//! Which values the properties may have.

use super::{Policy, parse_time};

/// A property with what its value is expected to be, and whether one is so.
pub type Legal = (&'static str, &'static str, fn(&str) -> bool);

/// The properties of listening whose values can be wrong (2.0 §6.3.2, §6.3.3, §6.3.4, §6.3.6).
pub const LEGAL_VALUES: [Legal; 15] = [
    ("bargein", "true or false", |value| ["true", "false"].contains(&value.to_ascii_lowercase().as_str())),
    ("bargeintype", "speech or hotword", |value| ["speech", "hotword"].contains(&value)),
    ("completetimeout", A_TIME, is_time),
    ("confidencelevel", A_UNIT, is_unit),
    ("incompletetimeout", A_TIME, is_time),
    ("inputmodes", "dtmf, voice, or both", |value| {
        value.split_whitespace().all(|mode| ["dtmf", "voice"].contains(&mode))
    }),
    ("interdigittimeout", A_TIME, is_time),
    ("maxnbest", "a whole number from 1", |value| value.parse::<u32>().is_ok_and(|most| most > 0)),
    ("maxspeechtimeout", A_TIME, is_time),
    ("sensitivity", A_UNIT, is_unit),
    ("speedvsaccuracy", A_UNIT, is_unit),
    ("termchar", "one key, or nothing", |value| {
        value.is_empty() || (value.len() == 1 && value.contains(|key: char| "0123456789*#ABCDabcd".contains(key)))
    }),
    ("termtimeout", A_TIME, is_time),
    ("timeout", A_TIME, is_time),
    (Policy::PROPERTY, "plain, guided or careful", |value| value.parse::<Policy>().is_ok()),
];

const A_TIME: &str = "a time such as 5s or 250ms";
const A_UNIT: &str = "a number from 0.0 to 1.0";

fn is_time(value: &str) -> bool {
    parse_time(value).is_some()
}

fn is_unit(value: &str) -> bool {
    value.parse().is_ok_and(|value: f64| (0.0..=1.0).contains(&value))
}
