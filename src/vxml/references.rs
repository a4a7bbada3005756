//! What a document says about itself: dialogs and items it goes to, and names it waits for, that are not there.
//!
//! All are warnings: a document runs until somebody goes there, and then throws the event the specification asks for.

use super::element::{COMMAS, Element, Reader, words};
use super::vocabulary::{PROPERTIES, class};
use crate::dialogue::{Diagnostic, LEGAL_VALUES};
use std::collections::HashSet;

/// So many names are listed where one of them is expected.
const MOST_NAMES: usize = 12;

/// Warns of what the document refers to in itself and does not have.
pub(super) fn check_references(reader: &Reader<'_>) {
    let root = Element { node: reader.tree.root_element(), reader };
    let dialogs: HashSet<&str> = root.children_of(class::DIALOG).filter_map(id).collect();
    let variables = Variables::of(root);
    for node in root.node.descendants().filter(roxmltree::Node::is_element) {
        let element = Element { node, reader: root.reader };
        let Some(rule) = element.rule() else { continue };
        match rule.name {
            "goto" | "choice" | "link" => dialog_target(element, "next", &dialogs),
            "subdialog" => dialog_target(element, "src", &dialogs),
            "property" => property_name(element),
            "catch" => event_names(element),
            _ => {}
        }
        if rule.class & (class::VAR | class::ITEM) != 0 {
            declared_name(element);
        }
        if let Some(variables) = &variables {
            variables.check(element, rule.name);
        }
        match rule.name {
            "goto" => item_target(element),
            "filled" => filled_names(element),
            _ => {}
        }
    }
}

fn id<'r>(dialog: Element<'r>) -> Option<&'r str> {
    dialog.attribute("id").map(str::trim).filter(|id| !id.is_empty())
}

/// `#id` that no dialog has (VoiceXML 2.0 §5.3.7: error.badfetch).
fn dialog_target(element: Element<'_>, attribute: &str, dialogs: &HashSet<&str>) {
    let Some(id) = element.attribute(attribute).and_then(|target| target.trim().strip_prefix('#')) else { return };
    if !dialogs.contains(id) {
        let message = format!("the document has no dialog `{id}`");
        warn(element, attribute, "unknown-dialog", message, dialogs, "who goes there gets error.badfetch");
    }
}

/// `nextitem` that no item of the form is called.
fn item_target(element: Element<'_>) {
    let (Some(name), Some(items)) = (element.attribute("nextitem"), items_around(element)) else { return };
    if !items.contains(name.trim()) {
        let message = format!("the form has no item `{name}`");
        warn(element, "nextitem", "unknown-item", message, &items, "who goes there gets error.badfetch");
    }
}

/// Names of a form-level `<filled>` that are no items of the form: it could wait for ever.
fn filled_names(element: Element<'_>) {
    let (Some(names), Some(items)) = (element.attribute("namelist"), items_around(element)) else { return };
    for name in words(names).map(|name| name.trim_start_matches("dialog.")) {
        if !items.contains(name) {
            let message = format!("the form has no item `{name}`");
            warn(element, "namelist", "unknown-item", message, &items, "nothing is waited for under this name");
        }
    }
}

/// The names of the items of the form around an element.
fn items_around<'r>(element: Element<'r>) -> Option<HashSet<&'r str>> {
    let around = element.node.ancestors().map(|node| Element { node, reader: element.reader });
    let form = around.into_iter().find(|element| element.name() == "form")?;
    Some(form.children_of(class::ITEM).filter_map(|item| item.attribute("name")).map(str::trim).collect())
}

/// What the document declares, as far as that can be seen without running it.
struct Variables<'r> {
    declared: HashSet<&'r str>,
    /// The text of its scripts, which may declare whatever they name.
    scripts: String,
}

impl<'r> Variables<'r> {
    /// `None` if variables may come from elsewhere: an application root, a fetched script.
    fn of(root: Element<'r>) -> Option<Self> {
        let mut variables = Self { declared: HashSet::from(["_event", "_message"]), scripts: String::new() };
        if root.attribute("application").is_some() {
            return None;
        }
        for node in root.node.descendants().filter(roxmltree::Node::is_element) {
            let element = Element { node, reader: root.reader };
            let Some(rule) = element.rule() else { continue };
            match rule.class {
                class::SCRIPT if element.attribute("src").or(element.attribute("srcexpr")).is_some() => return None,
                class::SCRIPT => variables.scripts.push_str(&element.text()),
                class::VAR | class::ITEM | class::DATA => {
                    variables.declared.extend(element.attribute("name").map(str::trim))
                }
                class::FOREACH => variables.declared.extend(element.attribute("item").map(str::trim)),
                _ => {}
            }
        }
        Some(variables)
    }

