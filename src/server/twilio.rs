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

/// The query parameter of an answer URL that only picks up an answer which took long.
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
    } else if waited {
        site.host.pick_up(&call, turn).await
    } else {
        site.host.deliver(&call, turn, move |next| incoming.happening_after(next)).await
    };
    Ok(answer(&site, &base, &call, reply))
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
    if incoming.status != CallStatus::Ended && !site.takes_new_call() {
        // It may be a call that has begun already, told again.
        return Ok(match site.host.pick_up(&call, 0).await {
            Reply::Unknown => busy_answer(site, app),
            reply => answer(site, &base, &call, reply),
        });
    }
    let reply = if incoming.status == CallStatus::Ended {
        site.host.hang_up(&call).await
    } else {
        site.host.begin(&call, beginning(app, &incoming)).await
    };
    Ok(answer(site, &base, &call, reply))
}

fn beginning(app: &str, incoming: &Incoming) -> Beginning {
    Beginning { app: app.to_owned(), url: None, session: session_variables(incoming) }
}

/// What a caller hears whose call is one too many.
pub(super) fn busy_answer(site: &Site, app: &str) -> Response {
    site.metrics().outcome("busy");
    tracing::warn!(app, "a new call is one too many: the caller hears that all lines are busy");
    let app = site.app(app);
    let lang = app.map_or("en-US", |app| &app.language);
    let text = if is_spanish(lang) {
        "Todas nuestras líneas están ocupadas. Por favor, vuelva a llamar más tarde."
    } else {
        "All our lines are busy. Please call again later."
    };
    twiml(encode_apology(text, lang, app.and_then(|app| app.voice.as_deref())))
}

fn twiml(body: String) -> Response {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response()
}

/// The reply as TwiML. The same answer gives the same bytes.
fn answer(site: &Site, base: &str, call: &str, reply: Reply) -> Response {
    let body = match reply {
        Reply::Answer(answer) => {
            site.metrics().outcome(answer.outcome.next());
            twiml_of(base, call, &answer)
        }
        Reply::Wait { turn, filler } => {
            site.metrics().outcome("wait");
            let action = format!("{}?{WAITED}=1", action_url(base, call, turn));
            let app = filler.as_ref().map(|filler| &filler.app);
            let audio = |url: &str| media::public_url(app?, base, url);
            let seam = Seam { action: &action, voice: app.and_then(|app| app.voice.as_deref()), audio: &audio };
            let (prompts, seconds) = filler.as_ref().map_or((&[][..], WAIT_SECONDS), |with| (&with.prompts, 0));
            encode_wait(prompts, seconds, &seam).body
        }
        Reply::Unknown => {
            site.metrics().outcome("unknown");
            tracing::warn!(call, "a webhook of a call that nobody knows");
            let app = site.apps.first();
            let lang = app.map_or("en-US", |app| &app.language);
            encode_apology(apology(lang), lang, app.and_then(|app| app.voice.as_deref()))
        }
    };
    twiml(body)
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
    if is_spanish(lang) {
        "Lo sentimos, algo ha salido mal. Por favor, vuelva a llamar más tarde."
    } else {
        "We are sorry, something went wrong. Please call again later."
    }
}

fn is_spanish(lang: &str) -> bool {
    lang.get(..2).is_some_and(|lang| lang.eq_ignore_ascii_case("es"))
}
