//! The tables.

use crate::Options;
use crate::servers::Usage;

/// All rounds of one server.
pub struct Series {
    pub name: &'static str,
    pub rounds: Vec<Measured>,
    /// At the end.
    pub memory: Usage,
}

/// One round of one server. Processor times are microseconds a request.
pub struct Measured {
    /// Requests a second, as fast as it goes.
    pub rate: f64,
    /// Whole calls a second.
    pub calls: f64,
    pub server: f64,
    pub store: f64,
    pub client: f64,
    pub latency: Latency,
    /// Requests a second for `half_latency`.
    pub half: f64,
    pub half_latency: Latency,
    pub wrong: u64,
    pub complaint: Option<String>,
}

/// Milliseconds that half, 95 and 99 of a hundred answers took at most.
#[derive(Clone, Copy, Default)]
pub struct Latency {
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
}

impl Latency {
    pub fn of(times: &[u64]) -> Self {
        let mut times = times.to_vec();
        times.sort_unstable();
        let at = |share: f64| {
            let place = (times.len() as f64 * share) as usize;
            times.get(place.min(times.len().saturating_sub(1))).map_or(0.0, |time| *time as f64 / 1e6)
        };
        Self { p50: at(0.50), p95: at(0.95), p99: at(0.99) }
    }
}

impl Series {
    pub fn new(name: &'static str) -> Self {
        Self { name, rounds: Vec::new(), memory: Usage::default() }
    }

    pub fn wrong(&self) -> u64 {
        self.rounds.iter().map(|round| round.wrong).sum()
    }

    pub fn complaint(&self) -> Option<&str> {
        self.rounds.iter().find_map(|round| round.complaint.as_deref())
    }

    fn median(&self, of: impl Fn(&Measured) -> f64) -> f64 {
        median(self.rounds.iter().map(of).collect())
    }

    /// The least, the median and the greatest of the rounds' ratios.
    fn ratio(&self, bare: &Series) -> [f64; 3] {
        let ratios: Vec<f64> = self.rounds.iter().zip(&bare.rounds).map(|(ours, bare)| ours.rate / bare.rate).collect();
        let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        [least, median(ratios.clone()), ratios.iter().copied().fold(0.0, f64::max)]
    }
}

/// Of an even number of values the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let (low, high) = (values.len().saturating_sub(1) / 2, values.len() / 2);
    match (values.get(low), values.get(high)) {
        (Some(low), Some(high)) => (low + high) / 2.0,
        _ => 0.0,
    }
}

pub fn print(series: &[Series], options: &Options) {
    let Some((bare, _)) = series.split_first() else { return };
    println!(
        "{} rounds of {:.1} s each; {} connections, {} calls in progress; medians of the rounds\n",
        options.rounds,
        options.seconds / f64::from(options.rounds),
        options.connections,
        options.calls
    );
    println!(
        "as fast as it goes    turns/s  calls/s   p50 ms   p95 ms   p99 ms   µs of processor a turn: server, store, client"
    );
    for one in series {
        println!(
            "{:<18} {:>10.0} {:>8.0} {:>8.2} {:>8.2} {:>8.2} {:>34.1} {:>6.1} {:>7.1}",
            one.name,
            one.median(|round| round.rate),
            one.median(|round| round.calls),
            one.median(|round| round.latency.p50),
            one.median(|round| round.latency.p95),
            one.median(|round| round.latency.p99),
            one.median(|round| round.server),
            one.median(|round| round.store),
            one.median(|round| round.client),
        );
    }
    println!(
        "\nat a fixed rate       turns/s            p50 ms   p95 ms   p99 ms   resident MiB now   at most   wrong answers"
    );
    for one in series {
        println!(
            "{:<18} {:>10.0}          {:>8.2} {:>8.2} {:>8.2} {:>18.0} {:>9.0} {:>15}",
            one.name,
            one.median(|round| round.half),
            one.median(|round| round.half_latency.p50),
            one.median(|round| round.half_latency.p95),
            one.median(|round| round.half_latency.p99),
            one.memory.resident as f64 / f64::from(1 << 20),
            one.memory.peak as f64 / f64::from(1 << 20),
            one.wrong(),
        );
    }
    println!();
    for one in &series[1..] {
        let [least, middle, most] = one.ratio(bare);
        println!("ratio {:<12} {middle:.3} of bare axum ({least:.3} to {most:.3})", one.name);
    }
}

pub fn print_json(series: &[Series]) {
    let Some((bare, _)) = series.split_first() else { return };
    let latency = |of: &Latency| serde_json::json!({ "p50": of.p50, "p95": of.p95, "p99": of.p99 });
    let all: Vec<_> = series
        .iter()
        .map(|one| {
            let rounds: Vec<_> = one
                .rounds
                .iter()
                .map(|round| {
                    serde_json::json!({
                        "turns_per_second": round.rate,
                        "calls_per_second": round.calls,
                        "latency_ms": latency(&round.latency),
                        "server_us": round.server,
                        "store_us": round.store,
                        "client_us": round.client,
                        "fixed_turns_per_second": round.half,
                        "fixed_latency_ms": latency(&round.half_latency),
                        "wrong": round.wrong,
                    })
                })
                .collect();
            serde_json::json!({
                "name": one.name,
                "ratio": one.ratio(bare)[1],
                "resident": one.memory.resident,
                "peak": one.memory.peak,
                "rounds": rounds,
            })
        })
        .collect();
    println!("{}", serde_json::Value::Array(all));
}
