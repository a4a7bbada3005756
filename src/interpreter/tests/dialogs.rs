//! Forms, fields, menus, options, filled, prompts (2.0 §2, §4.1).

use super::*;

const YES_NO: &str = r#"<grammar mode="dtmf" version="1.0" root="r" tag-format="semantics/1.0-literals"><rule id="r"><one-of>
  <item>1<tag>yes</tag></item><item>2<tag>no</tag></item></one-of></rule></grammar>"#;

#[test]
fn a_menu_goes_where_the_key_leads() {
    let mut call = Call::of(
        r##"<menu id="m"><prompt>Main menu.</prompt><choice dtmf="1" next="#a">billing</choice><choice dtmf="2" next="#b">support</choice></menu>
        <form id="a"><block>Billing.</block></form><form id="b"><block>Support.</block></form>"##,
    );
    call.hears("Main menu.").press("2").hears("Support.");
    assert_eq!(call.ending().reason, Reason::Finished);
}

#[test]
fn a_menu_with_dtmf_true_numbers_its_choices_and_enumerate_reads_them() {
    let call = Call::of(
        r##"<menu dtmf="true"><prompt>Choose: <enumerate/></prompt><choice next="#a">news</choice><choice next="#a">weather</choice></menu>
        <form id="a"><block>ok</block></form>"##,
    );
    assert_eq!(call.text(), "Choose: For news, press 1. For weather, press 2.");
    let keys: Vec<_> =
        call.request().choices.iter().map(|choice| (choice.key.as_deref(), choice.label.as_deref())).collect();
    assert_eq!(keys, [(Some("1"), Some("news")), (Some("2"), Some("weather"))]);
}

#[test]
fn enumerate_fills_its_template() {
    let mut call = Call::of(
        r##"<menu dtmf="true"><prompt><enumerate>Press <value expr="_dtmf"/> for <value expr="_prompt"/>.</enumerate></prompt>
        <choice next="#a">news</choice><choice next="#a">sport</choice></menu><form id="a"><block>ok</block></form>"##,
    );
    call.hears("Press 1 for news. Press 2 for sport.");
}

#[test]
fn a_choice_may_throw_an_event_with_a_message() {
    let mut call = Call::of(
        r#"<menu><choice dtmf="1" event="my.event" message="hello">x</choice>
        <catch event="my.event"><prompt><value expr="_event"/> <value expr="_message"/></prompt><exit/></catch></menu>"#,
    );
    call.press("1").hears("my.event hello");
}

#[test]
fn fields_are_asked_in_order_and_filled_runs_after_each() {
    let mut call = Call::of(&format!(
        r#"<form><field name="a"><prompt>First?</prompt>{YES_NO}<filled>Got <value expr="a"/>.</filled></field>
        <field name="b"><prompt>Second?</prompt>{YES_NO}</field>
        <filled mode="all" namelist="a b"><prompt>Both: <value expr="a + b"/>.</prompt></filled></form>"#
    ));
    call.hears("First?").press("1").hears("Got yes. Second?").press("2").hears("Both: yesno.");
}

#[test]
fn filled_mode_any_runs_when_one_of_its_fields_is_filled() {
    let mut call = Call::of(&format!(
        r#"<form><field name="a">{YES_NO}<prompt>A?</prompt></field><field name="b">{YES_NO}<prompt>B?</prompt></field>
        <filled mode="any" namelist="a b"><prompt>any</prompt></filled></form>"#
    ));
    call.press("1").hears("any B?").press("1").hears("any");
}

#[test]
fn a_cond_skips_an_item_and_an_expr_fills_it() {
    let mut call = Call::of(
        r#"<form><var name="go" expr="false"/><block cond="go">never</block><block name="done" expr="1">never</block><block>always</block></form>"#,
    );
    call.hears("always");
}

#[test]
fn clear_makes_an_item_eligible_again_and_resets_its_prompts() {
    let mut call = Call::of(&format!(
        r#"<form><field name="a"><prompt count="1">One?</prompt><prompt count="2">Two?</prompt>{YES_NO}
        <filled><if cond="a == 'no'"><clear namelist="a"/></if></filled></field><block>end</block></form>"#
    ));
    call.hears("One?").press("2").hears("One?").press("1").hears("end");
}

