//! Several answers in one breath, in forms as old applications have them.

use super::*;
use crate::dialogue::{Resource, Response};
use crate::interpreter::{Interpreter, Library, Settings};

const TABLE: &str = r##"<form id="table">
  <block>Welcome.</block>
  <field name="who"><grammar mode="dtmf" version="1.0" root="r"><rule id="r"><item repeat="2-">2</item></rule></grammar>
    <prompt>Under what name?</prompt></field>
  <field name="date" type="date"><prompt>Which day?</prompt><filled>Day noted.</filled></field>
  <field name="time" type="time"><prompt>What time?</prompt></field>
  <field name="size" type="number"><prompt>How many people?</prompt>
    <filled><if cond="size &gt; 20"><prompt>So many we cannot seat.</prompt><clear namelist="size"/></if></filled></field>
  <field name="room"><prompt>Inside or outside?</prompt>
    <option dtmf="1" value="in">inside</option><option dtmf="2" value="out">on the terrace</option></field>
  <field name="ok" type="boolean"><prompt>For <value expr="who"/>, <value expr="date"/> at <value expr="time"/>, <value expr="size"/> people, <value expr="room"/>. Is that right?</prompt>
    <filled><if cond="!ok"><clear namelist="who date time size room ok"/></if></filled></field>
  <block>Reserved.</block></form>"##;

const MAPPING: &str = "[[state]]\nmatch = \"#table/who\"\nentity = \"name\"\n\
    [[state]]\nmatch = \"#table/size\"\nentity = \"people\"\n";

struct Caller {
    call: Conversation<Interpreter>,
    document: String,
    step: Step,
}

impl Caller {
    fn of(body: &str, lang: &str, mapping: &str) -> Self {
        let mapping = Arc::new(Mapping::parse(mapping, "m.toml").unwrap());
        let settings = Settings { call: "CA1".into(), ..Settings::default() };
        let interpreter = Interpreter::new(settings, Arc::new(Library::new()));
        let document = format!(
            r#"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml" xml:lang="{lang}">{body}</vxml>"#
        );
        let step = Step::Done(Ending { prompts: Vec::new(), reason: Reason::Exit, namelist: Vec::new() });
        let call = Conversation::new(interpreter, Mode::Hybrid, Some(mapping));
        let mut caller = Self { call, document, step };
        let session = serde_json::json!({});
        caller.feed(Happening::Start { url: "http://host/main.vxml".to_owned(), session });
        caller
    }

    fn table() -> Self {
        Self::of(TABLE, "en-US", MAPPING)
    }

    fn feed(&mut self, mut happening: Happening) {
        loop {
            // A Monday morning.
            self.step = self.call.handle(Event { at: 1_772_445_600_000, happening });
            let Step::Fetch(request) = &self.step else { return };
            happening = Happening::Fetched {
                request: request.id,
                response: Response::Found(Resource {
                    url: request.url.clone(),
                    content_type: None,
                    body: Arc::new(self.document.clone().into_bytes()),
                    digest: "d".to_owned(),
                }),
            };
        }
    }

    fn say(&mut self, utterance: &str) -> &mut Self {
        let finding = self.call.understand(utterance, jiff::civil::date(2026, 3, 2).at(10, 0, 0, 0));
        self.feed(said(utterance, finding));
        self
    }

    fn press(&mut self, keys: &str) -> &mut Self {
        self.feed(Happening::Heard(Heard::Keys { keys: keys.into() }));
        self
    }

    #[track_caller]
    fn hears(&mut self, text: &str) -> &mut Self {
        let prompts = match &self.step {
            Step::Turn(turn) => &turn.prompts,
            Step::Done(ending) => &ending.prompts,
            Step::Fetch(_) => unreachable!(),
        };
        let heard: Vec<String> = prompts.iter().map(|spoken| Speech::words(&spoken.content)).collect();
        assert_eq!(heard.join(" "), text);
        self
    }
}

