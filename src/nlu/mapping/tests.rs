//! What mapping files may say, and what is said of their mistakes.

use super::*;
use crate::dialogue::{Choice, Diagnostic, SlotKind, samples};

const STATE: &str = "file:///srv/airline/main.vxml#main/choice";

fn parse(text: &str) -> Mapping {
    Mapping::parse(text, "m.toml").unwrap()
}

fn mistakes(text: &str) -> Vec<Diagnostic> {
    Mapping::parse(text, "m.toml").unwrap_err()
}

fn request(lang: &str) -> InputRequest {
    let choice = Choice { key: Some("1".into()), phrases: Vec::new(), label: None, target: None };
    InputRequest { state: STATE.to_owned(), choices: vec![choice], ..samples::listening(lang) }
}

#[test]
fn errors_say_where_and_what_was_expected() {
    let found = mistakes("language = \"en\"\n[[state]]\nmatch = \"m.vxml\"\nprompt = \"x\"\n");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].position.map(|at| (at.line, at.column)), Some((4, 1)));
    assert!(found[0].message.contains("prompt"), "{}", found[0]);
    assert!(found[0].expected.as_deref().is_some_and(|e| e.contains("open_prompt")), "{}", found[0]);
}

#[test]
fn a_choice_needs_exactly_one_name_and_a_threshold_its_range() {
    let found = mistakes("threshold = 1.5\n[[state]]\nmatch = \"m.vxml\"\n[[state.choice]]\nlabel = \"x\"\n");
    let lines: Vec<u32> = found.iter().filter_map(|d| d.position.map(|at| at.line)).collect();
    assert_eq!(lines, [1, 4]);
}

#[test]
fn every_kind_of_mistake_has_its_line_and_says_what_is_expected() {
    let state = |more: &str| format!("[[state]]\nmatch = \"m.vxml\"\n{more}\n");
    for (text, line, expected) in [
        (state("entity = \"clock\""), 3, "date, time"),
        (state("hours = \"22:00-09:00\""), 3, "09:00-22:00"),
        (state("hours = \"9 to 5\""), 3, "09:00-22:00"),
        (state("threshold = { accept = 0.3, confirm = 0.6 }"), 3, "not above"),
        (state("threshold = \"high\""), 3, "a number from 0 to 1"),
        (state("agent = { transfer = \"+1 555\" }"), 3, "tel:+1"),
        (state("agent = { desk = \"1\" }"), 3, "key"),
        (state("label = 7"), 3, "one for all languages"),
        (state("label = { english = \"x\" }"), 3, "tag such as"),
        (state("[[state.choice]]\nkey = \"one\""), 4, "digits"),
        (state("[state.messages]\nconfirm = \"Really {label}?\""), 4, "{choice}"),
        ("[messages]\nsorry = { en = \"What, {choice}?\" }\n".to_owned(), 2, "no placeholder"),
        ("[messages]\nsory = \"What?\"\n".to_owned(), 2, "sorry"),
    ] {
        let found = mistakes(&text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].position.map(|at| at.line), Some(line), "{text}: {}", found[0]);
        assert!(found[0].expected.as_deref().is_some_and(|e| e.contains(expected)), "{text}: {}", found[0]);
    }
}

#[test]
fn an_entry_may_hold_for_one_language_only() {
    let mapping = parse("[[state]]\nmatch = \"main.vxml\"\nlanguage = \"es\"\nsecret = true\n");
    assert_eq!(mapping.entries(STATE, "es-MX").count(), 1);
    assert_eq!(mapping.entries(STATE, "en-US").count(), 0);
    assert!(mapping.secret(STATE));
}

#[test]
fn languages_stand_side_by_side() {
    let mapping = parse(
        r#"
        [messages]
        sorry = { en = "Come again?", es = "¿Cómo?" }
        [[state]]
        match = "main.vxml"
        open_prompt = { en = "What do you need?", es = "¿Qué necesita?" }
        [[state.choice]]
        key = "1"
        label = { en = "baggage", es = "equipaje" }
        synonyms = { en = ["luggage"], es = ["maletas"] }
        confirm = { en = "Your bags?", es = "¿Su equipaje?" }
        "#,
    );
    for (lang, label, open, sorry, confirm) in [
        ("en-US", "baggage", "What do you need?", "Come again?", "Your bags?"),
        ("es-MX", "equipaje", "¿Qué necesita?", "¿Cómo?", "¿Su equipaje?"),
    ] {
        let state = mapping.state(&[], &request(lang));
        assert_eq!(state.labels(), [Some(label)]);
        assert_eq!(state.open_prompt(), Some(open));
        assert_eq!(state.messages().get(Message::Sorry), Some(sorry));
        assert_eq!(state.messages().get(Message::Which), None);
        assert_eq!(state.confirmation(0), Some(confirm));
    }
    assert_eq!(mapping.state(&[], &request("fr")).labels(), [None]);
    assert_eq!(mapping.state(&[], &request("es")).understand("maletas").ranked.len(), 1);
}

