//! The reference pages are made by the program and are as it makes them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::path::Path;
use std::process::Command;

#[test]
fn the_configuration_reference_is_up_to_date() {
    is_up_to_date("config", "docs/configuration.md");
}

#[test]
fn the_command_reference_is_up_to_date() {
    is_up_to_date("cli", "docs/commands.md");
}

fn is_up_to_date(page: &str, file: &str) {
    let made = Command::new(env!("CARGO_BIN_EXE_voxbridge")).args(["docs", page]).output().unwrap();
    let made = String::from_utf8(made.stdout).unwrap();
    let kept = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap_or_default();
    assert!(made == kept, "run `cargo run -- docs {page} > {file}`");
}
