//! What came of a run, printed and judged.

use crate::backend::Done;
use crate::balancer::Balancer;
use crate::caller::Course;
use crate::faults::Machines;
use crate::run::Run;
use crate::script::Script;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What callers key in that is nobody's business: account numbers, and PINs as a log would show them.
const SECRETS: [&str; 5] = ["40025173", "61180345", "600239", "\"4821\"", "\"1199\""];
/// How many failures are shown.
const SHOWN: usize = 8;

pub struct Report {
    pub run: Run,
    pub took: Duration,
    pub courses: Vec<(Script, Course)>,
    pub done: Done,
    pub balancer: Balancer,
    pub machines: Arc<Machines>,
    pub faults: BTreeMap<&'static str, u32>,
    /// What the machines did wrong.
    pub wrong: Vec<String>,
    pub folder: tempfile::TempDir,
}

impl Report {
    /// Prints the figures; panics if anything is not as it must be.
    pub fn judge(self) {
        let mut wrong: Vec<String> = self.courses.iter().filter_map(|(_, course)| course.failure.clone()).collect();
        wrong.extend(self.wrong.iter().cloned());
        wrong.extend(self.submits());
        wrong.extend(
            self.balancer.quarrels().into_iter().map(|quarrel| format!("two answers to one request: {quarrel}")),
        );
        wrong.extend(self.done.mixed_up.iter().map(|mixed| format!("one key for two things: {mixed}")));
        wrong.extend(self.logs());
        println!("{}", self.figures(wrong.len()));
        if wrong.is_empty() {
            return;
        }
        let shown = wrong.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("\n\n");
        let logs = match std::env::var_os("VOXBRIDGE_CHAOS_KEEP") {
            Some(_) => format!("the replicas' logs are in {}", self.folder.keep().display()),
            None => "set VOXBRIDGE_CHAOS_KEEP to keep the replicas' logs".to_owned(),
        };
        panic!("seed {}: {} things went wrong; {logs}\n\n{shown}\n", self.run.seed, wrong.len());
    }

    /// What was submitted too often or not at all.
    fn submits(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let times = |what: &String| self.done.times.get(what).copied().unwrap_or(0);
        for (script, course) in &self.courses {
            // A call that broke off is told already.
            let least = u32::from(course.failure.is_none());
            for what in &script.submits {
                let least = if course.gone_unheard && what.starts_with("farewell") { 0 } else { least };
                if times(what) < least || times(what) > 1 {
                    wrong.push(format!("{what} was carried out {} times", times(what)));
                }
            }
            wrong.extend(script.perhaps.iter().filter(|what| times(what) > 1).map(|what| format!("{what}: twice")));
        }
        wrong
    }

    /// What the replicas' logs must not say.
    fn logs(&self) -> Vec<String> {
        let numbers: Vec<&str> = self.courses.iter().map(|(script, _)| script.from.trim_start_matches("+1")).collect();
        let mut wrong = Vec::new();
        for replica in &self.machines.replicas {
            for line in BufReader::new(replica.log()).lines().map_while(Result::ok) {
                // The time has digits of its own.
                let line = line.split_once("Z ").map_or(line.as_str(), |(_, line)| line);
                let tells = SECRETS.iter().any(|secret| line.contains(secret))
                    || (line.contains("212") && numbers.iter().any(|number| line.contains(number)));
                if tells {
                    wrong.push(format!("a log tells what a caller keyed in or who it was: {line}"));
                }
                if line.contains("panicked at") || line.contains("a fault of voxbridge") {
                    wrong.push(format!("a panic: {line}"));
                }
            }
        }
        wrong
    }

    fn figures(&self, wrong: usize) -> String {
        let sum = |of: fn(&Course) -> u64| self.courses.iter().map(|(_, course)| of(course)).sum::<u64>();
        let mut waits: Vec<Duration> = self.courses.iter().map(|(_, course)| course.slowest).collect();
        waits.sort_unstable();
        let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
        for (script, _) in &self.courses {
            *kinds.entry(script.name).or_default() += 1;
        }
        let kinds = kinds.iter().map(|(name, count)| format!("{count} {name}")).collect::<Vec<_>>().join(", ");
        let payments = self.done.times.keys().filter(|what| what.starts_with("payment")).count();
        let mut text = String::new();
        let mut line = |name: &str, what: String| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{name:>10}: {what}");
        };
        line("seed", self.run.seed.to_string());
        line(
            "calls",
            format!("{} ({kinds}) in {:.1} s, {} at once", self.courses.len(), self.took.as_secs_f64(), self.run.calls),
        );
        line(
            "turns",
            format!(
                "{}, asked again {}, hang-ups nobody could be told of {}",
                sum(|course| course.turns),
                sum(|course| course.asked_again),
                sum(|course| course.gone_unheard.into())
            ),
        );
        let wait = |part: usize| waits[(waits.len() - 1) * part / 100].as_secs_f64();
        line(
            "longest",
            format!("wait in a call: median {:.1} s, 95% {:.1} s, worst {:.1} s", wait(50), wait(95), wait(100)),
        );
        let done = &self.done;
        line(
            "submits",
            format!(
                "{} carried out, {payments} of them payments; {} came again by their key and were known; {} without a key",
                done.times.len(),
                done.repeats,
                done.without_key
            ),
        );
        line("back-end", format!("{} answers slow, {} connections cut", done.slow, done.cut));
        let counts = self.balancer.counts();
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        line(
            "webhooks",
            format!(
                "{}; {} cut, {} late, {} twice at once, {} again later; {} met no replica, {} a dying one, {} a silent one; the fallback URL was asked {} times",
                of(&counts.requests),
                of(&counts.cut),
                of(&counts.delayed),
                of(&counts.twice),
                of(&counts.later),
                of(&counts.refused),
                of(&counts.broken),
                of(&counts.too_slow),
                of(&counts.fallbacks)
            ),
        );
        let faults = self.faults.iter().map(|(name, count)| format!("{count} x {name}"));
        line("faults", faults.collect::<Vec<_>>().join(", "));
        line("wrong", wrong.to_string());
        text
    }
}
