//! Journals written by earlier releases, as they lie in a store, can be read.

use super::RedisServer;
use super::open;
use voxbridge::dialogue::{Happening, Response};
use voxbridge::store::{Keep, StoreError};

/// What a call of each format is in Redis: the commands that write it.
fn journal(format: u32) -> Vec<Vec<String>> {
    let path = format!("{}/tests/stores/format-{format}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[tokio::test]
async fn journals_of_all_formats_so_far_are_read() {
    let redis = RedisServer::start();
    for format in [1, 2] {
        for command in journal(format) {
            let words: Vec<&str> = command.iter().map(String::as_str).collect();
            redis.command(&words).unwrap();
        }
        let store = open(&redis.url(), Keep::default());
        let journal = store.read(&format!("CA-format-{format}"), 0).await.unwrap().unwrap().journal;
        assert_eq!(
            (journal.head.format, journal.head.app.as_str(), journal.head.started),
            (format, "bank", 1_700_000_000_000)
        );
        assert_eq!(journal.entries[0].answer.as_deref(), Some("a1"));
        let Happening::Start { session, .. } = &journal.entries[0].events[0].happening else { panic!("it starts") };
        assert_eq!(session["connection"]["remote"]["uri"], "tel:+15550100001");
        let Happening::Fetched { response: Response::Found(resource), .. } = &journal.entries[0].events[1].happening
        else {
            panic!("a document is fetched")
        };
        assert_eq!(String::from_utf8_lossy(&resource.body), "<vxml version=\"2.1\"/>");
        assert_eq!(journal.entries[0].cookies[0].url, "http://a.example/");
        assert_eq!(
            journal.entries.iter().map(|entry| entry.turn).collect::<Vec<_>>(),
            [1, 2, 2][..if format == 1 { 2 } else { 3 }]
        );
    }
    // Only format 2 has parts.
    let store = open(&redis.url(), Keep::default());
    let part = &store.read("CA-format-2", 1).await.unwrap().unwrap().journal.entries[0];
    assert_eq!((part.answer.as_deref(), part.effect.as_deref(), part.played), (None, Some("CA-format-2/7"), true));
}

#[tokio::test]
async fn a_journal_of_a_later_release_is_refused_by_name() {
    let redis = RedisServer::start();
    for command in journal(2) {
        let words: Vec<String> = command.iter().map(|word| word.replace("\"format\":2", "\"format\":3")).collect();
        redis.command(&words.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
    }
    let later = open(&redis.url(), Keep::default()).read("CA-format-2", 0).await;
    let Err(StoreError::Broken(text)) = later else { panic!("it cannot be read") };
    assert!(text.contains("CA-format-2") && text.contains("format 3"), "{text}");
}
