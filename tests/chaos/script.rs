//! What the callers do: each hears a question and answers it. A question that is asked again is answered again.

use crate::dice::Dice;

/// A call, from its first question to its end.
#[derive(Debug, Clone)]
pub struct Script {
    /// The application.
    pub app: &'static str,
    /// The kind of call, for messages.
    pub name: &'static str,
    /// Who calls: of each call another.
    pub from: String,
    pub steps: Vec<Step>,
    /// What the back-end has to be told, once each.
    pub submits: Vec<String>,
    /// What it may have been told, at most once: sent while the caller hung up.
    pub perhaps: Vec<String>,
}

/// A question, known by words of it, and what the caller does then.
#[derive(Debug, Clone)]
pub struct Step {
    pub hears: String,
    pub then: Act,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    Press(String),
    Say(&'static str),
    Silence,
    /// Whoever is dialled does not answer.
    NoAnswer,
    HangUp,
    /// Presses keys and hangs up at once: both are told at the same time.
    PressAndHangUp(String),
    /// The application has ended the call.
    Leave,
}

/// The number an application is called by.
pub fn number_of(app: &str) -> &'static str {
    match app {
        "bank" => "+18005550150",
        "airline" => "+18005550140",
        _ => "+18005550170",
    }
}

/// The script of call number `number`, as the dice fall.
pub fn write(number: u64, dice: &mut Dice) -> Script {
    let kinds: [fn(&mut Writer<'_>); 8] =
        [payments, payments, payments, survey, survey, balance_and_card, wrong_pin, flights];
    let kind = *dice.one_of(&kinds);
    let script = Script {
        app: "bank",
        name: "",
        from: format!("+1212{number:07}"),
        steps: Vec::new(),
        submits: Vec::new(),
        perhaps: Vec::new(),
    };
    let mut writer = Writer { script, number, dice };
    kind(&mut writer);
    writer.maybe_leave_early();
    writer.script
}

struct Writer<'a> {
    script: Script,
    number: u64,
    dice: &'a mut Dice,
}

impl Writer<'_> {
    fn on(&mut self, hears: &str, then: Act) {
        self.script.steps.push(Step { hears: hears.to_lowercase(), then });
    }

    fn press(&mut self, hears: &str, keys: &str) {
        self.on(hears, Act::Press(keys.to_owned()));
    }

    fn hang_up(&mut self, hears: &str) {
        self.on(hears, Act::HangUp);
    }

    /// Some callers hang up in the middle of what has no consequences.
    fn maybe_leave_early(&mut self) {
        let script = &mut self.script;
        if script.submits.is_empty() && script.perhaps.is_empty() && self.dice.happens(150) {
            let most = script.steps.len() as u64;
            let last = self.dice.between(1, most) as usize;
            script.steps.truncate(last);
            let step = &mut script.steps[last - 1];
            step.then = match &step.then {
                Act::Press(keys) if self.dice.happens(500) => Act::PressAndHangUp(keys.clone()),
                _ => Act::HangUp,
            };
        }
    }

    fn log_in(&mut self) {
        self.press("enter your eight digit account number", "40025173");
        if self.dice.happens(300) {
            self.press("enter your four digit PIN", "1199");
            self.press("That PIN is not correct", "4821");
        } else {
            self.press("enter your four digit PIN", "4821");
        }
    }

    /// A payment whose sum no other has, in cents.
    fn pay(&mut self, nth: u64) -> String {
        let sum = 10_000 + 2 * self.number + nth;
        let key = self.dice.between(1, 4).to_string();
        let name = ["City Electric", "Northfork Water", "Tidewater Telephone"][key.parse::<usize>().unwrap() - 1];
        match self.dice.happens(300) {
            true => self.on("Whom would you like to pay?", Act::Say(name)),
            false => self.press("Whom would you like to pay?", &key),
        }
        if self.dice.happens(300) {
            self.press("How much would you like to pay?", "5000#");
            self.press("more than your available balance", &keyed(sum));
        } else {
            self.press("How much would you like to pay?", &keyed(sum));
        }
        format!("payment of {sum}")
    }
}

