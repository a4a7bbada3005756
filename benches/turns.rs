//! One turn of the airline sample, from the decoded fields of a webhook to TwiML, documents in memory.

#![allow(missing_docs)]

mod common;

use common::{Airline, Phone, pressed, said};
use criterion::{Criterion, criterion_group, criterion_main};
use voxbridge::calls::Outcome;
use voxbridge::channel::twilio::signature::{Body, Signed, Verifier, sign};
use voxbridge::policy::Mode;

/// The main menu and the baggage menu, in turn: each is another document of the application.
fn menus(criterion: &mut Criterion) {
    let airline = Airline::load();
    let mut group = criterion.benchmark_group("turn");
    for (name, mode) in [("keys", Mode::Keys), ("hybrid", Mode::Hybrid), ("speech", Mode::Speech)] {
        let (mut phone, twiml) = Phone::call(&airline, mode);
        assert!(twiml.contains("<Gather"), "{twiml}");
        let mut round = rounds(&mut phone, &[(pressed("3"), "Baggage"), (pressed("*"), "<Gather")]);
        group.bench_function(format!("menu by key/{name}"), |bencher| bencher.iter(|| round.turn(&mut phone)));
    }
    let (mut phone, _) = Phone::call(&airline, Mode::Hybrid);
    let news = [(said("My suitcase didn't arrive."), "Baggage"), (said("Go back to the main menu"), "flight status")];
    let mut round = rounds(&mut phone, &news);
    group.bench_function("menu by speech/hybrid", |bencher| bencher.iter(|| round.turn(&mut phone)));

    let (phone, _) = Phone::call(&airline, Mode::Hybrid);
    group.bench_function("understand", |bencher| bencher.iter(|| phone.understand("My suitcase didn't arrive.")));
    group.finish();
}

/// Through forms with fields, look-ups in the application's scripts and a spoken result.
fn forms(criterion: &mut Criterion) {
    let airline = Airline::load();
    let mut group = criterion.benchmark_group("turn");
    for (name, mode) in [("keys", Mode::Keys), ("hybrid", Mode::Hybrid)] {
        let (mut phone, _) = Phone::call(&airline, mode);
        let news = [
            (pressed("1"), "press 1. To search by city"),
            (pressed("1"), "enter the flight number"),
            (pressed("212"), "Miami"),
            (pressed("*"), "For flight status"),
        ];
        let mut round = rounds(&mut phone, &news);
        group.bench_function(format!("form by key/{name}"), |bencher| bencher.iter(|| round.turn(&mut phone)));
    }
    group.finish();
}

/// A call begins: engine, scopes, root document with its scripts, welcome, first menu.
fn beginnings(criterion: &mut Criterion) {
    let airline = Airline::load();
    Phone::call(&airline, Mode::Hybrid);
    criterion.bench_function("call/begin", |bencher| bencher.iter(|| Phone::call(&airline, Mode::Hybrid)));
}

/// What the caller does, over and over, with the turn it belongs to being the next one.
struct Round {
    news: Vec<Vec<(String, String)>>,
    next: usize,
}

impl Round {
    fn turn(&mut self, phone: &mut Phone<'_>) -> String {
        let fields = &self.news[self.next];
        self.next = (self.next + 1) % self.news.len();
        phone.turn(fields)
    }
}

/// Goes round twice, so that all is compiled, and checks what is heard.
fn rounds(phone: &mut Phone<'_>, news: &[(Vec<(String, String)>, &str)]) -> Round {
    for (fields, heard) in news.iter().chain(news) {
        let twiml = phone.turn(fields);
        assert!(twiml.contains(heard), "'{heard}' is not in {twiml}");
    }
    Round { news: news.iter().map(|(fields, _)| fields.clone()).collect(), next: 0 }
}

/// What a webhook adds to its turn: the platform's signature, and the digest of the answer for the journal.
fn around(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("around a turn");
    let (url, fields) = ("https://voice.example.com/twilio/turn/CA0123456789abcdef0123456789abcdef/7", pressed("3"));
    let verifier = Verifier::new("0123456789abcdef0123456789abcdef");
    let signature = sign("0123456789abcdef0123456789abcdef", url, &fields);
    let body = Body::Form(&fields);
    let signed = Signed { url, body, signature: Some(&signature), settings: None };
    group.bench_function("signature", |bencher| bencher.iter(|| verifier.verify(&signed).is_ok()));

    let airline = Airline::load();
    let (phone, _) = Phone::call(&airline, Mode::Hybrid);
    let outcome = Outcome::Turn(phone.answer());
    group.bench_function("digest", |bencher| bencher.iter(|| outcome.digest()));
    group.finish();
}

criterion_group!(benches, menus, forms, beginnings, around);
criterion_main!(benches);
