//! Audio files of an application's folder.

use super::{Rejection, Site};
use crate::calls::App;
use crate::fetch::audio_type;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::path::Path as FilePath;
use std::sync::Arc;
use url::Url;

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

/// Where the platform finds an audio file that a document names by `url`: web URLs as they are, files of the folder
/// under `/media`, other files nowhere.
pub(super) fn public_url(app: &App, base: &str, url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    match url.scheme() {
        "http" | "https" => Some(url.into()),
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
