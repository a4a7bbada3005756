//! Where a Redis is, by its URL:
//! `redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]`, `redis-cluster://HOST[:PORT],HOST[:PORT]…`,
//! `redis-sentinel://HOST[:PORT],…/MASTER[/DB]`; `rediss…` over TLS; options as a query.

use super::super::StoreError;
use crate::dialogue::Secret;
use std::time::Duration;
use url::form_urlencoded;

/// Where Redis listens if a URL does not say.
const PORT: u16 = 6_379;
/// The same of a Sentinel.
const SENTINEL_PORT: u16 = 26_379;
/// How long a connection, and how long an answer may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// How the servers stand to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// One server.
    One,
    /// A cluster, of which these are some nodes.
    Cluster,
    /// These are sentinels, which know where the master of that name is.
    Sentinel {
        /// The master's name.
        master: String,
    },
}

/// What a URL says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) kind: Kind,
    pub(super) tls: bool,
    pub(super) hosts: Vec<(String, u16)>,
    pub(super) login: Login,
    /// What is said to the sentinels.
    pub(super) sentinel_login: Login,
    pub(super) db: i64,
    /// How keys begin.
    pub(super) prefix: String,
    /// How long a connection, and how long an answer may take.
    pub(super) patience: Duration,
}

/// User and password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) username: Option<String>,
    pub(super) password: Option<Secret<String>>,
}

impl Address {
    /// Whether a URL is one of a Redis.
    pub(super) fn is_one(scheme: &str) -> bool {
        kind_of(scheme).is_some()
    }

    /// Reads a URL. What is wrong is said without quoting it: it may hold a password.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong("it lacks `://`"))?;
        let (mut kind, tls) = kind_of(scheme).ok_or_else(|| wrong("its scheme is unknown"))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        // A password may hold a slash; hosts do not.
        let (login, places) = rest.rsplit_once('@').map_or((None, rest), |(login, places)| (Some(login), places));
        let (hosts, path) = places.split_once('/').unwrap_or((places, ""));
        let port = if matches!(kind, Kind::Sentinel { .. }) { SENTINEL_PORT } else { PORT };
        let hosts = hosts.split(',').map(|host| host_and_port(host, port)).collect::<Result<Vec<_>, _>>()?;
        if hosts.len() > 1 && kind == Kind::One {
            return Err(wrong("several hosts are for redis-cluster:// and redis-sentinel://"));
        }
        let db = match &mut kind {
            Kind::Sentinel { master } => {
                let (name, db) = path.split_once('/').unwrap_or((path, ""));
                *master = decoded(name);
                if master.is_empty() {
                    return Err(wrong("after the sentinels it lacks the master's name (…/mymaster)"));
                }
                db
            }
            Kind::Cluster if !path.is_empty() => return Err(wrong("a cluster has no numbered databases")),
            Kind::One | Kind::Cluster => path,
        };
        let db = if db.is_empty() { 0 } else { db.parse().map_err(|_| wrong("its database is no number"))? };
        let login = login.map(login_of).unwrap_or_default();
        let prefix = "voxbridge".to_owned();
        let mut address =
            Self { kind, tls, hosts, login, sentinel_login: Login::default(), db, prefix, patience: PATIENCE };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            address.set(&name, value.into_owned())?;
        }
        Ok(address)
    }

    fn set(&mut self, name: &str, value: String) -> Result<(), StoreError> {
        match name {
            "prefix" if !value.is_empty() && !value.contains(['{', '}']) => self.prefix = value,
            "prefix" => return Err(wrong("its prefix is empty or has braces")),
            "timeout_ms" => {
                let millis = value.parse().ok().filter(|millis| (1..=60_000).contains(millis));
                self.patience = Duration::from_millis(millis.ok_or_else(|| wrong("timeout_ms is not 1 to 60000"))?);
            }
            "sentinel_username" => self.sentinel_login.username = Some(value),
            "sentinel_password" => self.sentinel_login.password = Some(Secret(value)),
            _ => {
                let known = "prefix, timeout_ms, sentinel_username and sentinel_password";
                return Err(wrong(&format!("it has an unknown option; known are {known}")));
            }
        }
        Ok(())
    }

    /// The hosts, for messages.
    pub(super) fn shown(&self) -> String {
        let hosts: Vec<String> = self.hosts.iter().map(|(host, port)| format!("{host}:{port}")).collect();
        hosts.join(", ")
    }
}

