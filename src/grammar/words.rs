//! Words as a matcher compares them. Recognisers capitalise, punctuate and write numbers in figures ("Yes.", "1 2 3",
//! "$5", "4:30 p.m."); grammars are written by hand. Both are brought to the same normal form here, and figures are
//! given all the readings they may have been spoken by.

use super::numerals::{self, Language};
use unicode_normalization::UnicodeNormalization;

/// Number words in a row that are tried as one number.
pub(super) const LONGEST_NUMBER: usize = 20;

/// Figures longer than this are read digit by digit only.
const LONGEST_FIGURE: usize = 15;

/// One spoken word, with the words it may have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    /// As it was heard, in lower case.
    pub(super) heard: String,
    /// Its readings, the most literal first.
    pub(super) readings: Vec<Vec<String>>,
    /// The numeral it stands for, if it is a number word (or an "and" between such).
    pub(super) number: Option<String>,
}

/// The normalised words of a grammar's token, mostly one.
pub(super) fn of_token(written: &str, language: Language) -> Vec<String> {
    slots(written, &[])
        .into_iter()
        .filter_map(|slot| slot.readings.into_iter().next())
        .flatten()
        .map(|word| language.numeral(&word).map_or(word, str::to_owned))
        .collect()
}

/// Whether there is nothing in a word that is spoken.
pub(super) fn is_punctuation(word: &str) -> bool {
    !word.bytes().any(|byte| byte.is_ascii_alphanumeric()) && slots(word, &[]).is_empty()
}

/// The words of an utterance with all their readings.
pub(super) fn slots(utterance: &str, languages: &[Language]) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    for written in utterance.split_whitespace() {
        let (chunk, before) = (fold(written), slots.len());
        let chunk = spoken(&chunk);
        if let Some(units) = unit_words(chunk, languages) {
            slots.push(Slot { heard: chunk.to_owned(), readings: units, number: None });
        } else if let Some(figure) = Figure::read(chunk, languages) {
            slots.push(Slot { heard: chunk.to_owned(), readings: figure.readings(languages), number: figure.whole() });
        } else if let Some(letters) = dotted(chunk) {
            let readings = vec![vec![letters.concat()], letters];
            slots.push(Slot { heard: chunk.to_owned(), readings, number: None });
        } else {
            for word in chunk.replace('&', " and ").replace('@', " at ").replace('%', " percent ").split_whitespace() {
                slots.extend(word.split(|c: char| !c.is_alphanumeric()).filter_map(|part| slot(part, languages)));
            }
        }
        if let [only] = &mut slots[before..] {
            // With the accents and apostrophes that do not count when it is compared.
            only.heard = spoken(&written.to_lowercase()).to_owned();
        }
    }
    slots
}

/// A word without the punctuation around it.
fn spoken(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric() && !"$€£%&@+-".contains(c))
}

/// A sign of money that stands alone, as in "20 €".
fn unit_words(chunk: &str, languages: &[Language]) -> Option<Vec<Vec<String>>> {
    let sign = chunk.chars().next().filter(|sign| matches!(sign, '$' | '€' | '£') && chunk.len() == sign.len_utf8())?;
    Some(units_of(sign, languages).0.iter().map(|word| phrase(word)).collect())
}

/// The numerals that number words in a row make as one token: the number they say, or single digits strung together.
pub(super) fn joined(words: &[&str]) -> Vec<String> {
    let connects = |word: Option<&&str>| word.is_some_and(|word| word.parse::<u64>().is_err());
    if connects(words.first()) || connects(words.last()) {
        return Vec::new();
    }
    let mut numbers: Vec<String> = numerals::value(words.iter().copied()).map(|n| n.to_string()).into_iter().collect();
    if words.iter().all(|word| word.len() == 1) {
        numbers.push(words.concat());
    }
    numbers
}

