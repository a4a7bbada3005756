//! Conversations with a scripted application.

use super::*;
use crate::dialogue::{
    Choice, DtmfInput, Ending, Event, Finding, Happening, Heard, InputRequest, Interpretation, Next, Origin, Reason,
    Selection, Slot, SlotKind, Speech, SpeechInput, Spoken, Step, TransferKind, TransferRequest, Turn, samples,
};
use crate::nlu::Mapping;
use std::sync::Arc;

mod asking;
mod forms;

/// Gives its steps one after the other and keeps the events it was given.
#[derive(Default)]
struct Scripted {
    steps: Vec<Step>,
    seen: Vec<Event>,
}

impl Application for Scripted {
    fn handle(&mut self, event: Event) -> Step {
        self.seen.push(event);
        match self.steps.is_empty() {
            true => Step::Done(Ending { prompts: Vec::new(), reason: Reason::Exit, namelist: Vec::new() }),
            false => self.steps.remove(0),
        }
    }
}

fn spoken(origin: Origin, text: &str, lang: &str) -> Spoken {
    Spoken { content: vec![Speech::Text(text.to_owned())], bargein: true, lang: lang.to_owned(), origin }
}

fn choices(of: &[(&str, Option<&str>)]) -> Vec<Choice> {
    let choice = |(key, label): &(&str, Option<&str>)| Choice {
        key: Some((*key).to_owned()),
        phrases: Vec::new(),
        label: label.map(str::to_owned),
        target: None,
    };
    of.iter().map(choice).collect()
}

fn listening(prompts: Vec<Spoken>, lang: &str, attempt: u32, choices: Vec<Choice>) -> Turn {
    let request = InputRequest {
        attempt,
        choices,
        dtmf: Some(DtmfInput { shortest: 1, longest: Some(1), finish: None }),
        ..samples::listening(lang)
    };
    Turn { prompts, next: Next::Listen(Box::new(request)) }
}

fn airline(attempt: u32) -> Turn {
    let prompts = vec![
        spoken(Origin::Application, "Your booking is saved.", "en-US"),
        spoken(Origin::Item, "Main menu. For flight status, press 1. For baggage,", "en-US"),
        spoken(Origin::Item, "press 2. For an agent, press 0.", "en-US"),
    ];
    listening(prompts, "en-US", attempt, choices(&[("1", None), ("2", None), ("0", None)]))
}

fn conversation(mode: Mode, turns: Vec<Turn>, mapping: Option<&str>) -> Conversation<Scripted> {
    let application = Scripted { steps: turns.into_iter().map(Step::Turn).collect(), seen: Vec::new() };
    let mapping = mapping.map(|text| Arc::new(Mapping::parse(text, "test.toml").unwrap()));
    Conversation::new(application, mode, mapping)
}

fn next(conversation: &mut Conversation<Scripted>, happening: Happening) -> Turn {
    match conversation.handle(Event { at: 0, happening }) {
        Step::Turn(turn) => turn,
        other => panic!("{other:?}"),
    }
}

fn said(utterance: &str, finding: Finding) -> Happening {
    Happening::Heard(Heard::Speech {
        utterance: utterance.into(),
        confidence: Some(0.9),
        alternatives: Vec::new(),
        finding,
    })
}

fn finding(of: &[(Selection, f64)]) -> Finding {
    let reading = |(selection, confidence): &(Selection, f64)| Interpretation {
        selection: selection.clone(),
        confidence: *confidence,
        why: "test".to_owned(),
    };
    Finding { ranked: of.iter().map(reading).collect(), slots: Vec::new() }
}

fn key(key: &str) -> Selection {
    Selection::Key(key.into())
}

fn words(turn: &Turn) -> Vec<String> {
    turn.prompts.iter().map(|spoken| Speech::words(&spoken.content)).collect()
}

fn speech(turn: &Turn) -> Option<&SpeechInput> {
    match &turn.next {
        Next::Listen(request) => request.speech.as_ref(),
        _ => None,
    }
}

