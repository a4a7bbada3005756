//! The builtin types of VoiceXML 2.0 appendix P, as keys; what is spoken is in `spoken` and `calendar`.

use super::build::Builder;
use super::numerals::{self, Language};
use super::reading::key_of;
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

/// Why there is no such builtin grammar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoBuiltin {
    /// No type of this name.
    #[error(
        "there is no builtin type `{0}`; the builtin types are boolean, currency, date, digits, number, phone and time"
    )]
    Type(String),
    /// Its parameters contradict each other, or are none.
    #[error("the parameters `{0}` make no sense: {1}")]
    Parameters(String, &'static str),
    /// Nobody knows how it is said in that language.
    #[error("the builtin type `{0}` cannot be spoken in the language `{1}`")]
    Language(String, String),
}

/// The grammar of `digits?length=4`, `builtin:dtmf/boolean?y=7;n=9` and so on.
pub(super) fn read(name: &str, mode: InputMode, lang: &str) -> Result<Rules, NoBuiltin> {
    let (mode, path, query) = parts(name, mode);
    let kind = match path.to_ascii_lowercase().as_str() {
        "boolean" => Builtin::Boolean,
        "digits" => Builtin::Digits,
        "number" => Builtin::Number,
        "currency" => Builtin::Currency,
        "date" => Builtin::Date,
        "time" => Builtin::Time,
        "phone" => Builtin::Phone,
        _ => return Err(NoBuiltin::Type(path.to_owned())),
    };
    let parameters = Parameters(query);
    // Whatever the mode: the other one of a field must not go on with half of what was meant.
    let (lengths, keys) = (parameters.lengths()?, parameters.yes_and_no()?);
    let language = Language::of(Some(lang));
    let mut builder = Builder::new(mode, &format!("builtin:{path}"), language, TagFormat::Builtin(kind));
    let rule = builder.declare(path, true);
    let body = match mode {
        InputMode::Dtmf => keyed(&mut builder, kind, lengths, keys),
        InputMode::Voice => spoken::body(&mut builder, kind, lengths, lang)
            .ok_or_else(|| NoBuiltin::Language(path.to_owned(), lang.to_owned()))?,
    };
    builder.define(rule, body);
    Ok(builder.finish(rule))
}

/// The mode, type and parameters that `type?parameters` or `builtin:mode/type?parameters` names.
fn parts(name: &str, mode: InputMode) -> (InputMode, &str, &str) {
    let name = name.trim();
    let path = match name.get(..8) {
        Some(scheme) if scheme.eq_ignore_ascii_case("builtin:") => name[8..].trim_start_matches('/'),
        _ => name,
    };
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let (family, kind) = path.split_once('/').unwrap_or(("", path));
    match family.to_ascii_lowercase().as_str() {
        "dtmf" => (InputMode::Dtmf, kind, query),
        "grammar" | "voice" | "speech" => (InputMode::Voice, kind, query),
        _ => (mode, path, query),
    }
}

/// The fewest and the most digits.
pub(super) type Lengths = (u32, Option<u32>);

/// What stands behind the `?`.
#[derive(Debug)]
struct Parameters<'a>(&'a str);

impl Parameters<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let pairs = self.0.split([';', '&']).filter_map(|pair| pair.split_once('='));
        pairs.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    fn refuse<T>(&self, why: &'static str) -> Result<T, NoBuiltin> {
        Err(NoBuiltin::Parameters(self.0.to_owned(), why))
    }

    /// `length`, or `minlength` and `maxlength`.
    fn lengths(&self) -> Result<Lengths, NoBuiltin> {
        let number = |name: &str| match self.get(name).map(str::parse::<u32>) {
            None => Ok(None),
            Some(Ok(length @ 1..=LONGEST)) => Ok(Some(length)),
            Some(_) => self.refuse("a length is a whole number from 1 to 1000"),
        };
        match (number("length")?, number("minlength")?, number("maxlength")?) {
            (Some(length), None, None) => Ok((length, Some(length))),
            (Some(_), ..) => self.refuse("there is either a length, or minlength and maxlength"),
            (None, Some(min), Some(max)) if min > max => self.refuse("minlength is above maxlength"),
            (None, min, max) => Ok((min.unwrap_or(1), max)),
        }
    }

    /// The keys for yes and no.
    fn yes_and_no(&self) -> Result<(char, char), NoBuiltin> {
        let key = |name, default: char| match self.get(name) {
            None => Ok(default),
            Some(text) => match key_of(text) {
                Some(key) => Ok(key),
                None => self.refuse("y and n are one key each"),
            },
        };
        let (yes, no) = (key("y", '1')?, key("n", '2')?);
        if yes == no { self.refuse("y and n are the same key") } else { Ok((yes, no)) }
    }
}

/// More digits than anybody keys or says.
const LONGEST: u32 = 1000;

pub(super) const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

