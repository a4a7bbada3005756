use super::*;
use proptest::prelude::*;

fn codes(text: &str) -> Vec<String> {
    read(text, URI).diagnostics.into_iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn deep_nesting_is_refused() {
    for depth in [200, 100_000] {
        let text =
            vxml(&format!("<form><block>{}{}</block></form>", "<if cond='a'>".repeat(depth), "</if>".repeat(depth)));
        assert_eq!(codes(&text), ["nested-too-deep"]);
    }
    let open = "<a>".repeat(100_000);
    assert_eq!(codes(&open), ["not-well-formed"]);
}

#[test]
fn nesting_as_deep_as_allowed_is_read() {
    let text = vxml(&format!("<form><block>{}x{}</block></form>", "<if cond='a'>".repeat(120), "</if>".repeat(120)));
    assert!(codes(&text).is_empty());
    let text = vxml(&format!("<form><block>{}x{}</block></form>", "<emphasis>".repeat(120), "</emphasis>".repeat(120)));
    assert!(codes(&text).is_empty());
}

#[test]
fn entity_bombs_are_refused() {
    let mut declarations = "<!ENTITY e0 'lol'>".to_owned();
    for level in 1..10 {
        declarations.push_str(&format!("<!ENTITY e{level} '{}'>", format!("&e{};", level - 1).repeat(10)));
    }
    let body = "<vxml version='2.1'><form><block>&e9;</block></form></vxml>";
    assert_eq!(codes(&format!("<!DOCTYPE vxml [{declarations}]>{body}")), ["entity-expansion"]);
    assert_eq!(codes(&format!("<!DOCTYPE vxml [<!ENTITY e9 '&e9;'>]>{body}")), ["entity-expansion"]);
}

#[test]
fn markup_out_of_all_proportion_is_refused() {
    let attributes: String = (0..100_000).map(|index| format!(" a{index}=''")).collect();
    assert_eq!(codes(&format!("<vxml{attributes}/>")), ["too-many-attributes"]);
    assert_eq!(codes(&vxml(&" ".repeat(9_000_000))), ["document-too-large"]);
    let many = codes(&vxml(&"<x/>".repeat(10_000)));
    assert!(many.len() < 1000);
}

const DOCUMENT: &str = r##"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE vxml [ <!ENTITY who "caller"> ]>
<vxml version="2.1" xmlns="http://www.w3.org/2001/vxml" xmlns:x="urn:x" xml:lang="en-US">
  <var name="n" expr="1 + 1"/><catch event="error. exit"><exit/></catch>
  <menu id="m" dtmf="true"><prompt>Hello &who;, <enumerate/></prompt><choice next="#f">Sales é</choice></menu>
  <form id="f"><field name="a" type="digits?length=4"><option dtmf="1">One</option>
    <grammar mode="dtmf" root="r"><rule id="r" x:y="z">1 &ntilde;</rule></grammar>
    <filled><if cond="a &lt; 1"><goto next="#m"/><elseif cond="b"/><audio src="a.wav">alt</audio><else/>no</if></filled></field>
    <block><script><![CDATA[ var x = a && b < c; ]]></script><submit next="s" namelist="a n"/></block></form>
</vxml>"##;

#[test]
fn the_document_that_is_mutated_is_a_good_one() {
    assert!(codes(DOCUMENT).is_empty(), "{:#?}", read(DOCUMENT, URI).diagnostics);
}

fn scraps() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "<",
        ">",
        "</",
        "/>",
        "&",
        ";",
        "\"",
        "'",
        "=",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?xml ",
        "?>",
        "<!DOCTYPE",
        "[",
        "]",
        "<!ENTITY a '&b;'>",
        "&a;",
        "%p;",
        "x:",
        "xmlns:x='y'",
        "<form>",
        "</form>",
        "<else/>",
        "<grammar>",
        "\u{0}",
        "\u{FEFF}",
        "é",
        "\r\n",
        "<prompt>",
        "<foreach>",
        " cond='",
        "&#0;",
        "&nbsp;",
    ])
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,200}") {
        findings(&text);
    }

    #[test]
    fn any_scraps_of_markup_are_read_without_panic(scraps in prop::collection::vec(scraps(), 0..40)) {
        findings(&scraps.concat());
        findings(&vxml(&scraps.concat()));
    }

    #[test]
    fn mutated_documents_are_read_without_panic(
        cuts in prop::collection::vec((0usize..DOCUMENT.len(), 0usize..12, scraps()), 1..4),
    ) {
        let mut text: Vec<char> = DOCUMENT.chars().collect();
        for (at, removed, inserted) in cuts {
            let at = at.min(text.len());
            let end = (at + removed).min(text.len());
            text.splice(at..end, inserted.chars());
        }
        findings(&text.into_iter().collect::<String>());
    }
}
