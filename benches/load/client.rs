//! The platform's side of the load. One thread drives all connections in the closed loop; in the open loop each
//! connection has a thread of its own and sleeps until its next request is due.

use crate::script::{Call, LAST, STEPS, Script};
use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
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

/// As many requests as the server takes: on each connection the next one leaves when the last is answered.
pub fn closed(target: &Target, lasting: Duration) -> io::Result<Tally> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let begun = Instant::now();
        let drives: Vec<_> =
            (0..target.connections).map(|_| tokio::spawn(drive(Callers::new(target), begun, lasting))).collect();
        let mut all = Tally::default();
        for driven in drives {
            all.add(driven.await.map_err(io::Error::other)??);
        }
        Ok(all)
    })
}

async fn drive(mut callers: Callers, begun: Instant, lasting: Duration) -> io::Result<Tally> {
    let mut socket = tokio::net::TcpStream::connect(callers.target.address).await?;
    socket.set_nodelay(true)?;
    let (mut request, mut answers) = (Vec::new(), Answers::default());
    while begun.elapsed() < lasting && callers.request(&mut request) {
        let sent = Instant::now();
        socket.write_all(&request).await?;
        while !answers.is_whole()? {
            let read = socket.read_buf(&mut answers.bytes).await?;
            answers.took(read)?;
        }
        callers.answer(&answers.first()?, sent.elapsed());
        answers.forget();
    }
    callers.tally.lasted = begun.elapsed();
    for goodbye in callers.goodbyes() {
        socket.write_all(&goodbye).await?;
        while !answers.is_whole()? {
            let read = socket.read_buf(&mut answers.bytes).await?;
            answers.took(read)?;
        }
        answers.forget();
    }
    Ok(callers.tally)
}

/// So many requests a second, whether or not the server keeps up: the time of an answer counts from when its request was
/// due.
pub fn open(target: &Target, lasting: Duration, rate: f64) -> io::Result<Tally> {
    let begun = Instant::now() + Duration::from_millis(50);
    let every = Duration::from_secs_f64(target.connections as f64 / rate);
    let mut threads = Vec::new();
    for number in 0..target.connections {
        let callers = Callers::new(target);
        let first = begun + every.mul_f64(number as f64 / target.connections as f64);
        let thread = std::thread::Builder::new().stack_size(256 * 1024);
        threads.push(thread.spawn(move || pace(callers, first, every, lasting))?);
    }
    let mut all = Tally::default();
    for thread in threads {
        all.add(thread.join().map_err(|_| io::Error::other("a client thread panicked"))??);
    }
    Ok(all)
}

fn pace(mut callers: Callers, first: Instant, every: Duration, lasting: Duration) -> io::Result<Tally> {
    let mut socket = std::net::TcpStream::connect(callers.target.address)?;
    socket.set_nodelay(true)?;
    let (mut request, mut answers) = (Vec::new(), Answers::default());
    let mut buffer = [0; 16 * 1024];
    let mut due = first;
    while due < first + lasting && callers.request(&mut request) {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        socket.write_all(&request)?;
        while !answers.is_whole()? {
            let read = socket.read(&mut buffer)?;
            answers.bytes.extend_from_slice(&buffer[..read]);
            answers.took(read)?;
        }
        callers.answer(&answers.first()?, due.elapsed());
        answers.forget();
        due += every;
    }
    callers.tally.lasted = first.elapsed();
    for goodbye in callers.goodbyes() {
        socket.write_all(&goodbye)?;
        while !answers.is_whole()? {
            let read = socket.read(&mut buffer)?;
            answers.bytes.extend_from_slice(&buffer[..read]);
            answers.took(read)?;
        }
        answers.forget();
    }
    Ok(callers.tally)
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
