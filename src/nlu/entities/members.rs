//! Those who come, one by one: "two friends", "my wife", "me".

use super::numbers::whole;
use super::pack::{Kin, Pack};
use super::tokens::Tokens;
use std::ops::Range;

/// One of those who come, or several.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// How many; `None` if that is not told ("my friends").
    pub(super) count: Option<u64>,
    /// How many tokens it takes.
    pub(super) used: usize,
    pub(super) who: Who,
    /// Told by the caller's own relation: "my wife", "our kids".
    pub(super) of_caller: bool,
    /// A part of some others: "four of my friends".
    pub(super) of_others: bool,
    /// Told by the word for all of them: "people".
    pub(super) of_all: bool,
    /// The number's own tokens.
    pub(super) number: Range<usize>,
}

/// What kind of word tells of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// The caller: "me".
    Caller,
    /// Anybody: "people", "adults".
    Anybody,
    /// People seen from somebody: "friends", "guests", "wife".
    Relation,
    /// "two of us".
    Us,
    /// A bare number.
    Bare,
}

impl Member {
    fn one(who: Who, used: usize) -> Self {
        Self { count: Some(1), used, who, of_caller: false, of_others: false, of_all: false, number: 0..0 }
    }

    pub(super) fn is_counted(&self) -> bool {
        !self.number.is_empty()
    }
}

/// What members are looked for in. `taken` are the tokens of days, times and amounts.
pub(super) struct Members<'a> {
    pub(super) tokens: &'a Tokens<'a>,
    pub(super) pack: &'static Pack,
    pub(super) taken: &'a dyn Fn(usize) -> bool,
}

