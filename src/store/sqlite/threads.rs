//! The threads that have a connection each: SQLite blocks, callers do not.

use super::super::StoreError;
use super::failed;
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Most pieces of work in one transaction.
const TOGETHER: usize = 256;
/// How often expired journals are looked for.
const SWEEP: Duration = Duration::from_secs(30);
/// Between two sweeps while there is more to remove.
const BETWEEN: Duration = Duration::from_millis(50);

/// Work on the database, or the reason why there can be none.
type Work = Box<dyn FnOnce(Result<&Connection, StoreError>) -> Done + Send>;

/// What became of a piece of work.
struct Done {
    /// Whether what it wrote is to stay.
    well: bool,
    /// Is told how the transaction ended.
    finish: Box<dyn FnOnce(Result<(), StoreError>)>,
}

/// A thread with a connection of its own, which does what it is sent in order. Dropped, it finishes what it was sent.
#[derive(Debug)]
pub(super) struct Thread {
    work: Option<Sender<Work>>,
    running: Option<JoinHandle<()>>,
}

impl Thread {
    /// A thread that does its work in transactions, and calls `sweep` now and then, which says whether there is more.
    pub(super) fn writer(
        name: &str,
        connection: Connection,
        sweep: impl Fn(&Connection) -> rusqlite::Result<bool> + Send + 'static,
    ) -> std::io::Result<Self> {
        Self::start(name, move |work| write(&connection, &work, sweep))
    }

    /// A thread that only reads.
    pub(super) fn reader(name: &str, connection: Connection) -> std::io::Result<Self> {
        Self::start(name, move |work| {
            while let Ok(work) = work.recv() {
                // One transaction, so that an entry and its bodies are read as of one moment.
                let begun = connection.execute_batch("BEGIN").map_err(failed);
                let done = work(begun.map(|()| &connection));
                if !connection.is_autocommit() {
                    // What was only read cannot fail to be committed.
                    let _ = connection.execute_batch("COMMIT");
                }
                (done.finish)(Ok(()));
            }
        })
    }

    fn start(name: &str, run: impl FnOnce(Receiver<Work>) + Send + 'static) -> std::io::Result<Self> {
        let (work, receiver) = channel();
        let running = std::thread::Builder::new().name(name.to_owned()).spawn(move || run(receiver))?;
        Ok(Self { work: Some(work), running: Some(running) })
    }

    /// Has work done, and waits for it and for the end of its transaction.
    pub(super) fn run<T, F>(&self, work: F) -> impl Future<Output = Result<T, StoreError>> + Send + 'static + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let result = connection.and_then(work);
            let well = result.is_ok();
            let finish = move |ended: Result<(), StoreError>| {
                // Whoever asked may have given up.
                let _ = reply.send(ended.and(result));
            };
            Done { well, finish: Box::new(finish) }
        });
        let sent = self.work.as_ref().is_some_and(|sender| sender.send(work).is_ok());
        async move {
            match answer.await {
                Ok(result) if sent => result,
                _ => Err(StoreError::Broken("the thread of the store has ended".to_owned())),
            }
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.work = None;
        if let Some(running) = self.running.take() {
            // A thread that panicked has said so.
            let _ = running.join();
        }
    }
}

fn write(connection: &Connection, work: &Receiver<Work>, sweep: impl Fn(&Connection) -> rusqlite::Result<bool>) {
    let mut next_sweep = Instant::now();
    loop {
        match work.recv_timeout(next_sweep.saturating_duration_since(Instant::now())) {
            Ok(first) => together(connection, first, work),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if Instant::now() >= next_sweep {
            next_sweep = Instant::now() + SWEEP;
            match sweep(connection) {
                Ok(true) => next_sweep = Instant::now() + BETWEEN,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "expired journals cannot be removed"),
            }
        }
    }
}

/// One transaction of what is waiting; all are answered once it is in the file.
fn together(connection: &Connection, first: Work, work: &Receiver<Work>) {
    let begun = connection.execute_batch("BEGIN IMMEDIATE").map_err(failed);
    let waiting = std::iter::once(first).chain(work.try_iter()).take(TOGETHER);
    let done: Vec<Done> = waiting.map(|work| apart(connection, begun.clone(), work)).collect();
    let ended = match begun {
        Ok(()) => connection.execute_batch("COMMIT").map_err(failed),
        Err(error) => Err(error),
    };
    if ended.is_err() && !connection.is_autocommit() {
        let _ = connection.execute_batch("ROLLBACK");
    }
    for done in done {
        (done.finish)(ended.clone());
    }
}

/// One piece of work of a transaction: if it fails, nothing of it stays, and all of the others does.
fn apart(connection: &Connection, begun: Result<(), StoreError>, work: Work) -> Done {
    let saved = begun.and_then(|()| execute(connection, "SAVEPOINT work"));
    let has_point = saved.is_ok();
    let done = work(saved.map(|()| connection));
    if !has_point {
        return done;
    }
    let back = if done.well { Ok(()) } else { execute(connection, "ROLLBACK TO work") };
    match back.and_then(|()| execute(connection, "RELEASE work")) {
        Ok(()) => done,
        Err(error) => Done { well: false, finish: Box::new(move |ended| (done.finish)(ended.and(Err(error)))) },
    }
}

fn execute(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map(drop).map_err(failed)
}
