//! Number words of the languages the matcher knows, so that a token `two` matches "2" and a token `2` matches "two".

/// A language whose number words are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Language {
    /// English; also taken where no language is declared.
    English,
    /// Spanish.
    Spanish,
    /// Any other: digits only.
    Other,
    /// Unknown: the words of all languages above.
    Any,
}

impl Language {
    /// From a language tag such as `es-MX`.
    pub(super) fn of(tag: Option<&str>) -> Self {
        let tag = tag.unwrap_or("en").to_ascii_lowercase();
        match tag.split(['-', '_']).next() {
            Some("en" | "") | None => Self::English,
            Some("es") => Self::Spanish,
            Some(_) => Self::Other,
        }
    }

    /// The numeral of a normalised number word: `two` is `2`, `hundred` is `100`, `first` is `1st`.
    pub(super) fn numeral(self, word: &str) -> Option<&'static str> {
        let table = match self {
            Self::English => ENGLISH,
            Self::Spanish => SPANISH,
            Self::Other => return None,
            Self::Any => return Self::English.numeral(word).or_else(|| Self::Spanish.numeral(word)),
        };
        table.iter().find(|(name, _)| *name == word).map(|(_, numeral)| *numeral)
    }

    /// A number in words, as numerals (250 is `2 100 50`, in Spanish `200 50`), in the ways it is said.
    pub(super) fn spellings(self, number: u64) -> Vec<Vec<String>> {
        if self == Self::Any {
            return [Self::English.spellings(number), Self::Spanish.spellings(number)].concat();
        }
        if self == Self::Other || number >= 1_000_000_000 {
            return Vec::new();
        }
        let bare = self.spelled(number, false);
        let joined = self.spelled(number, true);
        if bare == joined { vec![bare] } else { vec![bare, joined] }
    }

    /// `joined`: with the "and" of "two hundred and one".
    fn spelled(self, number: u64, joined: bool) -> Vec<String> {
        let mut words = Vec::new();
        for (scale, count) in [(1_000_000, number / 1_000_000), (1000, number / 1000 % 1000)] {
            if count > 0 {
                if !(self == Self::Spanish && scale == 1000 && count == 1) {
                    words.extend(self.spelled(count, joined));
                }
                words.push(scale.to_string());
            }
        }
        let (hundreds, rest) = (number / 100 % 10, number % 100);
        match (self, hundreds) {
            (_, 0) => {}
            (Self::Spanish, _) => words.push((hundreds * 100).to_string()),
            _ => words.extend([hundreds.to_string(), "100".to_owned()]),
        }
        if joined && self == Self::English && !words.is_empty() && rest > 0 {
            words.push("and".to_owned());
        }
        match (self, rest / 10, rest % 10) {
            (_, 0, 0) if !words.is_empty() => {}
            (Self::English, 2.., unit @ 1..) => words.extend([(rest - unit).to_string(), unit.to_string()]),
            (Self::Spanish, 3.., unit @ 1..) => {
                words.extend([(rest - unit).to_string(), "y".to_owned(), unit.to_string()]);
            }
            _ => words.push(rest.to_string()),
        }
        words
    }
}

/// The number that numerals of number words make together (`2 100 50` is 250); `None` if they make none.
pub(super) fn value<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<u64> {
    let (mut total, mut group, mut last_scale) = (0u64, 0u64, u64::MAX);
    // What may still be added to the group: hundreds make room for tens, tens for units.
    let mut room = 1000;
    let mut any = false;
    for word in words {
        if matches!(word, "and" | "y") {
            continue;
        }
        let number: u64 = word.parse().ok()?;
        match number {
            1000 | 1_000_000 if number < last_scale && (group > 0 || total > 0 || !any) => {
                total += group.max(1) * number;
                (group, room, last_scale) = (0, 1000, number);
            }
            100 if room <= 100 && (1..100).contains(&group) => (group, room) = (group * 100, 100),
            0 if any => return None,
            0 => room = 0,
            _ if number < room => {
                group += number;
                room = match number {
                    100.. if number.is_multiple_of(100) => 100,
                    20..100 if number.is_multiple_of(10) => 10,
                    _ => 0,
                };
            }
            _ => return None,
        }
        any = true;
    }
    any.then_some(total + group)
}

