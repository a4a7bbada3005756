use crate::dialogue::{Diagnostic, Position};
use std::cell::RefCell;
use std::ops::Range;

/// How many diagnostics of one document are kept; a generated document can be wrong a thousand times over.
const MOST_DIAGNOSTICS: usize = 200;

/// Lines longer than this are not quoted in diagnostics, in bytes.
const LONGEST_QUOTED_LINE: usize = 4096;

/// Characters are counted up to every block of this many bytes, so that a column is found without reading the line.
const BLOCK: usize = 128;

/// The text of a document, its places, and what has been found wrong with it so far.
pub(super) struct Source<'t> {
    pub(super) text: &'t str,
    pub(super) uri: &'t str,
    line_starts: Vec<usize>,
    characters_before_block: Vec<usize>,
    /// Whether bytes and characters are the same.
    ascii: bool,
    found: RefCell<Found>,
}

#[derive(Default)]
struct Found {
    diagnostics: Vec<Diagnostic>,
    has_error: bool,
}

impl<'t> Source<'t> {
    pub(super) fn new(text: &'t str, uri: &'t str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let mut before = 0;
        let characters_before_block = text
            .as_bytes()
            .chunks(BLOCK)
            .map(|block| {
                let here = before;
                before += characters(block);
                here
            })
            .collect();
        Self {
            text,
            uri,
            ascii: text.is_ascii(),
            line_starts: std::iter::once(0).chain(newlines).collect(),
            characters_before_block,
            found: RefCell::default(),
        }
    }

    /// The position of a byte offset; offsets past the end give the end.
    pub(super) fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_of(offset);
        let column = self.characters_before(offset) - self.characters_before(self.line_start(line));
        Position { line: line as u32, column: column as u32 + 1, offset: offset as u32 }
    }

    /// Keeps a diagnostic, placed on a byte range. Of very many, the first are kept, and always one error if there is one.
    pub(super) fn report(&self, mut diagnostic: Diagnostic, range: Range<usize>) {
        let mut found = self.found.borrow_mut();
        let first_error = diagnostic.is_error() && !found.has_error;
        found.has_error |= diagnostic.is_error();
        if found.diagnostics.len() >= MOST_DIAGNOSTICS {
            if !first_error {
                return;
            }
            found.diagnostics.pop();
        }
        let position = self.position(range.start);
        let line = self.line(position.line as usize);
        let marked = self.text.get(position.offset as usize..range.end).unwrap_or_default();
        let marked = marked.split('\n').next().unwrap_or_default();
        diagnostic.length = (marked.chars().count() as u32).max(1);
        diagnostic.source_line = (line.len() <= LONGEST_QUOTED_LINE).then(|| line.to_owned());
        diagnostic.position = Some(position);
        found.diagnostics.push(diagnostic);
    }

    /// The diagnostics, in the order of the text.
    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut diagnostics = self.found.into_inner().diagnostics;
        diagnostics.sort_by_key(|diagnostic| diagnostic.position.map(|position| position.offset));
        diagnostics
    }

    fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    fn line_start(&self, line: usize) -> usize {
        self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or_default()
    }

    fn line(&self, line: usize) -> &'t str {
        let end = self.line_starts.get(line).map_or(self.text.len(), |next| next.saturating_sub(1));
        self.text.get(self.line_start(line)..end).unwrap_or_default().trim_end_matches('\r')
    }

    fn characters_before(&self, offset: usize) -> usize {
        if self.ascii {
            return offset;
        }
        let block = offset / BLOCK;
        let known = self.characters_before_block.get(block).copied().unwrap_or_else(|| {
            // Only the very end of a text that fills its last block has no block of its own.
            characters(self.text.as_bytes().get(..block * BLOCK).unwrap_or_default())
        });
        known + characters(self.text.as_bytes().get(block * BLOCK..offset).unwrap_or_default())
    }
}

/// How many characters of UTF-8 start in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::Severity;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn positions_agree_with_the_plain_count(text in "([a-zé€\n]{0,40}){0,20}", offset in 0usize..700) {
            prop_assert_eq!(Source::new(&text, "u").position(offset), Position::of(&text, offset));
        }
    }

    #[test]
    fn an_error_is_kept_behind_any_number_of_warnings() {
        let source = Source::new("x", "u");
        for _ in 0..1000 {
            source.report(Diagnostic::warning("w", "u", "w"), 0..1);
        }
        source.report(Diagnostic::error("e", "u", "e"), 0..1);
        let found = source.into_diagnostics();
        assert_eq!(found.len(), MOST_DIAGNOSTICS);
        assert!(found.iter().any(|diagnostic| diagnostic.severity == Severity::Error));
    }
}
