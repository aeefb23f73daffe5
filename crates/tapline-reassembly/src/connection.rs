//! A TCP connection as it is known so far.

use tapline_packet::{Endpoint, Timestamp, Vlans};

use crate::flow::FlowKey;
use crate::verdict::Judge;
use crate::zeek::{ConnState, History, Observer};
use crate::{Completeness, Direction, Flag, Handshake, Origin, Stream, Teardown};

/// How it is known which side is the client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Orientation {
    /// The client sent the SYN, or got the SYN-ACK.
    Syn,
    /// No SYN was seen: the higher port was taken for the client.
    Port,
}

/// Where a connection is in its life (RFC 9293 §3.3.2, as far as an observer can know).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// A SYN, no answer yet.
    Opening,
    /// SYN-ACK seen, the client's ACK not yet.
    HalfOpen,
    /// Data may flow.
    Established,
    /// One FIN was seen, or two that are not both acknowledged.
    Closing,
    /// Both FINs are acknowledged.
    Closed,
    /// A SYN that was answered with RST.
    Refused,
    /// Reset later than that.
    Reset,
}

impl State {
    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::HalfOpen => "half_open",
            Self::Established => "established",
            Self::Closing => "closing",
            Self::Closed => "closed",
            Self::Refused => "refused",
            Self::Reset => "reset",
        }
    }
}

/// What one side sent.
#[derive(Debug, Default)]
pub struct Side {
    /// Segments.
    pub packets: u64,
    /// Octets of payload, repeats counted, as on the wire.
    pub payload_bytes: u64,
    /// The payload put in order.
    pub stream: Stream,
    /// The number before the first octet's, as far as either side's packets tell: tells a new SYN from a
    /// repeated one.
    pub(crate) base: Option<u32>,
}

/// A connection.
#[derive(Debug)]
pub struct Connection {
    /// 0, 1, … in order of the first packet.
    pub id: u64,
    /// Small, dense, used again after the connection left the table.
    pub slot: u32,
    /// The side that sends forward.
    pub client: Endpoint,
    /// The side that sends in reverse.
    pub server: Endpoint,
    /// VLAN tags of its first packet.
    pub vlans: Vlans,
    /// How `client` is known.
    pub orientation: Orientation,
    /// First packet.
    pub first: Origin,
    /// Newest packet.
    pub last: Origin,
    /// The handshake's steps.
    pub handshake: Handshake,
    /// The end's steps.
    pub teardown: Teardown,
    /// How much of its life was captured.
    pub completeness: Completeness,
    /// Whether its addresses and ports were those of an earlier connection.
    pub reused_ports: bool,
    pub(crate) sides: [Side; 2],
    pub(crate) key: FlowKey,
    /// The key of the other direction, where that comes by another VLAN or tunnel.
    pub(crate) other_key: Option<FlowKey>,
    pub(crate) ended: [bool; 2],
    pub(crate) judge: Judge,
    pub(crate) zeek: Observer,
}

impl Connection {
    /// What the sender of that direction sent.
    pub fn side(&self, direction: Direction) -> &Side {
        let [forward, reverse] = &self.sides;
        match direction {
            Direction::Forward => forward,
            Direction::Reverse => reverse,
        }
    }

    pub(crate) fn side_mut(&mut self, direction: Direction) -> &mut Side {
        let [forward, reverse] = &mut self.sides;
        match direction {
            Direction::Forward => forward,
            Direction::Reverse => reverse,
        }
    }

    /// Where it is in its life.
    pub fn state(&self) -> State {
        let answered = self.side(Direction::Reverse).payload_bytes > 0 || self.handshake.syn_ack.is_some();
        if let Some(reset) = self.teardown.reset.filter(|_| !self.teardown.is_complete()) {
            let refused = self.handshake.syn.is_some() && !answered && reset.from == Direction::Reverse;
            return if refused { State::Refused } else { State::Reset };
        }
        if self.teardown.is_complete() {
            return State::Closed;
        }
        if Direction::BOTH.iter().any(|&direction| self.teardown.fin(direction).is_some()) {
            return State::Closing;
        }
        match (self.handshake.syn, self.handshake.syn_ack, self.handshake.ack) {
            (_, Some(_), None) => State::HalfOpen,
            (Some(_), None, None) if !answered => State::Opening,
            _ => State::Established,
        }
    }

    /// How often each flag was raised; those that never were are left out.
    pub fn verdicts(&self) -> impl Iterator<Item = (Flag, u32)> {
        self.judge.counts()
    }

    /// Zeek's `conn_state`.
    pub fn conn_state(&self) -> ConnState {
        let silent = Direction::BOTH.iter().all(|&direction| self.side(direction).payload_bytes == 0);
        self.zeek.conn_state(silent)
    }

    /// Zeek's `history`.
    pub fn history(&self) -> &History {
        self.zeek.history()
    }

    /// From its first packet to its newest, nanoseconds.
    pub fn duration_ns(&self) -> i64 {
        self.last.at.since(self.first.at)
    }

    /// Time of the first packet.
    pub fn start(&self) -> Timestamp {
        self.first.at
    }
}
