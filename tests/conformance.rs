//! The shared conformance suites, through the webhooks and straight through the engine. Known differences stand in
//! `conformance-differences.toml`, each with its reason; a listed test that passes fails the run.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;
#[path = "common/shared.rs"]
mod shared;

use serde::Deserialize;
use shared::shared;
use std::collections::BTreeMap;
use voxbridge::conformance::{Options, Played, Report, Via, run};

const SUITES: [&str; 2] = ["conformance", "conformance-own"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Differences {
    #[serde(default)]
    test: Vec<Difference>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    suite: String,
    id: String,
    section: String,
    reason: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ../shared"]
async fn every_test_passes_through_the_webhooks_but_for_the_listed_differences() {
    holds(Via::Http).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ../shared"]
async fn every_test_passes_through_the_engine_but_for_the_listed_differences() {
    holds(Via::Engine).await;
}

async fn holds(via: Via) {
    let differences: Differences = toml::from_str(include_str!("conformance-differences.toml")).unwrap();
    let mut faults = Vec::new();
    // What the callers of all these tests are called by is in no line of the log.
    let _watch = common::logs::Watch::begin(&[common::TOKEN]);
    for suite in SUITES {
        let folder = shared().join(suite);
        let options = Options { folder, via, only: Vec::new(), watch: Some(common::keep) };
        let report = run(&options).await.unwrap_or_else(|error| panic!("{error}"));
        announce(via, &report);
        faults.extend(report.tests.iter().filter_map(|test| fault(test, &differences.test)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A line a suite, for the record of a run.
fn announce(via: Via, report: &Report) {
    let mut suites: BTreeMap<&str, (u32, u32, u32)> = BTreeMap::new();
    for test in &report.tests {
        let (passed, left_out, all) = suites.entry(&test.suite).or_default();
        *passed += u32::from(test.passed);
        *left_out += u32::from(test.left_out);
        *all += 1;
    }
    for (suite, (passed, left_out, all)) in suites {
        println!("conformance {suite} via {via:?}: {passed}/{all} pass, {left_out} left out");
    }
}

fn fault(test: &Played, differences: &[Difference]) -> Option<String> {
    let known = differences.iter().find(|known| known.suite == test.suite && known.id == test.id);
    match (test.passed, known) {
        (true, None) => None,
        (true, Some(_)) => Some(format!("{} is listed as a difference, but passes", test.name())),
        (false, Some(known)) if known.section.is_empty() || known.reason.is_empty() => {
            Some(format!("the difference of {} has no section or no reason", test.name()))
        }
        (false, Some(_)) => None,
        (false, None) => {
            let why = test.why.as_deref().unwrap_or_default();
            Some(format!("{} ({}, {}): {why}", test.name(), test.topic, test.spec))
        }
    }
}
