//! `<data>` (2.1 §5).

use super::*;
use crate::dialogue::{Method, Submitted};

const BOOKS: &str = r#"<?xml version="1.0"?><shelf><book id="b1"><title>Plants</title></book><book><title>Stones</title></book></shelf>"#;

/// A call whose first block holds `body`, beside a file `books`.
fn with(books: &str, body: &str) -> Call {
    let main = vxml(&format!(
        r#"<form><block>{body}</block><catch event="error"><value expr="_event"/>: <value expr="_message"/></catch></form>"#
    ));
    Call::start(&[("main.vxml", &main), ("books", books)])
}

#[test]
fn xml_is_read_by_its_dom() {
    with(
        BOOKS,
        r#"<data name="d" src="books"/><var name="titles" expr="d.getElementsByTagName('title')"/>
        <value expr="titles.length"/> <value expr="titles.item(1).firstChild.data"/>
        <value expr="d.documentElement.firstChild.getAttribute('id')"/> <value expr="titles.item(0)"/>"#,
    )
    .hears("2 Stones b1 Plants");
}

#[test]
fn json_is_its_value() {
    let fields = r#"<data name="d" src="books"/><value expr="d.list[1].name + ' ' + d.n"/>"#;
    with(r#" {"list": [{"name": "a"}, {"name": "b"}], "n": 2}"#, fields).hears("b 2");
}

#[test]
fn data_has_the_scope_of_a_var_in_its_place() {
    let mut call = Call::start(&[
        (
            "main.vxml",
            &vxml(
                r#"<data name="root" src="books"/><var name="d" expr="'untouched'"/><form><data name="own" src="books"/>
                <block><data name="d" src="books"/><assign name="document.root" expr="d.documentElement.lastChild"/></block>
                <block><value expr="d"/> <value expr="dialog.own.nodeName"/> <value expr="document.root"/></block></form>"#,
            ),
        ),
        ("books", BOOKS),
    ]);
    call.hears("untouched #document Stones");
}

#[test]
fn data_that_is_not_well_formed_is_a_badfetch_that_shows_what_came() {
    for (books, said) in [
        ("<shelf>", "is not well-formed XML"),
        ("<html><p>Sorry<br></p></html>", "received `<html><p>Sorry<br>"),
        ("", "received nothing"),
        ("{\"a\": }", "is not JSON"),
    ] {
        let call = with(books, r#"<data name="d" src="books"/>"#);
        assert!(call.text().starts_with("error.badfetch:") && call.text().contains(said), "{}", call.text());
    }
}

#[test]
fn data_without_a_name_is_sent_for_and_not_looked_at() {
    let mut call = with("no XML", r#"<var name="n" expr="1"/><data src="books" method="post" namelist="n"/>done"#);
    call.hears("done");
    assert_eq!((call.fetched[1].method, &*call.fetched[1].fields), (Method::Post, &[Submitted::text("n", "1")][..]));
}

#[test]
fn data_for_others_is_not_shown() {
    let owned = |hosts: &str| format!("<?access-control allow=\"{hosts}\"?><a>secret</a>");
    let show = r#"<data name="d" src="books"/><value expr="d"/>"#;
    with(&owned("bank.example example.com"), show).hears("secret");
    let refused = with(&owned("bank.example"), show);
    assert!(refused.text().starts_with("error.noauthorization:"), "{}", refused.text());
}

#[test]
fn a_node_is_submitted_as_its_text() {
    let call = with(BOOKS, r#"<data name="d" src="books"/><submit next="books" namelist="d d.documentElement"/>"#);
    let fields = &call.fetched[2].fields;
    assert_eq!(
        fields[..],
        [Submitted::text("d", "PlantsStones"), Submitted::text("d.documentElement", "PlantsStones")]
    );
}

#[test]
fn the_source_may_be_computed() {
    with(BOOKS, r#"<var name="f" expr="'books'"/><data name="d" srcexpr="f + '?x=1'"/><value expr="d.nodeType"/>"#)
        .hears("9");
}
