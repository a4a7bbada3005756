//! The manifest of a suite: which documents there are, what the caller does, what is to come of it.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::path::Path;
use thiserror::Error;

/// The name of a manifest in its suite's folder.
const FILE: &str = "manifest.json";

/// Why a suite cannot be run.
#[derive(Debug, Error)]
pub enum ManifestError {
    /// There is no such file, or it cannot be read.
    #[error("{file} cannot be read: {error}; name the folder of a suite, with its {FILE}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// It is not what docs/howto-run-conformance.md describes.
    #[error("{file}:{}:{}: {error}; docs/howto-run-conformance.md has the format", .error.line(), .error.column())]
    Malformed {
        /// The file.
        file: String,
        /// What was expected.
        error: serde_json::Error,
    },
}

/// One test.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Test {
    /// The suite it belongs to, e.g. `vxml20`.
    pub suite: String,
    /// Its name in the suite, e.g. the number of the W3C's assertion.
    pub id: String,
    /// What of the specification it is about.
    #[serde(default)]
    pub topic: String,
    /// The section of the specification.
    #[serde(default)]
    pub spec: String,
    /// The first document, or the grammar, relative to the suite's folder.
    pub start: String,
    /// What decides.
    pub verdict: Verdict,
    /// What the caller does.
    #[serde(default)]
    pub script: Script,
    /// What is to be heard, in this order.
    #[serde(default)]
    pub heard: Vec<String>,
    /// What is to be logged, in this order.
    #[serde(default)]
    pub log: Vec<String>,
    /// What a grammar is to make of inputs.
    #[serde(default)]
    pub cases: Vec<Case>,
    /// A token to be replaced in some files.
    pub substitute: Option<Substitute>,
    /// The document is to be refused where it is loaded: `error.badfetch` in the calling one.
    #[serde(default)]
    pub load_time: bool,
    /// A platform may do without the feature.
    #[serde(default)]
    pub optional: bool,
    /// Why its entry in the manifest cannot be read, if it cannot: then the rest of this is of no account.
    #[serde(skip)]
    pub unreadable: Option<String>,
}

/// An entry of a manifest. One that has a name and cannot be read is a test that fails, so that the others can be run.
#[derive(Deserialize)]
#[serde(try_from = "Value")]
struct Entry(Test);

/// What is told of an entry that cannot be read.
#[derive(Deserialize)]
struct Heading {
    suite: String,
    id: String,
    #[serde(default)]
    topic: String,
    #[serde(default)]
    spec: String,
}

impl TryFrom<Value> for Entry {
    type Error = serde_json::Error;

    fn try_from(entry: Value) -> Result<Self, Self::Error> {
        let Heading { suite, id, topic, spec } = serde_json::from_value(entry.clone())?;
        Ok(Self(serde_json::from_value(entry).unwrap_or_else(|error| {
            let why =
                format!("its entry in {FILE} cannot be read: {error}; docs/howto-run-conformance.md has the format");
            Test { suite, id, topic, spec, unreadable: Some(why), ..Test::default() }
        })))
    }
}

/// What decides whether a test has passed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    #[default]
    /// What is prompted ends with `pass`, and `fail` is never prompted.
    Spoken,
    /// The same, counting prompts that were queued when the caller had gone.
    AfterHangup,
    /// The session ends by itself, without an error and without `fail`.
    SilentExit,
    /// Texts and audio files are heard in order, and never `fail`.
    Heard,
    /// Inputs match a grammar or do not.
    Grammar,
}

/// An input of a grammar test.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Case {
    /// The words, or the keys, with blanks between them.
    pub input: String,
    /// What the grammar is to say.
    pub expect: Expected,
    /// The semantic result, as JSON.
    pub interpretation: Option<Value>,
}

/// What a grammar is to say to an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// The whole input matches from the root rule.
    Match,
    /// It does not.
    Nomatch,
    /// The grammar itself is refused.
    Reject,
    /// Either a match or the grammar refused.
    MatchOrReject,
}

