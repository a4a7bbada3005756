//! The written form of a journal: its head and its entries as JSON, fetched bodies apart from them by their digests.
//!
//! An error says which entry of which call is wrong, and where in it; never what stands there, as that is the caller's.

use super::{Entry, FORMAT, Head, StoreError};
use crate::dialogue::{Event, Happening, Resource, Response};
use std::collections::HashMap;
use std::sync::Arc;

/// SHA-256 of nothing: such a body is not kept apart.
const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// An entry as it is written.
#[derive(Debug)]
pub(super) struct Written {
    /// Its JSON, without bodies.
    pub(super) text: String,
    /// The bodies it speaks of, each once.
    pub(super) bodies: Vec<Body>,
}

/// A fetched body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Body {
    /// What it is kept by.
    pub(super) digest: String,
    /// The bytes.
    pub(super) bytes: Arc<Vec<u8>>,
}

/// The JSON of a head.
pub(super) fn write_head(head: &Head) -> Result<String, StoreError> {
    serde_json::to_string(head).map_err(|error| broken(&head.call, "the head", &error))
}

/// The JSON of a call's entry number `number`, and the bodies taken out of it.
pub(super) fn write_entry(call: &str, number: usize, mut entry: Entry) -> Result<Written, StoreError> {
    let mut bodies: Vec<Body> = Vec::new();
    for resource in entry.events.iter_mut().filter_map(fetched).filter(|resource| is_apart(&resource.digest)) {
        let bytes = std::mem::take(&mut resource.body);
        if !bytes.is_empty() && bodies.iter().all(|body| body.digest != resource.digest) {
            bodies.push(Body { digest: resource.digest.clone(), bytes });
        }
    }
    let text = serde_json::to_string(&entry).map_err(|error| broken(call, &format!("entry {number}"), &error))?;
    Ok(Written { text, bodies })
}

/// A head of any format this program reads.
pub(super) fn read_head(call: &str, text: &str) -> Result<Head, StoreError> {
    let head: Head = serde_json::from_str(text).map_err(|error| broken(call, "the head", &error))?;
    if head.format == 0 || head.format > FORMAT {
        return Err(StoreError::Broken(format!(
            "the journal of call {call} has format {}, written by voxbridge {}; this program reads formats 1 to {FORMAT}",
            head.format, head.program
        )));
    }
    Ok(head)
}

/// An entry of any format this program reads; its bodies are still to be filled in.
pub(super) fn read_entry(call: &str, number: usize, text: &str) -> Result<Entry, StoreError> {
    serde_json::from_str(text).map_err(|error| broken(call, &format!("entry {number}"), &error))
}

/// The digests of the bodies that are kept apart, each once.
pub(super) fn apart(entries: &[Entry]) -> Vec<String> {
    let mut digests: Vec<String> = Vec::new();
    for resource in entries.iter().flat_map(|entry| &entry.events).filter_map(found) {
        if is_absent(resource) && !digests.contains(&resource.digest) {
            digests.push(resource.digest.clone());
        }
    }
    digests
}

/// Fills the bodies in; `from` is the number of the first of these entries.
pub(super) fn fill(
    call: &str,
    from: usize,
    entries: &mut [Entry],
    bodies: &HashMap<String, Arc<Vec<u8>>>,
) -> Result<(), StoreError> {
    for (number, entry) in (from..).zip(entries) {
        for resource in entry.events.iter_mut().filter_map(fetched).filter(|resource| is_absent(resource)) {
            let Some(body) = bodies.get(&resource.digest) else {
                let digest = &resource.digest;
                return Err(StoreError::Broken(format!(
                    "entry {number} of call {call} speaks of a fetched body that is not in the store any more: {digest}"
                )));
            };
            resource.body = Arc::clone(body);
        }
    }
    Ok(())
}

/// What an event says was fetched.
pub(super) fn fetched(event: &mut Event) -> Option<&mut Resource> {
    match &mut event.happening {
        Happening::Fetched { response: Response::Found(resource), .. } => Some(resource),
        _ => None,
    }
}

fn found(event: &Event) -> Option<&Resource> {
    match &event.happening {
        Happening::Fetched { response: Response::Found(resource), .. } => Some(resource),
        _ => None,
    }
}

fn is_absent(resource: &Resource) -> bool {
    resource.body.is_empty() && is_apart(&resource.digest)
}

