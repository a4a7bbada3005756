//! Expressions plain enough to be evaluated without compiling them.
//!
//! A call uses most of its expressions once, and compiling one takes the engine longer than anything else it does for a
//! turn. What nearly all of them are made of (names, members, calls, literals, comparisons, sums) is parsed here and evaluated over the engine's own values, with the engine's own rules: whatever is not settled by
//! two numbers or two texts is put to the engine. What is not plain is compiled, as ever.

mod eval;
mod parse;
#[cfg(test)]
mod tests;

pub(super) use eval::Scene;
pub(super) use parse::parse;

/// A plain expression (ECMA-262 3rd edition, §11).
#[derive(Debug, PartialEq)]
pub(super) enum Plain {
    Text(Box<str>),
    Number(f64),
    Bool(bool),
    Null,
    Name(Box<str>),
    Member(Box<Plain>, Box<str>),
    Index(Box<Plain>, Box<Plain>),
    Call(Box<Plain>, Vec<Plain>),
    New(Box<Plain>, Vec<Plain>),
    Not(Box<Plain>),
    Negative(Box<Plain>),
    TypeOf(Box<Plain>),
    And(Box<Plain>, Box<Plain>),
    Or(Box<Plain>, Box<Plain>),
    /// The condition and its two outcomes.
    Either(Box<[Plain; 3]>),
    Binary(Operator, Box<Plain>, Box<Plain>),
}

/// An operator between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    Unequal,
    Same,
    Different,
    Less,
    Greater,
    AtMost,
    AtLeast,
}
