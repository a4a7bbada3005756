//! A replica: the `voxbridge` program as a process of its own, which may be killed, frozen and started again.

use std::fs::{File, OpenOptions};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// So long a start may take on a machine that has much to do.
const STARTING: Duration = Duration::from_secs(30);
/// So long a stop may take: the moment for the balancer to see it, then the turns in flight.
const STOPPING: Duration = Duration::from_secs(25);

pub struct Replica {
    pub port: u16,
    config: PathBuf,
    log: PathBuf,
    process: Mutex<Option<Child>>,
}

impl Replica {
    /// Starts one with a configuration; `folder` takes its files.
    pub fn start(folder: &Path, name: &str, port: u16, config: &str) -> Self {
        let (config_file, log) = (folder.join(format!("{name}.toml")), folder.join(format!("{name}.log")));
        std::fs::write(&config_file, config).unwrap();
        let replica = Self { port, config: config_file, log, process: Mutex::default() };
        replica.launch();
        replica
    }

    /// Starts it again and waits until it takes connections.
    pub fn launch(&self) {
        let log = || OpenOptions::new().create(true).append(true).open(&self.log).map(Stdio::from).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_voxbridge"));
        command.args(["serve", "--config"]).arg(&self.config).stdin(Stdio::null()).stdout(log()).stderr(log());
        command.env("RUST_LOG", "voxbridge=trace").env("NO_COLOR", "1").env_remove("TWILIO_AUTH_TOKEN");
        command.env_remove("VOXBRIDGE_STORE");
        let mut process = command.spawn().unwrap();
        let end = Instant::now() + STARTING;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = process.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < end, "the replica does not start: {}", self.log_end());
            std::thread::sleep(Duration::from_millis(20));
        }
        *self.process() = Some(process);
    }

    /// Kills it (SIGKILL), as when a machine is lost.
    pub fn kill(&self) {
        if let Some(mut process) = self.process().take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Asks it to stop (SIGTERM) and waits until it has; gives whether it did by itself.
    pub fn stop(&self) -> bool {
        self.signal("TERM");
        let Some(mut process) = self.process().take() else { return true };
        let end = Instant::now() + STOPPING;
        while Instant::now() < end {
            if let Some(status) = process.try_wait().unwrap() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = process.kill();
        let _ = process.wait();
        false
    }

    /// Freezes it (SIGSTOP): its connections stand, and it knows nothing of the time that passes.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Whether it has ended though nobody asked it to.
    pub fn has_died(&self) -> bool {
        self.process().as_mut().is_some_and(|process| process.try_wait().unwrap().is_some())
    }

    /// All it has logged.
    pub fn log(&self) -> File {
        File::open(&self.log).unwrap()
    }

    pub fn log_end(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        text.lines().rev().take(20).collect::<Vec<_>>().join("\n")
    }

    fn signal(&self, name: &str) {
        if let Some(process) = self.process().as_ref() {
            let _ = Command::new("kill").args([format!("-{name}"), process.id().to_string()]).status();
        }
    }

    fn process(&self) -> MutexGuard<'_, Option<Child>> {
        self.process.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.kill();
    }
}
