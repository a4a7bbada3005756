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
pub mod logs;
pub mod redis;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use voxbridge::calls::{Clock, Limits, system_clock};
use voxbridge::channel::twilio::reading::{Sound, Then};
pub use voxbridge::conformance::ACCOUNT;
use voxbridge::conformance::{Fault, Leg, Phone as Handset, Platform, Received};
use voxbridge::server::config::Config;
use voxbridge::server::{Patience, Server, Site};

pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub const CALLER: &str = "+15550100001";
pub const CALLED: &str = "+15550109999";

/// A server under test, and the line to it.
pub struct Line {
    pub base: String,
    pub site: Arc<Site>,
    /// Where the platform keeps recordings.
    pub recordings: String,
    platform: Platform,
    watch: logs::Watch,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<std::io::Result<()>>,
}

/// A call in progress, seen from the platform. What Twilio would not do, or not take, fails the test.
pub struct Phone<'a> {
    line: &'a Line,
    handset: Handset,
    watch: logs::Watch,
    /// All that was heard since the caller last did something.
    pub heard: String,
    /// The URLs of the audio among it.
    pub played: Vec<String>,
}

impl Deref for Phone<'_> {
    type Target = Handset;

    fn deref(&self) -> &Handset {
        &self.handset
    }
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
        Self::of(Server::bind_with(config, clock, limits).await.unwrap(), recordings, token)
    }

    /// Serves exactly this configuration, with this patience for slow clients.
    pub async fn patient(folder: &Path, text: &str, patience: Patience) -> Self {
        let config = Config::parse(text, "voxbridge.toml", PathBuf::from(folder)).unwrap();
        let server = Server::bind(&config).await.unwrap().patient(patience);
        Self::of(server, String::new(), None)
    }

    fn of(server: Server, recordings: String, token: Option<&str>) -> Self {
        let watch = logs::Watch::begin(&[TOKEN]);
        let base = format!("http://{}", server.address());
        let site = Arc::clone(server.site());
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        let platform = Platform::new(&base, token, Some(keep)).unwrap();
        Self { base, site, recordings, platform, watch, stop: Some(stop), running }
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
        let watch = logs::Watch::begin(&[from]);
        let handset = Handset::call(&self.platform, url, from, to).await.unwrap_or_else(|fault| panic!("{fault}"));
        let mut phone = Phone { line: self, handset, watch, heard: String::new(), played: Vec::new() };
        phone.listen();
        phone
    }

    /// A GET without signature: status and body.
    pub async fn get(&self, path: &str) -> (u16, String) {
        let response = self.platform.client().get(format!("{}{path}", self.base)).send().await.unwrap();
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

    /// The same line from a number whose fallback URL is this.
    pub fn platform_with_fallback(&self, url: &str) -> Platform {
        self.platform.with_fallback(url)
    }

    /// A signed POST: status, content type and body.
    pub async fn post(&self, url: &str, form: &[(String, String)]) -> (u16, String, String) {
        told(self.platform.post(url, form).await.unwrap())
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
        told(self.platform.post_with(url, form, signature, headers).await.unwrap())
    }
}

fn told(received: Received) -> (u16, String, String) {
    (received.status, received.content_type, received.body)
}

