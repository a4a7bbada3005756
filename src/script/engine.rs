use super::{
    ScriptError, clock,
    convert::{describe, json_of, text_of, truth, value_of},
    names::{is_identifier, is_reference},
    wrap,
};
use crate::dialogue::Expr;
use jiff::tz::TimeZone;
use rquickjs::{
    CatchResultExt, Context, Ctx, Function, Object, Persistent, Runtime, Value, context::EvalOptions, object::Filter,
};
use serde_json::Value as Json;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

/// How much a call's scripts may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Running time of all scripts in one turn.
    pub time: Duration,
    /// Heap of the call's engine, in bytes.
    pub heap: usize,
}

/// A value inside the engine that outlives one evaluation.
// It keeps its context alive: a value that outlived its runtime would abort the process.
#[derive(Clone)]
pub struct Handle(Persistent<Value<'static>>, #[expect(dead_code, reason = "held, not read")] Context);

/// A variable scope: an object whose properties are the variables.
#[derive(Clone)]
pub struct Scope(Persistent<Object<'static>>, #[expect(dead_code, reason = "held, not read")] Context);

/// The scopes an expression sees, nearest last.
#[derive(Clone)]
pub struct Chain {
    /// The object with the names `session`, `application`, `document`, `dialog`, then those scopes and anonymous ones.
    levels: Vec<Scope>,
}

impl Chain {
    /// This chain with one more, nearer scope. At most two anonymous scopes nest; further ones replace the innermost.
    #[must_use]
    pub fn with(&self, scope: &Scope) -> Chain {
        let mut levels = self.levels.clone();
        levels.truncate(wrap::LEVELS - 1);
        levels.push(scope.clone());
        Chain { levels }
    }

    /// The nearest scope: where `<var>` declares.
    pub fn nearest(&self) -> Option<&Scope> {
        self.levels.last()
    }
}

/// Machine stack of the engine, in bytes. It is counted from where the engine was made, so what nested executable
/// content takes of it before a script begins counts too.
const STACK: usize = 1024 * 1024;

/// Compiled expressions kept: pages made anew for every request must not fill the heap of a long call.
const COMPILED: usize = 2000;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    Expression,
    Assignment,
    Program,
}

/// Compiled sources by their form and text.
type Functions = HashMap<(Form, Arc<str>), Persistent<Function<'static>>>;

/// One call's ECMAScript engine.
pub struct Engine {
    // Persistent values must go before the context and the runtime they live in: fields are dropped in this order.
    compiled: RefCell<Functions>,
    empty: Scope,
    context: Context,
    runtime: Runtime,
    now: Rc<Cell<i64>>,
    deadline: Rc<Cell<Option<Instant>>>,
    spent: Cell<Duration>,
    limits: Limits,
}

impl Engine {
    /// An engine whose clock shows `zone` and whose random numbers follow from `seed`.
    ///
    /// # Errors
    /// [`ScriptError::Engine`] if there is no memory for it.
    pub fn new(limits: Limits, zone: TimeZone, seed: &str) -> Result<Self, ScriptError> {
        let broken = |error: rquickjs::Error| ScriptError::Engine(error.to_string());
        let runtime = Runtime::new().map_err(broken)?;
        runtime.set_memory_limit(limits.heap);
        runtime.set_max_stack_size(STACK);
        let deadline: Rc<Cell<Option<Instant>>> = Rc::default();
        let watched = deadline.clone();
        runtime.set_interrupt_handler(Some(Box::new(move || watched.get().is_some_and(|end| Instant::now() > end))));
        let context = Context::full(&runtime).map_err(broken)?;
        let now: Rc<Cell<i64>> = Rc::default();
        let empty = context
            .with(|ctx| {
                clock::install(&ctx, now.clone(), zone, seed)?;
                bare_object(&ctx).map(|object| Scope(Persistent::save(&ctx, object), context.clone()))
            })
            .map_err(broken)?;
        let spent = Cell::default();
        Ok(Self { compiled: RefCell::default(), empty, context, runtime, now, deadline, spent, limits })
    }

    /// A new turn begins at this wall-clock time (milliseconds since 1970): the clock moves, the time limit starts anew.
    pub fn begin_turn(&self, now: i64) {
        self.now.set(now);
        self.spent.set(Duration::ZERO);
    }

    /// A new, empty scope.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn scope(&self) -> Result<Scope, ScriptError> {
        self.run(|ctx| bare_object(ctx).map(|object| Scope(Persistent::save(ctx, object), self.context.clone())))
    }

    /// The chain of the named scopes, outermost first, each readable by its name.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn chain(&self, named: &[(&str, &Scope)]) -> Result<Chain, ScriptError> {
        let names = self.run(|ctx| {
            let names = bare_object(ctx)?;
            for (name, scope) in named {
                names.set(*name, scope.0.clone().restore(ctx)?)?;
            }
            Ok(Scope(Persistent::save(ctx, names), self.context.clone()))
        })?;
        let mut levels = vec![names];
        levels.extend(named.iter().map(|(_, scope)| (*scope).clone()));
        Ok(Chain { levels })
    }

    /// Evaluates an expression.
    ///
    /// # Errors
    /// [`ScriptError`] if it is no expression, throws, or exceeds a limit.
    pub fn eval(&self, chain: &Chain, expr: &Expr) -> Result<Handle, ScriptError> {
        self.in_expression(chain, expr, |ctx, value| Ok(self.keep(ctx, value)))
    }

    /// Evaluates a condition by ECMAScript's truth.
    ///
    /// # Errors
    /// As [`Engine::eval`].
    pub fn eval_bool(&self, chain: &Chain, expr: &Expr) -> Result<bool, ScriptError> {
        self.in_expression(chain, expr, |_, value| Ok(truth(&value)))
    }

    /// Evaluates to text, as ECMAScript's `String()`; `None` for `undefined`.
    ///
    /// # Errors
    /// As [`Engine::eval`].
    pub fn eval_text(&self, chain: &Chain, expr: &Expr) -> Result<Option<String>, ScriptError> {
        self.in_expression(chain, expr, text_of)
    }

    /// Runs a program; its top-level functions and variables become variables of the chain's nearest scope.
    ///
    /// # Errors
    /// As [`Engine::eval`].
    pub fn run_program(&self, chain: &Chain, source: &Arc<str>) -> Result<(), ScriptError> {
        let target = chain.nearest().cloned();
        self.in_chain(Form::Program, source, chain, None, target.as_ref(), |_, _| Ok(()))
    }

    /// Whether an expression or program (`as_program`) can be compiled.
    ///
    /// # Errors
    /// The syntax error.
    pub fn check(&self, source: &Arc<str>, as_program: bool) -> Result<(), ScriptError> {
        let form = if as_program { Form::Program } else { Form::Expression };
        self.run(|ctx| self.function(ctx, form, source).map(|_| ()))
    }

    /// Evaluates a self-contained expression that sees no scope (a semantic interpretation) to JSON; `undefined` is null.
    ///
    /// # Errors
    /// As [`Engine::eval`].
    pub fn eval_alone(&self, source: &str) -> Result<Json, ScriptError> {
        self.run(|ctx| {
            let value: Value<'_> = eval_sloppy(ctx, source)?;
            json_of(ctx, value)
        })
    }

    /// Assigns to a declared variable, by its name as written (`x`, `document.x`, `a.b.c`).
    ///
    /// # Errors
    /// [`ScriptError::Semantic`] if the variable is not declared, is a session variable, or the name is none.
    pub fn assign(&self, chain: &Chain, name: &Arc<str>, value: &Handle) -> Result<(), ScriptError> {
        if !is_reference(name) {
            return Err(ScriptError::Semantic(format!("'{name}' is not the name of a variable")));
        }
        if name.starts_with("session.") {
            return Err(ScriptError::Semantic(format!("'{name}' cannot be assigned: session variables are read-only")));
        }
        self.in_chain(Form::Assignment, name, chain, Some(value), None, |_, _| Ok(()))
    }

    /// Declares (or sets) a variable of a scope.
    ///
    /// # Errors
    /// [`ScriptError::Semantic`] if the name is not a plain variable name.
    pub fn declare(&self, scope: &Scope, name: &str, value: &Handle) -> Result<(), ScriptError> {
        if !is_identifier(name) {
            return Err(ScriptError::Semantic(format!("'{name}' cannot be declared: it is not a plain variable name")));
        }
        self.set(scope, name, value)
    }

    /// Sets a property of a scope, whatever its name (form item variables, `name$`, `lastresult$`).
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn set(&self, scope: &Scope, name: &str, value: &Handle) -> Result<(), ScriptError> {
        self.run(|ctx| scope.0.clone().restore(ctx)?.set(name, value.0.clone().restore(ctx)?))
    }

    /// A property of a scope; `undefined` if there is none.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn get(&self, scope: &Scope, name: &str) -> Result<Handle, ScriptError> {
        self.run(|ctx| {
            let value: Value<'_> = scope.0.clone().restore(ctx)?.get(name)?;
            Ok(self.keep(ctx, value))
        })
    }

    /// Whether a variable of a scope is undefined or not declared.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn is_undefined(&self, scope: &Scope, name: &str) -> Result<bool, ScriptError> {
        self.run(|ctx| {
            let value: Value<'_> = scope.0.clone().restore(ctx)?.get(name)?;
            Ok(value.is_undefined())
        })
    }

    /// ECMAScript `undefined`.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn undefined(&self) -> Result<Handle, ScriptError> {
        self.run(|ctx| Ok(self.keep(ctx, Value::new_undefined(ctx.clone()))))
    }

    /// A JSON value inside the engine.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn value(&self, json: &Json) -> Result<Handle, ScriptError> {
        self.run(|ctx| Ok(self.keep(ctx, value_of(ctx, json)?)))
    }

    /// A value as JSON; `undefined` is null, functions are left out.
    ///
    /// # Errors
    /// [`ScriptError`] if it cannot be written as JSON (a cycle).
    pub fn json(&self, value: &Handle) -> Result<Json, ScriptError> {
        self.run(|ctx| json_of(ctx, value.0.clone().restore(ctx)?))
    }

    /// A value as text; `None` for `undefined`.
    ///
    /// # Errors
    /// [`ScriptError`] if its `toString` fails.
    pub fn text(&self, value: &Handle) -> Result<Option<String>, ScriptError> {
        self.run(|ctx| text_of(ctx, value.0.clone().restore(ctx)?))
    }

    /// The elements of an array, at most `limit`; `None` if the value is none.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn elements(&self, value: &Handle, limit: usize) -> Result<Option<Vec<Handle>>, ScriptError> {
        self.run(|ctx| {
            let Some(array) = value.0.clone().restore(ctx)?.into_array() else { return Ok(None) };
            let elements: rquickjs::Result<Vec<Handle>> =
                array.iter::<Value<'_>>().take(limit).map(|element| Ok(self.keep(ctx, element?))).collect();
            elements.map(Some)
        })
    }

    /// A property of an object by path (`a` or `a.b`); `None` if the value is no object or has no such property.
    ///
    /// # Errors
    /// [`ScriptError`] if a getter throws.
    pub fn property(&self, value: &Handle, path: &str) -> Result<Option<Handle>, ScriptError> {
        self.run(|ctx| {
            let mut value = value.0.clone().restore(ctx)?;
            for name in path.split('.') {
                let Some(object) = value.into_object() else { return Ok(None) };
                value = object.get(name)?;
            }
            Ok((!value.is_undefined()).then(|| self.keep(ctx, value)))
        })
    }

    /// Whether a value is an object (and not an array, a string or a number).
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn is_object(&self, value: &Handle) -> Result<bool, ScriptError> {
        self.run(|ctx| {
            let value = value.0.clone().restore(ctx)?;
            Ok(value.is_object() && !value.is_array() && !value.is_function())
        })
    }

    /// An array with the given elements and further named properties, as `application.lastresult$` is one.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn array_with(&self, elements: &[Json], properties: &Json) -> Result<Handle, ScriptError> {
        self.run(|ctx| {
            let array = value_of(ctx, &Json::Array(elements.to_vec()))?;
            if let (Some(object), Json::Object(properties)) = (array.as_object(), properties) {
                for (name, property) in properties {
                    object.set(name.as_str(), value_of(ctx, property)?)?;
                }
            }
            Ok(self.keep(ctx, array))
        })
    }

    /// An object made of named values.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn object(&self, properties: &[(String, Handle)]) -> Result<Handle, ScriptError> {
        self.run(|ctx| {
            let object = Object::new(ctx.clone())?;
            for (name, value) in properties {
                object.set(name.as_str(), value.0.clone().restore(ctx)?)?;
            }
            Ok(self.keep(ctx, object.into_value()))
        })
    }

    /// The names of a scope's variables, in the order of their declaration.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn names(&self, scope: &Scope) -> Result<Vec<String>, ScriptError> {
        self.run(|ctx| scope.0.clone().restore(ctx)?.own_keys::<String>(Filter::default()).collect())
    }

    /// Makes a value and all it holds read-only, as session variables are.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn freeze(&self, scope: &Scope) -> Result<(), ScriptError> {
        self.run(|ctx| {
            let freeze: Function<'_> = eval_sloppy(
                ctx,
                "(function freeze(o) { if (o && typeof o === 'object') { for (var k in o) freeze(o[k]); Object.freeze(o); } })",
            )?;
            freeze.call((scope.0.clone().restore(ctx)?,))
        })
    }

    fn in_expression<T>(
        &self,
        chain: &Chain,
        expr: &Expr,
        convert: impl for<'js> FnOnce(&Ctx<'js>, Value<'js>) -> rquickjs::Result<T>,
    ) -> Result<T, ScriptError> {
        let result = self.in_chain(Form::Expression, &expr.source, chain, None, None, convert);
        result.map_err(|error| error.located(expr))
    }

    fn in_chain<T>(
        &self,
        form: Form,
        source: &Arc<str>,
        chain: &Chain,
        value: Option<&Handle>,
        target: Option<&Scope>,
        convert: impl for<'js> FnOnce(&Ctx<'js>, Value<'js>) -> rquickjs::Result<T>,
    ) -> Result<T, ScriptError> {
        self.run(|ctx| {
            let function = self.function(ctx, form, source)?;
            // Missing levels are empty objects on the outside, so that every form has one shape.
            let mut arguments = rquickjs::function::Args::new(ctx.clone(), wrap::LEVELS + 2);
            for _ in chain.levels.len()..wrap::LEVELS {
                arguments.push_arg(self.empty.0.clone().restore(ctx)?)?;
            }
            for level in &chain.levels {
                arguments.push_arg(level.0.clone().restore(ctx)?)?;
            }
            match value {
                Some(value) => arguments.push_arg(value.0.clone().restore(ctx)?)?,
                None => arguments.push_arg(Value::new_undefined(ctx.clone()))?,
            }
            match target {
                Some(target) => arguments.push_arg(target.0.clone().restore(ctx)?)?,
                None => arguments.push_arg(Value::new_undefined(ctx.clone()))?,
            }
            let result: Value<'_> = function.call_arg(arguments)?;
            convert(ctx, result)
        })
    }

    /// The compiled function of a source text, made on first use.
    fn function<'js>(&self, ctx: &Ctx<'js>, form: Form, source: &Arc<str>) -> rquickjs::Result<Function<'js>> {
        let key = (form, source.clone());
        let known = self.compiled.borrow().get(&key).cloned();
        if let Some(function) = known {
            return function.restore(ctx);
        }
        let text = match form {
            Form::Expression => wrap::expression(source),
            Form::Assignment => wrap::assignment(source),
            Form::Program => wrap::program(source),
        };
        let function: Function<'js> = match eval_sloppy(ctx, &text) {
            Err(rquickjs::Error::Exception) if form == Form::Expression => {
                ctx.catch();
                eval_sloppy(ctx, &wrap::statements(source))?
            }
            compiled => compiled?,
        };
        let mut compiled = self.compiled.borrow_mut();
        if compiled.len() >= COMPILED {
            compiled.clear();
        }
        compiled.insert(key, Persistent::save(ctx, function.clone()));
        Ok(function)
    }

    fn keep<'js>(&self, ctx: &Ctx<'js>, value: Value<'js>) -> Handle {
        Handle(Persistent::save(ctx, value), self.context.clone())
    }

    /// Enters the engine under the turn's time limit and turns its errors into ours.
    fn run<T>(&self, work: impl for<'js> FnOnce(&Ctx<'js>) -> rquickjs::Result<T>) -> Result<T, ScriptError> {
        let start = Instant::now();
        self.deadline.set(Some(start + self.limits.time.saturating_sub(self.spent.get())));
        let result = self.context.with(|ctx| work(&ctx).catch(&ctx).map_err(|caught| describe(&caught)));
        self.spent.set(self.spent.get() + start.elapsed());
        result.map_err(|message| {
            if self.spent.get() >= self.limits.time {
                ScriptError::Time(self.limits.time.as_millis())
            } else {
                // What a runaway script left behind must not fail the handler that comes next.
                if message.contains("out of memory") {
                    self.runtime.run_gc();
                }
                ScriptError::Semantic(message)
            }
        })
    }
}

/// Evaluates in sloppy mode: VoiceXML's documents need `with` and undeclared globals.
pub(super) fn eval_sloppy<'js, T: rquickjs::FromJs<'js>>(ctx: &Ctx<'js>, source: &str) -> rquickjs::Result<T> {
    let mut options = EvalOptions::default();
    options.strict = false;
    ctx.eval_with_options(source, options)
}

/// An object without prototype: a scope must not see `constructor` and its like as variables.
fn bare_object<'js>(ctx: &Ctx<'js>) -> rquickjs::Result<Object<'js>> {
    Object::new_proto(ctx.clone(), None)
}
