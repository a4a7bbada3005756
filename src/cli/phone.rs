use super::Failure;
use super::target::Found;
use super::transcript::Transcript;
use crate::calls::{Answer, Beginning, Clock, Host, Options, Outcome, Reply};
use crate::channel::console::{Failure as Unmet, Move, Recording, TransferEnd, dial};
use crate::channel::twilio;
use crate::dialogue::{Finding, Happening, Heard, Next, TransferKind};
use crate::interpreter::TraceLine;
use crate::store::Memory;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// Where a simulated recording would be.
const RECORDING: &str = "https://recordings.invalid/simulated.wav";
/// How long a simulated recording or conversation lasts.
const LASTS: u64 = 5_000;

/// A call in this process, on the same host that serves webhooks, with a simulated caller.
pub(super) struct Phone {
    host: Host,
    call: String,
    answer: Arc<Answer>,
    transcript: Transcript,
    /// Where the first document lies, up to the last slash.
    place: String,
}

impl Phone {
    /// Calls the application.
    pub(super) async fn dial(
        found: Found,
        caller: String,
        called: String,
        began: Timestamp,
        clock: Clock,
    ) -> Result<Self, Failure> {
        let mut limits = found.limits;
        let app = found.ready(&clock);
        // The id seeds the scripts' random numbers: the same call comes out the same.
        let digest = crate::fetch::digest(format!("{caller} {called} {began}").as_bytes());
        let call: String = format!("SIM{digest}").chars().take(32).collect();
        limits.patience = Duration::from_secs(60);
        let store = Arc::new(Memory::default());
        let host = Host::new(Options { apps: vec![Arc::clone(&app)], workers: 1, store, clock, limits });
        let host = host.map_err(|error| Failure::unable(format!("error: the call cannot be run: {error}")))?;
        let fields = [("CallSid", &call), ("From", &caller), ("To", &called)];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.clone()));
        let incoming = twilio::decode(&fields).map_err(|error| Failure::unable(format!("error: {error}")))?;
        let session = twilio::session_variables(&incoming);
        let beginning = Beginning { app: app.name.clone(), url: None, session };
        let answer = settle(&host, &call, host.begin(&call, beginning).await).await?;
        let mut transcript = Transcript::new(&app, &call, caller, called, began);
        transcript.note(None, &answer);
        let start = app.start.split(['?', '#']).next().unwrap_or_default();
        let place = start.rfind('/').and_then(|slash| start.get(..=slash)).unwrap_or_default().to_owned();
        Ok(Self { host, call, answer, transcript, place })
    }

    /// What the caller hears now and may do.
    pub(super) fn outcome(&self) -> &Outcome {
        &self.answer.outcome
    }

    /// What happened inside on the way to this answer.
    pub(super) fn trace(&self) -> impl Iterator<Item = &TraceLine> {
        self.answer.trace.iter()
    }

    /// What the URLs of the application begin with.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Whether the caller has been hung up on, has hung up, or has been handed over for good.
    pub(super) fn ended(&self) -> bool {
        match self.outcome() {
            Outcome::Turn(turn) => match &turn.next {
                Next::Disconnect => true,
                Next::Transfer(request) => request.kind == TransferKind::Blind,
                Next::Listen(_) | Next::Record(_) => false,
            },
            Outcome::Ending(_) | Outcome::Broken => true,
        }
    }

    /// The caller does something.
    pub(super) async fn act(&mut self, what: Move) -> Result<(), Failure> {
        let reply = self.host.deliver(&self.call, self.answer.turn, move |next| happening(&what, next)).await;
        let answer = settle(&self.host, &self.call, reply).await?;
        self.note(answer);
        Ok(())
    }

    /// The line is put down, whoever did it: the application's final handlers run.
    pub(super) async fn leave(&mut self) {
        let gone = |next: &Next| happening(&Move::Hangup, next);
        if let Reply::Answer(answer) = self.host.deliver(&self.call, self.answer.turn, gone).await
            && answer.turn != self.answer.turn
        {
            self.note(answer);
        }
    }

    /// The transcript as JSON.
    pub(super) fn transcript(&self, unmet: Option<&Unmet>) -> String {
        self.transcript.json(&self.answer.outcome, unmet)
    }

    fn note(&mut self, answer: Arc<Answer>) {
        if answer.turn != self.answer.turn {
            self.transcript.note(Some(&self.answer), &answer);
        }
        self.answer = answer;
    }
}

/// The answer, however long it takes.
async fn settle(host: &Host, call: &str, mut reply: Reply) -> Result<Arc<Answer>, Failure> {
    loop {
        match reply {
            Reply::Answer(answer) => return Ok(answer),
            Reply::Wait { turn, .. } | Reply::Moment { turn, .. } => reply = host.pick_up(call, turn, 1).await,
            Reply::Unknown | Reply::Busy(_) | Reply::Lost(_) => {
                return Err(Failure::unable("error: the call is lost: voxbridge itself failed"));
            }
        }
    }
}

/// What the caller's doing comes to, given what the turn asked for: what nobody listens for is not heard.
fn happening(what: &Move, next: &Next) -> Happening {
    match (next, what) {
        (Next::Record(_), Move::Hangup | Move::End) => {
            Happening::Recorded { url: None, duration: 0, key: None, hung_up: true }
        }
        (Next::Transfer(_), Move::Transfer(end)) => end.happening(),
        (Next::Transfer(request), _) if request.kind == TransferKind::Blind => transferred("connected", 0),
        (_, Move::Hangup | Move::End) | (Next::Disconnect, _) => Happening::HungUp,
        (Next::Listen(request), Move::Press(keys)) => match &request.dtmf {
            Some(input) => dial(keys, input),
            None => Happening::Nothing,
        },
        (Next::Listen(request), Move::Say(words, confidence)) if request.speech.is_some() => {
            let finding = Finding::default();
            Happening::Heard(Heard::Speech {
                utterance: words.as_str().into(),
                confidence: *confidence,
                alternatives: Vec::new(),
                finding,
            })
        }
        (Next::Listen(_), _) => Happening::Nothing,
        (Next::Record(request), what) => recording_of(what).happening(RECORDING, request.dtmfterm),
        // The words may name how it ends.
        (Next::Transfer(_), Move::Say(words, _)) => {
            TransferEnd::parse(words).map_or_else(|| transferred("far_end_disconnect", LASTS), |end| end.happening())
        }
        (Next::Transfer(_), _) => transferred("far_end_disconnect", LASTS),
    }
}

fn transferred(result: &str, duration: u64) -> Happening {
    Happening::TransferEnded { result: result.to_owned(), duration, input: None }
}

/// What is said into a recording by doing something else: words are said, a key ends them, silence is nothing.
fn recording_of(what: &Move) -> Recording {
    match what {
        Move::Record(recording) => recording.clone(),
        Move::Press(keys) => Recording { duration: LASTS, key: keys.chars().next(), hung_up: false },
        Move::Say(..) => Recording { duration: LASTS, key: None, hung_up: false },
        _ => Recording { duration: 0, key: None, hung_up: false },
    }
}
