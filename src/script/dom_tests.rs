use super::*;
use crate::dialogue::{Expr, Position};
use crate::script::{Chain, Limits};
use serde_json::{Value as Json, json};
use std::time::Duration;

const SHELF: &str = r#"
<?xml version="1.0"?><!-- stock --><?sort by="title"?>
<shelf xmlns:m="urn:money" owner="mary" empty="">
  <book id="b1"><title>Plants &amp; <![CDATA[<Trees>]]></title><m:price m:unit="EUR">12</m:price></book>
  <book id="b2"><title>Stones</title><price>30</price></book>
</shelf>"#;

struct World {
    engine: Engine,
    chain: Chain,
}

fn world(xml: &str) -> World {
    let limits = Limits { time: Duration::from_secs(2), heap: 16 << 20 };
    let engine = Engine::new(limits, jiff::tz::TimeZone::UTC, "CA1").unwrap();
    let scope = engine.scope().unwrap();
    let document = engine.document(Xml::parse(xml).unwrap()).unwrap();
    engine.declare(&scope, "d", &document).unwrap();
    let chain = engine.chain(&[("document", &scope)]).unwrap();
    World { engine, chain }
}

impl World {
    fn eval(&self, source: &str) -> Result<Handle, ScriptError> {
        self.engine.eval(&self.chain, &Expr { source: source.into(), at: Position::default() })
    }

    #[track_caller]
    fn is(&self, source: &str, wanted: Json) {
        let value = self.eval(source).unwrap_or_else(|error| panic!("{source}: {error}"));
        assert_eq!(self.engine.json(&value).unwrap(), wanted, "{source}");
    }
}

#[test]
fn a_script_walks_from_node_to_node() {
    let w = world(SHELF);
    w.is("d.nodeType", json!(9));
    w.is("d.documentElement.tagName", json!("shelf"));
    w.is("d.documentElement.parentNode === d", json!(true));
    w.is("d.childNodes.length", json!(3));
    w.is("[d.firstChild.nodeName, d.firstChild.data]", json!(["#comment", " stock "]));
    w.is("[d.childNodes[1].target, d.childNodes.item(1).data]", json!(["sort", "by=\"title\""]));
    w.is("d.documentElement.firstChild.nodeValue", json!("\n  "));
    w.is("d.documentElement.firstChild.nextSibling.getAttribute('id')", json!("b1"));
    w.is("d.documentElement.lastChild.previousSibling.previousSibling.previousSibling.nodeName", json!("book"));
    w.is("d.documentElement.ownerDocument === d && d.ownerDocument === null", json!(true));
    w.is("[d.firstChild.firstChild, d.firstChild.hasChildNodes(), d.hasChildNodes()]", json!([null, false, true]));
}

#[test]
fn elements_are_found_by_name_below_any_node() {
    let w = world(SHELF);
    w.is("d.getElementsByTagName('title').length", json!(2));
    w.is("d.getElementsByTagName('title').item(1).firstChild.data", json!("Stones"));
    w.is("d.getElementsByTagName('book')[1].getElementsByTagName('*').length", json!(2));
    w.is("d.documentElement.getElementsByTagName('shelf').length", json!(0));
    w.is("d.getElementsByTagName('m:price').length + d.getElementsByTagName('price').length", json!(2));
    w.is("d.getElementsByTagNameNS('urn:money', 'price')[0].prefix", json!("m"));
    w.is("d.getElementsByTagNameNS('*', 'price').length", json!(2));
    w.is("d.getElementsByTagName('none').item(0)", json!(null));
    w.is("d.getElementsByTagName('title')[7] === undefined", json!(true));
    w.is("d.getElementById('b2').getElementsByTagName('price').item(0).textContent", json!("30"));
    w.is("d.getElementsByTagName('title') === d.getElementsByTagName('title')", json!(true));
}

#[test]
fn attributes_are_read_by_name_and_in_order() {
    let w = world(SHELF);
    w.is("[d.documentElement.getAttribute('owner'), d.documentElement.getAttribute('none')]", json!(["mary", ""]));
    w.is("[d.documentElement.hasAttribute('empty'), d.documentElement.hasAttribute('none')]", json!([true, false]));
    w.is("d.documentElement.attributes.length", json!(2));
    w.is("d.documentElement.attributes.getNamedItem('owner').value", json!("mary"));
    w.is("d.documentElement.attributes.item(0).name", json!("owner"));
    w.is("d.documentElement.getAttributeNode('owner').ownerElement.tagName", json!("shelf"));
    w.is("d.documentElement.getAttributeNode('owner').firstChild.nodeValue", json!("mary"));
    w.is("d.documentElement.attributes[0].parentNode", json!(null));
    let price = "d.getElementsByTagNameNS('urn:money', 'price')[0]";
    w.is(&format!("{price}.getAttributeNS('urn:money', 'unit')"), json!("EUR"));
    w.is(&format!("{price}.attributes.getNamedItemNS('urn:money', 'unit').nodeName"), json!("m:unit"));
    w.is(&format!("[{price}.localName, {price}.namespaceURI]"), json!(["price", "urn:money"]));
}