    /// Warns of names nobody declares (VoiceXML 2.0 §5.1: error.semantic).
    fn check(&self, element: Element<'_>, name: &str) {
        let attribute = match name {
            "assign" => "name",
            "clear" | "disconnect" | "exit" | "return" | "submit" | "subdialog" | "data" => "namelist",
            _ => return,
        };
        for written in words(element.attribute(attribute).unwrap_or_default()) {
            let own = written.trim_start_matches("dialog.").trim_start_matches("document.");
            let head = own.split(['.', '[']).next().unwrap_or_default().trim_end_matches('$');
            let is_elsewhere = matches!(head, "session" | "application" | "lastresult" | "");
            if !is_elsewhere && !self.declared.contains(head) && !self.scripts.contains(head) {
                let message = format!("nothing in the document declares `{written}`");
                let known = HashSet::new();
                warn(
                    element,
                    attribute,
                    "undeclared-variable",
                    message,
                    &known,
                    "where it is used the caller gets error.semantic",
                );
            }
        }
    }
}

/// A name that no variable can have (VoiceXML 2.0 §5.1: error.semantic); those that begin with `_` or end with `$` are the
/// platform's own.
fn declared_name(element: Element<'_>) {
    let Some(name) = element.attribute("name").map(str::trim).filter(|name| !name.is_empty()) else { return };
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))
        && !name.starts_with(|c: char| c.is_ascii_digit());
    let help = match is_plain {
        false => "where it is declared the caller gets error.semantic",
        true if name.starts_with('_') || name.ends_with('$') => "it may be one of the platform's own; choose another",
        true => return,
    };
    let message = format!("`{name}` is no name for a variable");
    let diagnostic = Diagnostic::warning("bad-name", element.reader.source.uri, message).help(help);
    element.reader.source.report(diagnostic.expected("letters, digits and `_`"), element.attribute_range("name"));
}

/// A property nobody knows. Those with a dot in their names are some platform's own.
fn property_name(element: Element<'_>) {
    let Some(name) = element.attribute("name").map(str::trim) else { return };
    property_value(element, name);
    let known = PROPERTIES.contains(&name) || element.reader.profile.property(name).is_some();
    if known || name.is_empty() || name.contains('.') {
        return;
    }
    let similar = PROPERTIES.iter().find(|known| known.eq_ignore_ascii_case(name) || is_close(known, name));
    let help = similar.map_or_else(|| "it has no effect".to_owned(), |known| format!("is `{known}` meant?"));
    let diagnostic =
        Diagnostic::warning("unknown-property", element.reader.source.uri, format!("no property is called `{name}`"));
    element.reader.source.report(diagnostic.help(help), element.attribute_range("name"));
}

/// A value its property cannot have; it does no harm until the caller is listened to under it.
fn property_value(element: Element<'_>, name: &str) {
    let Some(value) = element.attribute("value").map(str::trim) else { return };
    let illegal = LEGAL_VALUES.iter().find(|(known, _, is_legal)| *known == name && !is_legal(value));
    if let Some((_, expected, _)) = illegal {
        let message = format!("`{value}` is not a value of the property `{name}`");
        let diagnostic = Diagnostic::warning("bad-value", element.reader.source.uri, message)
            .expected(*expected)
            .help("where input is expected the caller gets error.semantic");
        element.reader.source.report(diagnostic, element.attribute_range("value"));
    }
}

/// Whether one letter too many, too few or wrong parts two names.
fn is_close(known: &str, name: &str) -> bool {
    let prefix = known.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
    let suffix = known.bytes().rev().zip(name.bytes().rev()).take_while(|(a, b)| a == b).count();
    known.len().abs_diff(name.len()) <= 1 && prefix + suffix + 1 >= known.len().max(name.len())
}

/// Event names are parted by blanks (VoiceXML 2.0 §5.2.2).
fn event_names(element: Element<'_>) {
    if element.attribute("event").is_some_and(|events| events.contains(COMMAS)) {
        element.bad_value::<()>("event", "event names with blanks between them", "the commas are read as blanks");
    }
}

fn warn(element: Element<'_>, attribute: &str, code: &str, message: String, known: &HashSet<&str>, what: &str) {
    let mut diagnostic = Diagnostic::warning(code, element.reader.source.uri, message).help(what);
    let mut names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    names.sort();
    if (1..=MOST_NAMES).contains(&names.len()) {
        diagnostic = diagnostic.expected(names.join(", "));
    }
    element.reader.source.report(diagnostic, element.attribute_range(attribute));
}
