//! What the caller did, matched against the active grammars.

use super::{
    Session,
    collect::{Active, Owner},
    flow::{Flow, Run},
    program::Meaning,
};
use crate::{
    dialogue::{Heard, InputMode, Selection},
    grammar::{Parse, Semantics, Verdict},
    script::Handle,
};
use serde_json::{Value as Json, json};

/// An input that was understood.
pub(super) struct Recognition {
    pub(super) meaning: Meaning,
    pub(super) owner: Owner,
    /// The semantic interpretation.
    pub(super) value: Handle,
    pub(super) utterance: String,
    pub(super) mode: InputMode,
    pub(super) confidence: f64,
}

/// The input as the grammars see it.
struct Input<'a> {
    text: &'a str,
    mode: InputMode,
    confidence: f64,
    /// The words really spoken, if they were mapped onto keys or a phrase.
    spoken: Option<&'a str>,
}

impl Session {
    /// Finds the grammar an input matches; none is `nomatch`, as is a confidence below `level`.
    pub(super) fn recognise(&mut self, active: &[Active], heard: Heard, level: f64) -> Run<Recognition> {
        let (words, confidence, finding) = match heard {
            Heard::Keys { keys } => {
                let input = Input { text: &keys, mode: InputMode::Dtmf, confidence: 1.0, spoken: None };
                return self.matching(active, &input)?.ok_or_else(|| self.no_match(&input));
            }
            Heard::Speech { utterance, confidence, finding, .. } => (utterance, confidence, finding),
        };
        // Platforms leave the confidence out, or say 0, when they do not know.
        let confidence = confidence.filter(|confidence| *confidence > 0.0).unwrap_or(1.0);
        let exact = Input { text: &words, mode: InputMode::Voice, confidence, spoken: None };
        if confidence >= level
            && let Some(recognition) = self.matching(active, &exact)?
        {
            return Ok(recognition);
        }
        let Some(best) = finding.ranked.first() else { return Err(self.no_match(&exact)) };
        let (text, mode) = match &best.selection {
            Selection::Key(keys) => (&keys.0, InputMode::Dtmf),
            Selection::Phrase(phrase) => (&phrase.0, InputMode::Voice),
            Selection::Event(name) => return Err(Flow::event(name.clone(), "")),
            Selection::Repeat => return Err(self.no_match(&exact)),
        };
        let confidence = if mode == InputMode::Dtmf { 1.0 } else { best.confidence };
        let mapped = Input { text, mode, confidence, spoken: Some(&words) };
        self.matching(active, &mapped)?.ok_or_else(|| self.no_match(&mapped))
    }

    /// `nomatch`, which is a recognition too: `application.lastresult$` says what was heard (2.0 §5.1.5).
    fn no_match(&self, input: &Input<'_>) -> Flow {
        let noted = self
            .engine
            .value(&input.text.into())
            .map_err(Flow::from)
            .and_then(|value| self.set_last_result(&value, input.text, input));
        noted.err().unwrap_or_else(|| Flow::event("nomatch", ""))
    }

    /// What a key pressed while something else than input was waited for means; `None` if no grammar takes it.
    pub(super) fn recognise_key(&mut self, active: &[Active], key: char) -> Run<Option<Recognition>> {
        let text = key.to_string();
        self.matching(active, &Input { text: &text, mode: InputMode::Dtmf, confidence: 1.0, spoken: None })
    }

    /// The first active grammar that takes the whole input, with `application.lastresult$` set.
    fn matching(&mut self, active: &[Active], input: &Input<'_>) -> Run<Option<Recognition>> {
        for active in active.iter().filter(|active| active.compiled.grammar.mode() == input.mode) {
            let verdict = match input.mode {
                InputMode::Dtmf => active.compiled.grammar.match_keys(input.text),
                InputMode::Voice => active.compiled.grammar.match_words(input.text),
            };
            let Verdict::Match { parse, .. } = verdict else { continue };
            let utterance = match input.mode {
                InputMode::Dtmf => input.text.to_owned(),
                InputMode::Voice => parse.utterance(),
            };
            let value = self.interpretation(&parse, &utterance)?;
            self.set_last_result(&value, &utterance, input)?;
            return Ok(Some(Recognition {
                meaning: active.meaning.clone(),
                owner: active.owner.clone(),
                value,
                utterance,
                mode: input.mode,
                confidence: input.confidence,
            }));
        }
        Ok(None)
    }

    fn interpretation(&self, parse: &Parse, utterance: &str) -> Run<Handle> {
        let json = match parse.semantics() {
            Semantics::None => Json::String(utterance.to_owned()),
            Semantics::Value(value) => value,
            Semantics::Program(program) => self.engine.eval_alone(&program)?,
        };
        Ok(self.engine.value(&json)?)
    }

    /// `application.lastresult$` (2.0 §5.1.5).
    fn set_last_result(&self, value: &Handle, utterance: &str, input: &Input<'_>) -> Run {
        let result = json!({
            "confidence": input.confidence,
            "utterance": utterance,
            "inputmode": mode_name(input.mode),
            "interpretation": self.engine.json(value)?,
            "spoken": input.spoken,
        });
        let last = self.engine.array_with(std::slice::from_ref(&result), &result)?;
        Ok(self.engine.set(&self.here().application, "lastresult$", &last)?)
    }
}

/// A mode by the name VoiceXML gives it.
pub(super) fn mode_name(mode: InputMode) -> &'static str {
    match mode {
        InputMode::Voice => "voice",
        InputMode::Dtmf => "dtmf",
    }
}
