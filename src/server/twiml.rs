//! What the host replies, as TwiML.

use super::last_words::{Occasion, farewell, one_moment};
use super::{Site, media};
use crate::calls::{Answer, App, Outcome, Reply};
use crate::channel::twilio::{CONTENT_TYPE, Encoded, Seam, encode, encode_farewell, encode_wait};
use crate::dialogue::{Next, Origin, Spoken};
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// The query parameter of an answer URL that only picks up an answer which took long: how often the caller was sent round.
pub(super) const WAITED: &str = "waited";
/// How many seconds the caller waits between two questions for a slow answer.
const WAIT_SECONDS: u32 = 1;

/// How the URLs in answers are written.
#[derive(Debug, Clone, Copy)]
pub struct AnswerUrls<'a> {
    /// The URL our own paths are appended to.
    pub base: &'a str,
    /// How often Twilio is to repeat a request that was not answered; 0 does not say.
    pub retries: u8,
}

impl AnswerUrls<'_> {
    /// Where the platform tells what happened in a turn; with `waited` only asks for its answer, after so many rounds.
    pub fn turn(&self, call: &str, turn: u32, waited: u32) -> String {
        let query = if waited == 0 { String::new() } else { format!("?{WAITED}={waited}") };
        format!("{}/twilio/turn/{call}/{turn}{query}{}", self.base, self.overrides())
    }

    /// Where a call of an application begins.
    pub(super) fn voice(&self, app: &str) -> String {
        format!("{}/twilio/voice/{app}{}", self.base, self.overrides())
    }

    /// Twilio's connection overrides: the fragment is neither sent nor signed.
    pub(super) fn overrides(&self) -> String {
        if self.retries == 0 { String::new() } else { format!("#rc={}&rp=all", self.retries) }
    }
}

/// What is answered: whom, and how he came here.
pub(super) struct Asked<'a> {
    pub(super) urls: AnswerUrls<'a>,
    pub(super) call: &'a str,
    /// Whose last words are heard if nobody knows the call.
    pub(super) app: Option<&'a App>,
    /// How often the caller was sent round already.
    pub(super) waited: u32,
}

/// The reply as TwiML. The same answer gives the same bytes.
pub(super) fn respond(asked: &Asked<'_>, reply: &Reply) -> Response {
    let Asked { urls, call, app, waited } = *asked;
    let again = |turn: u32| urls.turn(call, turn, waited.saturating_add(1));
    response(match reply {
        Reply::Answer(answer) => twiml_of(&urls, call, answer),
        Reply::Wait { turn, filler: Some(filler) } => {
            wait(Some(&filler.app), urls.base, &again(*turn), &filler.prompts, 0)
        }
        Reply::Wait { turn, filler: None } | Reply::Moment { turn, app: None } => {
            moment(app, urls.base, &again(*turn), waited)
        }
        Reply::Moment { turn, app: known } => moment(known.as_deref(), urls.base, &again(*turn), waited),
        Reply::Unknown => {
            tracing::warn!(call, "a webhook of a call that nobody knows");
            last_words(app, Occasion::Failed)
        }
        Reply::Lost(app) => {
            tracing::error!(call, app = %app.name, "a call cannot be gone on with and ends with its last words");
            last_words(Some(app), Occasion::Failed)
        }
        Reply::Busy(app) => {
            tracing::warn!(call, app = %app.name, "a call is refused: the application has as many as it may have");
            return busy_answer(app);
        }
    })
}

/// What a caller hears for whom there is no room.
pub(super) fn busy_answer(app: &App) -> Response {
    response(last_words(Some(app), Occasion::Busy))
}

/// What a caller hears whose call cannot go on; without an application voxbridge's own words.
pub(super) fn fallback_answer(app: Option<&App>) -> Response {
    response(last_words(app, Occasion::Failed))
}

fn response(body: String) -> Response {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response()
}

/// The caller is asked for a moment, once: who waits longer knows.
fn moment(app: Option<&App>, base: &str, action: &str, waited: u32) -> String {
    let lang = app.map_or("en-US", |app| &app.language);
    let prompts = if waited == 0 { vec![Spoken::by_bridge(one_moment(lang), lang)] } else { Vec::new() };
    wait(app, base, action, &prompts, WAIT_SECONDS)
}

fn wait(app: Option<&App>, base: &str, action: &str, prompts: &[Spoken], seconds: u32) -> String {
    let audio = |url: &str| media::public_url(app?, base, url);
    let seam = Seam { action, voice: app.and_then(|app| app.voice.as_deref()), audio: &audio };
    encode_wait(prompts, seconds, &seam).body
}

fn last_words(app: Option<&App>, occasion: Occasion) -> String {
    let seam = Seam { action: "", voice: app.and_then(|app| app.voice.as_deref()), audio: &|_| None };
    encode_farewell(&[], &farewell(app, occasion), &seam).body
}

/// An answer of a call as TwiML.
pub fn twiml_of(urls: &AnswerUrls<'_>, call: &str, answer: &Answer) -> String {
    let app = &answer.app;
    let action = urls.turn(call, answer.turn, 0);
    let audio = |url: &str| media::public_url(app, urls.base, url);
    let seam = Seam { action: &action, voice: app.voice.as_deref(), audio: &audio };
    let failed = || farewell(Some(app), Occasion::Failed);
    let encoded = match &answer.outcome {
        Outcome::Turn(turn) => encode(unheard(answer), &turn.next, &seam),
        outcome @ Outcome::Ending(_) if outcome.failed() && app.fallback.is_some() => {
            encode_farewell(without_apology(unheard(answer)), &failed(), &seam)
        }
        Outcome::Ending(_) => encode(unheard(answer), &Next::Disconnect, &seam),
        Outcome::Broken => encode_farewell(&[], &failed(), &seam),
    };
    let Encoded { body, notes } = encoded;
    for note in &notes {
        tracing::debug!(call, app = %app.name, turn = answer.turn, code = note.code, "{}", note.message);
    }
    body
}

/// The prompts that were not played while the answer was made.
fn unheard(answer: &Answer) -> &[Spoken] {
    answer.outcome.prompts().get(answer.played..).unwrap_or_default()
}

/// The prompts without what the default handler says of an error (VoiceXML 2.0 §5.2.5): the application's fallback stands
/// in its place.
fn without_apology(prompts: &[Spoken]) -> &[Spoken] {
    match prompts {
        [heard @ .., last] if last.origin == Origin::Bridge => heard,
        _ => prompts,
    }
}

impl Site {
    /// How URLs in answers to a request that came for `base` are written.
    pub(super) fn answer_urls<'a>(&self, base: &'a str) -> AnswerUrls<'a> {
        AnswerUrls { base, retries: self.retries() }
    }
}
