use super::*;

fn say_as(attributes: &[(&str, &str)], text: &str, lang: &str) -> Reading {
    let attributes: Vec<_> = attributes.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Reading::of("say-as", &attributes, &[Speech::Text(text.to_owned())], lang).unwrap()
}

/// What a voice without SSML says, in English and in Spanish.
fn said(kind: &str, text: &str) -> [String; 2] {
    ["en-US", "es-ES"].map(|lang| say_as(&[("interpret-as", kind)], text, lang).plain)
}

/// A check of many: kind, text, English, Spanish.
#[track_caller]
fn heard(rows: &[(&str, &str, &str, &str)]) {
    for (kind, text, english, spanish) in rows {
        assert_eq!(said(kind, text), [*english, *spanish], "{kind} {text}");
    }
}

fn interpret_as(reading: &Reading) -> &str {
    reading.element.as_ref().map_or("", |(_, attributes)| attributes[0].1.as_str())
}

#[test]
fn digits_and_characters_are_spelled_for_plain_voices_and_marked_for_others() {
    for attributes in [[("interpret-as", "vxml:digits")], [("type", "number:digits")], [("class", "digits")]] {
        let reading = say_as(&attributes, "1234", "es-MX");
        assert_eq!((interpret_as(&reading), reading.plain.as_str()), ("digits", "1 2 3 4"));
    }
    for kind in ["letters", "spell-out", "characters", "acronym", "literal"] {
        let reading = say_as(&[("interpret-as", kind)], "AB-1", "en-US");
        assert_eq!((interpret_as(&reading), reading.plain.as_str()), ("characters", "A B 1"), "{kind}");
    }
}

#[test]
fn builtin_values_are_heard_as_people_say_them() {
    heard(&[
        ("vxml:date", "20260302", "March 2, 2026", "2 de marzo de 2026"),
        ("vxml:date", "????0302", "March 2", "2 de marzo"),
        ("vxml:date", "202603??", "March 2026", "marzo de 2026"),
        ("vxml:date", "2026????", "2026", "2026"),
        ("vxml:time", "0530p", "5:30 p.m.", "5:30 de la tarde"),
        ("vxml:time", "0915a", "9:15 a.m.", "9:15 de la mañana"),
        ("vxml:time", "1200a", "12:00 a.m.", "12:00 de la noche"),
        ("vxml:time", "1730h", "17:30", "17:30"),
        ("vxml:time", "0530?", "5:30", "5:30"),
        ("vxml:currency", "USD12.50", "12 dollars and 50 cents", "12 dólares con 50 centavos"),
        ("vxml:currency", "EUR1.01", "1 euro and 1 cent", "un euro con un céntimo"),
        ("vxml:currency", "GBP1", "1 pound", "una libra"),
        ("vxml:boolean", "true", "yes", "sí"),
        ("vxml:boolean", "false", "no", "no"),
        ("vxml:number", "-3.5", "minus 3.5", "menos 3.5"),
        ("vxml:number", "42", "42", "42"),
        ("vxml:phone", "4155550100x12", "4 1 5, 5 5 5, 0 1 0 0, extension 1 2", "4 1 5, 5 5 5, 0 1 0 0, extensión 1 2"),
    ]);
}

#[test]
fn what_is_no_value_of_its_type_is_heard_as_it_is_written() {
    for (kind, odd) in [
        ("vxml:time", "noon"),
        ("vxml:time", "2575h"),
        ("vxml:time", ""),
        ("vxml:currency", "lots"),
        ("vxml:currency", "USD"),
        ("vxml:date", "soon"),
        ("vxml:date", "20261399"),
        ("date:mdy", "13/45/2026"),
        ("vxml:phone", "1-800-FLOWERS"),
        ("vxml:boolean", "perhaps"),
        ("ordinal", "last"),
        ("duration", "long"),
        ("duration:hms", "1:2"),
        ("net:email", "no address"),
    ] {
        assert_eq!(said(kind, odd), [odd, odd], "{kind}");
    }
}

#[test]
fn dates_are_read_in_the_order_their_format_names() {
    heard(&[
        ("date:mdy", "03/02/2026", "March 2, 2026", "2 de marzo de 2026"),
        ("date:dmy", "03/02/2026", "February 3, 2026", "3 de febrero de 2026"),
        ("date:ymd", "2026-03-02", "March 2, 2026", "2 de marzo de 2026"),
        ("date:mdy", "03022026", "March 2, 2026", "2 de marzo de 2026"),
        ("date:ym", "2026-03", "March 2026", "marzo de 2026"),
        ("date:my", "3/2026", "March 2026", "marzo de 2026"),
        ("date:md", "12/25", "December 25", "25 de diciembre"),
        ("date:dm", "25.12.", "December 25", "25 de diciembre"),
        ("date:y", "1999", "1999", "1999"),
        ("date:m", "8", "August", "agosto"),
        ("date:d", "3", "3rd", "3"),
        ("date", "2026-03-02", "March 2, 2026", "2 de marzo de 2026"),
        // Without a format the order is the language's own.
        ("date", "3/2/2026", "March 2, 2026", "3 de febrero de 2026"),
        // Two digits stay two.
        ("date:mdy", "3/2/45", "March 2, 45", "2 de marzo de 45"),
    ]);
    let format = say_as(&[("interpret-as", "date"), ("format", "dmy")], "1-2-2026", "en");
    assert_eq!(format.plain, "February 1, 2026");
}

