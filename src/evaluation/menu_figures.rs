//! How well menus were understood.

use super::figures::{Retrieval, Spent, auroc, calibration_error, share};
use super::menus::{MenuItem, MenuPrediction, MenuSet};
use serde::Serialize;
use std::collections::BTreeMap;

/// Pairs of keys that are taken for one another, at most.
const CONFUSIONS: usize = 20;

/// The figures of a set of menus; `None` where there is no case.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct MenuFigures {
    /// How many items there are of each group.
    pub n: BTreeMap<&'static str, usize>,
    /// The best choice is the right one, nothing rejected.
    pub accuracy_in_scope: Option<f64>,
    /// One of the best two is the right one.
    pub top2_in_scope: Option<f64>,
    /// Of whole sentences.
    pub accuracy_sentence: Option<f64>,
    /// Of elliptical turns.
    pub accuracy_short: Option<f64>,
    /// Of items as they were written.
    pub accuracy_clean: Option<f64>,
    /// Of items with errors of a recogniser.
    pub accuracy_noisy: Option<f64>,
    /// By the menus' difficulty.
    pub accuracy_by_difficulty: BTreeMap<String, Option<f64>>,
    /// The chance that something in scope is surer than something out of scope.
    pub oos_auroc: Option<f64>,
    /// The same by kind.
    pub oos_auroc_by_kind: BTreeMap<String, Option<f64>>,
    /// What the threshold makes of it.
    pub decision: Decision,
    /// The accuracy of the surest items, by their share.
    pub accuracy_at_coverage: BTreeMap<String, Option<f64>>,
    /// What other thresholds would make of it.
    pub curve: Vec<CurvePoint>,
    /// The lowest threshold at which all that is accepted reaches a precision.
    pub precision_targets: BTreeMap<String, Option<Target>>,
    /// How far confidence and accuracy lie apart.
    pub ece: Option<f64>,
    /// Keys and places in words.
    pub positional_accuracy: Option<f64>,
    /// Keys that the menu lacks, and that are not taken for others.
    pub bad_key_rejected: Option<f64>,
    /// Commands.
    pub universal_accuracy: Option<f64>,
    /// By command.
    pub universal_by_kind: BTreeMap<String, Option<f64>>,
    /// Commands taken for a wrong key.
    pub universal_mapped_to_wrong_key: Option<f64>,
    /// Items in scope that were taken for a command.
    pub universal_false_alarm_in_scope: Option<f64>,
    /// Items out of scope that were taken for a command.
    pub universal_false_alarm_oos: Option<f64>,
    /// What is most often taken for something else: menu, right key, taken key, how often.
    pub confusions: Vec<(String, String, String, usize)>,
    /// What an utterance costs.
    pub spent: Spent,
    /// The share of the items for which a model would be asked, where there is one.
    pub model_asked: Option<f64>,
}

/// What a threshold makes of a set.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Decision {
    /// The share of what is in scope that is accepted.
    pub accepted_in_scope: Option<f64>,
    /// The share of what is in scope that is accepted as what it is.
    pub correct_in_scope: Option<f64>,
    /// The share of all that is accepted, in scope or not, that is right.
    pub precision_of_accepted: Option<f64>,
    /// The share of what is out of scope that is no match.
    pub oos_rejected: Option<f64>,
    /// F1 of finding what is out of scope.
    pub oos_f1: Option<f64>,
    /// The share of all decisions that are right.
    pub overall: Option<f64>,
}

/// What one threshold makes of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CurvePoint {
    /// The confidence from which is accepted.
    pub threshold: f64,
    /// The share of what is in scope that is.
    pub in_scope_accepted: Option<f64>,
    /// The share of all that is accepted which is right.
    pub precision: Option<f64>,
    /// The share of what is out of scope that is accepted.
    pub oos_accepted: Option<f64>,
}

/// The threshold that reaches a precision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Target {
    /// The threshold.
    pub threshold: f64,
    /// The precision it reaches.
    pub precision: f64,
    /// The share of what is in scope that it accepts.
    pub in_scope_accepted: Option<f64>,
}

/// An item with its prediction.
type Case<'a> = (&'a MenuItem, &'a MenuPrediction);

