//! What is found in what callers say.

use super::*;
use proptest::prelude::*;

/// Wednesday the 11th of June 2025, ten in the morning.
fn moment() -> Moment {
    Moment { now: civil::date(2025, 6, 11).at(10, 0, 0, 0), hours: None }
}

/// The entities of a kind: what is said and what it can mean.
fn said(utterance: &str, language: Language, wanted: &[Kind], kind: Kind) -> Vec<(String, Vec<String>)> {
    find(utterance, language, &moment(), wanted)
        .into_iter()
        .filter(|entity| entity.kind == kind)
        .map(|entity| (utterance[entity.span].to_owned(), entity.readings.iter().map(show).collect()))
        .collect()
}

fn show(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Time(time) => format!("{:02}:{:02}", time.hour(), time.minute()),
        Value::Minutes(minutes) => minutes.to_string(),
        Value::Money(amount, currency) => format!("{amount} {}", currency.unwrap_or("?")),
        Value::YesNo(yes) => yes.to_string(),
        Value::Text(text) => text.clone(),
    }
}

/// Asserts the readings, between blanks, of the last entity of the kind in each utterance.
fn means(language: Language, kind: Kind, wanted: &[Kind], cases: &[(&str, &str)]) {
    for (utterance, readings) in cases {
        let found = said(utterance, language, wanted, kind);
        let last = found.last().map(|(_, readings)| readings.join(" ")).unwrap_or_else(|| "nothing".to_owned());
        assert_eq!(&last, readings, "{utterance}: {found:?}");
    }
}

#[test]
fn english_times_have_the_readings_a_listener_would_give_them() {
    means(
        Language::English,
        Kind::Time,
        &[],
        &[
            ("half past seven", "07:30 19:30"),
            ("a quarter to eight tonight", "19:45"),
            ("twenty five past two in the afternoon", "14:25"),
            ("at noon", "12:00"),
            ("midnight", "00:00"),
            ("1pm", "13:00"),
            ("at 4:30 p.m.", "16:30"),
            ("at seven", "07:00 19:00"),
            ("at nine at night", "21:00"),
            ("sevenish in the evening", "19:00"),
            ("19:30", "19:30"),
            ("nineteen thirty", "19:30"),
            ("twenty hundred hours", "20:00"),
            ("at twelve thirty", "00:30 12:30"),
            ("tomorrow evening at 8", "20:00"),
            ("in forty five minutes", "10:45"),
            ("an hour before 6:30pm", "17:30"),
            ("too thirty in the afternoon", "14:30"),
            ("seven or eight in the evening", "20:00"),
        ],
    );
}

#[test]
fn spanish_times_have_the_readings_a_listener_would_give_them() {
    means(
        Language::Spanish,
        Kind::Time,
        &[],
        &[
            ("a las siete y media de la tarde", "19:30"),
            ("a las ocho menos cuarto", "07:45 19:45"),
            ("cuarto para las ocho de la noche", "19:45"),
            ("a la una de la tarde", "13:00"),
            ("mañana por la mañana a las diez", "10:00"),
            ("al mediodía", "12:00"),
            ("a las 21:30", "21:30"),
            ("en media hora", "10:30"),
            ("sobre las nueve y veinte", "09:20 21:20"),
        ],
    );
}

#[test]
fn a_time_that_is_only_bounded_has_no_reading() {
    means(
        Language::English,
        Kind::Time,
        &[],
        &[("after five pm", ""), ("before noon", ""), ("between six and seven pm", ""), ("in a few hours", "")],
    );
    means(Language::Spanish, Kind::Time, &[], &[("después de las cinco", ""), ("antes de las nueve", "")]);
}

#[test]
fn opening_hours_settle_a_time_that_has_one_reading_within_them() {
    let hours = Some((civil::time(9, 0, 0, 0), civil::time(22, 0, 0, 0)));
    let open = Moment { hours, ..moment() };
    let readings = |utterance: &str| -> Vec<String> {
        let found = find(utterance, Language::English, &open, &[Kind::Time]);
        found.iter().filter(|entity| entity.kind == Kind::Time).flat_map(|entity| &entity.readings).map(show).collect()
    };
    assert_eq!(readings("seven"), ["19:00"]);
    assert_eq!(readings("at nine"), ["09:00", "21:00"]);
    assert_eq!(readings("eleven pm"), ["23:00"]);
}

