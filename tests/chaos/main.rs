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
mod replica;
mod report;
mod run;
mod script;
mod wire;

use run::Run;

/// What `make test` runs: enough to see that it works.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_few_calls_survive_a_little_chaos() {
    Run::asked(30, 6).play().await.judge();
}
