//! What is sent to the back office, read strictly: an error names the field and says what was expected.

use super::moment::{Day, TimeOfDay};
use serde::Serialize;

/// Characters a name may have.
const LONGEST_NAME: usize = 60;
/// Characters a phone number or address may have.
const LONGEST_PHONE: usize = 64;

/// A field that is missing or not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Wrong {
    error: String,
    field: &'static str,
    expected: String,
}

impl Wrong {
    pub(super) fn new(field: &'static str, what: &str, expected: impl Into<String>) -> Self {
        let expected = expected.into();
        Self { error: format!("`{field}` {what}: expected {expected}"), field, expected }
    }
}

/// The last value of a field, if it is there and not blank.
pub(super) fn optional<'f>(fields: &'f [(String, String)], name: &str) -> Option<&'f str> {
    let value = fields.iter().rev().find(|(field, _)| field == name).map(|(_, value)| value.trim());
    value.filter(|value| !value.is_empty())
}

fn required<'f>(fields: &'f [(String, String)], name: &'static str, expected: &str) -> Result<&'f str, Wrong> {
    optional(fields, name).ok_or_else(|| Wrong::new(name, "is missing", expected))
}

pub(super) fn day(fields: &[(String, String)]) -> Result<Day, Wrong> {
    const EXPECTED: &str = "a date such as 2026-03-05 or 20260305";
    let text = required(fields, "date", EXPECTED)?;
    text.parse().map_err(|()| Wrong::new("date", "is no date", EXPECTED))
}

pub(super) fn time(fields: &[(String, String)]) -> Result<TimeOfDay, Wrong> {
    const EXPECTED: &str = "a time such as 19:30, 1930 or 0730p";
    let text = required(fields, "time", EXPECTED)?;
    text.parse().map_err(|()| Wrong::new("time", "is no time", EXPECTED))
}

pub(super) fn people(fields: &[(String, String)]) -> Result<u32, Wrong> {
    const EXPECTED: &str = "a whole number from 1 on";
    let text = required(fields, "people", EXPECTED)?;
    let people = text.parse::<u32>().ok().filter(|people| *people > 0);
    people.ok_or_else(|| Wrong::new("people", "is no number of people", EXPECTED))
}

/// A name; empty if there is none.
pub(super) fn name(fields: &[(String, String)]) -> Result<String, Wrong> {
    let name = optional(fields, "name").unwrap_or_default();
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        let expected = format!("at most {LONGEST_NAME} characters, none of them a control character");
        return Err(Wrong::new("name", "is no name", expected));
    }
    Ok(name.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A phone number as numbers are compared, or another address in lower case; empty if there is none, or if the caller
/// keeps it back.
pub(super) fn phone(fields: &[(String, String)]) -> Result<String, Wrong> {
    let phone = optional(fields, "phone").unwrap_or_default();
    if phone.chars().count() > LONGEST_PHONE || phone.chars().any(char::is_control) {
        return Err(Wrong::new("phone", "is no number", format!("at most {LONGEST_PHONE} characters")));
    }
    let address = phone.strip_prefix("tel:").unwrap_or(phone).to_ascii_lowercase();
    if ["anonymous", "restricted", "unavailable", "unknown"].contains(&address.as_str()) {
        return Ok(String::new());
    }
    if address.chars().any(|c| c.is_ascii_alphabetic()) {
        return Ok(address);
    }
    Ok(address.char_indices().filter(|&(at, c)| c.is_ascii_digit() || (at == 0 && c == '+')).map(|(_, c)| c).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> Vec<(String, String)> {
        vec![("other".to_owned(), "x".to_owned()), (name.to_owned(), value.to_owned())]
    }

    #[test]
    fn an_error_names_the_field_and_what_was_expected() {
        let missing = day(&with("time", "19:30")).unwrap_err();
        assert_eq!(missing.error, "`date` is missing: expected a date such as 2026-03-05 or 20260305");
        for wrong in ["0", "-1", "four", "2.5", "99999999999"] {
            assert_eq!(people(&with("people", wrong)).unwrap_err().field, "people", "{wrong}");
        }
        assert_eq!(people(&with("people", " 4 ")), Ok(4));
        assert!(name(&with("name", "a\u{7}b")).is_err() && name(&with("name", &"x".repeat(61))).is_err());
    }

    #[test]
    fn numbers_are_compared_by_their_digits_and_withheld_ones_are_none() {
        for (written, number) in [
            ("+1 (415) 555-0100", "+14155550100"),
            ("tel:+14155550100", "+14155550100"),
            ("sip:Ana@Example.com", "sip:ana@example.com"),
            ("anonymous", ""),
            ("", ""),
        ] {
            assert_eq!(phone(&with("phone", written)).unwrap(), number, "{written}");
        }
    }
}
