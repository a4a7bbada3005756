//! Twilio's connection overrides: what the fragment of a webhook URL says about repeating a request.

use super::phone::{Fault, Received};

/// When a request is repeated, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Overrides {
    /// So often at most.
    pub(super) retries: u32,
    connect: bool,
    read: bool,
    status_4xx: bool,
    status_5xx: bool,
}

/// A URL as it is sent and signed, and what its fragment says. Without one a request is repeated once, if no connection
/// could be made.
pub(super) fn split(url: &str) -> (&str, Overrides) {
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    let value = |name: &str| fragment.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
    let retries = value("rc").and_then(|(_, count)| count.parse().ok()).unwrap_or(1).min(5);
    let what: Vec<&str> = value("rp").map_or_else(|| vec!["ct"], |(_, what)| what.split(',').collect());
    let covers = |name| what.contains(&name) || what.contains(&"all");
    let overrides = Overrides {
        retries,
        connect: covers("ct"),
        read: covers("rt"),
        status_4xx: covers("4xx"),
        status_5xx: covers("5xx"),
    };
    (url, overrides)
}

impl Overrides {
    /// Whether what came of a request makes Twilio repeat it.
    pub(super) fn covers(&self, came: &Result<Received, Fault>) -> bool {
        match came {
            Ok(received) => match received.status {
                400..=499 => self.status_4xx,
                500..=599 => self.status_5xx,
                _ => false,
            },
            Err(Fault::Http(error)) if error.is_connect() => self.connect,
            Err(Fault::Http(_)) => self.read,
            Err(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16) -> Result<Received, Fault> {
        Ok(Received { status, content_type: String::new(), body: String::new() })
    }

    #[test]
    fn the_fragment_says_what_is_repeated_and_how_often() {
        let (url, all) = split("http://h/t/1?waited=1#rc=3&rp=all");
        assert_eq!((url, all.retries), ("http://h/t/1?waited=1", 3));
        assert!(all.covers(&status(503)) && all.covers(&status(404)) && !all.covers(&status(200)));
        let (_, some) = split("http://h/#rp=5xx,ct&rc=9");
        assert_eq!(some.retries, 5, "Twilio's most");
        assert!(some.covers(&status(500)) && !some.covers(&status(404)));
        let (_, none) = split("http://h/");
        assert!(none.retries == 1 && !none.covers(&status(500)));
    }
}
