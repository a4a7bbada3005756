use super::Failure;
use super::draw::{coloured, draw};
use crate::backoffice::{Backoffice, Rules};
use crate::calls::{App, Clock};
use crate::dialogue::Dialect;
use crate::fetch::Recordings;
use crate::server::config::{Config, ModeName};
use crate::server::{AppSpec, Unbuilt, build_app, with_backoffice};
use crate::store::Memory;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// The configuration that is looked for where none is named.
const USUAL: &str = "voxbridge.toml";

/// Whom the sample applications call.
const SAMPLE_DESKS: &str = "+1800555*";

/// Where they keep what they keep.
const SAMPLE_BOOK: &str = "http://reservations.internal";

/// Which application a command is about.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// An application of the configuration by its name, a VoiceXML file, or the URL of a document
    #[arg(value_name = "NAME|FILE|URL")]
    target: String,

    /// The configuration that names applications [default: voxbridge.toml if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// How callers are listened to, instead of what the configuration says
    #[arg(long, value_enum, value_name = "MODE")]
    mode: Option<ModeName>,

    /// The platform the documents were written for, instead of what the configuration says
    #[arg(long, value_parser = dialects(), value_name = "DIALECT")]
    dialect: Option<Dialect>,

    /// The mapping file, instead of what the configuration says
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,

    /// A further host the documents may fetch from; may be repeated
    #[arg(long = "allow-host", value_name = "HOST")]
    allow_hosts: Vec<String>,
}

/// The dialects by their names, for a command line.
pub(super) fn dialects() -> impl TypedValueParser<Value = Dialect> {
    PossibleValuesParser::new(Dialect::ALL.map(Dialect::name)).try_map(|name| name.parse::<Dialect>())
}

/// An application to be called, and the limits that hold.
pub(super) struct Found {
    pub(super) app: App,
    /// Where its documents find the back office, and by which rules it works.
    pub(super) backoffice: Option<(Url, Rules)>,
    pub(super) limits: crate::calls::Limits,
}

impl Found {
    /// The application with an empty back office of its own, if it has one.
    pub(super) fn ready(self, clock: &Clock) -> Arc<App> {
        let Some((origin, rules)) = self.backoffice else { return Arc::new(self.app) };
        let office = Backoffice::new(Arc::new(Memory::default()), Arc::clone(clock), rules);
        Arc::new(with_backoffice(self.app, Some(&origin), &Arc::new(office)))
    }
}

impl Target {
    /// The application the command line means.
    pub(super) fn find(&self) -> Result<Found, Failure> {
        let config = configuration(self.config.as_deref())?;
        let limits = config.as_ref().map(|config| &config.limits).cloned().unwrap_or_default();
        let mut spec = self.spec(config.as_ref())?;
        spec.fetch_bytes = limits.fetch_kib.saturating_mul(1024);
        spec.mode = self.mode.unwrap_or(spec.mode);
        spec.mapping = self.mapping.clone().or(spec.mapping);
        spec.recordings = Recordings::Simulated;
        spec.dialect = self.dialect.unwrap_or(spec.dialect);
        spec.allow_hosts.extend(self.allow_hosts.iter().cloned());
        let rules = config.as_ref().map(|config| &config.backoffice.reservations).cloned().unwrap_or_default();
        let backoffice = spec.backoffice.clone().map(|origin| (origin, Rules::from(&rules)));
        let app = build_app(spec).map_err(|wrong| match &wrong {
            Unbuilt::Mapping(findings) => Failure::unable(draw(findings, coloured())),
            _ => Failure::unable(format!("error: {wrong}")),
        })?;
        Ok(Found { app, backoffice, limits: (&limits).into() })
    }

    fn spec(&self, config: Option<&Config>) -> Result<AppSpec, Failure> {
        let apps = config.map(|config| config.app.as_slice()).unwrap_or_default();
        if let (Some(config), Some(app)) = (config, apps.iter().find(|app| *app.name.get_ref() == self.target)) {
            let model = config.model().map_err(|error| Failure::unable(draw(&[*error.0], coloured())))?;
            return Ok(config.spec(app, model.as_ref()));
        }
        let path = self.target.split('#').next().unwrap_or_default();
        if !self.target.contains("://") && !Path::new(path).is_file() {
            let names: Vec<&str> = apps.iter().map(|app| app.name.get_ref().as_str()).collect();
            let known = match names.as_slice() {
                [] => format!("no configuration was found (name one by --config, or run where {USUAL} is)"),
                names => format!("the configuration has {}", names.join(", ")),
            };
            return Err(Failure::unable(format!("error: {} is no application and no file; {known}", self.target)));
        }
        let stem = Path::new(path).file_stem().and_then(|stem| stem.to_str()).unwrap_or("app");
        let name: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        Ok(AppSpec::new(name, self.target.clone(), "."))
    }
}

/// The configuration of that name; without a name `voxbridge.toml`, if there is one, or else the sample applications.
pub(super) fn configuration(named: Option<&Path>) -> Result<Option<Config>, Failure> {
    match named {
        Some(path) => Ok(Some(Config::load(path)?)),
        None if Path::new(USUAL).is_file() => Ok(Some(Config::load(Path::new(USUAL))?)),
        None => Ok(samples()?),
    }
}

/// The sample applications of the folder `legacy-vxml`, each with its mapping, where the command runs in the project.
fn samples() -> Result<Option<Config>, Failure> {
    let Ok(folders) = std::fs::read_dir("legacy-vxml") else { return Ok(None) };
    let mut names: Vec<String> = folders
        .filter_map(|folder| folder.ok()?.file_name().into_string().ok())
        .filter(|name| Path::new("legacy-vxml").join(name).join("main.vxml").is_file())
        .collect();
    names.sort();
    let mut text = String::new();
    for name in &names {
        text.push_str(&format!("[[app]]\nname = {name:?}\nstart = {:?}\n", format!("legacy-vxml/{name}/main.vxml")));
        text.push_str(&format!("allow_transfers = [{SAMPLE_DESKS:?}]\nbackoffice = {SAMPLE_BOOK:?}\n"));
        let mapping = format!("mappings/{name}.toml");
        if Path::new(&mapping).is_file() {
            text.push_str(&format!("mapping = {mapping:?}\n"));
        }
    }
    if names.is_empty() {
        return Ok(None);
    }
    let mut config = Config::parse(&text, "the sample applications", PathBuf::from("."))?;
    config.override_by(&crate::server::Environment::read(Path::new("."))?)?;
    config.check()?;
    Ok(Some(config))
}
