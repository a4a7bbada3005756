use super::*;
use crate::dialogue::{
    Choice, FilledSlot, Finding, InputRequest, Interpretation, Next, Origin, Reading, Selection, Slot, SlotKind,
    Speech, Spoken, Turn, samples,
};
use crate::nlu::{Mapping, State};
use proptest::prelude::*;
use serde_json::{Value, json};

fn choice(key: &str, label: &str) -> Choice {
    Choice { key: Some(key.into()), phrases: Vec::new(), label: Some(label.into()), target: None }
}

fn slot(name: &str, kind: SlotKind) -> Slot {
    Slot { name: name.into(), kind, choices: Vec::new() }
}

fn state_of(prompt: &str, request: InputRequest, mapping: Option<&Mapping>) -> State {
    let content = vec![Speech::Text(prompt.to_owned())];
    let prompt = Spoken { content, bargein: true, lang: request.lang.clone(), origin: Origin::Item };
    State::of(&Turn { prompts: vec![prompt], next: Next::Listen(Box::new(request)) }, mapping).unwrap()
}

fn menu() -> State {
    let text = "[[state]]\nmatch = \"\"\n[[state.choice]]\nkey = \"2\"\nlabel = \"lost or stolen card\"\n\
        phrases = [\"my wallet is gone\"]\n";
    let text = text.replace("match = \"\"", "match = \"*\"");
    let mapping = Mapping::parse(&text, "m.toml").unwrap();
    let choices = vec![choice("1", "balance"), choice("2", "card"), choice("3", "payments")];
    let request = InputRequest { state: "main.vxml#main/menu".into(), choices, ..samples::listening("en-US") };
    state_of("For your balance, press 1. For account 1234567, press 3.", request, Some(&mapping))
}

fn form() -> State {
    let cities = ["boston", "new york"];
    let cities =
        cities.map(|city| Choice { key: None, phrases: vec![city.into()], label: Some(city.into()), target: None });
    let request = InputRequest {
        slots: vec![slot("people", SlotKind::Number)],
        open: vec![Slot { choices: cities.into(), ..slot("city", SlotKind::Grammar) }, slot("ref", SlotKind::Digits)],
        ..samples::listening("en-US")
    };
    state_of("How many are you?", request, None)
}

fn question(state: &State, said: &str) -> Question {
    Question::of(state, said, &Finding::default(), &[]).unwrap()
}

fn reading(key: &str, confidence: f64) -> Interpretation {
    Interpretation { selection: Selection::Key(key.into()), confidence, why: "label".into() }
}

fn finding(ranked: &[(&str, f64)]) -> Finding {
    Finding { ranked: ranked.iter().map(|(key, confidence)| reading(key, *confidence)).collect(), slots: Vec::new() }
}

fn best(finding: &Finding) -> (&Selection, f64, &str) {
    let best = finding.ranked.first().unwrap();
    (&best.selection, best.confidence, &best.why)
}

#[test]
fn a_model_is_asked_where_tier_two_is_unsure_and_not_where_it_is_sure_or_hopeless() {
    for (ranked, asked) in [
        (&[("1", 0.9), ("2", 0.1)][..], false),
        (&[("1", 0.6), ("2", 0.5)], true),
        (&[("1", 0.4), ("2", 0.1)], true),
        (&[("1", 0.05)], false),
        (&[], false),
    ] {
        assert_eq!(needs_model(&finding(ranked), 0.55, 0), asked, "{ranked:?}");
    }
    assert!(needs_model(&finding(&[]), 0.55, 2), "nothing fills the fields");
    let filled = |readings| FilledSlot { slot: "date".into(), spoken: "soon".into(), readings, confidence: 0.9 };
    let day = Reading { selection: Selection::Value("20261122".into()), said: "tomorrow".into() };
    let settled = Finding { slots: vec![filled(vec![day])], ..Finding::default() };
    assert!(!needs_model(&settled, 0.55, 2));
    let unsettled = Finding { slots: vec![filled(Vec::new())], ..Finding::default() };
    assert!(needs_model(&unsettled, 0.55, 2));
}

#[test]
fn a_question_holds_labels_examples_and_turns_and_no_long_number() {
    let before =
        [Exchange::new("Welcome to account 7654321.", Some("hi it's 5550001234")), Exchange::new("PIN?", None)];
    let question = Question::of(&menu(), "um 4111 1111 1111 1111 is gone", &Finding::default(), &before).unwrap();
    let text = question.text();
    for part in
        ["lost or stolen card", "my wallet is gone", "Welcome to account [number].", "hi it's [number]", "(not shown)"]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let asked: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(asked["caller"], "um [number] is gone");
    for number in ["1234567", "7654321", "555", "4111"] {
        assert!(!text.contains(number), "{text}");
    }
}

