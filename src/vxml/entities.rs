//! Entities: the ones HTML authors expect, and the ones a document declares itself.

use std::collections::HashMap;

/// How much text the entities of a document may expand to, in bytes.
const MOST_EXPANDED: usize = 4 * 1024 * 1024;

/// How many entities a document may declare; the XML parser looks them up one by one.
const MOST_ENTITIES: usize = 1024;

/// How many `=`, which attributes have, an entity's text may contain.
const MOST_EQUALS: usize = 512;

/// How deep entities may refer to each other; the XML parser's own limit.
const DEEPEST: usize = 10;

/// The Latin-1 entities of HTML 4 in order from U+00A0.
const LATIN_1: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn \
    sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde \
    Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde \
    Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil \
    egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave \
    uacute ucirc uuml yacute thorn yuml";

/// Other entities of HTML 4 that turn up in prompts.
const OTHERS: &[(&str, char)] = &[
    ("OElig", 'Œ'),
    ("oelig", 'œ'),
    ("Scaron", 'Š'),
    ("scaron", 'š'),
    ("Yuml", 'Ÿ'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("bull", '•'),
    ("hellip", '…'),
    ("euro", '€'),
    ("trade", '™'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
];

/// How long the names of these entities are at most.
pub(super) const LONGEST_HTML_ENTITY: usize = 6;

/// The character an HTML 4 entity stands for.
pub(super) fn html_entity(name: &str) -> Option<char> {
    let latin = LATIN_1.split_ascii_whitespace().position(|entity| entity == name);
    latin
        .and_then(|index| char::from_u32(0xA0 + index as u32))
        .or_else(|| OTHERS.iter().find(|(entity, _)| *entity == name).map(|(_, character)| *character))
}

/// The general entities a document declares, with their replacement texts as written.
#[derive(Default)]
pub(super) struct Entities(HashMap<String, String>);

impl Entities {
    /// Declares an entity; the first declaration counts (XML 1.0 §4.2).
    pub(super) fn declare(&mut self, name: &str, replacement: &str) {
        self.0.entry(name.to_owned()).or_insert_with(|| replacement.to_owned());
    }

    pub(super) fn declares(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether there are more entities, or stranger ones, or the references in `body` expand to more text, than a
    /// document can need.
    pub(super) fn is_bomb(&self, body: &str) -> bool {
        let is_strange = |text: &String| text.contains("xmlns") || text.matches('=').count() > MOST_EQUALS;
        if self.0.is_empty() {
            return false;
        }
        if self.0.len() > MOST_ENTITIES || self.0.values().any(is_strange) {
            return true;
        }
        let mut sizes = HashMap::new();
        let mut total = 0_usize;
        for name in references(body) {
            total = total.saturating_add(self.size(name, &mut sizes, 0));
        }
        total > MOST_EXPANDED
    }

    /// How much text an entity expands to; loops count as endless.
    fn size<'a>(&'a self, name: &'a str, sizes: &mut HashMap<&'a str, usize>, depth: usize) -> usize {
        if let Some(size) = sizes.get(name) {
            return *size;
        }
        let Some(replacement) = self.0.get(name) else { return 0 };
        if depth > DEEPEST {
            return usize::MAX;
        }
        let inner = references(replacement).map(|name| self.size(name, sizes, depth + 1));
        let size = inner.fold(replacement.len(), usize::saturating_add);
        sizes.insert(name, size);
        size
    }

    /// `xml` with its references to declared entities replaced, for text that leaves its document. What stands in
    /// CDATA sections stays; the number of lines stays as well.
    pub(super) fn replace_in(&self, xml: &str) -> String {
        let mut out = String::with_capacity(xml.len());
        self.replace(xml, &mut out, 0);
        out
    }

    fn replace(&self, xml: &str, out: &mut String, depth: usize) {
        let mut rest = xml;
        while let Some(at) = rest.find(['&', '<']) {
            let (before, here) = rest.split_at(at);
            out.push_str(before);
            let (taken, replacement) = match reference(here).and_then(|name| Some((name, self.0.get(name)?))) {
                Some((name, replacement)) if depth <= DEEPEST => (name.len() + 2, Some(replacement)),
                _ if here.starts_with("<![CDATA[") => (here.find("]]>").unwrap_or(here.len()), None),
                _ => (1, None),
            };
            let (taken, after) = here.split_at(taken);
            match replacement {
                Some(replacement) => self.replace(&replacement.replace(['\r', '\n'], " "), out, depth + 1),
                None => out.push_str(taken),
            }
            rest = after;
        }
        out.push_str(rest);
    }
}

/// The names of the entities that a text refers to, apart from XML's own.
pub(super) fn references(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('&').filter_map(|(at, _)| reference(text.get(at..)?))
}

/// The name in `&name;` at the start of `text`, unless it is one of XML's own or a character reference.
fn reference(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('&')?;
    let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')))?;
    let (name, after) = rest.split_at_checked(end)?;
    let own = matches!(name, "" | "amp" | "lt" | "gt" | "quot" | "apos");
    (after.starts_with(';') && !own).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_entities_are_known() {
        assert_eq!(html_entity("nbsp"), Some('\u{A0}'));
        assert_eq!(html_entity("ntilde"), Some('ñ'));
        assert_eq!(html_entity("yuml"), Some('ÿ'));
        assert_eq!(html_entity("euro"), Some('€'));
        assert_eq!(html_entity("foo"), None);
    }

    #[test]
    fn bombs_are_recognised() {
        let mut entities = Entities::default();
        entities.declare("a", &"x".repeat(1000));
        entities.declare("b", &"&a;".repeat(1000));
        assert!(!entities.is_bomb("&a; &b;"));
        assert!(entities.is_bomb(&"&b;".repeat(5)));
        entities.declare("loop", "&loop;");
        assert!(entities.is_bomb("&loop;"));
    }

    #[test]
    fn references_are_replaced_outside_cdata() {
        let mut entities = Entities::default();
        entities.declare("city", "New\n&york;");
        entities.declare("york", "York");
        assert_eq!(entities.replace_in("<a b='&york;'>&city;<![CDATA[&city;]]>&amp;&#9;&x;"), {
            "<a b='York'>New York<![CDATA[&city;]]>&amp;&#9;&x;"
        });
    }
}
