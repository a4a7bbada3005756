//! What a parse means (SISR 1.0): a value where it can be told without a script engine, otherwise a program.

use super::derive::Step;
use super::program;
use super::rules::Rules;
use super::slots;
use super::tags::{Assignment, How, Operand, Tag, TagFormat};
use serde_json::{Map, Value};

/// The meaning of what was matched.
#[derive(Debug, Clone, PartialEq)]
pub enum Semantics {
    /// No tags: the utterance itself is the value.
    None,
    /// A plain value.
    Value(Value),
    /// An ECMAScript expression, self-contained, that yields the value.
    Program(String),
}

/// The meaning of one rule's match.
#[derive(Debug, Clone)]
pub(super) enum Meaning {
    Value(Value),
    /// An expression.
    Code(String),
}

/// A rule's match, as far as it has been gone through.
#[derive(Debug, Default)]
pub(super) struct Frame {
    pub(super) rule: u32,
    /// What it matched so far, as written in the grammar.
    pub(super) text: Vec<String>,
    /// Tags and finished references, in order.
    pub(super) parts: Vec<Part>,
}

#[derive(Debug)]
pub(super) enum Part {
    /// A tag, and how many words of the frame's text stand before it.
    Tag(u32, usize),
    /// A reference: the rule's name, what it matched and means.
    Sub { name: String, text: String, meaning: Meaning },
}

/// The meaning of a whole parse.
pub(super) fn of(rules: &Rules, steps: &[Step]) -> Semantics {
    let declared = rules.sources.first().is_some_and(|source| source.tag_format != TagFormat::Legacy);
    if !declared && !steps.iter().any(|step| matches!(step, Step::Tag(_))) {
        return Semantics::None;
    }
    let mut outer: Vec<Frame> = Vec::new();
    let mut frame = Frame { rule: u32::MAX, ..Frame::default() };
    for step in steps {
        match step {
            Step::Enter(rule) => {
                let inner = Frame { rule: *rule, ..Frame::default() };
                outer.push(std::mem::replace(&mut frame, inner));
            }
            Step::Token(text) => match &*rules.texts[*text as usize] {
                "" => {}
                text => frame.text.push(text.to_owned()),
            },
            Step::Heard(word) => frame.text.push(word.to_string()),
            Step::Tag(tag) => frame.parts.push(Part::Tag(*tag, frame.text.len())),
            Step::Leave => {
                let Some(parent) = outer.pop() else { break };
                let inner = std::mem::replace(&mut frame, parent);
                let from = frame.rule;
                let meaning = match meaning(rules, &inner) {
                    Meaning::Code(code) => Meaning::Code(program::with_globals(rules, code, inner.rule, from)),
                    value => value,
                };
                let name = rules.rules[inner.rule as usize].name.to_string();
                let text = super::parse::joined(rules.mode, inner.text.iter().map(String::as_str));
                frame.text.extend(inner.text);
                frame.parts.push(Part::Sub { name, text, meaning });
            }
        }
    }
    match frame.parts.pop() {
        Some(Part::Sub { meaning: Meaning::Value(value), .. }) => Semantics::Value(value),
        Some(Part::Sub { meaning: Meaning::Code(code), .. }) => Semantics::Program(code),
        _ => Semantics::None,
    }
}

/// The meaning of a finished rule.
fn meaning(rules: &Rules, frame: &Frame) -> Meaning {
    let source = &rules.sources[rules.rules[frame.rule as usize].source as usize];
    let literals = || {
        frame.parts.iter().filter_map(|part| match part {
            Part::Tag(tag, _) => match &rules.tags[*tag as usize] {
                Tag::Literal(text) => Some(&**text),
                Tag::Script { .. } | Tag::Slots(_) => None,
            },
            Part::Sub { .. } => None,
        })
    };
    if let TagFormat::Builtin(kind) = source.tag_format {
        return Meaning::Value(kind.value(&literals().collect::<Vec<_>>()));
    }
    if source.tag_format == TagFormat::Slots {
        return slots::meaning(rules, frame);
    }
    if !frame.parts.iter().any(|part| matches!(part, Part::Tag(..))) {
        return default_meaning(rules, frame);
    }
    if source.tag_format == TagFormat::Literals {
        return Meaning::Value(Value::String(literals().next_back().unwrap_or_default().to_owned()));
    }
    match plain(rules, frame) {
        Some(value) => Meaning::Value(value),
        None => Meaning::Code(program::of_rule(rules, frame)),
    }
}

