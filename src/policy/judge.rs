//! What becomes of what the caller said: accepted, asked about, kept for later, or left to the application.

use super::conversation::{Application, Conversation, Reaction};
use super::held::{Answer, Asked};
use super::phrases;
use super::question::{Question, choice_of, request_of, sentence_of};
use super::said::{Given, Said};
use crate::dialogue::{
    Event, FilledSlot, Finding, Happening, Heard, InputRequest, Interpretation, Origin, Policy, Selection, Step, Turn,
};
use crate::nlu::{Message, State, Thresholds};
use std::sync::Arc;

/// The bridge says something on its own account so often until the application gets its word.
const INTERJECTIONS: u32 = 3;
/// Readings that are so close to each other may both be meant, however likely the first.
const CLOSE: f64 = 0.1;
/// Where the first is not sure, one with this share of its likeliness may be meant instead.
const RIVAL: f64 = 0.5;
/// A reading that is less likely than this is not offered.
const LIKELY: f64 = 0.2;
/// Choices that are offered at most.
const OFFERED: usize = 3;
/// The wish for a person, where the application has no choice for it.
const OPERATOR: &str = "operator";
/// A choice that is named so surely is meant, whatever else the words could fill.
const NAMED: f64 = 0.9;

impl<A: Application> Conversation<A> {
    /// Decides what becomes of words in the application's turn.
    pub(super) fn judge(&mut self, said: Said, finding: Finding) -> Step {
        let (Some(turn), Some(state)) = (self.turn.clone(), self.state.clone()) else {
            return self.apply(said.meaning(Finding::default()));
        };
        let Some(request) = request_of(&turn) else { return self.apply(said.meaning(Finding::default())) };
        let limits = state.thresholds();
        let policy = self.policy_in(request, &state);
        let mut finding = legal(finding, request, &state);
        let floor = if policy == Policy::Plain { limits.accept } else { limits.confirm };
        // What alone is too unlikely may be one of several that are close.
        finding.ranked.retain(|reading| reading.confidence >= floor.min(LIKELY));
        finding.slots.retain(|filled| policy != Policy::Plain && filled.confidence >= floor);
        if finding.best(limits.accept).is_some_and(|best| best.selection == Selection::Repeat) {
            return Step::Turn(turn);
        }
        finding.ranked.retain(|reading| reading.selection != Selection::Repeat);
        if policy == Policy::Plain || self.interjections >= INTERJECTIONS {
            finding.ranked.retain(|reading| reading.confidence >= limits.accept);
            finding.slots.clear();
            return self.apply(said.meaning(finding));
        }
        let is_wish = |reading: &Interpretation| reading.selection == Selection::Event(OPERATOR.to_owned());
        if finding.best(limits.accept).is_some_and(is_wish) {
            return self.call_agent(said, &turn, &state);
        }
        finding.ranked.retain(|reading| !is_wish(reading));
        if let Some((name, refused)) = &self.refused
            && *name == request.state
        {
            finding.ranked.retain(|reading| reading.selection != *refused);
        }
        let asked = Asked::of(request, &state);
        let sorted = self.sort(std::mem::take(&mut finding.slots), &said, &asked, request, &state);
        let best = finding.best(limits.accept);
        if let Some(own) = sorted.own.filter(|own| best.is_none_or(|best| best.confidence < NAMED.max(own.confidence)))
        {
            return self.take_own(own, said, &asked, &turn, &state);
        }
        let first = request.open.iter().find(|slot| sorted.noted.iter().any(|noted| noted.slot == slot.name));
        let corrected = match first.filter(|_| request.initial) {
            // The form asked for whatever the caller has to say: one answer begins it, the others follow in its order.
            Some(first) => self.held.begin(&first.name),
            None => sorted.corrected,
        };
        if corrected {
            // Its question is there for the case that it must be asked after all.
            let prompts = turn.prompts.into_iter().filter(|spoken| spoken.origin == Origin::Item).collect();
            return self.present(Step::Turn(Turn { prompts, next: turn.next }), said.at);
        }
        if best.is_none() && !sorted.noted.is_empty() {
            return self.note(&sorted.noted, turn, &state);
        }
        if !sorted.noted.is_empty() && state.asks_yes_or_no() {
            self.held.revive();
        }
        self.by_rank(said, finding, policy, &turn, &state)
    }

