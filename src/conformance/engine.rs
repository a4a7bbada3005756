//! A call straight into the host: its events and turns, no webhooks and no TwiML.

use super::files::recording_url;
use super::line::{
    Broken, CALLED, CALLER, CONVERSATION, Call, GIBBERISH, INPUT, Inside, RINGING, STRAY_KEY, Wait, audio, joined,
    out_of_step,
};
use super::manifest::{self, Fate, Recording, Step};
use super::stage::Stage;
use crate::calls::{Answer, Beginning, Outcome};
use crate::channel::console::dial;
use crate::channel::{Part, parts, twilio};
use crate::dialogue::{Finding, Happening, Heard, Hypothesis, Millis, Next, TransferKind, TransferRequest};
use std::sync::Arc;

/// A call without webhooks and TwiML.
pub(super) struct Engine<'a> {
    answer: Arc<Answer>,
    pub(super) call: Call<'a>,
}

impl<'a> Engine<'a> {
    pub(super) async fn call(stage: &'a Stage, app: &str) -> Result<Self, Broken> {
        let fields = [("CallSid", app), ("From", CALLER), ("To", CALLED)];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let session = twilio::decode(&fields).map_or_else(
            |_| serde_json::Value::Object(serde_json::Map::new()),
            |incoming| twilio::session_variables(&incoming),
        );
        let mut call = Call { stage, id: app.to_owned(), inside: Inside::default() };
        let beginning = Beginning { app: app.to_owned(), url: None, session };
        let reply = stage.site.host.begin(app, beginning).await;
        let answer = call.settle(reply).await?;
        Ok(Self { answer, call })
    }

    pub(super) fn wait(&self) -> Wait {
        match &self.answer.outcome {
            Outcome::Turn(turn) => match &turn.next {
                Next::Listen(_) => Wait::Input,
                Next::Record(_) => Wait::Recording,
                Next::Transfer(_) => Wait::Transfer,
                Next::Disconnect => Wait::Over,
            },
            Outcome::Ending(_) | Outcome::Broken => Wait::Over,
        }
    }

    pub(super) fn heard(&self) -> String {
        let prompts = self.answer.outcome.prompts().iter().flat_map(parts);
        joined(prompts.map(|part| match part {
            Part::Words(words) => words,
            Part::Audio(url) => audio(url),
        }))
    }

    pub(super) async fn act(&mut self, step: &Step, during: Option<&Step>) -> Result<(), Broken> {
        let Outcome::Turn(turn) = &self.answer.outcome else { return Err(out_of_step("nothing any more", step)) };
        let files = &self.call.stage.files.base;
        let (happening, taken) = happening(&turn.next, step, during, files)?;
        self.call.stage.pass(taken);
        if happening == Happening::HungUp {
            return self.hang_up().await;
        }
        let reply = self.call.stage.site.host.deliver(&self.call.id, self.answer.turn, move |_| happening).await;
        self.answer = self.call.settle(reply).await?;
        Ok(())
    }

    pub(super) async fn hang_up(&mut self) -> Result<(), Broken> {
        let reply = self.call.stage.site.host.hang_up(&self.call.id).await;
        self.answer = self.call.settle(reply).await?;
        Ok(())
    }
}

