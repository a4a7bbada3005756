//! A grammar in a notation that is not XML (ABNF, JSGF, GSL), by its header or by the type it is served with, and as the
//! last line something that is said or pressed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use voxbridge::grammar::Grammar;
use voxbridge_fuzz::{exercise, setting, split_last_line};

const TYPES: &[Option<&str>] =
    &[None, Some("application/srgs"), Some("application/x-jsgf"), Some("application/x-nuance-gsl")];

fuzz_target!(|text: &str| {
    let (text, input) = split_last_line(text);
    for media_type in TYPES {
        if let Ok(grammar) = Grammar::read(text, *media_type, &setting()) {
            exercise(&grammar, input);
        }
    }
});
