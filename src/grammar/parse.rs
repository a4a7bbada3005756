//! What a match found.

use super::derive::Step;
use super::rules::Rules;
use super::semantics::{self, Semantics};
use crate::dialogue::InputMode;
use std::fmt;
use std::sync::Arc;

/// One way a grammar understands an input: the rules, tokens and tags on it, in order.
///
/// `Debug` shows none of it: it holds what a caller said.
#[derive(Clone)]
pub struct Parse {
    pub(super) rules: Arc<Rules>,
    pub(super) steps: Vec<Step>,
}

impl Parse {
    /// What was matched, in the words of the grammar: words with blanks between them, keys without.
    pub fn utterance(&self) -> String {
        let texts = self.steps.iter().filter_map(|step| match step {
            Step::Token(text) => Some(&*self.rules.texts[*text as usize]),
            Step::Heard(word) => Some(&**word),
            Step::Enter(_) | Step::Tag(_) | Step::Leave => None,
        });
        joined(self.rules.mode, texts)
    }

    /// What it means by the grammar's tags (SISR 1.0).
    pub fn semantics(&self) -> Semantics {
        semantics::of(&self.rules, &self.steps)
    }

    /// The names of the rules on it, the start rule first.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| match step {
            Step::Enter(rule) => Some(&*self.rules.rules[*rule as usize].name),
            _ => None,
        })
    }
}

impl fmt::Debug for Parse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parse").field("steps", &self.steps.len()).finish_non_exhaustive()
    }
}

/// Tokens as one text.
pub(super) fn joined<'a>(mode: InputMode, texts: impl Iterator<Item = &'a str>) -> String {
    let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    texts.join(if mode == InputMode::Dtmf { "" } else { " " })
}
