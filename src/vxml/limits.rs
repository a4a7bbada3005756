//! What a document may not be made of, because parsing it would take time or memory out of all proportion.

use super::entities::Entities;

/// The longest document that is read, in bytes.
const LONGEST: usize = 8 * 1024 * 1024;

/// The most attributes of one element; the parser compares each with each.
const MOST_ATTRIBUTES: usize = 512;

/// The most pairs of a namespace prefix declared somewhere and an element that declares namespaces; each such element
/// inherits all that is in scope.
const MOST_NAMESPACE_PAIRS: usize = 4_000_000;

/// Why a document is refused, as a code, what is wrong and what to do.
pub(super) struct Excess {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) help: &'static str,
}

/// What of a document is out of all proportion.
pub(super) fn excess(text: &str, body: &str, entities: &Entities) -> Option<Excess> {
    let refuse = |code, message, help| Some(Excess { code, message, help });
    if text.len() > LONGEST {
        let message = format!("the document is {} bytes long, more than {LONGEST}", text.len());
        return refuse("document-too-large", message, "split the document");
    }
    if entities.is_bomb(body) {
        let message = "the entities of the document expand to far too much".to_owned();
        return refuse("entity-expansion", message, "write the text out, or refer to the entities less often");
    }
    let prefixes = text.matches("xmlns:").count();
    let declarations = text.matches("xmlns").count();
    if prefixes * declarations > MOST_NAMESPACE_PAIRS {
        let message = format!("the document declares namespaces {declarations} times");
        return refuse("too-many-namespaces", message, "declare namespaces once, on the root element");
    }
    if has_crowded_tag(body) {
        let message = format!("an element has more than {MOST_ATTRIBUTES} attributes");
        return refuse("too-many-attributes", message, "remove what VoiceXML does not know");
    }
    None
}

/// Whether a tag seems to have more attributes than allowed.
fn has_crowded_tag(xml: &str) -> bool {
    let mut rest = xml;
    while let Some((_, tag)) = rest.split_once('<') {
        let end = if tag.starts_with("!--") {
            "-->"
        } else if tag.starts_with("![CDATA[") {
            "]]>"
        } else if tag.starts_with('?') {
            "?>"
        } else {
            ""
        };
        rest = if end.is_empty() {
            let Some(after) = skip_tag(tag) else { return true };
            after
        } else {
            tag.split_once(end).map_or("", |(_, after)| after)
        };
    }
    false
}

/// What follows a tag; `None` if it is crowded.
fn skip_tag(tag: &str) -> Option<&str> {
    let mut attributes = 0;
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (byte, quote) {
            (b'"' | b'\'', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            (b'=', None) => attributes += 1,
            (b'>', None) => return Some(tag.get(at + 1..).unwrap_or_default()),
            _ => {}
        }
        if attributes > MOST_ATTRIBUTES {
            return None;
        }
    }
    Some("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crowded_tags_are_seen_and_scripts_are_not() {
        let attributes: String = (0..600).map(|index| format!(" a{index}='='")).collect();
        assert!(has_crowded_tag(&format!("<a><b{attributes}/></a>")));
        let script = "if (a < b) c = d;".repeat(1000);
        assert!(!has_crowded_tag(&format!("<a x='{script}'><!-- {script} --><![CDATA[{script}]]><?p {script}?></a>")));
    }

    #[test]
    fn namespaces_in_great_number_are_refused() {
        let body = "<a xmlns:b='c'/>".repeat(3000);
        assert_eq!(excess(&body, &body, &Entities::default()).map(|excess| excess.code), Some("too-many-namespaces"));
    }
}
