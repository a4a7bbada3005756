use super::addresses::Addresses;
use std::path::{Path, PathBuf};
use url::{Host, Url};

/// What an application's documents may reach: its own folder, the host they come from, and the hosts it lists, as far as
/// those lie at public or listed addresses.
#[derive(Debug, Clone, Default)]
pub struct Access {
    folder: Option<PathBuf>,
    hosts: Vec<HostRule>,
    pub(super) addresses: Addresses,
}

/// Why an application's rights or its HTTP client cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The application's folder does not exist or cannot be read.
    #[error("the folder {folder} cannot be read: {error}", folder = folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// An entry of `allow_hosts` is no host.
    #[error("`{0}` is not a host: write `api.example.com`, `api.example.com:8443` or `*.example.com`")]
    Host(String),
    /// An entry of `allow_addresses` is no address.
    #[error("`{0}` is neither an address nor a network: write `10.0.0.7`, `10.0.0.0/8` or `fd00::/8`")]
    Address(String),
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct HostRule {
    host: String,
    port: Option<u16>,
    /// `*.host`: any host below it, not itself.
    below: bool,
}

impl Access {
    /// The rights of an application that starts at `start`: that URL's own host, the hosts of `allow_hosts`
    /// (`api.example.com`, with a port, or `*.example.com`), and files inside `folder`. A host that is written as an address
    /// may be connected to there, whether it is public or not; `localhost` is this machine.
    ///
    /// # Errors
    /// If the folder does not exist or an entry is no host.
    pub fn new(start: &Url, folder: Option<&Path>, allow_hosts: &[String]) -> Result<Self, AccessError> {
        let folder = match folder {
            Some(folder) => Some(
                folder.canonicalize().map_err(|error| AccessError::Folder { folder: folder.to_path_buf(), error })?,
            ),
            None => None,
        };
        let mut hosts = allow_hosts.iter().map(|rule| HostRule::parse(rule)).collect::<Result<Vec<_>, _>>()?;
        if let (true, Some(host)) = (matches!(start.scheme(), "http" | "https"), start.host_str()) {
            hosts.push(HostRule { host: host.to_owned(), port: None, below: false });
        }
        let mut addresses = Addresses::default();
        for rule in hosts.iter().filter(|rule| !rule.below) {
            if let Ok(url) = Url::parse(&format!("http://{}/", rule.host)) {
                url.host().iter().for_each(|host| addresses.list_host(host));
            }
        }
        Ok(Self { folder, hosts, addresses })
    }

    /// The same, and hosts may lie at these addresses and in these networks (`10.0.0.7`, `10.0.0.0/8`), though they are not
    /// public.
    ///
    /// # Errors
    /// If one is neither an address nor a network.
    pub fn with_addresses(mut self, written: &[String]) -> Result<Self, AccessError> {
        for one in written {
            self.addresses.list(one).ok_or_else(|| AccessError::Address(one.clone()))?;
        }
        Ok(self)
    }

    /// The application's folder, canonical.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Whether an `http:` or `https:` URL may be asked.
    pub fn allows(&self, url: &Url) -> bool {
        matches!(url.scheme(), "http" | "https") && self.hosts.iter().any(|rule| rule.matches(url))
    }

    /// Why a URL may not be asked, for the application's log; `None` if it may, as far as the URL itself tells.
    pub(super) fn refusal(&self, url: &Url) -> Option<String> {
        let host = url.host_str().unwrap_or_default();
        if !self.allows(url) {
            return Some(format!("{host} is not among the hosts this application may ask (allow_hosts)"));
        }
        self.addresses
            .refuse_literal(url)
            .then(|| format!("{host} is not public and not among the addresses of this application (allow_addresses)"))
    }

    /// The real place of a file of the application's folder: `None` if there is no such file, or if it lies elsewhere,
    /// be it by `..` or by a symbolic link.
    pub async fn locate(&self, path: &Path) -> Option<PathBuf> {
        let folder = self.folder.as_deref()?;
        let real = tokio::fs::canonicalize(folder.join(path)).await.ok()?;
        real.starts_with(folder).then_some(real)
    }
}

impl HostRule {
    fn parse(rule: &str) -> Result<Self, AccessError> {
        let wrong = || AccessError::Host(rule.to_owned());
        let (below, rest) = match rule.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, rule),
        };
        let url = Url::parse(&format!("http://{rest}/")).map_err(|_| wrong())?;
        let plain = url.path() == "/" && url.query().is_none() && url.username().is_empty() && !rest.ends_with('/');
        let host = url.host_str().filter(|_| plain && !rest.contains(['*', '?', '#'])).ok_or_else(wrong)?;
        if below && !matches!(url.host(), Some(Host::Domain(_))) {
            return Err(wrong());
        }
        // `url` drops the scheme's default port, so `:80` is read from the text.
        let port = url.port().or_else(|| rest.ends_with(":80").then_some(80));
        Ok(Self { host: host.to_owned(), port, below })
    }

    fn matches(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let named = if self.below {
            host.strip_suffix(&self.host).is_some_and(|front| front.ends_with('.'))
        } else {
            host == self.host
        };
        named && self.port.is_none_or(|port| url.port_or_known_default() == Some(port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(start: &str, hosts: &[&str]) -> Access {
        let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
        Access::new(&Url::parse(start).unwrap(), None, &hosts).unwrap()
    }

    fn allows(access: &Access, url: &str) -> bool {
        access.allows(&Url::parse(url).unwrap())
    }

    #[test]
    fn the_start_host_is_always_allowed_and_no_other() {
        let access = access("https://ivr.example.com/main.vxml", &[]);
        assert!(allows(&access, "https://ivr.example.com/other"));
        assert!(allows(&access, "http://IVR.example.com:8080/other"));
        assert!(!allows(&access, "https://example.com/"));
        assert!(!allows(&access, "https://ivr.example.com.evil.org/"));
        assert!(!allows(&access, "file:///etc/passwd"));
    }

    #[test]
    fn listed_hosts_are_allowed_with_port_or_by_their_domain() {
        let access = access("file:///app/main.vxml", &["api.example.com:8443", "*.bank.example", "127.0.0.1:80"]);
        assert!(allows(&access, "https://api.example.com:8443/x"));
        assert!(!allows(&access, "https://api.example.com/x"));
        assert!(allows(&access, "https://a.b.bank.example/x"));
        assert!(!allows(&access, "https://bank.example/x"));
        assert!(!allows(&access, "https://evilbank.example/x"));
        assert!(allows(&access, "http://127.0.0.1/x"));
        assert!(!allows(&access, "http://127.0.0.1:6379/x"));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for wrong in ["", "https://example.com", "example.com/path", "*", "user@example.com", "*.127.0.0.1"] {
            assert!(HostRule::parse(wrong).is_err(), "{wrong}");
        }
    }
}
