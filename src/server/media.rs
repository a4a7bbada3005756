//! Audio files of an application's folder, and what its callers have recorded.

use super::{Rejection, Site};
use crate::calls::App;
use crate::channel::twilio::signature::sign;
use crate::fetch::audio_type;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::path::Path as FilePath;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;
use url::{Url, form_urlencoded};

/// Largest file served; a prompt of an hour in telephone quality is half of it.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// Twilio may keep a file for so long before it asks again.
const CACHED: &str = "public, max-age=60";

/// An audio file, and nothing else of the folder: documents and scripts may hold what callers should not read.
pub(super) async fn file(
    State(site): State<Arc<Site>>,
    Path((app, path)): Path<(String, String)>,
) -> Result<Response, Rejection> {
    let app = site.app(&app).ok_or(Rejection::NoMedia)?;
    let path = FilePath::new(&path);
    let kind = audio_type(path).ok_or(Rejection::NoMedia)?;
    let real = app.fetcher.access().locate(path).await.ok_or(Rejection::NoMedia)?;
    let about = tokio::fs::metadata(&real).await.map_err(|_| Rejection::NoMedia)?;
    if !about.is_file() || about.len() > MOST_BYTES {
        return Err(Rejection::NoMedia);
    }
    let bytes = tokio::fs::read(&real).await.map_err(|_| Rejection::NoMedia)?;
    Ok(([(header::CONTENT_TYPE, kind.as_str()), (header::CACHE_CONTROL, CACHED)], Body::from(bytes)).into_response())
}

/// What [`recording`] is asked by.
#[derive(serde::Deserialize)]
pub(super) struct Wanted {
    url: String,
    key: String,
}

/// A recording, for the platform to play: an account may be set up to give its recordings to nobody without credentials,
/// and TwiML has no place for them. The key is ours, so nobody can ask for what was not handed out.
pub(super) async fn recording(
    State(site): State<Arc<Site>>,
    Path(app): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Rejection> {
    let app = site.app(&app).ok_or(Rejection::NoMedia)?;
    let url = Url::parse(&wanted.url).map_err(|_| Rejection::NoMedia)?;
    let key = key_of(app, &url).ok_or(Rejection::NoMedia)?;
    if !bool::from(key.as_bytes().ct_eq(wanted.key.as_bytes())) {
        return Err(Rejection::NoMedia);
    }
    let sound = app.fetcher.recording(url.as_str()).await.map_err(|why| {
        let why = why.replace(url.as_str(), "<its URL>");
        tracing::warn!(app = %app.name, why, "a recording cannot be played");
        Rejection::NoMedia
    })?;
    let kind = audio_type(FilePath::new(url.path())).unwrap_or_else(|| "audio/wav".to_owned());
    Ok(([(header::CONTENT_TYPE, kind)], Body::from(sound)).into_response())
}

/// The key by which a recording is handed out; `None` if it is none, or needs none.
fn key_of(app: &App, url: &Url) -> Option<String> {
    let password = app.fetcher.recordings().password_of(url)?;
    Some(sign(password, &format!("recording {} {url}", app.name), &[]))
}

/// Where the platform finds an audio file that a document names by `url`: web URLs as they are, recordings that need
/// credentials under `/recordings`, files of the folder under `/media`, other files nowhere.
pub(super) fn public_url(app: &App, base: &str, url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    match url.scheme() {
        "http" | "https" => match key_of(app, &url) {
            None => Some(url.into()),
            Some(key) => {
                let mut query = form_urlencoded::Serializer::new(String::new());
                let query = query.append_pair("url", url.as_str()).append_pair("key", &key).finish();
                Some(format!("{base}/recordings/{}?{query}", app.name))
            }
        },
        "file" => {
            let folder = Url::from_directory_path(app.fetcher.access().folder()?).ok()?;
            // Both are normalised and percent-encoded alike, so the rest is the path inside the folder.
            let inside = url.path().strip_prefix(folder.path())?;
            audio_type(FilePath::new(inside))?;
            Some(format!("{base}/media/{}/{inside}", app.name))
        }
        _ => None,
    }
}
