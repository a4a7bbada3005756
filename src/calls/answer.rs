use super::App;
use super::masks::{MASK, Masks};
use crate::dialogue::{
    Choice, DtmfInput, Ending, Finding, Happening, Heard, Interpretation, Next, Reason, Selection, Sensitive, Slot,
    Speech, Spoken, Turn,
};
use crate::fetch;
use crate::interpreter::TraceLine;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use xxhash_rust::xxh3::xxh3_128;

/// What the host says to a delivery.
#[derive(Debug, Clone)]
pub enum Reply {
    /// The call's current answer.
    Answer(Arc<Answer>),
    /// The answer takes longer than the platform waits: ask again for turn `turn` without news of the caller.
    Wait {
        /// The turn being worked on.
        turn: u32,
        /// What the caller hears meanwhile, if the application says.
        filler: Option<Filler>,
    },
    /// Nobody knows such a call (or such an application).
    Unknown,
    /// The store does not answer, and to go on without it might be wrong: the caller is asked for a moment, and the platform
    /// comes back for turn `turn` without news of the caller.
    Moment {
        /// The turn to come back for.
        turn: u32,
        /// The application, where it is known.
        app: Option<Arc<App>>,
    },
    /// The application has as many calls as it may have: this one does not begin.
    Busy(Arc<App>),
    /// The call is known, but cannot be rebuilt: it ends with the application's last words.
    Lost(Arc<App>),
}

impl Reply {
    /// What follows, in one word.
    pub fn name(&self) -> &'static str {
        match self {
            Reply::Answer(answer) => answer.outcome.next(),
            Reply::Wait { .. } => "wait",
            Reply::Moment { .. } => "moment",
            Reply::Busy(_) => "busy",
            Reply::Lost(_) => "lost",
            Reply::Unknown => "unknown",
        }
    }
}

/// What the caller hears while an answer takes long (VoiceXML 2.0 §6.1, `fetchaudio`).
#[derive(Debug, Clone)]
pub struct Filler {
    /// The application.
    pub app: Arc<App>,
    /// The prompts that were queued, then the audio.
    pub prompts: Vec<Spoken>,
}

/// One answer of a call.
#[derive(Debug)]
pub struct Answer {
    /// The application.
    pub app: Arc<App>,
    /// The answer's number, from 1; the next delivery names it.
    pub turn: u32,
    /// What the caller hears and may do.
    pub outcome: Outcome,
    /// How many of its prompts the caller has heard already, while it was made.
    pub played: usize,
    /// What led to it, with what NLU found.
    pub heard: Happening,
    /// Whether what was heard is secret (a PIN, a card number) by the mapping.
    pub secret: bool,
    /// How long the call took to answer.
    pub taken: Duration,
    /// What the call did besides: dialogs entered, events thrown, what documents logged.
    pub trace: Vec<TraceLine>,
}

/// What becomes of a call at the end of a turn.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It goes on.
    Turn(Turn),
    /// Its application has ended.
    Ending(Ending),
    /// Something broke in voxbridge itself; the caller hears an apology and the call ends.
    Broken,
}

/// What digests by XXH3 (128 bits) begin with.
const XXH3: &str = "xxh3:";
/// An outcome that is a menu has about so many bytes.
const USUAL_BYTES: usize = 8 * 1024;

impl Outcome {
    /// The outcome's digest, by which a replay checks itself. It guards against mistakes, not against forgers.
    pub fn digest(&self) -> String {
        format!("{XXH3}{:032x}", xxh3_128(&self.bytes()))
    }

