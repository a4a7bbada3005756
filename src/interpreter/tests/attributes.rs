//! Each attribute of executable content, form items and handlers does what its section says (2.0 §2, §3.2, §5.2, §5.3).

use super::*;
use crate::dialogue::{Method, Submitted};

const ONE: &str = r#"<grammar mode="dtmf" version="1.0" root="r"><rule id="r">1</rule></grammar>"#;

fn answer() -> (&'static str, String) {
    ("next.vxml", vxml(r#"<form id="first"><block>first</block></form><form id="second"><block>second</block></form>"#))
}

/// A call whose document leads to another one of two forms.
fn leading(body: &str) -> Call {
    let (name, next) = answer();
    Call::start(&[("main.vxml", &vxml(body)), (name, &next)])
}

#[test]
fn a_goto_leads_where_each_of_its_attributes_says() {
    for (goto, heard) in [
        (r#"<goto next="next.vxml"/>"#, "first"),
        (r#"<goto next="next.vxml#second"/>"#, "second"),
        (r#"<goto expr="'next.vxml#' + 'second'"/>"#, "second"),
        (r#"<goto nextitem="there"/>"#, "there"),
        (r#"<goto expritem="'th' + 'ere'"/>"#, "there"),
    ] {
        let body = format!(
            r#"<form><block>{goto}</block><block>passed</block><block name="there">there<exit/></block></form>"#
        );
        leading(&body).hears(heard);
    }
}

#[test]
fn a_submit_sends_what_its_attributes_say() {
    let submit = |attributes: &str| {
        let body = format!(
            r#"<form><var name="a" expr="'x y'"/><var name="b" expr="2"/><block><submit {attributes}/></block></form>"#
        );
        let mut call = leading(&body);
        call.hears("first");
        call.fetched.swap_remove(1)
    };
    let plain = submit(r#"next="next.vxml" namelist="a b""#);
    assert_eq!((plain.method, plain.enctype), (Method::Get, None));
    assert_eq!(plain.fields, [Submitted::text("a", "x y"), Submitted::text("b", "2")]);
    let posted = submit(r#"expr="'next' + '.vxml'" method="post" enctype="multipart/form-data" namelist="a""#);
    assert_eq!((posted.method, posted.enctype.as_deref()), (Method::Post, Some("multipart/form-data")));
    assert_eq!(posted.url, format!("{HOME}next.vxml"));
}

#[test]
fn a_submit_without_a_namelist_sends_the_named_input_items() {
    let mut call = leading(&format!(
        r#"<form><var name="v" expr="1"/><field name="asked">{ONE}</field><block name="b"><submit next="next.vxml"/></block></form>"#
    ));
    call.press("1").hears("first");
    assert_eq!(call.fetched[1].fields, [Submitted::text("asked", "1")]);
}

#[test]
fn an_event_and_its_message_are_written_or_computed() {
    for thrown in [
        r#"event="my.event" message="why""#,
        r#"event="my.event" messageexpr="'w' + 'hy'""#,
        r#"eventexpr="'my.' + 'event'" message="why""#,
        r#"eventexpr="'my.' + 'event'" messageexpr="'why'""#,
    ] {
        let catch = r#"<catch event="my.event"><value expr="_event + ' ' + _message"/><exit/></catch>"#;
        Call::of(&format!(r#"{catch}<form><block><throw {thrown}/></block></form>"#)).hears("my.event why");
        let menu = format!(r#"{catch}<menu><choice dtmf="1" {thrown}>one</choice></menu>"#);
        Call::of(&menu).press("1").hears("my.event why");
        let link = format!(r#"{catch}<link dtmf="1" {thrown}/><form><field name="f" type="boolean?y=5;n=6"/></form>"#);
        Call::of(&link).press("1").hears("my.event why");
        let returned = format!(
            r##"{catch}<form><subdialog name="s" src="#sub"/></form><form id="sub"><block><return {thrown}/></block></form>"##
        );
        Call::of(&returned).hears("my.event why");
    }
}

#[test]
fn a_choice_and_a_link_lead_where_they_say_or_compute() {
    for target in [r#"next="next.vxml#second""#, r#"expr="'next.vxml' + '#second'""#] {
        leading(&format!(r#"<menu><choice dtmf="1" {target}>one</choice></menu>"#)).press("1").hears("second");
        let link = format!(r#"<link {target}>{ONE}</link><form><field name="f" type="boolean?y=5;n=6"/></form>"#);
        leading(&link).press("1").hears("second");
    }
}

#[test]
fn a_choice_is_spoken_exactly_or_in_part() {
    let menu = |menu: &str, choice: &str| {
        Call::of(&format!(
            r##"<menu {menu}><choice {choice} next="#a">Stargazer astrophysics news</choice><nomatch>no</nomatch></menu><form id="a"><block>a</block></form>"##
        ))
    };
    menu("", "").say("stargazer").hears("no");
    menu("", "").say("stargazer astrophysics news").hears("a");
    menu("", r#"accept="approximate""#).say("stargazer").hears("a");
    menu(r#"accept="approximate""#, "").say("news").hears("a");
    menu(r#"accept="approximate""#, r#"accept="exact""#).say("news").hears("no");
}

#[test]
fn a_grammar_in_a_choice_is_heard_beside_its_words() {
    let menu = r##"<menu><choice next="#a">news <grammar version="1.0" root="r" mode="voice"><rule id="r">headlines</rule></grammar></choice></menu>
        <form id="a"><block>a</block></form>"##;
    Call::of(menu).say("headlines").hears("a");
}

#[test]
fn a_return_and_an_exit_hand_back_their_values() {
    let call = Call::of(r#"<form><block><exit expr="6 * 7"/></block></form>"#);
    assert_eq!(call.ending().namelist, [("expr".to_owned(), json!(42))]);
    Call::of(
        r##"<form><subdialog name="s" src="#sub"><filled><value expr="s.a + s.b"/></filled></subdialog></form>
        <form id="sub"><var name="a" expr="'x'"/><var name="b" expr="'y'"/><block><return namelist="a b"/></block></form>"##,
    )
    .hears("xy");
}

#[test]
fn an_item_with_a_value_or_without_its_condition_is_not_visited() {
    for item in ["field", "initial", "subdialog", "record", "transfer", "object"] {
        let more = match item {
            "field" => r#"type="boolean""#,
            "subdialog" => r#"src="gone.vxml""#,
            "transfer" => r#"dest="tel:+15550100""#,
            "object" => r#"classid="x""#,
            _ => "",
        };
        for attribute in [r#"expr="'done'""#, r#"cond="1 > 2""#] {
            let body =
                format!(r#"<form><{item} name="i" {more} {attribute}/><block><value expr="typeof i"/></block></form>"#);
            let heard = if attribute.starts_with("expr") { "string" } else { "undefined" };
            Call::of(&body).hears(heard);
        }
    }
}

#[test]
fn a_field_takes_the_slot_it_names() {
    let grammar = r#"<grammar mode="voice" version="1.0" root="r" tag-format="semantics/1.0"><rule id="r">boston<tag>out.city='BOS'; out.f='no';</tag></rule></grammar>"#;
    Call::of(&format!(
        r#"<form><field name="f" slot="city">{grammar}<filled><value expr="f"/></filled></field></form>"#
    ))
    .say("boston")
    .hears("BOS");
}

#[test]
fn each_builtin_type_of_a_field_is_heard() {
    for (builtin, keys, value) in [
        ("boolean", "2", "false"),
        ("digits", "007", "007"),
        ("number", "3*5", "3.5"),
        ("currency", "3*50", "3.50"),
        ("date", "20260704", "20260704"),
        ("time", "0530", "0530?"),
        ("phone", "5551234*9", "5551234x9"),
    ] {
        let body =
            format!(r#"<form><field name="f" type="{builtin}"><filled><value expr="f"/></filled></field></form>"#);
        Call::of(&body).press(keys).hears(value);
    }
}

#[test]
fn an_option_has_keys_words_and_a_value() {
    let field = r#"<form><field name="f"><option dtmf="1" value="V" accept="approximate">first class</option><filled><value expr="f"/></filled></field></form>"#;
    Call::of(field).press("1").hears("V");
    Call::of(field).say("first").hears("V");
}

#[test]
fn every_handler_minds_its_count_and_condition() {
    for (handler, happen) in [("noinput", ""), ("nomatch", "9"), ("help", "help"), (r#"catch event="noinput""#, "")] {
        let name = handler.split(' ').next().unwrap();
        let body = format!(
            r#"<property name="universals" value="help"/><form><field name="f"><grammar mode="dtmf" version="1.0" root="r"><rule id="r">1</rule></grammar>
            <{handler}>first</{name}><{handler} count="2" cond="false">never</{name}><{handler} count="2" cond="true">second</{name}></field></form>"#
        );
        let mut call = Call::of(&body);
        for heard in ["first", "second"] {
            match happen {
                "" => call.silence(),
                "help" => call.say("help"),
                keys => call.press(keys),
            };
            call.hears(heard);
        }
    }
    let body = r#"<form><var name="n" expr="0"/><block name="b"><assign name="n" expr="n + 1"/><throw event="error.mine"/></block>
        <error>first <goto nextitem="b"/></error><error count="2" cond="n == 2">second</error></form>"#;
    Call::of(body).hears("first second");
}

#[test]
fn one_catch_names_several_events() {
    for event in ["a.b", "c"] {
        Call::of(&format!(
            r#"<form><block><throw event="{event}"/></block><catch event="a c"><value expr="_event"/></catch></form>"#
        ))
        .hears(event);
    }
}

#[test]
fn a_filled_waits_for_all_or_any_of_its_names() {
    let form = |filled: &str| {
        Call::of(&format!(
            r#"<form><field name="a">{ONE}<prompt>a?</prompt></field><field name="b">{ONE}<prompt>b?</prompt></field><filled {filled}>filled</filled></form>"#
        ))
    };
    form("").press("1").hears("b?").press("1").hears("filled");
    form(r#"mode="any""#).press("1").hears("filled b?");
    form(r#"namelist="a""#).press("1").hears("filled b?").press("1").hears("");
    form(r#"mode="all" namelist="b""#).press("1").hears("b?").press("1").hears("filled");
}

#[test]
fn a_subdialog_is_sent_what_it_names() {
    let main = vxml(
        r#"<form><var name="v" expr="'x'"/><subdialog name="s" srcexpr="'sub' + '.vxml'" method="post" enctype="application/x-www-form-urlencoded" namelist="v"/><block>back</block></form>"#,
    );
    let mut call = Call::start(&[("main.vxml", &main), ("sub.vxml", &vxml("<form><block><return/></block></form>"))]);
    call.hears("back");
    let request = &call.fetched[1];
    assert_eq!((request.method, request.enctype.as_deref()), (Method::Post, Some("application/x-www-form-urlencoded")));
    assert_eq!(request.fields, [Submitted::text("v", "x")]);
}

#[test]
fn the_branches_of_an_if_follow_their_conditions() {
    let body = |n: u32| {
        format!(r#"<form><block><if cond="{n} == 1">one<elseif cond="{n} == 2"/>two<else/>many</if></block></form>"#)
    };
    Call::of(&body(1)).hears("one");
    Call::of(&body(2)).hears("two");
    Call::of(&body(3)).hears("many");
    Call::of(r#"<form><block><if expr="true">odd<elseif expr="true"/>no</if></block></form>"#).hears("odd");
}

#[test]
fn a_foreach_goes_through_an_array_in_actions_and_in_prompts() {
    Call::of(
        r#"<form><var name="all" expr="['a','b']"/><block><foreach item="each" array="all"><log expr="each"/><prompt><value expr="each"/></prompt></foreach>
        <prompt>again <foreach item="each" array="all"><value expr="each"/>. </foreach></prompt></block></form>"#,
    )
    .hears("a b again a. b.");
}

#[test]
fn a_log_has_its_label_and_what_it_says_and_computes() {
    let call =
        Call::of(r#"<form><block><log label="here" expr="1 + 1">one <value expr="'and'"/></log></block></form>"#);
    assert!(
        call.trace.contains(&TraceLine::Log { label: "here".into(), text: "2 one and".into() }),
        "{:?}",
        call.trace
    );
}

#[test]
fn a_script_is_written_fetched_or_computed() {
    let main = vxml(
        r#"<script type="text/javascript">var a = 1;</script><script src="b.js"/><script srcexpr="'c' + '.js'" charset="iso-8859-1"/>
        <form><block><value expr="a + b + c"/></block></form>"#,
    );
    Call::start(&[("main.vxml", &main), ("b.js", "var b = 2;"), ("c.js", "var c = 'x';")]).hears("3x");
}

#[test]
fn a_disconnect_evaluates_its_namelist() {
    let body = |name: &str| {
        Call::of(&format!(
            r#"<form><var name="v" expr="1"/><block>bye<disconnect namelist="{name}"/></block><catch event="error.semantic">no such variable<exit/></catch></form>"#
        ))
    };
    body("v").hears("bye");
    body("w").hears("bye no such variable");
}

#[test]
fn variables_are_declared_assigned_and_cleared() {
    Call::of(
        r#"<form><var name="v"/><var name="w" expr="1"/><block><value expr="v === undefined"/><assign name="v" expr="w + 1"/> <value expr="v"/>
        <clear namelist="v"/><value expr="v === undefined"/> <value expr="w"/></block></form>"#,
    )
    .hears("true 2 true 1");
}

#[test]
fn a_reprompt_plays_the_prompts_again() {
    let field = |reprompt: &str| {
        Call::of(&format!(
            r#"<form><field name="f">{ONE}<prompt>press</prompt><noinput>well? {reprompt}</noinput></field></form>"#
        ))
    };
    field("").silence().hears("well?");
    field("<reprompt/>").silence().hears("well? press");
}

#[test]
fn a_form_a_menu_and_a_grammar_have_their_scope() {
    let form = |form: &str, grammar: &str| {
        let grammar = format!(
            r#"<grammar {grammar} mode="dtmf" version="1.0" root="r" tag-format="semantics/1.0"><rule id="r">9<tag>out.x='nine';</tag></rule></grammar>"#
        );
        Call::of(&format!(
            r#"<form><field name="f">{ONE}<prompt>f?</prompt><nomatch>no</nomatch></field></form>
            <form id="other" {form}>{grammar}<field name="x">{ONE}<filled><value expr="x"/></filled></field></form>"#
        ))
    };
    form("", "").press("9").hears("no");
    form(r#"scope="document""#, "").press("9").hears("nine");
    form("", r#"scope="document""#).press("9").hears("nine");
    form(r#"scope="document""#, r#"scope="dialog""#).press("9").hears("no");
}

#[test]
fn names_and_attributes_of_voicexml_1_are_understood() {
    let main = r#"<vxml version="1.0" lang="es-MX" base="http://example.com/app/sub/"><form><field name="f"><dtmf src="keys.grxml" type="application/srgs+xml"/>
        <prompt>uno</prompt><filled><value class="digits" mode="tts" recsrc="a" expr="f"/></filled></field></form></vxml>"#;
    let mut call = Call::start(&[
        ("main.vxml", main),
        ("sub/keys.grxml", r#"<grammar root="r" version="1.0"><rule id="r">7</rule></grammar>"#),
    ]);
    assert_eq!(call.request().lang, "es-MX");
    call.press("7").hears("7");
}

#[test]
fn data_is_fetched_as_its_attributes_say_into_the_variable_it_names() {
    let data = |data: &str| {
        let main = vxml(&format!(
            r#"<property name="datamaxage" value="30"/><property name="datamaxstale" value="40"/><form><var name="v" expr="'x'"/><var name="d"/>
            <block><data {data}/><value expr="typeof d == 'undefined' ? 'nothing' : d.n"/></block></form>"#
        ));
        let mut call = Call::start(&[("main.vxml", &main), ("d.json", r#"{"n": 7}"#)]);
        (call.text(), call.fetched.swap_remove(1))
    };
    let (heard, request) = data(r#"name="d" src="d.json" namelist="v""#);
    assert_eq!(
        (heard.as_str(), request.method, request.maxage, request.maxstale),
        ("7", Method::Get, Some(30), Some(40))
    );
    assert_eq!(request.fields, [Submitted::text("v", "x")]);
    let (heard, request) =
        data(r#"name="d" srcexpr="'d' + '.json'" method="post" enctype="multipart/form-data" maxage="1""#);
    assert_eq!((heard.as_str(), request.method, request.maxage), ("7", Method::Post, Some(1)));
    assert_eq!(request.enctype.as_deref(), Some("multipart/form-data"));
    assert_eq!(data(r#"src="d.json""#).0, "nothing");
}
