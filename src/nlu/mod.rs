//! STUB
#![allow(missing_docs)]
use crate::dialogue::*;
#[derive(Debug)]
pub struct Mapping;
impl Mapping {
    pub fn parse(text: &str, file: &str) -> Result<Mapping, Vec<Diagnostic>> {
        match toml::from_str::<toml::Table>(text) {
            Ok(_) => Ok(Mapping),
            Err(error) => Err(vec![Diagnostic::error("mapping-syntax", file, error.message())]),
        }
    }
}
pub struct State {
    pub(crate) choices: Vec<Choice>,
}
impl State {
    pub fn understand(&self, words: &str) -> Finding {
        let number = ["one", "two", "three"].iter().position(|n| words.contains(n)).map(|n| (n + 1).to_string());
        let chosen = self.choices.iter().filter_map(|c| c.key.clone()).find(|k| Some(k) == number.as_ref());
        Finding {
            ranked: chosen
                .map(|k| Interpretation { selection: Selection::Key(k.into()), confidence: 0.9, why: "number".into() })
                .into_iter()
                .collect(),
        }
    }
    pub fn secret(&self) -> bool {
        false
    }
}
