//! Back-ends in this process: they answer what documents ask of one host, without a network.

use super::{Response, failed, found, shown};
use crate::dialogue::{FetchRequest, Method};
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use url::Url;

/// What is asked of a [`Service`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// GET, or POST for what changes something.
    pub method: Method,
    /// The path of the URL, with its slash.
    pub path: String,
    /// The query's and the form's names and values, in order.
    pub fields: Vec<(String, String)>,
    /// The `Idempotency-Key`: a request that has the same one is the same request.
    pub idempotency_key: Option<String>,
}

/// What a [`Service`] answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The media type of the body.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

/// A back-end that runs in this process.
pub trait Service: Send + Sync + Debug {
    /// Answers a request; whatever goes wrong is an answer, too.
    fn answer(&self, asked: Asked) -> Pin<Box<dyn Future<Output = Answered> + Send + '_>>;
}

/// A service and where documents find it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Scheme, host and port count; there is no path.
    pub(super) origin: Url,
    pub(super) service: Arc<dyn Service>,
}

impl Place {
    /// Whether a URL leads here.
    pub(super) fn has(&self, url: &Url) -> bool {
        url.origin() == self.origin.origin()
    }

    pub(super) async fn fetch(&self, url: &Url, request: &FetchRequest) -> Response {
        let queried = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned()));
        let sent = request.fields.iter().map(|field| (field.name.clone(), field.as_text().to_owned()));
        let asked = Asked {
            method: request.method,
            path: url.path().to_owned(),
            fields: queried.chain(sent).collect(),
            idempotency_key: request.effect.as_ref().map(|effect| effect.id.clone()),
        };
        let Answered { status, content_type, body } = self.service.answer(asked).await;
        if (200..300).contains(&status) {
            Response::Found(found(url, Some(content_type.to_owned()), body))
        } else {
            failed(Some(status), format!("{}: the back office answers {status}", shown(url)))
        }
    }
}