const ENGLISH: &[(&str, &str)] = &[
    ("zero", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("thirteen", "13"),
    ("fourteen", "14"),
    ("fifteen", "15"),
    ("sixteen", "16"),
    ("seventeen", "17"),
    ("eighteen", "18"),
    ("nineteen", "19"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
    ("sixty", "60"),
    ("seventy", "70"),
    ("eighty", "80"),
    ("ninety", "90"),
    ("hundred", "100"),
    ("thousand", "1000"),
    ("million", "1000000"),
    ("first", "1st"),
    ("second", "2nd"),
    ("third", "3rd"),
    ("fourth", "4th"),
    ("fifth", "5th"),
    ("sixth", "6th"),
    ("seventh", "7th"),
    ("eighth", "8th"),
    ("ninth", "9th"),
    ("tenth", "10th"),
    ("eleventh", "11th"),
    ("twelfth", "12th"),
    ("thirteenth", "13th"),
    ("fourteenth", "14th"),
    ("fifteenth", "15th"),
    ("sixteenth", "16th"),
    ("seventeenth", "17th"),
    ("eighteenth", "18th"),
    ("nineteenth", "19th"),
    ("twentieth", "20th"),
    ("thirtieth", "30th"),
];

/// Without accents, as normalised words are.
const SPANISH: &[(&str, &str)] = &[
    ("cero", "0"),
    ("uno", "1"),
    ("una", "1"),
    ("un", "1"),
    ("dos", "2"),
    ("tres", "3"),
    ("cuatro", "4"),
    ("cinco", "5"),
    ("seis", "6"),
    ("siete", "7"),
    ("ocho", "8"),
    ("nueve", "9"),
    ("diez", "10"),
    ("once", "11"),
    ("doce", "12"),
    ("trece", "13"),
    ("catorce", "14"),
    ("quince", "15"),
    ("dieciseis", "16"),
    ("diecisiete", "17"),
    ("dieciocho", "18"),
    ("diecinueve", "19"),
    ("veinte", "20"),
    ("veintiun", "21"),
    ("veintiuno", "21"),
    ("veintiuna", "21"),
    ("veintidos", "22"),
    ("veintitres", "23"),
    ("veinticuatro", "24"),
    ("veinticinco", "25"),
    ("veintiseis", "26"),
    ("veintisiete", "27"),
    ("veintiocho", "28"),
    ("veintinueve", "29"),
    ("treinta", "30"),
    ("cuarenta", "40"),
    ("cincuenta", "50"),
    ("sesenta", "60"),
    ("setenta", "70"),
    ("ochenta", "80"),
    ("noventa", "90"),
    ("cien", "100"),
    ("ciento", "100"),
    ("doscientos", "200"),
    ("doscientas", "200"),
    ("trescientos", "300"),
    ("trescientas", "300"),
    ("cuatrocientos", "400"),
    ("cuatrocientas", "400"),
    ("quinientos", "500"),
    ("quinientas", "500"),
    ("seiscientos", "600"),
    ("seiscientas", "600"),
    ("setecientos", "700"),
    ("setecientas", "700"),
    ("ochocientos", "800"),
    ("ochocientas", "800"),
    ("novecientos", "900"),
    ("novecientas", "900"),
    ("mil", "1000"),
    ("millon", "1000000"),
    ("millones", "1000000"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_has_the_value_it_spells() {
        for number in (0..2500).chain([10_000, 21_021, 100_001, 999_999, 1_000_000, 2_345_678]) {
            for language in [Language::English, Language::Spanish] {
                for words in language.spellings(number) {
                    assert_eq!(value(words.iter().map(String::as_str)), Some(number), "{language:?} {words:?}");
                }
            }
        }
    }

    #[test]
    fn words_that_make_no_number_have_no_value() {
        for words in [&["1", "9"][..], &["10", "1"], &["20", "30"], &["0", "1"], &["1000", "1000"], &["x"], &[]] {
            assert_eq!(value(words.iter().copied()), None, "{words:?}");
        }
    }
}