/// A token that stands for the absolute URL of the test's folder.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Substitute {
    /// The token.
    pub token: String,
    /// The files it stands in, relative to the test's folder.
    #[serde(rename = "in")]
    pub files: Vec<String>,
}

/// What the caller does over a whole test.
#[derive(Debug, Clone, PartialEq)]
pub enum Script {
    /// What the prompts tell him to.
    Auto,
    /// This, a step each time the session waits.
    Steps(Vec<Step>),
}

impl Default for Script {
    fn default() -> Self {
        Self::Steps(Vec::new())
    }
}

/// What the caller does when the session waits.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "WrittenStep")]
pub enum Step {
    /// Speaks.
    Say {
        /// What the recogniser hears.
        best: Hypothesis,
        /// What else it may have heard, best first.
        nbest: Vec<Hypothesis>,
    },
    /// Presses keys quickly one after another, then no more.
    Press(String),
    /// Waits until the platform gives up.
    Silence,
    /// Says, or presses, what no grammar has.
    NoMatch,
    /// Hangs up.
    HangUp,
    /// Speaks into a recording.
    Record(Recording),
    /// Waits for what becomes of the outbound leg.
    Transfer(Fate),
}

/// What a recogniser may have heard.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hypothesis {
    /// The words.
    pub say: String,
    /// How sure it is, from 0 to 1.
    #[serde(default = "sure")]
    pub confidence: f64,
}

/// What the caller does in a recording.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// How long he speaks.
    pub seconds: u32,
    /// The key he presses then.
    pub dtmf: Option<char>,
    /// Whether he hangs up then.
    #[serde(default)]
    pub hangup: bool,
}

/// What becomes of an outbound leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Answered; the callee hangs up after a while.
    FarEndDisconnect,
    /// Answered, and stays up; the next step happens during the bridge.
    Answered,
    /// Answered, and stays up until the platform ends it.
    AnsweredUntilMaxtime,
    /// Rings and is never answered.
    Ringing,
    /// Busy.
    Busy,
    /// The network is busy.
    NetworkBusy,
    /// The caller is handed over.
    BlindConnected,
}

impl Test {
    /// How tests are named: suite and id.
    pub fn name(&self) -> String {
        format!("{}/{}", self.suite, self.id)
    }

    /// Why a webhook cannot carry what the caller does, if it cannot.
    pub fn beyond_webhooks(&self) -> Option<&'static str> {
        let Script::Steps(steps) = &self.script else { return None };
        let has_nbest = |step: &Step| matches!(step, Step::Say { nbest, .. } if !nbest.is_empty());
        let speaks_in_bridge = |pair: &[Step]| {
            matches!(pair, [Step::Transfer(Fate::Answered), Step::Say { .. } | Step::Press(_) | Step::NoMatch])
        };
        if steps.iter().any(has_nbest) {
            Some("Twilio reports one hypothesis of its recogniser")
        } else if steps.windows(2).any(speaks_in_bridge) {
            Some("Twilio does not report what is said or pressed during a bridge")
        } else {
            None
        }
    }
}

/// Reads the manifest of a suite's folder.
///
/// # Errors
/// [`ManifestError`] with file, line and what was expected.
pub fn read_manifest(folder: &Path) -> Result<Vec<Test>, ManifestError> {
    let path = folder.join(FILE);
    let file = path.display().to_string();
    let text = std::fs::read(&path).map_err(|error| ManifestError::Unreadable { file: file.clone(), error })?;
    let entries: Vec<Entry> =
        serde_json::from_slice(&text).map_err(|error| ManifestError::Malformed { file, error })?;
    Ok(entries.into_iter().map(|Entry(test)| test).collect())
}

fn sure() -> f64 {
    1.0
}

