//! Journals in Redis: one server, a cluster, or a master that sentinels know of.
//!
//! A call's keys have its id as their hash tag, so that they lie together; the open calls of each application are a sorted
//! set by when they are to be looked at. Bodies have keys of their own by their digests. See docs/journal.md.

mod address;
mod lines;
mod records;

use super::bodies::Bodies;
use super::codec::{self, Body};
use super::{Append, Entry, Found, Head, Journal, Keep, Pending, Put, Record, Store, StoreError, Then, millis};
use address::Address;
use lines::{Lines, Question};
use redis::{Cmd, ErrorKind, FromRedisValue, Pipeline, RedisError, Script, ServerErrorKind, cmd, pipe};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// A body this process wrote so lately is not written again.
const FRESH: Duration = Duration::from_secs(600);
/// Longer than any call lasts: a body written at its beginning is kept as long as its journal.
const LONGEST_CALL: Duration = Duration::from_secs(25 * 3_600);

/// Journals in Redis, for any number of replicas.
pub struct Redis {
    lines: Lines,
    keep: Keep,
    prefix: String,
    bodies: Arc<Bodies>,
    append: Code,
    claim: Code,
    reserve: Code,
    due: Code,
    put: Code,
    forget: Code,
}

/// A Lua script and what it is called by once Redis knows it.
struct Code {
    text: &'static str,
    hash: String,
}

/// A script with its keys and arguments.
struct Invocation<'a> {
    code: &'a Code,
    keys: Vec<String>,
    arguments: Vec<Vec<u8>>,
}

impl Redis {
    /// A store in what a URL names (see docs/howto-choose-a-store.md). Nobody is connected to before it is needed.
    ///
    /// # Errors
    /// [`StoreError::Broken`] if the URL is wrong; it is not quoted, as it may hold a password.
    pub fn open(url: &str, keep: Keep) -> Result<Self, StoreError> {
        let address = Address::parse(url)?;
        let bodies = Arc::new(Bodies::new());
        Ok(Self {
            lines: Lines::new(&address, Arc::clone(&bodies))?,
            keep,
            prefix: address.prefix,
            bodies,
            append: Code::new(include_str!("redis/append.lua")),
            claim: Code::new(include_str!("redis/claim.lua")),
            reserve: Code::new(include_str!("redis/reserve.lua")),
            due: Code::new(include_str!("redis/due.lua")),
            put: Code::new(include_str!("redis/put.lua")),
            forget: Code::new(include_str!("redis/forget.lua")),
        })
    }

    /// Whether a URL of that scheme names a Redis.
    pub(super) fn is_scheme(scheme: &str) -> bool {
        Address::is_one(scheme)
    }

    async fn write(&self, append: Append) -> Result<(), StoreError> {
        let Append { head, at, entry, then } = append;
        let written = codec::write_entry(&head.call, at, entry)?;
        let doubts = self.bodies.doubts();
        let bodies = self.bodies.unwritten(&written.bodies, FRESH);
        let mut before: Vec<Cmd> = bodies.iter().map(|body| self.keeping(body)).collect();
        if at == 0 {
            before.push(cmd("SADD").arg(self.known_apps()).arg(&head.app).to_owned());
        }
        let ended = then == Then::Ended;
        let counted = at == 0 && self.lines.is_cluster() && self.reserve(&head).await?;
        let invocation = self.appending(&head, at, written.text, &then)?;
        let answer: Vec<Vec<u8>> = self.run(&invocation, &before).await?;
        let mut answer = answer.into_iter();
        match answer.next().as_deref() {
            Some(b"written") => {
                self.bodies.wrote(bodies);
                if self.bodies.doubts() != doubts {
                    self.make_good(&written.bodies).await?;
                }
                if ended && self.lines.is_cluster() {
                    self.close(&head.call, &head.app).await?;
                }
                Ok(())
            }
            Some(b"behind") => Err(StoreError::Behind(self.entries(&head.call, at, answer.collect()).await?)),
            Some(b"unknown") => Err(StoreError::Unknown(head.call.clone())),
            Some(b"busy") => Err(StoreError::Busy(head.app.clone())),
            Some(b"full") => {
                if counted {
                    self.close(&head.call, &head.app).await?;
                }
                Err(StoreError::Full(head.call.clone()))
            }
            _ => Err(StoreError::Broken(format!("Redis at {} answers otherwise than it should", self.lines.shown()))),
        }
    }

