//! A builtin type or `builtin:` URI with its parameters, and as the last line something that is said or pressed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use voxbridge::dialogue::InputMode;
use voxbridge::grammar::Grammar;
use voxbridge_fuzz::{exercise, split_last_line};

fuzz_target!(|text: &str| {
    let (name, input) = split_last_line(text);
    for (mode, lang) in [(InputMode::Dtmf, "en-US"), (InputMode::Voice, "en-US"), (InputMode::Voice, "es-MX")] {
        if let Ok(grammar) = Grammar::builtin(name, mode, lang) {
            exercise(&grammar, input);
        }
    }
});
