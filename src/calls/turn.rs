//! One turn of a call: what happened goes in, fetches are made, the answer is in the journal before it stands.

use super::answer::{Filler, Outcome, Reply};
use super::app::App;
use super::call::{Asker, Call, conclude};
use super::host::Shared;
use super::scribe::{CLAIM, CLAIM_AGAIN, Later, Scribe, Setback};
use crate::dialogue::{
    Effect, Event, FetchAudio, FetchRequest, Happening, Heard, Method, Origin, Purpose, Response, SetCookie, Speech,
    Spoken, Step,
};
use crate::fetch::Jar;
use crate::store::{Entry, Then};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::{interval, sleep};

/// How long a fetch takes before `fetchaudio` is heard, where no `fetchaudiodelay` says.
const FETCH_AUDIO_DELAY: Duration = Duration::from_secs(2);
/// A fetch that takes longer may make the platform ask again, anywhere: what happened so far is written down first.
const PART_AFTER: Duration = Duration::from_secs(1);

/// A turn on its way to its answer.
pub(super) struct Progress {
    /// What led to it, with what NLU found.
    pub(super) heard: Happening,
    /// Whether that is secret.
    pub(super) secret: bool,
    /// What the caller has heard of the coming answer.
    pub(super) played: Vec<Spoken>,
    /// Whether another host was playing `fetchaudio` to the caller.
    waits_with_music: bool,
    /// What happened and is not in the journal yet.
    events: Vec<Event>,
    /// The cookies that were set and are not in the journal yet.
    cookies: Vec<SetCookie>,
    /// Whether the answer of a submit is among the events.
    submitted: bool,
    /// What the last event led to.
    step: Option<Step>,
    /// The effect that somebody was about to send, by the journal. Whether it was is not known.
    unanswered: Option<String>,
    begun: Instant,
}

impl Progress {
    fn new(heard: Happening, secret: bool) -> Self {
        Self {
            heard,
            secret,
            played: Vec::new(),
            waits_with_music: false,
            events: Vec::with_capacity(2),
            cookies: Vec::new(),
            submitted: false,
            step: None,
            unanswered: None,
            begun: Instant::now(),
        }
    }

    /// What the caller hears while he waits, if that has begun.
    pub(super) fn filler(&self, call: &Call) -> Option<Filler> {
        let Some(Step::Fetch(request)) = &self.step else { return None };
        let audio = request.audio.as_ref().filter(|_| self.waits_with_music)?;
        Some(Filler { app: Arc::clone(&call.app), prompts: vec![played(audio, &call.app)] })
    }
}

impl Call {
    /// Lets something happen to the call and runs it to its next answer, which is in the journal when this returns. If
    /// that takes long, whoever asked may be sent away with something to hear.
    pub(super) async fn advance(&mut self, happening: Happening, asker: &mut Asker) -> Result<(), Setback> {
        let at = (self.shared.clock)();
        let (heard, secret) = self.understand(happening, at);
        let heard = self.consult(heard, secret, at).await;
        let mut progress = Progress::new(heard.clone(), secret);
        self.happen_at(at, heard, &mut progress);
        self.run(progress, asker).await
    }

    /// Goes on with a turn to its answer.
    pub(super) async fn run(&mut self, mut progress: Progress, asker: &mut Asker) -> Result<(), Setback> {
        loop {
            let request = match progress.step.take() {
                Some(Step::Fetch(request)) => request,
                step => return self.finish(step, progress).await,
            };
            if progress.submitted {
                // What a submit was answered must not be lost with this host while the next fetch takes its time.
                self.write_part(&mut progress, None).await?;
            }
            let (id, method) = (request.id, request.method);
            let response = self.respond(request, &mut progress, asker).await?;
            progress.cookies.extend(self.jar.take_news());
            if !matches!(response, Response::Found(_)) {
                self.shared.meter.failed_fetch();
            }
            progress.submitted |= method == Method::Post;
            self.happen(Happening::Fetched { request: id, response }, &mut progress);
        }
    }

    /// The turn's answer, in the journal.
    async fn finish(&mut self, step: Option<Step>, mut progress: Progress) -> Result<(), Setback> {
        let outcome = conclude(step, &progress.heard);
        let entry = Entry {
            turn: self.turn() + 1,
            events: std::mem::take(&mut progress.events),
            cookies: std::mem::take(&mut progress.cookies),
            answer: Some(outcome.digest()),
            writer: None,
            effect: None,
            played: false,
        };
        let then = if outcome.ends() { Then::Ended } else { Then::Open };
        let later = if progress.submitted { Later::MustNot } else { Later::May };
        self.scribe.write(entry, then, later).await?;
        let taken = progress.begun.elapsed();
        self.settle(progress, outcome, taken);
        self.count();
        Ok(())
    }