impl<'de> Deserialize<'de> for Script {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        match Value::deserialize(deserializer)? {
            Value::String(word) if word == "auto" => Ok(Self::Auto),
            Value::Null => Ok(Self::default()),
            steps @ Value::Array(_) => serde_json::from_value(steps).map(Self::Steps).map_err(D::Error::custom),
            _ => Err(D::Error::custom("a script is \"auto\" or a list of steps")),
        }
    }
}

/// A step as written: an object with one of these keys, beside `say` perhaps more.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    say: Option<String>,
    confidence: Option<f64>,
    #[serde(default)]
    nbest: Vec<Hypothesis>,
    dtmf: Option<String>,
    #[serde(default)]
    noinput: bool,
    #[serde(default)]
    nomatch: bool,
    #[serde(default)]
    hangup: bool,
    record: Option<Recording>,
    transfer: Option<Fate>,
}

impl TryFrom<WrittenStep> for Step {
    type Error = &'static str;

    fn try_from(written: WrittenStep) -> Result<Self, Self::Error> {
        let WrittenStep { say, confidence, nbest, dtmf, noinput, nomatch, hangup, record, transfer } = written;
        let say = say.map(|say| Self::Say { best: Hypothesis { say, confidence: confidence.unwrap_or(1.0) }, nbest });
        let steps = [
            say,
            dtmf.map(Self::Press),
            noinput.then_some(Self::Silence),
            nomatch.then_some(Self::NoMatch),
            hangup.then_some(Self::HangUp),
            record.map(Self::Record),
            transfer.map(Self::Transfer),
        ];
        let mut steps = steps.into_iter().flatten();
        match (steps.next(), steps.next()) {
            (Some(step), None) => Ok(step),
            _ => Err("a step has one of say, dtmf, noinput, nomatch, hangup, record and transfer"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(json: &str) -> Result<Script, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_script_is_what_the_prompts_say_or_a_list_of_steps() {
        assert_eq!(script("\"auto\""), Ok(Script::Auto));
        let steps = r#"[{"say": "austin", "confidence": 0.8, "nbest": [{"say": "boston"}]}, {"dtmf": "12#"}, {"noinput": true},
            {"record": {"seconds": 3, "dtmf": "5"}}, {"transfer": "answered_until_maxtime"}]"#;
        let Ok(Script::Steps(steps)) = script(steps) else { panic!("a list of steps") };
        let boston = Hypothesis { say: "boston".to_owned(), confidence: 1.0 };
        assert!(matches!(&steps[0], Step::Say { best, nbest } if best.confidence == 0.8 && *nbest == [boston]));
        assert_eq!(steps[1..3], [Step::Press("12#".to_owned()), Step::Silence]);
        assert_eq!(steps[3], Step::Record(Recording { seconds: 3, dtmf: Some('5'), hangup: false }));
        assert_eq!(steps[4], Step::Transfer(Fate::AnsweredUntilMaxtime));
    }

    #[test]
    fn a_step_that_means_nothing_or_two_things_is_refused() {
        for wrong in ["[{}]", r#"[{"say": "a", "dtmf": "1"}]"#, r#"[{"shout": "a"}]"#, "3", r#""by hand""#] {
            assert!(script(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_entry_that_cannot_be_read_is_a_test_with_the_reason_and_the_others_stand() {
        let manifest = r#"[{"suite": "own", "id": "1", "topic": "menu", "start": "a.vxml", "verdict": "sung"},
            {"suite": "own", "id": "2", "start": "a.vxml", "verdict": "spoken", "script": null, "mood": "fine"}]"#;
        let entries: Vec<Entry> = serde_json::from_str(manifest).unwrap();
        let [Entry(odd), Entry(plain)] = entries.as_slice() else { panic!("two entries") };
        assert_eq!((odd.name().as_str(), odd.topic.as_str()), ("own/1", "menu"));
        assert!(odd.unreadable.as_ref().is_some_and(|why| why.contains("unknown variant `sung`")));
        assert_eq!((plain.script.clone(), plain.unreadable.as_ref()), (Script::Steps(Vec::new()), None));
    }
}
