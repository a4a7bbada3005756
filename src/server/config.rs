//! `voxbridge.toml`: what it may say. Every key is described in [`super::keys`].

mod checks;

use crate::backoffice::{Rules, TimeOfDay};
use crate::calls::{LastWords, Limits};
use crate::dialogue::{Diagnostic, Dialect, Policy, Secret};
use crate::policy::Mode;
use crate::store::Keep;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use toml::Spanned;
use url::Url;

/// The whole configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `[server]`
    pub server: Server,
    /// `[twilio]`
    pub twilio: Twilio,
    /// `[store]`
    pub store: StoreConfig,
    /// `[limits]`
    pub limits: LimitsConfig,
    /// `[log]`
    pub log: LogConfig,
    /// `[admin]`
    pub admin: Admin,
    /// `[model]`
    pub model: ModelConfig,
    /// `[backoffice]`
    pub backoffice: BackofficeConfig,
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
    /// Connections at a time.
    pub connections: u32,
    /// Seconds an idle connection is kept.
    pub keep_alive_seconds: u64,
}

/// `[admin]`: who may look at calls and end them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Admin {
    /// An Argon2 hash of the token.
    pub token_hash: Option<Secret<String>>,
    /// The token itself, which only the environment may hold.
    #[serde(skip)]
    pub token: Option<Secret<String>>,
}

/// `[model]`: an OpenAI-compatible model that is asked what unsure words mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelConfig {
    /// The API's base URL; none: there is no model.
    pub base_url: Option<Url>,
    /// The model's name.
    pub name: Option<String>,
    /// Azure's API version.
    pub api_version: Option<String>,
    /// The environment variable that holds the key.
    pub key_variable: String,
    /// The key itself, which only the environment may hold.
    #[serde(skip)]
    pub key: Option<Secret<String>>,
    /// How long a reasoning model may think.
    pub reasoning_effort: Option<String>,
    /// Milliseconds a caller waits for it.
    pub deadline_ms: u64,
    /// Questions at a time.
    pub concurrency: usize,
    /// Answers kept.
    pub cached_answers: usize,
    /// Requests of one call; 0: no limit.
    pub requests_per_call: u32,
    /// Tokens of one call; 0: no limit.
    pub tokens_per_call: u64,
    /// Requests of an application in an hour; 0: no limit.
    pub requests_per_hour: u32,
    /// Tokens of an application in an hour; 0: no limit.
    pub tokens_per_hour: u64,
}

/// `[twilio]`: the account whose webhooks are served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Twilio {
    /// The account; requests of another one are refused.
    pub account_sid: Option<String>,
    /// The primary token, by which webhooks are signed.
    pub auth_token: Option<Secret<String>>,
    /// Its REST API, where recordings lie.
    pub api_url: Option<Url>,
    /// Whether signatures are checked.
    pub validate_signatures: bool,
    /// How often Twilio is to repeat a request that was not answered.
    pub retries: u8,
}

/// `[log]`: what the log may tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// Whether what callers say and key in is shown.
    pub sensitive: bool,
}

/// `[store]`: where the journals of calls are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    /// Which store; it may hold a password.
    pub url: Secret<String>,
    /// Hours a call's journal is kept after its last entry while the call is open.
    pub keep_open_hours: u64,
    /// Hours it is kept once the call is over.
    pub keep_ended_hours: u64,
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
    /// Calls in memory.
    pub live_calls: usize,
    /// Seconds until a call nobody asks for leaves memory.
    pub live_seconds: u64,
    /// New calls a second; 0: no limit.
    pub calls_per_second: u32,
    /// Entries of a call's journal.
    pub journal_entries: usize,
    /// KiB of a call's journal.
    pub journal_kib: usize,
}

/// `[backoffice]`: what the server keeps for its applications.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BackofficeConfig {
    /// `[backoffice.reservations]`
    pub reservations: ReservationsConfig,
}

/// `[backoffice.reservations]`: how the restaurant takes reservations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReservationsConfig {
    /// Where it lies.
    pub timezone: String,
    /// When it opens.
    pub opens: TimeOfDay,
    /// When it closes.
    pub closes: TimeOfDay,
    /// Minutes before that at which the last table is given.
    pub last_minutes: u16,
    /// How many can sit there at a time.
    pub seats: u32,
    /// The most people of one reservation.
    pub largest_party: u32,
    /// Minutes a table is taken.
    pub sitting_minutes: u16,
    /// Days ahead one can reserve.
    pub days_ahead: u16,
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
    /// Whether the model of `[model]` may be asked.
    #[serde(default = "without_model")]
    pub model: Spanned<bool>,
    /// How much the bridge says on its own account.
    #[serde(default)]
    pub policy: Policy,
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
    /// Calls of it at a time; 0: no limit.
    #[serde(default)]
    pub max_calls: usize,
    /// Hosts it may fetch from besides its own.
    #[serde(default)]
    pub allow_hosts: Vec<Spanned<String>>,
    /// What becomes of a submit whose answer was lost.
    #[serde(default)]
    pub unanswered_submits: UnansweredSubmits,
    /// The origin by which its documents know the server's back office.
    #[serde(default)]
    pub backoffice: Option<Spanned<Url>>,
    /// Addresses and networks that are not public where hosts may lie.
    #[serde(default)]
    pub allow_addresses: Vec<Spanned<String>>,
    /// Patterns of the destinations its transfers may have; absent: those its documents write out.
    #[serde(default)]
    pub allow_transfers: Option<Vec<Spanned<String>>>,
    /// `[[app.object]]`: web services its documents know as objects.
    #[serde(default)]
    pub object: Vec<ObjectConfig>,
    /// `[app.fallback]`: what callers hear when a call breaks.
    #[serde(default)]
    pub fallback: Option<LastWordsConfig>,
    /// `[app.busy]`: what callers hear for whom there is no room.
    #[serde(default)]
    pub busy: Option<LastWordsConfig>,
}

