//! `application.lastresult$`, the N-best list, confidence (2.0 §5.1.5, §6.3.2).

use super::*;
use crate::dialogue::Hypothesis;

/// The recogniser heard one thing or another, each with its confidence.
fn hear(call: &mut Call, hypotheses: &[(&str, f64)]) {
    let (best, others) = hypotheses.split_first().unwrap();
    let other =
        |(words, confidence): &(&str, f64)| Hypothesis { utterance: (*words).into(), confidence: Some(*confidence) };
    call.feed(Happening::Heard(Heard::Speech {
        utterance: best.0.into(),
        confidence: Some(best.1),
        alternatives: others.iter().map(other).collect(),
        finding: Finding::default(),
    }));
}

/// A field for a city that says its value and the whole list.
fn city(properties: &str) -> String {
    let cities = grammar(&[("austin", "out='AUS';"), ("boston", "out='BOS';"), ("houston", "out='HOU';")]);
    format!(
        r#"<form>{properties}<script><![CDATA[
          function list() {{ var r = application.lastresult$, s = r.length + ':'; for (var i = 0; i < r.length; i++)
            s += ' ' + r[i].utterance + '/' + r[i].interpretation + '/' + r[i].confidence + '/' + r[i].inputmode; return s; }}
        ]]></script><field name="x">{cities}<filled><value expr="x"/>, <value expr="list()"/></filled>
        <nomatch>no match, <value expr="list()"/></nomatch></field></form>"#
    )
}

const FIVE: &str = r#"<property name="maxnbest" value="5"/>"#;

#[test]
fn every_hypothesis_a_grammar_accepts_is_in_the_list_the_surest_first() {
    let mut call = Call::of(&city(FIVE));
    hear(&mut call, &[("austin", 0.7), ("awesome", 0.8), ("boston", 0.9), ("houston", 0.6)]);
    call.hears("BOS, 3: boston/BOS/0.9/voice austin/AUS/0.7/voice houston/HOU/0.6/voice");
}

