//! A call over webhooks: a simulated Twilio obeys the TwiML, and a caller does what a script says.

use super::files::recording_url;
use super::line::{
    Broken, CALLED, CALLER, CONVERSATION, Call, GIBBERISH, INPUT, Inside, RINGING, STRAY_KEY, Wait, audio, joined,
    out_of_step,
};
use super::manifest::{Fate, Recording, Step};
use super::phone::{Leg, Phone};
use super::stage::Stage;
use crate::channel::twilio::reading::{Sound, Then};

/// A call by a simulated Twilio.
pub(super) struct Webhooks<'a> {
    phone: Phone,
    pub(super) call: Call<'a>,
}

impl<'a> Webhooks<'a> {
    pub(super) async fn call(stage: &'a Stage, app: &str) -> Result<Self, Broken> {
        let url = format!("{}/twilio/voice/{app}", stage.platform.base());
        let phone = Phone::call(&stage.platform, &url, CALLER, CALLED).await?;
        let call = Call { stage, id: phone.sid.clone(), inside: Inside::default() };
        let mut line = Self { phone, call };
        line.look_inside().await?;
        Ok(line)
    }

    pub(super) fn wait(&self) -> Wait {
        match &self.phone.answer.then {
            _ if self.phone.over => Wait::Over,
            Then::Gather(_) => Wait::Input,
            Then::Record { .. } => Wait::Recording,
            Then::Dial { .. } => Wait::Transfer,
            Then::Redirect(_) | Then::Hangup => Wait::Over,
        }
    }

    pub(super) fn heard(&self) -> String {
        let sound = |sound: &Sound| match sound {
            Sound::Say { text, .. } => text.clone(),
            Sound::Play(url) => audio(url),
            Sound::Pause(_) => String::new(),
        };
        joined(self.phone.sounds.iter().map(sound))
    }

    pub(super) async fn act(&mut self, step: &Step, during: Option<&Step>) -> Result<(), Broken> {
        match self.phone.answer.then.clone() {
            Then::Gather(gather) => {
                let silent = matches!(step, Step::Silence);
                self.call.stage.pass(if silent { u64::from(gather.timeout) * 1_000 } else { INPUT });
                match step {
                    Step::Say { best, .. } => self.phone.say(&best.say, best.confidence).await?,
                    Step::Press(keys) => self.phone.press(keys).await?,
                    Step::Silence => self.phone.silence().await?,
                    Step::NoMatch if gather.speech => self.phone.say(GIBBERISH, 1.0).await?,
                    Step::NoMatch => self.phone.press(STRAY_KEY).await?,
                    Step::HangUp => self.phone.hang_up().await?,
                    Step::Record(_) | Step::Transfer(_) => return Err(out_of_step("keys or speech", step)),
                }
            }
            Then::Record { .. } => self.record(step).await?,
            Then::Dial { time_limit, .. } => self.transfer(step, during, time_limit).await?,
            Then::Redirect(_) | Then::Hangup => return Err(out_of_step("nothing any more", step)),
        }
        self.look_inside().await
    }

    async fn record(&mut self, step: &Step) -> Result<(), Broken> {
        match step {
            Step::Record(Recording { seconds, dtmf, hangup }) => {
                self.call.stage.pass(u64::from(*seconds) * 1_000);
                let url = recording_url(&self.call.stage.files.base, *seconds);
                if *hangup {
                    self.phone.record_and_hang_up(*seconds, &url).await?;
                } else {
                    self.phone.record(*seconds, *dtmf, &url).await?;
                }
            }
            Step::Silence => self.phone.silence().await?,
            // Twilio tells the action of a Record first.
            Step::HangUp => self.phone.record_and_hang_up(0, "").await?,
            _ => return Err(out_of_step("a recording", step)),
        }
        Ok(())
    }

    async fn transfer(&mut self, step: &Step, during: Option<&Step>, limit: u32) -> Result<(), Broken> {
        let fate = match step {
            Step::Transfer(fate) => *fate,
            Step::HangUp => return Ok(self.phone.hang_up_in(Leg::NoAnswer).await?),
            _ => return Err(out_of_step("the end of a transfer", step)),
        };
        let leg = match fate {
            Fate::FarEndDisconnect | Fate::BlindConnected | Fate::Answered => Leg::Answered(CONVERSATION),
            Fate::AnsweredUntilMaxtime => Leg::Answered(limit),
            Fate::Ringing => Leg::NoAnswer,
            Fate::Busy => Leg::Busy,
            Fate::NetworkBusy => Leg::Failed,
        };
        let seconds = match leg {
            Leg::Answered(seconds) => seconds,
            Leg::NoAnswer => RINGING,
            Leg::Busy | Leg::Failed => 0,
        };
        self.call.stage.pass(u64::from(seconds) * 1_000);
        match (fate, during) {
            (Fate::Answered, Some(Step::HangUp)) => self.phone.hang_up_in(leg).await?,
            _ => self.phone.wait_for(leg).await?,
        }
        Ok(())
    }

    /// A call that has ended is told to the status callback, whoever ended it.
    pub(super) async fn leave(&mut self) -> Result<(), Broken> {
        if !self.phone.over {
            self.phone.hang_up().await?;
        }
        self.look_inside().await
    }

    async fn look_inside(&mut self) -> Result<(), Broken> {
        let reply = self.call.stage.site.host.pick_up(&self.call.id, 0, 0).await;
        self.call.settle(reply).await?;
        Ok(())
    }
}
