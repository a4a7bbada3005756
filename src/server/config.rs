//! `voxbridge.toml`: what it may say. Every key is described in [`super::keys`].

use crate::calls::Limits;
use crate::dialogue::{Diagnostic, Dialect, Sensitive};
use crate::policy::Mode;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use toml::Spanned;
use url::{Host, Url};

/// More worker threads than any machine has use for.
const MOST_WORKERS: usize = 1_024;

/// The whole configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `[server]`
    pub server: Server,
    /// `[twilio]`
    pub twilio: Twilio,
    /// `[limits]`
    pub limits: LimitsConfig,
    /// `[[app]]`
    pub app: Vec<AppConfig>,
    /// The file it was read from.
    #[serde(skip)]
    pub origin: Origin,
}

/// The text a configuration was read from, to point into it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The file as the user named it.
    pub file: String,
    /// Its text.
    pub text: String,
    /// The folder relative paths start at.
    pub folder: PathBuf,
}

/// `[server]`: where it listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port.
    pub listen: SocketAddr,
    /// How Twilio reaches it.
    pub public_url: Option<Url>,
    /// Worker threads for calls; 0: as many as cores.
    pub workers: usize,
}

/// `[twilio]`: the account whose webhooks are served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Twilio {
    /// The account; requests of another one are refused.
    pub account_sid: Option<String>,
    /// The primary token, by which webhooks are signed.
    pub auth_token: Option<Sensitive<String>>,
    /// Its REST API, where recordings lie.
    pub api_url: Option<Url>,
    /// Whether signatures are checked.
    pub validate_signatures: bool,
}

/// `[limits]`: what a call may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// ECMAScript milliseconds a turn.
    pub script_ms: u64,
    /// ECMAScript heap in MiB.
    pub script_heap_mib: usize,
    /// Transitions without listening.
    pub max_transitions: u32,
    /// Minutes until a silent call is over.
    pub idle_minutes: u64,
    /// KiB of one fetched resource.
    pub fetch_kib: usize,
}

/// `[[app]]`: one application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppConfig {
    /// Its name, in webhook URLs.
    pub name: Spanned<String>,
    /// Its first document: a path or a URL.
    pub start: Spanned<String>,
    /// Its mapping file.
    #[serde(default)]
    pub mapping: Option<Spanned<String>>,
    /// Keys, speech or both.
    #[serde(default)]
    pub mode: ModeName,
    /// The numbers it answers.
    #[serde(default)]
    pub numbers: Vec<Spanned<String>>,
    /// The language where documents name none.
    #[serde(default = "default_language")]
    pub language: Spanned<String>,
    /// The platform its documents were written for.
    #[serde(default)]
    pub dialect: Dialect,
    /// The voice.
    #[serde(default)]
    pub voice: Option<String>,
    /// The time zone of its scripts.
    #[serde(default = "default_timezone")]
    pub timezone: Spanned<String>,
    /// Hosts it may fetch from besides its own.
    #[serde(default)]
    pub allow_hosts: Vec<Spanned<String>>,
    /// `[[app.object]]`: web services its documents know as objects.
    #[serde(default)]
    pub object: Vec<ObjectConfig>,
}

/// `[[app.object]]`: a web service that `<object classid>` names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectConfig {
    /// How documents name it.
    pub classid: Spanned<String>,
    /// Where it is; relative to the first document.
    pub url: Spanned<String>,
    /// GET or POST.
    #[serde(default)]
    pub method: MethodName,
    /// The parameters it takes.
    #[serde(default)]
    pub params: Option<Vec<String>>,
}

/// `method` as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MethodName {
    /// Parameters go into the query.
    #[default]
    Get,
    /// Parameters are posted as a form.
    Post,
}

/// `mode` as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum ModeName {
    /// The document as written: keys, and speech only where it has speech grammars of its own.
    Keys,
    /// Free speech beside the keys.
    #[default]
    Hybrid,
    /// Asks in open words; keys are read out only when the caller is lost.
    Speech,
}