#[test]
fn the_list_is_no_longer_than_maxnbest_which_is_one() {
    let heard = [("austin", 0.8), ("boston", 0.7), ("houston", 0.6)];
    let mut call = Call::of(&city(""));
    hear(&mut call, &heard);
    call.hears("AUS, 1: austin/AUS/0.8/voice");
    let mut call = Call::of(&city(r#"<property name="maxnbest" value="2"/>"#));
    hear(&mut call, &heard);
    call.hears("AUS, 2: austin/AUS/0.8/voice boston/BOS/0.7/voice");
}

#[test]
fn a_hypothesis_no_grammar_accepts_gives_way_to_the_next() {
    let mut call = Call::of(&city(""));
    hear(&mut call, &[("awesome", 0.9), ("boston", 0.7)]);
    call.hears("BOS, 1: boston/BOS/0.7/voice");
}

#[test]
fn what_follows_a_sure_result_stays_in_the_list_however_unsure() {
    let mut call = Call::of(&city(FIVE));
    hear(&mut call, &[("austin", 0.9), ("boston", 0.2)]);
    call.hears("AUS, 2: austin/AUS/0.9/voice boston/BOS/0.2/voice");
}

#[test]
fn a_best_result_below_the_confidence_level_is_rejected_but_told() {
    let mut call =
        Call::of(&city(r#"<property name="maxnbest" value="5"/><property name="confidencelevel" value="0.8"/>"#));
    hear(&mut call, &[("austin", 0.7), ("boston", 0.6)]);
    call.hears("no match, 2: austin/AUS/0.7/voice boston/BOS/0.6/voice");
}

#[test]
fn the_same_words_may_mean_several_things_in_the_order_of_precedence() {
    let near = grammar(&[("springfield", "out='IL';")]);
    let far = grammar(&[("springfield", "out.x='MA';")]);
    let mut call = Call::of(&format!(
        r#"<form>{FIVE}{far}<field name="x">{near}<filled><value expr="x"/> <value expr="application.lastresult$.length"/>
        <value expr="application.lastresult$[1].interpretation.x"/></filled></field></form>"#
    ));
    call.say("springfield").hears("IL 2 MA");
}

#[test]
fn entries_differ_in_their_words_or_their_meaning() {
    let once = grammar(&[("yes", "out='y';")]);
    let mut call = Call::of(&format!(
        r#"<form>{FIVE}<field name="x">{once}{once}<filled><value expr="application.lastresult$.length"/></filled></field></form>"#
    ));
    hear(&mut call, &[("yes", 0.9), ("yes", 0.8)]);
    call.hears("1");
}

#[test]
fn the_list_itself_has_the_properties_of_its_first_entry_and_may_be_written() {
    let mut call = Call::of(
        r#"<form><field name="x"><option value="Y">yes</option><filled>
        <value expr="application.lastresult$.utterance"/> <value expr="application.lastresult$.interpretation"/>
        <value expr="application.lastresult$.confidence == application.lastresult$[0].confidence"/>
        <assign name="application.lastresult$[0].utterance" expr="'changed'"/> <value expr="application.lastresult$[0].utterance"/></filled></field></form>"#,
    );
    call.say("yes").hears("yes Y true changed");
}

#[test]
fn the_last_result_lasts_into_the_next_dialog_until_the_next_input_is_awaited() {
    let mut call = Call::of(
        r##"<form><field name="x"><option>yes</option><filled><goto next="#next"/></filled></field></form>
        <form id="next"><block><value expr="application.lastresult$.utterance"/></block>
        <field name="y"><option>no</option><noinput><value expr="typeof application.lastresult$"/></noinput></field></form>"##,
    );
    call.say("yes").hears("yes").silence().hears("undefined");
}

#[test]
fn a_subdialog_has_a_last_result_of_its_own() {
    let mut call = Call::of(
        r##"<form id="first"><field name="x"><option>yes</option></field><subdialog name="s" src="#sub"/>
        <block><value expr="application.lastresult$.utterance"/></block></form>
        <form id="sub"><block><value expr="typeof application.lastresult$"/></block><field name="y"><option>no</option><filled><return/></filled></field></form>"##,
    );
    call.say("yes").hears("undefined").say("no").hears("yes");
}

#[test]
fn keys_are_sure_and_in_the_list_as_pressed() {
    let mut call = Call::of(
        r#"<form><field name="x" type="digits"><filled><value expr="application.lastresult$[0].utterance"/>
        <value expr="application.lastresult$[0].inputmode"/> <value expr="application.lastresult$[0].confidence"/></filled></field></form>"#,
    );
    call.press("123").hears("123 dtmf 1");
}

#[test]
fn the_readings_nlu_found_are_the_list_in_their_order() {
    let finding = Finding {
        ranked: ["2", "1"]
            .map(|key| Interpretation { selection: Selection::Key(key.into()), confidence: 0.9, why: "label".into() })
            .into(),
        slots: Vec::new(),
    };
    let mut call = Call::of(&format!(
        r#"<form>{FIVE}<field name="x"><option dtmf="1" value="one">first</option><option dtmf="2" value="two">second</option>
        <filled><value expr="x"/> <value expr="application.lastresult$[1].interpretation"/> <value expr="application.lastresult$[1].spoken"/></filled></field></form>"#
    ));
    call.speak("not the first", Some(0.9), finding).hears("two one not the first");
}

#[test]
fn a_nomatch_leaves_the_field_as_it_was() {
    let mut call = Call::of(
        r#"<form><field name="x" expr="'before'"><option>yes</option><nomatch><value expr="x"/></nomatch></field>
        <block><goto nextitem="x"/></block></form>"#,
    );
    call.say("banana").hears("before");
}

#[test]
fn one_grammar_may_mean_several_things_by_the_same_words() {
    let towns = grammar(&[("springfield", "out='IL'"), ("boston", "out='BOS'"), ("springfield", "out='MA'")]);
    let form = |most: &str| {
        format!(
            r#"<form>{most}<field name="x">{towns}<filled><value expr="x"/> <value expr="application.lastresult$.length"/>
            <if cond="application.lastresult$.length &gt; 1"><value expr="application.lastresult$[1].interpretation"/></if></filled></field></form>"#
        )
    };
    Call::of(&form(FIVE)).say("springfield").hears("IL 2 MA");
    Call::of(&form("")).say("springfield").hears("IL 1");
}

#[test]
fn shadow_variables_are_undefined_until_there_is_an_input() {
    let mut call = Call::of(
        r#"<form><block cond="x$.confidence == undefined">none yet</block><field name="x"><option>yes</option><filled><value expr="x$.confidence"/></filled></field></form>"#,
    );
    call.hears("none yet").say("yes").hears("1");
}
