//! The JSON schema of the answers to a question.

use super::question::{Field, Offer, Question};
use serde_json::{Value, json};

/// None of the choices, none of the options.
pub(super) const NONE: &str = "none";

/// The schema: every property required, nothing else allowed, as strict modes ask. A field's words are the one thing that
/// no list can hold; an answer's reader takes them only where the caller said them.
pub(super) fn of(question: &Question) -> Value {
    let ids = |offers: &[Offer]| offers.iter().map(|offer| offer.id.clone()).collect::<Vec<_>>();
    let mut properties = json!({
        "choice": {"type": "string", "enum": with_none(ids(&question.choices))},
        "certainty": {"type": "string", "enum": ["certain", "likely", "unsure"]},
    });
    let mut required = vec!["choice", "certainty"];
    if !question.fields.is_empty() {
        let names: Vec<&str> = question.fields.iter().map(|field: &Field| field.name.as_str()).collect();
        let mut options: Vec<String> = question.fields.iter().flat_map(|field| ids(&field.options)).collect();
        options.sort_unstable();
        options.dedup();
        properties["slots"] = json!({"type": "array", "items": {
            "type": "object",
            "properties": {
                "slot": {"type": "string", "enum": names},
                "words": {"type": "string"},
                "option": {"type": "string", "enum": with_none(options)},
            },
            "required": ["slot", "words", "option"],
            "additionalProperties": false,
        }});
        required.push("slots");
    }
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn with_none(mut ids: Vec<String>) -> Vec<String> {
    ids.push(NONE.to_owned());
    ids
}
