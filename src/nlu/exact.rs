//! Tier 1: what the words say as they are: a name, a key or a place in words, a slot's value, a command.

use super::commands;
use super::labels::{Name, Named, Source};
use super::numbers;
use super::ranking::Ranking;
use super::slots;
use super::state::State;
use super::words::{self, Language, Words};
use crate::dialogue::{Selection, Sensitive};
use std::sync::Arc;

/// What tier 1 found.
pub(super) enum Exact {
    /// A key that the menu lacks, and nothing else: no match, not the nearest choice.
    MissingKey,
    /// What was said as it is, if anything.
    Found(Ranking),
}

impl State {
    /// The surest evidence is a label said as it is, then a key in words, a slot's value, a universal command.
    pub(super) fn exact(&self, said: &Words) -> Exact {
        let mut ranking = Ranking::default();
        let named = self.by_name(said, &mut ranking);
        let slotted = self.by_slot(said, &mut ranking);
        match self.by_key(said) {
            Some(NamedKey::Choice(choice, confidence, why)) => self.add(&mut ranking, choice, None, confidence, why),
            Some(NamedKey::Missing) if !named && !slotted => return Exact::MissingKey,
            _ => {}
        }
        self.by_command(said, &mut ranking);
        Exact::Found(ranking)
    }

    pub(super) fn add(&self, ranking: &mut Ranking, choice: usize, name: Option<&str>, confidence: f64, why: String) {
        if let Some(selection) = self.choices.get(choice).and_then(|choice| choice.selection(name)) {
            ranking.add(selection, confidence, why);
        }
    }

    /// A name said as it is, give or take politeness and endings. Says whether there was one.
    fn by_name(&self, said: &Words, ranking: &mut Ranking) -> bool {
        let mut hits: Vec<(usize, &str, f64)> = Vec::new();
        for (index, choice) in self.choices.iter().enumerate() {
            let best = choice.names.iter().filter_map(|name| Some((name, exactness(&name.words, said)? * name.trust)));
            if let Some((name, exactness)) = best.max_by(|a, b| a.1.total_cmp(&b.1)) {
                hits.push((index, &name.text, exactness));
            }
        }
        let best = hits.iter().map(|hit| hit.2).fold(0.0, f64::max);
        let alone = hits.iter().filter(|hit| hit.2 >= best).count() == 1;
        for (choice, name, exactness) in &hits {
            let confidence = match (alone, *exactness >= best) {
                (true, true) => best,
                (false, true) => 0.5,
                _ => 0.4,
            };
            self.add(ranking, *choice, Some(name), confidence, (*name).to_owned());
        }
        !hits.is_empty()
    }

    fn by_slot(&self, said: &Words, ranking: &mut Ranking) -> bool {
        let mut found = false;
        for kind in &self.slots {
            if let Some((keys, confidence)) = slots::fill(kind, &said.all, &self.boolean, self.language) {
                ranking.add(Selection::Key(Sensitive(keys)), confidence, format!("{kind:?}").to_lowercase());
                found = true;
            }
        }
        found
    }

    /// A key or a place in words and nothing else: "press two", "number two please", "the second one", "la última".
    fn by_key(&self, said: &Words) -> Option<NamedKey> {
        let (wanted, confidence) = key_in_words(&said.all, self.language)?;
        let (choice, why) = match wanted {
            Wanted::Key(key) => {
                let choice = self.choices.iter().position(|choice| choice.key.as_deref() == Some(&key));
                (choice, format!("key {key}"))
            }
            Wanted::Place(place) => {
                (place.checked_sub(1).and_then(|at| self.order.get(at)).copied(), format!("place {place}"))
            }
            Wanted::FromEnd(back) => {
                (self.order.len().checked_sub(back).and_then(|at| self.order.get(at)).copied(), "the last".to_owned())
            }
        };
        Some(choice.map_or(NamedKey::Missing, |choice| NamedKey::Choice(choice, confidence, why)))
    }

    /// Universal commands and yes or no: the choice that stands for it, else what the bridge can do itself.
    fn by_command(&self, said: &Words, ranking: &mut Ranking) {
        let Some(command) = commands::command(&said.all, self.language) else { return };
        let standing = |choice: &&Named| choice.command == Some(command);
        let count = self.choices.iter().filter(standing).count();
        if count > 0 {
            let confidence = if count == 1 { 0.93 } else { 0.5 };
            for choice in self.choices.iter().filter(standing) {
                let name = choice.names.first().map(|name| name.text.as_str());
                if let Some(selection) = choice.selection(name) {
                    ranking.add(selection, confidence, name.unwrap_or("command").to_owned());
                }
            }
            return;
        }
        let saying = self.saying(said);
        for (choice, name) in &saying {
            self.add(ranking, *choice, Some(name), 0.75 / saying.len() as f64, (*name).to_owned());
        }
        if let Some(selection) = command.selection() {
            let confidence = if saying.is_empty() { 0.9 } else { 0.3 };
            ranking.add(selection, confidence, command.name().to_owned());
        }
    }

