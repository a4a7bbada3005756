//! What a language pack holds: the words of times, dates and people. Everything is folded: lower case, no accents.

use crate::nlu::words::Language;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Which part of the day is said, and so which of a clock's two rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// "am", "in the morning".
    Morning,
    /// "pm", "in the afternoon", "in the evening".
    Afternoon,
    /// "at night", "tonight": nine is 21:00, one is 01:00.
    Night,
}

/// A length of time that can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Fortnight,
    Month,
    Year,
}

/// How a time is bounded instead of told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// "after", "between", "from".
    From,
    /// "before", "until".
    To,
}

/// Which of several weeks a weekday's word points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// "this Friday", "coming Friday".
    This,
    /// "next Friday".
    Next,
    /// "last Friday".
    Last,
}

/// A word for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kin {
    /// "people", "adults", "guests": belong to the number before them.
    Head,
    /// "guests": the same, but beside whoever invites them.
    Guest,
    /// "friends", "kids", "others": belong to the number, too, and may stand beside "me".
    Other,
    /// "parents", "twins": two, where no number is said.
    Two,
    /// "couples": two each.
    Pair,
}

/// The words of a language.
pub(super) struct Pack {
    pub(super) months: Phrases<i8>,
    /// Monday is 1.
    pub(super) weekdays: Phrases<i8>,
    /// Days reckoned from today.
    pub(super) days: Phrases<i32>,
    /// Expressions of today that say a part of the day as well.
    pub(super) today_parts: Phrases<Part>,
    /// What may follow a clock time or stand in the sentence.
    pub(super) parts: Phrases<Part>,
    /// Parts of the day that are said of some day: "tomorrow morning".
    pub(super) day_parts: Phrases<Part>,
    pub(super) units: Phrases<Unit>,
    pub(super) which: Phrases<Which>,
    /// "noon" and "midnight", in minutes of the day.
    pub(super) named_times: Phrases<i16>,
    /// Parts of an hour, in minutes: "half", "quarter".
    pub(super) fractions: Phrases<i16>,
    /// "past" and "to" between minutes and the hour: whether they count on or back.
    pub(super) past_to: Phrases<bool>,
    /// "y" and "menos" between the hour and its minutes.
    pub(super) hour_then: Phrases<bool>,
    /// What a full hour may carry: "o'clock".
    pub(super) full_hour: Phrases<()>,
    /// What makes a number before it a time: "at", "around".
    pub(super) at: Phrases<()>,
    /// What bounds a time and does not tell it: "after", "before", "between".
    pub(super) bounds: Phrases<Bound>,
    /// What stands between the two ends of a range.
    pub(super) until: Phrases<()>,
    /// What is said of no definite day or time but in greetings: "good evening".
    pub(super) greetings: Phrases<()>,
    /// Times that are none: "any time", "later today".
    pub(super) vague_times: Phrases<()>,
    /// Days that are none: "end of the month", "any day".
    pub(super) vague_dates: Phrases<()>,
    /// "in" before a length of time.
    pub(super) ahead: Phrases<()>,
    /// "from now" behind a length of time.
    pub(super) from_now: Phrases<()>,
    /// "from" between a length of time and a day: "a week from Friday".
    pub(super) from: Phrases<()>,
    /// "ago" behind a length of time, or before it.
    pub(super) ago: Phrases<()>,
    /// Amounts that cannot be settled: "a few".
    pub(super) vague_counts: Phrases<()>,
    /// Amounts in words that are no numbers: "a couple of".
    pub(super) counts: Phrases<f64>,
    /// What stands between a day and its month: "of", "the".
    pub(super) of: Phrases<()>,
    pub(super) and: Phrases<()>,
    pub(super) people: Phrases<Kin>,
    /// One person each: "wife", "baby".
    pub(super) person: Phrases<()>,
    /// "me", "myself", "I".
    pub(super) myself: Phrases<()>,
    /// "my", "our", "his".
    pub(super) possessives: Phrases<()>,
    /// The caller's own, of the possessives: "my".
    pub(super) own: Phrases<()>,
    /// Relations among the words for one person: "friend", "wife".
    pub(super) own_noun: Phrases<()>,
    /// What may stand between a number and its people: "other", "little".
    pub(super) adjectives: Phrases<()>,
    /// What makes a number a part of others: "of my".
    pub(super) part_of: Phrases<()>,
    /// What has seats for a number of people: "table".
    pub(super) seats: Phrases<()>,
    /// What is counted and is no people: "highchairs".
    pub(super) things: Phrases<()>,
    /// What makes a number one of a list: "option".
    pub(super) option: Phrases<()>,
    /// Days with a name, as month and day: "Christmas Eve".
    pub(super) holidays: Phrases<(i8, i8)>,
    /// "just", "only".
    pub(super) only: Phrases<()>,
    /// "alone", "by myself".
    pub(super) alone: Phrases<()>,
    /// What comes before a party size: "party of", "table for".
    pub(super) before_size: Phrases<()>,
    /// What may come before a party size, and before much else: "for", "there are".
    pub(super) perhaps_size: Phrases<()>,
    /// Words that a sentence goes on with behind a party size.
    pub(super) goes_on: Phrases<()>,
    /// "at", "on", "for" before a time or a day.
    pub(super) on_at: Phrases<()>,
    /// "number of people", "party size": what the sentence speaks of.
    pub(super) size_topic: Phrases<()>,
    /// "is", "to" between the topic and its number.
    pub(super) is_to: Phrases<()>,
    /// "change", "move".
    pub(super) changes: Phrases<()>,
    /// What comes behind a party size: "of us".
    pub(super) after_size: Phrases<()>,
    /// What comes before a name, best first: "my name is".
    pub(super) before_name: Phrases<Frame>,
    /// What comes behind a name: "is my name".
    pub(super) after_name: Phrases<Frame>,
    /// "mister", "miss": before a name, no part of it.
    pub(super) titles: Phrases<()>,
    /// What takes back what was said before: "no", "I mean", "actually make that".
    pub(super) corrections: Phrases<()>,
    /// What denies the value behind it: "not".
    pub(super) denials: Phrases<()>,
    pub(super) yes: Phrases<()>,
    pub(super) no: Phrases<()>,
    pub(super) currencies: Phrases<&'static str>,
    /// "cents": hundredths of the currency before them.
    pub(super) cents: Phrases<()>,
    /// Words that are no name even with a capital.
    pub(super) no_names: HashSet<&'static str>,
    /// Whether "5/6" is the sixth of May.
    pub(super) month_first: bool,
}

