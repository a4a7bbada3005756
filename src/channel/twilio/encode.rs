use super::xml::Xml;
use super::{Encoded, Notes, Seam, gather, outward, say};
use crate::dialogue::{Ending, Next, Spoken, TransferKind, TransferRequest, Turn};

/// Twilio refuses answers over 64 kB (11750).
const MOST_BYTES: usize = 63_500;

/// A turn as TwiML: what is heard, then the verb that comes back with what happened, or a hang-up. The same turn gives
/// the same bytes.
pub fn encode_turn(turn: &Turn, seam: &Seam<'_>) -> Encoded {
    encode(&turn.prompts, &turn.next, seam)
}

/// Prompts and what comes after them as TwiML.
pub fn encode(prompts: &[Spoken], next: &Next, seam: &Seam<'_>) -> Encoded {
    let mut notes = Notes::default();
    let (before, inside) = match next {
        Next::Listen(_) => split_barge_in(prompts, &mut notes),
        _ => (prompts, [].as_slice()),
    };
    let last = match next {
        Next::Listen(request) => gather::verb(request, seam.action, &mut notes),
        Next::Record(request) => outward::record(request, seam.action, prompts, &mut notes),
        Next::Transfer(request) => outward::transfer(request, seam.action, &mut notes),
        Next::Disconnect => vec![outward::hangup()],
    };
    // What comes after the prompts is never cut, however long they are.
    let mut page = Page::new(last.iter().map(|verb| verb.len() + 16).sum());
    page.prompts(before, "  ", seam, &mut notes);
    let outside = page.take();
    page.prompts(inside, "    ", seam, &mut notes);
    let inside = page.take();
    let last = if inside.is_empty() { last } else { vec![gather::around(&last, &inside)] };
    let last: String = last.iter().map(|verb| format!("  {verb}\n")).collect();
    Encoded { body: Xml::response(&(outside + &last)), notes: notes.0 }
}

/// The end of a call: what is left to hear, then the hang-up.
pub fn encode_ending(ending: &Ending, seam: &Seam<'_>) -> Encoded {
    encode(&ending.prompts, &Next::Disconnect, seam)
}

/// Keeps the caller company while work is slow: the prompts (`fetchaudio`, a filler; may be none), a pause of so many
/// seconds (at least one if there is nothing to hear), then Twilio asks the action again.
pub fn encode_wait(prompts: &[Spoken], seconds: u32, seam: &Seam<'_>) -> Encoded {
    let mut notes = Notes::default();
    let redirect = outward::redirect(seam.action);
    let mut page = Page::new(redirect.len() + 60);
    page.prompts(prompts, "  ", seam, &mut notes);
    let mut verbs = page.take();
    if seconds > 0 || verbs.is_empty() {
        verbs.push_str(&format!("  {}\n", say::pause(u64::from(seconds))));
    }
    verbs.push_str(&format!("  {redirect}\n"));
    Encoded { body: Xml::response(&verbs), notes: notes.0 }
}

/// How a call ends that cannot go on.
#[derive(Debug, Clone, Copy)]
pub struct Farewell<'a> {
    /// What is said last.
    pub text: &'a str,
    /// Its language.
    pub lang: &'a str,
    /// Whom the caller is connected to then; `None` ends the call.
    pub transfer: Option<&'a str>,
}

/// What is left to hear, a last word, then the caller is connected to somebody else or hung up on. Nobody comes back.
pub fn encode_farewell(prompts: &[Spoken], farewell: &Farewell<'_>, seam: &Seam<'_>) -> Encoded {
    let last = Spoken::by_bridge(farewell.text, farewell.lang);
    let next = match farewell.transfer.filter(|dest| outward::can_dial(dest)) {
        Some(dest) => Next::Transfer(TransferRequest::to(dest, TransferKind::Blind)),
        None => Next::Disconnect,
    };
    let prompts: Vec<Spoken> = prompts.iter().cloned().chain([last]).collect();
    encode(&prompts, &next, seam)
}

/// The prompts that input may stop stand last and go inside the Gather; one that it may not stop keeps all before it out.
fn split_barge_in<'a>(prompts: &'a [Spoken], notes: &mut Notes) -> (&'a [Spoken], &'a [Spoken]) {
    let outside = prompts.iter().rposition(|prompt| !prompt.bargein).map_or(0, |last| last + 1);
    let (before, inside) = prompts.split_at(outside);
    if before.iter().any(|prompt| prompt.bargein) {
        notes.add("barge-in-lost", || {
            "a prompt that input may stop is followed by one it may not: Twilio plays both to the end".to_owned()
        });
    }
    (before, inside)
}

/// The verbs of an answer, a line each, as many as fit.
struct Page {
    lines: String,
    room: usize,
}

impl Page {
    fn new(reserved: usize) -> Self {
        Self { lines: String::new(), room: MOST_BYTES.saturating_sub(reserved) }
    }

    fn prompts(&mut self, prompts: &[Spoken], indent: &str, seam: &Seam<'_>, notes: &mut Notes) {
        for verb in prompts.iter().flat_map(|prompt| say::verbs(prompt, seam, notes)) {
            let length = indent.len() + verb.len() + 1;
            if length > self.room {
                self.room = 0; // what comes after a gap would mislead
                notes.add("prompts-cut", || {
                    "the prompts are longer than an answer may be; the rest is left out".to_owned()
                });
                return;
            }
            self.room -= length;
            self.lines.extend([indent, verb.as_str(), "\n"]);
        }
    }

    fn take(&mut self) -> String {
        std::mem::take(&mut self.lines)
    }
}

#[cfg(test)]
#[path = "encode_tests.rs"]
mod tests;
