//! The value of a plain expression.

use super::{Operator, Plain};
use crate::script::{convert::truth, engine::Engine};
use rquickjs::{Atom, Ctx, Exception, Function, Object, Result, Value, function::Args, function::Constructor};

/// Where an expression is evaluated: the objects of its chain, nearest last.
pub(in crate::script) struct Scene<'e, 'js> {
    pub(in crate::script) engine: &'e Engine,
    pub(in crate::script) ctx: &'e Ctx<'js>,
    pub(in crate::script) levels: Vec<Object<'js>>,
}

impl<'js> Scene<'_, 'js> {
    /// Evaluates an expression.
    ///
    /// # Errors
    /// What it throws, as the engine would.
    pub(in crate::script) fn value(&self, plain: &Plain) -> Result<Value<'js>> {
        let ctx = || self.ctx.clone();
        Ok(match plain {
            Plain::Text(text) => rquickjs::String::from_str(ctx(), text)?.into_value(),
            Plain::Number(number) => self.number(*number),
            Plain::Bool(truth) => Value::new_bool(ctx(), *truth),
            Plain::Null => Value::new_null(ctx()),
            Plain::Name(name) => match self.find(name)? {
                Some((value, _)) => value,
                None => return Err(Exception::throw_reference(self.ctx, &format!("{name} is not defined"))),
            },
            Plain::Member(of, name) => self.member(&self.value(of)?, name)?,
            Plain::Index(of, index) => {
                let (of, index) = (self.value(of)?, self.value(index)?);
                self.ask("(function (a, b) { return a[b]; })", [of, index])?
            }
            Plain::Call(callee, given) => self.call(callee, given)?,
            Plain::New(class, given) => self.construct(class, given)?,
            Plain::Not(of) => Value::new_bool(ctx(), !truth(&self.value(of)?)),
            Plain::Negative(of) => {
                let of = self.value(of)?;
                match of.as_number() {
                    Some(number) => self.number(-number),
                    None => self.ask("(function (a) { return -a; })", [of])?,
                }
            }
            Plain::TypeOf(of) => self.type_of(of)?,
            Plain::And(left, right) => {
                let left = self.value(left)?;
                if truth(&left) { self.value(right)? } else { left }
            }
            Plain::Or(left, right) => {
                let left = self.value(left)?;
                if truth(&left) { left } else { self.value(right)? }
            }
            Plain::Either(parts) => {
                let [condition, yes, no] = &**parts;
                self.value(if truth(&self.value(condition)?) { yes } else { no })?
            }
            Plain::Binary(operator, left, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                self.binary(*operator, left, right)?
            }
        })
    }

    /// The nearest scope that has a variable.
    pub(in crate::script) fn holder(&self, name: &str) -> Result<Option<&Object<'js>>> {
        let atom = Atom::from_str(self.ctx.clone(), name)?;
        self.holder_of(&atom)
    }

    fn holder_of(&self, name: &Atom<'js>) -> Result<Option<&Object<'js>>> {
        for level in self.levels.iter().rev() {
            if level.contains_key(name.clone())? {
                return Ok(Some(level));
            }
        }
        Ok(None)
    }

    /// A variable with the scope that has it, which is `this` of a function called by its name; the engine's own names have
    /// none.
    fn find(&self, name: &str) -> Result<Option<(Value<'js>, Option<&Object<'js>>)>> {
        let atom = Atom::from_str(self.ctx.clone(), name)?;
        if let Some(level) = self.holder_of(&atom)? {
            return Ok(Some((level.get(atom)?, Some(level))));
        }
        let globals = self.ctx.globals();
        if globals.contains_key(atom.clone())? { Ok(Some((globals.get(atom)?, None))) } else { Ok(None) }
    }

    fn member(&self, of: &Value<'js>, name: &str) -> Result<Value<'js>> {
        if let Some(object) = of.as_object() {
            return object.get(name);
        }
        let name = rquickjs::String::from_str(self.ctx.clone(), name)?.into_value();
        self.ask("(function (a, b) { return a[b]; })", [of.clone(), name])
    }

    fn call(&self, callee: &Plain, given: &[Plain]) -> Result<Value<'js>> {
        let (function, this) = match callee {
            Plain::Name(name) => match self.find(name)? {
                Some((function, this)) => (function, this.map(|this| this.clone().into_value())),
                None => return Err(Exception::throw_reference(self.ctx, &format!("{name} is not defined"))),
            },
            Plain::Member(of, name) => {
                let of = self.value(of)?;
                (self.member(&of, name)?, Some(of))
            }
            Plain::Index(of, index) => {
                let (of, index) = (self.value(of)?, self.value(index)?);
                (self.ask("(function (a, b) { return a[b]; })", [of.clone(), index])?, Some(of))
            }
            other => (self.value(other)?, None),
        };
        let mut arguments = self.given(given)?;
        let Some(function) = function.as_function() else {
            return Err(Exception::throw_type(self.ctx, "not a function"));
        };
        if let Some(this) = this {
            arguments.this(this)?;
        }
        function.call_arg(arguments)
    }

    fn construct(&self, class: &Plain, given: &[Plain]) -> Result<Value<'js>> {
        let class = self.value(class)?;
        let arguments = self.given(given)?;
        match Constructor::from_value(class) {
            Ok(class) => class.construct_args(arguments),
            Err(_) => Err(Exception::throw_type(self.ctx, "not a constructor")),
        }
    }

    fn given(&self, given: &[Plain]) -> Result<Args<'js>> {
        let mut arguments = Args::new(self.ctx.clone(), given.len());
        for argument in given {
            arguments.push_arg(self.value(argument)?)?;
        }
        Ok(arguments)
    }

    fn type_of(&self, of: &Plain) -> Result<Value<'js>> {
        let value = match of {
            Plain::Name(name) => self.find(name)?.map(|(value, _)| value),
            other => Some(self.value(other)?),
        };
        let value = value.unwrap_or_else(|| Value::new_undefined(self.ctx.clone()));
        let name = match value {
            _ if value.is_undefined() => "undefined",
            _ if value.is_bool() => "boolean",
            _ if value.is_number() => "number",
            _ if value.is_string() => "string",
            _ => return self.ask("(function (a) { return typeof a; })", [value]),
        };
        Ok(rquickjs::String::from_str(self.ctx.clone(), name)?.into_value())
    }

    fn binary(&self, operator: Operator, left: Value<'js>, right: Value<'js>) -> Result<Value<'js>> {
        if let (Some(left), Some(right)) = (left.as_number(), right.as_number()) {
            return Ok(self.of_numbers(operator, left, right));
        }
        if let Some(equal) = equality(&left, &right, matches!(operator, Operator::Same | Operator::Different)) {
            match operator {
                Operator::Equal | Operator::Same => return Ok(Value::new_bool(self.ctx.clone(), equal)),
                Operator::Unequal | Operator::Different => return Ok(Value::new_bool(self.ctx.clone(), !equal)),
                _ => {}
            }
        }
        if let (Operator::Add, Some(Ok(left)), Some(Ok(right))) = (operator, text(&left), text(&right)) {
            return Ok(rquickjs::String::from_str(self.ctx.clone(), &(left + &right))?.into_value());
        }
        self.ask(operator.function(), [left, right])
    }

    fn of_numbers(&self, operator: Operator, left: f64, right: f64) -> Value<'js> {
        #[allow(clippy::float_cmp, reason = "it is what the operators do")]
        let truth = match operator {
            Operator::Add => return self.number(left + right),
            Operator::Subtract => return self.number(left - right),
            Operator::Multiply => return self.number(left * right),
            Operator::Divide => return self.number(left / right),
            Operator::Remainder => return self.number(left % right),
            Operator::Equal | Operator::Same => left == right,
            Operator::Unequal | Operator::Different => left != right,
            Operator::Less => left < right,
            Operator::Greater => left > right,
            Operator::AtMost => left <= right,
            Operator::AtLeast => left >= right,
        };
        Value::new_bool(self.ctx.clone(), truth)
    }

    fn number(&self, number: f64) -> Value<'js> {
        // An integer has no negative zero.
        match number == 0.0 && number.is_sign_negative() {
            true => Value::new_float(self.ctx.clone(), number),
            false => Value::new_number(self.ctx.clone(), number),
        }
    }

    /// Puts something to the engine: a function of its language, compiled when a call first needs it.
    fn ask<const N: usize>(&self, function: &'static str, given: [Value<'js>; N]) -> Result<Value<'js>> {
        let function: Function<'js> = self.engine.helper(self.ctx, function)?;
        let mut arguments = Args::new(self.ctx.clone(), N);
        arguments.push_args(given)?;
        function.call_arg(arguments)
    }
}

