//! The admin API: what the server is doing, what became of a call, and the end of one. Nothing of it is there unless a
//! token is configured, and nothing without the token.

use super::metrics::{Page, resident_bytes};
use super::{Rejection, Site};
use crate::calls::{Exchange, Outcome, Reply, Transcript};
use crate::dialogue::Sensitive;
use axum::Json;
use axum::Router;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde::Serialize;
use std::sync::Arc;

/// The routes of the admin API and of the metrics.
pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/admin/status", get(status))
        .route("/admin/calls/{call}", get(transcript))
        .route("/admin/calls/{call}/end", post(end))
        .route("/admin/drain", post(drain))
}

/// Proof that a request carries the admin token: every handler here takes one.
pub(super) struct Operator;

impl FromRequestParts<Arc<Site>> for Operator {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Rejection> {
        // Where there is no token there is no admin API, whoever asks.
        let gate = site.gate().ok_or(Rejection::NoPage)?;
        gate.admit(&parts.headers).await.inspect_err(|why| {
            if parts.headers.contains_key(header::AUTHORIZATION) {
                site.metrics().wrong_tokens.count();
                tracing::warn!(path = parts.uri.path(), why = why.row().1, "a request to the admin API is refused");
            }
        })?;
        Ok(Self)
    }
}

/// `GET /admin/status`
#[derive(Serialize)]
struct Status {
    version: &'static str,
    uptime_seconds: u64,
    draining: bool,
    store: StoreStatus,
    calls: crate::calls::Counts,
    apps: Vec<AppStatus>,
    connections: u64,
    slowest_worker_ms: u64,
    resident_bytes: Option<u64>,
}

#[derive(Serialize)]
struct StoreStatus {
    kind: String,
    answers: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize)]
struct AppStatus {
    name: String,
    /// `null` if the store does not answer.
    open_calls: Option<usize>,
    /// `null` if there is no limit.
    max_calls: Option<usize>,
}

async fn status(State(site): State<Arc<Site>>, _: Operator) -> Json<Status> {
    let answers = site.store_answers().await;
    let apps = open_calls(&site, answers.is_ok()).await;
    Json(Status {
        version: env!("CARGO_PKG_VERSION"),
        uptime_seconds: site.uptime().as_secs(),
        draining: site.is_draining(),
        store: StoreStatus { kind: site.store_kind().to_owned(), answers: answers.is_ok(), error: answers.err() },
        calls: site.host.counts(),
        apps,
        connections: site.metrics().connections.get(),
        slowest_worker_ms: site.host.slowest_worker().as_millis() as u64,
        resident_bytes: resident_bytes(),
    })
}

/// How many calls each application has open on all replicas; unknown if the store does not answer.
async fn open_calls(site: &Site, store_answers: bool) -> Vec<AppStatus> {
    let mut apps = Vec::with_capacity(site.apps.len());
    for app in &site.apps {
        let open_calls = if store_answers { site.host.store().open(&app.name).await.ok() } else { None };
        apps.push(AppStatus { name: app.name.clone(), open_calls, max_calls: site.most_calls(&app.name) });
    }
    apps
}

async fn metrics(State(site): State<Arc<Site>>, _: Operator) -> impl IntoResponse {
    let mut page = Page::default();
    let version = [(env!("CARGO_PKG_VERSION"), 1)];
    page.labelled("build_info", "version", "The program.", version);
    page.one("uptime_seconds", "gauge", "Seconds since the server was started.", site.uptime().as_secs());
    page.one("draining", "gauge", "1 once the server was told to stop.", u8::from(site.is_draining()));
    let answers = site.store_answers().await.is_ok();
    page.one("store_up", "gauge", "Whether the store answers.", u8::from(answers));
    let counts = site.host.counts();
    page.one("calls_begun_total", "counter", "Calls that began here.", counts.begun);
    page.one("calls_ended_total", "counter", "Calls whose last turn was answered here.", counts.ended);
    page.one("calls_broken_total", "counter", "Calls that ended by a fault of voxbridge.", counts.broken);
    page.one("calls_live", "gauge", "Calls in memory now.", counts.live);
    page.one("turns_run_total", "counter", "Turns that were run; a turn delivered twice is run once.", counts.turns);
    page.one("calls_lost_total", "counter", "Calls that could not be gone on with and got the fallback.", counts.lost);
    page.one(
        "entries_unsaved",
        "gauge",
        "Journal entries not in the store yet, as it does not answer.",
        counts.unsaved,
    );
    page.one("at_work", "gauge", "Turns and hang-ups being worked on.", counts.at_work);
    page.one("store_errors_total", "counter", "What the store did not do.", counts.store_errors);
    page.one("failed_fetches_total", "counter", "Fetches that brought nothing.", counts.failed_fetches);
    page.one("model_asked_total", "counter", "Utterances that a model was wanted for.", counts.model_asked);
    let outcomes =
        [("answered", counts.model_answered), ("cached", counts.model_cached), ("failed", counts.model_failed)];
    page.labelled("model_outcomes_total", "outcome", "What became of asking the model.", outcomes);
    let text = "The longest time since a worker thread was seen going on.";
    page.one("worker_lag_seconds", "gauge", text, site.host.slowest_worker().as_secs_f64());
    let open = open_calls(&site, answers).await;
    let open = open.into_iter().filter_map(|app| Some((app.name, app.open_calls? as u64)));
    page.labelled("calls_open", "app", "Calls of an application that are open, on all replicas.", open);
    if let Some(bytes) = resident_bytes() {
        page.one("resident_bytes", "gauge", "Bytes of this process in memory.", bytes);
    }
    site.metrics().write(&mut page);
    ([(header::CONTENT_TYPE, Page::CONTENT_TYPE)], page.text())
}

