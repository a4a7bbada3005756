use super::answer::{Filler, Reply};
use super::app::App;
use super::meter::{Beats, Meter};
use super::{sweep, worker};
use crate::dialogue::{Happening, Next};
use crate::interpreter::{Library, STACK};
use crate::store::Store;
use std::collections::HashMap;
use std::hash::{BuildHasher as _, DefaultHasher, Hash as _, Hasher as _, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{Semaphore, oneshot};

/// Tells the wall-clock time in milliseconds since 1970-01-01T00:00:00Z.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// This machine's clock.
pub fn system_clock() -> Clock {
    Arc::new(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64))
}

/// What a call may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// ECMAScript time a turn.
    pub script_time: Duration,
    /// ECMAScript heap of a call, in bytes.
    pub script_heap: usize,
    /// Transitions between dialogs without listening.
    pub max_transitions: u32,
    /// A call nobody hears of for so long has ended.
    pub idle: Duration,
    /// How long a delivery waits for its answer before it is told to come again.
    pub patience: Duration,
    /// Calls in memory, of all workers together. Beyond that those asked for longest ago leave it; their journals stay.
    pub live_calls: usize,
    /// A call nobody asks for leaves memory after so long.
    pub live_idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            script_time: Duration::from_millis(100),
            script_heap: 16 * 1024 * 1024,
            max_transitions: 1_000,
            idle: Duration::from_secs(3_600),
            patience: Duration::from_secs(8),
            live_calls: 3_000,
            live_idle: Duration::from_secs(120),
        }
    }
}

/// What a [`Host`] is made of.
#[derive(Clone)]
pub struct Options {
    /// The applications, by their names.
    pub apps: Vec<Arc<App>>,
    /// Worker threads; 0 takes as many as there are cores.
    pub workers: usize,
    /// Where journals are kept.
    pub store: Arc<dyn Store>,
    /// The clock events are stamped by.
    pub clock: Clock,
    /// What a call may use.
    pub limits: Limits,
}

/// How a call begins.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// The application's name.
    pub app: String,
    /// Another document than its first, perhaps with a fragment naming a dialog.
    pub url: Option<String>,
    /// The session variables.
    pub session: serde_json::Value,
}

/// Runs calls. Dropping it ends its workers.
pub struct Host {
    workers: Vec<UnboundedSender<Command>>,
    pub(super) shared: Arc<Shared>,
}

/// What the calls of all workers share; none of it is locked on a turn's way.
pub(super) struct Shared {
    pub(super) apps: HashMap<String, Arc<App>>,
    pub(super) library: Arc<Library>,
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    /// How many workers there are.
    pub(super) workers: usize,
    /// This host's name among those that share a store.
    pub(super) owner: String,
    /// Whether the store did not answer when it was last asked.
    pub(super) is_store_away: AtomicBool,
    /// What the callers hear whose application waits for its back-end, by call id. Touched only by turns that are slow.
    waiting: Mutex<HashMap<String, Filler>>,
    /// What is counted.
    pub(super) meter: Meter,
    /// When each worker was last seen going on.
    pub(super) beats: Beats,
    /// So many transcripts are made at a time.
    pub(super) telling: Semaphore,
}

impl Shared {
    /// From now on the caller hears this when the platform comes back for the answer.
    pub(super) fn set_filler(&self, call: &str, filler: Filler) {
        self.waiting().insert(call.to_owned(), filler);
    }

    /// The store was asked, and answered or did not.
    pub(super) fn note_store(&self, answered: bool) {
        self.is_store_away.store(!answered, Ordering::Relaxed);
        if !answered {
            self.meter.store_error();
        }
    }

    /// The wait is over.
    pub(super) fn clear_filler(&self, call: &str) {
        self.waiting().remove(call);
    }

