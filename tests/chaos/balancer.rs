//! A load balancer in front of the replicas: each request goes to whichever it likes. It asks another one where a
//! connection is refused, and goes on asking for a while, as balancers do; and it is a bad one: it cuts connections, is
//! slow, and delivers twice.

use crate::dice::Dice;
use crate::wire::{Message, accept};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

/// So long a replica that takes connections is looked for.
const LOOKING: Duration = Duration::from_secs(10);
/// So long an answer may take. Twilio itself gives up after 15 s.
const ANSWER: Duration = Duration::from_millis(11_000);
/// Between two looks at `/readyz`, and how long one may take.
const PROBE: Duration = Duration::from_millis(300);

/// How often, in a thousand requests, something goes wrong.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rates {
    /// The connection is cut before anybody got the request.
    pub cut_before: u64,
    /// It is cut when the request has been sent; the replica may notice or not.
    pub cut_after: u64,
    /// It is cut in the middle of the answer.
    pub cut_answer: u64,
    /// The request is late.
    pub delay: u64,
    /// It is delivered twice at once.
    pub twice: u64,
    /// It is delivered again, later.
    pub later: u64,
}

/// What has happened.
#[derive(Debug, Default)]
pub struct Counts {
    pub requests: AtomicU64,
    pub cut: AtomicU64,
    pub twice: AtomicU64,
    pub later: AtomicU64,
    pub delayed: AtomicU64,
    pub refused: AtomicU64,
    pub broken: AtomicU64,
    pub too_slow: AtomicU64,
    /// Requests for the fallback URL: what the caller did was lost, and is asked for again.
    pub fallbacks: AtomicU64,
}

pub struct Balancer {
    pub base: String,
    shared: Arc<Shared>,
}

struct Shared {
    replicas: Vec<Target>,
    dice: Mutex<Dice>,
    rates: Rates,
    counts: Counts,
    /// Two answers to one request that do not agree.
    quarrels: Mutex<Vec<String>>,
}

struct Target {
    port: u16,
    ready: AtomicBool,
}

impl Balancer {
    pub async fn start(ports: &[u16], rates: Rates, dice: Dice) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let replicas = ports.iter().map(|&port| Target { port, ready: AtomicBool::new(true) }).collect();
        let shared = Arc::new(Shared {
            replicas,
            dice: Mutex::new(dice),
            rates,
            counts: Counts::default(),
            quarrels: Mutex::default(),
        });
        tokio::spawn(accept(listener, Arc::clone(&shared), serve));
        for number in 0..ports.len() {
            tokio::spawn(probe(Arc::clone(&shared), number));
        }
        Self { base, shared }
    }

    pub fn counts(&self) -> &Counts {
        &self.shared.counts
    }

    /// Requests delivered twice at once that were answered in two ways.
    pub fn quarrels(&self) -> Vec<String> {
        self.shared.quarrels.lock().unwrap().clone()
    }
}

/// Looks whether a replica wants requests.
async fn probe(shared: Arc<Shared>, number: usize) {
    let request = Message { head: "GET /readyz HTTP/1.1\r\nhost: balancer\r\n\r\n".to_owned(), body: Vec::new() };
    loop {
        let target = &shared.replicas[number];
        let asking = async {
            let mut stream = TcpStream::connect(("127.0.0.1", target.port)).await?;
            exchange(&mut stream, &request).await
        };
        let ready = matches!(tokio::time::timeout(PROBE * 2, asking).await, Ok(Ok(answer)) if is_ok(&answer));
        target.ready.store(ready, Ordering::Relaxed);
        tokio::time::sleep(PROBE).await;
    }
}

fn is_ok(answer: &Message) -> bool {
    answer.first_words().1 == "200"
}

async fn exchange(stream: &mut TcpStream, request: &Message) -> io::Result<Message> {
    stream.write_all(&request.bytes()).await?;
    Message::read(stream).await
}

/// What is going to happen to a request.
enum Luck {
    Fine,
    CutBefore,
    CutAfter { noticed: bool },
    CutAnswer,
    Twice,
}

