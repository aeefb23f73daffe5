//! The flights of a handshake: what one side sends before the other side's handshake goes on.

use tapline_decode::tls::{Alert, HandshakeType};
use tapline_reassembly::Origin;

use crate::Sender;
use crate::limits::{FLIGHT_ROUND_TRIP_MIN_NS, FLIGHT_STEPS_MAX, FLIGHT_WINDOW_MIN_BYTES};

/// A flight (RFC 5246 §7.3, RFC 8446 §2): what a side sends before it waits for the other one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flight {
    /// Whose it is.
    pub from: Sender,
    /// What it consists of, in order, at most [`FLIGHT_STEPS_MAX`].
    pub steps: Vec<FlightStep>,
    /// Messages beyond these.
    pub left_out: u32,
    /// The packet with its first octet.
    pub first: Origin,
    /// The packet that completed it.
    pub last: Origin,
    /// Octets of its messages, without record headers; of what stays encrypted, as it travelled.
    pub octets: u64,
    /// What its sender waited before it; `None` for the first one.
    pub wait: Option<Wait>,
    /// How many round trips it took itself: more than one where it did not fit the congestion window. Inferred
    /// from its size and duration; `None` where the TCP handshake does not tell the round trip.
    pub round_trips: Option<u8>,
}

/// The time between a flight and the one before, as seen at the capture point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wait {
    /// From the other side's last packet to its first, nanoseconds.
    pub total_ns: i64,
    /// Of it the way from the capture point to the sender and back, by the TCP handshake; `None` where that was
    /// not seen.
    pub network_ns: Option<i64>,
}

impl Wait {
    /// The rest: what the sender itself took, nanoseconds.
    pub fn own_ns(self) -> Option<i64> {
        Some(self.total_ns - self.network_ns?)
    }
}

/// A message of a flight, or several alike in a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FlightStep {
    /// What it is.
    pub kind: StepKind,
    /// How many of them.
    pub count: u32,
    /// Their octets.
    pub octets: u64,
}

/// What a flight has in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepKind {
    /// A handshake message.
    Handshake(HandshakeType),
    /// A `ServerHello` that asks for another `ClientHello` (RFC 8446 §4.1.4).
    HelloRetryRequest,
    /// Finished, and whether it says what the handshake gives, where that is known.
    Finished(Option<bool>),
    /// RFC 5246 §7.1; without meaning in TLS 1.3.
    ChangeCipherSpec,
    /// An alert that could be read.
    Alert(Alert),
    /// An alert that stays encrypted.
    EncryptedAlert,
    /// Data that the client sends before the server answered (RFC 8446 §2.3).
    EarlyData,
    /// Records that stay encrypted.
    Encrypted,
}

impl StepKind {
    /// The name that its RFC gives it, as `ServerHelloDone`; `None` for what is described, not named.
    pub fn name(self) -> Option<String> {
        Some(match self {
            Self::Handshake(kind) => kind.name().map_or_else(|| kind.to_string(), camel_case),
            Self::HelloRetryRequest => "HelloRetryRequest".to_owned(),
            Self::Finished(_) => "Finished".to_owned(),
            Self::ChangeCipherSpec => "ChangeCipherSpec".to_owned(),
            Self::Alert(alert) => format!("alert {alert}"),
            Self::EncryptedAlert => "encrypted alert".to_owned(),
            Self::EarlyData | Self::Encrypted => return None,
        })
    }

    /// The stable name for exports, IANA's for handshake messages.
    pub fn code(self) -> String {
        match self {
            Self::Handshake(kind) => kind.to_string(),
            Self::HelloRetryRequest => "hello_retry_request".to_owned(),
            Self::Finished(_) => HandshakeType::FINISHED.to_string(),
            Self::ChangeCipherSpec => "change_cipher_spec".to_owned(),
            Self::Alert(_) => "alert".to_owned(),
            Self::EncryptedAlert => "encrypted_alert".to_owned(),
            Self::EarlyData => "early_data".to_owned(),
            Self::Encrypted => "encrypted".to_owned(),
        }
    }

    fn merges(self) -> bool {
        matches!(self, Self::EarlyData | Self::Encrypted)
    }
}

/// A message that takes part in a handshake.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) kind: StepKind,
    pub(super) octets: u64,
    pub(super) first: Origin,
    pub(super) last: Origin,
}

impl Flight {
    pub(super) fn begin(from: Sender, step: Step, wait: Option<Wait>, round_trip_ns: Option<i64>) -> Self {
        let Step { first, last, .. } = step;
        let mut flight =
            Self { from, steps: Vec::new(), left_out: 0, first, last, octets: 0, wait, round_trips: None };
        flight.push(step, round_trip_ns);
        flight
    }

    /// Its next message; `round_trip_ns` is the way from end to end and back.
    pub(super) fn push(&mut self, step: Step, round_trip_ns: Option<i64>) {
        // A message whose first octets were held back may have been told after a later packet's.
        if step.last.packet > self.last.packet {
            self.last = step.last;
        }
        self.note(step);
        self.round_trips = round_trip_ns.map(|ns| self.rounds(ns));
    }