#[test]
fn english_days_are_reckoned_from_the_call() {
    means(
        Language::English,
        Kind::Date,
        &[],
        &[
            ("tomorrow", "2025-06-12"),
            ("the day after tomorrow", "2025-06-13"),
            ("this evening", "2025-06-11"),
            ("friday", "2025-06-13"),
            ("next friday", "2025-06-13 2025-06-20"),
            ("next monday", "2025-06-16"),
            ("wednesday", "2025-06-11 2025-06-18"),
            ("friday next week", "2025-06-20"),
            ("a week from friday", "2025-06-20"),
            ("in two weeks", "2025-06-25"),
            ("ten days from now", "2025-06-21"),
            ("the fifth of march", "2026-03-05"),
            ("june twentieth twenty twenty five", "2025-06-20"),
            ("july four", "2025-07-04"),
            ("on the 18th", "2025-06-18"),
            ("Saturday, 26 Oct", "2030-10-26"),
            ("the first Monday of September", "2025-09-01"),
            ("2026-03-05", "2026-03-05"),
            ("6/20/2025", "2025-06-20"),
            ("on Wensday the 25th", "2025-06-25"),
            ("Christmas Eve", "2025-12-24"),
            ("from April 11th to the 13th", "2026-04-13"),
            ("the 30th of february", ""),
            ("any day works", ""),
        ],
    );
}

#[test]
fn spanish_days_are_reckoned_from_the_call() {
    means(
        Language::Spanish,
        Kind::Date,
        &[],
        &[
            ("mañana por la mañana", "2025-06-12"),
            ("pasado mañana", "2025-06-13"),
            ("el viernes", "2025-06-13"),
            ("el viernes que viene", "2025-06-13"),
            ("el cinco de marzo", "2026-03-05"),
            ("el domingo 15 de junio", "2025-06-15"),
            ("dentro de dos semanas", "2025-06-25"),
            ("el 5/7", "2025-07-05"),
            ("el veintiuno a las nueve", "2025-06-21"),
            ("el martes de la semana que viene", "2025-06-17"),
            ("en nochebuena", "2025-12-24"),
        ],
    );
    means(Language::Spanish, Kind::Date, &[], &[("a las ocho de la mañana", "nothing")]);
}

#[test]
fn a_party_is_counted() {
    means(
        Language::English,
        Kind::People,
        &[],
        &[
            ("a table for four", "4"),
            ("party of 6", "6"),
            ("two of us and a baby", "3"),
            ("just me", "1"),
            ("my wife and I", "2"),
            ("me and my parents", "3"),
            ("2 adults and 3 kids", "5"),
            ("3 couples", "6"),
            ("a table for 2 at 7", "2"),
            ("5 for 9:15", "5"),
            ("4 people, 3 adults and a baby", "4"),
            ("four of my friends are vegan", "nothing"),
            ("we need 2 highchairs", "nothing"),
            ("a table for 7:30", "nothing"),
            ("with two guests", "3 2"),
        ],
    );
    means(
        Language::Spanish,
        Kind::People,
        &[],
        &[
            ("una mesa para cuatro", "4"),
            ("somos dos y un bebé", "3"),
            ("mi mujer y yo", "2"),
            ("mis padres y yo", "3"),
            ("para tres personas", "3"),
            ("a las dos", "nothing"),
        ],
    );
}

#[test]
fn what_was_asked_settles_what_a_bare_word_is() {
    means(Language::English, Kind::Time, &[Kind::Time], &[("seven", "07:00 19:00"), ("for 8", "08:00 20:00")]);
    means(Language::English, Kind::People, &[Kind::People], &[("seven", "7"), ("no, four", "4")]);
    means(Language::English, Kind::LastName, &[Kind::Name], &[("jones please", "jones")]);
    means(Language::English, Kind::Time, &[], &[("seven", "nothing")]);
    means(Language::English, Kind::Time, &[Kind::Time], &[("two at two pm", "14:00"), ("option two", "nothing")]);
}

