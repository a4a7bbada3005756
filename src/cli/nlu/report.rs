//! Figures as tables.

use crate::evaluation::{MenuFigures, SlotFigures, SlotScore, SmartTimeFigures};
use std::fmt::Write as _;

/// The figures of a set of menus.
pub(super) fn menus(name: &str, figures: &MenuFigures) -> String {
    let mut out = format!("{name}\n");
    let n = |group: &str| figures.n.get(group).copied().unwrap_or_default();
    let mut line = |name: &str, text: String| {
        let _ = writeln!(out, "  {name:<28} {text}");
    };
    line("items", figures.n.iter().map(|(group, count)| format!("{group} {count}")).collect::<Vec<_>>().join(", "));
    line(
        "accuracy in scope",
        format!("{} (best two {})", show(figures.accuracy_in_scope), show(figures.top2_in_scope)),
    );
    let parts = [
        ("sentences", figures.accuracy_sentence),
        ("short", figures.accuracy_short),
        ("clean", figures.accuracy_clean),
        ("noisy", figures.accuracy_noisy),
    ];
    line("  by kind", pairs(parts.iter().map(|(name, value)| (*name, *value))));
    line("  by difficulty", map(&figures.accuracy_by_difficulty));
    line("out of scope AUROC", format!("{} ({})", show(figures.oos_auroc), map(&figures.oos_auroc_by_kind)));
    let decision = &figures.decision;
    line("out of scope F1", format!("{} (rejected {})", show(decision.oos_f1), show(decision.oos_rejected)));
    let decided = [
        ("accepted in scope", decision.accepted_in_scope),
        ("right in scope", decision.correct_in_scope),
        ("precision", decision.precision_of_accepted),
        ("overall", decision.overall),
    ];
    line("at the threshold", pairs(decided.iter().map(|(name, value)| (*name, *value))));
    line("accuracy at coverage", map(&figures.accuracy_at_coverage));
    line("calibration error", show(figures.ece));
    line(
        "positional",
        format!("{} (missing keys rejected {})", show(figures.positional_accuracy), show(figures.bad_key_rejected)),
    );
    line("universal", format!("{} ({})", show(figures.universal_accuracy), map(&figures.universal_by_kind)));
    let alarms =
        [("in scope", figures.universal_false_alarm_in_scope), ("out of scope", figures.universal_false_alarm_oos)];
    line("  false alarms", pairs(alarms.iter().map(|(name, value)| (*name, *value))));
    let worst = figures.confusions.iter().take(5);
    let worst = worst.map(|(menu, right, taken, count)| format!("{menu} {right} as {taken}: {count}"));
    line("taken for another", worst.collect::<Vec<_>>().join(", "));
    line("a model would be asked", show(figures.model_asked));
    line("per utterance", format!("{:.3} ms (1 % above {:.3} ms)", figures.spent.median_ms, figures.spent.p99_ms));
    if n("in_scope") > 0 {
        out.push_str("  threshold  in scope accepted  precision  out of scope accepted\n");
        for point in figures.curve.iter().step_by(2) {
            let _ = writeln!(
                out,
                "  {:>9.2}  {:>17}  {:>9}  {:>21}",
                point.threshold,
                show(point.in_scope_accepted),
                show(point.precision),
                show(point.oos_accepted)
            );
        }
    }
    out.push('\n');
    out
}

/// The figures of a set of slots.
pub(super) fn slots(name: &str, figures: &SlotFigures) -> String {
    let mut out = format!("{name}\n  items: clean {}, noisy {}\n", figures.n.clean, figures.n.noisy);
    let score = |score: &SlotScore| {
        let spans = &score.spans;
        format!(
            "{:>5}  {:>9}  {:>6}  {:>5}  {:>9}  {:>12}",
            show(spans.f1),
            show(spans.precision),
            show(spans.recall),
            show(score.value_accuracy),
            show(score.ambiguous_accuracy),
            show(score.false_ambiguous)
        )
    };
    out.push_str("  slot                   F1  precision  recall  value  ambiguous  asked in vain\n");
    for (name, figures) in &figures.slots {
        let _ = writeln!(out, "  {name:<18} {}", score(figures));
    }
    let _ = writeln!(out, "  {:<18} {}", "all", score(&figures.all));
    let noisy = figures.noisy_by_value;
    let rest = [
        ("items all right", figures.items_all_right),
        ("found where nothing is", figures.empty_items_with_a_slot),
        ("noisy by value F1", noisy.f1),
    ];
    let _ = writeln!(out, "  {}", pairs(rest.into_iter()));
    let _ =
        writeln!(out, "  per utterance {:.3} ms (1 % above {:.3} ms)\n", figures.spent.median_ms, figures.spent.p99_ms);
    out
}

/// The figures of times and dates.
pub(super) fn smart_time(name: &str, figures: &SmartTimeFigures) -> String {
    let n = figures.n.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ");
    let asked = [
        ("when needed", figures.asked_when_needed),
        ("needlessly", figures.asked_needlessly),
        ("found though not said", figures.spurious_slot),
    ];
    let hours = [("settled", figures.resolved_by_window), ("within", figures.in_window)];
    format!(
        "{name}\n  {n}\n  right {} ({})\n  asked: {}\n  by opening hours: {}\n  per utterance {:.3} ms\n\n",
        show(figures.items_right),
        map(&figures.by_outcome),
        pairs(asked.into_iter()),
        pairs(hours.into_iter()),
        figures.spent.median_ms
    )
}

fn show(figure: Option<f64>) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.3}"))
}

fn pairs<'a>(figures: impl Iterator<Item = (&'a str, Option<f64>)>) -> String {
    figures.map(|(name, figure)| format!("{name} {}", show(figure))).collect::<Vec<_>>().join(", ")
}

fn map(figures: &std::collections::BTreeMap<String, Option<f64>>) -> String {
    pairs(figures.iter().map(|(name, figure)| (name.as_str(), *figure)))
}
