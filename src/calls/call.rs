use super::answer::{Answer, Filler, Outcome, Reply};
use super::app::App;
use super::host::Shared;
use crate::dialogue::{
    Ending, Event, FetchAudio, FetchRequest, Happening, Heard, Next, Origin, Purpose, Reason, Response, Sensitive,
    Speech, Spoken, Step, TransferKind,
};
use crate::fetch::Jar;
use crate::interpreter::{Interpreter, Settings, TraceLine};
use crate::policy::Conversation;
use crate::store::{Append, Entry, FORMAT, Head, Journal, Then};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How long a fetch takes before `fetchaudio` is heard, where no `fetchaudiodelay` says.
const FETCH_AUDIO_DELAY: Duration = Duration::from_secs(2);

/// Whoever waits for an answer; `None` once it has got one.
pub(super) type Asker = Option<oneshot::Sender<Reply>>;

/// One call on its worker: its conversation, and the answer that stands.
pub(super) struct Call {
    id: String,
    app: Arc<App>,
    shared: Arc<Shared>,
    head: Arc<Head>,
    /// How many entries of its journal are known.
    known: usize,
    /// `None` once the call is over.
    conversation: Option<Conversation<Interpreter>>,
    answer: Option<Arc<Answer>>,
    /// Its cookies.
    jar: Jar,
    /// What the caller has heard of the coming answer.
    played: Vec<Spoken>,
    /// The caller has hung up in a recording, which is still to come.
    leaving: bool,
}

/// A call that is over stays in memory for so long for late webhooks; after that its journal answers them.
const AFTER_THE_END: Duration = Duration::from_secs(300);
/// How long the news of a hang-up we asked for may take.
const AFTER_DISCONNECT: Duration = Duration::from_secs(60);
/// A platform that was told to hand the caller over does so at once, but may ask again for what it was told.
const AFTER_HANDING_OVER: Duration = Duration::from_secs(15);
/// A hang-up in a recording is told by the call's status, too, perhaps before the recording is.
const UNTIL_RECORDED: Duration = Duration::from_secs(5);

