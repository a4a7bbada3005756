//! What the engine is given for a source text: made once for all calls of a thread.

use super::{
    plain::{self, Plain},
    wrap,
};
use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::Arc};

/// Sources a thread remembers.
const REMEMBERED: usize = 20_000;

/// What a source text is used as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Form {
    Expression,
    Assignment,
    Program,
}

/// A source text made ready.
#[derive(Clone)]
pub(super) enum Ready {
    /// An expression that need not be compiled.
    Plain(Rc<Plain>),
    /// What to compile.
    Text(Rc<str>),
}

thread_local! {
    static KNOWN: RefCell<HashMap<(Form, Arc<str>), Ready>> = RefCell::default();
}

/// The source text, ready to be used in a form.
pub(super) fn ready(form: Form, source: &Arc<str>) -> Ready {
    let key = (form, Arc::clone(source));
    KNOWN.with_borrow_mut(|known| {
        if let Some(ready) = known.get(&key) {
            return ready.clone();
        }
        if known.len() >= REMEMBERED {
            known.clear();
        }
        let ready = make(form, source);
        known.insert(key, ready.clone());
        ready
    })
}

fn make(form: Form, source: &str) -> Ready {
    match form {
        Form::Expression => match plain::parse(source) {
            Some(plain) => Ready::Plain(Rc::new(plain)),
            None => Ready::Text(wrap::expression(source).into()),
        },
        Form::Assignment => Ready::Text(wrap::assignment(source).into()),
        Form::Program => Ready::Text(wrap::program(source).into()),
    }
}
