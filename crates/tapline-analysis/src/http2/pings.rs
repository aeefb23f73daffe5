//! Round trips of PING (RFC 9113 §6.7).

use std::collections::VecDeque;

use tapline_reassembly::Origin;

use crate::Sender;
use crate::limits::PINGS_PENDING_MAX;

/// The PINGs of one side and how long their answers took.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PingTimes {
    /// PINGs sent, answers not counted.
    pub sent: u64,
    /// Answers that say what a PING said.
    pub answered: u64,
    /// The shortest round trip, nanoseconds; `None` where nothing was answered.
    pub min_ns: Option<i64>,
    /// The longest.
    pub max_ns: Option<i64>,
    /// All of them together.
    pub sum_ns: i64,
}

impl PingTimes {
    /// PINGs without an answer.
    pub fn unanswered(&self) -> u64 {
        self.sent.saturating_sub(self.answered)
    }

    /// The mean round trip, nanoseconds.
    pub fn mean_ns(&self) -> Option<i64> {
        self.sum_ns.checked_div(i64::try_from(self.answered).ok()?)
    }

    fn answer(&mut self, round_trip_ns: Option<i64>) {
        self.answered += 1;
        let Some(round_trip_ns) = round_trip_ns else { return };
        self.min_ns = Some(self.min_ns.map_or(round_trip_ns, |min| min.min(round_trip_ns)));
        self.max_ns = Some(self.max_ns.map_or(round_trip_ns, |max| max.max(round_trip_ns)));
        self.sum_ns = self.sum_ns.saturating_add(round_trip_ns);
    }
}

/// The PINGs of both sides.
#[derive(Debug, Default)]
pub(crate) struct Pings {
    sides: [Side; 2],
}

#[derive(Debug, Default)]
struct Side {
    times: PingTimes,
    /// Those that wait for their answer, the newest [`PINGS_PENDING_MAX`].
    pending: VecDeque<([u8; 8], Origin)>,
}

impl Pings {
    /// A PING that asks.
    pub(crate) fn sent(&mut self, by: Sender, opaque: [u8; 8], here: Origin) {
        let side = self.side(by);
        side.times.sent += 1;
        if side.pending.len() >= PINGS_PENDING_MAX {
            side.pending.pop_front();
        }
        side.pending.push_back((opaque, here));
    }

    /// The answer of `by` to the oldest PING of the other side that says the same: the round trip, nanoseconds;
    /// `None` where there is none, or the clock went backwards.
    pub(crate) fn answered(&mut self, by: Sender, opaque: [u8; 8], here: Origin) -> Option<i64> {
        let asked = if by == Sender::Client { Sender::Server } else { Sender::Client };
        let side = self.side(asked);
        let index = side.pending.iter().position(|(pending, _)| *pending == opaque)?;
        let (_, sent) = side.pending.remove(index)?;
        let round_trip_ns = here.at.after(sent.at);
        side.times.answer(round_trip_ns);
        round_trip_ns
    }

    /// What the PINGs of a side add up to.
    pub(crate) fn times(&self, by: Sender) -> PingTimes {
        let [client, server] = &self.sides;
        if by == Sender::Client { client.times } else { server.times }
    }

    fn side(&mut self, by: Sender) -> &mut Side {
        let [client, server] = &mut self.sides;
        if by == Sender::Client { client } else { server }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;
    use Sender::{Client, Server};

    fn at(ms: i64) -> Origin {
        Origin { packet: 1, at: Timestamp(ms * 1_000_000) }
    }

    #[test]
    fn answers_are_told_apart_by_what_they_say() {
        let mut pings = Pings::default();
        pings.sent(Client, [1; 8], at(0));
        pings.sent(Client, [2; 8], at(1));
        pings.sent(Server, [1; 8], at(2));
        assert_eq!(pings.answered(Server, [2; 8], at(5)), Some(4_000_000));
        assert_eq!(pings.answered(Server, [3; 8], at(6)), None);
        assert_eq!(pings.answered(Server, [1; 8], at(10)), Some(10_000_000));
        assert_eq!(pings.answered(Server, [1; 8], at(11)), None);
        let expected = PingTimes {
            sent: 2,
            answered: 2,
            min_ns: Some(4_000_000),
            max_ns: Some(10_000_000),
            sum_ns: 14_000_000,
        };
        assert_eq!((pings.times(Client), expected.mean_ns()), (expected, Some(7_000_000)));
        assert_eq!((pings.times(Server).unanswered(), pings.times(Server).mean_ns()), (1, None));
    }

    #[test]
    fn what_nobody_answers_is_bounded() {
        let mut pings = Pings::default();
        for n in 0..10_000_u64 {
            pings.sent(Client, n.to_be_bytes(), at(0));
        }
        assert_eq!(pings.side(Client).pending.len(), PINGS_PENDING_MAX);
        assert_eq!(pings.answered(Server, 0_u64.to_be_bytes(), at(1)), None);
        assert_eq!(pings.answered(Server, 9_999_u64.to_be_bytes(), at(1)), Some(1_000_000));
    }
}
