use crate::dialogue::{Dialect, Policy};
use crate::fetch::Fetcher;
use crate::interpreter::{Destinations, WebObject};
use crate::model::Model;
use crate::nlu::Mapping;
use crate::policy::Mode;
use std::fmt;
use std::sync::Arc;

/// An application as the host runs it.
pub struct App {
    /// Its name, unique among the host's applications.
    pub name: String,
    /// The absolute URL of its first document.
    pub start: String,
    /// Whether callers may speak freely.
    pub mode: Mode,
    /// How much the bridge says on its own account, where neither documents nor mapping say.
    pub policy: Policy,
    /// Labels and phrases for free speech.
    pub mapping: Option<Arc<Mapping>>,
    /// The language where a document names none, e.g. `en-US`.
    pub language: String,
    /// The platform its documents were written for.
    pub dialect: Dialect,
    /// The platform's voice, e.g. `Polly.Joanna`; `None` leaves it to the platform.
    pub voice: Option<String>,
    /// The IANA time zone its scripts live in.
    pub timezone: String,
    /// The objects its documents may name.
    pub objects: Arc<[WebObject]>,
    /// Whether a submit whose answer was lost with a host is sent again. Its back-end then knows it by its
    /// `Idempotency-Key`; otherwise the submit fails with `error.badfetch`.
    pub repeats_submits: bool,
    /// Where its transfers may lead.
    pub destinations: Destinations,
    /// What its documents are fetched by.
    pub fetcher: Fetcher,
    /// The model that is asked what its callers mean where that is not sure, if it may be; no part of `settings`, as what
    /// it found is part of the journal.
    pub model: Option<Arc<Model>>,
    /// What its callers hear when a call breaks, if that is configured; no part of `settings`.
    pub fallback: Option<LastWords>,
    /// What callers hear for whom there is no room, if that is configured; no part of `settings`.
    pub busy: Option<LastWords>,
    /// A digest of all of the above that a call's answers depend on, for the journal.
    pub settings: String,
}

/// What a caller hears when a call cannot go on, and who may take it over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastWords {
    /// What is said; `None`: what suits the occasion, in the application's language.
    pub message: Option<String>,
    /// Whom the caller is connected to then, a number or a SIP address; `None`: the call ends.
    pub transfer: Option<String>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("name", &self.name).field("start", &self.start).finish_non_exhaustive()
    }
}
