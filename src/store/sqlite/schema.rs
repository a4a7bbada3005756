//! The tables, and how a file of an earlier version becomes one of this.

use super::super::StoreError;
use super::{failed, of_file};
use rusqlite::Connection;

/// Steps from each version of the tables to the next; a file says in `user_version` how many it has taken. A step is
/// never changed once it was released.
const STEPS: &[&str] = &[
    "
    CREATE TABLE calls (
        id INTEGER PRIMARY KEY,
        call TEXT NOT NULL UNIQUE,
        app TEXT NOT NULL,
        head TEXT NOT NULL,
        entries INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        open INTEGER NOT NULL,
        due INTEGER,
        owner TEXT,
        until INTEGER,
        touched INTEGER NOT NULL
    );
    CREATE INDEX calls_by_age ON calls (open, touched);
    CREATE INDEX calls_by_app ON calls (app, open, touched);
    CREATE INDEX calls_by_due ON calls (due) WHERE due IS NOT NULL;
    CREATE TABLE entries (
        call INTEGER NOT NULL,
        number INTEGER NOT NULL,
        entry TEXT NOT NULL,
        PRIMARY KEY (call, number)
    ) WITHOUT ROWID;
    CREATE TABLE bodies (digest TEXT PRIMARY KEY, body BLOB NOT NULL);
    CREATE TABLE uses (
        digest TEXT NOT NULL,
        call INTEGER NOT NULL,
        PRIMARY KEY (digest, call)
    ) WITHOUT ROWID;
    CREATE INDEX uses_by_call ON uses (call);
",
    "
    CREATE TABLE records (
        collection TEXT NOT NULL,
        key TEXT NOT NULL,
        version INTEGER NOT NULL,
        value TEXT NOT NULL,
        expires INTEGER NOT NULL,
        PRIMARY KEY (collection, key)
    ) WITHOUT ROWID;
    CREATE INDEX records_by_age ON records (expires);
",
];

/// Brings a file to this version; one of several processes that open it at once does so.
pub(super) fn migrate(connection: &Connection, file: &str) -> Result<(), StoreError> {
    let cannot = |error| of_file(file, error);
    connection.execute_batch("BEGIN IMMEDIATE").map_err(cannot)?;
    let moved = step_on(connection, file);
    let end = if moved.is_ok() { "COMMIT" } else { "ROLLBACK" };
    moved.and(connection.execute_batch(end).map_err(cannot))
}

fn step_on(connection: &Connection, file: &str) -> Result<(), StoreError> {
    let cannot = |error| of_file(file, error);
    let version: usize =
        connection.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0)).map_err(cannot)? as usize;
    let Some(missing) = STEPS.get(version..) else {
        return Err(StoreError::Broken(format!(
            "the store {file} has tables of version {version}, this program knows {}: run the voxbridge that wrote it, \
             or choose another file",
            STEPS.len()
        )));
    };
    for step in missing {
        connection.execute_batch(step).map_err(cannot)?;
    }
    connection.pragma_update(None, "user_version", STEPS.len() as u32).map_err(cannot)
}

/// Whether the file can be written.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    // Runs in a transaction that has taken the lock for writing.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(failed)
}
