//! Bytes of a back-end become a document or diagnostics, whatever their encoding.

#![no_main]

use libfuzzer_sys::fuzz_target;
use voxbridge::vxml::{decode, read};

const URI: &str = "http://127.0.0.1/app/main.vxml";

fuzz_target!(|bytes: &[u8]| {
    let text = decode(bytes, None);
    let reading = read(&text, URI);
    let refused = reading.diagnostics.iter().any(|diagnostic| diagnostic.is_error());
    assert_eq!(reading.document.is_none(), refused, "a document is refused exactly if an error says why");
    let labelled = decode(bytes, Some("text/xml; charset=iso-8859-1"));
    if labelled != text {
        read(&labelled, URI);
    }
});
