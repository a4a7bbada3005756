//! A worker thread: its calls, each a task with a mailbox.

use super::answer::Reply;
use super::call::{Asker, Call};
use super::host::{Ask, Command, Shared};
use super::meter::Beats;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{LocalSet, spawn_local};
use tokio::time::timeout;

/// The mailboxes of this worker's calls, by call id.
type Calls = Rc<RefCell<HashMap<String, UnboundedSender<Command>>>>;

/// Runs a worker until its command channel is closed.
pub(super) fn run(number: usize, shared: Arc<Shared>, mut commands: UnboundedReceiver<Command>) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(4).build()?;
    let calls = Calls::default();
    LocalSet::new().block_on(&runtime, async move {
        spawn_local(beat(number, Arc::clone(&shared)));
        while let Some(command) = commands.recv().await {
            hand_over(command, &calls, &shared);
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

/// Puts a command into its call's mailbox; a call that is not in memory is opened.
fn hand_over(command: Command, calls: &Calls, shared: &Arc<Shared>) {
    let known = calls.borrow().get(&command.call).cloned();
    let command = match known {
        Some(mailbox) => match mailbox.send(command) {
            Ok(()) => return,
            Err(unsent) => unsent.0,
        },
        None => command,
    };
    let (mailbox, receiver) = unbounded_channel();
    let id = command.call.clone();
    // The receiver is right here, so it takes it.
    let _ = mailbox.send(command);
    calls.borrow_mut().insert(id.clone(), mailbox);
    spawn_local(attend(id, receiver, Rc::clone(calls), Arc::clone(shared)));
}

/// Attends to one call until nobody asks for it any more.
async fn attend(id: String, mut mailbox: UnboundedReceiver<Command>, calls: Calls, shared: Arc<Shared>) {
    let _live = shared.meter.live();
    let mut call = reopen(&id, &shared).await;
    loop {
        let patience = call.as_ref().map_or(Duration::ZERO, Call::patience);
        match timeout(patience, mailbox.recv()).await {
            Ok(Some(command)) => {
                let mut asker = Some(command.reply);
                let reply = answer(&mut call, command.ask, &mut asker, &id, &shared).await;
                // Whoever asked may have given up waiting, or been sent away; the answer stands and is picked up later.
                let _ = asker.map(|asker| asker.send(reply));
            }
            Ok(None) => break,
            Err(_) => {
                if let Some(call) = &mut call {
                    call.hang_up(&mut None).await;
                }
                // Something may have come in while the final handlers ran.
                if mailbox.is_empty() {
                    break;
                }
            }
        }
    }
    calls.borrow_mut().remove(&id);
}

/// The call as its journal leaves it, if it has one.
async fn reopen(id: &str, shared: &Arc<Shared>) -> Option<Call> {
    let journal = match shared.store.read(id, 0).await {
        Ok(found) => found?.journal,
        Err(error) => {
            shared.meter.store_error();
            tracing::error!(call = id, %error, "the journal cannot be read");
            return None;
        }
    };
    match Call::rebuild(journal, Arc::clone(shared)) {
        Ok(call) => Some(call),
        Err(error) => {
            tracing::error!(call = id, %error, "the call cannot be rebuilt");
            None
        }
    }
}

async fn answer(call: &mut Option<Call>, ask: Ask, asker: &mut Asker, id: &str, shared: &Arc<Shared>) -> Reply {
    match ask {
        Ask::Begin { app, url, session } => {
            let call = call.get_or_insert_with(|| Call::new(id, app, Arc::clone(shared)));
            if call.answer().is_none() {
                shared.meter.begun();
                call.begin(url, session, asker).await;
            }
        }
        Ask::Deliver { turn, news } => {
            let Some(call) = call else { return Reply::Unknown };
            match call.waiting_in(turn).map(news) {
                Some(happening) => {
                    call.advance(happening, asker).await;
                }
                None => {
                    let current = call.turn();
                    tracing::info!(call = id, turn, current, "a turn delivered again gets the current answer");
                }
            }
        }
        Ask::PickUp => {}
        Ask::HangUp => {
            if let Some(call) = call {
                call.hear_of_hang_up(asker).await;
            }
        }
    }
    match call.as_ref().and_then(|call| call.answer()) {
        Some(answer) => Reply::Answer(Arc::clone(answer)),
        None => Reply::Unknown,
    }
}