    /// A turn that cannot be written any more ends the call.
    pub(super) fn give_up(&mut self) {
        let progress = Progress::new(Happening::Resumed, false);
        self.settle(progress, Outcome::Broken, Duration::ZERO);
    }

    fn count(&self) {
        let Some(answer) = self.answer() else { return };
        if answer.turn == 1 {
            self.shared.meter.begun();
        }
        self.shared.meter.answered(answer.outcome.ends(), answer.outcome == Outcome::Broken);
        tracing::info!(
            call = %self.id, app = %self.app.name, turn = answer.turn, next = answer.outcome.next(),
            ms = answer.taken.as_millis() as u64, "answered"
        );
    }

    fn happen(&mut self, happening: Happening, progress: &mut Progress) {
        self.happen_at((self.shared.clock)(), happening, progress);
    }

    fn happen_at(&mut self, at: i64, happening: Happening, progress: &mut Progress) {
        let event = Event { at, happening };
        progress.events.push(event.clone());
        progress.step = self.handle(event);
    }

    /// One entry of the journal, or a part of one, as it was written; `None` if it comes out otherwise now.
    pub(super) fn replay(&mut self, entry: Entry) -> Option<()> {
        self.scribe.has_read_one();
        self.jar.restore(&entry.cookies);
        let mut events = entry.events.into_iter().peekable();
        let mut progress = match self.progress.take() {
            Some(progress) => progress,
            None => Progress::new(events.peek()?.happening.clone(), self.secret()),
        };
        if self.turn() + 1 != entry.turn {
            return None;
        }
        for event in events {
            if self.ended() {
                return None;
            }
            progress.step = self.handle(event);
            progress.unanswered = None;
        }
        let Some(digest) = entry.answer else {
            progress.unanswered = entry.effect.or(progress.unanswered);
            if let (true, Some(Step::Fetch(FetchRequest { audio: Some(audio), .. }))) = (entry.played, &progress.step) {
                progress.played.clone_from(&audio.queued);
                progress.waits_with_music = true;
            }
            self.progress = Some(progress);
            return Some(());
        };
        let outcome = conclude(progress.step.take(), &progress.heard);
        if !outcome.has_digest(&digest) {
            return None;
        }
        self.settle(progress, outcome, Duration::ZERO);
        Some(())
    }

    /// Fetches what the application asks for. What must not happen twice is announced in the journal first.
    async fn respond(
        &mut self,
        mut request: FetchRequest,
        progress: &mut Progress,
        asker: &mut Asker,
    ) -> Result<Response, Setback> {
        if request.method == Method::Post {
            // A call that began anew must not be taken for what it did before.
            let effect = format!("{}-{:x}-{}", self.id, self.scribe.head().started, request.id);
            let is_known = progress.unanswered.take().is_some_and(|unanswered| unanswered == effect);
            if is_known && !self.app.repeats_submits {
                let message = "the answer of a submit was lost with the server that sent it".to_owned();
                tracing::error!(call = %self.id, effect, "a submit may or may not have arrived, and is not sent again");
                return Ok(Response::Failed { status: None, message });
            }
            if !is_known {
                self.write_part(progress, Some(effect.clone())).await?;
            }
            request.effect = Some(Effect { id: effect, repeats: self.app.repeats_submits });
        }
        self.fetch(&request, progress, asker).await
    }

    /// Writes what happened so far, before something that must not happen twice.
    async fn write_part(&mut self, progress: &mut Progress, effect: Option<String>) -> Result<(), Setback> {
        let part = Part { turn: self.turn() + 1, effect, played: false };
        part.write(&mut self.scribe, &self.shared, progress, Later::MustNot).await
    }

    /// Fetches; if that takes longer than `fetchaudiodelay`, the caller hears the `fetchaudio`. If it takes long at all,
    /// what happened so far is in the journal, so that the answer can be picked up anywhere.
    async fn fetch(
        &mut self,
        request: &FetchRequest,
        progress: &mut Progress,
        asker: &mut Asker,
    ) -> Result<Response, Setback> {
        let turn = self.turn();
        let Self { app, scribe, jar, shared, id, .. } = self;
        let fetching = app.fetcher.fetch(request, jar);
        let (long, music) = (sleep(PART_AFTER), music(request, app));
        let mut claims = interval(CLAIM_AGAIN);
        claims.reset();
        tokio::pin!(fetching, long, music);
        let (mut is_noted, mut is_quiet) = (request.effect.is_some(), true);
        let mut fetched = None;
        let response = loop {
            if let Some(response) = fetched.take() {
                break response;
            }
            tokio::select! {
                response = &mut fetching => break response,
                () = &mut long, if !is_noted => {
                    is_noted = true;
                    let part = Part { turn: turn + 1, effect: None, played: false };
                    let writing = part.write(scribe, shared, progress, Later::May);
                    meanwhile(writing, fetching.as_mut(), &mut fetched).await?;
                }
                _ = claims.tick(), if is_noted => {
                    meanwhile(scribe.claim(), fetching.as_mut(), &mut fetched).await;
                }
                music = &mut music, if is_quiet => {
                    is_quiet = false;
                    let (Some(music), Some(audio)) = (music, &request.audio) else { continue };
                    let filler = |prompts| Filler { app: Arc::clone(app), prompts };
                    shared.set_filler(id, filler(vec![music.clone()]));
                    if asker.as_ref().is_some_and(|asker| !asker.is_closed()) {
                        is_noted = true;
                        let part = Part { turn: turn + 1, effect: None, played: true };
                        let writing = part.write(scribe, shared, progress, Later::May);
                        meanwhile(writing, fetching.as_mut(), &mut fetched).await?;
                        let prompts = audio.queued.iter().cloned().chain([music]).collect();
                        let reply = Reply::Wait { turn, filler: Some(filler(prompts)) };
                        let _ = asker.take().map(|asker| asker.send(reply));
                        progress.played.clone_from(&audio.queued);
                    }
                }
            }
        };
        shared.clear_filler(id);
        Ok(response)
    }