/// What is wrong with a configuration, where, and what to do.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub Box<Diagnostic>);

impl Default for Server {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)), public_url: None, workers: 0 }
    }
}

impl Default for Twilio {
    fn default() -> Self {
        Self { account_sid: None, auth_token: None, api_url: None, validate_signatures: true }
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self { script_ms: 100, script_heap_mib: 16, max_transitions: 1_000, idle_minutes: 60, fetch_kib: 4_096 }
    }
}

impl fmt::Debug for Origin {
    /// Without the text: it may hold the account's token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Origin").field(&self.file).finish()
    }
}

impl From<ModeName> for Mode {
    fn from(name: ModeName) -> Self {
        match name {
            ModeName::Keys => Mode::Keys,
            ModeName::Hybrid => Mode::Hybrid,
            ModeName::Speech => Mode::Speech,
        }
    }
}

impl From<&LimitsConfig> for Limits {
    fn from(limits: &LimitsConfig) -> Self {
        Self {
            script_time: Duration::from_millis(limits.script_ms),
            script_heap: limits.script_heap_mib.saturating_mul(1024 * 1024),
            max_transitions: limits.max_transitions,
            idle: Duration::from_secs(limits.idle_minutes.saturating_mul(60)),
            ..Self::default()
        }
    }
}

