//! Segments in; connections, their phases and their bytes in order out.
//!
//! [`Datagrams`] puts IP fragments together and [`Inflater`] undoes IP payload compression, so that the segments
//! inside can be read.
//! [`Tracker::segment`] takes one TCP segment at a time and tells a [`Sink`] what it learned: a connection
//! opened, octets that are in order now, octets that will never come, a direction that ended, a segment that
//! is odd and why. It never looks inside a payload and never reads a clock: time is the packet's own. Sequence numbers end in [`seq`]; from
//! there on octets have offsets of 64 bits. In-order octets are handed on without a copy.
#![warn(clippy::indexing_slicing)]

mod completeness;
mod connection;
mod datagrams;
mod direction;
mod flow;
mod handshake;
mod inflate;
pub mod limits;
pub mod seq;
mod stream;
mod teardown;
mod tracker;
mod verdict;
mod zeek;

use tapline_packet::Timestamp;

pub use completeness::Completeness;
pub use connection::{Connection, Orientation, Side, State};
pub use datagrams::{DatagramCounts, Datagrams, Whole};
pub use direction::Direction;
pub use handshake::{Handshake, SynOptions};
pub use inflate::Inflater;
pub use stream::{Gap, Stream};
pub use teardown::{Fin, Reset, Teardown, TeardownKind};
pub use tracker::Tracker;
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

/// Where a tracker tells what it learned. `connection.slot` is small, dense and unique among open connections.
pub trait Sink {
    /// A connection's first packet.
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
    /// No more octets of that direction.
    fn ended(&mut self, connection: &Connection, direction: Direction, end: End);
    /// The connection leaves the table; its slot will be used again.
    fn closed(&mut self, connection: &Connection);
}