    fn filler(&self, call: &str) -> Option<Filler> {
        self.waiting().get(call).cloned()
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<String, Filler>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Something asked of a call.
pub(super) struct Command {
    pub(super) call: String,
    pub(super) ask: Ask,
    pub(super) reply: oneshot::Sender<Reply>,
}

/// What happened in a turn, given what the turn asked for: a platform's silence may mean this or that.
pub(super) type News = Box<dyn FnOnce(&Next) -> Happening + Send>;

pub(super) enum Ask {
    Begin { app: Arc<App>, url: Option<String>, session: serde_json::Value },
    Deliver { turn: u32, news: News },
    PickUp { turn: u32, rounds: u32 },
    HangUp,
    Look,
}

impl Ask {
    /// The turn it is about.
    pub(super) fn turn(&self) -> u32 {
        match self {
            Ask::Deliver { turn, .. } | Ask::PickUp { turn, .. } => *turn,
            Ask::Begin { .. } | Ask::HangUp | Ask::Look => 0,
        }
    }
}

impl Host {
    /// A host with its worker threads started.
    ///
    /// # Errors
    /// If a thread cannot be started.
    pub fn new(options: Options) -> std::io::Result<Self> {
        let count = match options.workers {
            0 => std::thread::available_parallelism().map_or(1, |cores| cores.get()),
            some => some,
        };
        let shared = Arc::new(Shared {
            apps: options.apps.into_iter().map(|app| (app.name.clone(), app)).collect(),
            library: Arc::new(Library::new()),
            store: options.store,
            clock: options.clock,
            limits: options.limits,
            workers: count,
            owner: owner(),
            is_store_away: AtomicBool::new(false),
            waiting: Mutex::default(),
            meter: Meter::default(),
            beats: Beats::new(count),
            telling: Semaphore::new(1),
        });
        let mut workers = Vec::with_capacity(count);
        for number in 0..count {
            let (sender, receiver) = unbounded_channel();
            let shared = Arc::clone(&shared);
            std::thread::Builder::new().name(format!("calls-{number}")).stack_size(STACK).spawn(move || {
                if let Err(error) = worker::run(number, shared, receiver) {
                    tracing::error!(%error, "a worker cannot run");
                }
            })?;
            workers.push(sender);
        }
        sweep::start(&workers, &shared)?;
        Ok(Self { workers, shared })
    }

    /// Waits until nothing is being done any more and all of it is in the store, at most so long; whether that is so.
    pub async fn settle(&self, at_most: Duration) -> bool {
        let settled = async {
            while !self.shared.meter.is_settled() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(at_most, settled).await.is_ok()
    }

    /// The application of that name.
    pub fn app(&self, name: &str) -> Option<&Arc<App>> {
        self.shared.apps.get(name)
    }

    /// Begins a call, or gives the current answer of one that has begun already.
    pub async fn begin(&self, call: &str, beginning: Beginning) -> Reply {
        let Some(app) = self.app(&beginning.app).cloned() else { return Reply::Unknown };
        let Beginning { url, session, .. } = beginning;
        self.ask(call, 0, Ask::Begin { app, url, session }).await
    }

    /// Delivers what happened in turn `turn` of a call; `news` is told what that turn asked for, as a platform's silence
    /// may mean this or that. If the turn has been answered already, nothing happens and the current answer is given.
    pub async fn deliver(
        &self,
        call: &str,
        turn: u32,
        news: impl FnOnce(&Next) -> Happening + Send + 'static,
    ) -> Reply {
        self.ask(call, turn, Ask::Deliver { turn, news: Box::new(news) }).await
    }

    /// The answer to turn `turn`, wherever it is worked on: what a platform that was told to wait comes back for, for the
    /// `rounds`th time. With 0 rounds the current answer, whatever it is.
    pub async fn pick_up(&self, call: &str, turn: u32, rounds: u32) -> Reply {
        self.ask(call, turn, Ask::PickUp { turn, rounds }).await
    }

    /// The caller has hung up: the application's final handlers run, once, however often this is said.
    pub async fn hang_up(&self, call: &str) -> Reply {
        self.ask(call, 0, Ask::HangUp).await
    }

    async fn ask(&self, call: &str, turn: u32, ask: Ask) -> Reply {
        let (reply, answer) = oneshot::channel();
        let command = Command { call: call.to_owned(), ask, reply };
        let worker = self.worker_of(call).and_then(|worker| worker.send(command).ok());
        if worker.is_none() {
            return Reply::Unknown;
        }
        match tokio::time::timeout(self.shared.limits.patience, answer).await {
            Ok(reply) => reply.unwrap_or(Reply::Unknown),
            Err(_) if self.shared.is_store_away.load(Ordering::Relaxed) => Reply::Moment { turn, app: None },
            Err(_) => Reply::Wait { turn, filler: self.shared.filler(call) },
        }
    }

    fn worker_of(&self, call: &str) -> Option<&UnboundedSender<Command>> {
        self.workers.get(place(call, self.workers.len()))
    }
}

/// Which of so many workers a call belongs to.
pub(super) fn place(call: &str, workers: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    call.hash(&mut hasher);
    (hasher.finish() % workers.max(1) as u64) as usize
}

/// A name no other host has.
fn owner() -> String {
    // Each state of this kind is seeded by the system.
    let random = RandomState::new().hash_one(std::process::id());
    format!("{}-{random:016x}", std::process::id())
}
