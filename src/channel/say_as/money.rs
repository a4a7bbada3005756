//! Amounts of money in words.

use super::{Tongue, number};

/// What a currency and its hundredth are called, one and many of them.
struct Names {
    whole: [&'static str; 2],
    /// Empty where nobody counts hundredths.
    part: [&'static str; 2],
    /// Whether Spanish says `una`.
    feminine: bool,
}

/// The currency of some letters (ISO 4217), in English and Spanish.
fn names(code: &str, tongue: Tongue) -> Option<Names> {
    let (whole, part, feminine) = match (code, tongue) {
        ("USD" | "CAD" | "AUD" | "NZD", Tongue::English) => (["dollar", "dollars"], ["cent", "cents"], false),
        ("USD" | "CAD" | "AUD" | "NZD", Tongue::Spanish) => (["dólar", "dólares"], ["centavo", "centavos"], false),
        ("EUR", Tongue::English) => (["euro", "euros"], ["cent", "cents"], false),
        ("EUR", Tongue::Spanish) => (["euro", "euros"], ["céntimo", "céntimos"], false),
        ("GBP", Tongue::English) => (["pound", "pounds"], ["penny", "pence"], false),
        ("GBP", Tongue::Spanish) => (["libra", "libras"], ["penique", "peniques"], true),
        ("MXN" | "ARS" | "COP" | "CLP" | "UYU" | "DOP" | "CUP", _) => (
            ["peso", "pesos"],
            if tongue == Tongue::English { ["cent", "cents"] } else { ["centavo", "centavos"] },
            false,
        ),
        ("PEN", _) => (
            ["sol", "soles"],
            if tongue == Tongue::English { ["cent", "cents"] } else { ["céntimo", "céntimos"] },
            false,
        ),
        ("JPY", Tongue::English) => (["yen", "yen"], ["", ""], false),
        ("JPY", Tongue::Spanish) => (["yen", "yenes"], ["", ""], false),
        ("CHF", Tongue::English) => (["Swiss franc", "Swiss francs"], ["centime", "centimes"], false),
        ("CHF", Tongue::Spanish) => (["franco suizo", "francos suizos"], ["céntimo", "céntimos"], false),
        _ => return None,
    };
    Some(Names { whole, part, feminine })
}

/// An amount in words: the builtin type's `UUUmm.nn` (VoiceXML 2.0 appendix P), U being the ISO 4217 letters, or a number
/// with the letters or a sign before or after it.
pub(super) fn amount(text: &str, tongue: Tongue, lang: &str) -> Option<String> {
    let amount = Amount::read(text, tongue, lang)?;
    let names = names(&amount.code, tongue)?;
    let minus = if amount.negative { tongue.pick("minus ", "menos ") } else { "" };
    let cents = match amount.fraction.len() {
        0 => Some(0),
        1 => number::<u32>(&amount.fraction, 1).map(|tenths| tenths * 10),
        2 => number::<u32>(&amount.fraction, 2),
        _ => None,
    };
    let cents = cents.filter(|cents| *cents == 0 || !names.part[0].is_empty());
    let Some(cents) = cents else {
        return Some(format!("{minus}{}.{} {}", amount.whole, amount.fraction, names.whole[1]));
    };
    let named = |count: &str, [one, many]: [&str; 2], feminine: bool| match (count, tongue) {
        ("1", Tongue::Spanish) => format!("{} {one}", if feminine { "una" } else { "un" }),
        ("1", Tongue::English) => format!("1 {one}"),
        _ => format!("{count} {many}"),
    };
    let whole = named(&amount.whole, names.whole, names.feminine);
    let part = named(&cents.to_string(), names.part, false);
    Some(match (amount.whole.as_str(), cents) {
        (_, 0) => format!("{minus}{whole}"),
        ("0", _) => format!("{minus}{part}"),
        _ => format!("{minus}{whole} {} {part}", tongue.pick("and", "con")),
    })
}

/// The builtin type's value as it is written elsewhere, for languages that are left to the voice and currencies without
/// words here.
pub(super) fn written(text: &str) -> Option<String> {
    let (unit, amount) = text.trim().split_at_checked(3)?;
    amount.parse::<f64>().ok().filter(|value| value.is_finite())?;
    Some(match unit.to_ascii_uppercase().as_str() {
        "USD" => format!("${amount}"),
        "EUR" => format!("€{amount}"),
        "GBP" => format!("£{amount}"),
        unit if unit.bytes().all(|b| b.is_ascii_alphabetic()) => format!("{amount} {unit}"),
        _ => return None,
    })
}

/// An amount as it was written.
struct Amount {
    code: String,
    negative: bool,
    /// Digits without leading zeros.
    whole: String,
    /// Digits; may be empty.
    fraction: String,
}

impl Amount {
    fn read(text: &str, tongue: Tongue, lang: &str) -> Option<Self> {
        let is_figure = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
        let (before, rest) = text.split_at_checked(text.find(is_figure)?)?;
        let (figures, after) = rest.split_at_checked(rest.find(|c| !is_figure(c)).unwrap_or(rest.len()))?;
        let negative = before.contains(['-', '−']);
        let is_unit = |c: &char| !c.is_whitespace() && !matches!(c, '-' | '−' | '+');
        let unit: String = before.chars().filter(is_unit).chain(after.chars().filter(|c| !c.is_whitespace())).collect();
        let unit = unit.to_uppercase();
        let code = match unit.as_str() {
            "$" => dollar(lang),
            "US$" | "U$S" => "USD",
            "€" => "EUR",
            "£" => "GBP",
            "¥" => "JPY",
            code if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) => code,
            _ => return None,
        };
        let (whole, fraction) = split(figures, tongue)?;
        Some(Self { code: code.to_owned(), negative, whole, fraction })
    }
}

/// What `$` means where a language is spoken.
fn dollar(lang: &str) -> &'static str {
    let lang = lang.to_ascii_uppercase();
    match lang.split(['-', '_']).nth(1).filter(|_| lang.starts_with("ES")) {
        Some("MX") => "MXN",
        Some("AR") => "ARS",
        Some("CO") => "COP",
        Some("CL") => "CLP",
        Some("UY") => "UYU",
        Some("DO") => "DOP",
        Some("CU") => "CUP",
        _ => "USD",
    }
}

/// Whole and fraction of a number in which thousands may be parted. A mark before exactly three digits parts thousands
/// where the language writes them so; in the builtin type's value only the point appears, before the fraction.
fn split(figures: &str, tongue: Tongue) -> Option<(String, String)> {
    let marks = figures.matches(['.', ',']).count();
    let decimal = match figures.rfind(['.', ',']) {
        None => None,
        Some(at) => {
            let mark = figures.get(at..at + 1)?;
            let digits = figures.len() - at - 1;
            let both = figures.contains('.') && figures.contains(',');
            let parts_thousands = digits == 3 && !both && (marks > 1 || mark == tongue.pick(",", "."));
            // A mark that appears twice is none before a fraction.
            (!parts_thousands && figures.matches(mark).count() == 1).then_some(at)
        }
    };
    let (whole, fraction) = decimal.map_or((figures, ""), |at| (&figures[..at], &figures[at + 1..]));
    let groups: Vec<&str> = whole.split(['.', ',']).collect();
    if groups.iter().skip(1).any(|group| group.len() != 3) || fraction.len() > 6 {
        return None;
    }
    let digits = groups.concat();
    let is_number = !(digits.is_empty() && fraction.is_empty()) && digits.len() <= 15;
    let whole = match digits.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    is_number.then(|| (whole.to_owned(), fraction.to_owned()))
}
