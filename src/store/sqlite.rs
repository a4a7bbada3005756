//! Journals in one file on this machine.

mod records;
mod schema;
mod threads;
mod work;

use super::bodies::Bodies;
use super::{Append, Found, Keep, Pending, Put, Record, Store, StoreError, codec};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use threads::Thread;
use work::{Claim, Desk};

/// How long another process may hold the file before a write is given up.
const PATIENCE: Duration = Duration::from_secs(2);

/// Journals in an SQLite file: they survive the process and its sudden end. One thread writes, and what comes while it
/// does so is written together in the next transaction; another one reads. Several processes may share the file.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    keep: Arc<Keep>,
    bodies: Arc<Bodies>,
    writer: Thread,
    reader: Thread,
}

impl Sqlite {
    /// Opens the file, or makes it, and the folders it lies in; only its owner may read a new one.
    ///
    /// # Errors
    /// [`StoreError::Broken`] if it cannot be made, is no database, or was written by a later voxbridge.
    pub fn open(path: &Path, keep: Keep) -> Result<Self, StoreError> {
        let shown = path.display();
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| {
                StoreError::Broken(format!("the folder {} of the store cannot be made: {error}", folder.display()))
            })?;
        }
        make_private(path).map_err(|error| {
            StoreError::Broken(format!(
                "the store {shown} cannot be opened: {error}; choose a file that can be written"
            ))
        })?;
        let keep = Arc::new(keep);
        let cannot = |error| of_file(&shown.to_string(), error);
        let writing = connect(path).map_err(cannot)?;
        schema::migrate(&writing, &shown.to_string())?;
        let reading = connect(path).map_err(cannot)?;
        reading.pragma_update(None, "query_only", true).map_err(cannot)?;
        let sweeping = Arc::clone(&keep);
        let sweep = move |connection: &Connection| {
            let now = now();
            Ok(work::sweep(connection, &sweeping, now)? | records::sweep(connection, now)?)
        };
        let started = |thread: std::io::Result<Thread>| {
            thread.map_err(|error| StoreError::Broken(format!("the threads of the store cannot be started: {error}")))
        };
        let writer = started(Thread::writer("store-writer", writing, sweep))?;
        let reader = started(Thread::reader("store-reader", reading))?;
        Ok(Self { path: path.to_path_buf(), keep, bodies: Arc::new(Bodies::new()), writer, reader })
    }

    fn work<T: Send + 'static>(
        &self,
        thread: &Thread,
        work: impl FnOnce(&Desk<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + 'static {
        let (keep, bodies) = (Arc::clone(&self.keep), Arc::clone(&self.bodies));
        thread.run(move |connection| work(&Desk { connection, keep: &keep, bodies: &bodies, now: now() }))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Store for Sqlite {
    fn append(&self, append: Append) -> Pending<'_, ()> {
        Box::pin(async move {
            let Append { head, at, entry, then } = append;
            let written = codec::write_entry(&head.call, at, entry)?;
            self.work(&self.writer, move |desk| desk.append(&head, at, &written, &then)).await
        })
    }

    fn read<'a>(&'a self, call: &'a str, from: usize) -> Pending<'a, Option<Found>> {
        let call = call.to_owned();
        Box::pin(self.work(&self.reader, move |desk| desk.read(&call, from)))
    }

    fn claim<'a>(&'a self, call: &'a str, owner: &'a str, claimed: Duration) -> Pending<'a, bool> {
        let call = call.to_owned();
        let claim = Claim { owner: owner.to_owned(), until: now().saturating_add(super::millis(claimed)) };
        Box::pin(self.work(&self.writer, move |desk| desk.claim(&call, &claim)))
    }

    fn due(&self, now: i64, again: i64, most: usize) -> Pending<'_, Vec<String>> {
        Box::pin(self.work(&self.writer, move |desk| desk.due(now, again, most)))
    }

    fn remind<'a>(&'a self, call: &'a str, _: &'a str, at: Option<i64>) -> Pending<'a, ()> {
        let call = call.to_owned();
        Box::pin(self.work(&self.writer, move |desk| desk.remind(&call, at)))
    }

    fn open<'a>(&'a self, app: &'a str) -> Pending<'a, usize> {
        let app = app.to_owned();
        Box::pin(self.work(&self.reader, move |desk| desk.open(&app)))
    }

    fn record<'a>(&'a self, collection: &'a str, key: &'a str) -> Pending<'a, Option<Record>> {
        let (collection, key) = (collection.to_owned(), key.to_owned());
        Box::pin(self.work(&self.reader, move |desk| desk.record(&collection, &key)))
    }

    fn put(&self, put: Put) -> Pending<'_, u64> {
        Box::pin(async move {
            let put = put.checked()?;
            self.work(&self.writer, move |desk| desk.put(&put)).await
        })
    }

    fn records<'a>(&'a self, collection: &'a str, prefix: &'a str, most: usize) -> Pending<'a, Vec<(String, Record)>> {
        let (collection, prefix) = (collection.to_owned(), prefix.to_owned());
        Box::pin(self.work(&self.reader, move |desk| desk.records(&collection, &prefix, most)))
    }

    fn kind(&self) -> &'static str {
        "sqlite"
    }

    fn is_shared(&self) -> bool {
        false
    }

    fn check(&self) -> Pending<'_, ()> {
        Box::pin(self.work(&self.writer, |desk| schema::check(desk.connection)))
    }
}

/// A connection by whose commits an application's crash loses nothing, and a machine's no more than the last moment.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// A new file is its owner's alone: it holds what callers said. SQLite gives its companions the same rights.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// What SQLite says, by whether it may pass.
fn failed(error: rusqlite::Error) -> StoreError {
    let code = match &error {
        rusqlite::Error::SqliteFailure(failure, _) => Some(failure.code),
        _ => None,
    };
    match code {
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::OutOfMemory,
        ) => StoreError::Unreachable(error.to_string()),
        _ => StoreError::Broken(error.to_string()),
    }
}

fn of_file(file: &str, error: rusqlite::Error) -> StoreError {
    StoreError::Broken(format!(
        "the store {file} cannot be opened: {error}; choose another file, or put it back from a backup"
    ))
}

/// Milliseconds since 1970.
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, super::millis)
}
