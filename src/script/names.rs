//! What may stand where a variable's name is expected.

/// Whether a text is one plain variable name.
pub(super) fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '$')
        && characters.all(|c| c.is_alphanumeric() || c == '_' || c == '$')
        && !is_reserved(name)
}

/// Whether a word can name no variable.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

const RESERVED: [&str; 38] = [
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "import",
    "in",
    "instanceof",
    "new",
    "null",
    "return",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
    "enum",
    "undefined",
    "NaN",
];

/// Whether a text is a variable name or a path of names and indices.
pub(super) fn is_reference(name: &str) -> bool {
    let head = name.split(['.', '[']).next().unwrap_or_default();
    is_identifier(head) && !name.contains([';', '=', '(', '{', '\n', '/', '`', ','])
}
