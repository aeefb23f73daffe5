//! What a connection's segments say of its speed.

use super::Connection;
use crate::limits::SERIES_FROM_BYTES;
use crate::{Direction, Origin, Sample, Series, Sink};

impl Connection {
    /// The sender of `direction` acknowledged something.
    pub(super) fn sample_acknowledgment(
        &mut self,
        direction: Direction,
        round_trip_ns: Option<i64>,
        here: Origin,
        sink: &mut impl Sink,
    ) {
        self.sample(direction.flip(), round_trip_ns, here, sink);
    }

    /// The sender of `direction` sent octets.
    pub(super) fn sample_sent(&mut self, direction: Direction, here: Origin, sink: &mut impl Sink) {
        self.sample(direction, None, here, sink);
    }

    #[inline]
    fn sample(
        &mut self,
        direction: Direction,
        round_trip_ns: Option<i64>,
        here: Origin,
        sink: &mut impl Sink,
    ) {
        let is_kept = self.side(direction).payload_bytes >= SERIES_FROM_BYTES;
        if is_kept || sink.wants_samples() {
            self.tell_sample(direction, round_trip_ns, (here, is_kept), sink);
        }
    }

    fn tell_sample(
        &mut self,
        direction: Direction,
        round_trip_ns: Option<i64>,
        (here, is_kept): (Origin, bool),
        sink: &mut impl Sink,
    ) {
        let side = self.side(direction);
        let sample = Sample {
            in_flight_bytes: side.stream.in_flight(),
            window_bytes: self.judge.window(direction.flip()),
            acknowledged_bytes: side.stream.acknowledged(),
            round_trip_ns,
        };
        if is_kept {
            let rare = self.rare.get_or_insert_default();
            if let Some(series) = rare.series.get_mut(direction.index()) {
                let begin = || Box::new(Series::begin(here.at, sample.acknowledged_bytes));
                series.get_or_insert_with(begin).add(here.at, &sample);
            }
        }
        if sink.wants_samples() {
            sink.sample(self, direction, here, &sample);
        }
    }
}
