//! Why an exchange stood still.

mod cause;
mod pulse;

use tapline_reassembly::Origin;

use crate::Span;
use crate::limits::STALLS_MAX;

pub(crate) use cause::{Question, Trips, attribute};
pub(crate) use pulse::{Evidence, Idle, Pulse};

/// Why nothing came for a while. What TCP and HTTP/2 show is known; that a peer had nothing to send is what is left.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Cause {
    /// The way to the other side and back.
    NetworkRoundTrip,
    /// Octets were lost and had to be sent again, after a timeout or three duplicate ACKs (RFC 5681 §3, RFC 6298).
    Loss,
    /// The receiver announced that it has no room (RFC 9293 §3.8.6).
    ZeroWindow,
    /// The receiver's window was filled and is smaller than what a round trip carries.
    ReceiveWindow,
    /// The sender had as much in flight as its congestion window allows, and waited for ACKs (RFC 5681 §3.1).
    /// Inferred: octets were in flight, and it went on as soon as they were acknowledged.
    CongestionWindow,
    /// A small segment had to wait until the one before it was acknowledged (RFC 896), and the receiver delayed that
    /// ACK (RFC 9293 §3.8.6.3). Inferred, as above.
    DelayedAck,
    /// The HTTP/2 window of the connection was used up (RFC 9113 §5.2).
    Http2ConnectionWindow,
    /// The HTTP/2 window of the stream was used up.
    Http2StreamWindow,
    /// Something else of the same connection was ahead of it.
    HeadOfLine,
    /// The server had nothing to send.
    Server,
    /// The client had nothing to send.
    Client,
    /// The client did not take from its full receive buffer what had arrived.
    ClientNotReading,
    /// The server did not.
    ServerNotReading,
    /// The capture does not tell: octets of it are missing.
    Unknown,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 14] = [
        Self::NetworkRoundTrip,
        Self::Loss,
        Self::ZeroWindow,
        Self::ReceiveWindow,
        Self::CongestionWindow,
        Self::DelayedAck,
        Self::Http2ConnectionWindow,
        Self::Http2StreamWindow,
        Self::HeadOfLine,
        Self::Server,
        Self::Client,
        Self::ClientNotReading,
        Self::ServerNotReading,
        Self::Unknown,
    ];

    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::NetworkRoundTrip => "network_round_trip",
            Self::Loss => "loss",
            Self::ZeroWindow => "zero_window",
            Self::ReceiveWindow => "receive_window",
            Self::CongestionWindow => "congestion_window",
            Self::DelayedAck => "delayed_ack",
            Self::Http2ConnectionWindow => "http2_connection_window",
            Self::Http2StreamWindow => "http2_stream_window",
            Self::HeadOfLine => "head_of_line",
            Self::Server => "server",
            Self::Client => "client",
            Self::ClientNotReading => "client_not_reading",
            Self::ServerNotReading => "server_not_reading",
            Self::Unknown => "unknown",
        }
    }

    /// What a person is told, in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::NetworkRoundTrip => "round trip",
            Self::Loss => "loss",
            Self::ZeroWindow => "zero window",
            Self::ReceiveWindow => "receive window",
            Self::CongestionWindow => "congestion",
            Self::DelayedAck => "delayed ACK",
            Self::Http2ConnectionWindow => "connection window",
            Self::Http2StreamWindow => "stream window",
            Self::HeadOfLine => "head of line",
            Self::Server => "server",
            Self::Client => "client",
            Self::ClientNotReading => "client not reading",
            Self::ServerNotReading => "server not reading",
            Self::Unknown => "not known",
        }
    }
}

/// A stretch of an exchange in which nothing of it came: at least [`crate::limits::STALL_MIN_NS`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stall {
    /// Why.
    pub cause: Cause,
    /// The packets before and after it.
    pub span: Span,
    /// What proves the cause, beside those: the packet that was sent again, that shut a window, that opened it.
    pub proof: [Option<Origin>; 2],
}

