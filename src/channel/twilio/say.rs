//! A prompt as Say, Play and Pause verbs.

use super::playable::playable;
use super::ssml::{self, Break, Tag};
use super::voices::{Asked, Dialect, Speaker};
use super::xml::{Xml, legal};
use super::{Notes, Seam};
use crate::channel::say_as::Reading;
use crate::channel::walk::{Spacing, Token, Walk};
use crate::dialogue::Spoken;

/// What fits into one Say, with room for closing tags: Polly takes 3,000 characters, Google 5,000 with markup, and
/// Twilio names 4,500 when URL-encoded.
const MOST: Cost = Cost { characters: 2_900, encoded: 4_400, markup: 4_800 };

/// What is put into a Say without being cut first.
const PIECE: Cost = Cost { characters: 1_400, encoded: 2_100, markup: 2_300 };

/// What the markup open at one time may take; more is left out.
const MOST_OPEN: usize = 1_200;

/// The verbs that say `prompt`, as XML, one each.
pub(super) fn verbs(prompt: &Spoken, seam: &Seam<'_>, notes: &mut Notes) -> Vec<String> {
    let speaker = Speaker::choose(seam.voice, &prompt.lang);
    note_language(&speaker, &prompt.lang, notes);
    let mut pen = Pen::new(speaker, &prompt.lang, seam.voice);
    let mut walk = Walk::new(&prompt.content, &prompt.lang);
    while let Some(token) = walk.next() {
        match token {
            Token::Text(text) => pen.text(text),
            Token::Audio(url) => match (seam.audio)(url).as_deref().and_then(playable) {
                Some(url) => pen.play(&url),
                None => notes.add("audio-unplayable", || {
                    format!("{} has no public URL that Twilio could play", without_query(url))
                }),
            },
            Token::Open { name: "break", attributes, .. } => {
                pen.pause(&Break::of(attributes));
                pen.open("break", &[], walk.lang(), notes); // it should be empty, but if it is not, its words count
            }
            Token::Open { name, attributes, children } => match Reading::of(name, attributes, children, walk.lang()) {
                Some(reading) => {
                    walk.skip_element();
                    pen.reading(name, &reading, notes);
                }
                None => pen.open(name, attributes, walk.lang(), notes),
            },
            Token::Close => pen.close(),
        }
    }
    pen.finish()
}

fn note_language(speaker: &Speaker, lang: &str, notes: &mut Notes) {
    if speaker.language.is_none() && !lang.trim().is_empty() {
        notes.add("language-unknown", || {
            format!("Twilio has no speech for the language {lang}; prompts in it are said in its default one")
        });
    }
}

/// A `<Pause>` of that many seconds, at least one.
pub(super) fn pause(seconds: u64) -> String {
    let mut xml = Xml::new();
    xml.empty("Pause", &[("length", &seconds.clamp(1, 600).to_string())]);
    xml.finish()
}

/// How long a text is, in each of the ways that count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Cost {
    characters: usize,
    encoded: usize,
    markup: usize,
}

impl Cost {
    fn of(text: &str) -> Self {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'~');
        let escaped = |b: u8| matches!(b, b'<' | b'>' | b'&' | b'"' | b'\'');
        let characters = text.chars().count();
        Self {
            characters,
            encoded: text.len() + 2 * text.bytes().filter(|b| !plain(*b)).count(),
            markup: characters + 5 * text.bytes().filter(|b| escaped(*b)).count(),
        }
    }

    fn markup(markup: usize) -> Self {
        Self { markup, ..Self::default() }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            characters: self.characters + other.characters,
            encoded: self.encoded + other.encoded,
            markup: self.markup + other.markup,
        }
    }

    fn fits(self, most: Self) -> bool {
        self.characters <= most.characters && self.encoded <= most.encoded && self.markup <= most.markup
    }
}

/// An element of the prompt that is open now.
struct Frame {
    /// How it is written, for voices that take it so; `None` if only its content is.
    tag: Option<(Dialect, Tag)>,
    /// Who and which language comes back at its end, if it changes them.
    before: Option<(Speaker, String)>,
    /// Whether its end is that of a sentence.
    sentence: bool,
}

impl Frame {
    /// How it is written for that voice.
    fn tag_for(&self, speaker: &Speaker) -> Option<&Tag> {
        self.tag.as_ref().filter(|(dialect, _)| *dialect == speaker.dialect).map(|(_, tag)| tag)
    }
}

fn note_left_out(name: &str, notes: &mut Notes) {
    notes.add("markup-left-out", || format!("the voice does not take <{name}>: its words are said without it"));
}

