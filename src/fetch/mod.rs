//! Documents, scripts, grammars and submits over HTTP and from application folders: hosts, sizes, time limits, what is
//! kept for all calls and which cookies are kept for one.
//!
//! A [`Fetcher`] belongs to one application. It reads `file:` URLs only inside the application's folder and asks only
//! hosts its [`Access`] allows, at addresses it allows, on every redirect again. What differs from call to call is the [`Jar`].

// What is kept ages by this machine's clocks; nothing of them reaches a call.
#![allow(clippy::disallowed_methods)]

mod access;
mod addresses;
mod cache;
mod files;
mod http;
mod jar;
mod recordings;
mod service;

pub use access::{Access, AccessError};
pub use addresses::{Lookup, system_lookup};
pub use files::audio_type;
pub(crate) use http::install_tls;
pub use jar::Jar;
pub use recordings::{Recordings, silence};
pub use service::{Answered, Asked, Service};

use crate::dialogue::{FetchRequest, Millis, Purpose, Resource, Response};
use files::Files;
use http::Http;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use url::Url;

/// How long a fetch may take that says nothing of its own.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
/// A process that stood still finds its time limits passed and the answers there: they are still taken.
const LATE: Duration = Duration::from_millis(100);
/// No fetch takes longer, whatever the document says.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(60);
/// How long it is remembered whether an audio file can be played.
const AUDIO_REMEMBERED: Duration = Duration::from_secs(60);
/// How many audio files are remembered.
const MOST_AUDIO: usize = 10_000;

/// Fetches what the calls of one application ask for; shared by all of them.
#[derive(Debug)]
pub struct Fetcher {
    access: Arc<Access>,
    files: Files,
    http: Http,
    audio: RwLock<HashMap<String, (Instant, Response)>>,
    service: Option<service::Place>,
}

impl Fetcher {
    /// A fetcher with these rights that reads at most `max_bytes` of a resource.
    ///
    /// # Errors
    /// If the HTTP client cannot be set up, e.g. because the system's certificates cannot be read.
    pub fn new(access: Access, max_bytes: usize) -> Result<Self, AccessError> {
        Self::with_lookup(access, max_bytes, system_lookup())
    }

    /// The same, looking host names up by `lookup`.
    ///
    /// # Errors
    /// As [`Fetcher::new`].
    pub fn with_lookup(access: Access, max_bytes: usize, lookup: Lookup) -> Result<Self, AccessError> {
        let access = Arc::new(access);
        Ok(Self {
            files: Files::new(max_bytes),
            http: Http::new(Arc::clone(&access), max_bytes, lookup)?,
            access,
            audio: RwLock::default(),
            service: None,
        })
    }

    /// The same, sending on recordings that lie there.
    #[must_use]
    pub fn with_recordings(mut self, recordings: Recordings) -> Self {
        self.http.recordings = recordings;
        self
    }

    /// The same, what is asked of that origin being answered by a service of this process: no request for it leaves.
    #[must_use]
    pub fn with_service(mut self, origin: Url, service: Arc<dyn Service>) -> Self {
        self.service = Some(service::Place { origin, service });
        self
    }

    /// Where its callers' recordings lie.
    pub fn recordings(&self) -> &Recordings {
        &self.http.recordings
    }

    /// The sound of a recording.
    ///
    /// # Errors
    /// The reason why it cannot be had.
    pub async fn recording(&self, url: &str) -> Result<Vec<u8>, String> {
        self.http.recordings.sound(url, &self.http.client).await
    }

    /// What the fetcher may reach.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Fetches with the cookies of a call, and never fails otherwise than by [`Response::Failed`] or
    /// [`Response::Denied`].
    pub async fn fetch(&self, request: &FetchRequest, jar: &mut Jar) -> Response {
        if request.purpose != Purpose::Audio {
            return self.fetch_afresh(request, jar).await;
        }
        if let Some(known) = self.remembered(request) {
            return known;
        }
        let response = self.fetch_afresh(request, jar).await;
        self.remember(&request.url, &response);
        response
    }

    async fn fetch_afresh(&self, request: &FetchRequest, jar: &mut Jar) -> Response {
        let url = match Url::parse(&request.url) {
            Ok(url) => url,
            Err(error) => return failed(None, format!("{}: not a URL: {error}", request.url)),
        };
        let limit = time_limit(request.timeout);
        let fetching = async {
            if let Some(place) = self.service.as_ref().filter(|place| place.has(&url)) {
                return place.fetch(&url, request).await;
            }
            match url.scheme() {
                "file" => self.files.fetch(&url, request.purpose, &self.access).await,
                "http" | "https" => self.http.fetch(url.clone(), request, jar).await,
                other => failed(None, format!("{other}: URLs cannot be fetched")),
            }
        };
        let mut fetching = std::pin::pin!(fetching);
        let mut answered = tokio::time::timeout(limit, &mut fetching).await;
        if answered.is_err() {
            answered = tokio::time::timeout(LATE, &mut fetching).await;
        }
        match answered {
            Ok(response) => response,
            Err(_) => failed(None, format!("{}: no answer within {} ms", shown(&url), limit.as_millis())),
        }
    }

    fn remembered(&self, request: &FetchRequest) -> Option<Response> {
        let oldest = request.maxage.map_or(AUDIO_REMEMBERED, |age| AUDIO_REMEMBERED.min(Duration::from_secs(age)));
        let audio = self.audio.read().unwrap_or_else(PoisonError::into_inner);
        audio.get(&request.url).filter(|(at, _)| at.elapsed() < oldest).map(|(_, response)| response.clone())
    }

    fn remember(&self, url: &str, response: &Response) {
        let mut audio = self.audio.write().unwrap_or_else(PoisonError::into_inner);
        if audio.len() >= MOST_AUDIO {
            audio.clear();
        }
        audio.insert(url.to_owned(), (Instant::now(), response.clone()));
    }
}

/// SHA-256 of some bytes, in lower-case hex.
pub fn digest(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

fn time_limit(asked: Option<Millis>) -> Duration {
    asked.map_or(DEFAULT_TIMEOUT, Duration::from_millis).min(LONGEST_TIMEOUT)
}

fn found(url: &Url, content_type: Option<String>, body: Vec<u8>) -> Resource {
    let digest = digest(&body);
    Resource { url: url.to_string(), content_type, body: Arc::new(body), digest }
}

/// The URL for messages, without its query, which may hold what the caller said, and without a password.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // A URL without a host has neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

fn failed(status: Option<u16>, message: impl Into<String>) -> Response {
    Response::Failed { status, message: message.into() }
}

fn denied(message: impl Into<String>) -> Response {
    Response::Denied { message: message.into() }
}

#[cfg(test)]
mod guard_tests;
#[cfg(test)]
mod tests;
