//! What is counted, and how it is told: the text format of Prometheus.

use super::Rejection;
use axum::http::StatusCode;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The upper bounds of the buckets a webhook's time is counted in, in seconds.
const BOUNDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0];
/// HTTP status codes are from 100 to 599.
const STATUSES: std::ops::Range<u16> = 100..600;

/// What became of a webhook of a call, as it is counted: what the answer ends with, or why there was none of the call's.
const OUTCOMES: [&str; 11] =
    ["listen", "record", "transfer", "disconnect", "end", "apology", "wait", "moment", "unknown", "lost", "busy"];

/// Counts from 0 since the server was started.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many of something there are now.
#[derive(Debug, Default)]
pub(super) struct Gauge(AtomicU64);

/// One of what a [`Gauge`] counts, as long as it is held.
pub(super) struct Counted<'a>(&'a Gauge);

impl Gauge {
    pub(super) fn enter(&self) -> Counted<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Counted(self)
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the server counts; what the host counts comes beside it.
#[derive(Debug)]
pub(super) struct Metrics {
    /// Connections there are.
    pub(super) connections: Gauge,
    /// Connections that were closed because their clients took too long.
    pub(super) overdue: Counter,
    /// Attempts at the admin API with a wrong token.
    pub(super) wrong_tokens: Counter,
    outcomes: [Counter; OUTCOMES.len()],
    statuses: Vec<Counter>,
    refused: [Counter; Rejection::ALL.len()],
    buckets: [Counter; BOUNDS.len()],
    webhooks: Counter,
    microseconds: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            connections: Gauge::default(),
            overdue: Counter::default(),
            wrong_tokens: Counter::default(),
            outcomes: Default::default(),
            statuses: STATUSES.map(|_| Counter::default()).collect(),
            refused: Default::default(),
            buckets: Default::default(),
            webhooks: Counter::default(),
            microseconds: AtomicU64::new(0),
        }
    }
}

impl Metrics {
    /// A webhook of a call got this.
    pub(super) fn outcome(&self, what: &str) {
        if let Some(counter) = OUTCOMES.iter().position(|name| *name == what).and_then(|at| self.outcomes.get(at)) {
            counter.count();
        }
    }

    /// A request got this status; `taken` is the time a webhook took.
    pub(super) fn answered(&self, status: StatusCode, refused: Option<Rejection>, taken: Option<Duration>) {
        let place = usize::from(status.as_u16().saturating_sub(STATUSES.start));
        if let Some(counter) = self.statuses.get(place) {
            counter.count();
        }
        let refused = refused.and_then(|why| Rejection::ALL.iter().position(|other| *other == why));
        if let Some(counter) = refused.and_then(|at| self.refused.get(at)) {
            counter.count();
        }
        let Some(taken) = taken else { return };
        self.webhooks.count();
        self.microseconds.fetch_add(taken.as_micros() as u64, Ordering::Relaxed);
        let bucket = BOUNDS.iter().position(|bound| taken.as_secs_f64() <= *bound);
        if let Some(counter) = bucket.and_then(|at| self.buckets.get(at)) {
            counter.count();
        }
    }

    /// All of it as a page.
    pub(super) fn write(&self, page: &mut Page) {
        page.one("connections", "gauge", "Connections open now.", self.connections.get());
        let text = "Connections closed because their clients took too long.";
        page.one("connections_overdue_total", "counter", text, self.overdue.get());
        let text = "Attempts at the admin API with a wrong token.";
        page.one("admin_wrong_tokens_total", "counter", text, self.wrong_tokens.get());
        let outcomes = OUTCOMES.iter().zip(&self.outcomes).map(|(name, counter)| ((*name).to_owned(), counter.get()));
        page.labelled("turns_total", "outcome", "Webhooks of calls, by what the answer ends with.", outcomes);
        let statuses = STATUSES.zip(&self.statuses).map(|(status, counter)| (status.to_string(), counter.get()));
        let statuses = statuses.filter(|(_, count)| *count > 0);
        page.labelled("http_responses_total", "status", "Requests, by the status they got.", statuses);
        let refused = Rejection::ALL.iter().zip(&self.refused).map(|(why, counter)| (why.name(), counter.get()));
        page.labelled("rejections_total", "reason", "Requests that were refused.", refused);
        self.write_times(page);
    }

