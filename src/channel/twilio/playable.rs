use url::Url;

/// The URL as Twilio takes it: http or https, percent-encoded, a host without underscores, no fragment. `None` if there
/// is no such form of it.
pub(super) fn playable(text: &str) -> Option<String> {
    let mut url = Url::parse(text.trim()).ok()?;
    url.set_fragment(None);
    let is_web = matches!(url.scheme(), "http" | "https");
    let is_host =
        url.host_str().is_some_and(|host| host.starts_with('[') || host.trim_end_matches('.').split('.').all(is_label));
    (is_web && is_host).then(|| encode_rest(url.as_str()))
}

fn is_label(label: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    (1..=63).contains(&label.len()) && label.bytes().all(legal) && !label.starts_with('-') && !label.ends_with('-')
}

/// Encodes what the URL standard leaves as it is but RFC 3986 does not have.
fn encode_rest(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    let mut rest = url;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        let is_escape = || after.get(..2).is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        match c {
            '%' if !is_escape() => out.push_str("%25"),
            '{' | '}' | '|' | '\\' | '^' | '`' | '"' | '<' | '>' => out.push_str(&format!("%{:02X}", c as u32)),
            c => out.push(c),
        }
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_encoded_where_needed_and_left_alone_where_not() {
        for (written, sent) in [
            ("https://h.example/a.wav", "https://h.example/a.wav"),
            (" https://h.example/grüße 1.wav#t=2 ", "https://h.example/gr%C3%BC%C3%9Fe%201.wav"),
            ("https://h.example/100%.wav?q={a|b}%20", "https://h.example/100%25.wav?q=%7Ba%7Cb%7D%20"),
            ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ] {
            assert_eq!(playable(written).as_deref(), Some(sent));
        }
    }

    #[test]
    fn what_twilio_cannot_fetch_is_not_playable() {
        for odd in
            ["", "a.wav", "file:///a.wav", "https://under_score.example/a", "https://-x.example/", "data:audio/wav,x"]
        {
            assert_eq!(playable(odd), None, "{odd}");
        }
    }
}
