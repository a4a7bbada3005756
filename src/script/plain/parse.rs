//! From an expression's text to its tree. Whatever is unusual is no plain expression: the engine knows better.

use super::{Operator, Plain};
use crate::script::names::is_reserved;

/// Parts an expression has at most.
const PARTS: usize = 200;
/// How deep it nests at most.
const DEPTH: usize = 24;

#[derive(Debug, Clone, PartialEq)]
enum Token<'a> {
    Text(String),
    Number(f64),
    Word(&'a str),
    Mark(&'static str),
}

/// Longer marks before their beginnings.
const MARKS: [&str; 24] = [
    "===", "!==", "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "?", ":", "+", "-", "*", "/", "%", "(", ")", "[",
    "]", ".", ",",
];

/// What no plain expression has, though its beginning looks like a mark.
const STRANGE: [&str; 13] = ["++", "--", "**", "=>", "<<", ">>", "?.", "??", "+=", "-=", "*=", "/=", "%="];

/// The expression of a source text, if it is plain.
pub(in crate::script) fn parse(source: &str) -> Option<Plain> {
    let tokens = tokens(source.trim_end_matches(|c: char| c == ';' || c.is_ascii_whitespace()))?;
    if tokens.is_empty() || tokens.len() > PARTS {
        return None;
    }
    let mut parser = Parser { tokens: &tokens, depth: 0 };
    let plain = parser.either()?;
    parser.tokens.is_empty().then_some(plain)
}

fn tokens(source: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut rest = source.trim_start_matches(|c: char| c.is_ascii_whitespace());
    while let Some(first) = rest.chars().next() {
        let (token, taken) = match first {
            '\'' | '"' => text(rest, first)?,
            '0'..='9' => number(rest)?,
            '.' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => number(rest)?,
            'a'..='z' | 'A'..='Z' | '_' | '$' => {
                let end = rest.find(|c: char| !word_character(c)).unwrap_or(rest.len());
                (Token::Word(&rest[..end]), end)
            }
            _ if STRANGE.iter().any(|strange| rest.starts_with(strange)) => return None,
            _ => {
                let mark = MARKS.iter().find(|mark| rest.starts_with(**mark))?;
                (Token::Mark(mark), mark.len())
            }
        };
        tokens.push(token);
        rest = rest[taken..].trim_start_matches(|c: char| c.is_ascii_whitespace());
    }
    Some(tokens)
}

fn word_character(c: char) -> bool {
    // Other letters are left to the engine, which knows which of them make names.
    c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

/// A literal without the escapes that are seldom seen.
fn text(source: &str, quote: char) -> Option<(Token<'_>, usize)> {
    let mut out = String::new();
    let mut characters = source.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            _ if c == quote => return Some((Token::Text(out), at + 1)),
            '\\' => out.push(match characters.next()?.1 {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                plain @ ('\'' | '"' | '\\' | '/') => plain,
                _ => return None,
            }),
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => return None,
            c => out.push(c),
        }
    }
    None
}

/// A decimal literal.
fn number(source: &str) -> Option<(Token<'_>, usize)> {
    let end = source.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(source.len());
    let digits = &source[..end];
    let octal = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if octal || digits.ends_with('.') || source[end..].starts_with(word_character) {
        return None;
    }
    Some((Token::Number(digits.parse().ok()?), end))
}

struct Parser<'t, 's> {
    tokens: &'t [Token<'s>],
    depth: usize,
}

impl Parser<'_, '_> {
    fn take(&mut self, mark: &'static str) -> bool {
        let found = self.tokens.first() == Some(&Token::Mark(mark));
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }

