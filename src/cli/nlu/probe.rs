use super::place::{self, Place, short};
use crate::calls::Clock;
use crate::cli::target::Target;
use crate::cli::{Failure, print};
use crate::dialogue::{FilledSlot, Finding, Interpretation, Selection};
use crate::nlu::entities::{Entity, Kind, Moment, find};
use crate::nlu::{State, Tiers};
use crate::policy::Mode;
use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Show what an utterance is taken for where an application listens, by which tier and why.
///
/// The application is called and keys are pressed until it listens in the state, so its documents and back-ends are really
/// asked. Nothing else is.
#[derive(Debug, Args)]
pub(in crate::cli) struct Try {
    #[command(flatten)]
    target: Target,

    /// Where it listens: document#dialog/item, as mappings name it
    #[arg(value_name = "STATE")]
    state: String,

    /// What the caller says
    #[arg(value_name = "UTTERANCE", required_unless_present = "lines")]
    utterance: Option<String>,

    /// Take the utterances from a file of JSON lines instead ({"utterance": "…", "expected_key": "1"}; the key may be missing)
    #[arg(long, value_name = "FILE", conflicts_with = "utterance")]
    lines: Option<PathBuf>,

    /// Keys that are pressed on the way, one for each turn, before the state is looked for; may be repeated
    #[arg(long = "press", value_name = "KEYS")]
    way: Vec<String>,

    /// When the caller says it, e.g. 2026-03-02T10:00:00-05:00 [default: now]
    #[arg(long, value_name = "TIME")]
    time: Option<Timestamp>,

    /// Print JSON, one object for each utterance
    #[arg(long)]
    json: bool,
}

/// Something to try.
#[derive(Debug, serde::Deserialize)]
struct Line {
    utterance: String,
    #[serde(default)]
    expected_key: Option<String>,
}

/// What came of an utterance.
struct Seen<'a> {
    utterance: &'a str,
    tiers: Tiers,
    entities: Vec<Entity>,
    slots: Vec<FilledSlot>,
}

impl Try {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let mut found = self.target.find()?;
        let now = self.time.unwrap_or_else(Timestamp::now);
        let clock: Clock = Arc::new(move || now.as_millisecond());
        // The turn as the application makes it: nothing of the bridge's own in its place.
        found.app.mode = Mode::Keys;
        let limits = found.limits;
        let app = found.ready(&clock);
        let place = place::find(Arc::clone(&app), &self.state, &self.way, clock, limits).await?;
        let mapping = app.mapping.clone().unwrap_or_default();
        let state = mapping.state(&place.prompts.iter().collect::<Vec<_>>(), &place.request);
        let zone = TimeZone::get(&app.timezone).unwrap_or(TimeZone::UTC);
        let moment = Moment { now: now.to_zoned(zone).datetime(), hours: state.hours() };
        let lines = self.lines()?;
        let (mut right, mut told) = (0, 0);
        for line in &lines {
            let seen = see(&state, &place, &line.utterance, &moment);
            if let Some(expected) = &line.expected_key {
                told += 1;
                right += u32::from(is_key(&seen.tiers.finding, expected, &state));
            }
            match self.json {
                true => print(&(seen.json(&state).to_string() + "\n"))?,
                false => print(&seen.text(&state))?,
            }
        }
        if told > 0 && !self.json {
            print(&format!("{right} of {told} as expected\n"))?;
        }
        Ok(())
    }

    fn lines(&self) -> Result<Vec<Line>, Failure> {
        let Some(path) = &self.lines else {
            let utterance = self.utterance.clone().unwrap_or_default();
            return Ok(vec![Line { utterance, expected_key: None }]);
        };
        let wrong = |what: String| Failure::unable(format!("error: {}{what}", path.display()));
        let text = std::fs::read_to_string(path as &Path).map_err(|error| wrong(format!(": {error}")))?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let read = |(at, line): (usize, &str)| {
            serde_json::from_str(line).map_err(|error| wrong(format!(":{}: {error}", at + 1)))
        };
        lines.map(read).collect()
    }
}

