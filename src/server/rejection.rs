use axum::http::{StatusCode, header};
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
    /// No application has that name or number.
    NoApplication,
    /// There is no such audio file.
    NoMedia,
    /// There is no such page.
    NoPage,
    /// The server is shutting down.
    Draining,
}

impl Rejection {
    /// Every rejection, for the documentation.
    pub const ALL: [Rejection; 10] = [
        Rejection::Signature,
        Rejection::Account,
        Rejection::Malformed,
        Rejection::OtherCall,
        Rejection::MediaType,
        Rejection::TooLarge,
        Rejection::NoApplication,
        Rejection::NoMedia,
        Rejection::NoPage,
        Rejection::Draining,
    ];

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
        }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let (status, body, _) = self.row();
        (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{body}\n")).into_response()
    }
}
