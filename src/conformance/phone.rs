//! A simulated Twilio: places calls to a server the way Twilio does, over HTTP, signed, and does what the TwiML says.

use super::retries;
use crate::channel::twilio::reading::{Answer, Gathering, ReadError, Sound, Then, read_answer};
use crate::channel::twilio::signature::{SIGNATURE_HEADER, sign};
use crate::channel::twilio::{CONTENT_TYPE, IDEMPOTENCY_HEADER};
use crate::dialogue::Secret;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use thiserror::Error;
use url::form_urlencoded;

/// The account the calls belong to.
pub const ACCOUNT: &str = "AC00000000000000000000000000000001";
/// So often in a row an answer may send the platform elsewhere. Twilio has no such limit; a circle has no end.
const MOST_REDIRECTS: u32 = 50;
/// The id of a leg the platform dials.
const OTHER_LEG: &str = "CA00000000000000000000000000000009";
/// How Twilio is to be told to repeat the news that a call is over, which nobody else brings.
const REPEATED: &str = "#rc=3&rp=all";
/// How long a prompt is heard where time passes.
const SENTENCE: Duration = Duration::from_secs(1);
/// A pause before the platform follows a redirect, which mostly asks for what takes long.
const BREATH: Duration = Duration::from_millis(20);

/// The platform's end of the line to a server.
#[derive(Clone)]
pub struct Platform(Arc<Wire>);

#[derive(Clone)]
struct Wire {
    base: String,
    fallback: Option<String>,
    takes_time: bool,
    token: Option<Secret<String>>,
    client: reqwest::Client,
    watch: Option<fn(&str)>,
}

/// A server's answer to a request.
#[derive(Debug, Clone)]
pub struct Received {
    /// The status.
    pub status: u16,
    /// The content type; empty if there is none.
    pub content_type: String,
    /// The body.
    pub body: String,
}

/// What a server did that ends a call on Twilio, or that a simulated phone cannot follow.
#[derive(Debug, Error)]
pub enum Fault {
    /// No answer.
    #[error("the webhook was not answered: {0}")]
    Http(#[from] reqwest::Error),
    /// An answer Twilio does not take.
    #[error("{url} was answered with {} {}: {}", .received.status, .received.content_type, .received.body)]
    Refused {
        /// The URL.
        url: String,
        /// The answer.
        received: Received,
    },
    /// TwiML that is none.
    #[error("{error}\n{twiml}")]
    TwiMl {
        /// What is wrong.
        error: ReadError,
        /// The answer.
        twiml: String,
    },
    /// A file that is to be played and cannot be.
    #[error("{url} is to be played, but was answered with {status} {content_type}")]
    Silent {
        /// The file.
        url: String,
        /// The status.
        status: u16,
        /// The content type.
        content_type: String,
    },
    /// A circle of redirects.
    #[error("the platform is sent round in circles:\n{0}")]
    Circle(String),
    /// The caller did something the platform does not wait for.
    #[error("the platform does not wait for {0}:\n{1}")]
    NotWaiting(&'static str, String),
}

/// A call in progress, seen from the platform.
pub struct Phone {
    platform: Platform,
    /// The call's id.
    pub sid: String,
    from: String,
    to: String,
    /// The TwiML of the last answer.
    pub twiml: String,
    /// The same, read.
    pub answer: Answer,
    /// All that was heard since the caller last did something.
    pub sounds: Vec<Sound>,
    /// Whether the status callback was told that the call is over.
    pub over: bool,
    /// The last request.
    last: Asked,
}

/// A request, as it can be repeated.
#[derive(Default)]
struct Asked {
    url: String,
    form: Vec<(String, String)>,
    token: String,
}

/// How a leg the platform dials ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leg {
    /// Answered; connected for so many seconds.
    Answered(u32),
    /// Never answered.
    NoAnswer,
    /// Busy.
    Busy,
    /// Not to be reached.
    Failed,
}

impl Platform {
    /// The platform of a server at `base`; requests are signed by `token` or not at all, and each TwiML answer is shown to
    /// `watch`.
    ///
    /// # Errors
    /// If the HTTP client cannot be set up.
    pub fn new(base: &str, token: Option<&str>, watch: Option<fn(&str)>) -> Result<Self, Fault> {
        crate::fetch::install_tls();
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        let token = token.map(|token| Secret(token.to_owned()));
        Ok(Self(Arc::new(Wire { base: base.to_owned(), fallback: None, takes_time: false, token, client, watch })))
    }

