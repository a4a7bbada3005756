//! `make load`: how many turns a second, beside a bare axum server that answers one static TwiML.
//!
//! Every server is a process of its own on loopback, with two threads on two cores as any other; the client is this
//! process. The servers are measured in rounds, each in every round, so that what else the machine does meets all of
//! them; each round has a ratio of its own, and the median of the ratios is what counts.

#![allow(missing_docs, unreachable_pub, clippy::expect_used, clippy::disallowed_methods)]

mod client;
mod report;
mod script;
mod servers;

use clap::Parser;
use client::{Deck, Tally, Target};
use report::{Latency, Measured, Series};
use script::{STEPS, Script};
use servers::Server;
use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Puts load on voxbridge and on a bare axum server, on this machine only, and prints how they compare.
#[derive(Parser, Clone)]
#[command(name = "load")]
pub struct Options {
    /// Which stores, of memory, sqlite and redis
    #[arg(long, value_delimiter = ',', default_value = "memory,sqlite,redis")]
    stores: Vec<String>,
    /// Seconds of each measurement, all rounds together; at most 120
    #[arg(long, default_value_t = 9.0)]
    seconds: f64,
    /// Rounds
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Connections to each server; at most 1024
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Calls in progress at any time
    #[arg(long, default_value_t = 512)]
    calls: usize,
    /// Turns a second for the latencies; without it, half of what each server did in the same round
    #[arg(long)]
    rate: Option<f64>,
    /// What voxbridge logs, into a file (RUST_LOG)
    #[arg(long, default_value = "info")]
    log: String,
    /// One JSON object instead of the tables
    #[arg(long)]
    json: bool,
    /// Be the bare server
    #[arg(long, hide = true)]
    bare: Option<SocketAddr>,
    /// What `cargo bench` passes
    #[arg(long, hide = true)]
    bench: bool,
}

/// A server in the comparison.
struct Contestant {
    name: &'static str,
    server: Server,
    strict: bool,
    /// What it did in the last round, to sign as many calls as it will take, and some more.
    rate: f64,
}

fn main() -> ExitCode {
    let mut options = Options::parse();
    options.seconds = options.seconds.clamp(0.5, 120.0);
    options.rounds = options.rounds.clamp(1, 20);
    options.connections = options.connections.clamp(1, 1024);
    let done = match options.bare {
        Some(address) => bare(address),
        None => end_with_signals().and_then(|()| load(&options)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            servers::end_all();
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The server all are compared with.
fn bare(address: SocketAddr) -> io::Result<()> {
    const TWIML: &str = include_str!("answer.xml");
    const TYPE: (axum::http::HeaderName, &str) = (axum::http::header::CONTENT_TYPE, "text/xml; charset=utf-8");
    let answer = || async { ([TYPE], TWIML) };
    let routes = axum::Router::new().route("/{*path}", axum::routing::any(answer));
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        axum::serve(listener, routes).await
    })
}

/// Whatever ends this process ends the servers.
fn end_with_signals() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            use tokio::signal::unix::{SignalKind, signal};
            let mut terminate = signal(SignalKind::terminate()).expect("SIGTERM can be watched");
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        });
        servers::end_all();
        std::process::exit(130);
    })?;
    Ok(())
}

fn load(options: &Options) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let script = Arc::new(Script::new());
    let redis = if options.stores.iter().any(|store| store == "redis") {
        Server::redis(&folder.path().join("redis"))?
    } else {
        None
    };
    let mut contestants = vec![Contestant {
        name: "bare axum",
        server: Server::bare(&folder.path().join("bare"))?,
        strict: false,
        rate: 50_000.0,
    }];
    for store in &options.stores {
        let (name, url) = match (store.as_str(), &redis) {
            ("memory", _) => ("memory", None),
            ("sqlite", _) => ("sqlite", Some("sqlite:voxbridge.db".to_owned())),
            ("redis", Some(redis)) => ("redis", Some(format!("redis://{}", redis.address))),
            ("redis", None) => {
                eprintln!("redis-server is not installed: its store is left out");
                continue;
            }
            (other, _) => {
                return Err(io::Error::other(format!("there is no store `{other}`: memory, sqlite or redis")));
            }
        };
        let server = Server::voxbridge(&folder.path().join(name), url.as_deref(), &options.log)?;
        contestants.push(Contestant { name, server, strict: true, rate: 20_000.0 });
    }
    let mut series: Vec<Series> = contestants.iter().map(|contestant| Series::new(contestant.name)).collect();
    for round in 0..options.rounds {
        for (contestant, series) in contestants.iter_mut().zip(&mut series) {
            eprint!("\rround {} of {}: {:<12}", round + 1, options.rounds, contestant.name);
            series.rounds.push(measure(contestant, &script, options, redis.as_ref())?);
        }
    }
    eprintln!("\r{:40}\r", "");
    for (contestant, series) in contestants.iter().zip(&mut series) {
        series.memory = contestant.server.usage();
    }
    if options.json {
        report::print_json(&series)
    } else {
        report::print(&series, options)
    }
    let wrong: u64 = series.iter().map(Series::wrong).sum();
    match series.iter().find_map(|series| Some((series.name, series.complaint()?))) {
        Some((name, complaint)) => {
            Err(io::Error::other(format!("{wrong} wrong answers, the first of {name}: {complaint}")))
        }
        None => Ok(()),
    }
}

/// One server in one round: as fast as it goes, then at half that.
fn measure(
    contestant: &mut Contestant,
    script: &Arc<Script>,
    options: &Options,
    redis: Option<&Server>,
) -> io::Result<Measured> {
    let lasting = Duration::from_secs_f64(options.seconds / f64::from(options.rounds));
    let per_connection = options.calls.div_ceil(options.connections);
    let target = |contestant: &Contestant, seconds: f64, rate: f64| {
        let calls = (seconds * rate / STEPS as f64) as usize + 2 * per_connection * options.connections;
        // Of a server that knows no calls the same ones may come again.
        let deck = Deck::prepare(script, if contestant.strict { calls } else { calls.min(2_000) }, !contestant.strict);
        Target {
            address: contestant.server.address,
            script: Arc::clone(script),
            deck: Arc::new(deck),
            strict: contestant.strict,
            connections: options.connections,
            calls: per_connection,
        }
    };
    let full = target(contestant, lasting.as_secs_f64(), contestant.rate * 1.6);
    let sample = || {
        let store = redis.filter(|_| contestant.name == "redis").map(|redis| redis.usage().time);
        [contestant.server.usage().time, servers::own_usage().time, store.unwrap_or_default()]
    };
    let (most, before, after) = client::closed(&full, lasting, sample)?;
    contestant.rate = most.rate();
    let rate = options.rate.unwrap_or(most.rate() / 2.0);
    let paced = client::open(&target(contestant, lasting.as_secs_f64() + 0.2, rate), lasting, rate)?;
    let each =
        |which: usize| after[which].saturating_sub(before[which]).as_secs_f64() * 1e6 / most.times.len().max(1) as f64;
    let Tally { wrong, complaint, .. } = &most;
    Ok(Measured {
        rate: most.rate(),
        calls: most.calls as f64 / most.lasted.as_secs_f64(),
        server: each(0),
        store: each(2),
        client: each(1),
        latency: Latency::of(&most.times),
        half: rate,
        half_latency: Latency::of(&paced.times),
        wrong: wrong + paced.wrong,
        complaint: complaint.clone().or(paced.complaint),
    })
}