#[test]
fn times_and_durations_are_read_by_their_format() {
    heard(&[
        ("time:hms12", "14:30", "2:30 p.m.", "2:30 de la tarde"),
        ("time:hms12", "2:30:15 pm", "2:30:15 p.m.", "2:30:15 de la tarde"),
        ("time:hms24", "2:30 p.m.", "14:30", "14:30"),
        ("time:hms24", "143015", "14:30:15", "14:30:15"),
        ("time", "9pm", "9:00 p.m.", "9:00 de la noche"),
        ("time", "12:15 PM", "12:15 p.m.", "12:15 del mediodía"),
        ("time", "1:05am", "1:05 a.m.", "1:05 de la madrugada"),
        ("duration:hms", "1:20:05", "1 hour 20 minutes 5 seconds", "una hora 20 minutos 5 segundos"),
        ("duration:ms", "01:30", "1 minute 30 seconds", "un minuto 30 segundos"),
        ("duration:m", "45", "45 minutes", "45 minutos"),
        ("duration", "PT2H1M", "2 hours 1 minute", "2 horas un minuto"),
        ("duration", "1'20\"", "1 minute 20 seconds", "un minuto 20 segundos"),
        ("duration:ms", "0:00", "0 seconds", "0 segundos"),
    ]);
}

#[test]
fn amounts_are_read_with_their_currency() {
    heard(&[
        ("currency", "$5.00", "5 dollars", "5 dólares"),
        ("currency", "$0.99", "99 cents", "99 centavos"),
        ("currency", "$1,234.50", "1234 dollars and 50 cents", "1234 dólares con 50 centavos"),
        ("currency", "-$3", "minus 3 dollars", "menos 3 dólares"),
        ("currency", "12,50 €", "12 euros and 50 cents", "12 euros con 50 céntimos"),
        ("currency", "20 USD", "20 dollars", "20 dólares"),
        ("currency", "USD2.5", "2 dollars and 50 cents", "2 dólares con 50 centavos"),
        ("currency", "USD1.234", "1.234 dollars", "1234 dólares"),
        ("currency", "JPY500", "500 yen", "500 yenes"),
        ("currency", "XAU5", "5 XAU", "5 XAU"),
    ]);
    assert_eq!(say_as(&[("interpret-as", "currency")], "$20", "es-MX").plain, "20 pesos");
    assert_eq!(say_as(&[("interpret-as", "currency")], "$20", "es-US").plain, "20 dólares");
}

#[test]
fn telephone_numbers_are_read_digit_by_digit_in_groups() {
    heard(&[
        ("telephone", "(415) 555-0100", "4 1 5, 5 5 5, 0 1 0 0", "4 1 5, 5 5 5, 0 1 0 0"),
        ("phone", "4155550100", "4 1 5, 5 5 5, 0 1 0 0", "4 1 5, 5 5 5, 0 1 0 0"),
        ("telephone", "912345678", "9 1 2 3 4 5 6 7 8", "9 1 2, 3 4 5, 6 7 8"),
        ("telephone", "+1 415 5550100", "plus 1, 4 1 5, 5 5 5 0 1 0 0", "más 1, 4 1 5, 5 5 5 0 1 0 0"),
        ("telephone", "911", "9 1 1", "9 1 1"),
    ]);
    assert_eq!(interpret_as(&say_as(&[("interpret-as", "telephone")], "4155550100", "en-US")), "telephone");
}

#[test]
fn ordinals_and_addresses_are_put_into_words() {
    heard(&[
        ("ordinal", "1", "1st", "primero"),
        ("ordinal", "12", "12th", "duodécimo"),
        ("number:ordinal", "23", "23rd", "vigésimo tercero"),
        ("ordinal", "5ª", "5th", "quinta"),
        ("ordinal", "111", "111th", "111.º"),
        (
            "net:email",
            "ana_b@example.com",
            "ana underscore b at example dot com",
            "ana guion bajo b arroba example punto com",
        ),
        (
            "net:uri",
            "https://www.example.com/help/",
            "www dot example dot com slash help",
            "www punto example punto com barra help",
        ),
        ("name", "Ana Belén", "Ana Belén", "Ana Belén"),
    ]);
}

#[test]
fn other_languages_are_left_to_the_voice() {
    let date = say_as(&[("interpret-as", "vxml:date")], "20260302", "fr-FR");
    assert_eq!((interpret_as(&date), date.plain.as_str()), ("date", "2026-03-02"));
    let ordinal = say_as(&[("interpret-as", "ordinal")], "2", "de-DE");
    assert_eq!((interpret_as(&ordinal), ordinal.plain.as_str()), ("ordinal", "2"));
    assert_eq!(say_as(&[("interpret-as", "vxml:time")], "0530p", "fr").plain, "17:30");
    assert_eq!(say_as(&[("interpret-as", "vxml:currency")], "EUR12.50", "fr").plain, "€12.50");
}

#[test]
fn a_substitute_is_what_is_heard() {
    let attributes = [("alias".to_owned(), "World Wide Web Consortium".to_owned())];
    let reading = Reading::of("sub", &attributes, &[Speech::Text("W3C".to_owned())], "en").unwrap();
    assert_eq!((reading.text.as_str(), reading.plain.as_str()), ("W3C", "World Wide Web Consortium"));
}

#[test]
fn audio_inside_is_not_swallowed() {
    assert_eq!(Reading::of("say-as", &[], &[Speech::Audio("http://x/a.wav".to_owned())], "en"), None);
}
