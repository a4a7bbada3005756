use super::outward;
use crate::dialogue::{Finding, Happening, Heard, Next, Sensitive};
use serde_json::{Map, Value, json};
use thiserror::Error;

/// Parameters of a webhook: Twilio sends some forty, and one for each header of a SIP call.
const MOST_FIELDS: usize = 300;
/// Keys of one input.
const MOST_KEYS: usize = 1_000;
/// Bytes of what a caller has said in one go; more than a minute's worth. What comes after is left out.
const LONGEST_SPEECH: usize = 8_000;

/// The header that is the same on each repeat of one request: a repeat gets the stored answer.
pub const IDEMPOTENCY_HEADER: &str = "I-Twilio-Idempotency-Token";

/// A voice webhook as it arrived, decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// The call's id on Twilio's side, constant for this leg.
    pub call_sid: String,
    /// The account, if the request named it.
    pub account_sid: String,
    /// Who calls: E.164, `client:name`, `sip:user@host`, or a word such as `anonymous`.
    pub from: Sensitive<String>,
    /// Who is called.
    pub to: Sensitive<String>,
    /// Which way the call went.
    pub direction: Direction,
    /// Where the call stands.
    pub status: CallStatus,
    /// What happened, if the request says: `None` for a first request, a redirect, and for a Gather that reports silence
    /// by sending nothing at all ([`Incoming::happening_after`] knows).
    pub happening: Option<Happening>,
    /// Twilio's error number, if this asks the fallback URL.
    pub error_code: Option<String>,
    /// The URL that failed, if this asks the fallback URL; its query may hold what the caller did.
    pub error_url: Option<Sensitive<String>>,
    /// What the carrier or the SIP leg told besides, by Twilio's names; never empty values.
    pub details: Vec<(String, Sensitive<String>)>,
}

/// Which way a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Somebody called.
    Inbound,
    /// We called, through the REST API or a Dial.
    Outbound,
}

/// Twilio's `CallStatus`, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallStatus {
    /// Not answered yet (`queued`, `initiated`, `ringing`).
    Ringing,
    /// Going on.
    InProgress,
    /// Over (`completed`, `busy`, `failed`, `no-answer`, `canceled`).
    Ended,
}

/// Why a request is no voice webhook.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// No `CallSid`.
    #[error("the request has no CallSid")]
    NoCall,
    /// A `CallSid` that is none.
    #[error("the request's CallSid is not one of Twilio's")]
    BadCall,
    /// More parameters than Twilio sends.
    #[error("the request has more than {MOST_FIELDS} parameters")]
    TooMany,
    /// More keys than anybody presses.
    #[error("the request's Digits has more than {MOST_KEYS} keys")]
    TooManyKeys,
    /// A `Digits` with something else than keys.
    #[error("the request's Digits has characters that are not keys")]
    BadDigits,
}

/// Reads the parameters of a voice webhook: of a form or of a query. Unknown ones are kept aside or ignored; Twilio adds
/// new ones without notice.
///
/// # Errors
/// [`DecodeError`] if the request cannot be tied to a call or has impossible keys.
pub fn decode(fields: &[(String, String)]) -> Result<Incoming, DecodeError> {
    if fields.len() > MOST_FIELDS {
        return Err(DecodeError::TooMany);
    }
    let fields = Fields(fields);
    let call_sid = fields.get("CallSid").ok_or(DecodeError::NoCall)?;
    if call_sid.len() > 64 || !call_sid.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        return Err(DecodeError::BadCall);
    }
    let status = match fields.get("CallStatus").unwrap_or("in-progress") {
        "queued" | "initiated" | "ringing" => CallStatus::Ringing,
        "completed" | "busy" | "failed" | "no-answer" | "canceled" => CallStatus::Ended,
        _ => CallStatus::InProgress,
    };
    Ok(Incoming {
        call_sid: call_sid.to_owned(),
        account_sid: fields.get("AccountSid").unwrap_or_default().to_owned(),
        from: fields.get("From").unwrap_or_default().into(),
        to: fields.get("To").unwrap_or_default().into(),
        direction: match fields.get("Direction") {
            Some(direction) if direction.starts_with("outbound") => Direction::Outbound,
            _ => Direction::Inbound,
        },
        status,
        happening: happening(&fields, status)?,
        error_code: fields.get("ErrorCode").map(str::to_owned),
        error_url: fields.get("ErrorUrl").map(Sensitive::from),
        details: fields.details(),
    })
}

