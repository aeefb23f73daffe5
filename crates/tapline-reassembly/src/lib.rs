//! Segments in; connections, their phases and their bytes in order out.
//!
//! [`Datagrams`] puts IP fragments together and [`Inflater`] undoes IP payload compression, so that the segments
//! inside can be read.
//! [`Tracker::segment`] takes one TCP segment at a time and tells a [`Sink`] what it learned: a connection
//! opened, octets that are in order now, octets that will never come, a direction that ended, a segment that
//! is odd and why. It never looks inside a payload and never reads a clock: time is the packet's own. Sequence numbers end in [`seq`]; from
//! there on octets have offsets of 64 bits. In-order octets are handed on without a copy.
#![warn(clippy::indexing_slicing)]

mod attempt;
mod completeness;
mod connection;
mod datagrams;
mod direction;
mod flow;
mod half;
mod handshake;
mod inflate;
pub mod limits;
mod recent;
mod same;
pub mod seq;
mod series;
mod stream;
mod teardown;
mod tracker;
mod unreachable;
mod verdict;
mod zeek;

use tapline_packet::Timestamp;

pub use completeness::Completeness;
pub use connection::{Captured, Connection, Orientation, Pace, Seen, Side, State};
pub use datagrams::{DatagramCounts, Datagrams, Whole};
pub use direction::Direction;
pub use half::HalfState;
pub use handshake::{FastOpen, Handshake, HandshakeKind, Retry, Step, SynOptions};
pub use inflate::Inflater;
pub use series::{Point, RoundTrips, Sample, Series};
pub use stream::{Conflict, Gap, Stream};
pub use teardown::{Fin, Reset, ResetPhase, Teardown, TeardownKind};
pub use tracker::{Bounds, Shown, Tracker};
pub use unreachable::Unreachable;
pub use verdict::{Duplicate, Facts, Flag, Own, Rto, Verdict, Verdicts};
pub use zeek::{ConnState, History};

/// A packet and its time: where something was seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Origin {
    /// The packet's number in the capture, from 1.
    pub packet: u64,
    /// The packet's time.
    pub at: Timestamp,
}

/// Why a direction's octets end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Its FIN is in order: every octet was seen or is a known gap.
    Fin,
    /// One side reset the connection.
    Reset,
    /// The capture ended, or the connection was given up to make room.
    Unseen,
}

/// Why a connection left the table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Left {
    /// It ended, and no late segment is expected any more.
    Over,
    /// Its addresses and ports were used for a new one.
    PortsReused,
    /// It was silent for too long.
    Idle,
    /// There were too many, and it was silent longest.
    TableFull,
    /// The program used too much memory, and it was silent longest.
    MemoryShort,
    /// The capture ended.
    CaptureEnd,
}

impl Left {
    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Over => "over",
            Self::PortsReused => "ports_reused",
            Self::Idle => "idle",
            Self::TableFull => "table_full",
            Self::MemoryShort => "memory_short",
            Self::CaptureEnd => "capture_end",
        }
    }

    /// Whether it was given up and not over: what comes of it later is taken for another connection.
    pub fn is_eviction(self) -> bool {
        matches!(self, Self::Idle | Self::TableFull | Self::MemoryShort)
    }
}

/// Something odd that is no verdict of tshark's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Oddity {
    /// Octets came again as other ones; the first copy counts. Somebody injects octets, or a host is broken.
    Conflict(Conflict),
    /// Octets of a gap that was given up came after all, and are not handed over.
    Late {
        /// Of the stream.
        offset: u64,
        /// How many.
        length: u64,
    },
    /// The checksum is wrong, and nothing explains it.
    BadChecksum,
    /// A RST that its receiver does not obey, by its sequence number.
    StrayReset,
    /// The side that is said to have sent a RST went on: somebody else sent it.
    ResetDisproved,
    /// An ICMP error about the connection.
    Unreachable(Unreachable),
}

/// Where a tracker tells what it learned. `connection.slot` is small, dense and unique among open connections.
pub trait Sink {
    /// A connection, before anything else is told of it. Of one that is only an attempt nothing is told until
    /// more comes, or it ends.
    fn opened(&mut self, connection: &Connection);
    /// The next octets of a direction; `origin` is the packet that carried them, which is not the current one
    /// where they had to wait for others.
    fn octets(
        &mut self,
        connection: &Connection,
        direction: Direction,
        offset: u64,
        octets: &[u8],
        origin: Origin,
    );
    /// `length` octets from `offset` on that will not come.
    fn gap(&mut self, connection: &Connection, direction: Direction, offset: u64, length: u64, why: Gap);
    /// A segment is odd; called before its octets are. The packet is `here`.
    fn verdict(&mut self, connection: &Connection, direction: Direction, here: Origin, verdict: &Verdict) {
        let _ = (connection, direction, here, verdict);
    }
    /// Whether [`Self::segment`] is to be called.
    fn wants_segments(&self) -> bool {
        false
    }
    /// A segment, whatever it is; called behind its verdict and before its octets are. The packet is `here`.
    fn segment(&mut self, connection: &Connection, direction: Direction, here: Origin, seen: &Seen) {
        let _ = (connection, direction, here, seen);
    }
    /// Something else is odd about what the sender of that direction sent.
    fn oddity(&mut self, connection: &Connection, direction: Direction, oddity: Oddity) {
        let _ = (connection, direction, oddity);
    }
    /// Whether [`Self::sample`] is to be called.
    fn wants_samples(&self) -> bool {
        false
    }
    /// A moment of what the sender of that direction sends; the packet is `here`.
    fn sample(&mut self, connection: &Connection, direction: Direction, here: Origin, sample: &Sample) {
        let _ = (connection, direction, here, sample);
    }
    /// No more octets of that direction.
    fn ended(&mut self, connection: &Connection, direction: Direction, end: End);
    /// The connection leaves the table; its slot will be used again.
    fn closed(&mut self, connection: &Connection, left: Left);
}
