//! `<transfer>` (2.0 §2.3.7, 2.1 §9): the caller is connected to somebody else.

use super::{
    Session, TraceLine,
    destination::masked,
    flow::{Flow, Run},
};
use crate::dialogue::{
    Happening, Heard, InputMode, Item, Millis, Next, Source, Transfer, TransferKind, TransferRequest, Turn,
};
use crate::grammar::Verdict;
use crate::script::Chain;
use serde_json::json;

/// The keys of a telephone.
const KEYS: &str = "0123456789*#";

impl Session {
    /// Connects the caller and fills the item with what came of it, or takes leave of him.
    pub(super) async fn transfer(&mut self, item: &Item, index: usize, transfer: &Transfer) -> Run {
        self.expect_caller()?;
        let request = self.transfer_request(item, transfer).await?;
        let (kind, keys) = (request.kind, request.keys.clone());
        self.prompt_timeout = None;
        let prompts = std::mem::take(&mut self.queue);
        let event = self.play(Turn { prompts, next: Next::Transfer(request) }).await;
        self.begin_turn();
        let (result, duration, input) = match event.happening {
            Happening::HungUp => return Err(self.hang_up()),
            Happening::TransferEnded { result, duration, input } => (result, duration, input),
            _ => ("unknown".to_owned(), 0, None),
        };
        match outcome(kind, &result) {
            Outcome::Failed => Err(Flow::event(result, "the platform could not make the transfer")),
            Outcome::Gone => Err(self.hand_over()),
            Outcome::Result => {
                let input = (result == "near_end_disconnect").then(|| terminator(input, &keys)).flatten();
                self.transferred(item, index, &result, duration, input).await
            }
        }
    }

    /// The caller is in somebody else's hands: for the application he has gone (2.0 §2.3.7.1).
    fn hand_over(&mut self) -> Flow {
        self.hung_up = true;
        self.farewell = true;
        Flow::event("connection.disconnect.transfer", "")
    }

    async fn transferred(
        &mut self,
        item: &Item,
        index: usize,
        result: &str,
        duration: Millis,
        input: Option<(&str, String)>,
    ) -> Run {
        let mut shadow = json!({ "duration": duration as f64 / 1000.0 });
        if let Some((mode, utterance)) = input {
            shadow["inputmode"] = mode.into();
            shadow["utterance"] = utterance.into();
        }
        let shadow = self.engine.value(&shadow)?;
        self.engine.set(&self.here().dialog_scope, &format!("{}$", item.name), &shadow)?;
        self.here_mut().attempts.remove(&index);
        let value = self.engine.value(&result.into())?;
        self.filled_by_result(index, &item.name, &value).await
    }

    /// Where the transfer leads, if the application's transfers may lead there.
    fn destination(&self, chain: &Chain, written: &Source) -> Run<String> {
        let dest = destination(&self.source_text(chain, written)?)?;
        let is_computed = matches!(written, Source::Expr(_));
        if self.settings.destinations.allow(&dest, is_computed) {
            return Ok(dest);
        }
        let how = if is_computed { "a script computed" } else { "the document writes" };
        let message =
            format!("{how} the destination {}, which the application's allow_transfers does not allow", masked(&dest));
        self.port.trace(TraceLine::Refusal(format!("in {}: {message}", self.dialog_name())));
        Err(Flow::event("error.connection.noauthorization", message))
    }

