use super::keys::is_key;
use super::line::{Recording, TransferEnd};
use crate::dialogue::Diagnostic;
use jiff::Timestamp;

/// A scripted call: who calls whom and when, then what is expected and done, a line each; `#` begins a comment line.
///
/// ```text
/// caller +14155550100
/// time 2026-03-02T10:00:00-05:00
/// hear For flight status, press 1
/// press 1
/// ends
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// `caller`: the caller's number.
    pub caller: Option<String>,
    /// `called`: the number called.
    pub called: Option<String>,
    /// `time`: when the call begins.
    pub time: Option<Timestamp>,
    /// The steps.
    pub steps: Vec<Step>,
}

/// A step of a [`Script`].
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The line it stands on, from 1.
    pub line: u32,
    /// What it is.
    pub kind: StepKind,
}

/// What a [`Step`] expects or does.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// `hear TEXT`: what was heard since the last input contains the text; case, punctuation and blanks do not matter.
    Hear(String),
    /// `not TEXT`: it does not.
    Not(String),
    /// `play NAME`: an audio file whose URL ends so was played since the last input.
    Play(String),
    /// `press KEYS`
    Press(String),
    /// `say WORDS`, perhaps after a line `confidence NUMBER`.
    Say {
        /// The words.
        words: String,
        /// The recogniser's confidence, from 0 to 1.
        confidence: Option<f64>,
    },
    /// `silence`: no input.
    Silence,
    /// `record TIME`, `record TIME key KEY`, `record TIME hangup`: the caller speaks so long into a recording.
    Record(Recording),
    /// `transfer RESULT`, perhaps with the time the parties were connected: a transfer ends so.
    Transfer(TransferEnd),
    /// `hangup`: the caller hangs up.
    Hangup,
    /// `ends`: the call has ended.
    Ends,
}

impl Script {
    /// Reads a script; `file` is its name for diagnostics.
    ///
    /// # Errors
    /// All that is wrong with it, with line and column.
    pub fn parse(text: &str, file: &str) -> Result<Self, Vec<Diagnostic>> {
        let script = Self { caller: None, called: None, time: None, steps: Vec::new() };
        let mut reader = Reader { text, file, script, confidence: None, problems: Vec::new() };
        let mut offset = 0;
        for (number, line) in (1_u32..).zip(text.split_inclusive('\n')) {
            let content = line.trim();
            if !content.is_empty() && !content.starts_with('#') {
                let start = offset + (line.len() - line.trim_start().len());
                reader.line(Line { number, content, start });
            }
            offset += line.len();
        }
        reader.confidence_is_used();
        if reader.problems.is_empty() { Ok(reader.script) } else { Err(reader.problems) }
    }
}

/// A line with something on it.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: u32,
    content: &'a str,
    start: usize,
}

