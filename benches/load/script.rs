//! What the simulated callers of the airline do, as requests whose bytes are known before the load begins: only the
//! call's id and the signatures differ from call to call.

use voxbridge::channel::twilio::signature::sign;

/// Where the platform believes the server to be; signatures are made for it.
pub const PUBLIC: &str = "https://voice.example.com";
pub const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";

const SID: usize = 34;
const SIGNATURE: usize = 28;
/// Stand-ins of the same length for what differs.
const ANY_SID: &str = "CA@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@";
const ANY_SIGNATURE: &str = "!!!!!!!!!!!!!!!!!!!!!!!!!!!!";

/// A caller who asks for two flights and a bag, by keys and in his own words: what he does, and what he hears then.
const DOES: [(Does, &str); 20] = [
    (Does::Calls, "For flight status, press 1"),
    (Does::Presses("1"), "To enter a flight number, press 1"),
    (Does::Presses("1"), "Please enter the flight number"),
    (Does::Presses("212"), "Flight 212"),
    (Does::Presses("1"), "Flight 212"),
    (Does::Presses("*"), "For flight status, press 1"),
    (Does::Says("My suitcase did not arrive."), "For carry-on rules, press 1"),
    (Does::Presses("1"), "22 pounds"),
    (Does::Presses("2"), "first checked bag"),
    (Does::Says("A delayed bag."), "six digits of your claim number"),
    (Does::Presses("600120"), "Your bag is in Boston"),
    (Does::Presses("*"), "For flight status, press 1"),
    (Does::Says("Is my flight on time?"), "To enter a flight number, press 1"),
    (Does::Presses("2"), "Where does the flight leave from?"),
    (Does::Presses("1"), "And where does it go to?"),
    (Does::Presses("3"), "Flight 212"),
    (Does::Says("Another flight."), "To enter a flight number, press 1"),
    (Does::Says("I know the flight number."), "Please enter the flight number"),
    (Does::Says("4 1 5"), "Flight 415"),
    (Does::HangsUp, ""),
];

/// How many requests a call is.
pub const STEPS: usize = DOES.len();
/// The step that ends a call, whenever it comes.
pub const LAST: usize = STEPS - 1;

