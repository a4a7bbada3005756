//! Times of day and durations in words.

use super::{Tongue, number};

/// A time of day as it was written.
struct Time {
    hour: u8,
    minute: u8,
    second: Option<u8>,
    half: Half,
}

/// Which half of the day an hour belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
    /// The hours count to 24.
    None,
    Unknown,
}

/// A time in words: the builtin type's `hhmmx` (VoiceXML 2.0 appendix P), or hours, minutes and seconds with `hms12`,
/// `hms24` and their shorter forms.
pub(super) fn time(text: &str, format: &str, tongue: Tongue) -> Option<String> {
    let time = Time::read(text)?.counted_by(format);
    let digits = time.digits();
    Some(match (time.half, tongue) {
        (Half::None | Half::Unknown, _) => digits,
        (Half::Morning, Tongue::English) => format!("{digits} a.m."),
        (Half::Afternoon, Tongue::English) => format!("{digits} p.m."),
        (half, Tongue::Spanish) => format!("{digits} {}", part_of_day(time.hour % 12, half)),
    })
}

/// A time as digits, for languages that are left to the voice.
pub(super) fn digits(text: &str) -> Option<String> {
    Some(Time::read(text)?.counted_by("hms24").digits())
}

fn part_of_day(hour: u8, half: Half) -> &'static str {
    match (half, hour) {
        (Half::Morning, 1..=5) => "de la madrugada",
        (Half::Morning, 6..) => "de la mañana",
        (Half::Afternoon, 0) => "del mediodía",
        (Half::Afternoon, 1..=7) => "de la tarde",
        _ => "de la noche",
    }
}

impl Time {
    fn read(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.')).unwrap_or(text.len());
        let (clock, half) = text.split_at_checked(end)?;
        let half = match half.trim_matches('.') {
            "a" | "am" | "a.m" => Half::Morning,
            "p" | "pm" | "p.m" => Half::Afternoon,
            "h" => Half::None,
            "?" | "" => Half::Unknown,
            _ => return None,
        };
        let parts: Vec<&str> = clock.split([':', '.']).filter(|part| !part.is_empty()).collect();
        let parts = match parts.as_slice() {
            [one] if one.len() > 2 => pairs(one)?,
            _ => parts,
        };
        let (hour, minute, second) = match parts.as_slice() {
            [hour] => (*hour, "0", None),
            [hour, minute] => (*hour, *minute, None),
            [hour, minute, second] => (*hour, *minute, Some(*second)),
            _ => return None,
        };
        let sixty = |text: &str| number::<u8>(text, 2).filter(|value| *value < 60);
        let second = match second {
            Some(second) => Some(sixty(second)?),
            None => None,
        };
        let hour = number::<u8>(hour, 2).filter(|hour| *hour < 24)?;
        Some(Self { hour, minute: sixty(minute)?, second, half })
    }

    /// The time in the count of hours that the format asks for; an hour that only one count has settles the half.
    fn counted_by(self, format: &str) -> Self {
        let hour = match (self.hour, self.half) {
            (hour @ 1..=11, Half::Afternoon) => hour + 12,
            (12, Half::Morning) => 0,
            (hour, _) => hour,
        };
        let is_known = self.half != Half::Unknown || hour == 0 || hour > 12;
        let by_twelve =
            format.contains("12") || (!format.contains("24") && matches!(self.half, Half::Morning | Half::Afternoon));
        if !is_known {
            return self;
        }
        if by_twelve {
            let half = if hour < 12 { Half::Morning } else { Half::Afternoon };
            return Self { hour: if hour % 12 == 0 { 12 } else { hour % 12 }, half, ..self };
        }
        Self { hour, half: Half::None, ..self }
    }

    fn digits(&self) -> String {
        match self.second {
            Some(second) => format!("{}:{:02}:{second:02}", self.hour, self.minute),
            None => format!("{}:{:02}", self.hour, self.minute),
        }
    }
}

/// Digits without separators, two by two from the right.
fn pairs(digits: &str) -> Option<Vec<&str>> {
    let (first, mut rest) = digits.split_at_checked(2 - digits.len() % 2)?;
    let mut parts = vec![first];
    while !rest.is_empty() {
        let (pair, after) = rest.split_at_checked(2)?;
        parts.push(pair);
        rest = after;
    }
    Some(parts)
}

/// A duration in words: numbers in the order that `format` names (`hms`), ISO 8601 (`PT1H20M`), or `1h20m`, `1'20"`.
pub(super) fn duration(text: &str, format: &str, tongue: Tongue) -> Option<String> {
    const UNITS: [(char, [&str; 2], [&str; 2]); 4] = [
        ('d', ["day", "days"], ["día", "días"]),
        ('h', ["hour", "hours"], ["hora", "horas"]),
        ('m', ["minute", "minutes"], ["minuto", "minutos"]),
        ('s', ["second", "seconds"], ["segundo", "segundos"]),
    ];
    let counts = counts(text, format)?;
    let heard = counts.iter().filter(|(_, count)| *count > 0);
    let worded = |unit: char, count: u32| {
        let (_, english, spanish) = UNITS.iter().find(|(name, ..)| *name == unit)?;
        let which = usize::from(count != 1);
        let name = tongue.pick(english.get(which)?, spanish.get(which)?);
        let count = match (count, unit, tongue) {
            (1, 'h', Tongue::Spanish) => "una".to_owned(),
            (1, _, Tongue::Spanish) => "un".to_owned(),
            _ => count.to_string(),
        };
        Some(format!("{count} {name}"))
    };
    let words: Option<Vec<String>> = heard.map(|(unit, count)| worded(*unit, *count)).collect();
    let words = words?;
    match words.is_empty() {
        true => worded(counts.last()?.0, 0),
        false => Some(words.join(" ")),
    }
}

/// How many of which unit, largest first.
fn counts(text: &str, format: &str) -> Option<Vec<(char, u32)>> {
    let lower = text.trim().to_ascii_lowercase();
    let iso = lower.strip_prefix('p').unwrap_or(&lower).replace(['t', ' '], "").replace('\'', "m").replace('"', "s");
    if iso.contains(['d', 'h', 'm', 's']) {
        let mut counts = Vec::new();
        for part in iso.split_inclusive(['d', 'h', 'm', 's']) {
            let unit = part.chars().next_back().filter(|unit| "dhms".contains(*unit))?;
            counts.push((unit, number(part.strip_suffix(unit)?, 6)?));
        }
        return Some(counts);
    }
    let parts: Vec<&str> = lower.split(':').map(str::trim).collect();
    let order = match (format, parts.len()) {
        ("", 3) => "hms",
        ("", 2) => "ms",
        (order, _) => order,
    };
    let is_order = !order.is_empty() && order.len() == parts.len() && order.bytes().all(|b| b"dhms".contains(&b));
    let counted = |(unit, part): (char, &&str)| Some((unit, number(part, 6)?));
    is_order.then(|| order.chars().zip(&parts).map(counted).collect()).flatten()
}
