//! A simulated Twilio: starts the server in this process on a free loopback port and places calls to it the way Twilio
//! does, over HTTP, signed, following what the TwiML says.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

pub mod backend;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use voxbridge::calls::{Clock, Limits, system_clock};
use voxbridge::channel::twilio::reading::{Answer, Sound, Then, read_answer};
use voxbridge::channel::twilio::signature::sign;
use voxbridge::server::config::Config;
use voxbridge::server::{Server, Site};

pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub const CALLER: &str = "+15550100001";
pub const CALLED: &str = "+15550109999";

/// A server under test, and the line to it.
pub struct Line {
    pub base: String,
    pub site: Arc<Site>,
    /// Where the platform keeps recordings.
    pub recordings: String,
    token: Option<String>,
    client: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<std::io::Result<()>>,
}

/// A call in progress, seen from the platform.
pub struct Phone<'a> {
    line: &'a Line,
    pub sid: String,
    from: String,
    to: String,
    /// The TwiML of the last answer.
    pub twiml: String,
    /// The same, read.
    pub answer: Answer,
    /// All that was heard since the caller last did something.
    pub heard: String,
    /// The URLs of the audio among it.
    pub played: Vec<String>,
    /// The URL and form of the last request.
    last: (String, Vec<(String, String)>),
}

/// Writes files of an application into a folder.
pub fn write_all(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

impl Line {
    /// Serves what a configuration says (without `[server]` and `[twilio]`), signatures checked.
    pub async fn open(folder: &Path, apps: &str) -> Self {
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\nworkers = 2\n\
             [twilio]\naccount_sid = \"{ACCOUNT}\"\nauth_token = \"{TOKEN}\"\n{apps}"
        );
        Self::serve(folder, &text, Some(TOKEN)).await
    }

    /// Serves exactly this configuration; requests are signed by `token` or not at all.
    pub async fn serve(folder: &Path, text: &str, token: Option<&str>) -> Self {
        let config = Config::parse(text, "voxbridge.toml", PathBuf::from(folder)).unwrap();
        let limits = Limits::from(&config.limits);
        Self::start(&config, system_clock(), limits, token).await
    }

    /// Serves by this clock and under these limits.
    pub async fn start(config: &Config, clock: Clock, limits: Limits, token: Option<&str>) -> Self {
        let api = config.twilio.api_url.as_ref().map_or("https://api.twilio.com", |url| url.as_str());
        let recordings = api.trim_end_matches('/').to_owned();
        let server = Server::bind_with(config, clock, limits).await.unwrap();
        let base = format!("http://{}", server.address());
        let site = Arc::clone(server.site());
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { base, site, recordings, token: token.map(str::to_owned), client, stop: Some(stop), running }
    }

    /// Tells the server to stop and waits until it has.
    pub async fn close(mut self) {
        let _ = self.stop.take().unwrap().send(());
        self.running.await.unwrap().unwrap();
    }

    /// Calls an application by name.
    pub async fn call(&self, app: &str) -> Phone<'_> {
        self.call_at(&format!("{}/twilio/voice/{app}", self.base)).await
    }

    /// Calls a webhook URL.
    pub async fn call_at(&self, url: &str) -> Phone<'_> {
        self.dial(url, CALLER, CALLED).await
    }

    /// Calls a webhook URL from a number, by another.
    pub async fn dial(&self, url: &str, from: &str, to: &str) -> Phone<'_> {
        static CALLS: AtomicU32 = AtomicU32::new(1);
        let number = CALLS.fetch_add(1, Ordering::Relaxed);
        let sid = format!("CA{:032x}", u128::from(std::process::id()) << 32 | u128::from(number));
        let answer = Answer { heard: Vec::new(), then: Then::Redirect(url.to_owned()) };
        let mut phone = Phone {
            line: self,
            sid,
            from: from.to_owned(),
            to: to.to_owned(),
            twiml: String::new(),
            answer,
            heard: String::new(),
            played: Vec::new(),
            last: (String::new(), Vec::new()),
        };
        phone.ask(url, &[("CallStatus", "ringing")]).await;
        phone
    }

    /// Fetches what is to be played, as the platform does; files of others are not asked for.
    async fn expect_audio(&self, urls: &[String]) {
        for url in urls.iter().filter(|url| url.starts_with(&self.base)) {
            let response = self.client.get(url).send().await.unwrap();
            let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
            assert!(response.status() == 200 && kind.starts_with("audio/"), "{url}: {} {kind}", response.status());
        }
    }

    /// A GET without signature: status and body.
    pub async fn get(&self, path: &str) -> (u16, String) {
        let response = self.client.get(format!("{}{path}", self.base)).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// A GET of exactly this path, which no client has normalised: the head of the answer and its body.
    pub async fn get_raw(&self, path: &str) -> (String, String) {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let host = self.base.trim_start_matches("http://");
        let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_ascii_lowercase(), body.to_owned())
    }

    /// A signed POST: status, content type and body.
    pub async fn post(&self, url: &str, form: &[(String, String)]) -> (u16, String, String) {
        let signature = self.token.as_deref().map(|token| sign(token, url, form));
        self.post_signed(url, form, signature.as_deref()).await
    }

    /// A POST with this signature, or none.
    pub async fn post_signed(
        &self,
        url: &str,
        form: &[(String, String)],
        signature: Option<&str>,
    ) -> (u16, String, String) {
        self.post_with(url, form, signature, &[]).await
    }

    /// A POST with this signature and further headers.
    pub async fn post_with(
        &self,
        url: &str,
        form: &[(String, String)],
        signature: Option<&str>,
        headers: &[(&str, &str)],
    ) -> (u16, String, String) {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut request = self.client.post(url).header("content-type", "application/x-www-form-urlencoded").body(body);
        if let Some(signature) = signature {
            request = request.header("X-Twilio-Signature", signature);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        (response.status().as_u16(), kind.unwrap_or_default(), response.text().await.unwrap())
    }
}

