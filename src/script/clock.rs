//! Time and chance as scripts see them: the event's time in the application's time zone, numbers seeded by the call.

use jiff::{Timestamp, tz::TimeZone};
use rquickjs::{Ctx, Function, Result};
use std::{cell::Cell, rc::Rc};

/// Replaces the engine's `Date` (which reads the machine's clock and time zone) and `Math.random`, so that a replay sees
/// what the call saw.
const PRELUDE: &str = r#"(function (clock, offset, seed) {
  var Native = Date, proto = Native.prototype, minute = 60000;
  function wall(date) { var t = date.getTime(); return new Native(t + offset(t) * minute); }
  function instant(ms) { return ms - offset(ms - offset(ms) * minute) * minute; }
  function read(text) {
    text = String(text);
    var zoned = /(?:Z|GMT|UTC|[+-]\d\d:?\d\d)\s*$/i.test(text) || /^\s*\d{4}(-\d\d(-\d\d)?)?\s*$/.test(text);
    if (zoned) return Native.parse(text);
    var iso = /^\s*\d{4}-\d\d-\d\dT/.test(text);
    return instant(Native.parse(iso ? text.trim() + 'Z' : text + ' GMT'));
  }
  function define(name, value) {
    Object.defineProperty(proto, name, { value: value, writable: true, configurable: true });
  }
  ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds'].forEach(function (part) {
    var get = 'getUTC' + part, set = 'setUTC' + part;
    define('get' + part, function () { return wall(this)[get](); });
    if (part !== 'Day') define('set' + part, function () {
      var date = wall(this);
      date[set].apply(date, arguments);
      return this.setTime(instant(date.getTime()));
    });
  });
  define('getYear', function () { return this.getFullYear() - 1900; });
  define('getTimezoneOffset', function () { return -offset(this.getTime()); });
  function two(number) { return (number < 10 ? '0' : '') + number; }
  function zone(date) {
    var minutes = offset(date.getTime()), size = Math.abs(minutes);
    return 'GMT' + (minutes < 0 ? '-' : '+') + two(Math.floor(size / 60)) + two(size % 60);
  }
  function day(date) { return wall(date).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+).*$/, '$1 $3 $2 $4'); }
  function time(date) { return two(date.getHours()) + ':' + two(date.getMinutes()) + ':' + two(date.getSeconds()); }
  function shown(text) {
    return function () { return isNaN(this.getTime()) ? 'Invalid Date' : text(this); };
  }
  define('toDateString', shown(day));
  define('toTimeString', shown(function (date) { return time(date) + ' ' + zone(date); }));
  define('toString', shown(function (date) { return day(date) + ' ' + time(date) + ' ' + zone(date); }));
  define('toLocaleDateString', shown(function (date) {
    return two(date.getMonth() + 1) + '/' + two(date.getDate()) + '/' + date.getFullYear();
  }));
  define('toLocaleTimeString', shown(time));
  define('toLocaleString', shown(function (date) { return date.toLocaleDateString() + ', ' + time(date); }));
  function Shim(first) {
    if (!new.target) return new Shim().toString();
    if (arguments.length === 0) return new Native(clock());
    if (arguments.length === 1) {
      return new Native(typeof first === 'string' ? read(first) : first instanceof Native ? first.getTime() : first);
    }
    return new Native(instant(Native.UTC.apply(null, arguments)));
  }
  Shim.prototype = proto;
  Shim.UTC = Native.UTC;
  Shim.parse = read;
  Shim.now = clock;
  define('constructor', Shim);
  Object.defineProperty(globalThis, 'Date', { value: Shim, writable: true, configurable: true });
  var state = seed | 0;
  Math.random = function () {
    state = (state + 0x6D2B79F5) | 0;
    var t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
})"#;

/// Installs `Date` and `Math.random`. `now` is the current event's time, in milliseconds since 1970.
pub(super) fn install(ctx: &Ctx<'_>, now: Rc<Cell<i64>>, zone: TimeZone, seed: &str) -> Result<()> {
    let prelude: Function<'_> = super::engine::eval_sloppy(ctx, PRELUDE)?;
    let clock = Function::new(ctx.clone(), move || now.get() as f64)?;
    let offset = Function::new(ctx.clone(), move |at: f64| offset_minutes(&zone, at))?;
    prelude.call((clock, offset, fold(seed)))
}

/// Minutes east of UTC at an instant.
fn offset_minutes(zone: &TimeZone, at: f64) -> f64 {
    // `as` saturates and takes NaN to 0; instants jiff does not know get UTC.
    match Timestamp::from_millisecond(at as i64) {
        Ok(instant) => f64::from(zone.to_offset(instant).seconds()) / 60.0,
        Err(_) => 0.0,
    }
}

/// FNV-1a: the same call id gives the same random numbers on every machine.
fn fold(seed: &str) -> i32 {
    seed.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) as i32
}
