//! The bridge's own questions: whether it has understood, which of several is meant.

use super::held::Answer;
use super::phrases;
use super::said::{Given, Said};
use crate::dialogue::{
    Choice, DtmfInput, Finding, InputRequest, Interpretation, Next, Origin, Selection, Speech, SpeechInput, Spoken,
    Turn,
};
use crate::nlu::entities::Kind;
use crate::nlu::{self, Message, State};

/// From here on words are an answer to a question of a few choices.
const ANSWERS: f64 = 0.5;

/// A question of the bridge's own that waits for its answer.
#[derive(Debug)]
pub(super) struct Question {
    /// As the caller hears it.
    pub(super) turn: Turn,
    /// What its answers can be called.
    state: State,
    /// What each answer hands to the application; nothing for a no.
    pub(super) options: Vec<Option<Given>>,
    /// Whether it was asked before.
    pub(super) again: bool,
    /// Whether it is about an answer that was held, rather than one just given.
    pub(super) of_held: bool,
}

impl Question {
    /// "You want to report a lost card, is that right?"
    pub(super) fn confirm(said: Said, best: &Interpretation, asked: &Turn, state: &State) -> Option<Self> {
        let text = match choice_of(&best.selection, request_of(asked)?) {
            Some(choice) => match state.confirmation(choice) {
                Some(text) => text.to_owned(),
                None => {
                    let label = state.labels().into_iter().nth(choice).flatten()?;
                    let worded = phrases::is_worded(state, Message::Confirm);
                    let choice = if worded { label.to_owned() } else { phrases::wish(label, state.language()) };
                    phrases::sentence(state, Message::Confirm, &[("choice", &choice)])?
                }
            },
            None => {
                let value = spelled(&best.selection)?;
                phrases::sentence(state, Message::ConfirmValues, &[("values", &value)])?
            }
        };
        Self::yes_or_no(text, Given::ranked(said, vec![best.clone()]), asked, state)
    }

    /// "I heard Friday. Is that right?"
    pub(super) fn confirm_value(answer: &Answer, corrects: bool, asked: &Turn, state: &State) -> Option<Self> {
        let said = &answer.filled.readings.first()?.said;
        let text = phrases::sentence(state, Message::ConfirmValues, &[("values", said)])?;
        let given = Given::reading(&answer.said, &answer.filled, 0, corrects)?;
        Self::yes_or_no(text, given, asked, state)
    }

    fn yes_or_no(text: String, given: Given, asked: &Turn, state: &State) -> Option<Self> {
        let labels = phrases::yes_and_no(state.language())?;
        let choices = labels.iter().zip(["1", "2"]).map(|(label, key)| option(key, label, &[])).collect();
        Self::of(text, choices, vec![Some(given), None], asked)
    }

    /// "Do you mean your balance or your payments?"
    pub(super) fn which(said: &Said, readings: &[Interpretation], asked: &Turn, state: &State) -> Option<Self> {
        let request = request_of(asked)?;
        let (labels, mut choices) = (state.labels(), Vec::new());
        for reading in readings {
            let place = choice_of(&reading.selection, request)?;
            let label = labels.get(place).copied().flatten()?;
            choices.push(Choice { label: Some(label.to_owned()), ..request.choices.get(place)?.clone() });
        }
        let names: Vec<&str> = choices.iter().filter_map(|choice| choice.label.as_deref()).collect();
        let list = phrases::list(&names, state.language());
        let text = phrases::sentence(state, Message::Which, &[("choices", &list)])?;
        let given = |reading: &Interpretation| Some(Given::ranked(said.clone(), vec![reading.clone()]));
        Self::of(text, choices, readings.iter().map(given).collect(), asked)
    }

