//! Heaps of the engine, each shared by a few calls of one thread.
//!
//! An engine runtime costs some 110 KiB before the first script runs, most of it names and tables that are the same for
//! all calls; what a call needs of its own (a context with its global objects) costs half of that. So [`SHARED_BY`] calls
//! share a runtime. No more, as a collection of garbage walks the whole heap, and while it does the caller waits.
//!
//! The engine knows one memory limit for a runtime. Each call's own is kept by setting it anew whenever another call's
//! scripts begin to run: to what is in use, and what this call may still take. How much is in use the engine tells by
//! walking its heap, which is too dear for every turn. But whether it is more than so much costs a single allocation: only
//! when the heap has grown by a *step* is it measured, and the growth charged to the call that ran.

use super::{engine::Limits, stint};
use rquickjs::{Context, Ctx, Runtime, context::intrinsic};
use std::{
    cell::{Cell, RefCell},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    rc::{Rc, Weak},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// Calls that share a heap at most.
const SHARED_BY: usize = 8;

/// Calls that leave a heap before what they leave in it is collected.
const LEFT_BEHIND: usize = SHARED_BY / 2;

/// How far the native stack goes that scripts run on, in bytes.
const STACK: usize = 256 * 1024;

/// The largest step in which a heap's growth is charged to calls, in bytes.
const STEP: usize = 256 << 10;

/// ECMAScript with all its objects but those that would let a script see what no replay can repeat: `WeakRef` and
/// `FinalizationRegistry` (when garbage is collected), `performance` (the machine's clock).
///
/// None of the others can be left out: the engine does not free what lacks its prototype (an async function, without
/// `Promise`), and aborts.
type Language = (
    intrinsic::Date,
    intrinsic::Eval,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::Proxy,
    intrinsic::MapSet,
    intrinsic::TypedArrays,
    intrinsic::Promise,
);

thread_local! {
    /// The heaps of this thread that calls use.
    static HEAPS: RefCell<Vec<Weak<Heap>>> = const { RefCell::new(Vec::new()) };
}

/// An engine runtime and the calls that use it.
struct Heap {
    runtime: Runtime,
    born: Instant,
    /// When the time of the script that runs is up.
    deadline: Arc<Deadline>,
    /// How many calls use it.
    seats: Cell<usize>,
    /// How many calls have left since garbage was last collected.
    left: Cell<usize>,
    /// Takes no further calls.
    closed: Cell<bool>,
    /// The account of the call whose limit is in force.
    running: RefCell<Option<Rc<Account>>>,
    /// Bytes in use when it was last measured.
    known: Cell<usize>,
}

/// When a script must stop. Atomic only because the engine wants its handlers sendable; it never leaves its thread.
struct Deadline {
    /// By the wall's clock: in microseconds since the heap was born.
    wall: AtomicU64,
    /// By the processor's: microseconds since the event came in ([`stint`]). Asked only of who is late by the other.
    work: AtomicU64,
}

/// What a call holds of a heap, in bytes, as far as it was measured.
#[derive(Default)]
struct Account {
    charged: Cell<usize>,
    /// What it was when garbage was last collected on its behalf.
    collected: Cell<usize>,
}

/// A call's place in a heap: its context. Values that live in it keep it alive.
pub(super) struct Seat {
    // Goes before its place: the place collects what the context leaves.
    context: Context,
    place: Place,
}

struct Place {
    heap: Rc<Heap>,
    account: Rc<Account>,
}

impl Seat {
    /// A place in a heap of this thread that has room, or in a new one.
    pub(super) fn take() -> rquickjs::Result<Self> {
        let heap = match Heap::with_room() {
            Some(heap) => heap,
            None => Heap::open()?,
        };
        // What a context takes is no script's doing.
        heap.running.replace(None);
        heap.runtime.set_memory_limit(0);
        heap.seats.set(heap.seats.get() + 1);
        // From here on the place is given back however this ends.
        let place = Place { heap: Rc::clone(&heap), account: Rc::default() };
        let context = Context::custom::<Language>(&heap.runtime)?;
        Ok(Self { context, place })
    }

    /// Does something with the engine, within the call's memory and until `time` is up.
    pub(super) fn enter<T>(&self, limits: &Limits, time: Duration, work: impl for<'js> FnOnce(Ctx<'js>) -> T) -> T {
        let heap = &self.place.heap;
        heap.hand_to(self, limits.heap);
        heap.deadline.wall.store(micros(heap.born.elapsed().saturating_add(time)), Relaxed);
        heap.deadline.work.store(micros(limits.time), Relaxed);
        // A panic must not leave the lock of a heap poisoned that other calls use.
        let done = self.context.with(|ctx| catch_unwind(AssertUnwindSafe(|| work(ctx))));
        done.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Tells whether the time of what is being done is up.
    pub(super) fn late(&self) -> impl Fn() -> bool + Send + 'static {
        late(self.place.heap.born, &self.place.heap.deadline)
    }

    /// Frees what nothing refers to but itself, of all calls of the heap; what that gives is credited to this call.
    pub(super) fn collect_garbage(&self) {
        let Place { heap, account } = &self.place;
        // What has come is this call's, as far as it stays; what goes is credited to it, too.
        heap.running.replace(Some(Rc::clone(account)));
        heap.settle();
        heap.runtime.run_gc();
        let used = heap.used();
        let freed = heap.known.replace(used).saturating_sub(used);
        account.charged.set(account.charged.get().saturating_sub(freed));
        account.collected.set(account.charged.get());
        // The limit in force was reckoned from what was in use before.
        heap.running.replace(None);
    }
}

