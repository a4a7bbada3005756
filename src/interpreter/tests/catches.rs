//! Which handler catches an event (2.0 §5.2.2, §5.2.4, §5.2.5).

use super::*;

/// What is heard when a block throws `event` into these handlers.
fn caught(event: &str, handlers: &str) -> String {
    let throw = format!(r#"<throw event="{event}" message="why"/>"#);
    Call::of(&format!(r#"<form><block>{throw}</block>{handlers}</form>"#)).text()
}

#[test]
fn a_handler_may_name_several_events_or_none() {
    assert_eq!(caught("b.x", r#"<catch event="a b c">one of three</catch>"#), "one of three");
    assert_eq!(caught("b.x", r#"<catch>all</catch>"#), "all");
    assert_eq!(caught("b.x", r#"<catch event=".">all</catch>"#), "all");
    assert_eq!(caught("b.x", r#"<catch event="b.">dotted</catch>"#), "dotted");
}

#[test]
fn a_prefix_is_made_of_whole_tokens() {
    assert_eq!(caught("event.foobar", r#"<catch event="event.foo">part</catch><catch>other</catch>"#), "other");
    assert_eq!(caught("event.foo.bar", r#"<catch event="event.foo">prefix</catch><catch>other</catch>"#), "prefix");
    assert_eq!(caught("event", r#"<catch event="event.foo">longer</catch><catch>other</catch>"#), "other");
}

#[test]
fn document_order_counts_before_how_exactly_a_name_matches() {
    assert_eq!(caught("a.b", r#"<catch event="a">general</catch><catch event="a.b">exact</catch>"#), "general");
}

#[test]
fn a_condition_is_looked_at_when_the_event_is_thrown() {
    let form = |value: &str| {
        caught(
            "e",
            &format!(
                r#"<var name="x" expr="{value}"/><catch event="e" cond="x == 1">one</catch><catch event="e">other</catch>"#
            ),
        )
    };
    assert_eq!(form("1"), "one");
    assert_eq!(form("2"), "other");
}

#[test]
fn a_higher_count_further_out_beats_a_lower_one_nearby() {
    let mut call = Call::of(
        r#"<noinput count="2">document two</noinput><form><field name="x"><option>yes</option><noinput>item one</noinput></field>
        <noinput count="3">form three</noinput></form>"#,
    );
    call.silence()
        .hears("item one")
        .silence()
        .hears("document two")
        .silence()
        .hears("form three")
        .silence()
        .hears("form three");
}

#[test]
fn a_count_not_yet_reached_leaves_the_event_to_the_platform() {
    let mut call = Call::of(
        r#"<form><field name="x"><prompt>X?</prompt><option>yes</option><nomatch count="2">again</nomatch></field></form>"#,
    );
    call.say("no").hears("Sorry, I did not understand. X?").say("no").hears("again");
}

#[test]
fn events_of_one_prefix_are_counted_together_for_a_handler_of_the_prefix() {
    let mut call = Call::of(
        r#"<form><var name="n" expr="0"/><field name="x"><option>yes</option>
        <noinput><assign name="n" expr="n + 1"/><throw eventexpr="'my.' + n"/></noinput>
        <catch event="my">first </catch><catch event="my" count="2">second </catch><catch event="my.3" count="2">never</catch></field></form>"#,
    );
    call.silence().hears("first").silence().hears("second").silence().hears("second");
}

#[test]
fn two_items_count_their_events_apart() {
    let mut call = Call::of(
        r#"<form><noinput>one</noinput><noinput count="2">two</noinput>
        <field name="a"><option>yes</option></field><field name="b"><option>yes</option></field></form>"#,
    );
    call.silence().hears("one").silence().hears("two").say("yes").silence().hears("one");
}

#[test]
fn an_item_keeps_its_counts_while_the_form_is_not_left() {
    let mut call = Call::of(
        r#"<form><field name="a"><option>yes</option><noinput>one <goto nextitem="b"/></noinput><noinput count="2">two</noinput></field>
        <field name="b"><option>yes</option><filled><goto nextitem="a"/></filled></field></form>"#,
    );
    call.silence().hears("one").say("yes").silence().hears("two");
}

#[test]
fn a_message_that_was_not_given_is_undefined() {
    let mut call = Call::of(
        r#"<form><block><throw event="e"/></block><catch event="e"><value expr="_event"/> <value expr="typeof _message"/></catch></form>"#,
    );
    call.hears("e undefined");
    assert_eq!(caught("e", r#"<catch><value expr="_message"/></catch>"#), "why");
}

#[test]
fn shorthands_catch_what_their_names_say() {
    assert_eq!(caught("error.my.own", "<error>an error</error>"), "an error");
    assert_eq!(caught("help", "<help>some help</help>"), "some help");
    assert_eq!(caught("nomatch", "<nomatch>no match</nomatch>"), "no match");
    assert_eq!(caught("noinput", "<noinput>no input</noinput>"), "no input");
}

#[test]
fn help_nobody_gives_is_said_so_and_the_item_prompts_again() {
    let mut call = Call::of(
        r#"<form><field name="x"><prompt>X?</prompt><option>yes</option><noinput><throw event="help"/></noinput></field></form>"#,
    );
    call.silence().hears("Sorry, there is no help available here. X?");
}

#[test]
fn the_platforms_handlers_do_as_the_table_of_the_specification_says() {
    let form = |event: &str| {
        Call::of(&format!(
            r#"<form><field name="x"><prompt>X?</prompt><option>yes</option><noinput><throw event="{event}"/></noinput></field></form>"#
        ))
    };
    form("cancel").silence().hears("");
    form("maxspeechtimeout").silence().hears("Sorry, I did not understand. X?");
    assert_eq!(form("exit").silence().ending().reason, Reason::Exit);
    assert_eq!(form("connection.disconnect.transfer").silence().ending().reason, Reason::HungUp);
    for event in ["error.my", "my.event"] {
        let mut call = form(event);
        call.silence().hears("Sorry, an error has occurred. Please call again later.");
        assert!(matches!(&call.ending().reason, Reason::Event { event: name, .. } if name == event));
    }
}

#[test]
fn an_inherited_handler_acts_as_if_it_stood_where_the_event_arose() {
    let mut call = Call::start(&[
        (
            "main.vxml",
            r#"<vxml version="2.1" application="root/root.vxml"><form id="f"><var name="local" expr="'mine'"/><field name="x"><option>yes</option></field>
            <field name="y"><prompt>Y?</prompt><option>no</option></field></form></vxml>"#,
        ),
        (
            "root/root.vxml",
            &vxml(
                r#"<catch event="noinput"><value expr="local"/> <assign name="x" expr="'set'"/><goto nextitem="y"/></catch>"#,
            ),
        ),
    ]);
    call.silence().hears("mine");
    assert!(call.request().state.ends_with("#f/y"));
}

#[test]
fn what_a_handler_declares_is_its_own() {
    let mut call = Call::of(
        r#"<form><block><throw event="e"/></block><catch event="e"><var name="v" expr="'in'"/><value expr="v"/> </catch>
        <block><value expr="typeof v"/></block></form>"#,
    );
    call.hears("in undefined");
}

#[test]
fn an_event_thrown_in_a_handler_looks_for_its_own() {
    assert_eq!(caught("a", r#"<catch event="a">a <throw event="b"/></catch><catch event="b">b</catch>"#), "a b");
}

#[test]
fn an_undefined_event_or_name_is_a_semantic_error() {
    let form = |throw: &str| {
        Call::of(&format!(r#"<form><block>{throw}</block><catch event="error.semantic">semantic</catch></form>"#))
            .text()
    };
    assert_eq!(form(r#"<throw eventexpr="undefined"/>"#), "semantic");
    assert_eq!(form(r#"<throw eventexpr="nobody"/>"#), "semantic");
    assert_eq!(form(r#"<throw event="e" messageexpr="nobody"/>"#), "semantic");
}

#[test]
fn handlers_of_a_menu_count_and_reprompt() {
    let mut call = Call::of(
        r##"<menu><prompt>Menu.</prompt><prompt count="2">Menu again.</prompt><choice next="#a">news</choice>
        <nomatch>What? <reprompt/></nomatch><nomatch count="2">Really? <reprompt/></nomatch></menu><form id="a"><block>a</block></form>"##,
    );
    call.hears("Menu.")
        .say("x")
        .hears("What? Menu again.")
        .say("y")
        .hears("Really? Menu again.")
        .say("news")
        .hears("a");
}