/// SISR 1.0 §5: without tags, a rule means what the last rule it refers to means, or the text it matched.
fn default_meaning(rules: &Rules, frame: &Frame) -> Meaning {
    let latest = frame.parts.iter().rev().find_map(|part| match part {
        Part::Sub { meaning, .. } => Some(meaning.clone()),
        Part::Tag(..) => None,
    });
    let text = || super::parse::joined(rules.mode, frame.text.iter().map(String::as_str));
    latest.unwrap_or_else(|| Meaning::Value(Value::String(text())))
}

/// What the tags of one rule may take in values of others. Each rule could hand on twice what it was given, or wrap it
/// once more: a few dozen such rules would fill the memory, and a tower of values the stack.
pub(super) struct Allowance(usize);

impl Allowance {
    /// Bytes, roughly.
    const MOST: usize = 64 * 1024;
    /// Objects in objects.
    const DEEPEST: usize = 50;

    pub(super) fn whole() -> Self {
        Self(Self::MOST)
    }

    /// The value, if there is room for it yet.
    pub(super) fn take(&mut self, value: &Value) -> Option<Value> {
        self.0 = self.0.checked_sub(weight(value, Self::DEEPEST)?)?;
        Some(value.clone())
    }
}

/// What a value takes; `None` if it is nested too deeply.
fn weight(value: &Value, depth: usize) -> Option<usize> {
    let depth = depth.checked_sub(1)?;
    let content = match value {
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().try_fold(0, |sum, value| Some(sum + weight(value, depth)?))?,
        Value::Object(properties) => {
            properties.iter().try_fold(0, |sum, (name, value)| Some(sum + name.len() + weight(value, depth)?))?
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    Some(size_of::<Value>() + content)
}

/// The value of a rule whose tags are plain assignments; `None` if it takes a script engine to say.
fn plain(rules: &Rules, frame: &Frame) -> Option<Value> {
    let mut out = Value::Object(Map::new());
    let mut allowance = Allowance::whole();
    let mut finished: Vec<(&str, &Value)> = Vec::new();
    for part in &frame.parts {
        match part {
            Part::Sub { name, meaning: Meaning::Value(value), .. } => finished.push((name, value)),
            Part::Sub { .. } => return None,
            Part::Tag(tag, _) => match &rules.tags[*tag as usize] {
                Tag::Literal(text) => out = Value::String(text.to_string()),
                Tag::Slots(_) => {}
                Tag::Script { plain, .. } => {
                    for assignment in plain.as_ref()? {
                        assign(&mut out, assignment, &finished, &mut allowance)?;
                    }
                }
            },
        }
    }
    Some(out)
}

fn assign(
    out: &mut Value,
    assignment: &Assignment,
    finished: &[(&str, &Value)],
    allowance: &mut Allowance,
) -> Option<()> {
    let value = match &assignment.value {
        Operand::Value(value) => allowance.take(value)?,
        Operand::Rule(name, path) => {
            let wanted = |rule: &&(&str, &Value)| name.as_deref().is_none_or(|name| rule.0 == name);
            let rule = finished.iter().rev().find(wanted)?.1;
            allowance.take(path.iter().try_fold(rule, |value, property| value.as_object()?.get(property))?)?
        }
    };
    let mut target = out;
    for (index, property) in assignment.path.iter().enumerate() {
        let last = index + 1 == assignment.path.len();
        let object = target.as_object_mut()?;
        if !last && !object.contains_key(property) {
            return None;
        }
        target = object.entry(property.as_str()).or_insert(Value::Null);
        if last && assignment.how != How::Add && property == "__proto__" {
            return None;
        }
    }
    match (assignment.how, target, value) {
        (How::Set, target, value) => *target = value,
        (How::Unless, target @ Value::Null, value) => *target = value,
        (How::Unless, Value::Object(_), _) => {}
        (How::Add, Value::String(text), Value::String(more)) => text.push_str(&more),
        _ => return None,
    }
    Some(())
}