    /// The same with a number whose fallback URL ("primary handler fails") is this.
    #[must_use]
    pub fn with_fallback(&self, url: &str) -> Self {
        Self(Arc::new(Wire { fallback: Some(url.to_owned()), ..(*self.0).clone() }))
    }

    /// The same on which what is heard before a redirect takes its time.
    #[must_use]
    pub fn in_real_time(&self) -> Self {
        Self(Arc::new(Wire { takes_time: true, ..(*self.0).clone() }))
    }

    /// The server's URL.
    pub fn base(&self) -> &str {
        &self.0.base
    }

    /// The HTTP client.
    pub fn client(&self) -> &reqwest::Client {
        &self.0.client
    }

    /// A signed POST, once. A fragment of the URL is neither sent nor signed.
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn post(&self, url: &str, form: &[(String, String)]) -> Result<Received, Fault> {
        self.post_once(retries::split(url).0, form, &[]).await
    }

    /// A signed POST as Twilio sends it: repeated with the same idempotency token where the URL's fragment says so.
    ///
    /// # Errors
    /// If there is no answer in the end.
    pub async fn send(&self, url: &str, form: &[(String, String)], token: &str) -> Result<Received, Fault> {
        let (url, overrides) = retries::split(url);
        let mut attempts = 0;
        loop {
            let came = self.post_once(url, form, &[(IDEMPOTENCY_HEADER, token)]).await;
            if attempts >= overrides.retries || !overrides.covers(&came) {
                return came;
            }
            attempts += 1;
            tokio::time::sleep(BREATH).await;
        }
    }

    async fn post_once(
        &self,
        url: &str,
        form: &[(String, String)],
        headers: &[(&str, &str)],
    ) -> Result<Received, Fault> {
        let signature = self.0.token.as_ref().map(|token| sign(token, url, form));
        self.post_with(url, form, signature.as_deref(), headers).await
    }

    /// A POST with this signature, or none, and further headers.
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn post_with(
        &self,
        url: &str,
        form: &[(String, String)],
        signature: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Result<Received, Fault> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let client = &self.0.client;
        let mut request = client.post(url).header("content-type", "application/x-www-form-urlencoded").body(body);
        let signature = signature.map(|signature| (SIGNATURE_HEADER, signature));
        for (name, value) in signature.iter().chain(headers) {
            request = request.header(*name, *value);
        }
        let response = request.send().await?;
        let (status, content_type) = head(&response);
        Ok(Received { status, content_type, body: response.text().await? })
    }

    /// Fetches what is to be played, as the platform does; files of other servers are not asked for.
    async fn expect_audio(&self, urls: &[String]) -> Result<(), Fault> {
        for url in urls.iter().filter(|url| url.starts_with(self.base())) {
            let response = self.0.client.get(url).send().await?;
            let (status, content_type) = head(&response);
            if status != 200 || !content_type.starts_with("audio/") {
                return Err(Fault::Silent { url: url.clone(), status, content_type });
            }
        }
        Ok(())
    }
}

/// A token of its own for each request.
fn new_token() -> String {
    static TOKENS: AtomicU32 = AtomicU32::new(1);
    format!("{:08x}-{:08x}", std::process::id(), TOKENS.fetch_add(1, Ordering::Relaxed))
}

/// Twilio's number for what went wrong.
fn error_code(fault: &Fault) -> &'static str {
    match fault {
        Fault::Http(_) => "11205",
        Fault::Refused { received, .. } if received.status == 200 => "12300",
        Fault::Refused { .. } => "11217",
        _ => "12100",
    }
}

