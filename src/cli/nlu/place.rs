//! Where an application listens: a state is reached by calling the application and pressing what it takes.

use crate::calls::{Answer, App, Beginning, Clock, Host, Limits, Options, Outcome, Reply};
use crate::channel::twilio;
use crate::cli::Failure;
use crate::dialogue::{
    Dialect, FetchRequest, Finding, Happening, Heard, InputRequest, Interpretation, Next, Purpose, Response, Selection,
    Slot, SlotKind, Spoken,
};
use crate::fetch::Jar;
use crate::nlu::matches_state;
use crate::store::Memory;
use crate::vxml;
use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// A state that lies behind more answers than this is not looked for.
const DEEPEST: usize = 6;
/// Calls that are made to find a state, at most.
const CALLS: usize = 400;
/// Answers that are tried in one state, at most.
const ANSWERS: usize = 12;
/// Documents that are looked into, at most.
const DOCUMENTS: usize = 200;

/// A turn that listens.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) prompts: Vec<Spoken>,
    pub(super) request: InputRequest,
}

/// What a caller does on the way.
#[derive(Debug, Clone)]
enum Input {
    Keys(String),
    Words(String),
}

/// Calls an application, again and again.
struct Explorer {
    host: Host,
    app: Arc<App>,
    calls: usize,
    /// The states that were reached.
    seen: BTreeSet<String>,
}

/// The first turn of the application that listens in a state of this pattern.
pub(super) async fn find(
    app: Arc<App>,
    pattern: &str,
    pressed: &[String],
    clock: Clock,
    limits: Limits,
) -> Result<Place, Failure> {
    let options =
        Options { apps: vec![Arc::clone(&app)], workers: 1, store: Arc::new(Memory::default()), clock, limits };
    let host = Host::new(options).map_err(|error| Failure::unable(format!("error: {error}")))?;
    let mut explorer = Explorer { host, app, calls: 0, seen: BTreeSet::new() };
    let starts = match Url::parse(&explorer.app.start) {
        // Who says which keys are pressed begins where callers do.
        Ok(start) if !pressed.is_empty() => vec![start],
        _ => explorer.starts(pattern).await,
    };
    for start in starts {
        if let Some(place) = explorer.explore(&start, pressed, pattern).await? {
            return Ok(place);
        }
    }
    let seen: Vec<&str> = explorer.seen.iter().map(|state| short(state)).collect();
    let seen = if seen.is_empty() { "nothing listened".to_owned() } else { format!("reached: {}", seen.join(", ")) };
    Err(Failure::unable(format!("error: no state {pattern} was found by calling {}; {seen}", explorer.app.name)))
}

impl Explorer {
    /// Where calls may begin: the dialogs that the pattern names, then the application's own start.
    async fn starts(&self, pattern: &str) -> Vec<Url> {
        let Ok(start) = Url::parse(&self.app.start) else { return Vec::new() };
        let document = pattern.split('#').next().unwrap_or_default().trim();
        let mut starts = Vec::new();
        for url in documents(&start, document) {
            for mut place in self.dialogs(&url).await {
                let state = format!("{}#{}", url.path(), place.fragment().unwrap_or_default());
                let named = pattern.split('/').next_back().filter(|_| pattern.contains('#'));
                let of_dialog =
                    pattern.strip_suffix(named.unwrap_or_default()).unwrap_or(pattern).trim_end_matches('/');
                if matches_state(of_dialog, &state) || matches_state(pattern, &state) {
                    if place.fragment().is_some_and(|id| id.starts_with('@')) {
                        place.set_fragment(None);
                    }
                    starts.push(place);
                }
            }
        }
        starts.push(start);
        starts
    }

    /// The URLs of a document's dialogs; that of one without an id can only be entered if it is the first.
    async fn dialogs(&self, url: &Url) -> Vec<Url> {
        let request = FetchRequest::get(url.as_str(), Purpose::Document);
        let Response::Found(resource) = self.app.fetcher.fetch(&request, &mut Jar::default()).await else {
            return Vec::new();
        };
        let text = vxml::decode(&resource.body, resource.content_type.as_deref());
        let (document, _) = vxml::inspect(&text, url.as_str(), Dialect::Standard);
        let dialogs = document.into_iter().flat_map(|document| document.dialogs.clone()).enumerate();
        let place = |(at, id): (usize, Option<String>)| {
            let mut place = url.clone();
            place.set_fragment(Some(&id.clone().unwrap_or_else(|| format!("@{}", at + 1))));
            (id.is_some() || at == 0).then_some(place)
        };
        dialogs.filter_map(|(at, dialog)| place((at, dialog.id.as_deref().map(str::to_owned)))).collect()
    }

    /// Every way from a start, the shortest first, each state once.
    async fn explore(&mut self, start: &Url, pressed: &[String], pattern: &str) -> Result<Option<Place>, Failure> {
        let first = pressed.iter().cloned().map(Input::Keys).collect();
        let mut ways: VecDeque<Vec<Input>> = VecDeque::from([first]);
        let mut known = BTreeSet::new();
        while let Some(way) = ways.pop_front() {
            if self.calls >= CALLS {
                return Ok(None);
            }
            let Some(place) = self.walk(start, &way).await? else { continue };
            if matches_state(pattern, &place.request.state) {
                return Ok(Some(place));
            }
            self.seen.insert(place.request.state.clone());
            if way.len() < DEEPEST + pressed.len() && known.insert(place.request.state.clone()) {
                ways.extend(inputs(&place.request).into_iter().map(|input| {
                    let mut longer = way.clone();
                    longer.push(input);
                    longer
                }));
            }
        }
        Ok(None)
    }