    /// The caller wants a person: the mapping says where there is one.
    fn call_agent(&mut self, said: Said, turn: &Turn, state: &State) -> Step {
        let silent = Turn { prompts: Vec::new(), next: turn.next.clone() };
        match self.agent(&silent, state, said.at) {
            Some(help) => self.help_now(help, turn.clone(), said.at),
            None => self.apply(said.meaning(Finding::default())),
        }
    }

    /// Keeps what fills other fields than the one that was asked for.
    fn sort(
        &mut self,
        slots: Vec<FilledSlot>,
        said: &Said,
        asked: &Asked,
        request: &InputRequest,
        state: &State,
    ) -> Sorted {
        let mut sorted = Sorted::default();
        for filled in slots {
            if filled.slot == asked.item {
                sorted.own = Some(filled);
            } else if filled.readings.is_empty() {
                // It will be asked.
            } else if request.filled.iter().any(|slot| slot.name == filled.slot) {
                self.held.correct(filled, said, asked, state);
                sorted.corrected = true;
            } else if self.held.keep(filled.clone(), said, asked, state) {
                sorted.noted.push(filled);
            }
        }
        sorted
    }

    /// The answer to what was asked.
    fn take_own(&mut self, own: FilledSlot, said: Said, asked: &Asked, turn: &Turn, state: &Arc<State>) -> Step {
        let answer = Answer::now(said, own, asked, state);
        match self.settle(&answer, false, turn, state) {
            Some(Settled::Given(event)) => self.apply(event),
            Some(Settled::Asks(question)) => self.ask(*question, turn.clone(), false),
            None if answer.filled.readings.is_empty() => self.ask_exactly(answer, turn, state),
            None => self.apply(answer.said.meaning(Finding::default())),
        }
    }

    /// What was said fills the field, but not exactly: "after five".
    fn ask_exactly(&mut self, answer: Answer, turn: &Turn, state: &State) -> Step {
        let label = state.slot_label(&answer.filled.slot).unwrap_or_default();
        let values = [("field", label), ("said", answer.filled.spoken.0.as_str())];
        let lang = request_of(turn).map(|request| request.lang.clone()).unwrap_or_default();
        match phrases::sentence(state, Message::Vague, &values).filter(|_| self.interjections == 0) {
            Some(text) => self.say_instead(&text, &lang, turn),
            None => self.apply(answer.said.meaning(Finding::default())),
        }
    }

    /// Says what was noted, and asks again what was not answered.
    fn note(&mut self, noted: &[FilledSlot], turn: Turn, state: &State) -> Step {
        let values: Vec<&str> = noted
            .iter()
            .map(|filled| match filled.readings.as_slice() {
                [only] => only.said.as_str(),
                _ => filled.spoken.0.as_str(),
            })
            .collect();
        let values = phrases::sum(&values, state.language());
        let lang = request_of(&turn).map(|request| request.lang.clone()).unwrap_or_default();
        let text = phrases::sentence(state, Message::Noted, &[("values", &values)]);
        self.interjections += 1;
        let mut again = turn;
        again.prompts.retain(|spoken| spoken.origin == Origin::Item);
        again.prompts.splice(..0, text.map(|text| sentence_of(&text, &lang)));
        Step::Turn(again)
    }