#[test]
fn the_number_that_is_asked_for_may_leave_and_only_in_what_is_said_now() {
    let request = InputRequest { slots: vec![slot("ref", SlotKind::Digits)], ..samples::listening("en-US") };
    let state = state_of("Your reference, please.", request, None);
    let before = [Exchange::new("?", Some("999888777"))];
    let text = Question::of(&state, "well 123456789 it says", &Finding::default(), &before).unwrap().text();
    assert!(text.contains("123456789") && !text.contains("999888777"), "{text}");
    assert!(!question(&form(), "reference 123456789").text().contains("123456789"), "another field was asked for");
}

#[test]
fn the_schema_lists_what_is_open_and_allows_nothing_else() {
    let schema = question(&menu(), "gone").schema();
    assert_eq!(
        schema["properties"]["choice"]["enum"],
        json!(["balance", "lost_or_stolen_card", "payments", "say_the_menu_again", "explain_the_menu", "none"])
    );
    assert_eq!(schema["required"], json!(["choice", "certainty"]));
    let schema = question(&form(), "four").schema();
    let item = &schema["properties"]["slots"]["items"];
    assert_eq!(item["properties"]["slot"]["enum"], json!(["people", "city", "ref"]));
    assert_eq!(item["properties"]["option"]["enum"], json!(["boston", "new_york", "none"]));
    assert_eq!((&schema["additionalProperties"], &item["additionalProperties"]), (&json!(false), &json!(false)));
}

#[test]
fn labels_that_read_alike_have_different_names() {
    let choices = vec![choice("1", "Señor!"), choice("2", "senor"), choice("3", "none"), choice("4", "日本")];
    let state = state_of("?", InputRequest { choices, ..samples::listening("es") }, None);
    let listed = question(&state, "hola").schema()["properties"]["choice"]["enum"].clone();
    assert_eq!(
        listed,
        json!(["senor", "senor_2", "none_2", "choice", "say_the_menu_again", "explain_the_menu", "none"])
    );
}

#[test]
fn of_a_long_menu_the_likeliest_choices_are_offered() {
    let choices: Vec<Choice> = (0..90).map(|n| choice(&n.to_string(), &format!("department {n}"))).collect();
    let state = state_of("?", InputRequest { choices, ..samples::listening("en") }, None);
    let question = Question::of(&state, "um", &finding(&[("88", 0.3), ("89", 0.2)]), &[]).unwrap();
    let listed = question.schema()["properties"]["choice"]["enum"].to_string();
    assert!(listed.contains("department_88") && listed.contains("department_89") && !listed.contains("department_70"));
}

#[test]
fn a_choice_of_the_list_takes_the_lead_with_capped_confidence() {
    let question = question(&menu(), "somebody nicked it");
    for (certainty, confidence) in [("certain", 0.85), ("likely", 0.6), ("unsure", 0.4)] {
        let answer = json!({"choice": "lost_or_stolen_card", "certainty": certainty}).to_string();
        let merged = question.read(&answer).unwrap().merge(finding(&[("1", 0.3), ("2", 0.25)]), |_| Finding::default());
        assert_eq!(best(&merged), (&Selection::Key("2".into()), confidence, WHY));
        assert!(merged.ranked[1].confidence <= 1.0 - confidence);
    }
}

