//! Frames that cost their receiver more than their sender: each kind counted a second, by who sends them.
//!
//! The rules stand in [`crate::limits`]: `FLOOD_…`, `HEADER_BOMB_…`. A flood is said once in each second.

use tapline_decode::Anomaly;
use tapline_packet::Timestamp;

use crate::Sender;
use crate::limits::{
    FLOOD_CONTINUATIONS, FLOOD_EMPTY_DATA, FLOOD_PINGS, FLOOD_PRIORITIES, FLOOD_RESETS, FLOOD_SETTINGS,
    FLOOD_UPDATES_PER_DATA, FLOOD_WINDOW_NS, FLOOD_WINDOW_UPDATES, HEADER_BOMB_FACTOR, HEADER_BOMB_MIN_BYTES,
};

/// A kind of frame that floods are made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// RST_STREAM by whoever, of a stream opened within the second.
    Reset,
    Settings,
    Ping,
    /// DATA without content and without END_STREAM.
    EmptyData,
    WindowUpdate,
    Priority,
}

impl Kind {
    const COUNT: usize = 6;

    fn index(self) -> usize {
        match self {
            Self::Reset => 0,
            Self::Settings => 1,
            Self::Ping => 2,
            Self::EmptyData => 3,
            Self::WindowUpdate => 4,
            Self::Priority => 5,
        }
    }

    /// Its code, how many in a second are usual, and what is sent.
    fn rule(self) -> (&'static str, u32, &'static str) {
        match self {
            Self::Reset => ("http2_flood_resets", FLOOD_RESETS, "streams opened and reset"),
            Self::Settings => ("http2_flood_settings", FLOOD_SETTINGS, "SETTINGS frames"),
            Self::Ping => ("http2_flood_pings", FLOOD_PINGS, "PING frames"),
            Self::EmptyData => ("http2_flood_empty_data", FLOOD_EMPTY_DATA, "DATA frames without content"),
            Self::WindowUpdate => {
                ("http2_flood_window_updates", FLOOD_WINDOW_UPDATES, "WINDOW_UPDATE frames")
            }
            Self::Priority => ("http2_flood_priorities", FLOOD_PRIORITIES, "priority frames"),
        }
    }
}

/// The floods of one connection.
#[derive(Debug, Default)]
pub(crate) struct Floods {
    sides: [Side; 2],
}

#[derive(Debug, Default)]
struct Side {
    rates: [Rate; Kind::COUNT],
    /// DATA frames, in the second in which the other side's WINDOW_UPDATE frames are counted.
    data: Rate,
    /// CONTINUATION frames of the open field block.
    continuations: u32,
}

/// Frames in a second.
#[derive(Clone, Copy, Debug, Default)]
struct Rate {
    since: Timestamp,
    count: u32,
    said: bool,
}

impl Rate {
    fn count(&mut self, now: Timestamp) -> u32 {
        let since = now.since(self.since);
        if self.count == 0 || !(0..FLOOD_WINDOW_NS).contains(&since) {
            *self = Self { since: now, count: 0, said: false };
        }
        self.count = self.count.saturating_add(1);
        self.count
    }
}

impl Floods {
    /// A frame of a kind that floods are made of.
    pub(crate) fn count(&mut self, kind: Kind, from: Sender, now: Timestamp) -> Option<Anomaly> {
        let answered = self.answered(kind, from);
        let rate = self.side(from).rates.get_mut(kind.index())?;
        let (code, usual, what) = kind.rule();
        let count = rate.count(now);
        if count <= usual || rate.said || count <= answered.saturating_mul(FLOOD_UPDATES_PER_DATA) {
            return None;
        }
        rate.said = true;
        Some(Anomaly { code, detail: format!("more than {usual} {what} within a second").into() })
    }

    /// A DATA frame, which a WINDOW_UPDATE may answer.
    pub(crate) fn data(&mut self, from: Sender, now: Timestamp) {
        self.side(from).data.count(now);
    }

    /// A stream was reset that was opened then.
    pub(crate) fn reset(&mut self, opened: Timestamp, from: Sender, now: Timestamp) -> Option<Anomaly> {
        if now.since(opened) >= FLOOD_WINDOW_NS {
            return None;
        }
        self.count(Kind::Reset, from, now)
    }

    /// A field block begins.
    pub(crate) fn block(&mut self, from: Sender) {
        self.side(from).continuations = 0;
    }

    /// CONTINUATION of the open field block.
    pub(crate) fn continuation(&mut self, from: Sender) -> Option<Anomaly> {
        let continuations = &mut self.side(from).continuations;
        *continuations = continuations.saturating_add(1);
        if *continuations != FLOOD_CONTINUATIONS + 1 {
            return None;
        }
        let detail =
            format!("a field block goes on over more than {FLOOD_CONTINUATIONS} CONTINUATION frames");
        Some(Anomaly { code: "http2_flood_continuations", detail: detail.into() })
    }

