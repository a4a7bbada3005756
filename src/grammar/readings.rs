//! All that an input may mean by one grammar: the same words in two alternatives are two readings.

use super::{Grammar, Parse, derive::Decisions, input::Input, matcher::Table};
use crate::dialogue::InputMode;
use std::sync::Arc;

/// Parses tried for one input at most: each part of it that can be taken two ways doubles their number.
const TRIED: usize = 64;

impl Grammar {
    /// The ways the grammar understands a whole input, at most `most`, that differ in the alternatives taken; first the
    /// one that [`Grammar::match_keys`] and [`Grammar::match_words`] find.
    pub fn readings(&self, mode: InputMode, text: &str, most: usize) -> Vec<Parse> {
        if self.mode() != mode {
            return Vec::new();
        }
        let input = match mode {
            InputMode::Dtmf => Input::of_keys(&self.rules, text),
            InputMode::Voice => Input::of_words(&self.rules, text),
        };
        let Some(input) = input else { return Vec::new() };
        let Some(table) = Table::fill(&self.rules, &input, self.start) else {
            tracing::warn!(grammar = self.name(), "an input was given up: the grammar has too many readings of it");
            return Vec::new();
        };
        let parse = |steps| Parse { rules: Arc::clone(&self.rules), steps };
        if most <= 1 {
            return table.derive(self.start).map(parse).into_iter().collect();
        }
        let mut found = Vec::new();
        let mut decisions = Some(Decisions::default());
        for _ in 0..TRIED.max(most) {
            let Some(taken) = decisions.as_mut().filter(|_| found.len() < most) else { break };
            found.extend(table.derive_by(self.start, Some(taken)).map(parse));
            decisions = taken.next();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::{Semantics, Setting};

    fn meanings(rules: &str, words: &str, most: usize) -> Vec<String> {
        let text = format!(
            r#"<grammar version="1.0" mode="voice" xml:lang="en-US" root="r" tag-format="semantics/1.0-literals" xmlns="http://www.w3.org/2001/06/grammar">{rules}</grammar>"#
        );
        let setting = Setting {
            uri: "a.grxml",
            base: "http://example.com/a.grxml",
            mode: None,
            lang: None,
            text_offset: crate::dialogue::Position { line: 1, column: 1, offset: 0 },
        };
        let grammar = Grammar::srgs_xml(&text, &setting).unwrap();
        let meaning = |parse: &Parse| match parse.semantics() {
            Semantics::Value(value) => value.as_str().unwrap().to_owned(),
            other => panic!("{other:?}"),
        };
        grammar.readings(InputMode::Voice, words, most).iter().map(meaning).collect()
    }

    const TOWNS: &str = r#"<rule id="r"><one-of><item>springfield<tag>IL</tag></item><item>boston<tag>BOS</tag></item>
        <item>springfield<tag>MA</tag></item></one-of></rule>"#;

    #[test]
    fn the_same_words_in_two_alternatives_are_two_readings_in_document_order() {
        assert_eq!(meanings(TOWNS, "Springfield", 9), ["IL", "MA"]);
        assert_eq!(meanings(TOWNS, "Springfield", 1), ["IL"]);
        assert_eq!(meanings(TOWNS, "Boston", 9), ["BOS"]);
        assert!(meanings(TOWNS, "Denver", 9).is_empty());
    }

    #[test]
    fn ambiguous_parts_of_an_input_multiply_up_to_a_bound() {
        let word = r#"<item><one-of><item>a</item><item>a</item></one-of></item>"#.repeat(20);
        let rules = format!(r#"<rule id="r">{word}<tag>all</tag></rule>"#);
        assert_eq!(meanings(&rules, &"a ".repeat(20), 50).len(), 50);
    }
}
