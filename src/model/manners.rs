//! In which form an endpoint takes a question: learnt from what it refuses, and remembered.

use super::received::Refusal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use url::Url;

/// How an answer is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As structured output: a JSON schema that the endpoint keeps to.
    Schema,
    /// As the arguments of a tool call.
    Tool,
    /// As JSON, the schema told in words.
    Json,
}

impl Form {
    fn next(self) -> Option<Self> {
        match self {
            Form::Schema => Some(Form::Tool),
            Form::Tool => Some(Form::Json),
            Form::Json => None,
        }
    }
}

/// By which name the longest answer is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// `max_completion_tokens`
    Completion,
    /// `max_tokens`, its older name.
    Tokens,
    /// Not at all.
    None,
}

/// What a request may have in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manners {
    pub(super) form: Form,
    pub(super) limit: Limit,
    /// `temperature`; reasoning models refuse it.
    pub(super) temperature: bool,
    /// `reasoning_effort`, where it is configured; other models refuse it.
    pub(super) effort: bool,
    /// `store`, which only OpenAI knows.
    pub(super) store: bool,
    /// Whether the older name of the limit is left to try.
    pub(super) may_switch_limit: bool,
}

/// What is known of an endpoint.
#[derive(Debug)]
pub(super) struct Known(Mutex<(Manners, bool)>);

impl Known {
    /// What can be known of an endpoint before it was asked.
    pub(super) fn new(base: &Url, is_azure: bool) -> Self {
        let is_openai = base.host_str().is_some_and(|host| host == "openai.com" || host.ends_with(".openai.com"));
        let is_new = is_openai || is_azure || base.host_str().is_some_and(|host| host.ends_with(".azure.com"));
        let manners = Manners {
            form: Form::Schema,
            limit: if is_new { Limit::Completion } else { Limit::Tokens },
            temperature: true,
            effort: true,
            store: is_openai,
            may_switch_limit: true,
        };
        Self(Mutex::new((manners, false)))
    }

    /// How to ask now.
    pub(super) fn manners(&self) -> Manners {
        self.lock().0
    }

    /// The endpoint has answered to this.
    pub(super) fn is_taken(&self, manners: &Manners) {
        *self.lock() = (*manners, true);
    }

    /// The endpoint took the question and did not keep to its form: it may not know it, so the next is asked otherwise.
    /// Where it kept to it before, it was a slip.
    pub(super) fn was_ignored(&self, manners: &Manners) {
        let mut known = self.lock();
        if let (false, Some(form)) = (known.1, manners.form.next()) {
            known.0 = Manners { form, ..*manners };
        }
    }

    /// How to ask after a refusal; `None` if another form would be refused as well.
    pub(super) fn after(&self, manners: &Manners, refusal: &Refusal) -> Option<Manners> {
        if !matches!(refusal.status, 400 | 404 | 405 | 415 | 422 | 500 | 501) {
            return None;
        }
        let names = |words: &[&str]| words.iter().any(|word| refusal.names(word));
        if names(&["context_length_exceeded", "content_filter", "model_not_found", "invalid_api_key"]) {
            return None;
        }
        let speaks_of_form = names(&FORM);
        if matches!(refusal.status, 404 | 405 | 415 | 500) && !speaks_of_form {
            return None;
        }
        if manners.temperature && refusal.names("temperature") {
            return Some(Manners { temperature: false, ..*manners });
        }
        if manners.effort && refusal.names("reasoning_effort") {
            return Some(Manners { effort: false, ..*manners });
        }
        if manners.limit != Limit::None && names(&["max_tokens", "max_completion_tokens"]) {
            let limit = match manners.limit {
                Limit::Completion if manners.may_switch_limit => Limit::Tokens,
                Limit::Tokens if manners.may_switch_limit => Limit::Completion,
                _ => Limit::None,
            };
            return Some(Manners { limit, may_switch_limit: false, ..*manners });
        }
        if manners.store && refusal.names("store") {
            return Some(Manners { store: false, ..*manners });
        }
        let has_answered = self.lock().1;
        let form = manners.form.next().filter(|_| speaks_of_form || !has_answered)?;
        Some(Manners { form, ..*manners })
    }

    fn lock(&self) -> MutexGuard<'_, (Manners, bool)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What endpoints call the forms that they do not know.
const FORM: [&str; 14] = [
    "response_format",
    "json_schema",
    "json_object",
    "structured",
    "structured_outputs",
    "schema",
    "strict",
    "tool",
    "tools",
    "tool_choice",
    "function",
    "functions",
    "guided",
    "grammar",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn known(base: &str) -> Known {
        Known::new(&Url::parse(base).unwrap(), false)
    }

    fn refusal(status: u16, text: &str) -> Refusal {
        Refusal::new(status, None, text)
    }

    #[test]
    fn a_form_that_is_not_known_gives_way_to_the_next() {
        let known = known("http://localhost:11434/v1");
        let schema = known.manners();
        let tool =
            known.after(&schema, &refusal(400, "'response_format' of type json_schema is not supported")).unwrap();
        let json = known.after(&tool, &refusal(400, "tools are not supported by this model")).unwrap();
        assert_eq!((schema.form, tool.form, json.form), (Form::Schema, Form::Tool, Form::Json));
        assert_eq!(known.after(&json, &refusal(400, "response_format")), None);
        known.is_taken(&json);
        assert_eq!(known.manners(), json);
    }

    #[test]
    fn an_endpoint_that_has_answered_is_not_doubted_for_a_refusal_that_says_nothing() {
        let known = known("http://localhost/v1");
        let first = known.manners();
        assert!(known.after(&first, &refusal(400, "bad request")).is_some());
        known.is_taken(&first);
        assert_eq!(known.after(&first, &refusal(400, "bad request")), None);
        known.was_ignored(&first);
        assert_eq!(known.manners(), first);
    }

    #[test]
    fn what_is_refused_by_name_is_left_out() {
        let known = known("https://api.openai.com/v1");
        let first = known.manners();
        assert_eq!((first.limit, first.store), (Limit::Completion, true));
        let text = "Unsupported value: 'temperature' does not support 0 with this model.";
        assert!(!known.after(&first, &refusal(400, text)).unwrap().temperature);
        let second =
            known.after(&first, &refusal(422, "max_completion_tokens: Extra inputs are not permitted")).unwrap();
        assert_eq!(second.limit, Limit::Tokens);
        assert_eq!(known.after(&second, &refusal(400, "max_tokens is too large")).unwrap().limit, Limit::None);
    }

    #[test]
    fn a_wrong_key_name_or_length_is_no_matter_of_form() {
        let known = known("https://api.mistral.ai/v1");
        let first = known.manners();
        for (status, text) in [
            (401, "invalid schema"),
            (429, "tools"),
            (404, "model_not_found"),
            (404, "page not found"),
            (500, "internal error"),
            (400, "context_length_exceeded"),
        ] {
            assert_eq!(known.after(&first, &refusal(status, text)), None, "{status} {text}");
        }
    }
}
