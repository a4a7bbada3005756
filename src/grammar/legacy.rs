//! Tags of grammars that declare no tag format, or a vendor's. Such a tag is a script if it assigns something
//! (`out.city='BOS'`, `$='x'`, `city='BOS'`) or is an object (`{city:'BOS'}`), otherwise a string.
//!
//! Scripts are brought to SISR 1.0: `$` is `out`, `$$` is `rules.latest()`, `$city` is `rules.city`, and a variable
//! assigned without `var` is a property of `out`.

use super::literal::{Reader, ident_part, ident_start};
use super::tags::{Assignment, How, Operand, Tag};
use serde_json::Value;
use std::collections::HashSet;

/// Reads all tags of a grammar: a variable declared in one tag is known in the others.
pub(super) fn read(texts: &[&str]) -> Vec<Tag> {
    let tokens: Vec<Vec<&str>> = texts.iter().map(|text| tokens(text)).collect();
    let mut declared: HashSet<&str> = ["out", "rules", "meta"].into();
    let mut assigned = HashSet::new();
    for tokens in &tokens {
        let marks = marks(tokens);
        declared.extend(marks.windows(2).filter(|pair| pair[0] == "var").map(|pair| pair[1]));
        assigned.extend(assignments(tokens).iter().filter_map(|path| named(path)));
    }
    assigned.retain(|name| !declared.contains(name));
    texts.iter().zip(&tokens).map(|(text, tokens)| tag(text, tokens, &assigned, &declared)).collect()
}

fn tag(text: &str, tokens: &[&str], assigned: &HashSet<&str>, declared: &HashSet<&str>) -> Tag {
    let mut reader = Reader::new(text.trim());
    match reader.value(0).filter(|_| reader.at_end()) {
        Some(Value::String(text)) => return Tag::literal(&text),
        Some(value @ Value::Object(_)) => {
            let code = format!("out = {value};").into();
            let assignment = Assignment { path: Vec::new(), how: How::Set, value: Operand::Value(value) };
            return Tag::Script { code, plain: Some(vec![assignment]) };
        }
        _ => {}
    }
    let assignments = assignments(tokens);
    if assignments.is_empty() && !marks(tokens).contains(&"var") {
        return Tag::literal(text);
    }
    let mut code = String::new();
    for (index, token) in tokens.iter().enumerate() {
        let before = tokens[..index].iter().rev().find(|token| !token.trim().is_empty());
        let after = tokens[index + 1..].iter().find(|token| !token.trim().is_empty());
        let property = before == Some(&".") || after == Some(&":");
        match *token {
            _ if property || declared.contains(token) => code.push_str(token),
            "$" => code.push_str("out"),
            "$$" => code.push_str("rules.latest()"),
            _ if assigned.contains(token) => code.push_str(&format!("out.{token}")),
            rule if rule.starts_with('$') => code.push_str(&format!("rules.{}", &rule[1..])),
            _ => code.push_str(token),
        }
    }
    // What a path goes through is made where it is not there yet: `order.size='L'` alone is meant to work.
    let through =
        assignments.iter().filter(|path| !path[0].starts_with('$') && assigned.contains(path[0])).flat_map(|path| {
            (1..path.len()).map(|length| path[..length].iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
        });
    let through: Vec<Vec<String>> = through.collect();
    match Tag::script(&code) {
        Tag::Script { plain, .. } if !through.is_empty() => {
            let made: String =
                through.iter().map(|path| path.join(".")).map(|path| format!("out.{path}=out.{path}||{{}};")).collect();
            let empty = || Operand::Value(Value::Object(serde_json::Map::new()));
            let first = through.into_iter().map(|path| Assignment { path, how: How::Unless, value: empty() });
            let plain = plain.map(|rest| first.chain(rest).collect());
            Tag::Script { code: (made + code.trim()).into(), plain }
        }
        tag => tag,
    }
}

/// The variable that an assignment is to, if it may be one of the tags' own.
fn named<'a>(path: &[&'a str]) -> Option<&'a str> {
    path.first().copied().filter(|name| path.len() == 1 || !name.starts_with('$'))
}

/// The variables, or paths from variables, that are assigned at the start of a statement.
fn assignments<'a>(tokens: &[&'a str]) -> Vec<Vec<&'a str>> {
    let mut paths = Vec::new();
    let mut first = true;
    let mut rest = tokens;
    while let Some((token, after)) = rest.split_first() {
        if first && token.starts_with(ident_start) {
            let mut marks = after.iter().filter(|token| !token.trim().is_empty());
            let mut next = marks.next();
            let mut path = vec![*token];
            while next == Some(&".") {
                path.extend(marks.next());
                next = marks.next();
            }
            let follows = marks.next();
            let plain = next == Some(&"=") && follows != Some(&"=");
            let combined = matches!(next, Some(&("+" | "-" | "*"))) && follows == Some(&"=");
            if plain || combined {
                paths.push(path);
            }
        }
        first = match *token {
            ";" | "{" | "}" => true,
            blank if blank.trim().is_empty() => first || blank.contains('\n'),
            _ => false,
        };
        rest = after;
    }
    paths
}

fn marks<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    tokens.iter().copied().filter(|token| !token.trim().is_empty()).collect()
}

/// Names, strings, comments and blanks as one token each, everything else character by character.
fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            _ if ident_start(c) => rest.find(|c| !ident_part(c)),
            _ if c.is_whitespace() => rest.find(|c: char| !c.is_whitespace()),
            '\'' | '"' => string_length(rest, c),
            '/' if rest.starts_with("//") => rest.find('\n'),
            '/' if rest.starts_with("/*") => rest.find("*/").map(|at| at + 2),
            _ => Some(c.len_utf8()),
        };
        let (token, after) = rest.split_at(length.unwrap_or(rest.len()));
        tokens.push(token);
        rest = after;
    }
    tokens
}

fn string_length(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        match read(&[text]).remove(0) {
            Tag::Literal(text) => format!("literal {text}"),
            Tag::Script { code, .. } => code.into(),
            Tag::Slots(_) => String::new(),
        }
    }

    #[test]
    fn what_assigns_nothing_is_a_string() {
        for text in ["yes", "I say: no", "new york", "5", "a == b", "http://x/y?a"] {
            assert_eq!(code(text), format!("literal {text}"));
        }
        assert_eq!(code("'yes'"), "literal yes");
    }

    #[test]
    fn scripts_are_brought_to_the_standard() {
        assert_eq!(code("$.a='$x';"), "out.a='$x';");
        assert_eq!(code("$ = $$ + $city.name"), "out = rules.latest() + rules.city.name");
        assert_eq!(code("sr='sales'"), "out.sr='sales'");
        assert_eq!(code("a='x'; b=a+'y'"), "out.a='x'; out.b=out.a+'y'");
        assert_eq!(code("var a='x'; out.b=a"), "var a='x'; out.b=a");
        assert_eq!(code("out += 'x'"), "out += 'x'");
        assert_eq!(code("{a:'x'}"), "out = {\"a\":\"x\"};");
        assert_eq!(code("a.b.c='x'"), "out.a=out.a||{};out.a.b=out.a.b||{};out.a.b.c='x'");
    }
}
