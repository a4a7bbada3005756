//! How many people: "a table for four", "two of us and a baby", "my wife and I".

use super::durations::length;
use super::members::{Member, Members, Who};
use super::numbers::whole;
use super::pack::Pack;
use super::tokens::Tokens;
use super::{Found, Kind, Value};
use std::ops::Range;

/// What people are looked for in.
pub(super) struct People<'a> {
    pub(super) tokens: &'a Tokens<'a>,
    pub(super) pack: &'static Pack,
    /// Whether the number of people was just asked for.
    pub(super) wanted: bool,
    /// Whether a time was just asked for.
    pub(super) time_wanted: bool,
    /// The tokens of days, times and amounts.
    pub(super) taken: &'a dyn Fn(usize) -> bool,
}

impl People<'_> {
    /// The parties in the sentence.
    pub(super) fn find(&self) -> Vec<Found> {
        let mut out: Vec<Found> = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            match self.party(at).or_else(|| self.size(at, !out.is_empty())) {
                Some(found) => {
                    at = found.tokens.end.max(at + 1);
                    out.push(found);
                }
                None => at += 1,
            }
        }
        out
    }

    fn members(&self) -> Members<'_> {
        Members { tokens: self.tokens, pack: self.pack, taken: self.taken }
    }

    /// People told by words: "two adults and a child", "me and my parents".
    fn party(&self, at: usize) -> Option<Found> {
        let search = self.members();
        let mut members = vec![search.first(at)?];
        let mut ends = vec![at + members[0].used];
        while let (Some(last), Some(&end)) = (members.last(), ends.last())
            && let Some(member) = search.next(end, last)
        {
            ends.push(end + member.used);
            members.push(member);
        }
        // A bare number at the end counts only beside the caller ("myself plus four") or another ("four plus two").
        while members.len() > 1 && members.last().is_some_and(|last| last.who == Who::Bare) {
            if members[0].who == Who::Caller || members.iter().all(|member| member.who == Who::Bare) {
                break;
            }
            members.pop();
            ends.pop();
        }
        self.told(at..*ends.last()?, &members)
    }

    fn told(&self, range: Range<usize>, members: &[Member]) -> Option<Found> {
        let with_caller = members.iter().any(|member| member.who == Who::Caller);
        let counted = members.iter().any(Member::is_counted);
        let before = self.tokens.before(range.start, 1);
        let beside = matches!(before, "with" | "con");
        if let [only] = members {
            let people = matches!(only.who, Who::Anybody | Who::Relation) && (counted || self.wanted);
            // "four of my friends are vegan", "add one more person"
            let of_more = only.of_others && !beside && before != "for" || self.adds(range.start);
            if !(people && !of_more || only.who == Who::Caller && self.caller_alone(&range)) {
                return None;
            }
        } else {
            let bare = members.iter().all(|member| member.who == Who::Bare);
            let sum = bare && self.tokens.is(range.start + members[0].used, &["plus", "+", "mas"]);
            let possessive = self.tokens.is(range.end, &["'s"]);
            if bare && !sum || possessive && !counted {
                return None;
            }
        }
        let relation = members.iter().any(|member| member.who == Who::Relation);
        let anybody = members.iter().any(|member| member.who == Who::Anybody);
        let of_caller = members.iter().any(|member| member.of_caller);
        // "with two guests": does the caller count?
        let unclear = !with_caller && (of_caller && !anybody || beside && relation && !anybody);
        let readings = match total(members) {
            None | Some(0) => vec![],
            Some(count) if unclear => vec![count + 1, count],
            Some(count) => vec![count],
        };
        let readings = readings.into_iter().map(number).collect();
        let mut found = Found::new(Kind::People, range.clone(), readings);
        found.narrow = match members {
            [only] if only.is_counted() => only.number.clone(),
            _ => range,
        };
        Some(found)
    }

    /// "add one more person": how many are added, not how many come.
    fn adds(&self, at: usize) -> bool {
        (1..=3).any(|back| matches!(self.tokens.before(at, back), "add" | "adding" | "extra" | "anadir" | "agregar"))
    }

    /// "just me", "it's for me": the caller alone.
    fn caller_alone(&self, range: &Range<usize>) -> bool {
        let (tokens, at) = (self.tokens, range.start);
        if tokens.is(at, &["i"]) {
            return false;
        }
        let only = tokens.ending(at, &self.pack.only).is_some();
        let alone = tokens.said(range.end, &self.pack.alone) > 0;
        // "for just me", "just for me"; but "a booking for me" says for whom it is.
        let just_for = matches!(tokens.before(at, 1), "for" | "para")
            && tokens.ending(at.saturating_sub(1), &self.pack.only).is_some();
        let seat = matches!(tokens.before(at, 2), "table" | "seat" | "spot" | "mesa")
            && tokens.before(at, 1) != "of"
            && tokens.is(at, &["me", "myself", "mi"]);
        let ends = self.open(range.end);
        ends && (only || just_for || seat && (tokens.is(at, &["myself", "mi"]) || self.wanted))
            || alone
            || self.wanted && tokens.len() <= 4
    }

    /// A bare number where a party's size is said: "a table for four", "there are six of us", or as an answer.
    /// `corrects` is whether a party was told before it.
    fn size(&self, at: usize, corrects: bool) -> Option<Found> {
        let (tokens, pack) = (self.tokens, self.pack);
        let (count, used) = whole(tokens, at).filter(|(count, _)| (1..=2000).contains(count))?;
        let behind = at + used;
        if length(tokens, at, pack).is_some()
            || (at..behind).any(self.taken)
            || self.members().counts_things(behind)
            || self.is_part(at, behind)
        {
            return None;
        }
        let said = tokens.said(behind, &pack.after_size) > 0;
        let strong = tokens.ending(at, &pack.before_size).is_some();
        // "I am only 17", "I need 2000": an age, an amount.
        let plausible = count <= 100 && !matches!(tokens.before(at, 2), "am" | "'m");
        let weak = plausible
            && tokens.ending(at, &pack.perhaps_size).is_some()
            && self.open(behind)
            && !(count == 1 && self.is_pronoun(at));
        let corrected = corrects && tokens.ending(at, &pack.corrections).is_some() && self.open(behind);
        let answered = self.wanted && !self.in_series(at, behind);
        let booked = self.before_date_or_time(at, behind) && !self.time_wanted && (at == 0 || !(self.taken)(at - 1));
        if !(said || strong || weak || corrected || answered || booked || self.topic(at, behind)) {
            return None;
        }
        // "the two of us", "a 5 top": the article is of the number.
        let lead = usize::from((said || weak) && at > 0 && tokens.is(at - 1, &["the", "a"]) && !(self.taken)(at - 1));
        let mut found = Found::new(Kind::People, at - lead..behind, vec![number(count)]);
        found.narrow = at..behind;
        found.confidence = if said || strong || self.wanted { 0.95 } else { 0.7 };
        Some(found)
    }

    /// Whether what follows leaves the number alone: the end, or a word that goes on with something else.
    fn open(&self, behind: usize) -> bool {
        self.tokens.apart(behind) || self.tokens.said(behind, &self.pack.goes_on) > 0 || (self.taken)(behind)
    }

    /// "one of my friends", "one that is free"; Spanish "un" and "una" are articles first.
    fn is_part(&self, at: usize, behind: usize) -> bool {
        let tokens = self.tokens;
        let article = tokens.is(at, &["un", "una"]);
        let pronoun = tokens.is(at, &["one"])
            && tokens.is(behind, &["thing", "that", "which", "more", "available", "moment", "second"]);
        let part = tokens.said(behind, &self.pack.part_of) > 0 && tokens.ending(at, &self.pack.before_size).is_none();
        article || pronoun || part
    }

    /// "the one", "is there one".
    fn is_pronoun(&self, at: usize) -> bool {
        self.tokens.is(at, &["one"]) && !matches!(self.tokens.before(at, 1), "for" | "just" | "only")
    }

    /// "three at 7:15", "9 on the first": a number right before a time or a day is of the people.
    fn before_date_or_time(&self, at: usize, behind: usize) -> bool {
        let joint = self.tokens.said(behind, &self.pack.on_at);
        let ranged =
            matches!(self.tokens.before(at, 1), "from" | "between" | "del" | "de" | "desde" | "entre" | "to" | "al");
        !ranged && joint > 0 && !self.tokens.apart(behind) && (self.taken)(behind + joint)
    }

    /// The sentence speaks of how many come: "the number of people I want is 8", "change the number of guests to 8".
    fn topic(&self, at: usize, behind: usize) -> bool {
        let tokens = self.tokens;
        let spoken_of = || (0..tokens.len()).any(|at| tokens.said(at, &self.pack.size_topic) > 0);
        let told = tokens.ending(at, &self.pack.is_to).is_some() && self.open(behind)
            || tokens.is(behind, &["is", "es"]) && at == 0;
        // "change our reservation to 8"
        let changed = || !self.time_wanted && (0..at).any(|at| tokens.said(at, &self.pack.changes) > 0);
        told && (spoken_of() || tokens.before(at, 1) == "to" && changed())
    }

    /// A number amid other numbers: a telephone number, a code.
    fn in_series(&self, at: usize, behind: usize) -> bool {
        let next = whole(self.tokens, behind).is_some() && !self.tokens.apart(behind);
        let before = at > 0 && whole(self.tokens, at - 1).is_some() && !self.tokens.apart(at);
        next || before
    }
}

/// How many all are together; `None` if that is not told of some. "4 people, 3 adults and a baby" tells the four twice.
fn total(members: &[Member]) -> Option<u64> {
    let count = |members: &[Member]| members.iter().map(|member| member.count).sum::<Option<u64>>();
    match members {
        [whole, parts @ ..] if parts.len() > 1 && whole.of_all && whole.count == count(parts) => whole.count,
        all => count(all),
    }
}

#[allow(clippy::cast_precision_loss)]
fn number(count: u64) -> Value {
    Value::Number(count as f64)
}
