use super::phone::Phone;
use super::target::Target;
use super::{Failure, draw, print};
use crate::calls::Clock;
use crate::calls::Outcome;
use crate::channel::console::{Action, Failure as Unmet, Move, Player, Script, ending_text, parse_line, render};
use clap::Args;
use jiff::Timestamp;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use tokio::io::{AsyncBufReadExt as _, BufReader};

const TYPED: &str = "Type keys (2, 1234#), words (I lost my card), nothing for silence, /hangup to hang up.\n";

const LATER: &str = "\
When it records: /record 3s, /record 3s key #, /record 3s hangup. When it connects: /transfer busy,
/transfer far_end_disconnect 30s.\n";

const SCRIPTS: &str = "\
A scripted call (--script) says what the caller does and expects to hear, a line each:

    caller +14155550100
    called +18005550140
    time 2026-03-02T10:00:00-05:00
    hear For flight status, press 1
    press 1
    not sorry
    confidence 0.4
    say the one to Boston
    play chime.wav
    silence
    record 3s key #
    transfer busy
    hangup
    ends

`hear` and `not` look at all that was said since the caller last did something; case and punctuation do not matter.
The exit code is 1 where something expected did not happen, 2 where the call could not be placed.";

/// Call an application from the terminal: hear it, press keys, speak.
///
/// Type keys (2, 1234#), words (I lost my card), an empty line for silence, /hangup to hang up. Where it
/// records, /record 3s; in a transfer, /transfer busy: /help says more.
#[derive(Debug, Args)]
#[command(after_long_help = SCRIPTS)]
pub(super) struct Call {
    #[command(flatten)]
    target: Target,

    /// Play this scripted call instead of reading the terminal
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,

    /// Print the transcript as JSON: every turn with what was heard, listened for, said and understood, and how long it took
    #[arg(long)]
    json: bool,

    /// Print also what happens inside: dialogs entered, events, <log>
    #[arg(long)]
    trace: bool,

    /// The caller's number [default: the script's, else +15550100001]
    #[arg(long, value_name = "NUMBER")]
    caller: Option<String>,

    /// The number called [default: the script's, else +15550109999]
    #[arg(long, value_name = "NUMBER")]
    called: Option<String>,

    /// When the call begins, e.g. 2026-03-02T10:00:00-05:00 [default: the script's, else now]
    #[arg(long, value_name = "TIME")]
    time: Option<Timestamp>,
}

impl Call {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let script = self.script.as_ref().map(|path| read_script(path)).transpose()?;
        let head = script.as_ref();
        let began = self.time.or(head.and_then(|script| script.time)).unwrap_or_else(Timestamp::now);
        let caller = self.caller.clone().or(head.and_then(|script| script.caller.clone()));
        let called = self.called.clone().or(head.and_then(|script| script.called.clone()));
        let caller = caller.unwrap_or_else(|| "+15550100001".to_owned());
        let called = called.unwrap_or_else(|| "+15550109999".to_owned());
        let found = self.target.find()?;
        let mut phone = Phone::dial(found, caller, called, began, clock_from(began)).await?;
        let unmet = match &script {
            Some(script) => self.play(&mut phone, script).await?,
            None => self.talk(&mut phone).await.map(|()| None)?,
        };
        if self.json {
            print(&phone.transcript(unmet.as_ref()))?;
        }
        match (unmet, &self.script) {
            (Some(unmet), Some(path)) => Err(Failure::finding(describe(&unmet, path))),
            _ => Ok(()),
        }
    }

    /// The scripted caller; what was expected and did not happen, if anything.
    async fn play(&self, phone: &mut Phone, script: &Script) -> Result<Option<Unmet>, Failure> {
        let mut player = Player::new(script);
        self.show_answer(phone)?;
        player.hear_prompts(phone.outcome().prompts());
        loop {
            let next = match player.act(phone.ended()) {
                Ok(Move::End) => break,
                Ok(next) => next,
                Err(unmet) => return Ok(Some(unmet)),
            };
            self.show(&format!("> {}\n", told(&next)))?;
            phone.act(next).await?;
            self.show_answer(phone)?;
            player.hear_prompts(phone.outcome().prompts());
        }
        phone.leave().await;
        Ok(None)
    }

    /// The caller at the terminal.
    async fn talk(&self, phone: &mut Phone) -> Result<(), Failure> {
        let echoes = !std::io::stdin().is_terminal();
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        self.show(TYPED)?;
        self.show_answer(phone)?;
        while !phone.ended() {
            self.show("> ")?;
            let Ok(Some(line)) = lines.next_line().await else { break };
            if echoes {
                self.show(&format!("{line}\n"))?;
            }
            let next = match parse_line(&line) {
                Action::Press(keys) => Move::Press(keys),
                Action::Say(words) => Move::Say(words, None),
                Action::Silence => Move::Silence,
                Action::Record(recording) => Move::Record(recording),
                Action::Transfer(end) => Move::Transfer(end),
                Action::Hangup => Move::Hangup,
                Action::Help => {
                    self.show(&format!("{TYPED}{LATER}"))?;
                    continue;
                }
                Action::Unknown(command) => {
                    self.show(&format!("There is no command /{command}. {TYPED}"))?;
                    continue;
                }
            };
            phone.act(next).await?;
            self.show_answer(phone)?;
        }
        phone.leave().await;
        Ok(())
    }

    fn show_answer(&self, phone: &Phone) -> Result<(), Failure> {
        let inside = phone.trace().filter(|line| self.trace || line.is_error()).map(|line| format!("[{line}]\n"));
        let answer = match phone.outcome() {
            Outcome::Turn(turn) => render(turn),
            Outcome::Ending(ending) => ending_text(ending),
            Outcome::Broken => "[voxbridge itself failed: please report it with the document]\n".to_owned(),
        };
        let text = inside.collect::<String>() + &answer;
        self.show(&text.replace(phone.place(), ""))
    }

    /// With --json standard output belongs to the transcript; the terminal shows the call on standard error.
    fn show(&self, text: &str) -> Result<(), Failure> {
        use std::io::Write as _;
        match (self.json, self.script.is_some()) {
            (false, _) => {
                print(text)?;
                let _ = std::io::stdout().flush();
            }
            (true, false) => eprint!("{text}"),
            (true, true) => {}
        }
        Ok(())
    }
}

fn read_script(path: &std::path::Path) -> Result<Script, Failure> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::unable(format!("error: {file} cannot be read: {error}")))?;
    Script::parse(text.trim_start_matches('\u{feff}'), &file)
        .map_err(|findings| Failure::unable(draw::draw(&findings, draw::coloured())))
}

/// A clock that starts at `began` and goes on from there.
fn clock_from(began: Timestamp) -> Clock {
    let (first, start) = (began.as_millisecond(), Instant::now());
    Arc::new(move || first.saturating_add(start.elapsed().as_millis() as i64))
}

fn told(next: &Move) -> String {
    match next {
        Move::Press(keys) => keys.clone(),
        Move::Say(words, None) => format!("\"{words}\""),
        Move::Say(words, Some(confidence)) => format!("\"{words}\" (confidence {confidence})"),
        Move::Silence => String::new(),
        Move::Record(recording) => format!("/record {recording}"),
        Move::Transfer(end) => format!("/transfer {end}"),
        Move::Hangup => "/hangup".to_owned(),
        Move::End => "the script ends".to_owned(),
    }
}

fn describe(unmet: &Unmet, path: &std::path::Path) -> String {
    format!("{}:{}: expected {}\n  heard {}", path.display(), unmet.line, unmet.expected, unmet.heard)
}
