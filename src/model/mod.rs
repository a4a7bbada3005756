//! An OpenAI-compatible model, asked what unsure words mean: OpenAI, Azure, Mistral, Ollama, vLLM and the like.
//!
//! A [`Model`] belongs to all applications that may ask it. [`Model::ask`] answers within the deadline or not at all, and
//! whoever asks goes on without it: it is asked only while it is well (`breaker`), only as often as was agreed
//! (`budget`), and never twice for the same (`cache`). What is asked, and what may come of the answer, is
//! [`crate::nlu::model`]'s to say; here only the way there and back is known.
//!
//! Nothing is streamed: an answer is one small object, of no use before its end.

// Deadlines and budgets are kept by this machine's clock; nothing of it reaches a call.
#![allow(clippy::disallowed_methods)]

mod breaker;
mod budget;
mod cache;
mod client;
mod manners;
mod received;

pub use budget::{Limits, Spent};

use crate::dialogue::Secret;
use crate::nlu::model::{Answer, Question};
use breaker::Breaker;
use budget::Budgets;
use cache::Cache;
use client::{Client, Trouble};
use manners::Known;
use std::fmt;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};
use url::Url;

/// More often nothing is sent for one question, whatever an endpoint refuses of it.
const MOST_REQUESTS: u32 = 6;

/// Where a model is, and how much of it may be used.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The API's base URL, e.g. `https://api.openai.com/v1`.
    pub base: Url,
    /// The model's name; at Azure, the deployment's.
    pub name: String,
    /// What opens the API; `None` where nothing need be.
    pub key: Option<Secret<String>>,
    /// Azure's API version; `None` for all others.
    pub api_version: Option<String>,
    /// How long a reasoning model may think; `None` for models that do not.
    pub effort: Option<String>,
    /// How long a caller waits for it.
    pub deadline: Duration,
    /// Questions at a time.
    pub concurrency: usize,
    /// Answers kept.
    pub cached: usize,
    /// What may be used of it.
    pub limits: Limits,
}

/// A model that can be asked.
pub struct Model {
    client: Client,
    known: Known,
    breaker: Breaker,
    budgets: Budgets,
    cache: Cache,
    places: Semaphore,
    deadline: Duration,
}

/// An answer, and where it is from.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The answer.
    pub answer: Answer,
    /// Whether it was given before to the same question.
    pub is_cached: bool,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The call or its application has asked as much as it may.
    #[error("the budget of the {0} is spent")]
    Budget(&'static str),
    /// It failed too often or asked to be left alone; it is asked again later.
    #[error("it is left alone after failures")]
    Resting,
    /// Too many ask it at once.
    #[error("too many ask it at once")]
    Crowded,
    /// It did not answer in time.
    #[error("it did not answer in time")]
    Late,
    /// It could not be reached, or the connection broke.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// It refused, with an HTTP status and, where there is one, the code of the error.
    #[error("it refused with status {status}{}", .code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default())]
    Refused {
        /// The status.
        status: u16,
        /// The error's code, e.g. `insufficient_quota`.
        code: Option<String>,
    },
    /// What it said is no answer to the question.
    #[error("its answer is none: {0}")]
    Nonsense(&'static str),
}

impl Failure {
    /// Whether the configuration is at fault: that does not pass by itself.
    pub fn is_misconfigured(&self) -> bool {
        matches!(self, Failure::Refused { status: 401 | 403 | 404, .. })
    }
}

/// Why a model cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The key cannot stand in an HTTP header.
    #[error("the key has characters that no key has")]
    Key,
    /// The base URL cannot be the base of anything.
    #[error("`{0}` is no base URL")]
    Base(String),
    /// `effort` is none that is known.
    #[error("`{0}` is no reasoning effort")]
    Effort(String),
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("client", &self.client).field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

impl Model {
    /// A model that has not been asked yet. Nothing is sent before the first question.
    ///
    /// # Errors
    /// If the settings cannot be those of any endpoint.
    pub fn new(settings: &Settings) -> Result<Self, SetupError> {
        Ok(Self {
            client: Client::new(settings)?,
            known: Known::new(&settings.base, settings.api_version.is_some()),
            breaker: Breaker::default(),
            budgets: Budgets::new(settings.limits),
            cache: Cache::new(settings.cached),
            places: Semaphore::new(settings.concurrency.clamp(1, Semaphore::MAX_PERMITS)),
            deadline: settings.deadline,
        })
    }

    /// Asks, on behalf of an application's call that has used `spent` so far. It takes no longer than the deadline.
    ///
    /// # Errors
    /// Why there is no answer; whoever asks goes on without.
    pub async fn ask(&self, app: &str, spent: &mut Spent, question: &Question) -> Result<Reply, Failure> {
        let key = question.key();
        if let Some(answer) = self.cache.find(&key).and_then(|text| question.read(&text)) {
            return Ok(Reply { answer, is_cached: true });
        }
        let deadline = Instant::now() + self.deadline;
        let pass = self.breaker.enter(Instant::now().into_std()).ok_or(Failure::Resting)?;
        let place = timeout_at(deadline, self.places.acquire()).await;
        let Ok(Ok(_place)) = place else { return Err(Failure::Crowded) };
        let mut bill = self.budgets.open(Instant::now().into_std(), app, spent, question.tokens())?;
        let exchange = self.exchange(question, deadline, &mut bill);
        let done = timeout_at(deadline, exchange).await.unwrap_or(Err((Failure::Late, None)));
        drop(bill);
        match done {
            Ok((text, answer)) => {
                pass.succeeded();
                self.cache.keep(&key, text);
                Ok(Reply { answer, is_cached: false })
            }
            Err((failure, rest)) => {
                pass.failed(Instant::now().into_std(), &failure, rest);
                Err(failure)
            }
        }
    }

    /// Sends the question in the form the endpoint takes, and once more where it could not be reached.
    async fn exchange(
        &self,
        question: &Question,
        deadline: Instant,
        bill: &mut budget::Bill<'_>,
    ) -> Result<(String, Answer), (Failure, Option<Duration>)> {
        let mut manners = self.known.manners();
        let mut may_repeat = true;
        for _ in 0..MOST_REQUESTS {
            bill.sends();
            match self.client.send(question, &manners).await {
                Ok(said) => {
                    bill.used(said.tokens);
                    let Some(text) = said.text else { return Err((Failure::Nonsense(said.why_empty), None)) };
                    let Some(answer) = question.read(&text) else {
                        self.known.was_ignored(&manners);
                        return Err((Failure::Nonsense("it is not of the form that was asked for"), None));
                    };
                    self.known.is_taken(&manners);
                    return Ok((text, answer));
                }
                Err(Trouble::Unreachable(_)) if may_repeat => may_repeat = false,
                Err(Trouble::Unreachable(why)) => return Err((Failure::Unreachable(why), None)),
                Err(Trouble::Broken(why)) => return Err((Failure::Unreachable(why), None)),
                Err(Trouble::Refused(refusal)) => {
                    if let Some(other) = self.known.after(&manners, &refusal) {
                        manners = other;
                        continue;
                    }
                    let soon = refusal.retry_after.filter(|pause| may_repeat && Instant::now() + *pause * 2 < deadline);
                    match soon {
                        Some(pause) => {
                            may_repeat = false;
                            sleep(pause).await;
                        }
                        None => return Err((refusal.failure(), refusal.rest())),
                    }
                }
            }
        }
        Err((Failure::Nonsense("it takes the question in no form"), None))
    }
}
