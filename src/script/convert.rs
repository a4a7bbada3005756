//! The engine's values to and from text, truth and JSON.

use rquickjs::{Ctx, Type, Value};
use serde_json::Value as Json;

pub(super) fn truth(value: &Value<'_>) -> bool {
    match value.type_of() {
        Type::Undefined | Type::Null | Type::Uninitialized => false,
        Type::Bool => value.as_bool().unwrap_or_default(),
        Type::Int | Type::Float => value.as_number().is_some_and(|number| number != 0.0 && !number.is_nan()),
        Type::String => value.as_string().and_then(|text| text.to_string().ok()).is_none_or(|text| !text.is_empty()),
        _ => true,
    }
}

pub(super) fn text_of<'js>(_: &Ctx<'js>, value: Value<'js>) -> rquickjs::Result<Option<String>> {
    if value.is_undefined() {
        return Ok(None);
    }
    value.get::<rquickjs::Coerced<String>>().map(|text| Some(text.0))
}

pub(super) fn value_of<'js>(ctx: &Ctx<'js>, json: &Json) -> rquickjs::Result<Value<'js>> {
    use rquickjs::IntoJs;
    match json {
        Json::Null => Ok(Value::new_null(ctx.clone())),
        Json::Bool(truth) => Ok(Value::new_bool(ctx.clone(), *truth)),
        Json::String(text) => text.as_str().into_js(ctx),
        Json::Number(number) => Ok(Value::new_number(ctx.clone(), number.as_f64().unwrap_or(f64::NAN))),
        Json::Array(_) | Json::Object(_) => ctx.json_parse(json.to_string()),
    }
}

pub(super) fn json_of<'js>(ctx: &Ctx<'js>, value: Value<'js>) -> rquickjs::Result<Json> {
    if let Some(text) = value.as_string() {
        return Ok(Json::String(text.to_string()?));
    }
    match ctx.json_stringify(value)? {
        Some(text) => Ok(serde_json::from_str(&text.to_string()?).unwrap_or(Json::Null)),
        None => Ok(Json::Null),
    }
}