impl Config {
    /// Reads the text of a configuration file.
    ///
    /// # Errors
    /// On a syntax error, an unknown key or a value of the wrong kind, with the line.
    pub fn parse(text: &str, file: &str, folder: PathBuf) -> Result<Self, ConfigError> {
        let mut config: Config = toml::from_str(text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            let message = error.message().trim().replace('\n', "; ");
            let help = "see docs/configuration.md, or run `voxbridge docs config`";
            if !is_confidential(text, span.start) {
                let finding = Diagnostic::error("config", file, message).at(text, span.start, span.end);
                return ConfigError(Box::new(finding.help(help)));
            }
            // What stands there may be the token, even where its key is misspelt.
            let message = match message.split_once(", expected ") {
                Some((what, expected)) if what.starts_with("invalid ") => {
                    format!("invalid value, expected {expected}")
                }
                _ => message,
            };
            let mut finding = Diagnostic::error("config", file, message).at(text, span.start, span.end);
            finding.source_line = None;
            ConfigError(Box::new(finding.help(help)))
        })?;
        config.origin = Origin { file: file.to_owned(), text: text.to_owned(), folder };
        Ok(config)
    }

    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// On the first thing that is wrong, with its line and what to do.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.app.is_empty() {
            let finding = Diagnostic::error("config", &self.origin.file, "no application is configured");
            let help = "add an [[app]] table with `name` and `start`";
            return Err(ConfigError(Box::new(finding.help(help))));
        }
        let mut names = HashSet::new();
        let mut numbers = HashSet::new();
        for app in &self.app {
            let name = app.name.get_ref();
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) {
                let help = "use letters, digits, `-`, `_` and `.`: the name is part of the webhook URL";
                return Err(self.wrong(&app.name, format!("`{name}` is no name for an application"), help));
            }
            if !names.insert(name) {
                return Err(self.wrong(&app.name, format!("two applications have the name `{name}`"), "rename one"));
            }
            if !is_language(app.language.get_ref()) {
                let text = format!("`{}` is no language", app.language.get_ref());
                return Err(self.wrong(&app.language, text, "write it like `en-US`"));
            }
            for number in &app.numbers {
                if normal_number(number.get_ref()).is_empty() {
                    let help = "write it like `+15550109999`, `sip:bank@example.com` or `client:bank`";
                    return Err(self.wrong(number, format!("`{}` is no number", number.get_ref()), help));
                }
                if !numbers.insert(normal_number(number.get_ref())) {
                    let text = format!("{} belongs to two applications", number.get_ref());
                    return Err(self.wrong(number, text, "let one of them have it"));
                }
            }
        }
        self.check_public_url()?;
        self.check_api_url()?;
        self.check_limits()?;
        self.check_token()?;
        self.check_exposure()
    }

    /// An error at a value of the file.
    pub fn wrong<T>(&self, at: &Spanned<T>, message: impl Into<String>, help: impl Into<String>) -> ConfigError {
        let span = at.span();
        let finding = Diagnostic::error("config", &self.origin.file, message);
        let finding = if span.is_empty() { finding } else { finding.at(&self.origin.text, span.start, span.end) };
        ConfigError(Box::new(finding.help(help)))
    }

    /// Whether webhooks must be signed.
    pub fn signed(&self) -> bool {
        self.twilio.validate_signatures && self.twilio.auth_token.is_some()
    }

    /// An error at a key of a table there is only one of.
    fn wrong_key(&self, table: &str, key: &str, message: impl Into<String>, help: &str) -> ConfigError {
        let place = place_of(&self.origin.text, table, key).unwrap_or(0..0);
        let mut error = self.wrong(&Spanned::new(place, ()), message, help);
        if table == "twilio" {
            error.0.source_line = None;
        }
        error
    }

    fn check_limits(&self) -> Result<(), ConfigError> {
        let limits = &self.limits;
        let all = [
            ("script_ms", limits.script_ms == 0),
            ("script_heap_mib", limits.script_heap_mib == 0),
            ("max_transitions", limits.max_transitions == 0),
            ("idle_minutes", limits.idle_minutes == 0),
            ("fetch_kib", limits.fetch_kib == 0),
        ];
        if let Some((key, _)) = all.iter().find(|(_, is_zero)| *is_zero) {
            let help = "write at least 1, or leave it out";
            return Err(self.wrong_key("limits", key, format!("with limits.{key} = 0 no call could run"), help));
        }
        if self.server.workers > MOST_WORKERS {
            let text = format!("server.workers is {}, more than {MOST_WORKERS}", self.server.workers);
            return Err(self.wrong_key("server", "workers", text, "0 takes as many as there are cores"));
        }
        Ok(())
    }

    /// Anybody can sign with an empty token.
    fn check_token(&self) -> Result<(), ConfigError> {
        match &self.twilio.auth_token {
            Some(token) if token.trim().is_empty() => {
                let help = "write the account's primary token, or leave it out and set TWILIO_AUTH_TOKEN";
                Err(self.wrong_key("twilio", "auth_token", "twilio.auth_token is empty", help))
            }
            _ => Ok(()),
        }
    }

    /// Without signatures anybody who reaches the address can run the applications: then it must be this machine's own.
    fn check_exposure(&self) -> Result<(), ConfigError> {
        if self.signed() || self.server.listen.ip().is_loopback() {
            return Ok(());
        }
        let (what, help) = if self.twilio.auth_token.is_none() {
            ("without twilio.auth_token", "set TWILIO_AUTH_TOKEN (or twilio.auth_token), or listen on 127.0.0.1")
        } else {
            ("with twilio.validate_signatures = false", "check signatures, or listen on 127.0.0.1")
        };
        let text = format!("{what} the server does not listen on {}, where others could reach it", self.server.listen);
        Err(ConfigError(Box::new(Diagnostic::error("config", &self.origin.file, text).help(help))))
    }

    /// The token goes there: not in the open, unless it stays on this machine.
    fn check_api_url(&self) -> Result<(), ConfigError> {
        let Some(url) = &self.twilio.api_url else { return Ok(()) };
        let is_local = match url.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if url.has_host() && (url.scheme() == "https" || (url.scheme() == "http" && is_local)) {
            return Ok(());
        }
        let help = "write it like https://api.twilio.com, or leave it out";
        Err(self.wrong_key("twilio", "api_url", "twilio.api_url is not the https URL of a host", help))
    }

    fn check_public_url(&self) -> Result<(), ConfigError> {
        let Some(url) = &self.server.public_url else { return Ok(()) };
        let plain = url.query().is_none() && url.fragment().is_none() && url.authority() == bare_authority(url);
        if matches!(url.scheme(), "http" | "https") && url.has_host() && plain {
            return Ok(());
        }
        let help = "write it like https://ivr.example.com, perhaps with a path that a proxy takes off";
        let text = "server.public_url is not the http or https URL of a host and nothing else";
        Err(self.wrong_key("server", "public_url", text, help))
    }
}

