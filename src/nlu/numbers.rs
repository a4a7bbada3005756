//! Numbers as people say them, in English and Spanish.

use super::words::Language;

/// A number below a hundred in one word: digits, teens, tens, and the Spanish twenties.
fn small(word: &str, language: Language) -> Option<u64> {
    let table = match language {
        Language::Spanish => SMALL_ES,
        _ => SMALL_EN,
    };
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

/// A numeral of at most nine digits ("25").
fn numeral(word: &str) -> Option<u64> {
    let is_numeral = !word.is_empty() && word.len() <= 9 && word.bytes().all(|b| b.is_ascii_digit());
    is_numeral.then(|| word.parse().ok()).flatten()
}

/// The whole number that starts at `words[0]`, and how many words it takes: "twenty five", "a hundred and five".
pub(super) fn cardinal<S: AsRef<str>>(words: &[S], language: Language) -> Option<(u64, usize)> {
    let mut total = 0u64;
    let mut used = 0;
    let mut ceiling = u64::MAX;
    loop {
        let rest = words.get(used..).unwrap_or_default();
        let joint = usize::from(used > 0 && rest.first().is_some_and(|word| word.as_ref() == "and"));
        let rest = rest.get(joint..).unwrap_or_default();
        let (amount, taken) = match below_thousand(rest, language) {
            Some(found) => found,
            // "mil" needs no number before it, and "a thousand" only an article.
            None if scale(word(rest, 0), language).is_some() => (1, 0),
            None if word(rest, 0) == "a" && scale(word(rest, 1), language).is_some() => (1, 1),
            None => break,
        };
        let Some(unit) = scale(word(rest, taken), language) else {
            if amount < ceiling {
                total = total.saturating_add(amount);
                used += joint + taken;
            }
            break;
        };
        if unit >= ceiling {
            break;
        }
        total = total.saturating_add(amount.saturating_mul(unit));
        used += joint + taken + 1;
        ceiling = unit;
    }
    (used > 0).then_some((total, used))
}

fn below_thousand<S: AsRef<str>>(words: &[S], language: Language) -> Option<(u64, usize)> {
    let (hundreds, used) = match language {
        Language::Spanish => match HUNDREDS_ES.iter().find(|(name, _)| *name == word(words, 0)) {
            Some((_, value)) => (*value, 1),
            None => (0, 0),
        },
        _ => match (word(words, 0), word(words, 1)) {
            ("a", "hundred") => (100, 2),
            (count, "hundred") => match small(count, language).or_else(|| numeral(count)) {
                Some(count @ 1..=19) => (count * 100, 2),
                _ => (0, 0),
            },
            _ => (0, 0),
        },
    };
    if used == 0 {
        return below_hundred(words, language);
    }
    let joint = usize::from(word(words, used) == "and");
    match below_hundred(words.get(used + joint..).unwrap_or_default(), language) {
        Some((rest @ 1.., taken)) => Some((hundreds + rest, used + joint + taken)),
        _ => Some((hundreds, used)),
    }
}

fn below_hundred<S: AsRef<str>>(words: &[S], language: Language) -> Option<(u64, usize)> {
    let first = word(words, 0);
    if let Some(value) = numeral(first) {
        return Some((value, 1));
    }
    let value = small(first, language)?;
    if value < 20 || value % 10 != 0 {
        return Some((value, 1));
    }
    let joint = usize::from(language == Language::Spanish);
    if joint == 1 && word(words, 1) != "y" {
        return Some((value, 1));
    }
    match small(word(words, 1 + joint), language) {
        Some(unit @ 1..=9) => Some((value + unit, 2 + joint)),
        _ => Some((value, 1)),
    }
}

fn scale(word: &str, language: Language) -> Option<u64> {
    match (language, word) {
        (Language::Spanish, "mil") => Some(1_000),
        (Language::Spanish, "millon" | "millones") => Some(1_000_000),
        (Language::English | Language::Other, "thousand") => Some(1_000),
        (Language::English | Language::Other, "million") => Some(1_000_000),
        _ => None,
    }
}

fn word<S: AsRef<str>>(words: &[S], at: usize) -> &str {
    words.get(at).map_or("", AsRef::as_ref)
}

/// The digits that start at `words[0]`, and how many words they take: "one two three four", "oh double five",
/// "nineteen eighty four", "1 2 34".
pub(super) fn digits<S: AsRef<str>>(words: &[S], language: Language) -> Option<(String, usize)> {
    let mut out = String::new();
    let mut used = 0;
    let mut end = 0;
    while let Some(current) = words.get(used).map(AsRef::as_ref) {
        if current.bytes().all(|b| b.is_ascii_digit()) {
            out.push_str(current);
            used += 1;
        } else if matches!(current, "oh" | "o") && language != Language::Spanish {
            out.push('0');
            used += 1;
        } else if let Some(times) = multiple(current) {
            let Some(digit @ 0..=9) = single(word(words, used + 1), language) else { break };
            out.extend(std::iter::repeat_n(char::from(b'0' + digit), times));
            used += 2;
        } else if matches!(current, "um" | "uh" | "eh" | "comma" | "coma" | "dash" | "guion" | "then" | "luego") {
            used += 1;
            continue;
        } else if let Some((value, taken)) = cardinal(words.get(used..).unwrap_or_default(), language) {
            out.push_str(&value.to_string());
            used += taken;
        } else {
            break;
        }
        end = used;
    }
    (!out.is_empty()).then_some((out, end))
}

fn multiple(word: &str) -> Option<usize> {
    match word {
        "double" | "doble" => Some(2),
        "triple" | "treble" => Some(3),
        _ => None,
    }
}

fn single(word: &str, language: Language) -> Option<u8> {
    let value = match word {
        "oh" | "o" => Some(0),
        _ => small(word, language).or_else(|| numeral(word)),
    };
    value.and_then(|value| u8::try_from(value).ok()).filter(|value| *value < 10)
}

/// The telephone key that starts at `words[0]`, and how many words it takes: "two", "2", "12", "star", "the pound sign"
/// without the article.
pub(super) fn key<S: AsRef<str>>(words: &[S], language: Language) -> Option<(String, usize)> {
    let first = word(words, 0);
    let sign = match first {
        "star" | "asterisk" | "asterisco" | "estrella" => Some(("*", 1)),
        "pound" | "hash" | "hashtag" | "almohadilla" | "gato" => Some(("#", 1)),
        "numeral" if language == Language::Spanish => Some(("#", 1)),
        "number" if word(words, 1) == "sign" => Some(("#", 2)),
        _ => None,
    };
    if let Some((key, used)) = sign {
        let noun = usize::from(matches!(word(words, used), "key" | "sign" | "button"));
        return Some((key.to_owned(), used + noun));
    }
    if first.len() <= 4 && numeral(first).is_some() {
        return Some((first.to_owned(), 1));
    }
    match cardinal(words, language) {
        Some((value @ 0..=99, used)) => Some((value.to_string(), used)),
        _ => None,
    }
}

/// "second", "2nd", "segunda": the place, from 1.
pub(super) fn ordinal(word: &str, language: Language) -> Option<usize> {
    let table = match language {
        Language::Spanish => ORDINAL_ES,
        _ => ORDINAL_EN,
    };
    if let Some((_, place)) = table.iter().find(|(name, _)| *name == word) {
        return Some(*place);
    }
    let number = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending))?;
    numeral(number).and_then(|place| usize::try_from(place).ok()).filter(|place| (1..=99).contains(place))
}

