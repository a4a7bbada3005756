use super::line::{Recording, TransferEnd};
use crate::dialogue::{DtmfInput, Happening, Heard};

/// What a line typed into the phone means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Press these keys.
    Press(String),
    /// Say these words.
    Say(String),
    /// Say nothing.
    Silence,
    /// Say something into a recording.
    Record(Recording),
    /// Let a transfer end so.
    Transfer(TransferEnd),
    /// Hang up.
    Hangup,
    /// Show what can be typed.
    Help,
    /// A command there is not, as typed.
    Unknown(String),
}

/// Reads a typed line: keys (`2`, `1234#`), words (with or without quotes), a command (`/record 3s`, `/transfer busy`,
/// `/hangup`, `/help`), or nothing for silence. Quotes make words of keys, too: `"2"`.
pub fn parse_line(line: &str) -> Action {
    let line = line.trim();
    if let Some(command) = line.strip_prefix('/') {
        let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        let action = match (name.to_ascii_lowercase().as_str(), rest) {
            ("hangup", "") => Some(Action::Hangup),
            ("help", "") => Some(Action::Help),
            ("record", how) => Recording::parse(how).map(Action::Record),
            ("transfer", how) => TransferEnd::parse(how).map(Action::Transfer),
            _ => None,
        };
        return action.unwrap_or_else(|| Action::Unknown(command.to_owned()));
    }
    if let Some(words) = unquoted(line) {
        return if words.is_empty() { Action::Silence } else { Action::Say(words.to_owned()) };
    }
    let keys: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    match (keys.is_empty(), keys.chars().all(is_key)) {
        (true, _) => Action::Silence,
        (false, true) => Action::Press(keys),
        (false, false) => Action::Say(line.to_owned()),
    }
}

/// Whether a telephone has this key.
pub(super) fn is_key(c: char) -> bool {
    matches!(c, '0'..='9' | 'A'..='D' | '*' | '#')
}

/// What comes of pressing `keys` where a platform such as Twilio collects them: without a finishing key or with a fixed
/// length exactly so many are taken, else up to the finishing key, which is dropped; what is pressed after that is lost.
pub fn dial(keys: &str, input: &DtmfInput) -> Happening {
    let most = input.longest.map_or(usize::MAX, |longest| longest.max(1) as usize);
    let finish = input.finish.filter(|_| input.longest != Some(input.shortest));
    let taken: String = keys.chars().filter(|c| is_key(*c)).take_while(|key| Some(*key) != finish).take(most).collect();
    let finished = finish.is_some_and(|finish| keys.contains(finish));
    if taken.is_empty() && !finished {
        return Happening::Nothing;
    }
    Happening::Heard(Heard::Keys { keys: taken.into() })
}

fn unquoted(line: &str) -> Option<&str> {
    let inner = [('"', '"'), ('“', '”'), ('\'', '\'')].into_iter();
    inner.filter_map(|(open, close)| line.strip_prefix(open)?.strip_suffix(close)).next().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(shortest: u32, longest: Option<u32>, finish: Option<char>) -> DtmfInput {
        DtmfInput { shortest, longest, finish }
    }

    fn keys(text: &str) -> Happening {
        Happening::Heard(Heard::Keys { keys: text.into() })
    }

    #[test]
    fn a_line_is_keys_words_a_command_or_silence() {
        for (line, action) in [
            ("2", Action::Press("2".to_owned())),
            (" 12 34# ", Action::Press("1234#".to_owned())),
            ("\"I lost my card\"", Action::Say("I lost my card".to_owned())),
            ("I lost my card", Action::Say("I lost my card".to_owned())),
            ("\"2\"", Action::Say("2".to_owned())),
            ("2 tickets", Action::Say("2 tickets".to_owned())),
            ("", Action::Silence),
            ("  ", Action::Silence),
            ("\"\"", Action::Silence),
            ("\"", Action::Say("\"".to_owned())),
            ("/hangup", Action::Hangup),
            ("/HELP", Action::Help),
            ("/quit", Action::Unknown("quit".to_owned())),
            ("/record 3s hangup", Action::Record(Recording { duration: 3_000, key: None, hung_up: true })),
            ("/record", Action::Unknown("record".to_owned())),
            ("/transfer busy", Action::Transfer(TransferEnd { result: "busy".to_owned(), duration: 0 })),
            ("/transfer away", Action::Unknown("transfer away".to_owned())),
        ] {
            assert_eq!(parse_line(line), action, "{line:?}");
        }
    }

    #[test]
    fn a_fixed_length_takes_exactly_so_many_keys_and_the_finishing_key_as_one() {
        let four = input(4, Some(4), Some('#'));
        assert_eq!(dial("123456", &four), keys("1234"));
        assert_eq!(dial("12#", &four), keys("12#"));
        assert_eq!(dial("1", &input(1, Some(1), None)), keys("1"));
    }

    #[test]
    fn the_finishing_key_ends_the_input_and_is_dropped() {
        let open = input(1, None, Some('#'));
        assert_eq!(dial("1234#56", &open), keys("1234"));
        assert_eq!(dial("1234", &open), keys("1234"));
        assert_eq!(dial("#", &open), keys(""));
        assert_eq!(dial("123456", &input(1, Some(3), Some('#'))), keys("123"));
        assert_eq!(dial("12#", &input(1, None, None)), keys("12#"));
    }

    #[test]
    fn no_key_is_silence() {
        assert_eq!(dial("", &input(1, None, Some('#'))), Happening::Nothing);
    }
}