    /// The whole of what a parenthesis, an index or an argument can hold.
    fn either(&mut self) -> Option<Plain> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let condition = self.or()?;
        let plain = if self.take("?") {
            let yes = self.either()?;
            let no = self.take(":").then(|| self.either())??;
            Plain::Either(Box::new([condition, yes, no]))
        } else {
            condition
        };
        self.depth -= 1;
        Some(plain)
    }

    fn or(&mut self) -> Option<Plain> {
        let mut left = self.and()?;
        while self.take("||") {
            left = Plain::Or(Box::new(left), Box::new(self.and()?));
        }
        Some(left)
    }

    fn and(&mut self) -> Option<Plain> {
        let mut left = self.binary(0)?;
        while self.take("&&") {
            left = Plain::And(Box::new(left), Box::new(self.binary(0)?));
        }
        Some(left)
    }

    /// Operators of a level and of those that bind more tightly, from left to right.
    fn binary(&mut self, level: usize) -> Option<Plain> {
        const LEVELS: [&[(&str, Operator)]; 4] = [
            &[
                ("==", Operator::Equal),
                ("!=", Operator::Unequal),
                ("===", Operator::Same),
                ("!==", Operator::Different),
            ],
            &[("<", Operator::Less), (">", Operator::Greater), ("<=", Operator::AtMost), (">=", Operator::AtLeast)],
            &[("+", Operator::Add), ("-", Operator::Subtract)],
            &[("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Remainder)],
        ];
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        while let Some((_, operator)) = operators.iter().find(|(mark, _)| self.take(mark)) {
            left = Plain::Binary(*operator, Box::new(left), Box::new(self.binary(level + 1)?));
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<Plain> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let plain = if self.take("!") {
            Plain::Not(Box::new(self.unary()?))
        } else if self.take("-") {
            Plain::Negative(Box::new(self.unary()?))
        } else if self.tokens.first() == Some(&Token::Word("typeof")) {
            self.tokens = &self.tokens[1..];
            Plain::TypeOf(Box::new(self.unary()?))
        } else {
            self.postfix()?
        };
        self.depth -= 1;
        Some(plain)
    }

    fn postfix(&mut self) -> Option<Plain> {
        let mut plain = if self.tokens.first() == Some(&Token::Word("new")) {
            self.tokens = &self.tokens[1..];
            let class = self.primary()?;
            let class = self.members(class)?;
            let given = if self.take("(") { self.given()? } else { Vec::new() };
            Plain::New(Box::new(class), given)
        } else {
            self.primary()?
        };
        loop {
            plain = self.members(plain)?;
            if !self.take("(") {
                return Some(plain);
            }
            plain = Plain::Call(Box::new(plain), self.given()?);
        }
    }

    fn members(&mut self, mut plain: Plain) -> Option<Plain> {
        loop {
            if self.take(".") {
                let Some((Token::Word(name), rest)) = self.tokens.split_first() else { return None };
                if !name.is_ascii() {
                    return None;
                }
                self.tokens = rest;
                plain = Plain::Member(Box::new(plain), (*name).into());
            } else if self.take("[") {
                let index = self.either()?;
                plain = self.take("]").then(|| Plain::Index(Box::new(plain), Box::new(index)))?;
            } else {
                return Some(plain);
            }
        }
    }

    /// Arguments, behind their opening parenthesis.
    fn given(&mut self) -> Option<Vec<Plain>> {
        let mut given = Vec::new();
        if self.take(")") {
            return Some(given);
        }
        loop {
            given.push(self.either()?);
            if self.take(")") {
                return Some(given);
            }
            if !self.take(",") {
                return None;
            }
        }
    }

    fn primary(&mut self) -> Option<Plain> {
        if self.take("(") {
            let plain = self.either()?;
            return self.take(")").then_some(plain);
        }
        let (first, rest) = self.tokens.split_first()?;
        let plain = match first {
            Token::Text(text) => Plain::Text(text.as_str().into()),
            Token::Number(number) => Plain::Number(*number),
            Token::Word("true") => Plain::Bool(true),
            Token::Word("false") => Plain::Bool(false),
            Token::Word("null") => Plain::Null,
            // These mean something of their own where code is compiled.
            Token::Word("eval" | "arguments" | "let" | "yield" | "await" | "async" | "static") => return None,
            Token::Word("undefined" | "NaN") => name(first)?,
            Token::Word(word) if is_reserved(word) || !word.is_ascii() => return None,
            Token::Word(_) => name(first)?,
            Token::Mark(_) => return None,
        };
        self.tokens = rest;
        Some(plain)
    }
}

fn name(token: &Token<'_>) -> Option<Plain> {
    match token {
        Token::Word(word) => Some(Plain::Name((*word).into())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_old_documents_write_is_plain() {
        for source in [
            "x",
            "'it\\'s'",
            "application.caller != null && application.caller.name == \"Ms. O\"",
            "greeting(new Date())",
            "a.b[c + 1].d(e, -1) / 2 % 3",
            "typeof x == 'undefined' ? 0 : x.length - 1;",
            "new Date().getHours() >= 8",
            "!(a || b)",
            ".5 * 12.25",
        ] {
            assert!(parse(source).is_some(), "{source}");
        }
    }

    #[test]
    fn what_is_unusual_is_left_to_the_engine() {
        for source in [
            "",
            "x = 1",
            "x++",
            "a, b",
            "/x/.test(y)",
            "function () {}",
            "{a: 1}",
            "[1]",
            "this.x",
            "eval('1')",
            "`x`",
            "010",
            "0x10",
            "1e3",
            "1.",
            "a ? b",
            "a b",
            "(a",
            "'x",
            "'\\x41'",
            "a?.b",
            "a ?? b",
            "a | b",
            "arguments",
            "délai",
            "a // b",
            "a /* b */",
            "x instanceof Y",
            "a => b",
            "new",
            "()",
            "'a\nb'",
        ] {
            assert!(parse(source).is_none(), "{source}");
        }
    }

    #[test]
    fn operators_bind_as_in_the_standard() {
        let same = |one: &str, other: &str| assert_eq!(parse(one), parse(other), "{one}");
        same("a + b * c", "a + (b * c)");
        same("a - b - c", "(a - b) - c");
        same("!a == b", "(!a) == b");
        same("a || b && c", "a || (b && c)");
        same("a < b == c > d", "(a < b) == (c > d)");
        same("a ? b : c ? d : e", "a ? b : (c ? d : e)");
        same("new a.b(c).d", "(new a.b(c)).d");
    }

    #[test]
    fn deep_and_long_expressions_are_not_plain() {
        assert!(parse(&"(".repeat(5000)).is_none());
        assert!(parse(&"!".repeat(150)).is_none());
        assert!(parse(&"1+".repeat(5000)).is_none());
    }
}
