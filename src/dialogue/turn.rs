//! What the caller hears and may do.

use super::{Millis, Policy};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One exchange with the caller: everything queued since the last one, then what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// The prompts, in order.
    pub prompts: Vec<Spoken>,
    /// What comes after them.
    pub next: Next,
}

/// What follows the prompts of a [`Turn`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Next {
    /// Wait for the caller's input.
    Listen(Box<InputRequest>),
    /// Record the caller.
    Record(RecordRequest),
    /// Connect the caller to somebody else.
    Transfer(TransferRequest),
    /// Hang up; the application goes on with [`super::Happening::HungUp`].
    Disconnect,
}

/// A prompt ready to be spoken: nothing in it is left to compute, every audio file in it can be played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spoken {
    /// What is heard.
    pub content: Vec<Speech>,
    /// Whether the caller's input stops it.
    pub bargein: bool,
    /// The language (RFC 3066), e.g. `en-US`.
    pub lang: String,
    /// Who says it.
    pub origin: Origin,
}

impl Spoken {
    /// A sentence of the bridge's own, which the caller hears to its end.
    pub fn by_bridge(text: &str, lang: &str) -> Self {
        let content = vec![Speech::Text(text.to_owned())];
        Self { content, bargein: false, lang: lang.to_owned(), origin: Origin::Bridge }
    }
}

/// Who says a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The application, outside the form item that now listens (greetings, results, error messages).
    Application,
    /// A prompt of the form item that now listens.
    Item,
    /// voxbridge itself.
    Bridge,
}

/// A piece of what is heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speech {
    /// Spoken text.
    Text(String),
    /// An audio file at an absolute URL.
    Audio(String),
    /// A named place in the prompt.
    Mark(String),
    /// An SSML element around more speech.
    Element {
        /// The local name.
        name: String,
        /// The attributes.
        attributes: Vec<(String, String)>,
        /// What is inside.
        children: Vec<Speech>,
    },
}

/// What a turn listens for: everything the application would understand now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputRequest {
    /// The input state, as `document#dialog/item`: the document's URL without query, the dialog's id or `@N` (its place
    /// from 1), the item's name or `@N`. Mappings name states so.
    pub state: String,
    /// How often the state has listened in a row without a result, from 0.
    pub attempt: u32,
    /// The choices, in the order the application has them.
    pub choices: Vec<Choice>,
    /// The open slots: what can be filled that is not a choice.
    pub slots: Vec<Slot>,
    /// Whether the form as a whole is asked for (`<initial>`), not one of its fields.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub initial: bool,
    /// The form's other fields that are still to be filled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<Slot>,
    /// The form's other fields that have been filled, which the caller may correct.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filled: Vec<Slot>,
    /// Keys: `None` if the application understands none.
    pub dtmf: Option<DtmfInput>,
    /// Speech: `None` if nobody listens for it.
    pub speech: Option<SpeechInput>,
    /// Silence until no input.
    pub timeout: Millis,
    /// Silence between keys.
    pub interdigit_timeout: Millis,
    /// Silence after speech that is complete.
    pub complete_timeout: Millis,
    /// Silence after speech that may go on.
    pub incomplete_timeout: Millis,
    /// The longest utterance; `None` leaves it to the platform.
    pub max_speech: Option<Millis>,
    /// Below this confidence a recognition is no match (`confidencelevel`, 0 to 1).
    pub confidence_level: f64,
    /// Whether nothing but input that is understood should stop the prompts (`bargeintype="hotword"`).
    #[serde(default)]
    pub hotword: bool,
    /// Whether the application wants the sound of what is recognised (`recordutterance`).
    #[serde(default)]
    pub record: bool,
    /// How much the bridge may say of its own here, if the document says so (property `voxbridge.policy`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// The language to recognise.
    pub lang: String,
}

/// Something the caller can choose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// The keys that choose it.
    pub key: Option<String>,
    /// What the application's own speech grammars understand for it.
    pub phrases: Vec<String>,
    /// The text of the `<choice>` or `<option>`.
    pub label: Option<String>,
    /// Where it leads or what it means (`next`, `event` or `value`), a last resort for a label.
    pub target: Option<String>,
}

/// Something the caller can say or key in that is not one of a few choices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    /// The form item variable's name.
    pub name: String,
    /// What it takes.
    pub kind: SlotKind,
    /// What it can be, where that is a list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