    /// "I heard 9. Is that in the morning or in the evening?"
    pub(super) fn which_reading(answer: &Answer, corrects: bool, asked: &Turn, state: &State) -> Option<Self> {
        let filled = &answer.filled;
        let labels: Vec<&str> = filled.readings.iter().map(|reading| reading.said.as_str()).collect();
        let heard = filled.spoken.0.as_str();
        let halves = labels.len() == 2 && state.entity(&filled.slot) == Some(Kind::Time);
        let text = match halves {
            true => phrases::sentence(state, Message::WhichHalf, &[("said", heard)])?,
            false => {
                let list = phrases::list(&labels, state.language());
                phrases::sentence(state, Message::WhichValue, &[("said", heard), ("choices", &list)])?
            }
        };
        let key = |place: usize| (place + 1).to_string();
        let half = |place: usize| if halves { nlu::half_of_day(place, state.language()) } else { &[] };
        let choices = labels.iter().enumerate().map(|(place, label)| option(&key(place), label, half(place))).collect();
        let given = (0..labels.len()).map(|place| Given::reading(&answer.said, filled, place, corrects)).collect();
        Self::of(text, choices, given, asked)
    }

    fn of(text: String, choices: Vec<Choice>, options: Vec<Option<Given>>, asked: &Turn) -> Option<Self> {
        let request = request_of(asked)?;
        let hints = choices.iter().flat_map(|choice| choice.label.iter().chain(&choice.phrases).cloned()).collect();
        let most = |dtmf: &DtmfInput| dtmf.longest.map(|longest| longest.max(1));
        let dtmf = DtmfInput {
            shortest: 1,
            longest: request.dtmf.as_ref().map_or(Some(1), most),
            finish: request.dtmf.and_then(|dtmf| dtmf.finish),
        };
        let request = InputRequest {
            choices,
            slots: Vec::new(),
            dtmf: Some(dtmf),
            speech: Some(SpeechInput { hints, own_grammars: false }),
            ..request.clone()
        };
        let prompt = sentence_of(&text, &request.lang);
        let turn = Turn { prompts: vec![prompt], next: Next::Listen(Box::new(request)) };
        let prepared = State::of(&turn, None)?;
        Some(Self { turn, state: prepared, options, again: false, of_held: false })
    }

    /// What an utterance answers, with what else it says to the application. Read by the host, before the event.
    pub(super) fn understand(&self, utterance: &str, elsewhere: impl Fn(&str) -> Finding) -> Finding {
        let choices = &self.choices();
        let is_yes_or_no = self.options.last().is_some_and(Option::is_none);
        if is_yes_or_no && let Some((yes, rest)) = nlu::leading_answer(utterance, self.state.language()) {
            let mut finding = if rest.is_empty() { Finding::default() } else { elsewhere(rest) };
            finding.ranked.insert(0, answer(usize::from(!yes), 0.95, "yes or no"));
            return finding;
        }
        let mut finding = elsewhere(utterance);
        if self.is_overtaken_by(&finding) {
            return finding;
        }
        let tiers = self.state.tiers(utterance);
        // "9 in the morning" and "9 in the evening" are too close to each other for anything but their own words.
        let own = if self.is_of_value() { tiers.exact } else { tiers.finding };
        let best = own.ranked.first().filter(|best| best.confidence >= ANSWERS);
        let place = best.and_then(|best| Some((place_of(&best.selection, choices)?, best.confidence)));
        if let Some((place, confidence)) = place.or_else(|| Some((self.named(utterance)?, ANSWERS))) {
            finding.ranked.insert(0, answer(place, confidence, "answer"));
        } else if own.ranked.first().is_some_and(|best| best.selection == Selection::Repeat) {
            return own;
        }
        finding
    }

    /// Whether something else is said for the field it asks about: "eight in the evening", asked which half of the day nine is.
    fn is_overtaken_by(&self, finding: &Finding) -> bool {
        let asked = || self.options.iter().flatten().filter_map(|given| given.filled.as_ref());
        finding.slots.iter().any(|said| {
            let mut own = asked().filter(|own| own.slot == said.slot).peekable();
            own.peek().is_some() && said.readings.len() == 1 && own.all(|own| own.readings != said.readings)
        })
    }

    /// Whether it asks which reading of a value is meant.
    fn is_of_value(&self) -> bool {
        self.options.iter().flatten().any(|given| given.filled.is_some())
    }

    /// The only answer of which a phrase is said among other words: "the one in the evening".
    fn named(&self, utterance: &str) -> Option<usize> {
        let words = |text: &str| -> Vec<String> {
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
        };
        let (said, choices) = (words(utterance), self.choices());
        let is_said = |phrase: &String| {
            let phrase = words(phrase);
            !phrase.is_empty() && said.windows(phrase.len()).any(|window| window == phrase)
        };
        let is_named = |choice: &Choice| choice.phrases.iter().chain(&choice.label).any(is_said);
        let mut named = choices.iter().enumerate().filter(|(_, choice)| self.is_of_value() && is_named(choice));
        let (place, _) = named.next()?;
        named.next().is_none().then_some(place)
    }

