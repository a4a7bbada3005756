//! The form interpretation algorithm: select, collect, process (2.0 §2.1.6, appendix C).

use super::*;

#[test]
fn a_block_runs_once_unless_its_variable_is_defined_or_cleared() {
    let mut call = Call::of(
        r#"<form><var name="n" expr="0"/><block name="a">a<assign name="n" expr="n + 1"/></block><block name="b" expr="1">b</block>
        <block cond="n &lt; 3"><clear namelist="a"/><goto nextitem="a"/></block><block>.</block></form>"#,
    );
    call.hears("a a .");
}

#[test]
fn conditions_are_looked_at_each_time_an_item_is_selected() {
    let mut call = Call::of(
        r#"<form><var name="n" expr="0"/><block cond="n == 1">late </block><block>early <assign name="n" expr="1"/></block><block>end</block></form>"#,
    );
    call.hears("early late end");
}

#[test]
fn a_goto_visits_an_item_whatever_its_guard_says() {
    let mut call = Call::of(
        r#"<form><block><goto nextitem="no"/></block><block name="no" cond="false">cond </block>
        <field name="x" expr="'full'"><prompt>X?</prompt><option>yes</option><filled>now <value expr="x"/></filled></field>
        <block name="last" expr="1">never</block><block><goto expritem="'x'"/></block></form>"#,
    );
    call.hears("cond X?").say("yes").hears("now yes");
}

#[test]
fn a_goto_to_an_item_that_does_not_exist_is_a_badfetch() {
    for goto in [r#"nextitem="nobody""#, r#"expritem="'no' + 'body'""#] {
        let call = Call::of(&format!(
            r#"<form><block><goto {goto}/></block><catch event="error.badfetch">badfetch</catch></form>"#
        ));
        assert_eq!(call.text(), "badfetch");
    }
}

#[test]
fn a_goto_in_a_filled_leaves_the_rest_of_it_and_the_later_ones_undone() {
    let mut call = Call::of(
        r#"<form><field name="x"><option>yes</option><filled>one <goto nextitem="b"/>never</filled><filled>never</filled></field>
        <filled>never</filled><block>never</block><block name="b">two<exit/></block></form>"#,
    );
    call.say("yes").hears("one two");
}

#[test]
fn filled_runs_for_what_was_just_filled_only() {
    let mut call = Call::of(
        r#"<form><field name="a"><option>yes</option><filled>a </filled></field><field name="b"><option>yes</option><filled>b </filled></field>
        <filled mode="any">any </filled><filled mode="all">all </filled><filled mode="any" namelist="a">only a </filled></form>"#,
    );
    call.say("yes").hears("a any only a").say("yes").hears("b any all");
}

#[test]
fn a_value_assigned_or_given_by_expr_does_not_run_filled() {
    let mut call = Call::of(
        r#"<form><field name="a" expr="1"><filled>never</filled></field><field name="b"><option>yes</option><filled>b</filled></field>
        <block><assign name="b" expr="2"/></block></form>"#,
    );
    call.say("yes").hears("b");
}

#[test]
fn prompts_count_from_one_again_when_the_form_is_entered_anew() {
    let mut call = Call::of(
        r##"<form id="f"><field name="x"><prompt>one</prompt><prompt count="2">two</prompt><option>yes</option><option>again</option>
        <filled><if cond="x == 'again'"><goto next="#f"/></if></filled></field></form>"##,
    );
    call.hears("one").silence().hears("two").say("again").hears("one");
}

#[test]
fn prompts_with_conditions_are_chosen_among_those_that_hold() {
    let mut call = Call::of(
        r#"<form><var name="quiet" expr="false"/><field name="x"><prompt count="1" cond="!quiet">long</prompt><prompt count="1" cond="quiet">short</prompt>
        <prompt count="3">third</prompt><option>yes</option><noinput><assign name="quiet" expr="true"/><reprompt/></noinput></field></form>"#,
    );
    call.hears("long").silence().hears("short").silence().hears("third").silence().hears("third");
}

#[test]
fn a_prompt_that_was_not_played_does_not_count() {
    let mut call = Call::of(
        r#"<form><field name="x"><prompt>one</prompt><prompt count="2">two</prompt><option>yes</option>
        <noinput>quiet</noinput><noinput count="2"><reprompt/></noinput></field></form>"#,
    );
    call.hears("one").silence().hears("quiet").silence().hears("two");
}

#[test]
fn after_a_handler_a_block_runs_and_the_next_item_prompts() {
    let mut call = Call::of(
        r#"<form><field name="x"><prompt>X?</prompt><option>yes</option><noinput>pardon <assign name="x" expr="1"/></noinput></field>
        <block>then </block><field name="y"><prompt>Y?</prompt><option>yes</option></field></form>"#,
    );
    call.silence().hears("pardon then Y?");
}

#[test]
fn a_handler_without_reprompt_keeps_also_the_next_item_silent() {
    let mut call = Call::of(
        r#"<form><field name="x"><prompt>X?</prompt><option>yes</option><noinput>pardon <assign name="x" expr="1"/></noinput></field>
        <field name="y"><prompt>Y?</prompt><option>yes</option></field></form>"#,
    );
    call.silence().hears("pardon");
    assert!(call.request().state.ends_with("/y"));
}

#[test]
fn going_to_another_dialog_from_a_handler_plays_its_prompts() {
    let mut call = Call::of(
        r##"<form><field name="x"><option>yes</option><noinput>off <goto next="#g"/></noinput></field></form>
        <form id="g"><field name="y"><prompt>Y?</prompt><option>yes</option></field></form>"##,
    );
    call.silence().hears("off Y?");
}

