//! What the bridge says on its own account, where a mapping words it otherwise.

use super::local::Local;
use schemars::JsonSchema;
use serde::Deserialize;
use std::ops::Range;
use toml::Spanned;

/// A placeholder of a message that stands for what the sentence is about.
macro_rules! messages {
    ($($(#[doc = $doc:literal])+ $name:ident = $variant:ident ($($place:literal),*);)+) => {
        /// A sentence of the bridge that a mapping may word otherwise.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Message {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Message {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name in mapping files.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($name),)+
                }
            }

            /// What may stand in braces in it.
            pub fn placeholders(self) -> &'static [&'static str] {
                match self {
                    $(Self::$variant => &[$($place),*],)+
                }
            }
        }

        /// The messages as they are written.
        #[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        #[schemars(rename = "Messages")]
        pub(super) struct RawMessages {
            $($(#[doc = $doc])+ #[schemars(with = "Option<Local<String>>")] $name: Option<Spanned<Local<String>>>,)+
        }

        impl RawMessages {
            /// Those that are given.
            pub(super) fn given(self) -> Vec<(Message, Spanned<Local<String>>)> {
                let all = [$((Message::$variant, self.$name)),+];
                all.into_iter().filter_map(|(message, text)| Some((message, text?))).collect()
            }
        }
    };
}

messages! {
    /// Asks whether a choice is meant: "You want {choice}, is that right?"
    confirm = Confirm("choice");
    /// Asks whether what was understood of several fields is right: "{values}. Is that right?"
    confirm_values = ConfirmValues("values");
    /// Asks which of several choices is meant: "Do you mean {choices}?"
    which = Which("choices");
    /// Asks which of several readings is meant: "I heard {said}. Do you mean {choices}?"
    which_value = WhichValue("said", "choices");
    /// Asks for the half of the day: "I heard {said}. Is that in the morning or in the evening?"
    which_half = WhichHalf("said");
    /// Asks for an exact value of a field: "I need the exact {field}."
    vague = Vague("field", "said");
    /// Says that a time lies outside of the opening hours: "We are open from {opens} to {closes}."
    closed = Closed("said", "opens", "closes");
    /// Says what was changed or noted: "All right, {values}."
    noted = Noted("values");
    /// Asks anew after a no: "All right. What would you like instead?"
    declined = Declined();
    /// Asks anew after words that were not understood: "Sorry, I did not understand."
    sorry = Sorry();
    /// Offers keys where a question was not answered: "Press {choices}."
    keys = Keys("choices");
    /// Asks openly in place of a menu: "What would you like to do? You can say: {choices}."
    open = Open("choices");
    /// Helps a caller who is lost: "You can say: {choices}."
    help = Help("choices");
    /// Says that the caller is handed over: "One moment, please. I will connect you with somebody."
    agent = Agent();
}

/// The messages a mapping words, by language.
#[derive(Debug, Clone, Default)]
pub(super) struct LocalMessages(Vec<(Message, Local<String>)>);

impl LocalMessages {
    /// The messages of a mapping file; what is wrong with them goes to `refuse`, with its place.
    pub(super) fn checked(raw: RawMessages, refuse: &mut impl FnMut(Range<usize>, String, String)) -> Self {
        let given = raw.given();
        for (message, text) in &given {
            for unknown in text.get_ref().values().flat_map(|text| unknown_placeholders(text, *message)) {
                let known: Vec<String> = message.placeholders().iter().map(|name| format!("{{{name}}}")).collect();
                let known = if known.is_empty() { "no placeholder".to_owned() } else { known.join(", ") };
                refuse(text.span(), format!("`{}` has no {{{unknown}}}", message.name()), known);
            }
        }
        Self(given.into_iter().map(|(message, text)| (message, text.into_inner())).collect())
    }

    /// Those for a language.
    fn of<'a>(&'a self, lang: &'a str) -> impl Iterator<Item = (Message, &'a str)> {
        self.0.iter().filter_map(move |(message, text)| Some((*message, text.of(lang)?.as_str())))
    }
}

/// The placeholders of a text that a message does not know.
fn unknown_placeholders(text: &str, message: Message) -> Vec<String> {
    let mut rest = text;
    let mut unknown = Vec::new();
    while let Some((_, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        if !message.placeholders().contains(&name) {
            unknown.push(name.to_owned());
        }
        rest = after;
    }
    unknown
}

/// The messages that a mapping words for an input state and its language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Messages(Vec<(Message, String)>);

impl Messages {
    /// The first wording of each message in these tables.
    pub(super) fn first_of<'a>(tables: impl Iterator<Item = &'a LocalMessages>, lang: &str) -> Self {
        let mut found: Vec<(Message, String)> = Vec::new();
        for (message, text) in tables.flat_map(|table| table.of(lang).collect::<Vec<_>>()) {
            if !found.iter().any(|(known, _)| *known == message) {
                found.push((message, text.to_owned()));
            }
        }
        Self(found)
    }

    /// The mapping's words for a message, with its placeholders; `None` leaves it to the bridge.
    pub fn get(&self, message: Message) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == message).map(|(_, text)| text.as_str())
    }
}
