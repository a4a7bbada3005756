//! Tier 2 on the menus of the shared folder: dumps what the weights are fitted on, and holds the figures to the goals.
//! The figures here are those of the shipped weights; the honest ones, by cross-validation, come from `table/fit.py`.

#![allow(missing_docs, clippy::unwrap_used, clippy::disallowed_methods)]

#[path = "common/shared.rs"]
mod shared;

use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use voxbridge::nlu::Language;
use voxbridge::nlu::embedded::{Described, Menu};

const SETS: [(&str, &str, Language); 2] = [
    ("menus.json", "menu_items.jsonl", Language::English),
    ("menus_es.json", "menu_items_es.jsonl", Language::Spanish),
];

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn prepare(menu: &Value, few: bool, language: Language) -> Menu {
    let choices = menu["choices"].as_array().unwrap();
    let examples: Vec<Vec<&str>> =
        choices.iter().map(|choice| choice["examples"].as_array().unwrap().iter().map(text).collect()).collect();
    let described: Vec<Described<'_>> = choices
        .iter()
        .zip(&examples)
        .map(|(choice, examples)| Described {
            label: text(&choice["label"]),
            prompt: text(&choice["prompt"]),
            examples: if few { examples } else { &[] },
        })
        .collect();
    Menu::prepare(&described, language)
}

/// Every item beside its menu, which is prepared without and with examples.
fn each(mut with: impl FnMut(&Value, &Value, [&Menu; 2])) {
    let folder = shared::shared().join("nlu");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    for (menus, items, language) in SETS {
        let menus: Value = serde_json::from_str(&read(menus)).unwrap();
        let menus = menus["menus"].as_array().unwrap();
        let prepared: Vec<[Menu; 2]> =
            menus.iter().map(|menu| [prepare(menu, false, language), prepare(menu, true, language)]).collect();
        for line in read(items).lines() {
            let item: Value = serde_json::from_str(line).unwrap();
            let at = menus.iter().position(|menu| menu["menu_id"] == item["menu_id"]).unwrap();
            with(&menus[at], &item, [&prepared[at][0], &prepared[at][1]]);
        }
    }
}

/// `VOXBRIDGE_EVIDENCE=out.jsonl cargo test --release --test embedded_menus -- --ignored dump`, then `table/fit.py out.jsonl`.
#[test]
#[ignore = "writes a file; needs the shared folder"]
fn dump() {
    let mut out = String::new();
    each(|menu, item, prepared| {
        let keys: Vec<&str> = menu["choices"].as_array().unwrap().iter().map(|choice| text(&choice["key"])).collect();
        let evidence = prepared.map(|menu| menu.evidence(text(&item["utterance"])));
        let line = json!({
            "menu": item["menu_id"], "id": item["id"], "kind": item["kind"], "oos": item["oos_kind"],
            "utterance": item["utterance"],
            "key": item["expected_key"], "universal": item["expected_universal"], "keys": keys,
            "labels": menu["choices"].as_array().unwrap().iter().map(|choice| &choice["label"]).collect::<Vec<_>>(),
            "standing": prepared[0].standing(), "zero": evidence[0], "few": evidence[1],
        });
        writeln!(out, "{line}").unwrap();
    });
    fs::write(std::env::var("VOXBRIDGE_EVIDENCE").unwrap(), out).unwrap();
}

/// What came of the items of one language.
#[derive(Default)]
struct Figures {
    inside: Vec<(f64, bool)>,
    outside: Vec<f64>,
    universals: Vec<bool>,
}

impl Figures {
    fn accuracy(&self) -> f64 {
        share(self.inside.iter().map(|(_, right)| *right))
    }

    /// How often a turn in scope is surer than one out of scope.
    fn auroc(&self) -> f64 {
        let surer = |inside: f64| -> f64 {
            self.outside
                .iter()
                .map(|out| {
                    if inside > *out {
                        1.0
                    } else if inside < *out {
                        0.0
                    } else {
                        0.5
                    }
                })
                .sum()
        };
        let total: f64 = self.inside.iter().map(|(confidence, _)| surer(*confidence)).sum();
        total / (self.inside.len() * self.outside.len()) as f64
    }

    fn calibration_error(&self) -> f64 {
        let mut bins = [(0.0, 0.0); 10];
        let all = self.inside.iter().copied().chain(self.outside.iter().map(|confidence| (*confidence, false)));
        for (confidence, right) in all {
            let bin = &mut bins[((confidence * 10.0) as usize).min(9)];
            bin.0 += confidence;
            bin.1 += f64::from(u8::from(right));
        }
        let off: f64 = bins.iter().map(|(sure, right)| (sure - right).abs()).sum();
        off / (self.inside.len() + self.outside.len()) as f64
    }
}

