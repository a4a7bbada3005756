//! A grammar in the XML form of SRGS, and as the last line something that is said or pressed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::collections::HashMap;
use std::sync::Arc;
use voxbridge::grammar::Grammar;
use voxbridge_fuzz::{exercise, setting, split_last_line};

fuzz_target!(|text: &str| {
    let (text, input) = split_last_line(text);
    let Ok(grammar) = Grammar::srgs_xml(text, &setting()) else { return };
    exercise(&grammar, input);
    // Every reference leads back to the grammar itself.
    let shared = Arc::new(grammar.clone());
    let found: HashMap<String, Arc<Grammar>> =
        grammar.references().iter().map(|uri| (uri.clone(), Arc::clone(&shared))).collect();
    if let Ok(linked) = grammar.link(&found) {
        exercise(&linked, input);
    }
});