/// What a step comes to, given what the turn asked for, and how long it takes.
fn happening(next: &Next, step: &Step, during: Option<&Step>, files: &str) -> Result<(Happening, Millis), Broken> {
    let silence = |time: Millis| (Happening::Nothing, time);
    Ok(match (next, step) {
        (Next::Record(_), Step::HangUp) => {
            (Happening::Recorded { url: None, duration: 0, key: None, hung_up: true }, 0)
        }
        (_, Step::HangUp) => (Happening::HungUp, 0),
        (Next::Listen(request), Step::Silence) => silence(request.timeout),
        (Next::Listen(request), Step::Say { best, nbest }) => match &request.speech {
            Some(_) => (spoken(best, nbest), INPUT),
            None => silence(request.timeout),
        },
        (Next::Listen(request), Step::Press(keys)) => match &request.dtmf {
            Some(input) => (dial(keys, input), INPUT),
            None => silence(request.timeout),
        },
        (Next::Listen(request), Step::NoMatch) if request.speech.is_none() => {
            (Happening::Heard(Heard::Keys { keys: STRAY_KEY.into() }), INPUT)
        }
        (Next::Listen(_), Step::NoMatch) => {
            let words = manifest::Hypothesis { say: GIBBERISH.to_owned(), confidence: 1.0 };
            (spoken(&words, &[]), INPUT)
        }
        (Next::Record(request), Step::Silence) => {
            (Happening::Recorded { url: None, duration: 0, key: None, hung_up: false }, request.timeout)
        }
        (Next::Record(request), Step::Record(Recording { seconds, dtmf, hangup })) => {
            let spoken = u64::from(*seconds) * 1_000;
            let most = request.maxtime.unwrap_or(Millis::MAX);
            let key = dtmf.filter(|_| request.dtmfterm && spoken < most);
            let url = Some(recording_url(files, *seconds));
            let duration = spoken.min(most);
            (Happening::Recorded { url, duration, key, hung_up: *hangup && spoken < most }, duration)
        }
        (Next::Transfer(request), Step::Transfer(fate)) => transferred(request, *fate, during),
        (Next::Listen(_), _) => return Err(out_of_step("keys or speech", step)),
        (Next::Record(_), _) => return Err(out_of_step("a recording", step)),
        (Next::Transfer(_), _) => return Err(out_of_step("the end of a transfer", step)),
        (Next::Disconnect, _) => return Err(out_of_step("nothing any more", step)),
    })
}

fn spoken(best: &manifest::Hypothesis, nbest: &[manifest::Hypothesis]) -> Happening {
    let other = |hypothesis: &manifest::Hypothesis| Hypothesis {
        utterance: hypothesis.say.as_str().into(),
        confidence: Some(hypothesis.confidence),
    };
    Happening::Heard(Heard::Speech {
        utterance: best.say.as_str().into(),
        confidence: Some(best.confidence),
        alternatives: nbest.iter().map(other).collect(),
        finding: Finding::default(),
    })
}

/// Whether what the caller does may match a grammar of the bridge; which words match, and which keys together, is not told.
fn ends_bridge(request: &TransferRequest, step: &Step) -> bool {
    match step {
        Step::Press(keys) => request.more_input || request.keys.contains(keys.as_str()),
        Step::Say { .. } => request.more_input,
        _ => false,
    }
}

/// By what the caller ends a bridge.
fn input(step: &Step) -> Option<Heard> {
    match step {
        Step::Press(keys) => Some(Heard::Keys { keys: keys.as_str().into() }),
        Step::Say { best, .. } => match spoken(best, &[]) {
            Happening::Heard(heard) => Some(heard),
            _ => None,
        },
        _ => None,
    }
}

/// What becomes of a transfer, and how long the caller is away.
fn transferred(request: &TransferRequest, fate: Fate, during: Option<&Step>) -> (Happening, Millis) {
    let conversation = u64::from(CONVERSATION) * 1_000;
    let longest = request.maxtime.filter(|most| *most > 0).unwrap_or(conversation);
    let (result, connected, taken) = match (fate, during) {
        // Whether anybody answers is not waited for.
        _ if request.kind == TransferKind::Blind => ("connected", 0, 0),
        (Fate::BlindConnected, _) => ("connected", 0, 0),
        (Fate::Answered, Some(Step::HangUp)) => return (Happening::HungUp, conversation),
        (Fate::Answered, Some(step)) if ends_bridge(request, step) => {
            ("near_end_disconnect", conversation, conversation)
        }
        (Fate::FarEndDisconnect | Fate::Answered, _) => ("far_end_disconnect", conversation, conversation),
        (Fate::AnsweredUntilMaxtime, _) => ("maxtime_disconnect", longest, longest),
        (Fate::Ringing, _) => ("noanswer", 0, request.connecttimeout.unwrap_or(u64::from(RINGING) * 1_000)),
        (Fate::Busy, _) => ("busy", 0, 0),
        (Fate::NetworkBusy, _) => ("network_busy", 0, 0),
    };
    let input = during.filter(|_| result == "near_end_disconnect").and_then(input);
    (Happening::TransferEnded { result: result.to_owned(), duration: connected, input }, taken)
}
