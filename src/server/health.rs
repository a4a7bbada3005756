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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::{Host, Limits, Options, system_clock};
    use crate::server::config::Config;
    use crate::store::{Append, Found, Memory, Pending, Put, Record, Store, StoreError};
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

    /// A store that answers, refuses or says nothing when it is asked how it is.
    #[derive(Debug, Default)]
    struct Patient {
        inner: Memory,
        state: AtomicU8,
        asked: AtomicUsize,
    }

    impl Store for Patient {
        fn append(&self, append: Append) -> Pending<'_, ()> {
            self.inner.append(append)
        }
        fn read<'a>(&'a self, call: &'a str, from: usize) -> Pending<'a, Option<Found>> {
            self.inner.read(call, from)
        }
        fn claim<'a>(&'a self, call: &'a str, owner: &'a str, claimed: Duration) -> Pending<'a, bool> {
            self.inner.claim(call, owner, claimed)
        }
        fn due(&self, now: i64, again: i64, most: usize) -> Pending<'_, Vec<String>> {
            self.inner.due(now, again, most)
        }
        fn remind<'a>(&'a self, call: &'a str, app: &'a str, at: Option<i64>) -> Pending<'a, ()> {
            self.inner.remind(call, app, at)
        }
        fn open<'a>(&'a self, app: &'a str) -> Pending<'a, usize> {
            self.inner.open(app)
        }
        fn record<'a>(&'a self, collection: &'a str, key: &'a str) -> Pending<'a, Option<Record>> {
            self.inner.record(collection, key)
        }
        fn put(&self, put: Put) -> Pending<'_, u64> {
            self.inner.put(put)
        }
        fn records<'a>(
            &'a self,
            collection: &'a str,
            prefix: &'a str,
            most: usize,
        ) -> Pending<'a, Vec<(String, Record)>> {
            self.inner.records(collection, prefix, most)
        }
        fn kind(&self) -> &'static str {
            "patient"
        }
        fn check(&self) -> Pending<'_, ()> {
            Box::pin(async {
                self.asked.fetch_add(1, Ordering::Relaxed);
                match self.state.load(Ordering::Relaxed) {
                    0 => Ok(()),
                    1 => Err(StoreError::Unreachable("connection refused".to_owned())),
                    _ => std::future::pending().await,
                }
            })
        }
    }

    fn site(store: Arc<Patient>) -> Arc<Site> {
        let text = "[[app]]\nname = \"a\"\nstart = \"a.vxml\"\n";
        let config = Config::parse(text, "voxbridge.toml", PathBuf::new()).unwrap();
        let options = Options { apps: Vec::new(), workers: 1, store, clock: system_clock(), limits: Limits::default() };
        Arc::new(Site::new(&config, Host::new(options).unwrap(), Vec::new()))
    }

    #[tokio::test]
    async fn readiness_follows_the_store_and_asks_it_once_a_second_at_most() {
        let store = Arc::new(Patient::default());
        let site = site(Arc::clone(&store));
        for _ in 0..20 {
            assert_eq!(readyz(State(Arc::clone(&site))).await, Ok("ready\n"));
        }
        assert_eq!(store.asked.load(Ordering::Relaxed), 1);
        store.state.store(1, Ordering::Relaxed);
        tokio::time::sleep(FRESH).await;
        assert_eq!(readyz(State(Arc::clone(&site))).await, Err(Rejection::NoStore));
        assert!(site.store_answers().await.unwrap_err().contains("connection refused"));
        assert_eq!(healthz(State(Arc::clone(&site))).await, Ok("ok\n"));
        store.state.store(0, Ordering::Relaxed);
        tokio::time::sleep(FRESH).await;
        assert_eq!(readyz(State(Arc::clone(&site))).await, Ok("ready\n"));
        site.drain();
        assert_eq!(readyz(State(site)).await, Err(Rejection::Draining));
    }

    #[tokio::test]
    async fn a_store_that_says_nothing_is_waited_for_less_than_a_second_by_all_together() {
        let store = Arc::new(Patient::default());
        store.state.store(2, Ordering::Relaxed);
        let site = site(Arc::clone(&store));
        let begun = Instant::now();
        let asks = (0..10).map(|_| tokio::spawn(readyz(State(Arc::clone(&site))))).collect::<Vec<_>>();
        for ask in asks {
            assert_eq!(ask.await.unwrap(), Err(Rejection::NoStore));
        }
        assert!(begun.elapsed() < FRESH, "{:?}", begun.elapsed());
        assert_eq!(store.asked.load(Ordering::Relaxed), 1);
    }
}
