//! What is done in the database, each within a transaction.

use super::super::bodies::Bodies;
use super::super::codec::{self, Written};
use super::super::{Entry, Found, Head, Journal, Keep, StoreError, Then, millis};
use super::failed;
use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};
use std::collections::HashMap;

/// Most journals removed in one go, so that a turn does not wait for long.
pub(super) const SWEPT: usize = 200;

/// Who is at work on a call, and until when (milliseconds since 1970).
pub(super) struct Claim {
    pub(super) owner: String,
    pub(super) until: i64,
}

/// A row of `calls`.
struct Call {
    id: i64,
    entries: usize,
    bytes: usize,
    claim: Option<Claim>,
}

/// The database in a transaction, and what else the work needs.
pub(super) struct Desk<'a> {
    pub(super) connection: &'a Connection,
    pub(super) keep: &'a Keep,
    /// What was read and written lately.
    pub(super) bodies: &'a Bodies,
    /// Milliseconds since 1970.
    pub(super) now: i64,
}

impl Desk<'_> {
    pub(super) fn append(&self, head: &Head, at: usize, written: &Written, then: &Then) -> Result<(), StoreError> {
        let call = self.find(&head.call)?;
        let bytes = written.text.len();
        let before = match &call {
            None if at > 0 => return Err(StoreError::Unknown(head.call.clone())),
            None => 0,
            Some(known) if known.entries != at => {
                if self.has_just(known, at, written, then)? {
                    return Ok(());
                }
                return Err(StoreError::Behind(self.entries(known.id, &head.call, at)?));
            }
            Some(known) => known.bytes,
        };
        if at >= self.keep.entries || before + bytes > self.keep.bytes {
            return Err(StoreError::Full(head.call.clone()));
        }
        let id = match call {
            Some(call) => call.id,
            None => self.begin(head)?,
        };
        execute(
            self.connection,
            "INSERT INTO entries (call, number, entry) VALUES (?1, ?2, ?3)",
            params![id, at, written.text],
        )?;
        for body in &written.bodies {
            let values = params![body.digest, body.bytes.as_slice()];
            execute(self.connection, "INSERT OR IGNORE INTO bodies (digest, body) VALUES (?1, ?2)", values)?;
            execute(
                self.connection,
                "INSERT OR IGNORE INTO uses (digest, call) VALUES (?1, ?2)",
                params![body.digest, id],
            )?;
        }
        let (owner, until) = match then {
            Then::Working { owner, claimed } => (Some(owner), Some(self.now.saturating_add(millis(*claimed)))),
            Then::Open | Then::Ended => (None, None),
        };
        let values = params![id, at + 1, bytes, owner, until, self.now, *then != Then::Ended];
        let set = "UPDATE calls SET entries = ?2, bytes = bytes + ?3, owner = ?4, until = ?5, touched = ?6, \
                   open = open AND ?7, due = CASE WHEN ?7 THEN due END WHERE id = ?1";
        execute(self.connection, set, values)
    }

    pub(super) fn read(&self, call: &str, from: usize) -> Result<Option<Found>, StoreError> {
        let Some(known) = self.find(call)? else { return Ok(None) };
        let head: String =
            one(self.connection, "SELECT head FROM calls WHERE id = ?1", params![known.id], |row| row.get(0))?
                .unwrap_or_default();
        let head = codec::read_head(call, &head)?;
        let entries = self.entries(known.id, call, from)?;
        let owner = known.claim.filter(|claim| claim.until > self.now).map(|claim| claim.owner);
        Ok(Some(Found { journal: Journal { head, entries }, owner }))
    }

    pub(super) fn claim(&self, call: &str, claim: &Claim) -> Result<bool, StoreError> {
        let known = self.find(call)?.ok_or_else(|| StoreError::Unknown(call.to_owned()))?;
        if known.claim.is_some_and(|other| other.owner != claim.owner && other.until > self.now) {
            return Ok(false);
        }
        let values = params![known.id, claim.owner, claim.until];
        execute(self.connection, "UPDATE calls SET owner = ?2, until = ?3 WHERE id = ?1", values).map(|()| true)
    }

    pub(super) fn due(&self, now: i64, again: i64, most: usize) -> Result<Vec<String>, StoreError> {
        let ask = "SELECT call FROM calls WHERE due < ?1 ORDER BY due LIMIT ?2";
        let calls: Vec<String> = all(self.connection, ask, params![now, most], |row| row.get(0))?;
        for call in &calls {
            execute(self.connection, "UPDATE calls SET due = ?2 WHERE call = ?1", params![call, again])?;
        }
        Ok(calls)
    }

    pub(super) fn remind(&self, call: &str, at: Option<i64>) -> Result<(), StoreError> {
        match at {
            Some(at) => {
                execute(self.connection, "UPDATE calls SET due = ?2 WHERE call = ?1 AND open", params![call, at])
            }
            None => execute(self.connection, "UPDATE calls SET due = NULL, open = 0 WHERE call = ?1", params![call]),
        }
    }

    pub(super) fn open(&self, app: &str) -> Result<usize, StoreError> {
        let ask = "SELECT count(*) FROM calls WHERE app = ?1 AND open = 1 AND touched > ?2";
        Ok(one(self.connection, ask, params![app, self.now.saturating_sub(millis(self.keep.open))], |row| row.get(0))?
            .unwrap_or_default())
    }

    /// The row of a call; one that was kept long enough is there no more, swept or not.
    fn find(&self, call: &str) -> Result<Option<Call>, StoreError> {
        let ask = "SELECT id, entries, bytes, owner, until FROM calls WHERE call = ?1 \
                   AND touched > CASE WHEN open THEN ?2 ELSE ?3 END";
        let before = |kept| self.now.saturating_sub(millis(kept));
        one(self.connection, ask, params![call, before(self.keep.open), before(self.keep.ended)], |row| {
            let (owner, until): (Option<String>, Option<i64>) = (row.get(3)?, row.get(4)?);
            let claim = owner.zip(until).map(|(owner, until)| Claim { owner, until });
            Ok(Call { id: row.get(0)?, entries: row.get(1)?, bytes: row.get(2)?, claim })
        })
    }

    /// Whether that very entry is the last one: whoever appends it again did not hear that it was written.
    fn has_just(&self, known: &Call, at: usize, written: &Written, then: &Then) -> Result<bool, StoreError> {
        let ours = match then {
            Then::Working { owner, .. } => {
                known.claim.as_ref().is_some_and(|claim| claim.owner == *owner && claim.until > self.now)
            }
            Then::Open | Then::Ended => true,
        };
        if !ours || known.entries != at + 1 {
            return Ok(false);
        }
        let ask = "SELECT entry = ?3 FROM entries WHERE call = ?1 AND number = ?2";
        Ok(one(self.connection, ask, params![known.id, at, written.text], |row| row.get(0))?.unwrap_or(false))
    }

    fn begin(&self, head: &Head) -> Result<i64, StoreError> {
        if let Some(most) = self.keep.calls.get(&head.app)
            && self.open(&head.app)? >= *most
        {
            return Err(StoreError::Busy(head.app.clone()));
        }
        // One of that name that was kept long enough makes room.
        let old = one(self.connection, "SELECT id FROM calls WHERE call = ?1", params![head.call], |row| row.get(0))?;
        if let Some(old) = old {
            forget(self.connection, old).map_err(failed)?;
        }
        let put = "INSERT INTO calls (call, app, head, entries, bytes, open, due, touched) VALUES (?1, ?2, ?3, 0, 0, 1, ?4, ?5)";
        let due = head.started.saturating_add(millis(self.keep.look));
        execute(self.connection, put, params![head.call, head.app, codec::write_head(head)?, due, self.now])?;
        Ok(self.connection.last_insert_rowid())
    }

    /// The entries of a call from number `from` on, with their bodies.
    fn entries(&self, id: i64, call: &str, from: usize) -> Result<Vec<Entry>, StoreError> {
        let ask = "SELECT entry FROM entries WHERE call = ?1 AND number >= ?2 ORDER BY number";
        let texts: Vec<String> = all(self.connection, ask, params![id, from], |row| row.get(0))?;
        let entries = (from..).zip(&texts).map(|(number, text)| codec::read_entry(call, number, text));
        let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
        let mut bodies = HashMap::new();
        for digest in codec::apart(&entries) {
            let body = match self.bodies.get(&digest) {
                Some(body) => Some(body),
                None => one(self.connection, "SELECT body FROM bodies WHERE digest = ?1", params![digest], |row| {
                    row.get(0)
                })?
                .map(|body| self.bodies.read(digest.clone(), body)),
            };
            bodies.extend(body.map(|body| (digest, body)));
        }
        codec::fill(call, from, &mut entries, &bodies)?;
        Ok(entries)
    }
}

