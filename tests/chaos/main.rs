//! Chaos: two replicas, a Redis, a balancer and two hundred callers, while replicas and Redis are killed, frozen and
//! started again, connections are cut and webhooks arrive twice and late. Every call ends as its script says, what is
//! submitted is carried out once, and no caller hears that anything was wrong.
//!
//! `VOXBRIDGE_CHAOS_SEED`, `VOXBRIDGE_CHAOS_CALLS` (at once) and `VOXBRIDGE_CHAOS_SECONDS` (new calls begin for so long)
//! may be set. The seed decides what callers do and which faults come when; how they meet is up to the machine.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

#[path = "../common/mod.rs"]
mod common;

mod backend;
mod balancer;
mod caller;
mod dice;
mod faults;
mod replica;
mod report;
mod run;
mod script;
mod wire;

use run::{Run, Setup};

/// What `make test` runs: enough to see that it works.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn some_calls_survive_on_two_replicas() {
    Run::asked(Setup::TwoReplicas, 30, 8).play().await.judge();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute: .ci/run has it"]
async fn no_call_is_lost_by_two_replicas_on_a_redis() {
    Run::asked(Setup::TwoReplicas, 200, 30).play().await.judge();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute: .ci/run has it"]
async fn no_call_is_lost_by_one_replica_on_its_disk() {
    Run::asked(Setup::OneReplica, 200, 30).play().await.judge();
}