fn last_part(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

fn head(response: &reqwest::Response) -> (u16, String) {
    let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
    (response.status().as_u16(), kind.unwrap_or_default().to_owned())
}

impl Phone {
    /// Calls a webhook URL from a number, by another.
    ///
    /// # Errors
    /// [`Fault`], as for all that a phone does.
    pub async fn call(platform: &Platform, url: &str, from: &str, to: &str) -> Result<Self, Fault> {
        static CALLS: AtomicU32 = AtomicU32::new(1);
        let number = CALLS.fetch_add(1, Ordering::Relaxed);
        let mut phone = Self {
            platform: platform.clone(),
            sid: format!("CA{:032x}", u128::from(std::process::id()) << 32 | u128::from(number)),
            from: from.to_owned(),
            to: to.to_owned(),
            twiml: String::new(),
            answer: Answer { heard: Vec::new(), then: Then::Redirect(url.to_owned()) },
            sounds: Vec::new(),
            over: false,
            last: Asked::default(),
        };
        phone.ask(url, &[("CallStatus", "ringing")]).await?;
        Ok(phone)
    }

    /// Presses keys as a Gather collects them; a Gather that takes no keys hears silence.
    ///
    /// # Errors
    /// [`Fault`]
    pub async fn press(&mut self, keys: &str) -> Result<(), Fault> {
        let gather = self.gather()?;
        let most = gather.num_digits.map_or(usize::MAX, |most| most as usize);
        let pressed: Vec<char> = keys.chars().filter(|_| gather.dtmf).collect();
        let is_finish = |key: &char| gather.finish_on_key == Some(*key);
        let digits: String = pressed.iter().take_while(|key| !is_finish(key)).take(most).collect();
        let finish = pressed.get(digits.len()).filter(|key| digits.len() < most && is_finish(key));
        let finish = finish.map(char::to_string);
        let mut news = vec![("msg", "Gather End")];
        if !digits.is_empty() || finish.is_some() {
            news.push(("Digits", digits.as_str()));
        }
        news.extend(finish.as_deref().map(|key| ("FinishedOnKey", key)));
        self.act(&gather.action, &news).await
    }

    /// Says something that is recognised with this confidence; a Gather that takes no speech hears silence.
    ///
    /// # Errors
    /// [`Fault`]
    pub async fn say(&mut self, words: &str, confidence: f64) -> Result<(), Fault> {
        let gather = self.gather()?;
        if !gather.speech {
            return self.silence().await;
        }
        let language = gather.language.unwrap_or_else(|| "en-US".to_owned());
        let confidence = confidence.to_string();
        let news = [("SpeechResult", words), ("Confidence", &confidence), ("Language", &language)];
        self.act(&gather.action, &news).await
    }

    /// Stays silent until the Gather, or the Record, gives up.
    ///
    /// # Errors
    /// [`Fault`]
    pub async fn silence(&mut self) -> Result<(), Fault> {
        if let Then::Record { action, .. } = &self.answer.then {
            let action = action.clone();
            return self.act(&action, &[("RecordingDuration", "0"), ("Digits", "")]).await;
        }
        let gather = self.gather()?;
        self.act(&gather.action, &[("msg", "Gather End")]).await
    }

    /// Speaks into a recording for so long, then perhaps presses a key, and is silent. The sound is at `url`.
    ///
    /// # Errors
    /// [`Fault`]
    pub async fn record(&mut self, seconds: u32, key: Option<char>, url: &str) -> Result<(), Fault> {
        let Then::Record { action, finish_on_key, max_length, .. } = self.answer.then.clone() else {
            return Err(self.not_waiting("a recording"));
        };
        let key = key.filter(|key| finish_on_key.contains(*key) && seconds < max_length);
        let key = key.map(String::from).unwrap_or_default();
        let seconds = seconds.min(max_length).to_string();
        let news = [
            ("RecordingUrl", url),
            ("RecordingSid", last_part(url)),
            ("RecordingDuration", seconds.as_str()),
            ("Digits", key.as_str()),
        ];
        self.act(&action, &news).await
    }

    /// Speaks into a recording for so long, then hangs up.
    ///
    /// # Errors
    /// [`Fault`]
    pub async fn record_and_hang_up(&mut self, seconds: u32, url: &str) -> Result<(), Fault> {
        let Then::Record { action, max_length, .. } = self.answer.then.clone() else {
            return Err(self.not_waiting("a recording"));
        };
        let seconds = seconds.min(max_length).to_string();
        let news = [
            ("RecordingUrl", url),
            ("RecordingSid", last_part(url)),
            ("RecordingDuration", seconds.as_str()),
            ("Digits", "hangup"),
            ("CallStatus", "completed"),
        ];
        self.act(&action, &news).await?;
        self.hang_up().await
    }

    /// Waits for the end of a leg the platform dials. After a Dial without an action the call is over.
    ///
    /// # Errors
    /// [`Fault`]
    pub async fn wait_for(&mut self, leg: Leg) -> Result<(), Fault> {
        self.connect(leg).await?;
        self.leg_ended(leg, "in-progress").await
    }

    /// Tells that the other end of a Dial has answered, where the TwiML asks for it.
    ///
    /// # Errors
    /// [`Fault`]
    pub async fn leg_answered(&self) -> Result<Option<Received>, Fault> {
        let Then::Dial { answered: Some(url), .. } = &self.answer.then else { return Ok(None) };
        let form = self.form(&[("CallSid", OTHER_LEG), ("ParentCallSid", &self.sid)]);
        self.platform.send(url, &form, &new_token()).await.map(Some)
    }

    /// Tells the action how a leg has ended, the caller's own being in this state (`CallStatus`).
    ///
    /// # Errors
    /// [`Fault`]
    pub async fn leg_ended(&mut self, leg: Leg, status: &str) -> Result<(), Fault> {
        let Then::Dial { action, time_limit, .. } = self.answer.then.clone() else {
            return Err(self.not_waiting("a transfer"));
        };
        let Some(action) = action else { return self.hang_up().await };
        let (result, seconds) = match leg {
            Leg::Answered(seconds) => ("completed", Some(seconds.min(time_limit).to_string())),
            Leg::NoAnswer => ("no-answer", None),
            Leg::Busy => ("busy", None),
            Leg::Failed => ("failed", None),
        };
        let mut news = vec![("CallStatus", status), ("DialCallStatus", result), ("DialCallSid", OTHER_LEG)];
        if let Some(seconds) = &seconds {
            news.extend([("DialCallDuration", seconds.as_str()), ("DialBridged", "true")]);
        }
        self.act(&action, &news).await
    }

    /// Hangs up while connected to a leg the platform has dialled.
    ///
    /// # Errors
    /// [`Fault`]
    pub async fn hang_up_in(&mut self, leg: Leg) -> Result<(), Fault> {
        self.connect(leg).await?;
        self.leg_ended(leg, "completed").await?;
        self.hang_up().await
    }

    /// Hangs up, or has been hung up on: the platform only tells the status callback.
    ///
    /// # Errors
    /// [`Fault`]
    pub async fn hang_up(&mut self) -> Result<(), Fault> {
        // Nothing is heard from here on, and what was heard before has been told.
        self.sounds.clear();
        let url = format!("{}/twilio/status{REPEATED}", self.platform.base());
        let form = self.form(&[("CallStatus", "completed"), ("CallDuration", "12")]);
        let received = self.platform.send(&url, &form, &new_token()).await?;
        self.over = true;
        if received.status == 204 { Ok(()) } else { Err(Fault::Refused { url, received }) }
    }

    /// Delivers the last request once more, as Twilio's retries do.
    ///
    /// # Errors
    /// [`Fault`]
    pub async fn again(&self) -> Result<Received, Fault> {
        self.platform.send(&self.last.url, &self.last.form, &self.last.token).await
    }

    /// Asks a URL with this news, and follows where the answer leads.
    ///
    /// # Errors
    /// [`Fault`]
    pub async fn act(&mut self, url: &str, news: &[(&str, &str)]) -> Result<(), Fault> {
        self.sounds.clear();
        self.ask(url, news).await
    }

    /// The form the platform posts for this call.
    pub fn form(&self, news: &[(&str, &str)]) -> Vec<(String, String)> {
        let standard = [
            ("CallSid", self.sid.as_str()),
            ("AccountSid", ACCOUNT),
            ("From", self.from.as_str()),
            ("To", self.to.as_str()),
            ("CallStatus", "in-progress"),
            ("ApiVersion", "2010-04-01"),
            ("Direction", "inbound"),
        ];
        let given = |name: &str| news.iter().any(|(other, _)| *other == name);
        let kept = standard.iter().filter(|(name, _)| !given(name));
        kept.chain(news).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn gather(&self) -> Result<Gathering, Fault> {
        match &self.answer.then {
            Then::Gather(gather) => Ok(gather.clone()),
            _ => Err(self.not_waiting("keys or speech")),
        }
    }

    fn not_waiting(&self, what: &'static str) -> Fault {
        Fault::NotWaiting(what, self.twiml.clone())
    }

    async fn connect(&self, leg: Leg) -> Result<(), Fault> {
        if let Leg::Answered(_) = leg {
            self.leg_answered().await?;
        }
        Ok(())
    }

    /// Asks a URL and follows redirects until the platform waits for the caller.
    async fn ask(&mut self, url: &str, news: &[(&str, &str)]) -> Result<(), Fault> {
        let mut url = url.to_owned();
        let mut form = self.form(news);
        for _ in 0..MOST_REDIRECTS {
            if let Err(fault) = self.obtain(&url, form).await {
                let Some(fallback) = self.platform.0.fallback.clone() else { return Err(fault) };
                let status = if self.last.url.is_empty() { "ringing" } else { "in-progress" };
                let news =
                    [("CallStatus", status), ("ErrorCode", error_code(&fault)), ("ErrorUrl", retries::split(&url).0)];
                self.obtain(&fallback, self.form(&news)).await?;
            }
            self.sounds.extend(self.answer.heard.iter().map(|piece| piece.sound.clone()));
            self.platform.expect_audio(&self.answer.plays()).await?;
            let Then::Redirect(next) = &self.answer.then else { return Ok(()) };
            url = next.clone();
            form = self.form(&[]);
            tokio::time::sleep(BREATH + self.playing_time()).await;
        }
        Err(Fault::Circle(self.twiml.clone()))
    }

    /// How long the last answer is heard.
    fn playing_time(&self) -> Duration {
        let lasts = |sound: &Sound| match sound {
            Sound::Say { .. } | Sound::Play(_) => SENTENCE,
            Sound::Pause(seconds) => Duration::from_secs((*seconds).into()),
        };
        let heard = self.answer.heard.iter().filter(|_| self.platform.0.takes_time);
        heard.map(|piece| lasts(&piece.sound)).sum()
    }

    /// Asks a URL for an answer the platform can use.
    async fn obtain(&mut self, url: &str, form: Vec<(String, String)>) -> Result<(), Fault> {
        let token = new_token();
        let received = self.platform.send(url, &form, &token).await?;
        if received.status != 200 || received.content_type != CONTENT_TYPE {
            return Err(Fault::Refused { url: url.to_owned(), received });
        }
        let twiml = received.body;
        if let Some(watch) = self.platform.0.watch {
            watch(&twiml);
        }
        self.answer = read_answer(&twiml).map_err(|error| Fault::TwiMl { error, twiml: twiml.clone() })?;
        self.twiml = twiml;
        self.last = Asked { url: url.to_owned(), form, token };
        Ok(())
    }
}
