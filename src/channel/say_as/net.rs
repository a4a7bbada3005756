//! Mail and web addresses in words.

use super::Tongue;

/// An address as people dictate it: its signs as words, without the scheme nobody says.
pub(super) fn address(text: &str, _format: &str, tongue: Tongue) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.contains(char::is_whitespace) {
        return None;
    }
    let is_scheme = |scheme: &&str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let scheme = ["mailto:", "https://", "http://"].into_iter().find(is_scheme).unwrap_or_default();
    let text = text.get(scheme.len()..)?.trim_end_matches('/');
    let mut words = String::new();
    for c in text.chars() {
        match sign(c, tongue) {
            Some(sign) => {
                words.push(' ');
                words.push_str(sign);
                words.push(' ');
            }
            None => words.push(c),
        }
    }
    Some(words.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn sign(c: char, tongue: Tongue) -> Option<&'static str> {
    let (english, spanish) = match c {
        '@' => ("at", "arroba"),
        '.' => ("dot", "punto"),
        '-' => ("dash", "guion"),
        '_' => ("underscore", "guion bajo"),
        '/' => ("slash", "barra"),
        ':' => ("colon", "dos puntos"),
        '+' => ("plus", "más"),
        '~' => ("tilde", "virgulilla"),
        '?' => ("question mark", "signo de interrogación"),
        '=' => ("equals", "igual"),
        '&' => ("and", "y"),
        '%' => ("percent", "por ciento"),
        '#' => ("hash", "almohadilla"),
        _ => return None,
    };
    Some(tongue.pick(english, spanish))
}
