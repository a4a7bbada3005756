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
    pub(super) fn keep(&self, mut state: State) -> Arc<State> {
        let mut kept = self.kept();
        let turns = kept.get_or_insert_mut_ref(state.name(), Vec::new);
        // A menu that tells every caller his balance first is the same menu.
        if let Some(last) = turns.first() {
            state.share_menu(last);
        }
        let state = Arc::new(state);
        turns.truncate(TURNS - 1);
        turns.insert(0, Arc::clone(&state));
        state
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::{Choice, Origin, Speech, samples};
    use crate::nlu::Mapping;

    fn prompt(text: &str) -> Spoken {
        let content = vec![Speech::Text(text.to_owned())];
        Spoken { content, bargein: true, lang: "en-US".to_owned(), origin: Origin::Item }
    }

    fn menu(state: &str, label: &str) -> InputRequest {
        let choice = Choice { key: Some("1".into()), phrases: Vec::new(), label: Some(label.into()), target: None };
        InputRequest { state: state.to_owned(), choices: vec![choice], ..samples::listening("en-US") }
    }

    #[test]
    fn a_menu_is_prepared_once_for_all_calls_until_anything_of_it_differs() {
        let mapping = Mapping::default();
        let said = prompt("For billing, press 1.");
        let first = mapping.state(&[&said], &menu("m", "billing"));
        assert!(Arc::ptr_eq(&first, &mapping.state(&[&said], &menu("m", "billing"))));
        let others = [
            mapping.state(&[&said, &said], &menu("m", "billing")),
            mapping.state(&[&prompt("For bills, press 1.")], &menu("m", "billing")),
            mapping.state(&[&said], &menu("m", "invoices")),
            mapping.state(&[&said], &InputRequest { lang: "es".to_owned(), ..menu("m", "billing") }),
            mapping.state(&[&said], &menu("n", "billing")),
        ];
        for other in others {
            assert!(!Arc::ptr_eq(&first, &other), "{other:?}");
        }
    }

    #[test]
    fn what_is_kept_is_what_would_be_prepared_anew_and_never_more_than_a_few_of_one_state() {
        let mapping = Mapping::default();
        for round in 0..3 {
            for amount in 0..2 * TURNS {
                let said = prompt(&format!("You owe {amount} dollars. For billing, press 1."));
                let kept = mapping.state(&[&said], &menu("m", "billing"));
                let anew = State::prepare(&[&said], &menu("m", "billing"), Some(&mapping));
                assert_eq!(format!("{kept:?}"), format!("{anew:?}"), "round {round}");
            }
        }
        let [one, other] = ["5", "6"].map(|amount| {
            let said = prompt(&format!("You owe {amount} dollars. For billing, press 1."));
            mapping.state(&[&said], &menu("m", "billing"))
        });
        assert!(std::ptr::eq(one.menu(), other.menu()), "what is said before a menu makes no other menu of it");
        let mut known = Prepared::default();
        for amount in 0..2 * TURNS {
            let said = prompt(&format!("You owe {amount} dollars."));
            known.keep(State::prepare(&[&said], &menu("m", "billing"), None));
        }
        let kept = known.0.get_mut().unwrap();
        assert_eq!((kept.len(), kept.get("m").map(Vec::len)), (1, Some(TURNS)));
    }
}
