//! TwiML read back: what a caller hears of an answer and what the platform does next. For the simulated phone, which
//! stands where Twilio stands, and for tests.

use crate::dialogue::DtmfInput;
use roxmltree::{Document, Node, ParsingOptions};
use thiserror::Error;

/// What an answer does to a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What is heard, in order.
    pub heard: Vec<Piece>,
    /// What comes after it.
    pub then: Then,
}

/// A piece of what is heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub sound: Sound,
    /// Whether input stops it (it stands inside a Gather).
    pub bargein: bool,
}

/// Something heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sound {
    /// A Say.
    Say {
        /// What is said, without markup.
        text: String,
        /// `language`
        language: Option<String>,
        /// `voice`
        voice: Option<String>,
    },
    /// A Play: the URL.
    Play(String),
    /// A Pause: seconds.
    Pause(u32),
}

/// What comes after the sounds.
#[derive(Debug, Clone, PartialEq)]
pub enum Then {
    /// The platform listens and asks the action, whether or not something was heard.
    Gather(Gathering),
    /// The platform asks the URL (empty: the one the answer came from).
    Redirect(String),
    /// The platform records and asks the action.
    Record {
        /// The action.
        action: String,
        /// Whether it beeps first.
        beep: bool,
        /// The keys that end it.
        finish_on_key: String,
        /// `maxLength`, in seconds.
        max_length: u32,
    },
    /// The platform dials.
    Dial {
        /// The number or SIP address.
        dest: String,
        /// The URL asked afterwards; `None` if the call is over then.
        action: Option<String>,
        /// `timeLimit`, in seconds.
        time_limit: u32,
        /// The status callback that is told when the other end answers.
        answered: Option<String>,
    },
    /// The call ends: a Hangup, a Reject, or the end of the document.
    Hangup,
}

/// A Gather's attributes, defaults filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathering {
    /// The URL asked with what was heard.
    pub action: String,
    /// Whether keys are taken.
    pub dtmf: bool,
    /// Whether speech is taken.
    pub speech: bool,
    /// `numDigits`
    pub num_digits: Option<u32>,
    /// `finishOnKey`; `None` if no key ends the input.
    pub finish_on_key: Option<char>,
    /// `timeout`, in seconds.
    pub timeout: u32,
    /// `hints`
    pub hints: Vec<String>,
    /// `language`
    pub language: Option<String>,
    /// Whether the action is asked on silence, too; else the document goes on.
    pub action_on_empty_result: bool,
}

/// Why an answer cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// Twilio's error 12100.
    #[error("the answer is no XML: {0}")]
    Xml(String),
    /// Twilio's error 12102.
    #[error("the answer's root is <{0}>, not <Response>")]
    Root(String),
    /// A verb this reading does not know; Twilio has more than voxbridge uses.
    #[error("the answer has <{0}>, which a simulated phone cannot do")]
    Verb(String),
}

/// Reads TwiML.
///
/// # Errors
/// [`ReadError`] where Twilio would give up, or for verbs that are not in use here.
pub fn read_answer(xml: &str) -> Result<Answer, ReadError> {
    let options = ParsingOptions { nodes_limit: 50_000, ..ParsingOptions::default() };
    let document = Document::parse_with_options(xml, options).map_err(|error| ReadError::Xml(error.to_string()))?;
    let root = document.root_element();
    if root.tag_name().name() != "Response" {
        return Err(ReadError::Root(root.tag_name().name().to_owned()));
    }
    let mut heard = Vec::new();
    for verb in root.children().filter(Node::is_element) {
        let then = match verb.tag_name().name() {
            "Gather" => {
                for inner in verb.children().filter(Node::is_element) {
                    heard.push(Piece { sound: sound(inner)?, bargein: true });
                }
                let gathering = gathering(verb);
                if !gathering.action_on_empty_result {
                    return Err(ReadError::Verb("Gather without actionOnEmptyResult".to_owned()));
                }
                Then::Gather(gathering)
            }
            "Redirect" => Then::Redirect(text(verb)),
            "Record" => Then::Record {
                action: attribute(verb, "action").unwrap_or_default(),
                beep: attribute(verb, "playBeep").as_deref() != Some("false"),
                finish_on_key: attribute(verb, "finishOnKey").unwrap_or_else(|| "1234567890*#".to_owned()),
                max_length: number(verb, "maxLength").unwrap_or(3_600),
            },
            "Dial" => Then::Dial {
                dest: text(verb),
                action: attribute(verb, "action"),
                time_limit: number(verb, "timeLimit").unwrap_or(14_400),
                answered: told_of_answer(verb),
            },
            "Hangup" | "Reject" => Then::Hangup,
            _ => {
                heard.push(Piece { sound: sound(verb)?, bargein: false });
                continue;
            }
        };
        return Ok(Answer { heard, then });
    }
    Ok(Answer { heard, then: Then::Hangup })
}

impl Answer {
    /// All that is said, joined by blanks.
    pub fn words(&self) -> String {
        let said = self.heard.iter().filter_map(|piece| match &piece.sound {
            Sound::Say { text, .. } => Some(text.as_str()),
            _ => None,
        });
        said.collect::<Vec<_>>().join(" ")
    }

