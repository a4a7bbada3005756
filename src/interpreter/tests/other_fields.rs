//! One sentence may answer several questions of a form, or correct an answer given before.

use super::*;
use crate::dialogue::{FilledSlot, Reading, Slot, SlotKind};

const TABLE: &str = r##"<form id="table">
  <var name="vip" expr="false"/>
  <field name="date" type="date"><prompt>Which day?</prompt>
    <filled>Day <value expr="date"/>.</filled></field>
  <field name="time" type="time"><prompt>What time?</prompt></field>
  <field name="size" type="number"><prompt>How many people?</prompt>
    <filled><if cond="size &gt; 20"><clear namelist="size"/></if></filled></field>
  <field name="room"><prompt>Inside or outside?</prompt><option dtmf="1" value="in">inside</option><option dtmf="2" value="out">outside</option></field>
  <field name="lounge" cond="vip" type="boolean"><prompt>The lounge?</prompt></field>
  <field name="smoking" cond="asks()" type="boolean"><prompt>Smoking?</prompt></field>
  <block>Done.</block></form>"##;

fn names(slots: &[Slot]) -> Vec<&str> {
    slots.iter().map(|slot| slot.name.as_str()).collect()
}

/// The field of this name is answered by these keys.
fn answered(slot: &str, selection: Selection) -> Finding {
    let reading = Reading { selection: selection.clone(), said: "it".to_owned() };
    Finding {
        ranked: vec![Interpretation { selection, confidence: 0.8, why: "slot".to_owned() }],
        slots: vec![FilledSlot {
            slot: slot.to_owned(),
            spoken: "it".into(),
            readings: vec![reading],
            confidence: 0.8,
        }],
    }
}

#[test]
fn a_turn_says_what_else_can_be_filled_and_what_has_been() {
    let mut call = Call::of(TABLE);
    // What a condition rules out is not open; one that could change something is not looked at.
    assert_eq!(names(&call.request().open), ["time", "size", "room", "smoking"]);
    let kinds: Vec<&SlotKind> = call.request().open.iter().map(|slot| &slot.kind).collect();
    assert_eq!(
        kinds,
        [&SlotKind::Builtin("time".to_owned()), &SlotKind::Number, &SlotKind::Grammar, &SlotKind::Boolean]
    );
    let room = &call.request().open[2].choices;
    assert_eq!(
        room.iter().map(|choice| choice.label.as_deref()).collect::<Vec<_>>(),
        [Some("inside"), Some("outside")]
    );
    call.press("20260305").hears("Day 20260305. What time?");
    assert_eq!(names(&call.request().open), ["size", "room", "smoking"]);
    assert_eq!(names(&call.request().filled), ["date"]);
}

#[test]
fn a_modal_field_hears_of_nothing_else() {
    let form = TABLE.replacen(r#"type="date""#, r#"type="date" modal="true""#, 1);
    assert!(Call::of(&form).request().open.is_empty());
}

#[test]
fn a_field_filled_before_is_corrected_and_the_question_stands() {
    let mut call = Call::of(TABLE);
    call.press("20260305").hears("Day 20260305. What time?");
    call.speak("no I meant the sixth", None, answered("date", Selection::Key("20260306".into())));
    call.hears("Day 20260306. What time?");
    assert_eq!(call.request().attempt, 0);
    call.press("1930").hears("How many people?");
}

#[test]
fn what_the_other_field_does_not_take_is_no_match_of_the_one_that_asked() {
    let mut call = Call::of(TABLE);
    call.press("20260305");
    call.speak("no the thirtieth of February", None, answered("date", Selection::Key("20260230".into())));
    call.hears("Sorry, I did not understand. What time?");
    call.speak("no", None, answered("elsewhere", Selection::Key("1930".into()))).hears("How many people?");
}

#[test]
fn a_value_is_taken_by_the_fields_grammar_or_as_it_is() {
    let mut call = Call::of(&format!(
        r##"<form><link next="#x"><grammar mode="dtmf" version="1.0" root="r"><rule id="r">7</rule></grammar></link>
        <field name="who"><prompt>Who?</prompt>{}<filled><value expr="who"/> <value expr="who$.inputmode"/>
        <value expr="application.lastresult$.interpretation"/>, said: <value expr="application.lastresult$.spoken"/>.
        <clear/></filled></field></form><form id="x"><block>Link.</block></form>"##,
        grammar(&[("sarah", "out='SC'")])
    ));
    let who = |value: &str| Finding { slots: vec![], ..answered("who", Selection::Value(value.into())) };
    call.speak("it's Sarah", None, who("Sarah")).hears("SC voice SC, said: it's Sarah. Who?");
    call.speak("it's Misha", None, who("Misha")).hears("Misha voice Misha, said: it's Misha. Who?");
    call.speak("seven", None, who("7")).hears("7 voice 7, said: seven. Who?");
}
