//! From a configuration file and the environment to applications that can be run.

use super::config::{AppConfig, Config, ConfigError, MethodName, ModeName, ObjectConfig};
use crate::calls::App;
use crate::dialogue::{Diagnostic, Dialect, Method, Position, Sensitive};
use crate::fetch::{self, Access, AccessError, Fetcher, Recordings};
use crate::interpreter::WebObject;
use crate::nlu::Mapping;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use toml::Spanned;
use url::Url;

/// Twilio's REST API, of the region an account has unless it chose another.
const TWILIO: &str = "https://api.twilio.com";

/// Environment variables: those of the process, then those of `.env`.
#[derive(Debug, Default)]
pub struct Environment {
    file: HashMap<String, Sensitive<String>>,
    process: bool,
}

impl Environment {
    /// The process's variables, and those of `.env` in the configuration's folder or else in the working directory.
    ///
    /// # Errors
    /// If there is such a file and it cannot be read, with the line.
    pub fn read(folder: &Path) -> Result<Self, ConfigError> {
        let places = [folder.join(".env"), PathBuf::from(".env")];
        let file = match places.iter().find(|place| place.is_file()) {
            Some(place) => read_env(place)?,
            None => HashMap::new(),
        };
        Ok(Self { file, process: true })
    }

    /// Exactly these variables.
    pub fn of(variables: &[(&str, &str)]) -> Self {
        let file = variables.iter().map(|&(name, value)| (name.to_owned(), value.into())).collect();
        Self { file, process: false }
    }

    /// A variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<String> {
        let process = if self.process { std::env::var(name).ok() } else { None };
        process.or_else(|| self.file.get(name).map(|value| value.0.clone())).filter(|value| !value.is_empty())
    }
}