impl MenuFigures {
    /// Scores predictions, as [`MenuSet::predict`] gives them.
    pub fn of(set: &MenuSet, predictions: &[MenuPrediction]) -> Self {
        let by_id: BTreeMap<&str, &MenuPrediction> =
            predictions.iter().map(|prediction| (prediction.id.as_str(), prediction)).collect();
        let mut groups: BTreeMap<&'static str, Vec<Case<'_>>> =
            ["in_scope", "oos", "positional", "universal", "bad_key"].map(|name| (name, Vec::new())).into();
        for item in &set.items {
            let Some(prediction) = by_id.get(item.id.as_str()) else { continue };
            if let Some(group) = groups.get_mut(group(item)) {
                group.push((item, prediction));
            }
        }
        let of = |name: &str| groups.get(name).map(Vec::as_slice).unwrap_or_default();
        let mut figures =
            Self { n: groups.iter().map(|(name, cases)| (*name, cases.len())).collect(), ..Self::default() };
        figures.in_scope(set, of("in_scope"));
        figures.out_of_scope(of("in_scope"), of("oos"));
        figures.decide(of("in_scope"), of("oos"));
        figures.commands(&of);
        figures.model_asked = share(predictions.iter().map(|prediction| prediction.asks));
        figures.spent = Spent::of(predictions.iter().map(|prediction| prediction.ms).collect());
        figures
    }

    fn in_scope(&mut self, set: &MenuSet, cases: &[Case<'_>]) {
        let among = |wanted: &dyn Fn(&MenuItem) -> bool| {
            share(cases.iter().filter(|(item, _)| wanted(item)).map(|case| right(*case)))
        };
        self.accuracy_in_scope = among(&|_| true);
        self.top2_in_scope = share(cases.iter().map(|(item, prediction)| {
            prediction.top.iter().take(2).any(|ranked| Some(&ranked.key) == item.expected_key.as_ref())
        }));
        self.accuracy_sentence = among(&|item| item.kind == "sentence");
        self.accuracy_short = among(&|item| item.kind == "short");
        self.accuracy_clean = among(&|item| !item.noisy);
        self.accuracy_noisy = among(&|item| item.noisy);
        let difficulty = |item: &MenuItem| set.menu(item).and_then(|menu| menu.difficulty.clone());
        let mut levels: Vec<String> = cases.iter().filter_map(|(item, _)| difficulty(item)).collect();
        levels.sort();
        levels.dedup();
        for level in levels {
            let accuracy = among(&|item| difficulty(item).as_ref() == Some(&level));
            self.accuracy_by_difficulty.insert(level, accuracy);
        }
        let mut confused: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
        for (item, prediction) in cases.iter().filter(|case| !right(**case)) {
            let taken = prediction.top.first().map_or("-", |best| best.key.as_str());
            let wanted = item.expected_key.as_deref().unwrap_or("-");
            *confused.entry((&item.menu_id, wanted, taken)).or_default() += 1;
        }
        let mut confused: Vec<_> = confused.into_iter().collect();
        confused.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let own = |((menu, wanted, taken), count): ((&str, &str, &str), usize)| {
            (menu.to_owned(), wanted.to_owned(), taken.to_owned(), count)
        };
        self.confusions = confused.into_iter().take(CONFUSIONS).map(own).collect();
    }

    fn out_of_scope(&mut self, inside: &[Case<'_>], outside: &[Case<'_>]) {
        let sure: Vec<f64> = inside.iter().map(|(_, prediction)| prediction.confidence).collect();
        let against = |kind: Option<&str>| {
            let other = outside.iter().filter(|(item, _)| kind.is_none() || item.oos_kind.as_deref() == kind);
            auroc(&sure, &other.map(|(_, prediction)| prediction.confidence).collect::<Vec<_>>())
        };
        self.oos_auroc = against(None);
        let kinds: std::collections::BTreeSet<&str> =
            outside.iter().filter_map(|(item, _)| item.oos_kind.as_deref()).collect();
        self.oos_auroc_by_kind = kinds.into_iter().map(|kind| (kind.to_owned(), against(Some(kind)))).collect();
        let mut surest: Vec<(f64, bool)> = inside.iter().map(|case| (case.1.confidence, right(*case))).collect();
        surest.sort_by(|a, b| b.0.total_cmp(&a.0));
        for percent in [50_usize, 60, 70, 80, 90, 100] {
            let count = (surest.len() as f64 * percent as f64 / 100.0).round_ties_even().max(1.0) as usize;
            let accuracy = share(surest.iter().take(count).map(|(_, right)| *right));
            self.accuracy_at_coverage.insert(format!("{:.2}", percent as f64 / 100.0), accuracy);
        }
        let answers: Vec<(f64, bool)> =
            inside.iter().chain(outside).map(|case| (case.1.confidence, right(*case))).collect();
        self.ece = calibration_error(&answers);
        self.curve = (0..20).filter_map(|step| point(f64::from(step) / 20.0, inside, outside)).collect();
        for target in [0.8, 0.9, 0.95] {
            self.precision_targets.insert(format!("{target:.2}"), reached(target, inside, outside));
        }
    }

    fn decide(&mut self, inside: &[Case<'_>], outside: &[Case<'_>]) {
        let both = || inside.iter().chain(outside);
        let is_right = |(item, prediction): &Case<'_>| prediction.key == item.expected_key;
        let rejected = outside.iter().filter(|(_, prediction)| prediction.key.is_none()).count();
        let missed = inside.iter().filter(|(_, prediction)| prediction.key.is_none()).count();
        self.decision = Decision {
            accepted_in_scope: share(inside.iter().map(|(_, prediction)| prediction.key.is_some())),
            correct_in_scope: share(inside.iter().map(is_right)),
            precision_of_accepted: share(both().filter(|(_, prediction)| prediction.key.is_some()).map(is_right)),
            oos_rejected: share(outside.iter().map(|(_, prediction)| prediction.key.is_none())),
            oos_f1: Retrieval::of(rejected, missed, outside.len() - rejected).f1,
            overall: share(both().map(is_right)),
        };
    }

    fn commands<'a>(&mut self, of: &dyn Fn(&str) -> &'a [Case<'a>]) {
        let is_right = |(item, prediction): &Case<'_>| {
            prediction.universal == item.expected_universal
                || item.expected_key.is_some() && prediction.key == item.expected_key
        };
        let universal = of("universal");
        self.positional_accuracy =
            share(of("positional").iter().map(|(item, prediction)| prediction.key == item.expected_key));
        self.bad_key_rejected = share(of("bad_key").iter().map(|(_, prediction)| prediction.key.is_none()));
        self.universal_accuracy = share(universal.iter().map(is_right));
        for kind in ["operator", "repeat", "help", "back", "cancel"] {
            let own = universal.iter().filter(|(item, _)| item.expected_universal.as_deref() == Some(kind));
            self.universal_by_kind.insert(kind.to_owned(), share(own.map(is_right)));
        }
        self.universal_mapped_to_wrong_key = share(universal.iter().map(|case| {
            let (item, prediction) = case;
            prediction.key.is_some() && prediction.key != item.expected_key && !is_right(case)
        }));
        let alarmed =
            |(item, prediction): &Case<'_>| prediction.universal.is_some() && prediction.key != item.expected_key;
        self.universal_false_alarm_in_scope = share(of("in_scope").iter().map(alarmed));
        self.universal_false_alarm_oos = share(of("oos").iter().map(|(_, prediction)| prediction.universal.is_some()));
    }
}

