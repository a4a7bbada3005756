//! Values that may differ by language.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer as _, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// One value for all languages, or several side by side: `"flight status"`, `{ en = "flight status", es = "vuelos" }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Local<T> {
    /// The same in every language.
    All(T),
    /// By RFC 3066 tags, in lower case.
    By(BTreeMap<String, T>),
}

impl<T> Local<T> {
    /// The value for a language: that of the longest tag the language begins with, so that `es` holds for `es-MX`.
    pub(super) fn of(&self, lang: &str) -> Option<&T> {
        match self {
            Self::All(value) => Some(value),
            Self::By(values) => {
                let fitting = values.iter().filter(|(tag, _)| is_language(lang, tag));
                fitting.max_by_key(|(tag, _)| tag.len()).map(|(_, value)| value)
            }
        }
    }

    /// Every value.
    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        let (one, many) = match self {
            Self::All(value) => (Some(value), None),
            Self::By(values) => (None, Some(values.values())),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }
}

/// Whether a language is the one of a tag or a variety of it: `es-MX` is `es`.
pub(super) fn is_language(lang: &str, tag: &str) -> bool {
    let starts = lang.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    starts && matches!(lang.as_bytes().get(tag.len()), None | Some(b'-' | b'_'))
}

/// Whether a text has the form of an RFC 3066 tag.
pub(super) fn is_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let primary = parts.next().unwrap_or_default();
    matches!(primary.len(), 2 | 3) && primary.bytes().all(|b| b.is_ascii_alphabetic()) && parts.all(is_part)
}

struct LocalVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for LocalVisitor<T> {
    type Value = Local<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one for all languages, or one for each, as in { en = …, es = … }")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        T::deserialize(text.into_deserializer()).map(Local::All)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        T::deserialize(SeqAccessDeserializer::new(list)).map(Local::All)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let values: BTreeMap<String, T> = BTreeMap::deserialize(MapAccessDeserializer::new(map))?;
        if let Some(tag) = values.keys().find(|tag| !is_tag(tag)) {
            return Err(A::Error::custom(format!("`{tag}` is no language, expected a tag such as `en` or `es-MX`")));
        }
        Ok(Local::By(values.into_iter().map(|(tag, value)| (tag.to_ascii_lowercase(), value)).collect()))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Local<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LocalVisitor(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Local<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Local_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        let tags = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$";
        json_schema!({
            "anyOf": [
                one,
                { "type": "object", "propertyNames": { "pattern": tags }, "additionalProperties": one },
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_tag_that_fits_decides() {
        let values = [("es", 1), ("es-mx", 2), ("en", 3)].map(|(tag, value)| (tag.to_owned(), value));
        let local = Local::By(BTreeMap::from(values));
        assert_eq!(local.of("es-MX"), Some(&2));
        assert_eq!(local.of("es-ES"), Some(&1));
        assert_eq!(local.of("en"), Some(&3));
        assert_eq!(local.of("est"), None);
        assert_eq!(Local::All(4).of("fr"), Some(&4));
    }

    #[test]
    fn tags_have_a_form() {
        assert!(["en", "es-MX", "zh-Hant-TW"].into_iter().all(is_tag));
        assert!(!["e", "english", "en_US", "1a", ""].into_iter().any(is_tag));
    }
}
