//! A call from its journal.

use super::call::Call;
use super::host::Shared;
use crate::store::{Entry, FORMAT, Journal};
use std::sync::Arc;

/// After so many entries others get their turn.
const AT_ONCE: usize = 50;

/// Why a call cannot be rebuilt from its journal.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The journal is of a format this program does not read.
    #[error("the journal has format {0}, this program reads up to {FORMAT}")]
    Format(u32),
    /// The application is not configured any more.
    #[error("application {0} is not configured")]
    App(String),
    /// A turn came out otherwise than it was.
    #[error(
        "turn {turn} comes out otherwise than it was answered{}",
        if *.reconfigured { ": the configuration or the mapping has changed since the call began" } else { "" }
    )]
    Differs {
        /// The turn.
        turn: u32,
        /// Whether the application's configuration is another than when the call began.
        reconfigured: bool,
    },
}

impl Call {
    /// A call as its journal leaves it, asking neither web server nor NLU again.
    ///
    /// That the configuration is another now does not matter as long as every turn comes out as it was.
    pub(super) async fn rebuild(journal: Journal, shared: Arc<Shared>) -> Result<Self, ReplayError> {
        let Journal { head, entries } = journal;
        if head.format > FORMAT {
            return Err(ReplayError::Format(head.format));
        }
        let app = shared.apps.get(&head.app).cloned().ok_or_else(|| ReplayError::App(head.app.clone()))?;
        let mut call = Self::of(Arc::new(head), app, shared);
        call.catch_up(entries).await?;
        Ok(call)
    }

    /// Goes on to where the journal is.
    pub(super) async fn catch_up(&mut self, entries: Vec<Entry>) -> Result<(), ReplayError> {
        for (count, entry) in entries.into_iter().enumerate() {
            if count % AT_ONCE == AT_ONCE - 1 {
                tokio::task::yield_now().await;
            }
            let turn = entry.turn;
            let reconfigured = self.app.settings != self.scribe.head().settings;
            self.replay(entry).ok_or(ReplayError::Differs { turn, reconfigured })?;
        }
        Ok(())
    }
}
