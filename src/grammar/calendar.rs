//! Dates and times as they are spoken. Every part is a literal with a letter before it that says what it is: `y`, `m` and
//! `d` of a date, `h` and `m` of a time.

use super::build::Builder;
use super::numerals::Language;
use super::rules::NodeId;
use super::spoken::two_figures;

/// A time: "half past three", "3:30 p.m.", "fifteen hundred", "tres y media de la tarde".
pub(super) fn time(b: &mut Builder, language: Language) -> NodeId {
    let forms = match language {
        Language::Spanish => spanish_clock(b),
        _ => english_clock(b),
    };
    let clock = b.alt(forms);
    let half = b.meanings(if language == Language::Spanish { SPANISH_HALVES } else { ENGLISH_HALVES });
    let half = b.optional(half);
    let articles: &[&str] = if language == Language::Spanish { &["a las", "a la", "las", "la"] } else { &["at"] };
    let article = optional_words(b, articles);
    let clock = b.seq(vec![article, clock, half]);
    let named: &[(&str, &str)] = match language {
        Language::Spanish => &[("mediodía", "p"), ("medianoche", "a")],
        _ => &[("noon", "p"), ("12 noon", "p"), ("midday", "p"), ("midnight", "a"), ("12 midnight", "a")],
    };
    let named = b.meanings(named);
    let articles: &[&str] = if language == Language::Spanish { &["a", "al"] } else { &["at"] };
    let article = optional_words(b, articles);
    let twelve = b.literal("h12");
    let named = b.seq(vec![article, twelve, named]);
    b.alt(vec![clock, named])
}

const ENGLISH_HALVES: &[(&str, &str)] = &[
    ("am", "a"),
    ("a m", "a"),
    ("in the morning", "a"),
    ("pm", "p"),
    ("p m", "p"),
    ("in the afternoon", "p"),
    ("in the evening", "p"),
    ("at night", "p"),
];

const SPANISH_HALVES: &[(&str, &str)] = &[
    ("am", "a"),
    ("a m", "a"),
    ("de la mañana", "a"),
    ("de la madrugada", "a"),
    ("pm", "p"),
    ("p m", "p"),
    ("de la tarde", "p"),
    ("de la noche", "p"),
    ("del mediodía", "p"),
];

fn english_clock(b: &mut Builder) -> Vec<NodeId> {
    let hour = hour(b, Language::English, same);
    let minutes = minutes(b, Language::English, "oh", |number| number);
    let full = b.meanings(&[("o'clock", "m00"), ("o clock", "m00"), ("0 0", "m00")]);
    // "oh eight hundred hours" is of the 24 hour clock.
    let hundred = b.meanings(&[("100", "m00"), ("100 hours", "m00")]);
    let sure = b.literal("24");
    let hundred = b.seq(vec![hundred, sure]);
    let minutes = b.alt(vec![minutes, full, hundred]);
    let minutes = b.optional(minutes);
    let plain = b.seq(vec![hour, minutes]);
    let past = {
        let word = any_words(b, &["past", "after"]);
        let fraction = b.meanings(&[("half", "m30"), ("quarter", "m15"), ("a quarter", "m15")]);
        let count = relative_minutes(b, |number| number);
        let count = b.alt(vec![fraction, count]);
        b.seq(vec![count, word, hour])
    };
    let to = {
        let word = any_words(b, &["to", "till", "before", "of"]);
        let fraction = b.meanings(&[("quarter", "m45"), ("a quarter", "m45")]);
        let count = relative_minutes(b, |number| 60 - number);
        let count = b.alt(vec![fraction, count]);
        let hour = self::hour(b, Language::English, before);
        b.seq(vec![count, word, hour])
    };
    vec![plain, past, to]
}

/// "ten", "ten minutes": those past or to an hour.
fn relative_minutes(b: &mut Builder, meaning: impl Fn(u64) -> u64) -> NodeId {
    let number = two_figures(b, Language::English, 1..60, |number| format!("m{:02}", meaning(number)));
    let word = optional_words(b, &["minutes", "minute"]);
    b.seq(vec![number, word])
}

fn spanish_clock(b: &mut Builder) -> Vec<NodeId> {
    let hour = hour(b, Language::Spanish, same);
    let earlier = self::hour(b, Language::Spanish, before);
    let fractions = [("media", "m30"), ("cuarto", "m15")];
    let plain = {
        let number = minutes(b, Language::Spanish, "cero", |number| number);
        let full = b.meanings(&[("en punto", "m00"), ("0 0", "m00"), ("horas", "m00")]);
        let and = b.phrase("y");
        let fraction = b.meanings(&fractions);
        let joined = b.alt(vec![fraction, number]);
        let joined = b.seq(vec![and, joined]);
        let behind = b.alt(vec![number, full, joined]);
        let behind = b.optional(behind);
        b.seq(vec![hour, behind])
    };
    let less = |b: &mut Builder| {
        let number = minutes(b, Language::Spanish, "cero", |number| 60 - number);
        let quarter = b.meaning("cuarto", "m45");
        b.alt(vec![number, quarter])
    };
    let minus = {
        let (word, less) = (b.phrase("menos"), less(b));
        b.seq(vec![earlier, word, less])
    };
    // "cuarto para las cuatro"
    let until = {
        let less = less(b);
        let word = any_words(b, &["para las", "para la"]);
        b.seq(vec![less, word, earlier])
    };
    vec![plain, minus, until]
}

