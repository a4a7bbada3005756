//! What the types of a configuration cannot say.

use super::{AppConfig, Config, ConfigError, normal_number};
use crate::channel::twilio;
use crate::dialogue::Diagnostic;
use crate::server::token;
use std::collections::HashSet;
use toml::Spanned;
use url::{Host, Url};

/// Fewer characters can be guessed.
const SHORTEST_TOKEN: usize = 16;
/// More worker threads than any machine has use for.
const MOST_WORKERS: usize = 1_024;
/// What one Say of Twilio takes.
const LONGEST_MESSAGE: usize = 3_000;
/// Milliseconds a caller may wait for a model: the webhook must be answered, too.
const LONGEST_DEADLINE: u64 = 5_000;
/// More often Twilio repeats nothing.
const MOST_RETRIES: u8 = 5;

/// Longer than any journal is worth keeping: a year.
const MOST_HOURS: u64 = 8_760;

impl Config {
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
            self.check_last_words(app)?;
            self.check_backoffice_of(app)?;
        }
        self.check_reservations()?;
        self.check_transfers()?;
        self.check_public_url()?;
        self.check_api_url()?;
        self.check_model()?;
        self.check_limits()?;
        self.check_retries()?;
        self.check_token()?;
        self.check_admin()?;
        self.check_exposure()
    }

    /// An error at a key of a table there is only one of.
    pub(in crate::server) fn wrong_key(
        &self,
        table: &str,
        key: &str,
        message: impl Into<String>,
        help: &str,
    ) -> ConfigError {
        let place = place_of(&self.origin.text, table, key).unwrap_or(0..0);
        let mut error = self.wrong(&Spanned::new(place, ()), message, help);
        if matches!(table, "twilio" | "admin" | "store" | "model") {
            error.0.source_line = None;
        }
        error
    }

    /// A pattern that can match nothing is a mistake that would be noticed by a caller only.
    fn check_transfers(&self) -> Result<(), ConfigError> {
        for pattern in self.app.iter().flat_map(|app| app.allow_transfers.iter().flatten()) {
            let written = pattern.get_ref().trim().to_ascii_lowercase();
            let number = written.strip_prefix("tel:").unwrap_or(&written);
            if !(number.starts_with(['+', '*']) || ["sip:", "sips:"].iter().any(|scheme| written.starts_with(scheme))) {
                let text = format!("`{}` matches no destination", pattern.get_ref());
                let help = "write it like `+1555*`, with the country code, or `sip:*@pbx.example.com`";
                return Err(self.wrong(pattern, text, help));
            }
        }
        Ok(())
    }

    fn check_limits(&self) -> Result<(), ConfigError> {
        let limits = &self.limits;
        let all = [
            ("script_ms", limits.script_ms == 0),
            ("script_heap_mib", limits.script_heap_mib == 0),
            ("max_transitions", limits.max_transitions == 0),
            ("idle_minutes", limits.idle_minutes == 0),
            ("fetch_kib", limits.fetch_kib == 0),
            ("live_calls", limits.live_calls == 0),
            ("journal_entries", limits.journal_entries == 0),
            ("journal_kib", limits.journal_kib == 0),
        ];
        if let Some((key, _)) = all.iter().find(|(_, is_zero)| *is_zero) {
            let help = "write at least 1, or leave it out";
            return Err(self.wrong_key("limits", key, format!("with limits.{key} = 0 no call could run"), help));
        }
        for (key, hours) in
            [("keep_open_hours", self.store.keep_open_hours), ("keep_ended_hours", self.store.keep_ended_hours)]
        {
            if hours == 0 || hours > MOST_HOURS {
                let text = format!("store.{key} is {hours}, not 1 to {MOST_HOURS}");
                return Err(self.wrong_key(
                    "store",
                    key,
                    text,
                    "a day (24) is usual; no journal is kept longer than a year",
                ));
            }
        }
        if self.server.workers > MOST_WORKERS {
            let text = format!("server.workers is {}, more than {MOST_WORKERS}", self.server.workers);
            return Err(self.wrong_key("server", "workers", text, "0 takes as many as there are cores"));
        }
        let server = [
            ("connections", self.server.connections == 0),
            ("keep_alive_seconds", self.server.keep_alive_seconds == 0),
        ];
        if let Some((key, _)) = server.iter().find(|(_, is_zero)| *is_zero) {
            let help = "write at least 1, or leave it out";
            return Err(self.wrong_key("server", key, format!("with server.{key} = 0 nobody could connect"), help));
        }
        Ok(())
    }

    fn check_last_words(&self, app: &AppConfig) -> Result<(), ConfigError> {
        for (table, words) in [("fallback", &app.fallback), ("busy", &app.busy)] {
            let Some(words) = words else { continue };
            if let Some(message) = &words.message {
                let length = message.get_ref().trim().chars().count();
                if length == 0 || length > LONGEST_MESSAGE {
                    let text = format!("the message of app.{table} has {length} characters");
                    let help = format!("write 1 to {LONGEST_MESSAGE}, or leave it out for the usual words");
                    return Err(self.wrong(message, text, help));
                }
            }
            if let Some(transfer) = words.transfer.as_ref().filter(|number| !twilio::can_dial(number.get_ref())) {
                let text = format!("`{}` cannot be dialled", transfer.get_ref());
                return Err(self.wrong(transfer, text, "write it like `+15550109999` or `sip:agents@example.com`"));
            }
        }
        Ok(())
    }

    /// Documents name the back office by a host; it has no paths of its own.
    fn check_backoffice_of(&self, app: &AppConfig) -> Result<(), ConfigError> {
        let Some(written) = &app.backoffice else { return Ok(()) };
        let url = written.get_ref();
        let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if matches!(url.scheme(), "http" | "https") && plain && url.authority() == bare_authority(url) {
            return Ok(());
        }
        let help = "write it like http://reservations.internal, as the documents have it";
        Err(self.wrong(written, format!("`{url}` is not the http or https URL of a host and nothing else"), help))
    }

    fn check_reservations(&self) -> Result<(), ConfigError> {
        const TABLE: &str = "backoffice.reservations";
        let rules = &self.backoffice.reservations;
        if jiff::tz::TimeZone::get(&rules.timezone).is_err() {
            let text = format!("`{}` is no time zone", rules.timezone);
            return Err(self.wrong_key(
                TABLE,
                "timezone",
                text,
                "write an IANA name such as `America/New_York` or `UTC`",
            ));
        }
        if rules.opens >= rules.closes {
            let text = format!("it closes at {}, not after it opens at {}", rules.closes, rules.opens);
            return Err(self.wrong_key(TABLE, "closes", text, "both are of the same day: write it like `22:00`"));
        }
        let numbers = [
            ("seats", u64::from(rules.seats), 1, 100_000),
            ("largest_party", u64::from(rules.largest_party), 1, 100_000),
            ("sitting_minutes", u64::from(rules.sitting_minutes), 1, 1_440),
            ("last_minutes", u64::from(rules.last_minutes), 0, 1_440),
            ("days_ahead", u64::from(rules.days_ahead), 0, 3_650),
        ];
        match numbers.iter().find(|(_, number, least, most)| !(least..=most).contains(&number)) {
            Some((key, number, least, most)) => {
                let text = format!("backoffice.reservations.{key} is {number}, not {least} to {most}");
                Err(self.wrong_key(TABLE, key, text, "leave it out for what is usual"))
            }
            None => Ok(()),
        }
    }

    fn check_retries(&self) -> Result<(), ConfigError> {
        let retries = self.twilio.retries;
        if retries <= MOST_RETRIES {
            return Ok(());
        }
        let text = format!("twilio.retries is {retries}, and Twilio repeats a request {MOST_RETRIES} times at most");
        Err(self.wrong_key("twilio", "retries", text, "write 0 to 5; 0 leaves it to the number's own settings"))
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

    /// What opens the admin API must not be guessed, and is verified at the cost its hash says.
    fn check_admin(&self) -> Result<(), ConfigError> {
        if let Some(token) = &self.admin.token
            && token.trim().chars().count() < SHORTEST_TOKEN
        {
            let text = format!("VOXBRIDGE_ADMIN_TOKEN has fewer than {SHORTEST_TOKEN} characters");
            let finding = Diagnostic::error("config", "environment", text);
            return Err(ConfigError(Box::new(finding.help("`voxbridge admin-token` makes one that nobody guesses"))));
        }
        let Some(hash) = &self.admin.token_hash else { return Ok(()) };
        token::check_hash(hash).map_err(|why| {
            let help = "write the line that `voxbridge admin-token` prints, or set VOXBRIDGE_ADMIN_TOKEN";
            self.wrong_key("admin", "token_hash", format!("admin.token_hash {why}"), help)
        })
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
        if url.has_host() && (url.scheme() == "https" || (url.scheme() == "http" && is_local(url))) {
            return Ok(());
        }
        let help = "write it like https://api.twilio.com, or leave it out";
        Err(self.wrong_key("twilio", "api_url", "twilio.api_url is not the https URL of a host", help))
    }

    fn check_model(&self) -> Result<(), ConfigError> {
        let model = &self.model;
        let wrong = |key: &str, text: String, help: &str| Err(self.wrong_key("model", key, text, help));
        let Some(url) = &model.base_url else {
            return match self.app.iter().find(|app| *app.model.get_ref()) {
                Some(app) => {
                    let text = format!("`{}` is to ask a model, and there is none", app.name.get_ref());
                    Err(self.wrong(&app.model, text, "write a [model] table with `base_url` and `name`"))
                }
                None => Ok(()),
            };
        };
        let is_bare = url.has_host() && url.query().is_none() && url.authority() == bare_authority(url);
        if !matches!(url.scheme(), "http" | "https") || !is_bare {
            let text = "model.base_url is not the http or https URL of a host and a path".to_owned();
            return wrong(
                "base_url",
                text,
                "write it like https://api.openai.com/v1; the key comes from the environment",
            );
        }
        if url.scheme() == "http" && model.key.is_some() && !is_local(url) && !is_private(url) {
            let text = "model.base_url would carry the key in the open".to_owned();
            return wrong("base_url", text, "write it with https, or leave the key out");
        }
        if model.name.as_ref().is_none_or(|name| name.trim().is_empty()) {
            return wrong(
                "name",
                "model.name is missing".to_owned(),
                "write the model's name as the endpoint knows it",
            );
        }
        if model.deadline_ms == 0 || model.deadline_ms > LONGEST_DEADLINE {
            let text = format!("model.deadline_ms is {}, not 1 to {LONGEST_DEADLINE}", model.deadline_ms);
            return wrong("deadline_ms", text, "1500 is usual; callers hear nothing meanwhile");
        }
        if model.concurrency == 0 {
            return wrong("concurrency", "with model.concurrency = 0 nobody could ask".to_owned(), "write at least 1");
        }
        Ok(())
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

/// Whether a URL leads to this machine.
fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Whether a URL leads, by its address or a name without dots, into a network of one's own.
fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_private(),
        Some(Host::Ipv6(ip)) => ip.is_unique_local(),
        Some(Host::Domain(name)) => !name.contains('.'),
        None => false,
    }
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
