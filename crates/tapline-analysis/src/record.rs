//! A connection as events tell it.

use smallvec::SmallVec;
use tapline_decode::Protocol;
use tapline_packet::{Endpoint, Vlans};
use tapline_reassembly::{
    Captured, Completeness, ConnState, Connection, Direction, Flag, Handshake, HandshakeKind, History, Left,
    Orientation, Origin, Series, State, Teardown, Unreachable,
};

use crate::Sender;
use crate::limits::PROTOCOLS_MAX;
use crate::story::Story;

/// Protocols from the outside in.
pub type Protocols = SmallVec<[Protocol; PROTOCOLS_MAX]>;

/// How it is known which side is the client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClientProof {
    /// It sent the SYN.
    Syn,
    /// It sent a `ClientHello`, a request or a preface.
    Protocol,
    /// It has the higher port; nothing proves it.
    Port,
}

impl ClientProof {
    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Syn => "syn",
            Self::Protocol => "protocol",
            Self::Port => "port",
        }
    }
}

/// One side of a connection.
#[derive(Clone, Debug)]
pub struct SideRecord {
    /// Address and port.
    pub endpoint: Endpoint,
    /// Segments it sent.
    pub packets: u64,
    /// Octets of payload it sent, repeats counted.
    pub payload_bytes: u64,
    /// Octets of its stream that were never seen.
    pub missing_bytes: u64,
    /// Its state in RFC 9293's words, as far as an observer can know it; `unseen` where it sent nothing.
    pub tcp_state: &'static str,
    /// Segments larger than the other side's MSS: captured before the network card cut them or after it put
    /// them together.
    pub offloaded_segments: u32,
    /// Keep-alives since the other side was last heard.
    pub unanswered_keep_alives: u8,
    /// How much it had in flight, over time; `None` where it sent too little to tell.
    pub series: Option<Box<Series>>,
}

/// A connection.
#[derive(Clone, Debug)]
pub struct ConnectionRecord {
    /// 0, 1, … in order of the first packet.
    pub id: u64,
    /// Who opened it.
    pub client: SideRecord,
    /// Who answered.
    pub server: SideRecord,
    /// The direction in which the client sends, for `teardown`.
    pub client_direction: Direction,
    /// How the client is known.
    pub orientation: ClientProof,
    /// VLAN tags.
    pub vlans: Vlans,
    /// First packet.
    pub first: Origin,
    /// Newest packet.
    pub last: Origin,
    /// Where it is in its life.
    pub state: State,
    /// How much of its life was captured.
    pub completeness: Completeness,
    /// Zeek's `conn_state`.
    pub conn_state: ConnState,
    /// Zeek's `history`.
    pub history: History,
    /// How often each TCP verdict was given; those that never were are left out.
    pub verdicts: Vec<(Flag, u32)>,
    /// How it was opened, or was not.
    pub handshake_kind: HandshakeKind,
    /// The handshake's steps.
    pub handshake: Handshake,
    /// The end's steps.
    pub teardown: Teardown,
    /// The only side that the capture shows, although it acknowledges what the other one sends.
    pub only: Option<Sender>,
    /// An ICMP error about it.
    pub unreachable: Option<Box<Unreachable>>,
    /// The connection that this one is a second view of.
    pub copy_of: Option<u64>,
    /// The packet after the first octets that were acknowledged and not captured.
    pub gap: Option<Box<Origin>>,
    /// Segments that are the same IP packet as an earlier one.
    pub same_packets: u32,
    /// Segments that tshark's rules take for retransmissions and that were sent once.
    pub not_resent: u32,
    /// Segments whose checksum is wrong.
    pub bad_checksums: u32,
    /// Why it left the table; `None` while it is there.
    pub left: Option<Left>,
    /// Whether an earlier connection had the same addresses and ports.
    pub reused_ports: bool,
    /// Protocols from the outside in.
    pub protocols: Protocols,
    /// The name that the client used: SNI, else the Host of a request.
    pub server_name: Option<String>,
    /// Requests seen.
    pub requests: u64,
    /// How often each anomaly was seen.
    pub anomalies: Vec<(&'static str, u32)>,
}

impl ConnectionRecord {
    pub(crate) fn of(connection: &Connection, story: &Story, left: Option<Left>) -> Self {
        let client_direction = story.client().unwrap_or(Direction::Forward);
        let side = |direction: Direction| {
            let side = connection.side(direction);
            SideRecord {
                endpoint: if direction == Direction::Forward { connection.client } else { connection.server },
                packets: side.packets,
                payload_bytes: side.payload_bytes,
                missing_bytes: side.stream.missing_bytes(),
                tcp_state: connection.half_state(direction),
                offloaded_segments: side.offloaded_segments,
                unanswered_keep_alives: connection.unanswered_keep_alives(direction),
                series: connection.series(direction).cloned().map(Box::new),
            }
        };
        let sender = |direction| if direction == client_direction { Sender::Client } else { Sender::Server };
        Self {
            id: connection.id,
            client: side(client_direction),
            server: side(client_direction.flip()),
            client_direction,
            orientation: match (connection.orientation, story.client()) {
                (Orientation::Syn, _) => ClientProof::Syn,
                (Orientation::Port, Some(_)) => ClientProof::Protocol,
                (Orientation::Port, None) => ClientProof::Port,
            },
            vlans: connection.vlans,
            first: connection.first,
            last: connection.last,
            state: connection.state(),
            completeness: connection.completeness,
            conn_state: connection.conn_state(),
            history: *connection.history(),
            verdicts: connection.verdicts().collect(),
            handshake_kind: connection.handshake_kind(),
            handshake: connection.handshake.clone(),
            teardown: *connection.teardown(),
            only: match connection.captured() {
                Captured::Both => None,
                Captured::Only(direction) => Some(sender(direction)),
            },
            unreachable: connection.unreachable().copied().map(Box::new),
            copy_of: connection.copy_of(),
            gap: connection.gap().map(Box::new),
            same_packets: connection.same_packets(),
            not_resent: connection.not_resent(),
            bad_checksums: connection.bad_checksums(),
            left,
            reused_ports: connection.reused_ports,
            protocols: story.protocols().clone(),
            server_name: story.server_name(),
            requests: story.requests(),
            anomalies: story.anomalies().to_vec(),
        }
    }

    /// The side that sends in that direction.
    pub fn sender(&self, direction: Direction) -> Sender {
        if direction == self.client_direction { Sender::Client } else { Sender::Server }
    }

    /// How often a verdict was given.
    pub fn verdict_count(&self, flag: Flag) -> u32 {
        self.verdicts.iter().find(|(known, _)| *known == flag).map_or(0, |&(_, count)| count)
    }

    /// Segments that were sent again: tshark's retransmissions without those that were sent once.
    pub fn resent(&self) -> u32 {
        self.verdict_count(Flag::Retransmission).saturating_sub(self.not_resent)
    }

    /// Octets of payload of both sides.
    pub fn payload_bytes(&self) -> u64 {
        self.client.payload_bytes + self.server.payload_bytes
    }

    /// Segments of both sides.
    pub fn packets(&self) -> u64 {
        self.client.packets + self.server.packets
    }

    /// From its first packet to its newest, nanoseconds; 0 where the clock went backwards meanwhile.
    pub fn duration_ns(&self) -> i64 {
        self.last.at.since(self.first.at).max(0)
    }
}
