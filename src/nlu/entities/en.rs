//! English.

use super::pack::{Bound, Frame, Kin, Pack, Part, Unit, Which, meanings, phrases};

pub(super) fn pack() -> Pack {
    Pack {
        months: meanings(&[
            (1, "january, jan"),
            (2, "february, feb"),
            (3, "march, mar"),
            (4, "april, apr"),
            (5, "may"),
            (6, "june, jun"),
            (7, "july, jul"),
            (8, "august, aug"),
            (9, "september, sept, sep"),
            (10, "october, oct"),
            (11, "november, nov"),
            (12, "december, dec"),
        ]),
        weekdays: meanings(&[
            (1, "monday, mon"),
            (2, "tuesday, tue, tues"),
            (3, "wednesday, wed, weds"),
            (4, "thursday, thu, thur, thurs"),
            (5, "friday, fri"),
            (6, "saturday, sat"),
            (7, "sunday, sun"),
        ]),
        days: meanings(&[
            (0, "today, now"),
            (1, "tomorrow, tomorow, tommorow, tommorrow, day after today"),
            (2, "day after tomorrow, day after tomorow"),
            (-1, "yesterday, last night"),
            (-2, "day before yesterday"),
        ]),
        today_parts: meanings(&[
            (Part::Night, "tonight, tonite, later tonight"),
            (Part::Afternoon, "this evening, this afternoon"),
            (Part::Morning, "this morning"),
        ]),
        parts: meanings(&[
            (Part::Morning, "am, a m, in the morning, in the am, of the morning, morning"),
            (
                Part::Afternoon,
                "\
                pm, p m, in the pm, in the afternoon, afternoon, in the evening, at evening, evening, at noon, that \
                evening",
            ),
            (Part::Night, "at night, in the night, that night"),
        ]),
        day_parts: meanings(&[
            (Part::Morning, "morning, in the morning"),
            (Part::Afternoon, "afternoon, evening, in the afternoon, in the evening"),
            (Part::Night, "night, at night"),
        ]),
        units: meanings(&[
            (Unit::Second, "second, seconds, sec, secs"),
            (Unit::Minute, "minute, minutes, min, mins"),
            (Unit::Hour, "hour, hours, hr, hrs"),
            (Unit::Day, "day, days, night, nights"),
            (Unit::Week, "week, weeks, wk, wks"),
            (Unit::Fortnight, "fortnight, fortnights"),
            (Unit::Month, "month, months"),
            (Unit::Year, "year, years"),
        ]),
        which: meanings(&[
            (Which::This, "this, coming"),
            (Which::Next, "next, following"),
            (Which::Last, "last, past"),
        ]),
        named_times: meanings(&[
            (720, "noon, 12 noon, twelve noon, midday, mid day, noontime"),
            (0, "midnight, 12 midnight, twelve midnight"),
        ]),
        fractions: meanings(&[(30, "half, a half"), (15, "quarter, a quarter"), (45, "three quarters")]),
        past_to: meanings(&[
            (
                true,
                "\
                past, after, minutes past, minutes after, mins past, mins after, minute past, minute after",
            ),
            (false, "to, til, till, before, of, minutes to, minutes before, minutes till, mins to, mins before"),
        ]),
        hour_then: meanings(&[]),
        full_hour: phrases("o'clock, o clock, oclock, o' clock, hundred hours, hours, hr, hrs"),
        at: phrases(
            "\
                at, around, about, by, approximately, roughly, nearer, closer to, like, say, time is, time of, time \
                to, time for, time, hour of",
        ),
        bounds: meanings(&[
            (Bound::From, "after, any time after, between, from, past, since, later than, not before"),
            (Bound::To, "before, until, till, no later than, earlier than"),
        ]),
        until: phrases("to, till, until, and, through"),
        greetings: phrases("good morning, good afternoon, good evening, good night"),
        vague_times: phrases(
            "\
                any time, anytime, sometime, some time, whenever, whatever time, later, later today, later on, later \
                tonight, as soon as possible, as early as possible, soon, early, late, lunchtime, lunch time, \
                dinnertime, dinner time, in the morning, in the afternoon, in the evening",
        ),
        vague_dates: phrases(
            "\
                any day, some day, whatever day, whichever day, another day, a different day, end of the month, end \
                of month, beginning of the month, start of the month, middle of the month, end of the week, early \
                next week, later this week, sometime this week, sometime next week, some time next week, next week, \
                this week, next month, this month, next year, weekend, the weekend, this weekend, next weekend, this \
                summer, this winter, this spring, this fall, this autumn, next summer, next winter",
        ),
        ahead: phrases("in, within, in another, in exactly, in about"),
        from_now: phrases("from now, away from now, from today, hence, time, from this moment, later, away, ahead"),
        from: phrases("from, after, on, from next, from this, from this coming"),
        ago: phrases("ago, before today, back"),
        vague_counts: phrases("a few, few, some, several, a bunch of, a number of, a lot of, lots of"),
        counts: meanings(&[
            (2.0, "a couple of, a couple, couple of, couple"),
            (0.5, "half a, half an, half, a half"),
            (1.0, "a, an, exactly a, the next"),
            (1.5, "one and a half"),
            (0.25, "a quarter of an"),
            (0.75, "three quarters of an"),
            (12.0, "a dozen"),
            (6.0, "half a dozen"),
        ]),
        of: phrases("of, of the, day of, in"),
        and: phrases("and, &, plus, with, +, as well as, along with"),
        people: meanings(&[
            (Kin::Guest, "guests, guest, visitors"),
            (
                Kin::Head,
                "\
                people, peoples, ppl, person, persons, adults, adult, grownups, grown ups, diners, pax, seniors, senior, men, women, ladies, gentlemen, guys, girls, boys, folks",
            ),
            (
                Kin::Other,
                "\
                children, kids, teens, teenagers, babies, infants, toddlers, little ones, friends, buddies, mates, \
                pals, colleagues, coworkers, workmates, associates, companions, others, other \
                people, other persons, other guests, other adults, other friends, more people, sons, \
                daughters, sisters, brothers, siblings, cousins, aunts, uncles, relatives, family members, \
                grandchildren, grandkids, grandsons, granddaughters, nephews, nieces, neighbors, neighbours, \
                roommates, girlfriends, bosses",
            ),
            (Kin::Two, "parents, grandparents, in laws, inlaws, twins"),
            (Kin::Pair, "couples, couple, pairs"),
        ]),
        person: phrases(
            "\
                person, other person, people, adult, guest, man, woman, lady, gentleman, guy, girl, boy, child, kid, \
                teen, teenager, baby, infant, toddler, newborn, little one, friend, best friend, buddy, mate, pal, \
                colleague, coworker, co worker, boss, client, partner, spouse, wife, husband, hubby, wifey, \
                girlfriend, boyfriend, fiance, fiancee, mom, mum, mother, mother in law, dad, father, father \
                in law, parent, son, daughter, sister, sis, sister in law, brother, bro, brother in law, sibling, \
                cousin, aunt, uncle, nephew, niece, grandmother, grandma, grandfather, grandpa, grandson, \
                granddaughter, neighbor, neighbour, roommate, assistant, secretary, senior, better half",
        ),
        myself: phrases("me, myself, i, only me"),
        possessives: phrases("my, our, his, her, their, the, a, an, your"),
        own: phrases("my, our, of my, of our"),
        own_noun: phrases(
            "\
            friend, best friend, buddy, mate, pal, colleague, coworker, boss, client, partner, wife, husband, guest, \
            girlfriend, boyfriend, more person, other person",
        ),
        adjectives: phrases(
            "\
            other, more, extra, additional, young, small, little, old, grown, adult, senior, lovely, beautiful, dear, best, \
            close, good",
        ),
        part_of: phrases("of my, of our, of the, of her, of his, of their, of those"),
        seats: phrases("table, tables, booth, seat, outside, inside, outdoor, indoor, reservation, booking"),
        things: phrases(
            "\
            am, pm, o'clock, ish, %, percent, st, th, table, tables, star, stars, highchair, highchairs, high chair, high \
            chairs, times, chairs, menus, bottles, dishes, courses, restaurants, places, options, tickets, rooms, cars, \
            miles, questions, things, minutes, wheelchairs, dogs, cards, digits, pounds, dollars",
        ),
        option: phrases("option, number, choice, press, key, button, line, item, room, table, extension, step"),
        holidays: meanings(&[
            ((12, 25), "christmas, christmas day, xmas"),
            ((12, 24), "christmas eve"),
            ((12, 26), "boxing day"),
            ((12, 31), "new year 's eve, new years eve, new year eve"),
            ((1, 1), "new year 's day, new years day, new year 's, new year"),
            ((2, 14), "valentine 's day, valentines day, valentine 's, valentine day"),
            ((3, 17), "st patrick 's day, saint patrick 's day, st patricks day"),
            ((10, 31), "halloween"),
            ((7, 4), "independence day"),
        ]),
        only: phrases("just, only, just be, only be, just the, only the"),
        alone: phrases("alone, only, by myself, on my own"),
        before_size: phrases(
            "\
            party of, party for, parties of, party size of, party size is, party size to, group of, group for, team of, \
            crowd of, gathering of, band of, total of, family of, table of, table for, tables for, tables of, booth for, \
            spot for, seat for, seats for, seating for, seating, space for, room for, place for, places for, reservation for, \
            reservations for, reservation of, booking for, bookings for, booking of, booked for, book for, reserve for, \
            reserved for, lunch for, dinner for, breakfast for, brunch for, supper for, meal for, table for just, table for \
            only, table for the, table for about, table for around, number of people to, number of people is, number of \
            guests to, number of guests is, people is, guests is, seat all, accommodate, party of just, party of about",
        ),
        perhaps_size: phrases(
            "\
            for, for just, for only, for about, for around, for the, for all, we are, we 're, we will be, we 'll be, there \
            are, there will be, there 'll be, there 's, there is, seats, seat, fit, just us, us, with, all, all of, want all, \
            just, only, just the, only the, expect, expect only, said, i said, says, prob, probably, likely, down to, up to, \
            it 'll be, it will be, there should be, be, need, want",
        ),
        goes_on: phrases(
            "\
            at, on, in, for, under, please, tomorrow, tonight, today, and, this, next, to, instead, now, outside, inside, \
            indoors, outdoors, by, or, with, if, is, thanks, but, because, around, about, from, not, the, that, i, we, my, \
            can, could, actually, of us, as, near, nearby, who, where, which, only, just, so, total, together, seated, \
            altogether, serving, coming, it 's, since, then, are, will, uh, um, er, erm, ah, \
                like, well, okay, ok, you know, i mean, unfortunately, sadly, maybe, though, sir, mate",
        ),
        on_at: phrases("at, on, on the, for, for the, for a, at a, at around, at about"),
        size_topic: phrases(
            "\
            number of people, people, guests, party size, group, amount of people, number of guests, size of the party, \
            how many",
        ),
        is_to: phrases("is, to, be, to be, is now, are, 's, was"),
        changes: phrases(
            "change, changed, move, moved, switch, swap, push, reschedule, amend, update, alter, modify, increase, \
            decrease, reduce, raise, lower",
        ),
        after_size: phrases(
            "\
                of us, of use, of them, of you, of my, of our, us, individuals, members, attendees, clients, customers, humans, top, seater, seaters, seats, \
                person table, in all, in total, total, altogether, all together, in our party, in my party, in the \
                party, in our group, in the group, attending, coming, invited, will be present, will be there, will \
                be coming, will be attending, will attend, will come, will arrive, will participate, will show, are \
                coming, is the number of people",
        ),
        before_name: meanings(&[
            (
                Frame::Sure,
                "\
                my name is, my name 's, my names, my name s, my full name is, the name is, the name 's, the names, \
                name is, name 's, name it 's under is, under the name of, under the name, under the names, under \
                name, in the name of, in the name, in name of, on the name of, on the name, on name, by the name of, \
                by name of, by the name, with the name of, with the name, use the name, the name of, the name, name \
                of, my name, name, named, call me, spelled, spelled as, spelt, named me, transfer to, transfers to, payment to, payments to, standing order to, debit to, money to, recipient to, amount to, transaction to, on behalf of, call be, known as, i go by, goes by, go by, listed under, listed \
                as, under",
            ),
            (
                Frame::Maybe,
                "\
                for, by, is, likely, probably, i think, that 's, that is, with",
            ),
            (Frame::Likely, "this is, it is, it 's, its, i am, i 'm, im, i 'm with"),
            (Frame::First, "first name is, first name 's, first name, given name is, given name"),
            (
                Frame::Last,
                "\
                last name is, last name 's, last name of, last name, surname is, surname 's, surname, family name \
                is, family name, second name is, second name",
            ),
        ]),
        after_name: meanings(&[
            (
                Frame::Sure,
                "is what you can call me, is my name, is the name, that is my name, that 's my name, is what people call me",
            ),
            (Frame::Maybe, "here, speaking, booking, reservation, table"),
            (Frame::First, "is my first name, is the first name"),
            (
                Frame::Last,
                "\
                is my last name, is the last name, is my surname, is my family name, is my second name, party",
            ),
        ]),
        titles: phrases(
            "\
                mr, mrs, ms, miss, mister, missus, dr, doctor, sir, madam, lady, princess, prince, professor, prof, \
                captain",
        ),
        corrections: phrases(
            "\
                no, nope, no wait, wait, sorry, oops, i mean, i meant, actually, rather, or rather, make that, make \
                it, actually make that, actually make it, scratch that, instead, correction, change it to, change \
                that to, let 's say",
        ),
        denials: phrases("not, isn't, not at, not for, not on, instead of, rather than"),
        yes: phrases(
            "\
                yes, yeah, yep, yup, yea, sure, correct, right, that 's right, that is right, that 's correct, that \
                is correct, exactly, absolutely, definitely, certainly, of course, ok, okay, affirmative, sounds \
                good, go ahead, please do, yes please, uh huh, mm hmm, i do, you bet, why not",
        ),
        no: phrases(
            "\
                no, nope, nah, not really, no thanks, no thank you, negative, wrong, that 's wrong, that is wrong, \
                incorrect, not correct, not right, that 's not right, that is not right, that 's not correct, \
                absolutely not, definitely not, certainly not, of course not, i don't, i do not, don't, never, no \
                way, uh uh, not at all",
        ),
        currencies: meanings(&[
            ("USD", "$, dollar, dollars, bucks, buck, usd, us dollars"),
            ("EUR", "€, euro, euros, eur"),
            ("GBP", "£, pound, pounds, quid, gbp, sterling, pounds sterling"),
            ("MXN", "peso, pesos"),
            ("JPY", "yen"),
            ("CHF", "francs, swiss francs"),
            ("INR", "rupees"),
        ]),
        cents: phrases("cent, cents, penny, pence, p"),
        no_names: NO_NAMES.split_ascii_whitespace().collect(),
        month_first: true,
    }
}

