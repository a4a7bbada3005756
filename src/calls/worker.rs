//! A worker thread: its calls, each a task with a mailbox.

use super::desk::Desk;
use super::host::{Ask, Command, Shared};
use super::meter::Beats;
use lru::LruCache;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{LocalSet, spawn_local};
use tokio::time::timeout;

/// Turns that were answered from memory are tried again so often.
const FLUSH: Duration = Duration::from_millis(500);
/// How many calls are looked at for one that may leave memory.
const LOOKED_AT: usize = 32;

/// The calls of this worker that are in memory, the one asked for longest ago last.
type Seats = Rc<RefCell<LruCache<String, Seat>>>;

struct Seat {
    mailbox: UnboundedSender<Command>,
    /// Whether the call may leave memory: it waits for its caller, and all of it is in its journal.
    is_spare: Rc<Cell<bool>>,
}

/// Runs a worker until its command channel is closed.
pub(super) fn run(number: usize, shared: Arc<Shared>, mut commands: UnboundedReceiver<Command>) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(4).build()?;
    let seats = Rc::new(RefCell::new(LruCache::unbounded()));
    LocalSet::new().block_on(&runtime, async move {
        spawn_local(beat(number, Arc::clone(&shared)));
        while let Some(command) = commands.recv().await {
            hand_over(command, &seats, &shared);
        }
    });
    Ok(())
}

/// Shows that the worker goes on. A call that never comes to an end would keep it from it.
async fn beat(number: usize, shared: Arc<Shared>) {
    let mut interval = tokio::time::interval(Beats::EVERY);
    loop {
        interval.tick().await;
        shared.beats.beat(number);
    }
}

/// Puts a command into its call's mailbox; a call that is not in memory gets a place there.
fn hand_over(command: Command, seats: &Seats, shared: &Arc<Shared>) {
    let sent = match seats.borrow_mut().get(&command.call) {
        Some(seat) => {
            seat.is_spare.set(false);
            seat.mailbox.send(command).map_err(|unsent| unsent.0)
        }
        None => Err(command),
    };
    let Err(command) = sent else { return };
    make_room(seats, shared);
    let (mailbox, receiver) = unbounded_channel();
    let id = command.call.clone();
    let is_spare = Rc::new(Cell::new(false));
    // The receiver is right here, so it takes it.
    let _ = mailbox.send(command);
    seats.borrow_mut().put(id.clone(), Seat { mailbox, is_spare: Rc::clone(&is_spare) });
    spawn_local(attend(id, receiver, is_spare, Rc::clone(seats), Arc::clone(shared)));
}

/// Lets the calls go that were asked for longest ago, where there are too many; their journals stay.
fn make_room(seats: &Seats, shared: &Shared) {
    let mut seats = seats.borrow_mut();
    let most = (shared.limits.live_calls / shared.workers.max(1)).max(1);
    let mut excess = (seats.len() + 1).saturating_sub(most);
    for _ in 0..LOOKED_AT {
        if excess == 0 {
            break;
        }
        match seats.pop_lru() {
            // Its task ends as nobody can send to it any more.
            Some((_, seat)) if seat.is_spare.get() => excess -= 1,
            Some((id, seat)) => {
                seats.put(id, seat);
            }
            None => break,
        }
    }
}

/// Attends to one call until nobody asks for it any more.
async fn attend(
    id: String,
    mut mailbox: UnboundedReceiver<Command>,
    is_spare: Rc<Cell<bool>>,
    seats: Seats,
    shared: Arc<Shared>,
) {
    let _live = shared.meter.live();
    let mut desk = Desk::new(id.clone(), Arc::clone(&shared));
    let mut asked = Instant::now();
    let mut rested = asked;
    loop {
        let (pause, stays) = leisure(&desk, &shared);
        is_spare.set(mailbox.is_empty() && !stays);
        match timeout(pause.saturating_sub(rested.elapsed()), mailbox.recv()).await {
            Ok(Some(command)) => {
                is_spare.set(false);
                asked = Instant::now();
                serve(&mut desk, command, &shared).await;
                rested = Instant::now();
            }
            Ok(None) => break,
            Err(_) => {
                is_spare.set(false);
                desk.idle(asked.elapsed()).await;
                rested = Instant::now();
                // Something may have come in meanwhile.
                if mailbox.is_empty() && !leisure(&desk, &shared).1 {
                    break;
                }
            }
        }
    }
    let mut seats = seats.borrow_mut();
    // Another task may sit there by now, where this one was let go.
    if seats.peek(&id).is_some_and(|seat| Rc::ptr_eq(&seat.is_spare, &is_spare)) {
        seats.pop(&id);
    }
}

/// How long to wait before something is done unasked, and whether the call must not leave memory until then.
fn leisure(desk: &Desk, shared: &Shared) -> (Duration, bool) {
    match desk.call() {
        None => (Duration::ZERO, false),
        Some(call) if call.scribe.has_unsaved() => (FLUSH, true),
        Some(call) if call.scribe.is_needed() || call.short_patience().is_some() => (call.patience(), !call.ended()),
        Some(_) => (shared.limits.live_idle.min(shared.limits.idle), false),
    }
}

async fn serve(desk: &mut Desk, command: Command, shared: &Shared) {
    let Command { ask, reply, .. } = command;
    if reply.is_closed() && matches!(ask, Ask::PickUp { .. }) {
        return;
    }
    let _work = shared.meter.work();
    let mut asker = Some(reply);
    let reply = desk.answer(ask, &mut asker).await;
    // Whoever asked may have given up waiting, or been sent away; the answer stands and is picked up later.
    let _ = asker.map(|asker| asker.send(reply));
}