impl Config {
    /// Reads a configuration file, lets the environment override it and checks the whole.
    ///
    /// # Errors
    /// With file, line and what to do.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            let finding = Diagnostic::error("config", &file, format!("cannot be read: {error}"));
            ConfigError(Box::new(finding.help("name a configuration file by --config FILE")))
        })?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut config = Self::parse(&text, &file, folder.to_path_buf())?;
        config.override_by(&Environment::read(folder)?)?;
        config.check()?;
        Ok(config)
    }

    /// Lets the environment override keys, as [`super::keys::KEYS`] says.
    ///
    /// # Errors
    /// If a variable's value does not fit its key.
    pub fn override_by(&mut self, env: &Environment) -> Result<(), ConfigError> {
        set(&mut self.server.listen, env, "VOXBRIDGE_LISTEN")?;
        set_some(&mut self.server.public_url, env, "VOXBRIDGE_PUBLIC_URL")?;
        set(&mut self.server.workers, env, "VOXBRIDGE_WORKERS")?;
        set_some(&mut self.twilio.account_sid, env, "TWILIO_ACCOUNT_SID")?;
        set_some(&mut self.twilio.api_url, env, "TWILIO_API_URL")?;
        if let Some(token) = env.get("TWILIO_AUTH_TOKEN") {
            self.twilio.auth_token = Some(Sensitive(token));
        }
        set(&mut self.twilio.validate_signatures, env, "VOXBRIDGE_VALIDATE_SIGNATURES")?;
        set(&mut self.limits.script_ms, env, "VOXBRIDGE_SCRIPT_MS")?;
        set(&mut self.limits.script_heap_mib, env, "VOXBRIDGE_SCRIPT_HEAP_MIB")?;
        set(&mut self.limits.max_transitions, env, "VOXBRIDGE_MAX_TRANSITIONS")?;
        set(&mut self.limits.idle_minutes, env, "VOXBRIDGE_IDLE_MINUTES")?;
        set(&mut self.limits.fetch_kib, env, "VOXBRIDGE_FETCH_KIB")
    }

    /// The applications, their mappings read and their folders found.
    ///
    /// # Errors
    /// With the line of what cannot be found or read.
    pub fn apps(&self) -> Result<Vec<Arc<App>>, ConfigError> {
        self.app.iter().map(|app| self.build(app).map(Arc::new)).collect()
    }

    /// An application of this configuration, to be built.
    pub fn spec(&self, app: &AppConfig) -> AppSpec {
        AppSpec {
            name: app.name.get_ref().clone(),
            start: app.start.get_ref().clone(),
            folder: self.origin.folder.clone(),
            mapping: app.mapping.as_ref().map(|path| self.origin.folder.join(path.get_ref())),
            mode: app.mode,
            language: app.language.get_ref().clone(),
            dialect: app.dialect,
            voice: app.voice.clone(),
            timezone: app.timezone.get_ref().clone(),
            allow_hosts: app.allow_hosts.iter().map(|host| host.get_ref().clone()).collect(),
            objects: app.object.clone(),
            fetch_bytes: self.limits.fetch_kib.saturating_mul(1024),
            recordings: self.recordings(),
        }
    }

    /// Twilio gives an account's recordings to whoever has its token.
    fn recordings(&self) -> Recordings {
        let credentials = self.twilio.account_sid.clone().zip(self.twilio.auth_token.clone());
        match self.twilio.api_url.clone().or_else(|| Url::parse(TWILIO).ok()) {
            Some(place) => Recordings::At { place, credentials },
            None => Recordings::Nowhere,
        }
    }

    fn build(&self, app: &AppConfig) -> Result<App, ConfigError> {
        build_app(self.spec(app)).map_err(|wrong| match wrong {
            Unbuilt::Start(text, help) => self.wrong(&app.start, text, help),
            Unbuilt::Mapping(findings) => self.wrong_mapping(app.mapping.as_ref(), findings),
            Unbuilt::Timezone(text) => {
                self.wrong(&app.timezone, text, "write an IANA name such as `America/New_York` or `UTC`")
            }
            Unbuilt::Access(AccessError::Host(host)) => {
                let text = AccessError::Host(host.clone()).to_string();
                match app.allow_hosts.iter().find(|written| *written.get_ref() == host) {
                    Some(written) => self.wrong(written, text, "one string for each host"),
                    None => self.wrong(&app.name, text, "see `allow_hosts` of this application"),
                }
            }
            Unbuilt::Object(url) => {
                let text = format!("`{url}` is no URL of a web service");
                match app.object.iter().find(|object| *object.url.get_ref() == url) {
                    Some(object) => self.wrong(&object.url, text, "write it like https://api.example.com/rates"),
                    None => self.wrong(&app.name, text, "see `object` of this application"),
                }
            }
            Unbuilt::Access(error) => self.wrong(&app.start, error.to_string(), "see `start` of this application"),
        })
    }

    /// The first error of the mapping file itself, or, where it cannot be read, the line that names it.
    fn wrong_mapping(&self, named: Option<&Spanned<String>>, findings: Vec<Diagnostic>) -> ConfigError {
        match (findings.into_iter().next(), named) {
            (Some(finding), Some(named)) if finding.position.is_none() => {
                self.wrong(named, format!("{}: {}", finding.file, finding.message), finding.help.unwrap_or_default())
            }
            (Some(finding), _) => ConfigError(Box::new(finding)),
            (None, _) => ConfigError(Box::new(Diagnostic::error("config", &self.origin.file, "the mapping is wrong"))),
        }
    }
}

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
    /// Web services its documents know as objects.
    pub objects: Vec<ObjectConfig>,
    /// Most bytes of a resource.
    pub fetch_bytes: usize,
    /// Where its callers' recordings lie.
    pub recordings: Recordings,
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
    let access = Access::new(&start, folder.as_deref(), &hosts);
    let fetcher = access.and_then(|access| Fetcher::new(access, spec.fetch_bytes));
    let relevant = format!(
        "{}\n{start}\n{:?}\n{}\n{}\n{}\n{objects:?}\n{mapping_text}",
        env!("CARGO_PKG_VERSION"),
        spec.mode,
        spec.language,
        spec.dialect,
        spec.timezone
    );
    Ok(App {
        name: spec.name,
        start: start.to_string(),
        mode: spec.mode.into(),
        mapping,
        language: spec.language,
        dialect: spec.dialect,
        voice: spec.voice,
        timezone: spec.timezone,
        objects: objects.into(),
        fetcher: fetcher.map_err(Unbuilt::Access)?.with_recordings(spec.recordings),
        settings: fetch::digest(relevant.as_bytes()),
    })
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

/// The variables of a `.env` file. Its text appears in no error: it holds secrets.
fn read_env(place: &Path) -> Result<HashMap<String, Sensitive<String>>, ConfigError> {
    let file = place.display().to_string();
    let wrong = |message: String| {
        let finding = Diagnostic::error("config", &file, message);
        finding.help("write NAME=value, a line each; what has blanks or `#` stands in quotes")
    };
    let text = std::fs::read_to_string(place)
        .map_err(|error| ConfigError(Box::new(wrong(format!("cannot be read: {error}")))))?;
    let text = text.trim_start_matches('\u{feff}');
    let read = |line: dotenvy::Result<(String, String)>| match line {
        Ok((name, value)) => Ok((name, Sensitive(value))),
        Err(error) => {
            let mut finding = wrong("this is no variable".to_owned());
            finding.position = line_of(&error, text);
            Err(ConfigError(Box::new(finding)))
        }
    };
    dotenvy::from_read_iter(text.as_bytes()).map(read).collect()
}

