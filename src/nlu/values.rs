//! Values as applications take them and as the bridge says them.

use super::entities::{Kind, Value};
use super::state::Field;
use super::words::Language;
use crate::dialogue::{Reading, Selection, Sensitive, SlotKind};
use jiff::civil::{Date, Time, Weekday};

/// A value for a field: keys for a builtin type, the value itself for one that only the mapping tells the entity of.
pub(super) fn reading(value: &Value, field: &Field, kind: Kind, today: Date, language: Language) -> Reading {
    let said = said(value, kind, today, language);
    let selection = match (value, &field.takes) {
        (Value::Time(time), SlotKind::Builtin(_)) => by_clock(*time),
        (_, SlotKind::Builtin(_) | SlotKind::Number | SlotKind::Digits) => match keys(value) {
            Some(keys) => Selection::Key(Sensitive(keys)),
            None => Selection::Value(Sensitive(text(value))),
        },
        _ => Selection::Value(Sensitive(text(value))),
    };
    Reading { selection, said }
}

/// Keys say which half of the day only from 13 to 0 o'clock; the words of the builtin type say it always.
fn by_clock(time: Time) -> Selection {
    match time.hour() {
        0 | 13.. => Selection::Key(Sensitive(format!("{:02}{:02}", time.hour(), time.minute()))),
        hour => {
            let half = if hour == 12 { "p.m." } else { "a.m." };
            Selection::Phrase(Sensitive(format!("{hour}:{:02} {half}", time.minute())))
        }
    }
}

fn keys(value: &Value) -> Option<String> {
    match value {
        // The star is the decimal point.
        Value::Number(_) | Value::Money(..) => Some(text(value).replace('.', "*")),
        Value::Text(text) => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let others = text.chars().any(|c| c.is_alphabetic());
            (!digits.is_empty() && !others).then_some(digits)
        }
        Value::Time(time) => Some(format!("{:02}{:02}", time.hour(), time.minute())),
        Value::Date(_) | Value::Minutes(_) => Some(text(value)),
        Value::YesNo(_) => None,
    }
}

/// A value as the builtin type of its kind writes it.
fn text(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Date(date) => format!("{:04}{:02}{:02}", date.year(), date.month(), date.day()),
        Value::Time(time) => {
            let (hour, half) = twelve(*time);
            format!("{hour:02}{:02}{}", time.minute(), if half == 0 { 'a' } else { 'p' })
        }
        Value::Minutes(minutes) => minutes.to_string(),
        Value::Money(amount, _) => format!("{amount:.2}"),
        Value::YesNo(yes) => yes.to_string(),
        Value::Text(text) => text.clone(),
    }
}

fn twelve(time: Time) -> (i8, u8) {
    let hour = match time.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    (hour, u8::from(time.hour() >= 12))
}

/// How the bridge says a value.
fn said(value: &Value, kind: Kind, today: Date, language: Language) -> String {
    let spanish = language == Language::Spanish;
    match value {
        Value::Date(date) => say_date(*date, today, spanish),
        Value::Time(time) => say_time(*time, spanish),
        Value::Number(number) if kind == Kind::People => match (spanish, *number == 1.0) {
            (false, true) => "1 person".to_owned(),
            (false, false) => format!("{number} people"),
            (true, true) => "1 persona".to_owned(),
            (true, false) => format!("{number} personas"),
        },
        Value::Minutes(minutes) => format!("{minutes} {}", if spanish { "minutos" } else { "minutes" }),
        Value::Money(amount, currency) => format!("{amount:.2} {}", currency.unwrap_or_default()).trim().to_owned(),
        Value::YesNo(yes) => match (spanish, yes) {
            (false, true) => "yes",
            (true, true) => "sí",
            _ => "no",
        }
        .to_owned(),
        Value::Text(text) if matches!(kind, Kind::Phone | Kind::Code) => {
            text.chars().map(String::from).collect::<Vec<_>>().join(" ")
        }
        _ => text(value),
    }
}

fn say_date(date: Date, today: Date, spanish: bool) -> String {
    if date == today {
        return if spanish { "hoy" } else { "today" }.to_owned();
    }
    if today.tomorrow().is_ok_and(|tomorrow| date == tomorrow) {
        return if spanish { "mañana" } else { "tomorrow" }.to_owned();
    }
    let weekday = match (date.weekday(), spanish) {
        (Weekday::Monday, false) => "Monday",
        (Weekday::Tuesday, false) => "Tuesday",
        (Weekday::Wednesday, false) => "Wednesday",
        (Weekday::Thursday, false) => "Thursday",
        (Weekday::Friday, false) => "Friday",
        (Weekday::Saturday, false) => "Saturday",
        (Weekday::Sunday, false) => "Sunday",
        (Weekday::Monday, true) => "lunes",
        (Weekday::Tuesday, true) => "martes",
        (Weekday::Wednesday, true) => "miércoles",
        (Weekday::Thursday, true) => "jueves",
        (Weekday::Friday, true) => "viernes",
        (Weekday::Saturday, true) => "sábado",
        (Weekday::Sunday, true) => "domingo",
    };
    const ENGLISH: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const SPANISH: [&str; 12] = [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ];
    let months = if spanish { SPANISH } else { ENGLISH };
    let month = usize::try_from(date.month() - 1).ok().and_then(|month| months.get(month)).copied().unwrap_or_default();
    let year = if date.year() == today.year() { String::new() } else { format!(", {}", date.year()) };
    match spanish {
        true => format!("el {weekday} {} de {month}{}", date.day(), year.replace(", ", " de ")),
        false => format!("{weekday}, {month} {}{year}", date.day()),
    }
}

fn say_time(time: Time, spanish: bool) -> String {
    let (hour, _) = twelve(time);
    let minute = if time.minute() == 0 { String::new() } else { format!(":{:02}", time.minute()) };
    let half = match (time.hour(), spanish) {
        (0..=11, false) => "in the morning",
        (12..=16, false) => "in the afternoon",
        (17..=20, false) => "in the evening",
        (_, false) => "at night",
        (0..=11, true) => "de la mañana",
        (12..=19, true) => "de la tarde",
        (_, true) => "de la noche",
    };
    format!("{hour}{minute} {half}")
}