    /// By the ranked readings alone.
    fn by_rank(&mut self, said: Said, mut finding: Finding, policy: Policy, turn: &Turn, state: &Arc<State>) -> Step {
        let Some(request) = request_of(turn) else { return self.apply(said.meaning(finding)) };
        let limits = state.thresholds();
        let question = match rank(&finding, request, state, policy, limits) {
            Verdict::Accept => None,
            Verdict::Confirm(best) => Some(Question::confirm(said.clone(), &best, turn, state)),
            Verdict::Which(several) => Some(Question::which(&said, &several, turn, state)),
            Verdict::Reject => return self.apply(said.meaning(Finding::default())),
        };
        finding.ranked.retain(|reading| reading.confidence >= limits.confirm);
        match question {
            Some(Some(question)) => self.ask(question, turn.clone(), false),
            // What cannot be asked is left to the application.
            Some(None) if finding.best(limits.accept).is_none() => self.apply(said.meaning(Finding::default())),
            _ => self.apply(said.meaning(finding)),
        }
    }

    /// What becomes of an answer that waited, now that its question comes.
    pub(super) fn settle_held(
        &mut self,
        answer: &Answer,
        corrects: bool,
        turn: &Turn,
        state: &Arc<State>,
    ) -> Option<Reaction> {
        match self.settle(answer, corrects, turn, state)? {
            Settled::Given(event) => {
                self.pass_over(turn);
                Some(Reaction::Answers(event))
            }
            Settled::Asks(question) => {
                self.pass_over(turn);
                let dressed = self.dress_in(turn.clone(), Some(Arc::clone(state)));
                match self.ask(*question, dressed, true) {
                    Step::Turn(turn) => Some(Reaction::Hears(turn)),
                    Step::Fetch(_) | Step::Done(_) => None,
                }
            }
        }
    }

    fn settle(&mut self, answer: &Answer, corrects: bool, turn: &Turn, state: &Arc<State>) -> Option<Settled> {
        let request = request_of(turn)?;
        let sure = answer.filled.confidence >= state.thresholds().accept;
        let policy = self.policy_in(request, state);
        match answer.filled.readings.len() {
            0 => None,
            1 if sure && policy != Policy::Careful => {
                let given = Given::reading(&answer.said, &answer.filled, 0, corrects)?;
                self.remember(&given, request, state);
                Some(Settled::Given(given.event()))
            }
            1 => Question::confirm_value(answer, corrects, turn, state).map(Box::new).map(Settled::Asks),
            _ => Question::which_reading(answer, corrects, turn, state).map(Box::new).map(Settled::Asks),
        }
    }

    /// Asks a question of the bridge's own in the place of the application's turn.
    fn ask(&mut self, mut question: Question, asked: Turn, of_held: bool) -> Step {
        question.of_held = of_held;
        self.interjections += 1;
        self.turn = Some(asked);
        let turn = question.turn.clone();
        self.question = Some(question);
        Step::Turn(turn)
    }

    /// Says a sentence and listens for the same as before.
    fn say_instead(&mut self, text: &str, lang: &str, turn: &Turn) -> Step {
        self.interjections += 1;
        Step::Turn(Turn { prompts: vec![sentence_of(text, lang)], next: turn.next.clone() })
    }

    fn remember(&mut self, given: &Given, request: &InputRequest, state: &State) {
        if let Some(filled) = &given.filled {
            self.held.gave(filled, &given.said, &Asked::of(request, state), state);
        }
    }

    /// What the caller does when the bridge has asked something itself.
    pub(super) fn answer(&mut self, question: Question, event: Event) -> Step {
        let at = event.at;
        match event.happening {
            Happening::Heard(Heard::Keys { keys }) => match question.keyed(&keys.0) {
                Some(place) => self.answered(question, place, None),
                None => self.apply(Event { at, happening: Happening::Heard(Heard::Keys { keys }) }),
            },
            Happening::Heard(Heard::Speech { utterance, confidence, alternatives, finding }) => {
                let finding = self.believed(finding, confidence);
                self.answered_in_words(question, Said { at, utterance, confidence, alternatives }, finding)
            }
            Happening::Nothing => self.not_answered(question, Event { at, happening: Happening::Nothing }),
            happening => self.apply(Event { at, happening }),
        }
    }