/// A phone number as numbers are compared: its digits with the plus; other addresses in lower case.
pub fn normal_number(number: &str) -> String {
    let number = number.trim();
    if number.chars().any(|c| c.is_ascii_alphabetic()) {
        return number.to_ascii_lowercase();
    }
    number.char_indices().filter(|&(at, c)| c.is_ascii_digit() || (at == 0 && c == '+')).map(|(_, c)| c).collect()
}

/// Whether a place of a configuration may hold the token: it is in the table of Twilio, or its line speaks of it.
fn is_confidential(text: &str, offset: usize) -> bool {
    let (before, after) = text.split_at_checked(offset).unwrap_or((text, ""));
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or(after);
    let table = before.lines().rev().map(str::trim).find(|line| line.starts_with('['));
    line.contains("token") || line.contains("twilio") || table.is_some_and(|table| table.contains("twilio"))
}

/// Where a key of a table stands.
fn place_of(text: &str, table: &str, key: &str) -> Option<std::ops::Range<usize>> {
    let mut offset = 0;
    let mut current = "";
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if let Some(header) = content.strip_prefix('[') {
            current = header.split(']').next().unwrap_or_default().trim();
        } else if current == table && content.split('=').next().is_some_and(|name| name.trim() == key) {
            let start = offset + (line.len() - line.trim_start().len());
            return Some(start..start + content.len());
        }
        offset += line.len();
    }
    None
}

/// Host and port without credentials.
fn bare_authority(url: &Url) -> &str {
    let authority = url.authority();
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

/// Whether it has the form of a language tag (BCP 47).
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let is_primary = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic());
    let is_further = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    parts.next().is_some_and(is_primary) && parts.all(is_further)
}

fn default_language() -> Spanned<String> {
    Spanned::new(0..0, "en-US".to_owned())
}

