use super::content::{actions, filled, handler};
use super::document::properties;
use super::element::Element;
use super::grammar::{form_grammars, grammars};
use super::items::item;
use super::menu::menu_item;
use super::vocabulary::class;
use crate::dialogue::{Diagnostic, Dialog, DialogKind, Filled, Item, Link};
use std::collections::HashSet;
use std::sync::Arc;

/// Builds a `<form>` or `<menu>`.
pub(super) fn dialog(element: Element<'_>) -> Dialog {
    let document_scope = element.one_of("scope", &[("document", true), ("dialog", false)]).unwrap_or(false);
    let is_menu = element.name() == "menu";
    let init: Vec<_> = element.children_of(class::INIT).map(|child| child.node).collect();
    let (grammars, document_grammars) =
        if is_menu { Default::default() } else { form_grammars(element, document_scope) };
    let items = if is_menu { vec![Arc::new(menu_item(element))] } else { form_items(element) };
    Dialog {
        id: element.string("id").map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()),
        document_scope,
        kind: if is_menu { DialogKind::Menu } else { DialogKind::Form },
        properties: properties(element),
        init: if is_menu { Vec::new() } else { actions(element.reader, &init) },
        handlers: element.children_of(class::HANDLER).map(|child| Arc::new(handler(child))).collect(),
        links: element.children_of(class::LINK).map(|child| Arc::new(link(child))).collect(),
        grammars,
        document_grammars,
        filled: form_filled(element, &items),
        items,
        at: element.at(),
    }
}

/// Builds a `<link>`.
pub(super) fn link(element: Element<'_>) -> Link {
    Link {
        next: element.target("next", "expr"),
        event: element.target("event", "eventexpr"),
        message: element.target("message", "messageexpr"),
        dtmf: element.keys(),
        grammars: grammars(element),
        fetch: element.fetch(),
        at: element.at(),
    }
}

fn form_items(form: Element<'_>) -> Vec<Arc<Item>> {
    let elements: Vec<_> = form.children_of(class::ITEM).collect();
    let named: HashSet<_> = elements.iter().filter_map(|element| element.attribute("name")).collect();
    let mut seen = HashSet::new();
    let mut items = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let name = element.attribute("name").map(str::trim).filter(|name| !name.is_empty());
        if let Some(name) = name.filter(|name| !seen.insert(*name)) {
            let message = format!("another item of the form is called `{name}` already");
            let diagnostic = Diagnostic::error("duplicate-name", element.reader.source.uri, message)
                .help("give each form item a name of its own");
            element.reader.source.report(diagnostic, element.attribute_range("name"));
        }
        let generated = || {
            let mut generated = format!("_{}_{}", element.name(), index + 1);
            while named.contains(generated.as_str()) {
                generated.push('_');
            }
            generated
        };
        items.push(Arc::new(item(*element, name.map_or_else(generated, str::to_owned), name.is_some())));
    }
    items
}

/// The form-level `<filled>` elements; control items cannot be waited for (VoiceXML 2.0 §2.4).
fn form_filled(form: Element<'_>, items: &[Arc<Item>]) -> Vec<Arc<Filled>> {
    let elements = form.children_of(class::FILLED);
    let build = |element: Element<'_>| {
        let filled = filled(element);
        let names = filled.namelist.iter().flatten();
        for name in names.filter(|name| items.iter().any(|item| item.name == name.text && !item.kind.is_input())) {
            let message = format!("`{}` is a control item, which nobody fills", name.text);
            let diagnostic = Diagnostic::error("filled-control-item", element.reader.source.uri, message)
                .expected("names of input items")
                .help("take it out of the namelist");
            element.reader.source.report(diagnostic, element.attribute_range("namelist"));
        }
        Arc::new(filled)
    };
    elements.map(build).collect()
}
