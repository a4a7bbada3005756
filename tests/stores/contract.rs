//! What every store promises.

use super::{Under, append, entries, entry, fetching, head, part};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;
use voxbridge::dialogue::{Happening, Response};
use voxbridge::store::{Append, Entry, Keep, Store, StoreError, Then};

const SOON: Duration = Duration::from_millis(60);
const LONG: Duration = Duration::from_secs(60);

fn working(owner: &str, claimed: Duration) -> Then {
    Then::Working { owner: owner.to_owned(), claimed }
}

#[tokio::test]
async fn a_journal_comes_back_as_it_was_written() {
    for Under { store, name, .. } in &Under::all(&Keep::default()) {
        assert_eq!(store.read("CA1", 0).await.unwrap(), None, "{name}");
        let written = [fetching(1, "<vxml/>"), entry(2, "42"), fetching(3, "<vxml/>"), entry(4, "")];
        for (at, entry) in written.iter().enumerate() {
            append(&**store, "CA1", at, entry.clone(), Then::Open).await.unwrap();
        }
        let found = store.read("CA1", 0).await.unwrap().unwrap();
        assert_eq!((&found.journal.head, found.owner), (&*head("CA1"), None), "{name}");
        assert_eq!(found.journal.entries, written, "{name}");
        assert_eq!(entries(&**store, "CA1", 2).await, written[2..], "{name}");
        assert_eq!(entries(&**store, "CA1", 9).await, [], "{name}");
        assert_eq!(store.read("CA2", 0).await.unwrap(), None, "{name}");
        store.check().await.unwrap();
    }
}

#[tokio::test]
async fn of_two_writers_one_wins_and_the_other_gets_exactly_what_it_missed() {
    for Under { store, name, .. } in &Under::all(&Keep::default()) {
        append(&**store, "CA1", 0, fetching(1, "<vxml/>"), Then::Open).await.unwrap();
        append(&**store, "CA1", 1, fetching(2, "<other/>"), Then::Open).await.unwrap();
        append(&**store, "CA1", 2, entry(3, "1"), Then::Open).await.unwrap();
        let lost = append(&**store, "CA1", 1, entry(2, "7"), Then::Ended).await;
        assert_eq!(lost, Err(StoreError::Behind(vec![fetching(2, "<other/>"), entry(3, "1")])), "{name}");
        let first = append(&**store, "CA1", 0, entry(1, "8"), Then::Open).await.unwrap_err();
        assert!(matches!(first, StoreError::Behind(all) if all.len() == 3), "{name}");
        assert_eq!(entries(&**store, "CA1", 0).await.len(), 3, "{name}");
        assert_eq!(store.open("bank").await.unwrap(), 1, "{name}");
        // More than there is: the store has lost some.
        assert_eq!(
            append(&**store, "CA1", 5, entry(6, "1"), Then::Open).await,
            Err(StoreError::Behind(vec![])),
            "{name}"
        );
        let unknown = append(&**store, "CA9", 3, entry(4, "1"), Then::Open).await;
        assert_eq!(unknown, Err(StoreError::Unknown("CA9".into())), "{name}");
    }
}

#[tokio::test]
async fn of_many_that_begin_one_call_one_does() {
    for Under { store, name, .. } in &Under::all(&Keep::default()) {
        let tasks: Vec<_> = (0..8)
            .map(|number| {
                let store = Arc::clone(store);
                tokio::spawn(async move { append(&*store, "CA1", 0, entry(1, &number.to_string()), Then::Open).await })
            })
            .collect();
        let mut won = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => won += 1,
                Err(StoreError::Behind(missed)) => assert_eq!(missed.len(), 1, "{name}"),
                Err(other) => panic!("{name}: {other}"),
            }
        }
        assert_eq!((won, entries(&**store, "CA1", 0).await.len()), (1, 1), "{name}");
        assert_eq!(store.open("bank").await.unwrap(), 1, "{name}");
    }
}

