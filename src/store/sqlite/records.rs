//! Records in the database, each within a transaction.

use super::super::{Put, Record, StoreError, millis};
use super::work::{Desk, SWEPT, all, execute, one};
use rusqlite::{Connection, Row, params};

impl Desk<'_> {
    pub(super) fn record(&self, collection: &str, key: &str) -> Result<Option<Record>, StoreError> {
        let ask = "SELECT version, value FROM records WHERE collection = ?1 AND key = ?2 AND expires > ?3";
        one(self.connection, ask, params![collection, key, self.now], |row| record(row, 0))
    }

    pub(super) fn put(&self, put: &Put) -> Result<u64, StoreError> {
        let there = self.record(&put.collection, &put.key)?;
        if there.as_ref().map_or(0, |record| record.version) != put.known {
            return Err(StoreError::Changed(there));
        }
        let version = put.known + 1;
        let expires = self.now.saturating_add(millis(put.keep));
        let write =
            "INSERT OR REPLACE INTO records (collection, key, version, value, expires) VALUES (?1, ?2, ?3, ?4, ?5)";
        execute(self.connection, write, params![put.collection, put.key, version, put.value, expires])?;
        Ok(version)
    }

    pub(super) fn records(
        &self,
        collection: &str,
        prefix: &str,
        most: usize,
    ) -> Result<Vec<(String, Record)>, StoreError> {
        let ask = "SELECT key, version, value FROM records WHERE collection = ?1 AND key >= ?2 \
                   AND substr(key, 1, length(?2)) = ?2 AND expires > ?3 ORDER BY key LIMIT ?4";
        all(self.connection, ask, params![collection, prefix, self.now, most], |row| Ok((row.get(0)?, record(row, 1)?)))
    }
}

/// A record whose version stands in column `at`, followed by its value.
fn record(row: &Row<'_>, at: usize) -> rusqlite::Result<Record> {
    Ok(Record { version: row.get(at)?, value: row.get(at + 1)? })
}

/// Removes some of the records that were kept long enough; whether there may be more.
pub(super) fn sweep(connection: &Connection, now: i64) -> rusqlite::Result<bool> {
    let drop = "DELETE FROM records WHERE (collection, key) IN \
                (SELECT collection, key FROM records WHERE expires <= ?1 LIMIT ?2)";
    Ok(connection.prepare_cached(drop)?.execute(params![now, SWEPT])? == SWEPT)
}
