use super::answer::{Answer, Outcome, Reply};
use super::app::App;
use super::consult::Consultation;
use super::host::Shared;
use super::scribe::{Scribe, Setback};
use super::turn::Progress;
use crate::dialogue::{Ending, Event, Happening, Next, Reason, Sensitive, Step, TransferKind};
use crate::fetch::Jar;
use crate::interpreter::{Interpreter, Settings, TraceLine};
use crate::policy::Conversation;
use crate::store::{FORMAT, Head};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// Whoever waits for an answer; `None` once it has got one.
pub(super) type Asker = Option<oneshot::Sender<Reply>>;

/// One call on its worker: its conversation, and the answer that stands.
pub(super) struct Call {
    pub(super) id: String,
    pub(super) app: Arc<App>,
    pub(super) shared: Arc<Shared>,
    pub(super) scribe: Scribe,
    /// `None` once the call is over.
    conversation: Option<Conversation<Interpreter>>,
    answer: Option<Arc<Answer>>,
    /// A turn the journal has in parts only.
    pub(super) progress: Option<Progress>,
    /// Its cookies.
    pub(super) jar: Jar,
    /// When something last happened to it, in milliseconds since 1970.
    last: i64,
    /// The caller has hung up in a recording, which is still to come.
    leaving: bool,
    /// What a model is told of it.
    pub(super) consultation: Consultation,
}

/// A call that is over stays in memory for so long for late webhooks; after that its journal answers them.
const AFTER_THE_END: Duration = Duration::from_secs(30);
/// How long the news of a hang-up we asked for may take.
const AFTER_DISCONNECT: Duration = Duration::from_secs(60);
/// A platform that was told to hand the caller over does so at once, but may ask again for what it was told.
const AFTER_HANDING_OVER: Duration = Duration::from_secs(15);
/// A hang-up in a recording is told by the call's status, too, perhaps before the recording is.
const UNTIL_RECORDED: Duration = Duration::from_secs(5);

impl Call {
    /// A call that has not begun.
    pub(super) fn new(id: &str, app: Arc<App>, shared: Arc<Shared>) -> Self {
        let head = Head {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            app: app.name.clone(),
            call: id.to_owned(),
            started: (shared.clock)(),
            settings: app.settings.clone(),
        };
        Self::of(Arc::new(head), app, shared)
    }

    /// A call of which nothing is known but its head.
    pub(super) fn of(head: Arc<Head>, app: Arc<App>, shared: Arc<Shared>) -> Self {
        let limits = &shared.limits;
        let settings = Settings {
            call: head.call.clone(),
            timezone: app.timezone.clone(),
            lang: app.language.clone(),
            dialect: app.dialect,
            script_time: limits.script_time,
            script_heap: limits.script_heap,
            max_transitions: limits.max_transitions,
            objects: Arc::clone(&app.objects),
            destinations: app.destinations.clone(),
        };
        let interpreter = Interpreter::new(settings, Arc::clone(&shared.library));
        let conversation = Conversation::new(interpreter, app.mode, app.mapping.clone()).with_policy(app.policy);
        Self {
            id: head.call.clone(),
            app,
            conversation: Some(conversation),
            answer: None,
            progress: None,
            jar: Jar::default(),
            last: head.started,
            leaving: false,
            consultation: Consultation::default(),
            scribe: Scribe::new(head, Arc::clone(&shared)),
            shared,
        }
    }

    /// Runs to the first answer.
    pub(super) async fn begin(
        &mut self,
        url: Option<String>,
        session: serde_json::Value,
        asker: &mut Asker,
    ) -> Result<(), Setback> {
        let url = url.unwrap_or_else(|| self.app.start.clone());
        self.advance(Happening::Start { url, session }, asker).await
    }

    /// The answer that stands, if the call has begun.
    pub(super) fn answer(&self) -> Option<&Arc<Answer>> {
        self.answer.as_ref()
    }

    /// Whether the call is over.
    pub(super) fn ended(&self) -> bool {
        self.conversation.is_none()
    }

    /// When something last happened to it, in milliseconds since 1970.
    pub(super) fn last(&self) -> i64 {
        self.last
    }

    /// How long something may be waited for before the caller counts as gone.
    pub(super) fn patience(&self) -> Duration {
        self.short_patience().unwrap_or(self.shared.limits.idle).min(self.shared.limits.idle)
    }

    /// The same, where it is shorter than for a caller who may still speak: then the call stays in memory until it is over.
    pub(super) fn short_patience(&self) -> Option<Duration> {
        match self.next() {
            _ if self.ended() => Some(AFTER_THE_END),
            Some(Next::Disconnect) => Some(AFTER_DISCONNECT),
            Some(Next::Record(_)) if self.leaving => Some(UNTIL_RECORDED),
            Some(next) if is_blind(next) => Some(AFTER_HANDING_OVER),
            _ => None,
        }
    }