fn keyed(sum: u64) -> String {
    format!("{}*{:02}#", sum / 100, sum % 100)
}

/// One or two payments; some callers hang up while they confirm.
fn payments(call: &mut Writer<'_>) {
    call.script.name = "payments";
    call.press("For your account balance, press 1", "3");
    call.log_in();
    let first = call.pay(0);
    if call.dice.happens(100) {
        call.script.perhaps.push(first);
        return call.on("You are paying", Act::PressAndHangUp("1".to_owned()));
    }
    call.press("You are paying", "1");
    call.script.submits.push(first);
    if call.dice.happens(400) {
        return call.hang_up("Your confirmation number is");
    }
    call.press("Your confirmation number is", "1");
    let second = call.pay(1);
    if call.dice.happens(300) {
        call.press("You are paying", "3");
        return call.hang_up("Nothing has been paid");
    }
    call.press("You are paying", "1");
    call.script.submits.push(second);
    if call.dice.happens(500) {
        call.press("Your confirmation number is", "2");
        call.hang_up("The available balance of your checking account");
    } else {
        call.on("Your confirmation number is", Act::Silence);
        call.on("Thank you for banking with Pinehaven", Act::Leave);
    }
}

/// Questions, each answer of which is submitted; hanging up is, too.
fn survey(call: &mut Writer<'_>) {
    call.script.name = "survey";
    call.script.app = "survey";
    let who = call.script.from.clone();
    for question in 1..=crate::backend::QUESTIONS {
        let answer = call.dice.between(1, 6).to_string();
        call.press(&format!("Question {question}."), &answer);
        call.script.submits.push(format!("question {question} by {who}"));
    }
    call.hang_up("That was the last question");
    call.script.submits.push(format!("farewell of {who}"));
}

fn balance_and_card(call: &mut Writer<'_>) {
    call.script.name = "balance and card";
    call.press("For your account balance, press 1", "1");
    call.log_in();
    call.press("is 1243 dollars and 50 cents", "1");
    call.press("a card purchase at Orchard Grocery", "2");
    call.press("Your savings account holds 8100 dollars", "*");
    call.press("To report a lost or stolen card, press 2", "2");
    match call.dice.happens(500) {
        true => {
            call.on("If your card is lost, press 1", Act::Say("My card was stolen"));
            // What is said of a card is confirmed.
            call.press("You want to report a stolen card, is that right?", "1");
        }
        false => call.press("If your card is lost, press 1", "2"),
    }
    call.press("Your card ending in 4 4 0 2 will be blocked at once", "1");
    call.press("Your reference number is 5 4 4 0 2", "2");
    call.hang_up("will be ready at your branch tomorrow");
}

fn wrong_pin(call: &mut Writer<'_>) {
    call.script.name = "wrong PIN";
    call.press("Para español, oprima nueve", "1");
    call.press("enter your eight digit account number", "61180345");
    call.press("enter your four digit PIN", "1111");
    call.press("That PIN is not correct", "2222");
    call.press("Please enter your four digit PIN", "3333");
    call.on("this account is now locked", Act::NoAnswer);
    call.on("0 1 6 2", Act::Leave);
}

fn flights(call: &mut Writer<'_>) {
    call.script.name = "flights";
    call.script.app = "airline";
    call.press("For flight status, press 1", "1");
    call.press("To enter a flight number, press 1", "1");
    call.press("enter the flight number, followed by the pound key", "731#");
    call.press("Flight 731 from Chicago to Seattle is cancelled today", "2");
    call.press("To search by city, press 2", "2");
    call.press("Where does the flight leave from?", "1");
    call.on("And where does it go to?", Act::Say("Miami"));
    call.press("Flight 212 from Boston to Miami is on time", "*");
    call.press("For baggage, press 3", "3");
    call.press("For carry-on rules, press 1", "1");
    call.press("one bag of up to 22 pounds", "3");
    call.press("enter the six digits of your claim number", "600239");
    call.hang_up("We are still looking for your bag");
}
