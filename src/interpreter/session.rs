//! What a call has: its engine, its contexts, what is queued to be said.

use super::{
    Library, Settings,
    flow::{Flow, Run, Thrown},
    port::Port,
    program::{Compiled, Program},
    vendor,
};
use crate::{
    dialogue::{Dialog, Ending, Happening, InputMode, Item, Millis, Position, Reason, Speech, Spoken},
    script::{Chain, Engine, Scope},
};
use serde_json::Value as Json;
use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
    sync::Arc,
};

/// A call that runs.
pub(super) struct Session {
    pub(super) port: Rc<Port>,
    pub(super) settings: Settings,
    pub(super) library: Arc<Library>,
    pub(super) engine: Engine,
    /// The `session` scope.
    pub(super) scope: Scope,
    /// One execution context a subdialog level; the last is the current one. Never empty while a dialog runs.
    pub(super) contexts: Vec<Execution>,
    /// Prompts since the call last listened.
    pub(super) queue: Vec<Spoken>,
    /// The `timeout` of the last prompt queued (2.0 §4.1.7).
    pub(super) prompt_timeout: Option<Millis>,
    /// A prompt queued since the call last listened is to be stopped by nothing but what is understood (2.0 §4.1.5.1).
    pub(super) hotword: bool,
    /// Bytes of text queued since the call last listened.
    pub(super) said: usize,
    /// Rounds of `<foreach>` since the call last listened.
    pub(super) rounds: u32,
    /// Which audio files can be played, as far as asked.
    pub(super) playable: HashMap<String, bool>,
    /// The recordings the caller made: their URLs, which are what a document's variables hold, with their media types.
    pub(super) recordings: HashMap<String, String>,
    /// External grammars by URL with fragment and the mode asked for, ready to match.
    pub(super) grammars: HashMap<(String, Option<InputMode>), Arc<Compiled>>,
    /// Transitions since the call last listened.
    pub(super) transitions: u32,
    /// The caller has gone: prompts are not heard, listening ends the application (2.0 §1.5.4).
    pub(super) hung_up: bool,
    /// The application has been told that the caller has gone.
    pub(super) farewell: bool,
    /// What `<disconnect>` hands back.
    pub(super) handed_back: Vec<(String, Json)>,
    /// Fetch requests so far.
    pub(super) requests: u64,
    /// How many of them there were when the call last listened.
    pub(super) requests_before: u64,
    /// The document and the place in it of what is being executed: an error says where it arose.
    pub(super) standing: Option<(Arc<Program>, Position)>,
    /// The mark the caller had heard when the last input came.
    pub(super) mark: Option<super::marks::Reached>,
}

/// An execution context: a document with its application root, and the dialog that runs (2.0 §1.5, §2.3.4).
pub(super) struct Execution {
    pub(super) program: Arc<Program>,
    pub(super) root: Option<Arc<Program>>,
    pub(super) application: Scope,
    pub(super) document: Scope,
    /// The scopes an expression of the dialog sees.
    pub(super) chain: Chain,
    /// The `dialog` scope.
    pub(super) dialog_scope: Scope,
    /// The dialog's place in the document.
    pub(super) dialog: usize,
    /// The item being visited.
    pub(super) item: Option<usize>,
    /// Prompt counters by item (2.0 §4.1.6).
    pub(super) prompt_counts: HashMap<usize, u32>,
    /// Event counters by item (`None` is the dialog) and event name or prefix (2.0 §5.2.2).
    pub(super) event_counts: HashMap<(Option<usize>, String), u32>,
    /// How often in a row each item has listened in vain.
    pub(super) attempts: HashMap<usize, u32>,
    /// Items filled by the input being processed.
    pub(super) just_filled: HashSet<usize>,
    /// `<reprompt>` was executed by the handler that runs.
    pub(super) reprompt: bool,
    /// Values a subdialog is called with, until its form takes them.
    pub(super) params: Vec<(String, crate::script::Handle)>,
    /// Whether it is a subdialog.
    pub(super) called: bool,
}

/// Runs a call from its first event to its end.
pub(super) async fn run(port: Rc<Port>, settings: Settings, library: Arc<Library>) -> Ending {
    let first = port.first().await;
    let Happening::Start { url, session } = first.happening else {
        return ended(Reason::Limit("the first event of a call must be its start".to_owned()));
    };
    match Session::new(port, settings, library, &session) {
        Ok(mut call) => call.run(&url).await,
        Err(error) => ended(Reason::Limit(error.to_string())),
    }
}

fn ended(reason: Reason) -> Ending {
    Ending { prompts: Vec::new(), reason, namelist: Vec::new() }
}

