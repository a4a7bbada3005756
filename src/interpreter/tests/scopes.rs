//! Variables and their scopes, `<var>`, `<assign>`, `<clear>`, `<script>`, namelists (2.0 §5.1, §5.3).

use super::*;

/// What a block says, or `semantic` if it throws that.
fn block(before: &str, content: &str) -> String {
    Call::of(&format!(
        r#"{before}<form><block>{content}</block><catch event="error.semantic">semantic<exit/></catch></form>"#
    ))
    .text()
}

#[test]
fn a_variable_of_a_block_is_gone_in_the_next() {
    let mut call = Call::of(
        r#"<form><block><var name="x" expr="'here'"/><value expr="x"/> </block><block><value expr="x"/></block>
        <catch event="error.semantic">gone</catch></form>"#,
    );
    call.hears("here gone");
}

#[test]
fn each_scope_hides_the_wider_ones_and_all_are_reached_by_name() {
    let mut call = Call::start(&[
        (
            "main.vxml",
            r#"<vxml version="2.1" application="root.vxml"><var name="x" expr="'document'"/><form><var name="x" expr="'dialog'"/>
            <block><var name="x" expr="'block'"/><value expr="x"/> <value expr="dialog.x"/> <value expr="document.x"/> <value expr="application.x"/>
            <assign name="document.x" expr="'changed'"/><value expr="document.x + x + dialog.x"/></block></form></vxml>"#,
        ),
        ("root.vxml", &vxml(r#"<var name="x" expr="'application'"/>"#)),
    ]);
    call.hears("block dialog document application changedblockdialog");
}

#[test]
fn a_second_var_gives_a_value_or_leaves_the_one_there_is() {
    assert_eq!(
        block(
            "",
            r#"<var name="x" expr="1"/><var name="x"/><value expr="x"/><var name="x" expr="2"/><value expr="x"/>"#
        ),
        "1 2"
    );
}

#[test]
fn a_var_without_value_is_undefined_but_declared() {
    assert_eq!(block("", r#"<var name="x"/><value expr="typeof x"/>"#), "undefined");
    assert_eq!(block("", r#"<value expr="x"/>"#), "semantic");
}

#[test]
fn a_name_that_is_none_is_a_semantic_error() {
    for name in ["my-var", "dialog.x", "a.b", "1x", "this"] {
        assert_eq!(block("", &format!(r#"<var name="{name}" expr="1"/>"#)), "semantic", "{name}");
    }
}

#[test]
fn assigning_takes_a_declared_variable_of_any_scope() {
    let before = r#"<var name="d" expr="new Object()"/>"#;
    assert_eq!(block(before, r#"<assign name="d.part" expr="5"/><value expr="document.d.part"/>"#), "5");
    for name in ["nobody", "dialog.nobody", "document.nobody", "application.nobody", "nobody.part"] {
        assert_eq!(block(before, &format!(r#"<assign name="{name}" expr="1"/>"#)), "semantic", "{name}");
    }
}

#[test]
fn session_variables_cannot_be_assigned_or_added_to() {
    for name in ["session.telephone.ani", "telephone.ani", "session.mine", "telephone"] {
        assert_eq!(block("", &format!(r#"<assign name="{name}" expr="1"/>"#)), "semantic", "{name}");
    }
    assert_eq!(block("", r#"<value expr="session.telephone.ani"/>"#), "4155550100");
}

#[test]
fn form_item_variables_belong_to_the_dialog() {
    let mut call = Call::of(
        r#"<form><field name="x" expr="'value'"><option>yes</option></field><block name="b"><value expr="dialog.x"/>
        <value expr="typeof dialog.b"/><assign name="dialog.x" expr="'new'"/><value expr="x"/></block></form>"#,
    );
    call.hears("value boolean new");
}

#[test]
fn clear_undefines_what_it_names_and_nothing_else() {
    let form = |clear: &str| {
        Call::of(&format!(
            r#"<form><var name="v" expr="'v'"/><field name="a" expr="'a'"/><field name="b" expr="'b'"/>
            <block>{clear}<value expr="'' + v + a + b"/><exit/></block></form>"#
        ))
        .text()
    };
    assert_eq!(form(r#"<clear namelist="a"/>"#), "vundefinedb");
    assert_eq!(form(r#"<clear namelist="dialog.b v"/>"#), "undefinedaundefined");
    assert_eq!(form("<clear/>"), "vundefinedundefined");
}

#[test]
fn clearing_an_undeclared_variable_is_a_semantic_error() {
    assert_eq!(block("", r#"<clear namelist="nobody"/>"#), "semantic");
}

#[test]
fn a_cleared_item_counts_its_events_from_the_start_the_form_does_not() {
    let mut call = Call::of(
        r#"<form><field name="x"><option>yes</option><noinput>one </noinput><noinput count="2">two <clear/></noinput></field></form>"#,
    );
    call.silence().hears("one").silence().hears("two").silence().hears("one");
    let mut call = Call::of(
        r#"<form><field name="x"><option>yes</option></field>
        <filled><throw event="e"/></filled><catch event="e">first <clear/></catch><catch event="e" count="2">second <clear/></catch></form>"#,
    );
    call.say("yes").hears("first").say("yes").hears("second");
}

#[test]
fn variables_of_a_script_belong_to_the_scope_it_stands_in() {
    let mut call = Call::of(
        r#"<script>var a = 'document';</script><form><script>var a = 'dialog'; function say() { return a; }</script>
        <block><script>var a = 'block';</script><value expr="a + document.a + dialog.a + say()"/></block>
        <block><value expr="a"/></block></form>"#,
    );
    call.hears("blockdocumentdialogdialog dialog");
}

#[test]
fn a_loop_variable_takes_each_element_of_a_copy_of_the_array() {
    let mut call = Call::of(
        r#"<form><var name="list" expr="[1, 2, 3]"/><block><foreach item="n" array="list"><assign name="n" expr="n * 2"/>
        <script>list.push(9);</script><value expr="n"/></foreach> <value expr="list.length"/></block></form>"#,
    );
    call.hears("2 4 6 6");
}

#[test]
fn a_loop_over_what_is_no_array_is_a_semantic_error() {
    for array in ["5", "'text'", "undefined", "nobody", "new Object()"] {
        assert_eq!(block("", &format!(r#"<foreach item="n" array="{array}">x</foreach>"#)), "semantic", "{array}");
    }
    assert_eq!(block("", r#"<foreach item="n" array="[]">x</foreach>none"#), "none");
}

#[test]
fn a_submit_sends_names_as_they_are_written_in_its_namelist() {
    let call = Call::start(&[
        (
            "main.vxml",
            &vxml(
                r#"<var name="d" expr="'doc'"/><form><var name="x" expr="1"/><var name="none"/><block>
                <submit next="next.vxml" namelist="x document.d dialog.x none"/></block></form>"#,
            ),
        ),
        ("next.vxml", &vxml("<form><block>ok</block></form>")),
    ]);
    let sent: Vec<_> = call.fetched[1].fields.iter().map(|field| (field.name.as_str(), field.as_text())).collect();
    assert_eq!(sent, [("x", "1"), ("document.d", "doc"), ("dialog.x", "1"), ("none", "undefined")]);
}

#[test]
fn a_submit_without_namelist_sends_the_named_input_items() {
    let call = Call::start(&[
        (
            "main.vxml",
            &vxml(
                r#"<form><var name="v" expr="1"/><field name="a" expr="'A'"/><field expr="'unnamed'"/><initial name="i" expr="true"/>
                <block name="b"><submit next="next.vxml"/></block></form>"#,
            ),
        ),
        ("next.vxml", &vxml("<form><block>ok</block></form>")),
    ]);
    let sent: Vec<_> = call.fetched[1].fields.iter().map(|field| (field.name.as_str(), field.as_text())).collect();
    assert_eq!(sent, [("a", "A")]);
}

#[test]
fn a_submit_to_a_fragment_fetches_the_document_again() {
    let call = Call::of(
        r##"<var name="n" expr="0"/><form><block cond="n == 0"><assign name="n" expr="1"/><submit next="#again" namelist="n"/></block></form>
        <form id="again"><block><value expr="n"/></block></form>"##,
    );
    assert_eq!((call.text().as_str(), call.fetched.len()), ("0", 2));
}

#[test]
fn an_exit_hands_back_an_expression_or_variables() {
    let exit = |attributes: &str| {
        Call::of(&format!(r#"<form><var name="x" expr="'v'"/><block><exit {attributes}/></block></form>"#))
            .ending()
            .clone()
    };
    assert_eq!(exit(r#"expr="1 + 1""#).namelist, [("expr".to_owned(), json!(2))]);
    assert_eq!(exit(r#"namelist="x dialog.x""#).namelist.len(), 2);
    assert!(matches!(exit(r#"expr="nobody""#).reason, Reason::Event { event, .. } if event == "error.semantic"));
}

#[test]
fn a_root_that_is_entered_itself_starts_its_variables_anew() {
    let root = vxml(
        r#"<var name="n" expr="0"/><form><block><assign name="n" expr="n + 1"/><value expr="n"/> <goto next="leaf.vxml"/></block></form>
        <form id="second"><block><value expr="n"/> <goto next="leaf2.vxml"/></block></form>"#,
    );
    let leaf = |content: &str| {
        format!(r#"<vxml version="2.1" application="main.vxml"><form><block>{content}</block></form></vxml>"#)
    };
    let mut call = Call::start(&[
        ("main.vxml", &root),
        ("leaf.vxml", &leaf(r#"<assign name="application.n" expr="n + 1"/><goto next="main.vxml#second"/>"#)),
        ("leaf2.vxml", &leaf(r#"<value expr="application.n"/> <submit next="main.vxml#third"/>"#)),
    ]);
    // Root to leaf and leaf to root keep the application's variables; there is no third dialog to submit to.
    assert!(call.text().starts_with("1 2 2"), "{}", call.text());
    assert!(call.trace.iter().any(|line| matches!(line, TraceLine::Event { name, .. } if name == "error.badfetch")));
    call.hears("1 2 2 Sorry, an error has occurred. Please call again later.");
}
