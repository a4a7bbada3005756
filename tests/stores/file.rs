//! What the store in a file survives, and who may read it.

use super::{append, entries, entry, fetching, head, open, part};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use voxbridge::store::{Append, Keep, Sqlite, Store, StoreError, Then};

/// Set in the process that is killed: the file it writes.
const WRITES: &str = "VOXBRIDGE_TEST_STORE_FILE";

fn sqlite(path: &Path, keep: Keep) -> Sqlite {
    Sqlite::open(path, keep).unwrap()
}

fn rows(path: &Path, table: &str) -> i64 {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn a_file_is_there_after_a_restart_with_its_bodies_and_claims() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b/calls.db");
    {
        let store = sqlite(&path, Keep::default());
        append(&store, "CA1", 0, fetching(1, "<vxml/>"), Then::Open).await.unwrap();
        let then = Then::Working { owner: "a".into(), claimed: Duration::from_secs(60) };
        append(&store, "CA1", 1, part(2, "e"), then).await.unwrap();
    }
    for url in [format!("sqlite:{}", path.display()), format!("file://{}", path.display())] {
        let store = open(&url, Keep::default());
        let found = store.read("CA1", 0).await.unwrap().unwrap();
        assert_eq!(found.journal.entries, [fetching(1, "<vxml/>"), part(2, "e")]);
        assert_eq!(found.owner.as_deref(), Some("a"));
        assert_eq!(store.open("bank").await.unwrap(), 1);
    }
    let relative = voxbridge::store::open("sqlite:b/calls.db", &folder.path().join("a"), Keep::default()).unwrap();
    assert!(relative.read("CA1", 0).await.unwrap().is_some());
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_a_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(&folder.path().join("calls.db"), Keep::default());
    append(&store, "CA1", 0, entry(1, "1"), Then::Open).await.unwrap();
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.path().display());
        files += 1;
    }
    assert!(files > 1, "the write-ahead log lies beside it");
}

#[tokio::test]
async fn two_processes_may_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.db");
    let hosts = [sqlite(&path, Keep::default()), sqlite(&path, Keep::default())];
    let hosts = hosts.map(std::sync::Arc::new);
    let mut tasks = Vec::new();
    for (number, host) in hosts.iter().enumerate() {
        let host = std::sync::Arc::clone(host);
        tasks.push(tokio::spawn(async move {
            let (mut known, mut won) = (0, 0);
            while known < 100 {
                let entry = entry(known as u32 + 1, &format!("{number}"));
                match append(&*host, "CA1", known, entry, Then::Open).await {
                    Ok(()) => (known, won) = (known + 1, won + 1),
                    Err(StoreError::Behind(missed)) => known += missed.len(),
                    Err(other) => panic!("{other}"),
                }
            }
            won
        }));
    }
    let mut won = 0;
    for task in tasks {
        won += task.await.unwrap();
    }
    let journal = entries(&*hosts[0], "CA1", 0).await;
    assert_eq!(journal.len(), won);
    assert_eq!(journal, entries(&*hosts[1], "CA1", 0).await);
    assert!(journal.iter().zip(1..).all(|(entry, turn)| entry.turn == turn));
}

/// Not a test: the process that is killed. It prints the number of each entry that is written.
#[tokio::test]
async fn writes_until_it_is_killed() {
    let Some(path) = std::env::var_os(WRITES) else { return };
    let store = sqlite(&PathBuf::from(path), Keep::default());
    for at in 0.. {
        let body = format!("body {}", at % 7);
        append(&store, "CA1", at, fetching(at as u32 + 1, &body), Then::Open).await.unwrap();
        println!("written {at}");
    }
}

