use super::*;
use crate::dialogue::{GrammarText, Version};

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

#[test]
fn any_namespace_or_none_is_read() {
    for start in [
        "<vxml version='2.0'",
        "<vxml version='2.0' xmlns='http://www.w3.org/2001/vxml'",
        "<vxml version='2.0' xmlns='urn:x'",
    ] {
        let document = document(&format!("{start}><form id='a'><block>hello</block></form></vxml>"));
        assert_eq!(document.version, Version::V20);
        assert_eq!(document.dialogs[0].items.len(), 1);
    }
    let other = "<vxml version='2.0' xmlns='urn:x'><form><block/></form></vxml>";
    assert_eq!(findings(other), ["warning other-namespace 1:1"]);
    let prefixed = "<v:vxml version='2.0' xmlns:v='http://www.w3.org/2001/vxml'><v:form><v:block/></v:form></v:vxml>";
    assert_eq!(document(prefixed).dialogs[0].items.len(), 1);
}

#[test]
fn blank_lines_before_the_declaration_are_forgiven_and_lines_stay_right() {
    let text = format!("\u{FEFF}\n\n{DECLARATION}\n<vxml version='2.1'>\n<form><block><goto/></block></form></vxml>");
    assert_eq!(findings(&text), ["warning text-before-declaration 3:1", "error missing-attribute 5:14"]);
    let text = format!("<!-- generated -->{DECLARATION}<vxml version='2.1'/>");
    assert_eq!(findings(&text), ["warning text-before-declaration 1:19"]);
    assert!(findings(&format!("\u{FEFF}{DECLARATION}<vxml version='2.1'/>")).is_empty());
}

#[test]
fn html_entities_are_known_with_and_without_a_document_type() {
    let body = "<vxml version='2.1'>\n<form><block>Se&ntilde;or&nbsp;D<foo/></block></form></vxml>";
    let types = [
        "",
        "<!DOCTYPE vxml SYSTEM 'vxml.dtd'>",
        "<!DOCTYPE vxml PUBLIC '-//W3C//DTD VOICEXML 2.1//EN' 'http://www.w3.org/TR/voicexml21/vxml.dtd'>",
        "<!DOCTYPE vxml [ <!ENTITY % other SYSTEM 'x'> %other; <!ENTITY ntilde \"ñ\"> ]>",
    ];
    for doctype in types {
        let text = format!("{DECLARATION}{doctype}{body}");
        assert_eq!(findings(&text), ["warning unknown-element 2:33"], "{doctype}");
        let document = document(&text);
        let ItemKind::Block(actions) = &document.dialogs[0].items[0].kind else { panic!() };
        assert!(matches!(&actions[0], Action::Prompt(prompt) if prompt.content == [super::text("Señor\u{A0}D")]));
    }
}

#[test]
fn entities_of_the_document_are_used_before_those_of_html() {
    let text =
        "<!DOCTYPE vxml [ <!ENTITY copy 'mine'> ]><vxml version='2.1'><meta name='a' content='&copy;&reg;'/></vxml>";
    assert_eq!(document(text).metas[0].content, "mine®");
}

#[test]
fn undeclared_prefixes_are_declared_with_a_warning() {
    let text = "<vxml version='2.1'><form><block><a:b/><c:d e:f='1'/>hello</block></form></vxml>";
    let found = findings(text);
    assert_eq!(found.iter().filter(|found| found.starts_with("warning undeclared-prefix")).count(), 3, "{found:?}");
    assert!(found.contains(&"warning undeclared-prefix 1:35".to_owned()), "{found:?}");
}

#[test]
fn what_is_not_well_formed_is_refused_where_it_is_wrong() {
    let cases = [
        ("<vxml version='2.1'>\n<form>\n</vxml>", "error not-well-formed 3:1"),
        ("<vxml>\n  <form", "error not-well-formed 2:8"),
        ("<vxml><block cond=\"a && b\"/></vxml>", "error not-well-formed 1:22"),
        ("<vxml><script>if (a < 1) b();</script></vxml>", "error not-well-formed 1:22"),
        ("<vxml>&unknown;</vxml>", "error not-well-formed 1:7"),
        ("", "error not-well-formed 1:1"),
        ("no xml", "error not-well-formed 1:1"),
        ("<%@ page %>\n<vxml/>", "error not-well-formed 1:2"),
    ];
    for (text, expected) in cases {
        assert_eq!(findings(text), [expected], "{text}");
    }
    assert_eq!(read("<%@ page %>\n<vxml/>", URI).diagnostics[0].message, "a server page that was not run");
    let diagnostic = &read("<vxml>\n<block cond=\"a && b\"/></vxml>", URI).diagnostics[0];
    assert_eq!(diagnostic.source_line.as_deref(), Some("<block cond=\"a && b\"/></vxml>"));
    assert!(diagnostic.expected.is_some() && diagnostic.help.is_some());
}

#[test]
fn another_root_element_is_refused() {
    assert_eq!(findings("<html><body/></html>"), ["error not-voicexml 1:1"]);
}

#[test]
fn an_inline_grammar_is_kept_as_a_text_of_its_own() {
    let text = "<!DOCTYPE vxml [ <!ENTITY city 'Málaga'> ]>\n<vxml version='2.1' xml:lang='es' xml:base='grammars/' xmlns:x='urn:x'>\n\
        <form><field name='f'>\n  <grammar root='r'><rule id='r' x:y='1'>&city; &ntilde;</rule></grammar></field></form></vxml>";
    let document = document(text);
    let grammar = &document.dialogs[0].items[0].grammars[0];
    let expected = "<grammar root='r' xmlns:x=\"urn:x\"><rule id='r' x:y='1'>Málaga ñ</rule></grammar>";
    assert_eq!(grammar.text, GrammarText::Xml(expected.to_owned()));
    assert!(roxmltree::Document::parse(expected).is_ok());
    assert_eq!((grammar.at.line, grammar.at.column), (4, 3));
    assert_eq!(grammar.lang.as_deref(), Some("es"));
    assert_eq!(grammar.base.as_deref(), Some("http://example.org/app/grammars/"));
}

#[test]
fn a_declaration_behind_the_document_type_is_forgiven() {
    let text = "<!DOCTYPE vxml [ %more; ]>\n<?xml version='1.0'?>\n<vxml version='2.1'><form>\n<block><x/></block></form></vxml>";
    assert_eq!(findings(text), ["warning text-before-declaration 2:1", "warning unknown-element 4:8"]);
}