/// Writes the verbs of one prompt. Elements are written when something inside them is, so that none is empty, and are
/// closed and opened again around whatever ends a Say.
struct Pen<'a> {
    speaker: Speaker,
    /// The language in force, as the document writes it.
    lang: String,
    /// The app's voice, to which every language comes back.
    voice: Option<&'a str>,
    done: Vec<String>,
    frames: Vec<Frame>,
    /// How many of the frames are written in the current Say.
    written: usize,
    say: Xml,
    cost: Cost,
    spacing: Spacing,
    /// Whether the current Say has something to hear.
    audible: bool,
    /// The breaks of the current Say, in milliseconds.
    breaks: u64,
}

impl<'a> Pen<'a> {
    fn new(speaker: Speaker, lang: &str, voice: Option<&'a str>) -> Self {
        Self {
            speaker,
            lang: lang.to_owned(),
            voice,
            done: Vec::new(),
            frames: Vec::new(),
            written: 0,
            say: Xml::new(),
            cost: Cost::default(),
            spacing: Spacing::default(),
            audible: false,
            breaks: 0,
        }
    }

    fn text(&mut self, text: &str) {
        let (blank, text) = self.spacing.fit(&legal(text));
        if text.is_empty() {
            return;
        }
        if blank {
            self.put(" ");
        }
        cut(&text, &mut |piece| self.put(piece));
    }

    fn put(&mut self, piece: &str) {
        let cost = Cost::of(piece);
        if !self.cost.plus(cost).plus(self.unwritten()).fits(MOST) {
            self.end_say();
        }
        // A blank goes before the tags that wait for the word after it.
        if piece != " " {
            self.write_frames();
        }
        self.say.text(piece);
        self.cost = self.cost.plus(cost);
        self.audible |= piece.chars().any(is_audible);
    }

    fn reading(&mut self, name: &str, reading: &Reading, notes: &mut Notes) {
        let tag = reading.element.as_ref().and_then(|(name, attributes)| {
            ssml::read_as(self.speaker.dialect, Tag { name, attributes: attributes.clone() })
        });
        if name == "phoneme" && tag.is_none() {
            note_left_out(name, notes);
        }
        let is_short = Cost::of(&reading.text).fits(PIECE);
        // A Say is kept for what is audible in its text: an alias of nothing but a dash would go with it.
        let is_heard = legal(&reading.text).chars().any(is_audible);
        match tag.filter(|tag| is_short && is_heard && self.has_room(tag)) {
            Some(tag) => {
                self.frames.push(Frame { tag: Some((self.speaker.dialect, tag)), before: None, sentence: false });
                self.text(&reading.text);
                self.close();
            }
            None => self.text(&reading.plain),
        }
    }

    fn open(&mut self, name: &str, attributes: &[(String, String)], lang: &str, notes: &mut Notes) {
        // `<lang>` is said by the same voice, where the voice can; another language otherwise has a voice of its own.
        let before = match self.tag(name, attributes) {
            Some(tag) if tag.name == "lang" => Some(self.give_the_floor(self.speaker.clone(), lang.to_owned())),
            _ => self.change_voice(name, attributes, lang, notes),
        };
        let tag = self.tag(name, attributes);
        if tag.is_none() && ssml::is_heard(name, attributes) {
            note_left_out(name, notes);
        }
        let sentence = tag.is_none() && matches!(name, "p" | "s" | "paragraph" | "sentence");
        self.frames.push(Frame { tag: tag.map(|tag| (self.speaker.dialect, tag)), before, sentence });
    }

    /// How an element is written for who speaks now.
    fn tag(&self, name: &str, attributes: &[(String, String)]) -> Option<Tag> {
        let around = self.frames.iter().filter_map(|frame| frame.tag_for(&self.speaker).map(|tag| tag.name));
        ssml::keep(self.speaker.dialect, name, attributes, around).filter(|tag| self.has_room(tag))
    }

    /// Lets somebody else speak if `<voice>` or `xml:lang` asks for it, and says who spoke before.
    fn change_voice(
        &mut self,
        name: &str,
        attributes: &[(String, String)],
        lang: &str,
        notes: &mut Notes,
    ) -> Option<(Speaker, String)> {
        let asked = (name == "voice").then(|| Speaker::asked(attributes, self.voice, lang));
        let speaker = match asked {
            Some(Asked::Found(speaker)) => speaker,
            Some(Asked::Unknown) => {
                notes.add("voice-unknown", || "a <voice> that Twilio does not have is said by the app's".to_owned());
                Speaker::choose(self.voice, lang)
            }
            Some(Asked::Nothing) | None if lang != self.lang => Speaker::choose(self.voice, lang),
            Some(Asked::Nothing) | None => return None,
        };
        note_language(&speaker, lang, notes);
        Some(self.give_the_floor(speaker, lang.to_owned()))
    }

    fn give_the_floor(&mut self, speaker: Speaker, lang: String) -> (Speaker, String) {
        if speaker != self.speaker {
            self.end_say();
        }
        let before = std::mem::replace(&mut self.speaker, speaker);
        (before, std::mem::replace(&mut self.lang, lang))
    }

