use super::*;
use crate::dialogue::{Expr, Position};
use serde_json::json;
use std::{sync::Arc, time::Duration};

fn engine() -> Engine {
    engine_with(Duration::from_millis(100), 16 << 20)
}

fn engine_with(time: Duration, heap: usize) -> Engine {
    let limits = Limits { time, heap };
    Engine::new(limits, jiff::tz::TimeZone::get("America/New_York").unwrap(), "CA1").unwrap()
}

fn expr(source: &str) -> Expr {
    Expr { source: source.into(), at: Position::default() }
}

struct World {
    engine: Engine,
    document: Scope,
    dialog: Scope,
    chain: Chain,
}

fn world() -> World {
    world_of(engine())
}

/// Where time is not what a test is about.
fn patient_world() -> World {
    world_of(engine_with(Duration::from_secs(60), 16 << 20))
}

fn world_of(engine: Engine) -> World {
    let scopes: Vec<Scope> = (0..4).map(|_| engine.scope().unwrap()).collect();
    let chain = engine
        .chain(&[
            ("session", &scopes[0]),
            ("application", &scopes[1]),
            ("document", &scopes[2]),
            ("dialog", &scopes[3]),
        ])
        .unwrap();
    World { document: scopes[2].clone(), dialog: scopes[3].clone(), engine, chain }
}

impl World {
    fn json(&self, source: &str) -> serde_json::Value {
        let value = self.engine.eval(&self.chain, &expr(source)).unwrap();
        self.engine.json(&value).unwrap()
    }

    fn declare(&self, scope: &Scope, name: &str, value: serde_json::Value) {
        self.engine.declare(scope, name, &self.engine.value(&value).unwrap()).unwrap();
    }
}

#[test]
fn the_nearest_scope_wins_and_every_scope_has_its_name() {
    let w = world();
    w.declare(&w.document, "x", json!(1));
    w.declare(&w.dialog, "x", json!(2));
    assert_eq!(w.json("[x, document.x, dialog.x]"), json!([2, 1, 2]));
}

#[test]
fn assigning_to_an_undeclared_variable_is_an_error() {
    let w = world();
    let one = w.engine.value(&json!(1)).unwrap();
    assert!(w.engine.assign(&w.chain, &Arc::from("nobody"), &one).is_err());
    assert!(w.engine.assign(&w.chain, &Arc::from("document.nobody"), &one).is_err());
    w.declare(&w.document, "x", json!(0));
    w.engine.assign(&w.chain, &Arc::from("document.x"), &one).unwrap();
    assert_eq!(w.json("x"), json!(1));
}

#[test]
fn a_name_that_hides_code_is_refused() {
    let w = world();
    let one = w.engine.value(&json!(1)).unwrap();
    for name in ["x = 2; y", "f()", "", "1x", "x;y", "if"] {
        assert!(w.engine.assign(&w.chain, &Arc::from(name), &one).is_err(), "{name}");
    }
}

#[test]
fn functions_and_variables_of_a_script_belong_to_its_scope_and_stay_alive() {
    let w = world();
    let program = Arc::from(
        "var count = 0; function next() { count = count + 1; return count; } function twice() { next(); return next(); }",
    );
    w.engine.run_program(&w.chain, &program).unwrap();
    assert_eq!(w.json("dialog.twice()"), json!(2));
    assert_eq!(w.json("count"), json!(2));
    w.engine.assign(&w.chain, &Arc::from("count"), &w.engine.value(&json!(10)).unwrap()).unwrap();
    assert_eq!(w.json("next()"), json!(11));
}

#[test]
fn object_prototype_names_are_not_variables() {
    let w = world();
    assert!(w.engine.assign(&w.chain, &Arc::from("dialog.constructor"), &w.engine.undefined().unwrap()).is_err());
    assert_eq!(w.json("typeof dialog.toString"), json!("undefined"));
}

