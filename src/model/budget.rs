//! How much a call and an application may ask.

use super::Failure;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What an application may use is counted anew so often.
const HOUR: Duration = Duration::from_secs(3_600);

/// What may be used; 0 of anything is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests of one call.
    pub call_requests: u32,
    /// Tokens of one call.
    pub call_tokens: u64,
    /// Requests of an application in an hour.
    pub app_requests: u32,
    /// Tokens of an application in an hour.
    pub app_tokens: u64,
}

/// What was used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    requests: u32,
    tokens: u64,
}

impl Spent {
    fn leaves(self, requests: u32, tokens: u64, more: u64) -> bool {
        (requests == 0 || self.requests < requests) && (tokens == 0 || self.tokens.saturating_add(more) <= tokens)
    }

    fn add(&mut self, other: Spent) {
        self.requests = self.requests.saturating_add(other.requests);
        self.tokens = self.tokens.saturating_add(other.tokens);
    }
}

/// What all applications have used in their hours.
#[derive(Debug)]
pub(super) struct Budgets {
    limits: Limits,
    apps: Mutex<HashMap<String, Hour>>,
}

#[derive(Debug)]
struct Hour {
    since: Instant,
    spent: Spent,
}

impl Budgets {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, apps: Mutex::default() }
    }

    /// The bill of a question of so many tokens, paid when it is dropped, whatever came of it.
    ///
    /// # Errors
    /// If the call or its application has used what it may.
    pub(super) fn open<'a>(
        &'a self,
        now: Instant,
        app: &str,
        spent: &'a mut Spent,
        tokens: u64,
    ) -> Result<Bill<'a>, Failure> {
        let limits = self.limits;
        if !spent.leaves(limits.call_requests, limits.call_tokens, tokens) {
            return Err(Failure::Budget("call"));
        }
        let mut apps = self.apps();
        let begin = || Hour { since: now, spent: Spent::default() };
        let hour = apps.entry(app.to_owned()).or_insert_with(begin);
        if now.duration_since(hour.since) >= HOUR {
            *hour = begin();
        }
        if !hour.spent.leaves(limits.app_requests, limits.app_tokens, tokens) {
            return Err(Failure::Budget("application"));
        }
        Ok(Bill { budgets: self, app: app.to_owned(), spent, estimate: tokens, sent: 0, told: 0 })
    }

    fn apps(&self) -> MutexGuard<'_, HashMap<String, Hour>> {
        self.apps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a question costs.
pub(super) struct Bill<'a> {
    budgets: &'a Budgets,
    app: String,
    spent: &'a mut Spent,
    /// Tokens of one request, where the endpoint does not say.
    estimate: u64,
    sent: u32,
    told: u64,
}

impl Bill<'_> {
    /// A request is sent.
    pub(super) fn sends(&mut self) {
        self.sent += 1;
    }

    /// The endpoint says how many tokens it took.
    pub(super) fn used(&mut self, tokens: Option<u64>) {
        self.told = tokens.unwrap_or(self.estimate);
    }
}

impl Drop for Bill<'_> {
    fn drop(&mut self) {
        // What was not answered may have been worked on all the same.
        let tokens = if self.told > 0 || self.sent == 0 { self.told } else { self.estimate };
        let spent = Spent { requests: self.sent, tokens };
        self.spent.add(spent);
        if let Some(hour) = self.budgets.apps().get_mut(&self.app) {
            hour.spent.add(spent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { call_requests: 3, call_tokens: 100, app_requests: 0, app_tokens: 250 };

    fn ask(budgets: &Budgets, now: Instant, call: &mut Spent, tokens: u64) -> Result<(), Failure> {
        let mut bill = budgets.open(now, "app", call, 10)?;
        bill.sends();
        bill.used(Some(tokens));
        Ok(())
    }

    #[test]
    fn a_call_and_an_application_ask_no_more_than_they_may() {
        let (budgets, now) = (Budgets::new(LIMITS), Instant::now());
        let (mut one, mut two, mut three) = (Spent::default(), Spent::default(), Spent::default());
        for _ in 0..3 {
            ask(&budgets, now, &mut one, 20).unwrap();
        }
        assert_eq!(ask(&budgets, now, &mut one, 20), Err(Failure::Budget("call")), "no fourth request");
        ask(&budgets, now, &mut two, 95).unwrap();
        assert_eq!(ask(&budgets, now, &mut two, 1), Err(Failure::Budget("call")), "no tokens left");
        ask(&budgets, now, &mut three, 90).unwrap();
        assert_eq!(ask(&budgets, now, &mut Spent::default(), 1), Err(Failure::Budget("application")));
        ask(&budgets, now + HOUR, &mut Spent::default(), 1).unwrap();
    }

    #[test]
    fn what_was_sent_and_not_answered_is_paid_as_estimated() {
        let (budgets, now) = (Budgets::new(LIMITS), Instant::now());
        let mut call = Spent::default();
        let mut bill = budgets.open(now, "app", &mut call, 40).unwrap();
        bill.sends();
        bill.sends();
        drop(bill);
        drop(budgets.open(now, "app", &mut call, 40).unwrap());
        assert_eq!(call, Spent { requests: 2, tokens: 40 });
    }

    #[test]
    fn zero_is_no_limit() {
        let budgets = Budgets::new(Limits { call_requests: 0, call_tokens: 0, app_requests: 0, app_tokens: 0 });
        let mut call = Spent::default();
        for _ in 0..100 {
            ask(&budgets, Instant::now(), &mut call, 1_000_000).unwrap();
        }
    }
}
