//! What a menu makes of words.

#![allow(clippy::unwrap_used)]

use super::{Described, Menu, Universal};
use crate::nlu::words::Language;

const BANK: &[(&str, &[&str])] = &[
    ("your account balance", &["how much money do i have"]),
    ("report a lost or stolen card", &["somebody took my wallet"]),
    ("transfer money", &["send cash to my sister"]),
];

fn menu(examples: bool) -> Menu {
    let choices: Vec<Described<'_>> = BANK
        .iter()
        .map(|(label, said)| Described { label, prompt: "", examples: if examples { said } else { &[] } })
        .collect();
    Menu::prepare(&choices, Language::English)
}

#[test]
fn words_of_a_label_lead_to_its_choice() {
    let ranking = menu(false).rank("hi um I lost my card");
    assert_eq!(ranking.best().unwrap().0, 1);
}

#[test]
fn words_of_an_example_lead_to_its_choice() {
    let ranking = menu(true).rank("can you send some cash to my brother");
    assert_eq!(ranking.best().unwrap().0, 2);
}

#[test]
fn all_likelihoods_sum_to_one() {
    for utterance in ["I lost my card", "", "qwertz", "say that again", "the weather in Paris"] {
        let ranking = menu(true).rank(utterance);
        let sum: f64 = ranking.choices.iter().chain(&ranking.universals).sum::<f64>() + ranking.none;
        assert!((sum - 1.0).abs() < 1e-9, "{utterance}: {sum}");
    }
}

#[test]
fn a_universal_wish_is_none_of_the_choices() {
    let ranking = menu(true).rank("please read me the options again");
    assert_eq!(ranking.universal().unwrap().0, Universal::Repeat);
    assert!(ranking.universal().unwrap().1 > ranking.best().unwrap().1);
}

#[test]
fn silence_and_an_empty_menu_give_none() {
    assert!((menu(true).rank(" ... ").none - 1.0).abs() < 1e-9);
    assert_eq!(Menu::prepare(&[], Language::English).rank("hello").best(), None);
}
