//! The bridge's own sentences: the mapping's words, else these.

use crate::nlu::{Language, Message, State};

/// A sentence of the bridge in the call's language; `None` in a language nobody has worded it for.
pub(super) fn sentence(state: &State, message: Message, values: &[(&str, &str)]) -> Option<String> {
    let worded = state.messages().get(message);
    let template = worded.or_else(|| usual(message, state.language()))?;
    Some(filled_in(template, values))
}

/// Whether the mapping has words of its own for a sentence.
pub(super) fn is_worded(state: &State, message: Message) -> bool {
    state.messages().get(message).is_some()
}

fn usual(message: Message, language: Language) -> Option<&'static str> {
    let (english, spanish) = match message {
        Message::Confirm => ("You want {choice}, is that right?", "Usted quiere {choice}, ¿es correcto?"),
        Message::ConfirmValues => ("I heard {values}. Is that right?", "He entendido {values}. ¿Es correcto?"),
        Message::Which => ("Do you mean {choices}?", "¿Se refiere a {choices}?"),
        Message::WhichValue => {
            ("I heard {said}. Do you mean {choices}?", "He entendido {said}. ¿Se refiere a {choices}?")
        }
        Message::WhichHalf => (
            "I heard {said}. Is that in the morning or in the evening?",
            "He entendido {said}. ¿Es por la mañana o por la noche?",
        ),
        Message::Vague => ("I need it exactly, please.", "Necesito que sea exacto, por favor."),
        Message::Closed => ("We are open from {opens} to {closes}.", "Abrimos de {opens} a {closes}."),
        Message::Noted => ("All right, {values}.", "De acuerdo, {values}."),
        Message::Declined => ("All right. What would you like instead?", "De acuerdo. ¿Qué desea entonces?"),
        Message::Sorry => ("Sorry, I did not understand.", "Lo siento, no le he entendido."),
        Message::Keys => ("Press {choices}.", "Oprima {choices}."),
        Message::Open => {
            ("What would you like to do? You can say: {choices}.", "¿Qué desea hacer? Puede decir: {choices}.")
        }
        Message::Help => ("You can say: {choices}.", "Puede decir: {choices}."),
        Message::Agent => (
            "One moment, please. I will connect you with somebody who can help.",
            "Un momento, por favor. Le comunico con alguien que puede ayudarle.",
        ),
    };
    match language {
        Language::English => Some(english),
        Language::Spanish => Some(spanish),
        Language::Other => None,
    }
}

/// A template with its placeholders filled in; what a value holds is no placeholder.
fn filled_in(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            rest = after;
            continue;
        };
        out.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Yes and no.
pub(super) fn yes_and_no(language: Language) -> Option<[&'static str; 2]> {
    match language {
        Language::English => Some(["yes", "no"]),
        Language::Spanish => Some(["sí", "no"]),
        Language::Other => None,
    }
}

/// "1 for yes or 2 for no".
pub(super) fn keys(keyed: &[(&str, &str)], language: Language) -> String {
    let of = if language == Language::Spanish { "para" } else { "for" };
    let parts: Vec<String> = keyed.iter().map(|(key, label)| format!("{key} {of} {label}")).collect();
    list(&parts.iter().map(String::as_str).collect::<Vec<_>>(), language)
}

/// "a, b, or c".
pub(super) fn list(labels: &[&str], language: Language) -> String {
    let or = if language == Language::Spanish { "o" } else { "or" };
    join(labels, or, language)
}

/// "a, b, and c".
pub(super) fn sum(labels: &[&str], language: Language) -> String {
    let and = if language == Language::Spanish { "y" } else { "and" };
    join(labels, and, language)
}

fn join(labels: &[&str], word: &str, language: Language) -> String {
    match labels {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first, second] => format!("{first} {word} {second}"),
        [many @ .., last] => {
            let comma = if language == Language::Spanish { "" } else { "," };
            format!("{}{comma} {word} {last}", many.join(", "))
        }
    }
}

/// A label as it stands behind "You want": "to report a lost card", "flight status".
pub(super) fn wish(label: &str, language: Language) -> String {
    const VERBS: &str = "activate add apply arrange ask block book buy call cancel change check choose claim close confirm \
        connect contact create delete deposit dispute end enroll enter extend file find fix get go have hear hold leave \
        listen locate look lower make modify move open order pay place prepare purchase raise reach receive register \
        remove renew replace report request reserve reset return review schedule see select sell send set settle sign \
        speak start stop submit switch talk top track transfer update upgrade use verify view withdraw";
    let first = label.split_whitespace().next().unwrap_or_default().to_lowercase();
    let is_verb = language == Language::English && VERBS.split_ascii_whitespace().any(|verb| verb == first);
    if is_verb { format!("to {label}") } else { label.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_braces_is_no_template() {
        assert_eq!(filled_in("{a} and {b}.", &[("a", "{b}"), ("b", "x")]), "{b} and x.");
        assert_eq!(filled_in("open { only", &[]), "open  only");
    }

    #[test]
    fn what_is_done_is_wanted_to_be_done() {
        assert_eq!(wish("report a lost card", Language::English), "to report a lost card");
        assert_eq!(wish("flight status", Language::English), "flight status");
        assert_eq!(wish("reportar una tarjeta", Language::Spanish), "reportar una tarjeta");
    }
}
