//! Holds a document's tree against the vocabulary: unknown, misplaced and contradictory markup.

use super::element::Element;
use super::vocabulary::{FETCH_ATTRIBUTES, Rule, class};
use crate::dialogue::Diagnostic;

/// Checks an element and everything inside.
pub(super) fn check<'r>(root: Element<'r>, rule: &'static Rule) {
    attributes(root, rule);
    // What is still to be looked into: an element and the rule its content is held against.
    let mut open = vec![(root, rule)];
    while let Some((parent, rule)) = open.pop() {
        if !rule.text {
            stray_text(parent, rule);
        }
        for child in parent.elements() {
            let Some(child_rule) = child.rule() else {
                unknown(child, rule);
                if rule.class & class::ITEM == 0 && rule.content & class::EXECUTABLE == 0 && rule.text {
                    open.push((child, rule));
                }
                continue;
            };
            let inherited = if rule.class == class::BRANCH { class::ACTIONS } else { rule.content };
            if child_rule.class & inherited == 0 {
                misplaced(child, child_rule, rule);
                continue;
            }
            attributes(child, child_rule);
            if !child_rule.opaque {
                open.push((child, child_rule));
            }
        }
    }
}

fn unknown(element: Element<'_>, parent: &Rule) {
    let message = format!("<{}> is not an element of VoiceXML", element.name());
    let help = if parent.content & class::EXECUTABLE == 0 && parent.text {
        "its text is kept, the rest of it is ignored"
    } else {
        "it is ignored"
    };
    element.warning("unknown-element", message, help);
}

fn misplaced(element: Element<'_>, rule: &Rule, parent: &Rule) {
    let message = format!("<{}> cannot stand in <{}>", rule.name, parent.name);
    if rule.class & class::HARMLESS == 0 {
        element.error("misplaced-element", message, "move it to where it belongs, or remove it");
    } else if parent.name == "form" && rule.class & class::ACTIONS != 0 {
        element.warning("misplaced-element", message, "it is ignored; put it into a <block>");
    } else {
        element.warning("misplaced-element", message, "it is ignored; move it to where it belongs");
    }
}

fn stray_text(element: Element<'_>, rule: &Rule) {
    let text = element.node.children().filter(|node| node.is_text());
    let stray = text.into_iter().find(|node| node.text().is_some_and(|text| !text.trim().is_empty()));
    if let Some(node) = stray {
        let start = node.text().map_or(0, |text| text.len() - text.trim_start().len()) + node.range().start;
        let message = format!("text cannot stand directly in <{}>", rule.name);
        let diagnostic = Diagnostic::warning("stray-text", element.reader.source.uri, message)
            .help("it is ignored; what callers should hear belongs into a <prompt>");
        element.reader.source.report(diagnostic, element.reader.place(start..node.range().end));
    }
}

fn attributes(element: Element<'_>, rule: &Rule) {
    if !rule.instead.is_empty() {
        let message = format!("<{}> is VoiceXML 1.0", rule.name);
        element.warning("outdated-element", message, &format!("use {}", rule.instead));
    }
    for attribute in element.node.attributes().filter(|attribute| attribute.namespace().is_none()) {
        let name = attribute.name();
        let is = |known: &str| known.split_ascii_whitespace().any(|known| known == name);
        if !is(rule.attributes) && !(rule.fetches && is(FETCH_ATTRIBUTES)) {
            let message = format!("<{}> has no attribute `{name}`", rule.name);
            let help = "it is ignored";
            let diagnostic = Diagnostic::warning("unknown-attribute", element.reader.source.uri, message).help(help);
            element.reader.source.report(diagnostic, element.attribute_range(name));
        }
    }
    for name in rule.required.split_ascii_whitespace().filter(|name| element.attribute(name).is_none()) {
        element.error("missing-attribute", format!("<{}> needs `{name}`", rule.name), &format!("add {name}=\"…\""));
    }
    exclusive(element, rule.exactly_one, true);
    for set in rule.at_most_one {
        exclusive(element, set, false);
    }
}

/// Of the attributes in `set` only one may be there, and one must be if `needed`.
fn exclusive(element: Element<'_>, set: &str, needed: bool) {
    let mut given = set.split_ascii_whitespace().filter(|name| element.attribute(name).is_some());
    let list = || set.split_ascii_whitespace().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match (given.next(), given.next()) {
        (None, _) if needed && !set.is_empty() => {
            let message = format!("<{}> needs one of {}", element.name(), list());
            element.error("missing-attribute", message, "add the one that is meant");
        }
        (Some(first), Some(second)) => {
            let message = format!("<{}> cannot have both `{first}` and `{second}`", element.name());
            let diagnostic = Diagnostic::error("exclusive-attributes", element.reader.source.uri, message)
                .expected(format!("only one of {}", list()))
                .help("remove all but one");
            element.reader.source.report(diagnostic, element.attribute_range(second));
        }
        _ => {}
    }
}
