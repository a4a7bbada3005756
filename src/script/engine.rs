use super::{
    bounds, clock,
    convert::{json_of, text_of, truth},
    dom::Trees,
    heap::Seat,
    plain::Scene,
    sources::{Form, Ready, ready},
    stint, wrap,
};
use crate::dialogue::Expr;
use jiff::tz::TimeZone;
use rquickjs::{CatchResultExt, Ctx, Function, Object, Persistent, Value, context::EvalOptions};
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
    /// Memory all that the call's scripts make may take, in bytes, about.
    pub heap: usize,
}

/// Why a script did not give a value; `error.semantic` to the document (VoiceXML 2.0 §5.2.6).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// The script is wrong: syntax, an undeclared name, a thrown exception.
    #[error("{0}")]
    Semantic(String),
    /// The scripts of the turn took longer than allowed.
    #[error("the scripts of one turn took longer than {0} ms")]
    Time(u128),
    /// The engine itself could not be set up.
    #[error("the script engine cannot start: {0}")]
    Engine(String),
}

impl ScriptError {
    /// The same, with the expression and its place in the document.
    fn located(self, expr: &Expr) -> Self {
        match self {
            Self::Semantic(message) => {
                let at = expr.at;
                Self::Semantic(format!(
                    "line {}, column {}: {message}, in `{}`",
                    at.line,
                    at.column,
                    expr.source.trim()
                ))
            }
            other => other,
        }
    }
}

