//! Environment variables, and `.env`, which may override keys of the configuration.

use super::config::{Config, ConfigError, ModelConfig};
use crate::dialogue::{Diagnostic, Position, Secret};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Environment variables: those of the process, then those of `.env`.
#[derive(Debug, Default)]
pub struct Environment {
    file: HashMap<String, Secret<String>>,
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
    /// Lets the environment override keys, as [`super::keys::KEYS`] says.
    ///
    /// # Errors
    /// If a variable's value does not fit its key.
    pub fn override_by(&mut self, env: &Environment) -> Result<(), ConfigError> {
        set(&mut self.server.listen, env, "VOXBRIDGE_LISTEN")?;
        set_some(&mut self.server.public_url, env, "VOXBRIDGE_PUBLIC_URL")?;
        set(&mut self.server.workers, env, "VOXBRIDGE_WORKERS")?;
        set(&mut self.server.connections, env, "VOXBRIDGE_CONNECTIONS")?;
        set(&mut self.server.keep_alive_seconds, env, "VOXBRIDGE_KEEP_ALIVE_SECONDS")?;
        set_some(&mut self.twilio.account_sid, env, "TWILIO_ACCOUNT_SID")?;
        set_some(&mut self.twilio.api_url, env, "TWILIO_API_URL")?;
        if let Some(token) = env.get("TWILIO_AUTH_TOKEN") {
            self.twilio.auth_token = Some(Secret(token));
        }
        set(&mut self.twilio.validate_signatures, env, "VOXBRIDGE_VALIDATE_SIGNATURES")?;
        set(&mut self.twilio.retries, env, "VOXBRIDGE_TWILIO_RETRIES")?;
        set(&mut self.log.sensitive, env, "VOXBRIDGE_LOG_SENSITIVE")?;
        if let Some(token) = env.get("VOXBRIDGE_ADMIN_TOKEN") {
            self.admin.token = Some(Secret(token));
        }
        self.model.override_by(env)?;
        set(&mut self.limits.calls_per_second, env, "VOXBRIDGE_CALLS_PER_SECOND")?;
        if let Some(url) = env.get("VOXBRIDGE_STORE") {
            self.store.url = Secret(url);
        }
        set(&mut self.store.keep_open_hours, env, "VOXBRIDGE_KEEP_OPEN_HOURS")?;
        set(&mut self.store.keep_ended_hours, env, "VOXBRIDGE_KEEP_ENDED_HOURS")?;
        set(&mut self.limits.script_ms, env, "VOXBRIDGE_SCRIPT_MS")?;
        set(&mut self.limits.script_heap_mib, env, "VOXBRIDGE_SCRIPT_HEAP_MIB")?;
        set(&mut self.limits.max_transitions, env, "VOXBRIDGE_MAX_TRANSITIONS")?;
        set(&mut self.limits.idle_minutes, env, "VOXBRIDGE_IDLE_MINUTES")?;
        set(&mut self.limits.live_calls, env, "VOXBRIDGE_LIVE_CALLS")?;
        set(&mut self.limits.live_seconds, env, "VOXBRIDGE_LIVE_SECONDS")?;
        set(&mut self.limits.fetch_kib, env, "VOXBRIDGE_FETCH_KIB")?;
        set(&mut self.limits.journal_entries, env, "VOXBRIDGE_JOURNAL_ENTRIES")?;
        set(&mut self.limits.journal_kib, env, "VOXBRIDGE_JOURNAL_KIB")
    }
}

impl ModelConfig {
    fn override_by(&mut self, env: &Environment) -> Result<(), ConfigError> {
        set_some(&mut self.base_url, env, "VOXBRIDGE_MODEL_URL")?;
        set_some(&mut self.name, env, "VOXBRIDGE_MODEL")?;
        set_some(&mut self.api_version, env, "VOXBRIDGE_MODEL_API_VERSION")?;
        set_some(&mut self.reasoning_effort, env, "VOXBRIDGE_MODEL_EFFORT")?;
        set(&mut self.deadline_ms, env, "VOXBRIDGE_MODEL_DEADLINE_MS")?;
        set(&mut self.concurrency, env, "VOXBRIDGE_MODEL_CONCURRENCY")?;
        set(&mut self.cached_answers, env, "VOXBRIDGE_MODEL_CACHED_ANSWERS")?;
        set(&mut self.requests_per_call, env, "VOXBRIDGE_MODEL_REQUESTS_PER_CALL")?;
        set(&mut self.tokens_per_call, env, "VOXBRIDGE_MODEL_TOKENS_PER_CALL")?;
        set(&mut self.requests_per_hour, env, "VOXBRIDGE_MODEL_REQUESTS_PER_HOUR")?;
        set(&mut self.tokens_per_hour, env, "VOXBRIDGE_MODEL_TOKENS_PER_HOUR")?;
        if let Some(key) = env.get(&self.key_variable) {
            self.key = Some(Secret(key));
        }
        Ok(())
    }
}

/// The variables of a `.env` file. Its text appears in no error: it holds secrets.
fn read_env(place: &Path) -> Result<HashMap<String, Secret<String>>, ConfigError> {
    let file = place.display().to_string();
    let wrong = |message: String| {
        let finding = Diagnostic::error("config", &file, message);
        finding.help("write NAME=value, a line each; what has blanks or `#` stands in quotes")
    };
    let text = std::fs::read_to_string(place)
        .map_err(|error| ConfigError(Box::new(wrong(format!("cannot be read: {error}")))))?;
    let text = text.trim_start_matches('\u{feff}');
    let read = |line: dotenvy::Result<(String, String)>| match line {
        Ok((name, value)) => Ok((name, Secret(value))),
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
                "public_url" | "api_url" | "base_url" => "https://a.example/",
                "validate_signatures" => "false",
                "sensitive" => "true",
                "token_hash" => "a token of the environment",
                _ => "7",
            };
            before.override_by(&Environment::of(&[(name, value)])).unwrap();
            assert_ne!(before, after, "{name}");
        }
    }

    #[test]
    fn a_line_of_the_env_file_that_is_no_variable_is_said_without_what_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join(".env"),
            "\u{feff}# comment\r\nexport TWILIO_AUTH_TOKEN='s3 cr3t'\r\nVOXBRIDGE_WORKERS=3\r\n",
        )
        .unwrap();
        let env = Environment::read(folder.path()).unwrap();
        assert_eq!(env.get("TWILIO_AUTH_TOKEN").as_deref(), Some("s3 cr3t"));
        assert_eq!(env.get("VOXBRIDGE_WORKERS").as_deref(), Some("3"));
        for wrong in ["TWILIO_AUTH_TOKEN='s3cr3t", "TWILIO_AUTH_TOKEN: s3cr3t", "A=s3cr3t b"] {
            std::fs::write(folder.path().join(".env"), format!("# comment\n{wrong}\n")).unwrap();
            let error = Environment::read(folder.path()).unwrap_err();
            assert!(error.to_string().contains(".env:2:1:") && !format!("{error:?}").contains("s3cr3t"), "{error:?}");
        }
        std::fs::remove_file(folder.path().join(".env")).unwrap();
        std::fs::create_dir(folder.path().join(".env")).unwrap();
        Environment::read(folder.path()).unwrap();
    }
}
