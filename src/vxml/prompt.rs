//! Prompts and their content (VoiceXML 2.0 §4.1), text folded.

use super::element::{Element, XML_NAMESPACE};
use super::language::repaired;
use super::vocabulary::class;
use crate::dialogue::{AudioSource, Piece, Prompt};
use std::sync::Arc;

/// Builds a `<prompt>`.
pub(super) fn prompt(element: Element<'_>) -> Prompt {
    Prompt {
        count: element.count(),
        cond: element.expr("cond"),
        bargein: element.boolean("bargein"),
        hotword: element.attribute("bargeintype").map(|kind| kind == "hotword"),
        timeout: element.time("timeout"),
        lang: element.language(),
        base: element.xml_attribute("base").map(str::to_owned),
        content: pieces(element),
    }
}

/// The prompts of a form item or menu, those written as bare text and speech included.
pub(super) fn prompts(element: Element<'_>) -> Vec<Arc<Prompt>> {
    let mut prompts = Vec::new();
    let mut spoken = Pieces::default();
    for node in element.node.children() {
        let child = Element { node, reader: element.reader };
        match child.rule().filter(|_| node.is_element()) {
            _ if node.is_text() => spoken.text(node.text().unwrap_or_default()),
            Some(rule) if rule.class == class::SPEECH => spoken.element(child),
            Some(rule) if rule.class == class::PROMPT => {
                prompts.extend(as_prompt(std::mem::take(&mut spoken)));
                prompts.push(Arc::new(prompt(child)));
            }
            _ => {}
        }
    }
    prompts.extend(as_prompt(spoken));
    prompts
}

/// The prompt that bare pieces are, unless there is nothing to hear.
pub(super) fn as_prompt(pieces: Pieces) -> Option<Arc<Prompt>> {
    let content = pieces.finish();
    let prompt =
        Prompt { count: 1, cond: None, bargein: None, hotword: None, timeout: None, lang: None, base: None, content };
    (!prompt.content.is_empty()).then(|| Arc::new(prompt))
}

/// What is inside an element as the content of a prompt.
pub(super) fn pieces(element: Element<'_>) -> Vec<Piece> {
    gather(element).finish()
}

/// The words inside an element, grammars and descriptions left out, folded.
pub(super) fn words(element: Element<'_>) -> String {
    fn gather(element: Element<'_>, out: &mut String) {
        for node in element.node.children() {
            let child = Element { node, reader: element.reader };
            if node.is_text() {
                out.push_str(node.text().unwrap_or_default());
            } else if node.is_element()
                && child.rule().is_none_or(|rule| rule.class & (class::GRAMMAR | class::DESC) == 0)
            {
                gather(child, out);
            }
        }
    }
    let mut out = String::new();
    gather(element, &mut out);
    fold(&out).trim_matches(' ').to_owned()
}

/// Folds runs of XML white space into single blanks; other blanks, such as U+00A0, stay.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        let blank = matches!(character, ' ' | '\t' | '\r' | '\n');
        if !blank {
            folded.push(character);
        } else if !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded
}

/// Pieces as they are gathered: adjacent text is one piece, folded.
#[derive(Default)]
pub(super) struct Pieces(Vec<Piece>);

impl Pieces {
    /// Adds text.
    pub(super) fn text(&mut self, text: &str) {
        let text = fold(text);
        match self.0.last_mut() {
            Some(Piece::Text(last)) if last.ends_with(' ') => last.push_str(text.trim_start_matches(' ')),
            Some(Piece::Text(last)) => last.push_str(&text),
            _ if text.is_empty() => {}
            _ => self.0.push(Piece::Text(text)),
        }
    }

    /// Adds an element of a prompt; of one that does not belong there, its content.
    pub(super) fn element(&mut self, element: Element<'_>) {
        match element.rule() {
            Some(rule) if rule.class & (class::SPOKEN | class::DESC) != 0 => self.0.extend(piece(element)),
            Some(rule) if rule.class != class::PROMPT => {}
            _ => self.children(element),
        }
    }

    fn children(&mut self, element: Element<'_>) {
        for node in element.node.children() {
            if node.is_text() {
                self.text(node.text().unwrap_or_default());
            } else if node.is_element() {
                self.element(Element { node, reader: element.reader });
            }
        }
    }

    /// The pieces of a whole prompt: blanks at its ends and between pieces that are no words are dropped.
    pub(super) fn finish(self) -> Vec<Piece> {
        let mut pieces = self.inside();
        if let Some(Piece::Text(first)) = pieces.first_mut() {
            *first = first.trim_start_matches(' ').to_owned();
        }
        if let Some(Piece::Text(last)) = pieces.last_mut() {
            *last = last.trim_end_matches(' ').to_owned();
        }
        pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
        pieces
    }

    /// The pieces that a `<foreach>` says again and again: a blank at either end keeps the repetitions apart.
    fn repeated(self) -> Vec<Piece> {
        let apart = |piece: Option<&Piece>, at_end: bool| match piece {
            Some(Piece::Text(text)) => {
                if at_end {
                    text.ends_with(' ')
                } else {
                    text.starts_with(' ')
                }
            }
            _ => false,
        };
        let is_apart = apart(self.0.first(), false) || apart(self.0.last(), true);
        let mut pieces = self.inside();
        let has_blank = apart(pieces.first(), false) || apart(pieces.last(), true);
        if is_apart && !has_blank && pieces.last().is_some_and(has_words) {
            pieces.push(Piece::Text(" ".to_owned()));
        }
        pieces
    }