#[test]
fn an_endless_script_is_stopped_and_the_engine_goes_on() {
    let w = world();
    assert_eq!(w.engine.eval(&w.chain, &expr("(function(){ for(;;); })()")).err(), Some(ScriptError::Time(100)));
    w.engine.begin_turn(1);
    assert_eq!(w.json("1+1"), json!(2));
}

#[test]
fn a_runaway_regular_expression_is_stopped() {
    let w = world();
    let result = w.engine.eval(&w.chain, &expr("/^(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')"));
    assert_eq!(result.err(), Some(ScriptError::Time(100)));
}

#[test]
fn one_long_operation_of_the_engine_counts_as_a_breach() {
    let w = world();
    let source = "(function () { for (var n = 3n, i = 0; i < 19; i++) n *= n; return String(n).length; })()";
    let result = w.engine.eval(&w.chain, &expr(source));
    assert_eq!(result.err(), Some(ScriptError::Time(100)));
    assert_eq!(w.json("1+1"), json!(2));
}

#[test]
fn time_in_which_the_machine_does_something_else_is_not_the_scripts() {
    let w = world();
    // The process is stopped, or another has the processor.
    let stopped = w.engine.run(|_| {
        std::thread::sleep(Duration::from_millis(450));
        Ok(())
    });
    assert_eq!(stopped, Ok(()));
    let work = "(function () { for (var i = 0, s = ''; i < 300; i++) s = [s, i].join(''); return s.length; })()";
    assert_eq!(w.json(work), json!(790));
    assert_eq!(w.engine.eval(&w.chain, &expr("(function(){ for(;;); })()")).err(), Some(ScriptError::Time(100)));
}

#[test]
fn a_script_that_eats_memory_is_stopped_and_the_engine_goes_on() {
    let w = world();
    assert!(
        w.engine
            .eval(
                &w.chain,
                &expr("(function(){ var a=[]; for(;;) a.push('xxxxxxxxxxxxxxxx'.repeat(1000)+a.length); })()")
            )
            .is_err()
    );
    w.engine.begin_turn(1);
    assert_eq!(w.json("1+1"), json!(2));
}

#[test]
fn endless_recursion_is_an_error() {
    let w = world();
    assert!(w.engine.eval(&w.chain, &expr("(function f(){ return f() + 1; })()")).is_err());
}

#[test]
fn dates_show_the_events_time_in_the_applications_zone() {
    let w = world();
    // 2026-03-02T15:30:00Z is 10:30 in New York.
    w.engine.begin_turn(1_772_465_400_000);
    assert_eq!(
        w.json("[new Date().getHours(), new Date().getMinutes(), new Date().getDay(), Date.now()]"),
        json!([10, 30, 1, 1_772_465_400_000_i64])
    );
    assert_eq!(w.json("new Date(2026, 6, 1, 12, 0, 0).toISOString()"), json!("2026-07-01T16:00:00.000Z"));
    assert_eq!(w.json("String(new Date())"), json!("Mon Mar 02 2026 10:30:00 GMT-0500"));
    assert_eq!(
        w.json("(function(){ var d = new Date(); d.setHours(0); return d.toISOString(); })()"),
        json!("2026-03-02T05:30:00.000Z")
    );
    assert_eq!(w.json("new Date('2026-03-02T08:00:00').getHours()"), json!(8));
    assert_eq!(w.json("isNaN(new Date('nonsense'))"), json!(true));
}

#[test]
fn random_numbers_follow_from_the_call() {
    let numbers = |seed: &str| {
        let limits = Limits { time: Duration::from_millis(100), heap: 16 << 20 };
        let engine = Engine::new(limits, jiff::tz::TimeZone::UTC, seed).unwrap();
        engine.eval_alone("[Math.random(), Math.random()]").unwrap()
    };
    assert_eq!(numbers("a"), numbers("a"));
    assert_ne!(numbers("a"), numbers("b"));
}

#[test]
fn old_habits_are_understood() {
    let w = world();
    assert_eq!(w.json("1 + 1;"), json!(2));
    assert_eq!(w.json("{a: 1}"), json!({"a": 1}));
    assert_eq!(w.json("1 // comment"), json!(1));
    w.engine.run_program(&w.chain, &Arc::from("<!--\nvar y = 3;\n-->")).unwrap();
    assert_eq!(w.json("y"), json!(3));
}