/// Lower case, composed, without accents (but with ñ) and apostrophes: "What's" is "whats", "Sí" is "si".
fn fold(text: &str) -> String {
    if text.is_ascii() {
        let spoken = text.chars().filter(|c| !matches!(c, '\'' | '`'));
        return spoken.map(|c| c.to_ascii_lowercase()).collect();
    }
    text.to_lowercase()
        .nfd()
        .filter(|c| !matches!(c, '\u{300}'..='\u{302}' | '\u{304}'..='\u{36f}' | '\'' | '’' | '‘' | '`'))
        .nfc()
        .collect()
}

/// The letters of "p.m." or "u.s.a".
fn dotted(chunk: &str) -> Option<Vec<String>> {
    let letters: Vec<String> = chunk.trim_end_matches('.').split('.').map(str::to_owned).collect();
    let single = |letter: &String| letter.chars().count() == 1 && letter.chars().all(char::is_alphabetic);
    (letters.len() > 1 && letters.iter().all(single)).then_some(letters)
}

/// The slot of a word without punctuation; `None` for an empty one.
fn slot(word: &str, languages: &[Language]) -> Option<Slot> {
    let word = if word == "okay" { "ok" } else { word };
    if let Some(figure) = Figure::read(word, languages) {
        return Some(Slot { heard: word.to_owned(), readings: figure.readings(languages), number: figure.whole() });
    }
    let mut readings = vec![vec![word.to_owned()]];
    let mut number = matches!(word, "and" | "y").then(|| word.to_owned());
    for language in languages {
        if let Some(numeral) = language.numeral(word) {
            readings.push(vec![numeral.to_owned()]);
            number = Some(numeral.to_owned());
        }
    }
    match word {
        "oh" | "o" => readings.extend(["0", "oh", "o"].map(|zero| vec![zero.to_owned()])),
        "am" | "pm" => readings.push(word.chars().map(String::from).collect()),
        // "5pm", "12b"
        _ if word.starts_with(|c: char| c.is_ascii_digit()) => {
            let split = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
            let (figure, rest) = word.split_at(split);
            let figure = Figure::read(figure, languages)?;
            readings.extend(product(figure.readings(languages), vec![vec![rest.to_owned()]]));
        }
        _ => {}
    }
    (!word.is_empty()).then(|| Slot { heard: word.to_owned(), readings, number })
}

/// A number in figures, perhaps an amount of money, a percentage or an ordinal.
#[derive(Debug)]
struct Figure<'a> {
    sign: Option<char>,
    currency: Option<char>,
    digits: String,
    decimals: Option<&'a str>,
    percent: bool,
    ordinal: &'a str,
}

impl<'a> Figure<'a> {
    fn read(text: &'a str, languages: &[Language]) -> Option<Self> {
        let sign = text.chars().next().filter(|c| matches!(c, '+' | '-'));
        let text = text.strip_prefix(['+', '-']).unwrap_or(text).trim_end_matches(['+', '-', '.', ',']);
        let currency = text.chars().next().filter(|c| matches!(c, '$' | '€' | '£'));
        let text = text.strip_prefix(['$', '€', '£']).unwrap_or(text);
        let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')).unwrap_or(text.len());
        let (figures, rest) = text.split_at(end);
        // "1.200,50" is Spanish for "1,200.50".
        let spanish = languages == [Language::Spanish];
        let decimal = |(_, behind): &(&str, &str)| spanish && matches!(behind.len(), 1 | 2);
        let (whole, decimals, separator) = match (figures.split_once(',').filter(decimal), figures.split_once('.')) {
            (Some((whole, decimals)), _) => (whole, Some(decimals), '.'),
            (None, Some((_, thousands))) if spanish && thousands.len() % 4 == 3 => (figures, None, '.'),
            (None, Some((whole, decimals))) => (whole, Some(decimals), ','),
            (None, None) => (figures, None, ','),
        };
        let mut groups = whole.split(separator);
        let leads =
            groups.next().is_some_and(|first| !first.is_empty() && (whole.len() == first.len() || first.len() < 4));
        let digits_only = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let sound = leads && groups.all(|group| group.len() == 3) && decimals.is_none_or(digits_only);
        let behind = rest.chars().next().filter(|sign| matches!(sign, '$' | '€' | '£'));
        let (currency, rest) = if rest.chars().count() == 1 {
            (currency.or(behind), if behind.is_some() { "" } else { rest })
        } else {
            (currency, rest)
        };
        let known = matches!(rest, "" | "%" | "st" | "nd" | "rd" | "th");
        (sound && known).then(|| Self {
            sign,
            currency,
            digits: whole.replace(separator, ""),
            decimals,
            percent: rest == "%",
            ordinal: if rest == "%" { "" } else { rest },
        })
    }

