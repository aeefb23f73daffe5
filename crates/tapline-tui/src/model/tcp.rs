//! What one side's sending looks like over time: the points of three plots.

use tapline_analysis::{Flag, Sender};

use super::Close;
use crate::axis::Window;

/// Which plot is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Plot {
    /// Sequence numbers against time, with what was acknowledged and what the window allowed.
    #[default]
    Sequence,
    /// Round trips.
    RoundTrips,
    /// Octets in flight and the window.
    InFlight,
}

impl Plot {
    /// The one that comes after it.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::Sequence => Self::RoundTrips,
            Self::RoundTrips => Self::InFlight,
            Self::InFlight => Self::Sequence,
        }
    }

    /// What it shows.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sequence => "sequence numbers",
            Self::RoundTrips => "round trips",
            Self::InFlight => "octets in flight",
        }
    }
}

/// What is shown of TCP.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Tcp {
    pub(crate) plot: Plot,
    /// The side whose sending is shown; `None` for the one that sent more.
    pub(crate) from: Option<Sender>,
}

impl Default for Tcp {
    fn default() -> Self {
        Self { plot: Plot::Sequence, from: None }
    }
}

impl Tcp {
    /// The side whose sending is shown.
    pub(crate) fn side(self, close: &Close) -> Sender {
        let busier = || {
            let record = close.record.as_ref()?;
            (record.client.payload_bytes > record.server.payload_bytes).then_some(Sender::Client)
        };
        self.from.unwrap_or_else(|| busier().unwrap_or(Sender::Server))
    }
}

/// What a curve is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Curve {
    Sent,
    SentAgain,
    Acknowledged,
    WindowEnd,
    Window,
    InFlight,
    RoundTrip,
}

/// Points of a curve: nanoseconds since 1970, and octets or nanoseconds.
pub(crate) type Points = Vec<(i64, i64)>;

/// The curves of a plot.
pub(crate) fn curves(close: &Close, plot: Plot, from: Sender) -> Vec<(Curve, Points)> {
    match plot {
        Plot::Sequence => sequence(close, from),
        Plot::RoundTrips => {
            let trips = samples(close, from, |sample| sample.round_trip_ns);
            vec![(Curve::RoundTrip, trips)]
        }
        Plot::InFlight => {
            let octets = |octets: u64| i64::try_from(octets).unwrap_or(i64::MAX);
            let in_flight = samples(close, from, |sample| Some(octets(sample.in_flight_bytes)));
            let window = samples(close, from, |sample| sample.window_bytes.map(octets));
            vec![(Curve::Window, window), (Curve::InFlight, in_flight)]
        }
    }
}

fn samples(close: &Close, from: Sender, of: impl Fn(&tapline_analysis::Sample) -> Option<i64>) -> Points {
    let samples = close.samples.iter().filter(|sample| sample.from == from);
    samples.filter_map(|sample| Some((sample.origin.at.0, of(&sample.sample)?))).collect()
}

fn sequence(close: &Close, from: Sender) -> Vec<(Curve, Points)> {
    let (mut sent, mut again) = (Points::new(), Points::new());
    let (mut acknowledged, mut window_end) = (Points::new(), Points::new());
    for segment in &close.segments {
        let (at, seen) = (segment.origin.at.0, &segment.seen);
        if segment.from != from {
            if let Some(acknowledgment) = seen.acknowledgment {
                acknowledged.push((at, acknowledgment));
                let end = |window: u64| acknowledgment.saturating_add_unsigned(window);
                window_end.extend(seen.window_bytes.map(|window| (at, end(window))));
            }
        } else if seen.length > 0 {
            let is_again = close
                .verdict(segment.origin.packet)
                .is_some_and(|verdict| verdict.verdict.flags.has(Flag::Retransmission));
            let points = if is_again { &mut again } else { &mut sent };
            points.push((at, seen.sequence));
            points.push((at, seen.sequence.saturating_add(seen.length.into())));
        }
    }
    vec![
        (Curve::WindowEnd, window_end),
        (Curve::Acknowledged, acknowledged),
        (Curve::Sent, sent),
        (Curve::SentAgain, again),
    ]
}

/// The points of a window, no more than a few for each of so many columns: the lowest, the highest and the last of
/// each.
pub(crate) fn thinned(points: &[(i64, i64)], window: Window, columns: usize) -> Points {
    let mut thinned = Points::new();
    let mut column: Option<(usize, [(i64, i64); 3])> = None;
    let mut close = |column: Option<(usize, [(i64, i64); 3])>| {
        if let Some((_, [low, high, last])) = column {
            let mut kept = [low, high, last];
            kept.sort_by_key(|point| point.0);
            thinned.extend(kept);
        }
    };
    for &point in points {
        let Some(here) = window.column(point.0, columns) else { continue };
        column = match column {
            Some((at, [low, high, _])) if at == here => {
                let low = if point.1 < low.1 { point } else { low };
                let high = if point.1 > high.1 { point } else { high };
                Some((at, [low, high, point]))
            }
            other => {
                close(other);
                Some((here, [point; 3]))
            }
        };
    }
    close(column);
    thinned.dedup();
    thinned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_the_extremes_of_each_column() {
        let points: Points = (0..10_000).map(|n| (n, if n == 4321 { 999 } else { n % 7 })).collect();
        let thinned = thinned(&points, Window::between(0, 9_999), 100);
        assert!(thinned.len() <= 300, "{}", thinned.len());
        assert!(thinned.contains(&(4321, 999)));
        assert!(thinned.iter().filter(|(_, y)| *y == 0).count() >= 100);
        assert!(thinned.is_sorted_by_key(|point| point.0));
    }

    #[test]
    fn what_lies_outside_of_the_window_is_left_out() {
        let points: Points = (0..100).map(|n| (n * 10, n)).collect();
        let thinned = thinned(&points, Window::between(200, 300), 1000);
        assert_eq!((thinned.first(), thinned.last()), (Some(&(200, 20)), Some(&(300, 30))));
    }
}
