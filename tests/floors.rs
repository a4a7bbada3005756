//! The floors of the house: a room imports only from floors below its own, and the pure rooms touch no world.

#![allow(missing_docs, clippy::unwrap_used, clippy::disallowed_methods)]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The rooms and their floors, as the architecture has them. Rooms of one floor may not import each other, but for the
/// ones named in [`NEIGHBOURS`].
const FLOORS: &[(&str, u8)] = &[
    ("dialogue", 1),
    ("vxml", 2),
    ("grammar", 2),
    ("script", 2),
    ("interpreter", 3),
    ("nlu", 3),
    ("policy", 3),
    ("fetch", 4),
    ("store", 4),
    ("model", 4),
    ("backoffice", 5),
    ("calls", 5),
    ("channel", 6),
    ("server", 7),
    ("conformance", 8),
    ("evaluation", 8),
    ("cli", 9),
];

/// `policy` is a machine around the interpreter, fed by what NLU found.
const NEIGHBOURS: &[(&str, &str)] = &[("policy", "interpreter"), ("policy", "nlu")];

/// Rooms without I/O, clock and randomness.
const PURE: &[&str] = &["dialogue", "vxml", "grammar", "interpreter", "nlu", "policy"];

/// What a pure room does not name.
const WORLD: &[&str] = &[
    "tokio",
    "reqwest",
    "redis",
    "axum",
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant::now",
    "use rand",
    "thread_rng",
    "println!",
    "eprintln!",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn room(name: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name);
    let mut files = Vec::new();
    sources(&folder, &mut files);
    assert!(!files.is_empty(), "the room {name} is empty");
    files.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// The text without comments: words in them are no imports.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The rooms a text names after `crate::`, also in `use crate::{a, b::c}`.
fn named(text: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let word =
            |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        let Some(group) = rest.strip_prefix('{') else {
            rooms.push(word(rest));
            continue;
        };
        let mut depth = 0;
        let mut start = true;
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                _ if start && !c.is_whitespace() => {
                    rooms.push(word(&group[at..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    rooms
}

#[test]
fn a_room_imports_only_from_floors_below_its_own() {
    let floor = |name: &str| FLOORS.iter().find(|(room, _)| *room == name).map(|(_, floor)| *floor);
    let mut faults = Vec::new();
    for (name, own) in FLOORS {
        for (path, text) in room(name) {
            for other in named(&code(&text)) {
                let Some(its) = floor(&other) else { continue };
                let allowed = other == *name || its < *own || NEIGHBOURS.contains(&(*name, other.as_str()));
                if !allowed {
                    faults.push(format!("{} (floor {own}) imports {other} (floor {its})", path.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_room_has_a_floor() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(src).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            assert!(FLOORS.iter().any(|(room, _)| *room == name), "the room {name} has no floor");
        }
    }
}

#[test]
fn pure_rooms_name_no_io_clock_or_randomness() {
    let mut faults = Vec::new();
    for name in PURE {
        for (path, text) in room(name) {
            let tests = path.components().any(|part| part.as_os_str().to_string_lossy().starts_with("tests"));
            let text = code(&text);
            // Tests at a file's foot may print.
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            for word in WORLD.iter().filter(|word| !tests && text.contains(**word)) {
                faults.push(format!("{} names {word}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn imports_are_found_in_every_form() {
    assert_eq!(named("use crate::dialogue::Turn;"), ["dialogue"]);
    assert_eq!(
        named("use crate::{\n  dialogue::{A, B},\n  grammar::Grammar, script };"),
        ["dialogue", "grammar", "script"]
    );
    assert_eq!(named("fn f(x: crate::calls::Host)"), ["calls"]);
}
