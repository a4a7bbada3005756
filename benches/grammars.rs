//! Matching keys and words.

#![allow(missing_docs, clippy::expect_used)]

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use voxbridge::dialogue::{InputMode, Position};
use voxbridge::grammar::{Grammar, Setting, Verdict};

const CITIES: &str = include_str!("../legacy-vxml/airline/grammars/cities.grxml");
const ROUTE: &str = include_str!("../legacy-vxml/airline/grammars/route.grxml");

fn matching(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("match");
    let menu: Vec<Grammar> = ["1", "2", "3", "4", "9", "*", "0"].map(|key| Grammar::keys(key, None)).into();
    group.bench_function("menu of seven keys, the last", |bencher| {
        bencher.iter(|| menu.iter().find(|grammar| matches(&grammar.match_keys(black_box("0")))));
    });
    let digits = Grammar::builtin("digits?length=6", InputMode::Dtmf, "en-US").expect("a builtin type");
    group.bench_function("six digits, keys", |bencher| {
        bencher.iter(|| assert!(matches(&digits.match_keys(black_box("471209")))));
    });
    let spoken = Grammar::builtin("digits?length=6", InputMode::Voice, "en-US").expect("a builtin type");
    group.bench_function("six digits, words", |bencher| {
        bencher.iter(|| assert!(matches(&spoken.match_words(black_box("four seven one two oh nine")))));
    });
    let number = Grammar::builtin("number", InputMode::Voice, "en-US").expect("a builtin type");
    group.bench_function("number, words", |bencher| {
        bencher.iter(|| assert!(matches(&number.match_words(black_box("two thousand three hundred and forty five")))));
    });
    let city = read(CITIES);
    group.bench_function("city", |bencher| {
        bencher.iter(|| assert!(matches(&city.match_words(black_box("Seattle")))));
    });
    group.bench_function("city, no match", |bencher| {
        bencher.iter(|| assert!(!matches(&city.match_words(black_box("I would like to go to Seattle")))));
    });
    group.finish();
    criterion.bench_function("grammar/read the route grammar", |bencher| bencher.iter(|| read(black_box(ROUTE))));
}

fn matches(verdict: &Verdict) -> bool {
    verdict.parse().is_some()
}

fn read(text: &str) -> Grammar {
    let uri = "http://127.0.0.1/grammar.grxml";
    let text_offset = Position { line: 1, column: 1, offset: 0 };
    let setting = Setting { uri, base: uri, mode: None, lang: None, text_offset };
    Grammar::srgs_xml(text, &setting).expect("the grammar is sound")
}

criterion_group!(benches, matching);
criterion_main!(benches);
