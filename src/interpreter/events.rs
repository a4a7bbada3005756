//! Events and their handlers (2.0 §5.2).

use super::{
    Session, TraceLine,
    flow::{Flow, Level, Run, Thrown},
    program::Program,
};
use crate::{
    dialogue::{Handler, Origin, Reason, Speech, Spoken},
    script::Chain,
};
use std::sync::Arc;

impl Session {
    /// Runs the handler of an event; `true` if it asked for prompts to be played again.
    pub(super) async fn handle_event(&mut self, thrown: Thrown) -> Run<bool> {
        let place = self.dialog_name();
        let message = self.placed(&thrown);
        self.port.trace(TraceLine::Event { name: thrown.name.clone(), message: message.clone(), place });
        self.count_transition()?;
        let item = if thrown.level == Level::Item { self.here().item } else { None };
        self.count_event(item, &thrown.name);
        let chain = self.event_chain(&thrown)?;
        // A condition that cannot be evaluated: the error takes the event's place.
        let handler = self.find_handler(item, &thrown, &chain).map_err(|flow| flow.at(thrown.level))?;
        self.here_mut().reprompt = false;
        match handler {
            Some((program, handler)) => {
                self.standing = Some((program, handler.at));
                self.exec(&chain, &handler.body).await.map_err(|flow| flow.at(thrown.level))?;
            }
            None => return self.default_handler(&thrown.name, message),
        }
        Ok(self.here().reprompt)
    }

    /// The scopes a handler sees: those of the place where the event arose, and `_event` and `_message`.
    fn event_chain(&self, thrown: &Thrown) -> Run<Chain> {
        let scope = self.engine.scope()?;
        let name = self.engine.value(&thrown.name.clone().into())?;
        self.engine.set(&scope, "_event", &name)?;
        let message = match thrown.message.as_str() {
            "" => self.engine.undefined()?,
            message => self.engine.value(&message.into())?,
        };
        self.engine.set(&scope, "_message", &message)?;
        Ok(self.here().chain.with(&scope))
    }

    /// Counters go up for the full name and for every prefix of it (2.0 §5.2.2).
    fn count_event(&mut self, item: Option<usize>, name: &str) {
        let counts = &mut self.here_mut().event_counts;
        let mut prefix = name;
        loop {
            *counts.entry((item, prefix.to_owned())).or_default() += 1;
            match prefix.rsplit_once('.') {
                Some((shorter, _)) => prefix = shorter,
                None if prefix.is_empty() => return,
                None => prefix = "",
            }
        }
    }

    /// The handler the specification selects (2.0 §5.2.4): of those that match, by scope and document order, the first
    /// with the highest count that has been reached.
    fn find_handler(
        &self,
        item: Option<usize>,
        thrown: &Thrown,
        chain: &Chain,
    ) -> Run<Option<(Arc<Program>, Arc<Handler>)>> {
        let here = self.here();
        let document = &here.program.document;
        let dialog = &document.dialogs[here.dialog];
        let mut scopes: Vec<(&Arc<Program>, &[Arc<Handler>])> = Vec::new();
        if let Some(item) = item.and_then(|item| dialog.items.get(item)) {
            scopes.push((&here.program, &item.handlers));
        }
        if thrown.level != Level::Document {
            scopes.push((&here.program, &dialog.handlers));
        }
        scopes.push((&here.program, &document.handlers));
        if let Some(root) = &here.root {
            scopes.push((root, &root.document.handlers));
        }
        let mut best: Option<(&Arc<Program>, &Arc<Handler>)> = None;
        let in_order = scopes.into_iter().flat_map(|(home, handlers)| handlers.iter().map(move |each| (home, each)));
        for (home, handler) in in_order {
            let Some(prefix) = matching_prefix(handler, &thrown.name) else { continue };
            let count = here.event_counts.get(&(item, prefix.to_owned())).copied().unwrap_or(1);
            if handler.count > count || best.is_some_and(|(_, best)| best.count >= handler.count) {
                continue;
            }
            let holds = match &handler.cond {
                Some(cond) => self.engine.eval_bool(chain, cond)?,
                None => true,
            };
            if holds {
                best = Some((home, handler));
            }
        }
        Ok(best.map(|(home, handler)| (home.clone(), handler.clone())))
    }

    /// What the platform does with an event nobody caught (2.0 §5.2.5).
    fn default_handler(&mut self, name: &str, message: String) -> Run<bool> {
        let kind = name.split('.').next().unwrap_or_default();
        match kind {
            "cancel" => Ok(false),
            "noinput" => Ok(true),
            "help" | "nomatch" | "maxspeechtimeout" => {
                self.say_default(kind);
                Ok(true)
            }
            "exit" => Err(Flow::End(Reason::Exit, Vec::new())),
            "connection" | "telephone" if name.contains("disconnect") => Err(Flow::End(Reason::HungUp, Vec::new())),
            _ => {
                self.say_default("error");
                // Whoever mends the document must find what threw it, be it an error or an event of its own.
                let message = self.with_place(&message);
                Err(Flow::End(Reason::Event { event: name.to_owned(), message }, Vec::new()))
            }
        }
    }

    /// Queues what the platform itself has to say.
    pub(super) fn say_default(&mut self, kind: &str) {
        let lang = self.lang();
        let spanish = lang.starts_with("es");
        let text = match (kind, spanish) {
            ("help", false) => "Sorry, there is no help available here.",
            ("help", true) => "Lo siento, no hay ayuda disponible aquí.",
            ("nomatch" | "maxspeechtimeout", false) => "Sorry, I did not understand.",
            ("nomatch" | "maxspeechtimeout", true) => "Lo siento, no le he entendido.",
            (_, false) => "Sorry, an error has occurred. Please call again later.",
            (_, true) => "Lo siento, se ha producido un error. Por favor, llame más tarde.",
        };
        let content = vec![Speech::Text(text.to_owned())];
        self.queue.push(Spoken { content, bargein: self.bargein_property(), lang, origin: Origin::Bridge });
    }
}

/// The event name of a handler that matches an event, as a prefix by whole tokens; the longest if several do.
fn matching_prefix<'a>(handler: &'a Handler, name: &str) -> Option<&'a str> {
    if handler.events.is_empty() {
        return Some("");
    }
    let matches = |event: &&str| name.strip_prefix(event).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    handler.events.iter().map(String::as_str).filter(matches).max_by_key(|event| event.len())
}
