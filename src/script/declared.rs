//! Which names a `<script>` declares at its top level: they become variables of the scope the script stands in.
//!
//! The engine offers no way to ask, so the text is scanned: strings, comments, templates and regular expressions are
//! skipped, braces counted, and the words `var`, `function`, `let`, `const` and `class` looked at where they count.

/// The names a program declares for its scope.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Declared {
    /// Names of functions, `let`, `const` and `class` at the top level.
    pub(super) bindings: Vec<String>,
    /// Names after `var` anywhere outside function bodies.
    pub(super) variables: Vec<String>,
    /// Functions among `bindings`: hoisted, so they exist before the first statement runs.
    pub(super) functions: Vec<String>,
}

/// Scans a program.
pub(super) fn declared(program: &str) -> Declared {
    let tokens = tokens(program);
    let mut found = Declared::default();
    // For every open brace: is it a function's body?
    let mut open: Vec<bool> = Vec::new();
    let mut body_next = false;
    let mut at = 0;
    while at < tokens.len() {
        let in_function = open.contains(&true);
        match tokens[at] {
            Token::Word("function") => {
                body_next = true;
                let name_at = if tokens.get(at + 1) == Some(&Token::Mark('*')) { at + 2 } else { at + 1 };
                if let (true, Some(Token::Word(name))) =
                    (open.is_empty() && starts_statement(&tokens, at), tokens.get(name_at))
                {
                    found.functions.push((*name).to_owned());
                    found.bindings.push((*name).to_owned());
                }
            }
            Token::Word("class") => {
                body_next = true;
                if let (true, Some(Token::Word(name))) = (open.is_empty(), tokens.get(at + 1)) {
                    found.bindings.push((*name).to_owned());
                }
            }
            Token::Word("var") if !in_function => names_of(&tokens[at + 1..], &mut found.variables),
            Token::Word("let" | "const") if open.is_empty() => names_of(&tokens[at + 1..], &mut found.bindings),
            Token::Mark('>') if at > 0 && tokens[at - 1] == Token::Mark('=') => {
                body_next = tokens.get(at + 1) == Some(&Token::Mark('{'));
            }
            Token::Mark('{') => {
                open.push(body_next);
                body_next = false;
            }
            Token::Mark('}') => {
                open.pop();
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Whether a `function` here is a declaration rather than part of an expression.
fn starts_statement(tokens: &[Token<'_>], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| tokens[before]);
    match before {
        None | Some(Token::Mark(';' | '}' | '{' | ')')) => true,
        // `x = 1 <newline> function f(){}`: a word or literal before it ends its statement; operators do not.
        Some(Token::Word(word)) => {
            !matches!(word, "return" | "typeof" | "new" | "void" | "delete" | "in" | "of" | "case")
        }
        Some(Token::Literal) => true,
        Some(Token::Mark(_)) => false,
    }
}

/// The names in `a = 1, b, c = f(2, 3)` up to the end of the declaration.
fn names_of(tokens: &[Token<'_>], names: &mut Vec<String>) {
    let mut depth = 0_usize;
    let mut expect_name = true;
    for token in tokens {
        match token {
            Token::Word(word) if expect_name => {
                names.push((*word).to_owned());
                expect_name = false;
            }
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') if depth == 0 => return,
            Token::Mark(')' | ']' | '}') => depth -= 1,
            Token::Mark(',') if depth == 0 => expect_name = true,
            Token::Mark(';') if depth == 0 => return,
            Token::Word("var" | "let" | "const" | "function" | "if" | "for" | "while" | "return") if depth == 0 => {
                return;
            }
            _ => {}
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Mark(char),
    Literal,
}

fn tokens(program: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = program;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            _ if first.is_whitespace() => first.len_utf8(),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '<' if rest.starts_with("<!--") => rest.find('\n').unwrap_or(rest.len()),
            '"' | '\'' | '`' => {
                tokens.push(Token::Literal);
                quoted(rest, first)
            }
            '/' if regular_expression_may_start(&tokens) => {
                tokens.push(Token::Literal);
                regular_expression(rest)
            }
            _ if word_character(first) => {
                let end = rest.find(|c| !word_character(c)).unwrap_or(rest.len());
                let word = &rest[..end];
                tokens.push(if first.is_ascii_digit() { Token::Literal } else { Token::Word(word) });
                end
            }
            _ => {
                tokens.push(Token::Mark(first));
                first.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    tokens
}

fn word_character(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Bytes of a string literal with its quotes; to the end if it is not closed.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// A slash after a value divides; anywhere else it opens a regular expression.
fn regular_expression_may_start(tokens: &[Token<'_>]) -> bool {
    match tokens.last() {
        None => true,
        Some(Token::Word(word)) => matches!(*word, "return" | "typeof" | "case" | "in" | "of" | "void" | "delete"),
        Some(Token::Literal) => false,
        Some(Token::Mark(mark)) => !matches!(mark, ')' | ']' | '}'),
    }
}

fn regular_expression(text: &str) -> usize {
    let (mut escaped, mut class) = (false, false);
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => class = true,
            ']' => class = false,
            '/' if !class => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(program: &str) -> Vec<String> {
        declared(program).variables
    }

    #[test]
    fn functions_at_the_top_level_are_declared() {
        let found = declared("function f(a){ function inner(){} var x; }\nvar g = function h(){};\nfunction k(){}");
        assert_eq!(found.functions, ["f", "k"]);
        assert_eq!(found.variables, ["g"]);
    }

    #[test]
    fn variables_are_found_in_lists_and_blocks_but_not_in_functions() {
        assert_eq!(variables("var a = f(1, 2), b = [3, 4], c; if (a) { var d = {x: 1, y: 2}; }"), ["a", "b", "c", "d"]);
        assert_eq!(variables("for (var i = 0; i < 3; i++) { }"), ["i"]);
        assert_eq!(variables("x.forEach(function(){ var hidden; }); y = () => { var hidden2; }"), [] as [&str; 0]);
    }

    #[test]
    fn comments_strings_and_regular_expressions_are_skipped() {
        assert_eq!(variables("// var a\n/* var b */ 'var c'; \"var d\"; x = /var e {/; var f;"), ["f"]);
        assert_eq!(variables("var a = 4 / 2; var b = a / 1;"), ["a", "b"]);
    }

    #[test]
    fn unfinished_programs_do_no_harm() {
        for program in ["var", "function", "'", "/", "/*", "`", "var a = '", "{{{", "}}}", "class"] {
            declared(program);
        }
    }
}