    /// The URLs of all that is played, in order.
    pub fn plays(&self) -> Vec<String> {
        let played = self.heard.iter().filter_map(|piece| match &piece.sound {
            Sound::Play(url) => Some(url.clone()),
            _ => None,
        });
        played.collect()
    }
}

impl Gathering {
    /// How keys are taken, as [`crate::channel::console::dial`] wants it; `None` if they are not.
    pub fn dtmf_input(&self) -> Option<DtmfInput> {
        let shortest = if self.finish_on_key.is_none() { self.num_digits.unwrap_or(1) } else { 1 };
        self.dtmf.then_some(DtmfInput { shortest, longest: self.num_digits, finish: self.finish_on_key })
    }
}

/// The status callback of a Dial's noun for the answer of the other end.
fn told_of_answer(dial: Node<'_, '_>) -> Option<String> {
    let is_told = |noun: &Node<'_, '_>| {
        noun.attribute("statusCallbackEvent").is_some_and(|events| events.split(' ').any(|event| event == "answered"))
    };
    dial.children().find(is_told).and_then(|noun| attribute(noun, "statusCallback"))
}

fn gathering(verb: Node<'_, '_>) -> Gathering {
    let input = attribute(verb, "input").unwrap_or_else(|| "dtmf".to_owned());
    let hints = attribute(verb, "hints").unwrap_or_default();
    Gathering {
        action: attribute(verb, "action").unwrap_or_default(),
        dtmf: input.split(' ').any(|mode| mode == "dtmf"),
        speech: input.split(' ').any(|mode| mode == "speech"),
        num_digits: number(verb, "numDigits"),
        finish_on_key: attribute(verb, "finishOnKey").map_or(Some('#'), |keys| keys.chars().next()),
        timeout: number(verb, "timeout").unwrap_or(5),
        hints: hints.split(',').map(str::trim).filter(|hint| !hint.is_empty()).map(str::to_owned).collect(),
        language: attribute(verb, "language"),
        action_on_empty_result: attribute(verb, "actionOnEmptyResult").as_deref() == Some("true"),
    }
}

fn sound(verb: Node<'_, '_>) -> Result<Sound, ReadError> {
    match verb.tag_name().name() {
        "Say" => {
            Ok(Sound::Say { text: text(verb), language: attribute(verb, "language"), voice: attribute(verb, "voice") })
        }
        "Play" => Ok(Sound::Play(text(verb))),
        "Pause" => Ok(Sound::Pause(attribute(verb, "length").and_then(|text| text.parse().ok()).unwrap_or(1))),
        other => Err(ReadError::Verb(other.to_owned())),
    }
}

/// The text of an element as it is heard: `<sub>` by its alias, white space folded.
fn text(node: Node<'_, '_>) -> String {
    let mut out = String::new();
    for inner in node.descendants() {
        let alias = inner.attribute("alias").filter(|_| inner.tag_name().name() == "sub");
        let parent_is_sub = inner.parent().is_some_and(|parent| parent.tag_name().name() == "sub");
        if let Some(alias) = alias {
            out.push_str(alias);
        } else if inner.is_text() && !parent_is_sub {
            out.push_str(inner.text().unwrap_or_default());
        } else if matches!(inner.tag_name().name(), "p" | "s" | "break") {
            out.push(' ');
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn attribute(node: Node<'_, '_>, name: &str) -> Option<String> {
    node.attribute(name).map(str::to_owned)
}

fn number(node: Node<'_, '_>, name: &str) -> Option<u32> {
    node.attribute(name).and_then(|text| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_as_what_is_heard_and_what_comes_next() {
        let answer = read_answer(
            r##"<Response><Say voice="Polly.Joanna">Hello <sub alias="world">W</sub></Say><Gather action="/a?x=1&amp;y=2"
               input="dtmf speech" numDigits="4" finishOnKey="" actionOnEmptyResult="true" hints="a b,c"><Say>Your
               <say-as interpret-as="digits">12</say-as></Say><Play>http://h/a.wav</Play><Pause length="2"/></Gather></Response>"##,
        )
        .unwrap();
        assert_eq!(answer.words(), "Hello world Your 12");
        assert_eq!(answer.plays(), ["http://h/a.wav"]);
        assert_eq!(answer.heard.iter().map(|piece| piece.bargein).collect::<Vec<_>>(), [false, true, true, true]);
        let Then::Gather(gathering) = answer.then else { panic!("{:?}", answer.then) };
        assert_eq!((gathering.action.as_str(), gathering.hints.len()), ("/a?x=1&y=2", 2));
        assert_eq!(gathering.dtmf_input(), Some(DtmfInput { shortest: 4, longest: Some(4), finish: None }));
    }

    #[test]
    fn a_document_that_ends_hangs_up() {
        assert_eq!(read_answer("<Response/>").unwrap(), Answer { heard: vec![], then: Then::Hangup });
    }

    #[test]
    fn what_twilio_would_refuse_is_refused() {
        assert!(matches!(read_answer("<Response>"), Err(ReadError::Xml(_))));
        assert_eq!(read_answer("<vxml/>"), Err(ReadError::Root("vxml".to_owned())));
        assert_eq!(read_answer("<Response><Enqueue/></Response>"), Err(ReadError::Verb("Enqueue".to_owned())));
    }
}
