//! Mixed initiative: `<initial>`, form-level grammars, slots (2.0 §2.1.5, §2.3.3, §3.1.6, appendix C).

use super::*;

/// A form for a trip: from and to in one utterance or one by one.
fn trip(before: &str, after: &str) -> String {
    let whole = grammar(&[
        ("boston to denver", "out.from='BOS'; out.to='DEN';"),
        ("to denver", "out.to='DEN';"),
        ("today", "out.day='today';"),
    ]);
    let city = grammar(&[("boston", "out='BOS';"), ("denver", "out='DEN';")]);
    format!(
        r#"<form>{whole}{before}<field name="from"><prompt>From?</prompt>{city}</field>
        <field name="to"><prompt>To?</prompt>{city}</field>{after}</form>"#
    )
}

#[test]
fn an_initial_counts_its_own_events_and_prompts() {
    let initial = r#"<initial name="start"><prompt>Where?</prompt><prompt count="2">From where to where?</prompt>
        <nomatch count="1">Once.<reprompt/></nomatch><nomatch count="2">Twice.<assign name="start" expr="true"/></nomatch></initial>"#;
    let mut call = Call::of(&trip(initial, ""));
    call.hears("Where?").say("banana").hears("Once. From where to where?");
    call.say("banana").hears("Twice.").say("boston").hears("To?");
}

#[test]
fn of_several_initials_each_whose_guard_holds_is_asked_and_all_are_done_with_at_once() {
    let initials = r#"<initial name="one" cond="false"><prompt>Never.</prompt></initial>
        <initial name="two"><prompt>Where?</prompt></initial><initial name="three"><prompt>Again?</prompt></initial>"#;
    let filled = r#"<filled namelist="from to">Going <value expr="one + ' ' + two + ' ' + three"/>.</filled>"#;
    Call::of(&trip(initials, filled)).hears("Where?").say("boston to denver").hears("Going true true true.");
}

#[test]
fn a_slot_no_field_has_leaves_the_initial_to_be_asked_again() {
    let mut call = Call::of(&trip("<initial><prompt>Where?</prompt></initial>", ""));
    call.say("today").hears("Where?").say("to denver").hears("From?");
}

#[test]
fn a_field_filled_by_its_own_grammar_finishes_the_initials_too() {
    let city = grammar(&[("boston", "out='BOS';")]);
    let mut call = Call::of(&format!(
        r#"<form><block><goto nextitem="from"/></block><initial><prompt>Where?</prompt></initial>
        <field name="from"><prompt>From?</prompt>{city}<filled>Done.</filled></field></form>"#
    ));
    call.hears("From?").say("boston").hears("Done.");
    assert_eq!(call.ending().reason, Reason::Finished);
}

