//! Holds a document's tree against the vocabulary: unknown, misplaced and contradictory markup.

use super::element::{Element, XML_NAMESPACE};
use super::vocabulary::{FETCH_ATTRIBUTES, Rule, class};
use crate::dialogue::Diagnostic;

/// The namespace of `xsi:schemaLocation`, which says nothing about dialogues.
const SCHEMA_NAMESPACE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Required attributes that name something: an empty name is none.
const NAMES: [&str; 2] = ["name", "item"];

/// An element to look into, and what it may contain.
struct Open<'r> {
    element: Element<'r>,
    rule: &'static Rule,
    content: u32,
}

/// Checks an element and everything inside.
pub(super) fn check<'r>(root: Element<'r>, rule: &'static Rule) {
    attributes(root, rule);
    let mut open = vec![Open { element: root, rule, content: rule.content }];
    while let Some(parent) = open.pop() {
        if !parent.rule.text && parent.rule.class != class::BRANCH {
            stray_text(parent.element, parent.rule);
        }
        for child in parent.element.elements() {
            let Some(rule) = child.rule() else {
                unknown(child, keeps_text(&parent));
                if keeps_text(&parent) {
                    open.push(Open { element: child, ..parent });
                }
                continue;
            };
            if rule.class & parent.content == 0 {
                misplaced(child, rule, parent.rule);
                continue;
            }
            attributes(child, rule);
            if !rule.opaque {
                open.push(Open { element: child, rule, content: content(rule, &parent) });
            }
        }
    }
}

/// What an element may contain where it stands: a `<foreach>` what is around it, and in an `<elseif>` or `<else>` is
/// read what should stand after it.
fn content(rule: &Rule, parent: &Open<'_>) -> u32 {
    match rule.class {
        class::FOREACH if parent.content & class::EXECUTABLE == 0 => class::SPOKEN | class::PROMPT,
        class::BRANCH => class::ACTIONS,
        _ => rule.content,
    }
}

/// Whether the text of unknown elements inside is kept: in whatever is spoken.
fn keeps_text(parent: &Open<'_>) -> bool {
    let speaks = parent.content & class::SPEECH != 0 && parent.content & class::EXECUTABLE == 0;
    speaks && parent.rule.class & (class::ITEM | class::DIALOG) == 0
}

fn unknown(element: Element<'_>, kept: bool) {
    if element.reader.profile.knows_element(element.node.tag_name().namespace(), element.name()) {
        return;
    }
    let name = element.name_range();
    let written = element.reader.source.text.get(name.start + 1..name.end).unwrap_or(element.name());
    let message = format!("<{written}> is not an element of VoiceXML");
    let help = if kept { "its text is kept, the rest of it is ignored" } else { "it is ignored" };
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
    element.check_language();
    for attribute in element.node.attributes() {
        let name = attribute.name();
        let is = |known: &str| known.split_ascii_whitespace().any(|known| known == name);
        let known = match attribute.namespace() {
            None => is(rule.attributes) || (rule.fetches && is(FETCH_ATTRIBUTES)),
            Some(namespace) => matches!(namespace, XML_NAMESPACE | SCHEMA_NAMESPACE),
        };
        if !known && !element.reader.profile.knows_attribute(attribute.namespace(), name) {
            let message = format!("<{}> has no attribute `{name}`", rule.name);
            let diagnostic =
                Diagnostic::warning("unknown-attribute", element.reader.source.uri, message).help("it is ignored");
            element.reader.source.report(diagnostic, element.reader.place(attribute.range()));
        }
    }
    for name in rule.required.split_ascii_whitespace().filter(|name| element.attribute(name).is_none()) {
        element.error("missing-attribute", format!("<{}> needs `{name}`", rule.name), &format!("add {name}=\"…\""));
    }
    for name in NAMES.iter().filter(|name| rule.required.split_ascii_whitespace().any(|known| known == **name)) {
        if element.attribute(name).is_some_and(|value| value.trim().is_empty()) {
            let message = format!("`{name}` of <{}> is empty", rule.name);
            let diagnostic = Diagnostic::error("empty-attribute", element.reader.source.uri, message)
                .expected("a name")
                .help("write the name that is meant");
            element.reader.source.report(diagnostic, element.attribute_range(name));
        }
    }
    for name in rule.wanted.split_ascii_whitespace().filter(|name| element.attribute(name).is_none()) {
        let message = format!("<{}> has no `{name}`", rule.name);
        element.warning("missing-attribute", message, &format!("it has no effect; add {name}=\"…\""));
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
