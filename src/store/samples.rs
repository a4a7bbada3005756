//! Heads and entries for the tests of this room.

use super::{Append, Entry, FORMAT, Head, Then};
use crate::dialogue::{Event, Happening, Resource, Response};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

pub(super) fn head(call: &str, started: i64) -> Arc<Head> {
    Arc::new(Head {
        format: FORMAT,
        program: "0".into(),
        app: "bank".into(),
        call: call.into(),
        started,
        settings: String::new(),
    })
}

pub(super) fn entry(turn: u32) -> Entry {
    let events = vec![Event { at: 1, happening: Happening::Nothing }];
    let answer = Some(format!("digest {turn}"));
    Entry { turn, events, cookies: Vec::new(), answer, writer: None, effect: None, played: false }
}

pub(super) fn append(call: &str, at: usize, entry: Entry) -> Append {
    Append { head: head(call, 0), at, entry, then: Then::Open }
}

pub(super) fn fetched_entry(turn: u32, body: &str) -> Entry {
    let resource = Resource {
        url: "http://a.example/".into(),
        content_type: None,
        body: Arc::new(body.as_bytes().to_vec()),
        digest: digest(body.as_bytes()),
    };
    let happening = Happening::Fetched { request: 1, response: Response::Found(resource) };
    Entry { events: vec![Event { at: 1, happening }], ..entry(turn) }
}

pub(super) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
