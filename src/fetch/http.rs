use super::addresses::{Guard, Lookup, not_public};
use super::cache::{self, Cache, Known};
use super::recordings::{self, Recordings, Sounds};
use super::{Access, AccessError, Jar, Response, denied, failed, found, shown};
use crate::dialogue::{FetchRequest, Method, Purpose};
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{StatusCode, redirect};
use std::sync::{Arc, Once};
use std::time::Duration;
use url::{Url, form_urlencoded};

const USER_AGENT: &str = concat!("voxbridge/", env!("CARGO_PKG_VERSION"));
/// By which a back-end tells a submit it has seen already (the IETF's draft of that name).
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const MOST_REDIRECTS: usize = 5;
/// Before a request that got no answer is sent again.
const PAUSES: [Duration; 2] = [Duration::from_millis(150), Duration::from_millis(450)];

/// HTTP and HTTPS, to allowed hosts only.
#[derive(Debug)]
pub(super) struct Http {
    pub(super) client: reqwest::Client,
    access: Arc<Access>,
    cache: Cache,
    max_bytes: usize,
    pub(super) recordings: Recordings,
}

/// One request of a fetch; a redirect makes another.
struct Hop {
    method: Method,
    url: Url,
}

/// What a server says to a hop.
enum Said {
    Done(Response),
    /// Ask there; where the flag is set, by GET.
    Moved(Url, bool),
}

impl Http {
    pub(super) fn new(access: Arc<Access>, max_bytes: usize, lookup: Lookup) -> Result<Self, AccessError> {
        install_tls();
        let guard = Guard { addresses: access.addresses.clone(), lookup };
        let client = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            // Followed here: each hop has cookies of its own, and must be allowed.
            .redirect(redirect::Policy::none())
            // The query of a submit holds what the caller said.
            .referer(false)
            // A proxy of the environment would look the name up itself, where nobody checks the address.
            .no_proxy()
            .dns_resolver(Arc::new(guard))
            .build()
            .map_err(|error| AccessError::Client(explain(&error)))?;
        Ok(Self { client, access, cache: Cache::default(), max_bytes, recordings: Recordings::default() })
    }

    pub(super) async fn fetch(&self, url: Url, request: &FetchRequest, jar: &mut Jar) -> Response {
        let place = shown(&url);
        if let Some(why) = self.access.refusal(&url) {
            return denied(format!("{place}: {why}"));
        }
        let sounds = match is_multipart(request) {
            true => self.recordings.sounds(&request.fields, &self.client).await,
            false => Ok(Sounds::new()),
        };
        let sounds = match sounds {
            Ok(sounds) => sounds,
            Err(why) => return failed(None, why),
        };
        let mut hop = Hop { method: request.method, url };
        if request.method == Method::Get && !request.fields.is_empty() {
            let fields = request.fields.iter().map(|field| (field.name.as_str(), field.as_text()));
            hop.url.query_pairs_mut().extend_pairs(fields);
        }
        let mut pauses = PAUSES.iter();
        for _ in 0..=MOST_REDIRECTS + PAUSES.len() {
            match self.ask(&hop, request, &sounds, jar).await {
                Ok(Said::Done(response)) => return response,
                Ok(Said::Moved(url, by_get)) => {
                    if let Some(why) = self.access.refusal(&url) {
                        return denied(format!("{place}: redirected elsewhere: {why}"));
                    }
                    hop = Hop { method: if by_get { Method::Get } else { hop.method }, url };
                }
                Err(error) => {
                    if let Some(why) = not_public(&error) {
                        return denied(format!("{place}: {why}"));
                    }
                    if let Some(pause) = pauses.next().filter(|_| may_repeat(&hop, request, &error)) {
                        tracing::info!(place, "the connection was lost: asked again");
                        tokio::time::sleep(*pause).await;
                        continue;
                    }
                    let status = error.status().map(|status| status.as_u16());
                    return failed(status, format!("{place}: {}", explain(&error.without_url())));
                }
            }
        }
        failed(None, format!("{place}: more than {MOST_REDIRECTS} redirects"))
    }