    /// One call: where it listens after these answers, if it does.
    async fn walk(&mut self, start: &Url, way: &[Input]) -> Result<Option<Place>, Failure> {
        self.calls += 1;
        let call = format!("TRY{}", self.calls);
        let fields = [("CallSid", call.as_str()), ("From", "+15550100001"), ("To", "+15550109999")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let incoming = twilio::decode(&fields).map_err(|error| Failure::unable(format!("error: {error}")))?;
        let session = twilio::session_variables(&incoming);
        let beginning = Beginning { app: self.app.name.clone(), url: Some(start.to_string()), session };
        let reply = self.host.begin(&call, beginning).await;
        let mut answer = self.settle(&call, reply).await?;
        let mut inputs = way.iter().cloned();
        loop {
            let Outcome::Turn(turn) = &answer.outcome else { return Ok(None) };
            let happening = match &turn.next {
                Next::Listen(request) => match inputs.next() {
                    Some(input) => input.happening(),
                    None => {
                        let place = Place { prompts: turn.prompts.clone(), request: (**request).clone() };
                        self.host.hang_up(&call).await;
                        return Ok(Some(place));
                    }
                },
                Next::Record(_) | Next::Transfer(_) | Next::Disconnect => return Ok(None),
            };
            let turn = answer.turn;
            let reply = self.host.deliver(&call, turn, move |_| happening).await;
            answer = self.settle(&call, reply).await?;
            if answer.turn == turn {
                return Ok(None);
            }
        }
    }

    async fn settle(&self, call: &str, mut reply: Reply) -> Result<Arc<Answer>, Failure> {
        loop {
            match reply {
                Reply::Answer(answer) => return Ok(answer),
                Reply::Wait { turn, .. } | Reply::Moment { turn, .. } => {
                    reply = self.host.pick_up(call, turn, 1).await;
                }
                Reply::Unknown | Reply::Busy(_) | Reply::Lost(_) => {
                    return Err(Failure::unable("error: the call is lost: voxbridge itself failed"));
                }
            }
        }
    }
}

impl Input {
    fn happening(self) -> Happening {
        match self {
            Self::Keys(keys) => Happening::Heard(Heard::Keys { keys: keys.into() }),
            Self::Words(words) => {
                let selection = Selection::Phrase(words.clone().into());
                let ranked = vec![Interpretation { selection, confidence: 1.0, why: "its own grammar".to_owned() }];
                let finding = Finding { ranked, ..Finding::default() };
                let utterance = words.into();
                Happening::Heard(Heard::Speech { utterance, confidence: Some(1.0), alternatives: Vec::new(), finding })
            }
        }
    }
}

/// What a caller may do in a state: each choice, and something for an open slot.
fn inputs(request: &InputRequest) -> Vec<Input> {
    let shortest = request.dtmf.map_or(1, |dtmf| dtmf.shortest.clamp(1, 32)) as usize;
    let slots = request.slots.iter().map(|slot: &Slot| {
        Input::Keys(match &slot.kind {
            SlotKind::Builtin(name) => sample(name).to_owned(),
            _ => "1".repeat(shortest),
        })
    });
    let choices = request.choices.iter().filter_map(|choice| match &choice.key {
        Some(key) if request.dtmf.is_some() => Some(Input::Keys(key.clone())),
        _ => choice.phrases.first().cloned().map(Input::Words),
    });
    slots.chain(choices).take(ANSWERS).collect()
}

/// Keys that a builtin type takes.
fn sample(builtin: &str) -> &'static str {
    match builtin {
        "date" => "20301231",
        "time" => "1200",
        "phone" => "5551234567",
        _ => "1",
    }
}

/// The documents that a pattern may mean: files below the first document's folder, or what a URL says beside it.
fn documents(start: &Url, wanted: &str) -> Vec<Url> {
    let mut documents = Vec::new();
    if let Ok(path) = start.to_file_path() {
        let mut files = Vec::new();
        path.parent().into_iter().for_each(|folder| gather(folder, &mut files));
        let urls = files.iter().filter_map(|file| Url::from_file_path(file).ok());
        documents.extend(urls.filter(|url| matches_state(wanted, url.path())));
    } else if !wanted.contains('*') {
        documents.extend(start.join(wanted).ok());
    }
    documents
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if files.len() >= DOCUMENTS {
            return;
        }
        if path.is_dir() && !path.is_symlink() {
            gather(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "vxml" || kind == "xml") {
            files.push(path);
        }
    }
}

/// A state's name without the folders of its document.
pub(super) fn short(state: &str) -> &str {
    let (document, _) = state.split_once('#').unwrap_or((state, ""));
    let from = document.rfind('/').map_or(0, |slash| slash + 1);
    state.get(from..).unwrap_or(state)
}