    /// Adds to speech what it means in this state at this time, "tomorrow" being the application's. NLU stands outside the
    /// interpreter, so that its finding is part of the event and a replay need not ask it again.
    fn understand(&self, happening: Happening, at: i64) -> (Happening, bool) {
        let secret = self.secret();
        match (happening, self.conversation()) {
            (Happening::Heard(Heard::Speech { utterance, confidence, alternatives, .. }), Some(conversation)) => {
                let now = local_time(at, &self.app.timezone);
                let understand = || conversation.understand(&utterance, now);
                let finding = catch_unwind(AssertUnwindSafe(understand)).unwrap_or_default();
                (Happening::Heard(Heard::Speech { utterance, confidence, alternatives, finding }), secret)
            }
            (happening, _) => (happening, secret),
        }
    }
}

/// What the clocks say in a time zone.
pub(super) fn local_time(at: i64, zone: &str) -> DateTime {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    zone.to_datetime(Timestamp::from_millisecond(at).unwrap_or_default())
}

/// Waits for the store while the fetch goes on, as the fetch's time limit does.
async fn meanwhile<W: Future>(
    waiting: W,
    mut fetching: Pin<&mut impl Future<Output = Response>>,
    fetched: &mut Option<Response>,
) -> W::Output {
    let mut waiting = pin!(waiting);
    loop {
        tokio::select! {
            done = &mut waiting => return done,
            response = fetching.as_mut(), if fetched.is_none() => *fetched = Some(response),
        }
    }
}

/// The `fetchaudio` of a request, once it is time for it and if it can be played.
async fn music(request: &FetchRequest, app: &App) -> Option<Spoken> {
    let audio = request.audio.as_ref()?;
    sleep(audio.delay.map_or(FETCH_AUDIO_DELAY, Duration::from_millis)).await;
    let mut probe = FetchRequest::get(&audio.url, Purpose::Audio);
    probe.timeout = request.timeout;
    let found = app.fetcher.fetch(&probe, &mut Jar::default()).await;
    matches!(found, Response::Found(_)).then(|| played(audio, app))
}

fn played(audio: &FetchAudio, app: &App) -> Spoken {
    Spoken {
        content: vec![Speech::Audio(audio.url.clone())],
        bargein: false,
        lang: app.language.clone(),
        origin: Origin::Application,
    }
}

/// A part of a turn, to be written.
struct Part {
    turn: u32,
    effect: Option<String>,
    played: bool,
}

impl Part {
    async fn write(
        self,
        scribe: &mut Scribe,
        shared: &Shared,
        progress: &mut Progress,
        later: Later,
    ) -> Result<(), Setback> {
        let entry = Entry {
            turn: self.turn,
            events: std::mem::take(&mut progress.events),
            cookies: std::mem::take(&mut progress.cookies),
            answer: None,
            writer: Some(shared.owner.clone()),
            effect: self.effect,
            played: self.played,
        };
        progress.submitted = false;
        let then = Then::Working { owner: shared.owner.clone(), claimed: CLAIM };
        scribe.write(entry, then, later).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_fetch_goes_on_while_the_store_is_waited_for() {
        let steps = async {
            sleep(Duration::from_millis(50)).await;
            sleep(Duration::from_millis(50)).await;
            Response::Denied { message: "answered".to_owned() }
        };
        let limited = async {
            let late = |_| Response::Failed { status: None, message: "no answer in time".to_owned() };
            tokio::time::timeout(Duration::from_millis(250), steps).await.unwrap_or_else(late)
        };
        let mut fetching = pin!(limited);
        let mut fetched = None;
        meanwhile(sleep(Duration::from_millis(400)), fetching.as_mut(), &mut fetched).await;
        assert!(matches!(fetched, Some(Response::Denied { .. })), "{fetched:?}");
    }
}
