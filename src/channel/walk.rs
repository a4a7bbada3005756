use super::say_as::Reading;
use crate::dialogue::{Speech, Spoken};
use std::slice::Iter;

/// A step of the way through some speech.
pub(super) enum Token<'a> {
    /// An element begins; its content follows, unless [`Walk::skip_element`] is called.
    Open { name: &'a str, attributes: &'a [(String, String)], children: &'a [Speech] },
    /// The element opened last ends.
    Close,
    /// Text.
    Text(&'a str),
    /// An audio file.
    Audio(&'a str),
}

/// Goes through speech in order, without recursion: how deep it nests is the document's choice, not ours.
pub(super) struct Walk<'a> {
    /// What is left of each element that is open, and its language.
    levels: Vec<(Iter<'a, Speech>, &'a str)>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(content: &'a [Speech], lang: &'a str) -> Self {
        Self { levels: vec![(content.iter(), lang)] }
    }

    /// The language in force: `xml:lang` of the element opened last or of what is around it (SSML 1.0 §2.1.2).
    pub(super) fn lang(&self) -> &'a str {
        self.levels.last().map_or("", |(_, lang)| lang)
    }

    /// Leaves out the content (and the [`Token::Close`]) of the element just opened.
    pub(super) fn skip_element(&mut self) {
        self.levels.pop();
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let (level, lang) = self.levels.last_mut()?;
            match level.next() {
                Some(Speech::Text(text)) => return Some(Token::Text(text)),
                Some(Speech::Audio(url)) => return Some(Token::Audio(url)),
                Some(Speech::Mark(_)) => {}
                Some(Speech::Element { name, attributes, children }) => {
                    let own = attributes.iter().find(|(known, _)| known == "xml:lang").map(|(_, value)| value.trim());
                    let lang = own.filter(|lang| !lang.is_empty()).unwrap_or(lang);
                    self.levels.push((children.iter(), lang));
                    return Some(Token::Open { name, attributes, children });
                }
                None => {
                    self.levels.pop();
                    return (!self.levels.is_empty()).then_some(Token::Close);
                }
            }
        }
    }
}

/// White space between pieces of text that were written apart: folded, and put in where words would run together.
#[derive(Default)]
pub(super) struct Spacing {
    last: Option<char>,
    blank: bool,
}

impl Spacing {
    /// Whether a blank belongs before `text`, and `text` with its white space folded (empty if it is nothing else).
    pub(super) fn fit(&mut self, text: &str) -> (bool, String) {
        let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (Some(first), Some(last)) = (folded.chars().next(), folded.chars().next_back()) else {
            self.blank |= !text.is_empty();
            return (false, folded);
        };
        let asked = self.blank || text.starts_with(char::is_whitespace);
        let blank = self.last.is_some_and(|before| asked || needs_blank(before, first));
        self.last = Some(last);
        self.blank = text.ends_with(char::is_whitespace);
        (blank, folded)
    }

    /// The character written last.
    pub(super) fn last(&self) -> Option<char> {
        self.last
    }
}

fn needs_blank(before: char, after: char) -> bool {
    !matches!(before, '(' | '[' | '$' | '€' | '£' | '¿' | '¡' | '“' | '/' | '-')
        && !matches!(after, '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '%' | '”' | '…' | '/' | '-')
}

/// What the caller hears of some speech, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'a> {
    /// Words, as plain text.
    Words(String),
    /// An audio file.
    Audio(&'a str),
}

/// What the caller hears of some speech: substitutes and spelled characters as text, other markup left out.
pub fn parts(prompt: &Spoken) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut words = String::new();
    let mut spacing = Spacing::default();
    let mut walk = Walk::new(&prompt.content, &prompt.lang);
    while let Some(token) = walk.next() {
        let reading = match token {
            Token::Text(text) => text.to_owned(),
            Token::Open { name, attributes, children } => match Reading::of(name, attributes, children, walk.lang()) {
                Some(reading) => {
                    walk.skip_element();
                    reading.plain
                }
                None => continue,
            },
            Token::Audio(url) => {
                parts.extend(spoken(&mut words));
                parts.push(Part::Audio(url));
                spacing = Spacing::default();
                continue;
            }
            Token::Close => continue,
        };
        let (blank, text) = spacing.fit(&reading);
        if blank {
            words.push(' ');
        }
        words.push_str(&text);
    }
    parts.extend(spoken(&mut words));
    parts
}

fn spoken<'a>(words: &mut String) -> Option<Part<'a>> {
    let words = std::mem::take(words);
    (!words.is_empty()).then_some(Part::Words(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::Origin;

    fn text(text: &str) -> Speech {
        Speech::Text(text.to_owned())
    }

    fn words(content: Vec<Speech>) -> String {
        let prompt = Spoken { content, bargein: true, lang: "en-US".to_owned(), origin: Origin::Item };
        let words = match parts(&prompt).as_slice() {
            [Part::Words(words)] => words.clone(),
            other => panic!("{other:?}"),
        };
        std::mem::forget(prompt); // dropping what nests without end would recurse
        words
    }

    #[test]
    fn pieces_of_text_are_joined_without_running_words_together_or_splitting_them() {
        let pieces = |parts: &[&str]| words(parts.iter().map(|part| text(part)).collect());
        assert_eq!(pieces(&["Your balance is $", "5", "."]), "Your balance is $5.");
        assert_eq!(pieces(&["flight", "AA", " 12\n  3 ", "leaves"]), "flight AA 12 3 leaves");
        assert_eq!(pieces(&["one", " ", "two", "", "!"]), "one two!");
    }

    #[test]
    fn speech_nested_without_end_is_walked_without_recursion() {
        let mut deep = text("end");
        for _ in 0..10_000 {
            deep = Speech::Element { name: "s".to_owned(), attributes: vec![], children: vec![deep] };
        }
        assert_eq!(words(vec![deep]), "end");
    }
}
