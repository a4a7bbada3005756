//! What is asked of one call, answered in order; the call itself is in memory or is opened from its journal.

use super::answer::Reply;
use super::app::App;
use super::call::{Asker, Call};
use super::host::{Ask, News, Shared};
use super::scribe::{Scribe, Setback};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How often the journal is looked at for what another host is working on.
const LOOK_AGAIN: Duration = Duration::from_millis(150);
/// So many times a caller is sent round for an answer nobody works on (any more); then the question is asked again.
const MOST_ROUNDS: u32 = 4;
/// How long an answer that seems lost is still looked for.
const LAST_LOOK: Duration = Duration::from_secs(1);
/// What others have answered from memory is in the journal so long after the store is back.
const UNTIL_FLUSHED: Duration = Duration::from_secs(3);
/// What a caller said is held so long while the turn before it is not in the journal.
const HELD: Duration = Duration::from_secs(30);
/// The clocks of hosts may differ by so much, in milliseconds.
const SKEW: i64 = 2_000;
/// A hang-up waits so long for the turn before it.
const AFTER_THE_LAST_TURN: Duration = Duration::from_secs(60);

/// One call's place on its worker.
pub(super) struct Desk {
    id: String,
    shared: Arc<Shared>,
    call: Option<Call>,
    /// Why there is no call, where its journal is there but cannot be gone on with.
    lost: Option<Arc<App>>,
}

/// What became of waiting for a turn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turned {
    /// It is answered.
    Yes,
    /// Somebody is at work on it.
    SoonElsewhere,
    /// It has not been heard of.
    Unheard,
}

impl Desk {
    pub(super) fn new(id: String, shared: Arc<Shared>) -> Self {
        Self { id, shared, call: None, lost: None }
    }

    pub(super) fn call(&self) -> Option<&Call> {
        self.call.as_ref()
    }

    /// Does what is asked. Whoever asks may get a reply before, and is then gone from `asker`.
    pub(super) async fn answer(&mut self, ask: Ask, asker: &mut Asker) -> Reply {
        let turn = ask.turn();
        let done = match ask {
            Ask::Begin { app, url, session } => self.begin(app, url, session, asker).await,
            Ask::Deliver { turn, news } => self.deliver(turn, news, asker).await,
            Ask::PickUp { turn, rounds } => self.pick_up(turn, rounds, asker).await,
            Ask::HangUp => self.hang_up(asker).await,
            Ask::Look => self.look(asker).await,
        };
        match done {
            Ok(Turned::Yes) => self.current(),
            Err(Setback::Unreachable) => {
                Reply::Moment { turn, app: self.call.as_ref().map(|call| Arc::clone(&call.app)) }
            }
            Ok(Turned::SoonElsewhere | Turned::Unheard) | Err(Setback::Behind) => {
                let filler = self.call.as_ref().and_then(|call| call.progress.as_ref()?.filler(call));
                Reply::Wait { turn, filler }
            }
            Err(Setback::Busy) => match self.call.take() {
                Some(call) => Reply::Busy(call.app),
                None => Reply::Unknown,
            },
            Err(Setback::Full) => self.current(),
        }
    }

    /// Nobody has asked for a while: what is not in the journal is tried again, and whoever is not heard of any more has
    /// hung up.
    pub(super) async fn idle(&mut self, since: Duration) {
        let Some(call) = &mut self.call else { return };
        if call.scribe.has_unsaved() && call.scribe.flush().await == Err(Setback::Behind) {
            self.call = None;
            return;
        }
        if since >= call.patience() && !call.ended() {
            let done = call.hang_up(&mut None).await;
            // Whoever asks next is told what came of it.
            let _ = self.take_back(done);
        }
    }

    fn current(&self) -> Reply {
        match (self.call.as_ref().and_then(Call::answer), &self.lost) {
            (Some(answer), _) => Reply::Answer(Arc::clone(answer)),
            (None, Some(app)) => Reply::Lost(Arc::clone(app)),
            (None, None) => Reply::Unknown,
        }
    }

    async fn begin(
        &mut self,
        app: Arc<App>,
        url: Option<String>,
        session: serde_json::Value,
        asker: &mut Asker,
    ) -> Result<Turned, Setback> {
        if self.call.is_none() && self.lost.is_none() {
            let mut call = Call::new(&self.id, app, Arc::clone(&self.shared));
            let done = call.begin(url, session, asker).await;
            self.call = Some(call);
            match self.take_back(done) {
                // Another host has begun it.
                Err(Setback::Behind) => {}
                other => return other.map(|()| Turned::Yes),
            }
        }
        self.until_answered(0, asker).await
    }

