//! The scripted calls of the sample applications, through the real server, placed as Twilio places them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{Line, Phone};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use voxbridge::channel::console::{Move, Player, Script};
use voxbridge::channel::twilio::reading::Then;
use voxbridge::server::Server;
use voxbridge::server::config::Config;

#[tokio::test]
async fn the_airline_answers_as_its_scripts_say() {
    play_all("airline").await;
}

#[tokio::test]
async fn the_bank_answers_as_its_scripts_say() {
    play_all("bank").await;
}

async fn play_all(app: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut scripts: Vec<PathBuf> = std::fs::read_dir(folder.join("tests/calls").join(app))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "call"))
        .collect();
    scripts.sort();
    assert!(!scripts.is_empty());
    let mut failures = Vec::new();
    for path in &scripts {
        if let Err(failure) = play(app, folder, path).await {
            failures.push(format!("{}: {failure}", path.strip_prefix(folder).unwrap().display()));
        }
    }
    println!("{} of {} scripts of {app} hold", scripts.len() - failures.len(), scripts.len());
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// A server whose clock stands where the script begins.
async fn open(folder: &Path, script: &Script) -> Line {
    let text = std::fs::read_to_string(folder.join("voxbridge.toml")).unwrap();
    let mut config = Config::parse(&text, "voxbridge.toml", folder.to_path_buf()).unwrap();
    config.server.listen = "127.0.0.1:0".parse().unwrap();
    config.server.workers = 1;
    let time = script.time.map_or(1_700_000_000_000, |time| time.as_millisecond());
    Line::start(Server::bind_with(&config, Arc::new(move || time)).await.unwrap(), None)
}

async fn play(app: &str, folder: &Path, path: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).unwrap();
    let script = Script::parse(&text, &path.display().to_string()).map_err(|problems| format!("{problems:?}"))?;
    let line = open(folder, &script).await;
    let caller = script.caller.as_deref().unwrap_or(common::CALLER);
    let called = script.called.as_deref().unwrap_or(common::CALLED);
    let mut phone = line.call_from(&format!("{}/twilio/voice/{app}", line.base), caller, called).await;
    let mut player = Player::new(&script);
    loop {
        player.hear(&phone.heard, &phone.played);
        match player.act(phone.ended()).map_err(|failure| failure.to_string())? {
            Move::End => break,
            what => act(&mut phone, what).await,
        }
        if phone.hung_up {
            player.act(true).map_err(|failure| failure.to_string())?;
            break;
        }
    }
    assert_eq!(phone.hang_up().await, 204);
    line.close().await;
    Ok(())
}

async fn act(phone: &mut Phone<'_>, what: Move) {
    if matches!(phone.answer.then, Then::Dial { .. }) && what != Move::Hangup {
        phone.talks().await;
        return;
    }
    match what {
        Move::Press(keys) => phone.press(&keys).await,
        Move::Say(words, confidence) => phone.say_heard(&words, confidence).await,
        Move::Silence => phone.silence().await,
        Move::Hangup | Move::End => {
            phone.hang_up().await;
            phone
        }
    };
}
