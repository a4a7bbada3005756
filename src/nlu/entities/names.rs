//! Names of people: "it's Misha", "under Sarah Connor", "my name is Jones", "S M I T H".

use super::given;
use super::pack::{Frame, Pack};
use super::tokens::{Token, Tokens};
use super::{Found, Kind, Value};
use crate::nlu::words::fold;
use std::ops::Range;

/// A name that was found, as tokens.
struct Name {
    tokens: Range<usize>,
    frame: Option<Frame>,
    /// The spelling, where it was spelled.
    spelled: Option<String>,
}

/// What names are looked for in.
pub(super) struct Names<'a> {
    pub(super) tokens: &'a Tokens<'a>,
    pub(super) pack: &'static Pack,
    /// What was just asked for, of [`Kind::Name`], [`Kind::FirstName`] and [`Kind::LastName`].
    pub(super) wanted: &'a [Kind],
    /// Whether the words are written with capitals where they should be.
    pub(super) cased: bool,
}

/// Whether an utterance tells names by their capitals: some words have one, and not all.
pub(super) fn is_cased(tokens: &Tokens<'_>, pack: &Pack) -> bool {
    let day = |word: &str| pack.weekdays.meaning(word).is_some() || pack.months.meaning(word).is_some();
    let letters = |token: &&Token| {
        token.text.starts_with(char::is_alphabetic) && token.text.chars().nth(1).is_some() && !day(&token.text)
    };
    // The first word of a sentence has a capital even where names have none.
    let amid = |(at, token): (usize, &Token)| letters(&token) && token.capital && at > 0 && !token.starts_sentence();
    let words = tokens.all.iter().filter(letters).count();
    let small = tokens.all.iter().any(|token| letters(&token) && !token.capital);
    let capital = tokens.all.iter().enumerate().any(amid) || words == 1 && tokens.all.iter().any(|token| token.capital);
    capital && (small || words <= 3)
}