    /// The number of the turn the caller is in; 0 before the first.
    pub(super) fn turn(&self) -> u32 {
        self.answer.as_ref().map_or(0, |answer| answer.turn)
    }

    /// What turn `turn` asked for, if the caller is still in it.
    pub(super) fn waiting_in(&self, turn: u32) -> Option<&Next> {
        self.next().filter(|_| self.turn() == turn)
    }

    /// What the platform was asked to do last.
    fn next(&self) -> Option<&Next> {
        match &self.answer.as_ref()?.outcome {
            Outcome::Turn(turn) => Some(&turn.next),
            Outcome::Ending(_) | Outcome::Broken => None,
        }
    }

    /// The caller is said to have gone: the final handlers run, once. A recording he has just made is waited for.
    pub(super) async fn hear_of_hang_up(&mut self, asker: &mut Asker) -> Result<(), Setback> {
        match self.next() {
            Some(Next::Record(_)) if !self.leaving => {
                self.leaving = true;
                Ok(())
            }
            _ => self.hang_up(asker).await,
        }
    }

    /// The caller has gone: the final handlers run, once.
    pub(super) async fn hang_up(&mut self, asker: &mut Asker) -> Result<(), Setback> {
        if self.ended() || self.answer.is_none() {
            return Ok(());
        }
        // Whoever was to be handed over without further news is so: the call goes on elsewhere, or has done so.
        let happening = match self.next() {
            Some(next) if is_blind(next) => {
                Happening::TransferEnded { result: "connected".to_owned(), duration: 0, input: None }
            }
            _ => Happening::HungUp,
        };
        self.advance(happening, asker).await
    }

    /// What understands the caller in the turn being answered.
    pub(super) fn conversation(&self) -> Option<&Conversation<Interpreter>> {
        self.conversation.as_ref()
    }

    /// Whether what is heard in the turn being answered is secret.
    pub(super) fn secret(&self) -> bool {
        self.conversation.as_ref().is_some_and(Conversation::secret)
    }

    /// One event into the conversation; `None` if it panicked (or is over). A panic is our fault, not the server's end.
    pub(super) fn handle(&mut self, event: Event) -> Option<Step> {
        self.last = event.at;
        let conversation = self.conversation.as_mut()?;
        match catch_unwind(AssertUnwindSafe(|| conversation.handle(event))) {
            Ok(step) => Some(step),
            Err(_) => {
                tracing::error!(call = %self.id, app = %self.app.name, "the call broke: a fault of voxbridge, please report it");
                self.drop_conversation();
                None
            }
        }
    }

    /// A turn has come to its end: this answer stands from now on.
    pub(super) fn settle(&mut self, progress: Progress, outcome: Outcome, taken: Duration) {
        let trace = self.gather_trace();
        if let (Some(before), true) = (&self.answer, self.app.model.is_some()) {
            self.consultation.note(before, &progress.heard, progress.secret);
        }
        if outcome.ends() {
            self.drop_conversation();
        }
        let played = progress.played;
        let played = if outcome.prompts().starts_with(&played) { played.len() } else { 0 };
        self.answer = Some(Arc::new(Answer {
            app: Arc::clone(&self.app),
            turn: self.turn() + 1,
            played,
            outcome,
            heard: progress.heard,
            secret: progress.secret,
            taken,
            trace,
        }));
    }

    fn gather_trace(&mut self) -> Vec<TraceLine> {
        let Some(conversation) = &mut self.conversation else { return Vec::new() };
        let trace = conversation.application_mut().take_trace();
        for line in &trace {
            if let TraceLine::Refusal(what) = line {
                tracing::warn!(call = %self.id, app = %self.app.name, %what, "refused");
            }
            // It may hold what the caller said: masked here, shown in transcripts only.
            tracing::debug!(call = %self.id, line = %Sensitive(line.to_string()), "trace");
        }
        trace
    }

    fn drop_conversation(&mut self) {
        let conversation = self.conversation.take();
        // After a panic even its end may panic.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(conversation)));
    }
}

fn is_blind(next: &Next) -> bool {
    matches!(next, Next::Transfer(request) if request.kind == TransferKind::Blind)
}

/// What a turn's last step comes to. After a hang-up there is nobody to go on with, whatever the application wants.
pub(super) fn conclude(step: Option<Step>, heard: &Happening) -> Outcome {
    match step {
        Some(Step::Turn(_)) if *heard == Happening::HungUp => {
            Outcome::Ending(Ending { prompts: Vec::new(), reason: Reason::HungUp, namelist: Vec::new() })
        }
        Some(Step::Turn(turn)) => Outcome::Turn(turn),
        Some(Step::Done(ending)) => Outcome::Ending(ending),
        Some(Step::Fetch(_)) | None => Outcome::Broken,
    }
}
