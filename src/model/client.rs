//! One request to an OpenAI-compatible endpoint, and what it says: the only file that knows the protocol.
//!
//! Requests are of async-openai's types; they are sent by a reqwest client like that of documents. The crate's own client
//! writes what an endpoint answers into the log, repeats requests by a schedule made for batch jobs, and hands on neither
//! `Retry-After` nor a limit to what it reads.

use super::manners::{Form, Limit, Manners};
use super::received::{Refusal, Said, retry_after};
use super::{Settings, SetupError};
use crate::nlu::model::Question;
use async_openai::types::chat::{
    ChatCompletionNamedToolChoice, ChatCompletionRequestSystemMessage, ChatCompletionRequestUserMessage,
    ChatCompletionTool, ChatCompletionToolChoiceOption, ChatCompletionTools, CreateChatCompletionRequest, FunctionName,
    FunctionObject, ReasoningEffort, ResponseFormat, ResponseFormatJsonSchema,
};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect;
use std::fmt;
use std::sync::Once;
use url::Url;

const USER_AGENT: &str = concat!("voxbridge/", env!("CARGO_PKG_VERSION"));
const API_KEY: HeaderName = HeaderName::from_static("api-key");
/// The name of the schema, and of the tool.
const NAME: &str = "understood";
/// What is longer is no answer.
const MOST_BYTES: usize = 256 * 1024;
/// Tokens of an answer, and those of one that is thought about first.
const ANSWER: u32 = 400;
const THOUGHT: u32 = 4_000;

/// The way to an endpoint.
pub(super) struct Client {
    http: reqwest::Client,
    url: Url,
    headers: HeaderMap,
    name: String,
    effort: Option<ReasoningEffort>,
}

/// Why nothing was said.
#[derive(Debug)]
pub(super) enum Trouble {
    /// No connection: nothing was sent.
    Unreachable(String),
    /// The connection broke before the answer's end, or what came is no completion.
    Broken(String),
    /// An error of the endpoint's.
    Refused(Refusal),
}

impl fmt::Debug for Client {
    /// Without the headers, which hold the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("host", &self.url.host_str()).field("name", &self.name).finish_non_exhaustive()
    }
}

impl Client {
    pub(super) fn new(settings: &Settings) -> Result<Self, SetupError> {
        install_tls();
        let http = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            // What callers say goes to the configured endpoint, and nowhere else.
            .redirect(redirect::Policy::none())
            .no_proxy()
            // A connection that hangs leaves time for a second one.
            .connect_timeout(settings.deadline / 3)
            .build()
            .map_err(|error| SetupError::Client(error.without_url().to_string()))?;
        let effort = match &settings.effort {
            Some(effort) => {
                Some(serde_json::from_value(effort.as_str().into()).map_err(|_| SetupError::Effort(effort.clone()))?)
            }
            None => None,
        };
        Ok(Self { http, url: url_of(settings)?, headers: headers_of(settings)?, name: settings.name.clone(), effort })
    }

