//! What was prepared before: callers come to the same menus and hear the same prompts there.

use super::state::State;
use crate::dialogue::{InputRequest, Spoken};
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Input states kept.
const STATES: NonZeroUsize = NonZeroUsize::MIN.saturating_add(499);
/// What is kept of one state: its menu, what is said instead after silence or no match, and the like.
const TURNS: usize = 4;

/// States that were prepared with one mapping, by their names; the least used go first.
#[derive(Debug)]
pub(super) struct Prepared(Mutex<LruCache<String, Vec<Arc<State>>>>);

impl Prepared {
    /// The state, if exactly this was prepared before.
    pub(super) fn find(&self, prompts: &[&Spoken], request: &InputRequest) -> Option<Arc<State>> {
        let mut kept = self.kept();
        let turns = kept.get_mut(&request.state)?;
        let at = turns.iter().position(|state| state.is_of(prompts, request))?;
        turns[..=at].rotate_right(1);
        turns.first().cloned()
    }

    /// Keeps what was prepared.
    pub(super) fn keep(&self, state: &Arc<State>) {
        let mut kept = self.kept();
        let turns = kept.get_or_insert_mut_ref(state.name(), Vec::new);
        turns.truncate(TURNS - 1);
        turns.insert(0, Arc::clone(state));
    }

    fn kept(&self) -> MutexGuard<'_, LruCache<String, Vec<Arc<State>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Prepared {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(STATES)))
    }
}

impl Clone for Prepared {
    /// Empty: it is filled again as calls come.
    fn clone(&self) -> Self {
        Self::default()
    }
}