#[test]
fn a_form_grammar_is_heard_in_a_field_and_fills_another() {
    let mut call = Call::of(&trip("", r#"<filled mode="all">All: <value expr="from + to"/>.</filled>"#));
    call.hears("From?").say("to denver").hears("From?").say("boston").hears("All: BOSDEN.");
}

#[test]
fn a_form_grammar_gives_a_filled_field_a_new_value() {
    let filled = r#"<filled mode="any" namelist="to">To <value expr="to"/>.</filled><filled mode="all">All.</filled>"#;
    let mut call = Call::of(&trip("", filled));
    call.say("to denver").hears("To DEN. From?").say("boston to denver").hears("To DEN. All.");
}

#[test]
fn a_slot_attribute_may_be_a_path_into_the_result() {
    let order =
        grammar(&[("one large tea", "out.drink = new Object(); out.drink.size = 'L'; out.drink.kind = 'tea';")]);
    let mut call = Call::of(&format!(
        r#"<form>{order}<initial>What?</initial><field name="size" slot="drink.size"/><field name="kind" slot="drink.kind"/>
        <filled><value expr="size"/> <value expr="kind"/></filled></form>"#
    ));
    call.say("one large tea").hears("L tea");
}

#[test]
fn two_fields_of_one_slot_are_both_filled() {
    let order = grammar(&[("tea", "out.drink = 'tea';")]);
    let mut call = Call::of(&format!(
        r#"<form>{order}<initial>What?</initial><field name="one" slot="drink"/><field name="two" slot="drink"/>
        <filled><value expr="one"/> <value expr="two"/></filled></form>"#
    ));
    call.say("tea").hears("tea tea");
}

#[test]
fn a_fields_own_grammar_gives_its_slot_or_the_whole_result() {
    let field = |slot: &str, tag: &str| {
        let grammar = grammar(&[("go", tag)]);
        format!(
            r#"<form><field name="x" {slot}>{grammar}<filled><value expr="typeof x"/> <value expr="typeof x == 'object' ? x.a : x"/></filled></field></form>"#
        )
    };
    Call::of(&field("", "out = 7;")).say("go").hears("number 7");
    Call::of(&field("", "out.x = 'mine'; out.a = 'other';")).say("go").hears("string mine");
    Call::of(&field("", "out.a = 'whole';")).say("go").hears("object whole");
    Call::of(&field(r#"slot="a""#, "out.x = 'mine'; out.a = 'slot';")).say("go").hears("string slot");
    Call::of(&field(r#"slot="a.b""#, "out.a = new Object(); out.a.b = 'deep';")).say("go").hears("string deep");
    Call::of(&field("", "out = false;")).say("go").hears("boolean false");
}

#[test]
fn each_field_of_an_utterance_has_its_shadow_variables() {
    let filled = r#"<filled mode="all"><value expr="from$.utterance"/>, <value expr="to$.inputmode"/>, <value expr="to$.interpretation"/>, <value expr="to$.confidence"/></filled>"#;
    let mut call = Call::of(&trip("<initial/>", filled));
    call.speak("boston to denver", Some(0.75), Finding::default()).hears("boston to denver, voice, DEN, 0.75");
}

#[test]
fn filled_actions_run_in_document_order_whatever_their_level() {
    let whole = grammar(&[("both", "out.a='1'; out.b='2';")]);
    let mut call = Call::of(&format!(
        r#"<form>{whole}<filled mode="any">first </filled><initial/><field name="a"><filled>a </filled></field>
        <filled namelist="b">between </filled><field name="b"><filled>b </filled></field><filled>last</filled></form>"#
    ));
    call.say("both").hears("first a between b last");
}

#[test]
fn a_filled_in_any_mode_needs_one_of_its_items_still_filled() {
    let whole = grammar(&[("both", "out.a='1'; out.b='2';")]);
    let mut call = Call::of(&format!(
        r#"<form>{whole}<initial/><field name="a"><prompt>A?</prompt><filled><clear/></filled></field><field name="b"/>
        <filled mode="any">late </filled></form>"#
    ));
    call.say("both").hears("");
    assert!(call.request().state.ends_with("@1"), "the initial is asked again: {}", call.request().state);
}

#[test]
fn a_filled_that_throws_keeps_the_later_ones_from_running() {
    let whole = grammar(&[("both", "out.a='1'; out.b='2';")]);
    let mut call = Call::of(&format!(
        r#"<form>{whole}<initial/><field name="a"><filled><throw event="my.a"/></filled><catch event="my.a">in a</catch></field>
        <field name="b"><filled>never</filled></field><catch event="my.a">in form</catch></form>"#
    ));
    call.say("both").hears("in a");
}

#[test]
fn an_event_in_a_filled_of_the_form_is_handled_by_the_form() {
    let whole = grammar(&[("both", "out.a='1';")]);
    let mut call = Call::of(&format!(
        r#"<form>{whole}<field name="a"><catch event="mine">item</catch></field><filled><throw event="mine"/></filled>
        <catch event="mine">form</catch></form>"#
    ));
    call.say("both").hears("form");
}

#[test]
fn a_form_with_document_scope_is_entered_with_what_was_said() {
    let order = grammar(&[("large tea", "out.size='L'; out.drink='tea';"), ("large", "out.size='L';")]);
    let document = format!(
        r#"<form id="first"><field name="x"><prompt>X?</prompt><option>branch</option></field></form>
        <form id="order" scope="document">{order}<var name="greeting" expr="'Order: '"/><block>Never mind.</block>
        <field name="size"><filled><value expr="greeting + size"/>. </filled></field>
        <field name="drink"><prompt>Which drink?</prompt><option>tea</option></field></form>"#
    );
    Call::of(&document).say("large tea").hears("Order: L. Never mind.");
    // Entered in the process phase: the block is visited afterwards.
    Call::of(&document).say("large").hears("Order: L. Never mind. Which drink?");
}

#[test]
fn the_result_of_an_utterance_that_led_to_another_form_is_still_the_last_result() {
    let order = grammar(&[("large tea", "out.size='L';")]);
    let mut call = Call::of(&format!(
        r#"<form><field name="x"><option>branch</option></field></form>
        <form scope="document">{order}<field name="size"><filled><value expr="application.lastresult$.utterance"/></filled></field></form>"#
    ));
    call.say("large tea").hears("large tea");
}

#[test]
fn a_modal_field_does_not_hear_the_grammars_of_its_form() {
    let whole = grammar(&[("to denver", "out.to='DEN';")]);
    let mut call = Call::of(&format!(
        r#"<form>{whole}<field name="x" modal="true"><option>yes</option><nomatch>deaf</nomatch></field><field name="to"/></form>"#
    ));
    call.say("to denver").hears("deaf");
}

#[test]
fn an_initial_hears_the_links_and_grammars_of_its_form_only_not_those_of_fields() {
    let mut call = Call::of(&trip("<initial><nomatch>one sentence, please</nomatch></initial>", ""));
    call.say("boston").hears("one sentence, please");
}
