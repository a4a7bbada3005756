use super::line::{Recording, TransferEnd};
use super::render::{heard_text, played};
use super::script::{Script, StepKind};
use crate::dialogue::Spoken;
use std::fmt;

/// Plays the caller of a [`Script`]: tell it what was heard, then ask for its next move, again and again until it is
/// [`Move::End`] or something expected did not happen. It does no I/O, so the same script drives a call in process and one
/// through a server.
#[derive(Debug)]
pub struct Player<'a> {
    script: &'a Script,
    next: usize,
    words: String,
    files: Vec<String>,
}

/// What the scripted caller does next.
#[derive(Debug, Clone, PartialEq)]
pub enum Move {
    /// Presses keys.
    Press(String),
    /// Says words, with the confidence the recogniser is to give.
    Say(String, Option<f64>),
    /// Gives no input.
    Silence,
    /// Says something into a recording.
    Record(Recording),
    /// Waits until a transfer has ended so.
    Transfer(TransferEnd),
    /// Hangs up.
    Hangup,
    /// The script is over, all of it as expected.
    End,
}

/// Something expected that did not happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The script's line, from 1.
    pub line: u32,
    /// What was expected.
    pub expected: String,
    /// What was heard since the last input, or what else was the case.
    pub heard: String,
}

impl<'a> Player<'a> {
    /// The player of a script, before its first line.
    pub fn new(script: &'a Script) -> Self {
        Self { script, next: 0, words: String::new(), files: Vec::new() }
    }

    /// Tells what was heard, as words and as URLs of audio files.
    pub fn hear(&mut self, words: &str, files: &[String]) {
        if !words.is_empty() {
            if !self.words.is_empty() {
                self.words.push(' ');
            }
            self.words.push_str(words);
        }
        self.files.extend_from_slice(files);
    }

    /// Tells what was heard, as prompts.
    pub fn hear_prompts(&mut self, prompts: &[Spoken]) {
        self.hear(&heard_text(prompts), &played(prompts));
    }

    /// The next move; `ended` is whether the call has ended. What was heard is forgotten with an input.
    ///
    /// # Errors
    /// The [`Failure`] of the first step that does not hold.
    pub fn act(&mut self, ended: bool) -> Result<Move, Failure> {
        while let Some(step) = self.script.steps.get(self.next) {
            self.next += 1;
            let fail = |expected: String, heard: String| Err(Failure { line: step.line, expected, heard });
            let heard = squash(&self.words);
            let step_move = match &step.kind {
                StepKind::Hear(text) if heard.contains(&squash(text)) => continue,
                StepKind::Hear(text) => return fail(format!("to hear {text:?}"), self.told()),
                StepKind::Not(text) if !heard.contains(&squash(text)) => continue,
                StepKind::Not(text) => return fail(format!("not to hear {text:?}"), self.told()),
                StepKind::Play(name) if self.files.iter().any(|file| file.ends_with(name.as_str())) => continue,
                StepKind::Play(name) => return fail(format!("to hear the audio file {name}"), self.told()),
                StepKind::Ends if ended => continue,
                StepKind::Ends => return fail("the call to have ended".to_owned(), self.told()),
                StepKind::Press(keys) => Move::Press(keys.clone()),
                StepKind::Say { words, confidence } => Move::Say(words.clone(), *confidence),
                StepKind::Silence => Move::Silence,
                StepKind::Record(recording) => Move::Record(recording.clone()),
                StepKind::Transfer(end) => Move::Transfer(end.clone()),
                StepKind::Hangup => Move::Hangup,
            };
            if ended {
                return fail("the call to go on".to_owned(), format!("the call has ended; {}", self.told()));
            }
            self.words.clear();
            self.files.clear();
            return Ok(step_move);
        }
        Ok(Move::End)
    }

    fn told(&self) -> String {
        match (self.words.is_empty(), self.files.is_empty()) {
            (true, true) => "nothing".to_owned(),
            (false, true) => format!("{:?}", self.words),
            (true, false) => self.files.join(", "),
            (false, false) => format!("{:?} and {}", self.words, self.files.join(", ")),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: expected {}; heard {}", self.line, self.expected, self.heard)
    }
}

impl std::error::Error for Failure {}

/// A text without what does not matter: case, punctuation, white space. `1234` is `1 2 3 4`, however a voice is told to
/// read it.
fn squash(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::{Origin, Speech};

    fn script(text: &str) -> Script {
        Script::parse(text, "t.call").unwrap()
    }

    #[test]
    fn a_call_as_expected_runs_to_its_end() {
        let script = script("hear press one\npress 1\nnot press one\nplay bye.wav\nsay no\nhear goodbye\nends");
        let mut player = Player::new(&script);
        player.hear("For sales,", &[]);
        player.hear("PRESS  ONE!", &[]);
        assert_eq!(player.act(false), Ok(Move::Press("1".to_owned())));
        player.hear("", &["https://h/media/bye.wav".to_owned()]);
        assert_eq!(player.act(false), Ok(Move::Say("no".to_owned(), None)));
        let prompt = Spoken {
            content: vec![Speech::Text("Good-bye.".to_owned())],
            bargein: true,
            lang: "en".to_owned(),
            origin: Origin::Item,
        };
        player.hear_prompts(&[prompt]);
        assert_eq!(player.act(true), Ok(Move::End));
    }

    #[test]
    fn what_was_not_heard_is_a_failure_with_the_line_and_what_was() {
        let script = script("# first\nhear welcome");
        let mut player = Player::new(&script);
        player.hear("Go away.", &["x.wav".to_owned()]);
        let failure = player.act(false).unwrap_err();
        assert_eq!(failure.to_string(), "line 2: expected to hear \"welcome\"; heard \"Go away.\" and x.wav");
    }

    #[test]
    fn what_was_heard_before_the_last_input_does_not_count() {
        let script = script("silence\nhear welcome");
        let mut player = Player::new(&script);
        player.hear("Welcome.", &[]);
        assert_eq!(player.act(false), Ok(Move::Silence));
        assert_eq!(player.act(false).unwrap_err().heard, "nothing");
    }

    #[test]
    fn unwanted_words_and_missing_files_are_failures() {
        let unwanted = script("not sorry");
        let mut player = Player::new(&unwanted);
        player.hear("I am sorry.", &[]);
        assert!(player.act(false).is_err());
        let missing = script("play menu.wav");
        assert_eq!(Player::new(&missing).act(false).unwrap_err().line, 1);
    }

    #[test]
    fn an_input_into_an_ended_call_and_a_call_that_should_have_ended_are_failures() {
        assert!(Player::new(&script("press 1")).act(true).unwrap_err().heard.starts_with("the call has ended"));
        assert_eq!(Player::new(&script("ends")).act(false).unwrap_err().expected, "the call to have ended");
    }

    #[test]
    fn digits_are_the_same_however_they_are_read_out() {
        let script = script("hear code is 1234");
        let mut player = Player::new(&script);
        player.hear("Your code is 1 2 3 4.", &[]);
        assert_eq!(player.act(false), Ok(Move::End));
    }
}
