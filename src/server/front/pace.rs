use super::Patience;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// What a connection waits for, as the two low bits of [`Pace::state`].
const IDLE: u64 = 0;
const HEAD: u64 = 1;
const SERVING: u64 = 2;

/// Nothing is stalled.
const FLOWS: u64 = u64::MAX;

/// Watches how long the client of one connection takes. All of it happens in the connection's own task; atomics only
/// because tasks move between threads.
pub(super) struct Pace {
    patience: Patience,
    begun: Instant,
    /// Microseconds from `begun` on, and what has been waited for since then.
    state: AtomicU64,
    /// Since when the client takes no byte, in microseconds from `begun` on; or [`FLOWS`].
    stalled: AtomicU64,
}

impl Pace {
    /// A new connection: its first request is awaited like one whose first byte is there.
    pub(super) fn new(patience: Patience) -> Self {
        Self { patience, begun: Instant::now(), state: AtomicU64::new(HEAD), stalled: AtomicU64::new(FLOWS) }
    }

    /// The head of a request is read; now it is our turn.
    pub(super) fn serve(&self) {
        self.enter(SERVING);
    }

    /// The answer is made.
    pub(super) fn rest(&self) {
        self.enter(IDLE);
    }

    fn enter(&self, state: u64) {
        self.state.store(self.now() << 2 | state, Ordering::Relaxed);
    }

    fn received(&self) {
        if self.state.load(Ordering::Relaxed) & 3 == IDLE {
            self.enter(HEAD);
        }
    }

    fn wrote(&self, flows: bool) {
        if flows {
            self.stalled.store(FLOWS, Ordering::Relaxed);
            // A long answer is on its way while its maker rests.
            if self.state.load(Ordering::Relaxed) & 3 == IDLE {
                self.enter(IDLE);
            }
        } else if self.stalled.load(Ordering::Relaxed) == FLOWS {
            self.stalled.store(self.now(), Ordering::Relaxed);
        }
    }

    fn now(&self) -> u64 {
        self.begun.elapsed().as_micros() as u64
    }

    /// When the client has taken too long, if it is its turn.
    fn deadline(&self) -> Option<Instant> {
        let state = self.state.load(Ordering::Relaxed);
        let since = Duration::from_micros(state >> 2);
        let awaited = match state & 3 {
            IDLE => Some(since + self.patience.idle),
            HEAD => Some(since + self.patience.head),
            _ => None,
        };
        let stalled = match self.stalled.load(Ordering::Relaxed) {
            FLOWS => None,
            since => Some(Duration::from_micros(since) + self.patience.stalled),
        };
        let first = awaited.into_iter().chain(stalled).min()?;
        Some(self.begun + first)
    }

    /// Ready once the client has taken too long. To be polled after the connection, in its task, so that it sees each
    /// change; `alarm` is set anew only where it would ring too late.
    pub(super) fn poll_overdue(&self, mut alarm: Pin<&mut Sleep>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            // While it is our turn whatever ends that wakes this task.
            let Some(deadline) = self.deadline() else { return Poll::Pending };
            if deadline <= Instant::now() {
                return Poll::Ready(());
            }
            if alarm.is_elapsed() || alarm.deadline().into_std() > deadline {
                alarm.as_mut().reset(deadline.into());
            }
            ready!(alarm.as_mut().poll(cx));
        }
    }
}

/// A stream that tells its [`Pace`] when bytes come and go.
pub(super) struct Paced {
    stream: TcpStream,
    pace: std::sync::Arc<Pace>,
}

impl Paced {
    pub(super) fn new(stream: TcpStream, pace: std::sync::Arc<Pace>) -> Self {
        Self { stream, pace }
    }

    fn written<T>(&self, polled: Poll<T>) -> Poll<T> {
        self.pace.wrote(polled.is_ready());
        polled
    }
}

impl AsyncRead for Paced {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.pace.received();
        }
        polled
    }
}

impl AsyncWrite for Paced {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.written(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.written(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