fn kind_of(scheme: &str) -> Option<(Kind, bool)> {
    let one = (Kind::One, Kind::Cluster, Kind::Sentinel { master: String::new() });
    Some(match scheme {
        "redis" => (one.0, false),
        "rediss" => (one.0, true),
        "redis-cluster" => (one.1, false),
        "rediss-cluster" => (one.1, true),
        "redis-sentinel" => (one.2, false),
        "rediss-sentinel" => (one.2, true),
        _ => return None,
    })
}

fn host_and_port(text: &str, port: u16) -> Result<(String, u16), StoreError> {
    let (host, written) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':').unwrap_or(rest)),
        None => text.split_once(':').unwrap_or((text, "")),
    };
    if host.is_empty() {
        return Err(wrong("it lacks a host"));
    }
    let port =
        if written.is_empty() { port } else { written.parse().map_err(|_| wrong("a port is no port number"))? };
    Ok((host.to_owned(), port))
}

fn login_of(text: &str) -> Login {
    let (username, password) = text.split_once(':').unwrap_or((text, ""));
    let some = |text: &str| Some(decoded(text)).filter(|text| !text.is_empty());
    Login { username: some(username), password: some(password).map(Secret) }
}

/// Without `%xx`.
fn decoded(text: &str) -> String {
    let query = text.replace('+', "%2B").replace('&', "%26");
    form_urlencoded::parse(format!("x={query}").as_bytes()).map(|(_, value)| value.into_owned()).collect()
}

fn wrong(what: &str) -> StoreError {
    StoreError::Broken(format!("the URL of the store is wrong: {what}; see docs/howto-choose-a-store.md"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Address {
        Address::parse(url).unwrap()
    }

    #[test]
    fn a_url_names_one_server_a_cluster_or_sentinels() {
        let one = parse("redis://example.com");
        assert_eq!((one.kind, one.tls, one.db, one.prefix.as_str()), (Kind::One, false, 0, "voxbridge"));
        assert_eq!(one.hosts, [("example.com".to_owned(), 6_379)]);
        let one = parse("rediss://me:p%40ss%2F+w/rd@[::1]:7000/3?prefix=ivr&timeout_ms=250");
        assert_eq!((one.tls, one.db, one.prefix.as_str(), one.patience.as_millis()), (true, 3, "ivr", 250));
        assert_eq!(one.hosts, [("::1".to_owned(), 7_000)]);
        assert_eq!((one.login.username.as_deref(), one.login.password.unwrap().0.as_str()), (Some("me"), "p@ss/+w/rd"));
        let cluster = parse("redis-cluster://:secret@a:1,b,c:3");
        assert_eq!((cluster.kind, cluster.hosts.len(), cluster.login.username), (Kind::Cluster, 3, None));
        let sentinel = parse("rediss-sentinel://a,b:2/main/4?sentinel_password=x");
        assert_eq!(sentinel.kind, Kind::Sentinel { master: "main".into() });
        assert_eq!((sentinel.db, sentinel.hosts[0].1, sentinel.hosts[1].1), (4, 26_379, 2));
        assert_eq!(sentinel.sentinel_login.password.unwrap().0, "x");
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        for url in [
            "redis:s3cr3t",
            "redis://:s3cr3t@",
            "redis://:s3cr3t@a:port",
            "redis://a:s3cr3t",
            "redis://:s3cr3t@a,b",
            "redis://:s3cr3t@a/x",
            "redis-cluster://:s3cr3t@a/1",
            "redis-sentinel://:s3cr3t@a",
            "redis://a?password=s3cr3t",
            "redis://a?prefix={s3cr3t}",
            "redis://a?timeout_ms=s3cr3t",
            "http://:s3cr3t@a",
        ] {
            let error = Address::parse(url).unwrap_err().to_string();
            assert!(!error.contains("s3cr3t") && error.contains("URL of the store"), "{error}");
        }
        assert!(!format!("{:?}", parse("redis://:s3cr3t@a?sentinel_password=s3cr3t")).contains("s3cr3t"));
    }
}
