//! Understanding what a caller says.

#![allow(missing_docs, clippy::expect_used)]

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use voxbridge::nlu::Language;
use voxbridge::nlu::embedded::{Described, Menu};
use voxbridge::nlu::entities::{self, Kind, Moment};

const LABELS: [&str; 10] = [
    "your account balance",
    "recent transactions",
    "report a lost or stolen card",
    "transfer money between accounts",
    "loans and mortgages",
    "change your PIN",
    "order checks",
    "branches and opening hours",
    "report fraud",
    "insurance",
];
const EXAMPLES: [&str; 3] =
    ["how much money do i have", "somebody took my wallet on the train", "i want to send cash to my sister"];
const UTTERANCE: &str = "hi um somebody nicked my card on the bus this morning";

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

/// Tier 2, with examples: what one utterance costs, and what preparing a menu costs.
fn menus(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("menus");
    for count in [3, 9, 50] {
        let labels: Vec<String> = (0..count).map(|at| format!("{} {}", LABELS[at % 10], at / 10)).collect();
        let choices: Vec<Described<'_>> =
            labels.iter().map(|label| Described { label, prompt: "", examples: &EXAMPLES }).collect();
        let menu = Menu::prepare(&choices, Language::English);
        group.bench_function(format!("utterance, {count} choices"), |bencher| {
            bencher.iter(|| menu.rank(black_box(UTTERANCE)));
        });
        if count == 9 {
            group.bench_function("prepare, 9 choices", |bencher| {
                bencher.iter(|| Menu::prepare(black_box(&choices), Language::English));
            });
        }
    }
    let labels = ["consultar su saldo", "reportar una tarjeta robada", "hacer una transferencia"];
    let choices = labels.map(|label| Described { label, prompt: "", examples: &[] });
    let menu = Menu::prepare(&choices, Language::Spanish);
    group.bench_function("utterance, Spanish, 3 choices", |bencher| {
        bencher.iter(|| menu.rank(black_box("oiga me robaron la tarjeta en el metro")));
    });
    group.finish();
}

criterion_group!(understanding, entities, menus);
criterion_main!(understanding);
