//! Tables of a restaurant: free times, reservations made, found and cancelled.
//!
//! All reservations of a day are one record, which is changed by comparing and setting: of two replicas that give the
//! last table away at once only one can. Beside it there are records that lead to it, by id and by phone number; they are
//! written first, and one that leads nowhere counts as none.

mod book;
mod ids;
mod rules;

pub use rules::Rules;

use super::input::{self, Wrong, optional};
use super::ledger::{Change, Ledger};
use super::moment::{Day, TimeOfDay};
use super::{Clock, Refusal};
use crate::fetch::digest;
use crate::store::{Store, StoreError};
use book::{Book, Reservation, Status};
use jiff::civil::DateTime;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::time::Duration;

const DAY: u64 = 24 * 3_600;
/// Days the records are kept after the day they are about.
const KEPT_DAYS: u64 = 30;
/// Ids that are tried before it is given up.
const MOST_IDS: u32 = 1_000;
/// Other times that are offered.
const OFFERED: usize = 3;
/// Days after the wanted one that are looked at for them.
const DAYS_ON: i32 = 7;
/// Reservations of one number that are kept in mind.
const MOST_OF_A_PHONE: usize = 100;

pub(super) struct Reservations {
    rules: Rules,
    clock: Clock,
    days: Ledger,
    ids: Ledger,
    phones: Ledger,
    requests: Ledger,
}

/// When a table is wanted, and for how many.
#[derive(Debug, Clone, Copy)]
struct Wish {
    date: Day,
    time: TimeOfDay,
    people: u32,
}

/// Where an id leads, and whose it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Lead {
    id: String,
    date: String,
    /// The request it was given to.
    request: String,
}

/// The reservations of a phone number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    reservations: Vec<(Day, String)>,
}

/// Why there is no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Reason {
    Past,
    Far,
    Closed,
    Party,
    Full,
}

impl Reservations {
    pub(super) fn new(store: Arc<dyn Store>, clock: Clock, rules: Rules) -> Self {
        let ledger = |collection| Ledger::new(&store, collection);
        Self {
            days: ledger("reservations.days"),
            ids: ledger("reservations.ids"),
            phones: ledger("reservations.phones"),
            requests: ledger("reservations.requests"),
            rules,
            clock,
        }
    }

    /// Whether there is a table; if not, why, and when there is one.
    pub(super) async fn free(&self, fields: &[(String, String)]) -> Result<Json, Refusal> {
        let wish = Wish { date: input::day(fields)?, time: input::time(fields)?, people: input::people(fields)? };
        let reason = self.obstacle(&wish, &self.book(wish.date).await?);
        self.availability(&wish, reason).await
    }

    /// Makes a reservation. The same request, by its key, makes one only, however often it is sent.
    pub(super) async fn make(&self, fields: &[(String, String)], key: Option<&str>) -> Result<(u16, Json), Refusal> {
        let wish = Wish { date: input::day(fields)?, time: input::time(fields)?, people: input::people(fields)? };
        let (name, phone) = (input::name(fields)?, input::phone(fields)?);
        if name.is_empty() && phone.is_empty() {
            return Err(Wrong::new("name", "is missing", "a name, or the number the reservation is made from").into());
        }
        let asked_for = format!("{} {} {} {phone} {name}", wish.date, wish.time, wish.people);
        let keep = self.keep(wish.date);
        if !self.is_repeated(&asked_for, key).await? {
            // Nothing is written for what cannot be.
            if let Some(reason) = self.obstacle(&wish, &self.book(wish.date).await?) {
                return self.refuse(&wish, reason).await;
            }
            if let Some(key) = key {
                let fingerprint = digest(asked_for.as_bytes());
                let before = self.requests.begin(&digest(key.as_bytes()), &fingerprint, keep).await?;
                if before.is_some_and(|before| before != fingerprint) {
                    return Err(Refusal::Reused);
                }
            }
        }
        let given = match self.given(&asked_for, key, wish.date).await? {
            Given::Made(reservation) => return Ok((200, json!(reservation))),
            Given::Id(id) => id,
        };
        let reservation = Reservation {
            id: given,
            name,
            phone,
            date: wish.date,
            time: wish.time,
            people: wish.people,
            status: Status::Booked,
        };
        self.remember(&reservation).await?;
        match self.enter(&wish, &reservation, keep).await? {
            Ok((status, reservation)) => Ok((status, json!(reservation))),
            Err(reason) => self.refuse(&wish, reason).await,
        }
    }

    async fn refuse<T>(&self, wish: &Wish, reason: Reason) -> Result<T, Refusal> {
        let mut why = self.availability(wish, Some(reason)).await?;
        if let Some(why) = why.as_object_mut() {
            why.insert("error".to_owned(), json!("there is no table then; `reason` says why, `nearest` when there is"));
        }
        Err(Refusal::Conflict(why))
    }

