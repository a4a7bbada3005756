use super::*;
use crate::dialogue::{Spoken, samples};

fn heard(prompts: &[&str]) -> Vec<(String, String)> {
    let prompts: Vec<Spoken> = prompts
        .iter()
        .map(|text| Spoken {
            content: vec![Speech::Text((*text).to_owned()), Speech::Audio("http://x/y.wav".to_owned())],
            bargein: true,
            lang: "en-US".to_owned(),
            origin: Origin::Item,
        })
        .collect();
    announcements(&prompts.iter().collect::<Vec<_>>(), &samples::listening("en-US"))
        .into_iter()
        .map(|a| (a.key, a.labels.join("|")))
        .collect()
}

fn expect(prompts: &[&str], wanted: &[(&str, &str)]) {
    let wanted: Vec<(String, String)> =
        wanted.iter().map(|(key, label)| ((*key).to_owned(), (*label).to_owned())).collect();
    assert_eq!(heard(prompts), wanted, "{prompts:?}");
}

#[test]
fn the_label_may_stand_before_the_key() {
    expect(&["For billing, press 2."], &[("2", "billing")]);
    expect(&["Welcome to Acme. If you have lost your card, press 3"], &[("3", "lost your card")]);
    expect(&["billing: press two. Claims - press three."], &[("2", "billing"), ("3", "Claims")]);
    expect(&["Welcome to Acme, for billing please press 2"], &[("2", "billing")]);
    expect(&["For savings, checking or loans, press the star key."], &[("*", "savings, checking or loans")]);
}

#[test]
fn further_keys_are_no_label() {
    expect(&["Press 1, 2, 3 or 9."], &[("1", "")]);
    expect(&["For billing, press 1. Press 2 or 3."], &[("1", "billing"), ("2", "")]);
}

#[test]
fn the_label_may_stand_after_the_key() {
    expect(&["Press 2 for billing."], &[("2", "billing")]);
    expect(
        &["Thank you for calling Acme, press 1 for billing, or press 2 to hear your balance."],
        &[("1", "billing"), ("2", "hear your balance")],
    );
    expect(
        &["Press 1 for sales, 2 for support or 3 for lost, stolen or damaged cards."],
        &[("1", "sales"), ("2", "support"), ("3", "lost, stolen or damaged cards")],
    );
    expect(&["Press 1 or say billing"], &[("1", "billing")]);
}

#[test]
fn one_sentence_may_name_several_keys() {
    expect(
        &["For balance press 1, for payments press 2, or for anything else press 0."],
        &[("1", "balance"), ("2", "payments"), ("0", "anything else")],
    );
    expect(&["For balance press 1 for payments press 2"], &[("1", "balance"), ("2", "payments")]);
    expect(&["For sales press 1, or press 2 for support"], &[("1", "sales"), ("2", "support")]);
    expect(
        &["For balance press 1, for payments press 2, or stay on the line."],
        &[("1", "balance"), ("2", "payments")],
    );
}

#[test]
fn words_to_say_are_labels_too() {
    expect(&["To reach billing say billing or press 2."], &[("2", "billing")]);
    expect(&["To pay a bill, say payments or press 4."], &[("4", "pay a bill|payments")]);
    expect(&["For billing, press or say two."], &[("2", "billing")]);
}

#[test]
fn spanish_prompts_are_read() {
    expect(&["Para facturación, oprima el dos."], &[("2", "facturación")]);
    expect(&["Oprima 2 para facturación, o presione 3 para soporte."], &[("2", "facturación"), ("3", "soporte")]);
    expect(&["Marque la tecla 2 si desea hablar con un agente."], &[("2", "hablar con un agente")]);
    expect(
        &["Si desea pedir una cita, pulse asterisco. Para repetir, pulse almohadilla."],
        &[("*", "pedir una cita"), ("#", "repetir")],
    );
    expect(&["Para su línea, diga o marque dos."], &[("2", "su línea")]);
    expect(&["Oprima uno para sí, o dos para no."], &[("1", "sí"), ("2", "no")]);
}

#[test]
fn an_announcement_may_be_spread_over_prompts() {
    expect(&["Welcome", "For billing,", "press 2.", "For claims.", "Press 3."], &[("2", "billing"), ("3", "claims")]);
    expect(&["Welcome to Acme", "For billing press 2", "For claims press 3"], &[("2", "billing"), ("3", "claims")]);
    expect(&["Press 1 for billing", "Press 2 for claims"], &[("1", "billing"), ("2", "claims")]);
}

#[test]
fn digits_to_enter_are_no_announcement() {
    expect(&["Please enter 4 digits.", "Enter your 4 digit PIN followed by the pound key."], &[]);
}
