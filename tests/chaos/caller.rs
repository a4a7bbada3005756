//! A caller who goes through a script on the simulated phone.

use crate::dice::Dice;
use crate::script::{Act, Script, Step, number_of};
use std::time::{Duration, Instant};
use voxbridge::channel::twilio::reading::{Sound, Then};
use voxbridge::conformance::{Fault, Leg, Phone, Platform};

/// A caller answers a question so often; after that the application does not go on.
const PATIENCE: u32 = 6;
/// How URLs that stand on Twilio's side tell it to repeat requests.
const REPEATED: &str = "#rc=3&rp=all";
/// Words no caller may hear, whoever says them.
const ERRORS: [&str; 6] = [
    "something went wrong",
    "algo ha salido mal",
    "call again later",
    "technical difficulties",
    "not available at the moment",
    "no está disponible",
];

/// How a call went.
#[derive(Debug, Default)]
pub struct Course {
    pub turns: u64,
    /// Questions that were asked again, as what the caller had done was lost.
    pub asked_again: u64,
    /// Whether nobody could be told that the caller had hung up, however often Twilio tried: then the call ends when it
    /// has been silent for long, which is after the test.
    pub gone_unheard: bool,
    /// The longest a caller waited for an answer.
    pub slowest: Duration,
    /// Why it did not go as its script says.
    pub failure: Option<String>,
}

impl Course {
    pub fn failed(why: String) -> Self {
        Self { failure: Some(why), ..Self::default() }
    }
}

/// Plays a script.
pub async fn play(platform: &Platform, script: &Script, dice: &mut Dice) -> Course {
    let mut course = Course::default();
    let begun = Instant::now();
    // As the number is configured on Twilio.
    let url = format!("{}/twilio/voice/{}{REPEATED}", platform.base(), script.app);
    let platform = &platform.with_fallback(&format!("{}/twilio/fallback/{}{REPEATED}", platform.base(), script.app));
    match Phone::call(platform, &url, &script.from, number_of(script.app)).await {
        Ok(phone) => {
            course.slowest = begun.elapsed();
            let mut caller = Caller { phone, platform, script, at: 0, again: 0 };
            if let Err(why) = caller.go_through(&mut course, dice).await {
                course.failure = Some(format!("call {} ({}): {why}", caller.phone.sid, script.name));
            }
        }
        Err(fault) => course.failure = Some(format!("a call from {} ({}): {fault}", script.from, script.name)),
    }
    course
}

struct Caller<'a> {
    phone: Phone,
    platform: &'a Platform,
    script: &'a Script,
    at: usize,
    again: u32,
}

impl Caller<'_> {
    async fn go_through(&mut self, course: &mut Course, dice: &mut Dice) -> Result<(), String> {
        loop {
            course.turns += 1;
            let step = self.listen(course)?;
            tokio::time::sleep(dice.millis(0, 300)).await;
            let begun = Instant::now();
            let done = self.act(&step).await;
            course.slowest = course.slowest.max(begun.elapsed());
            match done.map_err(|fault| format!("at {:?}: {fault}", step.hears))? {
                Done::Stays => self.at += 1,
                Done::Gone => return Ok(()),
                Done::GoneUnheard => {
                    course.gone_unheard = true;
                    return Ok(());
                }
            }
        }
    }

    /// The step that answers what is heard: the next of the script, or one that was answered already.
    fn listen(&mut self, course: &mut Course) -> Result<Step, String> {
        let heard = self.heard();
        if let Some(error) = ERRORS.iter().find(|error| heard.contains(**error)) {
            return Err(format!("the caller hears {error:?}: {heard:?}"));
        }
        let steps = &self.script.steps;
        if heard.contains(&steps[self.at].hears) {
            return Ok(steps[self.at].clone());
        }
        let Some(before) = steps[..self.at].iter().rposition(|step| heard.contains(&step.hears)) else {
            return Err(format!("expected {:?}, heard {heard:?}", steps[self.at].hears));
        };
        self.again += 1;
        if self.again > PATIENCE {
            return Err(format!("asked again and again: {heard:?}"));
        }
        course.asked_again += 1;
        self.at = before;
        Ok(steps[before].clone())
    }

    fn heard(&self) -> String {
        let said = self.phone.sounds.iter().map(|sound| match sound {
            Sound::Say { text, .. } => text.as_str(),
            Sound::Play(_) | Sound::Pause(_) => "",
        });
        let words: Vec<&str> = said.flat_map(str::split_whitespace).collect();
        words.join(" ").to_lowercase()
    }

    /// Does as the script says.
    async fn act(&mut self, step: &Step) -> Result<Done, Fault> {
        let phone = &mut self.phone;
        match &step.then {
            Act::Press(keys) => phone.press(keys).await?,
            Act::Say(words) => phone.say(words, 0.9).await?,
            Act::Silence => phone.silence().await?,
            Act::NoAnswer => phone.wait_for(Leg::NoAnswer).await?,
            Act::HangUp => return gone(phone.hang_up().await),
            Act::PressAndHangUp(keys) => {
                let url = format!("{}/twilio/status{REPEATED}", self.platform.base());
                let form = phone.form(&[("CallStatus", "completed"), ("CallDuration", "12")]);
                let (pressed, told) = tokio::join!(phone.press(keys), self.platform.send(&url, &form, "gone"));
                // Nobody listens to what is answered to the keys, but it is no error.
                pressed?;
                return gone(told.map(|_| ()));
            }
            Act::Leave => {
                if !matches!(phone.answer.then, Then::Hangup) {
                    return Err(Fault::NotWaiting("the end of the call", phone.twiml.clone()));
                }
                return gone(phone.hang_up().await);
            }
        }
        Ok(Done::Stays)
    }
}

/// What a caller is, having done something.
enum Done {
    Stays,
    Gone,
    /// Gone, and nobody could be told.
    GoneUnheard,
}

/// After a hang-up there is nothing but its news to be told; if no replica lives as long as Twilio tries, it is lost.
fn gone(told: Result<(), Fault>) -> Result<Done, Fault> {
    match told {
        Ok(()) => Ok(Done::Gone),
        Err(Fault::Refused { .. } | Fault::Http(_)) => Ok(Done::GoneUnheard),
        Err(fault) => Err(fault),
    }
}
