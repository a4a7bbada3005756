//! Tier 2 on the menus of the shared folder: dumps what the weights are fitted on, and holds the figures to the goals.

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

/// Every item beside its menu: the menu, the item, and the evidence without and with examples.
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

/// `VOXBRIDGE_EVIDENCE=out.jsonl cargo test --test embedded_evidence -- --ignored dump`, then `table/fit.py out.jsonl`.
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