impl Stall {
    /// How long it is, nanoseconds.
    pub fn ns(&self) -> i64 {
        self.span.ns()
    }

    /// Whether a loss shows by nothing but gaps in IP identifications: it was lost before the capture point.
    pub fn is_inferred_loss(&self) -> bool {
        self.cause == Cause::Loss && self.proof == [None; 2]
    }

    /// The packets that prove it, in order, each once.
    pub fn packets(&self) -> Vec<u64> {
        let proof = self.proof.iter().flatten().map(|origin| origin.packet);
        let mut packets: Vec<u64> =
            [self.span.from.packet, self.span.until.packet].into_iter().chain(proof).collect();
        packets.sort_unstable();
        packets.dedup();
        packets
    }
}

/// The stalls of an exchange: the longest, in order, and what all came to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Stalls {
    list: Vec<Stall>,
    left_out: u32,
    left_out_ns: i64,
}

impl Stalls {
    /// The stalls in the order of the capture, the [`STALLS_MAX`] longest where there were more.
    pub fn list(&self) -> &[Stall] {
        &self.list
    }

    /// How many more there were, and what they came to, nanoseconds.
    pub fn left_out(&self) -> (u32, i64) {
        (self.left_out, self.left_out_ns)
    }

    /// What those of a cause came to, nanoseconds.
    pub fn ns(&self, cause: Cause) -> i64 {
        let of_it = self.list.iter().filter(|stall| stall.cause == cause);
        of_it.map(Stall::ns).fold(0, i64::saturating_add)
    }

    /// The cause that cost most, and how much, nanoseconds.
    pub fn worst(&self) -> Option<(Cause, i64)> {
        let causes = Cause::ALL.into_iter().map(|cause| (cause, self.ns(cause)));
        causes.filter(|(_, ns)| *ns > 0).max_by_key(|(cause, ns)| (*ns, std::cmp::Reverse(*cause)))
    }

    pub(crate) fn push(&mut self, stall: Stall) {
        self.list.push(stall);
        if self.list.len() <= STALLS_MAX {
            return;
        }
        let shortest = self.list.iter().enumerate().min_by_key(|(_, stall)| stall.ns());
        if let Some((nth, _)) = shortest {
            let shortest = self.list.remove(nth);
            self.left_out = self.left_out.saturating_add(1);
            self.left_out_ns = self.left_out_ns.saturating_add(shortest.ns());
        }
    }
}

/// A stretch of time between two packets, if it is long enough to be one in which something stood still.
pub(crate) fn stretch(from: Origin, until: Origin) -> Option<Span> {
    let span = Span { from, until };
    (span.ns() >= crate::limits::STALL_MIN_NS).then_some(span)
}

#[cfg(test)]
mod tests {
    use tapline_packet::Timestamp;

    use super::*;

    #[test]
    fn the_longest_stalls_are_kept_and_none_is_lost_from_the_sum() {
        let origin = |at: i64| Origin { packet: at.unsigned_abs(), at: Timestamp(at) };
        let mut stalls = Stalls::default();
        for n in 0..200_i64 {
            let from = n * 1_000;
            let span = Span { from: origin(from), until: origin(from + 1 + n) };
            stalls.push(Stall { cause: Cause::Server, span, proof: [None; 2] });
        }
        assert_eq!(stalls.list().len(), STALLS_MAX);
        assert!(stalls.list().is_sorted_by_key(|stall| stall.span.from.at));
        let (count, ns) = stalls.left_out();
        assert_eq!(count as usize, 200 - STALLS_MAX);
        assert_eq!(stalls.ns(Cause::Server) + ns, (1..=200).sum::<i64>());
        assert_eq!(stalls.list()[0].ns(), 200 - i64::try_from(STALLS_MAX).unwrap() + 1);
        assert_eq!(stalls.worst().map(|(cause, _)| cause), Some(Cause::Server));
    }
}