    fn appending(&self, head: &Head, at: usize, text: String, then: &Then) -> Result<Invocation<'_>, StoreError> {
        let ended = *then == Then::Ended;
        let mut keys = vec![self.journal(&head.call), self.claimed(&head.call)];
        if (at == 0 || ended) && !self.lines.is_cluster() {
            keys.push(self.opened(&head.app));
        }
        let (owner, claimed) = match then {
            Then::Working { owner, claimed } => (owner.as_str(), *claimed),
            Then::Open | Then::Ended => ("", Duration::ZERO),
        };
        let kept = if ended { self.keep.ended } else { self.keep.open };
        let first = if at == 0 { codec::write_head(head)? } else { String::new() };
        let arguments = vec![
            at.to_string().into(),
            text.into(),
            first.into(),
            owner.into(),
            expiry(claimed).into(),
            expiry(kept).into(),
            self.keep.entries.to_string().into(),
            self.keep.bytes.to_string().into(),
            if ended { "1" } else { "0" }.into(),
            head.call.as_str().into(),
            self.first_look(head).into(),
            self.most_calls(&head.app).into(),
        ];
        Ok(Invocation { code: &self.append, keys, arguments })
    }

    /// The connection was lost meanwhile, and what was thought to be in Redis perhaps with it.
    async fn make_good(&self, bodies: &[Body]) -> Result<(), StoreError> {
        let missing = self.bodies.unwritten(bodies, FRESH);
        for body in &missing {
            let () = self.ask(&self.keeping(body)).await?;
        }
        self.bodies.wrote(missing);
        Ok(())
    }

    /// In a cluster, where the open calls lie elsewhere: counts a call that is about to begin; whether it was not yet.
    async fn reserve(&self, head: &Head) -> Result<bool, StoreError> {
        let arguments = [head.call.clone(), self.first_look(head), self.most_calls(&head.app)];
        let invocation = Invocation {
            code: &self.reserve,
            keys: vec![self.opened(&head.app)],
            arguments: arguments.into_iter().map(String::into_bytes).collect(),
        };
        let counted: i64 = self.run(&invocation, &[]).await?;
        if counted < 0 {
            // Whoever lost the race for a call that is there is told what it missed.
            let there: bool = self.ask(cmd("EXISTS").arg(self.journal(&head.call))).await?;
            return if there { Ok(false) } else { Err(StoreError::Busy(head.app.clone())) };
        }
        Ok(counted > 0)
    }

    async fn found(&self, call: &str, from: usize) -> Result<Option<Found>, StoreError> {
        // The claim first: a turn is never seen unfinished together with a claim that ended when it was finished.
        let mut question = pipe();
        question.get(self.claimed(call)).lindex(self.journal(call), 0);
        question.cmd("LRANGE").arg(self.journal(call)).arg(from.saturating_add(1)).arg(-1);
        let (owner, head, entries): (Option<String>, Option<Vec<u8>>, Vec<Vec<u8>>) = self.ask(&question).await?;
        let Some(head) = head else { return Ok(None) };
        let head = codec::read_head(call, text_of(&head))?;
        let entries = self.entries(call, from, entries).await?;
        Ok(Some(Found { journal: Journal { head, entries }, owner }))
    }

    /// Entries from the elements of a journal's list, with their bodies.
    async fn entries(&self, call: &str, from: usize, elements: Vec<Vec<u8>>) -> Result<Vec<Entry>, StoreError> {
        let entries =
            (from..).zip(&elements).map(|(number, element)| codec::read_entry(call, number, text_of(element)));
        let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
        let (mut bodies, mut missing) = (HashMap::new(), Vec::new());
        for digest in codec::apart(&entries) {
            match self.bodies.get(&digest) {
                Some(body) => drop(bodies.insert(digest, body)),
                None => missing.push(digest),
            }
        }
        if !missing.is_empty() {
            let keys: Vec<String> = missing.iter().map(|digest| self.body(digest)).collect();
            let read: Vec<Option<Vec<u8>>> = self.ask(cmd("MGET").arg(keys)).await?;
            for (digest, body) in missing.into_iter().zip(read) {
                if let Some(body) = body {
                    let body = self.bodies.read(digest.clone(), body);
                    bodies.insert(digest, body);
                }
            }
        }
        codec::fill(call, from, &mut entries, &bodies)?;
        Ok(entries)
    }

    async fn claim_for(&self, call: &str, owner: &str, claimed: Duration) -> Result<bool, StoreError> {
        let invocation = Invocation {
            code: &self.claim,
            keys: vec![self.journal(call), self.claimed(call)],
            arguments: vec![owner.into(), expiry(claimed).into()],
        };
        match self.run::<i64>(&invocation, &[]).await? {
            1 => Ok(true),
            0 => Ok(false),
            _ => Err(StoreError::Unknown(call.to_owned())),
        }
    }

    async fn looked_at(&self, now: i64, again: i64, most: usize) -> Result<Vec<String>, StoreError> {
        let apps: Vec<String> = self.ask(cmd("SMEMBERS").arg(self.known_apps())).await?;
        let mut due = Vec::new();
        for app in apps {
            if due.len() >= most {
                break;
            }
            let arguments = [now.to_string(), again.to_string(), (most - due.len()).to_string()];
            let invocation = Invocation {
                code: &self.due,
                keys: vec![self.opened(&app)],
                arguments: arguments.into_iter().map(String::into_bytes).collect(),
            };
            for call in self.run::<Vec<String>>(&invocation, &[]).await? {
                // A journal that expired takes its call with it.
                let there: bool = self.ask(cmd("EXISTS").arg(self.journal(&call))).await?;
                if there {
                    due.push(call);
                } else {
                    self.close(&call, &app).await?;
                }
            }
        }
        Ok(due)
    }

    async fn remind_of(&self, call: &str, app: &str, at: i64) -> Result<(), StoreError> {
        self.ask(cmd("ZADD").arg(self.opened(app)).arg("XX").arg(at).arg(call)).await
    }

    async fn close(&self, call: &str, app: &str) -> Result<(), StoreError> {
        self.ask(cmd("ZREM").arg(self.opened(app)).arg(call)).await
    }

    async fn ask<T: FromRedisValue + Send>(&self, question: &impl Question) -> Result<T, StoreError> {
        self.lines.ask(question).await.map_err(|error| self.lines.failed(&error))
    }

    /// Runs a script after other commands: all in one round trip, unless their keys lie on other nodes.
    async fn run<T: FromRedisValue + Send>(&self, script: &Invocation<'_>, before: &[Cmd]) -> Result<T, StoreError> {
        let mut together = before;
        if self.lines.is_cluster() {
            together = &[];
            for command in before {
                let () = self.ask(command).await?;
            }
        }
        let with = |script: Cmd| -> Pipeline {
            let mut question = pipe();
            for command in together {
                question.add_command(command.clone()).ignore();
            }
            question.add_command(script);
            question
        };
        let known: Result<(T,), RedisError> = self.lines.ask(&with(script.by_hash())).await;
        let answer = match known {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                self.lines.ask(&with(script.by_text())).await
            }
            answer => answer,
        };
        answer.map(|(answer,)| answer).map_err(|error| self.lines.failed(&error))
    }

    fn keeping(&self, body: &Body) -> Cmd {
        let kept = self.keep.open.max(self.keep.ended) + LONGEST_CALL;
        let mut set = cmd("SET");
        set.arg(self.body(&body.digest)).arg(body.bytes.as_slice()).arg("PX").arg(millis(kept));
        set
    }

    fn first_look(&self, head: &Head) -> String {
        head.started.saturating_add(millis(self.keep.look)).to_string()
    }

    /// As many open calls as an application may have; empty: any number.
    fn most_calls(&self, app: &str) -> String {
        self.keep.calls.get(app).map(ToString::to_string).unwrap_or_default()
    }

    fn journal(&self, call: &str) -> String {
        format!("{}:{{{call}}}:journal", self.prefix)
    }

    fn claimed(&self, call: &str) -> String {
        format!("{}:{{{call}}}:claim", self.prefix)
    }

    fn body(&self, digest: &str) -> String {
        format!("{}:body:{digest}", self.prefix)
    }

    fn opened(&self, app: &str) -> String {
        format!("{}:open:{app}", self.prefix)
    }

    fn known_apps(&self) -> String {
        format!("{}:apps", self.prefix)
    }
}