    async fn deliver(&mut self, turn: u32, news: News, asker: &mut Asker) -> Result<Turned, Setback> {
        if self.call.as_ref().is_none_or(|call| call.turn() < turn || call.progress.is_some()) {
            self.find().await?;
        }
        // What led here may not be in the journal yet: its host may have answered from memory.
        let (arrived, held) = ((self.shared.clock)(), Instant::now());
        let is_early = self.call.as_ref().is_some_and(|call| call.turn() < turn);
        while self.call.as_ref().is_some_and(|call| call.turn() < turn) && held.elapsed() < HELD && self.is_shared() {
            self.until_answered(turn.saturating_sub(1), asker).await?;
        }
        let Some(call) = &mut self.call else { return Ok(Turned::Yes) };
        if call.turn() < turn {
            tracing::error!(
                call = self.id,
                turn,
                "turns were lost with a server: the last question known is asked again"
            );
            return Ok(Turned::Yes);
        }
        if is_early && call.last() > arrived.saturating_add(SKEW) {
            // The turn came about anew: the caller was asked again meanwhile, and this was said to the lost one.
            tracing::warn!(call = self.id, turn, "what was said to a turn that was lost does not count");
            return Ok(Turned::Yes);
        }
        let current = call.turn();
        match call.waiting_in(turn).filter(|_| call.progress.is_none()).map(news) {
            Some(happening) => {
                let done = call.advance(happening, asker).await;
                match self.take_back(done) {
                    Err(Setback::Behind) => self.until_answered(turn, asker).await,
                    other => other.map(|()| Turned::Yes),
                }
            }
            None if current == turn => self.until_answered(turn, asker).await,
            None => {
                tracing::info!(call = self.id, turn, current, "a turn delivered again gets the current answer");
                Ok(Turned::Yes)
            }
        }
    }

    /// The answer to turn `turn`, which took long or is worked on elsewhere; without a round made, the current one.
    async fn pick_up(&mut self, turn: u32, rounds: u32, asker: &mut Asker) -> Result<Turned, Setback> {
        if rounds == 0 {
            self.open().await?;
            return Ok(Turned::Yes);
        }
        if self.call.as_ref().is_some_and(|call| call.turn() > turn) {
            return Ok(Turned::Yes);
        }
        self.find().await?;
        let is_lost = rounds >= MOST_ROUNDS || !self.is_shared();
        // Who was sent round so often must get an answer before he is sent round again.
        let patience = if is_lost { self.patience().min(LAST_LOOK) } else { self.patience() };
        let turned = self.until_answered_within(patience, turn, asker).await?;
        if turned == Turned::Unheard && is_lost && self.call.is_some() {
            tracing::error!(
                call = self.id,
                turn,
                "what the caller said was lost with a server: the question is asked again"
            );
            return Ok(Turned::Yes);
        }
        Ok(turned)
    }

    async fn hang_up(&mut self, asker: &mut Asker) -> Result<Turned, Setback> {
        self.find().await?;
        let until = Instant::now() + AFTER_THE_LAST_TURN;
        while self.call.as_ref().is_some_and(|call| call.progress.is_some() || call.answer().is_none()) {
            let turn = self.call.as_ref().map_or(0, Call::turn);
            self.until_answered(turn, asker).await?;
            if Instant::now() > until {
                return Ok(Turned::SoonElsewhere);
            }
        }
        let Some(call) = &mut self.call else { return Ok(Turned::Yes) };
        let done = call.hear_of_hang_up(asker).await;
        match self.take_back(done) {
            Err(Setback::Behind) => Box::pin(self.hang_up(asker)).await,
            other => other.map(|()| Turned::Yes),
        }
    }