    async fn transfer_request(&mut self, item: &Item, transfer: &Transfer) -> Run<TransferRequest> {
        let kind = match transfer.kind.as_deref() {
            None | Some("blind") => TransferKind::Blind,
            Some("bridge") => TransferKind::Bridge,
            Some("consultation") => TransferKind::Consultation,
            Some(other) => {
                let message = format!("there is no transfer of type '{other}'; write blind, bridge or consultation");
                return Err(Flow::event(format!("error.unsupported.transfer.{other}"), message));
            }
        };
        let chain = self.here().chain.clone();
        let Some(dest) = &transfer.dest else {
            return Err(Flow::event("error.badfetch", "<transfer> has neither `dest` nor `destexpr`"));
        };
        let dest = self.destination(&chain, dest)?;
        let aai = match &transfer.aai {
            Some(aai) => Some(self.source_text(&chain, aai)?),
            None => None,
        };
        let audio = match &transfer.transferaudio {
            Some(reference) => Some(self.absolute(reference)?),
            None => None,
        };
        // Only a bridge is listened to (2.0 §2.3.7.2), and by no grammars but its own: the item is modal.
        let active = match kind {
            TransferKind::Bridge => self.activate(item, &chain).await?,
            TransferKind::Blind | TransferKind::Consultation => Vec::new(),
        };
        let active = self.in_accepted_modes(active);
        let is_taken = |key: &str| {
            let keys = active.iter().filter(|active| active.compiled.grammar.mode() == InputMode::Dtmf);
            keys.clone().any(|active| matches!(active.compiled.grammar.match_keys(key), Verdict::Match { .. }))
        };
        let keys: String = KEYS.chars().filter(|key| is_taken(&key.to_string())).collect();
        let is_one_key = |active: &super::collect::Active| {
            let extent = active.compiled.grammar.extent();
            active.compiled.grammar.mode() == InputMode::Dtmf && extent.longest == Some(1)
        };
        Ok(TransferRequest {
            dest,
            kind,
            connecttimeout: transfer.connecttimeout,
            maxtime: transfer.maxtime.filter(|most| *most > 0),
            audio,
            aai,
            keys,
            more_input: !active.iter().all(is_one_key),
        })
    }
}

/// By what the caller ended a bridge: mode and words (2.0 §2.3.7.2.1). Where the platform does not say by which key, only
/// one that can have been it leaves no doubt.
fn terminator(input: Option<Heard>, keys: &str) -> Option<(&'static str, String)> {
    match input {
        Some(Heard::Speech { utterance, .. }) => Some(("voice", utterance.0)),
        Some(Heard::Keys { keys }) => Some(("dtmf", keys.0)),
        _ if keys.chars().count() == 1 => Some(("dtmf", keys.to_owned())),
        _ => None,
    }
}

/// What a transfer's result means.
enum Outcome {
    /// The name of an event.
    Failed,
    /// The caller has left the application.
    Gone,
    /// The item's value.
    Result,
}

fn outcome(kind: TransferKind, result: &str) -> Outcome {
    let unanswered = matches!(result, "busy" | "noanswer" | "network_busy" | "unknown");
    match kind {
        _ if result.starts_with("error.") => Outcome::Failed,
        // Nobody waits for what becomes of it (2.0 §2.3.7.1).
        TransferKind::Blind => Outcome::Gone,
        // A bridge until the other end answers, blind from then on (2.1 §9.1).
        TransferKind::Consultation if !unanswered => Outcome::Gone,
        TransferKind::Consultation | TransferKind::Bridge => Outcome::Result,
    }
}

/// The destination, if it is a telephone number or a SIP address (2.0 §2.3.7: platforms must take `tel:`, others they may).
/// Old documents write the number alone.
fn destination(written: &str) -> Run<String> {
    let written = written.trim();
    let (scheme, rest) = match written.split_once(':') {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => ("tel".to_owned(), written),
    };
    let is_good = match scheme.as_str() {
        "tel" | "phone" => is_number(rest),
        "sip" | "sips" => is_sip(rest),
        _ => {
            let message = format!("'{written}' cannot be called: write a tel: or sip: URI");
            return Err(Flow::event("error.unsupported.uri", message));
        }
    };
    if !is_good {
        let message = format!("'{written}' is not a telephone number or SIP address, e.g. tel:+14155550100");
        return Err(Flow::event("error.connection.baddestination", message));
    }
    Ok(if written.contains(':') { written.to_owned() } else { format!("tel:{written}") })
}

/// Whether it can be a SIP address: one user at one host, of characters that begin nothing else where it is written on.
fn is_sip(text: &str) -> bool {
    let breaks_out = |c: char| c.is_whitespace() || c.is_control() || "<>\"'\\^`{}|".contains(c);
    let lower = text.to_ascii_lowercase();
    // Escaped line ends and other controls, which whoever unescapes takes for the beginning of a header.
    let hides_control = lower.contains("%0") || lower.contains("%1") || lower.contains("%7f");
    !text.is_empty() && !text.contains(breaks_out) && !hides_control && text.matches('@').count() <= 1
}

/// Whether it is a number as RFC 2806 writes one: digits and visual separators, perhaps parameters.
fn is_number(text: &str) -> bool {
    let number = text.split(';').next().unwrap_or_default();
    let number = number.strip_prefix('+').unwrap_or(number);
    number.contains(|c: char| c.is_ascii_digit())
        && number
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '-' | '.' | '(' | ')' | ' ' | '*' | '#' | 'p' | 'w'))
}
