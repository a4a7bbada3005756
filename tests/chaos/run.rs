//! One run of the test, from the first process to the last judgement.

use crate::backend::{self, Backend};
use crate::balancer::{self, Balancer};
use crate::caller::{self, Course};
use crate::common::{ACCOUNT, TOKEN, keep};
use crate::dice::Dice;
use crate::replica::Replica;
use crate::report::Report;
use crate::script::{self, Script};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use voxbridge::conformance::Platform;

/// A call that takes longer has failed.
const LONGEST_CALL: Duration = Duration::from_secs(120);

/// What is asked of a run.
#[derive(Debug, Clone)]
pub struct Run {
    pub seed: u64,
    /// Calls at once.
    pub calls: u64,
    /// New calls begin for so long.
    pub time: Duration,
}

impl Run {
    /// A run of this size, unless the environment says otherwise.
    pub fn asked(calls: u64, seconds: u64) -> Self {
        let asked = |name: &str| {
            let name = format!("VOXBRIDGE_CHAOS_{name}");
            std::env::var(&name)
                .ok()
                .map(|value| value.parse::<u64>().unwrap_or_else(|_| panic!("{name} is no number")))
        };
        let now = || std::time::UNIX_EPOCH.elapsed().unwrap().subsec_nanos().into();
        Self {
            seed: asked("SEED").unwrap_or_else(now),
            calls: asked("CALLS").unwrap_or(calls),
            time: Duration::from_secs(asked("SECONDS").unwrap_or(seconds)),
        }
    }

    pub async fn play(self) -> Report {
        println!("seed {}: {} calls at once, new ones for {} s", self.seed, self.calls, self.time.as_secs());
        // No server in this process does it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let dice = |part: &str| Dice::of(self.seed, part, 0);
        let backend = Backend::start(&root().join("legacy-vxml"), self.backend_rates(), dice("backend")).await;
        let ports: Vec<u16> = (0..1).map(|_| free_port()).collect();
        let balancer = Balancer::start(&ports, self.balancer_rates(), dice("balancer")).await;
        let replicas: Vec<Replica> = ports
            .iter()
            .enumerate()
            .map(|(number, &port)| {
                let config = configuration(port, &balancer.base, &backend.base);
                Replica::start(folder.path(), &format!("replica-{number}"), port, &config)
            })
            .collect();
        let platform = Platform::new(&balancer.base, Some(TOKEN), Some(keep)).unwrap();
        let begun = Instant::now();
        let courses = self.callers(&platform).await;
        balancer.calm();
        let took = begun.elapsed();
        Report { run: self, took, courses, done: backend.done(), balancer, replicas, folder }
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

    fn balancer_rates(&self) -> balancer::Rates {
        balancer::Rates::default()
    }

    fn backend_rates(&self) -> backend::Rates {
        backend::Rates::default()
    }
}

fn configuration(port: u16, public: &str, backend: &str) -> String {
    let root = root().display();
    let app = |name: &str, start: &str, more: &str| {
        format!("[[app]]\nname = \"{name}\"\nstart = \"{backend}/{start}\"\ntimezone = \"America/New_York\"\n{more}")
    };
    format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"{public}\"\nworkers = 2\n\
         [twilio]\naccount_sid = \"{ACCOUNT}\"\nauth_token = \"{TOKEN}\"\n\
         [limits]\nscript_ms = 5000\n{}{}{}",
        app("bank", "bank/main.vxml", &format!("mapping = \"{root}/mappings/bank.toml\"\n")),
        app("airline", "airline/main.vxml", &format!("mapping = \"{root}/mappings/airline.toml\"\n")),
        app("survey", "survey/main.vxml", "mode = \"keys\"\n"),
    )
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
