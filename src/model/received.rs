//! What an endpoint says, read without trust: whatever is missing, null or more than was asked for.
//!
//! The types of async-openai ask for all that OpenAI sends (`id`, `created`, `object`, a known `finish_reason`), which
//! other endpoints leave out or call otherwise; what is needed of an answer is this.

use super::Failure;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// No endpoint is left alone for longer on its own word.
const LONGEST_REST: Duration = Duration::from_secs(300);
/// Where it says that there are too many requests, and not for how long.
const USUAL_REST: Duration = Duration::from_secs(5);
/// An account without credit has none five seconds later.
const WITHOUT_CREDIT: Duration = Duration::from_secs(300);

/// What was answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// The text of the answer, or the arguments of the tool call.
    pub(super) text: Option<String>,
    /// Why there is no text.
    pub(super) why_empty: &'static str,
    /// What it took, where that is said.
    pub(super) tokens: Option<u64>,
}

#[derive(Deserialize)]
struct Completion {
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    message: Option<Message>,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize, Default)]
struct Message {
    #[serde(default)]
    content: Value,
    #[serde(default)]
    refusal: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<ToolCall>>,
}

#[derive(Deserialize)]
struct ToolCall {
    #[serde(default)]
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    #[serde(default)]
    arguments: Value,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(default)]
    total_tokens: Option<u64>,
}

impl Said {
    /// Reads the body of a completion; `None` if it is none.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let completion: Completion = serde_json::from_slice(body).ok()?;
        let tokens = completion.usage.and_then(|usage| usage.total_tokens);
        let said = |text: Option<String>, why_empty| Self { text, why_empty, tokens };
        let Some(choice) = completion.choices.into_iter().next() else { return Some(said(None, "it has no choices")) };
        match choice.finish_reason.as_deref() {
            Some("length" | "model_length") => return Some(said(None, "it is cut off")),
            Some("content_filter") => return Some(said(None, "it was filtered")),
            _ => {}
        }
        let message = choice.message.unwrap_or_default();
        if message.refusal.is_some_and(|refusal| !refusal.is_empty()) {
            return Some(said(None, "the model refused"));
        }
        let mut calls = message.tool_calls.into_iter().flatten().filter_map(|call| call.function);
        let text = calls.next().and_then(|call| text_of(call.arguments)).or_else(|| text_of(message.content));
        Some(said(text, "it is empty"))
    }
}

/// A text, in one piece or in parts; an object as it would be written.
fn text_of(value: Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text,
        Value::Array(parts) => parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str)).collect(),
        Value::Object(_) => value.to_string(),
        Value::Null | Value::Bool(_) | Value::Number(_) => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

/// An answer that is an error. Its text is never shown: endpoints repeat in it what they were sent, keys included.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) retry_after: Option<Duration>,
    code: Option<String>,
    /// The words of the error, lower case.
    words: Vec<String>,
}

impl Refusal {
    pub(super) fn new(status: u16, retry_after: Option<Duration>, body: &str) -> Self {
        let error: Value = serde_json::from_str(body).unwrap_or_default();
        let code = error.pointer("/error/code").or_else(|| error.get("code")).and_then(Value::as_str);
        let is_code =
            |code: &&str| (1..=40).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let words = body.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        Self {
            status,
            retry_after,
            code: code.filter(is_code).map(str::to_owned),
            words: words.map(str::to_ascii_lowercase).collect(),
        }
    }

    /// Whether the error has this word in it.
    pub(super) fn names(&self, word: &str) -> bool {
        self.words.iter().any(|other| other == word)
    }

    pub(super) fn failure(&self) -> Failure {
        Failure::Refused { status: self.status, code: self.code.clone() }
    }

    /// How long the endpoint is to be left alone, if it is.
    pub(super) fn rest(&self) -> Option<Duration> {
        if self.code.as_deref() == Some("insufficient_quota") {
            return Some(WITHOUT_CREDIT);
        }
        let unsaid = (self.status == 429).then_some(USUAL_REST);
        self.retry_after.or(unsaid).map(|rest| rest.min(LONGEST_REST))
    }
}

