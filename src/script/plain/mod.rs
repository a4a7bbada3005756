//! Expressions plain enough to be evaluated without compiling them.
//!
//! A call uses most of its expressions once, and compiling one takes the engine longer than anything else it does for a
//! turn. What nearly all of them are made of (names, members, calls, literals, comparisons, sums) is parsed here once for
//! all calls of a thread and evaluated over the engine's own values, with the engine's own rules: whatever is not settled by
//! two numbers or two texts is put to the engine. What is not plain is compiled, as ever.

mod eval;
mod parse;
#[cfg(test)]
mod tests;

pub(super) use eval::Scene;

use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::Arc};

/// Sources a thread remembers.
const REMEMBERED: usize = 20_000;

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

thread_local! {
    static KNOWN: RefCell<HashMap<Arc<str>, Option<Rc<Plain>>>> = RefCell::default();
}

/// The expression of a source text, if it is plain.
pub(super) fn plain(source: &Arc<str>) -> Option<Rc<Plain>> {
    KNOWN.with_borrow_mut(|known| {
        if let Some(plain) = known.get(source) {
            return plain.clone();
        }
        if known.len() >= REMEMBERED {
            known.clear();
        }
        let plain = parse::parse(source).map(Rc::new);
        known.insert(Arc::clone(source), plain.clone());
        plain
    })
}