    /// Sends a question in this form.
    pub(super) async fn send(&self, question: &Question, manners: &Manners) -> Result<Said, Trouble> {
        let request = self.request(question, manners);
        let body =
            serde_json::to_vec(&request).map_err(|_| Trouble::Broken("the question cannot be written".into()))?;
        let sent = self.http.post(self.url.clone()).headers(self.headers.clone()).body(body).send().await;
        let mut response = sent.map_err(|error| match error.is_connect() {
            true => Trouble::Unreachable(explain(error)),
            false => Trouble::Broken(explain(error)),
        })?;
        let status = response.status();
        let pause = retry_after(response.headers(), jiff::Timestamp::now());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| Trouble::Broken(explain(error)))? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(Trouble::Broken(format!("it says more than {MOST_BYTES} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        if !status.is_success() {
            return Err(Trouble::Refused(Refusal::new(status.as_u16(), pause, &String::from_utf8_lossy(&body))));
        }
        Said::read(&body).ok_or_else(|| Trouble::Broken("it is no completion".to_owned()))
    }

    // `max_tokens` is deprecated at OpenAI; other endpoints know no other name.
    #[allow(deprecated)]
    fn request(&self, question: &Question, manners: &Manners) -> CreateChatCompletionRequest {
        let mut instructions = question.instructions();
        if manners.form == Form::Json {
            instructions.push_str(&format!(" The JSON object has this JSON schema: {}", question.schema()));
        }
        let system = ChatCompletionRequestSystemMessage::from(instructions);
        let user = ChatCompletionRequestUserMessage::from(question.text());
        let most = if self.effort.is_some() { THOUGHT } else { ANSWER };
        let mut request = CreateChatCompletionRequest {
            messages: vec![system.into(), user.into()],
            model: self.name.clone(),
            temperature: manners.temperature.then_some(0.0),
            reasoning_effort: self.effort.clone().filter(|_| manners.effort),
            max_completion_tokens: (manners.limit == Limit::Completion).then_some(most),
            max_tokens: (manners.limit == Limit::Tokens).then_some(most),
            store: manners.store.then_some(false),
            ..Default::default()
        };
        match manners.form {
            Form::Schema => {
                request.response_format = Some(ResponseFormat::JsonSchema {
                    json_schema: ResponseFormatJsonSchema {
                        description: None,
                        name: NAME.to_owned(),
                        schema: question.schema(),
                        strict: Some(true),
                    },
                });
            }
            Form::Tool => {
                let function = FunctionObject {
                    name: NAME.to_owned(),
                    description: Some("Notes what the caller wants.".to_owned()),
                    parameters: Some(question.schema()),
                    strict: None,
                };
                request.tools = Some(vec![ChatCompletionTools::Function(ChatCompletionTool { function })]);
                let function = FunctionName { name: NAME.to_owned() };
                request.tool_choice =
                    Some(ChatCompletionToolChoiceOption::Function(ChatCompletionNamedToolChoice { function }));
            }
            Form::Json => request.response_format = Some(ResponseFormat::JsonObject),
        }
        request
    }
}

/// Where completions are asked for.
fn url_of(settings: &Settings) -> Result<Url, SetupError> {
    let mut url = settings.base.clone();
    let wrong = || SetupError::Base(settings.base.to_string());
    url.set_query(None);
    url.set_fragment(None);
    let mut path = url.path_segments_mut().map_err(|()| wrong())?;
    path.pop_if_empty();
    if settings.api_version.is_some() {
        path.extend(["openai", "deployments", &settings.name]);
    }
    path.extend(["chat", "completions"]);
    drop(path);
    if let Some(version) = &settings.api_version {
        url.query_pairs_mut().append_pair("api-version", version);
    }
    Ok(url)
}

fn headers_of(settings: &Settings) -> Result<HeaderMap, SetupError> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(key) = &settings.key {
        let (name, value) = match settings.api_version {
            Some(_) => (API_KEY, key.0.clone()),
            None => (AUTHORIZATION, format!("Bearer {}", key.0)),
        };
        let mut value = HeaderValue::from_str(&value).map_err(|_| SetupError::Key)?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

/// rustls is built without a provider of its own choice; ring serves the whole process.
fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Fails only if a provider is installed already, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// The error with its causes, without the URL.
fn explain(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::{Choice, Finding, Next, Secret, Turn, samples};
    use crate::model::Limits;
    use crate::model::manners::Known;
    use crate::nlu::State;
    use std::time::Duration;

    fn settings(base: &str, api_version: Option<&str>) -> Settings {
        Settings {
            base: Url::parse(base).unwrap(),
            name: "small model".into(),
            key: Some(Secret("sk-0123".into())),
            api_version: api_version.map(str::to_owned),
            effort: None,
            deadline: Duration::from_secs(1),
            concurrency: 1,
            cached: 0,
            limits: Limits { call_requests: 0, call_tokens: 0, app_requests: 0, app_tokens: 0 },
        }
    }

    fn question() -> Question {
        let choice = Choice { key: Some("1".into()), phrases: vec![], label: Some("billing".into()), target: None };
        let request = crate::dialogue::InputRequest { choices: vec![choice], ..samples::listening("en-US") };
        let turn = Turn { prompts: Vec::new(), next: Next::Listen(Box::new(request)) };
        Question::of(&State::of(&turn, None).unwrap(), "my bill", &Finding::default(), &[]).unwrap()
    }

    #[test]
    fn every_kind_of_endpoint_has_its_url_and_its_key() {
        for (base, version, url, header) in [
            ("https://api.openai.com/v1", None, "https://api.openai.com/v1/chat/completions", "authorization"),
            ("http://localhost:11434/v1/", None, "http://localhost:11434/v1/chat/completions", "authorization"),
            (
                "https://me.openai.azure.com",
                Some("2024-10-21"),
                "https://me.openai.azure.com/openai/deployments/small%20model/chat/completions?api-version=2024-10-21",
                "api-key",
            ),
        ] {
            let client = Client::new(&settings(base, version)).unwrap();
            assert_eq!(client.url.as_str(), url);
            assert!(client.headers.contains_key(header), "{base}");
            assert!(!format!("{client:?} {:?} {:?}", client.headers, settings(base, version)).contains("sk-0123"));
        }
    }

    #[test]
    fn a_request_has_nothing_in_it_but_what_its_form_asks() {
        let client = Client::new(&settings("http://localhost:11434/v1", None)).unwrap();
        let first = Known::new(&client.url, false).manners();
        let fields = |form| {
            let request = serde_json::to_value(client.request(&question(), &Manners { form, ..first })).unwrap();
            request.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(fields(Form::Schema), ["max_tokens", "messages", "model", "response_format", "temperature"]);
        assert_eq!(fields(Form::Tool), ["max_tokens", "messages", "model", "temperature", "tool_choice", "tools"]);
        assert_eq!(fields(Form::Json), ["max_tokens", "messages", "model", "response_format", "temperature"]);
    }

    #[test]
    fn settings_of_no_endpoint_are_refused() {
        let key = Settings { key: Some(Secret("a\nb".into())), ..settings("http://localhost", None) };
        assert!(matches!(Client::new(&key), Err(SetupError::Key)));
        let effort = Settings { effort: Some("enormous".into()), ..settings("http://localhost", None) };
        assert!(matches!(Client::new(&effort), Err(SetupError::Effort(_))));
        assert!(matches!(Client::new(&settings("mailto:a@b", None)), Err(SetupError::Base(_))));
    }
}
