//! The caller of a test: does what the script says, or what the prompts tell him to, and writes down what he heard.

use super::line::{Broken, Inside, Line, Wait};
use super::manifest::{Fate, Hypothesis, Script, Step, Test};
use super::stage::Stage;

/// A test that waits more often goes round in circles.
const MOST_WAITS: usize = 40;

/// What came of a call.
#[derive(Debug, Default)]
pub(super) struct Account {
    /// All that was heard.
    pub(super) heard: String,
    /// What happened inside.
    pub(super) inside: Inside,
    /// Why the call could not be played to its end.
    pub(super) stuck: Option<String>,
}

/// Plays a test to its end.
pub(super) async fn play(stage: &Stage, at: usize, test: &Test, webhooks: bool) -> Account {
    let mut account = Account::default();
    let mut line = match Line::call(stage, at, webhooks).await {
        Ok(line) => line,
        Err(broken) => return Account { stuck: Some(broken.to_string()), ..account },
    };
    account.stuck = match talk(&mut line, test, &mut account.heard).await {
        Ok(stuck) => stuck,
        Err(broken) => Some(broken.to_string()),
    };
    account.inside = std::mem::take(line.inside_mut());
    account
}

/// Why the script leads no further, if it does not.
async fn talk(line: &mut Line<'_>, test: &Test, heard: &mut String) -> Result<Option<String>, Broken> {
    let mut steps = match &test.script {
        Script::Auto => [].iter(),
        Script::Steps(steps) => steps.iter(),
    };
    for _ in 0..MOST_WAITS {
        let last = line.heard();
        heard.push_str(if heard.is_empty() || last.is_empty() { "" } else { " " });
        heard.push_str(&last);
        if line.wait() == Wait::Over {
            line.leave().await?;
            return Ok(None);
        }
        let step = match &test.script {
            Script::Auto => instruction(&last),
            Script::Steps(_) => steps.next().cloned(),
        };
        let Some(step) = step else {
            return Ok(Some(format!("the session waits for {}, but the caller is to do nothing", line.wait().name())));
        };
        let during = if step == Step::Transfer(Fate::Answered) { steps.next() } else { None };
        line.act(&step, during).await?;
    }
    Ok(Some(format!("the session waited for the caller {MOST_WAITS} times and did not end")))
}

/// The last instruction in what was said.
fn instruction(text: &str) -> Option<Step> {
    let say = |words: String| Step::Say { best: Hypothesis { say: words, confidence: 1.0 }, nbest: Vec::new() };
    let found = [
        last_quoted(text, "Say '").map(|(at, words)| (at, say(words.to_owned()))),
        last_quoted(text, "Press '").map(|(at, keys)| (at, Step::Press(keys.to_owned()))),
        last_quoted(text, "containing the word '")
            .map(|(at, word)| (at, say(format!("well I think {word} is a nice word")))),
        text.rfind("Say nothing").map(|at| (at, Step::Silence)),
        text.rfind("Say something unrecognizable").map(|at| (at, Step::NoMatch)),
        text.rfind("Hang up now").map(|at| (at, Step::HangUp)),
    ];
    found.into_iter().flatten().max_by_key(|(at, _)| *at).map(|(_, step)| step)
}

/// Where a phrase stands last, and what follows it up to the closing quotation mark; one inside a word is an apostrophe.
fn last_quoted<'a>(text: &'a str, before: &str) -> Option<(usize, &'a str)> {
    let at = text.rfind(before)?;
    let quoted = text.get(at + before.len()..)?;
    let closes = |end: &usize| !quoted.get(end + 1..).is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
    let end = quoted.match_indices('\'').map(|(end, _)| end).find(closes)?;
    Some((at, quoted.get(..end)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        match instruction(text) {
            Some(Step::Say { best, .. }) => best.say,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn the_last_instruction_counts() {
        assert_eq!(said("Press '1'. Say 'New York' one more time."), "New York");
        assert_eq!(said("Say 'o'clock'."), "o'clock");
        assert!(said("Recite a sentence containing the word 'tokyo'.").contains(" tokyo "));
        assert_eq!(instruction("Say 'a'. Press '12'."), Some(Step::Press("12".to_owned())));
        assert_eq!(instruction("No input expected. Say nothing"), Some(Step::Silence));
        assert_eq!(instruction("Say something unrecognizable."), Some(Step::NoMatch));
        assert_eq!(instruction("Hang up now."), Some(Step::HangUp));
        assert_eq!(instruction("Welcome."), None);
    }
}