#[tokio::test]
async fn what_was_said_to_be_written_is_there_after_the_process_was_killed() {
    use std::io::{BufRead as _, BufReader};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.db");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["file::writes_until_it_is_killed", "--exact", "--nocapture"])
        .env(WRITES, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut last = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap) {
        if let Some(at) = line.rsplit_once("written ").and_then(|(_, at)| at.parse::<usize>().ok()) {
            last = at;
        }
        if last >= 200 {
            child.kill().unwrap();
            break;
        }
    }
    child.wait().unwrap();
    let store = sqlite(&path, Keep::default());
    let journal = entries(&store, "CA1", 0).await;
    assert!(journal.len() > last && last >= 200, "{} of {last}", journal.len());
    for (at, entry) in journal.iter().enumerate() {
        assert_eq!(*entry, fetching(at as u32 + 1, &format!("body {}", at % 7)));
    }
    append(&store, "CA1", journal.len(), entry(1, "goes on"), Then::Open).await.unwrap();
}

#[tokio::test]
async fn old_journals_are_removed_with_the_bodies_only_they_speak_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.db");
    {
        let store = sqlite(&path, Keep::default());
        append(&store, "CA1", 0, fetching(1, "<old/>"), Then::Open).await.unwrap();
        append(&store, "CA2", 0, fetching(1, "<old/>"), Then::Ended).await.unwrap();
        append(&store, "CA2", 1, fetching(2, "<shared/>"), Then::Ended).await.unwrap();
        assert_eq!((rows(&path, "bodies"), rows(&path, "uses")), (2, 3), "a body is there once");
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let keep = Keep { ended: Duration::from_millis(20), ..Keep::default() };
    let store = sqlite(&path, keep);
    append(&store, "CA3", 0, fetching(1, "<shared/>"), Then::Open).await.unwrap();
    for _ in 0..200 {
        if rows(&path, "calls") == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!((rows(&path, "calls"), rows(&path, "entries"), rows(&path, "uses")), (2, 2, 2));
    assert_eq!(rows(&path, "bodies"), 2);
    assert_eq!(entries(&store, "CA1", 0).await, [fetching(1, "<old/>")]);
    assert_eq!(entries(&store, "CA3", 0).await, [fetching(1, "<shared/>")]);
}

#[tokio::test]
async fn a_body_that_is_gone_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.db");
    let store = sqlite(&path, Keep::default());
    append(&store, "CA1", 0, entry(1, "1"), Then::Open).await.unwrap();
    append(&store, "CA1", 1, fetching(2, "<vxml/>"), Then::Open).await.unwrap();
    rusqlite::Connection::open(&path).unwrap().execute("DELETE FROM bodies", []).unwrap();
    let Err(StoreError::Broken(text)) = store.read("CA1", 0).await else { panic!("it is not there") };
    assert!(text.contains("entry 1 of call CA1"), "{text}");
}

#[tokio::test]
async fn a_file_that_is_no_store_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.db");
    std::fs::write(&path, "this is not a database, but a text that is long enough to be looked at").unwrap();
    let error = Sqlite::open(&path, Keep::default()).unwrap_err().to_string();
    assert!(error.contains("calls.db") && error.contains("another file"), "{error}");
    std::fs::remove_file(&path).unwrap();
    drop(sqlite(&path, Keep::default()));
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let error = Sqlite::open(&path, Keep::default()).unwrap_err().to_string();
    assert!(error.contains("version 99"), "{error}");
    assert!(Sqlite::open(folder.path(), Keep::default()).is_err(), "a folder is no file");
    for url in ["", "memory", "memory:x", "sqlite:", "mysql://:s3cr3t@a", "redis://:s3cr3t@"] {
        let error = voxbridge::store::open(url, folder.path(), Keep::default()).unwrap_err().to_string();
        assert!(!error.contains("s3cr3t"), "{error}");
    }
}

#[tokio::test]
async fn a_file_that_another_process_holds_is_said_to_be_away_for_the_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.db");
    let store = sqlite(&path, Keep::default());
    append(&store, "CA1", 0, entry(1, "1"), Then::Open).await.unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let held = store.append(Append { head: head("CA1"), at: 1, entry: entry(2, "1"), then: Then::Open }).await;
    assert!(matches!(held, Err(StoreError::Unreachable(_))), "{held:?}");
    assert_eq!(entries(&store, "CA1", 0).await.len(), 1, "it can be read");
    other.execute_batch("ROLLBACK").unwrap();
    append(&store, "CA1", 1, entry(2, "1"), Then::Open).await.unwrap();
}
