//! Answers that the caller gave before they were asked for.

use super::said::Said;
use crate::dialogue::{FilledSlot, InputRequest};
use crate::nlu::State;
use crate::nlu::entities::Kind;

/// Turns that an answer waits for its question: who has gone on to other things would not know it any more.
const PATIENCE: u32 = 12;
/// Answers kept at most.
const MOST: usize = 24;

/// The field that a turn asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    document: String,
    dialog: String,
    /// The form item's name.
    pub(super) item: String,
    /// What the mapping or its builtin type says it takes.
    kind: Option<Kind>,
}

impl Asked {
    pub(super) fn of(request: &InputRequest, state: &State) -> Self {
        let (document, place) = request.state.split_once('#').unwrap_or((&request.state, ""));
        let (dialog, item) = place.split_once('/').unwrap_or((place, ""));
        let (document, dialog, item) = (document.to_owned(), dialog.to_owned(), item.to_owned());
        Self { document, dialog, kind: state.entity(&item), item }
    }
}

/// An answer that waits for its question.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) said: Said,
    pub(super) filled: FilledSlot,
    /// Where the caller was when he gave it.
    at: Asked,
    kind: Option<Kind>,
    turns: u32,
}

impl Answer {
    /// An answer that is given now.
    pub(super) fn now(said: Said, filled: FilledSlot, asked: &Asked, state: &State) -> Self {
        let kind = state.entity(&filled.slot);
        Self { said, filled, at: asked.clone(), kind, turns: 0 }
    }

    fn fits(&self, asked: &Asked) -> bool {
        let same_document = self.at.document == asked.document;
        let same_field = same_document && self.at.dialog == asked.dialog && self.filled.slot == asked.item;
        // What the mapping names by its entity alone is meant wherever in the application it is asked for.
        let anywhere = self.filled.slot.starts_with('@');
        same_field || ((same_document || anywhere) && self.kind.is_some() && self.kind == asked.kind)
    }
}

/// Answers that wait for their questions, each of the last the caller said.
#[derive(Debug, Default)]
pub(super) struct Held {
    waiting: Vec<Answer>,
    /// New values of fields that are filled, to be given one after the other.
    corrections: Vec<Answer>,
    /// What the application was given, in case it asks again after a correction that it did not take.
    given: Vec<Answer>,
}

impl Held {
    /// Keeps an answer; says whether it is news.
    pub(super) fn keep(&mut self, filled: FilledSlot, said: &Said, asked: &Asked, state: &State) -> bool {
        let answer = Answer::now(said.clone(), filled, asked, state);
        let same = |known: &Answer| {
            known.filled.slot == answer.filled.slot && known.at.dialog == asked.dialog
                || (known.kind.is_some() && known.kind == answer.kind)
        };
        let is_news = !self.waiting.iter().any(|known| same(known) && known.filled.readings == answer.filled.readings);
        self.waiting.retain(|known| !same(known));
        self.waiting.push(answer);
        let surplus = self.waiting.len().saturating_sub(MOST);
        self.waiting.drain(..surplus);
        is_news
    }

    /// Keeps a new value of a field that is filled.
    pub(super) fn correct(&mut self, filled: FilledSlot, said: &Said, asked: &Asked, state: &State) {
        if self.corrections.len() < MOST {
            self.corrections.push(Answer::now(said.clone(), filled, asked, state));
        }
    }

    /// An answer that waits is the first that the form is given; says whether there is one.
    pub(super) fn begin(&mut self, slot: &str) -> bool {
        let place = self.waiting.iter().position(|answer| answer.filled.slot == slot);
        let answer = place.map(|place| self.waiting.remove(place));
        let found = answer.is_some();
        self.corrections.extend(answer);
        found
    }

    /// The next new value of a field, if the form it belongs to is still running.
    pub(super) fn next_correction(&mut self, asked: &Asked) -> Option<Answer> {
        self.corrections.retain(|known| known.at.document == asked.document && known.at.dialog == asked.dialog);
        (!self.corrections.is_empty()).then(|| self.corrections.remove(0))
    }

    /// The answer to what is asked, which waits no longer.
    pub(super) fn take(&mut self, asked: &Asked) -> Option<Answer> {
        let place = self.waiting.iter().position(|answer| answer.fits(asked))?;
        Some(self.waiting.remove(place))
    }

    /// Remembers what the application was given for a field.
    pub(super) fn gave(&mut self, filled: &FilledSlot, said: &Said, asked: &Asked, state: &State) {
        let answer = Answer::now(said.clone(), filled.clone(), asked, state);
        self.given.retain(|known| known.filled.slot != filled.slot || known.at.dialog != asked.dialog);
        self.given.push(answer);
        let surplus = self.given.len().saturating_sub(MOST);
        self.given.drain(..surplus);
    }

    /// The caller has refused what he was read and said what is to be otherwise: what he has not changed is not asked
    /// again.
    pub(super) fn revive(&mut self) {
        for answer in std::mem::take(&mut self.given) {
            let is_changed =
                |new: &Answer| new.filled.slot == answer.filled.slot || (new.kind.is_some() && new.kind == answer.kind);
            if !self.waiting.iter().any(is_changed) {
                self.waiting.push(Answer { turns: 0, ..answer });
            }
        }
    }

    /// A turn goes by.
    pub(super) fn age(&mut self) {
        for list in [&mut self.waiting, &mut self.given] {
            list.iter_mut().for_each(|answer| answer.turns += 1);
            list.retain(|answer| answer.turns <= PATIENCE);
        }
    }
}
