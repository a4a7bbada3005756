//! Redis goes away and comes back.

use super::{RedisServer, append, entries, entry, fetching, open};
use std::time::{Duration, Instant};
use voxbridge::store::{Keep, Store, StoreError, Then};

/// Longer than a store may take to say that Redis is away: a connection and an answer, a second each.
const AT_MOST: Duration = Duration::from_millis(2_700);

async fn is_away(store: &dyn Store) {
    let begun = Instant::now();
    let away = append(store, "CA1", 1, entry(2, "1"), Then::Open).await;
    assert!(matches!(away, Err(StoreError::Unreachable(_))), "{away:?}");
    assert!(begun.elapsed() < AT_MOST, "it took {:?}", begun.elapsed());
    let away = store.read("CA1", 0).await;
    assert!(matches!(away, Err(StoreError::Unreachable(_))), "{away:?}");
    assert!(matches!(store.check().await, Err(StoreError::Unreachable(_))));
}

#[tokio::test]
async fn a_killed_redis_is_said_to_be_away_and_has_everything_when_it_is_back() {
    let mut redis = RedisServer::start();
    let store = open(&redis.url(), Keep::default());
    append(&*store, "CA1", 0, fetching(1, "<vxml/>"), Then::Open).await.unwrap();
    for stop in [RedisServer::kill, RedisServer::stop] {
        stop(&mut redis);
        is_away(&*store).await;
        redis.restart();
        tokio::time::sleep(Duration::from_millis(120)).await;
        assert_eq!(entries(&*store, "CA1", 0).await, [fetching(1, "<vxml/>")]);
    }
    append(&*store, "CA1", 1, entry(2, "1"), Then::Ended).await.unwrap();
    // Another host knows it, too.
    assert_eq!(entries(&*open(&redis.url(), Keep::default()), "CA1", 0).await.len(), 2);
}

#[tokio::test]
async fn a_redis_that_says_nothing_is_said_to_be_away_within_time() {
    let redis = RedisServer::start();
    let store = open(&redis.url(), Keep::default());
    append(&*store, "CA1", 0, entry(1, "1"), Then::Open).await.unwrap();
    redis.freeze();
    is_away(&*store).await;
    redis.thaw();
    tokio::time::sleep(Duration::from_millis(150)).await;
    // What was sent before may have been written, and may be sent again.
    append(&*store, "CA1", 1, entry(2, "1"), Then::Open).await.unwrap();
    assert_eq!(entries(&*store, "CA1", 0).await, [entry(1, "1"), entry(2, "1")]);
}

#[tokio::test]
async fn connections_that_are_cut_are_made_anew_unnoticed() {
    let redis = RedisServer::start();
    let store = open(&redis.url(), Keep::default());
    for at in 0..20 {
        append(&*store, "CA1", at, entry(at as u32 + 1, "1"), Then::Open).await.unwrap();
        redis.cut_connections();
        assert_eq!(entries(&*store, "CA1", at).await.len(), 1);
    }
}

#[tokio::test]
async fn a_redis_that_was_not_there_at_the_start_is_used_once_it_is() {
    let mut redis = RedisServer::start();
    redis.stop();
    let store = open(&redis.url(), Keep::default());
    is_away(&*store).await;
    redis.restart();
    tokio::time::sleep(Duration::from_millis(120)).await;
    append(&*store, "CA1", 0, entry(1, "1"), Then::Open).await.unwrap();
}

#[tokio::test]
async fn bodies_a_redis_has_lost_are_written_again() {
    let mut redis = RedisServer::start();
    let store = open(&redis.url(), Keep::default());
    append(&*store, "CA1", 0, fetching(1, "<vxml/>"), Then::Open).await.unwrap();
    redis.command(&["FLUSHALL"]).unwrap();
    redis.restart();
    append(&*store, "CA2", 0, fetching(1, "<vxml/>"), Then::Open).await.unwrap();
    // By a host that has not seen it.
    let other = open(&redis.url(), Keep::default());
    assert_eq!(entries(&*other, "CA2", 0).await, [fetching(1, "<vxml/>")]);
}

#[tokio::test]
async fn scripts_a_redis_has_forgotten_are_told_it_again() {
    let redis = RedisServer::start();
    let store = open(&redis.url(), Keep::default());
    for at in 0..3 {
        append(&*store, "CA1", at, fetching(1, "<vxml/>"), Then::Open).await.unwrap();
        redis.command(&["SCRIPT", "FLUSH"]).unwrap();
        assert!(store.claim("CA1", "a", Duration::from_secs(1)).await.unwrap());
        redis.command(&["SCRIPT", "FLUSH"]).unwrap();
    }
}

