//! How much a direction had in flight, over time.

use tapline_packet::Timestamp;

use crate::limits::{SERIES_POINTS_MAX, SERIES_ROUNDS_MAX};

/// One moment of one direction, as an acknowledgment or a segment with octets shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sample {
    /// Octets that were sent and not acknowledged.
    pub in_flight_bytes: u64,
    /// The receiver's window, octets; `None` where its scale is not known.
    pub window_bytes: Option<u64>,
    /// Octets acknowledged so far.
    pub acknowledged_bytes: u64,
    /// From a segment to the ACK that ends where it ends, nanoseconds, as tshark's `tcp.analysis.ack_rtt`;
    /// only for segments that were sent once.
    pub round_trip_ns: Option<i64>,
}

/// A stretch of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Point {
    /// The most that was in flight, octets.
    pub in_flight_bytes: u64,
    /// The smallest window, octets; `None` where none is known.
    pub window_bytes: Option<u64>,
    /// Octets that were acknowledged.
    pub acknowledged_bytes: u64,
    /// The shortest round trip, nanoseconds.
    pub round_trip_ns: Option<i64>,
}

impl Point {
    fn add(&mut self, other: &Self) {
        self.in_flight_bytes = self.in_flight_bytes.max(other.in_flight_bytes);
        self.window_bytes = self.window_bytes.into_iter().chain(other.window_bytes).min();
        self.acknowledged_bytes += other.acknowledged_bytes;
        self.round_trip_ns = self.round_trip_ns.into_iter().chain(other.round_trip_ns).min();
    }
}

/// A direction's samples, thinned: never more than [`SERIES_POINTS_MAX`] points, whatever it lasts, and its
/// first round trips one by one, because there slow start shows (RFC 5681 §3.1).
///
/// ```text
///   points   ▁▂▄█████▇█████   equal stretches; when they are full, two become one
///   rounds   ▁▂▄█             the most in flight in each of the first round trips
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Series {
    start: Timestamp,
    step_ns: i64,
    points: Vec<Point>,
    rounds: Vec<u64>,
    /// The round ends when so many octets are acknowledged.
    round_ends: u64,
    /// The newest of `rounds` is still going on.
    in_round: bool,
    acknowledged: u64,
    round_trips: RoundTrips,
}

/// The round trips of a direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RoundTrips {
    /// How many were measured.
    pub count: u64,
    /// The shortest, nanoseconds.
    pub min_ns: i64,
    /// The longest, nanoseconds.
    pub max_ns: i64,
    sum_ns: i64,
}

impl RoundTrips {
    fn add(&mut self, ns: i64) {
        self.min_ns = if self.count == 0 { ns } else { self.min_ns.min(ns) };
        self.max_ns = self.max_ns.max(ns);
        self.sum_ns = self.sum_ns.saturating_add(ns);
        self.count += 1;
    }

    /// The mean, nanoseconds; `None` where none was measured.
    pub fn mean_ns(&self) -> Option<i64> {
        self.sum_ns.checked_div(i64::try_from(self.count).ok()?)
    }
}

/// The first stretch, nanoseconds.
const STEP_FIRST_NS: i64 = 1_000_000;

impl Series {
    /// A series that begins at a time, with so many octets acknowledged before.
    pub(crate) fn begin(start: Timestamp, acknowledged: u64) -> Self {
        Self {
            start,
            step_ns: STEP_FIRST_NS,
            points: Vec::new(),
            rounds: Vec::new(),
            round_ends: acknowledged,
            in_round: false,
            acknowledged,
            round_trips: RoundTrips::default(),
        }
    }

    /// Takes a sample. Samples from before the start stand at the start.
    pub(crate) fn add(&mut self, at: Timestamp, sample: &Sample) {
        if let Some(ns) = sample.round_trip_ns {
            self.round_trips.add(ns);
        }
        self.count_round(sample);
        let acknowledged = sample.acknowledged_bytes.saturating_sub(self.acknowledged);
        self.acknowledged = self.acknowledged.max(sample.acknowledged_bytes);
        let point = Point {
            in_flight_bytes: sample.in_flight_bytes,
            window_bytes: sample.window_bytes,
            acknowledged_bytes: acknowledged,
            round_trip_ns: sample.round_trip_ns,
        };
        let passed = at.since(self.start).max(0);
        let index_of = |step_ns: i64| usize::try_from(passed / step_ns).unwrap_or(usize::MAX);
        while index_of(self.step_ns) >= SERIES_POINTS_MAX {
            self.halve();
        }
        let index = index_of(self.step_ns);
        if index >= self.points.len() {
            self.points.resize(index + 1, Point::default());
        }
        if let Some(place) = self.points.get_mut(index) {
            place.add(&point);
        }
    }