    fn write_times(&self, page: &mut Page) {
        let name = "webhook_seconds";
        page.head(name, "histogram", "How long webhooks took, from the last byte of their head to their answer.");
        let mut below = 0;
        for (bound, counter) in BOUNDS.iter().zip(&self.buckets) {
            below += counter.get();
            page.line(&format!("{name}_bucket{{le=\"{bound}\"}}"), below);
        }
        // Read last, so that no bucket is ever larger; what is counted meanwhile shows the next time.
        let all = self.webhooks.get().max(below);
        page.line(&format!("{name}_bucket{{le=\"+Inf\"}}"), all);
        page.line(&format!("{name}_sum"), self.microseconds.load(Ordering::Relaxed) as f64 / 1_000_000.0);
        page.line(&format!("{name}_count"), all);
    }
}

/// A page of metrics, each of which is called `voxbridge_…`.
#[derive(Debug, Default)]
pub(super) struct Page(String);

impl Page {
    /// The page's content type.
    pub(super) const CONTENT_TYPE: &'static str = "text/plain; version=0.0.4; charset=utf-8";

    /// A metric with one value.
    pub(super) fn one(&mut self, name: &str, kind: &str, text: &str, value: impl std::fmt::Display) {
        self.head(name, kind, text);
        self.line(name, value);
    }

    /// A metric with a value for each value of a label.
    pub(super) fn labelled(
        &mut self,
        name: &str,
        label: &str,
        text: &str,
        values: impl IntoIterator<Item = (impl AsRef<str>, u64)>,
    ) {
        let kind = if name.ends_with("_total") { "counter" } else { "gauge" };
        self.head(name, kind, text);
        for (value, count) in values {
            let value = value.as_ref().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            self.line(&format!("{name}{{{label}=\"{value}\"}}"), count);
        }
    }

    fn head(&mut self, name: &str, kind: &str, text: &str) {
        let _ = write!(self.0, "# HELP voxbridge_{name} {text}\n# TYPE voxbridge_{name} {kind}\n");
    }

    fn line(&mut self, name: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "voxbridge_{name} {value}");
    }

    /// The page's text.
    pub(super) fn text(self) -> String {
        self.0
    }
}

/// Bytes of this process that are in memory, where the system says so.
pub(super) fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(metrics: &Metrics) -> String {
        let mut page = Page::default();
        metrics.write(&mut page);
        page.text()
    }

    #[test]
    fn times_are_counted_in_every_bucket_that_is_as_long() {
        let metrics = Metrics::default();
        for milliseconds in [1, 3, 3, 20_000] {
            metrics.answered(StatusCode::OK, None, Some(Duration::from_millis(milliseconds)));
        }
        let page = page(&metrics);
        for line in [
            "voxbridge_webhook_seconds_bucket{le=\"0.001\"} 1\n",
            "voxbridge_webhook_seconds_bucket{le=\"0.0025\"} 1\n",
            "voxbridge_webhook_seconds_bucket{le=\"0.005\"} 3\n",
            "voxbridge_webhook_seconds_bucket{le=\"15\"} 3\n",
            "voxbridge_webhook_seconds_bucket{le=\"+Inf\"} 4\n",
            "voxbridge_webhook_seconds_sum 20.007\n",
            "voxbridge_webhook_seconds_count 4\n",
            "voxbridge_http_responses_total{status=\"200\"} 4\n",
        ] {
            assert!(page.contains(line), "{line} is not in\n{page}");
        }
    }

    #[test]
    fn every_metric_says_once_what_it_is() {
        let metrics = Metrics::default();
        metrics.answered(StatusCode::FORBIDDEN, Some(Rejection::Signature), None);
        metrics.outcome("listen");
        let page = page(&metrics);
        assert!(page.contains("voxbridge_rejections_total{reason=\"signature\"} 1\n"), "{page}");
        assert!(page.contains("voxbridge_turns_total{outcome=\"listen\"} 1\n"), "{page}");
        let mut heads: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
        let all = heads.len();
        heads.dedup();
        assert_eq!(heads.len(), all);
        for line in page.lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with("voxbridge_") && value.parse::<f64>().is_ok(), "{line}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_memory_of_this_process_is_known() {
        assert!(resident_bytes().unwrap() > 1_000_000);
    }
}
