//! Ids such as `AB1234`: short enough to be said and keyed in. No two have the same keys, so that one that was keyed in
//! by the letters of a telephone is the same as one that was spelled.

use crate::fetch::digest;

/// No `I` and no `O`: they sound and look like digits.
const LETTERS: &[u8; 24] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The id that is tried as number `number` for what is asked for; the same each time.
pub(super) fn candidate(asked_for: &str, number: u32) -> String {
    let hex = digest(format!("{number} {asked_for}").as_bytes());
    let mut number = hex.get(..15).and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or_default();
    let mut draw = |many: u64| {
        let drawn = number % many;
        number /= many;
        drawn
    };
    let digits = draw(10_000);
    let letter = |index: u64| LETTERS.get(index as usize).map_or('A', |letter| char::from(*letter));
    let letters = [letter(draw(24)), letter(draw(24))];
    format!("{}{}{digits:04}", letters[0], letters[1])
}

/// What was said or keyed in for an id, without blanks and the like; `None` if it can be no id.
pub(super) fn normal(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && !"-.,".contains(*c)).collect();
    let text = text.to_ascii_uppercase();
    let (front, digits) = text.split_at_checked(2)?;
    let is_front = front.bytes().all(|b| b.is_ascii_uppercase()) || front.bytes().all(|b| b.is_ascii_digit());
    (is_front && digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(text)
}

/// The keys by which an id is keyed in.
pub(super) fn keys(id: &str) -> String {
    id.chars().map(key).collect()
}

fn key(c: char) -> char {
    match c {
        'A'..='C' => '2',
        'D'..='F' => '3',
        'G'..='I' => '4',
        'J'..='L' => '5',
        'M'..='O' => '6',
        'P'..='S' => '7',
        'T'..='V' => '8',
        'W'..='Z' => '9',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_two_letters_and_four_digits_and_comes_out_the_same_each_time() {
        for number in 0..1_000 {
            let id = candidate("a table for four", number);
            assert_eq!(normal(&id).as_ref(), Some(&id), "{id}");
            assert_eq!(id, candidate("a table for four", number));
            assert!(!id.contains(['I', 'O']), "{id}");
        }
    }

    #[test]
    fn an_id_is_understood_as_it_is_said_spelled_and_keyed() {
        for said in ["AB1234", "a b 1 2 3 4", "ab-1234", " A.B. 1234 "] {
            assert_eq!(normal(said).as_deref(), Some("AB1234"), "{said}");
        }
        assert_eq!(keys("AB1234"), "221234");
        assert_eq!(keys("WZ9075"), "999075");
        for wrong in ["", "A1234", "ABC123", "AB12345", "12345", "ÄB1234", "A11234", "€€€"] {
            assert_eq!(normal(wrong), None, "{wrong}");
        }
    }
}