impl Code {
    fn new(text: &'static str) -> Self {
        Self { text, hash: Script::new(text).get_hash().to_owned() }
    }
}

impl Invocation<'_> {
    fn by_hash(&self) -> Cmd {
        self.called("EVALSHA", &self.code.hash)
    }

    /// Redis remembers the script, too.
    fn by_text(&self) -> Cmd {
        self.called("EVAL", self.code.text)
    }

    fn called(&self, name: &str, script: &str) -> Cmd {
        let mut command = cmd(name);
        command.arg(script).arg(self.keys.len()).arg(&self.keys).arg(&self.arguments);
        command
    }
}

impl std::fmt::Debug for Redis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redis").field("lines", &self.lines).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl Store for Redis {
    fn append(&self, append: Append) -> Pending<'_, ()> {
        Box::pin(self.write(append))
    }

    fn read<'a>(&'a self, call: &'a str, from: usize) -> Pending<'a, Option<Found>> {
        Box::pin(self.found(call, from))
    }

    fn claim<'a>(&'a self, call: &'a str, owner: &'a str, claimed: Duration) -> Pending<'a, bool> {
        Box::pin(self.claim_for(call, owner, claimed))
    }

    fn due(&self, now: i64, again: i64, most: usize) -> Pending<'_, Vec<String>> {
        Box::pin(self.looked_at(now, again, most))
    }

    fn remind<'a>(&'a self, call: &'a str, app: &'a str, at: Option<i64>) -> Pending<'a, ()> {
        Box::pin(async move {
            match at {
                Some(at) => self.remind_of(call, app, at).await,
                None => self.close(call, app).await,
            }
        })
    }

    fn open<'a>(&'a self, app: &'a str) -> Pending<'a, usize> {
        Box::pin(async move { self.ask(cmd("ZCARD").arg(self.opened(app))).await })
    }

    fn record<'a>(&'a self, collection: &'a str, key: &'a str) -> Pending<'a, Option<Record>> {
        Box::pin(self.held(collection, key))
    }

    fn put(&self, put: Put) -> Pending<'_, u64> {
        Box::pin(self.keep(put))
    }

    fn records<'a>(&'a self, collection: &'a str, prefix: &'a str, most: usize) -> Pending<'a, Vec<(String, Record)>> {
        Box::pin(self.all_held(collection, prefix, most))
    }

    fn kind(&self) -> &'static str {
        "redis"
    }

    fn check(&self) -> Pending<'_, ()> {
        Box::pin(async move { self.ask::<String>(&cmd("PING")).await.map(drop) })
    }
}

/// The JSON in an element of a journal's list, after the bytes up to it. What is no text is no JSON either.
fn text_of(element: &[u8]) -> &str {
    let text = std::str::from_utf8(element).unwrap_or_default();
    text.split_once(' ').map_or(text, |(_, json)| json)
}

/// Milliseconds Redis takes as an expiry: at least one.
fn expiry(duration: Duration) -> String {
    millis(duration).max(1).to_string()
}
