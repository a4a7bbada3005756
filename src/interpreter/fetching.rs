//! What the interpreter asks the host to fetch, and what becomes of the answers.

use super::{
    Session,
    flow::{Flow, Run},
    library::{without_fragment, without_query},
    program::{Compiled, GrammarForm, Program, builtin_reference},
};
use crate::{
    dialogue::{
        FetchAudio, FetchHints, FetchRequest, GrammarSource, GrammarText, Happening, Method, Name, Purpose, Resource,
        Response, Source, Step, Submitted,
    },
    grammar::Grammar,
    script::Chain,
};
use serde_json::Value as Json;
use std::{collections::HashMap, sync::Arc};

/// How a POST may be encoded (2.0 §5.3.8).
const ENCTYPES: [&str; 2] = ["application/x-www-form-urlencoded", "multipart/form-data"];

/// Fetches in one turn: a journal holds what came of each.
const FETCHES: u64 = 1_000;

/// External grammars one grammar may need, all told.
const LINKED: usize = 64;

impl Session {
    /// Asks the host for a resource; a failure is the event the document gets.
    pub(super) async fn fetch(&mut self, mut request: FetchRequest) -> Run<Resource> {
        if self.requests - self.requests_before >= FETCHES {
            return Err(Flow::semantic(format!("more than {FETCHES} fetches in one turn")));
        }
        self.requests += 1;
        request.id = self.requests;
        request.url = without_fragment(&request.url).to_owned();
        let (id, data) = (request.id, request.purpose == Purpose::Data);
        let url = without_query(&request.url).to_owned();
        if let Some(enctype) = request.enctype.as_deref().filter(|_| request.method == Method::Post)
            && !ENCTYPES.iter().any(|known| known.eq_ignore_ascii_case(enctype.trim()))
        {
            let why = format!("{url}: enctype \"{enctype}\" is not supported, only {}", ENCTYPES.join(" and "));
            return Err(Flow::event("error.badfetch", why));
        }
        loop {
            let event = self.port.exchange(Step::Fetch(request.clone())).await;
            match event.happening {
                Happening::Fetched { request, response } if request == id => {
                    return match response {
                        Response::Found(resource) => Ok(resource),
                        Response::Failed { status: Some(status), message } => {
                            Err(Flow::event(format!("error.badfetch.http.{status}"), format!("{url}: {message}")))
                        }
                        Response::Failed { status: None, message } => {
                            Err(Flow::event("error.badfetch", format!("{url}: {message}")))
                        }
                        // What data may be had is a matter of rights (2.1 §5.1); elsewhere it is a page that is not there.
                        Response::Denied { message } => {
                            let event = if data { "error.noauthorization" } else { "error.badfetch" };
                            Err(Flow::event(event, format!("{url}: {message}")))
                        }
                    };
                }
                // The hang-up is dealt with when the document next listens.
                Happening::HungUp => self.hung_up = true,
                _ => {}
            }
        }
    }

    /// Fetches a document and makes it ready.
    pub(super) async fn fetch_program(
        &mut self,
        url: &str,
        hints: &FetchHints,
        method: Method,
        fields: Vec<Submitted>,
        enctype: Option<String>,
    ) -> Run<Arc<Program>> {
        let request = FetchRequest { method, fields, enctype, ..self.request(url, Purpose::Document, hints) };
        let resource = self.fetch(request).await?;
        Ok(self.library.program(&resource, self.settings.dialect)?)
    }

    /// A plain GET with the fetch attributes in force.
    pub(super) fn request(&self, url: &str, purpose: Purpose, hints: &FetchHints) -> FetchRequest {
        let family = match purpose {
            Purpose::Document => "document",
            Purpose::Script => "script",
            Purpose::Grammar => "grammar",
            Purpose::Data => "data",
            Purpose::Audio => "audio",
        };
        FetchRequest {
            timeout: hints.timeout.or_else(|| self.time_property("fetchtimeout")),
            maxage: hints.maxage.or_else(|| self.seconds_property(&format!("{family}maxage"))),
            maxstale: hints.maxstale.or_else(|| self.seconds_property(&format!("{family}maxstale"))),
            audio: self.fetchaudio(purpose, hints),
            ..FetchRequest::get(url, purpose)
        }
    }

