//! One run of the test, from the first process to the last judgement.

use crate::backend::{self, Backend};
use crate::balancer::{self, Balancer};
use crate::caller::{self, Course};
use crate::common::redis::{RedisServer, free_port};
use crate::common::{ACCOUNT, TOKEN, keep};
use crate::dice::Dice;
use crate::faults::{Faults, Machines, ONE_REPLICA, TWO_REPLICAS, Weather};
use crate::replica::Replica;
use crate::report::Report;
use crate::script::{self, Script};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use voxbridge::conformance::Platform;

/// A call that takes longer has failed.
const LONGEST_CALL: Duration = Duration::from_secs(120);

/// Of a thousand webhooks.
const BALANCER: balancer::Rates =
    balancer::Rates { cut_before: 10, cut_after: 20, cut_answer: 10, delay: 20, twice: 50, later: 30 };
/// Of a thousand requests to the applications' web server.
const BACKEND: backend::Rates = backend::Rates { slow_submit: 60, slow_document: 30, cut_before: 10, cut_after: 40 };

/// Machines, and what happens to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setup {
    /// Two replicas on a Redis.
    TwoReplicas,
    /// One replica on a file of its own.
    OneReplica,
}

/// What is asked of a run.
#[derive(Debug, Clone)]
pub struct Run {
    pub setup: Setup,
    pub seed: u64,
    /// Calls at once.
    pub calls: u64,
    /// New calls begin for so long.
    pub time: Duration,
}

impl Run {
    /// A run of this size, unless the environment says otherwise.
    pub fn asked(setup: Setup, calls: u64, seconds: u64) -> Self {
        let asked = |name: &str| {
            let name = format!("VOXBRIDGE_CHAOS_{name}");
            std::env::var(&name)
                .ok()
                .map(|value| value.parse::<u64>().unwrap_or_else(|_| panic!("{name} is no number")))
        };
        let now = || std::time::UNIX_EPOCH.elapsed().unwrap().subsec_nanos().into();
        Self {
            setup,
            seed: asked("SEED").unwrap_or_else(now),
            calls: asked("CALLS").unwrap_or(calls),
            time: Duration::from_secs(asked("SECONDS").unwrap_or(seconds)),
        }
    }

    pub async fn play(self) -> Report {
        println!("seed {}: {} calls at once, new ones for {} s", self.seed, self.calls, self.time.as_secs());
        let folder = tempfile::tempdir().unwrap();
        let dice = |part: &str| Dice::of(self.seed, part, 0);
        let backend = Backend::start(&root().join("legacy-vxml"), BACKEND, dice("backend")).await;
        let (count, faults) = self.setup.machines();
        let ports: Vec<u16> = (0..count).map(|_| free_port()).collect();
        let balancer = Balancer::start(&ports, BALANCER, dice("balancer")).await;
        let redis = (self.setup == Setup::TwoReplicas).then(RedisServer::start);
        let store = match &redis {
            Some(redis) => redis.url(),
            None => format!("sqlite:{}", folder.path().join("voxbridge.db").display()),
        };
        let replica = |(number, port): (usize, u16)| {
            let config = configuration(port, &store, &balancer.base, &backend.base);
            Replica::start(folder.path(), &format!("replica-{number}"), port, &config)
        };
        let replicas = ports.into_iter().enumerate().map(replica).collect();
        let machines = Arc::new(Machines { replicas, redis: redis.map(Mutex::new) });
        let platform = Platform::new(&balancer.base, Some(TOKEN), Some(keep)).unwrap().in_real_time();
        let begun = Instant::now();
        let faults = Faults::begin(Arc::clone(&machines), faults, dice("faults"));
        let courses = self.callers(&platform).await;
        let took = begun.elapsed();
        let (faults, wrong) = tokio::task::spawn_blocking(|| faults.end()).await.unwrap();
        Report { run: self, took, courses, done: backend.done(), balancer, machines, faults, wrong, folder }
    }

    /// All callers: as one hangs up the next one calls.
    async fn callers(&self, platform: &Platform) -> Vec<(Script, Course)> {
        let (next, end) = (Arc::new(AtomicU64::new(1)), Instant::now() + self.time);
        let line = |slot: u64| {
            let (next, platform, seed) = (Arc::clone(&next), platform.clone(), self.seed);
            tokio::spawn(async move {
                let mut played = Vec::new();
                tokio::time::sleep(Dice::of(seed, "slot", slot).millis(0, 2_000)).await;
                while played.is_empty() || Instant::now() < end {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let mut dice = Dice::of(seed, "call", number);
                    let script = script::write(number, &mut dice);
                    let playing = caller::play(&platform, &script, &mut dice);
                    let course = match tokio::time::timeout(LONGEST_CALL, playing).await {
                        Ok(course) => course,
                        Err(_) => Course::failed(format!("a call from {} ({}) does not end", script.from, script.name)),
                    };
                    played.push((script, course));
                }
                played
            })
        };
        let slots: Vec<_> = (0..self.calls).map(line).collect();
        let mut all = Vec::new();
        for slot in slots {
            all.extend(slot.await.unwrap());
        }
        all
    }
}

impl Setup {
    /// How many replicas there are, and what goes wrong with them.
    fn machines(self) -> (usize, Weather) {
        match self {
            Self::TwoReplicas => (2, TWO_REPLICAS),
            Self::OneReplica => (1, ONE_REPLICA),
        }
    }
}

fn configuration(port: u16, store: &str, public: &str, backend: &str) -> String {
    let root = root().display();
    let app = |name: &str, start: &str, more: &str| {
        let number = script::number_of(name);
        format!(
            "[[app]]\nname = \"{name}\"\nnumbers = [\"{number}\"]\nstart = \"{backend}/{start}\"\ntimezone = \"America/New_York\"\n\
             allow_transfers = [\"+1800555*\"]\nunanswered_submits = \"repeat\"\n{more}"
        )
    };
    format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"{public}\"\nworkers = 2\n\
         [twilio]\naccount_sid = \"{ACCOUNT}\"\nauth_token = \"{TOKEN}\"\n\
         [store]\nurl = \"{store}\"\n\
         [limits]\nscript_ms = 5000\n{}{}{}",
        app("bank", "bank/main.vxml", &format!("mapping = \"{root}/mappings/bank.toml\"\n")),
        app("airline", "airline/main.vxml", &format!("mapping = \"{root}/mappings/airline.toml\"\n")),
        app("survey", "survey/main.vxml", "mode = \"keys\"\n"),
    )
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
