//! Asking a model what unsure words mean, before they enter the journal: what it found is part of the event, and a replay
//! asks nobody.

use super::answer::Answer;
use super::call::Call;
use super::masks::Masks;
use super::turn::local_time;
use crate::dialogue::{Finding, Happening, Heard, Speech, Spoken};
use crate::model::{Failure, Model, Spent};
use crate::nlu::model::{Exchange, Question, needs_model};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// So many turns of a call are told with a question.
const TURNS: usize = 3;

/// What a call has asked, and what a model is told of it.
#[derive(Debug, Default)]
pub(super) struct Consultation {
    spent: Spent,
    /// The last turns, the oldest first, as they may leave the machine.
    before: VecDeque<Exchange>,
    /// What was secret once is so in all that follows.
    masks: Masks,
}

impl Consultation {
    /// A turn has come to its end: what its caller heard before, and did.
    pub(super) fn note(&mut self, before: &Answer, heard: &Happening, secret: bool) {
        if secret {
            self.masks.learn_from(heard);
        }
        let said = match heard {
            Happening::Heard(Heard::Speech { utterance, .. }) if !secret => Some(utterance.0.as_str()),
            // Keys say something where they choose; longer ones are numbers, and nobody's business.
            Happening::Heard(Heard::Keys { keys }) if !secret && keys.len() == 1 => Some(keys.0.as_str()),
            Happening::Nothing => Some("(silence)"),
            Happening::Heard(_) => None,
            _ => return,
        };
        let asked = spoken(before.outcome.prompts());
        let exchange = Exchange::new(&self.masks.text(&asked), said.map(|said| self.masks.text(said)).as_deref());
        if self.before.len() >= TURNS {
            self.before.pop_front();
        }
        self.before.push_back(exchange);
    }
}

fn spoken(prompts: &[Spoken]) -> String {
    prompts.iter().map(|prompt| Speech::words(&prompt.content)).collect::<Vec<_>>().join(" ")
}

impl Call {
    /// What was heard, with what a model made of it where the application may ask one, it is not secret, and what was
    /// found so far is unsure. Without an answer in time it stays as it is.
    pub(super) async fn consult(&mut self, heard: Happening, secret: bool, at: i64) -> Happening {
        let Some(model) = self.app.model.clone().filter(|_| !secret) else { return heard };
        let Happening::Heard(Heard::Speech { utterance, confidence, alternatives, finding }) = heard else {
            return heard;
        };
        // A fault in asking must not take the call with it.
        let question = catch_unwind(AssertUnwindSafe(|| self.question(&utterance, &finding))).unwrap_or_default();
        let finding = match question {
            Some(question) => self.ask(&model, &question, finding, at).await,
            None => finding,
        };
        Happening::Heard(Heard::Speech { utterance, confidence, alternatives, finding })
    }

    /// What to ask of an utterance, if anything.
    fn question(&self, utterance: &str, finding: &Finding) -> Option<Question> {
        // The bridge's own questions are about two or three things, which are told apart without a model.
        let state = self.conversation().filter(|conversation| !conversation.is_asking())?.state()?;
        if !needs_model(finding, state.threshold(), state.open_slots().count()) {
            return None;
        }
        let before: Vec<Exchange> = self.consultation.before.iter().cloned().collect();
        let masks = &self.consultation.masks;
        Question::of(state, &masks.text(utterance), finding, &before)
    }

    async fn ask(&mut self, model: &Arc<Model>, question: &Question, finding: Finding, at: i64) -> Finding {
        let meter = &self.shared.meter;
        meter.asked_model();
        let reply = match model.ask(&self.app.name, &mut self.consultation.spent, question).await {
            Ok(reply) => reply,
            Err(failure) => {
                meter.failed_model();
                let (call, app) = (&self.id, &self.app.name);
                match failure {
                    _ if failure.is_misconfigured() => {
                        tracing::error!(%call, %app, %failure, "the model did not answer: is [model] right?");
                    }
                    Failure::Resting | Failure::Budget(_) => {
                        tracing::debug!(%call, %app, %failure, "the model was not asked")
                    }
                    _ => tracing::warn!(%call, %app, %failure, "the model did not answer"),
                }
                return finding;
            }
        };
        meter.answered_model(reply.is_cached);
        let Some(conversation) = self.conversation() else { return finding };
        let (before, now) = (finding.clone(), local_time(at, &self.app.timezone));
        let merge = || reply.answer.merge(finding, |words| conversation.understand(words, now));
        catch_unwind(AssertUnwindSafe(merge)).unwrap_or(before)
    }
}
