//! Whether the server is alive, and whether it is willing to take calls.

use super::{Rejection, Site};
use axum::extract::State;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// What the store said is believed for so long.
const FRESH: Duration = Duration::from_secs(1);
/// A store that takes longer does not answer.
const ANSWERS_WITHIN: Duration = Duration::from_millis(800);
/// A worker that was not seen going on for so long is stuck.
const STUCK: Duration = Duration::from_secs(30);

/// Whether the store answers, as it was last asked.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    last: Mutex<Option<(Instant, Result<(), String>)>>,
}

impl Site {
    /// Whether the store answers, found out within a second; what it says instead.
    pub(super) async fn store_answers(&self) -> Result<(), String> {
        // Who comes while another asks waits for what that one is told.
        let mut last = self.pulse().last.lock().await;
        if let Some((when, said)) = last.as_ref()
            && when.elapsed() < FRESH
        {
            return said.clone();
        }
        let said = match tokio::time::timeout(ANSWERS_WITHIN, self.host.store().check()).await {
            Ok(said) => said.map_err(|error| error.to_string()),
            Err(_) => Err(format!("the store did not answer within {} ms", ANSWERS_WITHIN.as_millis())),
        };
        let was = last.as_ref().is_none_or(|(_, said)| said.is_ok());
        match &said {
            Err(why) if was => tracing::error!(%why, "the store does not answer: not ready"),
            Ok(()) if !was => tracing::info!("the store answers again"),
            _ => {}
        }
        *last = Some((Instant::now(), said.clone()));
        said
    }
}

/// Alive: every worker thread goes on.
pub(super) async fn healthz(State(site): State<Arc<Site>>) -> Result<&'static str, Rejection> {
    let slowest = site.host.slowest_worker();
    if slowest > STUCK {
        tracing::error!(seconds = slowest.as_secs(), "a worker thread is stuck");
        return Err(Rejection::Stuck);
    }
    Ok("ok\n")
}

/// Willing to take calls: not about to stop, and the store answers.
pub(super) async fn readyz(State(site): State<Arc<Site>>) -> Result<&'static str, Rejection> {
    if site.is_draining() {
        return Err(Rejection::Draining);
    }
    site.store_answers().await.map(|()| "ready\n").map_err(|_| Rejection::NoStore)
}