/// What the application last heard.
fn heard(conversation: &Conversation<Scripted>) -> &Finding {
    match &conversation.application().seen.last().unwrap().happening {
        Happening::Heard(Heard::Speech { finding, .. }) => finding,
        other => panic!("{other:?}"),
    }
}

#[test]
fn keys_mode_changes_nothing_and_understands_nothing() {
    let mut call = conversation(Mode::Keys, vec![airline(0), airline(1)], None);
    assert_eq!(next(&mut call, Happening::Nothing), airline(0));
    assert!(call.state().is_none());
    next(&mut call, said("baggage", finding(&[(key("2"), 0.99)])));
    assert_eq!(heard(&call), &Finding::default());
}

#[test]
fn hybrid_mode_listens_for_speech_beside_the_keys() {
    let mut call = conversation(Mode::Hybrid, vec![airline(0)], None);
    let turn = next(&mut call, Happening::Nothing);
    assert_eq!(words(&turn), words(&airline(0)));
    let speech = speech(&turn).unwrap();
    assert!(!speech.own_grammars);
    assert_eq!(*speech.hints, ["flight status", "baggage", "an agent"]);
    assert!(call.state().is_some());
}

#[test]
fn hints_of_the_documents_grammars_come_first_and_are_limited() {
    let mut turn = airline(0);
    if let Next::Listen(request) = &mut turn.next {
        let hints = ["bags".to_owned(), "baggage".to_owned()].into();
        request.speech = Some(SpeechInput { hints, own_grammars: true });
    }
    let mut call = conversation(Mode::Hybrid, vec![turn.clone()], None);
    let dressed = next(&mut call, Happening::Nothing);
    assert_eq!(*speech(&dressed).unwrap().hints, ["bags", "baggage", "flight status", "an agent"]);
    assert!(speech(&dressed).unwrap().own_grammars);
    if let Next::Listen(request) = &mut turn.next {
        let many: Arc<[String]> = (0..150).map(|n| format!("phrase {n}")).collect();
        request.speech = Some(SpeechInput { hints: many, own_grammars: true });
    }
    let mut call = conversation(Mode::Hybrid, vec![turn], None);
    assert_eq!(speech(&next(&mut call, Happening::Nothing)).unwrap().hints.len(), 100);
}

#[test]
fn nothing_is_listened_for_where_speech_could_mean_nothing() {
    let mut call = conversation(Mode::Hybrid, vec![listening(Vec::new(), "en-US", 0, Vec::new())], None);
    assert!(speech(&next(&mut call, Happening::Nothing)).is_none());
}

#[test]
fn unsure_findings_never_reach_the_application() {
    let mut call = conversation(Mode::Hybrid, vec![airline(0), airline(1)], None);
    next(&mut call, Happening::Nothing);
    next(&mut call, said("bags", finding(&[(key("2"), 0.9), (key("1"), 0.3)])));
    assert_eq!(heard(&call), &finding(&[(key("2"), 0.9)]));
    call.handle(Event { at: 1, happening: said("hm", finding(&[(key("2"), 0.34)])) });
    assert_eq!(heard(&call), &Finding::default());
}

#[test]
fn words_the_recogniser_hardly_believes_are_not_taken_for_an_order() {
    for (recognised, counts) in
        [(Some(0.2), false), (Some(0.49), false), (Some(0.5), true), (Some(0.0), true), (None, true)]
    {
        let mut call = conversation(Mode::Hybrid, vec![airline(0)], None);
        let first = next(&mut call, Happening::Nothing);
        let mut say = |utterance: &str, selection| {
            let finding = finding(&[(selection, 1.0)]);
            let heard = Heard::Speech {
                utterance: utterance.into(),
                confidence: recognised,
                alternatives: Vec::new(),
                finding,
            };
            call.handle(Event { at: 1, happening: Happening::Heard(heard) })
        };
        assert_eq!(say("repeat", Selection::Repeat) == Step::Turn(first), counts, "{recognised:?}");
        say("flight status", key("1"));
        assert_eq!(heard(&call).ranked.is_empty(), !counts, "{recognised:?}");
    }
}

