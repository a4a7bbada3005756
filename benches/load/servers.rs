//! The servers under load, each a process of its own on loopback, ended with the load however that ends.

use crate::script::{ACCOUNT, PUBLIC, TOKEN};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// All processes this one has started and not ended yet.
static RUNNING: Mutex<Option<HashMap<u32, Child>>> = Mutex::new(None);

/// A process that answers on loopback; dropping it ends it.
pub struct Server {
    pub address: SocketAddr,
    process: u32,
}

/// What a process has used so far.
#[derive(Clone, Copy, Default)]
pub struct Usage {
    /// Processor time.
    pub time: Duration,
    /// Bytes resident now.
    pub resident: u64,
    /// The most that ever were.
    pub peak: u64,
}

impl Server {
    /// voxbridge with the airline, a store and checked signatures.
    pub fn voxbridge(folder: &Path, store: Option<&str>, log: &str) -> io::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let address = free_address()?;
        let start = root.join("legacy-vxml/airline/main.vxml");
        let mapping = root.join("mappings/airline.toml");
        let store = store.map(|url| format!("[store]\nurl = \"{url}\"\n")).unwrap_or_default();
        let text = format!(
            "[server]\nlisten = \"{address}\"\npublic_url = \"{PUBLIC}\"\n{store}\
             [twilio]\naccount_sid = \"{ACCOUNT}\"\nauth_token = \"{TOKEN}\"\n\
             [[app]]\nname = \"airline\"\nstart = {start:?}\nmapping = {mapping:?}\nmode = \"hybrid\"\n\
             numbers = [\"+18005550140\"]\nlanguage = \"en-US\"\nvoice = \"Polly.Joanna\"\ntimezone = \"America/New_York\"\n"
        );
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("voxbridge.toml"), text)?;
        let mut command = command(env!("CARGO_BIN_EXE_voxbridge"));
        command.args(["serve", "--config", "voxbridge.toml"]).env("RUST_LOG", log);
        Self::start(command, folder, address)
    }

    /// A server of axum alone, which answers everything by the same TwiML: this program in another role.
    pub fn bare(folder: &Path) -> io::Result<Self> {
        let address = free_address()?;
        let mut command = command(std::env::current_exe()?);
        command.args(["--bare", &address.to_string()]);
        Self::start(command, folder, address)
    }

    /// Redis, with its append-only file written once a second; `None` if it is not installed.
    pub fn redis(folder: &Path) -> io::Result<Option<Self>> {
        let address = free_address()?;
        let mut command = command("redis-server");
        let port = address.port().to_string();
        command.args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes"]);
        command.args(["--appendfsync", "everysec", "--dir"]).arg(folder);
        match Self::start(command, folder, address) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            started => started.map(Some),
        }
    }

    fn start(mut command: Command, folder: &Path, address: SocketAddr) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(File::create(folder.join("log"))?);
        let child = command.spawn()?;
        let process = child.id();
        running(|running| running.insert(process, child));
        let server = Self { address, process };
        server.wait_until_ready(folder)?;
        Ok(server)
    }

    fn wait_until_ready(&self, folder: &Path) -> io::Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(20) {
            if self.answers() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        Err(io::Error::other(format!("a server did not start: {log}")))
    }

    /// Whether it takes connections, and gives an answer of any kind.
    fn answers(&self) -> bool {
        let ask = || -> io::Result<usize> {
            let mut socket = TcpStream::connect(self.address)?;
            socket.set_read_timeout(Some(Duration::from_secs(2)))?;
            socket.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
            // Redis hangs up on who speaks HTTP, which is answer enough.
            socket.read(&mut [0; 16])
        };
        ask().is_ok()
    }

    /// What it has used so far; nothing where the system does not tell.
    pub fn usage(&self) -> Usage {
        usage(&self.process.to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(running(|running| running.remove(&self.process)));
    }
}

/// Ends all processes that are left.
pub fn end_all() {
    running(|running| running.drain().for_each(|(_, child)| end(Some(child))));
}

fn end(child: Option<Child>) {
    if let Some(mut child) = child {
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn running<T>(what: impl FnOnce(&mut HashMap<u32, Child>) -> T) -> T {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    what(running.get_or_insert_default())
}

/// A command that knows nothing of what may be set here for another server.
fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// What this process has used so far.
pub fn own_usage() -> Usage {
    usage("self")
}

fn usage(process: &str) -> Usage {
    let read = |file: &str| std::fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
    let (stat, status) = (read("stat"), read("status"));
    // User and system time are the 12th and 13th field after the name, in hundredths of a second.
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<u64>().ok()).unwrap_or(0);
    let kib = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0)
    };
    Usage {
        time: Duration::from_millis(10 * (ticks(11) + ticks(12))),
        resident: kib("VmRSS:") * 1024,
        peak: kib("VmHWM:") * 1024,
    }
}

fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