    fn answered_in_words(&mut self, question: Question, said: Said, mut finding: Finding) -> Step {
        let Some(state) = self.state.clone() else { return self.apply(said.meaning(Finding::default())) };
        let limits = state.thresholds();
        let repeats = finding.best(limits.accept).is_some_and(|best| best.selection == Selection::Repeat);
        match finding.ranked.first().map(|best| &best.selection) {
            Some(Selection::Answer(place)) if *place < question.options.len() => {
                let place = *place;
                finding.ranked.retain(|reading| !matches!(reading.selection, Selection::Answer(_)));
                self.answered(question, place, Some((said, finding)))
            }
            Some(Selection::Repeat) if repeats => {
                let turn = question.turn.clone();
                self.question = Some(question);
                Step::Turn(turn)
            }
            _ => match question.same(&finding, limits.confirm) {
                Some(place) => self.answered(question, place, None),
                None if is_news(&finding, limits.accept) => self.judge(said, finding),
                None => self.not_answered(question, said.meaning(Finding::default())),
            },
        }
    }

    /// An answer to the bridge's question, perhaps with more behind it: "no, I meant Friday".
    fn answered(&mut self, mut question: Question, place: usize, more: Option<(Said, Finding)>) -> Step {
        let (Some(turn), Some(state)) = (self.turn.clone(), self.state.clone()) else {
            return Step::Turn(question.turn);
        };
        let Some(request) = request_of(&turn) else { return Step::Turn(question.turn) };
        if let Some(given) = question.options.get_mut(place).and_then(Option::take) {
            if let Some((said, finding)) = more {
                let asked = Asked::of(request, &state);
                let slots = legal(finding, request, &state).slots;
                let others = slots.into_iter().filter(|filled| filled.slot != asked.item).collect();
                self.sort(others, &said, &asked, request, &state);
            }
            self.remember(&given, request, &state);
            return self.apply(given.event());
        }
        let refused = question.options.into_iter().flatten().next();
        let was_refused_before = self.refused.as_ref().is_some_and(|(name, _)| *name == request.state);
        let reading = refused.and_then(|refused| refused.ranked.into_iter().next());
        self.refused = reading.map(|reading| (request.state.clone(), reading.selection));
        if let Some((said, finding)) = more {
            if is_news(&finding, state.thresholds().confirm) {
                return self.judge(said, finding);
            }
            if was_refused_before {
                return self.apply(said.meaning(Finding::default()));
            }
        }
        if question.of_held {
            return self.ask_itself(turn);
        }
        let lang = request.lang.clone();
        match phrases::sentence(&state, Message::Declined, &[]) {
            Some(text) => self.say_instead(&text, &lang, &turn),
            None => self.ask_itself(turn),
        }
    }

    /// A question that was not answered is asked once more, or else is the application's.
    fn not_answered(&mut self, question: Question, event: Event) -> Step {
        let turn = self.turn.clone();
        match (turn, self.state.clone()) {
            (Some(turn), _) if question.of_held => self.ask_itself(turn),
            (Some(turn), Some(state)) if !question.again => {
                let question = question.asked_again(&state);
                self.ask(question, turn, false)
            }
            _ => self.apply(event),
        }
    }

    /// The application's own question after all.
    fn ask_itself(&mut self, mut turn: Turn) -> Step {
        turn.prompts.retain(|spoken| spoken.origin != Origin::Application);
        Step::Turn(turn)
    }
}

/// What fills slots, by what becomes of it.
#[derive(Default)]
struct Sorted {
    /// For the field that was asked for.
    own: Option<FilledSlot>,
    /// For fields that will be asked for.
    noted: Vec<FilledSlot>,
    /// Whether a field that is filled gets a new value.
    corrected: bool,
}

/// What becomes of an answer.
enum Settled {
    /// The application gets it.
    Given(Event),
    /// The caller is asked about it first.
    Asks(Box<Question>),
}

enum Verdict {
    Accept,
    Confirm(Interpretation),
    Which(Vec<Interpretation>),
    Reject,
}

