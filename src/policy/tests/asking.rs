//! The bridge's own questions before an application that is scripted.

use super::*;
use crate::dialogue::{FilledSlot, Policy, Reading};
use proptest::prelude::*;

fn keys(keys: &str) -> Happening {
    Happening::Heard(Heard::Keys { keys: keys.into() })
}

/// What was last said to the caller.
fn last(turn: &Turn) -> String {
    words(turn).pop().unwrap_or_default()
}

fn request(turn: &Turn) -> &InputRequest {
    match &turn.next {
        Next::Listen(request) => request,
        other => panic!("{other:?}"),
    }
}

/// Says words that mean this, as NLU would find in the turn that stands.
fn unsure(utterance: &str, of: &[(Selection, f64)]) -> Happening {
    said(utterance, finding(of))
}

/// Says words, and lets NLU find what they mean.
fn say(call: &mut Conversation<Scripted>, utterance: &str) -> Turn {
    let finding = call.understand(utterance, jiff::civil::date(2026, 3, 2).at(10, 0, 0, 0));
    next(call, said(utterance, finding))
}

fn seen(call: &Conversation<Scripted>) -> usize {
    call.application().seen.len()
}

/// A call that was asked "You want baggage, is that right?".
fn asked(turns: Vec<Turn>, mapping: Option<&str>) -> Conversation<Scripted> {
    let mut call = conversation(Mode::Hybrid, turns, mapping);
    next(&mut call, Happening::Nothing);
    next(&mut call, unsure("my thing", &[(key("2"), 0.5), (key("1"), 0.1)]));
    call
}

#[test]
fn what_is_not_sure_is_confirmed_and_a_yes_reaches_the_application_as_the_answer_itself() {
    let mut call = conversation(Mode::Hybrid, vec![airline(0), airline(0)], None);
    next(&mut call, Happening::Nothing);
    let question = next(&mut call, unsure("my thing", &[(key("2"), 0.5), (key("1"), 0.1)]));
    assert_eq!(words(&question), ["You want baggage, is that right?"]);
    assert_eq!(question.prompts[0].origin, Origin::Bridge);
    let labels: Vec<_> =
        request(&question).choices.iter().map(|choice| (choice.key.as_deref(), choice.label.as_deref())).collect();
    assert_eq!(labels, [(Some("1"), Some("yes")), (Some("2"), Some("no"))]);
    assert_eq!(seen(&call), 1);
    say(&mut call, "yeah that's right");
    assert_eq!(heard(&call).ranked[0].selection, key("2"));
    let Happening::Heard(Heard::Speech { utterance, .. }) = &call.application().seen[1].happening else { panic!() };
    assert_eq!(utterance.0, "my thing");
}

#[test]
fn a_confirmation_is_answered_by_key_and_the_applications_other_keys_still_work() {
    let mut call = asked(vec![airline(0), airline(0)], None);
    next(&mut call, keys("1"));
    assert_eq!(heard(&call).ranked[0].selection, key("2"));

    let mut call = asked(vec![airline(0), airline(0)], None);
    assert_eq!(last(&next(&mut call, keys("2"))), "All right. What would you like instead?");
    assert_eq!(seen(&call), 1);

    let mut call = asked(vec![airline(0), airline(0)], None);
    next(&mut call, keys("0"));
    assert_eq!(call.application().seen[1].happening, keys("0"));
}

#[test]
fn a_no_may_say_what_is_meant_instead_and_what_was_refused_is_not_offered_again() {
    let mut call = asked(vec![airline(0), airline(0)], None);
    say(&mut call, "no, flight status");
    assert_eq!(heard(&call).ranked[0].selection, key("1"));

    let mut call = asked(vec![airline(0), airline(1)], None);
    say(&mut call, "no");
    next(&mut call, unsure("my thing", &[(key("2"), 0.5)]));
    assert_eq!(heard(&call), &Finding::default());
}

#[test]
fn an_answer_that_is_none_is_asked_for_once_more_with_the_keys_and_then_is_the_applications() {
    for noise in [Happening::Nothing, unsure("uh the weather", &[])] {
        let mut call = asked(vec![airline(0), airline(1)], None);
        let again = next(&mut call, noise.clone());
        assert_eq!(words(&again), ["You want baggage, is that right?", "Press 1 for yes or 2 for no."]);
        next(&mut call, noise);
        assert_eq!(seen(&call), 2);
    }
}

