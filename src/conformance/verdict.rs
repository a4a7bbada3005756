//! Whether a call came to what its test wants.

use super::caller::Account;
use super::manifest::{Test, Verdict};
use crate::dialogue::Reason;

/// What a test came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It did not, and the feature is one a platform may do without.
    LeftOut(String),
    /// It failed; why.
    Failed(String),
}

/// Judges a call.
pub(super) fn judge(test: &Test, account: &Account) -> Outcome {
    match fault(test, account) {
        None => Outcome::Passed,
        Some(why) => {
            let unsupported = account.inside.events.iter().find(|event| event.starts_with("error.unsupported"));
            match unsupported.filter(|_| test.optional) {
                Some(event) => Outcome::LeftOut(event.clone()),
                None => Outcome::Failed(why),
            }
        }
    }
}

fn fault(test: &Test, account: &Account) -> Option<String> {
    let Account { heard, inside, stuck } = account;
    let told = || match inside.events.iter().rev().find(|event| event.starts_with("error")) {
        Some(event) => format!("heard \"{heard}\" ({event} was thrown)"),
        None => format!("heard \"{heard}\""),
    };
    if inside.broken {
        return Some("voxbridge itself failed".to_owned());
    }
    if words(heard).chain(inside.unheard.iter().flat_map(|text| words(text))).any(|word| word == "fail") {
        let unheard = if inside.unheard.is_empty() { String::new() } else { inside.unheard.join(" ") + ", " };
        return Some(unheard + &told());
    }
    if let Some(stuck) = stuck {
        return Some(format!("{stuck}; {}", told()));
    }
    if !test.log.is_empty() && !in_order(&inside.log.join(" "), &test.log) {
        return Some(format!("the log has \"{}\"", inside.log.join(" ")));
    }
    if test.load_time && !inside.events.iter().any(|event| event.starts_with("error.badfetch")) {
        return Some("the invalid document was not refused by error.badfetch".to_owned());
    }
    match test.verdict {
        Verdict::Spoken => (words(heard).last() != Some("pass".to_owned())).then(told),
        Verdict::AfterHangup => {
            let last = inside.unheard.iter().flat_map(|text| words(text)).last().or_else(|| words(heard).last());
            (last != Some("pass".to_owned())).then(|| format!("{}, and nothing after it ends with pass", told()))
        }
        Verdict::SilentExit => match &inside.end {
            Some(Reason::Exit | Reason::Finished | Reason::HungUp) => None,
            Some(Reason::Event { event, .. }) if !event.starts_with("error") => None,
            Some(end) => Some(format!("the session ended by {end:?}")),
            None => Some("the session did not end by itself".to_owned()),
        },
        Verdict::Heard => (!in_order(heard, &test.heard)).then(told),
        Verdict::Grammar => Some("a grammar is not called".to_owned()),
    }
}