#[test]
fn names_are_told_by_their_frames_capitals_and_spelling() {
    let both = |utterance: &str, language: Language, wanted: &[Kind]| -> (String, String) {
        let part = |kind: Kind| {
            said(utterance, language, wanted, kind).pop().map(|(_, readings)| readings.concat()).unwrap_or_default()
        };
        (part(Kind::FirstName), part(Kind::LastName))
    };
    for (utterance, first, last) in [
        ("it's Misha", "Misha", ""),
        ("under Sarah Connor", "Sarah", "Connor"),
        ("my name is john smith", "john", "smith"),
        ("last name Weidmann", "", "Weidmann"),
        ("this is Mr. Jones", "", "Jones"),
        ("my name is S M I T H", "", "Smith"),
        ("my last name is o'neil spelled O N E I L", "", "o'neil"),
        ("under Sarah Conner, C O N N O R", "Sarah", "Connor"),
        ("Johnny Thune here, cancel my table", "Johnny", "Thune"),
        ("a booking for Tess Sterback at 7", "Tess", "Sterback"),
        ("I want a restaurant in Liverpool Street", "", ""),
        ("a table for Saturday", "", ""),
    ] {
        assert_eq!(both(utterance, Language::English, &[]), (first.to_owned(), last.to_owned()), "{utterance}");
    }
    for (utterance, first, last) in [
        ("me llamo Juan García", "Juan", "García"),
        ("a nombre de Pérez", "", "Pérez"),
        ("me llamo ese e erre ge i o", "Sergio", ""),
        ("soy maria de la cruz", "maria", "de la cruz"),
    ] {
        assert_eq!(both(utterance, Language::Spanish, &[]), (first.to_owned(), last.to_owned()), "{utterance}");
    }
}

#[test]
fn amounts_numbers_and_codes_have_their_value() {
    for (language, kind, utterance, value) in [
        (Language::English, Kind::Money, "it was $5.50", "5.5 USD"),
        (Language::English, Kind::Money, "twenty five euros and fifty cents", "25.5 EUR"),
        (Language::Spanish, Kind::Money, "veinticinco euros con cincuenta", "25.5 EUR"),
        (Language::English, Kind::Phone, "call 555 123 4567", "5551234567"),
        (Language::English, Kind::Phone, "it's +34 600 12 34 56", "+34600123456"),
        (Language::Spanish, Kind::Phone, "seis cero cero doce treinta y cuatro cincuenta y seis", "600123456"),
        (Language::English, Kind::Code, "my code is A B one two three four", "AB1234"),
        (Language::English, Kind::Code, "AB1234", "AB1234"),
        (Language::English, Kind::Code, "b as in boy, 7 7 4", "B774"),
        (Language::English, Kind::Duration, "two and a half hours", "150"),
        (Language::Spanish, Kind::Duration, "por tres días", "4320"),
        (Language::English, Kind::Number, "about twelve hundred", "1200"),
        (Language::English, Kind::Ordinal, "the twenty third one", "23"),
        (Language::English, Kind::YesNo, "yeah that's right", "true"),
        (Language::English, Kind::YesNo, "no, not that", "false"),
        (Language::Spanish, Kind::YesNo, "sí, claro", "true"),
    ] {
        means(language, kind, &[], &[(utterance, value)]);
    }
}

#[test]
fn the_later_of_two_corrections_wins() {
    let all = |utterance: &str, kind: Kind| -> Vec<String> {
        said(utterance, Language::English, &[], kind).into_iter().flat_map(|(_, readings)| readings).collect()
    };
    assert_eq!(all("six pm actually make that six thirty pm", Kind::Time), ["18:30"]);
    assert_eq!(all("not tomorrow, friday", Kind::Date), ["2025-06-13"]);
    assert_eq!(all("a table for four, no, five", Kind::People), ["5"]);
}

#[test]
fn one_breath_fills_everything() {
    let found = find(
        "hi um a table for four tomorrow at one under Misha please",
        Language::English,
        &Moment { hours: Some((civil::time(9, 0, 0, 0), civil::time(22, 0, 0, 0))), ..moment() },
        &[],
    );
    let kinds: Vec<(Kind, String)> =
        found.iter().map(|entity| (entity.kind, entity.readings.iter().map(show).collect())).collect();
    assert_eq!(
        kinds,
        [
            (Kind::People, "4".to_owned()),
            (Kind::Date, "2025-06-12".to_owned()),
            (Kind::Time, "13:00".to_owned()),
            (Kind::Name, "Misha".to_owned()),
            (Kind::FirstName, "Misha".to_owned()),
        ]
    );
}

