//! Which requests are repeated ones.

use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

/// So many tokens are remembered: at a thousand requests a second, those of the last quarter of a minute, and no request
/// of Twilio's takes longer.
const REMEMBERED: NonZeroUsize = match NonZeroUsize::new(16_384) {
    Some(many) => many,
    None => NonZeroUsize::MIN,
};
/// Longer ones are not Twilio's.
const LONGEST: usize = 64;

/// Remembers the idempotency tokens of the latest requests. Only what the log says depends on it: the turn's number is
/// what keeps a repeated request from being heard twice, on whichever replica it lands.
pub(super) struct Repeats(Mutex<LruCache<String, ()>>);

impl Repeats {
    pub(super) fn new() -> Self {
        Self(Mutex::new(LruCache::new(REMEMBERED)))
    }

    /// Whether a request with this token was here before.
    pub(super) fn seen(&self, token: &str) -> bool {
        let is_token = (1..=LONGEST).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic());
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        is_token && tokens.put(token.to_owned(), ()).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_the_second_time_and_forgotten_in_the_end() {
        let repeats = Repeats::new();
        assert!(!repeats.seen("a") && repeats.seen("a") && !repeats.seen("b"));
        assert!(!repeats.seen(&"x".repeat(65)) && !repeats.seen(&"x".repeat(65)) && !repeats.seen(""));
        for number in 0..REMEMBERED.get() {
            repeats.seen(&number.to_string());
        }
        assert!(!repeats.seen("a"));
    }
}
