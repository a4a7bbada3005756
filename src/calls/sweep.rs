//! Looks after calls nobody asks for any more: those whose caller went away unheard, on this host or on one that died.

use super::host::{Ask, Command, Shared, place};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, WeakUnboundedSender};
use tokio::sync::oneshot;
use tokio::time::sleep;

/// How often the store is asked.
const EVERY: Duration = Duration::from_secs(20);
/// Nobody else is told of the same calls for so long.
const AGAIN: i64 = 120_000;
/// So many calls at a time.
const AT_ONCE: usize = 200;

/// Starts to look after the calls of these workers, until they end.
pub(super) fn start(workers: &[UnboundedSender<Command>], shared: &Arc<Shared>) -> std::io::Result<()> {
    let workers: Vec<_> = workers.iter().map(UnboundedSender::downgrade).collect();
    let shared = Arc::clone(shared);
    let every = EVERY.min(shared.limits.idle);
    std::thread::Builder::new().name("sweep".to_owned()).spawn(move || {
        match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(sweep(&workers, &shared, every)),
            Err(error) => tracing::error!(%error, "calls whose callers went away unheard will not end"),
        }
    })?;
    Ok(())
}

async fn sweep(workers: &[WeakUnboundedSender<Command>], shared: &Shared, every: Duration) {
    loop {
        sleep(every).await;
        if workers.iter().any(|worker| worker.strong_count() == 0) {
            return;
        }
        let now = (shared.clock)();
        let due = match shared.store.due(now, now.saturating_add(AGAIN), AT_ONCE).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "the store cannot say which calls are to be looked at");
                continue;
            }
        };
        for call in due {
            let Some(worker) = workers.get(place(&call, workers.len())).and_then(WeakUnboundedSender::upgrade) else {
                return;
            };
            let (reply, _) = oneshot::channel();
            let _ = worker.send(Command { call, ask: Ask::Look, reply });
        }
    }
}
