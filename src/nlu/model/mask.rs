//! Words as they may leave the machine: without what looks like a card, account or phone number.

use crate::nlu::words;
use std::ops::Range;
use unicode_normalization::char::is_combining_mark;

/// Stands for a number that is not told.
pub(super) const NUMBER: &str = "[number]";

/// So many digits in a row are hidden.
const LONG: usize = 6;
/// A card read out in groups: so many digits in one utterance, the groups of so many of them.
const IN_GROUPS: usize = 12;
const GROUP: usize = 4;

/// A text without its long numbers. They are kept, so that what is said of the text can be read in the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    text: String,
    hidden: Vec<String>,
}

impl Masked {
    /// Hides every run of six digits or more, written or spoken (English or Spanish, whatever the call's language), also
    /// with anything but words in between; and the shorter groups of a number that is read out in groups.
    pub fn of(text: &str) -> Self {
        let runs = runs(text);
        let all: usize = runs.iter().map(|run| run.digits).sum();
        let shortest = if all >= IN_GROUPS { GROUP } else { LONG };
        let mut masked = Self { text: String::with_capacity(text.len()), hidden: Vec::new() };
        let mut told = 0;
        for run in runs.iter().filter(|run| run.digits >= shortest) {
            masked.text.push_str(text.get(told..run.place.start).unwrap_or_default());
            masked.text.push_str(NUMBER);
            masked.hidden.push(text.get(run.place.clone()).unwrap_or_default().to_owned());
            told = run.place.end;
        }
        masked.text.push_str(text.get(told..).unwrap_or_default());
        masked
    }

    /// A text that may leave as it is.
    pub fn open(text: &str) -> Self {
        Self { text: text.to_owned(), hidden: Vec::new() }
    }

    /// What may leave the machine.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A part of the text as it was said.
    pub(super) fn unmasked(&self, part: Range<usize>) -> Option<String> {
        let mut words = self.text.get(part.clone())?;
        let before = self.text.get(..part.start)?.matches(NUMBER).count();
        let mut hidden = self.hidden.iter().skip(before);
        let mut said = String::new();
        while let Some((plain, rest)) = words.split_once(NUMBER) {
            said.push_str(plain);
            said.push_str(hidden.next().map_or(NUMBER, String::as_str));
            words = rest;
        }
        said.push_str(words);
        Some(said)
    }
}

/// Digits in a row, and where.
struct Run {
    place: Range<usize>,
    digits: usize,
}

/// A word or a numeral of a text.
enum Part {
    /// It stands for so many digits.
    Digits(usize),
    /// It sounds like a digit, and is one between digits.
    Homophone,
    /// It may stand between the digits of one number.
    Filler,
    /// It ends a number.
    Word,
}

/// The runs of digits in a text, longest possible, from digit to digit.
fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut is_open = false;
    // Homophones since the last digit: they count once another digit follows.
    let mut doubtful = 0;
    for (place, part) in parts(text) {
        match part {
            Part::Digits(digits) => {
                match runs.last_mut().filter(|_| is_open) {
                    Some(run) => {
                        run.place.end = place.end;
                        run.digits += digits + doubtful;
                    }
                    None => runs.push(Run { place, digits }),
                }
                is_open = true;
                doubtful = 0;
            }
            Part::Homophone if is_open => doubtful += 1,
            Part::Filler | Part::Homophone => {}
            Part::Word => {
                is_open = false;
                doubtful = 0;
            }
        }
    }
    runs
}

/// A text's numerals and words. Whatever is neither joins them.
fn parts(text: &str) -> impl Iterator<Item = (Range<usize>, Part)> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        while rest.next_if(|(_, c)| !c.is_alphanumeric()).is_some() {}
        let (start, first) = *rest.peek()?;
        let is_numeral = first.is_numeric();
        let (mut end, mut length) = (start, 0);
        while let Some((at, c)) =
            rest.next_if(|(_, c)| if is_numeral { c.is_numeric() } else { is_letter(*c) && !c.is_numeric() })
        {
            end = at + c.len_utf8();
            length += 1;
        }
        let part = if is_numeral { Part::Digits(length) } else { kind_of(text.get(start..end).unwrap_or_default()) };
        Some((start..end, part))
    })
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

fn kind_of(word: &str) -> Part {
    let word = words::fold(word);
    let listed = |list| words::among(&word, list);
    if listed(DIGITS) {
        Part::Digits(1)
    } else if listed(LARGER) {
        Part::Digits(2)
    } else if listed(HOMOPHONES) {
        Part::Homophone
    } else if listed(FILLERS) {
        Part::Filler
    } else {
        Part::Word
    }
}