/// What a recogniser hears for a digit beside a word such as "press".
pub(super) fn homophone(word: &str) -> Option<&'static str> {
    match word {
        "won" => Some("1"),
        "to" | "too" => Some("2"),
        "tree" | "free" => Some("3"),
        "for" | "fore" => Some("4"),
        "sicks" | "sex" => Some("6"),
        "ate" => Some("8"),
        "oh" | "o" => Some("0"),
        _ => None,
    }
}

const SMALL_EN: &[(&str, u64)] = &[
    ("zero", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fourty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

const SMALL_ES: &[(&str, u64)] = &[
    ("cero", 0),
    ("un", 1),
    ("uno", 1),
    ("una", 1),
    ("dos", 2),
    ("tres", 3),
    ("cuatro", 4),
    ("cinco", 5),
    ("seis", 6),
    ("siete", 7),
    ("ocho", 8),
    ("nueve", 9),
    ("diez", 10),
    ("once", 11),
    ("doce", 12),
    ("trece", 13),
    ("catorce", 14),
    ("quince", 15),
    ("dieciseis", 16),
    ("diecisiete", 17),
    ("dieciocho", 18),
    ("diecinueve", 19),
    ("veinte", 20),
    ("veintiun", 21),
    ("veintiuno", 21),
    ("veintiuna", 21),
    ("veintidos", 22),
    ("veintitres", 23),
    ("veinticuatro", 24),
    ("veinticinco", 25),
    ("veintiseis", 26),
    ("veintisiete", 27),
    ("veintiocho", 28),
    ("veintinueve", 29),
    ("treinta", 30),
    ("cuarenta", 40),
    ("cincuenta", 50),
    ("sesenta", 60),
    ("setenta", 70),
    ("ochenta", 80),
    ("noventa", 90),
];

const HUNDREDS_ES: &[(&str, u64)] = &[
    ("cien", 100),
    ("ciento", 100),
    ("doscientos", 200),
    ("trescientos", 300),
    ("cuatrocientos", 400),
    ("quinientos", 500),
    ("seiscientos", 600),
    ("setecientos", 700),
    ("ochocientos", 800),
    ("novecientos", 900),
];

const ORDINAL_EN: &[(&str, usize)] = &[
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
];

const ORDINAL_ES: &[(&str, usize)] = &[
    ("primer", 1),
    ("primera", 1),
    ("primero", 1),
    ("segunda", 2),
    ("segundo", 2),
    ("tercer", 3),
    ("tercera", 3),
    ("tercero", 3),
    ("cuarta", 4),
    ("cuarto", 4),
    ("quinta", 5),
    ("quinto", 5),
    ("sexta", 6),
    ("sexto", 6),
    ("septima", 7),
    ("septimo", 7),
    ("octava", 8),
    ("octavo", 8),
    ("novena", 9),
    ("noveno", 9),
    ("decima", 10),
    ("decimo", 10),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        text.split_whitespace().collect()
    }

    #[test]
    fn english_numbers_have_their_value() {
        for (said, value) in [
            ("twenty five", 25),
            ("a hundred and five", 105),
            ("two thousand three hundred", 2_300),
            ("one million", 1_000_000),
            ("nineteen hundred", 1_900),
            ("five thousand and six", 5_006),
            ("25", 25),
        ] {
            let words = split(said);
            assert_eq!(cardinal(&words, Language::English), Some((value, words.len())), "{said}");
        }
    }

    #[test]
    fn spanish_numbers_have_their_value() {
        for (said, value) in [
            ("veinticinco", 25),
            ("treinta y cuatro", 34),
            ("ciento cinco", 105),
            ("mil doscientos", 1_200),
            ("mil", 1_000),
        ] {
            let words = split(said);
            assert_eq!(cardinal(&words, Language::Spanish), Some((value, words.len())), "{said}");
        }
    }

    #[test]
    fn spoken_digits_become_keys() {
        for (said, keys) in [
            ("one two three four", "1234"),
            ("oh double five", "055"),
            ("nineteen eighty four", "1984"),
            ("1 2 3 4", "1234"),
            ("triple seven um one", "7771"),
        ] {
            assert_eq!(digits(&split(said), Language::English).map(|(d, _)| d).as_deref(), Some(keys), "{said}");
        }
        assert_eq!(
            digits(&split("cero doble cinco veintiuno"), Language::Spanish).map(|(d, _)| d).as_deref(),
            Some("05521")
        );
    }
}
