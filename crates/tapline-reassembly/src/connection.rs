//! A TCP connection as it is known so far.

mod damaged;
mod ids;
mod reset;
mod samples;
mod seen;
mod take;

use tapline_packet::{Endpoint, Flags, IcmpError, Segment, Timestamp, Tunnel, Vlans};

use crate::flow::FlowKey;
use crate::half::HalfState;
use crate::verdict::Judge;
use crate::zeek::{ConnState, History, Observer};
use crate::{
    Completeness, Direction, Flag, Handshake, HandshakeKind, Origin, ResetPhase, Series, Stream, Teardown,
    Unreachable,
};
pub use seen::Seen;
pub(crate) use take::{Around, end_all, take};

/// How it is known which side is the client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Orientation {
    /// The client sent the SYN, or got the SYN-ACK.
    Syn,
    /// No SYN was seen: the higher port was taken for the client.
    Port,
}

/// Where a connection is in its life, both halves together ([`HalfState`] has each).
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

/// Which sides of a connection the capture shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Captured {
    /// Both, or the other has nothing to say.
    Both,
    /// This direction alone, although it acknowledges what the other sends.
    Only(Direction),
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
    /// Segments larger than the other side's MSS lets them be on the wire: captured before the network card cut
    /// them, or after it put them together (TSO, GRO).
    pub offloaded_segments: u32,
    /// What it did last.
    pub pace: Pace,
    /// The number before the first octet's, as far as either side's packets tell: tells a new SYN from a
    /// repeated one.
    pub(crate) base: Option<u32>,
    state: HalfState,
    ids: ids::Ids,
    /// Hop limit of its newest segment without RST; 0: none was seen.
    hop_limit: u8,
    /// Keep-alives since the other side was heard.
    unanswered_keep_alives: u8,
    /// A checksum of it was right: a wrong one is damage then, and no capture whose addresses were rewritten.
    has_right_checksums: bool,
}

/// What a side's sending came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Pace {
    /// Its newest segment with payload before the one at hand; packet 0 before there is one.
    pub sent: Origin,
    /// The newest ACK for octets that it had in flight; packet 0 before there is one.
    pub acknowledged: Origin,
    /// Packets that it sent right before the segment at hand and that this capture did not see. Inferred from IP
    /// identifications.
    pub unseen_packets: u16,
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
    tunnel: Tunnel,
    /// How `client` is known.
    pub orientation: Orientation,
    /// First packet.
    pub first: Origin,
    /// Newest packet.
    pub last: Origin,
    /// The handshake's steps.
    pub handshake: Handshake,
    /// How much of its life was captured.
    pub completeness: Completeness,
    /// Whether its addresses and ports were those of an earlier connection.
    pub reused_ports: bool,
    ended: [bool; 2],
    sides: [Side; 2],
    teardown: Option<Box<Teardown>>,
    rare: Option<Box<Rare>>,
    /// The key of the other direction, where that comes by another VLAN or tunnel.
    pub(crate) other_key: Option<Box<FlowKey>>,
    judge: Judge,
    zeek: Observer,
}

/// What most connections do not have.
#[derive(Debug, Default)]
struct Rare {
    unreachable: Option<Unreachable>,
    /// The connection whose packets this one's are: captured twice, by another VLAN, tunnel or interface.
    copy_of: Option<u64>,
    /// The packet after the first octets that were not captured.
    gap: Option<Origin>,
    bad_checksums: u32,
    damaged: [Vec<damaged::Aside>; 2],
    series: [Option<Box<Series>>; 2],
}

const NO_TEARDOWN: &Teardown = &Teardown::NONE;

impl Connection {
    /// A connection that begins with this segment, which is still to be taken.
    pub(crate) fn begin(id: u64, slot: u32, segment: &Segment<'_>, here: Origin, reused_ports: bool) -> Self {
        let (source, destination) = (segment.source, segment.destination);
        let (client, server, orientation) = match (segment.has(Flags::SYN), segment.has(Flags::ACK)) {
            (true, false) => (source, destination, Orientation::Syn),
            (true, true) => (destination, source, Orientation::Syn),
            _ if source.port >= destination.port => (source, destination, Orientation::Port),
            _ => (destination, source, Orientation::Port),
        };
        Self {
            id,
            slot,
            client,
            server,
            vlans: segment.vlans,
            tunnel: segment.tunnel,
            orientation,
            first: here,
            last: here,
            handshake: Handshake::default(),
            completeness: Completeness::default(),
            reused_ports,
            ended: [false; 2],
            sides: [Side::default(), Side::default()],
            teardown: None,
            rare: None,
            other_key: None,
            judge: Judge::default(),
            zeek: Observer::default(),
        }
    }

    pub(crate) fn key(&self) -> FlowKey {
        FlowKey::between(self.client, self.server, self.vlans, self.tunnel)
    }

    /// The direction of a segment of this connection.
    pub(crate) fn direction_of(&self, segment: &Segment<'_>) -> Direction {
        self.direction_from(segment.source)
    }

    /// The direction in which an endpoint of this connection sends.
    pub(crate) fn direction_from(&self, source: Endpoint) -> Direction {
        if source == self.client { Direction::Forward } else { Direction::Reverse }
    }

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

    /// The end's steps.
    pub fn teardown(&self) -> &Teardown {
        self.teardown.as_deref().unwrap_or(NO_TEARDOWN)
    }

    /// Checksums of either side were right in segments that are only replayed.
    pub(crate) fn note_right_checksums(&mut self, right: [bool; 2]) {
        for (side, right) in self.sides.iter_mut().zip(right) {
            side.has_right_checksums |= right;
        }
    }