impl Session {
    fn new(
        port: Rc<Port>,
        settings: Settings,
        library: Arc<Library>,
        session: &Json,
    ) -> Result<Self, crate::script::ScriptError> {
        let zone = jiff::tz::TimeZone::get(&settings.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
        let engine = Engine::new(settings.limits(), zone, &settings.call)?;
        engine.begin_turn(port.now());
        let scope = engine.scope()?;
        let session = vendor::session_variables(session, settings.dialect, &settings.call);
        for (name, value) in session.as_object().into_iter().flatten() {
            engine.set(&scope, name, &engine.value(value)?)?;
        }
        engine.freeze(&scope)?;
        Ok(Self {
            port,
            settings,
            library,
            engine,
            scope,
            contexts: Vec::new(),
            queue: Vec::new(),
            prompt_timeout: None,
            hotword: false,
            said: 0,
            rounds: 0,
            playable: HashMap::new(),
            recordings: HashMap::new(),
            grammars: HashMap::new(),
            transitions: 0,
            hung_up: false,
            farewell: false,
            handed_back: Vec::new(),
            requests: 0,
            requests_before: 0,
            standing: None,
            mark: None,
        })
    }

    async fn run(&mut self, url: &str) -> Ending {
        let (reason, namelist) = match self.run_application(url).await {
            Ok(never) => match never {},
            Err(Flow::End(Reason::Limit(why), namelist)) => {
                // What a loop has queued is no use to anybody.
                self.queue.clear();
                self.say_default("error");
                (Reason::Limit(why), namelist)
            }
            Err(Flow::End(reason, namelist)) => (reason, namelist),
            // Nobody could catch it: the first document is not there.
            Err(Flow::Event(thrown)) => {
                self.say_default("error");
                (Reason::Event { event: thrown.name, message: thrown.message }, Vec::new())
            }
            // `run_application` turns every other flow into a transition or an event.
            Err(Flow::Item(_) | Flow::Dialog(_) | Flow::Return(_)) => (Reason::Finished, Vec::new()),
        };
        let namelist = if namelist.is_empty() { std::mem::take(&mut self.handed_back) } else { namelist };
        let prompts = std::mem::take(&mut self.queue);
        if self.hung_up {
            self.drop_unheard(&prompts);
            return Ending { prompts: Vec::new(), reason, namelist };
        }
        Ending { prompts, reason, namelist }
    }

    /// What follows stands here in the running document.
    pub(super) fn stand_at(&mut self, at: Position) {
        let program = self.here().program.clone();
        self.standing = Some((program, at));
    }

    /// The message of an event as whoever mends the document needs it: an error's with file, line and column.
    pub(super) fn placed(&self, thrown: &Thrown) -> String {
        if thrown.is_error() { self.with_place(&thrown.message) } else { thrown.message.clone() }
    }

    /// A message with file, line and column of what runs.
    pub(super) fn with_place(&self, message: &str) -> String {
        let Some((program, at)) = &self.standing else { return message.to_owned() };
        let place = format!("{}:{}:{}", program.document.uri, at.line, at.column);
        match message {
            "" => place,
            // What is wrong inside a grammar names its own, nearer place.
            message if message.starts_with(&format!("{}:", program.document.uri)) => message.to_owned(),
            message => format!("{place}: {message}"),
        }
    }

    /// Notes prompts nobody hears any more.
    pub(super) fn drop_unheard(&self, prompts: &[Spoken]) {
        for prompt in prompts {
            self.port.trace(super::TraceLine::Unheard(Speech::words(&prompt.content)));
        }
    }

    /// The caller has gone: the event that tells the application, once.
    pub(super) fn hang_up(&mut self) -> Flow {
        self.hung_up = true;
        self.farewell = true;
        Flow::event("connection.disconnect.hangup", "")
    }

    /// The current execution context.
    pub(super) fn here(&self) -> &Execution {
        // `contexts` gets its first element before any dialog runs, and the last one is never popped.
        &self.contexts[self.contexts.len() - 1]
    }

    /// The current execution context, to change it.
    pub(super) fn here_mut(&mut self) -> &mut Execution {
        let last = self.contexts.len() - 1;
        &mut self.contexts[last]
    }

    /// The dialog that runs.
    pub(super) fn dialog(&self) -> Arc<Dialog> {
        let here = self.here();
        here.program.document.dialogs[here.dialog].clone()
    }

    /// The item being visited.
    pub(super) fn item(&self) -> Option<Arc<Item>> {
        let here = self.here();
        here.item.and_then(|item| here.program.document.dialogs[here.dialog].items.get(item).cloned())
    }

    /// A chain for a block of executable content: the dialog's scopes and a new anonymous one.
    pub(super) fn anonymous(&self) -> Run<Chain> {
        Ok(self.here().chain.with(&self.engine.scope()?))
    }

    /// The language in force.
    pub(super) fn lang(&self) -> String {
        let here = self.contexts.last();
        let own = here.and_then(|here| here.program.document.lang.clone());
        let root = || here.and_then(|here| here.root.as_ref()?.document.lang.clone());
        own.or_else(root).unwrap_or_else(|| self.settings.lang.clone())
    }

    /// The caller was listened to (or is gone): clock and limits start anew.
    pub(super) fn begin_turn(&mut self) {
        self.engine.begin_turn(self.port.now());
        self.transitions = 0;
        self.said = 0;
        self.rounds = 0;
        self.requests_before = self.requests;
    }

    /// One more step without listening: a document that never listens is stopped here.
    pub(super) fn count_transition(&mut self) -> Run {
        self.transitions += 1;
        if self.transitions <= self.settings.max_transitions {
            return Ok(());
        }
        let place = match &self.standing {
            Some((program, at)) => format!("{}:{}:{}", program.document.uri, at.line, at.column),
            None => self.here().program.document.uri.clone(),
        };
        let message = format!(
            "{place}: more than {} transitions without listening to the caller: the document loops, or the limit max_transitions is too low",
            self.settings.max_transitions
        );
        Err(Flow::End(Reason::Limit(message), Vec::new()))
    }
}
