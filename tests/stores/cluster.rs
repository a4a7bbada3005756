//! Redis Cluster and Sentinel.

use super::redis::free_port;
use super::{RedisServer, append, entries, entry, fetching, open};
use std::time::{Duration, Instant};
use voxbridge::store::{Keep, Put, StoreError, Then};

/// Waits until a condition holds.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < end, "it did not come to pass: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Three masters with a third of the slots each.
async fn cluster() -> Vec<RedisServer> {
    let nodes: Vec<RedisServer> = (0..3)
        .map(|_| {
            let bus = free_port().to_string();
            RedisServer::start_with(&["--cluster-enabled", "yes", "--cluster-port", &bus])
        })
        .collect();
    for (node, slots) in nodes.iter().zip([["0", "5460"], ["5461", "10922"], ["10923", "16383"]]) {
        node.command(&["CLUSTER", "ADDSLOTSRANGE", slots[0], slots[1]]).unwrap();
    }
    for (number, node) in nodes.iter().enumerate() {
        node.command(&["CLUSTER", "SET-CONFIG-EPOCH", &(number + 1).to_string()]).unwrap();
    }
    for other in &nodes[1..] {
        let (port, bus) = (other.port().to_string(), other.command(&["CONFIG", "GET", "cluster-port"]).unwrap());
        let bus = bus.lines().last().unwrap().to_owned();
        nodes[0].command(&["CLUSTER", "MEET", "127.0.0.1", &port, &bus]).unwrap();
    }
    until("the nodes know of each other", || {
        nodes.iter().all(|node| {
            let info = node.command(&["CLUSTER", "INFO"]).unwrap();
            info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3")
        })
    })
    .await;
    nodes
}

#[tokio::test]
async fn a_cluster_keeps_journals_on_all_its_nodes() {
    let nodes = cluster().await;
    let url = format!("redis-cluster://127.0.0.1:{},127.0.0.1:{}", nodes[0].port(), nodes[1].port());
    let keep = Keep { calls: [("bank".to_owned(), 30)].into(), look: Duration::ZERO, ..Keep::default() };
    let (store, other) = (open(&url, keep.clone()), open(&url, keep));
    let calls: Vec<String> = (0..30).map(|number| format!("CA{number}")).collect();
    for call in &calls {
        append(&*store, call, 0, fetching(1, &format!("<vxml>{call}</vxml>")), Then::Open).await.unwrap();
    }
    let busy = append(&*store, "CA99", 0, entry(1, "1"), Then::Open).await;
    assert_eq!(busy, Err(StoreError::Busy("bank".into())));
    for node in &nodes {
        assert!(node.command(&["DBSIZE"]).unwrap().parse::<u32>().unwrap() > 5, "each has its part");
    }
    for call in &calls {
        let whole = [fetching(1, &format!("<vxml>{call}</vxml>"))];
        assert_eq!(entries(&*other, call, 0).await, whole);
        let lost = append(&*other, call, 0, entry(1, "2"), Then::Open).await;
        assert_eq!(lost, Err(StoreError::Behind(whole.to_vec())));
        assert!(other.claim(call, "b", Duration::from_secs(9)).await.unwrap());
        assert!(!store.claim(call, "a", Duration::from_secs(9)).await.unwrap());
    }
    assert_eq!(other.due(5_000, 9_000, 100).await.unwrap().len(), 30);
    for call in &calls[..10] {
        append(&*other, call, 1, entry(2, "1"), Then::Ended).await.unwrap();
    }
    assert_eq!(store.open("bank").await.unwrap(), 20);
    for collection in ["days", "phones", "ids"] {
        for key in ["a", "b", "c"] {
            let (collection, key, value) = (collection.to_owned(), key.to_owned(), String::from("x"));
            store.put(Put { collection, key, value, known: 0, keep: Duration::from_secs(60) }).await.unwrap();
        }
        assert_eq!(other.records(collection, "", 9).await.unwrap().len(), 3);
    }
    store.check().await.unwrap();
}

#[tokio::test]
async fn a_cluster_that_has_lost_a_node_is_away_and_comes_back() {
    let mut nodes = cluster().await;
    let url = format!("redis-cluster://127.0.0.1:{}", nodes[0].port());
    let store = open(&url, Keep::default());
    for number in 0..9 {
        append(&*store, &format!("CA{number}"), 0, entry(1, "1"), Then::Open).await.unwrap();
    }
    nodes[1].kill();
    let mut away = 0;
    for number in 0..9 {
        let begun = Instant::now();
        match append(&*store, &format!("CA{number}"), 1, entry(2, "1"), Then::Open).await {
            Ok(()) => {}
            Err(StoreError::Unreachable(_)) => away += 1,
            Err(other) => panic!("{other}"),
        }
        assert!(begun.elapsed() < Duration::from_millis(2_700));
    }
    assert!(away > 0, "none of the calls lay on that node");
    nodes[1].restart();
    until("the cluster is whole again", || {
        nodes[0].command(&["CLUSTER", "INFO"]).unwrap().contains("cluster_state:ok")
    })
    .await;
    for number in 0..9 {
        let call = format!("CA{number}");
        let end = Instant::now() + Duration::from_secs(10);
        while let Err(error) = append(&*store, &call, 1, entry(2, "1"), Then::Open).await {
            assert!(matches!(error, StoreError::Unreachable(_)) && Instant::now() < end, "{error}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(entries(&*store, &call, 0).await.len(), 2);
    }
}

#[tokio::test]
async fn after_a_failover_sentinels_lead_to_the_new_master() {
    let mut master = RedisServer::start();
    let port = master.port().to_string();
    let replica = RedisServer::start_with(&["--replicaof", &format!("127.0.0.1 {port}")]);
    let sentinel = RedisServer::sentinel("main", master.port());
    let url = format!("redis-sentinel://127.0.0.1:{}/main", sentinel.port());
    let store = open(&url, Keep::default());
    append(&*store, "CA1", 0, fetching(1, "<vxml/>"), Then::Open).await.unwrap();
    until("the replica has it all, and the sentinel knows it", || {
        let known = sentinel.command(&["SENTINEL", "REPLICAS", "main"]).unwrap();
        let copied = replica.command(&["EXISTS", "voxbridge:{CA1}:journal"]).unwrap();
        known.contains(&replica.port().to_string()) && copied == "1"
    })
    .await;
    master.kill();
    let end = Instant::now() + Duration::from_secs(30);
    while let Err(error) = append(&*store, "CA1", 1, entry(2, "1"), Then::Open).await {
        assert!(matches!(error, StoreError::Unreachable(_)) && Instant::now() < end, "{error}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(entries(&*store, "CA1", 0).await, [fetching(1, "<vxml/>"), entry(2, "1")]);
    assert!(replica.command(&["ROLE"]).unwrap().starts_with("master"));
}
