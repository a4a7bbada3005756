//! From a configuration file and the environment to applications that can be run.

use super::build::{AppSpec, Unbuilt, build_app, with_backoffice};
use super::config::{AppConfig, Config, ConfigError, ModelConfig, UnansweredSubmits};
use super::environment::Environment;
use crate::backoffice::Backoffice;
use crate::calls::{App, LastWords};
use crate::dialogue::Diagnostic;
use crate::fetch::{AccessError, Recordings};
use crate::interpreter::Destinations;
use crate::model::{Limits, Model, Settings, SetupError};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use toml::Spanned;
use url::Url;

/// Twilio's REST API, of the region an account has unless it chose another.
const TWILIO: &str = "https://api.twilio.com";

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

    /// The applications, their mappings read and their folders found.
    ///
    /// # Errors
    /// With the line of what cannot be found or read.
    pub fn apps(&self) -> Result<Vec<Arc<App>>, ConfigError> {
        let model = self.model()?;
        self.app.iter().map(|app| self.build(app, model.as_ref()).map(Arc::new)).collect()
    }

    /// The same, those that have a back office having this one.
    ///
    /// # Errors
    /// With the line of what cannot be found or read.
    pub fn apps_with(&self, office: &Arc<Backoffice>) -> Result<Vec<Arc<App>>, ConfigError> {
        let model = self.model()?;
        let build = |app: &AppConfig| {
            let origin = app.backoffice.as_ref().map(Spanned::get_ref);
            self.build(app, model.as_ref()).map(|app| Arc::new(with_backoffice(app, origin, office)))
        };
        self.app.iter().map(build).collect()
    }

    /// The model, if there is one; all applications that may ask it share it.
    ///
    /// # Errors
    /// If no endpoint has such settings.
    pub fn model(&self) -> Result<Option<Arc<Model>>, ConfigError> {
        let Some(settings) = self.model.settings() else { return Ok(None) };
        Model::new(&settings).map(|model| Some(Arc::new(model))).map_err(|error| {
            let key = match error {
                SetupError::Key => "key_variable",
                SetupError::Effort(_) => "reasoning_effort",
                SetupError::Base(_) | SetupError::Client(_) => "base_url",
            };
            self.wrong_key("model", key, format!("model: {error}"), "see docs/howto-use-a-model.md")
        })
    }

    /// An application of this configuration, to be built; `model` is what it may ask.
    pub fn spec(&self, app: &AppConfig, model: Option<&Arc<Model>>) -> AppSpec {
        AppSpec {
            name: app.name.get_ref().clone(),
            start: app.start.get_ref().clone(),
            folder: self.origin.folder.clone(),
            mapping: app.mapping.as_ref().map(|path| self.origin.folder.join(path.get_ref())),
            mode: app.mode,
            policy: app.policy,
            language: app.language.get_ref().clone(),
            dialect: app.dialect,
            voice: app.voice.clone(),
            timezone: app.timezone.get_ref().clone(),
            allow_hosts: app.allow_hosts.iter().map(|host| host.get_ref().clone()).collect(),
            allow_addresses: app.allow_addresses.iter().map(|address| address.get_ref().clone()).collect(),
            destinations: destinations_of(app),
            objects: app.object.clone(),
            repeats_submits: app.unanswered_submits == UnansweredSubmits::Repeat,
            fetch_bytes: self.limits.fetch_kib.saturating_mul(1024),
            backoffice: app.backoffice.as_ref().map(|url| url.get_ref().clone()),
            recordings: self.recordings(),
            model: model.filter(|_| *app.model.get_ref()).cloned(),
            fallback: app.fallback.as_ref().map(LastWords::from),
            busy: app.busy.as_ref().map(LastWords::from),
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

    fn build(&self, app: &AppConfig, model: Option<&Arc<Model>>) -> Result<App, ConfigError> {
        build_app(self.spec(app, model)).map_err(|wrong| match wrong {
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
            Unbuilt::Access(AccessError::Address(address)) => {
                let text = AccessError::Address(address.clone()).to_string();
                match app.allow_addresses.iter().find(|written| *written.get_ref() == address) {
                    Some(written) => self.wrong(written, text, "one string for each address or network"),
                    None => self.wrong(&app.name, text, "see `allow_addresses` of this application"),
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

impl ModelConfig {
    /// The settings of the model; `None` where there is none.
    fn settings(&self) -> Option<Settings> {
        Some(Settings {
            base: self.base_url.clone()?,
            name: self.name.clone()?,
            key: self.key.clone(),
            api_version: self.api_version.clone(),
            effort: self.reasoning_effort.clone(),
            deadline: Duration::from_millis(self.deadline_ms),
            concurrency: self.concurrency,
            cached: self.cached_answers,
            limits: Limits {
                call_requests: self.requests_per_call,
                call_tokens: self.tokens_per_call,
                app_requests: self.requests_per_hour,
                app_tokens: self.tokens_per_hour,
            },
        })
    }
}

/// Where the transfers of an application may lead.
fn destinations_of(app: &AppConfig) -> Destinations {
    match &app.allow_transfers {
        Some(patterns) => {
            let patterns: Vec<String> = patterns.iter().map(|pattern| pattern.get_ref().clone()).collect();
            Destinations::matching(&patterns)
        }
        None => Destinations::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::Method;
    use std::path::PathBuf;

    fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
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
        let text = error(&format!("{app}allow_addresses = [\"10.0.0.0/8\", \"intranet\"]\n"));
        assert!(text.contains("voxbridge.toml:4:34:") && text.contains("intranet"), "{text}");
        for start in ["file:///none.vxml", "http://", "ftp://a.example/main.vxml", "", "."] {
            let text = error(&app.replace("main.vxml", start));
            assert!(text.contains("voxbridge.toml:3:9:"), "{text}");
        }
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