    fn close(&mut self) {
        let Some(frame) = self.frames.last() else { return };
        if frame.sentence && self.spacing.last().is_some_and(char::is_alphanumeric) {
            self.text(".");
        }
        let Some(frame) = self.frames.pop() else { return };
        if self.written > self.frames.len() {
            self.written = self.frames.len();
            if let Some(tag) = frame.tag_for(&self.speaker) {
                self.say.close(tag.name);
            }
        }
        if let Some((speaker, lang)) = frame.before {
            self.give_the_floor(speaker, lang);
        }
    }

    fn play(&mut self, url: &str) {
        self.end_say();
        let mut xml = Xml::new();
        xml.leaf("Play", &[], url);
        self.done.push(xml.finish());
    }

    fn pause(&mut self, pause: &Break) {
        let takes_breaks = ssml::takes(self.speaker.dialect, "break");
        match pause.time {
            _ if takes_breaks && self.cost.plus(Cost::markup(60)).fits(MOST) => {
                let tag = pause.tag();
                self.say.empty(tag.name, &tag.attributes());
                self.cost = self.cost.plus(Cost::markup(60));
                self.breaks += pause.time.unwrap_or(if pause.is_silent() { 0 } else { 500 });
            }
            Some(time) if time >= 1_000 => {
                self.end_say();
                self.done.push(self::pause((time + 500) / 1_000));
            }
            _ if pause.is_silent() => {}
            _ if self.spacing.last().is_some_and(char::is_alphanumeric) => self.text(","),
            _ => {}
        }
    }

    fn finish(mut self) -> Vec<String> {
        self.end_say();
        self.done
    }

    /// Ends the current Say; what is open goes on in the next. One with nothing to hear is a Pause or nothing.
    fn end_say(&mut self) {
        for frame in self.frames.iter().take(self.written).rev() {
            if let Some(tag) = frame.tag_for(&self.speaker) {
                self.say.close(tag.name);
            }
        }
        let inner = std::mem::replace(&mut self.say, Xml::new()).finish();
        if self.audible {
            self.done.push(say(&self.speaker, &inner));
        } else if self.breaks >= 500 {
            self.done.push(pause((self.breaks + 500) / 1_000));
        }
        self.written = 0;
        self.cost = Cost::default();
        self.spacing = Spacing::default();
        self.audible = false;
        self.breaks = 0;
    }

    fn write_frames(&mut self) {
        self.cost = self.cost.plus(self.unwritten());
        for frame in self.frames.iter().skip(self.written) {
            if let Some(tag) = frame.tag_for(&self.speaker) {
                self.say.open(tag.name, &tag.attributes());
            }
        }
        self.written = self.frames.len();
    }

    fn unwritten(&self) -> Cost {
        let tags = self.frames.iter().skip(self.written).filter_map(|frame| frame.tag_for(&self.speaker));
        Cost::markup(tags.map(Tag::cost).sum())
    }

    fn has_room(&self, tag: &Tag) -> bool {
        let open: usize = self.frames.iter().filter_map(|frame| frame.tag.as_ref()).map(|(_, tag)| tag.cost()).sum();
        open + tag.cost() <= MOST_OPEN
    }
}

/// Whether a voice makes a sound of it.
fn is_audible(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '-' | '\'' | '"' | '(' | ')' | '…')
}

fn say(speaker: &Speaker, inner: &str) -> String {
    let voice = speaker.voice.as_deref().map(|voice| ("voice", voice));
    let language = speaker.language.map(|language| ("language", language));
    let attributes: Vec<(&str, &str)> = voice.into_iter().chain(language).collect();
    let mut xml = Xml::new();
    xml.element("Say", &attributes, inner);
    xml.finish()
}

/// Hands out `text` in pieces that fit: whole if it does, else by sentences, else by words, else by characters.
fn cut(text: &str, put: &mut impl FnMut(&str)) {
    if Cost::of(text).fits(PIECE) {
        return put(text);
    }
    for sentence in split_after(text, |before, c| c == ' ' && matches!(before, '.' | '!' | '?' | ';' | '…')) {
        if Cost::of(sentence).fits(PIECE) {
            put(sentence);
            continue;
        }
        for word in split_after(sentence, |_, c| matches!(c, ' ' | '。' | '！' | '？' | '、')) {
            if Cost::of(word).fits(PIECE) {
                put(word);
                continue;
            }
            word.split_inclusive(|_: char| true).for_each(&mut *put);
        }
    }
}

/// Splits after each character of which `ends` says so, given the one before it.
fn split_after(text: &str, ends: impl Fn(char, char) -> bool) -> impl Iterator<Item = &str> {
    let mut before = ' ';
    text.split_inclusive(move |c: char| {
        let end = ends(before, c);
        before = c;
        end
    })
}

/// A URL for the log: its query may hold what the caller said.
fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
#[path = "say_tests.rs"]
mod tests;