impl Operator {
    fn function(self) -> &'static str {
        match self {
            Self::Add => "(function (a, b) { return a + b; })",
            Self::Subtract => "(function (a, b) { return a - b; })",
            Self::Multiply => "(function (a, b) { return a * b; })",
            Self::Divide => "(function (a, b) { return a / b; })",
            Self::Remainder => "(function (a, b) { return a % b; })",
            Self::Equal => "(function (a, b) { return a == b; })",
            Self::Unequal => "(function (a, b) { return a != b; })",
            Self::Same => "(function (a, b) { return a === b; })",
            Self::Different => "(function (a, b) { return a !== b; })",
            Self::Less => "(function (a, b) { return a < b; })",
            Self::Greater => "(function (a, b) { return a > b; })",
            Self::AtMost => "(function (a, b) { return a <= b; })",
            Self::AtLeast => "(function (a, b) { return a >= b; })",
        }
    }
}

/// Whether two values are equal, where that follows from their types or they are two texts (ECMA-262 §11.9.3, §11.9.6).
fn equality(left: &Value<'_>, right: &Value<'_>, strictly: bool) -> Option<bool> {
    let nothing = |value: &Value<'_>| value.is_null() || value.is_undefined();
    match (nothing(left), nothing(right)) {
        (true, true) => Some(!strictly || left.is_null() == right.is_null()),
        (true, false) | (false, true) => Some(false),
        (false, false) => match (left.as_bool(), right.as_bool(), text(left), text(right)) {
            (Some(left), Some(right), ..) => Some(left == right),
            (.., Some(Ok(left)), Some(Ok(right))) => Some(left == right),
            _ => None,
        },
    }
}

/// A text; an error if it has halves of surrogate pairs.
fn text(value: &Value<'_>) -> Option<Result<String>> {
    value.as_string().map(rquickjs::String::to_string)
}
