//! The builtin types of VoiceXML 2.0 appendix P, as keys; what is spoken is in `spoken`.

use super::build::Builder;
use super::numerals::{self, Language};
use super::reading::is_key;
use super::rules::{NodeId, Rules};
use super::spoken;
use super::tags::TagFormat;
use crate::dialogue::InputMode;
use serde_json::Value;

/// A builtin type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builtin {
    /// Yes or no; `true` or `false`.
    Boolean,
    /// A string of digits.
    Digits,
    /// A number, as a string without leading zeros.
    Number,
    /// An amount of money, `USD12.50` or `12.50`.
    Currency,
    /// `yyyymmdd`, with `?` for what was not said.
    Date,
    /// `hhmm` and `a`, `p`, `h` (24 hours) or `?` (unknown which half of the day).
    Time,
    /// Digits, with `x` before an extension.
    Phone,
}

/// The grammar of `digits?length=4`, `builtin:dtmf/boolean?y=7;n=9` and so on; `None` if there is no such type, its
/// parameters contradict each other, or it cannot be spoken in that language.
pub(super) fn read(name: &str, mode: InputMode, lang: &str) -> Option<Rules> {
    let name = name.trim();
    let path = match name.get(..8) {
        Some(scheme) if scheme.eq_ignore_ascii_case("builtin:") => &name[8..],
        _ => name,
    };
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let (mode, kind) = match path.split_once('/') {
        Some(("dtmf", kind)) => (InputMode::Dtmf, kind),
        Some(("grammar" | "voice" | "speech", kind)) => (InputMode::Voice, kind),
        Some(_) => return None,
        None => (mode, path),
    };
    let kind = match kind {
        "boolean" => Builtin::Boolean,
        "digits" => Builtin::Digits,
        "number" => Builtin::Number,
        "currency" => Builtin::Currency,
        "date" => Builtin::Date,
        "time" => Builtin::Time,
        "phone" => Builtin::Phone,
        _ => return None,
    };
    let parameters = Parameters(query);
    let mut builder =
        Builder::new(mode, &format!("builtin:{path}"), Language::of(Some(lang)), TagFormat::Builtin(kind));
    let rule = builder.declare(path.rsplit('/').next().unwrap_or(path), true);
    let body = match mode {
        InputMode::Dtmf => keyed(&mut builder, kind, &parameters)?,
        InputMode::Voice => spoken::body(&mut builder, kind, &parameters, lang)?,
    };
    builder.define(rule, body);
    Some(builder.finish(rule))
}

/// What stands behind the `?`.
#[derive(Debug)]
pub(super) struct Parameters<'a>(&'a str);

impl Parameters<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let pairs = self.0.split([';', '&']).filter_map(|pair| pair.split_once('='));
        pairs.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    /// `length`, or `minlength` and `maxlength`; `None` if they make no sense.
    pub(super) fn lengths(&self) -> Option<(u32, Option<u32>)> {
        let number = |name: &str| match self.get(name) {
            Some(text) => text.parse().ok().filter(|length| *length > 0).map(Some),
            None => Some(None),
        };
        match (number("length")?, number("minlength")?, number("maxlength")?) {
            (Some(length), None, None) => Some((length, Some(length))),
            (None, min, max) => {
                let min: u32 = min.unwrap_or(1);
                max.is_none_or(|max| min <= max).then_some((min, max))
            }
            _ => None,
        }
    }
}

pub(super) const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

