use crate::dialogue::{Happening, Sensitive};
use serde_json::Value;

/// Stands for what is secret.
pub(super) const MASK: &str = "****";
/// What is shorter would be found anywhere.
const SHORTEST: usize = 3;

/// What is masked in a call's transcript: all that its caller said or keyed in where the mapping says it is secret,
/// wherever it comes up again.
#[derive(Debug, Clone, Default)]
pub struct Masks(Vec<Sensitive<String>>);

impl Masks {
    /// From now on these are masked.
    pub(super) fn learn(&mut self, texts: impl Iterator<Item = String>) {
        for text in texts {
            let bare: String = text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
            if bare.chars().count() >= SHORTEST && !self.0.iter().any(|known| known.0 == bare) {
                self.0.push(bare.into());
            }
        }
        // The longest first: another may be a part of it.
        self.0.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    }

    /// From now on all that this says or selects is masked.
    pub(super) fn learn_from(&mut self, heard: &Happening) {
        self.learn(super::answer::secrets(heard));
    }

    /// A text without what is secret, also where it is spelled with blanks, commas or hyphens in between.
    pub fn text(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| without(&text, secret))
    }

    /// A value without what is secret in its texts and numbers.
    pub fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Number(number) => {
                let written = number.to_string();
                let masked = self.text(&written);
                if masked == written { value.clone() } else { Value::String(masked) }
            }
            Value::Array(values) => values.iter().map(|value| self.value(value)).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| (name.clone(), self.value(value)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            Value::Null | Value::Bool(_) => value.clone(),
        }
    }
}

fn without(text: &str, secret: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(first) = rest.chars().next() {
        match found_at_start(rest, secret, before) {
            Some(end) => {
                out.push_str(MASK);
                rest = rest.get(end..).unwrap_or_default();
                before = None;
            }
            None => {
                out.push(first);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
                before = Some(first);
            }
        }
    }
    out
}

/// Where a secret ends that a text begins with. Letters are found as whole words only, digits anywhere.
fn found_at_start(text: &str, secret: &str, before: Option<char>) -> Option<usize> {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let joins = |one, other| is_letter(one) && is_letter(other);
    if joins(before, secret.chars().next()) {
        return None;
    }
    let mut wanted = secret.chars().peekable();
    let mut has_begun = false;
    for (at, c) in text.char_indices() {
        let Some(next) = wanted.peek().copied() else {
            return (!joins(secret.chars().next_back(), Some(c))).then_some(at);
        };
        if c.to_lowercase().eq(std::iter::once(next)) {
            wanted.next();
            has_begun = true;
        } else if !has_begun || c.is_alphanumeric() {
            return None;
        }
    }
    wanted.peek().is_none().then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn masks() -> Masks {
        let mut masks = Masks::default();
        masks.learn(["4711", "Open, Sesame!", "no", "ten"].map(str::to_owned).into_iter());
        masks
    }

    #[test]
    fn a_secret_is_masked_however_it_is_written() {
        for (text, masked) in [
            ("Your PIN is 4711.", "Your PIN is ****."),
            ("4-7-1-1, 4 7 1 1 and x4711y", "****, **** and x****y"),
            ("you said open sesame", "you said ****"),
            ("OPEN SESAME STREET", "**** STREET"),
            ("often ten times", "often **** times"),
            ("471 1x, 47 and no", "****x, 47 and no"),
        ] {
            assert_eq!(masks().text(text), masked);
        }
    }

    #[test]
    fn values_are_masked_in_their_depth_and_as_numbers() {
        let value = json!({"a": [4711, "pin=4711", 47, null, true], "b": {"c": 14711.5}});
        assert_eq!(masks().value(&value), json!({"a": ["****", "pin=****", 47, null, true], "b": {"c": "1****.5"}}));
    }

    #[test]
    fn secrets_are_not_shown_by_the_masks_themselves() {
        assert!(!format!("{:?}", masks()).contains("4711"));
    }
}
