use super::{Access, Purpose, Resource, Response, failed, found};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};
use url::Url;

/// A file's time of change is looked up at most this often.
const CHECKED_EVERY: Duration = Duration::from_secs(1);
/// How many files are kept.
const MOST_FILES: usize = 2_000;

/// Files of the application's folder, kept in memory until they change.
#[derive(Debug)]
pub(super) struct Files {
    max_bytes: usize,
    kept: RwLock<HashMap<String, Kept>>,
}

#[derive(Debug, Clone)]
struct Kept {
    checked: Instant,
    changed: Option<SystemTime>,
    resource: Resource,
}

impl Files {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self { max_bytes, kept: RwLock::default() }
    }

    /// The file a `file:` URL names; its query is left out, as a static file answers every query alike.
    pub(super) async fn fetch(&self, url: &Url, purpose: Purpose, access: &Access) -> Response {
        let mut url = url.clone();
        url.set_query(None);
        url.set_fragment(None);
        if purpose == Purpose::Audio {
            return probe(&url, access).await;
        }
        let kept = self.kept(&url);
        if let Some(kept) = &kept
            && kept.checked.elapsed() < CHECKED_EVERY
        {
            return Response::Found(kept.resource.clone());
        }
        match locate(&url, access).await {
            Ok(real) => self.read(&url, real, kept).await,
            Err(failure) => failure,
        }
    }

    async fn read(&self, url: &Url, path: PathBuf, kept: Option<Kept>) -> Response {
        let about = match tokio::fs::metadata(&path).await {
            Ok(about) if about.is_file() => about,
            Ok(_) => return failed(Some(404), format!("{url}: not a file")),
            Err(error) => return failed(Some(404), format!("{url}: {error}")),
        };
        let changed = about.modified().ok();
        let resource = match kept {
            Some(kept) if changed.is_some() && kept.changed == changed => kept.resource,
            _ if about.len() > self.max_bytes as u64 => {
                return failed(None, format!("{url}: {} bytes, more than the {} allowed", about.len(), self.max_bytes));
            }
            _ => match tokio::fs::read(&path).await {
                Ok(body) => found(url, content_type(&path), body),
                Err(error) => return failed(Some(404), format!("{url}: {error}")),
            },
        };
        self.keep(url, Kept { checked: Instant::now(), changed, resource: resource.clone() });
        Response::Found(resource)
    }

    fn kept(&self, url: &Url) -> Option<Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).get(url.as_str()).cloned()
    }

    fn keep(&self, url: &Url, file: Kept) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_FILES {
            kept.clear();
        }
        kept.insert(url.to_string(), file);
    }
}

/// Whether there is such an audio file; what is in it only the platform needs.
async fn probe(url: &Url, access: &Access) -> Response {
    let real = match locate(url, access).await {
        Ok(real) => real,
        Err(failure) => return failure,
    };
    // `/media` goes by the name in the URL, too.
    let kind = audio_type(Path::new(url.path()));
    match tokio::fs::metadata(&real).await {
        Ok(about) if about.is_file() && kind.is_some() => Response::Found(found(url, kind, Vec::new())),
        Ok(about) if about.is_file() => failed(Some(415), format!("{url}: not an audio file by its name")),
        _ => failed(Some(404), format!("{url}: not a file")),
    }
}

async fn locate(url: &Url, access: &Access) -> Result<PathBuf, Response> {
    let path = url.to_file_path().map_err(|()| failed(None, format!("{url}: not a local file")))?;
    let missing = || failed(Some(404), format!("{url}: no such file in the application's folder"));
    access.locate(&path).await.ok_or_else(missing)
}

fn content_type(path: &Path) -> Option<String> {
    mime_guess::from_path(path).first_raw().map(str::to_owned)
}

/// The content type of an audio file by its name; `None` if it is none.
pub fn audio_type(path: &Path) -> Option<String> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        // What telephony writes and the general table does not know, or knows as something else.
        "wav" => Some("audio/wav".to_owned()),
        "ul" | "ulaw" | "mulaw" => Some("audio/ulaw".to_owned()),
        "gsm" => Some("audio/gsm".to_owned()),
        _ => content_type(path).filter(|kind| is_playable(kind)),
    }
}

/// Whether telephone platforms play audio of that content type. What they do not play is silence to the caller, who had
/// better hear what the document has instead.
pub(super) fn is_playable(kind: &str) -> bool {
    const PLAYED: [&str; 12] =
        ["mpeg", "mp3", "wav", "wave", "x-wav", "aiff", "x-aiff", "x-aifc", "gsm", "x-gsm", "ulaw", "basic"];
    let kind = kind.split(';').next().unwrap_or(kind).trim().to_ascii_lowercase();
    kind.strip_prefix("audio/").is_some_and(|kind| PLAYED.contains(&kind))
}
