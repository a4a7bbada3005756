use super::report;
use crate::cli::{Failure, print};
use crate::evaluation::{
    BadInput, Folder, MenuFigures, MenuSet, Options, Shots, SlotFigures, SlotSet, SmartTimeFigures, SmartTimeSet, Tier,
};
use crate::nlu::Thresholds;
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use serde_json::{Value, json};
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

/// Score how callers are understood, on sets of utterances with what they mean.
///
/// The folder holds the sets by their names: menus*.json with menu_items*.jsonl, slots_*.jsonl, smart_time*.jsonl;
/// docs/howto-choose-thresholds.md has the formats. Nothing leaves the machine.
#[derive(Debug, Args)]
pub(in crate::cli) struct Eval {
    /// The folder of the sets
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// The tiers that answer
    #[arg(long, value_enum, default_value = "all")]
    tier: Tier,

    /// What is told of each choice; both, where it is not given
    #[arg(long, value_enum)]
    shots: Option<Shots>,

    /// The confidence below which an utterance is no match
    #[arg(long, value_name = "0..1", default_value_t = Thresholds::default().confirm)]
    threshold: f64,

    /// Print one JSON object
    #[arg(long)]
    json: bool,

    /// Keep the predictions in this folder, a file for each set
    #[arg(long, value_name = "DIR")]
    predictions: Option<PathBuf>,
}

impl Eval {
    pub(super) fn run(self) -> Result<(), Failure> {
        let folder = Folder::read(&self.folder).map_err(unable)?;
        if folder.is_empty() {
            let what = "no menu_items*.jsonl, slots_*.jsonl or smart_time*.jsonl";
            return Err(Failure::unable(format!("error: {}: {what}", self.folder.display())));
        }
        if let Some(folder) = &self.predictions {
            std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
        }
        let mut all = serde_json::Map::new();
        for (items, menus) in &folder.menus {
            let set = MenuSet::read(items, menus).map_err(unable)?;
            let shots = self.shots.map_or(vec![Shots::Zero, Shots::Few], |shots| vec![shots]);
            for shots in shots {
                let figures = self.menus(items, &set, shots)?;
                let name = format!("{} {}", stem(items), name_of(shots));
                if !self.json {
                    print(&report::menus(&name, &figures))?;
                }
                all.insert(name, json!(figures));
            }
        }
        for path in &folder.slots {
            let set = SlotSet::read(path).map_err(unable)?;
            let name = stem(path);
            let bar = progress(set.items.len(), &name);
            let predictions = set.predict(|| bar.inc(1));
            bar.finish_and_clear();
            self.keep(&format!("{name}.jsonl"), &predictions)?;
            let figures = SlotFigures::of(&set, &predictions);
            if !self.json {
                print(&report::slots(&name, &figures))?;
            }
            all.insert(name, json!(figures));
        }
        for path in &folder.smart_time {
            let set = SmartTimeSet::read(path).map_err(unable)?;
            let name = stem(path);
            let predictions = set.predict(|| ());
            self.keep(&format!("{name}.jsonl"), &predictions)?;
            let figures = SmartTimeFigures::of(&set, &predictions);
            if !self.json {
                print(&report::smart_time(&name, &figures))?;
            }
            all.insert(name, json!(figures));
        }
        if self.json {
            print(&(serde_json::to_string_pretty(&Value::Object(all)).unwrap_or_default() + "\n"))?;
        }
        Ok(())
    }

    fn menus(&self, items: &Path, set: &MenuSet, shots: Shots) -> Result<MenuFigures, Failure> {
        let options = Options { shots, tier: self.tier, threshold: self.threshold };
        let bar = progress(set.items.len(), &format!("{} {}", stem(items), name_of(shots)));
        let predictions = set.predict(options, || bar.inc(1));
        bar.finish_and_clear();
        self.keep(&format!("{}.{}.jsonl", stem(items), name_of(shots)), &predictions)?;
        Ok(MenuFigures::of(set, &predictions))
    }

    fn keep<T: Serialize>(&self, name: &str, predictions: &[T]) -> Result<(), Failure> {
        let Some(folder) = &self.predictions else { return Ok(()) };
        let lines = predictions.iter().map(|prediction| serde_json::to_string(prediction).unwrap_or_default() + "\n");
        let path = folder.join(name);
        std::fs::write(&path, lines.collect::<String>()).map_err(|error| unwritable(&path, &error))
    }
}

fn name_of(shots: Shots) -> &'static str {
    match shots {
        Shots::Zero => "zero-shot",
        Shots::Few => "few-shot",
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// A bar on a terminal, nothing elsewhere.
fn progress(length: usize, name: &str) -> ProgressBar {
    let target =
        if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style =
        ProgressStyle::with_template("{msg:30} {bar:40} {pos}/{len}").unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::with_draw_target(Some(length as u64), target).with_style(style);
    bar.with_message(name.to_owned())
}

fn unable(error: BadInput) -> Failure {
    Failure::unable(format!("error: {error}"))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::unable(format!("error: {} cannot be written: {error}", path.display()))
}