fn default_timezone() -> Spanned<String> {
    Spanned::new(0..0, "UTC".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        let config = Config::parse(text, "voxbridge.toml", PathBuf::new())?;
        config.check().map(|()| config)
    }

    fn error(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    const APP: &str = "[[app]]\nname = \"bank\"\nstart = \"main.vxml\"\n";

    #[test]
    fn an_application_needs_only_name_and_start() {
        let config = parse(APP).unwrap();
        assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.app[0].mode, ModeName::Hybrid);
        assert!(config.twilio.validate_signatures && !config.signed());
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let text = error(&format!("[server]\nlisten = \"127.0.0.1:1\"\nlissten = 3\n{APP}"));
        assert!(text.starts_with("voxbridge.toml:3:1:") && text.contains("lissten") && text.contains("docs"), "{text}");
        let text = error(&format!("{APP}mode = \"loud\"\n"));
        assert!(text.starts_with("voxbridge.toml:4:") && text.contains("hybrid"), "{text}");
    }

    #[test]
    fn an_application_names_its_dialect() {
        assert_eq!(parse(APP).unwrap().app[0].dialect, Dialect::Standard);
        assert_eq!(parse(&format!("{APP}dialect = \"genesys\"\n")).unwrap().app[0].dialect, Dialect::Genesys);
        let text = error(&format!("{APP}dialect = \"klingon\"\n"));
        assert!(text.starts_with("voxbridge.toml:4:") && text.contains("voximal"), "{text}");
    }

    #[test]
    fn names_and_numbers_belong_to_one_application() {
        let text = error(&format!("{APP}\n{APP}"));
        assert!(text.starts_with("voxbridge.toml:6:") && text.contains("bank"), "{text}");
        let two = format!("{APP}numbers = [\"+1 (555) 010-9999\"]\n{}", APP.replace("bank", "air"));
        let text = error(&format!("{two}numbers = [\"+15550109999\"]\n"));
        assert!(text.contains("two applications"), "{text}");
        assert!(error(&APP.replace("bank", "my bank")).contains("my bank"));
    }

    #[test]
    fn numbers_languages_limits_and_urls_must_make_sense() {
        for (line, place, about) in [
            ("numbers = [\"\"]", "4:12", "no number"),
            ("language = \"english\"", "4:12", "english"),
            ("[limits]\nidle_minutes = 0", "5:1", "idle_minutes"),
            ("[server]\n\n  workers = 1000000", "6:3", "workers"),
            ("[server]\npublic_url = \"ftp://a.example\"", "5:1", "public_url"),
            ("[server]\npublic_url = \"https://:pass@a.example\"", "5:1", "public_url"),
            ("[server]\nlisten = \"here\"", "5:10", "socket address"),
            ("[twilio]\napi_url = \"http://api.example.com\"", "5:1", "api_url"),
        ] {
            for ends in ["\n", "\r\n"] {
                let text = error(&format!("{APP}{line}\n").replace('\n', ends));
                assert!(text.starts_with(&format!("voxbridge.toml:{place}:")) && text.contains(about), "{text}");
            }
        }
    }

    #[test]
    fn an_empty_token_is_none_that_could_be_checked() {
        for empty in ["", "  "] {
            let text = error(&format!("[server]\nlisten = \"0.0.0.0:80\"\n{APP}[twilio]\nauth_token = \"{empty}\"\n"));
            assert!(text.starts_with("voxbridge.toml:7:1:") && text.contains("auth_token is empty"), "{text}");
        }
    }

    #[test]
    fn without_signatures_only_a_loopback_address_is_listened_on() {
        let open = format!("[server]\nlisten = \"0.0.0.0:8080\"\n{APP}");
        assert!(error(&open).contains("TWILIO_AUTH_TOKEN"));
        let signed = format!("{open}[twilio]\nauth_token = \"secret\"\n");
        assert!(parse(&signed).unwrap().signed());
        assert!(error(&format!("{signed}validate_signatures = false\n")).contains("validate_signatures"));
        assert!(parse(&open.replace("0.0.0.0", "[::1]")).is_ok());
    }

    #[test]
    fn the_token_is_never_printed() {
        let config = parse(&format!("{APP}[twilio]\nauth_token = \"s3cr3t\"\n")).unwrap();
        assert!(!format!("{config:?}").contains("s3cr3t"));
        for wrong in [
            "[twilio]\nauth_token = s3cr3t",
            "[twilio]\nauth_tokn = \"s3cr3t\"",
            "[twilio]\nauth_token = \"s3cr3t",
            "[twilio]\nauth_token = 0x53c3\n# s3cr3t",
            "[twilio]\naccount_sid = \"AC1\"\ntoken: s3cr3t",
            "[twilio]\nauth_token = [\"s3cr3t\"]",
        ] {
            let error = parse(&format!("{APP}{wrong}\n")).unwrap_err();
            assert!(!format!("{error:?}").contains("s3cr3t") && !error.to_string().contains("21443"), "{error:?}");
            assert!(error.0.position.is_some(), "{error:?}");
        }
    }

    #[test]
    fn numbers_are_compared_by_their_digits() {
        assert_eq!(normal_number(" +1 (555) 010-9999"), "+15550109999");
        assert_eq!(normal_number("Client:Bob"), "client:bob");
        assert_eq!(normal_number("sip:1234@Example.com"), "sip:1234@example.com");
    }
}
