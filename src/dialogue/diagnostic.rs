use serde::{Deserialize, Serialize};
use std::fmt;

/// How much a [`Diagnostic`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; the document runs.
    Warning,
    /// The document (or grammar) cannot run.
    Error,
}

/// A place in a text: line and column count characters from 1, the offset counts bytes from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Byte offset into the decoded text, from 0.
    pub offset: u32,
}

impl Position {
    /// The position of the byte `offset` in `text`; offsets past the end give the end.
    pub fn of(text: &str, offset: usize) -> Self {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() as u32 + 1,
            column: before[line_start..].chars().count() as u32 + 1,
            offset: end as u32,
        }
    }
}

/// One finding about a file: where it is, what is wrong, what was expected and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Does it stop the document?
    pub severity: Severity,
    /// A stable, kebab-case name of the kind of finding, e.g. `unknown-element`.
    pub code: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The file or URL.
    pub file: String,
    /// Where in the file; `None` if the whole file is meant.
    pub position: Option<Position>,
    /// How many characters the caret line marks (at least 1).
    pub length: u32,
    /// The text of the line the position is in.
    pub source_line: Option<String>,
    /// What would have been right there.
    pub expected: Option<String>,
    /// What the reader should do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic about a whole file.
    pub fn new(severity: Severity, code: &str, file: &str, message: impl Into<String>) -> Self {
        Self {
            severity,
            code: code.to_owned(),
            message: message.into(),
            file: file.to_owned(),
            position: None,
            length: 1,
            source_line: None,
            expected: None,
            help: None,
        }
    }

    /// An error about a whole file.
    pub fn error(code: &str, file: &str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, file, message)
    }

    /// A warning about a whole file.
    pub fn warning(code: &str, file: &str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, file, message)
    }

    /// Places the diagnostic on the byte range `start..end` of `text`, keeping the source line.
    #[must_use]
    pub fn at(mut self, text: &str, start: usize, end: usize) -> Self {
        let position = Position::of(text, start);
        let line = text.lines().nth(position.line as usize - 1).unwrap_or_default();
        let rest_of_line = (line.chars().count() as u32 + 1).saturating_sub(position.column).max(1);
        let wanted = text.get(start..end).map_or(1, |marked| marked.chars().count() as u32);
        self.length = wanted.clamp(1, rest_of_line);
        self.source_line = Some(line.to_owned());
        self.position = Some(position);
        self
    }

    /// Says what would have been right.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether the document cannot run because of it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        match self.position {
            Some(at) => {
                write!(f, "{}:{}:{}: {severity}[{}]: {}", self.file, at.line, at.column, self.code, self.message)
            }
            None => write!(f, "{}: {severity}[{}]: {}", self.file, self.code, self.message),
        }?;
        if let Some(expected) = &self.expected {
            write!(f, "; expected {expected}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "; {help}")?;
        }
        Ok(())
    }
}