#[test]
fn one_breath_fills_all_and_the_handlers_run_in_the_documents_order() {
    let mut caller = Caller::table();
    caller.hears("Welcome. Under what name?");
    caller.say("a table for four on the terrace tomorrow at one pm under Misha");
    caller.hears("Day noted. For Misha, 20260303 at 1300h, 4 people, out. Is that right?");
    caller.say("yes").hears("Reserved.");
}

#[test]
fn only_what_is_missing_is_asked_in_whatever_order_it_was_said() {
    let mut caller = Caller::table();
    caller.say("it's Misha, four people, at half past seven tonight").hears("Day noted. Inside or outside?");
    let mut caller = Caller::table();
    caller.say("my name is Sarah, for six people").hears("Which day?");
    caller.say("Friday").hears("Day noted. What time?");
    caller.say("noon").hears("Inside or outside?");
    caller.say("inside please").hears("For Sarah, 20260306 at 1200p, 6 people, in. Is that right?");
}

#[test]
fn what_was_said_before_its_turn_is_noted_and_the_question_asked_again() {
    let mut caller = Caller::table();
    caller.say("tomorrow at eight in the evening for two people");
    caller.hears("All right, tomorrow, 8 in the evening, and 2 people. Under what name?");
    caller.say("Misha").hears("Day noted. Inside or outside?");
}

#[test]
fn an_ambiguous_time_is_asked_alone_and_once() {
    let mut caller = Caller::table();
    caller.say("under Misha tomorrow at 9 for two people");
    caller.hears("Day noted. I heard 9. Is that in the morning or in the evening?");
    caller.say("in the evening").hears("Inside or outside?");
    for answer in ["9 pm", "evening please", "2"] {
        let mut caller = Caller::table();
        caller.say("under Misha tomorrow at 9 for two people");
        match answer {
            "2" => caller.press(answer),
            _ => caller.say(answer),
        };
        caller.hears("Inside or outside?");
    }
    let mut caller = Caller::table();
    caller.say("under Misha tomorrow at 9 for two people");
    caller.say("the weather is nice").hears("What time?");
}

#[test]
fn another_time_said_to_the_question_of_the_half_of_the_day_is_the_one_that_is_meant() {
    let mut caller = Caller::table();
    caller
        .say("under Misha tomorrow at 9 for two people")
        .hears("Day noted. I heard 9. Is that in the morning or in the evening?");
    caller.say("eight in the evening").hears("Inside or outside?");
    caller.say("inside").hears("For Misha, 20260303 at 0800p, 2 people, in. Is that right?");
}

#[test]
fn a_correction_that_stays_unclear_leads_back_to_the_question_it_came_to() {
    let mut caller = Caller::table();
    caller.say("under Misha tomorrow at half past seven tonight for two people").hears("Day noted. Inside or outside?");
    caller
        .say("actually make it nine o'clock")
        .hears("I heard nine o'clock. Is that in the morning or in the evening?");
    caller.say("the weather is nice").hears("Inside or outside?");
}

#[test]
fn in_hybrid_mode_the_mapping_invites_to_speak_before_the_first_question() {
    let mapping = "[[state]]\nmatch = \"#table/who\"\nentity = \"name\"\nhybrid_prompt = \"Say it or key it.\"\n";
    let mut caller = Caller::of(TABLE, "en-US", mapping);
    caller.hears("Welcome. Say it or key it. Under what name?");
}

#[test]
fn opening_hours_settle_what_they_can() {
    let mut caller = Caller::of(TABLE, "en-US", &format!("hours = \"09:00-22:00\"\n{MAPPING}"));
    caller.say("under Misha tomorrow at 7 for two people").hears("Day noted. Inside or outside?");
}

