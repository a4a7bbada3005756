//! The line a test is played over: webhooks and TwiML, or the host's own events. Both see the call's inside as well, which
//! tells what nobody hears any more.

use super::engine::Engine;
use super::manifest::Step;
use super::phone::Fault;
use super::stage::{Stage, app_name};
use super::webhooks::Webhooks;
use crate::calls::{Answer, Outcome, Reply};
use crate::dialogue::{Millis, Reason};
use crate::interpreter::TraceLine;
use std::sync::Arc;
use thiserror::Error;

/// Who calls whom.
pub(super) const CALLER: &str = "+15550100001";
pub(super) const CALLED: &str = "+15550109999";
/// Words no grammar has.
pub(super) const GIBBERISH: &str = "purple elephants sing";
/// A key no telephone of a caller has.
pub(super) const STRAY_KEY: &str = "D";
/// How long a conversation with a callee lasts who hangs up.
pub(super) const CONVERSATION: u32 = 3;
/// How long a callee's line rings who does not answer.
pub(super) const RINGING: u32 = 30;
/// How long it takes to say or key in something once the prompts are over, for which the caller waits: they are no longer
/// than a minute.
pub(super) const INPUT: Millis = 60_000;

/// A call in progress.
pub(super) enum Line<'a> {
    /// Over the webhooks.
    Webhooks(Box<Webhooks<'a>>),
    /// Straight into the host.
    Engine(Box<Engine<'a>>),
}

/// What a call is known by: its stage, its id, and what happened inside so far.
pub(super) struct Call<'a> {
    pub(super) stage: &'a Stage,
    pub(super) id: String,
    pub(super) inside: Inside,
}

/// What happened inside a call.
#[derive(Debug, Default)]
pub(super) struct Inside {
    /// The answer that was seen last.
    pub(super) turn: u32,
    /// Prompts that were not heard any more.
    pub(super) unheard: Vec<String>,
    /// `<log>`, with its label.
    pub(super) log: Vec<String>,
    /// The events that were thrown.
    pub(super) events: Vec<String>,
    /// Why the application ended, if it has.
    pub(super) end: Option<Reason>,
    /// voxbridge itself has failed.
    pub(super) broken: bool,
}

/// What the session waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// Keys or speech.
    Input,
    /// A recording.
    Recording,
    /// The end of a transfer; whether the caller comes back from it.
    Transfer,
    /// Nothing: the call is over.
    Over,
}

/// Why a test cannot be played on.
#[derive(Debug, Error)]
pub(super) enum Broken {
    #[error(transparent)]
    Phone(#[from] Fault),
    #[error("the call is lost: voxbridge itself failed")]
    Lost,
    #[error("the session waits for {0}, but the script has {1}")]
    OutOfStep(&'static str, String),
}

impl<'a> Line<'a> {
    /// Calls the application of the test with this number, over webhooks or not.
    pub(super) async fn call(stage: &'a Stage, at: usize, webhooks: bool) -> Result<Self, Broken> {
        if webhooks {
            Ok(Self::Webhooks(Box::new(Webhooks::call(stage, &app_name(at)).await?)))
        } else {
            Ok(Self::Engine(Box::new(Engine::call(stage, &app_name(at)).await?)))
        }
    }

    /// What the session waits for.
    pub(super) fn wait(&self) -> Wait {
        match self {
            Self::Webhooks(line) => line.wait(),
            Self::Engine(line) => line.wait(),
        }
    }

    /// What was heard since the caller last did something: words, and audio files as `audio:NAME`.
    pub(super) fn heard(&self) -> String {
        match self {
            Self::Webhooks(line) => line.heard(),
            Self::Engine(line) => line.heard(),
        }
    }

    /// The caller does this; `during` is what he does while a leg is connected.
    pub(super) async fn act(&mut self, step: &Step, during: Option<&Step>) -> Result<(), Broken> {
        match self {
            Self::Webhooks(line) => line.act(step, during).await,
            Self::Engine(line) => line.act(step, during).await,
        }
    }

    /// The line is put down, whoever did it: the application's final handlers run.
    pub(super) async fn leave(&mut self) -> Result<(), Broken> {
        match self {
            Self::Webhooks(line) => line.leave().await,
            Self::Engine(line) => line.hang_up().await,
        }
    }

    /// What happened inside the call.
    pub(super) fn inside_mut(&mut self) -> &mut Inside {
        match self {
            Self::Webhooks(line) => &mut line.call.inside,
            Self::Engine(line) => &mut line.call.inside,
        }
    }
}

impl Wait {
    /// What it is, in words.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Input => "keys or speech",
            Self::Recording => "a recording",
            Self::Transfer => "the end of a transfer",
            Self::Over => "nothing any more",
        }
    }
}

impl Inside {
    fn note(&mut self, answer: &Answer) {
        if answer.turn == self.turn {
            return;
        }
        self.turn = answer.turn;
        for line in &answer.trace {
            match line {
                TraceLine::Log { label, text } => self.log.push(format!("{label} {text}")),
                TraceLine::Event { name, .. } => self.events.push(name.clone()),
                TraceLine::Unheard(text) => self.unheard.push(text.clone()),
                TraceLine::Dialog(_) | TraceLine::Refusal(_) => {}
            }
        }
        match &answer.outcome {
            Outcome::Turn(_) => {}
            Outcome::Ending(ending) => self.end = Some(ending.reason.clone()),
            Outcome::Broken => self.broken = true,
        }
    }
}

impl Call<'_> {
    /// The answer to what was asked of the host, however long it takes.
    pub(super) async fn settle(&mut self, mut reply: Reply) -> Result<Arc<Answer>, Broken> {
        loop {
            match reply {
                Reply::Answer(answer) => {
                    self.inside.note(&answer);
                    return Ok(answer);
                }
                Reply::Wait { turn, .. } | Reply::Moment { turn, .. } => {
                    reply = self.stage.site.host.pick_up(&self.id, turn, 1).await;
                }
                Reply::Unknown | Reply::Busy(_) | Reply::Lost(_) => return Err(Broken::Lost),
            }
        }
    }
}

pub(super) fn out_of_step(waits_for: &'static str, step: &Step) -> Broken {
    Broken::OutOfStep(waits_for, format!("{step:?}"))
}

/// An audio file as verdicts name it, with its folders.
pub(super) fn audio(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or(url);
    let path = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or(url, |(_, path)| path);
    format!("audio:{path}")
}

/// Pieces of what is heard with single blanks between all words.
pub(super) fn joined(pieces: impl Iterator<Item = String>) -> String {
    let text = pieces.collect::<Vec<_>>().join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