impl Phone<'_> {
    /// Presses keys as a Gather collects them.
    pub async fn press(&mut self, keys: &str) -> &mut Self {
        let Then::Gather(gather) = self.answer.then.clone() else { panic!("nobody listens:\n{}", self.twiml) };
        assert!(gather.dtmf, "keys are not listened for:\n{}", self.twiml);
        let most = gather.num_digits.map_or(usize::MAX, |most| most as usize);
        let mut digits = String::new();
        let mut finished = None;
        for key in keys.chars() {
            if gather.finish_on_key == Some(key) {
                finished = Some(key.to_string());
                break;
            }
            digits.push(key);
            if digits.len() == most {
                break;
            }
        }
        let mut news = vec![("Digits", digits.as_str()), ("msg", "Gather End")];
        if let Some(key) = &finished {
            news.push(("FinishedOnKey", key));
        }
        self.act(&gather.action, &news).await
    }

    /// Says something.
    pub async fn say(&mut self, words: &str) -> &mut Self {
        self.say_with(words, 0.9).await
    }

    /// Says something that is recognised with this confidence.
    pub async fn say_with(&mut self, words: &str, confidence: f64) -> &mut Self {
        let Then::Gather(gather) = self.answer.then.clone() else { panic!("nobody listens:\n{}", self.twiml) };
        assert!(gather.speech, "speech is not listened for:\n{}", self.twiml);
        let language = gather.language.unwrap_or_else(|| "en-US".to_owned());
        let confidence = confidence.to_string();
        let news = [("SpeechResult", words), ("Confidence", &confidence), ("Language", &language)];
        self.act(&gather.action, &news).await
    }

    /// Stays silent until the Gather gives up.
    pub async fn silence(&mut self) -> &mut Self {
        let Then::Gather(gather) = self.answer.then.clone() else { panic!("nobody listens:\n{}", self.twiml) };
        self.act(&gather.action, &[("msg", "Gather End")]).await
    }

    /// Speaks into a recording for so many seconds (0: not at all) and ends it by a key, by `hangup` or by silence.
    pub async fn record(&mut self, seconds: u32, ended_by: &str) -> &mut Self {
        let Then::Record { action, finish_on_key, .. } = self.answer.then.clone() else {
            panic!("nobody records:\n{}", self.twiml)
        };
        let is_heard = ended_by == "hangup" || finish_on_key.contains(ended_by);
        let ended_by = if is_heard { ended_by } else { "" };
        let (url, seconds) = (self.recording(), seconds.to_string());
        let status = if ended_by == "hangup" { "completed" } else { "in-progress" };
        let news = [
            ("RecordingUrl", url.as_str()),
            ("RecordingSid", url.rsplit('/').next().unwrap()),
            ("RecordingDuration", &seconds),
            ("Digits", ended_by),
            ("CallStatus", status),
        ];
        self.act(&action, &news).await
    }

    /// Where the platform keeps what this caller records.
    pub fn recording(&self) -> String {
        let place = &self.line.recordings;
        format!("{place}/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE{}", self.sid.trim_start_matches("CA"))
    }

    /// The other end of a Dial is reached or not (`completed`, `busy`, `no-answer`, `failed`), and was connected for so many
    /// seconds.
    pub async fn dialled(&mut self, status: &str, seconds: u32) -> &mut Self {
        let Then::Dial { action: Some(action), .. } = self.answer.then.clone() else {
            panic!("nobody is dialled who comes back:\n{}", self.twiml)
        };
        let (bridged, seconds) = (status == "completed", seconds.to_string());
        let mut news = vec![("DialCallStatus", status), ("DialCallSid", "CA00000000000000000000000000000009")];
        if bridged {
            news.extend([("DialCallDuration", seconds.as_str()), ("DialBridged", "true")]);
        }
        self.act(&action, &news).await
    }

    /// The caller hangs up while a Dial connects him; the action is told, too.
    pub async fn hang_up_in_dial(&mut self) -> u16 {
        let Then::Dial { action: Some(action), .. } = self.answer.then.clone() else {
            panic!("nobody is dialled who comes back:\n{}", self.twiml)
        };
        let news = [("CallStatus", "completed"), ("DialCallStatus", "completed"), ("DialCallDuration", "3")];
        let form = self.form(&news);
        self.line.post(&action, &form).await.0
    }

    /// The other end of a Dial has answered, which the platform tells where it was asked to; gives the status.
    pub async fn answered(&mut self) -> u16 {
        let watched = self.twiml.split("statusCallback=\"").nth(1).expect("the answer is not to be told");
        let url = watched.split('"').next().unwrap().replace("&amp;", "&");
        let mut form = self.form(&[("CallSid", "CA00000000000000000000000000000009")]);
        form.push(("ParentCallSid".to_owned(), self.sid.clone()));
        self.line.post(&url, &form).await.0
    }

    /// Hangs up: the platform only tells the status callback.
    pub async fn hang_up(&mut self) -> u16 {
        let url = format!("{}/twilio/status", self.line.base);
        let form = self.form(&[("CallStatus", "completed"), ("CallDuration", "12")]);
        self.line.post(&url, &form).await.0
    }

    /// Delivers the last request once more, as Twilio's retries do; gives the TwiML.
    pub async fn again(&self) -> String {
        let (status, _, body) = self.line.post(&self.last.0, &self.last.1).await;
        assert_eq!(status, 200);
        body
    }

    /// Asks a URL without news, as after a redirect.
    pub async fn go(&mut self, url: &str) -> &mut Self {
        self.act(url, &[]).await
    }

    /// Whether the call is over.
    pub fn ended(&self) -> bool {
        matches!(self.answer.then, Then::Hangup | Then::Dial { action: None, .. })
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

    async fn act(&mut self, url: &str, news: &[(&str, &str)]) -> &mut Self {
        self.heard.clear();
        self.played.clear();
        self.ask(url, news).await;
        self
    }

    /// Asks a URL and follows redirects until the platform waits for the caller.
    async fn ask(&mut self, url: &str, news: &[(&str, &str)]) {
        let mut url = url.to_owned();
        let mut form = self.form(news);
        for _ in 0..50 {
            let (status, kind, body) = self.line.post(&url, &form).await;
            assert_eq!(status, 200, "{url}: {body}");
            assert_eq!(kind, "text/xml; charset=utf-8");
            keep(&body);
            self.answer = read_answer(&body).unwrap_or_else(|error| panic!("{error}\n{body}"));
            self.twiml = body;
            self.last = (url, form);
            for piece in &self.answer.heard {
                match &piece.sound {
                    Sound::Say { text, .. } => {
                        self.heard.push_str(text);
                        self.heard.push(' ');
                    }
                    Sound::Play(url) => self.played.push(url.clone()),
                    Sound::Pause(_) => {}
                }
            }
            self.line.expect_audio(&self.answer.plays()).await;
            let Then::Redirect(next) = &self.answer.then else { return };
            url = next.clone();
            form = self.form(&[]);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the platform is sent round in circles:\n{}", self.twiml);
    }
}

/// Keeps an answer for `lint.py`, if `VOXBRIDGE_TWIML_OUT` names a folder.
pub fn keep(twiml: &str) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Some(folder) = std::env::var_os("VOXBRIDGE_TWIML_OUT") else { return };
    let name = format!("{}-{}.xml", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let _ = std::fs::create_dir_all(&folder);
    std::fs::write(Path::new(&folder).join(name), twiml).unwrap();
}