fn keyed(b: &mut Builder, kind: Builtin, (min, max): Lengths, (yes, no): (char, char)) -> NodeId {
    let digit = b.meanings(&DIGITS.map(|digit| (digit, digit)));
    match kind {
        Builtin::Boolean => b.meanings(&[(&yes.to_string(), "true"), (&no.to_string(), "false")]),
        Builtin::Digits => b.repeat(digit, min, max),
        Builtin::Number => {
            let (whole, any) = (b.repeat(digit, 1, None), b.repeat(digit, 0, None));
            amount(b, ".", whole, any, whole)
        }
        Builtin::Currency => {
            let (whole, cents) = (b.repeat(digit, 1, None), b.repeat(digit, 0, Some(2)));
            let least = b.repeat(digit, 1, Some(2));
            amount(b, ",", whole, cents, least)
        }
        Builtin::Date => {
            let year: Vec<NodeId> = DIGITS.iter().map(|digit| b.meaning(digit, &format!("y{digit}"))).collect();
            let year = b.alt(year);
            let year = b.repeat(year, 4, Some(4));
            let days: Vec<NodeId> = MONTHS
                .iter()
                .map(|(months, last)| {
                    let months = two_digits(b, 'm', months.iter().copied());
                    let days = two_digits(b, 'd', 1..=*last);
                    b.seq(vec![months, days])
                })
                .collect();
            let days = b.alt(days);
            b.seq(vec![year, days])
        }
        Builtin::Time => {
            let hour = two_digits(b, 'h', 0..=23);
            let minute = two_digits(b, 'm', 0..=59);
            b.seq(vec![hour, minute])
        }
        Builtin::Phone => {
            let number = b.repeat(digit, 1, None);
            let mark = b.meaning("*", "x");
            let extension = b.seq(vec![mark, number]);
            let extension = b.optional(extension);
            b.seq(vec![number, extension])
        }
    }
}

/// The months that have so many days.
const MONTHS: [(&[u32], u32); 3] = [(&[1, 3, 5, 7, 8, 10, 12], 31), (&[4, 6, 9, 11], 30), (&[2], 29)];

/// Digits with the star as decimal point, before, within or behind them.
fn amount(b: &mut Builder, literal: &str, whole: NodeId, decimals: NodeId, least: NodeId) -> NodeId {
    let point = b.meaning("*", literal);
    let behind = b.seq(vec![point, decimals]);
    let optional = b.optional(behind);
    let with_whole = b.seq(vec![whole, optional]);
    let without = b.seq(vec![point, least]);
    b.alt(vec![with_whole, without])
}

/// Two keys each, with a letter before them that says what they are.
fn two_digits(b: &mut Builder, mark: char, numbers: impl Iterator<Item = u32>) -> NodeId {
    let keys: Vec<NodeId> = numbers
        .map(|number| format!("{number:02}"))
        .map(|figures| b.meaning(&figures, &format!("{mark}{figures}")))
        .collect();
    b.alt(keys)
}

impl Builtin {
    /// The value that the literals on a match make.
    pub(super) fn value(self, literals: &[&str]) -> Value {
        match self {
            Self::Boolean => Value::Bool(literals.last() == Some(&"true")),
            Self::Digits | Self::Phone => Value::String(literals.concat()),
            Self::Number => Value::String(number(literals)),
            Self::Currency => Value::String(currency(literals)),
            Self::Date => Value::String(date(literals)),
            Self::Time => Value::String(time(literals)),
        }
    }
}

fn is_figure(literal: &str) -> bool {
    !literal.is_empty() && literal.bytes().all(|byte| byte.is_ascii_digit())
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

/// `USD 5 . 50` is `USD5.50`, and so is `USD 5 , 5`: behind a point stands a number of cents, behind a comma decimals.
fn currency(literals: &[&str]) -> String {
    let unit: String = literals.iter().copied().filter(|literal| literal.len() == 3 && !is_figure(literal)).collect();
    let is_point = |literal: &&str| matches!(*literal, "." | ",");
    let amount: Vec<&str> =
        literals.iter().copied().filter(|literal| is_figure(literal) || is_point(literal)).collect();
    let mut parts = amount.split(is_point);
    let whole = figures(parts.next().unwrap_or_default());
    let cents = parts.next().unwrap_or_default();
    let cents = match amount.iter().any(|literal| *literal == ",") {
        true => format!("{:0<2}", cents.concat()),
        false => format!("{:0>2}", figures(cents)),
    };
    format!("{unit}{whole}.{cents}")
}

/// The literals with this mark before them, without it.
fn marked(literals: &[&str], mark: char) -> String {
    literals.iter().filter_map(|literal| literal.strip_prefix(mark)).collect()
}

/// `m07 d04 y20 y26` is `20260704`; what was not said is `?`.
fn date(literals: &[&str]) -> String {
    let part = |mark, unknown: &str| {
        Some(marked(literals, mark)).filter(|said| !said.is_empty()).unwrap_or(unknown.to_owned())
    };
    part('y', "????") + &part('m', "??") + &part('d', "??")
}

/// `h17 m30` is `1730h`, `h05 m30 p` is `0530p`; without a half of the day, hours from 1 to 12 leave it open.
fn time(literals: &[&str]) -> String {
    let (hour, minute) = (marked(literals, 'h'), marked(literals, 'm'));
    let minute = if minute.is_empty() { "00" } else { &minute };
    let half = literals.iter().copied().find(|literal| matches!(*literal, "a" | "p" | "24"));
    let half = match (hour.parse(), half) {
        (Ok(1..=12u32), Some("24")) => "h",
        (Ok(1..=12), half) => half.unwrap_or("?"),
        _ => "h",
    };
    format!("{hour}{minute}{half}")
}
