//! What the tests of a suite are played on: its files served, our own server behind it, and a clock of its own.

use super::files::FileServer;
use super::manifest::Test;
use super::phone::{ACCOUNT, Fault, Platform};
use crate::calls::{Clock, Limits, system_clock};
use crate::server::config::{Config, ConfigError};
use crate::server::{Server, ServerError, Site};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use thiserror::Error;
use tokio::sync::oneshot;
use url::Url;

/// Signs the webhooks of a run. The server it opens is there for this run only, and only this machine reaches it.
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// A busy machine is no failure of a document.
const SCRIPT_TIME: Duration = Duration::from_secs(2);

/// Why tests cannot be run here.
#[derive(Debug, Error)]
pub enum StageError {
    /// The suite's files cannot be served.
    #[error("the suite's files cannot be served: {0}")]
    Files(#[from] std::io::Error),
    /// A test's start is no URL.
    #[error("{test}: start {start:?} is not a path in the suite's folder")]
    Start {
        /// The test.
        test: String,
        /// What is written.
        start: String,
    },
    /// Our own configuration is refused.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Our own server does not start.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The simulated phone cannot be set up.
    #[error(transparent)]
    Phone(#[from] Fault),
}

/// Everything a test needs besides its caller.
pub(super) struct Stage {
    pub(super) files: FileServer,
    pub(super) site: Arc<Site>,
    pub(super) platform: Platform,
    now: Arc<AtomicI64>,
    /// Stops the server when it is dropped.
    _stop: oneshot::Sender<()>,
}

impl Stage {
    /// Opens the stage for some tests of a folder, each an application by the name of [`app_name`].
    pub(super) async fn open(folder: &Path, tests: &[Test], watch: Option<fn(&str)>) -> Result<Self, StageError> {
        let files = FileServer::start(folder, tests).await?;
        let text = configuration(&files.base, tests)?;
        let config = Config::parse(&text, "the conformance run", PathBuf::from("."))?;
        let now = Arc::new(AtomicI64::new(system_clock()()));
        let clock: Clock = {
            let now = Arc::clone(&now);
            Arc::new(move || now.load(Ordering::Relaxed))
        };
        let limits = Limits { script_time: SCRIPT_TIME, ..Limits::from(&config.limits) };
        let server = Server::bind_with(&config, clock, limits).await?;
        let site = Arc::clone(server.site());
        let platform = Platform::new(&format!("http://{}", server.address()), Some(TOKEN), watch)?;
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server.run(async {
            // Dropping the sender is the signal.
            let _ = stopped.await;
        }));
        Ok(Self { files, site, platform, now, _stop: stop })
    }

    /// Lets time pass for the calls.
    pub(super) fn pass(&self, milliseconds: u64) {
        self.now.fetch_add(i64::try_from(milliseconds).unwrap_or(i64::MAX), Ordering::Relaxed);
    }
}

/// The application of a test, by its place in the list.
pub(super) fn app_name(at: usize) -> String {
    format!("test-{at}")
}

fn configuration(files: &str, tests: &[Test]) -> Result<String, StageError> {
    let mut text = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\nworkers = 2\n\
         [twilio]\naccount_sid = \"{ACCOUNT}\"\nauth_token = \"{TOKEN}\"\napi_url = \"{files}\"\n"
    );
    for (at, test) in tests.iter().enumerate().filter(|(_, test)| test.is_played()) {
        let wrong = || StageError::Start { test: test.name(), start: test.start.clone() };
        let base = Url::parse(&format!("{files}/")).map_err(|_| wrong())?;
        let start = base.join(&test.start).map_err(|_| wrong())?;
        if start.origin() != base.origin() {
            return Err(wrong());
        }
        // A URL has neither quotes nor backslashes.
        text.push_str(&format!(
            "[[app]]\nname = \"{}\"\nstart = \"{start}\"\nmode = \"keys\"\nallow_transfers = [\"*\"]\n",
            app_name(at)
        ));
    }
    Ok(text)
}
