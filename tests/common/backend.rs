//! A small web server that an application's documents fetch from and submit to.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::IntoResponse;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Answers every request with one document, after a while, and remembers what was asked.
pub struct Backend {
    pub base: String,
    shared: Arc<Shared>,
}

struct Shared {
    document: String,
    delay: Duration,
    asked: Mutex<Vec<String>>,
}

impl Backend {
    pub async fn start(document: &str, delay: Duration) -> Self {
        let shared = Arc::new(Shared { document: document.to_owned(), delay, asked: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { base, shared }
    }

    /// The requests so far: method, path with query, and body.
    pub fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().clone()
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> impl IntoResponse {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let asked = format!("{} {} {}", parts.method, parts.uri, String::from_utf8_lossy(&body));
    shared.asked.lock().unwrap().push(asked.trim_end().to_owned());
    tokio::time::sleep(shared.delay).await;
    ([(header::CONTENT_TYPE, "application/voicexml+xml")], shared.document.clone())
}