/// `[app.fallback]` and `[app.busy]`: what a caller hears who cannot be helped, and who may take the call over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastWordsConfig {
    /// What is said.
    #[serde(default)]
    pub message: Option<Spanned<String>>,
    /// Whom the caller is connected to then.
    #[serde(default)]
    pub transfer: Option<Spanned<String>>,
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

/// `unanswered_submits` as written: what becomes of a submit whose answer was lost with a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnansweredSubmits {
    /// It fails: it may have arrived.
    #[default]
    Fail,
    /// It is sent again, with the same `Idempotency-Key`.
    Repeat,
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
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            workers: 0,
            connections: 10_000,
            keep_alive_seconds: 75,
        }
    }
}

impl Default for Twilio {
    fn default() -> Self {
        Self { account_sid: None, auth_token: None, api_url: None, validate_signatures: true, retries: 3 }
    }
}

impl Default for ModelConfig {
    fn default() -> Self {
        Self {
            base_url: None,
            name: None,
            api_version: None,
            key_variable: "VOXBRIDGE_MODEL_KEY".to_owned(),
            key: None,
            reasoning_effort: None,
            deadline_ms: 1_500,
            concurrency: 16,
            cached_answers: 2_000,
            requests_per_call: 12,
            tokens_per_call: 20_000,
            requests_per_hour: 2_000,
            tokens_per_hour: 3_000_000,
        }
    }
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { url: "memory:".into(), keep_open_hours: 24, keep_ended_hours: 24 }
    }
}

impl Default for ReservationsConfig {
    fn default() -> Self {
        let hour = |hour: u16| TimeOfDay::of(hour * 60).unwrap_or_default();
        Self {
            timezone: "UTC".to_owned(),
            opens: hour(9),
            closes: hour(22),
            last_minutes: 30,
            seats: 40,
            largest_party: 12,
            sitting_minutes: 90,
            days_ahead: 90,
        }
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            script_ms: 100,
            script_heap_mib: 16,
            max_transitions: 1_000,
            idle_minutes: 60,
            fetch_kib: 4_096,
            live_calls: 3_000,
            live_seconds: 120,
            calls_per_second: 0,
            journal_entries: 10_000,
            journal_kib: 4_096,
        }
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

impl From<&LastWordsConfig> for LastWords {
    fn from(words: &LastWordsConfig) -> Self {
        let text = |written: &Option<Spanned<String>>| written.as_ref().map(|text| text.get_ref().trim().to_owned());
        Self { message: text(&words.message), transfer: text(&words.transfer) }
    }
}

impl From<&ReservationsConfig> for Rules {
    fn from(config: &ReservationsConfig) -> Self {
        Self {
            timezone: TimeZone::get(&config.timezone).unwrap_or(TimeZone::UTC),
            opens: config.opens,
            closes: config.closes,
            last_minutes: config.last_minutes,
            seats: config.seats,
            largest_party: config.largest_party,
            sitting_minutes: config.sitting_minutes,
            days_ahead: config.days_ahead,
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
            live_calls: limits.live_calls,
            live_idle: Duration::from_secs(limits.live_seconds),
            ..Self::default()
        }
    }
}

impl From<&Config> for Keep {
    fn from(config: &Config) -> Self {
        let hours = |hours: u64| Duration::from_secs(hours.saturating_mul(3_600));
        Self {
            open: hours(config.store.keep_open_hours),
            ended: hours(config.store.keep_ended_hours),
            entries: config.limits.journal_entries,
            bytes: config.limits.journal_kib.saturating_mul(1_024),
            look: Duration::from_secs(config.limits.idle_minutes.saturating_mul(60)),
            calls: config.most_calls(),
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
            // What stands there may be the token, or the store's password, even where its key is misspelt.
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

    /// An error at a value of the file.
    pub fn wrong<T>(&self, at: &Spanned<T>, message: impl Into<String>, help: impl Into<String>) -> ConfigError {
        let span = at.span();
        let finding = Diagnostic::error("config", &self.origin.file, message);
        let finding = if span.is_empty() { finding } else { finding.at(&self.origin.text, span.start, span.end) };
        ConfigError(Box::new(finding.help(help)))
    }

    /// How many calls of an application there may be at a time, by its name; none for those without limit.
    pub fn most_calls(&self) -> HashMap<String, usize> {
        let limited = self.app.iter().filter(|app| app.max_calls > 0);
        limited.map(|app| (app.name.get_ref().clone(), app.max_calls)).collect()
    }

    /// Whether webhooks must be signed.
    pub fn signed(&self) -> bool {
        self.twilio.validate_signatures && self.twilio.auth_token.is_some()
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

/// Whether a place of a configuration may hold a token or the password of the store: it is in a table that has such a
/// thing, or its line speaks of it.
fn is_confidential(text: &str, offset: usize) -> bool {
    let (before, after) = text.split_at_checked(offset).unwrap_or((text, ""));
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or(after);
    let table = before.lines().rev().map(str::trim).find(|line| line.starts_with('['));
    let speaks = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    speaks(line, &["token", "twilio", "admin", "store", "redis", "key"])
        || table.is_some_and(|table| speaks(table, &["twilio", "admin", "store", "model"]))
}

fn default_language() -> Spanned<String> {
    Spanned::new(0..0, "en-US".to_owned())
}

fn without_model() -> Spanned<bool> {
    Spanned::new(0..0, false)
}

fn default_timezone() -> Spanned<String> {
    Spanned::new(0..0, "UTC".to_owned())
}

#[cfg(test)]
mod tests;
