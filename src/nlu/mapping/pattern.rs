//! How a mapping names input states.

/// Whether `document#dialog/item` is meant by a pattern whose parts may be left out from the right. The pattern's
/// document is the end of the document's path; `*` stands for any characters but `/`.
pub fn matches_state(pattern: &str, state: &str) -> bool {
    let (document, place) = state.split_once('#').unwrap_or((state, ""));
    let (dialog, item) = place.split_once('/').unwrap_or((place, ""));
    let (wanted_document, wanted_place) = pattern.trim().split_once('#').unwrap_or((pattern.trim(), ""));
    let (wanted_dialog, wanted_item) = wanted_place.split_once('/').unwrap_or((wanted_place, ""));
    let mut path = document.rsplit('/');
    let by_path = wanted_document
        .trim_start_matches('/')
        .rsplit('/')
        .all(|wanted| path.next().is_some_and(|part| glob(wanted, part)));
    (wanted_document.is_empty() || by_path)
        && (wanted_dialog.is_empty() || glob(wanted_dialog, dialog))
        && (wanted_item.is_empty() || glob(wanted_item, item))
}

/// Whether `text` is `pattern`, in which `*` stands for any characters.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_states_with_wildcards_and_missing_parts() {
        let state = "file:///srv/airline/main.vxml#main/choice";
        for pattern in [
            "main.vxml",
            "main.vxml#main",
            "main.vxml#main/choice",
            "airline/main.vxml#*/ch*",
            "*.vxml",
            "*#main",
            "#main",
            "ma*.vx*#m*n/*",
        ] {
            assert!(matches_state(pattern, state), "{pattern}");
        }
        for pattern in [
            "ain.vxml",
            "bank/main.vxml",
            "main.vxml#mai",
            "main.vxml#main/item",
            "other.vxml",
            "x/*/airline/main.vxml/y",
        ] {
            assert!(!matches_state(pattern, state), "{pattern}");
        }
    }
}
