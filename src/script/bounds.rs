//! Bounds for what the engine does natively in one go, where it does not look at the clock.
//!
//! The engine interrupts loops and calls of a script that has used up its time, and regular expressions. What its builtin
//! functions do with arrays of four thousand million holes, or by comparing megabytes with megabytes, it does not.

use rquickjs::{Ctx, Exception, Function, Result, Value};

/// Wraps those functions: each first asks `spend` whether there is time left, refuses arrays longer than any that holds
/// something, and searches whose work is out of all proportion.
const PRELUDE: &str = r#"(function (spend, isProxy) {
  var apply = Reflect.apply, describe = Object.getOwnPropertyDescriptor, isArray = Array.isArray;
  var each = Array.prototype.forEach, map = Array.prototype.map, push = Array.prototype.push;
  var MOST_ITEMS = 1000000, MOST_WORK = 100000000, LONG = 1000, spreadable = Symbol.isConcatSpreadable;
  function extent(list) {
    if (list === undefined || list === null) return 0;
    if (isProxy(list)) throw new TypeError('an array is wanted here, not a proxy');
    var length = describe(Object(list), 'length');
    if (length) return typeof length.value === 'number' || typeof length.value === 'string' ? +length.value : Infinity;
    return 'length' in Object(list) ? Infinity : 0;
  }
  function bounded(list) {
    if (extent(list) > MOST_ITEMS) throw new RangeError('an array longer than ' + MOST_ITEMS + ' is not worked on');
  }
  function wrap(owner, names, before) {
    names.forEach(function (name) {
      var native = owner[name];
      if (!native) return;
      var wrapped = { [name](...given) { spend(); return apply(native, before(this, given), given); } }[name];
      Object.defineProperty(wrapped, 'length', { value: native.length, configurable: true });
      Object.defineProperty(owner, name, { value: wrapped, writable: true, configurable: true });
    });
  }
  function item(list) { bounded(list); return list; }
  wrap(Array.prototype, ['fill', 'join', 'reverse', 'slice', 'splice', 'shift', 'unshift', 'copyWithin', 'toLocaleString',
    'toReversed', 'toSpliced', 'with'], item);
  wrap(Array.prototype, ['concat'], function (list, given) {
    bounded(list);
    for (var at = 0; at < given.length; at++) {
      var more = given[at];
      if (more === null || typeof more !== 'object') continue;
      if (isProxy(more) || spreadable in more) throw new TypeError('only arrays are appended as lists');
      if (isArray(more)) bounded(more);
    }
    return list;
  });
  function byText(a, b) {
    a = String(a), b = String(b);
    if (a.length > LONG) spend();
    return a < b ? -1 : a > b ? 1 : 0;
  }
  wrap(Array.prototype, ['sort', 'toSorted'], function (list, given) {
    bounded(list);
    if (given[0] === undefined) given[0] = byText;
    return list;
  });
  function flatten(list, depth, into) {
    apply(each, list, [function (one) {
      if (depth > 0 && isArray(one)) flatten(one, depth - 1, into);
      else apply(push, into, [one]);
    }]);
    return into;
  }
  function define(name, value) {
    Object.defineProperty(Array.prototype, name, { value: value, writable: true, configurable: true });
  }
  define('flat', function flat(depth) { return flatten(this, depth === undefined ? 1 : +depth, []); });
  define('flatMap', function flatMap(by, on) { return flatten(apply(map, this, [by, on]), 1, []); });
  function text(of) {
    if (of === undefined || of === null) throw new TypeError('a string is wanted here');
    return typeof of === 'string' ? of : String(of);
  }
  wrap(String.prototype, ['indexOf', 'lastIndexOf', 'includes', 'split', 'replace', 'replaceAll'], function (of, given) {
    var within = text(of), wanted = given[0];
    if (wanted instanceof RegExp) return within;
    if (wanted !== undefined) wanted = given[0] = String(wanted);
    if (wanted !== undefined && within.length * wanted.length > MOST_WORK && wanted.length <= within.length) {
      throw new RangeError('a text of ' + wanted.length + ' characters is not looked for in one of ' + within.length);
    }
    return within;
  });
  wrap(String.prototype, ['repeat', 'padStart', 'padEnd', 'toUpperCase', 'toLowerCase', 'concat', 'normalize'], text);
  wrap(String, ['raw'], function (of, given) { bounded(Object(given[0]).raw); return of; });
  function anyway(of) { return of; }
  wrap(JSON, ['parse'], anyway);
  wrap(Object, ['keys', 'values', 'entries', 'assign', 'getOwnPropertyNames', 'fromEntries'], anyway);
  // A list of names filters natively: what it filters must be of a size that can be walked through.
  var stringify = JSON.stringify;
  function same(name, value) { return value; }
  wrap(JSON, ['stringify'], function (of, given) {
    if (given[1] === undefined || given[1] === null) given[1] = same;
    else if (isArray(given[1])) apply(stringify, JSON, [given[0], same]);
    return of;
  });
  // Spread natively, an array is copied without a look at the clock.
  wrap(Array.prototype, [Symbol.iterator], anyway);
})"#;

/// Puts the bounds in force; `late` tells whether the scripts of the turn have used up their time.
///
/// # Errors
/// If there is no memory for it.
pub(super) fn install(ctx: &Ctx<'_>, late: impl Fn() -> bool + 'static) -> Result<()> {
    let prelude: Function<'_> = ctx.eval(PRELUDE)?;
    let spend = Function::new(ctx.clone(), move |ctx: Ctx<'_>| match late() {
        true => Err(Exception::throw_internal(&ctx, "interrupted")),
        false => Ok(()),
    })?;
    let is_proxy = Function::new(ctx.clone(), |value: Value<'_>| value.is_proxy())?;
    prelude.call((spend, is_proxy))
}
