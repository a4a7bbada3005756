//! What the tests of other rooms begin with: a test writes out only what it is about.

use super::{InputRequest, RecordRequest};

/// Listens for nothing, with the times that hold where no property says otherwise.
pub(crate) fn listening(lang: &str) -> InputRequest {
    InputRequest::for_nothing("http://host/main.vxml#main/choice", lang)
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