/// A value inside the engine that outlives one evaluation.
// It keeps its context alive: a value that outlived its runtime would abort the process.
#[derive(Clone)]
pub struct Handle(pub(super) Persistent<Value<'static>>, #[expect(dead_code, reason = "held, not read")] Rc<Seat>);

/// A variable scope: an object whose properties are the variables.
#[derive(Clone)]
pub struct Scope(pub(super) Persistent<Object<'static>>, #[expect(dead_code, reason = "held, not read")] Rc<Seat>);

/// The scopes an expression sees, nearest last.
#[derive(Clone)]
pub struct Chain {
    /// The object with the names `session`, `application`, `document`, `dialog`, then those scopes and anonymous ones.
    levels: Rc<[Scope]>,
}

impl Chain {
    /// This chain with one more, nearer scope. At most two anonymous scopes nest; further ones replace the innermost.
    #[must_use]
    pub fn with(&self, scope: &Scope) -> Chain {
        let outer = self.levels.iter().take(wrap::LEVELS - 1);
        Chain { levels: outer.chain([scope]).cloned().collect() }
    }

    /// The nearest scope: where `<var>` declares.
    pub fn nearest(&self) -> Option<&Scope> {
        self.levels.last()
    }
}

/// Compiled expressions kept: pages made anew for every request must not fill the heap of a long call.
const COMPILED: usize = 2000;

/// What a function is compiled from.
type Source = (Form, Arc<str>);

/// A compiled function, kept from call to call of it.
type Compiled = Persistent<Function<'static>>;

/// One call's ECMAScript engine.
pub struct Engine {
    // Persistent values must go before the context they live in: fields are dropped in this order.
    /// Functions by their source; `None` if it was used once. Most sources are, in a call, and a function takes a
    /// kilobyte at least: one is kept from its second use on.
    compiled: RefCell<HashMap<Source, Option<Compiled>>>,
    /// Functions of our own, by their source.
    helpers: RefCell<HashMap<&'static str, Compiled>>,
    empty: Scope,
    /// What makes DOM documents, once a call has asked for one.
    pub(super) dom: RefCell<Option<Compiled>>,
    pub(super) trees: Trees,
    seat: Rc<Seat>,
    now: Rc<Cell<i64>>,
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
        let seat = Rc::new(Seat::take().map_err(broken)?);
        let now: Rc<Cell<i64>> = Rc::default();
        let begin = |ctx: Ctx<'_>| {
            clock::install(&ctx, now.clone(), zone, seed)?;
            bounds::install(&ctx, seat.late())?;
            bare_object(&ctx).map(|object| Scope(Persistent::save(&ctx, object), Rc::clone(&seat)))
        };
        // What is run here is our own: it ends.
        let empty = seat.enter(&limits, Duration::MAX, begin).map_err(broken)?;
        Ok(Self {
            compiled: RefCell::default(),
            helpers: RefCell::default(),
            empty,
            dom: RefCell::default(),
            trees: Trees::default(),
            seat,
            now,
            spent: Cell::default(),
            limits,
        })
    }

    /// A new turn begins at this wall-clock time (milliseconds since 1970): the clock moves, the time limit starts anew.
    pub fn begin_turn(&self, now: i64) {
        stint::begin();
        self.now.set(now);
        self.spent.set(Duration::ZERO);
    }

    /// A new, empty scope.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn scope(&self) -> Result<Scope, ScriptError> {
        self.run(|ctx| bare_object(ctx).map(|object| Scope(Persistent::save(ctx, object), Rc::clone(&self.seat))))
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
            Ok(Scope(Persistent::save(ctx, names), Rc::clone(&self.seat)))
        })?;
        let levels = [&names].into_iter().chain(named.iter().map(|(_, scope)| *scope)).cloned().collect();
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
        let compile = |text: String| self.run(|ctx| eval_sloppy::<Function<'_>>(ctx, &text).map(|_| ()));
        let program = || compile(wrap::program(source));
        if as_program {
            return program();
        }
        // Several statements are an expression, too; of two complaints the one about an expression is meant.
        compile(wrap::expression(source)).or_else(|why| program().map_err(|_| why))
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

    fn in_expression<T>(
        &self,
        chain: &Chain,
        expr: &Expr,
        convert: impl for<'js> FnOnce(&Ctx<'js>, Value<'js>) -> rquickjs::Result<T>,
    ) -> Result<T, ScriptError> {
        let result = match ready(Form::Expression, &expr.source) {
            Ready::Plain(plain) => self.run(|ctx| convert(ctx, self.scene(ctx, chain)?.value(&plain)?)),
            Ready::Text(_) => self.in_chain(Form::Expression, &expr.source, chain, None, None, convert),
        };
        result.map_err(|error| error.located(expr))
    }

    /// Where the expressions of a chain are evaluated.
    pub(super) fn scene<'e, 'js>(&'e self, ctx: &'e Ctx<'js>, chain: &Chain) -> rquickjs::Result<Scene<'e, 'js>> {
        let levels: rquickjs::Result<_> = chain.levels.iter().map(|level| level.0.clone().restore(ctx)).collect();
        Ok(Scene { engine: self, ctx, levels: levels? })
    }

    /// A function of our own.
    pub(super) fn helper<'js>(&self, ctx: &Ctx<'js>, source: &'static str) -> rquickjs::Result<Function<'js>> {
        let known = self.helpers.borrow().get(source).cloned();
        if let Some(function) = known {
            return function.restore(ctx);
        }
        let function: Function<'js> = eval_sloppy(ctx, source)?;
        self.helpers.borrow_mut().insert(source, Persistent::save(ctx, function.clone()));
        Ok(function)
    }

    pub(super) fn in_chain<T>(
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
            for level in chain.levels.iter() {
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

    /// The compiled function of a source text.
    fn function<'js>(&self, ctx: &Ctx<'js>, form: Form, source: &Arc<str>) -> rquickjs::Result<Function<'js>> {
        let key = (form, source.clone());
        let known = self.compiled.borrow().get(&key).cloned();
        if let Some(Some(function)) = known {
            return function.restore(ctx);
        }
        let text = match ready(form, source) {
            Ready::Text(text) => text,
            Ready::Plain(_) => wrap::expression(source).into(),
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
        let kept = known.map(|_| Persistent::save(ctx, function.clone()));
        compiled.insert(key, kept);
        Ok(function)
    }

    pub(super) fn collect_garbage(&self) {
        self.seat.collect_garbage();
    }

    pub(super) fn keep<'js>(&self, ctx: &Ctx<'js>, value: Value<'js>) -> Handle {
        Handle(Persistent::save(ctx, value), Rc::clone(&self.seat))
    }

    /// Enters the engine under the turn's time limit and turns its errors into ours.
    pub(super) fn run<T>(
        &self,
        work: impl for<'js> FnOnce(&Ctx<'js>) -> rquickjs::Result<T>,
    ) -> Result<T, ScriptError> {
        let start = Instant::now();
        let left = self.limits.time.saturating_sub(self.spent.get());
        let work = |ctx: Ctx<'_>| work(&ctx).catch(&ctx).map_err(|caught| describe(&caught));
        let result = self.seat.enter(&self.limits, left, work);
        let taken = start.elapsed();
        self.spent.set(self.spent.get() + taken);
        match result {
            // One long operation of the engine itself is not interrupted, but seen when it is over.
            _ if taken > self.limits.time && stint::worked() > 4 * self.limits.time => {
                Err(ScriptError::Time(self.limits.time.as_millis()))
            }
            Err(message) if message.contains("interrupted") => Err(ScriptError::Time(self.limits.time.as_millis())),
            Err(message) => {
                // What a runaway script left behind must not fail the handler that comes next.
                if message.contains("out of memory") {
                    self.collect_garbage();
                }
                Err(ScriptError::Semantic(message))
            }
            Ok(value) => Ok(value),
        }
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

fn describe(caught: &rquickjs::CaughtError<'_>) -> String {
    match caught {
        rquickjs::CaughtError::Exception(exception) => {
            let name = exception.as_object().get::<_, String>("name").unwrap_or_else(|_| "Error".to_owned());
            format!("{name}: {}", exception.message().unwrap_or_default())
        }
        rquickjs::CaughtError::Value(value) => match value.as_string().and_then(|text| text.to_string().ok()) {
            Some(text) => format!("the script threw '{text}'"),
            None => "the script threw a value that is no Error".to_owned(),
        },
        rquickjs::CaughtError::Error(error) => error.to_string(),
    }
}