/// Hours from 0 to 23; `meaning` is the hour that is meant.
fn hour(b: &mut Builder, language: Language, meaning: impl Fn(u64) -> u64) -> NodeId {
    let value = |number| format!("h{:02}", meaning(number));
    let plain = two_figures(b, language, 0..24, value);
    let zero = b.phrase("0");
    let small = two_figures(b, language, 0..10, value);
    let padded = b.seq(vec![zero, small]);
    let mut hours = vec![plain, padded];
    if language == Language::Spanish {
        // "la una"; the numeral is that of "uno".
        hours.push(b.meaning("veintiuna", &value(21)));
    }
    b.alt(hours)
}

fn same(hour: u64) -> u64 {
    hour
}

/// The hour before, on the clock that the hour is said by.
fn before(hour: u64) -> u64 {
    match hour {
        0 => 23,
        1 => 12,
        hour => hour - 1,
    }
}

/// Minutes from 1 to 59, those below ten with or without the zero before them.
fn minutes(b: &mut Builder, language: Language, zero: &str, meaning: impl Fn(u64) -> u64) -> NodeId {
    let value = |number| format!("m{:02}", meaning(number));
    let large = two_figures(b, language, 10..60, value);
    let small = two_figures(b, language, 1..10, value);
    let zero = b.phrase(zero);
    let padded = b.seq(vec![zero, small]);
    // In Spanish "las tres y diez" and "las tres y cinco" are said alike.
    match language {
        Language::Spanish => b.alt(vec![large, padded, small]),
        _ => b.alt(vec![large, padded]),
    }
}

/// A date: "July 4th, 2026", "the twenty first of March", "7/4/2026", "el cuatro de julio de 2026", or a part of one.
pub(super) fn date(b: &mut Builder, language: Language, lang: &str) -> NodeId {
    let spanish = language == Language::Spanish;
    let weekday = optional_words(b, if spanish { SPANISH_WEEKDAYS } else { ENGLISH_WEEKDAYS });
    let month = months(b, if spanish { SPANISH_MONTHS } else { ENGLISH_MONTHS });
    let year = year(b, language);
    let figures = figures(b, language, lang, year);
    let in_words = if spanish { spanish_date(b, month, year) } else { english_date(b, month, year) };
    let dates = b.alt(vec![in_words, figures, year]);
    b.seq(vec![weekday, dates])
}

fn english_date(b: &mut Builder, month: NodeId, year: NodeId) -> NodeId {
    let ordinal: Vec<NodeId> = (1..=31u64)
        .map(|day| {
            let tens = if day > 20 && day % 10 > 0 { format!("{} ", day / 10 * 10) } else { String::new() };
            let unit = if tens.is_empty() { day } else { day % 10 };
            let suffix = match unit {
                1 => "st",
                2 => "nd",
                3 => "rd",
                _ => "th",
            };
            b.meaning(&format!("{tens}{unit}{suffix}"), &format!("d{day:02}"))
        })
        .collect();
    let ordinal = b.alt(ordinal);
    let cardinal = two_figures(b, Language::English, 1..32, day_literal);
    let day = b.alt(vec![ordinal, cardinal]);
    let (the, of) = (optional_words(b, &["the"]), optional_words(b, &["of"]));
    let later = b.seq(vec![of, year]);
    let later = b.optional(later);
    let month_first = b.seq(vec![month, the, day, later]);
    let day_first = b.seq(vec![the, day, of, month, later]);
    let month_only = b.seq(vec![month, later]);
    let day_only = b.seq(vec![the, ordinal]);
    b.alt(vec![month_first, day_first, month_only, day_only])
}

fn spanish_date(b: &mut Builder, month: NodeId, year: NodeId) -> NodeId {
    let number = two_figures(b, Language::Spanish, 1..32, day_literal);
    let first = b.meanings(&[("primero", "d01"), ("primer", "d01")]);
    let day = b.alt(vec![first, number]);
    let el = optional_words(b, &["el", "el día", "día"]);
    let of = any_words(b, &["de", "del", "del año", "de el"]);
    let of_year = b.optional(of);
    let later = b.seq(vec![of_year, year]);
    let later = b.optional(later);
    let de = b.phrase("de");
    let day_first = b.seq(vec![el, day, de, month, later]);
    let month_first = b.seq(vec![month, day, later]);
    let month_only = b.seq(vec![month, later]);
    let article = any_words(b, &["el", "el día"]);
    let day_only = b.seq(vec![article, day]);
    b.alt(vec![day_first, month_first, month_only, day_only])
}