    /// DATA frames that the sender's WINDOW_UPDATE frames may answer.
    fn answered(&mut self, kind: Kind, from: Sender) -> u32 {
        let other = if from == Sender::Client { Sender::Server } else { Sender::Client };
        if kind == Kind::WindowUpdate { self.side(other).data.count } else { 0 }
    }

    fn side(&mut self, from: Sender) -> &mut Side {
        let [client, server] = &mut self.sides;
        if from == Sender::Client { client } else { server }
    }
}

/// Whether a field block is much longer decoded than on the wire.
pub(crate) fn header_bomb(wire_bytes: u32, decoded_bytes: u32) -> Option<Anomaly> {
    if decoded_bytes < HEADER_BOMB_MIN_BYTES || decoded_bytes / HEADER_BOMB_FACTOR < wire_bytes {
        return None;
    }
    let detail = format!("a field block of {wire_bytes} octets is {decoded_bytes} octets decoded");
    Some(Anomaly { code: "http2_flood_header_bomb", detail: detail.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Sender::{Client, Server};

    /// How often a flood is said where so many frames come `gap_ns` apart.
    fn said(kind: Kind, count: u32, gap_ns: i64) -> usize {
        let mut floods = Floods::default();
        let times = (0..i64::from(count)).map(|n| Timestamp(5_000_000_000 + n * gap_ns));
        times.filter_map(|now| floods.count(kind, Client, now)).count()
    }

    #[test]
    fn more_than_is_usual_in_a_second_is_a_flood() {
        let kinds =
            [Kind::Reset, Kind::Settings, Kind::Ping, Kind::EmptyData, Kind::WindowUpdate, Kind::Priority];
        for kind in kinds {
            let (_, usual, _) = kind.rule();
            assert_eq!(said(kind, usual, 0), 0, "{kind:?}");
            assert_eq!(said(kind, usual + 1, 0), 1, "{kind:?}");
            assert_eq!(said(kind, usual * 10, 0), 1, "{kind:?} is said once a second");
            let pace_ns = FLOOD_WINDOW_NS / i64::from(usual);
            assert_eq!(said(kind, usual * 10, pace_ns + 1), 0, "{kind:?} at a usual pace");
            assert_eq!(said(kind, usual * 20, pace_ns / 2), 10, "{kind:?} for ten seconds");
        }
    }

    #[test]
    fn updates_that_answer_data_are_no_flood() {
        let mut floods = Floods::default();
        let now = Timestamp(0);
        for _ in 0..10_000 {
            floods.data(Server, now);
            for _ in 0..2 {
                assert_eq!(floods.count(Kind::WindowUpdate, Client, now), None);
            }
        }
    }

    #[test]
    fn streams_that_lived_longer_are_no_rapid_reset() {
        let mut floods = Floods::default();
        let mut raised =
            |opened| (0..1000).filter_map(|_| floods.reset(opened, Client, Timestamp(0))).count();
        assert_eq!(raised(Timestamp(-FLOOD_WINDOW_NS)), 0);
        assert_eq!(raised(Timestamp(-1)), 1);
    }

    #[test]
    fn a_block_that_does_not_end_is_said_once() {
        let mut floods = Floods::default();
        floods.block(Client);
        assert_eq!((0..1000).filter_map(|_| floods.continuation(Client)).count(), 1);
        floods.block(Client);
        assert_eq!((0..FLOOD_CONTINUATIONS).filter_map(|_| floods.continuation(Client)).count(), 0);
    }

    #[test]
    fn a_block_is_a_bomb_by_both_its_sizes() {
        assert!(header_bomb(1_000, 64_000).is_none(), "not large");
        assert!(header_bomb(2_000, 100_000).is_none(), "50 times as long");
        assert!(header_bomb(1_000, 100_000).is_some());
    }

    #[test]
    fn a_bomb_has_a_least_size_and_a_least_factor() {
        let wire = HEADER_BOMB_MIN_BYTES / HEADER_BOMB_FACTOR;
        assert!(header_bomb(wire, HEADER_BOMB_MIN_BYTES).is_some());
        assert!(header_bomb(wire, HEADER_BOMB_MIN_BYTES - 1).is_none());
        assert!(header_bomb(wire + 1, HEADER_BOMB_MIN_BYTES).is_none());
    }

    #[test]
    fn so_many_updates_answer_a_frame_of_data() {
        let said = |updates: u32| {
            let (mut floods, now) = (Floods::default(), Timestamp(0));
            (0..FLOOD_WINDOW_UPDATES).for_each(|_| floods.data(Server, now));
            (0..updates).filter_map(|_| floods.count(Kind::WindowUpdate, Client, now)).count()
        };
        let most = FLOOD_UPDATES_PER_DATA * FLOOD_WINDOW_UPDATES;
        assert_eq!([said(most), said(most + 1)], [0, 1]);
    }
}
