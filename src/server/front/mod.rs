//! The door of the server: it accepts connections, reads requests within limits of size and time, and gives each to the
//! routes. What a client does with its connection, slow or hostile, costs that connection and no other.

mod pace;

use super::{Rejection, Site};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Response, header};
use axum::response::IntoResponse as _;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use pace::{Pace, Paced};
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Headers of a request; Twilio sends about a dozen, a proxy adds a few.
const MOST_HEADERS: usize = 64;
/// Bytes of a request's line and headers together.
const MOST_HEAD_BYTES: usize = 16 * 1024;
/// Bytes of a request's path and query.
const MOST_URI_BYTES: usize = 8 * 1024;
/// Bytes of a request's body: Twilio's webhooks are a few kilobytes.
const MOST_BODY_BYTES: usize = 64 * 1024;
/// Bytes of a body that is too large which are read on, so that its sender comes to read why it is refused.
const MOST_WASTED_BYTES: usize = 1024 * 1024;
/// Bytes that are read ahead of a connection.
const READ_AHEAD: usize = 64 * 1024;
/// How long no connection is accepted after the system had no room for one.
const OUT_OF_ROOM: Duration = Duration::from_millis(200);

/// How long a client may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the line and the headers of a request, from its first byte.
    pub head: Duration,
    /// For the body.
    pub body: Duration,
    /// Between two requests of a connection.
    pub idle: Duration,
    /// Without taking a byte of an answer.
    pub stalled: Duration,
}

impl Default for Patience {
    /// Idle connections outlive those of the usual load balancers (60 s): the side that closes first is the balancer's.
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { head: seconds(10), body: seconds(10), idle: seconds(75), stalled: seconds(30) }
    }
}

/// What all connections share.
struct Door {
    site: Arc<Site>,
    routes: TowerToHyperService<Router>,
    patience: Patience,
}

/// Answers connections, `most` at a time, until `stop` changes; then until those in progress have ended.
pub(super) async fn serve(
    listener: TcpListener,
    site: Arc<Site>,
    routes: Router,
    patience: Patience,
    stop: watch::Receiver<bool>,
) {
    let most = site.most_connections();
    // One place for each connection; who finds none waits in the system's queue.
    let places = Arc::new(Semaphore::new(most as usize));
    let door = Arc::new(Door { site, routes: TowerToHyperService::new(routes), patience });
    let accepting = async {
        // The semaphore is never closed.
        while let Ok(place) = Arc::clone(&places).acquire_owned().await {
            let stream = accept(&listener).await;
            tokio::spawn(attend(stream, Arc::clone(&door), stop.clone(), place));
        }
    };
    let mut told = stop.clone();
    tokio::select! {
        () = accepting => {}
        _ = told.changed() => {}
    }
    drop(listener);
    // All places are free when all connections have ended.
    let _ = places.acquire_many(most).await;
}

/// The next connection. Errors are of one connection, or will pass: file descriptors that are used up come back.
async fn accept(listener: &TcpListener) -> TcpStream {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error)
                if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted now; raise the limit of open files if this stays");
                tokio::time::sleep(OUT_OF_ROOM).await;
            }
        }
    }
}

/// Attends to a connection until it ends, or its client takes too long.
async fn attend(stream: TcpStream, door: Arc<Door>, mut stop: watch::Receiver<bool>, place: OwnedSemaphorePermit) {
    let _counted = door.site.metrics().connections.enter();
    // An answer is written at once; without this it would wait for more.
    let _ = stream.set_nodelay(true);
    let pace = Arc::new(Pace::new(door.patience));
    let service = service_fn(|request: hyper::Request<Incoming>| {
        pace.serve();
        let (door, pace) = (Arc::clone(&door), Arc::clone(&pace));
        async move {
            let response = door.answer(request).await;
            pace.rest();
            Ok::<_, Infallible>(response)
        }
    });
    let mut http = http1::Builder::new();
    // Who closes his side after the request still gets the answer. The pace stands for hyper's timer of headers.
    http.half_close(true).header_read_timeout(None);
    http.max_headers(MOST_HEADERS).max_header_size(MOST_HEAD_BYTES).max_buf_size(READ_AHEAD);
    let mut connection = pin!(http.serve_connection(TokioIo::new(Paced::new(stream, Arc::clone(&pace))), service));
    let mut alarm = pin!(tokio::time::sleep(door.patience.head));
    let mut stopping = *stop.borrow_and_update();
    if stopping {
        connection.as_mut().graceful_shutdown();
    }
    loop {
        tokio::select! {
            biased;
            done = connection.as_mut() => {
                if let Err(error) = done {
                    tracing::debug!(%error, "a connection broke");
                }
                break;
            }
            () = poll_fn(|cx| pace.poll_overdue(alarm.as_mut(), cx)) => {
                tracing::debug!("a connection is closed: its client takes too long");
                door.site.metrics().overdue.count();
                break;
            }
            _ = stop.changed(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
    drop(place);
}

impl Door {
    async fn answer(&self, request: hyper::Request<Incoming>) -> Response<Body> {
        let begun = Instant::now();
        let is_webhook = request.uri().path().starts_with("/twilio/");
        let mut response = match self.admit(request).await {
            Ok(request) => match self.routes.call(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
            Err(refused) => {
                let mut response = refused.into_response();
                // What the client still sends belongs to a request that nobody reads.
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                response
            }
        };
        let refused = response.extensions().get::<Rejection>().copied();
        self.site.metrics().answered(response.status(), refused, is_webhook.then(|| begun.elapsed()));
        // Where all places are taken nobody keeps one for later; nor does a server that will stop.
        let is_full = self.site.metrics().connections.get() >= u64::from(self.site.most_connections());
        if is_full || self.site.is_draining() {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    /// The whole request, if it keeps within the limits.
    async fn admit(&self, request: hyper::Request<Incoming>) -> Result<Request, Rejection> {
        if request.uri().path_and_query().is_some_and(|uri| uri.as_str().len() > MOST_URI_BYTES) {
            return Err(Rejection::LongUri);
        }
        let (parts, body) = request.into_parts();
        if body.size_hint().lower() > MOST_WASTED_BYTES as u64 {
            return Err(Rejection::TooLarge);
        }
        if body.is_end_stream() {
            return Ok(Request::from_parts(parts, Body::empty()));
        }
        let whole = tokio::time::timeout(self.patience.body, whole(body)).await;
        Ok(Request::from_parts(parts, Body::from(whole.map_err(|_| Rejection::Slow)??)))
    }
}

/// A body, if it is not too large. Of one that is no more is kept than would have been taken.
async fn whole(mut body: Incoming) -> Result<Bytes, Rejection> {
    let mut kept = Vec::new();
    let mut read = 0_usize;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(data) = frame.map_err(|_| Rejection::Malformed)?.into_data() else { continue };
        read = read.saturating_add(data.len());
        if read > MOST_WASTED_BYTES {
            return Err(Rejection::TooLarge);
        }
        if read <= MOST_BODY_BYTES {
            kept.extend_from_slice(&data);
        }
    }
    if read > MOST_BODY_BYTES { Err(Rejection::TooLarge) } else { Ok(kept.into()) }
}
