//! What the caller did, matched against the active grammars.

use super::{
    Session,
    collect::{Active, Owner},
    flow::{Flow, Run},
    program::Meaning,
};
use crate::{
    dialogue::{Finding, Heard, InputMode, Interpretation, ItemKind, Selection},
    grammar::{Parse, Semantics},
    script::Handle,
};
use serde_json::{Value as Json, json};

/// What the caller said or keyed in, as it was understood; of several ways to understand it, one.
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

/// The N-best list: each recognition with its entry in `application.lastresult$`, the best first.
type Candidates = Vec<(Recognition, Json)>;

impl Session {
    /// Finds what an input means; no grammar that takes it is `nomatch`, as is a confidence below `level`.
    pub(super) fn recognise(&mut self, active: &[Active], heard: Heard, level: f64) -> Run<Recognition> {
        let (words, confidence, alternatives, finding) = match heard {
            Heard::Keys { keys } => {
                let input = Input { text: &keys, mode: InputMode::Dtmf, confidence: 1.0, spoken: None };
                return self.matching(active, &input)?.ok_or_else(|| self.no_match(Vec::new(), &input));
            }
            Heard::Speech { utterance, confidence, alternatives, finding } => {
                (utterance, confidence, alternatives, finding)
            }
        };
        // Platforms leave the confidence out, or say 0, when they do not know.
        let known = |confidence: Option<f64>| confidence.filter(|confidence| *confidence > 0.0);
        let confidence = known(confidence).unwrap_or(1.0);
        let spoken = |text, confidence| Input { text, mode: InputMode::Voice, confidence, spoken: None };
        let mut hypotheses = vec![spoken(&words, confidence)];
        hypotheses.extend(alternatives.iter().map(|other| {
            let confidence = known(other.confidence).unwrap_or(confidence);
            spoken(&other.utterance, confidence)
        }));
        hypotheses.sort_by(|one, other| other.confidence.total_cmp(&one.confidence));
        // A grammar that takes any words would take those that other fields are filled by, too.
        let meant = finding.ranked.first().map(|best| &best.selection);
        let is_settled = matches!(meant, Some(Selection::Key(_) | Selection::Phrase(_) | Selection::Value(_)));
        let own = match is_settled && active.iter().any(|active| active.compiled.is_dictation()) {
            true => Vec::new(),
            false => self.candidates(active, &hypotheses)?,
        };
        if own.first().is_some_and(|(best, _)| best.confidence >= level) {
            return self.best(own)?.ok_or_else(|| self.no_match(Vec::new(), &hypotheses[0]));
        }
        match meant {
            Some(Selection::Event(name)) => Err(Flow::event(name.clone(), "")),
            Some(Selection::Key(_) | Selection::Phrase(_) | Selection::Value(_)) => {
                let mapped: Vec<Input<'_>> =
                    finding.ranked.iter().flat_map(|reading| mapped(reading, &words)).collect();
                let found = match meant {
                    Some(Selection::Value(_)) => self.value_of_field(active, &mapped, &finding, &words)?,
                    _ => self.candidates(active, &mapped)?,
                };
                self.best(found)?.ok_or_else(|| self.no_match(Vec::new(), &mapped[0]))
            }
            // What was heard but not surely enough is rejected, and still the last result (2.0 §5.1.5, §6.3.2).
            Some(Selection::Answer(_) | Selection::Repeat) | None => Err(self.no_match(own, &hypotheses[0])),
        }
    }

