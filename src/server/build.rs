//! An application from its description: its first document found, its mapping read, its fetching set up.

use super::config::{MethodName, ModeName, ObjectConfig};
use crate::backoffice::Backoffice;
use crate::calls::{App, LastWords};
use crate::dialogue::{Diagnostic, Dialect, Method, Policy};
use crate::fetch::{self, Access, AccessError, Fetcher, Recordings};
use crate::interpreter::{Destinations, WebObject};
use crate::model::Model;
use crate::nlu::Mapping;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// An application as a configuration or a command describes it.
#[derive(Debug, Clone)]
pub struct AppSpec {
    /// Its name.
    pub name: String,
    /// Path or URL of its first document.
    pub start: String,
    /// Where relative paths start.
    pub folder: PathBuf,
    /// The mapping file.
    pub mapping: Option<PathBuf>,
    /// Keys, speech or both.
    pub mode: ModeName,
    /// How much the bridge says on its own account.
    pub policy: Policy,
    /// The language where documents name none.
    pub language: String,
    /// The platform the documents were written for.
    pub dialect: Dialect,
    /// The voice.
    pub voice: Option<String>,
    /// The time zone.
    pub timezone: String,
    /// Hosts besides its own.
    pub allow_hosts: Vec<String>,
    /// Addresses and networks that are not public where hosts may lie.
    pub allow_addresses: Vec<String>,
    /// Where its transfers may lead.
    pub destinations: Destinations,
    /// Web services its documents know as objects.
    pub objects: Vec<ObjectConfig>,
    /// Whether a submit whose answer was lost is sent again.
    pub repeats_submits: bool,
    /// Most bytes of a resource.
    pub fetch_bytes: usize,
    /// The origin by which its documents know the back office; whoever runs it adds the office itself.
    pub backoffice: Option<Url>,
    /// Where its callers' recordings lie.
    pub recordings: Recordings,
    /// The model that may be asked about its callers.
    pub model: Option<Arc<Model>>,
    /// What its callers hear when a call breaks.
    pub fallback: Option<LastWords>,
    /// What callers hear for whom there is no room.
    pub busy: Option<LastWords>,
}

impl AppSpec {
    /// An application with nothing said but its name and where it starts. Its resources may have no bytes yet.
    pub fn new(name: impl Into<String>, start: impl Into<String>, folder: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            start: start.into(),
            folder: folder.into(),
            mapping: None,
            mode: ModeName::default(),
            policy: Policy::default(),
            language: "en-US".to_owned(),
            dialect: Dialect::Standard,
            voice: None,
            timezone: "UTC".to_owned(),
            allow_hosts: Vec::new(),
            allow_addresses: Vec::new(),
            destinations: Destinations::default(),
            objects: Vec::new(),
            repeats_submits: false,
            fetch_bytes: 0,
            backoffice: None,
            recordings: Recordings::Simulated,
            model: None,
            fallback: None,
            busy: None,
        }
    }
}

/// Why an application cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum Unbuilt {
    /// The first document: what is wrong and what to do.
    #[error("{0}; {1}")]
    Start(String, String),
    /// The mapping file.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Mapping(Vec<Diagnostic>),
    /// The time zone.
    #[error("{0}")]
    Timezone(String),
    /// The URL of a web service.
    #[error("`{0}` is no URL of a web service")]
    Object(String),
    /// Hosts, folder or HTTP client.
    #[error("{0}")]
    Access(AccessError),
}

/// Finds an application's first document, reads its mapping and sets up its fetching.
///
/// # Errors
/// [`Unbuilt`] says which part is wrong.
pub fn build_app(spec: AppSpec) -> Result<App, Unbuilt> {
    let (start, folder) = locate_start(&spec.start, &spec.folder)?;
    if jiff::tz::TimeZone::get(&spec.timezone).is_err() {
        return Err(Unbuilt::Timezone(format!("`{}` is no time zone", spec.timezone)));
    }
    let (mapping, mapping_text) = match &spec.mapping {
        Some(path) => read_mapping(path)?,
        None => (None, String::new()),
    };
    let objects = spec.objects.iter().map(|object| web_object(object, &start)).collect::<Result<Vec<_>, _>>()?;
    let mut hosts = spec.allow_hosts;
    hosts.extend(objects.iter().filter_map(|object| host_of(&object.url)));
    let mut addresses = spec.allow_addresses;
    addresses.extend(local_platform(&spec.recordings));
    let access = Access::new(&start, folder.as_deref(), &hosts).and_then(|access| access.with_addresses(&addresses));
    let fetcher = access.and_then(|access| Fetcher::new(access, spec.fetch_bytes));
    let relevant = format!(
        "{}\n{start}\n{:?} {}\n{}\n{}\n{}\n{objects:?}\n{:?}\n{mapping_text}",
        env!("CARGO_PKG_VERSION"),
        spec.mode,
        spec.policy.name(),
        spec.language,
        spec.dialect,
        spec.timezone,
        spec.destinations
    );
    Ok(App {
        name: spec.name,
        start: start.to_string(),
        mode: spec.mode.into(),
        policy: spec.policy,
        mapping,
        language: spec.language,
        dialect: spec.dialect,
        voice: spec.voice,
        timezone: spec.timezone,
        objects: objects.into(),
        repeats_submits: spec.repeats_submits,
        destinations: spec.destinations,
        fetcher: fetcher.map_err(Unbuilt::Access)?.with_recordings(spec.recordings),
        model: spec.model,
        fallback: spec.fallback,
        busy: spec.busy,
        settings: fetch::digest(relevant.as_bytes()),
    })
}

