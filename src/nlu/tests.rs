//! What callers say, and what it must mean.

use super::*;
use crate::dialogue::{
    Choice, DtmfInput, Finding, InputRequest, Next, Origin, Selection, Sensitive, Slot, SlotKind, Speech, Spoken, Turn,
    samples,
};
use proptest::prelude::*;

/// A turn that listens: its prompt, its language, its choices.
fn turn(prompt: &str, lang: &str, choices: Vec<Choice>) -> Turn {
    let spoken = Spoken {
        content: vec![Speech::Text(prompt.to_owned())],
        bargein: true,
        lang: lang.to_owned(),
        origin: Origin::Item,
    };
    let request = InputRequest {
        state: "file:///srv/airline/main.vxml#main/choice".to_owned(),
        choices,
        dtmf: Some(DtmfInput { shortest: 1, longest: Some(1), finish: None }),
        ..samples::listening(lang)
    };
    Turn { prompts: vec![spoken], next: Next::Listen(Box::new(request)) }
}

fn key(key: &str) -> Choice {
    Choice { key: Some(key.to_owned()), phrases: Vec::new(), label: None, target: None }
}

fn labelled(key_: &str, label: &str) -> Choice {
    Choice { label: Some(label.to_owned()), ..key(key_) }
}

fn keys(keys: &str) -> Vec<Choice> {
    keys.split(' ').map(key).collect()
}

fn slot(kind: SlotKind, lang: &str) -> State {
    let mut turn = turn("Please enter it.", lang, Vec::new());
    if let Next::Listen(request) = &mut turn.next {
        request.slots.push(Slot { name: "it".to_owned(), kind, choices: Vec::new() });
    }
    State::of(&turn, None).unwrap()
}

/// The keys that the utterance stands for at the default threshold.
fn pressed(state: &State, utterance: &str) -> Option<String> {
    match &state.understand(utterance).best(state.threshold())?.selection {
        Selection::Key(keys) => Some(keys.0.clone()),
        other => Some(format!("{other:?}")),
    }
}

fn bank() -> State {
    let prompt = "Thank you for calling. For your account balance, press 1. To transfer money, press 2. \
        To report a lost or stolen card, press 3. To hear these options again, press 9. To speak with a representative, press 0.";
    State::of(&turn(prompt, "en-US", keys("1 2 3 9 0")), None).unwrap()
}

fn banco() -> State {
    let prompt = "Para consultar su saldo, oprima uno. Para pagar su factura, oprima dos. \
        Si perdió su tarjeta, oprima tres. Para hablar con un asesor, oprima cero.";
    State::of(&turn(prompt, "es-MX", keys("1 2 3 0")), None).unwrap()
}

#[track_caller]
fn expect(state: &State, cases: &[(&str, Option<&str>)]) {
    for (said, wanted) in cases {
        let found = pressed(state, said);
        assert_eq!(found.as_deref(), *wanted, "{said:?}: {:?}", state.understand(said));
    }
}

#[test]
fn labels_and_words_close_to_them_select_the_choice() {
    expect(
        &bank(),
        &[
            ("your account balance", Some("1")),
            ("Account balance, please.", Some("1")),
            ("um I'd like to transfer some money", Some("2")),
            ("I lost my card", Some("3")),
            ("my card was stolen", Some("3")),
            ("tranfer money", Some("2")),
        ],
    );
    expect(
        &banco(),
        &[
            ("Quiero consultar mi saldo.", Some("1")),
            ("saldo por favor", Some("1")),
            ("pagar la factura", Some("2")),
            ("perdí mi tarjeta", Some("3")),
            ("me robaron la tarjeta", Some("3")),
        ],
    );
}

#[test]
fn keys_may_be_named_in_words() {
    let english = [
        "two",
        "Two.",
        "2",
        "number two",
        "number two please",
        "option two",
        "press two",
        "the second one",
        "second",
        "uh I'll take the second option",
        "press to",
        "I'd like option number 2",
        "2nd one",
    ];
    for said in english {
        expect(&bank(), &[(said, Some("2"))]);
    }
    for said in ["dos", "el dos", "la segunda", "opción dos", "número dos por favor", "oprima dos", "la segunda opción"]
    {
        expect(&banco(), &[(said, Some("2"))]);
    }
    expect(&bank(), &[("the last one", Some("0")), ("zero", Some("0"))]);
    expect(&banco(), &[("la última", Some("0")), ("cero", Some("0")), ("el primero", Some("1"))]);
}

#[test]
fn a_key_the_menu_lacks_is_no_match() {
    expect(&bank(), &[("seven", None), ("press five", None), ("the ninth one", None), ("just a second", None)]);
}