#[test]
fn thresholds_of_a_state_come_before_those_of_the_file() {
    let text = "threshold = { confirm = 0.3 }\n[[state]]\nmatch = \"main.vxml#main\"\nthreshold = { accept = 0.9 }\n\
                [[state]]\nmatch = \"pay.vxml\"\nthreshold = 0.8\n";
    let mapping = parse(text);
    let thresholds = |state: &str| mapping.wording(state, "en").thresholds;
    assert_eq!(thresholds(STATE), Thresholds { accept: 0.9, confirm: 0.3 });
    assert_eq!(thresholds("pay.vxml#a/b"), Thresholds { accept: 0.8, confirm: 0.8 });
    let usual = Thresholds::default();
    assert_eq!(thresholds("other.vxml#a/b"), Thresholds { confirm: 0.3, ..usual });
    assert_eq!(parse("").wording(STATE, "en").thresholds, usual);
}

#[test]
fn a_slot_is_described_by_the_state_that_has_its_name() {
    let text = "hours = \"09:00-22:00\"\nagent = { key = \"0\" }\n[[state]]\nmatch = \"book.vxml#booking/guests\"\n\
                entity = \"people\"\nlabel = \"party size\"\n\
                [[state]]\nmatch = \"book.vxml#booking/when\"\nhours = \"12:00-15:00\"\nsecret = true\n";
    let mapping = parse(text);
    let slot = |name: &str, kind| Slot { name: name.to_owned(), kind, choices: Vec::new() };
    let request = InputRequest {
        state: "http://host/book.vxml#booking/start".to_owned(),
        slots: vec![slot("guests", SlotKind::Digits)],
        open: vec![slot("when", SlotKind::Builtin("time".to_owned())), slot("note", SlotKind::Grammar)],
        ..samples::listening("en-US")
    };
    let state = mapping.state(&[], &request);
    assert_eq!(state.entity("guests"), Some(Kind::People));
    assert_eq!(state.slot_label("guests"), Some("party size"));
    assert_eq!((state.entity("when"), state.entity("note")), (Some(Kind::Time), None));
    assert!(state.slot_is_secret("when") && !state.slot_is_secret("guests"));
    let opening = |hours: Option<(Time, Time)>| hours.map(|(from, to)| (from.hour(), to.hour()));
    assert_eq!(opening(state.hours()), Some((9, 22)));
    assert_eq!(opening(state.hours_of("when")), Some((12, 15)));
    assert_eq!(state.agent(), Some(&Agent::Key("0".to_owned())));
}

#[test]
fn the_schema_knows_what_the_parser_takes() {
    let schema = Mapping::schema();
    let properties = |name: &str| match name {
        "" => schema["properties"].clone(),
        name => schema["$defs"][name]["properties"].clone(),
    };
    for (of, key) in [
        ("", "threshold"),
        ("", "hours"),
        ("State", "match"),
        ("State", "entity"),
        ("State", "hybrid_prompt"),
        ("Choice", "synonyms"),
        ("Choice", "confirm"),
    ] {
        assert!(properties(of).get(key).is_some(), "{of} {key}: {schema}");
    }
    for message in Message::ALL {
        assert!(properties("Messages").get(message.name()).is_some(), "{}", message.name());
    }
    // Whatever the schema offers is read, and says what is wrong with a value of no sense.
    for key in properties("State").as_object().unwrap().keys().filter(|key| *key != "match") {
        let found = mistakes(&format!("[[state]]\nmatch = \"m\"\n{key} = 7\n"));
        assert!(!found[0].message.contains("unknown field"), "{key}: {}", found[0]);
    }
    assert!(properties("State")["entity"].to_string().contains("first_name"));
}