    /// The answer that keys give; `None` if they are the application's.
    pub(super) fn keyed(&self, keys: &str) -> Option<usize> {
        self.choices().iter().position(|choice| choice.key.as_deref() == Some(keys))
    }

    /// The answer that is the same as what was found: who says it again means it.
    pub(super) fn same(&self, finding: &Finding, sure: f64) -> Option<usize> {
        let is_same = |option: &Option<Given>| {
            let Some(given) = option else { return false };
            let best = finding.ranked.first().filter(|best| best.confidence >= sure);
            let ranked =
                best.is_some_and(|best| given.ranked.first().is_some_and(|own| own.selection == best.selection));
            let filled = given.filled.as_ref().is_some_and(|own| {
                finding.slots.iter().any(|slot| slot.slot == own.slot && slot.readings == own.readings)
            });
            ranked || filled
        };
        self.options.iter().position(is_same)
    }

    /// The same question once more, with its keys.
    pub(super) fn asked_again(mut self, state: &State) -> Self {
        let choices = self.choices();
        let keyed: Vec<(&str, &str)> =
            choices.iter().filter_map(|choice| Some((choice.key.as_deref()?, choice.label.as_deref()?))).collect();
        let keys = phrases::keys(&keyed, self.state.language());
        let hint = phrases::sentence(state, Message::Keys, &[("choices", &keys)]).filter(|_| !keyed.is_empty());
        let lang = request_of(&self.turn).map(|request| request.lang.clone()).unwrap_or_default();
        self.turn.prompts.retain(|spoken| spoken.origin == Origin::Bridge);
        self.turn.prompts.extend(hint.map(|hint| sentence_of(&hint, &lang)));
        self.again = true;
        self
    }

    fn choices(&self) -> Vec<Choice> {
        request_of(&self.turn).map(|request| request.choices.clone()).unwrap_or_default()
    }
}

/// What a turn listens for.
pub(super) fn request_of(turn: &Turn) -> Option<&InputRequest> {
    match &turn.next {
        Next::Listen(request) => Some(request),
        _ => None,
    }
}

/// The choice that is selected, by its place among the application's.
pub(super) fn choice_of(selection: &Selection, request: &InputRequest) -> Option<usize> {
    place_of(selection, &request.choices)
}

fn place_of(selection: &Selection, choices: &[Choice]) -> Option<usize> {
    match selection {
        Selection::Key(keys) => choices.iter().position(|choice| choice.key.as_ref() == Some(&keys.0)),
        Selection::Phrase(phrase) => choices
            .iter()
            .position(|choice| choice.phrases.contains(&phrase.0) || choice.label.as_ref() == Some(&phrase.0)),
        _ => None,
    }
}

/// A sentence of the bridge that the caller may interrupt.
pub(super) fn sentence_of(text: &str, lang: &str) -> Spoken {
    let content = vec![Speech::Text(text.to_owned())];
    Spoken { content, bargein: true, lang: lang.to_owned(), origin: Origin::Bridge }
}

fn option(key: &str, label: &str, phrases: &[&str]) -> Choice {
    let phrases = phrases.iter().map(|phrase| (*phrase).to_owned()).collect();
    Choice { key: Some(key.to_owned()), phrases, label: Some(label.to_owned()), target: None }
}

fn answer(place: usize, confidence: f64, why: &str) -> Interpretation {
    Interpretation { selection: Selection::Answer(place), confidence, why: why.to_owned() }
}

/// How a value that is no choice is said: digits one by one.
fn spelled(selection: &Selection) -> Option<String> {
    match selection {
        Selection::Key(keys) if keys.0.len() > 2 => {
            Some(keys.0.chars().map(String::from).collect::<Vec<_>>().join(" "))
        }
        Selection::Key(text) | Selection::Phrase(text) | Selection::Value(text) => Some(text.0.clone()),
        Selection::Answer(_) | Selection::Event(_) | Selection::Repeat => None,
    }
}
