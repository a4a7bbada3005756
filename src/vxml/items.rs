use super::content::{filled, handler};
use super::dialogs::link;
use super::document::properties;
use super::element::Element;
use super::grammar::grammars;
use super::menu::options;
use super::prompt::prompts;
use super::vocabulary::class;
use crate::dialogue::{
    FREE_TEXT, Field, Filled, Item, ItemKind, Object, Param, ParamValue, Record, Source, Subdialog, Transfer,
};
use std::sync::Arc;

/// Builds a form item under the name it was given or got.
pub(super) fn item(element: Element<'_>, name: String, named: bool) -> Item {
    let is_block = element.name() == "block";
    let kind = kind(element);
    Item {
        name: name.into(),
        named,
        expr: element.expr("expr"),
        cond: element.expr("cond"),
        modal: modal(element, &kind),
        kind,
        prompts: if is_block { Vec::new() } else { prompts(element) },
        properties: if is_block { Vec::new() } else { properties(element) },
        handlers: element.children_of(class::HANDLER).map(|child| Arc::new(handler(child))).collect(),
        links: element.children_of(class::LINK).map(|child| Arc::new(link(child))).collect(),
        grammars: if is_block { Vec::new() } else { grammars(element) },
        filled: item_filled(element),
        at: element.at(),
    }
}

fn kind(element: Element<'_>) -> ItemKind {
    match element.name() {
        "field" => ItemKind::Field(Field {
            builtin: field_type(element),
            slot: element.string("slot"),
            options: options(element),
        }),
        "initial" => ItemKind::Initial,
        "subdialog" => ItemKind::Subdialog(Subdialog {
            src: element.target("src", "srcexpr").unwrap_or_else(|| Source::Literal(String::new())),
            params: params(element),
            namelist: element.variables("namelist"),
            method: element.method(),
            enctype: element.string("enctype"),
            fetch: element.fetch(),
        }),
        "record" => ItemKind::Record(Record {
            beep: element.boolean("beep").unwrap_or(false),
            maxtime: element.time("maxtime"),
            finalsilence: element.time("finalsilence"),
            dtmfterm: element.boolean("dtmfterm").unwrap_or(true),
            media_type: element.string("type"),
        }),
        "transfer" => ItemKind::Transfer(transfer(element)),
        "object" => ItemKind::Object(Object {
            classid: element.string("classid"),
            codebase: element.string("codebase"),
            data: element.string("data"),
            params: params(element),
            fetch: element.fetch(),
        }),
        _ => ItemKind::Block(super::content::actions(element.reader, &element.nodes())),
    }
}

/// `type` of a field. Platforms may have types of their own (VoiceXML 2.0 §2.3.1); real documents have one, `text`.
fn field_type(element: Element<'_>) -> Option<String> {
    let written = element.attribute("type").map(str::trim).filter(|written| !written.is_empty())?;
    if written != "text" {
        return Some(written.to_owned());
    }
    if !element.reader.profile.has_free_text() {
        element.bad_value::<()>("type", "a builtin type of VoiceXML", "any words fill the field, as on some platforms");
    }
    Some(FREE_TEXT.to_owned())
}

fn transfer(element: Element<'_>) -> Transfer {
    let kind = element.string("type").map(|kind| kind.trim().to_ascii_lowercase());
    let bridge = || element.boolean("bridge").map(|bridge| if bridge { "bridge" } else { "blind" }.to_owned());
    Transfer {
        dest: element.target("dest", "destexpr"),
        kind: kind.or_else(bridge),
        connecttimeout: element.time("connecttimeout"),
        maxtime: element.time("maxtime"),
        transferaudio: element.string("transferaudio"),
        aai: element.target("aai", "aaiexpr"),
    }
}

/// `modal`: a recording is unless it says otherwise, a field is only if it says so, a transfer always is (VoiceXML 2.0
/// §2.3.1, §2.3.6, §2.3.7).
fn modal(element: Element<'_>, kind: &ItemKind) -> bool {
    match kind {
        ItemKind::Record(_) => element.boolean("modal").unwrap_or(true),
        ItemKind::Field(_) => element.boolean("modal").unwrap_or(false),
        ItemKind::Transfer(_) => true,
        _ => false,
    }
}

fn params(element: Element<'_>) -> Vec<Param> {
    let param = |element: Element<'_>| {
        let literal = element.string("value").map(ParamValue::Literal);
        let value = literal.or_else(|| element.expr("expr").map(ParamValue::Expr))?;
        let by_reference = element.string("valuetype").is_some_and(|kind| kind.trim() == "ref");
        Some(Param { name: element.string("name")?.trim().to_owned(), value, by_reference, at: element.at() })
    };
    element.children_of(class::PARAM).filter_map(param).collect()
}

/// The `<filled>` elements of an input item, which wait for the item and nothing else (VoiceXML 2.0 §2.4).
fn item_filled(element: Element<'_>) -> Vec<Arc<Filled>> {
    let build = |child: Element<'_>| {
        for name in ["mode", "namelist"].into_iter().filter(|name| child.attribute(name).is_some()) {
            let message = format!("<filled> in <{}> cannot have `{name}`", element.name());
            child.error("misplaced-attribute", message, "remove it, or move the <filled> into the form");
        }
        Arc::new(filled(child))
    };
    element.children_of(class::FILLED).map(build).collect()
}