/// Of a sound file only its being there is known: it has neither body nor digest.
fn is_apart(digest: &str) -> bool {
    !digest.is_empty() && digest != NOTHING
}

/// `serde_json` quotes what it read, which may be what a caller said.
fn broken(call: &str, what: &str, error: &serde_json::Error) -> StoreError {
    let why = match error.classify() {
        serde_json::error::Category::Io => "it cannot be written",
        serde_json::error::Category::Syntax => "it is no JSON",
        serde_json::error::Category::Data => "a value is not of the form it should have",
        serde_json::error::Category::Eof => "it ends too early",
    };
    let (line, column) = (error.line(), error.column());
    StoreError::Broken(format!(
        "{what} of the journal of call {call} cannot be read (line {line}, column {column}): {why}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{digest, entry, fetched_entry, head};
    use serde_json::json;

    #[test]
    fn bodies_are_taken_out_once_and_filled_in_again() {
        let mut whole = fetched_entry(1, "<vxml/>");
        whole.events.push(whole.events[0].clone());
        let written = write_entry("CA1", 0, whole.clone()).unwrap();
        assert!(!written.text.contains("vxml/") && written.bodies.len() == 1, "{written:?}");
        let mut entries = [read_entry("CA1", 0, &written.text).unwrap()];
        assert_eq!(apart(&entries), [digest(b"<vxml/>")]);
        let error = fill("CA1", 7, &mut entries, &HashMap::new()).unwrap_err();
        assert!(error.to_string().contains("entry 7 of call CA1"), "{error}");
        let bodies = written.bodies.into_iter().map(|body| (body.digest, body.bytes)).collect();
        fill("CA1", 7, &mut entries, &bodies).unwrap();
        assert_eq!(entries, [whole]);
    }

    #[test]
    fn an_empty_body_needs_no_place() {
        for digest in ["", NOTHING] {
            let mut whole = fetched_entry(1, "");
            fetched(&mut whole.events[0]).unwrap().digest = digest.to_owned();
            let written = write_entry("CA1", 0, whole.clone()).unwrap();
            assert!(written.bodies.is_empty());
            let entries = [read_entry("CA1", 0, &written.text).unwrap()];
            assert!(apart(&entries).is_empty());
            assert_eq!(entries, [whole]);
        }
        assert_eq!(NOTHING, digest(b""));
    }

    #[test]
    fn numbers_come_back_to_the_last_digit() {
        for number in [0.1 + 0.2, 1.797_693_134_862_315_7e308, 5e-324, 0.123_456_789_012_345_68, 122.416_294_033_786_58]
        {
            let mut whole = entry(1);
            let session = json!({ "number": number });
            whole.events[0].happening = Happening::Start { url: "http://a.example/".into(), session };
            let written = write_entry("CA1", 0, whole.clone()).unwrap();
            assert_eq!(read_entry("CA1", 0, &written.text).unwrap(), whole);
        }
    }

    #[test]
    fn an_entry_of_format_1_has_an_answer_and_its_bodies_inside() {
        let text = r#"{"turn":1,"events":[{"at":5,"event":"fetched","request":1,"response":{"found":{"url":"http://a.example/",
            "content_type":null,"body":[60,47,62],"digest":"d"}}}],"answer":"a"}"#;
        let entry = read_entry("CA1", 0, text).unwrap();
        assert_eq!(entry.answer.as_deref(), Some("a"));
        assert!(apart(std::slice::from_ref(&entry)).is_empty());
        assert_eq!(found(&entry.events[0]).unwrap().body.as_slice(), b"</>");
    }

    #[test]
    fn what_cannot_be_read_is_named_and_not_quoted() {
        for text in
            [r#"{"turn":"4321"}"#, r#"{"turn":1,"events":[{"at":1,"event":"4321"}]}"#, "4321 {", r#"{"turn":1,"#]
        {
            let error = read_entry("CA1", 3, text).unwrap_err();
            assert!(matches!(error, StoreError::Broken(_)));
            let error = error.to_string();
            assert!(error.contains("entry 3 of the journal of call CA1") && !error.contains("4321"), "{error}");
        }
        let later = write_head(&head("CA1", 0)).unwrap().replace("\"format\":2", "\"format\":3");
        let error = read_head("CA1", &later).unwrap_err().to_string();
        assert!(error.contains("format 3") && error.contains("1 to 2"), "{error}");
    }
}