#[test]
fn an_expression_of_several_statements_has_the_value_of_the_last() {
    let w = world();
    w.declare(&w.document, "x", json!(1));
    assert_eq!(w.json("x = 5; x + 1"), json!(6));
    assert_eq!(w.json("x"), json!(5));
}

#[test]
fn an_error_names_its_place_and_its_expression() {
    let w = world();
    let expr = Expr { source: "nobody + 1".into(), at: Position { line: 7, column: 3, offset: 90 } };
    let message = w.engine.eval(&w.chain, &expr).err().unwrap().to_string();
    assert!(message.starts_with("line 7, column 3: ReferenceError") && message.contains("`nobody + 1`"), "{message}");
}

#[test]
fn undefined_is_no_text_and_null_is() {
    let w = world();
    assert_eq!(w.engine.eval_text(&w.chain, &expr("undefined")).unwrap(), None);
    assert_eq!(w.engine.eval_text(&w.chain, &expr("null")).unwrap(), Some("null".to_owned()));
    assert_eq!(w.engine.eval_text(&w.chain, &expr("1.5")).unwrap(), Some("1.5".to_owned()));
}

#[test]
fn how_deep_the_caller_is_in_its_own_stack_does_not_matter() {
    fn deeper(levels: usize, world: &World) -> serde_json::Value {
        let room = std::hint::black_box([levels; 2_000]);
        match levels {
            0 => world.json("1 + 1"),
            _ => std::hint::black_box(deeper(room[levels] - 1, world)),
        }
    }
    let world = world();
    assert_eq!(deeper(40, &world), 2);
    let endless = world.engine.eval(&world.chain, &expr("(function f() { return f() + 1; })()"));
    assert!(matches!(endless, Err(ScriptError::Semantic(_))));
}

/// Each call has what it would have alone, while another on the same thread takes whatever it can get.
#[test]
fn a_call_that_eats_memory_in_every_way_leaves_the_others_theirs() {
    let bombs = [
        "var kept = []; for (;;) kept.push('xxxxxxxxxxxxxxxx'.repeat(1000) + kept.length);",
        "var s = 'x'; for (;;) s += s;",
        "var b = []; for (;;) b.push(new ArrayBuffer(1 << 20));",
        "var o = {}; for (var i = 0; ; i++) o['property' + i] = { i: i };",
        "(function () { for (;;) try { var m = m || []; m.push(new Array(100000)); } catch (e) { } })()",
        "var c = []; (function () { for (;;) c.push(function () { return c; }); })()",
        "for (var i = 0; ; i++) this['global' + i] = new Array(1000).join('y');",
        "queueMicrotask(function again() { queueMicrotask(again); }); for (;;) queueMicrotask(function () { });",
        "(function f() { return f() + 1; })()",
    ];
    // The first calls of a thread share a heap.
    let bomber = world_of(engine_with(Duration::from_millis(300), 4 << 20));
    let others: Vec<World> = (0..49).map(|_| world_of(engine_with(Duration::from_secs(60), 4 << 20))).collect();
    for (at, other) in others.iter().enumerate() {
        other.engine.run_program(&other.chain, &Arc::from(format!("var kept = [{at}];"))).unwrap();
    }
    for (round, bomb) in bombs.iter().enumerate() {
        bomber.engine.begin_turn(1);
        assert!(bomber.engine.run_program(&bomber.chain, &Arc::from(*bomb)).is_err(), "{bomb}");
        for (at, other) in others.iter().enumerate() {
            other.engine.begin_turn(1);
            // Half of what a call may have.
            assert_eq!(
                other.json("(function () { var much = 'z'.repeat(2 << 20); return much.length; })()"),
                json!(2 << 20),
                "{bomb}"
            );
            other.engine.run_program(&other.chain, &Arc::from("kept.push(kept[0]);")).unwrap();
            assert_eq!(other.json("kept"), json!(vec![at; round + 2]), "{bomb}");
        }
    }
}

