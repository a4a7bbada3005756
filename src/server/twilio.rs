//! Twilio's voice webhooks.

use super::webhook::Webhook;
use super::{Rejection, Site, media};
use crate::calls::{Answer, Beginning, Outcome, Reply};
use crate::channel::twilio::{
    CONTENT_TYPE, CallStatus, Encoded, Incoming, Seam, encode_apology, encode_ending, encode_turn, encode_wait,
    session_variables,
};
use crate::dialogue::{Ending, Happening, Spoken, Turn};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The query parameter of an answer URL that only picks up an answer which took long: for which time.
pub(super) const WAITED: &str = "waited";
/// How many seconds the caller waits between two questions for a slow answer.
const WAIT_SECONDS: u32 = 1;

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
    let Webhook { incoming, base, waited, answered } = webhook;
    if answered && incoming.parent_call() == Some(call.as_str()) {
        let connected = Happening::TransferEnded { result: "connected".to_owned(), duration: 0, input: None };
        site.host.deliver(&call, turn, move |_| connected).await;
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    if incoming.call_sid != call {
        return Err(Rejection::OtherCall);
    }
    let reply = if incoming.happening == Some(Happening::HungUp) {
        site.host.hang_up(&call).await
    } else if waited > 0 {
        site.host.pick_up(&call, turn, waited).await
    } else {
        site.host.deliver(&call, turn, move |next| incoming.happening_after(next)).await
    };
    Ok(answer(&site, &base, &call, reply, waited))
}

/// A status callback: only the end of a call matters.
pub(super) async fn status(State(site): State<Arc<Site>>, webhook: Webhook) -> StatusCode {
    if webhook.incoming.status == CallStatus::Ended {
        site.host.hang_up(&webhook.incoming.call_sid).await;
    }
    StatusCode::NO_CONTENT
}

async fn begin(site: &Site, app: &str, webhook: Webhook) -> Result<Response, Rejection> {
    let Webhook { incoming, base, .. } = webhook;
    if site.app(app).is_none() {
        return Err(Rejection::NoApplication);
    }
    let call = incoming.call_sid.clone();
    let reply = if incoming.status == CallStatus::Ended {
        site.host.hang_up(&call).await
    } else {
        site.host.begin(&call, beginning(app, &incoming)).await
    };
    Ok(answer(site, &base, &call, reply, 0))
}

fn beginning(app: &str, incoming: &Incoming) -> Beginning {
    Beginning { app: app.to_owned(), url: None, session: session_variables(incoming) }
}

/// The reply as TwiML. The same answer gives the same bytes.
fn answer(site: &Site, base: &str, call: &str, reply: Reply, waited: u32) -> Response {
    let body = match reply {
        Reply::Answer(answer) => twiml_of(base, call, &answer),
        Reply::Wait { turn, filler } => {
            let action = format!("{}?{WAITED}={}", action_url(base, call, turn), waited.saturating_add(1));
            let app = filler.as_ref().map(|filler| &filler.app);
            let audio = |url: &str| media::public_url(app?, base, url);
            let seam = Seam { action: &action, voice: app.and_then(|app| app.voice.as_deref()), audio: &audio };
            let (prompts, seconds) = filler.as_ref().map_or((&[][..], WAIT_SECONDS), |with| (&with.prompts, 0));
            encode_wait(prompts, seconds, &seam).body
        }
        Reply::Unknown => {
            tracing::warn!(call, "a webhook of a call that nobody knows");
            let app = site.apps.first();
            let lang = app.map_or("en-US", |app| &app.language);
            encode_apology(apology(lang), lang, app.and_then(|app| app.voice.as_deref()))
        }
        Reply::Busy(app) | Reply::Lost(app) => {
            encode_apology(apology(&app.language), &app.language, app.voice.as_deref())
        }
    };
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response()
}

/// An answer of a call as TwiML, `base` being the URL our own paths are appended to.
pub fn twiml_of(base: &str, call: &str, answer: &Answer) -> String {
    let app = &answer.app;
    let action = action_url(base, call, answer.turn);
    let audio = |url: &str| media::public_url(app, base, url);
    let seam = Seam { action: &action, voice: app.voice.as_deref(), audio: &audio };
    let encoded = match &answer.outcome {
        Outcome::Turn(turn) => encode_turn(&Turn { prompts: unheard(answer), next: turn.next.clone() }, &seam),
        Outcome::Ending(ending) => encode_ending(&Ending { prompts: unheard(answer), ..ending.clone() }, &seam),
        Outcome::Broken => {
            let body = encode_apology(apology(&app.language), &app.language, app.voice.as_deref());
            Encoded { body, notes: Vec::new() }
        }
    };
    for note in &encoded.notes {
        tracing::debug!(call, app = %app.name, turn = answer.turn, code = note.code, "{}", note.message);
    }
    encoded.body
}

/// The prompts that were not played while the answer was made.
fn unheard(answer: &Answer) -> Vec<Spoken> {
    answer.outcome.prompts().iter().skip(answer.played).cloned().collect()
}

fn action_url(base: &str, call: &str, turn: u32) -> String {
    format!("{base}/twilio/turn/{call}/{turn}")
}

/// What the caller hears when voxbridge itself has failed.
fn apology(lang: &str) -> &'static str {
    if lang.get(..2).is_some_and(|lang| lang.eq_ignore_ascii_case("es")) {
        "Lo sentimos, algo ha salido mal. Por favor, vuelva a llamar más tarde."
    } else {
        "We are sorry, something went wrong. Please call again later."
    }
}
