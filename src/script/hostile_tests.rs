//! Scripts that would hold their thread for ever: each is stopped not long after its time is up.

use super::*;
use crate::dialogue::{Expr, Position};
use std::time::{Duration, Instant};

const TIME: Duration = Duration::from_millis(100);

/// Runs an expression alone in an engine; how it ended, and how long it took.
fn run(source: &str) -> (Result<(), ScriptError>, Duration) {
    let engine = Engine::new(Limits { time: TIME, heap: 16 << 20 }, jiff::tz::TimeZone::UTC, "seed").unwrap();
    let chain = engine.chain(&[]).unwrap();
    let expr = Expr { source: source.into(), at: Position { line: 1, column: 1, offset: 0 } };
    let begun = Instant::now();
    let ended = engine.eval(&chain, &expr).map(|_| ());
    (ended, begun.elapsed())
}

const ENDLESS: &[&str] = &[
    "(function() { while (1); })()",
    "(function f() { return f() + f(); })()",
    "(function() { for (;;) try { while (1); } catch (e) {} })()",
    "/(a+)+$/.test(new Array(40).join('a') + '!')",
    "/(.*)*x/.exec(new Array(5000).join('ab'))",
    "'x'.repeat(Math.pow(2, 30))",
    "new Array(1000000000).fill(0)",
    "Array.apply(null, {length: 1000000000})",
    "new Array(4294967295).join('x')",
    "new Array(4294967295).indexOf(1)",
    "new Array(4294967295).forEach(function() {})",
    "new Array(4294967295).reverse()",
    "new Array(4294967295).sort()",
    "new Array(4294967295).slice(1)",
    "new Array(4294967295).splice(0, 1)",
    "new Array(4294967295).shift()",
    "new Array(4294967295).concat([1])",
    "new Array(4294967295).unshift(1)",
    "new Array(4294967295).copyWithin(0, 1)",
    "new Array(4294967295).flat()",
    "new Array(4294967295).toString()",
    "Array.prototype.reverse.call({length: 9007199254740991})",
    "Array.prototype.sort.call({length: 9007199254740991})",
    "Array.prototype.slice.call({length: 9007199254740991})",
    "Array.prototype.fill.call({length: 9007199254740991}, undefined)",
    "Array.prototype.copyWithin.call({length: 9007199254740991}, 0, 1)",
    "Array.prototype.splice.call({length: 9007199254740991}, 0, 1)",
    "Array.prototype.shift.call({length: 9007199254740991})",
    "Array.prototype.flat.call({length: 9007199254740991})",
    "Array.prototype.join.call({length: 9007199254740991}, '')",
    "Array.from({length: 9007199254740991})",
    "String.raw({raw: {length: 9007199254740991}})",
    "[].concat({length: 9007199254740991, [Symbol.isConcatSpreadable]: true})",
    "(function() { var a = 'a'.repeat(4000000); return a.indexOf('a'.repeat(2000000) + 'b'); })()",
    "(function() { var a = 'a'.repeat(4000000); return a.lastIndexOf('b' + 'a'.repeat(2000000)); })()",
    "(function() { var a = 'a'.repeat(4000000); return a.split('a'.repeat(2000000) + 'b'); })()",
    "(function() { var a = 'a'.repeat(4000000); return a.replaceAll('a'.repeat(2000000) + 'b', ''); })()",
    "(function() { var a = 'a'.repeat(3000000) + 'b', b = 'a'.repeat(3000000) + 'c', all = []; for (var i = 0; i < 100000; i++) all.push(i % 2 ? a : b); return all.sort(); })()",
    "[3, 1, 2].sort(function() { while (1); })",
    "(function() { var all = []; for (var i = 0; i < 100000; i++) all.push(i); return all.sort(function() { return Math.random() - 0.5; }).length; })()",
    "(function() { var a = [1]; for (var i = 0; i < 40; i++) a = [a, a]; return JSON.stringify(a); })()",
    "(function() { var a = {}; for (var i = 0; i < 100000; i++) a = {a: a}; return JSON.stringify(a); })()",
    "JSON.parse('['.repeat(1000000))",
    "(function() { var a = []; while (1) a.push({}); })()",
    "(function() { var s = 'x'; while (1) s += s; })()",
    "(function() { var n = 3n; for (var i = 0; i < 40; i++) n = n * n; return String(n); })()",
    "(function() { while (1) 'x'.repeat(4000000); })()",
    "(function() { var s = 'x'.repeat(4000000); while (1) s.toUpperCase(); })()",
    "(function() { var s = 'x'.repeat(4000000); while (1) s.slice(1); })()",
    "(function() { var s = 'x'.repeat(4000000); while (1) JSON.stringify(s); })()",
    "(function() { var s = '[' + '1,'.repeat(200000) + '1]'; while (1) JSON.parse(s); })()",
    "(function() { var o = {}; for (var i = 0; i < 5000; i++) o['a' + i] = i; while (1) Object.keys(o); })()",
    "(function() { var a = new Array(100000).fill(1); while (1) a.slice(); })()",
    "(function() { var a = new Array(100000).fill(1); while (1) [...a]; })()",
    "(function() { var a = new Array(100000).fill(1); while (1) a.join(); })()",
    "eval('('.repeat(100000))",
    "new RegExp('('.repeat(10000))",
    "(function() { var d = new Date(); while (1) d.toLocaleString(); })()",
];