/// How long an endpoint asks to be left alone: in milliseconds, in seconds, or until a date.
pub(super) fn retry_after(headers: &HeaderMap, now: jiff::Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| (0.0..=1e9).contains(number));
    if let Some(milliseconds) = text("retry-after-ms").and_then(number) {
        return Some(Duration::from_secs_f64(milliseconds / 1_000.0));
    }
    let written = text("retry-after")?;
    if let Some(seconds) = number(written) {
        return Some(Duration::from_secs_f64(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(written).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(body: &str) -> Option<String> {
        Said::read(body.as_bytes()).and_then(|said| said.text)
    }

    #[test]
    fn an_answer_is_found_wherever_endpoints_put_it() {
        for body in [
            r#"{"choices":[{"message":{"content":"{}","role":"assistant"},"finish_reason":"stop"}],"usage":{"total_tokens":9}}"#,
            r#"{"choices":[{"message":{"content":null,"tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}]}"#,
            r#"{"choices":[{"message":{"content":"","tool_calls":[{"function":{"arguments":{}}}]}}]}"#,
            r#"{"choices":[{"message":{"content":[{"type":"text","text":"{"},{"type":"text","text":"}"}],"tool_calls":null}}]}"#,
        ] {
            assert_eq!(text(body).as_deref(), Some("{}"), "{body}");
        }
    }

    #[test]
    fn no_answer_says_why() {
        for (body, why) in [
            (r#"{"choices":[]}"#, "it has no choices"),
            (r#"{"choices":[{"message":{"content":"{"},"finish_reason":"length"}]}"#, "it is cut off"),
            (r#"{"choices":[{"message":{"content":null,"refusal":"I cannot"}}]}"#, "the model refused"),
            (r#"{"choices":[{"message":{"content":"  "}}]}"#, "it is empty"),
            (r#"{"choices":[{}]}"#, "it is empty"),
        ] {
            assert_eq!(Said::read(body.as_bytes()), Some(Said { text: None, why_empty: why, tokens: None }), "{body}");
        }
        assert_eq!(Said::read(b"<html>"), None);
        assert_eq!(Said::read(br#"{"choices":[{"message":{"#), None);
    }

    #[test]
    fn how_long_to_wait_is_read_in_every_form() {
        let headers = |name: &'static str, value: &str| {
            HeaderMap::from_iter([(http::HeaderName::from_static(name), value.parse().unwrap())])
        };
        let now: jiff::Timestamp = "2026-11-21T15:00:00Z".parse().unwrap();
        for (name, value, milliseconds) in [
            ("retry-after-ms", "250", 250),
            ("retry-after", "7", 7_000),
            ("retry-after", "0.5", 500),
            ("retry-after", "Sat, 21 Nov 2026 15:00:20 GMT", 20_000),
            ("retry-after", "Sat, 21 Nov 2026 14:00:00 GMT", 0),
        ] {
            let pause = retry_after(&headers(name, value), now);
            assert_eq!(pause, Some(Duration::from_millis(milliseconds)), "{name}: {value}");
        }
        for value in ["soon", "-1", "1e300", ""] {
            assert_eq!(retry_after(&headers("retry-after", value), now), None, "{value}");
        }
    }

    #[test]
    fn an_error_is_known_by_its_status_and_code_and_never_shown() {
        let body = r#"{"error":{"message":"You have no credit, sk-key","type":"insufficient_quota","code":"insufficient_quota"}}"#;
        let refusal = Refusal::new(429, None, body);
        assert_eq!(refusal.failure().to_string(), "it refused with status 429 (insufficient_quota)");
        assert_eq!(refusal.rest(), Some(WITHOUT_CREDIT));
        assert_eq!(Refusal::new(429, None, "").rest(), Some(USUAL_REST));
        assert_eq!(Refusal::new(503, Some(Duration::from_secs(9_999)), "").rest(), Some(LONGEST_REST));
        assert_eq!(
            Refusal::new(500, None, r#"{"error":{"code":"Bad key sk-123"}}"#).failure().to_string(),
            "it refused with status 500"
        );
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(body in any::<Vec<u8>>(), text in any::<String>()) {
            Said::read(&body);
            Refusal::new(400, None, &text);
        }
    }
}