#[tokio::test]
async fn an_entry_whose_answer_was_lost_may_be_appended_again() {
    for Under { store, name, .. } in &Under::all(&Keep::default()) {
        for _ in 0..2 {
            append(&**store, "CA1", 0, fetching(1, "<vxml/>"), Then::Open).await.unwrap();
        }
        for _ in 0..2 {
            append(&**store, "CA1", 1, part(2, "e"), working("a", LONG)).await.unwrap();
        }
        // The same part of another host is another one: only one of them may send.
        let other = append(&**store, "CA1", 1, part(2, "e"), working("b", LONG)).await;
        assert_eq!(other, Err(StoreError::Behind(vec![part(2, "e")])), "{name}");
        for _ in 0..2 {
            append(&**store, "CA1", 2, entry(2, "1"), Then::Ended).await.unwrap();
        }
        assert_eq!(entries(&**store, "CA1", 0).await.len(), 3, "{name}");
        assert_eq!(store.open("bank").await.unwrap(), 0, "{name}");
    }
}

#[tokio::test]
async fn an_unfinished_turn_belongs_to_one_host_until_its_claim_ends() {
    for Under { store, name, .. } in &Under::all(&Keep::default()) {
        let owner = async || store.read("CA1", 0).await.unwrap().unwrap().owner;
        append(&**store, "CA1", 0, entry(1, "1"), Then::Open).await.unwrap();
        append(&**store, "CA1", 1, part(2, "e"), working("a", LONG)).await.unwrap();
        assert_eq!(owner().await.as_deref(), Some("a"), "{name}");
        assert!(!store.claim("CA1", "b", LONG).await.unwrap(), "{name}");
        assert!(store.claim("CA1", "a", LONG).await.unwrap(), "{name}");
        append(&**store, "CA1", 2, entry(2, "1"), Then::Open).await.unwrap();
        assert_eq!(owner().await, None, "{name}: the entry that finishes the turn ends the claim");
        assert!(store.claim("CA1", "b", SOON).await.unwrap(), "{name}");
        assert!(!store.claim("CA1", "a", LONG).await.unwrap(), "{name}");
        tokio::time::sleep(SOON * 2).await;
        assert_eq!(owner().await, None, "{name}: a claim ends by itself");
        assert!(store.claim("CA1", "a", LONG).await.unwrap(), "{name}");
        let unknown = store.claim("CA9", "a", LONG).await;
        assert_eq!(unknown, Err(StoreError::Unknown("CA9".into())), "{name}");
    }
}

#[tokio::test]
async fn of_many_that_claim_a_call_one_gets_it() {
    for Under { store, name, .. } in &Under::all(&Keep::default()) {
        append(&**store, "CA1", 0, entry(1, "1"), Then::Open).await.unwrap();
        let claims = (0..8).map(|number| {
            let store = Arc::clone(store);
            tokio::spawn(async move { store.claim("CA1", &format!("host {number}"), LONG).await.unwrap() })
        });
        let mut won = 0;
        for claim in claims.collect::<Vec<_>>() {
            won += u32::from(claim.await.unwrap());
        }
        assert_eq!(won, 1, "{name}");
    }
}

#[tokio::test]
async fn journals_are_as_long_and_as_large_as_they_may_be() {
    let keep = Keep { entries: 2, bytes: 2_000, ..Keep::default() };
    for Under { store, name, .. } in &Under::all(&keep) {
        for at in 0..2 {
            append(&**store, "CA1", at, entry(1, "1"), Then::Open).await.unwrap();
        }
        let full = append(&**store, "CA1", 2, entry(3, "1"), Then::Open).await;
        assert_eq!(full, Err(StoreError::Full("CA1".into())), "{name}");
        append(&**store, "CA2", 0, entry(1, &"1".repeat(1_500)), Then::Open).await.unwrap();
        let large = append(&**store, "CA2", 1, entry(2, &"1".repeat(600)), Then::Open).await;
        assert_eq!(large, Err(StoreError::Full("CA2".into())), "{name}");
        let first = append(&**store, "CA3", 0, entry(1, &"1".repeat(3_000)), Then::Open).await;
        assert_eq!(first, Err(StoreError::Full("CA3".into())), "{name}");
        assert_eq!(store.open("bank").await.unwrap(), 2, "{name}: a call that could not begin is not open");
    }
}

