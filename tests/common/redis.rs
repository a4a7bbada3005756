//! A Redis of a test's own: a `redis-server` on a free loopback port, its data in a folder of its own, every write in its
//! append-only file before it is answered. It can be killed, stopped, started again on the same port and data, frozen and
//! cut off, and is gone when it is dropped.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A `redis-server` under test.
pub struct RedisServer {
    folder: tempfile::TempDir,
    port: u16,
    options: Vec<String>,
    password: Option<String>,
    process: Option<Child>,
}

impl RedisServer {
    /// Starts one and waits until it answers.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts one with further options, as on its command line (`--maxmemory 10mb`).
    pub fn start_with(options: &[&str]) -> Self {
        let password =
            options.iter().position(|&option| option == "--requirepass").map(|at| options[at + 1].to_owned());
        let mut server = Self::empty();
        server.options = options.iter().map(|&option| option.to_owned()).collect();
        server.password = password;
        // Somebody else may take the free port before Redis does.
        for _ in 0..10 {
            server.port = free_port();
            if server.launch() {
                return server;
            }
        }
        panic!("redis-server does not start: {}", server.log());
    }

    /// Starts a Redis Sentinel of its own, which watches a master on this machine and decides alone.
    pub fn sentinel(name: &str, master: u16) -> Self {
        let mut server = Self::empty();
        for _ in 0..10 {
            server.port = free_port();
            let text = format!(
                "port {}\nbind 127.0.0.1\nlogfile log\nsentinel monitor {name} 127.0.0.1 {master} 1\n\
                 sentinel down-after-milliseconds {name} 500\nsentinel failover-timeout {name} 3000\n",
                server.port
            );
            std::fs::write(server.folder.path().join("sentinel.conf"), text).unwrap();
            server.options = vec!["--sentinel".to_owned()];
            if server.launch() {
                return server;
            }
        }
        panic!("the sentinel does not start: {}", server.log());
    }

    fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), port: 0, options: Vec::new(), password: None, process: None }
    }

    /// Its URL, for `[store] url`.
    pub fn url(&self) -> String {
        match &self.password {
            Some(password) => format!("redis://:{password}@127.0.0.1:{}", self.port),
            None => format!("redis://127.0.0.1:{}", self.port),
        }
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder it runs in.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Kills it (SIGKILL), as when a machine is lost.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Stops it (SIGTERM): it writes what it has and ends.
    pub fn stop(&mut self) {
        self.signal("TERM");
        if let Some(mut process) = self.process.take() {
            let _ = process.wait();
        }
    }

    /// Starts it again on the same port and data, and waits until it answers.
    pub fn restart(&mut self) {
        self.kill();
        let end = Instant::now() + Duration::from_secs(20);
        while !self.launch() {
            assert!(Instant::now() < end, "redis-server does not start again: {}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Freezes it (SIGSTOP): connections stand, nothing answers.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on after [`Self::freeze`].
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Cuts all connections of clients; they may connect anew.
    pub fn cut_connections(&self) {
        self.command(&["CLIENT", "KILL", "TYPE", "normal"]).unwrap();
    }

    /// Sends one command over a connection of its own: its answer as text, elements of lists on a line each.
    pub fn command(&self, words: &[&str]) -> Result<String, String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).map_err(|error| error.to_string())?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut answers = BufReader::new(stream.try_clone().unwrap());
        if let Some(password) = &self.password {
            send(&mut stream, &["AUTH", password])?;
            receive(&mut answers)?;
        }
        send(&mut stream, words)?;
        receive(&mut answers)
    }

    fn launch(&mut self) -> bool {
        let mut command = Command::new("redis-server");
        if self.options.first().is_some_and(|option| option == "--sentinel") {
            command.args(["sentinel.conf", "--sentinel"]);
        } else {
            command.args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
            command.args(["--appendonly", "yes", "--appendfsync", "always", "--logfile", "log", "--dir"]);
            command.arg(self.folder.path()).args(&self.options);
        }
        // Its log lies in its folder, which is its working directory.
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn();
        self.process = Some(
            process.expect("redis-server is not installed: `make test` installs it, or `apt-get install redis-server`"),
        );
        let end = Instant::now() + Duration::from_secs(20);
        while Instant::now() < end {
            if self.process.as_mut().is_some_and(|process| process.try_wait().unwrap().is_some()) {
                self.process = None;
                return false;
            }
            if self.command(&["PING"]).is_ok_and(|answer| answer == "PONG") {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("redis-server does not answer: {}", self.log());
    }

    fn signal(&self, name: &str) {
        let Some(process) = &self.process else { return };
        let sent = Command::new("kill").args([format!("-{name}"), process.id().to_string()]).status().unwrap();
        assert!(sent.success(), "no signal {name} could be sent");
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port on 127.0.0.1 that nobody listens on just now.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

fn send(stream: &mut TcpStream, words: &[&str]) -> Result<(), String> {
    let mut request = format!("*{}\r\n", words.len());
    for word in words {
        request.push_str(&format!("${}\r\n{word}\r\n", word.len()));
    }
    stream.write_all(request.as_bytes()).map_err(|error| error.to_string())
}

fn receive(answers: &mut BufReader<TcpStream>) -> Result<String, String> {
    let mut line = String::new();
    answers.read_line(&mut line).map_err(|error| error.to_string())?;
    let line = line.trim_end();
    let (kind, rest) = line.split_at_checked(1).ok_or("the connection was closed")?;
    match kind {
        "+" | ":" => Ok(rest.to_owned()),
        "-" => Err(rest.to_owned()),
        "$" if rest == "-1" => Ok(String::new()),
        "$" => {
            let length: usize = rest.parse().unwrap();
            let mut text = vec![0; length + 2];
            answers.read_exact(&mut text).map_err(|error| error.to_string())?;
            Ok(String::from_utf8_lossy(&text[..length]).into_owned())
        }
        "*" => {
            let count: usize = rest.parse().unwrap_or(0);
            let elements: Result<Vec<String>, String> = (0..count).map(|_| receive(answers)).collect();
            Ok(elements?.join("\n"))
        }
        _ => Err(format!("not understood: {line}")),
    }
}
