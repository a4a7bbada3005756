//! Secrets of the configuration and the environment are never shown: not by help, not by errors, not by `Debug`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods, missing_docs)]

use std::path::PathBuf;
use std::process::Command;
use voxbridge::server::Environment;
use voxbridge::server::config::Config;

const SECRET: &str = "s3cr3t-of-the-house-0123456789";
const APP: &str = "[[app]]\nname = \"a\"\nstart = \"a.vxml\"\n";

/// Variables that hold secrets.
const VARIABLES: [&str; 3] = ["TWILIO_AUTH_TOKEN", "VOXBRIDGE_ADMIN_TOKEN", "VOXBRIDGE_MODEL_KEY"];

fn voxbridge(folder: &std::path::Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_voxbridge"));
    command.args(arguments).current_dir(folder).env("RUST_LOG", "trace");
    for variable in VARIABLES {
        command.env(variable, SECRET);
    }
    let output = command.output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// The commands that `--help` lists.
fn commands(help: &str) -> Vec<String> {
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    list.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn no_help_shows_what_the_environment_holds() {
    let folder = tempfile::tempdir().unwrap();
    let help = voxbridge(folder.path(), &["-h"]);
    let commands = commands(&help);
    assert!(commands.iter().any(|name| name == "serve") && commands.len() > 5, "{commands:?}");
    for command in &commands {
        for flag in ["--help", "-h"] {
            let help = voxbridge(folder.path(), &[command, flag]);
            assert!(!help.contains(SECRET) && help.len() > 40, "{command}: {help}");
        }
    }
    for page in ["config", "cli"] {
        assert!(!voxbridge(folder.path(), &["docs", page]).contains(SECRET));
    }
}

#[test]
fn a_configuration_in_debug_shows_no_secret_from_file_or_environment() {
    let text = format!("[twilio]\nauth_token = \"{SECRET}\"\n[admin]\ntoken_hash = \"{SECRET}\"\n{APP}");
    let mut config = Config::parse(&text, "voxbridge.toml", PathBuf::new()).unwrap();
    assert!(config.twilio.auth_token.is_some() && config.admin.token_hash.is_some());
    assert!(!format!("{config:?} {config:#?}").contains(SECRET));
    let variables = VARIABLES.map(|name| (name, SECRET));
    let environment = Environment::of(&variables);
    config.override_by(&environment).unwrap();
    assert_eq!(config.admin.token.as_deref().map(String::as_str), Some(SECRET));
    assert_eq!(config.model.key.as_deref().map(String::as_str), Some(SECRET));
    assert!(!format!("{config:?} {environment:?}").contains(SECRET));
}

#[test]
fn no_error_of_a_configuration_quotes_a_secret() {
    for text in [
        format!("[admin]\ntoken_hash = \"{SECRET}\"\n{APP}"),
        format!("[admin]\ntoken_hash = [\"{SECRET}\"]\n{APP}"),
        format!("[admin]\ntoken = \"{SECRET}\"\n{APP}"),
        format!("[admin]\ntoken_hash = \"{SECRET}\n{APP}"),
        format!("[admin]\nhash = \"{SECRET}\"\n{APP}"),
        format!("[twilio]\nauth_token = {SECRET}\n{APP}"),
        format!("[twilio]\npassword = \"{SECRET}\"\n{APP}"),
    ] {
        let error = Config::parse(&text, "voxbridge.toml", PathBuf::new()).and_then(|config| config.check());
        let error = error.unwrap_err();
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
        assert!(error.to_string().contains("voxbridge.toml:"), "{error}");
    }
}

#[test]
fn a_token_that_is_easily_guessed_is_refused_without_being_quoted() {
    let mut config = Config::parse(APP, "voxbridge.toml", PathBuf::new()).unwrap();
    config.override_by(&Environment::of(&[("VOXBRIDGE_ADMIN_TOKEN", "hunter2")])).unwrap();
    let error = config.check().unwrap_err().to_string();
    assert!(error.contains("VOXBRIDGE_ADMIN_TOKEN") && !error.contains("hunter2"), "{error}");
}

#[test]
fn a_made_token_is_printed_once_and_its_line_is_a_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let printed = voxbridge(folder.path(), &["admin-token"]);
    let line = printed.lines().find(|line| line.contains("token_hash")).unwrap().trim();
    let config = Config::parse(&format!("[admin]\n{line}\n{APP}"), "voxbridge.toml", PathBuf::new()).unwrap();
    config.check().unwrap();
    let token = printed.lines().map(str::trim).find(|line| line.len() == 43).unwrap();
    assert_eq!(printed.matches(token).count(), 1);
    assert_ne!(printed, voxbridge(folder.path(), &["admin-token"]));
}