#[test]
fn cdata_is_a_section_of_its_own() {
    let w = world(SHELF);
    let title = "d.getElementsByTagName('title')[0]";
    w.is(&format!("{title}.childNodes.length"), json!(2));
    w.is(&format!("[{title}.firstChild.data, {title}.lastChild.data]"), json!(["Plants & ", "<Trees>"]));
    w.is(&format!("{title}.lastChild.nodeType === Node.CDATA_SECTION_NODE"), json!(true));
    w.is(&format!("{title}.lastChild instanceof Text"), json!(true));
    w.is(&format!("{title}.firstChild.substringData(0, 3)"), json!("Pla"));
    w.is(&format!("{title}.firstChild.length"), json!(9));
}

#[test]
fn the_data_can_only_be_read() {
    let w = world(SHELF);
    let code = |what: &str| format!("(function () {{ try {{ {what} }} catch (e) {{ return e.code; }} }})()");
    for write in [
        "d.documentElement.setAttribute('owner', 'ann')",
        "d.documentElement.appendChild(d.documentElement.firstChild)",
        "d.documentElement.firstChild.nodeValue = 'x'",
        "d.getElementsByTagName('title')[1].firstChild.data = 'x'",
        "d.documentElement.attributes.item(0).value = 'x'",
        "d.documentElement.attributes.removeNamedItem('owner')",
        "d.createElement('x')",
        "d.documentElement.childNodes[0] = 1",
    ] {
        w.is(&code(write), json!(7));
    }
    w.is("DOMException.NO_MODIFICATION_ALLOWED_ERR", json!(7));
    w.is(&code("d.getElementsByTagName('title')[1].firstChild.substringData(99, 1)"), json!(1));
    w.is("d.documentElement.getAttribute('owner')", json!("mary"));
    let error = w.eval("d.documentElement.removeChild(d.documentElement.firstChild)").err().unwrap().to_string();
    assert!(error.contains("DOMException: NO_MODIFICATION_ALLOWED_ERR"), "{error}");
}

#[test]
fn a_node_is_its_text_where_text_is_wanted() {
    let w = world(SHELF);
    w.is("String(d.getElementsByTagName('title')[0])", json!("Plants & <Trees>"));
    w.is("d.getElementsByTagName('price')[0]", json!("30"));
    w.is("d.getElementsByTagName('title')", json!(["Plants & <Trees>", "Stones"]));
    w.is("d.documentElement.attributes[0] + '!'", json!("mary!"));
}

#[test]
fn what_reads_the_tree_takes_any_number() {
    let w = world("<a/>");
    for odd in ["new Node()", "new NodeList()", "Node.prototype.nodeName", "Node.prototype.firstChild"] {
        assert!(w.eval(odd).is_err(), "{odd}");
    }
    w.is(
        "d.childNodes.item(-1) === null && d.childNodes.item('x') === null && d.childNodes.item(1e12) === null",
        json!(true),
    );
}

#[test]
fn what_is_not_well_formed_says_where() {
    for wrong in ["", "text", "<a>", "<a></b>", "<a b=1/>", "<a>&none;</a>", "<a/><b/>", "<p:a/>"] {
        assert!(Xml::parse(wrong).is_err(), "{wrong}");
    }
    assert!(Xml::parse("<a>\n<b></a>").unwrap_err().contains("2:"));
}

#[test]
fn entities_are_read_but_cannot_blow_up() {
    let w = world("<!DOCTYPE a [<!ENTITY co 'Bank &#38; Sons'>]><a>&co;: <![CDATA[<x>]]></a>");
    w.is("d.documentElement.textContent", json!("Bank & Sons: <x>"));
    let bomb = format!("<!DOCTYPE a [<!ENTITY x '{}'>]><a>{}</a>", "y".repeat(10_000), "&x;".repeat(10_000));
    assert!(Xml::parse(&bomb).unwrap_err().contains("entities"));
}

#[test]
fn a_large_document_costs_only_what_is_looked_at() {
    let book = "<book id=\"b\"><title>Some title of a book</title><price>12.50</price></book>";
    let w = world(&format!("<shelf>{}</shelf>", book.repeat(1_000_000 / book.len())));
    w.is("d.getElementsByTagName('book').length > 10000", json!(true));
    w.is("d.documentElement.lastChild.getElementsByTagName('price')[0].firstChild.data", json!("12.50"));
    w.is(
        "(function () { var sum = 0, list = d.getElementsByTagName('price');
           for (var i = 0; i < list.length; i++) sum += Number(list.item(i).firstChild.data); return sum; })() > 1000",
        json!(true),
    );
}

#[test]
fn a_document_cut_anywhere_is_read_or_refused() {
    for end in (0..SHELF.len()).filter(|&end| SHELF.is_char_boundary(end)) {
        let _ = Xml::parse(&SHELF[..end]);
    }
}

#[test]
fn documents_nobody_needs_any_more_make_room_for_others_and_those_in_use_are_limited() {
    let big = format!("<a>{}</a>", "<b>text</b>".repeat(20_000));
    let w = world(&big);
    let scope = w.chain.nearest().unwrap();
    for _ in 0..40 {
        w.engine.declare(scope, "d", &w.engine.document(Xml::parse(&big).unwrap()).unwrap()).unwrap();
        w.is("d.documentElement.childNodes.length", json!(20_000));
    }
    let held: Vec<_> = (0..40).map_while(|_| w.engine.document(Xml::parse(&big).unwrap()).ok()).collect();
    assert!((2..40).contains(&held.len()), "{}", held.len());
}
