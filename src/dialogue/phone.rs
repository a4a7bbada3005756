/// The telephone number that is dialled for what a document writes (`tel:+1-415-555-0100;ext=7`, without the scheme), in
/// E.164; without country code it is one of the North American plan, where these applications come from. `None` if it is no
/// number the telephone network knows.
pub fn dialled_number(written: &str) -> Option<String> {
    let subscriber = written.split(';').next().unwrap_or_default();
    let is_said = |c: &char| !matches!(c, '-' | '.' | '(' | ')' | ' ');
    let dialled: String = subscriber.chars().filter(is_said).collect();
    let (is_global, digits) = dialled.strip_prefix('+').map_or((false, dialled.as_str()), |digits| (true, digits));
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let abroad = digits.strip_prefix("011").or_else(|| digits.strip_prefix("00")).filter(|rest| rest.len() >= 8);
    let number = match (is_global, abroad, digits.len()) {
        (true, _, 3..=15) => digits.to_owned(),
        (false, Some(rest), 10..=18) if rest.len() <= 15 => rest.to_owned(),
        (false, None, 10) => format!("1{digits}"),
        (false, None, 11..=15) => digits.to_owned(),
        _ => return None,
    };
    Some(format!("+{number}"))
}