#[test]
fn keys_read_out_one_by_one_are_one_announcement_where_a_choice_has_them() {
    let prompt = "For billing, press 1. For claims, press 1 2. For a person, press star 0.";
    let menu = turn(prompt, "en-US", vec![key("1"), key("12"), key("*0")]);
    let state = State::of(&menu, None).unwrap();
    assert_eq!(state.labels(), [Some("billing"), Some("claims"), Some("a person")]);
    expect(&state, &[("billing", Some("1")), ("claims", Some("12")), ("a person", Some("*0"))]);
    let menu = turn("For billing press 1 2 for claims", "en-US", vec![key("1"), key("2")]);
    assert_eq!(State::of(&menu, None).unwrap().labels()[0], Some("billing"));
}

#[test]
fn a_choice_whose_key_means_an_inner_one_is_chosen_by_its_words() {
    let outer = Choice { phrases: vec!["lost card".to_owned()], ..labelled("1", "lost card") };
    let menu = turn("For savings, press 1.", "en-US", vec![labelled("1", "savings"), outer]);
    let state = State::of(&menu, None).unwrap();
    expect(&state, &[("savings", Some("1")), ("one", Some("1"))]);
    for said in ["lost card", "I have a lost card"] {
        let best = state.understand(said).ranked.remove(0);
        assert_eq!(best.selection, Selection::Phrase("lost card".into()), "{said}");
    }
}

#[test]
fn what_the_menu_does_not_cover_is_no_match() {
    expect(
        &bank(),
        &[
            ("what's the weather on mars", None),
            ("I want to order a large pepperoni pizza with extra cheese", None),
            ("", None),
            ("...", None),
        ],
    );
    expect(&banco(), &[("qué tiempo hace en marte", None), ("quiero una pizza grande", None)]);
}

#[test]
fn commands_go_to_the_choice_that_means_them() {
    expect(
        &bank(),
        &[
            ("repeat", Some("9")),
            ("say that again", Some("9")),
            ("operator", Some("0")),
            ("let me talk to a person", Some("0")),
        ],
    );
    expect(&banco(), &[("agente", Some("0")), ("quiero hablar con una persona", Some("0"))]);
    assert_eq!(banco().understand("otra vez").ranked[0].selection, Selection::Repeat);
    assert_eq!(banco().understand("ayuda").ranked[0].selection, Selection::Event("help".to_owned()));
}

#[test]
fn commands_without_such_a_choice_are_left_to_the_bridge() {
    let state = State::of(&turn("For red press 1, for blue press 2.", "en", keys("1 2")), None).unwrap();
    assert_eq!(state.understand("Can you repeat that?").ranked[0].selection, Selection::Repeat);
    assert_eq!(state.understand("what can I say").ranked[0].selection, Selection::Event("help".to_owned()));
    for (said, event) in [("operator", "operator"), ("go back", "back"), ("never mind", "cancel")] {
        assert_eq!(state.understand(said).ranked[0].selection, Selection::Event(event.to_owned()), "{said}");
    }
}

#[test]
fn a_choice_that_says_what_a_command_says_comes_before_it() {
    let choices = vec![labelled("1", "cancel a booking"), labelled("2", "change a booking")];
    let state = State::of(&turn("Choose.", "en", choices), None).unwrap();
    expect(&state, &[("cancel", Some("1")), ("cancel please", Some("1"))]);
    assert_eq!(state.understand("never mind").ranked[0].selection, Selection::Event("cancel".to_owned()));
    assert!(
        state.understand("cancel").ranked.iter().any(|reading| reading.selection == Selection::Event("cancel".into()))
    );
}

#[test]
fn going_back_goes_where_the_application_offers_it() {
    let prompt = "For rates press 1. To return to the main menu, press star.";
    let state = State::of(&turn(prompt, "en-US", keys("1 *")), None).unwrap();
    expect(&state, &[("go back", Some("*")), ("main menu", Some("*")), ("star", Some("*"))]);
    let state = State::of(
        &turn("Para tarifas pulse 1. Para volver al menú anterior pulse asterisco.", "es", keys("1 *")),
        None,
    );
    expect(&state.unwrap(), &[("atrás", Some("*")), ("volver", Some("*"))]);
}

#[test]
fn an_operator_may_be_known_by_its_target_only() {
    let choices = vec![labelled("1", "sales"), Choice { target: Some("#operator".to_owned()), ..key("0") }];
    let state = State::of(&turn("Hello.", "en", choices), None).unwrap();
    expect(&state, &[("agent", Some("0")), ("representative please", Some("0"))]);
}

