//! A scripted OpenAI-compatible endpoint.

#![allow(unreachable_pub)]

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// What an endpoint is asked.
#[derive(Clone)]
pub struct Asked {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Asked {
    /// How the answer is asked for: `schema`, `tool` or `json`.
    pub fn form(&self) -> &'static str {
        match &self.body {
            body if body["response_format"]["type"] == "json_schema" => "schema",
            body if body["tools"].is_array() => "tool",
            body if body["response_format"]["type"] == "json_object" => "json",
            _ => "nothing",
        }
    }

    /// The schema of the answer, in whatever form.
    pub fn schema(&self) -> &Value {
        match self.form() {
            "tool" => &self.body["tools"][0]["function"]["parameters"],
            _ => &self.body["response_format"]["json_schema"]["schema"],
        }
    }

    /// What is asked.
    pub fn question(&self) -> Value {
        serde_json::from_str(self.body["messages"][1]["content"].as_str().unwrap()).unwrap()
    }
}

/// What an endpoint does.
pub enum Does {
    /// Answers with a completion of this text.
    Says(String),
    /// Answers with a tool call of these arguments.
    Calls(String),
    /// Answers with this status, headers and body.
    Fails(u16, Vec<(&'static str, &'static str)>, String),
    /// Never answers.
    Hangs,
}

/// The usual answer.
pub fn choice(id: &str) -> String {
    json!({"choice": id, "certainty": "certain"}).to_string()
}

pub fn fails(status: u16, message: &str) -> Does {
    Does::Fails(status, Vec::new(), json!({"error": {"message": message, "type": "x", "code": null}}).to_string())
}

type Script = dyn Fn(&Asked, usize) -> Does + Send + Sync;

/// An endpoint on this machine.
pub struct Endpoint {
    pub base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[derive(Clone)]
struct Shared {
    asked: Arc<Mutex<Vec<Asked>>>,
    script: Arc<Script>,
}

impl Endpoint {
    /// An endpoint that does to each request, counted from 1, what the script says.
    pub async fn start(script: impl Fn(&Asked, usize) -> Does + Send + Sync + 'static) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let shared = Shared { asked: Arc::clone(&asked), script: Arc::new(script) };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let routes = Router::new().fallback(answer).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { base, asked }
    }

    /// An endpoint that takes connections, says this to each, whatever is asked, and closes it.
    pub async fn raw(says: &'static str) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let connections = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let nothing = Asked { path: String::new(), headers: HeaderMap::new(), body: Value::Null };
                connections.lock().unwrap().push(nothing);
                let mut heard = vec![0; 65_536];
                let _ = stream.read(&mut heard).await;
                let _ = stream.write_all(says.as_bytes()).await;
            }
        });
        Self { base, asked }
    }

    /// All that was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// In which forms it was asked so far.
    pub fn forms(&self) -> Vec<&'static str> {
        self.asked().iter().map(Asked::form).collect()
    }
}

async fn answer(State(shared): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let body = serde_json::from_slice(&body).unwrap();
    let asked = Asked { path: parts.uri.to_string(), headers: parts.headers, body };
    let count = {
        let mut all = shared.asked.lock().unwrap();
        all.push(asked.clone());
        all.len()
    };
    let completion = |message: Value, reason: &str| {
        let choices = json!([{"index": 0, "message": message, "finish_reason": reason}]);
        let usage = json!({"prompt_tokens": 300, "completion_tokens": 20, "total_tokens": 320});
        axum::Json(json!({"id": "x", "object": "chat.completion", "choices": choices, "usage": usage})).into_response()
    };
    match (shared.script)(&asked, count) {
        Does::Says(text) => completion(json!({"role": "assistant", "content": text}), "stop"),
        Does::Calls(arguments) => {
            let function = json!({"name": "understood", "arguments": arguments});
            let calls = json!([{"id": "call_1", "type": "function", "function": function}]);
            completion(json!({"role": "assistant", "content": null, "tool_calls": calls}), "tool_calls")
        }
        Does::Fails(status, headers, body) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            response
        }
        Does::Hangs => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            StatusCode::OK.into_response()
        }
    }
}