    /// Whether a request was begun before, by its key.
    async fn is_repeated(&self, asked_for: &str, key: Option<&str>) -> Result<bool, Refusal> {
        let Some(key) = key else { return Ok(false) };
        let before: String = self.requests.read(&digest(key.as_bytes())).await?;
        match before.as_str() {
            "" => Ok(false),
            before if before == digest(asked_for.as_bytes()) => Ok(true),
            _ => Err(Refusal::Reused),
        }
    }

    /// Those of an id or of a phone number that are still to come, or all of a day.
    pub(super) async fn find(&self, fields: &[(String, String)]) -> Result<Json, Refusal> {
        let found = if let Some(id) = optional(fields, "id") {
            let found = self.by_id(id).await?;
            found.into_iter().filter(|found| self.is_to_come(found)).collect()
        } else if optional(fields, "phone").is_some() {
            self.by_phone(&input::phone(fields)?).await?
        } else if optional(fields, "date").is_some() {
            self.book(input::day(fields)?).await?.reservations
        } else {
            return Err(Wrong::new("id", "is missing", "`id`, `phone` or `date`").into());
        };
        Ok(json!({ "reservations": found }))
    }

    /// The reservation of an id, whatever became of it.
    pub(super) async fn show(&self, id: &str) -> Result<Json, Refusal> {
        self.by_id(id).await?.map(|found| json!(found)).ok_or(NO_RESERVATION)
    }

    /// Cancels one that is still to come; one that is cancelled stays so.
    pub(super) async fn cancel(&self, id: &str) -> Result<Json, Refusal> {
        let found = self.by_id(id).await?.ok_or(NO_RESERVATION)?;
        let now = self.now();
        let day = found.date.to_string();
        let cancelled = self.days.change(&day, self.keep(found.date), |book: &mut Book| {
            let Some(reservation) = book.find_mut(&found.id) else { return Change::Leave(None) };
            if reservation.status == Status::Cancelled || starts(reservation.date, reservation.time) < now {
                return Change::Leave(Some(reservation.clone()));
            }
            reservation.status = Status::Cancelled;
            Change::Write(Some(reservation.clone()))
        });
        let reservation = cancelled.await?.ok_or(NO_RESERVATION)?;
        if reservation.status == Status::Booked {
            let error = "what has begun can no longer be cancelled";
            return Err(Refusal::Conflict(json!({ "error": error, "reason": Reason::Past })));
        }
        Ok(json!(reservation))
    }

    /// Why there is no table, by what the book of the day says; `None`: there is one.
    fn obstacle(&self, wish: &Wish, book: &Book) -> Option<Reason> {
        let now = self.now();
        let furthest = now.date().saturating_add(i32::from(self.rules.days_ahead).days());
        if starts(wish.date, wish.time) < now {
            Some(Reason::Past)
        } else if wish.date.0 > furthest {
            Some(Reason::Far)
        } else if !self.rules.is_open(wish.time) {
            Some(Reason::Closed)
        } else if wish.people > self.rules.largest_party.min(self.rules.seats) {
            Some(Reason::Party)
        } else if !book.has_room(wish.time, wish.people, &self.rules) {
            Some(Reason::Full)
        } else {
            None
        }
    }

    async fn availability(&self, wish: &Wish, reason: Option<Reason>) -> Result<Json, Refusal> {
        let nearest = match reason {
            Some(Reason::Past | Reason::Closed | Reason::Full) => self.nearest(wish).await?,
            _ => Vec::new(),
        };
        let nearest: Vec<Json> = nearest.iter().map(|(date, time)| json!({ "date": date, "time": time })).collect();
        Ok(json!({
            "free": reason.is_none(),
            "reason": reason,
            "date": wish.date,
            "time": wish.time,
            "people": wish.people,
            "nearest": nearest,
            "opens": self.rules.opens,
            "closes": self.rules.closes,
            "last": self.rules.last(),
            "largest": self.rules.largest_party.min(self.rules.seats),
            "today": self.now().date().to_string(),
            "days_ahead": self.rules.days_ahead,
        }))
    }

    /// Free times of the wanted day, or else of the next day that has some; in the order of the clock.
    async fn nearest(&self, wish: &Wish) -> Result<Vec<(Day, TimeOfDay)>, StoreError> {
        if wish.people > self.rules.largest_party.min(self.rules.seats) {
            return Ok(Vec::new());
        }
        let now = self.now();
        let first = wish.date.0.max(now.date());
        let furthest = now.date().saturating_add(i32::from(self.rules.days_ahead).days());
        let days = (0..=DAYS_ON).map(|on| first.saturating_add(on.days())).take_while(|day| *day <= furthest);
        for day in days {
            let minute = (now.hour() as u16) * 60 + now.minute() as u16;
            let earliest = TimeOfDay::of(minute + 1).filter(|_| day == now.date());
            let book = self.book(Day(day)).await?;
            let mut times = book.nearest(wish.time, wish.people, earliest, &self.rules);
            times.truncate(OFFERED);
            times.sort();
            if !times.is_empty() {
                return Ok(times.into_iter().map(|time| (Day(day), time)).collect());
            }
        }
        Ok(Vec::new())
    }