/// Why a call cannot be rebuilt from its journal.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The journal is of a format this program does not read.
    #[error("the journal has format {0}, this program reads {FORMAT}")]
    Format(u32),
    /// The application is not configured any more.
    #[error("application {0} is not configured")]
    App(String),
    /// The application's configuration or mapping has changed since the call began.
    #[error("the configuration of application {0} has changed since the call began")]
    Settings(String),
    /// A turn came out otherwise than it was.
    #[error("turn {turn} comes out otherwise than it was answered")]
    Differs {
        /// The turn.
        turn: u32,
    },
}

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

    fn of(head: Arc<Head>, app: Arc<App>, shared: Arc<Shared>) -> Self {
        let id = head.call.clone();
        let limits = &shared.limits;
        let settings = Settings {
            call: id.clone(),
            timezone: app.timezone.clone(),
            lang: app.language.clone(),
            dialect: app.dialect,
            script_time: limits.script_time,
            script_heap: limits.script_heap,
            max_transitions: limits.max_transitions,
            objects: Arc::clone(&app.objects),
        };
        let interpreter = Interpreter::new(settings, Arc::clone(&shared.library));
        let conversation = Conversation::new(interpreter, app.mode, app.mapping.clone());
        Self {
            id,
            app,
            shared,
            head,
            known: 0,
            conversation: Some(conversation),
            answer: None,
            jar: Jar::default(),
            played: Vec::new(),
            leaving: false,
        }
    }

    /// Begins the journal and runs to the first answer.
    pub(super) async fn begin(
        &mut self,
        url: Option<String>,
        session: serde_json::Value,
        asker: &mut Asker,
    ) -> Arc<Answer> {
        let url = url.unwrap_or_else(|| self.app.start.clone());
        self.advance(Happening::Start { url, session }, asker).await
    }

    /// A call as its journal leaves it, asking neither web server nor NLU again.
    pub(super) fn rebuild(journal: Journal, shared: Arc<Shared>) -> Result<Self, ReplayError> {
        let head = journal.head;
        if head.format > FORMAT {
            return Err(ReplayError::Format(head.format));
        }
        let app = shared.apps.get(&head.app).cloned().ok_or_else(|| ReplayError::App(head.app.clone()))?;
        if app.settings != head.settings {
            return Err(ReplayError::Settings(head.app));
        }
        let mut call = Self::of(Arc::new(head), app, shared);
        for entry in journal.entries {
            call.replay(entry)?;
        }
        Ok(call)
    }

    /// The answer that stands, if the call has begun.
    pub(super) fn answer(&self) -> Option<&Arc<Answer>> {
        self.answer.as_ref()
    }

    /// Whether the call is over.
    pub(super) fn ended(&self) -> bool {
        self.conversation.is_none()
    }

    /// How long something may be waited for before the caller counts as gone.
    pub(super) fn patience(&self) -> Duration {
        let patience = match self.next() {
            _ if self.ended() => AFTER_THE_END,
            Some(Next::Disconnect) => AFTER_DISCONNECT,
            Some(Next::Record(_)) if self.leaving => UNTIL_RECORDED,
            Some(next) if is_blind(next) => AFTER_HANDING_OVER,
            _ => return self.shared.limits.idle,
        };
        patience.min(self.shared.limits.idle)
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

    /// Lets something happen to the call and runs it to its next answer, which is in the journal when this returns. If
    /// that takes long, whoever asked may be sent away with something to hear.
    pub(super) async fn advance(&mut self, happening: Happening, asker: &mut Asker) -> Arc<Answer> {
        let begun = Instant::now();
        let (heard, secret) = self.understand(happening);
        let mut events = Vec::with_capacity(2);
        let mut trace = Vec::new();
        let mut event = Event { at: (self.shared.clock)(), happening: heard.clone() };
        let outcome = loop {
            events.push(event.clone());
            match self.handle(event) {
                Some(Step::Fetch(request)) => {
                    let response = self.fetch(&request, asker).await;
                    let happening = Happening::Fetched { request: request.id, response };
                    event = Event { at: (self.shared.clock)(), happening };
                }
                step => break conclude(step, &heard),
            }
        };
        self.gather_trace(&mut trace);
        let cookies = self.jar.take_news();
        let turn = self.turn() + 1;
        let entry = Entry { turn, events, cookies, answer: Some(outcome.digest()), effect: None, played: false };
        let then = if outcome.ends() { Then::Ended } else { Then::Open };
        let append = Append { head: Arc::clone(&self.head), at: self.known, entry, then };
        self.known += 1;
        if let Err(error) = self.shared.store.append(append).await {
            tracing::error!(call = %self.id, %error, "a turn is not in the journal");
        }
        let answer = self.settle(outcome, heard, secret, trace);
        let answer = Answer { taken: begun.elapsed(), ..answer };
        tracing::info!(
            call = %self.id, app = %self.app.name, turn = answer.turn, next = answer.outcome.next(),
            ms = answer.taken.as_millis() as u64, "answered"
        );
        let answer = Arc::new(answer);
        self.answer = Some(Arc::clone(&answer));
        answer
    }

    /// The caller is said to have gone: the final handlers run, once. A recording he has just made is waited for.
    pub(super) async fn hear_of_hang_up(&mut self, asker: &mut Asker) {
        match self.next() {
            Some(Next::Record(_)) if !self.leaving => self.leaving = true,
            _ => self.hang_up(asker).await,
        }
    }

    /// The caller has gone: the final handlers run, once.
    pub(super) async fn hang_up(&mut self, asker: &mut Asker) {
        if self.ended() || self.answer.is_none() {
            return;
        }
        // Whoever was to be handed over without further news is so: the call goes on elsewhere, or has done so.
        let happening = match self.next() {
            Some(next) if is_blind(next) => {
                Happening::TransferEnded { result: "connected".to_owned(), duration: 0, input: None }
            }
            _ => Happening::HungUp,
        };
        self.advance(happening, asker).await;
    }

    /// Fetches; if that takes longer than `fetchaudiodelay`, the caller hears the `fetchaudio`.
    async fn fetch(&mut self, request: &FetchRequest, asker: &mut Asker) -> Response {
        let app = Arc::clone(&self.app);
        let turn = self.turn();
        let fetching = app.fetcher.fetch(request, &mut self.jar);
        let Some(audio) = &request.audio else { return fetching.await };
        let delay = audio.delay.map_or(FETCH_AUDIO_DELAY, Duration::from_millis);
        tokio::pin!(fetching);
        let slow = async {
            tokio::time::sleep(delay).await;
            let mut probe = FetchRequest::get(&audio.url, Purpose::Audio);
            probe.timeout = request.timeout;
            matches!(app.fetcher.fetch(&probe, &mut Jar::default()).await, Response::Found(_))
        };
        let playable = tokio::select! {
            response = &mut fetching => return response,
            playable = slow => playable,
        };
        if playable {
            let waiting = Spoken {
                content: vec![Speech::Audio(audio.url.clone())],
                bargein: false,
                lang: app.language.clone(),
                origin: Origin::Application,
            };
            let filler = |prompts| Filler { app: Arc::clone(&app), prompts };
            self.shared.set_filler(&self.id, filler(vec![waiting.clone()]));
            let FetchAudio { queued, .. } = audio;
            let prompts = queued.iter().cloned().chain([waiting]).collect();
            let reply = Reply::Wait { turn, filler: Some(filler(prompts)) };
            if asker.take().is_some_and(|asker| asker.send(reply).is_ok()) {
                self.played.clone_from(queued);
            }
        }
        let response = fetching.await;
        self.shared.clear_filler(&self.id);
        response
    }

    fn replay(&mut self, entry: Entry) -> Result<(), ReplayError> {
        let differs = ReplayError::Differs { turn: entry.turn };
        let Some(first) = entry.events.first().map(|event| event.happening.clone()) else {
            return Err(differs);
        };
        self.known += 1;
        let secret = self.secret();
        self.jar.restore(&entry.cookies);
        let mut step = None;
        for event in entry.events {
            if self.ended() {
                return Err(differs);
            }
            step = self.handle(event);
        }
        let outcome = conclude(step, &first);
        if !entry.answer.is_some_and(|recorded| outcome.has_digest(&recorded)) {
            return Err(differs);
        }
        let mut trace = Vec::new();
        self.gather_trace(&mut trace);
        self.answer = Some(Arc::new(self.settle(outcome, first, secret, trace)));
        Ok(())
    }

    /// Adds to speech what it means in this state. NLU stands outside the interpreter, so that its finding is part of
    /// the event and a replay need not ask it again.
    fn understand(&self, happening: Happening) -> (Happening, bool) {
        let secret = self.secret();
        let state = self.conversation.as_ref().and_then(|conversation| conversation.state());
        match (happening, state) {
            (Happening::Heard(Heard::Speech { utterance, confidence, alternatives, .. }), Some(state)) => {
                let finding = catch_unwind(AssertUnwindSafe(|| state.understand(&utterance))).unwrap_or_default();
                (Happening::Heard(Heard::Speech { utterance, confidence, alternatives, finding }), secret)
            }
            (happening, _) => (happening, secret),
        }
    }

    fn secret(&self) -> bool {
        self.conversation.as_ref().is_some_and(Conversation::secret)
    }

    /// One event into the conversation; `None` if it panicked (or is over). A panic is our fault, not the server's end.
    fn handle(&mut self, event: Event) -> Option<Step> {
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

    fn settle(&mut self, outcome: Outcome, heard: Happening, secret: bool, trace: Vec<TraceLine>) -> Answer {
        if outcome.ends() {
            self.drop_conversation();
        }
        let turn = self.turn() + 1;
        let played = std::mem::take(&mut self.played);
        let played = if outcome.prompts().starts_with(&played) { played.len() } else { 0 };
        Answer { app: Arc::clone(&self.app), turn, played, outcome, heard, secret, taken: Default::default(), trace }
    }

    fn gather_trace(&mut self, trace: &mut Vec<TraceLine>) {
        let Some(conversation) = &mut self.conversation else { return };
        for line in conversation.application_mut().take_trace() {
            // It may hold what the caller said: masked here, shown in transcripts only.
            tracing::debug!(call = %self.id, line = %Sensitive(line.to_string()), "trace");
            trace.push(line);
        }
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
fn conclude(step: Option<Step>, heard: &Happening) -> Outcome {
    match step {
        Some(Step::Turn(_)) if *heard == Happening::HungUp => {
            Outcome::Ending(Ending { prompts: Vec::new(), reason: Reason::HungUp, namelist: Vec::new() })
        }
        Some(Step::Turn(turn)) => Outcome::Turn(turn),
        Some(Step::Done(ending)) => Outcome::Ending(ending),
        Some(Step::Fetch(_)) | None => Outcome::Broken,
    }
}