#[tokio::test]
async fn a_body_that_is_gone_is_said_to_be() {
    let redis = RedisServer::start();
    append(&*open(&redis.url(), Keep::default()), "CA1", 0, fetching(1, "<vxml/>"), Then::Open).await.unwrap();
    let bodies = redis.command(&["KEYS", "voxbridge:body:*"]).unwrap();
    assert_eq!(bodies.lines().count(), 1);
    redis.command(&["DEL", &bodies]).unwrap();
    let gone = open(&redis.url(), Keep::default()).read("CA1", 0).await;
    assert!(matches!(&gone, Err(StoreError::Broken(text)) if text.contains("entry 0 of call CA1")), "{gone:?}");
}

#[tokio::test]
async fn a_full_redis_may_have_room_again_and_a_wrong_password_stays_wrong() {
    let redis = RedisServer::start_with(&["--requirepass", "s3cr3t"]);
    let store = open(&redis.url(), Keep::default());
    append(&*store, "CA1", 0, entry(1, "1"), Then::Open).await.unwrap();
    redis.command(&["CONFIG", "SET", "maxmemory", "1mb"]).unwrap();
    let full = append(&*store, "CA1", 1, entry(2, "1"), Then::Open).await;
    assert!(matches!(&full, Err(StoreError::Unreachable(text)) if text.contains("OOM")), "{full:?}");
    redis.command(&["CONFIG", "SET", "maxmemory", "0"]).unwrap();
    append(&*store, "CA1", 1, entry(2, "1"), Then::Open).await.unwrap();
    for url in [redis.url().replace("s3cr3t", "wr0ng"), redis.url().replace(":s3cr3t@", "")] {
        let store = open(&url, Keep::default());
        let refused = store.check().await.unwrap_err();
        assert!(matches!(refused, StoreError::Broken(_)), "{refused}");
        assert!(refused.to_string().contains("password") && !refused.to_string().contains("wr0ng"), "{refused}");
        assert!(!format!("{store:?}").contains("wr0ng"));
    }
}

#[tokio::test]
async fn keys_begin_as_the_url_says_expire_and_lie_together() {
    let redis = RedisServer::start();
    let store = open(&format!("{}/2?prefix=ivr", redis.url()), Keep::default());
    append(&*store, "CA1", 0, fetching(1, "<vxml/>"), Then::Open).await.unwrap();
    assert_eq!(redis.command(&["DBSIZE"]).unwrap(), "0", "database 2 was asked for");
    append(&*open(&redis.url(), Keep::default()), "CA1", 0, fetching(1, "<vxml/>"), Then::Open).await.unwrap();
    let mut keys: Vec<String> = redis.command(&["KEYS", "*"]).unwrap().lines().map(str::to_owned).collect();
    keys.sort();
    let body = keys.remove(1);
    assert!(body.starts_with("voxbridge:body:"), "{body}");
    assert_eq!(keys, ["voxbridge:apps", "voxbridge:open:bank", "voxbridge:{CA1}:journal"]);
    let expiry = |key: &str| redis.command(&["TTL", key]).unwrap().parse::<i64>().unwrap();
    assert!((86_000..=86_400).contains(&expiry("voxbridge:{CA1}:journal")));
    assert!(expiry(&body) > 2 * 86_400, "a body outlives every journal that speaks of it");
}

#[tokio::test]
async fn a_call_whose_journal_expired_is_open_no_more() {
    let redis = RedisServer::start();
    let keep = Keep { open: Duration::from_millis(50), look: Duration::ZERO, ..Keep::default() };
    let store = open(&redis.url(), keep);
    append(&*store, "CA1", 0, entry(1, "1"), Then::Open).await.unwrap();
    tokio::time::sleep(Duration::from_millis(120)).await;
    assert_eq!(store.due(i64::MAX / 2, i64::MAX / 2, 10).await.unwrap(), [""; 0]);
    assert_eq!(store.open("bank").await.unwrap(), 0);
}

/// Workers are threads with a runtime each; what drives a connection ends with the runtime that made it.
#[test]
fn a_store_outlives_the_runtimes_it_was_used_from() {
    let redis = RedisServer::start();
    let store = open(&redis.url(), Keep::default());
    for at in 0..4 {
        let store = std::sync::Arc::clone(&store);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(append(&*store, "CA1", at, entry(at as u32 + 1, "1"), Then::Open)).unwrap();
        });
        thread.join().unwrap();
    }
}