/// A little in every turn adds up, whoever runs in between.
#[test]
fn what_a_call_gathers_over_many_turns_is_counted() {
    let (greedy, other) = (patient_world(), patient_world());
    greedy.engine.run_program(&greedy.chain, &Arc::from("var kept = [];")).unwrap();
    let more = Arc::from("kept.push('x'.repeat(300 << 10) + kept.length);");
    let turns = (0..200).take_while(|_| {
        assert_eq!(other.json("1 + 1"), json!(2));
        greedy.engine.begin_turn(1);
        greedy.engine.run_program(&greedy.chain, &more).is_ok()
    });
    // 16 MiB, more or less a step.
    let turns = turns.count();
    assert!((48..=62).contains(&turns), "{turns} turns of 300 KiB");
    for _ in 0..20 {
        assert_eq!(other.json("1 + 1"), json!(2));
        greedy.engine.begin_turn(1);
        let much = Arc::from("kept.push('x'.repeat(3 << 20) + kept.length);");
        assert!(greedy.engine.run_program(&greedy.chain, &much).is_err());
    }
    assert_eq!(other.json("'y'.repeat(12 << 20).length"), json!(12 << 20));
}

/// Garbage that was counted as a call's own is given back before the call is refused anything.
#[test]
fn a_call_may_make_garbage_without_end() {
    let (wasteful, other) = (patient_world(), patient_world());
    let waste =
        Arc::from("(function () { for (var i = 0; i < 20; i++) { var a = { s: new Array(20000) }; a.self = a; } })()");
    for _ in 0..100 {
        wasteful.engine.begin_turn(1);
        wasteful.engine.run_program(&wasteful.chain, &waste).unwrap();
        assert_eq!(other.json("1 + 1"), json!(2));
    }
    wasteful.engine.begin_turn(1);
    assert_eq!(wasteful.json("'y'.repeat(12 << 20).length"), json!(12 << 20));
}

#[test]
fn a_panic_in_one_call_does_not_reach_the_others_of_its_heap() {
    let (one, other) = (world(), world());
    let hit = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _: Result<(), _> = one.engine.run(|_| panic!("a fault of ours"));
    }));
    assert!(hit.is_err());
    assert_eq!(other.json("1 + 1"), json!(2));
    drop(one);
    assert_eq!(world().json("1 + 1"), json!(2));
}

#[test]
fn calls_that_have_gone_leave_nothing_behind() {
    let _stays = patient_world();
    let round = |script: &str| {
        for _ in 0..100 {
            let calls: Vec<World> = (0..3).map(|_| patient_world()).collect();
            for call in &calls {
                call.engine.run_program(&call.chain, &Arc::from(script)).unwrap();
            }
        }
        super::heap::of_this_thread()
    };
    let plain = "var a = { f: function () { return a; }, s: new Array(1000).join('x') };";
    let (heaps, bytes) = round(plain);
    let (later_heaps, later_bytes) = round(plain);
    assert_eq!((heaps, later_heaps), (1, 1));
    assert!(later_bytes < bytes + 16_384, "{bytes} bytes, then {later_bytes}");
    // What waits in the engine's queue cannot be freed there: heaps with such things are left, and go.
    let (heaps, bytes) = round("queueMicrotask(function () { }); (async function () { await 1; })();");
    assert!(heaps <= 2 && bytes < 8 * later_bytes, "{heaps} heaps, {bytes} bytes");
}

#[test]
fn scripts_see_nothing_that_a_replay_could_not_repeat() {
    let w = world();
    for name in ["performance", "WeakRef", "FinalizationRegistry"] {
        assert_eq!(w.json(&format!("typeof {name}")), json!("undefined"), "{name}");
    }
    assert_eq!(
        w.json("[typeof Promise, typeof Uint8Array, typeof Proxy, typeof WeakMap, typeof (async function () {})]"),
        json!(["function", "function", "function", "function", "function"])
    );
}
