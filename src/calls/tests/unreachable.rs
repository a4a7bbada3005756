//! The store does not answer for a while.

use super::flaky::Flaky;
use super::*;
use tokio::time::sleep;

fn one(bench: &Bench) -> (Arc<Flaky>, Host) {
    let store = Flaky::new(&bench.store);
    let app = bench.app(&file(&bench.folder.path().join("main.vxml")));
    let host = bench.host_on(Arc::clone(&store) as Arc<dyn Store>, app);
    (store, host)
}

fn turns(journal: &crate::store::Journal) -> Vec<u32> {
    journal.entries.iter().map(|entry| entry.turn).collect()
}

#[tokio::test]
async fn a_short_absence_is_not_heard() {
    let bench = Bench::new();
    let (store, host) = one(&bench);
    answered(host.begin("CA1", call()).await);
    store.set_away(true);
    let back = async {
        sleep(Duration::from_millis(600)).await;
        store.set_away(false);
    };
    let (reply, ()) = tokio::join!(host.deliver("CA1", 1, |_| keys("2")), back);
    assert_eq!(answered(reply).turn, 2);
    assert_eq!(turns(&store.journal("CA1").await), [1, 2], "it is in the journal before its answer leaves");
}

#[tokio::test]
async fn turns_are_answered_from_memory_and_written_when_the_store_is_back() {
    let bench = Bench::new();
    let (store, host) = one(&bench);
    answered(host.begin("CA1", call()).await);
    store.set_away(true);
    for turn in 1..5 {
        assert_eq!(answered(host.deliver("CA1", turn, |_| keys("2")).await).turn, turn + 1);
    }
    assert_eq!(answered(host.begin("CA2", call()).await).turn, 1, "new calls are taken, too");
    assert_eq!(host.counts().unsaved, 5);
    assert!(!host.settle(Duration::from_millis(100)).await);
    store.set_away(false);
    assert!(host.settle(Duration::from_secs(5)).await);
    assert_eq!(turns(&store.journal("CA1").await), [1, 2, 3, 4, 5]);
    drop(host);
    let (_, other) = one(&bench);
    assert!(said(&answered(other.deliver("CA1", 5, |_| keys("1")).await)).contains("You owe nothing"));
    assert!(said(&answered(other.deliver("CA2", 1, |_| keys("1")).await)).contains("You owe nothing"));
}

#[tokio::test]
async fn what_was_written_though_nobody_heard_of_it_is_not_written_twice() {
    let bench = Bench::new();
    let (store, host) = one(&bench);
    answered(host.begin("CA1", call()).await);
    for turn in 1..4 {
        store.mute.store(true, Ordering::SeqCst);
        assert_eq!(answered(host.deliver("CA1", turn, |_| keys("2")).await).turn, turn + 1);
    }
    assert_eq!(turns(&store.journal("CA1").await), [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_host_without_the_call_holds_what_the_caller_said_until_the_store_is_back() {
    let mut bench = Bench::new();
    let (here, one_host) = one(&bench);
    bench.limits.patience = Duration::from_millis(400);
    let (there, other) = one(&bench);
    answered(one_host.begin("CA1", call()).await);
    // The first host answers from memory; the other one has nothing to answer from.
    here.set_away(true);
    there.set_away(true);
    assert_eq!(answered(one_host.deliver("CA1", 1, |_| keys("2")).await).turn, 2);
    assert!(matches!(other.deliver("CA1", 2, |_| keys("1")).await, Reply::Moment { turn: 2, .. }));
    there.set_away(false);
    assert!(matches!(other.pick_up("CA1", 2, 1).await, Reply::Wait { turn: 2, .. } | Reply::Moment { turn: 2, .. }));
    here.set_away(false);
    let mut rounds = 1;
    let answer = loop {
        rounds += 1;
        match other.pick_up("CA1", 2, rounds).await {
            Reply::Answer(answer) => break answer,
            Reply::Wait { .. } | Reply::Moment { .. } => assert!(rounds < 30),
            reply => panic!("{reply:?}"),
        }
    };
    assert!(said(&answer).contains("You owe nothing"));
    assert_eq!(turns(&here.journal("CA1").await), [1, 2, 3]);
}

#[tokio::test]
async fn a_turn_that_died_with_its_host_unsaved_is_asked_again() {
    let mut bench = Bench::new();
    let (store, host) = one(&bench);
    answered(host.begin("CA1", call()).await);
    store.set_away(true);
    assert_eq!(answered(host.deliver("CA1", 1, |_| keys("2")).await).turn, 2);
    drop(host);
    bench.limits.patience = Duration::from_millis(500);
    store.set_away(false);
    let (_, other) = one(&bench);
    let mut rounds = 0;
    let again = loop {
        rounds += 1;
        match other.pick_up("CA1", 2, rounds).await {
            Reply::Answer(answer) => break answer,
            Reply::Wait { .. } | Reply::Moment { .. } => assert!(rounds < 10),
            reply => panic!("{reply:?}"),
        }
    };
    assert!(said(&again).contains("Main menu"));
    assert_eq!(again.turn, 1);
}
