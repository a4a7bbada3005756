//! Twilio's voice webhooks.

use super::twiml::{Asked, fallback_answer, respond};
use super::webhook::Webhook;
use super::{Rejection, Site};
use crate::calls::{App, Beginning, Reply};
use crate::channel::twilio::{CallStatus, Incoming, session_variables};
use crate::dialogue::Happening;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// A call of a named application begins.
pub(super) async fn voice_of_app(
    State(site): State<Arc<Site>>,
    Path(app): Path<String>,
    webhook: Webhook,
) -> Result<Response, Rejection> {
    begin(&site, &app, webhook).await
}

/// A call begins; its `To` number names the application.
pub(super) async fn voice_by_number(State(site): State<Arc<Site>>, webhook: Webhook) -> Result<Response, Rejection> {
    let app = site.app_of_number(&webhook.incoming.to).ok_or_else(|| {
        tracing::warn!(call = %webhook.incoming.call_sid, "no application has the number that was called");
        Rejection::NoApplication
    })?;
    begin(&site, app, webhook).await
}

/// What happened in a turn.
pub(super) async fn turn(
    State(site): State<Arc<Site>>,
    Path((call, turn)): Path<(String, u32)>,
    webhook: Webhook,
) -> Result<Response, Rejection> {
    let Webhook { incoming, base, waited, answered, repeated } = webhook;
    if answered && incoming.parent_call() == Some(call.as_str()) {
        let connected = Happening::TransferEnded { result: "connected".to_owned(), duration: 0, input: None };
        site.host.deliver(&call, turn, move |_| connected).await;
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    if incoming.call_sid != call {
        return Err(Rejection::OtherCall);
    }
    let app = site.app_called(&incoming.to);
    let caller = incoming.clone();
    let reply = if incoming.happening == Some(Happening::HungUp) {
        site.host.hang_up(&call).await
    } else if waited > 0 {
        site.host.pick_up(&call, turn, waited).await
    } else {
        let reply = site.host.deliver(&call, turn, move |next| incoming.happening_after(next)).await;
        if let Reply::Answer(answer) = &reply
            && answer.turn > turn.saturating_add(1)
            && !repeated
        {
            tracing::info!(call, turn, current = answer.turn, "a late webhook gets the current answer");
        }
        reply
    };
    let reply = match reply {
        Reply::Unknown => begin_anew(&site, site.app_of_number(&caller.to), &caller).await,
        reply => reply,
    };
    Ok(told(&site, &Asked { urls: site.answer_urls(&base), call: &call, app, waited }, &reply))
}

/// Twilio could not use what we answered, or got no answer: the call gets its current answer again. What the caller did in
/// the request that failed is not told here, so he is asked again.
pub(super) async fn fallback(
    State(site): State<Arc<Site>>,
    Path(app): Path<String>,
    webhook: Webhook,
) -> Result<Response, Rejection> {
    let Some(known) = site.app(&app).cloned() else { return Err(Rejection::NoApplication) };
    let Webhook { incoming, base, .. } = webhook;
    let call = incoming.call_sid.clone();
    let code = incoming.error_code.as_deref().unwrap_or("none").get(..5).unwrap_or("none");
    let failed = Failed::of(&incoming);
    tracing::error!(call, app, code, ?failed, "Twilio asks the fallback URL");
    let reply = match failed {
        // The same answer would not do a second time either.
        Failed::Answer => return Ok(fallback_answer(Some(&known))),
        Failed::Beginning => site.host.begin(&call, beginning(&app, &incoming)).await,
        Failed::Turn => match site.host.pick_up(&call, 0, 0).await {
            Reply::Unknown => begin_anew(&site, Some(&app), &incoming).await,
            reply => reply,
        },
    };
    Ok(told(&site, &Asked { urls: site.answer_urls(&base), call: &call, app: Some(&known), waited: 0 }, &reply))
}

/// What went wrong before the fallback URL was asked.
#[derive(Debug, PartialEq, Eq)]
enum Failed {
    /// The answer came, and was none.
    Answer,
    /// The first request was not answered.
    Beginning,
    /// A later request was not answered.
    Turn,
}

impl Failed {
    /// Errors 112xx are those of getting an answer; all others are about what it says.
    fn of(incoming: &Incoming) -> Self {
        let is_unanswered = incoming.error_code.as_deref().is_none_or(|code| code.starts_with("112"));
        let is_first = incoming.error_url.as_ref().is_some_and(|url| url.contains("/twilio/voice"));
        match (is_unanswered, is_first) {
            (false, _) => Self::Answer,
            (true, true) => Self::Beginning,
            (true, false) => Self::Turn,
        }
    }
}

/// Nobody knows the call of a caller who is on the line: all that was known of it died with its server before the store
/// was back. He hears the application from its beginning, unless it has last words of its own for what fails.
async fn begin_anew(site: &Site, app: Option<&str>, incoming: &Incoming) -> Reply {
    let call = &incoming.call_sid;
    let is_there = incoming.status != CallStatus::Ended && incoming.happening != Some(Happening::HungUp);
    let has_last_words = |app: &str| site.app(app).is_some_and(|app| app.fallback.is_some());
    let Some(app) = app.filter(|app| is_there && !has_last_words(app)) else { return Reply::Unknown };
    tracing::error!(call, app, "nobody knows this call (any more): it begins anew");
    site.host.begin(call, beginning(app, incoming)).await
}

/// A status callback: only the end of a call matters. Until its last handlers are done Twilio is asked to tell it again,
/// as nobody else would should this server die now.
pub(super) async fn status(State(site): State<Arc<Site>>, webhook: Webhook) -> StatusCode {
    if webhook.incoming.status == CallStatus::Ended {
        let reply = site.host.hang_up(&webhook.incoming.call_sid).await;
        if let Reply::Wait { .. } | Reply::Moment { .. } = reply {
            return StatusCode::SERVICE_UNAVAILABLE;
        }
    }
    StatusCode::NO_CONTENT
}

async fn begin(site: &Site, app: &str, webhook: Webhook) -> Result<Response, Rejection> {
    let Webhook { incoming, base, .. } = webhook;
    let Some(known) = site.app(app) else { return Err(Rejection::NoApplication) };
    let call = incoming.call_sid.clone();
    if incoming.status != CallStatus::Ended && !site.takes_new_call() {
        // It may be a call that has begun already, told again.
        let reply = match site.host.pick_up(&call, 0, 0).await {
            Reply::Unknown => Reply::Busy(Arc::clone(known)),
            reply => reply,
        };
        return Ok(told(
            site,
            &Asked { urls: site.answer_urls(&base), call: &call, app: Some(known), waited: 0 },
            &reply,
        ));
    }
    let reply = if incoming.status == CallStatus::Ended {
        site.host.hang_up(&call).await
    } else {
        site.host.begin(&call, beginning(app, &incoming)).await
    };
    Ok(told(site, &Asked { urls: site.answer_urls(&base), call: &call, app: Some(known), waited: 0 }, &reply))
}

/// The reply as TwiML, counted.
fn told(site: &Site, asked: &Asked<'_>, reply: &Reply) -> Response {
    site.metrics().outcome(reply.name());
    respond(asked, reply)
}

fn beginning(app: &str, incoming: &Incoming) -> Beginning {
    Beginning { app: app.to_owned(), url: None, session: session_variables(incoming) }
}

impl Site {
    /// Whose words a caller hears whose call nobody knows: those of the application that was called, or of the first.
    fn app_called(&self, number: &str) -> Option<&App> {
        let app = self.app_of_number(number).and_then(|name| self.app(name));
        app.or_else(|| self.apps.first()).map(|app| &**app)
    }
}
