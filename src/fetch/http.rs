use super::{Access, AccessError, Response, failed, found, shown};
use crate::dialogue::{FetchRequest, Method, Purpose};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{StatusCode, redirect};
use std::sync::{Arc, Once};
use url::{Url, form_urlencoded};

const USER_AGENT: &str = concat!("voxbridge/", env!("CARGO_PKG_VERSION"));
const MOST_REDIRECTS: usize = 5;

/// HTTP and HTTPS, to allowed hosts only.
#[derive(Debug)]
pub(super) struct Http {
    client: reqwest::Client,
    access: Arc<Access>,
    max_bytes: usize,
}

impl Http {
    pub(super) fn new(access: Arc<Access>, max_bytes: usize) -> Result<Self, AccessError> {
        install_tls();
        let client = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(redirects(Arc::clone(&access)))
            // The query of a submit holds what the caller said.
            .referer(false)
            .build()
            .map_err(|error| AccessError::Client(explain(&error)))?;
        Ok(Self { client, access, max_bytes })
    }

    pub(super) async fn fetch(&self, url: Url, request: &FetchRequest) -> Response {
        if !self.access.allows(&url) {
            let host = url.host_str().unwrap_or_default();
            let why = "is not among the hosts this application may ask (allow_hosts)";
            return failed(None, format!("{}: {host} {why}", shown(&url)));
        }
        let place = shown(&url);
        match self.exchange(url, request).await {
            Ok(response) => response,
            Err(error) => {
                let status = error.status().map(|status| status.as_u16());
                failed(status, format!("{place}: {}", explain(&error.without_url())))
            }
        }
    }

    async fn exchange(&self, url: Url, request: &FetchRequest) -> reqwest::Result<Response> {
        if request.purpose == Purpose::Audio {
            let head = self.client.head(url.clone()).send().await?;
            let asked = match head.status() {
                StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => self.client.get(url).send().await?,
                _ => head,
            };
            return Ok(refused(&asked)
                .or_else(|| unplayable(&asked))
                .unwrap_or_else(|| Response::Found(found(asked.url(), kind(&asked), Vec::new()))));
        }
        let response = self.send(url, request).await?;
        match refused(&response) {
            Some(failure) => Ok(failure),
            None => self.read(response).await,
        }
    }

    async fn send(&self, mut url: Url, request: &FetchRequest) -> reqwest::Result<reqwest::Response> {
        let fields = request.fields.iter().map(|field| (field.name.as_str(), field.as_text()));
        match request.method {
            Method::Get => {
                if !request.fields.is_empty() {
                    url.query_pairs_mut().extend_pairs(fields);
                }
                self.client.get(url).send().await
            }
            Method::Post if is_multipart(request) => {
                let form = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
                let form = form.fold(reqwest::multipart::Form::new(), |form, (name, value)| form.text(name, value));
                self.client.post(url).multipart(form).send().await
            }
            Method::Post => {
                let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
                self.client.post(url).header(CONTENT_TYPE, kind).body(body).send().await
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

fn redirects(access: Arc<Access>) -> redirect::Policy {
    redirect::Policy::custom(move |attempt| {
        if attempt.previous().len() > MOST_REDIRECTS {
            attempt.error(format!("more than {MOST_REDIRECTS} redirects"))
        } else if !access.allows(attempt.url()) {
            let host = attempt.url().host_str().unwrap_or_default().to_owned();
            attempt.error(format!("redirected to {host}, which is not among the hosts this application may ask"))
        } else {
            attempt.follow()
        }
    })
}

/// rustls is built without a provider of its own choice; ring serves the whole process.
fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Fails only if a provider is installed already, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

fn is_multipart(request: &FetchRequest) -> bool {
    request.enctype.as_deref().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("multipart/form-data"))
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