#[test]
fn digit_slots_take_digits_in_words() {
    let state = slot(SlotKind::Digits, "en-US");
    expect(
        &state,
        &[
            ("one two three four", Some("1234")),
            ("1 2 3 4.", Some("1234")),
            ("oh double five", Some("055")),
            ("My account number is 12 34", Some("1234")),
            ("hello there", None),
        ],
    );
    expect(
        &slot(SlotKind::Digits, "es-US"),
        &[("cero uno doble cinco", Some("0155")), ("mi clave es 1 2 3 4", Some("1234"))],
    );
}

#[test]
fn number_slots_take_numbers_in_words() {
    expect(
        &slot(SlotKind::Number, "en-GB"),
        &[
            ("twenty five", Some("25")),
            ("a hundred and five", Some("105")),
            ("1,200", Some("1200")),
            ("two point five", Some("2*5")),
        ],
    );
    expect(&slot(SlotKind::Number, "es"), &[("veinticinco", Some("25")), ("ciento cinco por favor", Some("105"))]);
}

#[test]
fn boolean_slots_take_yes_and_no() {
    let state = slot(SlotKind::Boolean, "en-US");
    expect(
        &state,
        &[("Yes.", Some("1")), ("yeah that's right", Some("1")), ("no", Some("2")), ("not correct", Some("2"))],
    );
    expect(
        &slot(SlotKind::Boolean, "es"),
        &[("Sí, claro", Some("1")), ("correcto", Some("1")), ("no gracias", Some("2"))],
    );
    let state = State::of(
        &turn(
            "If this is correct press 7, otherwise for no press 9.",
            "en",
            vec![labelled("7", "yes"), labelled("9", "no")],
        ),
        None,
    );
    expect(&state.unwrap(), &[("correct", Some("7")), ("nope", Some("9"))]);
    let mut announced = turn("Press 7 for yes and 9 for no.", "en", Vec::new());
    if let Next::Listen(request) = &mut announced.next {
        request.slots.push(Slot { name: "sure".to_owned(), kind: SlotKind::Boolean, choices: Vec::new() });
    }
    expect(&State::of(&announced, None).unwrap(), &[("yes please", Some("7")), ("no", Some("9"))]);
}

#[test]
fn a_choice_without_a_key_is_its_grammar_phrase() {
    let billing =
        Choice { key: None, phrases: vec!["billing".to_owned(), "my bill".to_owned()], label: None, target: None };
    let state = State::of(&turn("Say billing or sales.", "en", vec![billing, labelled("2", "sales")]), None).unwrap();
    let selected = |said: &str| state.understand(said).ranked[0].selection.clone();
    assert_eq!(selected("my bill please"), Selection::Phrase(Sensitive("my bill".to_owned())));
    assert_eq!(selected("sales"), Selection::Key(Sensitive("2".to_owned())));
}

#[test]
fn a_label_that_is_a_number_word_wins_over_the_key() {
    let choices = vec![labelled("1", "two"), labelled("2", "one"), labelled("3", "more")];
    let state = State::of(&turn("Choose.", "en", choices), None).unwrap();
    expect(&state, &[("one", Some("2")), ("two", Some("1")), ("press one", Some("1"))]);
}

#[test]
fn a_mapping_adds_labels_phrases_and_an_open_prompt() {
    let text = r#"
        threshold = 0.6
        [[state]]
        match = "main.vxml#main/*"
        open_prompt = "How can I help you today?"
        secret = true
        [[state.choice]]
        key = "1"
        label = "flight status"
        phrases = ["is my flight on time", "when does my plane leave"]
        [[state]]
        match = "main.vxml"
        language = "es"
        [[state.choice]]
        key = "2"
        label = "equipaje"
    "#;
    let mapping = Mapping::parse(text, "airline.toml").unwrap();
    let choices = vec![labelled("1", "arrivals and departures"), labelled("2", "baggage")];
    let state = State::of(&turn("Welcome.", "en-US", choices.clone()), Some(&mapping)).unwrap();
    assert_eq!(state.labels(), [Some("flight status"), Some("baggage")]);
    assert_eq!(state.open_prompt(), Some("How can I help you today?"));
    assert!(mapping.secret("main.vxml#main/choice") && !mapping.secret("other.vxml#main/choice"));
    assert!((state.threshold() - 0.6).abs() < 1e-9);
    expect(
        &state,
        &[("when does my plane leave?", Some("1")), ("arrivals", Some("1")), ("is the flight on time", Some("1"))],
    );
    assert!(state.hints().contains(&"is my flight on time".to_owned()));
    let state = State::of(&turn("Bienvenido.", "es-ES", choices), Some(&mapping)).unwrap();
    assert_eq!(state.labels(), [Some("flight status"), Some("equipaje")]);
}

#[test]
fn words_shared_by_two_choices_decide_for_neither() {
    let state = State::of(&turn("", "en", vec![labelled("1", "lost card"), labelled("2", "new card")]), None).unwrap();
    expect(&state, &[("card", None), ("a new card", Some("2")), ("lost", Some("1"))]);
}

