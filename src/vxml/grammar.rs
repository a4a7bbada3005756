//! `<grammar>` elements (VoiceXML 2.0 §3.1): what they are, not what they mean.

use super::element::Element;
use super::vocabulary::class;
use crate::dialogue::{Diagnostic, GrammarSource, GrammarText, InputMode, Position, Source};
use std::sync::Arc;
use url::Url;

/// The grammars of a form item, choice or link, which cannot have a scope of their own (VoiceXML 2.0 §3.1.4).
pub(super) fn grammars(element: Element<'_>) -> Vec<Arc<GrammarSource>> {
    let build = |child: Element<'_>| {
        if child.attribute("scope").is_some() {
            let message = format!("a grammar in <{}> cannot have a scope", element.name());
            child.error("misplaced-attribute", message, "remove `scope`, or move the grammar into the form");
        }
        grammar(child).map(Arc::new)
    };
    element.children_of(class::GRAMMAR).filter_map(build).collect()
}

/// The grammars of a form: all of them, and those that are active in the whole document, by the form's scope or their
/// own.
pub(super) fn form_grammars(
    form: Element<'_>,
    document_scope: bool,
) -> (Vec<Arc<GrammarSource>>, Vec<Arc<GrammarSource>>) {
    let (mut all, mut wide) = (Vec::new(), Vec::new());
    for child in form.children_of(class::GRAMMAR) {
        let own = child.one_of("scope", &[("document", true), ("dialog", false)]);
        if let Some(grammar) = grammar(child).map(Arc::new) {
            if own.unwrap_or(document_scope) {
                wide.push(Arc::clone(&grammar));
            }
            all.push(grammar);
        }
    }
    (all, wide)
}

/// Builds one grammar; `None` if it has none or several of `src`, `srcexpr` and content, which is an error (VoiceXML
/// 2.1 §2).
fn grammar(element: Element<'_>) -> Option<GrammarSource> {
    let reference = element.target("src", "srcexpr");
    if reference.as_ref().and_then(Source::literal).is_some_and(|uri| element.reader.profile.is_deaf_to(uri)) {
        element.warning("deaf-grammar", "nothing a caller says or presses matches this", "it is ignored");
        return None;
    }
    let has_both = element.attribute("src").is_some() && element.attribute("srcexpr").is_some();
    let text = match (reference, inline(element)) {
        (Some(_), Some(_)) => return contradictory(element, "both a reference and content"),
        (Some(_), None) if has_both => return contradictory(element, "both `src` and `srcexpr`"),
        (None, None) => {
            element.error("missing-grammar", "<grammar> is empty", "write the grammar inside, or add `src`");
            return None;
        }
        (Some(reference), None) => GrammarText::Reference(reference),
        (None, Some(text)) => text,
    };
    let text_at = match &text {
        GrammarText::Text(_) => text_at(element),
        GrammarText::Xml(_) | GrammarText::Reference(_) => element.at(),
    };
    let mode = element.one_of("mode", &[("voice", InputMode::Voice), ("dtmf", InputMode::Dtmf)]);
    Some(GrammarSource {
        text,
        mode: if element.name() == "dtmf" { Some(InputMode::Dtmf) } else { mode },
        media_type: element.attribute("type").map(|media_type| media_type.trim().to_ascii_lowercase()),
        lang: language(element),
        base: base(element),
        weight: weight(element),
        fetch: element.fetch(),
        at: element.at(),
        text_at,
    })
}

fn contradictory(element: Element<'_>, what: &str) -> Option<GrammarSource> {
    let diagnostic =
        Diagnostic::error("exclusive-attributes", element.reader.source.uri, format!("<grammar> has {what}"))
            .expected("exactly one of `src`, `srcexpr` and content")
            .help("remove all but one");
    element.reader.source.report(diagnostic, element.name_range());
    None
}

/// Where the plain text inside begins, behind the blanks that are left off.
fn text_at(element: Element<'_>) -> Position {
    let prepared = &element.reader.prepared;
    let written = |node: roxmltree::Node<'_, '_>| {
        let text = prepared.text.get(node.range())?.trim_start();
        let text = text.strip_prefix("<![CDATA[").unwrap_or(text).trim_start();
        (!text.is_empty()).then(|| node.range().end - text.len())
    };
    let start = element.node.descendants().filter(|node| node.is_text()).find_map(written);
    start.map_or_else(|| element.at(), |start| element.reader.source.position(prepared.original(start)))
}

fn inline(element: Element<'_>) -> Option<GrammarText> {
    if element.elements().next().is_some() {
        return self_contained(element).map(GrammarText::Xml);
    }
    let text = element.text();
    let text = text.trim();
    (!text.is_empty()).then(|| GrammarText::Text(text.to_owned()))
}

/// The element as a text of its own: entities replaced, and the namespace prefixes declared that it uses and inherits.
/// The declarations come last in the start tag, so that lines stay and columns move as little as can be.
fn self_contained(element: Element<'_>) -> Option<String> {
    let xml = element.reader.prepared.text.get(element.node.range())?;
    let inherited = element.node.parent().map(|parent| parent.namespaces());
    let mut declarations = String::new();
    for namespace in inherited.into_iter().flatten() {
        let Some(prefix) = namespace.name().filter(|prefix| *prefix != "xml") else { continue };
        let own = xml.contains(&format!("xmlns:{prefix}"));
        if !own && xml.contains(&format!("{prefix}:")) {
            let uri = namespace.uri().replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
            declarations.push_str(&format!(" xmlns:{prefix}=\"{uri}\""));
        }
    }
    let end = start_tag_end(xml)?;
    let (start_tag, rest) = xml.split_at_checked(end)?;
    Some(element.reader.prepared.entities.replace_in(&format!("{start_tag}{declarations}{rest}")))
}

/// The offset of the `>` (or `/>`) that ends the start tag.
fn start_tag_end(xml: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in xml.bytes().enumerate() {
        match (byte, quote) {
            (b'"' | b'\'', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            (b'>', None) => return Some(if xml.get(..at)?.ends_with('/') { at - 1 } else { at }),
            _ => {}
        }
    }
    None
}

/// The language of the element or of what is around it.
fn language(element: Element<'_>) -> Option<String> {
    element.node.ancestors().find_map(|node| Element { node, reader: element.reader }.language())
}

/// The base URI that the `xml:base` attributes of the element and of what is around it amount to.
fn base(element: Element<'_>) -> Option<String> {
    // A grammar's own text brings its `xml:base` along.
    let own = usize::from(element.elements().next().is_some());
    let mut written: Vec<_> = element.node.ancestors().skip(own).collect();
    written.reverse();
    let bases = written.into_iter().filter_map(|node| Element { node, reader: element.reader }.xml_attribute("base"));
    let document = Url::parse(element.reader.source.uri).ok();
    let mut base: Option<String> = None;
    for reference in bases {
        let outer = base.as_deref().and_then(|base| Url::parse(base).ok()).or_else(|| document.clone());
        let absolute = match outer {
            Some(outer) => outer.join(reference.trim()).ok(),
            None => Url::parse(reference.trim()).ok(),
        };
        base = Some(absolute.map_or_else(|| reference.to_owned(), String::from));
    }
    base
}

/// `weight` (VoiceXML 2.0 §3.1.1.1).
fn weight(element: Element<'_>) -> f64 {
    let Some(value) = element.attribute("weight") else { return 1.0 };
    let weight = value.trim().parse().ok().filter(|weight: &f64| weight.is_finite() && *weight >= 0.0);
    weight.or_else(|| element.bad_value("weight", "a number from 0", "1 is used")).unwrap_or(1.0)
}
