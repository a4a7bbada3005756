//! What a plain reading of the application says: how things are called, which keys are legal where, what they mean.

use super::*;
use std::collections::BTreeSet;

/// How a language says things.
pub struct Names {
    pub lang: &'static str,
    pub press: &'static str,
    pub label_for: &'static str,
    pub ask: &'static str,
    star: &'static str,
    hash: &'static str,
    words: &'static str,
}

const ENGLISH: Names = Names {
    lang: "en-US",
    press: "Press",
    label_for: "For",
    ask: "What is it about?",
    star: "star",
    hash: "pound",
    words: "billing baggage weather harbour lantern velvet orchard pepper saddle timber window zebra acorn blanket \
        candle dolphin engine feather glacier hammer island jacket kettle ladder mirror needle oyster pencil quarry ribbon \
        silver turtle umbrella violin walnut yellow anchor barrel copper desert eagle forest garden helmet ivory jungle \
        kitchen lemon",
};
const SPANISH: Names = Names {
    lang: "es-US",
    press: "Oprima",
    label_for: "Para",
    ask: "¿De qué se trata?",
    star: "asterisco",
    hash: "numeral",
    words: "facturas equipaje clima puerto lámpara terciopelo huerto pimienta montura madera ventana cebra bellota manta \
        vela delfín motor pluma glaciar martillo isla chaqueta tetera escalera espejo aguja ostra lápiz cantera cinta \
        plata tortuga paraguas violín nogal amarillo ancla barril cobre desierto águila bosque jardín casco marfil selva \
        cocina limón",
};

impl Names {
    pub fn of(document: &Document) -> &'static Names {
        if document.spanish { &SPANISH } else { &ENGLISH }
    }

    /// A key as a prompt names it.
    pub fn key(&self, keys: &str) -> String {
        keys.replace('*', self.star).replace('#', self.hash)
    }
}

/// The label of a dialog's choice or option; no two dialogs of a document share one.
pub fn label_of(document: &Document, dialog: usize, at: usize) -> &'static str {
    Names::of(document).words.split_whitespace().nth((dialog * 8 + at) % 48).unwrap()
}

pub fn link_label(scope: &str, number: usize) -> &'static str {
    match (scope, number) {
        ("root", 0) => "larkspur",
        ("root", _) => "juniper",
        ("document", 0) => "magnolia",
        ("document", _) => "primrose",
        (_, 0) => "thistle",
        _ => "clover",
    }
}

pub fn key_of(keys: KeySet, at: usize) -> &'static str {
    let keys = match keys {
        KeySet::Plain | KeySet::Implied => ["1", "2", "3", "4", "5"],
        KeySet::Nested => ["1", "12", "3", "345", "6"],
        KeySet::Odd => ["*", "#", "7", "1", "2"],
    };
    keys[at]
}

/// Where an input state lies.
pub struct Place<'a> {
    pub document: &'a Document,
    file: &'static str,
    links: Vec<&'a Link>,
    modal: bool,
    own: Own<'a>,
}

enum Own<'a> {
    Menu(&'a Menu),
    Field(&'a str, &'a Takes),
}

/// What comes of keys by a plain reading.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// Nothing understands them.
    NoMatch,
    /// Something does.
    Match,
    /// The field gets this value.
    Filled(String, String),
    /// This dialog is entered.
    Entered(String),
}

impl Application {
    /// The place that an input state's name means.
    pub fn place<'a>(&'a self, state: &'a str) -> Place<'a> {
        let (url, place) = state.split_once('#').unwrap();
        let (dialog, item) = place.split_once('/').unwrap();
        let (document, file) =
            if url.ends_with("/main.vxml") { (&self.main, "main.vxml") } else { (&self.other, "other.vxml") };
        let mut links: Vec<&Link> = document.links.iter().chain(self.root.iter().flatten()).collect();
        let (own, modal) =
            match dialog.strip_prefix('d').map(|number| &document.dialogs[number.parse::<usize>().unwrap()]) {
                None => (Own::Field(item, &document.asked.takes), document.asked.modal),
                Some(Dialog::Menu(menu)) => (Own::Menu(menu), false),
                Some(Dialog::Form { links: own, items, .. }) => {
                    links.extend(own);
                    match &items[item[1..].parse::<usize>().unwrap()] {
                        Item::Field(field) => (Own::Field(item, &field.takes), field.modal),
                        other => panic!("{other:?} does not listen"),
                    }
                }
            };
        Place { document, file, links, modal, own }
    }
}

