use super::twiml::WAITED;
use super::{Rejection, Site};
use crate::channel::twilio::signature::{Body, SETTINGS_HEADER, SIGNATURE_HEADER, Signed};
use crate::channel::twilio::{ANSWERED, IDEMPOTENCY_HEADER, Incoming, decode};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Method, header};
use std::sync::Arc;
use url::form_urlencoded;

/// A webhook of Twilio whose signature has been checked.
pub(super) struct Webhook {
    /// The parameters, decoded.
    pub(super) incoming: Incoming,
    /// The URL our own paths are appended to.
    pub(super) base: String,
    /// How often the caller was sent round: it only picks up an answer, without news. 0: it brings news.
    pub(super) waited: u32,
    /// Whether it tells that the other end of a transfer has answered.
    pub(super) answered: bool,
    /// Whether Twilio has sent exactly this request before.
    pub(super) repeated: bool,
}

impl FromRequest<Arc<Site>> for Webhook {
    type Rejection = Rejection;

    async fn from_request(mut request: Request, site: &Arc<Site>) -> Result<Self, Rejection> {
        let base = site.base_url(request.headers()).ok_or(Rejection::Malformed)?;
        let path = request.uri().path_and_query().map(|path| path.as_str().to_owned()).unwrap_or_default();
        let query = request.uri().query().map(fields).unwrap_or_default();
        // The query of a GET holds what the caller did: only the path is logged.
        let place = format!("{base}{}", request.uri().path());
        let headers = std::mem::take(request.headers_mut());
        let form = match *request.method() {
            Method::POST => Some(form(request, &headers).await?),
            _ => None,
        };
        if let Some(verifier) = site.verifier() {
            let url = format!("{base}{path}");
            let signed = Signed {
                url: &url,
                body: form.as_deref().map_or(Body::None, Body::Form),
                signature: text(&headers, SIGNATURE_HEADER),
                settings: text(&headers, SETTINGS_HEADER),
            };
            verifier.verify(&signed).map_err(|why| {
                tracing::warn!(url = %place, %why, "a webhook is refused");
                Rejection::Signature
            })?;
        }
        let asked = |parameter: &str| query.iter().find(|(name, _)| name == parameter).map(|(_, value)| value);
        let waited = asked(WAITED).map_or(0, |times| times.parse().unwrap_or(1).max(1));
        let answered = asked(ANSWERED).is_some();
        let incoming = decode(&form.unwrap_or(query)).map_err(|why| {
            tracing::warn!(url = %place, %why, "a webhook is refused");
            Rejection::Malformed
        })?;
        if !site.serves_account(&incoming.account_sid) {
            tracing::warn!(call = %incoming.call_sid, "a webhook of another account is refused");
            return Err(Rejection::Account);
        }
        let token = text(&headers, IDEMPOTENCY_HEADER);
        let repeated = token.is_some_and(|token| site.is_repeated(token));
        if repeated {
            tracing::info!(call = %incoming.call_sid, url = %place, token, "Twilio repeats a request");
        }
        Ok(Self { incoming, base, waited, answered, repeated })
    }
}

/// The fields of a posted form; a POST without a body is an empty one.
async fn form(request: Request, headers: &HeaderMap) -> Result<Vec<(String, String)>, Rejection> {
    let body = Bytes::from_request(request, &()).await.map_err(|_| Rejection::TooLarge)?;
    let kind = text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !body.is_empty() && !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Rejection::MediaType);
    }
    Ok(form_urlencoded::parse(&body).into_owned().collect())
}

fn fields(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
