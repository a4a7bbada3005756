//! A small reader for the plainest ECMAScript: literals and property paths.

use serde_json::{Map, Number, Value};

/// Literals nested deeper than this are left to the script engine.
const DEEPEST: usize = 16;

/// Reads from the front of a text.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a> {
    rest: &'a str,
}

/// Whether a name can start so.
pub(super) fn ident_start(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '$')
}

/// Whether a name can go on so.
pub(super) fn ident_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.trim_start() }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    pub(super) fn at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes a punctuation mark if it is next.
    pub(super) fn eat(&mut self, mark: &str) -> bool {
        let after = self.rest.strip_prefix(mark);
        if let Some(after) = after {
            self.rest = after.trim_start();
        }
        after.is_some()
    }

    /// Takes a name.
    pub(super) fn name(&mut self) -> Option<&'a str> {
        if !self.rest.starts_with(ident_start) {
            return None;
        }
        Some(self.take(|c| !ident_part(c)))
    }

    /// Takes `.a["b"]` and so on, as long as it goes; `None` if it does not end well.
    pub(super) fn path(&mut self) -> Option<Vec<String>> {
        let mut path = Vec::new();
        loop {
            if self.eat(".") {
                path.push(self.name()?.to_owned());
            } else if self.eat("[") {
                path.push(self.string()?);
                self.eat("]").then_some(())?;
            } else {
                return Some(path);
            }
        }
    }

    /// Takes a literal: string, number, boolean, null, object or array.
    pub(super) fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        match self.rest.chars().next()? {
            '\'' | '"' => self.string().map(Value::String),
            '{' => self.object(depth),
            '[' => {
                self.eat("[");
                let mut list = Vec::new();
                while !self.eat("]") {
                    list.push(self.value(depth + 1)?);
                    if !self.eat(",") {
                        self.eat("]").then_some(())?;
                        break;
                    }
                }
                Some(Value::Array(list))
            }
            '-' | '0'..='9' => self.number(),
            _ => match self.name()? {
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                "null" => Some(Value::Null),
                _ => None,
            },
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.eat("{");
        let mut object = Map::new();
        while !self.eat("}") {
            let name = match self.rest.chars().next()? {
                '\'' | '"' => self.string()?,
                _ => self.name()?.to_owned(),
            };
            self.eat(":").then_some(())?;
            object.insert(name, self.value(depth + 1)?);
            if !self.eat(",") {
                self.eat("}").then_some(())?;
                break;
            }
        }
        Some(Value::Object(object))
    }

    fn string(&mut self) -> Option<String> {
        let quote = self.rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let mut text = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                _ if c == quote => {
                    self.rest = self.rest.get(at + 1..)?.trim_start();
                    return Some(text);
                }
                '\\' => match chars.next()?.1 {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    same @ ('\'' | '"' | '\\' | '/') => text.push(same),
                    _ => return None,
                },
                '\n' | '\r' => return None,
                _ => text.push(c),
            }
        }
        None
    }

    fn number(&mut self) -> Option<Value> {
        let text = self.take(|c| !matches!(c, '-' | '.' | '0'..='9'));
        let digits = text.strip_prefix('-').unwrap_or(text);
        let octal = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
        if octal || text == "-0" || self.rest.starts_with(ident_part) {
            return None;
        }
        match text.parse::<i64>() {
            Ok(whole) if whole.unsigned_abs() < 1 << 53 => Some(Value::Number(whole.into())),
            _ => text.parse().ok().and_then(Number::from_f64).map(Value::Number),
        }
    }

    fn take(&mut self, stop: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(stop).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        taken
    }
}