    /// Two stretches become one.
    fn halve(&mut self) {
        self.step_ns = self.step_ns.saturating_mul(2);
        let halved = self.points.chunks(2).map(|pair| {
            let mut point = Point::default();
            for part in pair {
                point.add(part);
            }
            point
        });
        self.points = halved.collect();
    }

    /// A round trip is over when everything that was in flight at its begin is acknowledged.
    fn count_round(&mut self, sample: &Sample) {
        if sample.acknowledged_bytes >= self.round_ends && sample.in_flight_bytes > 0 {
            self.round_ends = sample.acknowledged_bytes + sample.in_flight_bytes;
            self.in_round = self.rounds.len() < SERIES_ROUNDS_MAX;
            if self.in_round {
                self.rounds.push(0);
            }
        }
        if let (true, Some(most)) = (self.in_round, self.rounds.last_mut()) {
            *most = (*most).max(sample.in_flight_bytes);
        }
    }

    /// When it begins.
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// How much time a point stands for, nanoseconds.
    pub fn step_ns(&self) -> i64 {
        self.step_ns
    }

    /// The points, one a stretch.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The most in flight in each of the first round trips, octets.
    pub fn rounds(&self) -> &[u64] {
        &self.rounds
    }

    /// The round trips that were measured.
    pub fn round_trips(&self) -> &RoundTrips {
        &self.round_trips
    }

    /// In how many of the first round trips the octets in flight grew by at least half: how long slow start
    /// went on. Inferred: an application that sends more from time to time looks the same.
    pub fn slow_start_rounds(&self) -> usize {
        let grows = |pair: &&[u64]| matches!(pair, [before, after] if *after >= before + before / 2);
        self.rounds.windows(2).take_while(grows).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    fn sample(acknowledged_bytes: u64, in_flight_bytes: u64) -> Sample {
        Sample {
            acknowledged_bytes,
            in_flight_bytes,
            window_bytes: Some(65_535),
            round_trip_ns: Some(10 * MS),
        }
    }

    /// A sender that doubles what it has in flight every 10 ms, four times, and then stays.
    fn slow_start(rounds: u32) -> Series {
        let mut series = Series::begin(Timestamp(0), 0);
        let (mut acknowledged, mut window) = (0, 10_000);
        for round in 0..rounds {
            let at = Timestamp(i64::from(round) * 10 * MS);
            series.add(at, &sample(acknowledged, window / 2));
            series.add(at, &sample(acknowledged, window));
            acknowledged += window;
            window = (window * 2).min(160_000);
        }
        series
    }

    #[test]
    fn slow_start_shows_in_the_first_rounds() {
        let series = slow_start(8);
        assert_eq!(series.rounds(), [10_000, 20_000, 40_000, 80_000, 160_000, 160_000, 160_000, 160_000]);
        assert_eq!(series.slow_start_rounds(), 4);
        assert_eq!(slow_start(200).rounds().len(), SERIES_ROUNDS_MAX);
        assert_eq!(slow_start(200).rounds().last(), Some(&160_000));
    }

    #[test]
    fn points_are_bounded_and_lose_no_octet() {
        let series = slow_start(10_000);
        assert!(series.points().len() <= SERIES_POINTS_MAX, "{}", series.points().len());
        let acknowledged: u64 = series.points().iter().map(|point| point.acknowledged_bytes).sum();
        assert_eq!(acknowledged, series.acknowledged);
        assert_eq!(series.points().iter().map(|point| point.in_flight_bytes).max(), Some(160_000));
        let covered = series.step_ns() * i64::try_from(series.points().len()).unwrap();
        assert!((9_999 * 10 * MS..20_000 * 10 * MS).contains(&covered), "{covered}");
        let halves = series.points().chunks(series.points().len() / 2);
        let halves: Vec<u64> =
            halves.map(|half| half.iter().map(|point| point.acknowledged_bytes).sum()).collect();
        assert!(
            halves[0].abs_diff(halves[1]) * 10 < acknowledged,
            "octets stand where they were sent: {halves:?}"
        );
    }

    #[test]
    fn round_trips_are_counted_and_a_clock_that_goes_back_breaks_nothing() {
        let mut series = Series::begin(Timestamp(50 * MS), 0);
        for ns in [20 * MS, 10 * MS, 30 * MS] {
            series.add(Timestamp(0), &Sample { round_trip_ns: Some(ns), ..Sample::default() });
        }
        let trips = series.round_trips();
        assert_eq!(
            (trips.count, trips.min_ns, trips.max_ns, trips.mean_ns()),
            (3, 10 * MS, 30 * MS, Some(20 * MS))
        );
        assert_eq!(series.points().len(), 1);
    }
}
