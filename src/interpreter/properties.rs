//! Properties and their scopes (2.0 §6.3): the item's, the dialog's, the document's, the root's, the platform's.

use super::Session;
use crate::dialogue::{InputMode, Millis, Property, parse_time};

/// Entries of `application.lastresult$` at most, whatever `maxnbest` says.
const NBEST: usize = 100;

/// A property with what its value is expected to be, and whether one is so.
type Legal = (&'static str, &'static str, fn(&str) -> bool);

/// The properties of listening whose values can be wrong (2.0 §6.3.2, §6.3.3, §6.3.4, §6.3.6).
const LEGAL: [Legal; 14] = [
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
];

const A_TIME: &str = "a time such as 5s or 250ms";
const A_UNIT: &str = "a number from 0.0 to 1.0";

fn is_time(value: &str) -> bool {
    parse_time(value).is_some()
}

fn is_unit(value: &str) -> bool {
    value.parse().is_ok_and(|value: f64| (0.0..=1.0).contains(&value))
}

impl Session {
    /// The value of a property as written nearest to the item being visited.
    pub(super) fn property(&self, name: &str) -> Option<&str> {
        let here = self.contexts.last()?;
        let document = &here.program.document;
        let dialog = document.dialogs.get(here.dialog);
        let item = dialog.and_then(|dialog| here.item.and_then(|item| dialog.items.get(item)));
        let scopes = [
            item.map(|item| &item.properties),
            dialog.map(|dialog| &dialog.properties),
            Some(&document.properties),
            here.root.as_ref().map(|root| &root.document.properties),
        ];
        let in_scope = |properties: &&Vec<Property>| properties.iter().any(|property| property.name == name);
        let properties = scopes.into_iter().flatten().find(in_scope)?;
        properties.iter().rev().find(|property| property.name == name).map(|property| property.value.trim())
    }

    /// A property that is a time; one that is not written so counts as absent.
    pub(super) fn time_property(&self, name: &str) -> Option<Millis> {
        self.property(name).and_then(parse_time)
    }

    /// A property that is a number of seconds.
    pub(super) fn seconds_property(&self, name: &str) -> Option<u64> {
        self.property(name).and_then(|value| value.trim_end_matches('s').parse().ok())
    }

    /// A property that is a number between 0 and 1.
    pub(super) fn unit_property(&self, name: &str, default: f64) -> f64 {
        self.property(name)
            .and_then(|value| value.parse().ok())
            .filter(|value| (0.0..=1.0).contains(value))
            .unwrap_or(default)
    }

    /// `maxnbest`: how many recognitions `application.lastresult$` holds at most; 1 by default.
    pub(super) fn maxnbest(&self) -> usize {
        self.property("maxnbest").and_then(|value| value.parse().ok()).unwrap_or(1).clamp(1, NBEST)
    }

    /// A value of the properties in force that is not legal, as `error.semantic` says it (2.0 §6.3).
    pub(super) fn illegal_property(&self) -> Option<String> {
        LEGAL.iter().find_map(|(name, expected, is_legal)| {
            let value = self.property(name).filter(|value| !is_legal(value))?;
            Some(format!("'{value}' is not a value of the property {name}; expected {expected}"))
        })
    }

    /// `bargein`, true by default.
    pub(super) fn bargein_property(&self) -> bool {
        self.property("bargein").is_none_or(|value| !value.eq_ignore_ascii_case("false"))
    }

    /// Whether `inputmodes` allows a mode.
    pub(super) fn accepts(&self, mode: InputMode) -> bool {
        let word = match mode {
            InputMode::Voice => "voice",
            InputMode::Dtmf => "dtmf",
        };
        self.property("inputmodes").is_none_or(|modes| modes.split_whitespace().any(|allowed| allowed == word))
    }

    /// `termchar`: `#` by default, none if empty.
    pub(super) fn termchar(&self) -> Option<char> {
        match self.property("termchar") {
            None => Some('#'),
            Some(value) => value.chars().next().filter(|key| "0123456789*#".contains(*key)),
        }
    }
}