fn rank(finding: &Finding, request: &InputRequest, state: &State, policy: Policy, limits: Thresholds) -> Verdict {
    let Some(best) = finding.ranked.first() else { return Verdict::Reject };
    // Its own grammars may take what is no sure choice.
    let may_be_words = request.speech.as_ref().is_some_and(|speech| speech.own_grammars) && !request.slots.is_empty();
    let choice = choice_of(&best.selection, request);
    let (is_choice, is_sure) = (choice.is_some(), best.confidence >= limits.accept);
    let is_command = choice.is_some_and(|choice| state.is_command(choice));
    if matches!(best.selection, Selection::Event(_)) || (is_choice && state.asks_yes_or_no()) || may_be_words {
        let enough = if may_be_words { limits.accept } else { limits.confirm };
        return if best.confidence >= enough { Verdict::Accept } else { Verdict::Reject };
    }
    let close: Vec<Interpretation> = finding
        .ranked
        .iter()
        .filter(|other| choice_of(&other.selection, request).is_some() && other.confidence >= LIKELY)
        .filter(|other| {
            let is_rival = !is_sure && other.confidence >= best.confidence * RIVAL;
            is_rival || best.confidence - other.confidence < CLOSE
        })
        .take(OFFERED)
        .cloned()
        .collect();
    let together: f64 = close.iter().map(|other| other.confidence).sum();
    match is_choice && close.len() > 1 && together >= limits.accept {
        true => Verdict::Which(close),
        false if is_sure && (policy != Policy::Careful || is_command) => Verdict::Accept,
        false if best.confidence >= limits.confirm => Verdict::Confirm(best.clone()),
        false => Verdict::Reject,
    }
}

/// Whether there is more in it than could be misheard noise.
fn is_news(finding: &Finding, sure: f64) -> bool {
    let worth = |reading: &&Interpretation| !matches!(reading.selection, Selection::Answer(_) | Selection::Repeat);
    finding.ranked.iter().find(worth).is_some_and(|best| best.confidence >= sure) || !finding.slots.is_empty()
}

/// What the application could have understood itself: one of its choices, something for an open slot, a request for help.
fn legal(mut finding: Finding, request: &InputRequest, state: &State) -> Finding {
    let item = request.state.rsplit('/').next().unwrap_or_default();
    let takes_value = |slot: &str| state.entity(slot).is_some();
    finding.ranked.retain(|reading| match &reading.selection {
        Selection::Key(keys) => {
            let is_keys = !keys.0.is_empty() && keys.0.bytes().all(|key| b"0123456789*#ABCD".contains(&key));
            choice_of(&reading.selection, request).is_some() || (is_keys && !request.slots.is_empty())
        }
        Selection::Phrase(_) => choice_of(&reading.selection, request).is_some() || !request.slots.is_empty(),
        Selection::Value(_) => takes_value(item),
        Selection::Event(event) => event == "help" || event == OPERATOR,
        Selection::Repeat => true,
        Selection::Answer(_) => false,
    });
    let of_form = || request.slots.iter().chain(&request.open).chain(&request.filled);
    finding.slots.retain_mut(|filled| {
        let slot = of_form().find(|slot| slot.name == filled.slot);
        let choices = slot.map_or(&[][..], |slot| &slot.choices);
        // What is asked for may be a slot and have choices beside it, such as links.
        let is_slot = request.slots.iter().any(|slot| slot.name == filled.slot);
        let own = if filled.slot == item && !is_slot { &request.choices[..] } else { choices };
        filled.readings.retain(|reading| match &reading.selection {
            Selection::Key(_) | Selection::Phrase(_) if own.is_empty() => slot.is_some(),
            Selection::Key(keys) => own.iter().any(|choice| choice.key.as_ref() == Some(&keys.0)),
            Selection::Phrase(phrase) => own.iter().any(|choice| choice.phrases.contains(&phrase.0)),
            Selection::Value(_) => takes_value(&filled.slot),
            Selection::Answer(_) | Selection::Event(_) | Selection::Repeat => false,
        });
        slot.is_some() || filled.slot == item || takes_value(&filled.slot)
    });
    finding
}