#[test]
fn prompts_taper_by_count_and_condition() {
    let mut call = Call::of(&format!(
        r#"<form><field name="a">{YES_NO}<prompt count="1">long</prompt><prompt count="2" cond="false">hidden</prompt><prompt count="3">short</prompt>
        <noinput><reprompt/></noinput></field></form>"#
    ));
    call.hears("long").silence().hears("long").silence().hears("short").silence().hears("short");
}

#[test]
fn a_handler_without_reprompt_keeps_the_prompts_silent() {
    let mut call = Call::of(&format!(
        r#"<form><field name="a">{YES_NO}<prompt>question</prompt><noinput>Speak up.</noinput></field></form>"#
    ));
    call.hears("question").silence().hears("Speak up.");
}

#[test]
fn options_give_their_value_and_their_shadow() {
    let mut call = Call::of(
        r#"<form><field name="card"><prompt>Card? <enumerate/></prompt><option dtmf="1" value="visa">visa</option><option dtmf="2" value="amex">american express</option>
        <filled><value expr="card"/> <value expr="card$.inputmode"/> <value expr="card$.utterance"/></filled></field></form>"#,
    );
    call.hears("Card? For visa, press 1. For american express, press 2.").press("2").hears("amex dtmf 2");
}

#[test]
fn an_option_may_be_spoken() {
    let mut call = Call::of(
        r#"<form><field name="card"><option value="visa">visa card</option><option accept="approximate" value="amex">american express card</option>
        <filled><value expr="card"/></filled></field></form>"#,
    );
    call.say("American express.").hears("amex");
}