struct Reader<'a> {
    text: &'a str,
    file: &'a str,
    script: Script,
    /// A confidence that waits for its `say`, and where it stands.
    confidence: Option<(f64, usize, usize)>,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn line(&mut self, line: Line<'_>) {
        let (word, rest) = line.content.split_once(char::is_whitespace).unwrap_or((line.content, ""));
        let rest = rest.trim_start();
        if word != "say" {
            self.confidence_is_used();
        }
        let kind = match word {
            "caller" | "called" | "time" => return self.header(line, word, rest),
            "confidence" => return self.confidence(line, rest),
            "hear" | "not" if rest.is_empty() => return self.problem(line, "missing-text", word, "a text after it"),
            "hear" => StepKind::Hear(rest.to_owned()),
            "not" => StepKind::Not(rest.to_owned()),
            "play" if rest.is_empty() => {
                return self.problem(line, "missing-text", word, "the end of an audio file's URL");
            }
            "play" => StepKind::Play(rest.to_owned()),
            "press" => match rest.chars().filter(|c| !c.is_whitespace()).collect::<String>() {
                keys if !keys.is_empty() && keys.chars().all(is_key) => StepKind::Press(keys),
                _ => return self.problem(line, "bad-keys", rest, "keys: 0 to 9, *, #, A to D"),
            },
            "say" if rest.is_empty() => return self.problem(line, "missing-text", word, "the words said"),
            "say" => StepKind::Say {
                words: rest.trim_matches('"').to_owned(),
                confidence: self.confidence.take().map(|(value, ..)| value),
            },
            "silence" | "hangup" | "ends" if !rest.is_empty() => {
                return self.problem(line, "unexpected-text", rest, "nothing more on the line");
            }
            "silence" => StepKind::Silence,
            "record" => match Recording::parse(rest) {
                Some(recording) => StepKind::Record(recording),
                None => {
                    return self.problem(line, "bad-recording", rest, "a time, e.g. 3s, then perhaps key 5 or hangup");
                }
            },
            "transfer" => match TransferEnd::parse(rest) {
                Some(end) => StepKind::Transfer(end),
                None => {
                    let expected = "busy, noanswer, network_busy, far_end_disconnect, near_end_disconnect, \
                                    maxtime_disconnect, network_disconnect, connected or unknown, then perhaps a time";
                    return self.problem(line, "bad-transfer", rest, expected);
                }
            },
            "hangup" => StepKind::Hangup,
            "ends" => StepKind::Ends,
            _ => {
                let expected = "one of caller, called, time, hear, not, play, press, say, confidence, silence, record, transfer, hangup, ends";
                return self.problem(line, "unknown-step", word, expected);
            }
        };
        self.script.steps.push(Step { line: line.number, kind });
    }

    fn header(&mut self, line: Line<'_>, word: &str, value: &str) {
        if !self.script.steps.is_empty() {
            return self.problem(line, "late-header", word, "it before the first step");
        }
        let is_known = match word {
            "caller" => self.script.caller.is_some(),
            "called" => self.script.called.is_some(),
            _ => self.script.time.is_some(),
        };
        if is_known {
            return self.problem(line, "repeated-header", word, "it once");
        }
        let is_address = !value.is_empty() && !value.contains(char::is_whitespace);
        match word {
            "caller" if is_address => self.script.caller = Some(value.to_owned()),
            "called" if is_address => self.script.called = Some(value.to_owned()),
            "time" => match value.parse::<Timestamp>() {
                Ok(time) => self.script.time = Some(time),
                Err(_) => self.problem(line, "bad-time", value, "a time such as 2026-03-02T10:00:00-05:00"),
            },
            _ => self.problem(line, "bad-number", value, "a number such as +14155550100"),
        }
    }

    fn confidence(&mut self, line: Line<'_>, value: &str) {
        match value.parse::<f64>() {
            Ok(number) if (0.0..=1.0).contains(&number) => {
                self.confidence = Some((number, line.start, line.start + line.content.len()));
            }
            _ => self.problem(line, "bad-confidence", value, "a number from 0 to 1"),
        }
    }

    /// A confidence belongs to the `say` right after it.
    fn confidence_is_used(&mut self) {
        if let Some((_, start, end)) = self.confidence.take() {
            let problem = Diagnostic::error("stray-confidence", self.file, "this confidence belongs to nothing said");
            self.problems.push(problem.at(self.text, start, end).expected("a say on the next line"));
        }
    }

    /// Notes a problem with `part` of the line; with all of it where the part is empty.
    fn problem(&mut self, line: Line<'_>, code: &str, part: &str, expected: &str) {
        let (part, at) = match line.content.rfind(part) {
            Some(at) if !part.is_empty() => (part, at),
            _ => (line.content, 0),
        };
        let at = if line.content.starts_with(part) { 0 } else { at };
        let start = line.start + at;
        let problem = Diagnostic::error(code, self.file, format!("`{part}` is not understood here"));
        self.problems.push(problem.at(self.text, start, start + part.len()).expected(expected));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<StepKind> {
        Script::parse(text, "t.call").unwrap().steps.into_iter().map(|step| step.kind).collect()
    }

    fn problem(text: &str) -> (String, u32, u32) {
        let problems = Script::parse(text, "t.call").unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        let at = problems[0].position.unwrap();
        (problems[0].code.clone(), at.line, at.column)
    }

    #[test]
    fn a_script_has_a_head_and_steps_with_their_lines() {
        let script = Script::parse(
            "# a call\r\ncaller +14155550100\ncalled +18005550199\ntime 2026-03-02T10:00:00-05:00\n\n  hear Press 1  \npress 1\n",
            "t.call",
        )
        .unwrap();
        assert_eq!(script.caller.as_deref(), Some("+14155550100"));
        assert_eq!(script.called.as_deref(), Some("+18005550199"));
        assert_eq!(script.time.unwrap().as_second(), 1_772_463_600);
        assert_eq!(
            script.steps,
            [
                Step { line: 6, kind: StepKind::Hear("Press 1".to_owned()) },
                Step { line: 7, kind: StepKind::Press("1".to_owned()) },
            ]
        );
    }

    #[test]
    fn all_steps_are_read() {
        assert_eq!(
            kinds(
                "not sorry\nplay menu.wav\npress 12 34#\nsay I lost my card\nsilence\nrecord 3s key 5\ntransfer busy\nhangup\nends"
            ),
            [
                StepKind::Not("sorry".to_owned()),
                StepKind::Play("menu.wav".to_owned()),
                StepKind::Press("1234#".to_owned()),
                StepKind::Say { words: "I lost my card".to_owned(), confidence: None },
                StepKind::Silence,
                StepKind::Record(Recording { duration: 3_000, key: Some('5'), hung_up: false }),
                StepKind::Transfer(TransferEnd { result: "busy".to_owned(), duration: 0 }),
                StepKind::Hangup,
                StepKind::Ends,
            ]
        );
    }

    #[test]
    fn a_confidence_is_that_of_the_words_on_the_next_line_only() {
        let say = |confidence| StepKind::Say { words: "yes".to_owned(), confidence };
        assert_eq!(kinds("confidence 0.3\nsay yes\nsay yes"), [say(Some(0.3)), say(None)]);
        assert_eq!(problem("confidence 0.3\npress 1").0, "stray-confidence");
        assert_eq!(problem("confidence 0.3"), ("stray-confidence".to_owned(), 1, 1));
        assert_eq!(problem("confidence 2\nsay yes"), ("bad-confidence".to_owned(), 1, 12));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, code, line, column) in [
            ("\n jump", "unknown-step", 2, 2),
            ("press 12x", "bad-keys", 1, 7),
            ("press", "bad-keys", 1, 1),
            ("hear", "missing-text", 1, 1),
            ("silence please", "unexpected-text", 1, 9),
            ("record loud", "bad-recording", 1, 8),
            ("transfer", "bad-transfer", 1, 1),
            ("time noon", "bad-time", 1, 6),
            ("caller", "bad-number", 1, 1),
            ("caller 1\ncaller 2", "repeated-header", 2, 1),
            ("silence\ncaller 1", "late-header", 2, 1),
        ] {
            assert_eq!(problem(text), (code.to_owned(), line, column), "{text:?}");
        }
    }

    #[test]
    fn all_problems_are_told_at_once() {
        assert_eq!(Script::parse("jump\npress x\nhear", "t.call").unwrap_err().len(), 3);
    }
}
