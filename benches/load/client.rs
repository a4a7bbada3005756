//! The platform's side of the load. One thread drives all connections in the closed loop; in the open loop each
//! connection has a thread of its own and sleeps until its next request is due.

use crate::script::{Call, LAST, STEPS, Script};
use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Calls whose requests are signed already.
pub struct Deck {
    calls: Vec<Call>,
    next: AtomicUsize,
    again: bool,
}

/// Whom the load goes to, and how.
#[derive(Clone)]
pub struct Target {
    pub address: SocketAddr,
    pub script: Arc<Script>,
    pub deck: Arc<Deck>,
    /// Whether the answers are checked to be voxbridge's; otherwise any TwiML will do.
    pub strict: bool,
    pub connections: usize,
    /// Calls in progress on each connection.
    pub calls: usize,
}

/// What came of a load.
#[derive(Default)]
pub struct Tally {
    /// How long each answer took, in nanoseconds.
    pub times: Vec<u64>,
    /// Calls that went from beginning to end.
    pub calls: u64,
    /// Requests answered otherwise than the script says.
    pub wrong: u64,
    /// The first such answer.
    pub complaint: Option<String>,
    /// From the first request to the last answer.
    pub lasted: Duration,
}

/// A call in progress: its number in the deck, and what the caller does next.
struct Slot {
    call: usize,
    step: usize,
}

/// Calls in progress that share a connection, and take turns.
struct Callers {
    target: Target,
    slots: Vec<Slot>,
    turn: usize,
    tally: Tally,
}

impl Deck {
    /// Signs so many calls, by as many threads as there are cores.
    pub fn prepare(script: &Script, calls: usize, again: bool) -> Self {
        // Ids never repeat, as the servers remember the calls of earlier rounds.
        static RUN: AtomicU64 = AtomicU64::new(0);
        let run = RUN.fetch_add(1, Ordering::Relaxed) + (u64::from(std::process::id()) << 32);
        let (first, second) = std::thread::scope(|scope| {
            let half = calls / 2;
            let sign = move |range: std::ops::Range<usize>| {
                range.map(|number| script.prepare(run, number as u64)).collect::<Vec<_>>()
            };
            let other = scope.spawn(move || sign(half..calls));
            (sign(0..half), other.join().expect("signing does not fail"))
        });
        Self { calls: first.into_iter().chain(second).collect(), next: AtomicUsize::new(0), again }
    }

    fn take(&self) -> Option<usize> {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        let next = if self.again { next % self.calls.len() } else { next };
        (next < self.calls.len()).then_some(next)
    }
}

impl Callers {
    fn new(target: &Target) -> Self {
        let slots = (0..target.calls).map_while(|_| target.deck.take()).map(|call| Slot { call, step: 0 }).collect();
        Self { target: target.clone(), slots, turn: 0, tally: Tally::default() }
    }

    /// The next request; `false` if there are no calls left.
    fn request(&mut self, into: &mut Vec<u8>) -> bool {
        let Some(slot) = self.slots.get(self.turn) else { return false };
        self.target.script.request(slot.step, &self.target.deck.calls[slot.call], into);
        true
    }

    /// Takes the answer to it, which took so long.
    fn answer(&mut self, answer: &Answer<'_>, took: Duration) {
        let slot = &mut self.slots[self.turn];
        let Answer { status, body } = *answer;
        let checked = match self.target.strict {
            true => self.target.script.check(slot.step, &self.target.deck.calls[slot.call], status, body),
            false if status == 200 && body.contains("<Response>") => Ok(()),
            false => Err(format!("no TwiML: {status} {body}")),
        };
        if let Err(complaint) = checked {
            self.tally.wrong += 1;
            self.tally.complaint.get_or_insert(complaint);
        }
        self.tally.times.push(took.as_nanos() as u64);
        slot.step += 1;
        if slot.step == STEPS {
            self.tally.calls += 1;
            match self.target.deck.take() {
                Some(call) => *slot = Slot { call, step: 0 },
                None => drop(self.slots.swap_remove(self.turn)),
            }
        }
        self.turn = if self.turn + 1 < self.slots.len() { self.turn + 1 } else { 0 };
    }

