//! How many people: "a table for four", "two of us and a baby", "my wife and I".

use super::numbers::whole;
use super::pack::{Kin, Pack};
use super::tokens::Tokens;
use super::{Found, Kind, Value};
use std::ops::Range;

/// One of those who come, or several.
struct Member {
    /// How many; `None` if that is not told ("my friends").
    count: Option<u64>,
    used: usize,
    /// The caller.
    is_caller: bool,
    /// Told by the caller's own relation: "my wife", "our kids".
    is_callers: bool,
    /// A bare number, that counts only beside others.
    is_bare: bool,
    /// Whether a word for people is said.
    has_noun: bool,
    /// The number's own tokens.
    number: Range<usize>,
}

/// What people are looked for in.
pub(super) struct People<'a> {
    pub(super) tokens: &'a Tokens<'a>,
    pub(super) pack: &'static Pack,
    /// Whether the number of people was just asked for.
    pub(super) wanted: bool,
}

impl People<'_> {
    /// The parties in the sentence. `taken` are the tokens of days, times and amounts.
    pub(super) fn find(&self, taken: &dyn Fn(usize) -> bool) -> Vec<Found> {
        let mut out = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            match self.party(at, taken).or_else(|| self.size(at, taken)) {
                Some(found) => {
                    at = found.tokens.end.max(at + 1);
                    out.push(found);
                }
                None => at += 1,
            }
        }
        out
    }

    /// People told by words: "two adults and a child", "me and my parents".
    fn party(&self, at: usize, taken: &dyn Fn(usize) -> bool) -> Option<Found> {
        let first = self.member(at, taken)?;
        let mut members = vec![first];
        let mut end = at + members[0].used;
        while let Some((member, words)) = self.next_member(end, taken) {
            end += words;
            members.push(member);
        }
        // A bare number at the end is something else: "me and my wife, 7".
        while members.len() > 1 && members.last().is_some_and(|last| last.is_bare) && !members[0].is_caller {
            let last = members.pop()?;
            end = last.number.start;
            while end > at && (self.tokens.ending(end, self.pack.and).is_some()) {
                end -= 1;
            }
        }
        self.told(at..end, &members)
    }

    fn told(&self, range: Range<usize>, members: &[Member]) -> Option<Found> {
        let with_caller = members.iter().any(|member| member.is_caller);
        let nouns = members.iter().any(|member| member.has_noun && !member.is_caller);
        let counted = members.iter().any(|member| !member.number.is_empty());
        if let [only] = members {
            let alone = only.is_caller && self.caller_alone(&range);
            let counted = only.has_noun && !only.is_bare && (counted || self.wanted && !only.is_caller);
            if !(alone || counted) {
                return None;
            }
        } else if !(nouns || with_caller) {
            return None;
        } else if !counted && !with_caller && !self.is_party(&range, members) {
            return None;
        }
        let count: Option<u64> = members.iter().map(|member| member.count).sum();
        let callers = members.iter().any(|member| member.is_callers);
        let beside = self.tokens.before(range.start, 1) == "with" || self.tokens.before(range.start, 1) == "con";
        let unclear = !with_caller && (callers || beside && members.iter().any(|member| member.has_noun));
        let readings = match count {
            None | Some(0) => vec![],
            Some(count) if unclear => vec![count + 1, count],
            Some(count) => vec![count],
        };
        #[allow(clippy::cast_precision_loss)]
        let readings = readings.into_iter().map(|count| Value::Number(count as f64)).collect();
        let number = members.iter().map(|member| member.number.clone()).find(|number| !number.is_empty());
        let mut found = Found::new(Kind::People, range.clone(), readings);
        found.narrow = number.filter(|_| members.len() == 1).unwrap_or(range);
        Some(found)
    }

    /// "just me", "it's for me": the caller alone.
    fn caller_alone(&self, range: &Range<usize>) -> bool {
        let (tokens, at) = (self.tokens, range.start);
        let only = matches!(tokens.before(at, 1), "just" | "only" | "solo" | "solamente" | "para" | "be")
            || tokens.is(at, &["only"]);
        let behind = tokens.is(range.end, &["alone", "only", "solo", "sola"]);
        let ends = tokens.apart(range.end)
            || tokens.is(range.end, &["so", "tonight", "today", "tomorrow", "this", "at", "please", "by"]);
        let table =
            tokens.ending(at, self.pack.before_size).is_some() && ends && tokens.is(at, &["me", "myself", "mi"]);
        let narrow = tokens.is(at, &["me", "myself", "mi", "yo", "only", "conmigo"]);
        let sized = table
            && (self.wanted
                || tokens.before(at, 1) != "for"
                || tokens.is(at, &["myself"])
                || matches!(tokens.before(at, 2), "table" | "reservation" | "booking" | "spot"));
        narrow && (only && (ends || behind) || behind || sized || self.wanted && tokens.len() <= 4)
    }

    /// Whether relations without a number are a party: "my dad, mom and sister are coming", but not "my mom and dad's
    /// anniversary".
    fn is_party(&self, range: &Range<usize>, members: &[Member]) -> bool {
        let possessive = self.tokens.get(range.end).is_some_and(|next| next.text == "'s");
        !possessive && members.iter().all(|member| member.has_noun)
    }

    fn next_member(&self, at: usize, taken: &dyn Fn(usize) -> bool) -> Option<(Member, usize)> {
        let tokens = self.tokens;
        let joint = tokens.longest(at, self.pack.and).map_or(0, |(_, words)| words);
        let token = tokens.get(at)?;
        let comma = token.gap == ",";
        if joint == 0 && !comma && !tokens.get(at).is_some_and(|token| token.is_digits() && token.gap.is_empty()) {
            return None;
        }
        if joint > 0 && token.apart() && !comma {
            return None;
        }
        // "for two with my wife": the wife is one of the two.
        let mut member = self.member(at + joint, taken).or_else(|| self.bare_kin(at + joint))?;
        if joint == 0 && (member.is_bare || !comma && !member.has_noun) {
            return None;
        }
        if member.is_bare && joint > 0 && !tokens.is(at, &["plus", "and", "y", "mas", "+"]) {
            return None;
        }
        member.used += joint;
        let used = member.used;
        Some((member, used))
    }

    /// "mom" of "my dad and mom".
    fn bare_kin(&self, at: usize) -> Option<Member> {
        let (_, used) = self.tokens.longest(at, self.pack.person)?;
        Some(Member {
            count: Some(1),
            used,
            is_caller: false,
            is_callers: false,
            is_bare: false,
            has_noun: true,
            number: 0..0,
        })
    }

    fn member(&self, at: usize, taken: &dyn Fn(usize) -> bool) -> Option<Member> {
        let (tokens, pack) = (self.tokens, self.pack);
        if taken(at) {
            return None;
        }
        if let Some((_, used)) = tokens.longest(at, pack.myself) {
            // "y mi mujer": "mi" is "my".
            let possessive = tokens.is(at, &["mi"]) && tokens.longest(at + 1, pack.person).is_some();
            if !possessive {
                return Some(Member {
                    count: Some(1),
                    used,
                    is_caller: true,
                    is_callers: false,
                    is_bare: false,
                    has_noun: true,
                    number: 0..0,
                });
            }
        }
        if tokens.phrase(at, "no one").is_some() || tokens.is(at, &["nobody", "nadie"]) {
            return None;
        }
        let (mut lead, mut callers) = (0, false);
        while let Some((_, words)) = tokens.longest(at + lead, pack.possessives).filter(|_| lead < 3) {
            callers |= (0..words).any(|more| {
                tokens.is(at + lead + more, &["my", "our", "mi", "mis", "nuestro", "nuestra", "nuestros", "nuestras"])
            });
            lead += words;
        }
        if tokens.is(
            at + lead,
            &[
                "other",
                "otro",
                "otra",
                "otros",
                "otras",
                "only",
                "lovely",
                "beautiful",
                "dear",
                "small",
                "little",
                "young",
                "old",
                "best",
            ],
        ) && tokens.phrase(at + lead, "little one").is_none()
        {
            lead += 1;
        }
        let article = lead > 0 && tokens.is(at, &["a", "an", "un", "una"]);
        let mut member = self.counted(at + lead, callers, article, taken).or_else(|| {
            let (_, used) = tokens.longest(at + lead, pack.person).filter(|_| lead > 0)?;
            Some(Member {
                count: Some(1),
                used,
                is_caller: false,
                is_callers: callers,
                is_bare: false,
                has_noun: true,
                number: 0..0,
            })
        });
        if member.is_none() && lead > 0 {
            member = tokens.longest(at + lead, pack.people).and_then(|(kin, used)| {
                let count = match kin {
                    Kin::Two => Some(2),
                    Kin::Pair if article => Some(2),
                    _ => None,
                };
                let plain = matches!(kin, Kin::Head);
                (!plain || callers).then_some(Member {
                    count,
                    used,
                    is_caller: false,
                    is_callers: callers && kin != Kin::Pair,
                    is_bare: false,
                    has_noun: true,
                    number: 0..0,
                })
            });
            if let Some(member) = member.as_mut()
                && article
                && tokens.is(at + lead, &["couple"])
            {
                member.number = at..at + lead + 1;
                member.is_callers = false;
            }
        }
        let mut member = member?;
        member.used += lead;
        Some(member)
    }

    /// "two friends", "4 of my mates", or a bare number.
    fn counted(&self, at: usize, callers: bool, article: bool, taken: &dyn Fn(usize) -> bool) -> Option<Member> {
        let (tokens, pack) = (self.tokens, self.pack);
        let (count, used) = match tokens.longest(at, pack.counts).filter(|(count, words)| *words > 1 && *count >= 2.0) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            Some((count, words)) if tokens.longest(at + words, pack.people).is_some() => (count as u64, words),
            _ => whole(tokens, at)?,
        };
        if (at..at + used).any(taken) || count == 0 || count > 2000 {
            return None;
        }
        let mut member = Member {
            count: Some(count),
            used,
            is_caller: false,
            is_callers: callers,
            is_bare: true,
            has_noun: false,
            number: at..at + used,
        };
        let joint = tokens.skip(
            at + used,
            &[
                "of my",
                "of our",
                "of the",
                "of her",
                "of his",
                "other",
                "more",
                "extra",
                "additional",
                "young",
                "small",
                "little",
                "old",
                "grown",
                "adult",
                "de mis",
                "de nuestros",
                "otros",
                "otras",
            ],
        );
        if let Some((kin, words)) = tokens.longest(at + used + joint, pack.people) {
            // "a six person table": the number alone is said of the people.
            let adjective = tokens.is(at + used, &["person"])
                && (article
                    || tokens.is(
                        at + used + 1,
                        &["table", "tables", "booth", "seat", "outside", "inside", "outdoor", "indoor"],
                    ));
            if adjective {
                member.has_noun = true;
                member.is_bare = false;
                return Some(member);
            }
            if kin == Kin::Pair {
                member.count = Some(count * 2);
            }
            member.is_bare = false;
            member.has_noun = true;
            member.used = used + joint + words;
            member.is_callers |= joint > 0 && tokens.is(at + used + 1, &["my", "our", "mis", "nuestros"]);
        } else if let Some((_, words)) = tokens.longest(at + used + joint, pack.person) {
            // "1 child", "one other person"; "4 person" is said, too.
            member.is_bare = false;
            member.has_noun = true;
            member.used = used + joint + words;
        } else if joint == 0 && self.is_other_count(at + used) {
            return None;
        }
        Some(member)
    }

    /// A number that counts something else: "7 days", "2 highchairs".
    fn is_other_count(&self, behind: usize) -> bool {
        let (tokens, pack) = (self.tokens, self.pack);
        tokens.longest(behind, pack.units).is_some()
            || tokens.longest(behind, pack.currencies).is_some()
            || tokens.is(
                behind,
                &[
                    "am",
                    "pm",
                    "o'clock",
                    "ish",
                    "%",
                    "percent",
                    "st",
                    "th",
                    "table",
                    "tables",
                    "mesa",
                    "mesas",
                    "stars",
                    "star",
                    "highchair",
                    "highchairs",
                    "high",
                    "times",
                    "veces",
                    "tronas",
                ],
            )
            || tokens.get(behind).is_some_and(|next| next.is_digits() && next.glued)
    }

    /// A bare number where a party's size is said: "a table for four", "there are six of us", or as an answer.
    fn size(&self, at: usize, taken: &dyn Fn(usize) -> bool) -> Option<Found> {
        let (tokens, pack) = (self.tokens, self.pack);
        let (count, used) = whole(tokens, at)?;
        let behind = at + used;
        if (at..behind).any(taken) || self.is_other_count(behind) || !(1..=2000).contains(&count) {
            return None;
        }
        if tokens.get(at).is_some_and(|token| token.is_digits() && token.text.len() > 4) {
            return None;
        }
        let said = tokens.longest(behind, pack.after_size).is_some();
        let sized = tokens.ending(at, pack.before_size);
        let strong = sized.is_some_and(|(_, words)| words > 1);
        let weak = sized.is_some() && self.open(behind);
        let answered = self.wanted && !self.is_series(at, behind);
        // Spanish "un" and "una" are articles first.
        let article = tokens.language == crate::nlu::Language::Spanish && tokens.is(at, &["un", "una"]);
        let one = count == 1
            && tokens.is(at, &["one"])
            && tokens.is(behind, &["of", "thing", "more", "that", "which", "for"])
            && !said;
        if article || one || !(said || (strong || weak) && self.fits(behind) || answered) {
            return None;
        }
        // "the two of us", "a 5 top": the article is of the number.
        let lead = usize::from(said && at > 0 && tokens.is(at - 1, &["the", "a"]) && !taken(at - 1));
        #[allow(clippy::cast_precision_loss)]
        let mut found = Found::new(Kind::People, at - lead..behind, vec![Value::Number(count as f64)]);
        found.narrow = at..behind;
        found.confidence = if said || strong { 0.95 } else { 0.8 };
        Some(found)
    }

    /// Whether what follows leaves the number alone: the end, or a word that goes on with something else.
    fn open(&self, behind: usize) -> bool {
        self.tokens.apart(behind)
            || self.tokens.is(
                behind,
                &[
                    "at", "on", "in", "for", "under", "please", "tomorrow", "tonight", "today", "and", "this", "next",
                    "to", "instead", "now", "outside", "inside", "indoors", "outdoors", "by", "or", "with", "if", "is",
                    "thanks", "but", "because", "around", "about", "from", "not", "the", "that", "i", "we", "my",
                    "can", "could", "a", "el", "la", "manana", "hoy", "esta", "por", "para", "en", "con", "y", "o",
                    "del", "si", "actually", "of", "as", "near", "who", "where", "which", "only", "just",
                ],
            )
            || self.pack.weekdays.iter().any(|(name, _)| *name == self.tokens.word(behind))
            || self.pack.months.iter().any(|(name, _)| *name == self.tokens.word(behind))
            || whole(self.tokens, behind).is_some()
    }

    /// Nothing is counted that is no people: "for 7 days".
    fn fits(&self, behind: usize) -> bool {
        !self.tokens.is(behind, &["ish", "or"]) || self.wanted
    }

    /// A number amid other numbers: a telephone number, a code.
    fn is_series(&self, at: usize, behind: usize) -> bool {
        let next = whole(self.tokens, behind).is_some() && !self.tokens.apart(behind);
        let before = at > 0 && whole(self.tokens, at - 1).is_some() && !self.tokens.apart(at);
        next || before
    }
}