    /// The figures, if they are a bare whole number.
    fn whole(&self) -> Option<String> {
        let bare = self.sign.is_none() && self.currency.is_none() && self.decimals.is_none();
        (bare && !self.percent && self.ordinal.is_empty()).then(|| self.digits.clone())
    }

    fn readings(&self, languages: &[Language]) -> Vec<Vec<String>> {
        let mut readings = match (self.ordinal, self.currency, self.decimals) {
            ("", None, None) => whole_readings(&self.digits, languages),
            ("", Some(sign), decimals) => money_readings(sign, &self.digits, decimals, languages),
            ("", None, Some(decimals)) => decimal_readings(&self.digits, decimals, languages),
            (ordinal, ..) => self.ordinal_readings(ordinal),
        };
        if self.percent {
            readings = product(readings, vec![phrase("percent"), phrase("per cent"), phrase("por ciento")]);
        }
        if self.sign == Some('-') {
            readings = product(vec![phrase("minus"), phrase("negative"), phrase("menos")], readings);
        }
        readings
    }

    /// "21st" is `21st` or `20 1st`.
    fn ordinal_readings(&self, ordinal: &str) -> Vec<Vec<String>> {
        let whole = format!("{}{ordinal}", self.digits);
        let split = match self.digits.as_bytes() {
            [tens @ b'2'..=b'9', unit @ b'1'..=b'9'] => {
                Some(vec![format!("{}0", *tens as char), format!("{}{ordinal}", *unit as char)])
            }
            _ => None,
        };
        std::iter::once(vec![whole]).chain(split).collect()
    }
}

/// "250": itself, digit by digit, and in words.
fn whole_readings(digits: &str, languages: &[Language]) -> Vec<Vec<String>> {
    let mut readings = spoken_readings(digits, languages);
    for zero in ["0", "oh", "o"] {
        if zero == "0" || digits.contains('0') {
            readings.push(digits.chars().map(|c| if c == '0' { zero.to_owned() } else { c.to_string() }).collect());
        }
    }
    readings.sort();
    readings.dedup();
    readings.sort_by_key(Vec::len);
    readings
}

/// "250": itself, and in words.
fn spoken_readings(digits: &str, languages: &[Language]) -> Vec<Vec<String>> {
    let number = digits.parse().ok().filter(|_| digits.len() <= LONGEST_FIGURE && !digits.starts_with('0'));
    let spelled = number.into_iter().flat_map(|number| languages.iter().flat_map(move |one| one.spellings(number)));
    std::iter::once(vec![digits.to_owned()]).chain(spelled).collect()
}

/// "3.5": three point five.
fn decimal_readings(digits: &str, decimals: &str, languages: &[Language]) -> Vec<Vec<String>> {
    let points = vec![phrase("point"), phrase("punto"), phrase("coma")];
    let single = vec![decimals.chars().map(String::from).collect()];
    product(product(spoken_readings(digits, languages), points), single)
}