fn keyed(b: &mut Builder, kind: Builtin, parameters: &Parameters<'_>) -> Option<NodeId> {
    let digits = DIGITS.map(|digit| (digit, digit));
    let digit = b.meanings(&digits);
    Some(match kind {
        Builtin::Boolean => {
            let key = |name, default: char| match parameters.get(name) {
                Some(key) => key.chars().next().filter(|_| key.len() == 1).filter(|key| is_key(*key)),
                None => Some(default),
            };
            let (yes, no) = (key("y", '1')?, key("n", '2')?);
            if yes == no {
                return None;
            }
            b.meanings(&[(&yes.to_string(), "true"), (&no.to_string(), "false")])
        }
        Builtin::Digits => {
            let (min, max) = parameters.lengths()?;
            b.repeat(digit, min, max)
        }
        Builtin::Number | Builtin::Currency => {
            let (whole, any) = (b.repeat(digit, 1, None), b.repeat(digit, 0, None));
            let point = b.meaning("*", ".");
            let behind = b.seq(vec![point, any]);
            let behind = b.optional(behind);
            let with_whole = b.seq(vec![whole, behind]);
            let without = b.seq(vec![point, whole]);
            b.alt(vec![with_whole, without])
        }
        Builtin::Date => {
            let month = two_digits(b, 1, 12);
            let day = two_digits(b, 1, 31);
            let year = b.repeat(digit, 4, Some(4));
            b.seq(vec![year, month, day])
        }
        Builtin::Time => {
            let hour = two_digits(b, 0, 23);
            let minute = two_digits(b, 0, 59);
            b.seq(vec![hour, minute])
        }
        Builtin::Phone => {
            let number = b.repeat(digit, 1, None);
            let mark = b.meaning("*", "x");
            let extension = b.seq(vec![mark, number]);
            let extension = b.optional(extension);
            b.seq(vec![number, extension])
        }
    })
}

fn two_digits(b: &mut Builder, first: u32, last: u32) -> NodeId {
    let numbers: Vec<String> = (first..=last).map(|number| format!("{number:02}")).collect();
    let choices: Vec<(&str, &str)> = numbers.iter().map(|number| (number.as_str(), number.as_str())).collect();
    b.meanings(&choices)
}

impl Builtin {
    /// The value that the literals on a match make.
    pub(super) fn value(self, literals: &[&str]) -> Value {
        match self {
            Self::Boolean => Value::Bool(literals.last() == Some(&"true")),
            Self::Digits | Self::Date if literals.iter().all(|literal| is_figure(literal)) => {
                Value::String(literals.concat())
            }
            Self::Digits | Self::Phone => Value::String(literals.concat()),
            Self::Number => Value::String(number(literals)),
            Self::Currency => Value::String(currency(literals)),
            Self::Date => Value::String(spoken::date(literals)),
            Self::Time => Value::String(time(literals)),
        }
    }
}

fn is_figure(literal: &str) -> bool {
    literal.bytes().all(|byte| byte.is_ascii_digit())
}

/// `- 2 100 50 . 5` is -250.5; keyed digits stand one by one.
fn number(literals: &[&str]) -> String {
    let sign = if literals.first() == Some(&"-") { "-" } else { "" };
    let literals = literals.strip_prefix(&["-"]).unwrap_or(literals);
    let mut parts = literals.split(|literal| *literal == ".");
    let whole = figures(parts.next().unwrap_or_default());
    let decimals = parts.next().unwrap_or_default().concat();
    if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }
}

/// A whole number from number words or single digits, without leading zeros.
fn figures(literals: &[&str]) -> String {
    let text = numerals::value(literals.iter().copied()).map_or_else(|| literals.concat(), |number| number.to_string());
    let trimmed = text.trim_start_matches('0');
    if trimmed.is_empty() { "0".to_owned() } else { trimmed.to_owned() }
}

/// `USD 5 . 50` is `USD5.50`.
fn currency(literals: &[&str]) -> String {
    let unit: String = literals.iter().copied().filter(|literal| literal.len() == 3 && !is_figure(literal)).collect();
    let amount: Vec<&str> = literals.iter().copied().filter(|literal| is_figure(literal) || *literal == ".").collect();
    let mut parts = amount.split(|literal| *literal == ".");
    let whole = figures(parts.next().unwrap_or_default());
    let cents = parts.next().unwrap_or_default();
    let cents = match cents {
        // Keyed after the point: "5*5" is 5.50.
        [only] if only.len() == 1 && unit.is_empty() => format!("{only}0"),
        _ => format!("{:0>2}", figures(cents)),
    };
    format!("{unit}{whole}.{cents}")
}

/// `17 30` is `1730h`, `05 30 p` is `0530p`; without a half of the day, hours up to 12 leave it open.
fn time(literals: &[&str]) -> String {
    let hour = literals.first().copied().unwrap_or("00");
    let minute = literals.get(1).copied().filter(|literal| is_figure(literal)).unwrap_or("00");
    let half = literals.last().copied().filter(|literal| !is_figure(literal));
    let open = matches!(hour.parse(), Ok(1..=12));
    format!("{hour}{minute}{}", half.unwrap_or(if open { "?" } else { "h" }))
}
