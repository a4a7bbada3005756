//! Ordinals, signs, telephone numbers, truth values.

use super::{Tongue, number};

/// An ordinal that any voice reads right: `21st`; in Spanish up to 99 in words.
pub(super) fn ordinal(text: &str, _format: &str, tongue: Tongue) -> Option<String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || matches!(c, '.' | 'º' | 'ª'));
    let value: u64 = number(digits, 15)?;
    Some(match tongue {
        Tongue::English => format!("{value}{}", suffix(value)),
        Tongue::Spanish => spanish_ordinal(value, text.ends_with(['a', 'ª'])),
    })
}

fn suffix(value: u64) -> &'static str {
    match (value % 100, value % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    }
}

fn spanish_ordinal(value: u64, feminine: bool) -> String {
    const UNITS: [&str; 10] =
        ["", "primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "séptimo", "octavo", "noveno"];
    const TEENS: [&str; 10] = [
        "décimo",
        "undécimo",
        "duodécimo",
        "decimotercero",
        "decimocuarto",
        "decimoquinto",
        "decimosexto",
        "decimoséptimo",
        "decimoctavo",
        "decimonoveno",
    ];
    const TENS: [&str; 10] = [
        "",
        "",
        "vigésimo",
        "trigésimo",
        "cuadragésimo",
        "quincuagésimo",
        "sexagésimo",
        "septuagésimo",
        "octogésimo",
        "nonagésimo",
    ];
    let place =
        |table: &[&'static str; 10], digit: u64| usize::try_from(digit).ok().and_then(|at| table.get(at)).copied();
    let words: Vec<&str> = match value {
        1..=9 => place(&UNITS, value).into_iter().collect(),
        10..=19 => place(&TEENS, value - 10).into_iter().collect(),
        20..=99 => [place(&TENS, value / 10), place(&UNITS, value % 10)].into_iter().flatten().collect(),
        _ => return format!("{value}.{}", if feminine { 'ª' } else { 'º' }),
    };
    let gendered = |word: &&str| match word.strip_suffix('o').filter(|_| feminine) {
        Some(stem) => format!("{stem}a"),
        None => (*word).to_owned(),
    };
    words.iter().filter(|word| !word.is_empty()).map(gendered).collect::<Vec<_>>().join(" ")
}

/// A number with a sign, which voices read as a dash; `None` for one without.
pub(super) fn signed(text: &str, _format: &str, tongue: Tongue) -> Option<String> {
    let text = text.trim();
    let (sign, rest) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (tongue.pick("minus", "menos"), rest),
        None => (tongue.pick("plus", "más"), text.strip_prefix('+')?),
    };
    rest.starts_with(|c: char| c.is_ascii_digit()).then(|| format!("{sign} {rest}"))
}

/// The builtin type's `true` and `false`.
pub(super) fn boolean(text: &str, _format: &str, tongue: Tongue) -> Option<String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" => Some(tongue.pick("yes", "sí").to_owned()),
        "false" => Some(tongue.pick("no", "no").to_owned()),
        _ => None,
    }
}

/// A number to call digit by digit, in groups as it is written or usual, and whether a voice's own reading says the same
/// (not where there is a plus or an extension).
pub(super) fn telephone(text: &str, tongue: Option<Tongue>) -> Option<(String, bool)> {
    let text = text.trim();
    let lower = text.to_lowercase();
    let end = lower.find(|c: char| c.is_alphabetic()).unwrap_or(lower.len());
    let (main, extension) = lower.split_at_checked(end)?;
    let extension = extension.trim_start_matches(|c: char| c.is_alphabetic() || matches!(c, '.' | ' ' | ':'));
    // Letters are dialled, too (1-800-FLOWERS): whoever writes them wants them read.
    if end < lower.len() && (extension.is_empty() || !extension.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let mut groups: Vec<&str> = main.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    if let [one] = groups.as_slice() {
        groups = usual_groups(one, tongue);
    }
    if groups.is_empty() {
        return None;
    }
    let spoken: Vec<String> = groups.into_iter().map(apart).collect();
    let mut words = spoken.join(", ");
    let plain = !main.contains('+') && extension.is_empty();
    if let Some(tongue) = tongue.filter(|_| !plain) {
        if main.contains('+') {
            words = format!("{} {words}", tongue.pick("plus", "más"));
        }
        if !extension.is_empty() {
            words = format!("{words}, {} {}", tongue.pick("extension", "extensión"), apart(extension));
        }
    } else if !extension.is_empty() {
        words = format!("{words}, {}", apart(extension));
    }
    Some((words, plain))
}

fn apart(digits: &str) -> String {
    digits.chars().map(String::from).collect::<Vec<_>>().join(" ")
}

/// The groups in which a number without any is read.
fn usual_groups(digits: &str, tongue: Option<Tongue>) -> Vec<&str> {
    let widths: &[usize] = match (digits.len(), tongue) {
        (7, _) => &[3, 4],
        (9, Some(Tongue::Spanish)) => &[3, 3, 3],
        (10, _) => &[3, 3, 4],
        (11, Some(Tongue::English)) if digits.starts_with('1') => &[1, 3, 3, 4],
        _ => return vec![digits],
    };
    let mut rest = digits;
    let mut groups = Vec::new();
    for width in widths {
        let Some((group, after)) = rest.split_at_checked(*width) else { return vec![digits] };
        groups.push(group);
        rest = after;
    }
    groups
}