    /// What is heard while a document or data takes long; scripts, grammars and audio have no `fetchaudio` (2.0 §6.1).
    fn fetchaudio(&self, purpose: Purpose, hints: &FetchHints) -> Option<FetchAudio> {
        let here = self.contexts.last().filter(|_| matches!(purpose, Purpose::Document | Purpose::Data))?;
        let audio = hints.audio.as_deref().or_else(|| self.property("fetchaudio")).filter(|audio| !audio.is_empty())?;
        // It is heard or it is not: a reference that leads nowhere is no reason not to fetch.
        let url = super::resolve(&here.program.base, audio).ok().filter(|_| !self.hung_up)?;
        Some(FetchAudio { url, delay: self.time_property("fetchaudiodelay"), queued: self.queue.clone() })
    }

    /// Whether an audio file can be played; asked once a call.
    pub(super) async fn can_play(&mut self, url: &str, hints: &FetchHints) -> Run<bool> {
        if let Some(known) = self.playable.get(url) {
            return Ok(*known);
        }
        let request = self.request(url, Purpose::Audio, hints);
        let playable = match self.fetch(request).await {
            Ok(_) => true,
            Err(Flow::Event(_)) => false,
            Err(other) => return Err(other),
        };
        self.playable.insert(url.to_owned(), playable);
        Ok(playable)
    }

    /// The text of an external script.
    pub(super) async fn fetch_script(
        &mut self,
        reference: &str,
        charset: Option<&str>,
        hints: &FetchHints,
    ) -> Run<Arc<str>> {
        let url = self.absolute(reference)?;
        let resource = self.fetch(self.request(&url, Purpose::Script, hints)).await?;
        let declared = charset.map(|charset| format!("text/javascript; charset={charset}"));
        let content_type =
            resource.content_type.as_deref().filter(|kind| kind.contains("charset")).or(declared.as_deref());
        Ok(crate::vxml::decode(&resource.body, content_type).into())
    }

    /// A grammar ready to match, fetched if need be with all it refers to.
    pub(super) async fn grammar(&mut self, form: &GrammarForm, chain: &Chain) -> Run<Arc<Compiled>> {
        let (source, base) = match form {
            GrammarForm::Ready(compiled) => return Ok(compiled.clone()),
            GrammarForm::Broken(event, why) => return Err(Flow::event(*event, why.clone())),
            GrammarForm::Open { grammar, source, key } => return self.linked_once(grammar, source, key).await,
            GrammarForm::Reference(source, base) => (source, base),
        };
        let GrammarText::Reference(reference) = &source.text else {
            return Err(Flow::event("error.badfetch", "a grammar without a reference"));
        };
        let uri = self.source_text(chain, reference)?;
        if uri.starts_with("builtin:") {
            let lang = self.lang();
            return match builtin_reference(&uri, source, Some(&lang)) {
                GrammarForm::Ready(compiled) => Ok(compiled),
                GrammarForm::Broken(event, why) => Err(Flow::event(event, why)),
                GrammarForm::Reference(..) | GrammarForm::Open { .. } => Err(Flow::event("error.badfetch", uri)),
            };
        }
        let url = super::resolve(base, &uri).map_err(|why| Flow::event("error.badfetch", why))?;
        let key = (url, source.mode);
        // Once a call, unless the application says that it must be the newest at every turn.
        let request = self.request(&key.0, Purpose::Grammar, &source.fetch);
        if let Some(known) = self.grammars.get(&key).filter(|_| request.maxage != Some(0)) {
            return Ok(known.clone());
        }
        let compiled = Compiled::new(self.fetch_grammar(&key.0, source).await?, None);
        self.grammars.insert(key, compiled.clone());
        Ok(compiled)
    }

    /// An inline grammar with what it refers to, fetched once a call. `key` tells it from all others.
    async fn linked_once(&mut self, grammar: &Arc<Grammar>, source: &GrammarSource, key: &str) -> Run<Arc<Compiled>> {
        let key = (key.to_owned(), source.mode);
        if let Some(known) = self.grammars.get(&key) {
            return Ok(known.clone());
        }
        let compiled = Compiled::new(self.linked(grammar, source, "the grammar").await?, None);
        self.grammars.insert(key, compiled.clone());
        Ok(compiled)
    }

