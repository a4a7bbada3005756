use super::config::{Config, normal_number};
use super::repeats::Repeats;
use crate::calls::{App, Host};
use crate::channel::twilio::signature::Verifier;
use axum::http::{HeaderMap, header};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What all routes share.
pub struct Site {
    /// Runs the calls.
    pub host: Host,
    /// The applications in the order of the configuration.
    pub apps: Vec<Arc<App>>,
    numbers: HashMap<String, String>,
    public_url: Option<String>,
    account_sid: Option<String>,
    verifier: Option<Verifier>,
    retries: u8,
    repeats: Repeats,
    /// Whether `X-Forwarded-Proto` is believed: on a loopback address only a proxy or tunnel of this machine can send it.
    behind_local_proxy: bool,
    draining: AtomicBool,
}

impl Site {
    pub(super) fn new(config: &Config, host: Host, apps: Vec<Arc<App>>) -> Self {
        let mut numbers = HashMap::new();
        for app in &config.app {
            for number in &app.numbers {
                numbers.insert(normal_number(number.get_ref()), app.name.get_ref().clone());
            }
        }
        let token = config.twilio.auth_token.as_ref().filter(|_| config.signed());
        Self {
            host,
            apps,
            numbers,
            public_url: config.server.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned()),
            account_sid: config.twilio.account_sid.clone(),
            verifier: token.map(|token| Verifier::new(token.0.as_str())),
            retries: config.twilio.retries,
            repeats: Repeats::new(),
            behind_local_proxy: config.server.listen.ip().is_loopback(),
            draining: AtomicBool::new(false),
        }
    }

    /// The name of the application that answers a number.
    pub fn app_of_number(&self, number: &str) -> Option<&str> {
        self.numbers.get(&normal_number(number)).map(String::as_str)
    }

    /// The application of that name.
    pub fn app(&self, name: &str) -> Option<&Arc<App>> {
        self.host.app(name)
    }

    /// Checks signatures, if they are checked.
    pub(super) fn verifier(&self) -> Option<&Verifier> {
        self.verifier.as_ref()
    }

    /// How often Twilio is to repeat what was not answered.
    pub(super) fn retries(&self) -> u8 {
        self.retries
    }

    /// Whether a request with this idempotency token was here before.
    pub(super) fn is_repeated(&self, token: &str) -> bool {
        self.repeats.seen(token)
    }

    /// Whether requests of this account are served.
    pub(super) fn serves_account(&self, account: &str) -> bool {
        self.account_sid.as_deref().is_none_or(|ours| account.is_empty() || ours == account)
    }

    /// The URL our own paths are appended to, as the outside sees it: configured, or read off the request.
    pub(super) fn base_url(&self, headers: &HeaderMap) -> Option<String> {
        if let Some(url) = &self.public_url {
            return Some(url.clone());
        }
        let host = headers.get(header::HOST)?.to_str().ok()?;
        let forwarded = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
        let scheme = match forwarded.filter(|_| self.behind_local_proxy) {
            Some("https") => "https",
            _ => "http",
        };
        origin_of(scheme, host)
    }

    /// From now on `/readyz` is red.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

/// `scheme://host`, if `host` is a host with perhaps a port and nothing else.
pub fn origin_of(scheme: &str, host: &str) -> Option<String> {
    let is_plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b));
    let origin = format!("{scheme}://{host}");
    (is_plain && url::Url::parse(&origin).is_ok_and(|url| url.has_host())).then_some(origin)
}
