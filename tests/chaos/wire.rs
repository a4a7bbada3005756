//! HTTP/1.1 as far as a balancer and a small web server need it: one message a connection, whole, of known length.

use std::future::Future;
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Serves whoever connects, each on its own; one that goes away is no matter.
pub async fn accept<S, F>(listener: TcpListener, shared: Arc<S>, serve: impl Fn(TcpStream, Arc<S>) -> F)
where
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        tokio::spawn(serve(client, Arc::clone(&shared)));
    }
}

/// A request or an answer as it came.
#[derive(Debug, Clone)]
pub struct Message {
    /// The first line and the header lines, up to and including the blank one.
    pub head: String,
    pub body: Vec<u8>,
}

impl Message {
    /// Reads one; an incomplete one is an error.
    pub async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Self> {
        let mut bytes = Vec::with_capacity(2_048);
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if from.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        };
        let mut body = bytes.split_off(end);
        let head = String::from_utf8(bytes).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        let message = Self { head, body: Vec::new() };
        let length = message.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        while body.len() < length {
            if from.read_buf(&mut body).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(Self { body, ..message })
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The method and the target of a request; the version and the status of an answer.
    pub fn first_words(&self) -> (&str, &str) {
        let mut words = self.head.split_whitespace();
        (words.next().unwrap_or_default(), words.next().unwrap_or_default())
    }

    /// As it goes on, on a connection of its own.
    pub fn bytes(&self) -> Vec<u8> {
        let (first, rest) = self.head.split_once("\r\n").unwrap_or((&self.head, "\r\n"));
        let rest = rest.split_inclusive("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
        let head = format!("{first}\r\nconnection: close\r\n{}", rest.collect::<String>());
        [head.as_bytes(), &self.body].concat()
    }

    /// An answer.
    pub fn answer(status: &str, kind: &str, more: &str, body: Vec<u8>) -> Self {
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n{more}\r\n");
        Self { head, body }
    }
}
