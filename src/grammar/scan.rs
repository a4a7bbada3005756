//! The characters of a grammar that is not XML: blanks and comments, marks, names, quoted and bracketed text. What ABNF
//! (SRGS 1.0 appendix D) and JSGF have in common.

use std::collections::HashMap;
use std::ops::Range;

/// Reads from the front of a text. All offsets are bytes of the whole text.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut scanner = Self { text, at: 0 };
        scanner.eat_raw("\u{feff}");
        scanner.skip();
        scanner
    }

    /// Where it stands, at the end before blanks if nothing is left.
    pub(super) fn here(&self) -> Range<usize> {
        match self.rest().chars().next() {
            Some(next) => self.at..self.at + next.len_utf8(),
            None => {
                let end = self.text.trim_end().len();
                end..end
            }
        }
    }

    /// From a place it stood at to here.
    pub(super) fn since(&self, start: usize) -> Range<usize> {
        start..start + self.text[start..self.at].trim_end().len()
    }

    /// The place it stands at.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(super) fn at_end(&self) -> bool {
        self.rest().is_empty()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Takes a mark if it is next, and the blanks and comments behind it.
    pub(super) fn eat(&mut self, mark: &str) -> bool {
        let taken = self.eat_raw(mark);
        if taken {
            self.skip();
        }
        taken
    }

    /// Takes a word of letters (and hyphens) if it is next and ends there.
    pub(super) fn keyword(&mut self, word: &str) -> bool {
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        let taken = self.rest().strip_prefix(word).is_some_and(ends);
        if taken {
            self.at += word.len();
            self.skip();
        }
        taken
    }

    /// Takes characters as long as they are wanted; possibly none.
    pub(super) fn take(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let taken = self.take_raw(wanted);
        self.skip();
        taken
    }

    /// Takes all up to a mark, and the mark; `None`, and nothing taken, if it does not come.
    pub(super) fn until(&mut self, close: &str) -> Option<&'t str> {
        let taken = self.until_raw(close);
        self.skip();
        taken
    }

    /// As [`Scanner::until`], but without the blanks behind it.
    pub(super) fn until_raw(&mut self, close: &str) -> Option<&'t str> {
        let (taken, _) = self.rest().split_once(close)?;
        self.at += taken.len() + close.len();
        Some(taken)
    }

    /// Where each brace of the whole text that is closed is so, by where it opens.
    pub(super) fn braces(&self) -> HashMap<usize, usize> {
        let mut open = Vec::new();
        let mut pairs = HashMap::new();
        for (at, brace) in self.text.bytes().enumerate() {
            match brace {
                b'{' => open.push(at),
                b'}' => pairs.extend(open.pop().map(|start| (start, at))),
                _ => {}
            }
        }
        pairs
    }

    /// Takes so many bytes, and the blanks behind them.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
        self.skip();
    }

    /// Takes a text in quotes, with `\` before characters that stand for themselves.
    pub(super) fn quoted(&mut self, quote: char) -> Option<String> {
        self.escaped(quote, quote)
    }

    /// Takes a text from `open` to `close`, with `\` before characters that stand for themselves.
    pub(super) fn escaped(&mut self, open: char, close: char) -> Option<String> {
        let mut text = String::new();
        let mut chars = self.rest().strip_prefix(open)?.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => {
                    let (_, c) = chars.next()?;
                    if c != close && c != '\\' && !c.is_ascii_punctuation() {
                        text.push('\\');
                    }
                    text.push(c);
                }
                _ if c == close => {
                    self.at += open.len_utf8() + at + close.len_utf8();
                    self.skip();
                    return Some(text);
                }
                _ => text.push(c),
            }
        }
        None
    }

    /// Goes behind the next mark, or to the end.
    pub(super) fn skip_past(&mut self, mark: char) {
        self.at = self.rest().find(mark).map_or(self.text.len(), |at| self.at + at + mark.len_utf8());
        self.skip();
    }

    fn take_raw(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|c| !wanted(c)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    /// Takes a mark if it is next, but no blanks behind it.
    pub(super) fn eat_raw(&mut self, mark: &str) -> bool {
        let taken = self.rest().starts_with(mark);
        self.at += if taken { mark.len() } else { 0 };
        taken
    }

    /// Over blanks, `// …` and `/* … */`; a comment that does not end goes to the end of the text.
    fn skip(&mut self) {
        loop {
            self.take_raw(char::is_whitespace);
            if self.rest().starts_with("//") {
                self.take_raw(|c| c != '\n');
            } else if self.rest().starts_with("/*") {
                self.at = self.rest().find("*/").map_or(self.text.len(), |at| self.at + at + 2);
            } else {
                return;
            }
        }
    }
}
