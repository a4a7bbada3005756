//! Figures as tables.

use crate::evaluation::MenuFigures;
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

fn show(figure: Option<f64>) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.3}"))
}

fn pairs<'a>(figures: impl Iterator<Item = (&'a str, Option<f64>)>) -> String {
    figures.map(|(name, figure)| format!("{name} {}", show(figure))).collect::<Vec<_>>().join(", ")
}

fn map(figures: &std::collections::BTreeMap<String, Option<f64>>) -> String {
    pairs(figures.iter().map(|(name, figure)| (name.as_str(), *figure)))
}