#[test]
fn digits_of_a_fixed_length_are_announced_to_the_platform() {
    let call = Call::of(r#"<form><field name="pin" type="digits?length=4"><prompt>PIN?</prompt></field></form>"#);
    let dtmf = call.request().dtmf.unwrap();
    assert_eq!((dtmf.shortest, dtmf.longest, dtmf.finish), (4, Some(4), Some('#')));
}

#[test]
fn a_grammar_that_uses_the_finish_key_takes_it_away() {
    let call = Call::of(
        r##"<form><field name="x"><grammar mode="dtmf" version="1.0" root="r"><rule id="r"><one-of><item>#</item><item>1 2</item></one-of></rule></grammar></field></form>"##,
    );
    let dtmf = call.request().dtmf.unwrap();
    assert_eq!((dtmf.shortest, dtmf.longest, dtmf.finish), (1, Some(2), None));
}

#[test]
fn the_value_of_a_boolean_field_is_a_boolean() {
    let mut call = Call::of(
        r#"<form><field name="ok" type="boolean"><prompt>OK?</prompt><filled><if cond="ok === true">true<else/>false</if></filled></field></form>"#,
    );
    call.press("1").hears("true");
}

#[test]
fn one_sentence_fills_several_fields_of_a_mixed_initiative_form() {
    let mut call = Call::of(
        r#"<form><grammar mode="voice" version="1.0" root="r" tag-format="semantics/1.0"><rule id="r">from boston <tag>out.from='BOS';</tag> to denver <tag>out.to='DEN';</tag></rule></grammar>
        <initial name="start"><prompt>Where?</prompt></initial>
        <field name="from"><prompt>From?</prompt><option>boston</option></field><field name="to"><prompt>To?</prompt><option>denver</option></field>
        <filled><prompt><value expr="from + ' ' + to"/></prompt></filled></form>"#,
    );
    call.hears("Where?").say("from boston to denver").hears("BOS DEN");
}

#[test]
fn a_goto_nextitem_visits_that_item_with_its_prompts() {
    let mut call = Call::of(
        r#"<form><block>one <goto nextitem="three"/></block><block name="two">two</block><block name="three">three</block></form>"#,
    );
    call.hears("one three two");
}

#[test]
fn an_exit_hands_back_its_namelist() {
    let call = Call::of(
        r#"<form><block><var name="a" expr="1"/><var name="b" expr="'x'"/><exit namelist="a b"/></block></form>"#,
    );
    assert_eq!(call.ending().reason, Reason::Exit);
    assert_eq!(call.ending().namelist, [("a".to_owned(), json!(1)), ("b".to_owned(), json!("x"))]);
}

#[test]
fn an_audio_file_that_does_not_exist_is_replaced_by_its_content() {
    let call = Call::start(&[
        (
            "main.vxml",
            &vxml(
                r#"<form><block><audio src="there.wav">never heard</audio><audio src="gone.wav">instead <value expr="1+1"/></audio></block></form>"#,
            ),
        ),
        ("there.wav", "RIFF"),
    ]);
    assert_eq!(call.text(), "instead 2");
}

#[test]
fn links_are_active_in_every_field_unless_it_is_modal() {
    let link =
        r##"<link next="#help"><grammar mode="dtmf" version="1.0" root="r"><rule id="r">9</rule></grammar></link>"##;
    let document = |modal: &str| {
        format!(
            r#"{link}<form><field name="a" {modal}>{YES_NO}<prompt>A?</prompt><nomatch>no</nomatch></field></form><form id="help"><block>here is help</block></form>"#
        )
    };
    Call::of(&document("")).press("9").hears("here is help");
    Call::of(&document(r#"modal="true""#)).press("9").hears("no");
}

#[test]
fn a_dialog_with_document_scope_is_reached_from_another() {
    let mut call = Call::of(&format!(
        r##"<form><field name="a">{YES_NO}<prompt>A?</prompt></field></form>
        <menu id="m" scope="document"><choice dtmf="7" next="#x">x</choice></menu><form id="x"><block>x it is</block></form>"##
    ));
    call.press("7").hears("x it is");
}

#[test]
fn an_initial_is_asked_again_until_a_field_is_filled() {
    let mut call = Call::of(
        r#"<form><grammar mode="dtmf" version="1.0" root="r" tag-format="semantics/1.0"><rule id="r"><one-of>
          <item>1<tag>out.other='x';</tag></item><item>2<tag>out.a='y';</tag></item></one-of></rule></grammar>
        <initial name="start"><prompt>Start?</prompt></initial><field name="a"><prompt>A?</prompt><option dtmf="5">x</option></field>
        <block>a is <value expr="a"/></block></form>"#,
    );
    call.hears("Start?").press("1").hears("Start?").press("2").hears("a is y");
}

#[test]
fn a_choice_of_a_menu_with_document_scope_throws_its_event_in_that_menu() {
    let mut call = Call::of(&format!(
        r#"<form><field name="a">{YES_NO}<prompt>A?</prompt></field><catch event="my.event">form</catch></form>
        <menu id="m" scope="document"><choice dtmf="7" event="my.event">x</choice><catch event="my.event">menu</catch></menu>"#
    ));
    call.press("7").hears("menu");
}

#[test]
fn a_template_sees_the_variables_of_the_block_it_stands_in() {
    let mut call = Call::of(
        r#"<form><field name="x"><option dtmf="1">one</option><noinput><var name="hint" expr="'key'"/>
        <enumerate><value expr="hint"/> <value expr="_dtmf"/>, event <value expr="_event"/></enumerate></noinput></field></form>"#,
    );
    call.silence().hears("key 1, event noinput");
}

#[test]
fn the_timeout_of_the_last_prompt_counts_also_from_another_dialog_and_for_one_wait() {
    let mut call = Call::of(&format!(
        r##"<property name="timeout" value="7s"/><form><block><prompt timeout="2s">hello</prompt><goto next="#f"/></block></form>
        <form id="f"><field name="a">{YES_NO}<noinput>again</noinput><noinput count="2"><reprompt/></noinput><prompt count="2" timeout="3s">one</prompt><prompt count="2">two</prompt></field></form>"##
    ));
    assert_eq!(call.request().timeout, 2000);
    assert_eq!(call.silence().request().timeout, 7000);
    assert_eq!(call.silence().hears("one two").request().timeout, 7000);
}
