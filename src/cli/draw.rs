use super::Failure;
use crate::dialogue::{Diagnostic, Severity};
use crate::server::config::ConfigError;
use annotate_snippets::{AnnotationKind, Element, Group, Level, Renderer, Snippet};
use std::io::IsTerminal as _;

/// Draws diagnostics for people: the place, the line with a caret, what was expected and what to do.
pub(super) fn draw<'a>(findings: impl IntoIterator<Item = &'a Diagnostic>, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut page = String::new();
    for finding in findings {
        page.push_str(&renderer.render(&[group(finding)]));
        page.push_str("\n\n");
    }
    page
}

/// Whether standard error is looked at by a person who wants colours.
pub(super) fn coloured() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Failure::unable(draw([&*error.0], coloured()))
    }
}

fn group(finding: &Diagnostic) -> Group<'_> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut elements: Vec<Element<'_>> = Vec::new();
    match (&finding.position, &finding.source_line) {
        (Some(at), Some(line)) => {
            let start = byte_of(line, at.column.saturating_sub(1) as usize);
            let end = byte_of(line, at.column.saturating_sub(1) as usize + finding.length as usize);
            let mut mark = AnnotationKind::Primary.span(start..end.max(start));
            if let Some(expected) = &finding.expected {
                mark = mark.label(format!("expected {expected}"));
            }
            let snippet = Snippet::source(line.as_str()).line_start(at.line as usize);
            elements.push(snippet.path(finding.file.as_str()).annotation(mark).into());
        }
        _ => {
            let origin = annotate_snippets::Origin::path(finding.file.as_str());
            let origin = match finding.position {
                Some(at) => origin.line(at.line as usize).char_column(at.column as usize),
                None => origin,
            };
            elements.push(origin.into());
            if let Some(expected) = &finding.expected {
                elements.push(Level::NOTE.message(format!("expected {expected}")).into());
            }
        }
    }
    if let Some(help) = &finding.help {
        elements.push(Level::HELP.message(help.as_str()).into());
    }
    level.primary_title(finding.message.as_str()).id(finding.code.as_str()).elements(elements)
}

/// The byte at which character `count` of a line begins; the end if it has fewer.
fn byte_of(line: &str, count: usize) -> usize {
    line.char_indices().nth(count).map_or(line.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_what_is_wrong() {
        let text = "<form>\n  <fíeld nme=\"x\"/>\n</form>";
        let at = text.find("nme").unwrap();
        let finding = Diagnostic::error("unknown-attribute", "a.vxml", "`nme` is no attribute of <field>")
            .at(text, at, at + 3)
            .expected("`name`")
            .help("write name=\"x\"");
        let page = draw([&finding], false);
        let lines: Vec<&str> = page.lines().collect();
        assert!(page.contains("error[unknown-attribute]: `nme`"), "{page}");
        assert!(page.contains("a.vxml:2:10"), "{page}");
        let caret = lines.iter().position(|line| line.contains("^^^ expected `name`")).unwrap();
        let column = |line: &str, what: char| line.chars().position(|c| c == what);
        assert_eq!(column(lines[caret], '^'), column(lines[caret - 1], 'n'), "{page}");
        assert!(page.contains("help: write name"), "{page}");
    }

    #[test]
    fn a_finding_about_a_whole_file_names_it() {
        let page = draw([&Diagnostic::warning("empty", "b.vxml", "nothing in it")], false);
        assert!(page.contains("warning[empty]: nothing in it") && page.contains("b.vxml"), "{page}");
    }
}