async fn serve(mut client: TcpStream, shared: Arc<Shared>) -> io::Result<()> {
    let shared = &shared;
    let request = Message::read(&mut client).await?;
    let counts = &shared.counts;
    counts.requests.fetch_add(1, Ordering::Relaxed);
    if request.first_words().1.starts_with("/twilio/fallback") {
        counts.fallbacks.fetch_add(1, Ordering::Relaxed);
    }
    let (luck, delay, later) = shared.draw();
    if let Some(delay) = delay {
        counts.delayed.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(delay).await;
    }
    if let Some(later) = later {
        counts.later.fetch_add(1, Ordering::Relaxed);
        let (shared, request) = (Arc::clone(shared), request.clone());
        tokio::spawn(async move {
            tokio::time::sleep(later).await;
            shared.forward(&request).await
        });
    }
    let answer = match luck {
        Luck::Fine => shared.forward(&request).await,
        Luck::CutBefore => return shared.cut(),
        Luck::CutAfter { noticed: true } => {
            let mut replica = shared.connect().await?;
            replica.write_all(&request.bytes()).await?;
            let moment = shared.dice().millis(0, 30);
            tokio::time::sleep(moment).await;
            return shared.cut();
        }
        Luck::CutAfter { noticed: false } => {
            let (shared, request) = (Arc::clone(shared), request.clone());
            tokio::spawn(async move { shared.forward(&request).await });
            return Ok(());
        }
        Luck::CutAnswer => {
            let answer = shared.forward(&request).await.bytes();
            let most = answer.len() as u64;
            let part = shared.dice().between(0, most) as usize;
            client.write_all(&answer[..part]).await?;
            return shared.cut();
        }
        Luck::Twice => shared.forward_twice(&request).await,
    };
    client.write_all(&answer.bytes()).await
}

impl Shared {
    fn dice(&self) -> std::sync::MutexGuard<'_, Dice> {
        self.dice.lock().unwrap()
    }

    fn draw(&self) -> (Luck, Option<Duration>, Option<Duration>) {
        let (mut dice, rates) = (self.dice(), self.rates);
        let luck = if dice.happens(rates.cut_before) {
            Luck::CutBefore
        } else if dice.happens(rates.cut_after) {
            Luck::CutAfter { noticed: dice.happens(500) }
        } else if dice.happens(rates.cut_answer) {
            Luck::CutAnswer
        } else if dice.happens(rates.twice) {
            Luck::Twice
        } else {
            Luck::Fine
        };
        let delay = dice.happens(rates.delay).then(|| dice.millis(50, 2_000));
        let later = dice.happens(rates.later).then(|| dice.millis(100, 6_000));
        (luck, delay, later)
    }

    fn cut(&self) -> io::Result<()> {
        self.counts.cut.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Asks a replica; what goes wrong becomes a status, as with real balancers.
    async fn forward(&self, request: &Message) -> Message {
        let asking = async {
            let mut replica = self.connect().await?;
            exchange(&mut replica, request).await
        };
        let (counter, status) = match tokio::time::timeout(ANSWER, asking).await {
            Ok(Ok(answer)) => return answer,
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                (&self.counts.refused, "503 Service Unavailable")
            }
            Ok(Err(_)) => (&self.counts.broken, "502 Bad Gateway"),
            Err(_) => (&self.counts.too_slow, "504 Gateway Timeout"),
        };
        counter.fetch_add(1, Ordering::Relaxed);
        Message::answer(status, "text/plain", "", status.as_bytes().to_vec())
    }

    /// Two at once, on whichever replicas. Whoever gets the turn, they agree, unless one is told to come again.
    async fn forward_twice(&self, request: &Message) -> Message {
        self.counts.twice.fetch_add(1, Ordering::Relaxed);
        let (one, other) = tokio::join!(self.forward(request), self.forward(request));
        let of_a_turn = |answer: &Message| {
            let text = String::from_utf8_lossy(&answer.body);
            // Only the end of the call comes without a word: the caller may hang up between the two.
            is_ok(answer) && !text.contains("waited=") && (text.contains("<Gather") || text.contains("<Say"))
        };
        if of_a_turn(&one) && of_a_turn(&other) && one.body != other.body {
            let [one, other] = [&one, &other].map(|answer| String::from_utf8_lossy(&answer.body).into_owned());
            self.quarrels.lock().unwrap().push(format!("{:?}\n{one}\n{other}", request.first_words()));
        }
        let first = !is_ok(&other) || (is_ok(&one) && self.dice().happens(500));
        if first { one } else { other }
    }

    /// A connection to a replica that takes one, one that says it is ready first.
    async fn connect(&self) -> io::Result<TcpStream> {
        let end = Instant::now() + LOOKING;
        loop {
            let mut order: Vec<&Target> = self.replicas.iter().collect();
            let first = self.dice().between(0, order.len() as u64) as usize;
            order.rotate_left(first);
            order.sort_by_key(|target| !target.ready.load(Ordering::Relaxed));
            for target in order {
                if let Ok(stream) = TcpStream::connect(("127.0.0.1", target.port)).await {
                    return Ok(stream);
                }
            }
            if Instant::now() > end {
                return Err(io::ErrorKind::ConnectionRefused.into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