impl Members<'_> {
    /// The member that starts here.
    pub(super) fn first(&self, at: usize) -> Option<Member> {
        let (tokens, pack) = (self.tokens, self.pack);
        if (self.taken)(at) {
            return None;
        }
        // Spanish "mi" is "me" and "my".
        let possessive = tokens.is(at, &["mi"]) && tokens.said(at + 1, &pack.person) > 0;
        if let Some((_, used)) = tokens.longest(at, &pack.myself).filter(|_| !possessive) {
            return Some(Member::one(Who::Caller, used));
        }
        let (mut lead, mut of_caller) = (0, false);
        while lead < 3 {
            let words = tokens.said(at + lead, &pack.possessives);
            if words == 0 {
                break;
            }
            of_caller |= tokens.said(at + lead, &pack.own) > 0;
            lead += words;
        }
        let article = lead > 0 && !of_caller;
        if lead > 0 && tokens.said(at + lead, &pack.person) == 0 {
            lead += tokens.said(at + lead, &pack.adjectives);
        }
        let mut member = self
            .counted(at + lead, article)
            // "a couple"; but "my partner" is one.
            .or_else(|| {
                self.uncounted(at, lead, of_caller).filter(|_| article && tokens.is(at + lead, &["couple", "pareja"]))
            })
            .or_else(|| {
                Some(Member::one(Who::Relation, tokens.longest(at + lead, &pack.person).filter(|_| lead > 0)?.1))
            })
            .or_else(|| self.uncounted(at, lead, of_caller))?;
        member.of_caller |= of_caller;
        member.used += lead;
        Some(member)
    }

    /// The member that follows others, after "and" or a comma, and how many tokens both take.
    pub(super) fn next(&self, at: usize, last: &Member) -> Option<Member> {
        let tokens = self.tokens;
        let joint = tokens.said(at, &self.pack.and);
        let token = tokens.get(at)?;
        let comma = token.gap == ",";
        if token.apart() && !comma {
            return None;
        }
        let mut member = self.first(at + joint).or_else(|| self.bare_relation(at + joint))?;
        let joined = match (joint > 0, member.who) {
            // "a party of 8, I made a reservation"
            (false, Who::Caller) => comma && last.who != Who::Bare && !tokens.is(at, &["i", "yo"]),
            (false, Who::Bare) => false,
            // "two adults three kids"
            // "me my wife and our son", as a recogniser writes it
            (false, Who::Relation) if last.who != Who::Bare && member.of_caller => true,
            (false, _) => comma || member.is_counted() && last.is_counted() && last.who != Who::Bare,
            // "seven people and I just want to stay"
            (true, Who::Caller) if last.who == Who::Anybody => {
                !tokens.is(at + joint, &["i"]) || tokens.apart(at + joint + 1)
            }
            (true, Who::Bare) => tokens.is(at, &["plus", "and", "+", "y", "mas"]),
            (true, _) => true,
        };
        if member.who == Who::Bare {
            // "myself plus two more"
            member.used += tokens.skip(at + joint + member.used, &["more", "others", "mas"]);
        }
        member.used += joint;
        joined.then_some(member)
    }

    /// "mom" of "my dad and mom".
    fn bare_relation(&self, at: usize) -> Option<Member> {
        let (_, used) = self.tokens.longest(at, &self.pack.person)?;
        Some(Member::one(Who::Relation, used))
    }

    /// "my parents", "the kids", "a couple".
    fn uncounted(&self, at: usize, lead: usize, of_caller: bool) -> Option<Member> {
        let (kin, used) = self.tokens.longest(at + lead, &self.pack.people).filter(|_| lead > 0)?;
        let pair = kin == Kin::Pair && self.tokens.is(at + lead, &["couple", "pareja"]);
        let count = match kin {
            Kin::Two => Some(2),
            Kin::Pair if pair && !of_caller => Some(2),
            Kin::Head | Kin::Guest if !of_caller => return None,
            _ => None,
        };
        let mut member = Member { count, ..Member::one(Who::Relation, used) };
        if pair && count.is_some() {
            member.who = Who::Anybody;
            member.number = at..at + lead + used;
            // "a couple of guests", "a couple people"
            let of = self.tokens.skip(at + lead + used, &["of"]);
            let people = self.tokens.said(at + lead + used + of, &self.pack.people);
            member.used += if people > 0 { of + people } else { 0 };
            member.of_others = of > 0 && people == 0;
        }
        Some(member)
    }

    /// "two friends", "4 of my mates", or a bare number.
    fn counted(&self, at: usize, article: bool) -> Option<Member> {
        let (tokens, pack) = (self.tokens, self.pack);
        let (count, used) = whole(tokens, at).filter(|(count, _)| (1..=2000).contains(count))?;
        if (at..at + used).any(self.taken) {
            return None;
        }
        let bare = Member { count: Some(count), used, number: at..at + used, ..Member::one(Who::Bare, used) };
        let part = tokens.said(at + used, &pack.part_of);
        let adjective = tokens.said(at + used + part, &pack.adjectives);
        let noun = [part + adjective, part].into_iter().find(|skipped| {
            tokens.said(at + used + skipped, &pack.people).max(tokens.said(at + used + skipped, &pack.person)) > 0
        });
        let Some(skipped) = noun else {
            if let Some(us) = tokens.phrase(at + used, "of us").or_else(|| tokens.phrase(at + used, "de nosotros")) {
                return Some(Member { who: Who::Us, used: used + us, ..bare });
            }
            return (!self.counts_things(at + used)).then_some(bare);
        };
        let behind = at + used + skipped;
        let kin = tokens.longest(behind, &pack.people);
        // "a six person table": only the number is said of the people.
        let seats = tokens.is(behind, &["person"]) && (article || tokens.said(behind + 1, &pack.seats) > 0);
        if seats {
            return Some(Member { who: Who::Anybody, ..bare });
        }
        let who = match kin {
            Some((Kin::Head | Kin::Pair, _)) if part == 0 => Who::Anybody,
            None if part == 0 && tokens.said(behind, &pack.own_noun) == 0 => Who::Anybody,
            _ => Who::Relation,
        };
        let each = if matches!(kin, Some((Kin::Pair, _))) { 2 } else { 1 };
        let noun = kin.map_or(0, |(_, words)| words).max(tokens.said(behind, &pack.person));
        Some(Member {
            count: Some(count * each),
            who,
            used: used + skipped + noun,
            of_others: part > 0,
            of_caller: false,
            of_all: tokens.is(behind, &["people", "persons", "ppl", "pax", "guests", "personas", "comensales"]),
            number: bare.number,
        })
    }

    /// A number that counts something else: "7 days", "2 highchairs", "7 pm".
    pub(super) fn counts_things(&self, behind: usize) -> bool {
        let (tokens, pack) = (self.tokens, self.pack);
        tokens.said(behind, &pack.units) > 0
            || tokens.said(behind, &pack.currencies) > 0
            || tokens.said(behind, &pack.things) > 0
            || tokens.get(behind).is_some_and(|next| next.is_digits() && next.glued)
    }
}