    /// The store says that it is time to look whether the call is still alive.
    async fn look(&mut self, asker: &mut Asker) -> Result<Turned, Setback> {
        self.open().await?;
        let now = (self.shared.clock)();
        let idle = i64::try_from(self.shared.limits.idle.as_millis()).unwrap_or(i64::MAX);
        let again = self.call.as_ref().map(|call| call.last().saturating_add(idle)).filter(|at| *at > now);
        if again.is_none() {
            self.hang_up(asker).await?;
        }
        if let Some(call) = &self.call {
            let at = again.filter(|_| !call.ended());
            if let Err(error) = self.shared.store.remind(&self.id, &call.app.name, at).await {
                tracing::warn!(call = self.id, %error, "a call is looked at again later");
            }
        }
        Ok(Turned::Yes)
    }

    /// Waits, as long as whoever asks does, until turn `turn` is answered, by this host if nobody else is at work on it.
    async fn until_answered(&mut self, turn: u32, asker: &mut Asker) -> Result<Turned, Setback> {
        self.until_answered_within(self.patience(), turn, asker).await
    }

    fn patience(&self) -> Duration {
        self.shared.limits.patience.mul_f64(0.8)
    }

    async fn until_answered_within(
        &mut self,
        patience: Duration,
        turn: u32,
        asker: &mut Asker,
    ) -> Result<Turned, Setback> {
        let until = Instant::now() + patience;
        loop {
            self.open().await?;
            let Some(call) = &mut self.call else { return Ok(Turned::Yes) };
            if call.turn() > turn {
                return Ok(Turned::Yes);
            }
            let is_begun = call.progress.is_some();
            if is_begun && call.scribe.claim().await {
                match self.take_over(asker).await {
                    Err(Setback::Behind) => continue,
                    other => return other.map(|()| Turned::Yes),
                }
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || (!is_begun && !self.shared.store.is_shared()) {
                return Ok(if is_begun { Turned::SoonElsewhere } else { Turned::Unheard });
            }
            sleep(LOOK_AGAIN.min(left)).await;
        }
    }

    /// Goes on with a turn whose host is gone.
    async fn take_over(&mut self, asker: &mut Asker) -> Result<(), Setback> {
        // Its host may have finished it right before the claim.
        self.open().await?;
        let Some(call) = &mut self.call else { return Ok(()) };
        let Some(progress) = call.progress.take() else { return Ok(()) };
        tracing::warn!(
            call = self.id,
            turn = call.turn() + 1,
            "a turn that another server left unfinished is taken over"
        );
        let done = call.run(progress, asker).await;
        self.take_back(done)
    }

    /// What the journal has; a call whose journal may still come is waited for.
    async fn find(&mut self) -> Result<(), Setback> {
        let until = Instant::now() + UNTIL_FLUSHED;
        loop {
            self.open().await?;
            if self.call.is_some() || self.lost.is_some() || !self.is_shared() || Instant::now() > until {
                return Ok(());
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    fn is_shared(&self) -> bool {
        self.shared.store.is_shared()
    }

    /// What the journal has and this copy has not.
    async fn open(&mut self) -> Result<(), Setback> {
        let known = self.call.as_ref().map_or(0, |call| call.scribe.known());
        if self.call.as_ref().is_some_and(|call| call.scribe.is_needed()) {
            return Ok(());
        }
        let Some(found) = Scribe::news(&self.shared, &self.id, known).await? else { return Ok(()) };
        let name = found.journal.head.app.clone();
        let done = match &mut self.call {
            Some(call) => call.catch_up(found.journal.entries).await,
            None => match Call::rebuild(found.journal, Arc::clone(&self.shared)).await {
                Ok(call) => {
                    self.call = Some(call);
                    Ok(())
                }
                Err(error) => Err(error),
            },
        };
        if let Err(error) = done {
            tracing::error!(call = self.id, app = name, %error, "the call cannot be gone on with; its caller gets the fallback");
            self.shared.meter.lost();
            self.call = None;
            self.lost = self.shared.apps.get(&name).cloned();
            // Nothing will ever come of it.
            let _ = self.shared.store.remind(&self.id, &name, None).await;
        }
        Ok(())
    }

    /// After a setback the copy in memory does not count any more.
    fn take_back(&mut self, done: Result<(), Setback>) -> Result<(), Setback> {
        match done {
            Err(Setback::Full) => {
                tracing::error!(call = self.id, "the call has used up its journal and ends");
                if let Some(call) = &mut self.call {
                    call.give_up();
                }
            }
            Err(Setback::Behind | Setback::Unreachable) => self.call = None,
            Err(Setback::Busy) | Ok(()) => {}
        }
        done
    }
}