#[tokio::test]
async fn an_application_has_only_so_many_open_calls() {
    let keep = Keep { calls: [("bank".to_owned(), 2)].into(), ..Keep::default() };
    for Under { store, name, .. } in &Under::all(&keep) {
        append(&**store, "CA1", 0, entry(1, "1"), Then::Open).await.unwrap();
        append(&**store, "CA2", 0, entry(1, "1"), Then::Open).await.unwrap();
        let busy = append(&**store, "CA3", 0, entry(1, "1"), Then::Open).await;
        assert_eq!(busy, Err(StoreError::Busy("bank".into())), "{name}");
        assert_eq!(store.read("CA3", 0).await.unwrap(), None, "{name}");
        // Who loses a race is not told that the application is busy, and counts for nothing.
        let lost = append(&**store, "CA2", 0, entry(1, "2"), Then::Open).await;
        assert!(matches!(lost, Err(StoreError::Behind(_))), "{name}: {lost:?}");
        append(&**store, "CA1", 1, entry(2, "1"), Then::Ended).await.unwrap();
        assert_eq!(store.open("bank").await.unwrap(), 1, "{name}");
        append(&**store, "CA3", 0, entry(1, "1"), Then::Open).await.unwrap();
        store.remind("CA3", "bank", None).await.unwrap();
        assert_eq!((store.open("bank").await.unwrap(), store.open("air").await.unwrap()), (1, 0), "{name}");
        // It began and ended in one.
        append(&**store, "CA4", 0, entry(1, "1"), Then::Ended).await.unwrap();
        assert_eq!(store.open("bank").await.unwrap(), 1, "{name}");
    }
}

#[tokio::test]
async fn open_calls_are_looked_at_when_they_are_due_by_one_host() {
    let keep = Keep { look: Duration::from_secs(5), ..Keep::default() };
    for Under { store, name, .. } in &Under::all(&keep) {
        for call in ["CA1", "CA2", "CA3"] {
            append(&**store, call, 0, entry(1, "1"), Then::Open).await.unwrap();
        }
        append(&**store, "CA3", 1, entry(2, "1"), Then::Ended).await.unwrap();
        let due = async |now, again, most| {
            let mut calls = store.due(now, again, most).await.unwrap();
            calls.sort();
            calls
        };
        // They began at 1,000.
        assert_eq!(due(5_900, 9_000, 10).await, [""; 0], "{name}");
        assert_eq!(due(6_001, 9_000, 1).await.len(), 1, "{name}");
        assert_eq!(due(6_001, 9_000, 10).await.len(), 1, "{name}: one is being looked at");
        assert_eq!(due(6_001, 9_000, 10).await, [""; 0], "{name}");
        assert_eq!(due(9_001, 20_000, 10).await, ["CA1", "CA2"], "{name}: nobody has seen to them");
        store.remind("CA1", "bank", Some(12_000)).await.unwrap();
        store.remind("CA3", "bank", Some(12_000)).await.unwrap();
        assert_eq!(due(12_001, 20_000, 10).await, ["CA1"], "{name}: what is over is not looked at again");
        store.remind("CA1", "bank", None).await.unwrap();
        store.remind("CA9", "bank", None).await.unwrap();
        assert_eq!(due(i64::MAX / 2, i64::MAX / 2, 10).await, ["CA2"], "{name}");
    }
}

#[tokio::test]
async fn journals_are_kept_so_long_after_their_last_entry() {
    let keep = Keep { open: Duration::from_millis(400), ended: Duration::from_millis(100), ..Keep::default() };
    for Under { store, name, .. } in &Under::all(&keep) {
        append(&**store, "CA1", 0, fetching(1, "<vxml/>"), Then::Open).await.unwrap();
        append(&**store, "CA2", 0, entry(1, "1"), Then::Ended).await.unwrap();
        tokio::time::sleep(Duration::from_millis(250)).await;
        assert_eq!(store.read("CA2", 0).await.unwrap(), None, "{name}");
        append(&**store, "CA1", 1, entry(2, "1"), Then::Open).await.unwrap();
        tokio::time::sleep(Duration::from_millis(250)).await;
        assert_eq!(entries(&**store, "CA1", 0).await.len(), 2, "{name}");
        tokio::time::sleep(Duration::from_millis(250)).await;
        assert_eq!(store.read("CA1", 0).await.unwrap(), None, "{name}");
        let late = append(&**store, "CA1", 2, entry(3, "1"), Then::Open).await;
        assert_eq!(late, Err(StoreError::Unknown("CA1".into())), "{name}");
        append(&**store, "CA1", 0, entry(1, "anew"), Then::Open).await.unwrap();
        assert_eq!(entries(&**store, "CA1", 0).await, [entry(1, "anew")], "{name}");
    }
}

