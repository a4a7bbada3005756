//! From a mapping file to a mapping, or to all that is wrong with it.

use super::choice::{Entry, Which};
use super::messages::{LocalMessages, RawMessages};
use super::raw::{RawAgent, RawChoice, RawMapping, RawState, RawThreshold};
use super::{Agent, General, Mapping, Prepared, StateEntry, entity};
use crate::dialogue::Diagnostic;
use jiff::civil::Time;
use std::ops::Range;
use toml::Spanned;

impl Mapping {
    /// Reads a mapping file; `file` names it in the diagnostics.
    ///
    /// # Errors
    /// Everything that is wrong with it, with line, column and what was expected: text that is not TOML, keys that
    /// mean nothing, values of the wrong type or out of range, a choice named neither by its key nor by a phrase.
    pub fn parse(text: &str, file: &str) -> Result<Self, Vec<Diagnostic>> {
        let raw: RawMapping = toml::from_str(text).map_err(|error| vec![unreadable(&error, text, file)])?;
        let mut reader = Reader { text, file, wrong: Vec::new() };
        let RawMapping { language, threshold, policy, agent, hours, messages, state } = raw;
        let general = General { policy, ..reader.general(threshold, agent, hours, messages) };
        let states = state.into_iter().map(|state| reader.state(state)).collect();
        match reader.wrong.is_empty() {
            true => Ok(Self { language, general, states, prepared: Prepared::default() }),
            false => Err(reader.wrong),
        }
    }

    /// The JSON schema of mapping files, for editors that check TOML by one.
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(RawMapping).to_value()
    }
}