impl Incoming {
    /// What happened, given what the turn asked for: a request without news after a Gather means that nothing was said,
    /// after a Record that nothing was recorded, after a Dial that nobody could be dialled.
    pub fn happening_after(&self, next: &Next) -> Happening {
        match (self.happening.clone(), next) {
            (Some(Happening::TransferEnded { duration, .. }), Next::Transfer(request))
                if request.maxtime.is_some_and(|most| most > 0 && duration >= most) =>
            {
                Happening::TransferEnded { result: "maxtime_disconnect".to_owned(), duration, input: None }
            }
            (Some(Happening::TransferEnded { result, duration, .. }), Next::Transfer(request))
                if result == "far_end_disconnect" && outward::ends_on_star(request) =>
            {
                // Twilio does not say who ended it. Who may come back by a key is not sent away for what the other end did.
                Happening::TransferEnded { result: "near_end_disconnect".to_owned(), duration, input: None }
            }
            (Some(Happening::Recorded { url: Some(url), duration, key, hung_up }), Next::Record(request)) => {
                // Without an ending it would be WAV, too, but no name by which others know it as sound.
                let ending = if request.media_type == "audio/mpeg" { "mp3" } else { "wav" };
                Happening::Recorded { url: Some(format!("{url}.{ending}")), duration, key, hung_up }
            }
            (Some(happening), _) => happening,
            (None, Next::Listen(_)) => Happening::Nothing,
            (None, Next::Record(_)) => Happening::Recorded { url: None, duration: 0, key: None, hung_up: false },
            (None, Next::Transfer(request)) => {
                let result =
                    if outward::can_dial(&request.dest) { "unknown" } else { "error.connection.baddestination" };
                Happening::TransferEnded { result: result.to_owned(), duration: 0, input: None }
            }
            (None, Next::Disconnect) => Happening::HungUp,
        }
    }

    /// The call that dialled, if this is about the leg to whom it was transferred.
    pub fn parent_call(&self) -> Option<&str> {
        self.detail("ParentCallSid")
    }

