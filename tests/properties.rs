//! What holds of any application and any caller, from VoiceXML to TwiML. `PROPTEST_CASES` sets how many are tried.
//!
//! Documents lie in a map and events are fed by hand; only the encoding is Twilio's. That compiled grammars agree with a
//! plain listing of their members is held in the grammar room.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod generated;

use generated::caller::{Call, Move, World, caller};
use generated::meaning::Outcome;
use generated::{Application, application};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use voxbridge::channel::console::dial;
use voxbridge::channel::twilio::reading::{Then, read_answer};
use voxbridge::dialogue::{Happening, Heard, Next, Reason, Selection, Step};
use voxbridge::interpreter::TraceLine;
use voxbridge::policy::Mode;

const MODES: [Mode; 3] = [Mode::Keys, Mode::Hybrid, Mode::Speech];

fn cases() -> ProptestConfig {
    #[allow(clippy::disallowed_methods, reason = "the way proptest itself is told")]
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(48), max_shrink_iters: 4_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn what_is_generated_is_valid(application in application()) {
        for (url, text) in application.files() {
            if url.ends_with(".vxml") {
                let reading = voxbridge::vxml::read(&text, &url);
                prop_assert!(reading.document.is_some(), "{:?}\n{text}", reading.diagnostics);
            }
        }
    }

    #[test]
    fn any_call_gets_twiml_that_holds_at_every_turn_and_ends_as_the_application_says(
        application in application(), caller in caller(),
    ) {
        let world = World::of(&application);
        for mode in MODES {
            run(&world, &application, mode, &caller, |call| {
                is_sound(call)?;
                no_error(call)
            })?;
        }
    }

    #[test]
    fn a_call_replayed_from_its_events_gives_the_same_turns_byte_for_byte(
        application in application(), caller in caller(),
    ) {
        let world = World::of(&application);
        for mode in MODES {
            let call = run(&world, &application, mode, &caller, |_| Ok(()))?;
            // As the journal keeps them, and in a process that has seen nothing yet.
            let kept = serde_json::to_string(&call.events).unwrap();
            let elsewhere = World::of(&application);
            let again = elsewhere.replay(mode, &serde_json::from_str::<Vec<_>>(&kept).unwrap());
            prop_assert_eq!(&again.steps, &call.steps);
            prop_assert_eq!(again.answers(), call.answers());
        }
    }

    #[test]
    fn legal_keys_are_never_cut_short_and_mean_what_the_document_says(application in application(), caller in caller()) {
        let world = World::of(&application);
        for mode in MODES {
            run(&world, &application, mode, &caller, |call| {
                nothing_legal_is_cut(call, &application)?;
                keys_mean_what_they_say(call, &application)
            })?;
        }
    }

    #[test]
    fn the_choice_that_a_key_selects_is_the_one_its_label_selects(application in application(), caller in caller()) {
        let world = World::of(&application);
        for mode in MODES {
            run(&world, &application, mode, &caller[..caller.len().min(4)], |call| labels_are_keys(call, &application))?;
        }
    }
}

/// Runs a call to its end, looking at it after every answer.
fn run<'a>(
    world: &'a World,
    application: &Application,
    mode: Mode,
    caller: &[Move],
    mut look: impl FnMut(&Call<'_>) -> TestCaseResult,
) -> Result<Call<'a>, TestCaseError> {
    let mut call = world.call(mode);
    look(&call)?;
    for what in caller {
        if matches!(call.step(), Step::Done(_)) {
            return Ok(call);
        }
        call.act(application, what);
        look(&call)?;
    }
    if matches!(call.step(), Step::Turn(_)) {
        call.happens(Happening::HungUp);
        look(&call)?;
    }
    Ok(call)
}

/// The answer is TwiML that Twilio takes, and it does what the step says.
fn is_sound(call: &Call<'_>) -> TestCaseResult {
    let twiml = call.twiml();
    common::keep(&twiml);
    prop_assert!(twiml.len() <= 64_000, "{} bytes", twiml.len());
    let document =
        roxmltree::Document::parse(&twiml).map_err(|error| TestCaseError::fail(format!("{error}\n{twiml}")))?;
    let root = document.root_element();
    prop_assert_eq!(root.tag_name().name(), "Response");
    let verbs: Vec<&str> =
        root.children().filter(|node| node.is_element()).map(|node| node.tag_name().name()).collect();
    let (last, before) = verbs.split_last().unwrap();
    prop_assert!(matches!(*last, "Gather" | "Hangup"), "{twiml}");
    prop_assert!(before.iter().all(|verb| matches!(*verb, "Say" | "Play" | "Pause")), "{twiml}");
    let answer = read_answer(&twiml).map_err(|error| TestCaseError::fail(format!("{error}\n{twiml}")))?;
    match (call.step(), answer.then) {
        (Step::Turn(turn), then) => match (&turn.next, then) {
            (Next::Listen(request), Then::Gather(gather)) => {
                prop_assert_eq!(gather.speech, request.speech.is_some());
                // Where nothing at all is understood any key is taken, to be no match.
                prop_assert_eq!(gather.dtmf, request.dtmf.is_some() || request.speech.is_none());
            }
            (Next::Disconnect, Then::Hangup) => {}
            (next, then) => prop_assert!(false, "{next:?} became {then:?}"),
        },
        (Step::Done(_), then) => prop_assert_eq!(then, Then::Hangup),
        (step, then) => prop_assert!(false, "{step:?} became {then:?}"),
    }
    Ok(())
}