/// The words of what is prompted, in lower case; audio files are none.
fn words(text: &str) -> impl Iterator<Item = String> {
    let said = text.split_whitespace().filter(|piece| !piece.starts_with("audio:"));
    said.flat_map(|piece| piece.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// Whether all of `wanted` occur in a text one after another. Commas do not count: a voice that knows no breaks is given
/// one for a short pause.
fn in_order(text: &str, wanted: &[String]) -> bool {
    let plain = |text: &str| text.replace(',', "").split_whitespace().collect::<Vec<_>>().join(" ");
    let text = plain(text);
    let mut rest = text.as_str();
    wanted.iter().all(|wanted| {
        let wanted = plain(wanted);
        let found = match wanted.strip_prefix("audio:") {
            Some(name) => after_audio(rest, name),
            None => rest.find(&wanted).and_then(|at| rest.get(at + wanted.len()..)),
        };
        rest = found.unwrap_or_default();
        found.is_some()
    })
}

/// What follows the first audio file whose URL ends in `name`.
fn after_audio<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let is_it = |path: &str| {
        path.strip_suffix(name).is_some_and(|before| name.is_empty() || before.is_empty() || before.ends_with('/'))
    };
    text.match_indices("audio:").find_map(|(at, prefix)| {
        let rest = text.get(at + prefix.len()..)?;
        let path = rest.split(' ').next().filter(|path| is_it(path))?;
        rest.get(path.len()..)
    })
}

#[cfg(test)]
mod tests {
    use super::super::line::Inside;
    use super::*;

    fn test(more: &str) -> Test {
        let text = format!(r#"{{"suite": "s", "id": "1", "start": "a.vxml", {more}}}"#);
        serde_json::from_str(&text).unwrap()
    }

    fn call(heard: &str) -> Account {
        let inside = Inside { end: Some(Reason::Exit), ..Inside::default() };
        Account { heard: heard.to_owned(), inside, stuck: None }
    }

    fn passes(test: &Test, account: &Account) -> bool {
        judge(test, account) == Outcome::Passed
    }

    #[test]
    fn a_call_passes_that_ends_with_pass_and_never_says_fail() {
        let spoken = test(r#""verdict": "spoken""#);
        assert!(passes(&spoken, &call("Hello. Pass.")));
        assert!(!passes(&spoken, &call("pass Goodbye")));
        assert!(!passes(&spoken, &call("fail, then pass")));
        assert!(passes(&spoken, &call("failure audio:fail.wav pass")));
        let stuck = Account { stuck: Some("waits".to_owned()), ..call("pass") };
        assert!(!passes(&spoken, &stuck));
    }

    #[test]
    fn what_nobody_heard_any_more_counts_after_a_hang_up_only() {
        let mut account = call("Hello.");
        account.inside.unheard.push("pass".to_owned());
        assert!(passes(&test(r#""verdict": "after-hangup""#), &account));
        assert!(!passes(&test(r#""verdict": "spoken""#), &account));
    }

    #[test]
    fn texts_and_logs_are_found_in_their_order() {
        let heard = test(r#""verdict": "heard", "heard": ["audio:a.wav", "two  words"]"#);
        assert!(passes(&heard, &call("x audio:a.wav then two words")));
        assert!(!passes(&heard, &call("two words audio:a.wav")));
        assert!(passes(&heard, &call("audio:other/b.wav audio:deep/a.wav two words")));
        assert!(passes(&heard, &call("audio:a.wav two, words")), "a comma is a pause that this voice cannot make");
        assert!(!passes(&heard, &call("audio:ba.wav two words")));
        let logged = test(r#""verdict": "spoken", "log": ["a", "b"]"#);
        let mut account = call("pass");
        assert!(!passes(&logged, &account));
        account.inside.log = vec!["label a".to_owned(), " b".to_owned()];
        assert!(passes(&logged, &account));
    }

    #[test]
    fn an_error_at_the_end_is_no_silent_exit() {
        let silent = test(r#""verdict": "silent-exit""#);
        assert!(passes(&silent, &call("")));
        let mut account = call("");
        account.inside.end =
            Some(Reason::Event { event: "error.semantic".to_owned(), message: "x is not defined".to_owned() });
        assert!(!passes(&silent, &account));
    }

    #[test]
    fn a_document_that_should_be_refused_has_to_be() {
        let refused = test(r#""verdict": "spoken", "load_time": true"#);
        let mut account = call("pass");
        assert!(!passes(&refused, &account));
        account.inside.events.push("error.badfetch".to_owned());
        assert!(passes(&refused, &account));
    }

    #[test]
    fn what_a_platform_may_do_without_is_left_out_where_it_says_so() {
        let optional = test(r#""verdict": "spoken", "optional": true"#);
        let mut account = call("fail");
        assert!(matches!(judge(&optional, &account), Outcome::Failed(_)));
        account.inside.events.push("error.unsupported.builtin".to_owned());
        assert!(matches!(judge(&optional, &account), Outcome::LeftOut(_)));
    }
}
