//! The back office: a small JSON API that keeps what the sample applications need, by the server's own store.
//!
//! Documents reach it through the fetcher of their application, without a network ([`crate::fetch::Service`]); operators
//! reach it over HTTP with the admin token. Both ask the same way, so what is here knows nothing of HTTP servers.
//!
//! | path | what it is |
//! | --- | --- |
//! | `/backoffice/reservations…` | tables of a restaurant |

mod input;
mod ledger;
mod moment;
mod reservations;

pub use moment::TimeOfDay;
pub use reservations::Rules;

use crate::dialogue::Method;
use crate::fetch::{Answered, Asked, Service};
use crate::store::{Store, StoreError};
use input::Wrong;
use reservations::Reservations;
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Tells the wall-clock time in milliseconds since 1970-01-01T00:00:00Z.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What all paths begin with.
pub const ROOT: &str = "/backoffice/";

/// The back office of a server.
pub struct Backoffice {
    reservations: Reservations,
}

/// An answer that is no success.
#[derive(Debug)]
enum Refusal {
    /// The input is wrong.
    Wrong(Wrong),
    /// There is nothing at that path, or nothing of that id.
    NotFound(&'static str),
    /// It cannot be done as things are; why, and what could be.
    Conflict(Json),
    /// The `Idempotency-Key` belongs to another request.
    Reused,
    /// The store.
    Store(StoreError),
}

impl Backoffice {
    /// A back office that keeps its records in a store and its time by a clock.
    pub fn new(store: Arc<dyn Store>, clock: Clock, rules: Rules) -> Self {
        Self { reservations: Reservations::new(store, clock, rules) }
    }

    /// Answers a request.
    pub async fn ask(&self, asked: Asked) -> Answered {
        let done = match asked.path.strip_prefix(ROOT).map(|rest| rest.trim_end_matches('/')) {
            Some(rest) if rest == "reservations" || rest.starts_with("reservations/") => {
                let below = rest.strip_prefix("reservations").unwrap_or_default().trim_start_matches('/');
                reservations(&self.reservations, below, &asked).await
            }
            _ => Err(Refusal::NotFound("there is nothing at this path")),
        };
        match done {
            Ok((status, body)) => answered(status, &body),
            Err(refusal) => refusal.answer(),
        }
    }
}

/// The paths of the reservations.
async fn reservations(office: &Reservations, below: &str, asked: &Asked) -> Result<(u16, Json), Refusal> {
    let fields = asked.fields.as_slice();
    let path: Vec<&str> = below.split('/').filter(|part| !part.is_empty()).collect();
    match (asked.method, path.as_slice()) {
        (Method::Get, []) => office.find(fields).await.map(|found| (200, found)),
        (Method::Get, ["free"]) => office.free(fields).await.map(|free| (200, free)),
        (Method::Get, [id]) => office.show(id).await.map(|found| (200, found)),
        (Method::Post, []) => office.make(fields, asked.idempotency_key.as_deref()).await,
        (Method::Post, [id, "cancel"]) => office.cancel(id).await.map(|cancelled| (200, cancelled)),
        _ => Err(Refusal::NotFound("there is nothing at this path that can be asked so")),
    }
}

impl Service for Backoffice {
    fn answer(&self, asked: Asked) -> Pin<Box<dyn Future<Output = Answered> + Send + '_>> {
        Box::pin(self.ask(asked))
    }
}

impl Refusal {
    fn answer(self) -> Answered {
        match self {
            Self::Wrong(wrong) => answered(400, &wrong),
            Self::NotFound(error) => answered(404, &json!({ "error": error })),
            Self::Conflict(why) => answered(409, &why),
            Self::Reused => {
                let error = "this Idempotency-Key belongs to another request: send a key of its own with each";
                answered(422, &json!({ "error": error }))
            }
            Self::Store(error) => {
                tracing::error!(%error, "the back office cannot use the store");
                answered(503, &json!({ "error": "the store does not answer; ask again later" }))
            }
        }
    }
}

impl From<Wrong> for Refusal {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn answered(status: u16, body: &impl Serialize) -> Answered {
    // What is answered has text keys only, so that it is always JSON.
    let body = serde_json::to_vec(body).unwrap_or_default();
    Answered { status, content_type: "application/json", body }
}

impl std::fmt::Debug for Backoffice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Backoffice").finish_non_exhaustive()
    }
}