#[tokio::test]
async fn what_was_fetched_is_shared_by_all_readers() {
    for Under { store, name, .. } in &Under::all(&Keep::default()) {
        append(&**store, "CA1", 0, fetching(1, "<vxml/>"), Then::Open).await.unwrap();
        append(&**store, "CA2", 0, fetching(1, "<vxml/>"), Then::Open).await.unwrap();
        let mut bodies = Vec::new();
        for call in ["CA1", "CA2"] {
            for event in entries(&**store, call, 0).await.into_iter().flat_map(|entry| entry.events) {
                if let Happening::Fetched { response: Response::Found(resource), .. } = event.happening {
                    bodies.push(resource.body);
                }
            }
        }
        assert_eq!(bodies.len(), 2, "{name}");
        assert!(Arc::ptr_eq(&bodies[0], &bodies[1]), "{name}: a body is in memory once");
    }
}

/// What a writer does next.
#[derive(Debug, Clone, Copy)]
enum Move {
    Write { writer: usize, ended: bool },
    Read { writer: usize },
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        4 => (0..2usize, prop::bool::weighted(0.1)).prop_map(|(writer, ended)| Move::Write { writer, ended }),
        1 => (0..2usize).prop_map(|writer| Move::Read { writer }),
    ];
    prop::collection::vec(one, 1..40)
}

/// Two hosts write one call in any order, each from what it knows. Whatever they knew is a beginning of the journal that
/// comes of it, and every entry said to be written is in it, once.
async fn interleave(store: &dyn Store, call: &str, moves: &[Move]) {
    let mut known: [Vec<Entry>; 2] = Default::default();
    let mut written = 0;
    for (step, next) in moves.iter().enumerate() {
        match *next {
            Move::Write { writer, ended } => {
                let known = &mut known[writer];
                let mine = fetching(step as u32, &format!("body {}", step % 3));
                let then = if ended { Then::Ended } else { Then::Open };
                let append = Append { head: head(call), at: known.len(), entry: mine.clone(), then };
                match store.append(append).await {
                    Ok(()) => {
                        known.push(mine);
                        written += 1;
                    }
                    Err(StoreError::Behind(missed)) => {
                        assert!(!missed.is_empty());
                        known.extend(missed);
                    }
                    Err(other) => panic!("{other}"),
                }
            }
            Move::Read { writer } => {
                let known = &mut known[writer];
                if let Some(found) = store.read(call, known.len()).await.unwrap() {
                    known.extend(found.journal.entries);
                }
            }
        }
    }
    let journal = match store.read(call, 0).await.unwrap() {
        Some(found) => found.journal.entries,
        None => Vec::new(),
    };
    assert_eq!(journal.len(), written);
    for known in &known {
        assert_eq!(known[..], journal[..known.len()]);
    }
    let mut turns: Vec<u32> = journal.iter().map(|entry| entry.turn).collect();
    turns.dedup();
    assert_eq!(turns.len(), written, "no entry is there twice");
}

#[test]
fn any_interleaving_of_two_writers_gives_one_journal() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let all = runtime.block_on(async { Under::all(&Keep::default()) });
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig { cases: 64, ..ProptestConfig::default() });
    let number = std::cell::Cell::new(0);
    let run = runner.run(&moves(), |moves| {
        number.set(number.get() + 1);
        for Under { store, .. } in &all {
            runtime.block_on(interleave(&**store, &format!("CA{}", number.get()), &moves));
        }
        Ok(())
    });
    run.unwrap();
}