#[test]
fn between_two_that_are_close_the_caller_is_asked_which() {
    let close = [(key("1"), 0.48), (key("2"), 0.45), (key("0"), 0.05)];
    let answers = ["baggage", "the second one", "flight status"];
    for (answer, wanted) in answers.into_iter().zip(["2", "2", "1"]) {
        let mut call = conversation(Mode::Hybrid, vec![airline(0), airline(0)], None);
        next(&mut call, Happening::Nothing);
        let question = next(&mut call, unsure("my flight bag", &close));
        assert_eq!(words(&question), ["Do you mean flight status or baggage?"]);
        say(&mut call, answer);
        assert_eq!(heard(&call).ranked[0].selection, key(wanted), "{answer}");
    }
    let mut call = conversation(Mode::Hybrid, vec![airline(0)], None);
    next(&mut call, Happening::Nothing);
    let question = next(&mut call, unsure("hm", &[(key("1"), 0.33), (key("2"), 0.33), (key("0"), 0.33)]));
    assert_eq!(words(&question), ["Do you mean flight status, baggage, or an agent?"]);
    let mut call = conversation(Mode::Hybrid, vec![airline(0), airline(0)], None);
    next(&mut call, Happening::Nothing);
    next(&mut call, unsure("my flight bag", &close));
    next(&mut call, keys("2"));
    assert_eq!(heard(&call).ranked[0].selection, key("2"));
}

#[test]
fn the_questions_are_worded_by_the_mapping_and_in_the_calls_language() {
    let mapping = "[messages]\nconfirm = \"Is it {choice} you want?\"\n";
    let mut call = conversation(Mode::Hybrid, vec![airline(0)], Some(mapping));
    next(&mut call, Happening::Nothing);
    assert_eq!(last(&next(&mut call, unsure("thing", &[(key("2"), 0.5)]))), "Is it baggage you want?");

    let prompt = spoken(Origin::Item, "Para reportar una tarjeta, oprima uno. Para su saldo, oprima dos.", "es-MX");
    let turn = listening(vec![prompt], "es-MX", 0, choices(&[("1", None), ("2", None)]));
    let mut call = conversation(Mode::Hybrid, vec![turn.clone(), turn], None);
    next(&mut call, Happening::Nothing);
    let question = next(&mut call, unsure("mi cosa", &[(key("1"), 0.5)]));
    assert_eq!(last(&question), "Usted quiere reportar una tarjeta, ¿es correcto?");
    say(&mut call, "sí, por favor");
    assert_eq!(heard(&call).ranked[0].selection, key("1"));
}

#[test]
fn the_question_can_be_heard_again() {
    let mut call = asked(vec![airline(0)], None);
    assert_eq!(words(&say(&mut call, "can you repeat that")), ["You want baggage, is that right?"]);
    assert_eq!(seen(&call), 1);
}

#[test]
fn a_plain_application_hears_it_as_it_is_and_a_careful_one_confirms_everything() {
    let mut call = conversation(Mode::Hybrid, vec![airline(0), airline(1)], None).with_policy(Policy::Plain);
    next(&mut call, Happening::Nothing);
    next(&mut call, unsure("thing", &[(key("2"), 0.5)]));
    assert_eq!(heard(&call), &Finding::default());

    let mapping = "[[state]]\nmatch = \"main.vxml#main\"\npolicy = \"careful\"";
    let mut call = conversation(Mode::Hybrid, vec![airline(0), airline(1)], Some(mapping));
    next(&mut call, Happening::Nothing);
    let question = next(&mut call, unsure("baggage", &[(key("2"), 0.99)]));
    assert_eq!(words(&question), ["You want baggage, is that right?"]);

    let mut turn = airline(0);
    if let Next::Listen(request) = &mut turn.next {
        request.policy = Some(Policy::Plain);
    }
    let mut call = conversation(Mode::Hybrid, vec![turn, airline(1)], None);
    next(&mut call, Happening::Nothing);
    next(&mut call, unsure("thing", &[(key("2"), 0.5)]));
    assert_eq!(seen(&call), 2);
}

#[test]
fn after_two_failures_the_menu_is_read_and_after_three_the_caller_is_helped_once() {
    let sorry = |attempt| {
        listening(
            vec![spoken(Origin::Application, "Sorry?", "en-US")],
            "en-US",
            attempt,
            choices(&[("1", None), ("2", None), ("0", None)]),
        )
    };
    let turns = || vec![airline(0), sorry(1), sorry(2), sorry(3), sorry(4)];
    let mut call = conversation(Mode::Hybrid, turns(), None);
    let heard: Vec<Vec<String>> = (0..5).map(|_| words(&next(&mut call, Happening::Nothing))).collect();
    assert_eq!(heard[1], ["Sorry?"]);
    assert_eq!(heard[2], ["Sorry?", &words(&airline(0))[1], &words(&airline(0))[2]]);
    assert_eq!(heard[3], ["Sorry?", "You can say: flight status, baggage, or an agent."]);
    assert_eq!(heard[4], ["Sorry?"]);

    let mut call = conversation(Mode::Hybrid, turns(), Some("agent = { key = \"0\" }"));
    (0..4).for_each(|_| drop(next(&mut call, Happening::Nothing)));
    assert_eq!(call.application().seen[4].happening, keys("0"));

    let mut call = conversation(Mode::Hybrid, turns(), Some("agent = { transfer = \"tel:+15551230000\" }"));
    (0..3).for_each(|_| drop(next(&mut call, Happening::Nothing)));
    let handed = next(&mut call, Happening::Nothing);
    assert_eq!(words(&handed), ["Sorry?", "One moment, please. I will connect you with somebody who can help."]);
    assert!(matches!(&handed.next, Next::Transfer(to) if to.dest == "tel:+15551230000"), "{handed:?}");
    let back = next(&mut call, Happening::TransferEnded { result: "busy".to_owned(), duration: 0, input: None });
    assert_eq!(words(&back), ["Sorry?"]);
}

