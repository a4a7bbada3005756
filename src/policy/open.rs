//! Open questions in place of a menu that reads out keys.

use super::phrases;
use crate::dialogue::{Next, Origin, Speech, Spoken, Turn};
use crate::nlu::{Message, State};

/// What to ask in place of the menu: the mapping's words, else a question made of the labels, in the languages the
/// bridge speaks. `None` if a choice has no label.
pub(super) fn question(state: &State) -> Option<String> {
    let labels: Option<Vec<&str>> = state.labels().into_iter().collect();
    let labels = labels?;
    if let Some(prompt) = state.open_prompt() {
        return Some(prompt.to_owned());
    }
    let choices = phrases::list(&labels, state.language());
    phrases::sentence(state, Message::Open, &[("choices", &choices)])
}

/// Puts the question in the place of the item's prompts that read out keys, and gives these. What is said before the
/// first key stays; nothing happens where no prompt reads out keys.
pub(super) fn replace_menu(turn: &mut Turn, state: &State, question: String) -> Vec<Spoken> {
    let lang = match &turn.next {
        Next::Listen(request) => request.lang.clone(),
        _ => return Vec::new(),
    };
    let is_menu = |(index, spoken): (usize, &Spoken)| match spoken.origin {
        // Where the mapping words the question, a menu that is only audio is a menu too.
        Origin::Item => state.reads_keys_from(index).is_some() || (state.open_prompt().is_some() && only_audio(spoken)),
        _ => false,
    };
    let menu: Vec<bool> = turn.prompts.iter().enumerate().map(is_menu).collect();
    let Some(first) = menu.iter().position(|is_menu| *is_menu) else { return Vec::new() };
    let mut replaced = Vec::new();
    let mut kept = Vec::new();
    for (index, (spoken, is_menu)) in std::mem::take(&mut turn.prompts).into_iter().zip(menu).enumerate() {
        if !is_menu {
            kept.push(spoken);
            continue;
        }
        if index == first {
            kept.extend(opening(&spoken, state.reads_keys_from(index).unwrap_or(0)));
            let lang = if spoken.lang.is_empty() { lang.clone() } else { spoken.lang.clone() };
            let content = vec![Speech::Text(question.clone())];
            kept.push(Spoken { content, bargein: true, lang, origin: Origin::Bridge });
        }
        replaced.push(spoken);
    }
    turn.prompts = kept;
    replaced
}

/// What a menu says before its first key: "Thank you for calling. …".
fn opening(menu: &Spoken, keys_from: usize) -> Option<Spoken> {
    let words = Speech::words(&menu.content);
    let before = words.get(..keys_from).map(str::trim).unwrap_or_default();
    let sounds = if before.is_empty() { Vec::new() } else { leading_sounds(menu) };
    let text = (!before.is_empty()).then(|| Speech::Text(before.to_owned()));
    let content: Vec<Speech> = sounds.into_iter().chain(text).collect();
    (!content.is_empty()).then(|| Spoken { content, ..menu.clone() })
}

fn leading_sounds(menu: &Spoken) -> Vec<Speech> {
    menu.content.iter().take_while(|piece| matches!(piece, Speech::Audio(_) | Speech::Mark(_))).cloned().collect()
}

fn only_audio(spoken: &Spoken) -> bool {
    Speech::words(&spoken.content).is_empty()
}