    /// Octets before those of this packet were not captured.
    pub(crate) fn note_gap(&mut self, here: Origin) {
        self.rare.get_or_insert_default().gap.get_or_insert(here);
    }

    /// It is a second view of another connection, by its id.
    pub(crate) fn note_copy_of(&mut self, connection: u64) {
        self.rare.get_or_insert_default().copy_of = Some(connection);
    }

    /// An ICMP error quotes a segment of this connection; `None` where its number is none of the sender's.
    pub(crate) fn note_unreachable(&mut self, error: &IcmpError, here: Origin) -> Option<Unreachable> {
        let side = self.side(self.direction_from(error.source));
        if side.base.is_some_and(|base| !side.stream.has_sent(base, error.sequence)) {
            return None;
        }
        let IcmpError { reporter, reason, mtu, .. } = *error;
        let this = Unreachable { seen: here, last: here, reporter, reason, mtu, count: 1 };
        let known = &mut self.rare.get_or_insert_default().unreachable;
        match known {
            Some(known) => {
                known.count = known.count.saturating_add(1);
                known.last = here;
            }
            None => *known = Some(this),
        }
        Some(this)
    }

    /// It is over and needs no more room than it has to.
    pub(crate) fn shrink(&mut self) {
        self.judge.shrink();
    }

    /// Whether no octets can follow: both directions have ended.
    pub(crate) fn is_over(&self) -> bool {
        self.ended == [true; 2]
    }

    /// Where it is in its life.
    pub fn state(&self) -> State {
        if let Some(reset) = self.teardown().ending_reset() {
            let refused = reset.phase == ResetPhase::Handshake
                && reset.from == Direction::Reverse
                && self.handshake.syn.seen().is_some()
                && self.handshake.syn_ack.seen().is_none();
            return if refused { State::Refused } else { State::Reset };
        }
        if self.teardown().is_complete() {
            return State::Closed;
        }
        let [client, server] = self.sides.each_ref().map(|side| side.state);
        match (client, server) {
            _ if client.has_closed() || server.has_closed() => State::Closing,
            (HalfState::SynReceived, _) | (_, HalfState::SynReceived) => State::HalfOpen,
            (HalfState::SynSent, HalfState::Silent | HalfState::SynSent) => State::Opening,
            _ => State::Established,
        }
    }

    /// RFC 9293's name for the state of the sender of that direction, as far as an observer can know it.
    pub fn half_state(&self, direction: Direction) -> &'static str {
        let closed_first = self.teardown().closed_first() == Some(direction);
        self.side(direction).state.name(self.side(direction.flip()).state, closed_first)
    }

    /// How it was opened, or was not.
    pub fn handshake_kind(&self) -> HandshakeKind {
        let [client, server] = self.sides.each_ref().map(|side| side.packets);
        let resets = u64::from(self.teardown().reset.is_some_and(|reset| reset.from == Direction::Forward));
        let refused = self.state() == State::Refused;
        let spoke = server > 0 || client > 1 + u64::from(self.handshake.syn_retries) + resets;
        self.handshake.kind(refused, spoke && !refused)
    }

    /// Which sides the capture shows.
    pub fn captured(&self) -> Captured {
        for direction in Direction::BOTH {
            let (seen, unseen) = (self.side(direction), self.side(direction.flip()));
            if unseen.packets == 0 && seen.packets > 0 && unseen.base.is_some() {
                return Captured::Only(direction);
            }
        }
        Captured::Both
    }

    /// Keep-alives of a side since the other one was last heard: how a dead peer looks.
    pub fn unanswered_keep_alives(&self, direction: Direction) -> u8 {
        self.side(direction).unanswered_keep_alives
    }

    /// An ICMP error about one of its segments.
    pub fn unreachable(&self) -> Option<&Unreachable> {
        self.rare.as_ref()?.unreachable.as_ref()
    }

    /// The connection that this one is a second view of, by its id: its first packet is the same IP packet.
    pub fn copy_of(&self) -> Option<u64> {
        self.rare.as_ref()?.copy_of
    }

    /// The packet after the first octets that were acknowledged and not captured.
    pub fn gap(&self) -> Option<Origin> {
        self.rare.as_ref()?.gap
    }

    /// Segments whose checksum is wrong and whose sender's card does not explain it.
    pub fn bad_checksums(&self) -> u32 {
        self.rare.as_ref().map_or(0, |rare| rare.bad_checksums)
    }

    /// How much a direction had in flight, over time; `None` where it sent too little to tell.
    pub fn series(&self, direction: Direction) -> Option<&Series> {
        let [forward, reverse] = &self.rare.as_ref()?.series;
        if direction == Direction::Forward { forward.as_deref() } else { reverse.as_deref() }
    }

    /// How often each flag was raised; those that never were are left out.
    pub fn verdicts(&self) -> impl Iterator<Item = (Flag, u32)> {
        self.judge.counts()
    }

    /// Segments that are the same IP packet as an earlier one.
    pub fn same_packets(&self) -> u32 {
        self.judge.same_packets()
    }

    /// Segments that tshark's rules take for retransmissions and that were sent once: captured twice, or after a
    /// segment that misled the count.
    pub fn not_resent(&self) -> u32 {
        self.judge.not_resent()
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

    /// From its first packet to its newest, nanoseconds; 0 where the clock went backwards meanwhile.
    pub fn duration_ns(&self) -> i64 {
        self.last.at.since(self.first.at).max(0)
    }

    /// Time of the first packet.
    pub fn start(&self) -> Timestamp {
        self.first.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A million connections are open at once: each octet here is a megabyte.
    #[test]
    fn a_connection_that_is_idle_is_small() {
        assert!(size_of::<Connection>() <= 888, "{}", size_of::<Connection>());
    }
}
