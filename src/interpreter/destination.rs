//! Where a `<transfer>` may lead: what a document writes, and what the application's configuration allows.

use crate::dialogue::dialled_number;
use std::sync::Arc;

/// The destinations that transfers may have. By default those that documents write out (`dest`), and none that a script
/// computes (`destexpr`): what it computes from may come from the caller, who must not choose whom the account calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Destinations(Option<Arc<[String]>>);

impl Destinations {
    /// Those that match one of these patterns, written out or computed: `+1555*`, `sip:*@pbx.example.com`, `*` for any.
    /// A `*` stands for any run of characters.
    pub fn matching(patterns: &[String]) -> Self {
        Self(Some(patterns.iter().map(|pattern| comparable(pattern.trim())).collect()))
    }

    /// Any whatever.
    pub fn anywhere() -> Self {
        Self::matching(&["*".to_owned()])
    }

    /// Whether a transfer may lead there; `computed` tells that a script has made it.
    pub(super) fn allow(&self, destination: &str, computed: bool) -> bool {
        let Some(patterns) = &self.0 else { return !computed };
        let whole = comparable(destination);
        // Parameters and headers of a SIP address are as good as a second address (`;maddr=`, `?Route=`): where a script
        // made them, a pattern must name them.
        let has_more = whole.contains([';', '?']);
        let bare = whole.split([';', '?']).next().unwrap_or_default();
        patterns.iter().any(|pattern| {
            let names_more = pattern == "*" || pattern.contains([';', '?']);
            match (has_more, names_more) {
                (true, true) => matches(pattern, &whole),
                (true, false) => !computed && matches(pattern, bare),
                (false, _) => matches(pattern, bare),
            }
        })
    }
}

/// A destination, or a pattern of some, as they are compared: a number as it is dialled, all else in lower case.
fn comparable(written: &str) -> String {
    let (scheme, rest) = written.split_once(':').unwrap_or(("tel", written));
    let scheme = scheme.trim().to_ascii_lowercase();
    if !matches!(scheme.as_str(), "tel" | "phone") {
        return format!("{scheme}:{}", rest.trim().to_ascii_lowercase());
    }
    let rest = rest.trim();
    // What is dialled is compared, not how it is written.
    dialled_number(rest).unwrap_or_else(|| {
        rest.split(';').next().unwrap_or_default().chars().filter(|c| !"-.() ".contains(*c)).collect()
    })
}

/// Whether a text is what a pattern describes.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

/// A destination for logs: enough to find the line of the document by, too little to know whom somebody calls.
pub(super) fn masked(destination: &str) -> String {
    let (scheme, rest) = destination.split_once(':').unwrap_or(("tel", destination));
    match rest.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}:…@{host}"),
        None => format!("{scheme}:{}…", rest.chars().take(4).collect::<String>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(patterns: &[&str]) -> Destinations {
        Destinations::matching(&patterns.iter().map(|&pattern| pattern.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn without_patterns_only_what_is_written_is_called() {
        assert!(Destinations::default().allow("tel:+14155550100", false));
        assert!(!Destinations::default().allow("tel:+14155550100", true));
    }

    #[test]
    fn a_number_is_compared_as_it_is_dialled() {
        let desks = of(&["+1 (555) *", "tel:+14155550100"]);
        for good in
            ["tel:+1-555-123-4567", "tel:5551234567", "phone:15551234567", "415 555 0100", "tel:4155550100;ext=7"]
        {
            assert!(desks.allow(good, true), "{good}");
        }
        // Eleven digits without a plus are an international number: the 55 is Brazil's.
        for bad in
            ["tel:55512345678", "tel:+19005551234", "tel:0115551234567", "tel:+14155550101", "sip:+1555@evil.example"]
        {
            assert!(!desks.allow(bad, true) && !desks.allow(bad, false), "{bad}");
        }
        assert!(of(&["*"]).allow("tel:+19005551234", true));
        assert!(!of(&[]).allow("tel:+19005551234", false), "an empty list allows nothing");
    }

    #[test]
    fn a_sip_address_ends_where_its_pattern_ends() {
        let pbx = of(&["sip:*@pbx.example.com"]);
        assert!(pbx.allow("SIP:Desk@PBX.example.com", true));
        assert!(pbx.allow("sip:desk@pbx.example.com;transport=tls", false), "the document has written it");
        for bad in [
            "sip:x@evil.example",
            "sips:x@pbx.example.com",
            "sip:x@pbx.example.com.evil.example",
            "sip:x@evil.example;@pbx.example.com",
            "sip:x@evil.example?a=@pbx.example.com",
            "sip:x@pbx.example.com;maddr=10.0.0.1",
            "sip:x@pbx.example.com?Route=x",
        ] {
            assert!(!pbx.allow(bad, true), "{bad}");
        }
        assert!(of(&["sip:*@pbx.example.com;transport=tls"]).allow("sip:a@pbx.example.com;transport=tls", true));
    }

    #[test]
    fn stars_stand_for_any_run_of_characters() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*b*c", "abc", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "acb", false),
            ("ab*ba", "aba", false),
            ("abc", "abcd", false),
            ("a**", "a", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_masked_destination_tells_nobodys_number() {
        assert_eq!(masked("tel:+14155550100"), "tel:+141…");
        assert_eq!(masked("sip:jane.doe@pbx.example.com"), "sip:…@pbx.example.com");
    }
}
