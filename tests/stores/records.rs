//! What every store promises of records.

use super::{Under, open};
use std::sync::Arc;
use std::time::Duration;
use voxbridge::store::{Keep, LARGEST_RECORD, Put, Record, Store, StoreError};

const LONG: Duration = Duration::from_secs(60);

fn put(key: &str, value: &str, known: u64) -> Put {
    Put { collection: "tables".into(), key: key.into(), value: value.into(), known, keep: LONG }
}

fn record(version: u64, value: &str) -> Record {
    Record { version, value: value.into() }
}

#[tokio::test]
async fn a_record_is_changed_by_whoever_knows_it_and_by_nobody_else() {
    for Under { store, name, .. } in &Under::all(&Keep::default()) {
        assert_eq!(store.record("tables", "a").await.unwrap(), None, "{name}");
        assert_eq!(store.put(put("a", "one", 0)).await.unwrap(), 1, "{name}");
        let there = Err(StoreError::Changed(Some(record(1, "one"))));
        assert_eq!(store.put(put("a", "other", 0)).await, there, "{name}");
        assert_eq!(store.put(put("a", "other", 7)).await, there, "{name}");
        assert_eq!(store.put(put("a", "twö {}\n", 1)).await.unwrap(), 2, "{name}");
        assert_eq!(store.record("tables", "a").await.unwrap(), Some(record(2, "twö {}\n")), "{name}");
        assert_eq!(store.put(put("b", "x", 3)).await, Err(StoreError::Changed(None)), "{name}");
        assert_eq!(store.record("chairs", "a").await.unwrap(), None, "{name}: collections are apart");
        // The same text by another writer is not what was written already.
        let again = Err(StoreError::Changed(Some(record(2, "twö {}\n"))));
        assert_eq!(store.put(put("a", "twö {}\n", 1)).await, again, "{name}");
    }
}

#[tokio::test]
async fn of_many_that_count_at_once_none_is_lost() {
    for Under { store, name, redis, folder } in &Under::all(&Keep::default()) {
        let url = match (redis, folder) {
            (Some(redis), _) => Some(redis.url()),
            (None, Some(folder)) => Some(format!("sqlite:{}", folder.path().join("data/calls.db").display())),
            (None, None) => None,
        };
        // Another replica, where there can be one.
        let other = url.map_or_else(|| Arc::clone(store), |url| open(&url, Keep::default()));
        let tasks: Vec<_> = (0..8)
            .map(|number| {
                let store = Arc::clone(if number % 2 == 0 { store } else { &other });
                tokio::spawn(async move {
                    for _ in 0..5 {
                        count_up(&*store).await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(store.record("tables", "count").await.unwrap(), Some(record(40, "40")), "{name}");
    }
}

async fn count_up(store: &dyn Store) {
    let mut there = store.record("tables", "count").await.unwrap();
    loop {
        let (known, count) = there.map_or((0, 0), |record| (record.version, record.value.parse::<u32>().unwrap()));
        match store.put(put("count", &(count + 1).to_string(), known)).await {
            Ok(_) => return,
            Err(StoreError::Changed(now)) => there = now,
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn records_are_listed_by_how_their_keys_begin() {
    for Under { store, name, .. } in &Under::all(&Keep::default()) {
        for key in ["2026-03-02", "2026-03-10", "2026-04-01", "2026-03-01", "100%", "10_0"] {
            store.put(put(key, key, 0)).await.unwrap();
        }
        let listed = async |prefix: &str, most: usize| {
            let found = store.records("tables", prefix, most).await.unwrap();
            assert!(found.iter().all(|(key, record)| *key == record.value && record.version == 1), "{name}");
            found.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
        };
        assert_eq!(listed("2026-03", 9).await, ["2026-03-01", "2026-03-02", "2026-03-10"], "{name}");
        assert_eq!(listed("2026-03", 2).await, ["2026-03-01", "2026-03-02"], "{name}");
        assert_eq!(listed("10", 9).await, ["100%", "10_0"], "{name}");
        assert_eq!(listed("100%", 9).await, ["100%"], "{name}");
        assert_eq!(listed("", 99).await.len(), 6, "{name}");
        assert_eq!(listed("2027", 9).await.len(), 0, "{name}");
    }
}

#[tokio::test]
async fn a_record_is_gone_once_it_was_kept_long_enough() {
    let soon = Duration::from_millis(60);
    for Under { store, name, .. } in &Under::all(&Keep::default()) {
        store.put(Put { keep: soon, ..put("a", "one", 0) }).await.unwrap();
        store.put(put("b", "two", 0)).await.unwrap();
        tokio::time::sleep(soon * 2).await;
        assert_eq!(store.record("tables", "a").await.unwrap(), None, "{name}");
        assert_eq!(store.records("tables", "", 9).await.unwrap(), [("b".to_owned(), record(1, "two"))], "{name}");
        assert_eq!(store.put(put("a", "anew", 0)).await.unwrap(), 1, "{name}");
        assert_eq!(store.records("tables", "", 9).await.unwrap().len(), 2, "{name}");
    }
}

#[tokio::test]
async fn what_is_too_large_or_has_no_name_is_refused() {
    for Under { store, name, .. } in &Under::all(&Keep::default()) {
        let large = "x".repeat(LARGEST_RECORD + 1);
        let long = "k".repeat(300);
        for wrong in [put("a", &large, 0), put("", "x", 0), put(&long, "x", 0), put("a{b}", "x", 0), put("a\n", "x", 0)]
        {
            assert!(matches!(store.put(wrong).await, Err(StoreError::Broken(_))), "{name}");
        }
        assert_eq!(store.records("tables", "", 9).await.unwrap(), [], "{name}");
    }
}

#[tokio::test]
async fn records_are_there_after_a_restart() {
    let Under { store, folder, .. } = Under::sqlite(Keep::default());
    store.put(put("a", "one", 0)).await.unwrap();
    drop(store);
    let folder = folder.unwrap();
    let store = open(&format!("sqlite:{}", folder.path().join("data/calls.db").display()), Keep::default());
    assert_eq!(store.record("tables", "a").await.unwrap(), Some(record(1, "one")));
    let Under { store, redis, .. } = Under::redis(Keep::default());
    let mut redis = redis.unwrap();
    store.put(put("a", "one", 0)).await.unwrap();
    redis.restart();
    assert_eq!(store.record("tables", "a").await.unwrap(), Some(record(1, "one")));
    // A connection that is lost between two writes is nobody's concern.
    redis.cut_connections();
    assert_eq!(store.put(put("a", "two", 1)).await.unwrap(), 2);
}
