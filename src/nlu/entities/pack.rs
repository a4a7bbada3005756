//! What a language pack holds: the words of times, dates and people. Everything is folded: lower case, no accents.

use crate::nlu::words::Language;

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
    /// "friends", "kids", "others": belong to the number, too, and may stand beside "me".
    Other,
    /// "parents", "twins": two, where no number is said.
    Two,
    /// "couples": two each.
    Pair,
}

/// The words of a language.
pub(super) struct Pack {
    pub(super) months: &'static [(&'static str, i8)],
    /// Monday is 1.
    pub(super) weekdays: &'static [(&'static str, i8)],
    /// Days reckoned from today.
    pub(super) days: &'static [(&'static str, i32)],
    /// Expressions of today that say a part of the day as well.
    pub(super) today_parts: &'static [(&'static str, Part)],
    /// What may follow a clock time or stand in the sentence.
    pub(super) parts: &'static [(&'static str, Part)],
    /// Parts of the day that are said of some day: "tomorrow morning".
    pub(super) day_parts: &'static [(&'static str, Part)],
    pub(super) units: &'static [(&'static str, Unit)],
    pub(super) which: &'static [(&'static str, Which)],
    /// "noon" and "midnight", in minutes of the day.
    pub(super) named_times: &'static [(&'static str, i16)],
    /// Parts of an hour, in minutes: "half", "quarter".
    pub(super) fractions: &'static [(&'static str, i16)],
    /// "past" and "to" between minutes and the hour: whether they count on or back.
    pub(super) past_to: &'static [(&'static str, bool)],
    /// "y" and "menos" between the hour and its minutes.
    pub(super) hour_then: &'static [(&'static str, bool)],
    /// What a full hour may carry: "o'clock".
    pub(super) full_hour: &'static [(&'static str, ())],
    /// What makes a number before it a time: "at", "around".
    pub(super) at: &'static [(&'static str, ())],
    /// What bounds a time and does not tell it: "after", "before", "between".
    pub(super) bounds: &'static [(&'static str, Bound)],
    /// What stands between the two ends of a range.
    pub(super) until: &'static [(&'static str, ())],
    /// What is said of no definite day or time but in greetings: "good evening".
    pub(super) greetings: &'static [(&'static str, ())],
    /// Times that are none: "any time", "later today".
    pub(super) vague_times: &'static [(&'static str, ())],
    /// Days that are none: "end of the month", "any day".
    pub(super) vague_dates: &'static [(&'static str, ())],
    /// "in" before a length of time.
    pub(super) ahead: &'static [(&'static str, ())],
    /// "from now" behind a length of time.
    pub(super) from_now: &'static [(&'static str, ())],
    /// "from" between a length of time and a day: "a week from Friday".
    pub(super) from: &'static [(&'static str, ())],
    /// "ago" behind a length of time, or before it.
    pub(super) ago: &'static [(&'static str, ())],
    /// Amounts that cannot be settled: "a few".
    pub(super) vague_counts: &'static [(&'static str, ())],
    /// Amounts in words that are no numbers: "a couple of".
    pub(super) counts: &'static [(&'static str, f64)],
    /// What stands between a day and its month: "of", "the".
    pub(super) of: &'static [(&'static str, ())],
    pub(super) articles: &'static [(&'static str, ())],
    pub(super) and: &'static [(&'static str, ())],
    pub(super) people: &'static [(&'static str, Kin)],
    /// One person each: "wife", "baby".
    pub(super) person: &'static [(&'static str, ())],
    /// "me", "myself", "I".
    pub(super) myself: &'static [(&'static str, ())],
    /// "my", "our", "his".
    pub(super) possessives: &'static [(&'static str, ())],
    /// What comes before a party size: "party of", "table for".
    pub(super) before_size: &'static [(&'static str, ())],
    /// What comes behind a party size: "of us".
    pub(super) after_size: &'static [(&'static str, ())],
    /// What comes before a name, best first: "my name is".
    pub(super) before_name: &'static [(&'static str, Frame)],
    /// What comes behind a name: "is my name".
    pub(super) after_name: &'static [(&'static str, Frame)],
    /// "mister", "miss": before a name, no part of it.
    pub(super) titles: &'static [(&'static str, ())],
    /// What takes back what was said before: "no", "I mean", "actually make that".
    pub(super) corrections: &'static [(&'static str, ())],
    /// What denies the value behind it: "not".
    pub(super) denials: &'static [(&'static str, ())],
    pub(super) yes: &'static [(&'static str, ())],
    pub(super) no: &'static [(&'static str, ())],
    pub(super) currencies: &'static [(&'static str, &'static str)],
    /// "cents": hundredths of the currency before them.
    pub(super) cents: &'static [(&'static str, ())],
    /// Words that are no name even with a capital.
    pub(super) no_names: &'static [&'static str],
    /// Whether "5/6" is the sixth of May.
    pub(super) month_first: bool,
}

/// What a name's frame says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// A name for sure: "my name is".
    Sure,
    /// A name if it looks like one: "for", "I'm".
    Maybe,
    /// The first name.
    First,
    /// The last name.
    Last,
}

/// The pack of a language; English where there is none.
pub(super) fn of(language: Language) -> &'static Pack {
    match language {
        Language::Spanish => &super::es::PACK,
        _ => &super::en::PACK,
    }
}
