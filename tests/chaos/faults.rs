//! What goes wrong with the machines, one thing after the other.

use crate::common::redis::RedisServer;
use crate::dice::Dice;
use crate::replica::Replica;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::sleep;

/// Something that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A replica is killed and started again.
    Kill,
    /// A replica is asked to stop, as for an upgrade, and started again.
    Stop,
    /// A replica stands still for seconds and then goes on with what it had.
    Freeze,
    /// Redis is killed and started again.
    RedisKilled,
    /// Redis is stopped and started again.
    RedisStopped,
    /// Redis stands still.
    RedisFrozen,
    /// The connections to Redis are cut.
    RedisCut,
    /// Redis is gone, and then a replica with what it could not write.
    Both,
}

impl Fault {
    fn name(self) -> &'static str {
        match self {
            Self::Kill => "replica killed",
            Self::Stop => "replica stopped",
            Self::Freeze => "replica frozen",
            Self::RedisKilled => "Redis killed",
            Self::RedisStopped => "Redis stopped",
            Self::RedisFrozen => "Redis frozen",
            Self::RedisCut => "Redis cut off",
            Self::Both => "Redis and a replica killed",
        }
    }
}

/// What may go wrong, and how long nothing does in between, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Weather {
    /// What stands there more often happens more often.
    faults: &'static [Fault],
    pause: (u64, u64),
}

/// With two replicas on a Redis.
pub const TWO_REPLICAS: Weather = Weather { faults: WITH_REDIS, pause: (300, 2_000) };

/// With one replica on this machine's disk: after each fault it has to open all calls again by itself.
pub const ONE_REPLICA: Weather =
    Weather { faults: &[Fault::Kill, Fault::Kill, Fault::Stop, Fault::Freeze], pause: (5_000, 9_000) };

const WITH_REDIS: &[Fault] = &[
    Fault::Kill,
    Fault::Kill,
    Fault::Kill,
    Fault::Stop,
    Fault::Freeze,
    Fault::RedisKilled,
    Fault::RedisStopped,
    Fault::RedisFrozen,
    Fault::RedisCut,
    Fault::RedisCut,
    Fault::Both,
];

/// What the faults happen to.
pub struct Machines {
    pub replicas: Vec<Replica>,
    pub redis: Option<Mutex<RedisServer>>,
}

/// Lets things go wrong, until it is told that it is enough.
pub struct Faults {
    enough: Arc<AtomicBool>,
    running: std::thread::JoinHandle<BTreeMap<&'static str, u32>>,
    wrong: Arc<Mutex<Vec<String>>>,
}

impl Faults {
    pub fn begin(machines: Arc<Machines>, weather: Weather, dice: Dice) -> Self {
        let (enough, wrong) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let running = {
            let (enough, wrong) = (Arc::clone(&enough), Arc::clone(&wrong));
            std::thread::spawn(move || go_on(&machines, weather, dice, &enough, &wrong))
        };
        Self { enough, running, wrong }
    }

    /// No more of it, and everything runs again: how often what went wrong, and what should not have.
    pub fn end(self) -> (BTreeMap<&'static str, u32>, Vec<String>) {
        self.enough.store(true, Ordering::Relaxed);
        let counts = self.running.join().unwrap();
        let wrong = self.wrong.lock().unwrap().clone();
        (counts, wrong)
    }
}

fn go_on(
    machines: &Machines,
    weather: Weather,
    mut dice: Dice,
    enough: &AtomicBool,
    wrong: &Mutex<Vec<String>>,
) -> BTreeMap<&'static str, u32> {
    let mut counts = BTreeMap::new();
    sleep(dice.millis(500, 1_500));
    while !enough.load(Ordering::Relaxed) {
        let fault = *dice.one_of(weather.faults);
        *counts.entry(fault.name()).or_default() += 1;
        machines.suffer(fault, &mut dice, wrong);
        sleep(dice.millis(weather.pause.0, weather.pause.1));
        let died = machines.replicas.iter().filter(|replica| replica.has_died());
        wrong.lock().unwrap().extend(died.map(|replica| format!("a replica has died: {}", replica.log_end())));
    }
    counts
}

impl Machines {
    fn suffer(&self, fault: Fault, dice: &mut Dice, wrong: &Mutex<Vec<String>>) {
        let replica = dice.one_of(&self.replicas);
        let redis = || self.redis.as_ref().unwrap().lock().unwrap();
        match fault {
            Fault::Kill => {
                replica.kill();
                sleep(dice.millis(0, 2_000));
                replica.launch();
            }
            Fault::Stop => {
                if !replica.stop() {
                    wrong.lock().unwrap().push("a replica that was asked to stop did not, or not well".to_owned());
                }
                replica.launch();
            }
            Fault::Freeze => {
                replica.freeze();
                sleep(dice.millis(500, 7_000));
                replica.thaw();
            }
            Fault::RedisKilled | Fault::RedisStopped => {
                let mut redis = redis();
                if fault == Fault::RedisKilled {
                    redis.kill()
                } else {
                    redis.stop()
                }
                sleep(dice.millis(100, 3_000));
                redis.restart();
            }
            Fault::RedisFrozen => {
                let redis = redis();
                redis.freeze();
                sleep(dice.millis(200, 3_000));
                redis.thaw();
            }
            Fault::RedisCut => redis().cut_connections(),
            Fault::Both => {
                let mut redis = redis();
                redis.kill();
                sleep(dice.millis(200, 2_000));
                replica.kill();
                sleep(dice.millis(0, 500));
                redis.restart();
                replica.launch();
            }
        }
    }
}