impl Names<'_> {
    /// The names in the sentence: the whole, and its first and last name. `taken` are the tokens of anything else.
    pub(super) fn find(&self, taken: &dyn Fn(usize) -> bool) -> Vec<Found> {
        let mut out: Vec<Found> = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let named = out.last().is_some_and(|last| last.tokens.end == at);
            match self.name(at, named, taken) {
                Some(name) => {
                    at = name.tokens.end.max(at + 1);
                    if !spells_again(&name, &mut out) {
                        out.extend(self.parts(&name));
                    }
                }
                None => at += 1,
            }
        }
        out
    }

    /// The name that starts here. `named` is whether another ends right before it, which this may spell.
    fn name(&self, at: usize, named: bool, taken: &dyn Fn(usize) -> bool) -> Option<Name> {
        if taken(at) {
            return None;
        }
        let before = self.frame_before(at);
        let asked = !self.wanted.is_empty();
        if let Some((word, used)) = self.spelled(at)
            && (asked || named || before.is_some_and(|frame| !frame.is_weak()))
        {
            return Some(Name { tokens: at..at + used, frame: before, spelled: Some(word) });
        }
        let (end, capital) = self.run(at, taken)?;
        // "mister Jones": the title is a frame of its own.
        let titled = at > 0
            && self.is_title(at - 1)
            && !self.tokens.is(at - 1, &["sir", "madam", "lady", "doctor", "prince", "captain"]);
        let before = if titled && before.is_none_or(Frame::is_weak) { Some(Frame::Sure) } else { before };
        let behind = self.tokens.longest(end, &self.pack.after_name).map(|(frame, _)| frame);
        // "the Gildon party", but "Gildon, party of ten".
        let of = self.tokens.is(end, &["party"])
            && self.tokens.before(at, 1) != "the"
            && self.tokens.is(end + 1, &["of", "for", "size"]);
        let behind = behind
            .filter(|_| !of)
            .map(|frame| if end - at > 1 && self.tokens.is(end, &["party"]) { Frame::Maybe } else { frame });
        let behind = behind.filter(|_| !self.tokens.apart(end) || self.tokens.is(end, &["that"]));
        // "4816$ to muhamed"
        let paid = self.tokens.before(at, 1) == "to" && at > 1 && taken(at - 2);
        let before = before.or(paid.then_some(Frame::Likely));
        let frame = match (before, behind) {
            (Some(Frame::First | Frame::Last), _) => before,
            (_, Some(Frame::First | Frame::Last)) => behind,
            (Some(Frame::Sure), _) | (_, Some(Frame::Sure)) => Some(Frame::Sure),
            _ => before.or(behind),
        };
        self.believed(at, end, capital, frame).then_some(Name { tokens: at..end, frame, spelled: None })
    }

    /// Whether the run of words is a name: by its frame, its capitals, the names that are known and what was asked.
    fn believed(&self, at: usize, end: usize, capital: bool, frame: Option<Frame>) -> bool {
        let tokens = self.tokens;
        let words = end - at;
        let known = given::is_given(tokens.word(at));
        // A capital says nothing at the start of a sentence, nor where all or no words have one.
        let told = capital
            && self.cased
            && (at > 0 && tokens.get(at).is_some_and(|token| !token.starts_sentence()) || words > 1);
        let asked = !self.wanted.is_empty();
        if words == 1 && tokens.get(at).is_some_and(|token| token.text.chars().count() == 1) {
            return false;
        }
        let known = known || told && words > 1 && given::sounds_given(tokens.word(at));
        match frame {
            // "the Lacharite party"
            Some(Frame::Last) if tokens.is(end, &["party"]) => told && words == 1 && tokens.before(at, 1) == "the",
            _ if self.is_place(at, end, known) => false,
            Some(Frame::Sure | Frame::First | Frame::Last) => capital || !self.cased || asked || known || words > 1,
            Some(Frame::Likely) => {
                told && (words > 1 || known || asked)
                    || known && (words > 1 || asked || self.alone_behind(end))
                    || asked && (capital || !self.cased) && self.whole_answer(at, end)
            }
            Some(Frame::Maybe) => {
                told && (words > 1 || known || asked) || asked && (known || capital) && self.whole_answer(at, end)
            }
            None => {
                asked && (capital || known || !self.cased) && self.whole_answer(at, end)
                    || told && words > 1 && (known || asked || self.alone(at, end)) && !self.preposition(at)
                    || known && words > 1 && asked
            }
        }
    }

    /// "a restaurant called Wildwood", "the Acton Green area", "in London".
    fn is_place(&self, at: usize, end: usize, known: bool) -> bool {
        let tokens = self.tokens;
        let of_place = |word: &str| !word.is_empty() && PLACES.split_ascii_whitespace().any(|place| place == word);
        let called = tokens.is(at.saturating_sub(1), &["called", "named", "name", "the", "of", "in", "for"]);
        let near =
            called && (1..=4).any(|back| of_place(tokens.before(at, back)) && tokens.before(at, back) != "table");
        // A longer row of capitals is a title.
        let longer = tokens
            .get(end)
            .is_some_and(|next| next.capital && next.gap.is_empty() && !next.is_digits() && tokens.word(end) != "i");
        let inside = !known && (at..end).any(|at| of_place(tokens.word(at)));
        near || of_place(tokens.word(end))
            || inside
            || longer && self.frame_before(at).is_none_or(Frame::is_weak) && !self.is_first_said(at, end)
            || matches!(tokens.before(at, 1), "in" | "near" | "at" | "en" | "cerca" | "any" | "some")
                && !matches!(tokens.before(at, 2), "is" | "name")
    }

    /// Whether the capital behind a name only begins the next thing said: "Misha Connor Tuesday".
    fn is_first_said(&self, at: usize, end: usize) -> bool {
        let next = self.tokens.word(end);
        end - at > 1 && (self.pack.weekdays.meaning(next).is_some() || self.pack.months.meaning(next).is_some())
    }

    /// Whether nothing more is said of it: "it's kevin".
    fn alone_behind(&self, end: usize) -> bool {
        self.tokens.apart(end) || self.tokens.is(end, &["here", "and", "y", "speaking", "i"])
    }

    /// Whether it stands between commas or ends: "Table of four, Sarah Connor".
    fn alone(&self, at: usize, end: usize) -> bool {
        (at == 0 || self.tokens.apart(at)) && self.tokens.apart(end)
    }

    fn preposition(&self, at: usize) -> bool {
        matches!(self.tokens.before(at, 1), "in" | "near" | "at" | "to" | "of" | "from" | "with" | "en" | "de" | "on")
    }

    /// Whether the answer is this name and nothing else but politeness.
    fn whole_answer(&self, at: usize, end: usize) -> bool {
        let tokens = self.tokens;
        let polite = |at: usize| {
            tokens.is(
                at,
                &[
                    "yes", "yeah", "ok", "okay", "sure", "um", "uh", "er", "hi", "hello", "please", "thanks", "thank",
                    "you", "sir", "no", "si", "hola", "eh", "pues", "gracias", "por", "favor", "well", "so", "it",
                    "'s", "its", "is", "i", "'m", "am", "im", "this", "that", "es", "soy", "for", "under", "the",
                    "name",
                ],
            )
        };
        (0..at).all(polite)
            && (end..tokens.len()).take_while(|&at| !tokens.get(at).is_some_and(Token::starts_sentence)).all(|at| {
                polite(at) || self.is_title(at) || tokens.get(at).is_some_and(|token| token.gap.contains(','))
            })
    }

    fn is_title(&self, at: usize) -> bool {
        self.tokens.longest(at, &self.pack.titles).is_some()
    }

    /// The frame that ends right before a token: "my name is".
    fn frame_before(&self, at: usize) -> Option<Frame> {
        let mut start = at;
        while start > 0 && self.is_title(start - 1) && self.tokens.longest(start - 1, &self.pack.titles).is_some() {
            start -= 1;
        }
        let fillers = ["is", "um", "uh", "er", "ah", "eh", "well", "yes", "like", "just", "a"];
        if start > 1
            && self.tokens.is(start - 1, &fillers)
            && self.tokens.ending(start, &self.pack.before_name).is_none()
        {
            start -= 1;
        }
        // "My name. Misha": a sentence between them is no frame.
        if self.tokens.get(at).is_some_and(Token::starts_sentence) && start == at {
            let last = self.tokens.before(at, 1);
            if !matches!(last, "name" | "is" | "nombre" | "es") {
                return None;
            }
        }
        self.tokens.ending(start, &self.pack.before_name).map(|(frame, _)| frame)
    }

    /// The words of a name from here on: where they end, and whether they have capitals.
    fn run(&self, at: usize, taken: &dyn Fn(usize) -> bool) -> Option<(usize, bool)> {
        let first = self.tokens.get(at)?;
        if !self.can_be_name(at, taken) {
            return None;
        }
        let capital = first.capital;
        let spanish = self.tokens.language == crate::nlu::Language::Spanish;
        let most = if spanish { 4 } else { 3 };
        let mut end = at + 1;
        while end < self.tokens.len() && end - at < most {
            let particle = self.tokens.skip(end, PARTICLES);
            let next = end + particle;
            let token = self.tokens.get(next);
            let close = |token: &Token| {
                token.gap.is_empty() || token.gap == "-" || token.gap == "." && self.tokens.word(next - 1).len() == 1
            };
            let fits = token.is_some_and(|token| close(token) && (!self.cased || capital && token.capital));
            if !fits || !self.can_be_name(next, taken) || particle > 0 && !(capital || spanish) {
                break;
            }
            end = next + 1;
        }
        if !capital && !spanish {
            // A recogniser's words: more than two are rarely all of a name.
            end = end.min(at + 2);
        }
        Some((end, capital))
    }

    /// Whether the word could be of a name: letters, none of the words a sentence is made of.
    fn can_be_name(&self, at: usize, taken: &dyn Fn(usize) -> bool) -> bool {
        let Some(token) = self.tokens.get(at) else { return false };
        let word = token.text.as_str();
        let plain = token.span.len() > 1 || token.capital && at > 0;
        let letters =
            word.chars().all(|c| c.is_alphabetic() || c == '\'') && !word.starts_with('\'') && !word.ends_with("n't");
        if taken(at) || !letters || !plain || self.is_title(at) {
            return false;
        }
        let pack = self.pack;
        let known = given::is_given(word) && token.capital;
        if known && !matches!(word, "may" | "will" | "in") {
            return true;
        }
        let common = pack.no_names.contains(word)
            || pack.person.meaning(word).is_some()
            || pack.people.meaning(word).is_some()
            || pack.units.meaning(word).is_some()
            || pack.weekdays.meaning(word).is_some() && word.len() > 3
            || pack.yes.meaning(word).is_some()
            || pack.no.meaning(word).is_some()
            || crate::nlu::numbers::cardinal(&[word], self.tokens.language).is_some();
        let stop = crate::nlu::words::is_stop(word, self.tokens.language);
        !common && !stop
    }

    /// A spelled word: "S M I T H", "s as in sugar, m, i".
    fn spelled(&self, at: usize) -> Option<(String, usize)> {
        let tokens = self.tokens;
        let mut word = String::new();
        let mut used = 0;
        while let Some(token) = tokens.get(at + used) {
            let letter = tokens.letter(at + used);
            if let Some(letter) = letter {
                word.push(letter);
                used += 1;
            } else if tokens.is(at + used, &["double", "doble"]) && tokens.word(at + used + 1).chars().count() == 1 {
                let next = tokens.word(at + used + 1);
                word.push_str(next);
                word.push_str(next);
                used += 2;
            } else {
                break;
            }
            let example = tokens.skip(at + used, &["as in", "for", "like", "de", "como en", "como"]);
            let explained = tokens
                .get(at + used + example)
                .is_some_and(|next| next.text.starts_with(token.text.as_str()) && next.text.chars().count() > 1);
            if letter.is_some() && example > 0 && explained {
                used += example + 1;
            }
        }
        let mut letters = word.chars();
        let name: String = letters.next()?.to_uppercase().chain(letters).collect();
        (name.chars().count() >= 3).then_some((name, used))
    }

    /// The name, and its first and last name.
    fn parts(&self, name: &Name) -> Vec<Found> {
        let all = name.tokens.clone();
        let text = |range: &Range<usize>| match &name.spelled {
            Some(spelled) => spelled.clone(),
            None => self.tokens.utterance.get(self.tokens.span(range)).unwrap_or_default().to_owned(),
        };
        let part = |kind: Kind, range: Range<usize>| {
            let value = vec![Value::Text(text(&range))];
            Found::new(kind, range, value)
        };
        let mut out = vec![part(Kind::Name, all.clone())];
        let split = match name.frame {
            Some(Frame::First) => all.end,
            Some(Frame::Last) => all.start,
            _ if name.spelled.is_some() || all.len() == 1 => {
                if self.is_first_name(all.start, name) {
                    all.end
                } else {
                    all.start
                }
            }
            _ => {
                // "Mary Jane Watson" has two first names.
                let two = all.len() > 2 && given::is_given(self.tokens.word(all.start + 1));
                all.start + 1 + usize::from(two)
            }
        };
        if split > all.start {
            out.push(part(Kind::FirstName, all.start..split));
        }
        if split < all.end {
            out.push(part(Kind::LastName, split..all.end));
        }
        out
    }

    /// Whether a single word is a first name.
    fn is_first_name(&self, at: usize, name: &Name) -> bool {
        let only = |kind: Kind| self.wanted.contains(&kind);
        match (only(Kind::FirstName), only(Kind::LastName)) {
            (true, false) => return true,
            (false, true) => return false,
            _ => {}
        }
        if self.frame_is_title(at) {
            return false;
        }
        let word =
            name.spelled.as_ref().map_or_else(|| self.tokens.word(at).to_owned(), |spelled| spelled.to_lowercase());
        given::is_given(&word) || given::sounds_given(&word)
    }

    /// "mister Jones" tells the last name.
    fn frame_is_title(&self, at: usize) -> bool {
        at > 0 && self.is_title(at - 1)
    }
}

