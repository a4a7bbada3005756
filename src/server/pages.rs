//! Health, readiness, and the page that says what is where.

use super::{Rejection, Site};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use std::fmt::Write as _;
use std::sync::Arc;

/// Alive.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Willing to take calls.
pub(super) async fn readyz(State(site): State<Arc<Site>>) -> Result<&'static str, Rejection> {
    if site.is_draining() { Err(Rejection::Draining) } else { Ok("ready\n") }
}

/// The applications and where to point Twilio.
pub(super) async fn index(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Response, Rejection> {
    let base = site.base_url(&headers).ok_or(Rejection::Malformed)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], overview(&site, &base)).into_response())
}

/// No such page.
pub(super) async fn nothing() -> Rejection {
    Rejection::NoPage
}

/// The applications and their webhook URLs, as text.
pub(super) fn overview(site: &Site, base: &str) -> String {
    let mut page = format!("voxbridge {}\n\nWebhook URLs (HTTP POST), by application:\n", env!("CARGO_PKG_VERSION"));
    let urls = site.answer_urls(base);
    let width = site.apps.iter().map(|app| app.name.len()).max().unwrap_or_default();
    for app in &site.apps {
        let _ = writeln!(page, "  {:width$}  {}", app.name, urls.voice(&app.name));
    }
    page.push_str("\nIf an answer fails (\"primary handler fails\"), by application:\n");
    for app in &site.apps {
        let _ = writeln!(page, "  {:width$}  {base}/twilio/fallback/{}", app.name, app.name);
    }
    let _ = write!(
        page,
        "\nBy the number called: {base}/twilio/voice{}\nStatus callback:      {base}/twilio/status\n\
         Health:               {base}/healthz\nReadiness:            {base}/readyz\n",
        urls.overrides()
    );
    page
}