/// What nothing may take, however busy the machine is; without bounds the worst of these would take years.
const MOST: Duration = Duration::from_secs(60);

#[test]
fn nothing_a_script_does_holds_its_thread_for_long() {
    for source in ENDLESS {
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::Builder::new().stack_size(8 << 20).spawn(move || send.send(run(source))).unwrap();
        let (ended, taken) = receive.recv_timeout(MOST).unwrap_or_else(|_| panic!("{source} goes on for {MOST:?}"));
        println!("{:6} ms {source}", taken.as_millis());
        assert!(ended.is_err(), "{source} came to an end");
    }
}

#[test]
fn the_bounds_change_nothing_for_ordinary_scripts() {
    for source in [
        "[3, 1, 10, 2].sort().join() === '1,10,2,3'",
        "[3, 1, 10, undefined, 2].sort(function (a, b) { return a - b; })[3] === 10",
        "[1, , 3].concat([4], 5, [[6]]).length === 6 && !(1 in [1, , 3].concat())",
        "(function () { return Array.prototype.slice.call(arguments, 1).join(); })(1, 2, 3) === '2,3'",
        "Array.prototype.join.call('abc', '-') === 'a-b-c' && Array.prototype.slice.call({length: 2, 0: 'x'}).length === 2",
        "[1, [2, [3, [4]]]].flat().length === 3 && [1, 2].flatMap(function (n) { return [n, n]; }).join() === '1,1,2,2'",
        "'a.b.c'.split('.').length === 3 && 'a1b2'.split(/\\d/).length === 3 && 'abc'.split('').length === 3 && 'a'.split()[0] === 'a'",
        "'aXbX'.replace('X', function (x) { return x + 1; }) === 'aX1bX' && 'aXbX'.replace(/X/g, '-') === 'a-b-'",
        "'abc'.indexOf('c') === 2 && 'abcc'.lastIndexOf('c') === 3 && 'undefined'.indexOf() === 0",
        "JSON.stringify({a: 1, b: [1, {c: 2}]}, ['b', 'c']) === '{\"b\":[1,{\"c\":2}]}' && JSON.stringify({a: 1}, null, 1) === '{\\n \"a\": 1\\n}'",
        "JSON.stringify(new Date(0)).length === 26 && JSON.parse('[1]', function (k, v) { return v; })[0] === 1",
        "[...[1, 2], ...'ab'].length === 4 && Math.max(...[1, 5, 2]) === 5",
        "(function () { var a = [1, 2, 3, 4]; a.splice(1, 2); a.unshift(0); return a.reverse().join(); })() === '4,1,0'",
        "(function () { var n = []; for (var k in [1]) n.push(k); for (k in {a: 1}) n.push(k); return n.join(); })() === '0,a'",
        "String.raw`a\\n` === 'a\\\\n' && 'x'.padStart(3) === '  x' && [1, 2].slice.length === 2",
    ] {
        let engine = Engine::new(Limits { time: TIME, heap: 16 << 20 }, jiff::tz::TimeZone::UTC, "seed").unwrap();
        let chain = engine.chain(&[]).unwrap();
        let expr = Expr { source: source.into(), at: Position { line: 1, column: 1, offset: 0 } };
        assert_eq!(engine.eval_bool(&chain, &expr), Ok(true), "{source}");
    }
}