impl Place<'_> {
    /// Legal inputs: all of them, or some of every length where there are too many.
    pub fn legal(&self) -> Vec<String> {
        let mut legal: Vec<String> = match &self.own {
            Own::Menu(menu) => menu.inputs().map(str::to_owned).collect(),
            Own::Field(_, takes) => takes.legal(),
        };
        legal.extend(self.around().into_iter().map(str::to_owned));
        legal
    }

    /// What comes of keys; the innermost grammar that takes them wins.
    pub fn outcome(&self, keys: &str) -> Outcome {
        match &self.own {
            Own::Menu(menu) => {
                if let Some(at) = menu.inputs().position(|key| key == keys) {
                    return match menu.choices[at].target {
                        Target::Here(dialog) => {
                            Outcome::Entered(format!("{}#d{}", self.file, dialog % self.document.dialogs.len()))
                        }
                        _ => Outcome::Match,
                    };
                }
            }
            Own::Field(name, takes) if takes.takes(keys) => {
                return takes.value(keys).map_or(Outcome::Match, |value| Outcome::Filled((*name).to_owned(), value));
            }
            Own::Field(..) => {}
        }
        if self.around().contains(&keys) { Outcome::Match } else { Outcome::NoMatch }
    }

    /// Whether the item itself takes these keys although they are none of its listed choices.
    pub fn slot_takes(&self, keys: &str) -> bool {
        matches!(&self.own, Own::Field(_, takes @ (Takes::Digits { .. } | Takes::Number | Takes::Keys { .. })) if takes.takes(keys))
    }

    /// The keys of links and of menus that the whole document hears.
    fn around(&self) -> Vec<&'static str> {
        if self.modal {
            return Vec::new();
        }
        let mut keys: Vec<&str> = self.links.iter().filter_map(|link| link.key).collect();
        for dialog in &self.document.dialogs {
            match dialog {
                Dialog::Menu(menu) if menu.document_scope => keys.extend(menu.inputs()),
                _ => {}
            }
        }
        keys
    }
}

impl Menu {
    fn inputs(&self) -> impl Iterator<Item = &'static str> {
        (0..self.choices.len()).map(|at| key_of(self.keys, at))
    }
}

impl Takes {
    fn takes(&self, keys: &str) -> bool {
        let digits = |text: &str| text.bytes().all(|key| key.is_ascii_digit());
        match self {
            Self::Digits { min, max } => digits(keys) && keys.len() >= *min && max.is_none_or(|max| keys.len() <= max),
            // "*" is the decimal point.
            Self::Number => match keys.split_once('*') {
                Some((whole, part)) => digits(whole) && digits(part) && keys.len() > 1,
                None => !keys.is_empty() && digits(keys),
            },
            _ => self.legal().iter().any(|legal| legal == keys),
        }
    }

    fn legal(&self) -> Vec<String> {
        let listed = |count: usize, keys: KeySet| (0..count).map(|at| key_of(keys, at).to_owned()).collect();
        match self {
            Self::Options { count, keys } => listed(*count, *keys),
            Self::Both { count } => listed(*count, KeySet::Plain),
            Self::Boolean => vec!["1".to_owned(), "2".to_owned()],
            Self::Digits { min, max } => {
                (*min..=max.unwrap_or(min + 12)).map(|length| "7310946258".repeat(2)[..length].to_owned()).collect()
            }
            Self::Number => ["0", "42", "1000000", "3*5", "*5", "12*"].map(str::to_owned).to_vec(),
            Self::Keys { parts, .. } => members(parts),
        }
    }

    /// What the field becomes, as text; `None` where that takes more than a plain reading.
    fn value(&self, keys: &str) -> Option<String> {
        match self {
            Self::Options { .. } | Self::Both { .. } => {
                self.legal().iter().position(|legal| legal == keys).map(|at| format!("v{at}"))
            }
            Self::Boolean => Some((keys == "1").to_string()),
            Self::Digits { .. } => Some(keys.to_owned()),
            Self::Number => None,
            Self::Keys { .. } => Some(keys.to_owned()),
        }
    }
}

/// All members of a sequence of repeated alternatives, by listing them.
fn members(parts: &[(String, usize, usize)]) -> Vec<String> {
    let mut all = BTreeSet::from([String::new()]);
    for (keys, min, max) in parts {
        let mut next = BTreeSet::new();
        let mut round = all;
        for count in 0..=*max {
            if count >= *min {
                next.extend(round.iter().cloned());
            }
            round = round.iter().flat_map(|head| keys.chars().map(move |key| format!("{head}{key}"))).collect();
        }
        all = next;
    }
    all.into_iter().collect()
}
