//! Packets in; events out: connections, TLS sessions, HTTP messages, exchanges, anomalies.
//!
//! [`Analyzer`] owns the order of the stages: it dissects a packet, tracks its segment, feeds the octets to
//! the connection's decoders and puts together what they say. It does no I/O, reads no clock and knows no
//! terminal; the same packets give the same events, always.
//!
//! Its parts may be used without it, on several threads: [`Intake`] reads packets, each [`Shard`] follows its part
//! of the connections, [`Merger`] puts what they tell in order. The events are the same.
#![warn(clippy::indexing_slicing)]

mod analyzer;
mod body;
pub mod certificate;
mod changed;
mod comparison;
mod event;
mod exchange;
mod finding;
mod grpc;
mod heads;
mod http1;
mod http2;
pub mod human;
mod inferred;
mod intake;
mod introduction;
pub mod limits;
mod lookup;
mod merger;
mod oddity;
mod options;
mod record;
mod shard;
mod stage;
mod stall;
mod story;
mod talk;
pub mod tcp_words;
#[cfg(test)]
mod testing;
mod text;
mod tls;
mod totals;
mod traffic;
mod trail;
mod websocket;
mod wire;

pub use analyzer::Analyzer;
pub use comparison::{Compared, Comparison, Usage};
pub use event::{
    AnomalyRecord, Event, Http1Message, Http2Frame, MessageKind, TcpSample, TcpVerdict, TlsMessage,
    TlsSession, WebSocketFrame,
};
pub use exchange::{Exchange, HeadFacts, MessagePart, Setup, Span, Timings};
pub use finding::{CATALOGUE, Finding, Kind, Severity, look_at as look_for_findings};
pub use grpc::{Grpc, GrpcMessages};
pub use http2::{
    Closed as Http2Closed, FrameEffect, GoAwaySeen, HeaderTotals, Http2Connection, Http2LeftOut, Http2Side,
    Levels as WindowLevels, OutOfOrder, PingTimes, PriorityFollowed, PriorityScheme, PushCounts,
    SettingValues, SettingsSent, StandstillTotals, StreamPriority, StreamState, Urgency, Which,
};
pub use intake::{Intake, Task, Work};
pub use introduction::Introduction;
pub use lookup::{DnsSaid, Lookup};
pub use merger::{Merger, Told};
pub use options::{Interests, Options};
pub use record::{ClientProof, ConnectionRecord, Protocols, SideRecord};
pub use shard::Shard;
pub use stall::{Cause, Stall, Stalls};
pub use tapline_decode as decode;
pub use tapline_decode::Protocol;
pub use tapline_packet::field::{is_unsafe, path_to};
pub use tapline_packet::{Endpoint, Field, Flags, LinkType, Packet, Timestamp, Vlans, packet_fields};
pub use tapline_reassembly::{
    Completeness, ConnState, DatagramCounts, Direction, FastOpen, Fin, Flag, Gap, Handshake, HandshakeKind,
    History, Left, Origin, Own, Point, Reset, ResetPhase, Retry, RoundTrips, Sample, Seen, Series, State,
    Step, SynOptions, Teardown, TeardownKind, Unreachable, Verdict, Verdicts,
};
pub use text::{printable, shown, text};
pub use tls::{
    ClientCertificate, Decrypted, EarlyData, Flight, FlightStep, HelloRetry, PskMode, Renegotiation,
    StepKind, TlsKind, TlsOutcome, Wait,
};
pub use totals::Totals;
pub use traffic::{Load, Traffic};
pub use wire::{Carried, Course, MessageSeen, SegmentSeen};

/// Who sent something.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Sender {
    /// Who opened the connection.
    Client,
    /// Who answered.
    Server,
}

impl Sender {
    /// 0 for the client, 1 for the server: for arrays of two.
    pub(crate) fn index(self) -> usize {
        match self {
            Self::Client => 0,
            Self::Server => 1,
        }
    }

    /// The name as it is written in reports and exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}
