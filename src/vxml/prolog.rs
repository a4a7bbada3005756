//! What stands before the root element: found here because legacy servers send prologs that XML parsers refuse.

use super::entities::Entities;
use std::ops::Range;

/// The places in a document's prolog that matter, as byte offsets.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Prolog {
    /// The XML declaration, wherever it stands.
    pub(super) declaration: Option<Range<usize>>,
    /// The document type declaration.
    pub(super) doctype: Option<Doctype>,
    /// The `<` of the root element (or of whatever stands in its place).
    pub(super) root: Option<usize>,
    /// Whether only white space stands before the XML declaration.
    pub(super) blank_before_declaration: bool,
}

/// A document type declaration.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Doctype {
    /// What stands between `[` and `]`.
    pub(super) subset: Option<Range<usize>>,
    /// Its `>`.
    pub(super) end: usize,
}

/// A cursor over the text.
struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl Prolog {
    /// Finds the parts of the prolog; what is not well-formed is left to the XML parser.
    pub(super) fn of(text: &str) -> Self {
        let mut scanner = Scanner { text, at: 0 };
        let mut prolog = Self { blank_before_declaration: true, ..Self::default() };
        loop {
            scanner.skip_blanks();
            let start = scanner.at;
            if scanner.sees("<?") {
                let is_declaration = scanner.sees("<?xml ") || scanner.sees("<?xml\t") || scanner.sees("<?xml\n");
                if !scanner.skip_past("?>") {
                    return prolog;
                }
                if is_declaration && prolog.declaration.is_none() {
                    prolog.declaration = Some(start..scanner.at);
                }
            } else if scanner.sees("<!--") {
                prolog.blank_before_declaration &= prolog.declaration.is_some();
                if !scanner.skip_past("-->") {
                    return prolog;
                }
            } else if scanner.sees("<!DOCTYPE") && prolog.doctype.is_none() {
                prolog.blank_before_declaration &= prolog.declaration.is_some();
                let Some(doctype) = scanner.doctype() else { return prolog };
                prolog.doctype = Some(doctype);
            } else {
                prolog.root = scanner.sees("<").then_some(start);
                return prolog;
            }
        }
    }
}

/// What an internal subset declares.
#[derive(Default)]
pub(super) struct Subset {
    /// Its general entities.
    pub(super) entities: Entities,
    /// References to parameter entities (`%name;`) between declarations, which nothing here needs.
    pub(super) parameter_references: Vec<Range<usize>>,
}

impl Subset {
    /// Reads the internal subset in `range` of `text`.
    pub(super) fn of(text: &str, range: Range<usize>) -> Self {
        let mut subset = Self::default();
        let mut scanner = Scanner { text: text.get(..range.end).unwrap_or(text), at: range.start };
        while scanner.at < range.end {
            let start = scanner.at;
            if scanner.sees("<!--") {
                scanner.skip_past("-->");
            } else if scanner.sees("<?") {
                scanner.skip_past("?>");
            } else if scanner.sees("<!") {
                scanner.skip_declaration();
                if let Some((name, value)) = text.get(start..scanner.at).and_then(entity_declaration) {
                    subset.entities.declare(name, value);
                }
            } else if scanner.sees("%") && scanner.skip_past(";") {
                subset.parameter_references.push(start..scanner.at);
            }
            if scanner.at == start {
                scanner.step();
            }
        }
        subset
    }
}

/// Name and replacement text of `<!ENTITY name "text">`; external and parameter entities give none.
fn entity_declaration(declaration: &str) -> Option<(&str, &str)> {
    let rest = declaration.strip_prefix("<!ENTITY")?.trim_start();
    let (name, rest) = rest.split_once(|c: char| c.is_ascii_whitespace())?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let value = rest.get(1..)?.split(quote).next()?;
    (name != "%").then_some((name, value))
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn sees(&self, what: &str) -> bool {
        self.rest().starts_with(what)
    }

    fn step(&mut self) {
        self.at += self.rest().chars().next().map_or(1, char::len_utf8);
    }

    fn skip_blanks(&mut self) {
        let blank = |c: char| c.is_ascii_whitespace() || c == '\u{FEFF}';
        self.at = self.text.len() - self.rest().trim_start_matches(blank).len();
    }

    /// Goes past the next `what`, if there is one.
    fn skip_past(&mut self, what: &str) -> bool {
        let found = self.rest().find(what);
        self.at += found.map_or(0, |at| at + what.len());
        found.is_some()
    }

    /// Goes past a declaration, whose quoted parts may contain anything.
    fn skip_declaration(&mut self) {
        while let Some(at) = self.rest().find(['>', '"', '\'']) {
            self.at += at;
            let quote = if self.sees("\"") { "\"" } else { "'" };
            let closes = self.sees(">");
            self.at += 1;
            if closes || !self.skip_past(quote) {
                return;
            }
        }
        self.at = self.text.len();
    }

    /// Goes past a document type declaration; `None` if it does not end.
    fn doctype(&mut self) -> Option<Doctype> {
        let mut subset = None;
        while let Some(at) = self.rest().find(['>', '[', '"', '\'']) {
            self.at += at;
            let here = self.rest().chars().next()?;
            self.at += 1;
            match here {
                '>' => return Some(Doctype { subset, end: self.at - 1 }),
                '[' => {
                    let start = self.at;
                    self.skip_subset();
                    subset = Some(start..self.at);
                }
                quote => {
                    if !self.skip_past(quote.encode_utf8(&mut [0; 4])) {
                        return None;
                    }
                }
            }
        }
        None
    }

    /// Goes to the `]` that ends an internal subset.
    fn skip_subset(&mut self) {
        while let Some(at) = self.rest().find(['<', ']']) {
            self.at += at;
            if self.sees("]") {
                return;
            }
            let start = self.at;
            if self.sees("<!--") {
                self.skip_past("-->");
            } else if self.sees("<?") {
                self.skip_past("?>");
            } else {
                self.skip_declaration();
            }
            if self.at == start {
                self.step();
            }
        }
        self.at = self.text.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_found() {
        let text =
            " <!-- x --><?xml version='1.0'?>\n<!DOCTYPE vxml PUBLIC '>' \"[\" [ <!ENTITY a \"]>\"> %p; ]>\n<vxml/>";
        let prolog = Prolog::of(text);
        assert_eq!(&text[prolog.declaration.unwrap()], "<?xml version='1.0'?>");
        assert!(!prolog.blank_before_declaration);
        assert_eq!(&text[prolog.root.unwrap()..], "<vxml/>");
        let doctype = prolog.doctype.unwrap();
        assert_eq!(&text[doctype.end..=doctype.end], ">");
        let subset = Subset::of(text, doctype.subset.unwrap());
        assert!(subset.entities.declares("a"));
        assert_eq!(&text[subset.parameter_references[0].clone()], "%p;");
    }

    #[test]
    fn what_does_not_end_is_left_alone() {
        for text in [
            "",
            "<!--",
            "<?xml",
            "<!DOCTYPE vxml [",
            "<!DOCTYPE vxml [ <!ENTITY a \"",
            "<!DOCTYPE",
            "x<a/>",
            "<!DOCTYPE a [<!",
        ] {
            let prolog = Prolog::of(text);
            assert!(prolog.root.is_none() && prolog.doctype.is_none(), "{text}");
        }
    }
}