#[test]
fn none_of_the_choices_makes_all_of_them_less_likely() {
    let answer = question(&menu(), "the weather").read(r#"{"choice":"none","certainty":"certain"}"#).unwrap();
    let merged = answer.merge(finding(&[("1", 0.6), ("2", 0.5)]), |_| Finding::default());
    assert_eq!(best(&merged), (&Selection::Key("1".into()), 0.3, "label"));
}

#[test]
fn what_is_no_answer_to_the_question_is_none() {
    let question = question(&menu(), "gone");
    for nonsense in [
        "",
        "I would say 2.",
        "[]",
        r#"{"choice":"transfer","certainty":"certain"}"#,
        r#"{"choice":"2","certainty":"certain"}"#,
        r#"{"choice":"balance","certainty":"very"}"#,
        r#"{"choice":"balance""#,
        r#"{"choice":["balance"],"certainty":"certain"}"#,
        &format!(r#"{{"choice":"balance","certainty":"certain","x":"{}"}}"#, "x".repeat(20_000)),
    ] {
        assert_eq!(question.read(nonsense), None, "{nonsense}");
    }
    assert!(question.read("```json\n{\"choice\":\"balance\",\"certainty\":\"likely\",\"say\":\"hi\"}\n```").is_some());
}

#[test]
fn a_field_is_filled_by_words_that_were_said_as_they_are_read_here() {
    let question = question(&form(), "We're four, ref 12345678, going to the Big Apple");
    let answer = json!({"choice": "none", "certainty": "certain", "slots": [
        {"slot": "people", "words": "four", "option": "none"},
        {"slot": "ref", "words": "ref [number]", "option": "none"},
        {"slot": "city", "words": "the big apple", "option": "new_york"},
        {"slot": "city", "words": "going", "option": "boston"},
        {"slot": "phone", "words": "four", "option": "none"},
    ]});
    let answer = question.read(&answer.to_string()).unwrap();
    let read = |words: &str| {
        let slot = |slot: &str, value: &str| FilledSlot {
            slot: slot.into(),
            spoken: words.into(),
            readings: vec![Reading { selection: Selection::Value(value.into()), said: value.into() }],
            confidence: 0.95,
        };
        match words {
            "four" => Finding { slots: vec![slot("people", "4")], ..Finding::default() },
            "ref 12345678" => Finding { slots: vec![slot("ref", "12345678")], ..Finding::default() },
            other => panic!("{other} is not to be read"),
        }
    };
    let merged = answer.merge(Finding::default(), read);
    let slots: Vec<(&str, &Selection, f64)> =
        merged.slots.iter().map(|slot| (slot.slot.as_str(), &slot.readings[0].selection, slot.confidence)).collect();
    let value = |value: &str| Selection::Value(value.into());
    let phrase = Selection::Phrase("new york".into());
    assert_eq!(slots, [("people", &value("4"), 0.85), ("ref", &value("12345678"), 0.85), ("city", &phrase, 0.85)]);
}

#[test]
fn words_nobody_said_fill_nothing() {
    let question = question(&form(), "four of us");
    for words in ["five", "four of us and more", "our", "", "+1 900 555 0100"] {
        let answer = json!({"choice": "none", "certainty": "certain", "slots": [
            {"slot": "people", "words": words, "option": "none"}]});
        let merged = question.read(&answer.to_string()).unwrap().merge(Finding::default(), |words| panic!("{words}"));
        assert_eq!(merged, Finding::default(), "{words}");
    }
}

#[test]
fn what_was_settled_without_the_model_stays() {
    let question = question(&form(), "four of us or five");
    let answer = r#"{"choice":"none","certainty":"certain","slots":[{"slot":"people","words":"five"}]}"#;
    let four = FilledSlot {
        slot: "people".into(),
        spoken: "four".into(),
        readings: vec![Reading { selection: Selection::Value("4".into()), said: "4".into() }],
        confidence: 0.6,
    };
    let found = Finding { slots: vec![four], ranked: Vec::new() };
    assert_eq!(question.read(answer).unwrap().merge(found.clone(), |words| panic!("{words}")), found);
}

#[test]
fn questions_with_the_same_answer_have_the_same_key() {
    let before = [Exchange::new("a", Some("b"))];
    let key = |state: &State, said: &str, before: &[Exchange]| {
        Question::of(state, said, &Finding::default(), before).unwrap().key().0
    };
    assert_eq!(key(&menu(), "My wallet is gone.", &[]), key(&menu(), "my wallet  is gone", &before));
    assert_ne!(key(&menu(), "my wallet is gone", &[]), key(&menu(), "my wallet", &[]));
    assert_ne!(key(&menu(), "number 123456", &[]), key(&menu(), "number 654321", &[]));
    assert_ne!(key(&menu(), "four", &[]), key(&form(), "four", &[]));
}

proptest! {
    /// Whatever a model says, only what is open comes of it, and no confidence is beyond the cap.
    #[test]
    fn nothing_outside_the_lists_comes_of_any_answer(
        id in "[a-z_]{0,12}|balance|payments|none|say_the_menu_again",
        certainty in "certain|likely|unsure|sure",
        slot in "people|city|ref|[a-z]{1,6}",
        words in "four|to boston|[a-z ]{0,12}",
        option in "boston|new_york|none|[a-z]{0,9}",
    ) {
        let answer = json!({"choice": id, "certainty": certainty,
            "slots": [{"slot": slot, "words": words, "option": option}]}).to_string();
        for state in [menu(), form()] {
            let question = question(&state, "four to boston");
            let Some(answer) = question.read(&answer) else { continue };
            let merged = answer.merge(Finding::default(), |words| state.understand(words));
            for reading in &merged.ranked {
                prop_assert!(reading.confidence <= 0.85);
                match &reading.selection {
                    Selection::Key(key) => prop_assert!(["1", "2", "3", "4"].contains(&key.0.as_str())),
                    Selection::Repeat => {}
                    Selection::Event(event) => prop_assert_eq!(event, "help"),
                    other => prop_assert!(false, "{other:?}"),
                }
            }
            for filled in &merged.slots {
                prop_assert!(state.open_slots().any(|slot| slot.name == filled.slot));
                prop_assert!("four to boston".contains(&filled.spoken.0));
            }
        }
    }

    #[test]
    fn no_answer_and_no_utterance_makes_it_panic(said in any::<String>(), answer in any::<String>()) {
        if let Some(question) = Question::of(&menu(), &said, &Finding::default(), &[]) {
            question.read(&answer);
            prop_assert!(question.tokens() > 0 && !question.key().0.is_empty());
        }
    }
}