/// Nothing but what the application itself throws goes wrong.
fn no_error(call: &Call<'_>) -> TestCaseResult {
    for line in &call.trace {
        if let TraceLine::Event { name, message, .. } = line {
            prop_assert!(!name.starts_with("error."), "{name}: {message}");
        }
    }
    if let Step::Done(ending) = call.step() {
        let fine = match &ending.reason {
            Reason::Exit | Reason::Finished | Reason::HungUp => true,
            Reason::Event { event, .. } => event == "go.away",
            Reason::Limit(limit) => limit.contains("listen"),
        };
        prop_assert!(fine, "{:?}", ending.reason);
    }
    Ok(())
}

/// Keyed in as Twilio collects keys, every legal input arrives whole: ended by the finishing key, or by waiting.
fn nothing_legal_is_cut(call: &Call<'_>, application: &Application) -> TestCaseResult {
    // A question of the bridge's own takes keys of its own, also where the application takes none.
    let open = call.request().filter(|request| request.dtmf.is_some() && !call.is_asked_by_the_bridge());
    let Some(request) = open else { return Ok(()) };
    let Ok(Then::Gather(gather)) = read_answer(&call.twiml()).map(|answer| answer.then) else { panic!() };
    let input = gather.dtmf_input().unwrap();
    for keys in application.place(&request.state).legal() {
        let whole = Happening::Heard(Heard::Keys { keys: keys.as_str().into() });
        prop_assert_eq!(dial(&keys, &input), whole.clone(), "{:?} at {}", input, request.state);
        let ended = keys.clone() + &gather.finish_on_key.map(String::from).unwrap_or_default();
        prop_assert_eq!(dial(&ended, &input), whole, "{:?} at {}", input, request.state);
    }
    Ok(())
}

/// The keys just pressed had the outcome that a plain reading of the document gives them.
fn keys_mean_what_they_say(call: &Call<'_>, application: &Application) -> TestCaseResult {
    let [.., before, _] = call.turns()[..] else { return Ok(()) };
    let (Step::Turn(turn), Some(keys)) = (before, call.pressed()) else { return Ok(()) };
    let Next::Listen(request) = &turn.next else { return Ok(()) };
    // A question of the bridge's own takes 1 for yes and 2 for no.
    if keys.is_empty() || request.dtmf.is_none() || call.answered_the_bridge {
        return Ok(());
    }
    let nomatch = call.trace.iter().any(|line| matches!(line, TraceLine::Event { name, .. } if name == "nomatch"));
    let expected = application.place(&request.state).outcome(keys);
    prop_assert_eq!(nomatch, expected == Outcome::NoMatch, "{} at {}: {:?}", keys, request.state, call.trace);
    let happened = call.trace.iter().any(|line| match (line, &expected) {
        (TraceLine::Dialog(name), Outcome::Entered(dialog)) => name.ends_with(dialog.as_str()),
        (TraceLine::Log { label, text }, Outcome::Filled(item, value)) => label == item && text == value,
        (_, Outcome::Match | Outcome::NoMatch) => true,
        _ => false,
    });
    let must = matches!(expected, Outcome::Entered(_) | Outcome::Filled(..));
    prop_assert!(happened || !must, "{} at {} is not {:?}: {:?}", keys, request.state, expected, call.trace);
    Ok(())
}

/// Every choice that has a key and a name of its own is the same choice by both.
fn labels_are_keys(call: &Call<'_>, application: &Application) -> TestCaseResult {
    let Some(request) = call.request().filter(|request| request.dtmf.is_some() && request.speech.is_some()) else {
        return Ok(());
    };
    if call.is_asked_by_the_bridge() {
        // Its questions have answers of their own: yes, no, what was meant instead.
        return Ok(());
    }
    let (place, labels) = (application.place(&request.state), call.labels());
    for (at, (choice, label)) in request.choices.iter().zip(&labels).enumerate() {
        let (Some(key), Some(label)) = (&choice.key, label) else { continue };
        // A key that means something else first does not choose this choice, whatever its name is.
        let is_first = request.choices.iter().position(|other| other.key.as_ref() == Some(key)) == Some(at);
        if !is_first || place.slot_takes(key) || labels.iter().flatten().filter(|other| *other == label).count() > 1 {
            continue;
        }
        let finding = call.understand(label);
        if !finding.ranked.is_empty() {
            let best = &finding.ranked[0];
            prop_assert_eq!(&best.selection, &Selection::Key(key.as_str().into()), "{:?} at {}", label, request.state);
            prop_assert!(best.confidence > 0.9, "{label:?} at {}: {}", request.state, best.confidence);
        }
        let (mut pressed, mut said) = (call.again(), call.again());
        pressed.press(key);
        said.say(label, None);
        prop_assert_eq!(said.step(), pressed.step(), "{:?} and {} at {}", label, key, request.state);
    }
    Ok(())
}