fn line_of(error: &dotenvy::Error, text: &str) -> Option<Position> {
    let dotenvy::Error::LineParse(written, _) = error else { return None };
    // It is the line, or the rest of the file where a quote is not closed, or the value alone.
    let written = written.lines().map(str::trim).find(|line| !line.is_empty())?;
    let line = text.lines().position(|line| line.contains(written))?;
    Some(Position { line: line as u32 + 1, column: 1, offset: 0 })
}

fn set<T: FromStr>(place: &mut T, env: &Environment, name: &str) -> Result<(), ConfigError>
where
    T::Err: std::fmt::Display,
{
    if let Some(value) = env.get(name) {
        *place = value.parse().map_err(|error| {
            let finding = Diagnostic::error("config", "environment", format!("{name}: {error}"));
            ConfigError(Box::new(finding.help("see docs/configuration.md, or run `voxbridge docs config`")))
        })?;
    }
    Ok(())
}

fn set_some<T: FromStr + Clone>(place: &mut Option<T>, env: &Environment, name: &str) -> Result<(), ConfigError>
where
    T::Err: std::fmt::Display,
{
    let Some(value) = env.get(name) else { return Ok(()) };
    let parsed = value.parse().map_err(|error| {
        ConfigError(Box::new(Diagnostic::error("config", "environment", format!("{name}: {error}"))))
    })?;
    *place = Some(parsed);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn the_environment_wins_over_the_file_and_must_fit() {
        let mut config = Config::parse("[server]\nlisten = \"127.0.0.1:1\"", "x.toml", PathBuf::new()).unwrap();
        let env = Environment::of(&[
            ("VOXBRIDGE_LISTEN", "127.0.0.1:2"),
            ("VOXBRIDGE_PUBLIC_URL", "https://ivr.example.com"),
            ("TWILIO_AUTH_TOKEN", "secret"),
            ("VOXBRIDGE_WORKERS", ""),
        ]);
        config.override_by(&env).unwrap();
        assert_eq!(config.server.listen.port(), 2);
        assert_eq!(config.server.public_url.unwrap().as_str(), "https://ivr.example.com/");
        assert_eq!(config.twilio.auth_token.unwrap().0, "secret");
        let mut config = Config::default();
        let error = config.override_by(&Environment::of(&[("VOXBRIDGE_LISTEN", "here")])).unwrap_err();
        assert!(error.to_string().contains("VOXBRIDGE_LISTEN"));
    }

    #[test]
    fn every_environment_name_of_the_reference_is_read() {
        for key in super::super::keys::KEYS {
            let Some(name) = key.env else { continue };
            let (mut before, after) = (Config::default(), Config::default());
            let value = match key.name {
                "listen" => "127.0.0.1:9",
                "public_url" | "api_url" => "https://a.example/",
                "validate_signatures" => "false",
                _ => "7",
            };
            before.override_by(&Environment::of(&[(name, value)])).unwrap();
            assert_ne!(before, after, "{name}");
        }
    }

    #[test]
    fn paths_are_relative_to_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("bank")).unwrap();
        write(&folder.path().join("bank"), "main.vxml", "<vxml/>");
        let text = "[[app]]\nname = \"bank\"\nstart = \"bank/main.vxml#pin\"\n";
        let config = Config::load(&write(folder.path(), "voxbridge.toml", text)).unwrap();
        let app = &config.apps().unwrap()[0];
        assert!(app.start.starts_with("file:///") && app.start.ends_with("/bank/main.vxml#pin"), "{}", app.start);
        assert!(app.fetcher.access().folder().unwrap().ends_with("bank"));
    }

    #[test]
    fn what_is_missing_is_said_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "main.vxml", "<vxml/>");
        let error = |text: &str| {
            let config = Config::load(&write(folder.path(), "voxbridge.toml", text)).unwrap();
            config.apps().unwrap_err().to_string()
        };
        let text = error("[[app]]\nname = \"a\"\nstart = \"none.vxml\"\n");
        assert!(text.contains("voxbridge.toml:3:9:") && text.contains("none.vxml"), "{text}");
        let app = "[[app]]\nname = \"a\"\nstart = \"main.vxml\"\n";
        let text = error(&format!("{app}timezone = \"Mars/Olympus\"\n"));
        assert!(text.contains("voxbridge.toml:4:12:") && text.contains("Mars"), "{text}");
        let text = error(&format!("{app}mapping = \"none.toml\"\n"));
        assert!(text.contains("voxbridge.toml:4:11:") && text.contains("none.toml"), "{text}");
        let text = error(&format!("{app}allow_hosts = [\"http://x\"]\n"));
        assert!(text.contains("voxbridge.toml:4:16:") && text.contains("http://x"), "{text}");
        for start in ["file:///none.vxml", "http://", "ftp://a.example/main.vxml", "", "."] {
            let text = error(&app.replace("main.vxml", start));
            assert!(text.contains("voxbridge.toml:3:9:"), "{text}");
        }
    }

    #[test]
    fn a_line_of_the_env_file_that_is_no_variable_is_said_without_what_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        write(
            folder.path(),
            ".env",
            "\u{feff}# comment\r\nexport TWILIO_AUTH_TOKEN='s3 cr3t'\r\nVOXBRIDGE_WORKERS=3\r\n",
        );
        let env = Environment::read(folder.path()).unwrap();
        assert_eq!(env.get("TWILIO_AUTH_TOKEN").as_deref(), Some("s3 cr3t"));
        assert_eq!(env.get("VOXBRIDGE_WORKERS").as_deref(), Some("3"));
        for wrong in ["TWILIO_AUTH_TOKEN='s3cr3t", "TWILIO_AUTH_TOKEN: s3cr3t", "A=s3cr3t b"] {
            write(folder.path(), ".env", &format!("# comment\n{wrong}\n"));
            let error = Environment::read(folder.path()).unwrap_err();
            assert!(error.to_string().contains(".env:2:1:") && !format!("{error:?}").contains("s3cr3t"), "{error:?}");
        }
        std::fs::remove_file(folder.path().join(".env")).unwrap();
        std::fs::create_dir(folder.path().join(".env")).unwrap();
        Environment::read(folder.path()).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn audio_is_found_beside_a_document_that_a_file_url_names_by_a_link() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("app")).unwrap();
        write(&folder.path().join("app"), "main.vxml", "<vxml/>");
        std::os::unix::fs::symlink(folder.path().join("app"), folder.path().join("link")).unwrap();
        let start = Url::from_file_path(folder.path().join("link/main.vxml")).unwrap();
        let text = format!("[[app]]\nname = \"a\"\nstart = \"{start}#menu\"\n");
        let app = &Config::load(&write(folder.path(), "voxbridge.toml", &text)).unwrap().apps().unwrap()[0];
        let sound = Url::parse(&app.start).unwrap().join("beep.wav").unwrap();
        let public = crate::server::media::public_url(app, "https://h", sound.as_str());
        assert_eq!(public.as_deref(), Some("https://h/media/a/beep.wav"));
        assert!(app.start.ends_with("/app/main.vxml#menu"), "{}", app.start);
    }

    #[test]
    fn a_web_service_is_an_object_whose_host_may_be_asked() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "main.vxml", "<vxml/>");
        let build = |url: &str| {
            let object = format!("[[app.object]]\nclassid = \"rates\"\nurl = \"{url}\"\nmethod = \"post\"\n");
            let text = format!("[[app]]\nname = \"a\"\nstart = \"main.vxml\"\n{object}");
            Config::load(&write(folder.path(), "voxbridge.toml", &text)).unwrap().apps()
        };
        let app = build("https://api.example.com/rates").unwrap().remove(0);
        assert_eq!((app.objects[0].classid.as_str(), app.objects[0].method), ("rates", Method::Post));
        let allows = |url: &str| app.fetcher.access().allows(&Url::parse(url).unwrap());
        assert!(allows("https://api.example.com/x") && !allows("https://api.example.com:8443/"));
        let near = build("rates.json").unwrap().remove(0);
        assert!(near.objects[0].url.ends_with("/rates.json") && near.settings != app.settings);
        let error = build("mailto:a@example.com").unwrap_err().to_string();
        assert!(error.contains(":6:7:") && error.contains("no URL of a web service"), "{error}");
    }

    #[test]
    fn another_mapping_is_another_setting() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "main.vxml", "<vxml/>");
        let config = write(folder.path(), "voxbridge.toml", "[[app]]\nname = \"a\"\nstart = \"main.vxml\"\n");
        let plain = Config::load(&config).unwrap().apps().unwrap()[0].settings.clone();
        write(folder.path(), "voxbridge.toml", "[[app]]\nname = \"a\"\nstart = \"main.vxml\"\nmode = \"keys\"\n");
        assert_ne!(Config::load(&config).unwrap().apps().unwrap()[0].settings, plain);
    }
}
