//! What reading a notation needs besides building: diagnostics with their places, and the small formats.

use super::Setting;
use crate::dialogue::{Diagnostic, Position, Severity};
use std::ops::Range;
use url::Url;

/// What a diagnostic can be about.
pub(super) trait Place {
    /// The bytes of the text that are marked.
    fn range(&self, notes: &Notes<'_>) -> Range<usize>;
}

impl Place for Range<usize> {
    fn range(&self, _: &Notes<'_>) -> Range<usize> {
        self.clone()
    }
}

/// Of an element only the beginning of its tag is marked.
impl Place for roxmltree::Node<'_, '_> {
    fn range(&self, notes: &Notes<'_>) -> Range<usize> {
        let range = roxmltree::Node::range(self);
        let start = range.start + notes.skipped;
        start..start + if self.is_element() { notes.tag_length(start) } else { range.len() }
    }
}

/// The diagnostics of one text.
#[derive(Debug)]
pub(super) struct Notes<'a> {
    text: &'a str,
    file: &'a str,
    start: Position,
    /// Bytes of the text before the part that is parsed.
    pub(super) skipped: usize,
    list: Vec<Diagnostic>,
}

impl<'a> Notes<'a> {
    pub(super) fn new(text: &'a str, setting: &Setting<'a>) -> Self {
        Self { text, file: setting.uri, start: setting.text_offset, skipped: 0, list: Vec::new() }
    }

    /// Adds an error; the caller may add help to it.
    pub(super) fn error(&mut self, place: &impl Place, code: &str, message: impl Into<String>) -> &mut Diagnostic {
        let diagnostic = self.diagnostic(place, code, message);
        self.push(diagnostic)
    }

    /// Adds a warning.
    pub(super) fn warning(&mut self, place: &impl Place, code: &str, message: impl Into<String>) -> &mut Diagnostic {
        let diagnostic = self.diagnostic(place, code, message);
        self.push(Diagnostic { severity: Severity::Warning, ..diagnostic })
    }

    /// Adds an error at a line and column of the parsed part, both from 1.
    pub(super) fn error_at(&mut self, line: u32, column: u32, code: &str, message: String) {
        let parsed = self.text.get(self.skipped..).unwrap_or_default();
        let line_start: usize = parsed.split_inclusive('\n').take(line as usize - 1).map(str::len).sum();
        let in_line = parsed.get(line_start..).unwrap_or_default();
        let offset = in_line.char_indices().nth(column as usize - 1).map_or(in_line.len(), |(at, _)| at);
        let start = self.skipped + line_start + offset;
        let diagnostic = self.place(Diagnostic::error(code, self.file, message), start, start + 1);
        self.push(diagnostic);
    }

    /// An error that is kept for later.
    pub(super) fn diagnostic(&self, place: &impl Place, code: &str, message: impl Into<String>) -> Diagnostic {
        let range = place.range(self);
        self.place(Diagnostic::error(code, self.file, message), range.start, range.end)
    }

    pub(super) fn any_error(&self) -> bool {
        self.list.iter().any(Diagnostic::is_error)
    }

    /// Whether there are errors, and so many findings that no more are wanted: reading on would help nobody.
    pub(super) fn hopeless(&self) -> bool {
        self.list.len() > MOST_DIAGNOSTICS && self.any_error()
    }

    pub(super) fn errors(&self) -> usize {
        self.list.iter().filter(|diagnostic| diagnostic.is_error()).count()
    }

    pub(super) fn into_list(self) -> Vec<Diagnostic> {
        self.list
    }

    /// Positions count from where the text stands in its file.
    pub(super) fn place(&self, diagnostic: Diagnostic, start: usize, end: usize) -> Diagnostic {
        if self.list.len() >= MOST_DIAGNOSTICS {
            return diagnostic;
        }
        let mut diagnostic = diagnostic.at(self.text, start, end);
        if let Some(position) = &mut diagnostic.position {
            let before = self.start.column.saturating_sub(1);
            if position.line == 1 {
                position.column += before;
                let padding = " ".repeat(before.min(MOST_PADDING) as usize);
                diagnostic.source_line = diagnostic.source_line.map(|line| padding + &line);
            }
            position.line += self.start.line.saturating_sub(1);
            position.offset = position.offset.saturating_add(self.start.offset);
        }
        diagnostic
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic) -> &mut Diagnostic {
        // One after the last stands for the rest; an error must not be lost behind warnings.
        let rest = if self.list.len() > MOST_DIAGNOSTICS { self.list.pop() } else { None };
        self.list.push(rest.filter(|rest| rest.is_error() && !diagnostic.is_error()).unwrap_or(diagnostic));
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    fn tag_length(&self, start: usize) -> usize {
        let tag = self.text.get(start..).unwrap_or_default();
        tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(1)
    }
}

/// The part of an embedding line that a grammar's own text does not hold is shown as blanks, up to this many.
const MOST_PADDING: u32 = 400;

/// More findings than anybody reads; finding their places takes time.
pub(super) const MOST_DIAGNOSTICS: usize = 100;

/// A key by its character or name (SRGS 1.0 appendix E, and older names).
pub(super) fn key_of(word: &str) -> Option<char> {
    let word = word.to_ascii_lowercase();
    let word = word.strip_prefix("dtmf-").unwrap_or(&word);
    match word {
        "star" => Some('*'),
        "pound" | "hash" => Some('#'),
        _ => {
            let mut keys = word.chars().map(|key| key.to_ascii_uppercase());
            let key = keys.next().filter(|key| is_key(*key))?;
            keys.next().is_none().then_some(key)
        }
    }
}

/// Whether it is on a telephone.
pub(super) fn is_key(key: char) -> bool {
    matches!(key, '0'..='9' | '*' | '#' | 'A'..='D')
}

/// `n`, `n-m` or `n-` (SRGS 1.0 §2.5).
pub(super) fn repeat_of(text: &str) -> Option<(u32, Option<u32>)> {
    let number = |text: &str| {
        let text = text.trim();
        text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
    };
    match text.split_once('-') {
        None => number(text).map(|exactly| (exactly, Some(exactly))),
        Some((min, max)) if max.trim().is_empty() => number(min).map(|min| (min, None)),
        Some((min, max)) => {
            let (min, max) = (number(min)?, number(max)?);
            (min <= max).then_some((min, Some(max)))
        }
    }
}

/// An absolute URI without fragment.
pub(super) fn resolve(base: &str, reference: &str) -> Option<String> {
    let mut url = match Url::parse(reference) {
        Ok(url) => url,
        Err(_) => Url::parse(base).ok()?.join(reference).ok()?,
    };
    url.set_fragment(None);
    Some(url.into())
}