/// Removes some of the journals that were kept long enough; whether there may be more.
pub(super) fn sweep(connection: &Connection, keep: &Keep, now: i64) -> rusqlite::Result<bool> {
    let ask = "SELECT id FROM calls WHERE (open = 1 AND touched <= ?1) OR (open = 0 AND touched <= ?2) LIMIT ?3";
    let before = |kept| now.saturating_sub(millis(kept));
    let values = params![before(keep.open), before(keep.ended), SWEPT];
    let old: Vec<i64> =
        connection.prepare_cached(ask)?.query_map(values, |row| row.get(0))?.collect::<Result<_, _>>()?;
    if old.is_empty() {
        return Ok(false);
    }
    let transaction = connection.unchecked_transaction()?;
    for id in &old {
        forget(&transaction, *id)?;
    }
    transaction.commit()?;
    Ok(old.len() == SWEPT)
}

/// Removes a journal, and the bodies only it spoke of.
fn forget(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM entries WHERE call = ?1",
        "DELETE FROM bodies WHERE digest IN (SELECT digest FROM uses WHERE call = ?1) \
         AND NOT EXISTS (SELECT 1 FROM uses WHERE uses.digest = bodies.digest AND call <> ?1)",
        "DELETE FROM uses WHERE call = ?1",
        "DELETE FROM calls WHERE id = ?1",
    ] {
        connection.prepare_cached(sql)?.execute(params![id])?;
    }
    Ok(())
}

pub(super) fn execute(connection: &Connection, sql: &str, values: impl Params) -> Result<(), StoreError> {
    connection.prepare_cached(sql).and_then(|mut statement| statement.execute(values)).map(drop).map_err(failed)
}

pub(super) fn one<T>(
    connection: &Connection,
    sql: &str,
    values: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, StoreError> {
    connection.prepare_cached(sql).and_then(|mut ask| ask.query_row(values, read).optional()).map_err(failed)
}

pub(super) fn all<T>(
    connection: &Connection,
    sql: &str,
    values: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let rows = connection.prepare_cached(sql).and_then(|mut ask| ask.query_map(values, read)?.collect());
    rows.map_err(failed)
}