    /// A message that is its, and does not make it longer.
    pub(super) fn note(&mut self, step: Step) {
        let Step { kind, octets, .. } = step;
        self.octets += octets;
        let room = self.steps.len() < FLIGHT_STEPS_MAX;
        match self.steps.last_mut().filter(|last| last.kind == kind && kind.merges()) {
            Some(same) => {
                same.count = same.count.saturating_add(1);
                same.octets += octets;
            }
            None if room => self.steps.push(FlightStep { kind, count: 1, octets }),
            None => self.left_out = self.left_out.saturating_add(1),
        }
    }

    /// From its first packet to its last, nanoseconds; 0 where the clock went backwards meanwhile.
    pub fn duration_ns(&self) -> i64 {
        self.last.at.since(self.first.at).max(0)
    }

    /// The round trips that its size and duration speak for.
    fn rounds(&self, round_trip_ns: i64) -> u8 {
        if round_trip_ns < FLIGHT_ROUND_TRIP_MIN_NS || self.octets <= FLIGHT_WINDOW_MIN_BYTES {
            return 1;
        }
        // What waits for an acknowledgment comes a round trip later; the clock is allowed a tenth.
        let waits = self.duration_ns().saturating_add(round_trip_ns / 10) / round_trip_ns;
        u8::try_from(waits.saturating_add(1)).unwrap_or(u8::MAX)
    }
}

/// `server_hello_done` as `ServerHelloDone`.
fn camel_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut upper = true;
    for letter in name.chars() {
        if letter == '_' {
            upper = true;
        } else {
            out.push(if upper { letter.to_ascii_uppercase() } else { letter });
            upper = false;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use tapline_packet::Timestamp;

    use super::*;

    fn at(packet: u64, ms: i64) -> Origin {
        Origin { packet, at: Timestamp(ms * 1_000_000) }
    }

    #[test]
    fn a_flight_of_many_segments_that_lasts_takes_round_trips() {
        let check = |octets, ms, round_trip_ms: i64, expected| {
            let step =
                |octets, origin| Step { kind: StepKind::Encrypted, octets, first: origin, last: origin };
            let mut flight = Flight::begin(Sender::Server, step(100, at(1, 0)), None, None);
            flight.push(step(octets, at(2, ms)), Some(round_trip_ms * 1_000_000));
            assert_eq!(
                flight.round_trips,
                Some(expected),
                "{octets} octets in {ms} ms at {round_trip_ms} ms"
            );
        };
        check(20_000, 0, 40, 1);
        check(20_000, 35, 40, 1);
        check(20_000, 37, 40, 2);
        check(20_000, 41, 40, 2);
        check(40_000, 81, 40, 3);
        // One that fits any window waited for something else.
        check(4_000, 41, 40, 1);
        // On a short way a pause says nothing.
        check(20_000, 41, 0, 1);
        check(20_000, i64::from(u16::MAX), 1, u8::MAX);
    }

    #[test]
    fn what_is_alike_and_has_no_name_is_counted() {
        let step = |kind| Step { kind, octets: 10, first: at(1, 0), last: at(1, 0) };
        let mut flight = Flight::begin(Sender::Server, step(StepKind::Encrypted), None, None);
        flight.push(step(StepKind::Encrypted), None);
        flight.push(step(StepKind::ChangeCipherSpec), None);
        flight.push(step(StepKind::ChangeCipherSpec), None);
        let counts: Vec<_> =
            flight.steps.iter().map(|step| (step.kind.code(), step.count, step.octets)).collect();
        let expected = [("encrypted", 2, 20), ("change_cipher_spec", 1, 10), ("change_cipher_spec", 1, 10)];
        assert_eq!(counts, expected.map(|(name, count, octets)| (name.to_owned(), count, octets)));
        for _ in 0..100 {
            flight.push(step(StepKind::ChangeCipherSpec), None);
        }
        assert_eq!((flight.steps.len(), flight.left_out), (FLIGHT_STEPS_MAX, 103 - 16));
    }

    #[test]
    fn names_are_those_of_the_rfc() {
        let check = |kind, expected: &str| {
            assert_eq!(StepKind::Handshake(kind).name().as_deref(), Some(expected));
        };
        check(HandshakeType::SERVER_HELLO_DONE, "ServerHelloDone");
        check(HandshakeType::END_OF_EARLY_DATA, "EndOfEarlyData");
        check(HandshakeType(200), "0xc8");
    }

    #[test]
    fn short_ways_and_small_flights_are_one_round_trip() {
        let rounds = |octets: u64, round_trip_ns: i64| {
            let step =
                |octets, origin| Step { kind: StepKind::Encrypted, octets, first: origin, last: origin };
            let mut flight = Flight::begin(Sender::Server, step(100, at(1, 0)), None, None);
            flight.push(step(octets - 100, at(2, 50)), Some(round_trip_ns));
            flight.round_trips
        };
        let small = FLIGHT_WINDOW_MIN_BYTES;
        let lasts = [rounds(small, 50_000_000), rounds(small + 1, 50_000_000)];
        assert_eq!(lasts, [Some(1), Some(2)]);
        let far = FLIGHT_ROUND_TRIP_MIN_NS;
        assert_eq!([rounds(20_000, far - 1), rounds(20_000, far)], [Some(1), Some(51)]);
    }
}