    /// Choices that are called so that the words are part of it: "cancel" where a choice cancels a booking is no command.
    fn saying(&self, said: &Words) -> Vec<(usize, &str)> {
        let is_part = |name: &&Arc<Name>| {
            matches!(name.source, Source::Label | Source::Prompt)
                && said.content.iter().all(|word| name.words.content.contains(word))
        };
        let choices = self.choices.iter().enumerate();
        choices.filter_map(|(at, choice)| Some((at, choice.names.iter().find(is_part)?.text.as_str()))).collect()
    }
}

/// How exactly a name was said; `None` if it was not.
fn exactness(name: &Words, said: &Words) -> Option<f64> {
    if name.all == said.all {
        Some(1.0)
    } else if name.core == said.core {
        Some(0.97)
    } else if name.content == said.content {
        Some(0.94)
    } else {
        None
    }
}

enum NamedKey {
    Choice(usize, f64, String),
    Missing,
}

enum Wanted {
    Key(String),
    Place(usize),
    FromEnd(usize),
}

/// The key or place that the words name, if they name one and say nothing else.
fn key_in_words(said: &[String], language: Language) -> Option<(Wanted, f64)> {
    let word = |at: usize| said.get(at).map_or("", String::as_str);
    for at in 0..said.len() {
        let beside = |used: usize| said.iter().enumerate().filter(move |(i, _)| !(at..at + used).contains(i));
        let triggered = at > 0 && is_trigger(word(at - 1))
            || at > 1 && matches!(word(at - 1), "the" | "el" | "la") && is_trigger(word(at - 2));
        let polite = |used: usize| {
            beside(used).all(|(_, w)| {
                is_trigger(w)
                    || is_choosing(w)
                    || words::is_lead_in(w, language)
                    || matches!(w.as_str(), "thanks" | "thank" | "now" | "gracias")
            })
        };
        let harmless =
            |used: usize| beside(used).all(|(_, w)| is_trigger(w) || is_choosing(w) || words::is_stop(w, language));
        if let Some((wanted, used)) = place(said, at, language)
            && harmless(used)
        {
            return Some((wanted, 0.95));
        }
        let ordinary = said.get(at..).and_then(|rest| numbers::key(rest, language));
        if let Some((key, used)) = ordinary {
            // "uno", "una" and "un" are articles too, and "that one" is no number.
            let doubtful = !triggered && at > 0 && (is_pointing(word(at - 1)) || matches!(word(at), "un" | "una"));
            if triggered && harmless(used) || polite(used) && !doubtful {
                return Some((Wanted::Key(key), if triggered { 0.96 } else { 0.95 }));
            }
        } else if triggered
            && language != Language::Spanish
            && let Some(key) = numbers::homophone(word(at))
            && polite(1)
            && said.len() <= at + 2
        {
            return Some((Wanted::Key(key.to_owned()), 0.9));
        }
    }
    None
}

/// "second", "the second one", "last", "next to last", and how many words it takes.
fn place(said: &[String], at: usize, language: Language) -> Option<(Wanted, usize)> {
    let word = |at: usize| said.get(at).map_or("", String::as_str);
    let noun = |end: usize| usize::from(is_noun(word(end)));
    let just_a_second = word(at) == "second" && at > 0 && matches!(word(at - 1), "a" | "one" | "just");
    if let Some(place) = numbers::ordinal(word(at), language).filter(|_| !just_a_second) {
        return Some((Wanted::Place(place), 1 + noun(at + 1)));
    }
    match (word(at), word(at + 1), word(at + 2)) {
        ("second" | "next", "to", "last") => Some((Wanted::FromEnd(2), 3 + noun(at + 3))),
        ("penultima" | "penultimo", ..) => Some((Wanted::FromEnd(2), 1 + noun(at + 1))),
        ("last" | "final" | "bottom" | "ultima" | "ultimo", ..) => Some((Wanted::FromEnd(1), 1 + noun(at + 1))),
        ("top", "one" | "option" | "choice", _) => Some((Wanted::Place(1), 2)),
        _ => None,
    }
}

fn is_noun(word: &str) -> bool {
    words::among(word, "one option choice thing item number opcion numero")
}

fn is_trigger(word: &str) -> bool {
    words::among(
        word,
        "press pressing push hit dial number option choice selection key button digit item oprimo oprima marco marque marcar pulso pulsar numero opcion tecla boton",
    )
}

fn is_choosing(word: &str) -> bool {
    words::among(
        word,
        "choose pick select take ill go with think say said is escojo elijo escoger elegir seleccionar digo creo",
    )
}

fn is_pointing(word: &str) -> bool {
    words::among(word, "this that which any another each every some no the")
}