    /// An id for what is asked for, or what was made of the same request before.
    async fn given(&self, asked_for: &str, key: Option<&str>, date: Day) -> Result<Given, StoreError> {
        let request = digest(key.unwrap_or_default().as_bytes());
        for number in 0..MOST_IDS {
            let id = ids::candidate(asked_for, number);
            let lead = Lead { id: id.clone(), date: date.to_string(), request: request.clone() };
            let Some(there) = self.ids.begin(&ids::keys(&id), &lead, self.keep(date)).await? else {
                return Ok(Given::Id(id));
            };
            // Without a key each request is another one.
            if there == lead && key.is_some() {
                let made = self.book(date).await?.find(&id).cloned();
                return Ok(made.map_or(Given::Id(id), Given::Made));
            }
        }
        Err(StoreError::Broken("there are no more ids for reservations".to_owned()))
    }

    /// A reservation is found by its number.
    async fn remember(&self, reservation: &Reservation) -> Result<(), StoreError> {
        if reservation.phone.is_empty() {
            return Ok(());
        }
        let (today, entry) = (self.now().date(), (reservation.date, reservation.id.clone()));
        let keep = self.keep(Day(today.saturating_add(i32::from(self.rules.days_ahead).days())));
        let remembered = self.phones.change(&reservation.phone, keep, |known: &mut Known| {
            if known.reservations.contains(&entry) {
                return Change::Leave(());
            }
            known.reservations.retain(|(day, _)| day.0 >= today);
            if known.reservations.len() >= MOST_OF_A_PHONE {
                known.reservations.remove(0);
            }
            known.reservations.push(entry.clone());
            Change::Write(())
        });
        remembered.await
    }

    /// Enters a reservation into the book of its day, if there is still room; with the status of the answer.
    async fn enter(
        &self,
        wish: &Wish,
        reservation: &Reservation,
        keep: Duration,
    ) -> Result<Result<(u16, Reservation), Reason>, StoreError> {
        let day = wish.date.to_string();
        let entered = self.days.change(&day, keep, |book: &mut Book| {
            if let Some(there) = book.find(&reservation.id) {
                return Change::Leave(Ok((200, there.clone())));
            }
            if let Some(reason) = self.obstacle(wish, book) {
                return Change::Leave(Err(reason));
            }
            book.reservations.push(reservation.clone());
            Change::Write(Ok((201, reservation.clone())))
        });
        entered.await
    }

    async fn by_id(&self, said: &str) -> Result<Option<Reservation>, StoreError> {
        let Some(said) = ids::normal(said) else { return Ok(None) };
        let lead: Lead = self.ids.read(&ids::keys(&said)).await?;
        let is_keyed = said.bytes().all(|b| b.is_ascii_digit());
        let Ok(date) = lead.date.parse() else { return Ok(None) };
        if !is_keyed && said != lead.id {
            return Ok(None);
        }
        Ok(self.book(date).await?.find(&lead.id).cloned())
    }

    async fn by_phone(&self, phone: &str) -> Result<Vec<Reservation>, StoreError> {
        if phone.is_empty() {
            return Ok(Vec::new());
        }
        let known: Known = self.phones.read(phone).await?;
        let mut found = Vec::new();
        for (day, id) in known.reservations {
            if day.0 < self.now().date() {
                continue;
            }
            let book = self.book(day).await?;
            found.extend(book.find(&id).filter(|found| found.phone == phone && self.is_to_come(found)).cloned());
        }
        found.sort_by_key(|reservation| (reservation.date, reservation.time));
        Ok(found)
    }

    fn is_to_come(&self, reservation: &Reservation) -> bool {
        reservation.status == Status::Booked && starts(reservation.date, reservation.time) >= self.now()
    }

    async fn book(&self, date: Day) -> Result<Book, StoreError> {
        self.days.read(&date.to_string()).await
    }

    /// What the clock of the restaurant shows.
    fn now(&self) -> DateTime {
        let now = Timestamp::from_millisecond((self.clock)()).unwrap_or_default();
        self.rules.timezone.to_datetime(now)
    }

    /// How long a record about a day is kept.
    fn keep(&self, date: Day) -> Duration {
        let days = (date.0 - self.now().date()).get_days();
        Duration::from_secs((u64::try_from(days).unwrap_or_default() + KEPT_DAYS) * DAY)
    }
}

const NO_RESERVATION: Refusal = Refusal::NotFound("there is no reservation of that id");

/// What a request for a table gets before there is one.
enum Given {
    /// The id of a reservation to be made.
    Id(String),
    /// It is the same request again.
    Made(Reservation),
}

fn starts(date: Day, time: TimeOfDay) -> DateTime {
    let (hour, minute) = ((time.minutes() / 60) as i8, (time.minutes() % 60) as i8);
    date.0.at(hour, minute, 0, 0)
}
