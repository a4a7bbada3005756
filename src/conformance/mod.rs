//! Conformance: runs a suite of VoiceXML tests, each a document that says `pass` or `fail`, against this program.
//!
//! A suite is a folder with a `manifest.json` (docs/howto-run-conformance.md has the format). Its files are served over
//! HTTP, an application of our own server runs each test in mode `keys`, and a simulated [`Phone`] calls it the way Twilio
//! does; or the same caller speaks to the host directly, without webhooks and TwiML.

// The suite is files, and a test that takes too long has failed.
#![allow(clippy::disallowed_methods)]

mod caller;
mod engine;
mod files;
mod grammars;
mod line;
mod manifest;
mod phone;
mod report;
mod retries;
mod stage;
mod verdict;
mod webhooks;

pub use manifest::{
    Case, Expected, Fate, Hypothesis, ManifestError, Recording, Script, Step, Substitute, Test, Verdict, read_manifest,
};
pub use phone::{ACCOUNT, Fault, Leg, Phone, Platform, Received};
pub use report::{Played, Report};
pub use stage::StageError;
pub use verdict::Outcome;

use stage::Stage;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::task::JoinHandle;

/// A test that takes longer hangs.
const LONGEST: Duration = Duration::from_secs(60);

/// What to run, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The suite's folder.
    pub folder: PathBuf,
    /// The way the tests are played.
    pub via: Via,
    /// The tests to run, by id or suite/id; empty: all.
    pub only: Vec<String>,
    /// Is shown each TwiML answer.
    pub watch: Option<fn(&str)>,
}

/// The way tests are played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Via {
    /// Signed webhooks and TwiML, as a call on Twilio goes
    Http,
    /// Events and turns, without a phone platform
    Engine,
}

/// Why nothing was run.
#[derive(Debug, Error)]
pub enum RunError {
    /// The manifest will not do.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// There is no such test.
    #[error("there is no test {0} in the manifest; name it by its id, or by suite/id")]
    NoTest(String),
    /// The servers cannot be started.
    #[error(transparent)]
    Stage(#[from] StageError),
}

/// Runs the tests of a suite.
///
/// # Errors
/// [`RunError`] if none can be run; a test that fails is in the report.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let tests = chosen(read_manifest(&options.folder)?, &options.only)?;
    // Grammars alone need no server.
    let stage = match tests.iter().any(Test::is_played) {
        true => Some(Arc::new(Stage::open(&options.folder, &tests, options.watch).await?)),
        false => None,
    };
    let mut played = Vec::with_capacity(tests.len());
    for (at, test) in tests.into_iter().enumerate() {
        played.push(attempt(stage.as_ref(), &options.folder, at, test, options.via).await);
    }
    Ok(Report::of(played))
}

fn chosen(tests: Vec<Test>, only: &[String]) -> Result<Vec<Test>, RunError> {
    let is_named = |test: &Test, name: &String| *name == test.id || *name == test.name();
    if let Some(unknown) = only.iter().find(|name| !tests.iter().any(|test| is_named(test, name))) {
        return Err(RunError::NoTest(unknown.clone()));
    }
    let wanted = |test: &Test| only.is_empty() || only.iter().any(|name| is_named(test, name));
    Ok(tests.into_iter().filter(wanted).collect())
}

/// Runs a test; whatever keeps it from a verdict is a failure.
async fn attempt(stage: Option<&Arc<Stage>>, folder: &Path, at: usize, test: Test, via: Via) -> Played {
    let instead = test.beyond_webhooks().filter(|_| via == Via::Http);
    let webhooks = via == Via::Http && instead.is_none();
    let played = Played {
        suite: test.suite.clone(),
        id: test.id.clone(),
        topic: test.topic.clone(),
        spec: test.spec.clone(),
        passed: false,
        left_out: false,
        why: None,
        heard: String::new(),
        via: match (test.verdict, webhooks) {
            (Verdict::Grammar, _) => "grammar",
            (_, true) => "http",
            (_, false) => "engine",
        },
        instead,
    };
    let (outcome, heard) = match (&test.fault, stage.filter(|_| test.is_played())) {
        (Some(why), _) => (Outcome::Failed(why.clone()), String::new()),
        (None, Some(stage)) => {
            let stage = Arc::clone(stage);
            let playing = tokio::spawn(async move {
                let account = caller::play(&stage, at, &test, webhooks).await;
                (verdict::judge(&test, &account), account.heard)
            });
            settle(playing, LONGEST).await
        }
        (None, None) => {
            let folder = folder.to_owned();
            settle(tokio::task::spawn_blocking(move || (grammars::check(&folder, &test), String::new())), LONGEST).await
        }
    };
    Played { heard, ..played }.with(outcome)
}

/// The verdict of a test, which may hang or panic.
async fn settle(playing: JoinHandle<(Outcome, String)>, longest: Duration) -> (Outcome, String) {
    let stopping = playing.abort_handle();
    match tokio::time::timeout(longest, playing).await {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(error)) => (Outcome::Failed(format!("voxbridge itself failed: {error}")), String::new()),
        Err(_) => {
            stopping.abort();
            (Outcome::Failed(format!("did not end within {} s", longest.as_secs())), String::new())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_test_that_hangs_or_panics_has_failed_with_the_reason() {
        let hanging = tokio::spawn(std::future::pending());
        let (outcome, _) = settle(hanging, Duration::from_millis(5)).await;
        assert_eq!(outcome, Outcome::Failed("did not end within 0 s".to_owned()));
        let panicking = tokio::spawn(async { panic!("out of luck") });
        let (outcome, _) = settle(panicking, LONGEST).await;
        assert!(matches!(outcome, Outcome::Failed(why) if why.contains("out of luck")));
    }
}