    /// What the field's own grammars make of a value; one that they do not take fills the field as it is.
    fn value_of_field(
        &mut self,
        active: &[Active],
        inputs: &[Input<'_>],
        finding: &Finding,
        words: &str,
    ) -> Run<Candidates> {
        let is_own = |active: &&Active| active.meaning.is_of_item() && matches!(active.owner, Owner::Here);
        let own: Vec<Active> = active.iter().filter(is_own).cloned().collect();
        let mut found = self.candidates(&own, inputs)?;
        if found.is_empty() {
            found.extend(self.handed_over(finding, words)?);
        }
        Ok(found)
    }

    fn handed_over(&self, finding: &Finding, words: &str) -> Run<Option<(Recognition, Json)>> {
        let Some(Interpretation { selection: Selection::Value(value), confidence, .. }) = finding.ranked.first() else {
            return Ok(None);
        };
        let here = self.here();
        let item = here.item.and_then(|item| here.program.document.dialogs[here.dialog].items.get(item));
        if !item.is_some_and(|item| matches!(item.kind, ItemKind::Field(_))) {
            return Ok(None);
        }
        let json = Json::String(value.0.clone());
        let input = Input { text: &value.0, mode: InputMode::Voice, confidence: *confidence, spoken: Some(words) };
        let entry = entry(&input, &value.0, &json);
        let recognition = Recognition {
            meaning: Meaning::Item,
            owner: Owner::Here,
            value: self.engine.value(&json)?,
            utterance: value.0.clone(),
            mode: InputMode::Voice,
            confidence: *confidence,
        };
        Ok(Some((recognition, entry)))
    }

    /// What one input means, if any active grammar takes it, with `application.lastresult$` set.
    fn matching(&mut self, active: &[Active], input: &Input<'_>) -> Run<Option<Recognition>> {
        let found = self.candidates(active, std::slice::from_ref(input))?;
        self.best(found)
    }

    /// The first of the N-best list, with `application.lastresult$` set to all of it.
    fn best(&mut self, found: Candidates) -> Run<Option<Recognition>> {
        let (recognitions, entries): (Vec<Recognition>, Vec<Json>) = found.into_iter().unzip();
        if !entries.is_empty() {
            self.set_last_result(&entries)?;
        }
        Ok(recognitions.into_iter().next())
    }

    /// `nomatch`, which is a recognition too: `application.lastresult$` says what was heard (2.0 §5.1.5).
    fn no_match(&self, rejected: Candidates, input: &Input<'_>) -> Flow {
        let mut entries: Vec<Json> = rejected.into_iter().map(|(_, entry)| entry).collect();
        if entries.is_empty() {
            entries.push(entry(input, input.text, &input.text.into()));
        }
        self.set_last_result(&entries).err().unwrap_or_else(|| Flow::event("nomatch", ""))
    }

    /// What a key pressed while something else than input was waited for means; `None` if no grammar takes it.
    pub(super) fn recognise_key(&mut self, active: &[Active], key: char) -> Run<Option<Recognition>> {
        let text = key.to_string();
        self.matching(active, &Input { text: &text, mode: InputMode::Dtmf, confidence: 1.0, spoken: None })
    }

    /// What the active grammars make of the inputs, which are in the order of their confidence: at most `maxnbest`
    /// recognitions, those of one input in the order of precedence, and no two alike (2.0 §5.1.5).
    fn candidates(&mut self, active: &[Active], inputs: &[Input<'_>]) -> Run<Candidates> {
        let most = self.maxnbest();
        let mut found: Candidates = Vec::new();
        let pairs = inputs.iter().flat_map(|input| active.iter().map(move |active| (input, active)));
        for (input, active) in pairs {
            let left = most - found.len();
            if left == 0 {
                break;
            }
            for parse in active.compiled.grammar.readings(input.mode, input.text, left) {
                let utterance = match input.mode {
                    InputMode::Dtmf => input.text.to_owned(),
                    InputMode::Voice => parse.utterance(),
                };
                let value = self.interpretation(&parse, &utterance)?;
                let entry = entry(input, &utterance, &self.engine.json(&value)?);
                let same = |other: &Json| ["utterance", "interpretation"].iter().all(|of| other[*of] == entry[*of]);
                if found.iter().any(|(_, other)| same(other)) {
                    continue;
                }
                let recognition = Recognition {
                    meaning: active.meaning.clone(),
                    owner: active.owner.clone(),
                    value,
                    utterance,
                    mode: input.mode,
                    confidence: input.confidence,
                };
                found.push((recognition, entry));
            }
        }
        Ok(found)
    }

    fn interpretation(&self, parse: &Parse, utterance: &str) -> Run<Handle> {
        let json = match parse.semantics() {
            Semantics::None => Json::String(utterance.to_owned()),
            Semantics::Value(value) => value,
            Semantics::Program(program) => self.engine.eval_alone(&program)?,
        };
        Ok(self.engine.value(&json)?)
    }

    /// `application.lastresult$`: an array of entries that has the properties of its first, too (2.0 §5.1.5).
    fn set_last_result(&self, entries: &[Json]) -> Run {
        let last = self.engine.array_with(entries, entries.first().unwrap_or(&Json::Null))?;
        Ok(self.engine.set(&self.here().application, "lastresult$", &last)?)
    }
}

/// A reading that NLU found, as inputs for the grammars. A value may be one as keys or as words.
fn mapped<'a>(reading: &'a Interpretation, words: &'a str) -> Vec<Input<'a>> {
    let spoken = Some(words);
    let keyed = |text| Input { text, mode: InputMode::Dtmf, confidence: 1.0, spoken };
    let said = |text| Input { text, mode: InputMode::Voice, confidence: reading.confidence, spoken };
    match &reading.selection {
        Selection::Key(keys) => vec![keyed(&keys.0)],
        Selection::Phrase(phrase) => vec![said(&phrase.0)],
        Selection::Value(value) if value.0.bytes().all(|byte| byte.is_ascii_digit()) => {
            vec![keyed(&value.0), said(&value.0)]
        }
        Selection::Value(value) => vec![said(&value.0)],
        Selection::Answer(_) | Selection::Event(_) | Selection::Repeat => Vec::new(),
    }
}

/// An entry of `application.lastresult$` (2.0 §5.1.5).
fn entry(input: &Input<'_>, utterance: &str, interpretation: &Json) -> Json {
    json!({
        "confidence": input.confidence,
        "utterance": utterance,
        "inputmode": mode_name(input.mode),
        "interpretation": interpretation,
        "spoken": input.spoken,
    })
}

/// A mode by the name VoiceXML gives it.
pub(super) fn mode_name(mode: InputMode) -> &'static str {
    match mode {
        InputMode::Voice => "voice",
        InputMode::Dtmf => "dtmf",
    }
}
