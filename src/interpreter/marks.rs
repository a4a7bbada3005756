//! Which `<mark>` the caller had heard when input came (2.1 §4).
//!
//! A telephone platform plays a turn's prompts and comes back with the input; it does not say where it was. So the place is
//! estimated: how long everything before each mark takes to say, against how long it took until the input came.

use super::{Session, flow::Run};
use crate::dialogue::{Happening, Heard, Millis, Speech, Spoken, parse_time};

/// What a character of text takes, as most voices speak.
const CHARACTER: Millis = 65;

/// What an audio file takes, whose length nobody has looked up.
const AUDIO: Millis = 3_000;

/// How long a recogniser waits before it takes words for all that is said.
const SILENCE: Millis = 1_000;

/// What each key after the first takes.
const KEY: Millis = 400;

/// Nobody hears the first words and answers faster than this over a telephone: where it happens, the clock stands still (a
/// script, a test), and all was heard.
const REACTION: Millis = 500;

/// A mark that was reached, and what was heard after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reached {
    /// Its name.
    pub(super) name: String,
    /// From the mark to the input, or to the end of the prompts if they ended before.
    pub(super) time: Millis,
}

/// When what happens in the prompts of a turn, from their beginning.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    marks: Vec<(Millis, String)>,
    /// Up to here nothing stops the prompts.
    unstoppable: Millis,
    end: Millis,
}

impl Timeline {
    pub(super) fn of(prompts: &[Spoken]) -> Self {
        let mut line = Self::default();
        for prompt in prompts {
            line.extend(&prompt.content);
            if !prompt.bargein {
                line.unstoppable = line.end;
            }
        }
        line
    }

    fn extend(&mut self, content: &[Speech]) {
        for piece in content {
            match piece {
                Speech::Text(text) => {
                    let letters = text.split_whitespace().map(|word| word.chars().count() + 1).sum::<usize>();
                    self.end += CHARACTER * Millis::try_from(letters).unwrap_or(Millis::MAX / CHARACTER / 2);
                }
                Speech::Audio(_) => self.end += AUDIO,
                Speech::Mark(name) => self.marks.push((self.end, name.clone())),
                Speech::Element { name, attributes, children } => {
                    if name == "break" {
                        self.end += pause(attributes);
                    }
                    self.extend(children);
                }
            }
        }
    }

    /// The last mark that was reached when `happening` came, `after` the turn went out.
    pub(super) fn reached(&self, after: Millis, happening: &Happening) -> Option<Reached> {
        let heard = match after {
            0..REACTION => self.end,
            _ => after.saturating_sub(length(happening)).clamp(self.unstoppable, self.end),
        };
        let (at, name) = self.marks.iter().rfind(|(at, _)| *at <= heard)?;
        Some(Reached { name: name.clone(), time: heard - at })
    }
}

/// How long an input takes, which begins when the prompts stop.
fn length(happening: &Happening) -> Millis {
    let times = |count: usize, each: Millis| each.saturating_mul(Millis::try_from(count).unwrap_or(Millis::MAX));
    match happening {
        Happening::Heard(Heard::Speech { utterance, .. }) => {
            times(utterance.0.chars().count(), CHARACTER).saturating_add(SILENCE)
        }
        Happening::Heard(Heard::Keys { keys }) => times(keys.0.chars().count().saturating_sub(1), KEY),
        _ => 0,
    }
}

fn pause(attributes: &[(String, String)]) -> Millis {
    let attribute = |name: &str| attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
    match (attribute("time").and_then(parse_time), attribute("strength")) {
        (Some(time), _) => time.min(10_000),
        (None, Some("none" | "x-weak")) => 0,
        (None, Some("weak")) => 250,
        (None, Some("strong" | "x-strong")) => 1_000,
        (None, _) => 500,
    }
}

impl Session {
    /// Adds the mark to an object (`application.lastresult$`, a shadow variable); where none was reached its properties
    /// stay undefined.
    pub(super) fn note_mark(&self, object: &str) -> Run {
        let Some(Reached { name, time }) = &self.mark else { return Ok(()) };
        let chain = &self.here().chain;
        let name = self.engine.value(&name.as_str().into())?;
        self.engine.assign(chain, &format!("{object}.markname").into(), &name)?;
        let time = self.engine.value(&(*time).into())?;
        Ok(self.engine.assign(chain, &format!("{object}.marktime").into(), &time)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::Origin;

    fn prompt(content: Vec<Speech>, bargein: bool) -> Spoken {
        Spoken { content, bargein, lang: "en-US".to_owned(), origin: Origin::Item }
    }

    fn mark(name: &str) -> Speech {
        Speech::Mark(name.to_owned())
    }

    fn pause_of(time: &str) -> Speech {
        let attributes = vec![("time".to_owned(), time.to_owned())];
        Speech::Element { name: "break".to_owned(), attributes, children: vec![] }
    }

    fn reached(line: &Timeline, after: Millis, happening: &Happening) -> Option<(String, Millis)> {
        line.reached(after, happening).map(|reached| (reached.name, reached.time))
    }

    /// Two seconds, a mark, two seconds, a mark, two seconds.
    fn advertisement() -> Vec<Speech> {
        vec![pause_of("2s"), mark("start"), pause_of("2s"), mark("end"), pause_of("2s")]
    }

    #[test]
    fn the_last_mark_before_the_caller_broke_in_counts() {
        let line = Timeline::of(&[prompt(advertisement(), true)]);
        let key = Happening::Heard(Heard::Keys { keys: "1".into() });
        assert_eq!(reached(&line, 1_500, &key), None);
        assert_eq!(reached(&line, 3_000, &key), Some(("start".to_owned(), 1_000)));
        assert_eq!(reached(&line, 5_500, &key), Some(("end".to_owned(), 1_500)));
    }

    #[test]
    fn after_the_end_of_the_prompts_time_does_not_go_on() {
        let line = Timeline::of(&[prompt(advertisement(), true)]);
        assert_eq!(reached(&line, 60_000, &Happening::Nothing), Some(("end".to_owned(), 2_000)));
    }

    #[test]
    fn what_nobody_can_interrupt_was_heard_whole() {
        let line = Timeline::of(&[prompt(advertisement(), false), prompt(vec![pause_of("9s"), mark("late")], true)]);
        let key = Happening::Heard(Heard::Keys { keys: "1".into() });
        assert_eq!(reached(&line, 1_000, &key), Some(("end".to_owned(), 2_000)));
    }

    #[test]
    fn the_time_an_answer_takes_is_not_time_of_the_prompt() {
        let line = Timeline::of(&[prompt(advertisement(), true)]);
        let words = Heard::Speech {
            utterance: "x".repeat(20).into(),
            confidence: None,
            alternatives: vec![],
            finding: crate::dialogue::Finding::default(),
        };
        // 20 letters and the silence after them are 2,300 ms.
        assert_eq!(reached(&line, 5_300, &Happening::Heard(words)), Some(("start".to_owned(), 1_000)));
    }

    #[test]
    fn where_the_clock_stands_still_all_was_heard() {
        let line = Timeline::of(&[prompt(advertisement(), true)]);
        assert_eq!(reached(&line, 0, &Happening::Nothing), Some(("end".to_owned(), 2_000)));
        assert_eq!(Timeline::of(&[]).reached(0, &Happening::Nothing), None);
    }
}
