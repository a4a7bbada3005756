use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How far into a document an XML declaration is looked for, in bytes.
const DECLARATION_WINDOW: usize = 1024;

/// Decodes the bytes of a document: by its byte order mark, else the `charset` of `content_type`, else the encoding of
/// its XML declaration, else as UTF-8.
///
/// ISO 8859-1 is read as windows-1252, as browsers do. Bytes that are wrong in the encoding become U+FFFD; the byte
/// order mark is dropped.
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> String {
    let encoding = Encoding::for_bom(bytes)
        .map(|(encoding, _)| encoding)
        .or_else(|| content_type.and_then(charset))
        .or_else(|| declared(bytes))
        .unwrap_or(UTF_8);
    encoding.decode(bytes).0.into_owned()
}

/// The `charset` parameter of a media type.
fn charset(content_type: &str) -> Option<&'static Encoding> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        name.trim().eq_ignore_ascii_case("charset").then(|| Encoding::for_label(value.as_bytes()))?
    })
}

/// The encoding an XML declaration names, or that its bytes show (XML 1.0 appendix F).
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [b'<', 0, b'?', 0, ..] => return Some(UTF_16LE),
        [0, b'<', 0, b'?', ..] => return Some(UTF_16BE),
        _ => {}
    }
    let window = bytes.get(..DECLARATION_WINDOW).unwrap_or(bytes).trim_ascii_start();
    if window.starts_with(b"#ABNF") || window.starts_with(b"#JSGF") {
        return of_grammar(window);
    }
    let end = window.windows(2).position(|pair| pair == b"?>")?;
    let declaration = std::str::from_utf8(window.get(..end)?).ok()?.strip_prefix("<?xml")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let label = value.get(1..)?.split(quote).next()?;
    let encoding = Encoding::for_label(label.as_bytes())?;
    // A declaration that could be read byte by byte is not in UTF-16, whatever it says.
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

/// The encoding in the first line of a grammar, such as `#ABNF 1.0 ISO-8859-1;` (SRGS 1.0 §4.1); `#JSGF V1.0 en;` names
/// none.
fn of_grammar(text: &[u8]) -> Option<&'static Encoding> {
    let line = text.split(|byte| matches!(byte, b';' | b'\n')).next()?;
    let label = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).nth(2)?;
    Encoding::for_label(label)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn a_grammar_names_its_encoding_in_its_first_line() {
        assert_eq!(decode(b"#ABNF 1.0 ISO8859-1;\n$r = s\xED;", None), "#ABNF 1.0 ISO8859-1;\n$r = sí;");
        assert_eq!(decode(b"#JSGF V1.0 en;\n<r> = s\xC3\xAD;", None), "#JSGF V1.0 en;\n<r> = sí;");
        assert_eq!(decode(b"#ABNF 1.0 nonsense", None), "#ABNF 1.0 nonsense");
    }

    #[test]
    fn the_byte_order_mark_wins() {
        assert_eq!(decode(b"\xEF\xBB\xBF<a>\xC3\xA9</a>", Some("text/xml; charset=iso-8859-1")), "<a>é</a>");
        assert_eq!(decode(b"\xFF\xFE<\0a\0/\0>\0", None), "<a/>");
    }

    #[test]
    fn the_content_type_comes_before_the_declaration() {
        let bytes = b"<?xml version='1.0' encoding='utf-8'?><a>\xE9</a>";
        assert!(decode(bytes, Some("text/xml; charset=\"ISO-8859-1\"")).ends_with("<a>é</a>"));
    }

    #[test]
    fn the_declaration_comes_before_utf_8() {
        let bytes = b"\n <?xml version=\"1.0\" encoding = \"ISO-8859-1\" ?><a>\x80\xE9</a>";
        assert!(decode(bytes, Some("text/xml")).ends_with("<a>€é</a>"));
        assert!(decode(b"<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", None).ends_with("<a/>"));
    }

    #[test]
    fn wrong_bytes_become_replacement_characters() {
        assert_eq!(decode(b"<a>\xFF</a>", None), "<a>\u{FFFD}</a>");
        assert_eq!(decode(b"<a/>", Some("text/xml; charset=klingon")), "<a/>");
        assert_eq!(decode(b"", None), "");
    }
}