#[test]
fn a_turn_that_does_not_listen_has_no_state() {
    assert!(State::of(&Turn { prompts: Vec::new(), next: Next::Disconnect }, None).is_none());
}

#[test]
fn a_very_long_utterance_is_cut_and_read() {
    let said = "lost card and so on ".repeat(20_000);
    assert!(bank().understand(&said).ranked.len() <= 5);
}

fn confident(finding: &Finding, wanted: &str) -> bool {
    finding
        .ranked
        .first()
        .is_some_and(|best| best.confidence >= 0.9 && best.selection == Selection::Key(Sensitive(wanted.to_owned())))
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,9}",
        proptest::sample::select(vec![
            "one", "two", "last", "second", "the", "to", "card", "lost", "yes", "no", "repeat", "help", "agent",
            "back", "menu", "not", "your", "saldo", "dos", "última", "señal", "press", "please", "I'd", "can't",
        ])
        .prop_map(str::to_owned),
    ]
}

fn label() -> impl Strategy<Value = String> {
    proptest::collection::vec(word(), 1..5).prop_map(|words| words.join(" "))
}

proptest! {
    /// The choice that a key selects is the one that its label selects.
    #[test]
    fn saying_a_label_selects_its_choice(labels in proptest::collection::vec(label(), 1..9), spanish: bool) {
        let lang = if spanish { "es-MX" } else { "en-US" };
        let language = Language::of(lang);
        let mut distinct: Vec<String> = Vec::new();
        for label in labels {
            let spelt = words::tokens(&label, language);
            if !spelt.is_empty() && !distinct.iter().any(|other| words::tokens(other, language) == spelt) {
                distinct.push(label);
            }
        }
        let choices = distinct.iter().enumerate().map(|(at, label)| labelled(&(at + 1).to_string(), label)).collect();
        let state = State::of(&turn("Please choose.", lang, choices), None).unwrap();
        for (at, label) in distinct.iter().enumerate() {
            let finding = state.understand(label);
            prop_assert!(confident(&finding, &(at + 1).to_string()), "{label:?} of {distinct:?}: {finding:?}");
        }
    }

    /// Whatever is said, the answer is one of the open choices or a command, with a confidence, the best first.
    #[test]
    fn any_utterance_means_an_open_choice_or_nothing(said in ".{0,600}", spanish: bool) {
        let state = if spanish { banco() } else { bank() };
        let finding = state.understand(&said);
        let open = ["1", "2", "3", "9", "0"];
        for reading in &finding.ranked {
            prop_assert!((0.0..=1.0).contains(&reading.confidence));
            match &reading.selection {
                Selection::Key(key) => prop_assert!(open.contains(&key.0.as_str())),
                Selection::Phrase(_) | Selection::Value(_) => prop_assert!(false, "no phrase is open"),
                Selection::Answer(_) => prop_assert!(false, "nothing is asked"),
                Selection::Event(event) => {
                    prop_assert!(["help", "operator", "back", "cancel"].contains(&event.as_str()));
                }
                Selection::Repeat => {}
            }
        }
        prop_assert!(finding.ranked.is_sorted_by(|a, b| a.confidence >= b.confidence));
    }

    /// Prompts, targets and utterances of any kind are read without complaint.
    #[test]
    fn any_prompt_can_be_read(prompt in "([a-zA-Z .,:]|press |marque |or say |for |para |two |[0-9#*]|é|。|’){0,60}", target in ".{0,40}", said in label()) {
        let choice = Choice { target: Some(target), ..key("2") };
        let state = State::of(&turn(&prompt, "en", vec![choice, key("1")]), None).unwrap();
        let _ = (state.understand(&said), state.hints(), state.labels());
        prop_assert!(state.reads_keys_from(0).is_none_or(|at| prompt.split_whitespace().collect::<Vec<_>>().join(" ").is_char_boundary(at)));
    }

    /// Any slot takes any words without complaint and answers in keys.
    #[test]
    fn slots_answer_in_keys(words in proptest::collection::vec(prop_oneof![word(), "[0-9]{1,12}", proptest::sample::select(vec!["hundred", "thousand", "double", "mil", "twenty", "point", "y", "and", "million"]).prop_map(str::to_owned)], 0..70)) {
        for kind in [SlotKind::Digits, SlotKind::Number, SlotKind::Boolean] {
            for lang in ["en", "es"] {
                for reading in slot(kind.clone(), lang).understand(&words.join(" ")).ranked {
                    if let Selection::Key(keys) = reading.selection {
                        prop_assert!(!keys.0.is_empty() && keys.0.chars().all(|c| c.is_ascii_digit() || c == '*'));
                    }
                }
            }
        }
    }
}
