//! Links and which of several grammars takes precedence (2.0 §2.5, §3.1.4).

use super::*;

fn link(attributes: &str, word: &str) -> String {
    format!(
        r#"<link {attributes}><grammar mode="voice" version="1.0" root="r"><rule id="r">{word}</rule></grammar></link>"#
    )
}

#[test]
fn a_link_is_heard_in_the_whole_of_its_scope_and_nowhere_else() {
    let item = link(r#"event="l.item""#, "item");
    let form = link(r#"event="l.form""#, "form");
    let document = link(r#"event="l.document""#, "document");
    let text = format!(
        r##"{document}<catch event="l"><value expr="_event"/></catch><nomatch>no match</nomatch>
        <form>{form}<field name="a">{item}<option>yes</option></field><field name="b"><option>yes</option></field>
        <filled namelist="b"><goto next="#second"/></filled></form>
        <form id="second"><field name="c"><option>yes</option></field></form>"##
    );
    let mut call = Call::of(&text);
    call.say("item").hears("l.item").say("form").hears("l.form").say("document").hears("l.document");
    call.say("yes").say("item").hears("no match").say("form").hears("l.form");
    call.say("yes").say("form").hears("no match").say("document").hears("l.document");
}

#[test]
fn a_link_of_the_root_is_heard_in_its_leaves_and_throws_at_the_item_that_listens() {
    let root = format!("{}<catch event=\"agent\">root</catch>", link(r#"event="agent" message="now""#, "agent"));
    let leaf = r#"<?xml version="1.0"?><vxml version="2.1" application="root.vxml"><form>
        <field name="x"><option>yes</option><catch event="agent">item <value expr="_message"/></catch></field>
        <catch event="agent">form</catch></form></vxml>"#;
    Call::start(&[("main.vxml", leaf), ("root.vxml", &vxml(&root))]).say("agent").hears("item now");
}

#[test]
fn expr_eventexpr_and_messageexpr_are_computed_when_the_link_is_taken() {
    let go = link(r##"expr="'#' + place""##, "go");
    let throw = link(r#"eventexpr="'my.' + place" messageexpr="place + '!'""#, "throw");
    let document = format!(
        r##"<var name="place" expr="'nowhere'"/>{go}{throw}<form><block><assign name="place" expr="'there'"/></block>
        <field name="x"><option>yes</option><catch event="my.there"><value expr="_message"/></catch></field></form>
        <form id="there"><block>arrived</block></form>"##
    );
    Call::of(&document).say("throw").hears("there!").say("go").hears("arrived");
}

#[test]
fn a_link_may_have_keys_of_its_own() {
    let mut call = Call::of(
        r##"<link next="#agent" dtmf="0"/><form><field name="x"><option dtmf="1">yes</option></field></form>
        <form id="agent"><block>agent</block></form>"##,
    );
    call.press("0").hears("agent");
}

#[test]
fn of_two_grammars_of_one_scope_the_first_in_the_document_counts() {
    let link = link(r#"event="linked""#, "yes");
    let whole = grammar(&[("yes", "out.x='form';")]);
    let field = r#"<field name="x"><prompt>X?</prompt><option>other</option><filled>filled</filled></field>"#;
    let form = |content: &str| format!("<form>{content}{field}<catch event=\"linked\">linked</catch></form>");
    Call::of(&form(&format!("{link}{whole}"))).say("yes").hears("linked");
    Call::of(&form(&format!("{whole}{link}"))).say("yes").hears("filled");
}

#[test]
fn in_an_item_too_the_order_of_links_and_grammars_counts() {
    let link = link(r#"event="linked""#, "yes");
    let item = |content: &str| {
        format!(
            r#"<form><field name="x">{content}<filled>filled</filled><catch event="linked">linked</catch></field></form>"#
        )
    };
    Call::of(&item(&format!("{link}<option>yes</option>"))).say("yes").hears("linked");
    Call::of(&item(&format!("<option>yes</option>{link}"))).say("yes").hears("filled");
}

#[test]
fn links_and_forms_with_document_scope_take_turns_in_document_order() {
    let link = link(r#"event="linked""#, "tea");
    let order = format!(
        r#"<form scope="document">{}<field name="d"><filled>ordered</filled></field></form>"#,
        grammar(&[("tea", "out.d=1;")])
    );
    let first =
        r#"<form id="start"><field name="x"><option>yes</option></field></form><catch event="linked">linked</catch>"#;
    Call::of(&format!("{first}{link}{order}")).say("tea").hears("linked");
    Call::of(&format!("{first}{order}{link}")).say("tea").hears("ordered");
}

#[test]
fn nearer_scopes_take_precedence_over_wider_ones() {
    let document = link(r#"event="document""#, "yes");
    let form = link(r#"event="form""#, "yes");
    let text = format!(
        r#"{document}<catch event="document">document</catch><catch event="form">form</catch>
        <form>{form}<field name="a"><option>yes</option><filled>a </filled></field><field name="b"><option>no</option></field></form>"#
    );
    Call::of(&text).say("yes").hears("a").say("yes").hears("form");
}

#[test]
fn a_subdialog_hears_the_links_of_its_own_document_only() {
    let caller = format!(
        "{}<catch event=\"callers\">callers</catch><form><subdialog name=\"s\" src=\"sub.vxml\"/></form>",
        link(r#"event="callers""#, "agent")
    );
    let called = format!(
        "{}<nomatch>no match</nomatch><catch event=\"own\">own</catch><form><field name=\"x\"><option>yes</option></field></form>",
        link(r#"event="own""#, "operator")
    );
    let mut call = Call::start(&[("main.vxml", &vxml(&caller)), ("sub.vxml", &vxml(&called))]);
    call.say("agent").hears("no match").say("operator").hears("own");
}

#[test]
fn a_link_that_cannot_be_followed_is_a_badfetch_where_it_was_taken() {
    let mut call = Call::of(&format!(
        r#"{}<form><field name="x"><option>yes</option><catch event="error.badfetch">item</catch></field></form>"#,
        link(r#"next="nowhere.vxml""#, "go")
    ));
    call.say("go").hears("item");
}
