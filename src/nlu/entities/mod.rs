//! What words say of the world: dates, times, numbers, names. Pure: "tomorrow" is reckoned from a moment that is given.

use jiff::civil;
use std::ops::Range;

/// What kind of thing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A number, cardinal or decimal.
    Number,
    /// A place in an order: "the third".
    Ordinal,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A length of time.
    Duration,
    /// How many people: "two of us and a baby".
    People,
    /// A person's first name.
    FirstName,
    /// A person's last name.
    LastName,
    /// A person's name, first, last or both.
    Name,
    /// A telephone number.
    Phone,
    /// An amount of money.
    Money,
    /// Yes or no.
    YesNo,
    /// Letters and digits: "A B one two three four".
    Code,
}

/// The value of an [`Entity`].
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A day.
    Date(civil::Date),
    /// A time of day.
    Time(civil::Time),
    /// A length of time, in minutes.
    Minutes(i64),
    /// An amount and its ISO 4217 currency, where one is said.
    Money(f64, Option<&'static str>),
    /// Yes or no.
    YesNo(bool),
    /// A name, a telephone number or a code, as it is written.
    Text(String),
}

/// Something found in an utterance.
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    /// What kind.
    pub kind: Kind,
    /// Where it is said, in bytes of the utterance.
    pub span: Range<usize>,
    /// What it can mean: one value where it is clear, several where it is ambiguous ("at seven"), none where it says
    /// something that cannot be settled ("after five", "a few friends").
    pub readings: Vec<Value>,
    /// How sure it is that this is said at all, from 0 to 1.
    pub confidence: f64,
}

/// What entities are reckoned from.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// The local time of the call.
    pub now: civil::DateTime,
    /// Opening hours, both ends included: a time with one reading within them is settled by them.
    pub hours: Option<(civil::Time, civil::Time)>,
}