    async fn fetch_grammar(&mut self, url: &str, source: &GrammarSource) -> Run<Grammar> {
        let resource = self.fetch(self.request(url, Purpose::Grammar, &source.fetch)).await?;
        let grammar = self.library.grammar(&resource, source.media_type.as_deref(), source.mode)?;
        let linked = self.linked(&grammar, source, url).await?;
        match url.split_once('#').map(|(_, rule)| rule).filter(|rule| !rule.is_empty()) {
            Some(rule) => linked.starting_at(rule).ok_or_else(|| {
                Flow::event("error.badfetch", format!("{url}: the grammar has no public rule '{rule}'"))
            }),
            None => Ok(linked),
        }
    }

    /// A grammar with all that it refers to.
    async fn linked(&mut self, grammar: &Arc<Grammar>, source: &GrammarSource, name: &str) -> Run<Grammar> {
        let badfetch = |why: String| Flow::event("error.badfetch", why);
        let bad = |problems: Vec<crate::dialogue::Diagnostic>| badfetch(super::program::sentence(&problems));
        let mut found: HashMap<String, Arc<Grammar>> = HashMap::new();
        let mut open: Vec<String> = grammar.references().to_vec();
        while let Some(next) = open.pop() {
            if found.contains_key(&next) {
                continue;
            }
            if found.len() >= LINKED {
                return Err(badfetch(format!("{name} refers to more than {LINKED} other grammars")));
            }
            let resource = self.fetch(self.request(&next, Purpose::Grammar, &source.fetch)).await?;
            let referred = self.library.grammar(&resource, None, Some(grammar.mode()))?;
            open.extend(referred.references().iter().cloned());
            found.insert(next, referred);
        }
        if found.is_empty() { Ok((**grammar).clone()) } else { grammar.link(&found).map_err(bad) }
    }

    /// The text of a written or computed value; `undefined` is `error.semantic`.
    pub(super) fn source_text(&self, chain: &Chain, source: &Source) -> Run<String> {
        match source {
            Source::Literal(text) => Ok(text.clone()),
            Source::Expr(expr) => self
                .engine
                .eval_text(chain, expr)?
                .ok_or_else(|| Flow::semantic(format!("'{}' is undefined", expr.source))),
        }
    }

    /// The names and values of a namelist as a submit sends them; an object becomes one field for each of its properties.
    pub(super) fn fields(&self, chain: &Chain, names: &[Name]) -> Run<Vec<Submitted>> {
        let mut fields = Vec::new();
        for name in names {
            self.add_field(&name.text, &self.variable(chain, name)?, &mut fields)?;
        }
        Ok(fields)
    }

    /// A value as a submit sends it under a name.
    pub(super) fn add_field(&self, name: &str, value: &crate::script::Handle, fields: &mut Vec<Submitted>) -> Run {
        match self.engine.json(value)? {
            object @ (Json::Object(_) | Json::Array(_)) => flatten(name, &object, fields),
            _ => {
                let text = self.engine.text(value)?.unwrap_or_else(|| "undefined".to_owned());
                fields.push(self.submitted(name, text));
            }
        }
        Ok(())
    }

    /// The value of a declared variable; an undeclared one is `error.semantic`.
    pub(super) fn variable(&self, chain: &Chain, name: &Name) -> Run<crate::script::Handle> {
        let expr = crate::dialogue::Expr { source: name.text.clone(), at: name.at };
        Ok(self.engine.eval(chain, &expr)?)
    }
}

fn flatten(name: &str, value: &Json, fields: &mut Vec<Submitted>) {
    match value {
        Json::Object(properties) => {
            properties.iter().for_each(|(key, value)| flatten(&format!("{name}.{key}"), value, fields))
        }
        Json::Array(elements) => {
            elements.iter().enumerate().for_each(|(at, value)| flatten(&format!("{name}.{at}"), value, fields))
        }
        Json::String(text) => fields.push(Submitted::text(name, text)),
        other => fields.push(Submitted::text(name, other.to_string())),
    }
}
