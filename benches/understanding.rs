//! Understanding what a caller says.

#![allow(missing_docs, clippy::expect_used)]

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use voxbridge::nlu::Language;
use voxbridge::nlu::entities::{self, Kind, Moment};

fn entities(criterion: &mut Criterion) {
    let moment = Moment { now: "2026-11-20T10:00:00".parse().expect("a moment"), hours: None };
    let mut group = criterion.benchmark_group("entities");
    for (name, language, utterance) in [
        ("a bare word", Language::English, "seven"),
        (
            "one breath",
            Language::English,
            "a table for four tomorrow at half past seven in the evening under Misha Connor",
        ),
        (
            "one breath, Spanish",
            Language::Spanish,
            "una mesa para cuatro mañana a las siete y media de la tarde a nombre de Pérez",
        ),
        (
            "forty words",
            Language::English,
            "hi my name is Torie Lindsey and I need to reschedule a table that I booked tonight at 7:45 pm because some \
             people are unable to make it so could we make it the fifth of March for me my wife and three kids instead",
        ),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| entities::find(black_box(utterance), language, &moment, &[Kind::Time]));
        });
    }
    group.finish();
}

criterion_group!(understanding, entities);
criterion_main!(understanding);