#[test]
fn a_cleared_field_is_asked_again() {
    let mut call = Call::of(
        r#"<form><field name="a"><prompt>A?</prompt><option>yes</option></field><field name="b"><prompt>B?</prompt><option>no</option>
        <filled><clear namelist="a"/></filled></field><block>end</block></form>"#,
    );
    call.hears("A?").say("yes").hears("B?").say("no").hears("A?").say("yes").hears("end");
}

#[test]
fn a_menu_is_asked_again_after_an_event_of_its_own() {
    let mut call = Call::of(
        r##"<menu><prompt>Menu.</prompt><choice event="my.event">sing</choice><choice next="#a">leave</choice>
        <catch event="my.event">la la <reprompt/></catch></menu><form id="a"><block>bye</block></form>"##,
    );
    call.say("sing").hears("la la Menu.").say("leave").hears("bye");
}

#[test]
fn a_choice_may_compute_where_it_leads_and_what_it_throws() {
    let mut call = Call::of(
        r##"<var name="to" expr="'a'"/><menu><choice expr="'#' + to">go</choice><choice eventexpr="'my.' + to" messageexpr="to + '!'">throw</choice>
        <catch event="my.a"><value expr="_message"/></catch></menu><form id="a"><block>arrived</block></form>"##,
    );
    call.say("throw").hears("a!").say("go").hears("arrived");
}

#[test]
fn a_choice_with_a_grammar_is_not_chosen_by_its_text() {
    let say = grammar(&[("the weather", "out=1;")]);
    let mut call = Call::of(&format!(
        r##"<menu><choice next="#a">{say}weather</choice><nomatch>no match</nomatch></menu><form id="a"><block>sunny</block></form>"##
    ));
    call.say("weather").hears("no match").say("the weather").hears("sunny");
}

#[test]
fn an_approximate_choice_is_chosen_by_some_of_its_words() {
    let document = r##"<menu accept="approximate"><choice next="#a">stock market news</choice><choice next="#b" accept="exact">other news</choice>
        <nomatch>no match</nomatch></menu><form id="a"><block>stocks</block></form><form id="b"><block>others</block></form>"##;
    Call::of(document).say("market news").hears("stocks");
    Call::of(document).say("other").hears("no match").say("other news").hears("others");
}

#[test]
fn options_are_read_and_taken_as_they_are_written() {
    let form = r#"<form><field name="x"><prompt><enumerate><value expr="_dtmf"/> <value expr="_prompt"/>,</enumerate></prompt>
        <option dtmf="1" value="N">north pole</option><option dtmf="2" accept="approximate">south pole</option><option dtmf="9"/>
        <nomatch>no match</nomatch><filled><value expr="x"/></filled></field></form>"#;
    Call::of(form).press("1").hears("N");
    Call::of(form).say("south").hears("south pole");
    Call::of(form).say("north").hears("no match").say("north pole").hears("N");
    Call::of(form).press("9").hears("9");
    Call::of(form).press("3").hears("no match");
}

#[test]
fn a_form_without_anything_left_to_do_ends_the_call() {
    let call = Call::of(r#"<form><block>end</block></form><form><block>never</block></form>"#);
    assert_eq!((call.text().as_str(), &call.ending().reason), ("end", &Reason::Finished));
}

#[test]
fn a_field_without_any_grammar_is_a_semantic_error() {
    Call::of(r#"<form><field name="x"><prompt>X?</prompt></field><catch event="error.semantic">no grammar<exit/></catch></form>"#)
        .hears("X? no grammar");
}

#[test]
fn an_error_in_a_condition_of_an_item_is_handled_by_the_form() {
    Call::of(
        r#"<form><field name="x" cond="nobody"><catch event="error.semantic">item</catch></field><catch event="error.semantic">form<exit/></catch></form>"#,
    )
    .hears("form");
}

#[test]
fn if_takes_the_first_branch_that_holds() {
    let branch = |value: &str| {
        Call::of(&format!(
            r#"<form><var name="x" expr="{value}"/><block><if cond="x == 1">one<elseif cond="x == 2"/>two<elseif cond="x &gt; 1"/>many<else/>none</if></block></form>"#
        ))
        .text()
    };
    assert_eq!(["1", "2", "3", "0", "'x'"].map(branch), ["one", "two", "many", "none", "none"]);
}

#[test]
fn variables_and_items_of_a_form_are_initialised_in_document_order() {
    let mut call = Call::of(
        r#"<form><var name="a" expr="'1'"/><field name="b" expr="a + '2'"><option>x</option></field><script>var c = b + '3';</script>
        <var name="d" expr="c + '4'"/><block><value expr="d"/></block></form>"#,
    );
    call.hears("1234");
}

#[test]
fn a_log_has_its_label_its_text_and_its_expression() {
    let call = Call::of(
        r#"<form><var name="x" expr="5"/><block><log label="note" expr="x + 1">x is <value expr="x"/>.</log></block></form>"#,
    );
    let log = call.trace.iter().find_map(|line| match line {
        TraceLine::Log { label, text } => Some((label.as_str(), text.as_str())),
        _ => None,
    });
    let (label, text) = log.unwrap();
    assert_eq!(label, "note");
    assert!(text.contains("x is 5.") && text.contains('6'), "{text}");
}

#[test]
fn data_of_a_form_is_there_for_what_comes_after_it() {
    let form = r#"<form><var name="d"/><field name="a" expr="typeof d"><option>x</option></field><data name="d" src="d.json"/>
        <field name="b" expr="d.n"><option>x</option></field><block><value expr="a"/> <value expr="b"/></block></form>"#;
    Call::start(&[("main.vxml", &vxml(form)), ("d.json", r#"{"n": 7}"#)]).hears("undefined 7");
}
