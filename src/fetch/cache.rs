use crate::dialogue::{FetchRequest, Resource};
use http::header::{AGE, CACHE_CONTROL, COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use http::{Request, Response, request, response};
use http_cache_semantics::{AfterResponse, BeforeRequest, CacheOptions, CachePolicy};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use url::Url;

/// Bytes the answers of one application may take.
const MOST_BYTES: usize = 32 << 20;
/// Answers kept for one application.
const MOST_ANSWERS: usize = 2_000;
/// An `Age` beyond this many seconds is nonsense.
const OLDEST: u64 = 10_000_000_000;

/// The HTTP answers of one application, for all its calls: what RFC 9111 lets a shared cache keep, used as VoiceXML's
/// `maxage` and `maxstale` say (2.0 §6.1.2), which are HTTP's own request directives.
#[derive(Debug, Default)]
pub(super) struct Cache {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    answers: HashMap<Url, Answer>,
    bytes: usize,
    uses: u64,
}

#[derive(Debug, Clone)]
struct Answer {
    policy: CachePolicy,
    resource: Resource,
    used: u64,
}

/// What the cache knows for a request.
pub(super) enum Known {
    /// Nobody needs to be asked.
    Fresh(Resource),
    /// The server must be asked, with these headers.
    Ask(HeaderMap),
}

impl Cache {
    /// What is known of the answer to a GET.
    pub(super) fn find(&self, asked: &request::Parts, url: &Url) -> Known {
        let mut kept = self.kept();
        kept.uses += 1;
        let now = kept.uses;
        let Some(answer) = kept.answers.get_mut(url) else { return Known::Ask(asked.headers.clone()) };
        answer.used = now;
        match answer.policy.before_request(asked, SystemTime::now()) {
            BeforeRequest::Fresh(_) => Known::Fresh(answer.resource.clone()),
            BeforeRequest::Stale { request, .. } => Known::Ask(request.headers),
        }
    }

    /// The kept resource, if the server's answer says that it has not changed.
    pub(super) fn revalidated(&self, asked: &request::Parts, url: &Url, told: response::Parts) -> Option<Resource> {
        let mut kept = self.kept();
        let answer = kept.answers.get_mut(url)?;
        match answer.policy.after_response(asked, &told, SystemTime::now()) {
            AfterResponse::NotModified(policy, _) => {
                answer.policy = policy;
                Some(answer.resource.clone())
            }
            AfterResponse::Modified(..) => None,
        }
    }

    /// Keeps an answer, if it may be kept.
    pub(super) fn keep(&self, asked: &request::Parts, url: &Url, told: &response::Parts, resource: &Resource) {
        // Nobody said how long: a tenth of its age is a good guess for a file, none for what is made for this caller.
        let personal = asked.headers.contains_key(COOKIE) || url.query().is_some();
        let options = CacheOptions { cache_heuristic: if personal { 0.0 } else { 0.1 }, ..CacheOptions::default() };
        let policy = CachePolicy::new_options(asked, told, SystemTime::now(), options);
        let size = resource.body.len();
        let mut kept = self.kept();
        kept.forget(url);
        // A cookie set in an answer is for the call that asked.
        if !policy.is_storable() || told.headers.contains_key(SET_COOKIE) || size > MOST_BYTES / 4 {
            return;
        }
        while kept.answers.len() >= MOST_ANSWERS || kept.bytes + size > MOST_BYTES {
            let Some(oldest) = kept.answers.iter().min_by_key(|(_, answer)| answer.used).map(|(url, _)| url.clone())
            else {
                break;
            };
            kept.forget(&oldest);
        }
        kept.bytes += size;
        let used = kept.uses;
        kept.answers.insert(url.clone(), Answer { policy, resource: resource.clone(), used });
    }

    /// Forgets the answer to a URL.
    pub(super) fn forget(&self, url: &Url) {
        self.kept().forget(url);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn forget(&mut self, url: &Url) {
        if let Some(answer) = self.answers.remove(url) {
            self.bytes -= answer.resource.body.len();
        }
    }
}

/// A GET as the cache sees it; `None` for a URL that is none to HTTP.
pub(super) fn asked(url: &Url, headers: HeaderMap) -> Option<request::Parts> {
    let mut parts = Request::get(url.as_str()).body(()).ok()?.into_parts().0;
    parts.headers = headers;
    Some(parts)
}

/// An answer as the cache sees it.
pub(super) fn told(answer: &reqwest::Response) -> response::Parts {
    let mut parts = Response::new(()).into_parts().0;
    parts.status = answer.status();
    parts.headers = answer.headers().clone();
    // The age is added to a time.
    let age = parts.headers.get(AGE).and_then(|age| age.to_str().ok()).and_then(|age| age.parse::<u64>().ok());
    if age.is_none_or(|age| age > OLDEST) {
        parts.headers.remove(AGE);
    }
    parts
}

/// Adds `maxage` and `maxstale` to a request's headers.
pub(super) fn direct(headers: &mut HeaderMap, request: &FetchRequest) {
    let maxage = request.maxage.map(|seconds| format!("max-age={seconds}"));
    let maxstale = request.maxstale.map(|seconds| format!("max-stale={seconds}"));
    let directives: Vec<String> = maxage.into_iter().chain(maxstale).collect();
    if let (false, Ok(value)) = (directives.is_empty(), HeaderValue::from_str(&directives.join(", "))) {
        headers.insert(CACHE_CONTROL, value);
    }
}
