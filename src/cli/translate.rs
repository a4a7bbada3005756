use super::target::Target;
use super::{Failure, draw, print};
use crate::calls::{Answer, Beginning, Host, Listening, Options, Outcome, Reply, system_clock};
use crate::channel::twilio;
use crate::dialogue::{FetchRequest, Purpose, Response};
use crate::fetch::Jar;
use crate::server::{AnswerUrls, twiml_of};
use crate::store::Memory;
use crate::vxml;
use clap::Args;
use std::sync::Arc;
use url::Url;

/// Stands for the server's URL in what is printed.
const URLS: AnswerUrls<'static> = AnswerUrls { base: "https://voxbridge.example", retries: 0 };

/// Print the TwiML a caller of each dialog of a document would get first.
///
/// Each dialog is entered as if a call began there, so that a migrating engineer sees what becomes of a menu. Documents,
/// scripts and back-ends are really asked.
#[derive(Debug, Args)]
pub(super) struct Translate {
    #[command(flatten)]
    target: Target,
}

impl Translate {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let found = self.target.find()?;
        let app = Arc::new(found.app);
        let start =
            Url::parse(&app.start).map_err(|error| Failure::unable(format!("error: {}: {error}", app.start)))?;
        let places = match start.fragment() {
            Some(_) => vec![start.clone()],
            None => places(&app, &start).await?,
        };
        let options = Options {
            apps: vec![Arc::clone(&app)],
            workers: 1,
            store: Arc::new(Memory::default()),
            clock: system_clock(),
            limits: found.limits,
        };
        let host = Host::new(options).map_err(|error| Failure::unable(format!("error: {error}")))?;
        for (number, place) in (1..).zip(places) {
            let call = format!("CALL{number}");
            let answer = enter(&host, &app.name, &call, &place).await?;
            print(&format!("<!-- {} -->\n{}\n", heading(&place, &answer), twiml_of(&URLS, &call, &answer).trim_end()))?;
        }
        Ok(())
    }
}

/// The URL of each dialog; the first one has the document's own, as it may have no id.
async fn places(app: &crate::calls::App, start: &Url) -> Result<Vec<Url>, Failure> {
    let request = FetchRequest::get(start.as_str(), Purpose::Document);
    let resource = match app.fetcher.fetch(&request, &mut Jar::default()).await {
        Response::Found(resource) => resource,
        Response::Failed { message, .. } | Response::Denied { message } => {
            return Err(Failure::unable(format!("error: {message}")));
        }
    };
    let text = vxml::decode(&resource.body, resource.content_type.as_deref());
    let reading = vxml::read(&text, start.as_str());
    let Some(document) = reading.document else {
        return Err(Failure::finding(draw::draw(&reading.diagnostics, draw::coloured())));
    };
    let mut places = Vec::new();
    for (number, dialog) in document.dialogs.iter().enumerate() {
        let mut place = start.clone();
        place.set_fragment(dialog.id.as_deref());
        if dialog.id.is_some() || number == 0 {
            places.push(place);
        }
    }
    Ok(places)
}

async fn enter(host: &Host, app: &str, call: &str, place: &Url) -> Result<Arc<Answer>, Failure> {
    let fields = [("CallSid", call), ("From", "+15550100001"), ("To", "+15550109999")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let incoming = twilio::decode(&fields).map_err(|error| Failure::unable(format!("error: {error}")))?;
    let session = twilio::session_variables(&incoming);
    let beginning = Beginning { app: app.to_owned(), url: Some(place.to_string()), session };
    let mut reply = host.begin(call, beginning).await;
    loop {
        match reply {
            Reply::Answer(answer) => return Ok(answer),
            Reply::Wait { turn, .. } | Reply::Moment { turn, .. } => reply = host.pick_up(call, turn, 1).await,
            Reply::Unknown | Reply::Busy(_) | Reply::Lost(_) => {
                return Err(Failure::unable("error: the call is lost: voxbridge itself failed"));
            }
        }
    }
}

/// Which dialog it is and what it listens for. A comment may not have `--` in it.
fn heading(place: &Url, answer: &Answer) -> String {
    let file = place.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    let dialog = place.fragment().map(|id| format!("#{id}")).unwrap_or_default();
    let what = match (&answer.outcome, Listening::of(&answer.outcome)) {
        (_, Some(listening)) => format!("listens in {}", short(&listening.state)),
        (Outcome::Ending(ending), None) => format!("ends: {:?}", ending.reason),
        (outcome, None) => format!("{}s", outcome.next()),
    };
    format!("{file}{dialog}: {what}").replace("--", "- -")
}

/// A state's name without the folders of its document.
fn short(state: &str) -> &str {
    state.rsplit('/').nth(1).map_or(state, |document| {
        let at = state.rfind(document).unwrap_or_default();
        state.get(at..).unwrap_or(state)
    })
}