    /// Whether a digest is this outcome's; journals of format 1 have SHA-256 in its place.
    pub fn has_digest(&self, recorded: &str) -> bool {
        match recorded.starts_with(XXH3) {
            true => recorded == self.digest(),
            false => recorded == fetch::digest(&self.bytes()),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(USUAL_BYTES);
        // Plain data with string keys: serialising cannot fail.
        let _ = serde_json::to_writer(&mut bytes, self);
        bytes
    }

    /// Whether the call is over.
    pub fn ends(&self) -> bool {
        !matches!(self, Outcome::Turn(_))
    }

    /// Whether the call has failed: voxbridge broke, the application threw an error that nobody caught, or ran into a limit.
    pub fn failed(&self) -> bool {
        match self {
            Outcome::Turn(_) => false,
            Outcome::Ending(Ending { reason: Reason::Event { event, .. }, .. }) => {
                event == "error" || event.starts_with("error.")
            }
            Outcome::Ending(Ending { reason, .. }) => matches!(reason, Reason::Limit(_)),
            Outcome::Broken => true,
        }
    }

    /// What the caller hears.
    pub fn prompts(&self) -> &[Spoken] {
        match self {
            Outcome::Turn(turn) => &turn.prompts,
            Outcome::Ending(ending) => &ending.prompts,
            Outcome::Broken => &[],
        }
    }

    /// What follows the prompts, in one word.
    pub fn next(&self) -> &'static str {
        match self {
            Outcome::Turn(turn) => match &turn.next {
                Next::Listen(_) => "listen",
                Next::Record(_) => "record",
                Next::Transfer(_) => "transfer",
                Next::Disconnect => "disconnect",
            },
            Outcome::Ending(_) => "end",
            Outcome::Broken => "apology",
        }
    }
}

/// One exchange of a call for a transcript: what was listened for, what was heard, how it was understood, what was said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exchange {
    /// The answer's number.
    pub turn: u32,
    /// What the caller did: `call`, `keys`, `speech`, `nothing`, `recording`, `transfer`, `hangup` or `resumed`.
    pub input: &'static str,
    /// The keys or words; `None` if there were none.
    pub heard: Option<Sensitive<String>>,
    /// What was listened for then; `None` at the start.
    pub listened_for: Option<Listening>,
    /// What the words were taken for.
    pub interpretation: Option<String>,
    /// How sure the interpretation was, from 0 to 1; for keys nothing.
    pub confidence: Option<f64>,
    /// What was said in answer, one text a prompt.
    pub said: Vec<String>,
    /// What followed: `listen`, `record`, `transfer`, `disconnect`, `end` or `apology`.
    pub next: &'static str,
    /// How long the answer took, in milliseconds.
    pub milliseconds: f64,
    /// What the call did besides: dialogs entered, events thrown, what documents logged.
    pub trace: Vec<String>,
}

/// What an input state listened for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listening {
    /// The state's name.
    pub state: String,
    /// The choices.
    pub choices: Vec<Choice>,
    /// The open slots.
    pub slots: Vec<Slot>,
    /// How keys were collected.
    pub keys: Option<DtmfInput>,
    /// Whether speech was listened for.
    pub speech: bool,
}

impl Exchange {
    /// The exchange that ended in `answer`, `before` being the answer before it. `masks` are those of the call so far: what
    /// was secret once is so in all that follows.
    pub fn of(masks: &mut Masks, before: Option<&Answer>, answer: &Answer) -> Self {
        if answer.secret {
            masks.learn_from(&answer.heard);
        }
        let best = finding(&answer.heard).and_then(|finding| finding.ranked.first());
        let (input, heard) = input(&answer.heard);
        let told = |text: String| masks.text(&text);
        let masked = |text: String| if answer.secret { MASK.to_owned() } else { told(text) };
        Self {
            turn: answer.turn,
            input,
            heard: heard.map(|text| Sensitive(masked(text))),
            listened_for: before.and_then(|before| Listening::of(&before.outcome)),
            interpretation: best.map(|best| masked(describe(best))),
            confidence: best.map(|best| best.confidence).or_else(|| recognised(&answer.heard)),
            said: answer.outcome.prompts().iter().map(|spoken| told(Speech::words(&spoken.content))).collect(),
            next: answer.outcome.next(),
            milliseconds: answer.taken.as_micros() as f64 / 1_000.0,
            trace: answer.trace.iter().map(|line| told(line.to_string())).collect(),
        }
    }
}