impl Phone<'_> {
    /// Presses keys as a Gather collects them.
    pub async fn press(&mut self, keys: &str) -> &mut Self {
        let Then::Gather(gather) = &self.answer.then else { panic!("nobody listens:\n{}", self.twiml) };
        assert!(gather.dtmf, "keys are not listened for:\n{}", self.twiml);
        self.said(keys);
        let done = self.handset.press(keys).await;
        self.after(done)
    }

    /// Says something.
    pub async fn say(&mut self, words: &str) -> &mut Self {
        self.say_with(words, 0.9).await
    }

    /// Says something that is recognised with this confidence.
    pub async fn say_with(&mut self, words: &str, confidence: f64) -> &mut Self {
        let Then::Gather(gather) = &self.answer.then else { panic!("nobody listens:\n{}", self.twiml) };
        assert!(gather.speech, "speech is not listened for:\n{}", self.twiml);
        self.said(words);
        let done = self.handset.say(words, confidence).await;
        self.after(done)
    }

    /// Stays silent until the Gather gives up.
    pub async fn silence(&mut self) -> &mut Self {
        let done = self.handset.silence().await;
        self.after(done)
    }

    /// Speaks into a recording for so many seconds (0: not at all) and ends it by a key, by `hangup` or by silence.
    pub async fn record(&mut self, seconds: u32, ended_by: &str) -> &mut Self {
        let url = self.recording();
        self.said(&url);
        let done = match ended_by {
            "hangup" => self.handset.record_and_hang_up(seconds, &url).await,
            key => self.handset.record(seconds, key.chars().next(), &url).await,
        };
        self.after(done)
    }

    /// What the caller says is not to be found in any line of the log, now or later.
    fn said(&self, text: &str) {
        self.watch.said(text);
        self.line.watch.said(text);
    }

    /// Where the platform keeps what this caller records.
    pub fn recording(&self) -> String {
        let place = &self.line.recordings;
        format!("{place}/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE{}", self.sid.trim_start_matches("CA"))
    }

    /// The other end of a Dial is reached or not (`completed`, `busy`, `no-answer`, `failed`), and was connected for so many
    /// seconds.
    pub async fn dialled(&mut self, status: &str, seconds: u32) -> &mut Self {
        assert!(matches!(self.answer.then, Then::Dial { action: Some(_), .. }), "nobody comes back:\n{}", self.twiml);
        let leg = match status {
            "completed" => Leg::Answered(seconds),
            "no-answer" => Leg::NoAnswer,
            "busy" => Leg::Busy,
            "failed" => Leg::Failed,
            other => panic!("a Dial does not end by {other}"),
        };
        let done = self.handset.leg_ended(leg, "in-progress").await;
        self.after(done)
    }

    /// The caller hangs up while a Dial connects him; the action is told, too.
    pub async fn hang_up_in_dial(&mut self) -> u16 {
        let done = self.handset.leg_ended(Leg::Answered(3), "completed").await;
        self.after(done);
        200
    }

    /// The other end of a Dial has answered, which the platform tells where it was asked to; gives the status.
    pub async fn answered(&mut self) -> u16 {
        self.handset.leg_answered().await.unwrap().expect("the answer is not to be told").status
    }

    /// Hangs up: the platform only tells the status callback. Gives its status.
    pub async fn hang_up(&mut self) -> u16 {
        let done = self.handset.hang_up().await;
        self.after(done);
        204
    }

    /// Delivers the last request once more, as Twilio's retries do; gives the TwiML.
    pub async fn again(&self) -> String {
        let received = self.handset.again().await.unwrap();
        assert_eq!(received.status, 200);
        received.body
    }

    /// Asks a URL without news, as after a redirect.
    pub async fn go(&mut self, url: &str) -> &mut Self {
        let done = self.handset.act(url, &[]).await;
        self.after(done)
    }

    /// Whether the call is over.
    pub fn ended(&self) -> bool {
        matches!(self.answer.then, Then::Hangup | Then::Dial { action: None, .. })
    }

    fn after(&mut self, done: Result<(), Fault>) -> &mut Self {
        done.unwrap_or_else(|fault| panic!("{fault}"));
        self.listen();
        self
    }

    fn listen(&mut self) {
        self.heard.clear();
        self.played.clear();
        for sound in &self.handset.sounds {
            match sound {
                Sound::Say { text, .. } => {
                    self.heard.push_str(text);
                    self.heard.push(' ');
                }
                Sound::Play(url) => self.played.push(url.clone()),
                Sound::Pause(_) => {}
            }
        }
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
