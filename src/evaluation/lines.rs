//! Reading sets: JSON lines and menus, with the line of what is wrong.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use thiserror::Error;

/// A set that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}{at}: {what}")]
pub struct BadInput {
    file: String,
    at: String,
    what: String,
}

impl BadInput {
    pub(super) fn new(file: &Path, line: Option<usize>, what: impl ToString) -> Self {
        let at = line.map(|line| format!(":{line}")).unwrap_or_default();
        Self { file: file.display().to_string(), at, what: what.to_string() }
    }
}

/// The sets of a folder, by the files' names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folder {
    /// Utterances to menus, each with the file of its menus.
    pub menus: Vec<(PathBuf, PathBuf)>,
    /// Sentences with slots.
    pub slots: Vec<PathBuf>,
    /// Times and dates.
    pub smart_time: Vec<PathBuf>,
}

impl Folder {
    /// Looks for the sets in a folder: `menus….json` with `menu_items….jsonl`, `slots_….jsonl`, `smart_time….jsonl`.
    ///
    /// # Errors
    /// If it cannot be read, or items of menus have no menus.
    pub fn read(folder: &Path) -> Result<Self, BadInput> {
        let entries = std::fs::read_dir(folder).map_err(|error| BadInput::new(folder, None, error))?;
        let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.sort();
        let mut found = Self::default();
        for name in &names {
            let path = folder.join(name);
            let Some(stem) = name.strip_suffix(".jsonl") else { continue };
            if let Some(rest) = stem.strip_prefix("menu_items") {
                let menus = folder.join(format!("menus{rest}.json"));
                if !menus.is_file() {
                    return Err(BadInput::new(&path, None, format!("its menus are missing: {}", menus.display())));
                }
                found.menus.push((path, menus));
            } else if stem.starts_with("slots") {
                found.slots.push(path);
            } else if stem.starts_with("smart_time") {
                found.smart_time.push(path);
            }
        }
        Ok(found)
    }

    /// Whether there is no set in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

pub(super) fn read_text(path: &Path) -> Result<String, BadInput> {
    std::fs::read_to_string(path).map_err(|error| BadInput::new(path, None, error))
}

/// The objects of a file of JSON lines, each with its line from 1.
pub(super) fn read_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<(usize, T)>, BadInput> {
    let text = read_text(path)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| {
            let item = serde_json::from_str(line).map_err(|error| BadInput::new(path, Some(at + 1), error))?;
            Ok((at + 1, item))
        })
        .collect()
}

/// A value that is written as text.
pub(super) fn from_text<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}

/// Two values that are written as texts, or nothing.
pub(super) fn both_from_text<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<(T, T)>, D::Error> {
    let Some((first, second)) = Option::<(String, String)>::deserialize(from)? else { return Ok(None) };
    Ok(Some((first.parse().map_err(D::Error::custom)?, second.parse().map_err(D::Error::custom)?)))
}
