//! What the tests of other rooms begin with: a test writes out only what it is about.

use super::{InputRequest, RecordRequest};

/// Listens for nothing, with the times that hold where no property says otherwise.
pub(crate) fn listening(lang: &str) -> InputRequest {
    InputRequest {
        state: "http://host/main.vxml#main/choice".to_owned(),
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

/// Records until silence or any key, after a beep.
pub(crate) fn recording() -> RecordRequest {
    RecordRequest {
        beep: true,
        maxtime: None,
        finalsilence: None,
        dtmfterm: true,
        timeout: 5_000,
        media_type: "audio/x-wav".to_owned(),
    }
}