#[derive(Clone, Copy)]
enum Does {
    Calls,
    Presses(&'static str),
    Says(&'static str),
    HangsUp,
}

/// One request of the script, with gaps.
struct Step {
    url: String,
    fields: Vec<(String, String)>,
    request: Vec<u8>,
    sids: Vec<usize>,
    signature: usize,
    hears: &'static str,
}

/// What differs in the requests of one call.
pub struct Call {
    sid: [u8; SID],
    signatures: [[u8; SIGNATURE]; STEPS],
}

/// All requests of a call.
pub struct Script {
    steps: Vec<Step>,
}

impl Script {
    pub fn new() -> Self {
        let steps = DOES.iter().enumerate().map(|(number, (does, hears))| Step::new(number, *does, hears));
        Self { steps: steps.collect() }
    }

    /// Signs the requests of a call; `run` and `number` make its id.
    pub fn prepare(&self, run: u64, number: u64) -> Call {
        let mut call = Call { sid: [0; SID], signatures: [[0; SIGNATURE]; STEPS] };
        let sid = format!("CA{run:016x}{number:016x}");
        call.sid.copy_from_slice(sid.as_bytes());
        for (step, signature) in self.steps.iter().zip(&mut call.signatures) {
            let with_sid = |text: &str| text.replace(ANY_SID, &sid);
            let fields: Vec<_> = step.fields.iter().map(|(name, value)| (name.clone(), with_sid(value))).collect();
            signature.copy_from_slice(sign(TOKEN, &with_sid(&step.url), &fields).as_bytes());
        }
        call
    }

    /// The bytes of one request of a call.
    pub fn request(&self, step: usize, call: &Call, into: &mut Vec<u8>) {
        let signature = &call.signatures[step];
        let step = &self.steps[step];
        into.clear();
        into.extend_from_slice(&step.request);
        for &at in &step.sids {
            into[at..at + SID].copy_from_slice(&call.sid);
        }
        into[step.signature..step.signature + SIGNATURE].copy_from_slice(signature);
    }

    /// Whether this is voxbridge's answer to that request: the right words, and the right turn to come back to.
    pub fn check(&self, step: usize, call: &Call, status: u16, body: &str) -> Result<(), String> {
        if step == LAST {
            return if status == 204 { Ok(()) } else { Err(format!("the hang-up is answered by {status}: {body}")) };
        }
        let hears = self.steps[step].hears;
        if status != 200 || !body.contains(hears) {
            return Err(format!("request {step} of a call: '{hears}' is not in the answer ({status}): {body}"));
        }
        let turn = step + 1;
        let comes_back = body.split_once("/twilio/turn/").is_some_and(|(_, rest)| {
            let rest = rest.as_bytes().strip_prefix(&call.sid).and_then(|rest| rest.strip_prefix(b"/"));
            rest.is_some_and(|rest| rest.starts_with(turn.to_string().as_bytes()))
        });
        if comes_back { Ok(()) } else { Err(format!("request {step} of a call is answered by another turn: {body}")) }
    }
}

impl Step {
    fn new(number: usize, does: Does, hears: &'static str) -> Self {
        let (path, status, news) = match does {
            Does::Calls => ("/twilio/voice/airline".to_owned(), "ringing", Vec::new()),
            Does::Presses(keys) => {
                let finished = if keys == "212" { "#" } else { "" };
                (
                    turn(number),
                    "in-progress",
                    vec![("Digits", keys), ("FinishedOnKey", finished), ("msg", "Gather End")],
                )
            }
            Does::Says(words) => {
                let news = vec![("SpeechResult", words), ("Confidence", "0.9328"), ("Language", "en-US")];
                (turn(number), "in-progress", news)
            }
            Does::HangsUp => {
                let news = vec![
                    ("CallDuration", "95"),
                    ("Duration", "2"),
                    ("CallbackSource", "call-progress-events"),
                    ("SequenceNumber", "0"),
                    ("Timestamp", "Tue, 03 Mar 2026 12:00:00 +0000"),
                ];
                ("/twilio/status".to_owned(), "completed", news)
            }
        };
        let always = [
            ("CallSid", ANY_SID),
            ("AccountSid", ACCOUNT),
            ("ApiVersion", "2010-04-01"),
            ("CallStatus", status),
            ("Direction", "inbound"),
            ("From", "+12125550134"),
            ("Caller", "+12125550134"),
            ("CallerCity", "NEW YORK"),
            ("CallerState", "NY"),
            ("CallerZip", "10001"),
            ("CallerCountry", "US"),
            ("FromCity", "NEW YORK"),
            ("FromState", "NY"),
            ("FromZip", "10001"),
            ("FromCountry", "US"),
            ("To", "+18005550140"),
            ("Called", "+18005550140"),
            ("ToCountry", "US"),
            ("CalledCountry", "US"),
        ];
        let fields: Vec<(String, String)> =
            always.iter().chain(&news).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = request(number, &path, &fields);
        let sids = request.match_indices(ANY_SID).map(|(at, _)| at).collect();
        let signature = request.find(ANY_SIGNATURE).expect("the request is signed");
        Self { url: format!("{PUBLIC}{path}"), fields, request: request.into_bytes(), sids, signature, hears }
    }
}

/// The path of the turn that the request of this number answers.
fn turn(number: usize) -> String {
    format!("/twilio/turn/{ANY_SID}/{number}")
}

fn request(number: usize, path: &str, fields: &[(String, String)]) -> String {
    // The stand-in is written as it is: its length must not change.
    let encode = |(name, value): &(String, String)| {
        let value: String = match value.as_str() {
            ANY_SID => ANY_SID.to_owned(),
            value => url::form_urlencoded::byte_serialize(value.as_bytes()).collect(),
        };
        format!("{name}={value}")
    };
    let body = fields.iter().map(encode).collect::<Vec<_>>().join("&");
    format!(
        "POST {path} HTTP/1.1\r\nHost: voice.example.com\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n\
         Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nX-Home-Region: us1\r\n\
         I-Twilio-Idempotency-Token: {ANY_SID}-{number}\r\nX-Twilio-Signature: {ANY_SIGNATURE}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
