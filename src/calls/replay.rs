//! A call from its journal.

use super::answer::Answer;
use super::call::Call;
use super::host::Shared;
use crate::store::{Entry, FORMAT, Head, Journal};
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
        let mut call = Self::headed(head, shared)?;
        call.catch_up(entries).await?;
        Ok(call)
    }

    /// The same at one go; `told` hears of every answer, and of the one before it.
    pub(super) fn retell(
        journal: Journal,
        shared: Arc<Shared>,
        mut told: impl FnMut(Option<&Answer>, &Answer),
    ) -> Result<Self, ReplayError> {
        let mut call = Self::headed(journal.head, shared)?;
        for entry in journal.entries {
            let before = call.answer().cloned();
            call.play(entry)?;
            let turn = before.as_ref().map_or(0, |before| before.turn);
            if let Some(answer) = call.answer().filter(|answer| answer.turn > turn) {
                told(before.as_deref(), answer);
            }
        }
        Ok(call)
    }

    fn headed(head: Head, shared: Arc<Shared>) -> Result<Self, ReplayError> {
        if head.format > FORMAT {
            return Err(ReplayError::Format(head.format));
        }
        let app = shared.apps.get(&head.app).cloned().ok_or_else(|| ReplayError::App(head.app.clone()))?;
        Ok(Self::of(Arc::new(head), app, shared))
    }

    /// Goes on to where the journal is.
    pub(super) async fn catch_up(&mut self, entries: Vec<Entry>) -> Result<(), ReplayError> {
        for (count, entry) in entries.into_iter().enumerate() {
            if count % AT_ONCE == AT_ONCE - 1 {
                tokio::task::yield_now().await;
            }
            self.play(entry)?;
        }
        Ok(())
    }

    fn play(&mut self, entry: Entry) -> Result<(), ReplayError> {
        let turn = entry.turn;
        let reconfigured = self.app.settings != self.scribe.head().settings;
        self.replay(entry).ok_or(ReplayError::Differs { turn, reconfigured })
    }
}
