//! What callers answer to the bridge's own questions.

use super::commands::{self, Command};
use super::words::{self, Language};

/// Words of an answer at most: what comes behind them is said of something else.
const ANSWER: usize = 5;

/// The yes or no that an utterance begins with, and the words behind it: "no, I meant Friday".
pub fn leading_answer(utterance: &str, language: Language) -> Option<(bool, &str)> {
    let answer = |text: &str| match commands::command(&words::tokens(text, language), language)? {
        Command::Yes => Some(true),
        Command::No => Some(false),
        _ => None,
    };
    if let Some(yes) = answer(utterance) {
        return Some((yes, ""));
    }
    let ends = utterance.char_indices().filter(|(_, c)| c.is_whitespace() || *c == ',' || *c == '.').map(|(at, _)| at);
    ends.filter(|end| *end > 0).take(ANSWER).find_map(|end| {
        let (head, rest) = utterance.split_at(end);
        Some((answer(head)?, rest.trim_start_matches(|c: char| !c.is_alphanumeric())))
    })
}

/// What callers say for the first and the second half of the day.
pub fn half_of_day(half: usize, language: Language) -> &'static [&'static str] {
    match (language, half) {
        (Language::Spanish, 0) => &["por la mañana", "de la mañana", "mañana", "en la mañana"],
        (Language::Spanish, _) => {
            &["por la noche", "de la noche", "noche", "tarde", "por la tarde", "de la tarde", "en la tarde"]
        }
        (_, 0) => &["in the morning", "morning", "a m", "am"],
        (_, _) => {
            &["in the evening", "evening", "p m", "pm", "in the afternoon", "afternoon", "at night", "tonight", "night"]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_may_have_more_behind_it() {
        for (said, expected) in [
            ("yes", Some((true, ""))),
            ("yes please", Some((true, ""))),
            ("No, I meant Friday", Some((false, "I meant Friday"))),
            ("no my balance", Some((false, "my balance"))),
            ("my balance", None),
            ("", None),
        ] {
            assert_eq!(leading_answer(said, Language::English), expected, "{said}");
        }
        assert_eq!(leading_answer("No, el viernes", Language::Spanish), Some((false, "el viernes")));
        assert_eq!(leading_answer("sí", Language::Spanish), Some((true, "")));
    }
}
