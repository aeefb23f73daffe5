//! How long an input waits for its effect: from the moment it is received to the end of the frame that shows it.
//!
//! Measured where somebody asks, by naming a file in `TAPLINE_LATENCY`; one line of JSON is written there when the
//! dashboard ends. `cargo xtask dashboard` reads it.
//!
//! ```text
//!   received ── waits ── taken ── updates ── applies batches ── draws ── shown
//! ```

use std::fmt::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::limits::{LATENCIES_TOLD_MAX, LATENCY_BUCKET_WIDTH, LATENCY_BUCKETS};

/// The variable that names the file.
const VARIABLE: &str = "TAPLINE_LATENCY";

/// The inputs that were shown so far, and those that still wait.
pub(crate) struct Latency {
    file: PathBuf,
    /// Those that the next frame shows.
    waiting: Vec<Waiting>,
    loading: Measured,
    loaded: Measured,
}

/// An input on its way.
struct Waiting {
    what: String,
    received: Instant,
    taken: Instant,
    updated: Instant,
    is_loading: bool,
}

/// Latencies of a time.
struct Measured {
    /// How many there are in each tenth of a millisecond; the last counts all that took longer.
    buckets: Vec<u64>,
    max: Duration,
    /// The longest, as JSON; at most [`LATENCIES_TOLD_MAX`].
    slowest: Vec<(Duration, String)>,
}

impl Latency {
    /// What the environment asks for.
    pub(crate) fn asked() -> Option<Box<Self>> {
        let file = std::env::var_os(VARIABLE).filter(|name| !name.is_empty())?;
        Some(Box::new(Self::to(file.into())))
    }

    fn to(file: PathBuf) -> Self {
        Self { file, waiting: Vec::new(), loading: Measured::default(), loaded: Measured::default() }
    }

    /// An input changed the model.
    pub(crate) fn updated(&mut self, what: String, received: Instant, taken: Instant, is_loading: bool) {
        self.waiting.push(Waiting { what, received, taken, updated: Instant::now(), is_loading });
    }

    /// A frame that was begun then is on the terminal.
    pub(crate) fn shown(&mut self, begun: Instant) {
        let now = Instant::now();
        for waiting in self.waiting.drain(..) {
            let measured = if waiting.is_loading { &mut self.loading } else { &mut self.loaded };
            measured.take(&waiting, begun, now);
        }
    }

    /// Writes the file.
    pub(crate) fn write(&self) -> std::io::Result<()> {
        std::fs::write(&self.file, self.json())
    }

    fn json(&self) -> String {
        format!("{{\"loading\":{},\"loaded\":{}}}\n", self.loading.json(), self.loaded.json())
    }
}

impl Default for Measured {
    fn default() -> Self {
        Self { buckets: vec![0; LATENCY_BUCKETS], max: Duration::ZERO, slowest: Vec::new() }
    }
}

impl Measured {
    fn take(&mut self, input: &Waiting, begun: Instant, shown: Instant) {
        let took = shown.saturating_duration_since(input.received);
        let bucket = took.as_micros() / LATENCY_BUCKET_WIDTH.as_micros().max(1);
        let bucket = usize::try_from(bucket).unwrap_or(usize::MAX).min(self.buckets.len().saturating_sub(1));
        if let Some(count) = self.buckets.get_mut(bucket) {
            *count += 1;
        }
        self.max = self.max.max(took);
        let is_slow = self.slowest.last().is_none_or(|(least, _)| took > *least);
        if is_slow || self.slowest.len() < LATENCIES_TOLD_MAX {
            let place = self.slowest.partition_point(|(other, _)| *other >= took);
            self.slowest.insert(place, (took, told(input, took, begun, shown)));
            self.slowest.truncate(LATENCIES_TOLD_MAX);
        }
    }

    fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// The latency that so many of a thousand do not exceed, to the end of its bucket and not beyond the longest.
    fn quantile(&self, permille: u64) -> Duration {
        let wanted = (self.count() * permille).div_ceil(1000);
        let mut seen = 0;
        let reached = |count: &u64| {
            seen += count;
            seen >= wanted
        };
        let bucket = self.buckets.iter().position(reached).unwrap_or(0);
        let end = LATENCY_BUCKET_WIDTH * u32::try_from(bucket + 1).unwrap_or(u32::MAX);
        if bucket + 1 < self.buckets.len() { end.min(self.max) } else { self.max }
    }

