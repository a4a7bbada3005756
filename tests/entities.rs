//! Entities on the evaluation sets of the shared folder: how many are found, and whether they mean the right thing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

#[path = "common/shared.rs"]
mod shared;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use voxbridge::nlu::Language;
use voxbridge::nlu::entities::{Moment, slots};

/// The items of a set and the names of the slots it knows.
fn items(file: &str) -> (Vec<Value>, Vec<String>) {
    let text = std::fs::read_to_string(shared::shared().join("nlu").join(file)).unwrap();
    let items: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names = items.iter().filter_map(|item| item["gold"].as_object()).flat_map(|gold| gold.keys().cloned());
    let names: BTreeSet<String> = names.collect();
    (items, names.into_iter().collect())
}

fn moment(item: &Value) -> Moment {
    let time = |value: &Value| value.as_str().unwrap().parse().unwrap();
    let hours = item["window"].as_array().map(|window| (time(&window[0]), time(&window[1])));
    Moment { now: item["reference"].as_str().unwrap().parse().unwrap(), hours }
}

fn requested(item: &Value) -> Vec<&str> {
    item["requested_slots"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The figures that the set's own scorer gives for these predictions.
fn score(command: &str, file: &str, predictions: &str, more: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("predictions.jsonl");
    std::fs::write(&path, predictions).unwrap();
    let nlu = shared::shared().join("nlu");
    let mut scorer = Command::new("python3");
    scorer.arg(nlu.join("score.py")).args([command, "--json", "--items"]).arg(nlu.join(file)).arg("--pred");
    let output = scorer.arg(Path::new(&path)).args(more).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn slot_figures(file: &str, slots_scored: &str) -> Value {
    let (items, names) = items(file);
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut predictions = String::new();
    for item in &items {
        let utterance = item["utterance"].as_str().unwrap();
        let found = slots::predict(utterance, Language::English, &moment(item), &requested(item), &known);
        writeln!(predictions, "{}", json!({"id": item["id"], "slots": found})).unwrap();
    }
    let figures = score("slots", file, &predictions, &["--slots", slots_scored]);
    println!("{file}: {}", figures["all"]);
    figures["all"].clone()
}

#[test]
#[ignore = "needs ../shared"]
fn table_bookings_are_understood() {
    let all = slot_figures("slots_restaurant8k.jsonl", "people,date,time,first_name,last_name");
    assert!(all["f1"].as_f64().unwrap() >= 0.95, "{all}");
    assert!(all["value_accuracy"].as_f64().unwrap() >= 0.99, "{all}");
    assert!(all["ambiguous_accuracy"].as_f64().unwrap() >= 0.98, "{all}");
}

#[test]
#[ignore = "needs ../shared"]
fn restaurant_requests_of_another_source_are_understood() {
    let all = slot_figures("slots_snips.jsonl", "party_size_number,timeRange");
    assert!(all["f1"].as_f64().unwrap() >= 0.92, "{all}");
    assert!(all["value_accuracy"].as_f64().unwrap() >= 0.95, "{all}");
}

#[test]
#[ignore = "needs ../shared"]
fn times_and_days_are_told_or_asked_for() {
    let (items, _) = items("smart_time.jsonl");
    let mut predictions = String::new();
    for item in &items {
        let utterance = item["utterance"].as_str().unwrap();
        let judged = slots::judge(utterance, Language::English, &moment(item), &requested(item));
        writeln!(predictions, "{}", json!({"id": item["id"], "slots": judged})).unwrap();
    }
    let figures = score("smart-time", "smart_time.jsonl", &predictions, &[]);
    println!("smart time: {}", figures["by_outcome"]);
    assert_eq!(figures["by_outcome"]["value"], 1.0, "{figures}");
    assert_eq!(figures["by_outcome"]["ambiguous"], 1.0, "{figures}");
    assert_eq!(figures["asked_needlessly"], 0.0, "{figures}");
    assert!(figures["items_right"].as_f64().unwrap() >= 0.99, "{figures}");
}