fn group(item: &MenuItem) -> &str {
    match (item.kind.as_str(), item.oos_kind.as_deref()) {
        ("sentence" | "short", _) => "in_scope",
        (_, Some("bad_key")) => "bad_key",
        (kind, _) => kind,
    }
}

/// Whether the best choice is the right one.
fn right((item, prediction): Case<'_>) -> bool {
    item.expected_key.is_some() && prediction.top.first().map(|best| &best.key) == item.expected_key.as_ref()
}

/// What a threshold makes of it; `None` if nothing is accepted.
fn point(threshold: f64, inside: &[Case<'_>], outside: &[Case<'_>]) -> Option<CurvePoint> {
    let accepted = |(_, prediction): &&Case<'_>| prediction.confidence >= threshold;
    let right_ones = inside.iter().chain(outside).filter(accepted).map(|case| right(*case));
    Some(CurvePoint {
        threshold,
        precision: Some(share(right_ones)?),
        in_scope_accepted: share(inside.iter().map(|case| accepted(&case))),
        oos_accepted: share(outside.iter().map(|case| accepted(&case))),
    })
}

/// The lowest threshold at which what is accepted reaches a precision.
fn reached(target: f64, inside: &[Case<'_>], outside: &[Case<'_>]) -> Option<Target> {
    let mut stream: Vec<Case<'_>> = inside.iter().chain(outside).copied().collect();
    stream.sort_by(|a, b| b.1.confidence.total_cmp(&a.1.confidence));
    let (mut best, mut right_ones, mut inside_ones, mut count) = (None, 0_usize, 0_usize, 0_usize);
    for group in stream.chunk_by(|a, b| a.1.confidence == b.1.confidence) {
        right_ones += group.iter().filter(|case| right(**case)).count();
        inside_ones += group.iter().filter(|(item, _)| item.kind != "oos").count();
        count += group.len();
        let precision = right_ones as f64 / count as f64;
        if let Some((_, prediction)) = group.first().filter(|_| precision >= target) {
            let in_scope_accepted = (!inside.is_empty()).then(|| inside_ones as f64 / inside.len() as f64);
            best = Some(Target { threshold: prediction.confidence, precision, in_scope_accepted });
        }
    }
    best
}
