use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Why a request is refused. Each has one row in [`Rejection::row`]: status, body, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// The signature is missing or does not match.
    Signature,
    /// The request names another account than the configured one.
    Account,
    /// It is no voice webhook, or what it says is impossible.
    Malformed,
    /// Its `CallSid` is not that of the URL.
    OtherCall,
    /// The body is no form.
    MediaType,
    /// The body is larger than any webhook.
    TooLarge,
    /// Path and query are longer than any webhook's.
    LongUri,
    /// The body does not arrive.
    Slow,
    /// The admin token is missing or wrong.
    Token,
    /// Too many wrong admin tokens.
    TooManyTokens,
    /// There is no journal of that call.
    NoCall,
    /// No application has that name or number.
    NoApplication,
    /// There is no such audio file.
    NoMedia,
    /// There is no such page.
    NoPage,
    /// The server is shutting down.
    Draining,
    /// The store does not answer.
    NoStore,
    /// A worker thread does not go on.
    Stuck,
}

impl Rejection {
    /// Every rejection, for the documentation.
    pub const ALL: [Rejection; 17] = [
        Rejection::Signature,
        Rejection::Account,
        Rejection::Malformed,
        Rejection::OtherCall,
        Rejection::MediaType,
        Rejection::TooLarge,
        Rejection::LongUri,
        Rejection::Slow,
        Rejection::Token,
        Rejection::TooManyTokens,
        Rejection::NoCall,
        Rejection::NoApplication,
        Rejection::NoMedia,
        Rejection::NoPage,
        Rejection::Draining,
        Rejection::NoStore,
        Rejection::Stuck,
    ];

    /// Its name in metrics, e.g. `too_large`.
    pub fn name(self) -> String {
        let mut name = String::new();
        for c in format!("{self:?}").chars() {
            if c.is_ascii_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(c.to_ascii_lowercase());
        }
        name
    }

    /// Status, body, and what an operator should look at.
    pub const fn row(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Rejection::Signature => (
                StatusCode::FORBIDDEN,
                "the request is not signed by Twilio for this URL",
                "check twilio.auth_token (the primary token) and server.public_url (exactly as Twilio calls it)",
            ),
            Rejection::Account => (
                StatusCode::FORBIDDEN,
                "the request is of another account",
                "check twilio.account_sid, and which account the number belongs to",
            ),
            Rejection::Malformed => (
                StatusCode::BAD_REQUEST,
                "the request is no voice webhook of Twilio",
                "a voice webhook has at least CallSid, as form or query",
            ),
            Rejection::OtherCall => (
                StatusCode::BAD_REQUEST,
                "the request's CallSid is not that of its URL",
                "answer URLs are made for one call and not to be configured anywhere",
            ),
            Rejection::MediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "a form (application/x-www-form-urlencoded) is wanted",
                "Twilio sends forms; look at what stands between it and the server",
            ),
            Rejection::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "the request is larger than any webhook",
                "webhooks have at most 64 KiB here",
            ),
            Rejection::LongUri => (
                StatusCode::URI_TOO_LONG,
                "path and query are longer than any webhook's",
                "they have at most 8 KiB here",
            ),
            Rejection::Slow => (
                StatusCode::REQUEST_TIMEOUT,
                "the body of the request did not arrive in time",
                "it has 10 seconds; look at what stands between the client and the server",
            ),
            Rejection::Token => (
                StatusCode::UNAUTHORIZED,
                "the admin token is missing or wrong",
                "send `Authorization: Bearer TOKEN`; `voxbridge admin-token` makes a token",
            ),
            Rejection::TooManyTokens => (
                StatusCode::TOO_MANY_REQUESTS,
                "too many attempts with a wrong admin token",
                "wait a few seconds, and find out who tries: the log has a line for each",
            ),
            Rejection::NoCall => (
                StatusCode::NOT_FOUND,
                "there is no journal of that call",
                "check the id (CallSid), and how long journals are kept",
            ),
            Rejection::NoApplication => (
                StatusCode::NOT_FOUND,
                "no application has that name or number",
                "add an [[app]] of that name, or its number to an application's `numbers`",
            ),
            Rejection::NoMedia => (
                StatusCode::NOT_FOUND,
                "there is no such audio file",
                "only audio files inside the application's folder are served",
            ),
            Rejection::NoPage => {
                (StatusCode::NOT_FOUND, "there is no such page", "GET / lists the URLs that there are")
            }
            Rejection::Draining => (
                StatusCode::SERVICE_UNAVAILABLE,
                "shutting down",
                "the server was told to stop: it finishes turns in flight and takes no new traffic",
            ),
            Rejection::NoStore => (
                StatusCode::SERVICE_UNAVAILABLE,
                "the store does not answer",
                "the log says why; calls go on as far as they can, see docs/operating.md",
            ),
            Rejection::Stuck => (
                StatusCode::SERVICE_UNAVAILABLE,
                "a worker thread does not go on",
                "restart this replica and report it as a fault; other replicas take its calls over",
            ),
        }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let (status, body, _) = self.row();
        let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        let mut response = (status, kind, format!("{body}\n")).into_response();
        if self == Rejection::Token {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // So that it can be counted.
        response.extensions_mut().insert(self);
        response
    }
}
