//! The names of entity types in mapping files.

use crate::dialogue::SlotKind;
use crate::nlu::entities::Kind;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

const NAMES: &[(&str, Kind)] = &[
    ("number", Kind::Number),
    ("ordinal", Kind::Ordinal),
    ("date", Kind::Date),
    ("time", Kind::Time),
    ("duration", Kind::Duration),
    ("people", Kind::People),
    ("first_name", Kind::FirstName),
    ("last_name", Kind::LastName),
    ("name", Kind::Name),
    ("phone", Kind::Phone),
    ("money", Kind::Money),
    ("yes_no", Kind::YesNo),
    ("code", Kind::Code),
];

/// The type of that name.
pub(super) fn kind(name: &str) -> Option<Kind> {
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// The name of a type.
pub(super) fn name(kind: Kind) -> &'static str {
    NAMES.iter().find(|(_, known)| *known == kind).map_or("", |(name, _)| *name)
}

/// The names, for a message.
pub(super) fn names() -> String {
    NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// What a slot of a builtin type takes; `None` where its own grammar has to say.
pub(crate) fn of_slot(slot: &SlotKind) -> Option<Kind> {
    match slot {
        SlotKind::Number => Some(Kind::Number),
        SlotKind::Boolean => Some(Kind::YesNo),
        SlotKind::Builtin(name) => match name.as_str() {
            "date" => Some(Kind::Date),
            "time" => Some(Kind::Time),
            "currency" => Some(Kind::Money),
            "phone" => Some(Kind::Phone),
            _ => None,
        },
        SlotKind::Digits | SlotKind::Grammar => None,
    }
}

/// A type's name, in the schema.
pub(super) struct Named;

impl JsonSchema for Named {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Entity".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
        json_schema!({ "type": "string", "enum": names })
    }
}
