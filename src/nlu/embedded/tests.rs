//! What a menu makes of words.

#![allow(clippy::unwrap_used)]

use super::table::{self, Table, dot};
use super::{Described, Menu, Universal};
use crate::nlu::words::Language;
use proptest::prelude::*;

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

fn labelled(labels: &[&'static str], language: Language) -> Menu {
    let choices: Vec<Described<'_>> = labels.iter().map(|label| Described { label, ..Described::default() }).collect();
    Menu::prepare(&choices, language)
}

#[test]
fn other_words_for_the_same_lead_to_the_choice() {
    let menu = labelled(&["your account balance", "report a lost or stolen card", "transfer money"], Language::English);
    for (said, choice) in [
        ("somebody nicked my wallet on the bus", 1),
        ("how much cash have I got left", 0),
        ("I need to send some dollars to my brother", 2),
    ] {
        assert_eq!(menu.rank(said).best().unwrap().0, choice, "{said}");
    }
}

#[test]
fn what_no_choice_covers_is_likely_none() {
    let menu = labelled(&["your account balance", "report a lost or stolen card", "transfer money"], Language::English);
    for said in ["what's the weather in Paris", "tell me a joke", "I want a pizza with mushrooms"] {
        let ranking = menu.rank(said);
        assert!(ranking.none > ranking.best().unwrap().1, "{said}: {ranking:?}");
    }
}

#[test]
fn regional_spanish_words_mean_the_same() {
    let menu = labelled(
        &["consultar su saldo", "comprar un boleto", "reportar un robo", "cambiar o cancelar una cita"],
        Language::Spanish,
    );
    for (said, choice) in [
        ("cuánta plata tengo", 0),
        ("quiero un pasaje a bogotá", 1),
        ("me chorearon el celular", 2),
        ("necesito mover mi turno para otro día", 3),
        ("páseme el billete", 1),
    ] {
        assert_eq!(menu.rank(said).best().unwrap().0, choice, "{said}");
    }
}

#[test]
fn other_languages_go_by_the_words_they_share() {
    let menu = labelled(&["Kontostand abfragen", "Karte sperren"], Language::Other);
    assert_eq!(menu.rank("bitte meine Karte sperren").best().unwrap().0, 1);
}

#[test]
fn a_choice_that_asks_for_a_person_stands_for_the_operator() {
    let menu = labelled(&["billing", "speak with a representative"], Language::English);
    let ranking = menu.rank("get me a human being on the line");
    assert_eq!(ranking.best().unwrap().0, 1);
    assert!(ranking.universals[2] == 0.0, "{ranking:?}");
}

#[test]
fn the_announcement_names_a_choice_without_a_label() {
    let prompts = ["For billing, press 1.", "To report a lost card, press 2."];
    let choices: Vec<Described<'_>> =
        prompts.iter().map(|prompt| Described { prompt, ..Described::default() }).collect();
    assert_eq!(Menu::prepare(&choices, Language::English).rank("I lost my card").best().unwrap().0, 1);
}

#[test]
fn the_table_is_whole_and_knows_likeness() {
    let table = Table::get().unwrap();
    let vector = |word| {
        let mut vector = table.vector(table.find(word).unwrap());
        table::scale(&mut vector);
        vector
    };
    let alike = |a, b| dot(&vector(a), &vector(b));
    assert!(alike("stolen", "theft") > alike("stolen", "pizza") + 0.2);
    assert!(alike("suitcase", "luggage") > alike("suitcase", "mortgage") + 0.2);
    assert_eq!(table.find("zzyzx"), None);
}

#[test]
fn a_damaged_table_is_no_table() {
    let whole: &'static [u8] = include_bytes!("data/table.bin");
    for cut in [0, 3, 4, 19, 20, 1000, whole.len() / 2, whole.len() - 1] {
        assert!(Table::read(&whole[..cut]).is_none(), "cut at {cut}");
    }
    assert!(Table::read(b"VXBT\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff").is_none());
}

#[test]
fn the_weights_in_the_binary_are_read() {
    assert!(super::reranker::is_read());
}

proptest! {
    #[test]
    fn whatever_is_said_the_likelihoods_are_sound(utterance in "\\PC{0,80}", spanish: bool) {
        let language = if spanish { Language::Spanish } else { Language::English };
        let menu = labelled(&["your account balance", "perdí mi tarjeta", ""], language);
        let ranking = menu.rank(&utterance);
        prop_assert_eq!(ranking.choices.len(), 3);
        let all: Vec<f64> = ranking.choices.iter().chain(&ranking.universals).copied().chain([ranking.none]).collect();
        prop_assert!(all.iter().all(|likely| (0.0..=1.0).contains(likely)));
        prop_assert!((all.iter().sum::<f64>() - 1.0).abs() < 1e-6);
        prop_assert_eq!(menu.rank(&utterance), ranking);
    }
}
