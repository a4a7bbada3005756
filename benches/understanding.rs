//! Understanding what a caller says.

#![allow(missing_docs)]

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use voxbridge::nlu::Language;
use voxbridge::nlu::embedded::{Described, Menu};

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

criterion_group!(understanding, menus);
criterion_main!(understanding);