/// Words that are no name even with a capital, or behind a name's frame, beside the words of the tables above.
const NO_NAMES: &str = "
a able about spelled spelt above account actual actually add afraid after afternoon again all also am an and anniversary
another any anymore anyone anything are area around as at available away back bad bar be because been before
below best better between birthday bit book booked booking bookings both breakfast brunch but by bye call called
calling can can't cancel canceling cancelled cancelling card cash change changed cheap check cheers chinese
christmas city come coming completely confirm confirmed confused correct could couldn't credit currently
customer day days deal debit details did didn't dinner do does doesn't don't done each earlier early east easter
eat eight either eleven else english enough evening every everyone everything exactly excuse fine first five
food for found four free french from full get give go going good goodbye got great group had halloween happy has
have haven't having he hello help her here hey hi him his hiya hotel how however hungry i if ill im in indian
indoor indoors inside interested is isn't it italian its japanese just know last late later let lets like listed
little location london look looking lunch made make many maybe me meal mean meant menu message mexican might
mine minutes more morning most much must my myself name named near nearby need needed needing never new next
nice night nine no none noon nope north not nothing now number of off oh ok okay on one ones only open or order
other our out outdoor outdoors outside over park parking partner party patio payment people perfect phone place
please possible price private probably quite ready really regarding reschedule reservation reservations reserve
reserved restaurant right road room running said same say seat seated seating seats see seven she should since
sir sit six so some someone something somewhere soon sorry south space speak speaking spot square station still
street sure table tables take ten thank thanks that the their them then there these they thing things think this
those three time to today together tomorrow tonight too total trying twelve two under until up us valentine
valentines vegan vegetarian very wait want wanting was we welcome well were west what whatever when where
whether which while who why will window with within without won't wondering would wrong yeah yep yes yesterday
yet you your
";
