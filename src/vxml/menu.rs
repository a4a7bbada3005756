use super::element::Element;
use super::grammar::grammars;
use super::prompt::{pieces, prompts, words};
use super::vocabulary::class;
use crate::dialogue::{DtmfAssignment, Item, ItemKind, Menu, MenuChoice, OptionItem};
use std::collections::HashSet;

/// The anonymous field a `<menu>` is (VoiceXML 2.0 §2.2).
pub(super) fn menu_item(element: Element<'_>) -> Item {
    let implicit = element.boolean("dtmf").unwrap_or(false);
    let approximate = element.approximate().unwrap_or(false);
    let elements: Vec<_> = element.children_of(class::CHOICE).collect();
    let mut choices: Vec<_> = elements.iter().map(|child| choice(*child, approximate)).collect();
    if implicit {
        refuse_mixed_keys(&elements, &choices);
        assign_keys(&mut choices);
    }
    warn_of_equal_keys(&elements, &choices);
    if choices.is_empty() {
        element.warning("empty-menu", "<menu> has no <choice>", "a caller cannot answer it");
    }
    let dtmf = if implicit { DtmfAssignment::Implicit } else { DtmfAssignment::AsWritten };
    Item {
        name: "_menu".into(),
        named: false,
        expr: None,
        cond: None,
        kind: ItemKind::Menu(Menu { dtmf, choices }),
        modal: false,
        prompts: prompts(element),
        properties: Vec::new(),
        handlers: Vec::new(),
        links: Vec::new(),
        grammars: Vec::new(),
        filled: Vec::new(),
        at: element.at(),
    }
}

/// The `<option>` elements of a field (VoiceXML 2.0 §2.3.1.3).
pub(super) fn options(field: Element<'_>) -> Vec<OptionItem> {
    field.children_of(class::OPTION).map(option).collect()
}

fn option(element: Element<'_>) -> OptionItem {
    let text = words(element);
    let dtmf = element.keys();
    let text_or_keys = || Some(text.clone()).filter(|text| !text.is_empty()).or_else(|| dtmf.clone());
    let value = element.string("value").or_else(text_or_keys).unwrap_or_default();
    if text.is_empty() && dtmf.is_none() {
        element.warning("empty-option", "<option> has neither text nor `dtmf`", "a caller cannot choose it");
    }
    OptionItem { approximate: element.approximate().unwrap_or(false), value, text, dtmf, at: element.at() }
}

fn choice(element: Element<'_>, approximate: bool) -> MenuChoice {
    MenuChoice {
        dtmf: element.keys(),
        approximate: element.approximate().unwrap_or(approximate),
        next: element.target("next", "expr"),
        event: element.target("event", "eventexpr"),
        message: element.target("message", "messageexpr"),
        grammars: grammars(element),
        text: words(element),
        content: pieces(element),
        fetch: element.fetch(),
        at: element.at(),
    }
}

/// Gives the first nine choices without keys the keys 1 to 9.
fn assign_keys(choices: &mut [MenuChoice]) {
    let unassigned = choices.iter_mut().filter(|choice| choice.dtmf.is_none());
    for (choice, key) in unassigned.zip(1..=9) {
        choice.dtmf = Some(key.to_string());
    }
}

/// Where keys are given out, choices may only have `*`, `#` and `0` of their own (VoiceXML 2.0 §2.2.1).
fn refuse_mixed_keys(elements: &[Element<'_>], choices: &[MenuChoice]) {
    for (element, choice) in elements.iter().zip(choices) {
        let Some(keys) = choice.dtmf.as_deref().filter(|keys| !matches!(*keys, "*" | "#" | "0")) else { continue };
        let message = format!("a menu with dtmf=\"true\" gives out the keys itself, but this choice has `{keys}`");
        let help = "remove dtmf=\"true\" from the menu, or leave no keys in its choices but `*`, `#` and `0`";
        element.error("mixed-keys", message, help);
    }
}

fn warn_of_equal_keys(elements: &[Element<'_>], choices: &[MenuChoice]) {
    let mut seen = HashSet::new();
    for (element, choice) in elements.iter().zip(choices) {
        if let Some(keys) = choice.dtmf.as_deref().filter(|keys| !seen.insert(*keys)) {
            let message = format!("another choice has the key `{keys}` already");
            element.warning("duplicate-key", message, "the first one is chosen; give each choice a key of its own");
        }
    }
}
