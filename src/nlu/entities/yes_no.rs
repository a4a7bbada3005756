//! Yes and no, in the words of agreement and refusal.

use super::pack::Pack;
use super::tokens::Tokens;
use super::{Found, Kind, Value};

/// What the sentence answers: by how it begins, or, where yes or no was asked for, by any such word. Yes and no together
/// ("yes, no, wait") settle by the last, as a correction does.
pub(super) fn find(tokens: &Tokens<'_>, pack: &Pack, wanted: bool) -> Option<Found> {
    let mut at = 0;
    let mut last: Option<Found> = None;
    while at < tokens.len() {
        let yes = tokens.longest(at, &pack.yes);
        let no = tokens.longest(at, &pack.no);
        let answer = match (yes, no) {
            (Some((_, yes)), Some((_, no))) => Some((yes > no, yes.max(no))),
            (Some((_, yes)), None) => Some((true, yes)),
            (None, Some((_, no))) => Some((false, no)),
            (None, None) => None,
        };
        let Some((answer, used)) = answer else {
            // Behind the first other word only a question for yes or no makes an answer of it.
            if !wanted && !tokens.is(at, &["um", "uh", "er", "well", "oh", "eh", "pues", "bueno", "hmm"]) {
                break;
            }
            at += 1;
            continue;
        };
        let apart = tokens.apart(at + used)
            || tokens.longest(at + used, &pack.yes).is_some()
            || tokens.longest(at + used, &pack.no).is_some();
        if wanted || apart || at == 0 {
            last = Some(Found::new(Kind::YesNo, at..at + used, vec![Value::YesNo(answer)]));
        }
        at += used;
    }
    last
}