    fn detail(&self, name: &str) -> Option<&str> {
        self.details.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The session variables of a call (VoiceXML 2.0 §5.1.4), with the older `session.telephone.*` beside them; what is not
/// known is absent, thus `undefined` to a document.
pub fn session_variables(incoming: &Incoming) -> Value {
    let (ours, theirs) = match incoming.direction {
        Direction::Inbound => (&incoming.to, &incoming.from),
        Direction::Outbound => (&incoming.from, &incoming.to),
    };
    let local = with_uri(ours);
    let remote = with_uri(theirs);
    let originator = match incoming.direction {
        Direction::Inbound => remote.clone(),
        Direction::Outbound => local.clone(),
    };
    let sip = incoming.detail("SipCallId").is_some() || theirs.starts_with("sip:") || theirs.starts_with("sips:");
    let protocol = if sip { json!({"name": "sip", "version": "2.0"}) } else { json!({"name": "pstn"}) };
    let mut connection = json!({"local": local, "remote": remote, "originator": originator, "protocol": protocol});
    let mut telephone = Map::new();
    set(&mut telephone, "ani", national(theirs));
    set(&mut telephone, "dnis", national(ours));
    if let Some(forwarded) = incoming.detail("ForwardedFrom") {
        connection["redirect"] = json!([{"uri": uri(forwarded)}]);
        set(&mut telephone, "rdnis", national(forwarded));
    }
    let user_to_user =
        ["SipHeader_User-to-User", "SipHeader_X-User-to-User"].iter().find_map(|name| incoming.detail(name));
    if let Some(text) = user_to_user {
        connection["aai"] = json!(text);
        telephone.insert("uui".to_owned(), json!(text));
    }
    if let Some(name) = incoming.detail("CallerName") {
        connection["remote"]["name"] = json!(name);
    }
    json!({"connection": connection, "telephone": telephone})
}

fn happening(fields: &Fields<'_>, status: CallStatus) -> Result<Option<Happening>, DecodeError> {
    // A status callback of a call recorded through REST names that recording, too; it has no Digits of a Record.
    let is_status = ["CallDuration", "CallbackSource", "RecordingStatus"].iter().any(|name| fields.has(name));
    let has_recording = fields.has("RecordingUrl") || fields.has("RecordingDuration");
    if has_recording && !is_status && !fields.has("DialCallStatus") {
        return recorded(fields, status).map(Some);
    }
    if status == CallStatus::Ended || fields.get("Digits") == Some("hangup") {
        return Ok(Some(Happening::HungUp));
    }
    if let Some(result) = fields.get("DialCallStatus") {
        return Ok(Some(transfer_ended(fields, result)));
    }
    gathered(fields)
}

fn recorded(fields: &Fields<'_>, status: CallStatus) -> Result<Happening, DecodeError> {
    let duration = fields.seconds("RecordingDuration");
    let ended_by = fields.get("Digits").unwrap_or_default();
    let hung_up = ended_by == "hangup" || status == CallStatus::Ended;
    let key = if ended_by == "hangup" { None } else { keys(ended_by)?.chars().next() };
    let url = fields.get("RecordingUrl").filter(|_| duration > 0).map(str::to_owned);
    Ok(Happening::Recorded { url, duration, key, hung_up })
}

/// The result by the names of VoiceXML 2.0 §2.3.7.2.
fn transfer_ended(fields: &Fields<'_>, status: &str) -> Happening {
    let bridged = fields.get("DialBridged") != Some("false");
    let result = match status {
        "completed" | "answered" if bridged => "far_end_disconnect",
        "completed" | "answered" | "no-answer" | "canceled" => "noanswer",
        "busy" => "busy",
        "failed" => "network_busy",
        _ => "unknown",
    };
    Happening::TransferEnded { result: result.to_owned(), duration: fields.seconds("DialCallDuration"), input: None }
}

/// What a Gather heard. An empty `Digits` alone is silence, with the key that ended it an input of only that key.
fn gathered(fields: &Fields<'_>) -> Result<Option<Happening>, DecodeError> {
    let digits = keys(fields.get("Digits").unwrap_or_default())?;
    let utterance = shortened(fields.get("SpeechResult").map(str::trim).unwrap_or_default());
    if !digits.is_empty() || (fields.get("FinishedOnKey").is_some() && utterance.is_empty()) {
        return Ok(Some(Happening::Heard(Heard::Keys { keys: digits.into() })));
    }
    if !utterance.is_empty() {
        return Ok(Some(Happening::Heard(Heard::Speech {
            utterance: utterance.into(),
            confidence: confidence(fields),
            alternatives: Vec::new(),
            finding: Finding::default(),
        })));
    }
    let is_gather = ["Digits", "SpeechResult", "msg"].iter().any(|name| fields.has(name));
    Ok(is_gather.then_some(Happening::Nothing))
}

/// Some models do not rate their results and send nothing or 0: neither is a confidence.
fn confidence(fields: &Fields<'_>) -> Option<f64> {
    let value: f64 = fields.get("Confidence")?.trim().parse().ok()?;
    (value > 0.0 && value <= 1.0).then_some(value)
}

/// The beginning of what was said, if it is longer than anybody speaks.
fn shortened(text: &str) -> &str {
    let end = (0..=LONGEST_SPEECH.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

fn keys(text: &str) -> Result<&str, DecodeError> {
    if text.len() > MOST_KEYS {
        return Err(DecodeError::TooManyKeys);
    }
    let legal = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'D' | b'*' | b'#'));
    if legal { Ok(text) } else { Err(DecodeError::BadDigits) }
}

/// An address as the URI VoiceXML wants.
fn uri(address: &str) -> Option<String> {
    let digits = address.strip_prefix('+').unwrap_or(address);
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Some(format!("tel:{address}"));
    }
    address.contains(':').then(|| address.to_owned())
}

fn with_uri(address: &str) -> Value {
    match uri(address) {
        Some(uri) => json!({"uri": uri}),
        None => json!({}),
    }
}

/// A number as old platforms gave it: the ten digits of the North American plan, elsewhere all digits without `+`.
fn national(address: &str) -> Option<String> {
    let number = match uri(address)?.strip_prefix("tel:") {
        Some(number) => number.to_owned(),
        None => return Some(address.to_owned()),
    };
    match number.strip_prefix("+1") {
        Some(rest) if rest.len() == 10 => Some(rest.to_owned()),
        _ => Some(number.trim_start_matches('+').to_owned()),
    }
}

fn set(object: &mut Map<String, Value>, name: &str, value: Option<String>) {
    if let Some(value) = value {
        object.insert(name.to_owned(), Value::String(value));
    }
}

/// The parameters as sent; of a repeated name the first counts.
struct Fields<'a>(&'a [(String, String)]);

impl<'a> Fields<'a> {
    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// The value, if there is one that is not empty.
    fn get(&self, name: &str) -> Option<&'a str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Whole seconds as milliseconds; 0 if absent or malformed.
    fn seconds(&self, name: &str) -> u64 {
        self.get(name).and_then(|text| text.trim().parse::<u32>().ok()).map_or(0, |seconds| u64::from(seconds) * 1000)
    }

    fn details(&self) -> Vec<(String, Sensitive<String>)> {
        const KEPT: [&str; 4] = ["ForwardedFrom", "CallerName", "ParentCallSid", "AnsweredBy"];
        const KEPT_FAMILIES: [&str; 3] = ["From", "To", "Sip"];
        self.0
            .iter()
            .filter(|(name, value)| {
                let of_family =
                    KEPT_FAMILIES.iter().any(|family| name.len() > family.len() && name.starts_with(family));
                !value.is_empty() && (of_family || KEPT.contains(&name.as_str()))
            })
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect()
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
