//! The page that says what is where.

use super::{Rejection, Site};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use std::fmt::Write as _;
use std::sync::Arc;

/// The applications and where to point Twilio, for those who may know: all where only this machine can ask, else who has
/// the admin token. Others learn what answers.
pub(super) async fn index(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Response, Rejection> {
    let base = site.base_url(&headers).ok_or(Rejection::Malformed)?;
    let told = site.is_open()
        || match site.gate().filter(|_| headers.contains_key(header::AUTHORIZATION)) {
            Some(gate) => gate.admit(&headers).await.map(|()| true)?,
            None => false,
        };
    let page = if told { overview(&site, &base) } else { format!("voxbridge {}\n", env!("CARGO_PKG_VERSION")) };
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], page).into_response())
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
