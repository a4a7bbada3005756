use super::check::check;
use super::content::{actions, handler};
use super::dialogs::{dialog, link};
use super::element::{Element, Reader};
use super::vocabulary::{class, is_our_namespace};
use crate::dialogue::{Diagnostic, Dialog, Document, Meta, Property, Version};
use std::collections::HashSet;
use std::sync::Arc;

/// Builds the document from its tree; `None` if its root element is not `<vxml>`.
pub(super) fn document(reader: &Reader<'_>) -> Option<Document> {
    let root = Element { node: reader.tree.root_element(), reader };
    let Some(rule) = super::vocabulary::rule("vxml").filter(|_| root.name() == "vxml") else {
        let diagnostic =
            Diagnostic::error("not-voicexml", reader.source.uri, format!("the root element is <{}>", root.name()))
                .expected("`<vxml>`")
                .help("the server may have answered with something else, such as an error page");
        reader.source.report(diagnostic, root.name_range());
        return None;
    };
    check_namespace(root);
    check(root, rule);
    let init: Vec<_> = root.children_of(class::INIT).map(|element| element.node).collect();
    let document = Document {
        uri: reader.source.uri.to_owned(),
        version: version(root),
        lang: root.language(),
        base: root.xml_attribute("base").or_else(|| root.attribute("base")).map(str::to_owned),
        application: root.string("application").filter(|uri| !uri.trim().is_empty()),
        metas: root.children_of(class::META).filter_map(meta).collect(),
        properties: properties(root),
        init: actions(reader, &init),
        handlers: root.children_of(class::HANDLER).map(|element| Arc::new(handler(element))).collect(),
        links: root.children_of(class::LINK).map(|element| Arc::new(link(element))).collect(),
        dialogs: root.children_of(class::DIALOG).map(|element| Arc::new(dialog(element))).collect(),
    };
    refuse_duplicate_ids(root, &document.dialogs);
    Some(document)
}

/// The `<property>` elements directly in an element.
pub(super) fn properties(element: Element<'_>) -> Vec<Property> {
    let property = |element: Element<'_>| {
        let (name, value) = (element.string("name")?.trim().to_owned(), element.string("value")?);
        match element.reader.profile.property(&name) {
            // A property of the platform is what it means, if it means anything here.
            Some(theirs) => theirs.translate(&value).map(|(name, value)| Property { name: name.to_owned(), value }),
            None => Some(Property { name, value }),
        }
    };
    element.children_of(class::PROPERTY).filter_map(property).collect()
}

/// Real documents have other namespaces than VoiceXML's, often those of its schema or DTD; they are read all the same.
fn check_namespace(root: Element<'_>) {
    let Some(namespace) = root.node.tag_name().namespace().filter(|namespace| !is_our_namespace(namespace)) else {
        return;
    };
    let message = format!("`{namespace}` is not the namespace of VoiceXML");
    root.warning("other-namespace", message, "it is read as VoiceXML; write xmlns=\"http://www.w3.org/2001/vxml\"");
}

fn version(root: Element<'_>) -> Version {
    match root.attribute("version").map(str::trim) {
        Some("2.0") => Version::V20,
        Some("2.1") => Version::V21,
        Some(_) => root.bad_value("version", "`2.0` or `2.1`", "it is read as 2.1").unwrap_or(Version::V21),
        None => {
            root.warning("missing-attribute", "<vxml> has no `version`", "it is read as 2.1; add version=\"2.1\"");
            Version::V21
        }
    }
}

fn meta(element: Element<'_>) -> Option<Meta> {
    let name = element.string("name").or_else(|| element.string("http-equiv"))?;
    Some(Meta { name, content: element.string("content")? })
}

/// Two dialogs of one name: a `<goto>` could not tell them apart.
fn refuse_duplicate_ids(root: Element<'_>, dialogs: &[Arc<Dialog>]) {
    let mut seen = HashSet::new();
    for (element, dialog) in root.children_of(class::DIALOG).zip(dialogs) {
        if let Some(id) = dialog.id.as_deref().filter(|id| !seen.insert(*id)) {
            let message = format!("another dialog has the id `{id}` already");
            let diagnostic = Diagnostic::error("duplicate-id", element.reader.source.uri, message)
                .help("give each dialog an id of its own");
            element.reader.source.report(diagnostic, element.attribute_range("id"));
        }
    }
}
