//! The web server of a suite: its files, an echo, and the recordings of the simulated phone.

use super::manifest::{Substitute, Test};
use super::phone::ACCOUNT;
use crate::fetch::silence;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as UrlPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::form_urlencoded;

/// Where Twilio's recordings lie, by their account; no suite has such a folder.
const RECORDINGS: &str = "2010-04-01/Accounts/";
/// The last part of the path of whatever is answered by the echo.
const ECHO: &str = "echo";
/// A submit to the echo is small.
const MOST_BYTES: usize = 1 << 20;

/// Serves a suite's folder on a free loopback port until it is dropped.
pub(super) struct FileServer {
    /// Its URL, without a slash at the end.
    pub(super) base: String,
    running: JoinHandle<()>,
}

struct Shelf {
    base: String,
    folder: PathBuf,
    /// What is replaced, by file.
    substitutes: HashMap<PathBuf, Substitute>,
}

impl FileServer {
    pub(super) async fn start(folder: &Path, tests: &[Test]) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}", listener.local_addr()?);
        let shelf = Arc::new(Shelf { base: base.clone(), folder: folder.to_owned(), substitutes: substitutes(tests) });
        let routes = Router::new().route("/{*path}", any(answer)).with_state(shelf);
        let running = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                tracing::error!(%error, "the suite's files are not served any more");
            }
        });
        Ok(Self { base, running })
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// Where a recording of so many seconds is, given the URL of the file server; as on Twilio the ending may be left out.
pub(super) fn recording_url(base: &str, seconds: u32) -> String {
    format!("{base}/{RECORDINGS}{ACCOUNT}/Recordings/RE{seconds:032}")
}

fn substitutes(tests: &[Test]) -> HashMap<PathBuf, Substitute> {
    let mut found = HashMap::new();
    for test in tests {
        let home = Path::new(&test.start).parent().unwrap_or(Path::new(""));
        if let Some(substitute) = &test.substitute {
            found.extend(substitute.files.iter().map(|file| (home.join(file), substitute.clone())));
        }
    }
    found
}

async fn answer(State(shelf): State<Arc<Shelf>>, UrlPath(path): UrlPath<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if path.rsplit('/').next() == Some(ECHO) {
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let is_form = parts.method == Method::POST && kind.starts_with("application/x-www-form-urlencoded");
        let body = match axum::body::to_bytes(body, MOST_BYTES).await {
            Ok(body) if is_form => body,
            Ok(_) => Bytes::new(),
            Err(_) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        };
        let page = echo(parts.uri.query().unwrap_or_default().as_bytes(), &body);
        return ([(header::CONTENT_TYPE, "application/voicexml+xml")], page).into_response();
    }
    match shelf.find(&path).await {
        Some((kind, bytes)) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Shelf {
    /// A file's content type and bytes.
    async fn find(&self, path: &str) -> Option<(&'static str, Vec<u8>)> {
        if let Some(name) = path.strip_prefix(RECORDINGS) {
            let id = name.split_once("/Recordings/RE")?.1;
            let seconds: u32 = id.strip_suffix(".wav").unwrap_or(id).parse().ok()?;
            return Some(("audio/wav", silence(seconds.saturating_mul(1_000))));
        }
        let path = Path::new(path);
        if !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return None;
        }
        let bytes = tokio::fs::read(self.folder.join(path)).await.ok()?;
        let bytes = match self.substitutes.get(path) {
            Some(Substitute { token, .. }) => {
                let home = path.parent().unwrap_or(Path::new("")).to_string_lossy().replace('\\', "/");
                String::from_utf8_lossy(&bytes).replace(token, &format!("{}/{home}", self.base)).into_bytes()
            }
            None => bytes,
        };
        Some((content_type(path), bytes))
    }
}

/// The content type of a file, by its name.
pub(super) fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("vxml") => "application/voicexml+xml",
        Some("grxml") => "application/srgs+xml",
        Some("gram") => "application/srgs",
        Some("js" | "es") => "text/javascript",
        Some("json") => "application/json",
        Some("wav") => "audio/wav",
        Some("au") => "audio/basic",
        Some("mp3") => "audio/mpeg",
        _ => "application/xml",
    }
}

/// The echo: a document that says `pass` if the parameters are the ones that are expected, and has them in `q`.
fn echo(query: &[u8], body: &[u8]) -> String {
    let query: Vec<(String, String)> = form_urlencoded::parse(query).into_owned().collect();
    let expected = query.iter().find(|(name, _)| name == "expect").map(|(_, value)| value.clone());
    let sent = query.into_iter().filter(|(name, _)| name != "expect");
    let mut sent: Vec<String> =
        sent.chain(form_urlencoded::parse(body).into_owned()).map(|(name, value)| format!("{name}={value}")).collect();
    sent.sort_unstable();
    let sent = sent.join("&");
    let prompt = if Some(&sent) == expected.as_ref() { "pass".to_owned() } else { format!("fail got {sent}") };
    let literal = sent.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n").replace('\r', "\\r");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<?access-control allow=\"*\"?>\n\
         <vxml xmlns=\"http://www.w3.org/2001/vxml\" version=\"2.1\">\n  <var name=\"q\" expr=\"'{}'\"/>\n  \
         <form><block><prompt>{}</prompt><exit/></block></form>\n</vxml>\n",
        escaped(&literal),
        escaped(&prompt)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_echo_says_pass_where_the_parameters_are_the_expected_ones() {
        let page = echo(b"expect=a%3D1%26b%3Dit%27s+%3C2&b=it%27s+%3C2", b"a=1");
        assert!(page.contains("<prompt>pass</prompt>"), "{page}");
        assert!(page.contains(r#"expr="'a=1&amp;b=it\'s &lt;2'""#), "{page}");
        let page = echo(b"expect=a%3D1", b"a=2");
        assert!(page.contains("<prompt>fail got a=2</prompt>"), "{page}");
        assert!(crate::vxml::read(&page, "echo").document.is_some(), "{page}");
    }

    #[tokio::test]
    async fn nothing_outside_the_folder_is_served() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("suite")).unwrap();
        std::fs::write(folder.path().join("secret.vxml"), "<vxml/>").unwrap();
        std::fs::write(folder.path().join("suite/a.vxml"), "<vxml/>").unwrap();
        let folder = folder.path().join("suite");
        let shelf = Shelf { base: String::new(), folder, substitutes: HashMap::new() };
        assert!(shelf.find("a.vxml").await.is_some());
        assert!(shelf.find("../secret.vxml").await.is_none());
        let recording = recording_url("", 3) + ".wav";
        assert_eq!(shelf.find(recording.trim_start_matches('/')).await.unwrap().1.len(), 44 + 3 * 16_000);
    }
}