impl Heap {
    /// The fullest heap that takes another call: so that others can become empty, and go.
    fn with_room() -> Option<Rc<Self>> {
        HEAPS.with_borrow_mut(|heaps| {
            heaps.retain(|heap| heap.strong_count() > 0);
            let open = heaps.iter().filter_map(Weak::upgrade);
            open.filter(|heap| !heap.closed.get() && heap.seats.get() < SHARED_BY).max_by_key(|heap| heap.seats.get())
        })
    }

    fn open() -> rquickjs::Result<Rc<Self>> {
        let runtime = Runtime::new()?;
        runtime.set_max_stack_size(STACK);
        let (deadline, born) = (Arc::new(Deadline::never()), Instant::now());
        runtime.set_interrupt_handler(Some(Box::new(late(born, &deadline))));
        let heap = Rc::new(Self {
            runtime,
            born,
            deadline,
            seats: Cell::default(),
            left: Cell::default(),
            closed: Cell::default(),
            running: RefCell::default(),
            known: Cell::default(),
        });
        HEAPS.with_borrow_mut(|heaps| heaps.push(Rc::downgrade(&heap)));
        Ok(heap)
    }

    /// From now on a call's scripts run: its limit comes into force, unless it was the last that ran.
    fn hand_to(&self, seat: &Seat, allowed: usize) {
        let account = &seat.place.account;
        if self.running.borrow().as_ref().is_some_and(|running| Rc::ptr_eq(running, account)) {
            return;
        }
        let step = STEP.min(allowed / 8);
        self.runtime.set_memory_limit(self.known.get() + step);
        if !seat.context.with(|ctx| allocates(&ctx)) {
            self.settle();
        }
        let charged = account.charged.get();
        if charged > allowed / 2 && charged > account.collected.get() {
            self.settle();
            seat.collect_garbage();
        }
        let left = allowed.saturating_sub(account.charged.get());
        self.runtime.set_memory_limit(self.known.get() + left);
        self.running.replace(Some(Rc::clone(account)));
    }

    /// Measures what is in use and charges what has come to the call that ran.
    fn settle(&self) {
        let used = self.used();
        let grown = used.saturating_sub(self.known.replace(used));
        if let Some(running) = &*self.running.borrow() {
            running.charged.set(running.charged.get() + grown);
        }
    }

    /// Bytes in use; walks the heap.
    fn used(&self) -> usize {
        usize::try_from(self.runtime.memory_usage().malloc_size).unwrap_or_default()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let heap = &self.heap;
        heap.seats.set(heap.seats.get() - 1);
        heap.running.replace(None);
        // What waits in the engine's queue keeps its context: only with the heap does it go.
        if heap.runtime.is_job_pending() {
            heap.closed.set(true);
        }
        // A collection walks the whole heap, so it waits until some have left; the last call's is freed with the heap.
        heap.left.set(heap.left.get() + 1);
        if heap.seats.get() > 0 && heap.left.get() >= LEFT_BEHIND {
            heap.left.set(0);
            heap.runtime.run_gc();
            heap.known.set(heap.used());
        }
    }
}

impl Deadline {
    fn never() -> Self {
        Self { wall: AtomicU64::new(u64::MAX), work: AtomicU64::new(u64::MAX) }
    }

    fn has_passed(&self, born: Instant) -> bool {
        micros(born.elapsed()) > self.wall.load(Relaxed) && micros(stint::worked()) > self.work.load(Relaxed)
    }
}

fn late(born: Instant, deadline: &Arc<Deadline>) -> impl Fn() -> bool + Send + 'static {
    let deadline = Arc::clone(deadline);
    move || deadline.has_passed(born)
}

/// Whether memory for something small can be had.
fn allocates(ctx: &Ctx<'_>) -> bool {
    let something = rquickjs::String::from_str(ctx.clone(), "within the limit?");
    if something.is_err() {
        ctx.catch();
    }
    something.is_ok()
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// The heaps of this thread and the bytes in use in them.
#[cfg(test)]
pub(super) fn of_this_thread() -> (usize, usize) {
    let heaps: Vec<_> = HEAPS.with_borrow(|heaps| heaps.iter().filter_map(Weak::upgrade).collect());
    (heaps.len(), heaps.iter().map(|heap| heap.used()).sum())
}