/// "$5.50": five dollars and fifty cents, five dollars fifty, five fifty, five point five zero dollars.
fn money_readings(sign: char, digits: &str, decimals: Option<&str>, languages: &[Language]) -> Vec<Vec<String>> {
    let (units, cents, and) = units_of(sign, languages);
    let phrases = |words: &[&str]| words.iter().map(|word| phrase(word)).collect::<Vec<_>>();
    let whole = spoken_readings(digits, languages);
    let with_unit = product(whole.clone(), phrases(units));
    match decimals {
        None | Some("00" | "0") => [whole, with_unit].concat(),
        Some(decimals) => {
            let small = spoken_readings(decimals.trim_start_matches('0'), languages);
            let joined = product(with_unit.clone(), phrases(&[and]));
            let named = product(small.clone(), phrases(cents));
            [
                product([with_unit, joined].concat(), [named, small.clone()].concat()),
                product(whole, small),
                product(decimal_readings(digits, decimals, languages), [vec![Vec::new()], phrases(units)].concat()),
            ]
            .concat()
        }
    }
}

/// What a sign of money is called, its hundredth part, and the word between the two.
fn units_of(sign: char, languages: &[Language]) -> (&'static [&'static str], &'static [&'static str], &'static str) {
    let spanish = languages == [Language::Spanish];
    match (sign, spanish) {
        ('$', false) => (&["dollars", "dollar"], &["cents", "cent"], "and"),
        ('$', true) => (&["dolares", "dolar", "pesos"], &["centavos"], "con"),
        ('€', false) => (&["euros", "euro"], &["cents", "cent"], "and"),
        ('€', true) => (&["euros", "euro"], &["centimos"], "con"),
        (_, false) => (&["pounds", "pound"], &["pence"], "and"),
        (_, true) => (&["libras"], &["peniques"], "con"),
    }
}

fn phrase(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// Every first part followed by every second.
fn product(first: Vec<Vec<String>>, second: Vec<Vec<String>>) -> Vec<Vec<String>> {
    first.iter().flat_map(|head| second.iter().map(move |tail| [&head[..], &tail[..]].concat())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(text: &str) -> Vec<String> {
        slots(text, &[Language::English])
            .iter()
            .map(|slot| slot.readings.iter().map(|words| words.join(" ")).collect::<Vec<_>>().join("|"))
            .collect()
    }

    #[test]
    fn punctuation_case_and_accents_do_not_matter() {
        assert_eq!(readings("Yes."), ["yes"]);
        assert_eq!(readings("San Francisco!"), ["san", "francisco"]);
        assert_eq!(readings("¿Sí? El año"), ["si", "el", "año"]);
        assert_eq!(readings("what’s twenty-one"), ["whats", "twenty|20", "one|1"]);
        assert_eq!(readings("  – … "), Vec::<String>::new());
    }

    #[test]
    fn figures_have_the_readings_they_are_spoken_by() {
        assert_eq!(readings("1234"), ["1234|1 2 3 4|1 1000 2 100 30 4|1 1000 2 100 and 30 4"]);
        assert_eq!(readings("$5"), ["5|5|5 dollars|5 dollar|5 dollars|5 dollar"]);
        assert!(readings("$5.50")[0].split('|').any(|reading| reading == "5 dollars and 50 cents"));
        assert_eq!(readings("4:30 p.m."), ["4", "30|3 0|3 o|3 oh", "pm|p m"]);
        assert_eq!(readings("21st"), ["21st|20 1st"]);
        assert!(readings("3.5")[0].split('|').any(|reading| reading == "3 point 5"));
        assert_eq!(readings("555-1234")[0], "555|5 5 5|5 100 50 5|5 100 and 50 5");
        assert_eq!(readings("1,200")[0], "1200|1 1000 2 100|1 2 0 0|1 2 o o|1 2 oh oh");
    }

    #[test]
    fn number_words_join() {
        assert_eq!(joined(&["20", "1"]), ["21"]);
        assert_eq!(joined(&["1", "2"]), ["12"]);
        assert_eq!(joined(&["2", "100", "and"]), Vec::<String>::new());
    }
}
