//! Dates in words.

use super::{Tongue, number};

const MONTHS: [(&str, &str); 12] = [
    ("January", "enero"),
    ("February", "febrero"),
    ("March", "marzo"),
    ("April", "abril"),
    ("May", "mayo"),
    ("June", "junio"),
    ("July", "julio"),
    ("August", "agosto"),
    ("September", "septiembre"),
    ("October", "octubre"),
    ("November", "noviembre"),
    ("December", "diciembre"),
];

/// The parts of the builtin type's `yyyymmdd`, in which unknown digits are `?` (VoiceXML 2.0 appendix P).
pub(super) fn builtin(text: &str) -> Option<[&str; 3]> {
    let is_builtin = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit() || b == b'?');
    let parts = || Some([text.get(..4)?, text.get(4..6)?, text.get(6..)?]);
    is_builtin.then(parts).flatten()
}

/// A date in words: the builtin type's value, ISO 8601, or numbers in the order that `format` names (`mdy`).
pub(super) fn date(text: &str, format: &str, tongue: Tongue) -> Option<String> {
    let text = text.trim();
    if let Some([year, month, day]) = builtin(text).filter(|_| matches!(format, "" | "ymd" | "yyyymmdd")) {
        let known = |part| Some(part).filter(|part: &&str| !part.contains('?'));
        return Date::of(known(year), known(month), known(day))?.words(tongue);
    }
    let parts: Vec<&str> = text.split(['/', '-', '.', ',', ' ']).filter(|p| !p.is_empty()).collect();
    let order = match (format, parts.as_slice()) {
        ("yyyymmdd", _) => "ymd",
        ("mmddyyyy", _) => "mdy",
        ("ddmmyyyy", _) => "dmy",
        ("", [first, _, _]) if first.len() == 4 => "ymd",
        ("", [_, _, _]) => tongue.pick("mdy", "dmy"),
        (format, _) => format,
    };
    if order.is_empty() || !order.bytes().all(|b| matches!(b, b'y' | b'm' | b'd')) {
        return None;
    }
    let parts = match parts.as_slice() {
        [one] if order.len() > 1 => fixed(one, order)?,
        _ => parts,
    };
    if parts.len() != order.len() {
        return None;
    }
    let part = |name: char| order.find(name).and_then(|at| parts.get(at)).copied();
    Date::of(part('y'), part('m'), part('d'))?.words(tongue)
}

/// Digits without separators: two for the month, two for the day, the rest for the year.
fn fixed<'a>(digits: &'a str, order: &str) -> Option<Vec<&'a str>> {
    let others = 2 * order.bytes().filter(|b| *b != b'y').count();
    let mut rest = digits;
    let mut parts = Vec::new();
    for name in order.bytes() {
        let width = if name == b'y' { digits.len().checked_sub(others)? } else { 2 };
        let (part, after) = rest.split_at_checked(width)?;
        parts.push(part);
        rest = after;
    }
    rest.is_empty().then_some(parts)
}

/// A date of which parts may be unknown.
struct Date<'a> {
    /// As written: two digits stay two, for which century they mean is not ours to guess.
    year: Option<&'a str>,
    month: Option<(&'static str, &'static str)>,
    day: Option<u8>,
}

impl<'a> Date<'a> {
    /// `None` if a part is no such number.
    fn of(year: Option<&'a str>, month: Option<&str>, day: Option<&str>) -> Option<Self> {
        let year = match year {
            Some(year) if matches!(year.len(), 2 | 4) => number::<u16>(year, 4).map(|_| Some(year))?,
            Some(_) => return None,
            None => None,
        };
        let month = match month {
            Some(month) => Some(*MONTHS.get(number::<usize>(month, 2)?.checked_sub(1)?)?),
            None => None,
        };
        let day = match day {
            Some(day) => Some(number::<u8>(day, 2).filter(|day| (1..=31).contains(day))?),
            None => None,
        };
        Some(Self { year, month, day })
    }

    fn words(&self, tongue: Tongue) -> Option<String> {
        let month = self.month.map(|(english, spanish)| tongue.pick(english, spanish));
        Some(match (self.year, month, self.day, tongue) {
            (Some(year), Some(month), Some(day), Tongue::English) => format!("{month} {day}, {year}"),
            (Some(year), Some(month), Some(day), Tongue::Spanish) => format!("{day} de {month} de {year}"),
            (None, Some(month), Some(day), Tongue::English) => format!("{month} {day}"),
            (None, Some(month), Some(day), Tongue::Spanish) => format!("{day} de {month}"),
            (Some(year), Some(month), None, Tongue::English) => format!("{month} {year}"),
            (Some(year), Some(month), None, Tongue::Spanish) => format!("{month} de {year}"),
            (Some(year), None, None, _) => year.to_owned(),
            (None, Some(month), None, _) => month.to_owned(),
            (None, None, Some(day), Tongue::English) => super::numbers::ordinal(&day.to_string(), "", tongue)?,
            (None, None, Some(day), Tongue::Spanish) => day.to_string(),
            (Some(_), None, Some(_), _) | (None, None, None, _) => return None,
        })
    }
}
