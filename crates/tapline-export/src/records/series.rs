//! How much a side had in flight, over time: part of the `connection` record, and the `tcp_sample` record.

use schemars::JsonSchema;
use serde::Serialize;
use tapline_engine::analysis::{Point, Sample, Series, TcpSample};

use super::{At, RecordType};

#[derive(Serialize, JsonSchema)]
pub(super) struct SeriesLine {
    start: At,
    step_ns: i64,
    points: Vec<PointLine>,
    round_in_flight_bytes: Vec<u64>,
    slow_start_rounds: usize,
    round_trips: RoundTripsLine,
}

#[derive(Serialize, JsonSchema)]
struct PointLine {
    step: usize,
    in_flight_bytes: u64,
    window_bytes: Option<u64>,
    acknowledged_bytes: u64,
    round_trip_ns: Option<i64>,
}

#[derive(Serialize, JsonSchema)]
struct RoundTripsLine {
    count: u64,
    min_ns: Option<i64>,
    mean_ns: Option<i64>,
    max_ns: Option<i64>,
}

impl SeriesLine {
    pub(super) fn of(series: &Series) -> Self {
        let trips = series.round_trips();
        let measured = trips.count > 0;
        Self {
            start: At(series.start()),
            step_ns: series.step_ns(),
            points: series
                .points()
                .iter()
                .enumerate()
                .filter(|(_, point)| **point != Point::default())
                .map(|(step, point)| PointLine {
                    step,
                    in_flight_bytes: point.in_flight_bytes,
                    window_bytes: point.window_bytes,
                    acknowledged_bytes: point.acknowledged_bytes,
                    round_trip_ns: point.round_trip_ns,
                })
                .collect(),
            round_in_flight_bytes: series.rounds().to_vec(),
            slow_start_rounds: series.slow_start_rounds(),
            round_trips: RoundTripsLine {
                count: trips.count,
                min_ns: measured.then_some(trips.min_ns),
                mean_ns: trips.mean_ns(),
                max_ns: measured.then_some(trips.max_ns),
            },
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct SampleLine {
    r#type: &'static str,
    packet: u64,
    at: At,
    connection: u64,
    from: &'static str,
    in_flight_bytes: u64,
    window_bytes: Option<u64>,
    acknowledged_bytes: u64,
    round_trip_ns: Option<i64>,
}

impl SampleLine {
    pub(super) fn of(told: &TcpSample) -> Self {
        let Sample { in_flight_bytes, window_bytes, acknowledged_bytes, round_trip_ns } = told.sample;
        Self {
            r#type: RecordType::TcpSample.name(),
            packet: told.origin.packet,
            at: At(told.origin.at),
            connection: told.connection,
            from: told.from.name(),
            in_flight_bytes,
            window_bytes,
            acknowledged_bytes,
            round_trip_ns,
        }
    }
}