#[test]
fn a_correction_changes_one_answer_and_keeps_the_rest() {
    let mut caller = Caller::table();
    caller.say("a table for four inside tomorrow at one pm under Misha");
    caller.say("no, make it five people").hears("For Misha, 20260303 at 1300h, 5 people, in. Is that right?");
    caller.say("actually I meant Friday");
    caller.hears("Day noted. For Misha, 20260306 at 1300h, 5 people, in. Is that right?");
    caller.say("not Friday, Thursday");
    caller.hears("Day noted. For Misha, 20260305 at 1300h, 5 people, in. Is that right?");
    caller.say("yes").hears("Reserved.");
}

#[test]
fn what_waits_for_its_question_is_corrected_as_well() {
    let mut caller = Caller::table();
    caller.say("under Misha for four people tomorrow").hears("Day noted. What time?");
    caller.say("actually make it five").hears("All right, 5 people. What time?");
    caller.say("noon").hears("Inside or outside?");
    caller.say("inside").hears("For Misha, 20260303 at 1200p, 5 people, in. Is that right?");
}

#[test]
fn an_answer_that_the_application_rejects_is_asked_for() {
    let mut caller = Caller::table();
    caller.say("under Misha tomorrow at one pm for thirty people");
    caller.hears("Day noted. So many we cannot seat. How many people?");
    caller.press("4").hears("Inside or outside?");
}

#[test]
fn keys_answer_one_question_at_a_time() {
    let mut caller = Caller::table();
    caller.say("for two people");
    caller.press("22").hears("Which day?");
    caller.press("20260304").hears("Day noted. What time?");
    caller.press("1930").hears("Inside or outside?");
}

#[test]
fn a_mixed_initiative_form_takes_several_answers_at_once() {
    let form = TABLE.replacen(
        "<block>Welcome.</block>",
        r#"<grammar mode="voice" version="1.0" root="g"><rule id="g">anything</rule></grammar>
        <initial><prompt>What can I do?</prompt></initial>"#,
        1,
    );
    let mut caller = Caller::of(&form, "en-US", MAPPING);
    caller.hears("What can I do?");
    caller.say("a table for four tomorrow at one pm");
    caller.hears("Day noted. Under what name?");
    caller.say("Misha").hears("Inside or outside?");
}

#[test]
fn a_menu_hears_what_another_dialog_is_going_to_ask() {
    let body = format!(
        r##"<menu id="main"><prompt>To reserve a table, press 1. For our hours, press 2.</prompt>
        <choice dtmf="1" next="#table"/><choice dtmf="2" next="#main"/></menu>{TABLE}"##
    );
    let mapping = format!("{MAPPING}[[state]]\nmatch = \"#table/date\"\nentity = \"date\"\n");
    let mut caller = Caller::of(&body, "en-US", &mapping);
    caller.say("I'd like to reserve a table for four people tomorrow").hears("Welcome. Under what name?");
    caller.say("Misha").hears("Day noted. What time?");
    caller.say("one pm").hears("Inside or outside?");
}

#[test]
fn spanish_callers_say_it_in_one_breath_too() {
    let form = TABLE
        .replace("Under what name?", "¿A nombre de quién?")
        .replace("Day noted.", "Anotado.")
        .replace("Inside or outside?", "¿Adentro o afuera?");
    let mut caller = Caller::of(&form, "es-US", MAPPING);
    caller.say("para cuatro personas mañana a la una de la tarde a nombre de Misha");
    caller.hears("Anotado. ¿Adentro o afuera?");
    let mut caller = Caller::of(&form, "es-US", MAPPING);
    caller.say("a nombre de Misha para mañana a las nueve para dos personas");
    caller.hears("Anotado. He entendido nueve. ¿Es por la mañana o por la noche?");
    caller.say("de la noche").hears("¿Adentro o afuera?");
}

#[test]
fn a_plain_policy_asks_one_thing_at_a_time() {
    let form = TABLE.replacen("<block>", r#"<property name="voxbridge.policy" value="plain"/><block>"#, 1);
    let mut caller = Caller::of(&form, "en-US", MAPPING);
    caller.press("22").hears("Which day?");
    caller.say("tomorrow at one pm for two people").hears("Sorry, I did not understand. Which day?");
}
