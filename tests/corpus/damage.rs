//! Damage to documents, such as editors and generators do: elements lost, doubled or moved, attributes lost or with each
//! other's values, texts that end too early.

use std::ops::Range;

/// Values attributes come to have.
const ODD_VALUES: [&str; 16] = [
    "",
    " ",
    "-1",
    "0",
    "99999999999999999999s",
    "1.5.2s",
    "#",
    "#nowhere",
    "undefined",
    "null.x",
    "(function(){throw 1})()",
    "a b",
    "true",
    "builtin:digits?length=0",
    "file:///nowhere.vxml",
    "\u{fc}\u{1F600}",
];

/// Numbers that look random and are the same each time.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        let index = self.roll(of.len());
        of.get(index).cloned()
    }
}

/// The text with one to four things wrong in it.
pub(crate) fn damage(text: &str, dice: &mut Dice) -> String {
    let mut text = text.to_owned();
    for _ in 0..=dice.roll(4) {
        text = damage_once(&text, dice).unwrap_or(text);
    }
    text
}

fn damage_once(text: &str, dice: &mut Dice) -> Option<String> {
    let elements = elements(text);
    let one = dice.pick(&elements)?;
    let other = dice.pick(&elements)?;
    let without = |range: &Range<usize>| format!("{}{}", &text[..range.start], &text[range.end..]);
    let with = |at: usize, what: &str| format!("{}{what}{}", &text[..at], &text[at..]);
    Some(match dice.roll(20) {
        0..4 => without(&one.whole),
        4..6 => with(one.whole.start, &text[one.whole.clone()]),
        6..9 => with(other.whole.start, &text[one.whole.clone()]),
        9..11 => with(other.head.end, &text[one.whole.clone()]),
        11 => format!("{}<x>{}</x>{}", &text[..one.whole.start], &text[one.whole.clone()], &text[one.whole.end..]),
        12 => text[..floor(text, dice.roll(text.len()))].to_owned(),
        13..15 => without(&dice.pick(&attributes(text, &one.head))?.0),
        15..18 => {
            let value = dice.pick(&attributes(text, &one.head))?.1;
            let new = dice.pick(&ODD_VALUES)?;
            format!("{}{new}{}", &text[..value.start], &text[value.end..])
        }
        _ => {
            let value = dice.pick(&attributes(text, &one.head))?.1;
            let from = dice.pick(&attributes(text, &other.head))?.1;
            format!("{}{}{}", &text[..value.start], &text[from], &text[value.end..])
        }
    })
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

#[derive(Clone)]
struct Span {
    /// The start tag.
    head: Range<usize>,
    /// From the start tag to the end tag.
    whole: Range<usize>,
}

/// The elements of a text, found roughly.
fn elements(text: &str) -> Vec<Span> {
    let (mut found, mut open, mut at) = (Vec::new(), Vec::<Range<usize>>::new(), 0);
    while let Some(start) = text[at..].find('<').map(|offset| at + offset) {
        let rest = &text[start..];
        let until = |end: &str| rest.find(end).map_or(text.len(), |offset| start + offset + end.len());
        at = match rest {
            _ if rest.starts_with("<!--") => until("-->"),
            _ if rest.starts_with("<![CDATA[") => until("]]>"),
            _ => until(">"),
        };
        let tag = start..at;
        match rest[1..].chars().next() {
            Some('!' | '?') | None => {}
            Some('/') => found.extend(open.pop().map(|head| Span { whole: head.start..at, head })),
            Some(_) if text[tag.clone()].ends_with("/>") => found.push(Span { head: tag.clone(), whole: tag }),
            Some(_) => open.push(tag),
        }
    }
    found
}

/// The attributes of a start tag: name and value with its quotes, and the value alone.
fn attributes(text: &str, head: &Range<usize>) -> Vec<(Range<usize>, Range<usize>)> {
    let (mut found, mut at) = (Vec::new(), head.start);
    while let Some(sign) = text[at..head.end].find('=').map(|offset| at + offset) {
        let name = text[at..sign].trim_end().rfind(char::is_whitespace).map_or(at, |offset| at + offset);
        let quote = text[sign + 1..head.end].find(['"', '\'']).map(|offset| sign + 1 + offset);
        let Some(open) = quote else { break };
        let Some(close) = text[open + 1..head.end].find(&text[open..=open]).map(|offset| open + 1 + offset) else {
            break;
        };
        found.push((name..close + 1, open + 1..close));
        at = close + 1;
    }
    found
}