    /// The histogram has the end of each bucket that is not empty, microseconds, and its count.
    fn json(&self) -> String {
        let mut text = format!(
            "{{\"inputs\":{},\"median_us\":{},\"p99_us\":{},\"max_us\":{},\"slowest\":[",
            self.count(),
            self.quantile(500).as_micros(),
            self.quantile(990).as_micros(),
            self.max.as_micros()
        );
        let slowest: Vec<&str> = self.slowest.iter().map(|(_, told)| told.as_str()).collect();
        text.push_str(&slowest.join(","));
        text.push_str("],\"histogram\":[");
        let ends = (1_u128..).map(|nth| nth * LATENCY_BUCKET_WIDTH.as_micros());
        let filled = self.buckets.iter().zip(ends).filter(|(count, _)| **count > 0);
        let filled: Vec<String> = filled.map(|(count, end)| format!("[{end},{count}]")).collect();
        text.push_str(&filled.join(","));
        text.push_str("]}");
        text
    }
}

/// One input with where its time went.
fn told(input: &Waiting, took: Duration, begun: Instant, shown: Instant) -> String {
    let stretch = |from: Instant, to: Instant| to.saturating_duration_since(from).as_micros();
    let mut text = String::from("{\"input\":\"");
    for c in input.what.chars() {
        if matches!(c, '"' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    let _ = write!(
        text,
        "\",\"us\":{},\"waits_us\":{},\"updates_us\":{},\"applies_us\":{},\"draws_us\":{}}}",
        took.as_micros(),
        stretch(input.received, input.taken),
        stretch(input.taken, input.updated),
        stretch(input.updated, begun),
        stretch(begun, shown)
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(milliseconds: impl IntoIterator<Item = u64>) -> Measured {
        let mut measured = Measured::default();
        let received = Instant::now();
        for ms in milliseconds {
            let waiting = Waiting {
                what: "key \"".to_owned(),
                received,
                taken: received,
                updated: received,
                is_loading: true,
            };
            measured.take(&waiting, received, received + Duration::from_millis(ms));
        }
        measured
    }

    #[test]
    fn quantiles_are_ends_of_buckets_and_never_beyond_the_longest() {
        let measured = measured(1..=100);
        let ms = |n: u64| Duration::from_micros(n * 1000 + 100);
        assert_eq!((measured.quantile(500), measured.quantile(990)), (ms(50), ms(99)));
        assert_eq!(measured.quantile(1000), Duration::from_millis(100));
    }

    #[test]
    fn what_took_longer_than_all_buckets_counts_as_the_longest() {
        let measured = measured([5000]);
        assert_eq!((measured.count(), measured.quantile(500)), (1, Duration::from_secs(5)));
    }

    #[test]
    fn only_the_slowest_are_told_the_slowest_first() {
        let measured = measured((1..=40).chain([7]));
        let told: Vec<u128> = measured.slowest.iter().map(|(took, _)| took.as_millis()).collect();
        assert_eq!(told.len(), LATENCIES_TOLD_MAX);
        assert_eq!(told.first_chunk(), Some(&[40, 39, 38]));
    }

    #[test]
    fn the_line_is_json_also_where_nothing_was_pressed() {
        let mut latency = Latency::to(PathBuf::new());
        let nothing =
            "{\"inputs\":0,\"median_us\":0,\"p99_us\":0,\"max_us\":0,\"slowest\":[],\"histogram\":[]}";
        assert_eq!(latency.json(), format!("{{\"loading\":{nothing},\"loaded\":{nothing}}}\n"));
        latency.loading = measured([2]);
        let line = latency.json();
        assert!(
            line.contains("\"input\":\"key \\\"\",\"us\":2000,\"waits_us\":0") && line.contains("[[2100,1]]")
        );
    }

    #[test]
    fn buckets_are_so_many_and_so_wide() {
        let filled = |took: Duration| {
            let mut measured = measured([]);
            let now = Instant::now();
            let what = String::new();
            let waiting = Waiting { what, received: now, taken: now, updated: now, is_loading: true };
            measured.take(&waiting, now, now + took);
            measured.buckets.iter().position(|&count| count > 0).unwrap()
        };
        let (width, last) = (LATENCY_BUCKET_WIDTH, LATENCY_BUCKETS - 1);
        assert_eq!([width.saturating_sub(Duration::from_nanos(1)), width].map(filled), [0, 1]);
        let begin = width * u32::try_from(last).unwrap();
        assert_eq!([begin.saturating_sub(width), begin, begin + width].map(filled), [last - 1, last, last]);
    }
}