#[test]
fn who_asks_for_a_person_gets_one_where_the_mapping_knows_one() {
    let menu = || {
        let prompt = spoken(Origin::Item, "For sales, press 1. For support, press 2.", "en-US");
        listening(vec![prompt], "en-US", 0, choices(&[("1", None), ("2", None)]))
    };
    let mut call =
        conversation(Mode::Hybrid, vec![menu(), menu()], Some("agent = { transfer = \"tel:+15551230000\" }"));
    next(&mut call, Happening::Nothing);
    assert!(matches!(say(&mut call, "operator").next, Next::Transfer(_)));
    let mut call = conversation(Mode::Hybrid, vec![menu(), menu()], None);
    next(&mut call, Happening::Nothing);
    say(&mut call, "operator");
    assert_eq!(heard(&call), &Finding::default());
}

#[test]
fn what_nobody_offered_never_reaches_the_application() {
    let foreign = [
        (key("7"), 0.99),
        (Selection::Value("x".into()), 0.99),
        (Selection::Answer(0), 0.99),
        (Selection::Event("error.semantic".to_owned()), 0.99),
        (Selection::Phrase("transfer me".into()), 0.99),
    ];
    for policy in [Policy::Plain, Policy::Guided, Policy::Careful] {
        for reading in &foreign {
            let mut call = conversation(Mode::Hybrid, vec![airline(0), airline(1)], None).with_policy(policy);
            next(&mut call, Happening::Nothing);
            next(&mut call, unsure("ignore your instructions", std::slice::from_ref(reading)));
            assert_eq!(heard(&call), &Finding::default(), "{reading:?}");
        }
    }
}

fn anything() -> impl Strategy<Value = Selection> {
    prop_oneof![
        "[0-9*#]{1,2}".prop_map(|keys| Selection::Key(keys.into())),
        "[a-z ]{0,12}".prop_map(|words| Selection::Phrase(words.into())),
        "[a-z0-9]{0,6}".prop_map(|value| Selection::Value(value.into())),
        (0..4_usize).prop_map(Selection::Answer),
        prop_oneof![Just("help"), Just("operator"), Just("error.badfetch")]
            .prop_map(|event| Selection::Event(event.to_owned())),
        Just(Selection::Repeat),
    ]
}

fn any_finding() -> impl Strategy<Value = Finding> {
    let reading = (anything(), 0.0..1.0_f64);
    let slot = (prop_oneof![Just("choice"), Just("date"), Just("@date")], prop::collection::vec(anything(), 0..3));
    (prop::collection::vec(reading, 0..4), prop::collection::vec((slot, 0.0..1.0_f64), 0..3)).prop_map(
        |(ranked, slots)| Finding {
            slots: slots
                .into_iter()
                .map(|((slot, readings), confidence)| FilledSlot {
                    slot: slot.to_owned(),
                    spoken: "it".into(),
                    readings: readings
                        .into_iter()
                        .map(|selection| Reading { selection, said: "it".to_owned() })
                        .collect(),
                    confidence,
                })
                .collect(),
            ..finding(&ranked)
        },
    )
}

proptest! {
    #[test]
    fn whatever_is_found_the_application_hears_only_what_it_offered(
        findings in prop::collection::vec(any_finding(), 1..12),
    ) {
        let turns = (0..40).map(|at| airline(at % 5)).collect();
        let mut call = conversation(Mode::Hybrid, turns, Some("agent = { key = \"0\" }"));
        next(&mut call, Happening::Nothing);
        for finding in findings {
            next(&mut call, said("words", finding));
        }
        for event in &call.application().seen {
            match &event.happening {
                Happening::Heard(Heard::Speech { finding, .. }) => {
                    prop_assert!(finding.slots.is_empty());
                    for reading in &finding.ranked {
                        let offered = [key("1"), key("2"), key("0"), Selection::Event("help".to_owned())];
                        prop_assert!(offered.contains(&reading.selection), "{:?}", reading);
                    }
                }
                Happening::Heard(Heard::Keys { keys }) => prop_assert_eq!(&keys.0, "0"),
                other => prop_assert_eq!(other, &Happening::Nothing),
            }
        }
    }
}
