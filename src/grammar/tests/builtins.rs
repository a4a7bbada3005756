use super::*;

fn by_key(name: &str) -> Grammar {
    Grammar::builtin(name, InputMode::Dtmf, "en-US").unwrap()
}

fn said(name: &str, lang: &str, words: &str) -> Value {
    let grammar = Grammar::builtin(name, InputMode::Voice, lang).unwrap();
    let verdict = grammar.match_words(words);
    value(verdict.parse().unwrap_or_else(|| panic!("{name} {lang}: {words:?} is {verdict:?}")).semantics())
}

fn all_said(name: &str, lang: &str, expected: &[(&str, &str)]) {
    let grammar = Grammar::builtin(name, InputMode::Voice, lang).unwrap();
    let mut wrong = Vec::new();
    for (words, expected) in expected {
        let found = grammar.match_words(words).parse().map(|parse| value(parse.semantics()));
        if found.as_ref().and_then(Value::as_str) != Some(*expected) {
            wrong.push(format!("{words:?} is {found:?}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{name} {lang}:\n{}", wrong.join("\n"));
}

#[test]
fn keys_have_the_values_of_the_standard() {
    assert_eq!(keyed(&by_key("boolean"), "1"), true);
    assert_eq!(keyed(&by_key("boolean?y=7;n=9"), "9"), false);
    assert_eq!(keys(&by_key("boolean?y=7;n=9"), "1"), "no");
    assert_eq!(keyed(&by_key("builtin:dtmf/digits?length=4"), "0042"), "0042");
    assert_eq!(keys(&by_key("digits?minlength=2;maxlength=3"), "12"), "match+");
    assert_eq!(keys(&by_key("digits?minlength=2;maxlength=3"), "1"), "prefix");
    assert_eq!(by_key("digits?maxlength=3").extent(), Extent { shortest: 1, longest: Some(3) });
    for (keys, number) in
        [("12*5", "12.5"), ("0012", "12"), ("*5", "0.5"), ("5*", "5"), ("0", "0"), ("1000000", "1000000")]
    {
        assert_eq!(keyed(&by_key("number"), keys), number);
    }
    for (keys, amount) in [("12*5", "12.50"), ("12", "12.00"), ("12*05", "12.05"), ("*99", "0.99"), ("7*", "7.00")] {
        assert_eq!(keyed(&by_key("currency"), keys), amount);
    }
    assert_eq!(keys(&by_key("currency"), "1*234"), "no");
    assert_eq!(keyed(&by_key("phone"), "5551234*12"), "5551234x12");
    assert_eq!(keyed(&by_key("phone"), "5551234"), "5551234");
}

#[test]
fn keyed_dates_and_times_exist_in_the_calendar() {
    assert_eq!(keyed(&by_key("date"), "20260704"), "20260704");
    assert_eq!(keyed(&by_key("date"), "20240229"), "20240229");
    for wrong in ["20261304", "20260230", "20260431", "20260700", "20260732"] {
        assert_eq!(keys(&by_key("date"), wrong), "no", "{wrong}");
    }
    assert_eq!(by_key("date").extent(), Extent { shortest: 8, longest: Some(8) });
    // By key nobody can say which half of the day is meant: the value ends in `h` or `?`.
    for (keys, time) in [("1730", "1730h"), ("0530", "0530?"), ("0015", "0015h"), ("1200", "1200?"), ("2359", "2359h")]
    {
        assert_eq!(keyed(&by_key("time"), keys), time);
    }
    assert_eq!(keys(&by_key("time"), "2400"), "no");
    assert_eq!(keys(&by_key("time"), "1260"), "no");
}

#[test]
fn a_builtin_is_named_in_every_spelling() {
    for (name, input, mode) in [
        ("digits", "12", InputMode::Dtmf),
        ("builtin:digits", "12", InputMode::Dtmf),
        ("builtin:dtmf/digits", "12", InputMode::Dtmf),
        ("BUILTIN:DTMF/Digits", "12", InputMode::Dtmf),
        (" builtin:dtmf/digits?minlength=1&maxlength=3 ", "12", InputMode::Dtmf),
        ("builtin:grammar/digits", "one two", InputMode::Voice),
        ("builtin:voice/digits", "one two", InputMode::Voice),
        ("builtin:speech/digits", "one two", InputMode::Voice),
    ] {
        let grammar = Grammar::builtin(name, mode, "en").unwrap();
        assert_eq!(grammar.mode(), mode);
        let verdict = if mode == InputMode::Dtmf { grammar.match_keys(input) } else { grammar.match_words(input) };
        assert_eq!(value(verdict.parse().unwrap().semantics()), "12", "{name}");
    }
}

#[test]
fn why_there_is_no_such_builtin_is_told() {
    let refused = |name: &str| Grammar::builtin(name, InputMode::Voice, "en").unwrap_err();
    for name in ["nonsense", "builtin:amd", "builtin:other/digits", "text", ""] {
        assert!(matches!(refused(name), NoBuiltin::Type(_)), "{name}");
    }
    for name in [
        "digits?length=4;maxlength=5",
        "digits?minlength=5;maxlength=3",
        "digits?length=0",
        "digits?length=four",
        "digits?minlength=-1",
        "digits?maxlength=4000000000",
        "boolean?y=1;n=1",
        "boolean?y=2",
        "boolean?y=12",
    ] {
        assert!(matches!(refused(name), NoBuiltin::Parameters(..)), "{name}");
    }
    let spoken = Grammar::builtin("date", InputMode::Voice, "fr-FR").unwrap_err();
    assert_eq!(spoken.to_string(), "the builtin type `date` cannot be spoken in the language `fr-FR`");
    assert!(Grammar::builtin("date", InputMode::Dtmf, "fr-FR").is_ok());
}

#[test]
fn yes_and_no_are_said_in_many_ways() {
    for (lang, yes, no) in [
        ("en-US", "Yes, please.", "No, thank you."),
        ("en", "yeah", "nope"),
        ("es-MX", "Sí.", "No."),
        ("es", "claro que sí", "no gracias"),
        ("fr-FR", "Oui", "Non"),
    ] {
        assert_eq!(said("builtin:grammar/boolean", lang, yes), true);
        assert_eq!(said("boolean", lang, no), false);
    }
}

#[test]
fn digits_are_said_one_by_one_or_doubled() {
    all_said(
        "digits",
        "en",
        &[
            ("zero four two", "042"),
            ("oh 5", "05"),
            ("oh double five", "055"),
            ("triple nine", "999"),
            ("1 2 3", "123"),
        ],
    );
    all_said("digits", "es", &[("dos tres", "23"), ("cero doble cinco", "055"), ("uno dos", "12")]);
    all_said(
        "digits?length=4",
        "en",
        &[("1234", "1234"), ("double one double two", "1122"), ("triple one two", "1112")],
    );
    let four = Grammar::builtin("digits?length=4", InputMode::Voice, "en").unwrap();
    for (words, expected) in
        [("double one two", "prefix"), ("double one triple two", "no"), ("one two three four", "match")]
    {
        assert_eq!(says(&four, words), expected, "{words}");
    }
    let some = Grammar::builtin("digits?minlength=2;maxlength=3", InputMode::Voice, "en").unwrap();
    for (words, expected) in
        [("one", "prefix"), ("double one", "match+"), ("triple one", "match"), ("double one double one", "no")]
    {
        assert_eq!(says(&some, words), expected, "{words}");
    }
}

#[test]
fn numbers_are_said_in_words_or_figures() {
    all_said(
        "number",
        "en",
        &[
            ("two hundred and five point two", "205.2"),
            ("one hundred twenty-three", "123"),
            ("five point three", "5.3"),
            ("1,205", "1205"),
            ("minus 5", "-5"),
            ("negative twelve", "-12"),
            ("plus seven", "7"),
            ("3.14", "3.14"),
            ("zero point five", "0.5"),
            ("a thousand", "1000"),
            ("zero", "0"),
            ("twenty-one", "21"),
            ("two and a half", "2.5"),
            ("two million three", "2000003"),
            ("twelve hundred", "1200"),
        ],
    );
    all_said(
        "number",
        "es",
        &[
            ("doscientos treinta y uno", "231"),
            ("mil quinientos", "1500"),
            ("cero coma cinco", "0.5"),
            ("tres coma catorce", "3.14"),
            ("tres punto uno cuatro", "3.14"),
            ("menos ocho", "-8"),
            ("dos y medio", "2.5"),
            ("un millón", "1000000"),
            ("veintiún mil", "21000"),
        ],
    );
}

#[test]
fn amounts_of_money_have_a_currency_and_two_decimals() {
    all_said(
        "currency",
        "en-US",
        &[
            ("$12.50", "USD12.50"),
            ("five dollars", "USD5.00"),
            ("five dollars and five cents", "USD5.05"),
            ("twenty dollars and five cents", "USD20.05"),
            ("a dollar fifty", "USD1.50"),
            ("fifty cents", "0.50"),
            ("five point five dollars", "USD5.50"),
            ("five fifty", "5.50"),
            ("two hundred", "200.00"),
            ("ten euros", "EUR10.00"),
            ("three pounds fifty pence", "GBP3.50"),
            ("twenty canadian dollars", "CAD20.00"),
            // Whose pesos they are nobody can tell.
            ("five pesos", "5.00"),
        ],
    );
    all_said(
        "currency",
        "es-ES",
        &[
            ("veinte euros con cinco", "EUR20.05"),
            ("veinte euros y cinco céntimos", "EUR20.05"),
            ("veinte euros con cincuenta céntimos", "EUR20.50"),
            ("un euro", "EUR1.00"),
            ("treinta y un euros", "EUR31.00"),
            ("diez coma cinco euros", "EUR10.50"),
            ("veinte con cincuenta", "20.50"),
            ("20,50 €", "EUR20.50"),
            ("cincuenta céntimos", "0.50"),
        ],
    );
    all_said(
        "currency",
        "es-MX",
        &[("cien pesos", "MXN100.00"), ("doscientos pesos con cincuenta centavos", "MXN200.50")],
    );
    all_said("currency", "en-CA", &[("five dollars", "CAD5.00")]);
}

#[test]
fn times_are_said_by_the_clock_or_around_the_hour() {
    all_said(
        "time",
        "en",
        &[
            ("five thirty p m", "0530p"),
            ("5:30 p.m.", "0530p"),
            ("5:05 am", "0505a"),
            ("17:30", "1730h"),
            ("04:30", "0430?"),
            ("00:15", "0015h"),
            ("3:00", "0300?"),
            ("noon", "1200p"),
            ("midnight", "1200a"),
            ("half past three", "0330?"),
            ("half past three in the afternoon", "0330p"),
            ("quarter past four", "0415?"),
            ("a quarter to five", "0445?"),
            ("quarter to one", "1245?"),
            ("ten past six", "0610?"),
            ("twenty minutes to seven pm", "0640p"),
            ("three o'clock", "0300?"),
            ("at eight in the morning", "0800a"),
            ("five o clock p m", "0500p"),
            ("fifteen hundred hours", "1500h"),
            ("oh eight hundred hours", "0800h"),
            ("twelve", "1200?"),
        ],
    );
    all_said(
        "time",
        "es",
        &[
            ("a las cinco y media de la tarde", "0530p"),
            ("tres y media", "0330?"),
            ("las tres y cuarto", "0315?"),
            ("las cuatro menos cuarto", "0345?"),
            ("la una menos diez", "1250?"),
            ("las tres y diez", "0310?"),
            ("las tres y cinco", "0305?"),
            ("la una", "0100?"),
            ("las ocho en punto de la mañana", "0800a"),
            ("las dos de la madrugada", "0200a"),
            ("las quince horas", "1500h"),
            ("quince treinta", "1530h"),
            ("cuarto para las cuatro", "0345?"),
            ("a mediodía", "1200p"),
            ("medianoche", "1200a"),
            ("17:05", "1705h"),
        ],
    );
}

#[test]
fn dates_are_said_whole_or_in_part() {
    all_said(
        "date",
        "en-US",
        &[
            ("July 4th, 2026", "20260704"),
            ("july the fourth twenty twenty six", "20260704"),
            ("the fourth of july two thousand and twenty six", "20260704"),
            ("march fifth", "????0305"),
            ("the twenty first of march", "????0321"),
            ("the twenty-first of March", "????0321"),
            ("march five nineteen ninety", "19900305"),
            ("may 1 1985", "19850501"),
            ("monday june first nineteen oh five", "19050601"),
            ("july 2026", "202607??"),
            ("december", "????12??"),
            ("the fifth", "??????05"),
            ("two thousand twenty six", "2026????"),
            ("7/4/2026", "20260704"),
            ("07/04/26", "20260704"),
            ("2026-07-04", "20260704"),
            ("Sept. 9", "????0909"),
        ],
    );
    all_said("date", "en-GB", &[("4/7/2026", "20260704")]);
    all_said(
        "date",
        "es",
        &[
            ("el cuatro de julio de 2026", "20260704"),
            ("el cinco de marzo", "????0305"),
            ("primero de enero del dos mil cinco", "20050101"),
            ("uno de mayo de mil novecientos noventa", "19900501"),
            ("lunes veintiuno de marzo", "????0321"),
            ("treinta y uno de diciembre", "????1231"),
            ("marzo de 2026", "202603??"),
            ("el cinco", "??????05"),
            ("4/7/2026", "20260704"),
        ],
    );
}

#[test]
fn telephone_numbers_may_have_an_extension() {
    all_said(
        "phone",
        "en",
        &[
            ("555-1234 extension 12", "5551234x12"),
            ("five five five one two three four", "5551234"),
            ("(800) 555-1234", "8005551234"),
            ("eight hundred five five five", "800555"),
            ("oh double seven", "077"),
            ("+1 555 123 4567", "15551234567"),
            ("555 1234 x 12", "5551234x12"),
        ],
    );
    all_said("phone", "es", &[("nueve uno cinco extensión dos", "915x2"), ("91 555 12 34", "915551234")]);
}

#[test]
fn dictation_takes_any_words_and_means_them() {
    let text = Grammar::dictation(InputMode::Voice);
    assert_eq!(says(&text, ""), "prefix");
    let verdict = text.match_words("Mañana, quizás: it's at 5 p.m.");
    assert_eq!(verdict.parse().unwrap().semantics(), Semantics::None);
    assert_eq!(verdict.parse().unwrap().utterance(), "mañana quizás it's at 5 p.m");
    assert_eq!(keys(&Grammar::dictation(InputMode::Dtmf), "12*"), "match+");
}