    /// The slots to be asked for, one after the other, until the calls are spread over the whole script as in the middle
    /// of a long load.
    fn scattered(&self, connection: usize) -> Vec<usize> {
        let place = |slot: usize| (connection * self.target.calls + slot) % STEPS;
        (0..self.slots.len()).flat_map(|slot| std::iter::repeat_n(slot, place(slot))).collect()
    }

    /// The hang-ups of the calls that are still in progress.
    fn goodbyes(&self) -> Vec<Vec<u8>> {
        let begun = self.slots.iter().filter(|slot| slot.step > 0);
        let goodbye = |slot: &Slot| {
            let mut request = Vec::new();
            self.target.script.request(LAST, &self.target.deck.calls[slot.call], &mut request);
            request
        };
        begun.map(goodbye).collect()
    }
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.times.extend(other.times);
        self.calls += other.calls;
        self.wrong += other.wrong;
        self.complaint = self.complaint.take().or(other.complaint);
        self.lasted = self.lasted.max(other.lasted);
    }

    /// Requests answered each second.
    pub fn rate(&self) -> f64 {
        self.times.len() as f64 / self.lasted.as_secs_f64().max(1e-9)
    }
}

/// As many requests as the server takes: on each connection the next one leaves when the last is answered. `sample` is
/// taken when the measurement begins and when it ends.
pub fn closed<T>(target: &Target, lasting: Duration, sample: impl Fn() -> T) -> io::Result<(Tally, T, T)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let lines = all((0..target.connections).map(|number| Line::open(target.clone(), number))).await?;
        let (before, begun) = (sample(), Instant::now());
        let lines = all(lines.into_iter().map(|line| line.drive(begun, lasting))).await?;
        let after = sample();
        let mut tally = Tally::default();
        all(lines.into_iter().map(Line::close)).await?.into_iter().for_each(|of_one| tally.add(of_one));
        Ok((tally, before, after))
    })
}

/// Runs them side by side.
async fn all<T: Send + 'static>(
    tasks: impl Iterator<Item = impl Future<Output = io::Result<T>> + Send + 'static>,
) -> io::Result<Vec<T>> {
    let running: Vec<_> = tasks.map(tokio::spawn).collect();
    let mut done = Vec::with_capacity(running.len());
    for task in running {
        done.push(task.await.map_err(io::Error::other)??);
    }
    Ok(done)
}

/// A connection of the closed loop.
struct Line {
    socket: tokio::net::TcpStream,
    callers: Callers,
    request: Vec<u8>,
    answers: Answers,
}

impl Line {
    /// Connects, and brings the calls to where they are in the middle of a long load.
    async fn open(target: Target, number: usize) -> io::Result<Self> {
        let socket = tokio::net::TcpStream::connect(target.address).await?;
        socket.set_nodelay(true)?;
        let callers = Callers::new(&target);
        let mut line = Self { socket, callers, request: Vec::new(), answers: Answers::default() };
        for slot in line.callers.scattered(number) {
            line.callers.turn = slot;
            line.exchange_next().await?;
        }
        line.callers.tally.times.clear();
        Ok(line)
    }

    async fn drive(mut self, begun: Instant, lasting: Duration) -> io::Result<Self> {
        while begun.elapsed() < lasting && self.exchange_next().await? {}
        self.callers.tally.lasted = begun.elapsed();
        Ok(self)
    }

    async fn close(mut self) -> io::Result<Tally> {
        for goodbye in self.callers.goodbyes() {
            self.request = goodbye;
            self.exchange().await?;
            self.answers.forget();
        }
        Ok(self.callers.tally)
    }

    /// `false` if there is nothing left to ask.
    async fn exchange_next(&mut self) -> io::Result<bool> {
        if !self.callers.request(&mut self.request) {
            return Ok(false);
        }
        let sent = Instant::now();
        self.exchange().await?;
        self.callers.answer(&self.answers.first()?, sent.elapsed());
        self.answers.forget();
        Ok(true)
    }

    async fn exchange(&mut self) -> io::Result<()> {
        self.socket.write_all(&self.request).await?;
        while !self.answers.is_whole()? {
            let read = self.socket.read_buf(&mut self.answers.bytes).await?;
            self.answers.took(read)?;
        }
        Ok(())
    }
}

