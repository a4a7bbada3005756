//! What GSL's commands mean: the slots that are filled anywhere in the parse, or what the outermost grammar returns.

use super::parse::joined;
use super::rules::Rules;
use super::semantics::{Allowance, Frame, Meaning, Part};
use super::tags::Tag;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// A command of GSL.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Command {
    /// `<slot value>`
    Fill(Box<str>, Term),
    /// `return(value)`
    Return(Term),
    /// `Name:variable`: the variable gets what the grammar just left has returned.
    Bind(Box<str>),
}

/// A value in a command.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Term {
    Text(Box<str>),
    Variable(Box<str>),
    /// `strcat`
    Joined(Vec<Term>),
    Arithmetic(Operation, Box<[Term; 2]>),
}

/// `add`, `sub` (and `neg`), `mul` and `div`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    /// Of whole numbers.
    Divide,
}

/// Bytes of a text that is put together.
const LONGEST_TEXT: usize = 8 * 1024;

impl Term {
    /// A call of a function; `None` if there is none of this name with so many arguments.
    pub(super) fn call(function: &str, mut arguments: Vec<Self>) -> Option<Self> {
        let operation = match function {
            "strcat" => return Some(Self::Joined(arguments)),
            "neg" => {
                arguments.insert(0, Self::Text("0".into()));
                Operation::Subtract
            }
            "add" => Operation::Add,
            "sub" => Operation::Subtract,
            "mul" => Operation::Multiply,
            "div" => Operation::Divide,
            _ => return None,
        };
        Some(Self::Arithmetic(operation, Box::new(<[Self; 2]>::try_from(arguments).ok()?)))
    }

    /// `None` if a variable in it has no value, or no number where one is needed.
    fn value(&self, variables: &HashMap<&str, Value>) -> Option<Value> {
        match self {
            Self::Text(text) => Some(Value::String(text.to_string())),
            Self::Variable(name) => variables.get(&**name).cloned(),
            Self::Joined(terms) => {
                let mut joined = String::new();
                for term in terms {
                    joined.push_str(&text(&term.value(variables)?));
                    if joined.len() > LONGEST_TEXT {
                        return None;
                    }
                }
                Some(Value::String(joined))
            }
            Self::Arithmetic(operation, terms) => {
                let number = |term: &Self| text(&term.value(variables)?).parse::<f64>().ok();
                let (first, second) = (number(&terms[0])?, number(&terms[1])?);
                let result = match operation {
                    Operation::Add => first + second,
                    Operation::Subtract => first - second,
                    Operation::Multiply => first * second,
                    Operation::Divide => (first / second).trunc(),
                };
                result.is_finite().then(|| Value::String(result.to_string()))
            }
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The meaning of a finished rule: the slots filled in it and in the rules it refers to, else what it returns, else the
/// words it matched.
pub(super) fn meaning(rules: &Rules, frame: &Frame) -> Meaning {
    let mut filled = Map::new();
    let mut returned = None;
    let mut variables = HashMap::new();
    let mut latest = None;
    let mut allowance = Allowance::whole();
    for part in &frame.parts {
        match part {
            Part::Sub { meaning: Meaning::Value(value), .. } => {
                if let (Value::Object(_), Some(Value::Object(slots))) = (value, allowance.take(value)) {
                    filled.extend(slots);
                }
                latest = Some(value);
            }
            Part::Sub { .. } => latest = None,
            Part::Tag(tag, _) => {
                let Tag::Slots(commands) = &rules.tags[*tag as usize] else { continue };
                for command in commands {
                    let mut value = |term: &Term| allowance.take(&term.value(&variables)?);
                    match command {
                        Command::Fill(slot, term) => {
                            filled.extend(value(term).map(|value| (slot.to_string(), value)));
                        }
                        Command::Return(term) => returned = value(term).or(returned),
                        Command::Bind(name) => {
                            variables.extend(latest.map(|value| (&**name, value.clone())));
                        }
                    }
                }
            }
        }
    }
    let words = || Value::String(joined(rules.mode, frame.text.iter().map(String::as_str)));
    let slots = (!filled.is_empty()).then_some(Value::Object(filled));
    Meaning::Value(slots.or(returned).unwrap_or_else(words))
}