/// "7/4/2026", the month first only where Americans say it so; "2026-07-04".
fn figures(b: &mut Builder, language: Language, lang: &str, year: NodeId) -> NodeId {
    let zero = b.phrase("0");
    let mut padded = |last: u64, mark: char| {
        let value = |number| format!("{mark}{number:02}");
        let (plain, small) = (two_figures(b, language, 1..last + 1, value), two_figures(b, language, 1..10, value));
        let padded = b.seq(vec![zero, small]);
        b.alt(vec![plain, padded])
    };
    let (month, day) = (padded(12, 'm'), padded(31, 'd'));
    let region = lang.split(['-', '_']).nth(1).unwrap_or("US").to_ascii_uppercase();
    let american = language != Language::Spanish && matches!(region.as_str(), "US" | "CA" | "PH");
    let date = b.seq(if american { vec![month, day] } else { vec![day, month] });
    let short = two_figures(b, language, 10..100, |number| format!("y20{number}"));
    let later = b.alt(vec![year, short]);
    let later = b.optional(later);
    let date = b.seq(vec![date, later]);
    let sorted = b.seq(vec![year, month, day]);
    b.alt(vec![date, sorted])
}

fn day_literal(day: u64) -> String {
    format!("d{day:02}")
}

/// 1900 to 2099: "two thousand twenty six", "twenty twenty six", "nineteen ninety", "nineteen oh five", "1990".
fn year(b: &mut Builder, language: Language) -> NodeId {
    let figures: Vec<NodeId> = (1900..2100).map(|year| b.meaning(&year.to_string(), &format!("y{year}"))).collect();
    let figures = b.alt(figures);
    let thousand = b.meaning("2 1000", "y2000");
    let thousands = b.meaning("2 1000", "y20");
    let small = two_figures(b, language, 1..100, |number| format!("y{number:02}"));
    let (and, centuries) = match language {
        Language::Spanish => (b.null(), spanish_century(b, small)),
        _ => (optional_words(b, &["and"]), english_centuries(b, language)),
    };
    let thousands = b.seq(vec![thousands, and, small]);
    b.alt(vec![figures, thousand, thousands, centuries])
}

fn spanish_century(b: &mut Builder, small: NodeId) -> NodeId {
    let hundreds = b.meaning("1000 900", "y19");
    let whole = b.meaning("1000 900", "y1900");
    let within = b.seq(vec![hundreds, small]);
    b.alt(vec![within, whole])
}

fn english_centuries(b: &mut Builder, language: Language) -> NodeId {
    let centuries = b.meanings(&[("20", "y20"), ("19", "y19")]);
    let large = two_figures(b, language, 10..100, |number| format!("y{number:02}"));
    let oh = b.phrase("oh");
    let units = two_figures(b, language, 1..10, |number| format!("y{number:02}"));
    let units = b.seq(vec![oh, units]);
    let hundred = b.meaning("100", "y00");
    let within = b.alt(vec![large, units, hundred]);
    b.seq(vec![centuries, within])
}

fn months(b: &mut Builder, names: &[&[&str]]) -> NodeId {
    let months: Vec<NodeId> = names
        .iter()
        .enumerate()
        .flat_map(|(index, names)| names.iter().map(move |name| (*name, format!("m{:02}", index + 1))))
        .map(|(name, literal)| b.meaning(name, &literal))
        .collect();
    b.alt(months)
}

fn any_words(b: &mut Builder, phrases: &[&str]) -> NodeId {
    let phrases = phrases.iter().map(|phrase| b.phrase(phrase)).collect();
    b.alt(phrases)
}

fn optional_words(b: &mut Builder, phrases: &[&str]) -> NodeId {
    let words = any_words(b, phrases);
    b.optional(words)
}

const ENGLISH_MONTHS: &[&[&str]] = &[
    &["january", "jan"],
    &["february", "feb"],
    &["march", "mar"],
    &["april", "apr"],
    &["may"],
    &["june", "jun"],
    &["july", "jul"],
    &["august", "aug"],
    &["september", "sept", "sep"],
    &["october", "oct"],
    &["november", "nov"],
    &["december", "dec"],
];

const SPANISH_MONTHS: &[&[&str]] = &[
    &["enero"],
    &["febrero"],
    &["marzo"],
    &["abril"],
    &["mayo"],
    &["junio"],
    &["julio"],
    &["agosto"],
    &["septiembre", "setiembre"],
    &["octubre"],
    &["noviembre"],
    &["diciembre"],
];

const ENGLISH_WEEKDAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const SPANISH_WEEKDAYS: &[&str] = &["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