/// So many requests a second, whether or not the server keeps up: the time of an answer counts from when its request was
/// due.
pub fn open(target: &Target, lasting: Duration, rate: f64) -> io::Result<Tally> {
    let every = Duration::from_secs_f64(target.connections as f64 / rate);
    let ready = Arc::new(Barrier::new(target.connections));
    let mut threads = Vec::new();
    for number in 0..target.connections {
        let (target, ready) = (target.clone(), Arc::clone(&ready));
        let thread = std::thread::Builder::new().stack_size(256 * 1024);
        threads.push(thread.spawn(move || {
            let line = PacedLine::open(&target, number);
            // Also where it failed: the others wait.
            ready.wait();
            let first = Instant::now() + every.mul_f64(number as f64 / target.connections as f64);
            line?.pace(first, every, lasting)
        })?);
    }
    let mut all = Tally::default();
    for thread in threads {
        all.add(thread.join().map_err(|_| io::Error::other("a client thread panicked"))??);
    }
    Ok(all)
}

/// A connection of the open loop, with a thread of its own.
struct PacedLine {
    socket: std::net::TcpStream,
    callers: Callers,
    request: Vec<u8>,
    answers: Answers,
}

impl PacedLine {
    fn open(target: &Target, number: usize) -> io::Result<Self> {
        let socket = std::net::TcpStream::connect(target.address)?;
        socket.set_nodelay(true)?;
        let callers = Callers::new(target);
        let mut line = Self { socket, callers, request: Vec::new(), answers: Answers::default() };
        for slot in line.callers.scattered(number) {
            line.callers.turn = slot;
            line.callers.request(&mut line.request);
            line.exchange()?;
            line.callers.answer(&line.answers.first()?, Duration::ZERO);
            line.answers.forget();
        }
        line.callers.tally.times.clear();
        Ok(line)
    }

    fn pace(mut self, first: Instant, every: Duration, lasting: Duration) -> io::Result<Tally> {
        let mut due = first;
        while due < first + lasting && self.callers.request(&mut self.request) {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            self.exchange()?;
            self.callers.answer(&self.answers.first()?, due.elapsed());
            self.answers.forget();
            due += every;
        }
        self.callers.tally.lasted = first.elapsed();
        for goodbye in self.callers.goodbyes() {
            self.request = goodbye;
            self.exchange()?;
            self.answers.forget();
        }
        Ok(self.callers.tally)
    }

    fn exchange(&mut self) -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        self.socket.write_all(&self.request)?;
        while !self.answers.is_whole()? {
            let read = self.socket.read(&mut buffer)?;
            self.answers.bytes.extend_from_slice(&buffer[..read]);
            self.answers.took(read)?;
        }
        Ok(())
    }
}

/// The answer of a server, as far as it matters.
#[derive(Clone, Copy)]
struct Answer<'a> {
    status: u16,
    body: &'a str,
}

/// What arrives on a connection; one request is under way at a time.
#[derive(Default)]
struct Answers {
    bytes: Vec<u8>,
    /// Where the body begins and ends, once the head is here.
    body: Option<(usize, usize)>,
}

impl Answers {
    fn is_whole(&mut self) -> io::Result<bool> {
        if self.body.is_none() {
            let Some(end) = self.bytes.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { return Ok(false) };
            let head = std::str::from_utf8(&self.bytes[..end]).map_err(io::Error::other)?;
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
            });
            let length = length.transpose().map_err(io::Error::other)?.unwrap_or(0);
            self.body = Some((end + 4, end + 4 + length));
        }
        Ok(self.body.is_some_and(|(_, end)| self.bytes.len() >= end))
    }

    /// So many bytes have come.
    fn took(&self, read: usize) -> io::Result<()> {
        match read {
            0 => Err(io::Error::other(format!("the server closed a connection: {}", self.bytes.escape_ascii()))),
            _ => Ok(()),
        }
    }

    fn first(&self) -> io::Result<Answer<'_>> {
        let (begin, end) = self.body.ok_or(io::ErrorKind::InvalidData)?;
        let text = |range| std::str::from_utf8(&self.bytes[range]).map_err(io::Error::other);
        // "HTTP/1.1 200 OK"
        let status = text(9..12)?.parse().map_err(io::Error::other)?;
        Ok(Answer { status, body: text(begin..end)? })
    }

    fn forget(&mut self) {
        self.bytes.clear();
        self.body = None;
    }
}