impl Listening {
    /// What a turn listens for; `None` if it does not listen.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        match outcome {
            Outcome::Turn(Turn { next: Next::Listen(request), .. }) => Some(Self {
                state: request.state.clone(),
                choices: request.choices.clone(),
                slots: request.slots.clone(),
                keys: request.dtmf,
                speech: request.speech.is_some(),
            }),
            _ => None,
        }
    }
}

fn input(heard: &Happening) -> (&'static str, Option<String>) {
    match heard {
        Happening::Start { .. } => ("call", None),
        Happening::Heard(Heard::Keys { keys }) => ("keys", Some(keys.0.clone())),
        Happening::Heard(Heard::Speech { utterance, .. }) => ("speech", Some(utterance.0.clone())),
        Happening::Nothing => ("nothing", None),
        Happening::Recorded { url, .. } => ("recording", url.clone()),
        Happening::TransferEnded { result, .. } => ("transfer", Some(result.clone())),
        Happening::HungUp => ("hangup", None),
        Happening::Resumed | Happening::Fetched { .. } => ("resumed", None),
    }
}

/// The keys and words that answer something secret, as they were heard and as they were taken.
pub(super) fn secrets(heard: &Happening) -> impl Iterator<Item = String> {
    let finding = finding(heard);
    let ranked = finding.into_iter().flat_map(|finding| &finding.ranked).map(|reading| &reading.selection);
    let slots = || finding.into_iter().flat_map(|finding| &finding.slots);
    let filled = slots().flat_map(|slot| &slot.readings).map(|reading| &reading.selection);
    let spoken = slots().map(|slot| slot.spoken.0.clone());
    let meant = ranked.chain(filled).filter_map(|selection| match selection {
        Selection::Key(text) | Selection::Phrase(text) | Selection::Value(text) => Some(text.0.clone()),
        Selection::Answer(_) | Selection::Event(_) | Selection::Repeat => None,
    });
    let others = match heard {
        Happening::Heard(Heard::Speech { alternatives, .. }) => alternatives.as_slice(),
        _ => &[],
    };
    let others = others.iter().map(|other| other.utterance.0.clone());
    input(heard).1.into_iter().chain(meant).chain(spoken).chain(others)
}

fn finding(heard: &Happening) -> Option<&Finding> {
    match heard {
        Happening::Heard(Heard::Speech { finding, .. }) => Some(finding),
        _ => None,
    }
}

fn recognised(heard: &Happening) -> Option<f64> {
    match heard {
        Happening::Heard(Heard::Speech { confidence, .. }) => *confidence,
        _ => None,
    }
}

fn describe(best: &Interpretation) -> String {
    let selection = match &best.selection {
        Selection::Key(keys) => format!("key {}", keys.0),
        Selection::Phrase(words) => format!("phrase \"{}\"", words.0),
        Selection::Value(value) => format!("value \"{}\"", value.0),
        Selection::Answer(place) => format!("answer {}", place + 1),
        Selection::Event(event) => format!("event {event}"),
        Selection::Repeat => "repeat".to_owned(),
    };
    format!("{selection} ({})", best.why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_knows_its_digest_in_journals_of_this_and_of_the_first_format() {
        let first = "590797fb2b2397e2955fa86c42b8ca2214fcd82b4fbd856eeb6ee5dd2faa6c1b";
        let second = "xxh3:0798ac456faf306c287b93c3453306f4";
        let other = Outcome::Turn(Turn { prompts: Vec::new(), next: Next::Disconnect });
        assert_eq!(Outcome::Broken.digest(), second);
        for digest in [first, second] {
            assert!(Outcome::Broken.has_digest(digest) && !other.has_digest(digest), "{digest}");
        }
    }
}