/// Holds values against what the schema of types cannot say.
struct Reader<'a> {
    text: &'a str,
    file: &'a str,
    wrong: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn refuse(&mut self, code: &str, span: Range<usize>, message: impl Into<String>, expected: impl Into<String>) {
        let wrong = Diagnostic::error(code, self.file, message);
        self.wrong.push(wrong.at(self.text, span.start, span.end).expected(expected));
    }

    fn state(&mut self, state: RawState) -> StateEntry {
        let pattern = &state.pattern;
        if pattern.get_ref().trim().is_empty() {
            self.refuse("mapping-match", pattern.span(), "`match` names no state", "for example \"main.vxml#main/*\"");
        }
        let entity = state.entity.and_then(|name| {
            let kind = entity::kind(name.get_ref());
            if kind.is_none() {
                let message = format!("there is no entity `{}`", name.get_ref());
                self.refuse("mapping-entity", name.span(), message, format!("one of {}", entity::names()));
            }
            kind
        });
        let general = self.general(state.threshold, state.agent, state.hours, state.messages);
        let general = General { policy: state.policy, ..general };
        StateEntry {
            at: state.pattern.span(),
            pattern: state.pattern.into_inner(),
            language: state.language,
            open_prompt: state.open_prompt,
            hybrid_prompt: state.hybrid_prompt,
            secret: state.secret,
            entity,
            label: state.label,
            hints: state.hints,
            general,
            choices: state.choice.into_iter().filter_map(|choice| self.choice(choice)).collect(),
        }
    }

    fn choice(&mut self, choice: Spanned<RawChoice>) -> Option<Entry> {
        let at = choice.span();
        let choice = choice.into_inner();
        let which = match (choice.key, choice.phrase) {
            (Some(key), None) => {
                let keys: String = key.get_ref().split_whitespace().collect();
                if keys.is_empty() || !keys.chars().all(|key| matches!(key, '0'..='9' | '*' | '#' | 'A'..='D')) {
                    let message = format!("`{}` is no key of a telephone", key.get_ref());
                    self.refuse("mapping-key", key.span(), message, "digits, * or #");
                }
                Which::Key(keys)
            }
            (None, Some(phrase)) => Which::Phrase(phrase),
            _ => {
                let message = "a choice is named by its key or by one phrase of its grammar";
                self.refuse("mapping-choice", at, message, "either `key` or `phrase`");
                return None;
            }
        };
        let RawChoice { label, synonyms, phrases, confirm, .. } = choice;
        Some(Entry { choice: which, at, label, synonyms, phrases, confirm, names: Default::default() })
    }

    fn general(
        &mut self,
        threshold: Option<Spanned<RawThreshold>>,
        agent: Option<Spanned<RawAgent>>,
        hours: Option<Spanned<String>>,
        messages: RawMessages,
    ) -> General {
        let (accept, confirm) = threshold.map_or((None, None), |threshold| self.threshold(&threshold));
        let mut refuse = |span, message: String, expected: String| {
            self.refuse("mapping-message", span, message, expected);
        };
        let messages = LocalMessages::checked(messages, &mut refuse);
        General {
            policy: None,
            accept,
            confirm,
            agent: agent.map(|agent| self.agent(agent)),
            hours: hours.and_then(|hours| self.hours(&hours)),
            messages,
        }
    }

    /// From where on is accepted, from where on confirmed. One number does both: nothing is confirmed.
    fn threshold(&mut self, threshold: &Spanned<RawThreshold>) -> (Option<f64>, Option<f64>) {
        let (accept, confirm) = match threshold.get_ref() {
            RawThreshold::One(one) => (Some(*one), Some(*one)),
            RawThreshold::Two(two) => (two.accept, two.confirm),
        };
        let code = "mapping-threshold";
        if [accept, confirm].iter().flatten().any(|value| !(0.0..=1.0).contains(value)) {
            self.refuse(code, threshold.span(), "the threshold is out of range", "a number from 0 to 1");
        } else if let (Some(accept), Some(confirm)) = (accept, confirm)
            && confirm > accept
        {
            let message = "what is accepted would not even be worth a question";
            self.refuse(code, threshold.span(), message, "`confirm` not above `accept`");
        }
        (accept, confirm)
    }

    fn agent(&mut self, agent: Spanned<RawAgent>) -> Agent {
        let span = agent.span();
        match agent.into_inner() {
            RawAgent::Key(key) => Agent::Key(key),
            RawAgent::Phrase(phrase) => Agent::Phrase(phrase),
            RawAgent::Transfer(dest) => {
                let is_number = |number: &str| {
                    let digits = number.strip_prefix('+').unwrap_or(number);
                    digits.chars().any(|c| c.is_ascii_digit())
                        && digits.chars().all(|c| c.is_ascii_digit() || "-.()".contains(c))
                };
                let is_sip =
                    ["sip:", "sips:"].iter().any(|scheme| dest.len() > scheme.len() && dest.starts_with(scheme));
                if !is_sip && !dest.strip_prefix("tel:").is_some_and(is_number) {
                    let message = format!("nobody can be called by `{dest}`");
                    self.refuse(
                        "mapping-agent",
                        span,
                        message,
                        "a URI such as \"tel:+15551230000\" or \"sip:desk@host\"",
                    );
                }
                Agent::Transfer(dest)
            }
        }
    }

    fn hours(&mut self, hours: &Spanned<String>) -> Option<(Time, Time)> {
        let read = |time: &str| -> Option<Time> {
            let (hour, minute) = time.trim().split_once(':')?;
            Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
        };
        let both = hours.get_ref().split_once('-').and_then(|(from, to)| Some((read(from)?, read(to)?)));
        let good = both.filter(|(from, to)| from < to);
        if good.is_none() {
            let message = match both {
                Some(_) => "the hours end before they begin",
                None => "these are no opening hours",
            };
            self.refuse("mapping-hours", hours.span(), message, "from and to within a day, such as \"09:00-22:00\"");
        }
        good
    }
}

fn unreadable(error: &toml::de::Error, text: &str, file: &str) -> Diagnostic {
    let message = error.message();
    let (what, expected) = match message.split_once(", expected ").or_else(|| message.split_once("expected ")) {
        Some((what, expected)) => (what.trim(), Some(expected)),
        None => (message, None),
    };
    let what = if what.is_empty() { "this cannot be read" } else { what };
    let mut diagnostic = Diagnostic::error("mapping-syntax", file, what);
    if let Some(span) = error.span() {
        diagnostic = diagnostic.at(text, span.start, span.end);
    }
    match expected {
        Some(expected) => diagnostic.expected(expected.trim()),
        None => diagnostic,
    }
}