fn share(of: impl Iterator<Item = bool>) -> f64 {
    let (hits, count) = of.fold((0_u32, 0_u32), |(hits, count), hit| (hits + u32::from(hit), count + 1));
    f64::from(hits) / f64::from(count.max(1))
}

fn figures(few: bool, spanish: bool) -> Figures {
    let mut figures = Figures::default();
    each(|menu, item, prepared| {
        if (item["language"] == "es") != spanish {
            return;
        }
        let ranking = prepared[usize::from(few)].rank(text(&item["utterance"]));
        let (best, confidence) = ranking.best().unwrap();
        let right = menu["choices"][best]["key"] == item["expected_key"];
        match text(&item["kind"]) {
            "sentence" | "short" => figures.inside.push((confidence, right)),
            "oos" if item["oos_kind"] != "bad_key" => figures.outside.push(confidence),
            "universal" => {
                let called = ranking.universal().filter(|(_, likely)| *likely > confidence);
                let called = called.map(|(universal, _)| format!("{universal:?}").to_lowercase());
                figures.universals.push(called.as_deref() == item["expected_universal"].as_str() || right);
            }
            _ => {}
        }
    });
    figures
}

#[test]
#[ignore = "needs the shared folder"]
fn menus_are_understood_as_well_as_was_set_out() {
    // Accuracy, out-of-scope AUROC, calibration error; and what was found of the universals. Of 302 Spanish turns in ten
    // bins chance alone makes an error of 0.05.
    let goals = [
        (false, false, [0.80, 0.94, 0.05], 0.96),
        (true, false, [0.88, 0.94, 0.05], 0.96),
        (false, true, [0.65, 0.85, 0.08], 0.96),
        (true, true, [0.78, 0.85, 0.08], 0.96),
    ];
    for (few, spanish, [accuracy, auroc, calibration], universals) in goals {
        let found = figures(few, spanish);
        let told = format!(
            "few-shot {few}, Spanish {spanish}: accuracy {:.3}, AUROC {:.3}, calibration error {:.3}, universals {:.3}",
            found.accuracy(),
            found.auroc(),
            found.calibration_error(),
            share(found.universals.iter().copied()),
        );
        println!("{told}");
        assert!(found.accuracy() >= accuracy, "{told}");
        assert!(found.auroc() >= auroc, "{told}");
        assert!(found.calibration_error() <= calibration, "{told}");
        assert!(share(found.universals.iter().copied()) >= universals, "{told}");
    }
}

#[test]
#[ignore = "needs the shared folder"]
fn an_unrelated_choice_hardly_ever_turns_a_sure_right_answer_into_a_sure_wrong_one() {
    const SURE: f64 = 0.7;
    let folder = shared::shared().join("nlu");
    let menus: Value = serde_json::from_str(&fs::read_to_string(folder.join("menus.json")).unwrap()).unwrap();
    let mut wider = menus["menus"].clone();
    for menu in wider.as_array_mut().unwrap() {
        let unrelated = json!({"key": "#", "label": "adopt a penguin from the zoo", "prompt": "", "examples": []});
        menu["choices"].as_array_mut().unwrap().push(unrelated);
    }
    let wider: Vec<Menu> =
        wider.as_array().unwrap().iter().map(|menu| prepare(menu, false, Language::English)).collect();
    let (mut sure, mut turned) = (0, 0);
    each(|menu, item, prepared| {
        let Some(at) = menus["menus"].as_array().unwrap().iter().position(|m| m["menu_id"] == menu["menu_id"]) else {
            return;
        };
        let right = |best: usize| menu["choices"][best]["key"] == item["expected_key"];
        let (before, confidence) = prepared[0].rank(text(&item["utterance"])).best().unwrap();
        if item["expected_key"].is_null() || confidence < SURE || !right(before) {
            return;
        }
        let (after, confidence) = wider[at].rank(text(&item["utterance"])).best().unwrap();
        sure += 1;
        turned += u32::from(confidence >= SURE && !right(after));
    });
    println!("{turned} of {sure} sure right answers turned");
    assert!(sure > 1000 && f64::from(turned) <= 0.002 * f64::from(sure), "{turned} of {sure}");
}