/// What stands for one digit. "Double" adds one to the digit that follows.
const DIGITS: &str = "zero oh o nought naught nil one two three four five six seven eight nine double \
    cero uno una un dos tres cuatro cinco seis siete ocho nueve doble";

/// What stands for two digits or more.
const LARGER: &str = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty \
    fourty fifty sixty seventy eighty ninety hundred thousand million triple treble quadruple \
    diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintiun veintiuna \
    veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve treinta cuarenta cincuenta \
    sesenta setenta ochenta noventa cien ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos \
    ochocientos novecientos mil millon millones";

const HOMOPHONES: &str = "to too for fore won ate";

const FILLERS: &str = "and um umm uh uhm er erm eh em mm hmm then dash hyphen minus dot point period comma space slash plus \
    y este esto pues luego guion punto coma espacio barra mas";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn card_account_and_phone_numbers_are_hidden_however_they_are_said() {
        for (said, told) in [
            ("my card is 4111 1111 1111 1111 thanks", "my card is [number] thanks"),
            ("call +1 (900) 555-0100.", "call +[number]."),
            ("it's 12.34.56 I think", "it's [number] I think"),
            ("AB123456", "AB[number]"),
            ("five five five oh one double two", "[number]"),
            ("four one one one um one and one", "[number]"),
            ("five five five for to one", "[number]"),
            ("mi cuenta es cuatro siete uno uno, dos dos", "mi cuenta es [number]"),
            ("dieciséis veinticuatro treinta y dos", "[number]"),
            ("4111 yes 1111 yes 1111 then", "[number] yes [number] yes [number] then"),
            ("١٢٣٤٥٦", "[number]"),
        ] {
            assert_eq!(Masked::of(said).text(), told, "{said}");
        }
    }

    #[test]
    fn short_numbers_stay() {
        for said in ["a table for four at 7 30", "press 2", "two of us on the 21st", "gate 12345", "one to one", ""] {
            assert_eq!(Masked::of(said).text(), said);
        }
    }

    #[test]
    fn a_part_of_a_masked_text_is_read_as_it_was_said() {
        let masked = Masked::of("from 111222 to my 333444 please");
        let at = masked.text().rfind("my").unwrap();
        assert_eq!(masked.unmasked(at..at + "my [number]".len()).as_deref(), Some("my 333444"));
        assert_eq!(masked.unmasked(0..masked.text().len()).as_deref(), Some("from 111222 to my 333444 please"));
        assert_eq!(masked.unmasked(0..1_000), None);
    }

    /// The longest run of digits with nothing but blanks, hyphens and the like in between.
    fn longest(text: &str) -> usize {
        let mut longest = 0;
        let mut run = 0;
        for c in text.chars() {
            if c.is_numeric() {
                run += 1;
                longest = longest.max(run);
            } else if c.is_alphanumeric() {
                run = 0;
            }
        }
        longest
    }

    fn spoken() -> impl Strategy<Value = String> {
        let words =
            "zero one two three four five six seven eight nine oh uno dos tres cuatro cinco seis siete ocho nueve cero";
        let words: Vec<&str> = words.split(' ').collect();
        prop::collection::vec(prop::sample::select(words), 6..20).prop_map(|words| words.join(" "))
    }

    proptest! {
        #[test]
        fn no_run_of_six_digits_or_more_is_left(text in "([0-9]{0,9}[ .()/+-]{0,3}|[a-zé]{1,6} |٣|x|é){0,12}") {
            let masked = Masked::of(&text);
            prop_assert!(longest(masked.text()) < LONG, "{text}: {}", masked.text());
            prop_assert_eq!(masked.unmasked(0..masked.text().len()), Some(text));
        }

        #[test]
        fn no_six_spoken_digits_are_left(before in "[a-z]{3}x ", digits in spoken(), after in " x[a-z]{3}") {
            let masked = Masked::of(&format!("{before}{digits}{after}"));
            prop_assert_eq!(masked.text(), format!("{before}{NUMBER}{after}"));
        }

        #[test]
        fn any_text_can_be_masked_and_read_again(text in any::<String>()) {
            let masked = Masked::of(&text);
            prop_assert!(longest(masked.text()) < LONG);
            if !text.contains(NUMBER) {
                prop_assert_eq!(masked.unmasked(0..masked.text().len()), Some(text));
            }
        }
    }
}
