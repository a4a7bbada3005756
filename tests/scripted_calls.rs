//! The scripted calls of `tests/calls`: through the server as Twilio would place them, and by the `call` command. Both
//! callers hear the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::redis::RedisServer;
use common::{CALLED, CALLER, Line, Phone, TOKEN};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use voxbridge::calls::{Clock, Limits};
use voxbridge::channel::console::{Move, Player, Script};
use voxbridge::channel::twilio::reading::Then;
use voxbridge::server::config::Config;

#[tokio::test]
async fn every_scripted_call_goes_as_written_and_sounds_alike_over_both_lines() {
    let now = Arc::new(AtomicI64::new(0));
    let line = sample_server(clock_of(&now), "memory:").await;
    let mut failures = Vec::new();
    let scripts = scripts();
    assert!(scripts.len() > 40, "only {} scripts were found", scripts.len());
    for path in scripts {
        let by_command = start_command(&path);
        let heard = play(&line, &path, &now).await;
        let by_command = finish_command(by_command);
        match (heard, by_command) {
            (Err(failure), _) => failures.push(format!("over HTTP: {failure}")),
            (_, Err(failure)) => failures.push(format!("by voxbridge call: {failure}")),
            (Ok(heard), Ok(told)) => {
                failures.extend(difference(&heard, &told).map(|what| format!("{}: {what}", name(&path))))
            }
        }
    }
    line.close().await;
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[tokio::test]
async fn the_restaurant_keeps_its_book_in_a_file_and_in_redis_as_well() {
    let (folder, redis) = (tempfile::tempdir().unwrap(), RedisServer::start());
    let mut failures = Vec::new();
    for store in [format!("sqlite:{}", folder.path().join("calls.db").display()), redis.url()] {
        let now = Arc::new(AtomicI64::new(0));
        let line = sample_server(clock_of(&now), &store).await;
        for path in scripts().iter().filter(|path| app(path) == "restaurant") {
            failures.extend(play(&line, path, &now).await.err());
        }
        line.close().await;
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn the_restaurant_takes_reservations_by_keys_alone_and_by_speech_alone() {
    let by_keys =
        ["reserve-by-keys", "check-and-cancel-by-number-of-caller", "full-house", "found-by-id", "spanish-by-keys"];
    let by_speech = ["one-breath", "nine-in-the-evening", "only-what-is-missing", "corrected-while-confirming"];
    let calls = by_keys.map(|name| ("keys", name)).into_iter().chain(by_speech.map(|name| ("speech", name)));
    let mut failures = Vec::new();
    for (mode, name) in calls {
        let path = root().join(format!("tests/calls/restaurant/{name}.call"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_voxbridge"));
        command.current_dir(root()).args(["call", "restaurant", "--mode", mode, "--json", "--script"]).arg(&path);
        let output = command.output().unwrap();
        if !output.status.success() {
            failures.push(format!("in mode {mode}: {}", String::from_utf8_lossy(&output.stderr)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[tokio::test]
async fn a_table_is_found_again_after_a_restart() {
    let (folder, redis) = (tempfile::tempdir().unwrap(), RedisServer::start());
    let now = Arc::new(AtomicI64::new(1_772_463_600_000));
    for store in [format!("sqlite:{}", folder.path().join("calls.db").display()), redis.url()] {
        let line = sample_server(clock_of(&now), &store).await;
        let mut phone = line.dial(&format!("{}/twilio/voice/restaurant", line.base), CALLER, CALLED).await;
        phone.press("1").await.press("533232#").await.press("20260305").await.press("1930").await.press("4#").await;
        phone.press("1").await;
        assert!(phone.heard.contains("Your table is reserved."), "{store}: {}", phone.heard);
        phone.hang_up().await;
        line.close().await;
        let line = sample_server(clock_of(&now), &store).await;
        let mut phone = line.dial(&format!("{}/twilio/voice/restaurant", line.base), CALLER, CALLED).await;
        phone.press("2").await;
        let told = "a table for 4, Thursday, March 5 at 7:30 PM, under Lee.";
        assert!(phone.heard.contains(told), "{store}: {}", phone.heard);
        phone.hang_up().await;
        line.close().await;
    }
}

/// The sample applications as `voxbridge.toml` serves them, on a free port, signed.
async fn sample_server(clock: Clock, store: &str) -> Line {
    let text = std::fs::read_to_string(root().join("voxbridge.toml")).unwrap();
    let mut config = Config::parse(&text, "voxbridge.toml", root().to_path_buf()).unwrap();
    config.store.url = store.into();
    config.server.listen = "127.0.0.1:0".parse().unwrap();
    config.twilio.auth_token = Some(TOKEN.into());
    Line::start(&config, clock, Limits::default(), Some(TOKEN)).await
}

fn clock_of(now: &Arc<AtomicI64>) -> Clock {
    let now = Arc::clone(now);
    Arc::new(move || now.fetch_add(1, Ordering::Relaxed))
}

/// Plays a script over HTTP; gives what was heard, turn by turn, or where it went otherwise.
async fn play(line: &Line, path: &Path, now: &AtomicI64) -> Result<Vec<String>, String> {
    let script =
        Script::parse(&std::fs::read_to_string(path).unwrap(), &name(path)).unwrap_or_else(|all| panic!("{all:?}"));
    now.store(script.time.map_or(1_772_463_600_000, |time| time.as_millisecond()), Ordering::Relaxed);
    // A call that names the number called finds its application by it.
    let url = match &script.called {
        Some(_) => format!("{}/twilio/voice", line.base),
        None => format!("{}/twilio/voice/{}", line.base, app(path)),
    };
    let (from, to) = (script.caller.as_deref().unwrap_or(CALLER), script.called.as_deref().unwrap_or(CALLED));
    let mut phone = line.dial(&url, from, to).await;
    let mut player = Player::new(&script);
    let (mut turns, mut hung_up) = (Vec::new(), false);
    loop {
        if !hung_up {
            turns.push(phone.heard.clone());
            player.hear(&phone.heard, &phone.played);
        }
        let next = player.act(hung_up || phone.ended()).map_err(|unmet| {
            format!("{}:{}: expected {}\n  heard {}", name(path), unmet.line, unmet.expected, unmet.heard)
        })?;
        if let Move::End | Move::Hangup = next {
            // Who was handed over is heard no more, and the command tells so.
            if matches!(phone.answer.then, Then::Dial { action: None, .. }) {
                turns.push(String::new());
            }
            if hung_up || phone.ended() {
                return Ok(turns);
            }
            assert_eq!(phone.hang_up().await, 204);
            hung_up = true;
            continue;
        }
        act(&mut phone, next).await;
    }
}

/// The caller does what the platform waits for; what nobody listens for is not heard.
async fn act(phone: &mut Phone<'_>, what: Move) {
    match (phone.answer.then.clone(), what) {
        (Then::Gather(gather), Move::Press(keys)) if gather.dtmf => {
            phone.press(&keys).await;
        }
        (Then::Gather(gather), Move::Say(words, confidence)) if gather.speech => {
            phone.say_with(&words, confidence.unwrap_or(0.9)).await;
        }
        (Then::Gather(_), _) => {
            phone.silence().await;
        }
        (Then::Record { .. }, Move::Record(recording)) => {
            let key = recording.key.map(String::from);
            let ended_by = key.as_deref().unwrap_or(if recording.hung_up { "hangup" } else { "" });
            phone.record((recording.duration / 1_000) as u32, ended_by).await;
        }
        (Then::Dial { .. }, Move::Transfer(end)) => {
            let status = match end.result.as_str() {
                "noanswer" => "no-answer",
                "busy" => "busy",
                "network_busy" => "failed",
                _ => "completed",
            };
            phone.dialled(status, (end.duration / 1_000) as u32).await;
        }
        (then, what) => panic!("{what:?} is nothing one can do in {then:?}"),
    }
}

/// `voxbridge call`, playing the same script on the side.
fn start_command(path: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_voxbridge"));
    command.current_dir(root()).args(["call", &app(path), "--json", "--script"]).arg(path);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// What the command's transcript says was heard, turn by turn, or why it failed.
fn finish_command(child: Child) -> Result<Vec<String>, String> {
    let output = child.wait_with_output().unwrap();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let transcript: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let turns = transcript["turns"].as_array().unwrap().iter().filter(|turn| turn["input"] != "hangup");
    let said = |turn: &serde_json::Value| {
        let prompts = turn["said"].as_array().unwrap().iter();
        prompts.map(|prompt| prompt.as_str().unwrap()).collect::<Vec<_>>().join(" ")
    };
    Ok(turns.map(said).collect())
}

/// Where two callers heard different words.
fn difference(one: &[String], other: &[String]) -> Option<String> {
    let letters = |text: &String| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let turn = one.iter().zip(other).position(|(one, other)| letters(one) != letters(other));
    match turn {
        Some(turn) => {
            Some(format!("turn {}: over HTTP {:?}, by voxbridge call {:?}", turn + 1, one[turn], other[turn]))
        }
        None if one.len() != other.len() => {
            Some(format!("{} turns over HTTP, {} by voxbridge call", one.len(), other.len()))
        }
        None => None,
    }
}

/// The scripts: `tests/calls/APPLICATION/NAME.call`.
fn scripts() -> Vec<PathBuf> {
    let list = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let folders = list(&root().join("tests/calls"));
    let mut scripts: Vec<PathBuf> = folders.iter().flat_map(|folder| list(folder)).collect();
    scripts.retain(|path| path.extension().is_some_and(|extension| extension == "call"));
    scripts.sort();
    scripts
}

fn app(path: &Path) -> String {
    path.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned()
}

/// A script's name as an editor finds it.
fn name(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
