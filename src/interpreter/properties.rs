//! Properties and their scopes (2.0 §6.3): the item's, the dialog's, the document's, the root's, the platform's.

use super::Session;
use crate::dialogue::{InputMode, LEGAL_VALUES, Millis, Property, parse_time};

/// Entries of `application.lastresult$` at most, whatever `maxnbest` says.
const NBEST: usize = 100;

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
        LEGAL_VALUES.iter().find_map(|(name, expected, is_legal)| {
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
