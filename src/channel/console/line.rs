use crate::dialogue::{Happening, Millis, parse_time};
use std::fmt;

/// How long a conversation or a recording is that says nothing of it.
pub(super) const LASTS: Millis = 5_000;

/// What a caller says into a recording: `3s`, `3s key 5`, `3s hangup`; `0s` is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// How long.
    pub duration: Millis,
    /// The key pressed at its end.
    pub key: Option<char>,
    /// Whether the caller hangs up at its end.
    pub hung_up: bool,
}

/// How a transfer ends: `busy`, `far_end_disconnect`, `far_end_disconnect 30s`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferEnd {
    /// The result by VoiceXML's name (VoiceXML 2.0 §2.3.7.2), or `connected`, or the name of an error event.
    pub result: String,
    /// How long the parties were connected.
    pub duration: Millis,
}

impl Recording {
    /// Reads one.
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (time, end) = words.split_first()?;
        let (key, hung_up) = match end {
            [] => (None, false),
            ["hangup"] => (None, true),
            ["key", key] => (Some(single_key(key)?), false),
            _ => return None,
        };
        Some(Self { duration: parse_time(time)?, key, hung_up })
    }

    /// What comes of it where the sound is at `url` and keys end it or do not.
    pub fn happening(&self, url: &str, dtmfterm: bool) -> Happening {
        Happening::Recorded {
            url: (self.duration > 0).then(|| url.to_owned()),
            duration: self.duration,
            key: self.key.filter(|_| dtmfterm),
            hung_up: self.hung_up,
        }
    }
}

impl TransferEnd {
    /// Reads one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let (result, time) = (words.next()?, words.next());
        let is_failure = matches!(result, "busy" | "noanswer" | "network_busy" | "unknown") || is_error(result);
        let is_known = is_failure
            || matches!(
                result,
                "far_end_disconnect"
                    | "near_end_disconnect"
                    | "maxtime_disconnect"
                    | "network_disconnect"
                    | "connected"
            );
        let duration = match time {
            Some(time) => parse_time(time)?,
            None if is_failure => 0,
            None => LASTS,
        };
        (is_known && words.next().is_none()).then(|| Self { result: result.to_owned(), duration })
    }

    /// What comes of it.
    pub fn happening(&self) -> Happening {
        Happening::TransferEnded { result: self.result.clone(), duration: self.duration, input: None }
    }
}

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.duration)?;
        match (self.key, self.hung_up) {
            (Some(key), _) => write!(f, " key {key}"),
            (None, true) => f.write_str(" hangup"),
            (None, false) => Ok(()),
        }
    }
}

impl fmt::Display for TransferEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}ms", self.result, self.duration)
    }
}

fn single_key(text: &str) -> Option<char> {
    let mut keys = text.chars();
    keys.next().filter(|key| super::keys::is_key(*key) && keys.next().is_none())
}

fn is_error(name: &str) -> bool {
    name.starts_with("error.connection.") || name.starts_with("error.unsupported.transfer")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_says_how_long_it_is_and_how_it_ends() {
        let recording = |duration, key, hung_up| Some(Recording { duration, key, hung_up });
        assert_eq!(Recording::parse("3s"), recording(3_000, None, false));
        assert_eq!(Recording::parse(" 1500ms  key # "), recording(1_500, Some('#'), false));
        assert_eq!(Recording::parse("2s hangup"), recording(2_000, None, true));
        for wrong in ["", "long", "3s key", "3s key 55", "3s key x", "3s 5", "3s hangup now"] {
            assert_eq!(Recording::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_transfer_ends_by_the_names_of_the_standard() {
        let end = |result: &str, duration| Some(TransferEnd { result: result.to_owned(), duration });
        assert_eq!(TransferEnd::parse("busy"), end("busy", 0));
        assert_eq!(TransferEnd::parse("far_end_disconnect"), end("far_end_disconnect", LASTS));
        assert_eq!(TransferEnd::parse("maxtime_disconnect 30s"), end("maxtime_disconnect", 30_000));
        assert_eq!(TransferEnd::parse("error.connection.noroute"), end("error.connection.noroute", 0));
        for wrong in ["", "over", "busy now", "busy 1s 2s"] {
            assert_eq!(TransferEnd::parse(wrong), None, "{wrong}");
        }
    }
}