/// What a [`Slot`] takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SlotKind {
    /// A string of digits.
    Digits,
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
    /// Another builtin type, by its name.
    Builtin(String),
    /// A grammar too large to list.
    Grammar,
}

/// How keys are collected: computed from the active key grammars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DtmfInput {
    /// The fewest keys of any legal input.
    pub shortest: u32,
    /// The most keys of any legal input; `None` if there is no limit.
    pub longest: Option<u32>,
    /// The key that ends an input (`termchar`); `None` if there is none or a grammar uses it as a key.
    pub finish: Option<char>,
}

/// How speech is collected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpeechInput {
    /// Words and phrases to expect; most are the same in every turn of a state, and shared.
    pub hints: Arc<[String]>,
    /// Whether the document has speech grammars of its own here (otherwise free speech only).
    pub own_grammars: bool,
}

/// How a recording is made (VoiceXML 2.0 §2.3.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRequest {
    /// A beep first.
    pub beep: bool,
    /// The longest recording.
    pub maxtime: Option<Millis>,
    /// Silence that ends it.
    pub finalsilence: Option<Millis>,
    /// Whether any key ends it: `dtmfterm`, or a key grammar that is active meanwhile.
    pub dtmfterm: bool,
    /// Silence at the start that is no input.
    pub timeout: Millis,
    /// The media type the application asked for: `audio/x-wav` or `audio/mpeg`.
    pub media_type: String,
}

/// The kinds of transfer (VoiceXML 2.0 §2.3.7, 2.1 §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransferKind {
    /// The caller is handed over; whether anybody answers is not waited for.
    Blind,
    /// The platform stays in between, and the caller comes back afterwards.
    Bridge,
    /// The caller is handed over once the other end has answered, and stays otherwise.
    Consultation,
}

/// How a transfer is made (VoiceXML 2.0 §2.3.7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferRequest {
    /// `tel:` or `sip:` URI.
    pub dest: String,
    /// How the parties are connected.
    pub kind: TransferKind,
    /// How long to ring.
    pub connecttimeout: Option<Millis>,
    /// The longest connection.
    pub maxtime: Option<Millis>,
    /// `transferaudio`: what the caller hears until the other end answers, an absolute URL.
    pub audio: Option<String>,
    /// `aai`: application-to-application information for the other end.
    pub aai: Option<String>,
    /// The keys each of which ends a bridge: what the transfer's own grammars take as a whole input.
    pub keys: String,
    /// Whether longer inputs or words are to end a bridge, too.
    pub more_input: bool,
}

impl InputRequest {
    /// Listens for nothing yet, with the times that hold where no property says otherwise.
    pub fn for_nothing(state: &str, lang: &str) -> Self {
        Self {
            state: state.to_owned(),
            attempt: 0,
            choices: Vec::new(),
            slots: Vec::new(),
            initial: false,
            open: Vec::new(),
            filled: Vec::new(),
            dtmf: None,
            speech: None,
            timeout: 5_000,
            interdigit_timeout: 3_000,
            complete_timeout: 1_000,
            incomplete_timeout: 1_500,
            max_speech: None,
            confidence_level: 0.5,
            hotword: false,
            record: false,
            policy: None,
            lang: lang.to_owned(),
        }
    }
}

impl TransferRequest {
    /// A connection to `dest` without limits, that listens to nothing meanwhile.
    pub fn to(dest: &str, kind: TransferKind) -> Self {
        Self {
            dest: dest.to_owned(),
            kind,
            connecttimeout: None,
            maxtime: None,
            audio: None,
            aai: None,
            keys: String::new(),
            more_input: false,
        }
    }
}

impl Speech {
    /// The words of some speech, without markup; audio is left out.
    ///
    /// Texts that follow each other are one text (blanks between them are in them); whatever else lies between parts them.
    pub fn words(pieces: &[Speech]) -> String {
        fn gather(pieces: &[Speech], out: &mut String) {
            for piece in pieces {
                match piece {
                    Speech::Text(text) => out.push_str(text),
                    Speech::Audio(_) | Speech::Mark(_) => out.push(' '),
                    Speech::Element { name, children, .. } => {
                        let apart = matches!(name.as_str(), "break" | "p" | "s" | "paragraph" | "sentence");
                        out.push_str(if apart { " " } else { "" });
                        gather(children, out);
                        out.push_str(if apart { " " } else { "" });
                    }
                }
            }
        }
        let mut out = String::new();
        gather(pieces, &mut out);
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