fn see<'a>(state: &State, place: &Place, utterance: &'a str, moment: &Moment) -> Seen<'a> {
    let wanted: Vec<Kind> = place.request.slots.iter().filter_map(|slot| state.entity(&slot.name)).collect();
    let entities = find(utterance, state.language(), moment, &wanted);
    let slots = state.hear(utterance, moment.now).slots;
    Seen { utterance, tiers: state.tiers(utterance), entities, slots }
}

fn is_key(finding: &Finding, expected: &str, state: &State) -> bool {
    let best = finding.best(state.thresholds().confirm).map(|best| &best.selection);
    matches!(best, Some(Selection::Key(key)) if key.0 == expected)
}

impl Seen<'_> {
    fn json(&self, state: &State) -> Value {
        let thresholds = state.thresholds();
        json!({
            "state": state.name(),
            "utterance": self.utterance,
            "exact": self.tiers.exact.ranked,
            "missing_key": self.tiers.missing_key,
            "embedded": self.tiers.embedded.ranked,
            "none": self.tiers.none,
            "finding": self.tiers.finding.ranked,
            "becomes": self.becomes(state),
            "slots": self.slots,
            "accept": thresholds.accept,
            "confirm": thresholds.confirm,
            "entities": self.entities.iter().map(|entity| json!({
                "kind": format!("{:?}", entity.kind),
                "said": self.utterance.get(entity.span.clone()),
                "span": [entity.span.start, entity.span.end],
                "readings": entity.readings.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>(),
                "confidence": entity.confidence,
            })).collect::<Vec<_>>(),
        })
    }

    fn text(&self, state: &State) -> String {
        let mut out = format!("{}: \"{}\"\n", short(state.name()), self.utterance);
        let exact = if self.tiers.missing_key { "names a key that cannot be pressed here" } else { "nothing" };
        let _ = writeln!(out, "tier 1, as it is:{}", list(&self.tiers.exact.ranked, exact));
        let _ = writeln!(out, "tier 2, close to:{}", list(&self.tiers.embedded.ranked, "nothing"));
        let _ = writeln!(out, "  {:<20} {:.3}", "none of these", self.tiers.none);
        let _ = writeln!(out, "together:{}", list(&self.tiers.finding.ranked, "nothing"));
        let thresholds = state.thresholds();
        let _ = writeln!(
            out,
            "  {} (accepted from {}, asked about from {})",
            self.becomes(state),
            thresholds.accept,
            thresholds.confirm
        );
        for entity in &self.entities {
            let readings: Vec<String> = entity.readings.iter().map(|value| format!("{value:?}")).collect();
            let readings = if readings.is_empty() { "must be asked".to_owned() } else { readings.join(" or ") };
            let said = self.utterance.get(entity.span.clone()).unwrap_or_default();
            let _ = writeln!(out, "entity {:?}: \"{said}\" is {readings} ({:.2})", entity.kind, entity.confidence);
        }
        for filled in &self.slots {
            let readings: Vec<String> = filled.readings.iter().map(|one| format!("\"{}\"", one.said)).collect();
            let readings = if readings.is_empty() { "must be asked".to_owned() } else { readings.join(" or ") };
            let _ = writeln!(
                out,
                "fills {}: \"{}\" is {readings} ({:.2})",
                filled.slot, filled.spoken.0, filled.confidence
            );
        }
        out.push('\n');
        out
    }

    /// What becomes of it by the thresholds.
    fn becomes(&self, state: &State) -> &'static str {
        let thresholds = state.thresholds();
        match self.tiers.finding.ranked.first().map(|best| best.confidence) {
            Some(confidence) if confidence >= thresholds.accept => "accepted",
            Some(confidence) if confidence >= thresholds.confirm => "asked about",
            _ => "no match",
        }
    }
}

/// Readings, the likely ones by line.
fn list(ranked: &[Interpretation], otherwise: &str) -> String {
    if ranked.is_empty() {
        return format!(" {otherwise}");
    }
    let line = |reading: &Interpretation| {
        let what = match &reading.selection {
            Selection::Key(key) => format!("key {}", key.0),
            Selection::Phrase(phrase) => format!("\"{}\"", phrase.0),
            Selection::Event(event) => event.clone(),
            Selection::Repeat => "repeat".to_owned(),
            other => format!("{other:?}"),
        };
        format!("\n  {what:<20} {:.3}  {}", reading.confidence, reading.why)
    };
    ranked.iter().take(6).map(line).collect()
}
