use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::borrow::Cow;

/// Writes XML into memory; quick-xml does all escaping.
pub(super) struct Xml(Writer<Vec<u8>>);

impl Xml {
    pub(super) fn new() -> Self {
        Self(Writer::new(Vec::new()))
    }

    /// A whole document: the declaration and `<Response>` around verbs that are already written.
    pub(super) fn response(verbs: &str) -> String {
        let mut xml = Self::new();
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml.event(Event::Text(BytesText::from_escaped("\n")));
        xml.wrap("Response", &[], verbs, "");
        xml.finish()
    }

    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.event(Event::Start(start(name, attributes)));
    }

    pub(super) fn close(&mut self, name: &str) {
        self.event(Event::End(BytesEnd::new(name)));
    }

    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.event(Event::Empty(start(name, attributes)));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.event(Event::Text(BytesText::new(&legal(text))));
    }

    /// An element with text only.
    pub(super) fn leaf(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(name, attributes);
        self.text(text);
        self.close(name);
    }

    /// An element around `inner`, which is XML already.
    pub(super) fn element(&mut self, name: &str, attributes: &[(&str, &str)], inner: &str) {
        self.open(name, attributes);
        self.event(Event::Text(BytesText::from_escaped(inner)));
        self.close(name);
    }

    /// An element around `inner`, which is XML already, a line each.
    pub(super) fn wrap(&mut self, name: &str, attributes: &[(&str, &str)], inner: &str, indent: &str) {
        self.element(name, attributes, &format!("\n{inner}{indent}"));
    }

    pub(super) fn finish(self) -> String {
        String::from_utf8(self.0.into_inner())
            .unwrap_or_else(|bad| String::from_utf8_lossy(bad.as_bytes()).into_owned())
    }

    fn event(&mut self, event: Event<'_>) {
        // Writing into a vector has no way to fail.
        let _ = self.0.write_event(event);
    }
}

fn start<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, &*legal(value)));
    }
    start
}

/// The text without the characters XML 1.0 cannot hold (§2.2), not even escaped.
pub(super) fn legal(text: &str) -> Cow<'_, str> {
    // ASCII without control characters, which nearly every text is, is looked through at once.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || text.chars().all(is_legal) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|&c| is_legal(c)).collect())
}

fn is_legal(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_are_escaped_and_stripped_of_what_xml_cannot_hold() {
        let mut xml = Xml::new();
        xml.leaf("Play", &[("digits", "1\"<&\u{1}")], "a<b & c\u{0}\u{FFFE}\u{1b}");
        let text = xml.finish();
        let document = roxmltree::Document::parse(&text).unwrap();
        assert_eq!(document.root_element().text(), Some("a<b & c"));
        assert_eq!(document.root_element().attribute("digits"), Some("1\"<&"));
    }
}