/// Whether the spelling is of a name that was said before it, which it then puts right: "Connor, C O N N E R".
fn spells_again(name: &Name, said: &mut [Found]) -> bool {
    let Some(spelled) = &name.spelled else { return false };
    let letters = |text: &str| fold(text).chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let mut again = false;
    for found in said.iter_mut().filter(|found| matches!(found.kind, Kind::FirstName | Kind::LastName)) {
        let [Value::Text(text)] = &mut found.readings[..] else { continue };
        let (heard, told) = (letters(text), letters(spelled));
        if strsim::normalized_levenshtein(&heard, &told) > 0.5 {
            again = true;
            if heard != told {
                text.clone_from(spelled);
            }
        }
    }
    again
}

/// Words of the names of places, and words for them.
const PLACES: &str = "
restaurant restaurants bar bars cafe pub bistro grill kitchen pizza pizzeria noodle brasserie steak steakhouse diner tavern
neighborhood neighbourhood area district borough city town village house hotel inn court club lounge garden gardens green park
street road avenue lane square hill hamlets quays cross lock gate bridge manor central station food cuisine place eastern
restaurante barrio zona calle avenida plaza ciudad
";

/// What stands between the parts of a last name.
const PARTICLES: &[&str] =
    &["de", "del", "de la", "de los", "de las", "van", "van der", "von", "y", "da", "dos", "bin", "al"];