    /// The pieces inside an element of a prompt: a blank alone stays only where it keeps words apart.
    fn inside(self) -> Vec<Piece> {
        let pieces = self.0;
        let is_blank = |piece: &Piece| matches!(piece, Piece::Text(text) if text == " ");
        if !pieces.iter().any(is_blank) {
            return pieces;
        }
        let worded: Vec<_> = pieces.iter().map(has_words).collect();
        let wordy = |index: Option<usize>| index.and_then(|index| worded.get(index)).copied().unwrap_or(false);
        let kept =
            |index: usize, piece: &Piece| !is_blank(piece) || (wordy(index.checked_sub(1)) && wordy(Some(index + 1)));
        let keep: Vec<_> = pieces.iter().enumerate().map(|(index, piece)| kept(index, piece)).collect();
        pieces.into_iter().zip(keep).filter_map(|(piece, keep)| keep.then_some(piece)).collect()
    }
}

/// Whether a piece is words that could run into the next ones.
fn has_words(piece: &Piece) -> bool {
    match piece {
        Piece::Text(_) | Piece::Value(_) => true,
        Piece::Element { children, .. } => !children.is_empty(),
        Piece::Audio { .. } | Piece::Enumerate(_) | Piece::Foreach { .. } | Piece::Mark(_) => false,
    }
}

fn gather(element: Element<'_>) -> Pieces {
    let mut pieces = Pieces::default();
    pieces.children(element);
    pieces
}

fn piece(element: Element<'_>) -> Option<Piece> {
    Some(match element.name() {
        "value" => value(element)?,
        "audio" => Piece::Audio { src: audio_source(element), fallback: pieces(element), fetch: element.fetch() },
        "enumerate" => Piece::Enumerate(Some(pieces(element)).filter(|template| !template.is_empty())),
        "foreach" => Piece::Foreach {
            item: element.variable("item")?,
            array: element.expr("array")?,
            body: gather(element).repeated(),
        },
        "mark" => Piece::Mark(element.target("name", "nameexpr")?),
        "desc" | "lexicon" => return None,
        _ => {
            let (name, attributes) = modern(element);
            Piece::Element { name, attributes, children: gather(element).inside() }
        }
    })
}

/// A `<value>`; in VoiceXML 1.0 its `class` says how it is read.
fn value(element: Element<'_>) -> Option<Piece> {
    let value = Piece::Value(element.expr("expr")?);
    let Some(class) = element.attribute("class").map(str::trim).filter(|class| !class.is_empty()) else {
        return Some(value);
    };
    let attributes = vec![("interpret-as".to_owned(), class.to_owned())];
    Some(Piece::Element { name: "say-as".to_owned(), attributes, children: vec![value] })
}

fn audio_source(element: Element<'_>) -> AudioSource {
    let uri = element.string("src").map(AudioSource::Uri);
    uri.or_else(|| element.expr("expr").map(AudioSource::Expr)).unwrap_or(AudioSource::None)
}

/// How many words a minute a voice says when nobody asks it for more.
const WORDS_PER_MINUTE: f64 = 180.0;

/// A number of VoiceXML 1.0's `<pros>` (a volume from 0 to 1, a rate in words a minute) as a percentage of the usual one;
/// what is none, or a change of it, stays as it is.
fn percentage(value: &str, usual: f64) -> String {
    match value.trim().parse::<f64>() {
        Ok(number) if absolute(value) == "%" && number <= 2.5 * usual => format!("{:.0}", 100.0 * number / usual),
        _ => value.to_owned(),
    }
}

/// The sign after a number that is no change.
fn absolute(value: &str) -> &'static str {
    let is_number = value.trim().parse::<f64>().is_ok_and(f64::is_finite) && !value.trim().starts_with(['+', '-']);
    if is_number { "%" } else { "" }
}

/// Name and attributes of an SSML element, those of VoiceXML 1.0 translated.
fn modern(element: Element<'_>) -> (String, Vec<(String, String)>) {
    let sentence = element.attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case("sentence"));
    let name = match element.name() {
        "sayas" if element.attribute("sub").is_some() => "sub",
        "sayas" if element.attribute("phon").is_some() => "phoneme",
        "sayas" => "say-as",
        "emp" => "emphasis",
        "pros" => "prosody",
        "div" if sentence => "s",
        "div" | "paragraph" => "p",
        "sentence" => "s",
        name => name,
    };
    let attributes = element.node.attributes().filter_map(|attribute| {
        let (local, value) = (attribute.name(), attribute.value());
        let (local, value) = match (element.name(), local) {
            ("sayas", "class") => ("interpret-as", value.to_owned()),
            ("sayas", "sub") => ("alias", value.to_owned()),
            ("sayas", "phon") => ("ph", value.to_owned()),
            ("pros", "vol") => ("volume", percentage(value, 1.0)),
            ("pros", "rate") => ("rate", percentage(value, WORDS_PER_MINUTE) + absolute(value)),
            ("break", "msecs") => ("time", format!("{}ms", value.trim())),
            ("break", "size") => ("strength", value.replace("small", "weak").replace("large", "strong")),
            ("div", "type") => return None,
            _ => (local, value.to_owned()),
        };
        match attribute.namespace() {
            None => Some((local.to_owned(), value)),
            Some(XML_NAMESPACE) if local == "lang" => Some(("xml:lang".to_owned(), repaired(&value)?)),
            Some(XML_NAMESPACE) => Some((format!("xml:{local}"), value)),
            Some(_) => None,
        }
    });
    (name.to_owned(), attributes.collect())
}