/// What a name's frame says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// A name for sure: "my name is".
    Sure,
    /// A name if it can be one: "I'm", "this is".
    Likely,
    /// A name if it looks like one: "for".
    Maybe,
    /// The first name.
    First,
    /// The last name.
    Last,
}

impl Frame {
    /// Whether much else than a name may follow.
    pub(super) fn is_weak(self) -> bool {
        matches!(self, Self::Likely | Self::Maybe)
    }
}

/// The pack of a language; English where there is none.
pub(super) fn of(language: Language) -> &'static Pack {
    static ENGLISH: LazyLock<Pack> = LazyLock::new(super::en::pack);
    static SPANISH: LazyLock<Pack> = LazyLock::new(super::es::pack);
    if language == Language::Spanish { &SPANISH } else { &ENGLISH }
}

/// Phrases with their meanings, found by their first or last word.
pub(super) struct Phrases<T> {
    first: HashMap<&'static str, Vec<(Vec<&'static str>, T)>>,
    last: HashMap<&'static str, Vec<(Vec<&'static str>, T)>>,
}

impl<T: Copy> Phrases<T> {
    /// The phrases that begin with a word.
    pub(super) fn starting(&self, word: &str) -> &[(Vec<&'static str>, T)] {
        self.first.get(word).map_or(&[], Vec::as_slice)
    }

    /// The phrases that end with a word.
    pub(super) fn ending(&self, word: &str) -> &[(Vec<&'static str>, T)] {
        self.last.get(word).map_or(&[], Vec::as_slice)
    }

    /// The meaning of a word that is a whole phrase.
    pub(super) fn meaning(&self, word: &str) -> Option<T> {
        self.starting(word).iter().find(|(words, _)| words.len() == 1).map(|(_, meaning)| *meaning)
    }

    /// All phrases of one word.
    pub(super) fn words(&self) -> impl Iterator<Item = (&'static str, T)> {
        self.first.values().flatten().filter(|(words, _)| words.len() == 1).map(|(words, meaning)| (words[0], *meaning))
    }
}

/// Phrases that mean the same, between commas.
pub(super) fn phrases(list: &'static str) -> Phrases<()> {
    meanings(&[((), list)])
}

/// Phrases between commas, with what they mean.
pub(super) fn meanings<T: Copy>(lists: &[(T, &'static str)]) -> Phrases<T> {
    let mut phrases = Phrases { first: HashMap::new(), last: HashMap::new() };
    for (meaning, list) in lists {
        for phrase in list.split(',') {
            let words: Vec<&str> = phrase.split_ascii_whitespace().collect();
            if let (Some(first), Some(last)) = (words.first(), words.last()) {
                phrases.first.entry(first).or_default().push((words.clone(), *meaning));
                phrases.last.entry(last).or_default().push((words.clone(), *meaning));
            }
        }
    }
    phrases
}