#[test]
fn the_mapping_sets_the_threshold() {
    let mut call = conversation(Mode::Hybrid, vec![airline(0)], Some("threshold = 0.3"));
    next(&mut call, Happening::Nothing);
    call.handle(Event { at: 1, happening: said("bags", finding(&[(key("2"), 0.4)])) });
    assert_eq!(heard(&call).ranked.len(), 1);
}

#[test]
fn repeat_says_the_turn_again_and_the_application_does_not_notice() {
    for mode in [Mode::Hybrid, Mode::Speech] {
        let mut call = conversation(mode, vec![airline(0)], None);
        let first = next(&mut call, Happening::Nothing);
        let understood = call.state().unwrap().understand("Could you say that again?");
        assert_eq!(next(&mut call, said("Could you say that again?", understood)), first);
        assert_eq!(call.application().seen.len(), 1);
        assert!(call.state().is_some());
    }
}

#[test]
fn speech_mode_asks_in_open_words_and_still_knows_the_labels() {
    let mut call = conversation(Mode::Speech, vec![airline(0)], None);
    let turn = next(&mut call, Happening::Nothing);
    assert_eq!(
        words(&turn),
        [
            "Your booking is saved.",
            "Main menu.",
            "What would you like to do? You can say: flight status, baggage, or an agent."
        ]
    );
    let question = turn.prompts.last().unwrap();
    assert_eq!((question.origin, question.lang.as_str(), question.bargein), (Origin::Bridge, "en-US", true));
    let best = call.state().unwrap().understand("my baggage please");
    assert_eq!(best.ranked[0].selection, key("2"));
}

#[test]
fn speech_mode_asks_in_spanish() {
    let prompt = spoken(Origin::Item, "Para estado del vuelo, oprima uno. Para equipaje, oprima dos.", "es-MX");
    let turn = listening(vec![prompt], "es-MX", 0, choices(&[("1", None), ("2", None)]));
    let mut call = conversation(Mode::Speech, vec![turn], None);
    let turn = next(&mut call, Happening::Nothing);
    assert_eq!(words(&turn), ["¿Qué desea hacer? Puede decir: estado del vuelo o equipaje."]);
}

#[test]
fn the_mapping_words_the_open_question() {
    let mapping = "[[state]]\nmatch = \"main.vxml#main/*\"\nopen_prompt = \"How can I help you today?\"";
    let mut call = conversation(Mode::Speech, vec![airline(0)], Some(mapping));
    assert_eq!(words(&next(&mut call, Happening::Nothing)).last().unwrap(), "How can I help you today?");

    let sound =
        Spoken { content: vec![Speech::Audio("http://host/menu.wav".to_owned())], ..spoken(Origin::Item, "", "en") };
    let turn = listening(vec![sound], "en", 0, choices(&[("1", Some("sales"))]));
    let mut call = conversation(Mode::Speech, vec![turn], Some(mapping));
    assert_eq!(words(&next(&mut call, Happening::Nothing)), ["How can I help you today?"]);
}

#[test]
fn a_lost_caller_hears_the_menu() {
    let mut call = conversation(Mode::Speech, vec![airline(0), airline(1)], None);
    next(&mut call, Happening::Nothing);
    let lost = next(&mut call, said("hm", Finding::default()));
    assert_eq!(words(&lost), words(&airline(1)));
}

#[test]
fn a_lost_caller_hears_the_menu_even_if_the_application_thinks_it_was_read_out() {
    let sorry = spoken(Origin::Application, "Sorry.", "en-US");
    let again = listening(vec![sorry], "en-US", 1, airline(1).next_choices());
    let mut call = conversation(Mode::Speech, vec![airline(0), again], None);
    next(&mut call, Happening::Nothing);
    let lost = next(&mut call, Happening::Nothing);
    assert_eq!(words(&lost)[0], "Sorry.");
    assert_eq!(words(&lost)[1..], words(&airline(0))[1..]);
    assert_eq!(call.state().unwrap().understand("baggage").ranked[0].selection, key("2"));
}

