use super::config::{Config, normal_number};
use super::health::Pulse;
use super::metrics::Metrics;
use super::repeats::Repeats;
use super::token::Gate;
use crate::backoffice::Backoffice;
use crate::calls::{App, Host};
use crate::channel::twilio::signature::Verifier;
use axum::http::{HeaderMap, header};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

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
    begun: Instant,
    metrics: Metrics,
    pulse: Pulse,
    gate: Option<Gate>,
    backoffice: Option<Arc<Backoffice>>,
    /// New calls a second; `None`: any number.
    new_calls: Option<DefaultDirectRateLimiter>,
    most_calls: HashMap<String, usize>,
    most_connections: u32,
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
            begun: Instant::now(),
            metrics: Metrics::default(),
            pulse: Pulse::default(),
            gate: Gate::new(&config.admin),
            backoffice: None,
            new_calls: NonZeroU32::new(config.limits.calls_per_second)
                .map(|n| RateLimiter::direct(Quota::per_second(n))),
            most_calls: config.most_calls(),
            most_connections: config.server.connections,
        }
    }

    /// The same with a back office, for those who may ask it.
    pub(super) fn with_backoffice(self, office: Arc<Backoffice>) -> Self {
        Self { backoffice: Some(office), ..self }
    }

    /// What is kept for the applications.
    pub(super) fn backoffice(&self) -> Option<&Arc<Backoffice>> {
        self.backoffice.as_ref()
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

    /// Whether one more new call may begin now.
    pub(super) fn takes_new_call(&self) -> bool {
        self.new_calls.as_ref().is_none_or(|limiter| limiter.check().is_ok())
    }

    /// How many calls of an application there may be at a time; `None`: any number.
    pub(super) fn most_calls(&self, app: &str) -> Option<usize> {
        self.most_calls.get(app).copied()
    }

    /// How many connections there may be at a time.
    pub(super) fn most_connections(&self) -> u32 {
        self.most_connections
    }

    /// Lets in who has the admin token; `None` if there is none, and so no admin API.
    pub(super) fn gate(&self) -> Option<&Gate> {
        self.gate.as_ref()
    }

    /// What is counted.
    pub(super) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Whether the store answers, as it was last asked.
    pub(super) fn pulse(&self) -> &Pulse {
        &self.pulse
    }

    /// What kind of store holds the journals.
    pub(super) fn store_kind(&self) -> &'static str {
        self.host.store().kind()
    }

    /// Since when it serves.
    pub(super) fn uptime(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Whether only this machine's own programs can ask, and signatures stop nobody: then the applications are no secret.
    pub(super) fn is_open(&self) -> bool {
        self.behind_local_proxy && self.verifier.is_none()
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