/// What [`transcript`] is asked by.
#[derive(serde::Deserialize)]
struct Shown {
    /// Whether what the caller did is shown.
    #[serde(default)]
    inputs: bool,
}

/// `GET /admin/calls/{call}`
#[derive(Serialize)]
struct Told {
    call: String,
    app: String,
    program: String,
    started: String,
    ended: bool,
    turns: Vec<TurnTold>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
}

#[derive(Serialize)]
struct TurnTold {
    turn: u32,
    at: String,
    input: &'static str,
    heard: Option<String>,
    state: Option<String>,
    interpretation: Option<String>,
    confidence: Option<f64>,
    said: Vec<String>,
    next: &'static str,
    trace: Vec<String>,
}

async fn transcript(
    State(site): State<Arc<Site>>,
    _: Operator,
    Path(call): Path<String>,
    Query(shown): Query<Shown>,
) -> Result<Json<Told>, Rejection> {
    // Who reads what callers said is written down.
    tracing::info!(call = %call, inputs = shown.inputs, "a transcript is read by the admin API");
    let transcript = site.host.transcript(&call).await.map_err(|error| {
        tracing::error!(call = %call, %error, "a transcript cannot be read");
        Rejection::NoStore
    })?;
    Ok(Json(told(call, transcript.ok_or(Rejection::NoCall)?, shown.inputs)))
}

fn told(call: String, transcript: Transcript, inputs: bool) -> Told {
    let Transcript { app, program, started, ended, turns, fault } = transcript;
    // What the caller did is repeated in later turns, too: "you entered …".
    let mut secrets = Vec::new();
    let turns = turns.into_iter().map(|(at, exchange)| {
        if !inputs {
            secrets
                .extend(exchange.heard.iter().map(|heard| heard.0.clone()).filter(|heard| heard.chars().count() > 2));
        }
        turn_told(at, exchange, inputs, &secrets)
    });
    Told { call, app, program, started: time(started), ended, turns: turns.collect(), fault }
}

fn turn_told(at: i64, exchange: Exchange, inputs: bool, secrets: &[String]) -> TurnTold {
    let masked = |text: String| {
        secrets.iter().fold(text, |text, secret| text.replace(secret, &Sensitive(secret.as_str()).to_string()))
    };
    let masked_all = |texts: Vec<String>| texts.into_iter().map(masked).collect();
    TurnTold {
        turn: exchange.turn,
        at: time(at),
        input: exchange.input,
        heard: exchange.heard.map(|heard| if inputs { heard.0 } else { heard.to_string() }),
        state: exchange.listened_for.map(|listened| listened.state),
        interpretation: exchange.interpretation.filter(|_| inputs),
        confidence: exchange.confidence,
        said: masked_all(exchange.said),
        next: exchange.next,
        // Documents log what they like: shown with the inputs, or not at all.
        trace: if inputs { exchange.trace } else { Vec::new() },
    }
}

fn time(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds).map(|time| time.to_string()).unwrap_or_default()
}

/// `POST /admin/calls/{call}/end`
#[derive(Serialize)]
struct Ended {
    call: String,
    ended: bool,
}

/// Ends a call as its caller's hang-up does: the application's final handlers run.
async fn end(
    State(site): State<Arc<Site>>,
    _: Operator,
    Path(call): Path<String>,
) -> Result<(StatusCode, Json<Ended>), Rejection> {
    let reply = site.host.hang_up(&call).await;
    let ended = match reply {
        Reply::Unknown => return Err(Rejection::NoCall),
        Reply::Answer(answer) => !matches!(answer.outcome, Outcome::Turn(_)),
        _ => false,
    };
    tracing::info!(call = %call, ended, "a call is ended by the admin API");
    let status = if ended { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(Ended { call, ended })))
}

/// From now on `/readyz` is red; calls go on until the process is stopped.
async fn drain(State(site): State<Arc<Site>>, _: Operator) -> StatusCode {
    site.drain();
    tracing::info!("draining, as the admin API was told: not ready from now on");
    StatusCode::NO_CONTENT
}
