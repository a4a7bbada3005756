//! The back office over HTTP, for operators: nothing of it is there without the admin token. The applications need no
//! token, as what they ask never leaves the process.

use super::admin::Operator;
use super::{Rejection, Site};
use crate::backoffice::Backoffice;
use crate::dialogue::Method as Verb;
use crate::fetch::{Answered, Asked};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::Value as Json;
use std::sync::Arc;
use url::form_urlencoded;

/// Bytes an `Idempotency-Key` may have.
const LONGEST_KEY: usize = 200;

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/backoffice/{*path}", any(ask))
}

async fn ask(
    State(site): State<Arc<Site>>,
    _: Operator,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Rejection> {
    let office: &Backoffice = site.backoffice().ok_or(Rejection::NoPage)?;
    let (verb, path) = match method {
        Method::GET => (Verb::Get, uri.path().to_owned()),
        Method::POST => (Verb::Post, uri.path().to_owned()),
        // Documents know no other methods than those two.
        Method::DELETE => (Verb::Post, format!("{}/cancel", uri.path().trim_end_matches('/'))),
        _ => return Err(Rejection::NoPage),
    };
    let key = match headers.get("idempotency-key").map(|key| key.to_str()) {
        Some(Ok(key)) if key.len() <= LONGEST_KEY => Some(key.to_owned()),
        Some(_) => return Ok(wrong("the Idempotency-Key is longer than 200 bytes, or no text")),
        None => None,
    };
    let queried = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let mut fields: Vec<(String, String)> = queried.into_owned().collect();
    match sent(&headers, &body) {
        Ok(sent) => fields.extend(sent),
        Err(why) => return Ok(wrong(why)),
    }
    let Answered { status, content_type, body } =
        office.ask(Asked { method: verb, path, fields, idempotency_key: key }).await;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Ok((status, [(header::CONTENT_TYPE, content_type)], body).into_response())
}

/// The fields of a form, or of a JSON object whose values are texts and numbers.
fn sent(headers: &HeaderMap, body: &[u8]) -> Result<Vec<(String, String)>, &'static str> {
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.trim_start().to_ascii_lowercase().starts_with("application/json") {
        return Ok(form_urlencoded::parse(body).into_owned().collect());
    }
    let object = serde_json::from_slice(body).map_err(|_| "the body is no JSON")?;
    let Json::Object(object) = object else { return Err("the body is no JSON object") };
    let field = |(name, value)| match value {
        Json::String(text) => Ok((name, text)),
        Json::Number(number) => Ok((name, number.to_string())),
        Json::Null => Ok((name, String::new())),
        _ => Err("the values of the JSON object are to be texts and numbers"),
    };
    object.into_iter().map(field).collect()
}

fn wrong(why: &str) -> Response {
    let body = serde_json::json!({ "error": why }).to_string();
    (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