#[test]
fn things_of_a_list_are_counted() {
    let order = |utterance: &str, labels: &[&str]| -> Vec<(usize, u32, String)> {
        let found = items::items(utterance, Language::English, labels);
        found.into_iter().map(|item| (item.option, item.quantity, utterance[item.span].to_owned())).collect()
    };
    let menu = ["Large pepperoni pizza", "Small pepperoni pizza", "Coke", "Mac and cheese"];
    assert_eq!(
        order("two large pepperoni and a coke", &menu),
        [(0, 2, "two large pepperoni".to_owned()), (2, 1, "a coke".to_owned())]
    );
    assert_eq!(
        order("I'd like mac and cheese, three cokes please", &menu),
        [(3, 1, "mac and cheese".to_owned()), (2, 3, "three cokes".to_owned())]
    );
    assert_eq!(order("a pepperoni", &menu), [], "which of the two must be asked");
}

const KINDS: &[Kind] = &[
    Kind::Number,
    Kind::Ordinal,
    Kind::Date,
    Kind::Time,
    Kind::Duration,
    Kind::People,
    Kind::FirstName,
    Kind::LastName,
    Kind::Name,
    Kind::Phone,
    Kind::Money,
    Kind::YesNo,
    Kind::Code,
];

/// Words that entities are made of, in any order, with marks between them.
fn babble() -> impl Strategy<Value = String> {
    let words = "a an the of and to past half quarter seven twenty thirty hundred thousand first 31st 7 30 0 99 1130 2025 \
                 99999999999999999999 : / - . , $ € pm am p.m. o'clock ish march friday next last week days in from now \
                 tomorrow tonight me my wife people couple kids for table party name is Misha Sarah O'Brien S M double \
                 not no actually mañana las siete y media menos cuarto mes que viene años hace ½ ² ñ İ ß 👩‍👧 \u{301} before after";
    let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
    let word = prop::sample::select(words);
    let joint = prop::sample::select(vec!["", " ", " ", " ", ", ", "\t"]);
    prop::collection::vec((word, joint), 0..24)
        .prop_map(|parts| parts.into_iter().flat_map(|(word, joint)| [word, joint.to_owned()]).collect())
}

fn well_formed(utterance: &str, language: Language, wanted: &[Kind]) -> Result<(), TestCaseError> {
    let found = find(utterance, language, &moment(), wanted);
    let mut ends = std::collections::HashMap::new();
    for pair in found.windows(2) {
        prop_assert!(pair[0].span.start <= pair[1].span.start, "in the order said");
    }
    for entity in found {
        prop_assert!(
            utterance.get(entity.span.clone()).is_some_and(|text| !text.is_empty()),
            "{entity:?} lies outside"
        );
        prop_assert!((0.0..=1.0).contains(&entity.confidence));
        let end = ends.insert(entity.kind, entity.span.end).unwrap_or(0);
        prop_assert!(entity.span.start >= end, "two of a kind overlap: {entity:?}");
    }
    Ok(())
}

proptest! {
    #[test]
    fn anything_can_be_said(utterance in any::<String>(), spanish in any::<bool>(), wanted in prop::sample::subsequence(KINDS, 0..4)) {
        well_formed(&utterance, if spanish { Language::Spanish } else { Language::English }, &wanted)?;
    }

    #[test]
    fn words_of_entities_in_any_order_are_understood_or_not(utterance in babble(), spanish in any::<bool>(), wanted in prop::sample::subsequence(KINDS, 0..4)) {
        let language = if spanish { Language::Spanish } else { Language::English };
        well_formed(&utterance, language, &wanted)?;
        items::items(&utterance, language, &["half a pizza", "the table", ""]);
        slots::predict(&utterance, language, &moment(), &["time"], &["people", "date", "time", "timeRange", "party_size_number"]);
        slots::judge(&utterance, language, &moment(), &["date"]);
    }

    #[test]
    fn a_written_clock_time_means_itself(hour in 13i8..24, minute in 0i8..60) {
        let utterance = format!("at {hour}:{minute:02}");
        means(Language::English, Kind::Time, &[], &[(&utterance, &format!("{hour:02}:{minute:02}"))]);
    }

    #[test]
    fn a_written_date_means_itself(days in 0i64..20_000) {
        let date = civil::date(2000, 1, 1).saturating_add(jiff::Span::new().days(days));
        means(Language::English, Kind::Date, &[], &[(&date.to_string(), &date.to_string())]);
    }
}