/// The application with a back office, which its documents find at that origin.
pub fn with_backoffice(mut app: App, origin: Option<&Url>, office: &Arc<Backoffice>) -> App {
    if let Some(origin) = origin {
        app.fetcher = app.fetcher.with_service(origin.clone(), Arc::clone(office) as Arc<dyn fetch::Service>);
    }
    app
}

/// A web service with its absolute URL.
fn web_object(object: &ObjectConfig, start: &Url) -> Result<WebObject, Unbuilt> {
    let written = object.url.get_ref();
    let url = start.join(written).map_err(|_| Unbuilt::Object(written.clone()))?;
    if !matches!(url.scheme(), "http" | "https" | "file") {
        return Err(Unbuilt::Object(written.clone()));
    }
    Ok(WebObject {
        classid: object.classid.get_ref().clone(),
        url: url.into(),
        method: match object.method {
            MethodName::Get => Method::Get,
            MethodName::Post => Method::Post,
        },
        params: object.params.as_ref().map(|names| names.as_slice().into()),
    })
}

/// This machine's addresses, if the platform that keeps the recordings is simulated on it.
fn local_platform(recordings: &Recordings) -> Vec<String> {
    match recordings {
        Recordings::At { place, .. } if place.host_str() == Some("localhost") => {
            ["127.0.0.0/8", "::1"].map(str::to_owned).to_vec()
        }
        _ => Vec::new(),
    }
}

/// Host and port of a web URL, as `allow_hosts` has them.
fn host_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let (host, port) = (url.host_str()?, url.port_or_known_default()?);
    Some(format!("{host}:{port}"))
}

fn read_mapping(path: &Path) -> Result<(Option<Arc<Mapping>>, String), Unbuilt> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let finding = Diagnostic::error("mapping", &file, format!("cannot be read: {error}"));
        Unbuilt::Mapping(vec![finding.help("check the path; it starts at the configuration's folder")])
    })?;
    let mapping = Mapping::parse(&text, &file).map_err(Unbuilt::Mapping)?;
    Ok((Some(Arc::new(mapping)), text))
}

/// The URL of the first document and, for a file, its folder.
fn locate_start(start: &str, folder: &Path) -> Result<(Url, Option<PathBuf>), Unbuilt> {
    let unreadable = |path: &Path, error: &dyn std::fmt::Display| {
        let help = "check the path; it starts at the configuration's folder (or where the command runs)";
        Unbuilt::Start(format!("{}: {error}", path.display()), help.to_owned())
    };
    let url = Url::parse(start).ok();
    let (path, fragment) = match &url {
        Some(url) if matches!(url.scheme(), "http" | "https") => return Ok((url.clone(), None)),
        Some(url) if url.scheme() == "file" => {
            let path = url.to_file_path().map_err(|()| unreadable(Path::new(start), &"not a local file"))?;
            (path, url.fragment())
        }
        _ => match start.split_once('#') {
            Some((path, dialog)) if !folder.join(start).exists() => (folder.join(path), Some(dialog)),
            _ => (folder.join(start), None),
        },
    };
    let path = path.canonicalize().map_err(|error| unreadable(&path, &error))?;
    if !path.is_file() {
        return Err(unreadable(&path, &"a document is wanted, not a folder"));
    }
    let mut url = Url::from_file_path(&path).map_err(|()| unreadable(&path, &"no URL can name it"))?;
    url.set_fragment(fragment);
    Ok((url, path.parent().map(Path::to_path_buf)))
}
