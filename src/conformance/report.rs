//! What a run came to, for people and for programs.

use super::verdict::Outcome;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What a run came to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// How many tests passed.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// Each test, in the manifest's order.
    pub tests: Vec<Played>,
}

/// A test that was run.
#[derive(Debug, Clone, Serialize)]
pub struct Played {
    /// The suite.
    pub suite: String,
    /// The name in it.
    pub id: String,
    /// What it is about.
    pub topic: String,
    /// The section of the specification.
    pub spec: String,
    /// Whether it passed.
    pub passed: bool,
    /// The feature is one a platform may do without, and this one says that it does.
    pub left_out: bool,
    /// Why it did not pass.
    pub why: Option<String>,
    /// What was heard.
    pub heard: String,
    /// `http`, `engine`, or `grammar` for one that needs no call.
    pub via: &'static str,
    /// Why it was not played the way that was asked for.
    pub instead: Option<&'static str>,
}

impl Played {
    /// How tests are named: suite and id.
    pub fn name(&self) -> String {
        format!("{}/{}", self.suite, self.id)
    }

    /// The same test with what it came to.
    pub(super) fn with(self, outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self { passed: true, ..self },
            Outcome::LeftOut(why) => Self { left_out: true, why: Some(why), ..self },
            Outcome::Failed(why) => Self { why: Some(why), ..self },
        }
    }
}

impl Report {
    /// A report of these tests.
    pub fn of(tests: Vec<Played>) -> Self {
        let passed = tests.iter().filter(|test| test.passed).count();
        let failed = tests.iter().filter(|test| !test.passed && !test.left_out).count();
        Self { passed, failed, tests }
    }

    /// The tests that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Played> {
        self.tests.iter().filter(|test| !test.passed && !test.left_out)
    }

    /// The report as JSON.
    pub fn json(&self) -> String {
        // Plain data: serialising cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// The report as text: a line a topic with what fails in it, the reasons, and the sum.
    pub fn table(&self) -> String {
        let mut topics: BTreeMap<&str, Vec<&Played>> = BTreeMap::new();
        for test in &self.tests {
            topics.entry(&test.topic).or_default().push(test);
        }
        let width = topics.keys().map(|topic| topic.chars().count()).max().unwrap_or_default().max(5);
        let mut text = String::new();
        let _ = writeln!(text, "{:width$}  passed  failed", "topic");
        for (topic, tests) in &topics {
            let passed = tests.iter().filter(|test| test.passed).count();
            let failing: Vec<String> =
                tests.iter().filter(|test| !test.passed && !test.left_out).map(|test| test.name()).collect();
            let line = format!("{topic:width$}  {passed:6}  {:6}  {}", failing.len(), failing.join(" "));
            let _ = writeln!(text, "{}", line.trim_end());
        }
        self.list(&mut text, "Failed:", |test| (!test.passed && !test.left_out).then_some(test.why.as_deref()?));
        self.list(&mut text, "Left out, as a platform may:", |test| test.left_out.then_some(test.why.as_deref()?));
        self.list(&mut text, "Played through the engine, as no webhook can carry it:", |test| test.instead);
        let _ = writeln!(text, "\n{} passed, {} failed", self.passed, self.failed);
        text
    }

    /// A paragraph of tests, each with what `say` says of it.
    fn list<'a>(&'a self, text: &mut String, head: &str, say: impl Fn(&'a Played) -> Option<&'a str>) {
        let mut told = self.tests.iter().filter_map(|test| Some((test, say(test)?))).peekable();
        if told.peek().is_some() {
            let _ = writeln!(text, "\n{head}");
        }
        for (test, why) in told {
            let _ = writeln!(text, "  {} ({}): {why}", test.name(), test.spec);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(id: &str, topic: &str) -> Played {
        Played {
            suite: "own".to_owned(),
            id: id.to_owned(),
            topic: topic.to_owned(),
            spec: "VoiceXML 2.0 §2.3".to_owned(),
            passed: false,
            left_out: false,
            why: None,
            heard: String::new(),
            via: "http",
            instead: None,
        }
    }

    #[test]
    fn the_table_has_a_line_a_topic_the_reasons_and_the_sum() {
        let report = Report::of(vec![
            played("1", "menu").with(Outcome::Passed),
            played("2", "menu").with(Outcome::Failed("heard \"fail\"".to_owned())),
            Played { instead: Some("one hypothesis"), ..played("3", "results") }.with(Outcome::Passed),
            played("4", "results").with(Outcome::LeftOut("error.unsupported.x".to_owned())),
        ]);
        let expected = "\
topic    passed  failed
menu          1       1  own/2
results       1       0

Failed:
  own/2 (VoiceXML 2.0 §2.3): heard \"fail\"

Left out, as a platform may:
  own/4 (VoiceXML 2.0 §2.3): error.unsupported.x

Played through the engine, as no webhook can carry it:
  own/3 (VoiceXML 2.0 §2.3): one hypothesis

2 passed, 1 failed
";
        assert_eq!(report.table(), expected);
    }
}