    async fn ask(&self, hop: &Hop, request: &FetchRequest, sounds: &Sounds, jar: &mut Jar) -> reqwest::Result<Said> {
        if request.purpose == Purpose::Audio {
            return self.probe(hop).await;
        }
        let mut headers = HeaderMap::new();
        if let Some(effect) = request.effect.as_ref().and_then(|effect| HeaderValue::from_str(&effect.id).ok()) {
            headers.insert(IDEMPOTENCY_KEY, effect);
        }
        jar.add_to(&mut headers, &hop.url);
        cache::direct(&mut headers, request);
        // Only a GET is looked up and kept; what a POST answers belongs to what was posted.
        let asked = match hop.method {
            Method::Get => cache::asked(&hop.url, headers.clone()),
            Method::Post => None,
        };
        if let Some(asked) = &asked {
            match self.cache.find(asked, &hop.url) {
                Known::Fresh(resource) => return Ok(Said::Done(Response::Found(resource))),
                Known::Ask(with_validators) => headers = with_validators,
            }
        }
        let answer = self.send(hop, request, sounds, headers).await?;
        jar.keep(answer.headers(), &hop.url);
        if let Some(moved) = moved(&answer, hop) {
            return Ok(moved);
        }
        let told = cache::told(&answer);
        if let (Some(asked), StatusCode::NOT_MODIFIED) = (&asked, answer.status()) {
            let known = self.cache.revalidated(asked, &hop.url, told);
            let lost = || failed(Some(304), format!("{}: unchanged, but nothing of it is known", shown(&hop.url)));
            return Ok(Said::Done(known.map_or_else(lost, Response::Found)));
        }
        if let Some(failure) = refused(&answer) {
            return Ok(Said::Done(failure));
        }
        let response = self.read(answer).await?;
        match (&asked, &response) {
            (Some(asked), Response::Found(resource)) => self.cache.keep(asked, &hop.url, &told, resource),
            // It may have changed what stands there (RFC 9111 §4.4).
            (None, _) => self.cache.forget(&hop.url),
            _ => {}
        }
        Ok(Said::Done(response))
    }

    /// Whether there is something at the URL that can be played; what, only the platform needs. That plays it without the
    /// call's cookies, so it is asked for without them.
    async fn probe(&self, hop: &Hop) -> reqwest::Result<Said> {
        let head = self.client.head(hop.url.clone()).send().await?;
        let asked = match head.status() {
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => {
                self.client.get(hop.url.clone()).send().await?
            }
            _ => head,
        };
        if let Some(moved) = moved(&asked, hop) {
            return Ok(moved);
        }
        let audio = || Response::Found(found(asked.url(), kind(&asked), Vec::new()));
        Ok(Said::Done(refused(&asked).or_else(|| unplayable(&asked)).unwrap_or_else(audio)))
    }

    async fn send(
        &self,
        hop: &Hop,
        request: &FetchRequest,
        sounds: &Sounds,
        headers: HeaderMap,
    ) -> reqwest::Result<reqwest::Response> {
        let url = hop.url.clone();
        let fields = request.fields.iter().map(|field| (field.name.as_str(), field.as_text()));
        match hop.method {
            Method::Get => self.client.get(url).headers(headers).send().await,
            Method::Post if is_multipart(request) => {
                let form = recordings::form(&request.fields, sounds);
                self.client.post(url).headers(headers).multipart(form).send().await
            }
            Method::Post => {
                let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
                self.client.post(url).headers(headers).header(CONTENT_TYPE, kind).body(body).send().await
            }
        }
    }

    async fn read(&self, mut response: reqwest::Response) -> reqwest::Result<Response> {
        let (url, kind) = (response.url().clone(), kind(&response));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > self.max_bytes {
                return Ok(failed(None, format!("{}: more than the {} bytes allowed", shown(&url), self.max_bytes)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response::Found(found(&url, kind, body)))
    }
}

/// Where an answer sends the client. After a POST, only 307 and 308 post again (RFC 9110 §15.4).
fn moved(answer: &reqwest::Response, hop: &Hop) -> Option<Said> {
    let by_get = match answer.status().as_u16() {
        301..=303 => true,
        307 | 308 => false,
        _ => return None,
    };
    let target = answer.headers().get(LOCATION)?;
    let mut url = hop.url.join(std::str::from_utf8(target.as_bytes()).ok()?).ok()?;
    url.set_fragment(None);
    Some(Said::Moved(url, by_get))
}

/// Whether a request that got no answer is sent again: what was not sent at all, what only asks, and what the other end
/// knows a repeat of.
fn may_repeat(hop: &Hop, request: &FetchRequest, error: &reqwest::Error) -> bool {
    let is_known_again = request.effect.as_ref().is_some_and(|effect| effect.repeats);
    !error.is_timeout() && (error.is_connect() || hop.method == Method::Get || is_known_again)
}

/// rustls is built without a provider of its own choice; ring serves the whole process.
pub(crate) fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Fails only if a provider is installed already, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

fn is_multipart(request: &FetchRequest) -> bool {
    request.method == Method::Post
        && request.enctype.as_deref().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("multipart/form-data"))
}

fn kind(response: &reqwest::Response) -> Option<String> {
    response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn refused(response: &reqwest::Response) -> Option<Response> {
    let status = response.status();
    (!status.is_success()).then(|| failed(Some(status.as_u16()), format!("{}: {status}", shown(response.url()))))
}

/// What the platform would not play either: an error page that says 200, for example.
fn unplayable(response: &reqwest::Response) -> Option<Response> {
    let kind = kind(response)?;
    (!super::files::is_playable(&kind))
        .then(|| failed(Some(415), format!("{}: {kind} is not audio that is played", shown(response.url()))))
}

/// The error with its causes: reqwest's own message leaves out why.
fn explain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