#[test]
fn speech_mode_leaves_what_it_cannot_ask_better() {
    // A choice without a label, a question that keys answer with yes or no, slots, and a language of which it says nothing.
    let unlabelled = listening(
        vec![spoken(Origin::Item, "For sales press 1.", "en")],
        "en",
        0,
        choices(&[("1", None), ("2", None)]),
    );
    let confirm = listening(
        vec![spoken(Origin::Item, "Two tickets. Press 1 for yes or 2 for no.", "en")],
        "en",
        0,
        choices(&[("1", None), ("2", None)]),
    );
    let french = listening(vec![spoken(Origin::Item, "Press 1 for sales.", "fr")], "fr", 0, choices(&[("1", None)]));
    let mut pin = airline(0);
    if let Next::Listen(request) = &mut pin.next {
        request.slots.push(Slot { name: "pin".to_owned(), kind: SlotKind::Digits, choices: Vec::new() });
    }
    for turn in [unlabelled, confirm, french, pin] {
        let mut call = conversation(Mode::Speech, vec![turn.clone()], None);
        let dressed = next(&mut call, Happening::Nothing);
        assert_eq!(dressed.prompts, turn.prompts);
        assert!(speech(&dressed).is_some());
    }
}

#[test]
fn the_same_events_give_the_same_steps() {
    let run = || {
        let mut call = conversation(Mode::Speech, vec![airline(0), airline(1), airline(0)], None);
        let events = [Happening::Nothing, said("agent", finding(&[(Selection::Repeat, 0.9)])), Happening::Nothing];
        events.map(|happening| format!("{:?}", call.handle(Event { at: 0, happening })))
    };
    assert_eq!(run(), run());
}

#[test]
fn modes_are_written_in_lower_case() {
    for mode in [Mode::Keys, Mode::Hybrid, Mode::Speech] {
        assert_eq!(mode.name().parse(), Ok(mode));
        assert_eq!(serde_json::to_string(&mode).unwrap(), format!("\"{mode}\""));
    }
    assert_eq!("loud".parse::<Mode>(), Err(UnknownMode("loud".to_owned())));
    assert_eq!(Mode::default(), Mode::Hybrid);
}

impl Turn {
    fn next_choices(&self) -> Vec<Choice> {
        match &self.next {
            Next::Listen(request) => request.choices.clone(),
            _ => Vec::new(),
        }
    }
}

#[test]
fn a_turn_that_reads_out_no_keys_is_understood_by_the_menu_before_it() {
    let sorry = listening(vec![spoken(Origin::Application, "Sorry?", "en-US")], "en-US", 1, airline(1).next_choices());
    let mut elsewhere = sorry.clone();
    if let Next::Listen(request) = &mut elsewhere.next {
        request.state = "http://host/main.vxml#other/choice".to_owned();
    }
    let mut call = conversation(Mode::Hybrid, vec![airline(0), sorry, elsewhere], None);
    next(&mut call, Happening::Nothing);
    next(&mut call, Happening::Nothing);
    assert_eq!(call.state().unwrap().understand("baggage").ranked[0].selection, key("2"));
    next(&mut call, Happening::Nothing);
    assert!(call.state().unwrap().understand("baggage").best(0.4).is_none());
}

#[test]
fn recordings_and_transfers_go_through_as_they_are_in_every_mode() {
    let record = Next::Record(samples::recording());
    let transfer = Next::Transfer(TransferRequest::to("tel:+18005550142", TransferKind::Bridge));
    let prompt = || vec![spoken(Origin::Item, "For an agent, press 0.", "en-US")];
    for mode in [Mode::Keys, Mode::Hybrid, Mode::Speech] {
        let turns = [&record, &transfer].map(|next| Turn { prompts: prompt(), next: next.clone() });
        let mut conversation = conversation(mode, turns.to_vec(), None);
        assert_eq!(next(&mut conversation, Happening::Resumed), turns[0]);
        let recorded = Happening::Recorded { url: None, duration: 0, key: Some('0'), hung_up: false };
        assert_eq!(next(&mut conversation, recorded.clone()), turns[1]);
        assert!(conversation.state().is_none(), "nobody listens");
        assert_eq!(conversation.application().seen[1].happening, recorded);
    }
}
