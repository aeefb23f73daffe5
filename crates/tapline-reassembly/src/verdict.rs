//! What is odd about a segment, and why.
//!
//! A [`Verdict`] carries tshark's names (`tcp.analysis.*` of its 4.0 series) by tshark's rules, the numbers
//! that prove them, and where options prove more than tshark says, tapline's own word beside it. The rules
//! are those of [`judge`]; the sentence is that of [`why`].

mod facts;
pub(crate) mod judge;
mod retransmission;
mod tally;
mod unacked;
mod why;
mod window;

pub use facts::{Duplicate, Facts, Rto};
pub(crate) use judge::{Circumstances, Judge, Judgment};

/// One of tshark's names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Flag {
    /// Octets that were sent before, or lie before those that were.
    Retransmission,
    /// A retransmission that duplicate ACKs asked for.
    FastRetransmission,
    /// A retransmission of octets that were acknowledged already.
    SpuriousRetransmission,
    /// Octets that come late, but too soon to have been sent again.
    OutOfOrder,
    /// An ACK that says again what the one before it said.
    DuplicateAck,
    /// Octets before this segment were not seen.
    LostSegment,
    /// An ACK for octets that were not seen.
    AckLostSegment,
    /// The sender has no room for more.
    ZeroWindow,
    /// One octet sent into a window of zero.
    ZeroWindowProbe,
    /// The answer to that while there is still no room.
    ZeroWindowProbeAck,
    /// A segment that ends where the receiver's window ends.
    WindowFull,
    /// An ACK that changes nothing but the window.
    WindowUpdate,
    /// A segment just before the next octet that asks whether the other side is there.
    KeepAlive,
    /// The answer to that.
    KeepAliveAck,
    /// The addresses and ports of an earlier connection.
    ReusedPorts,
}

impl Flag {
    /// Every flag, in the order in which they are told.
    pub const ALL: [Self; 15] = [
        Self::Retransmission,
        Self::FastRetransmission,
        Self::SpuriousRetransmission,
        Self::OutOfOrder,
        Self::DuplicateAck,
        Self::LostSegment,
        Self::AckLostSegment,
        Self::ZeroWindow,
        Self::ZeroWindowProbe,
        Self::ZeroWindowProbeAck,
        Self::WindowFull,
        Self::WindowUpdate,
        Self::KeepAlive,
        Self::KeepAliveAck,
        Self::ReusedPorts,
    ];

    /// tshark's name without `tcp.analysis.`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Retransmission => "retransmission",
            Self::FastRetransmission => "fast_retransmission",
            Self::SpuriousRetransmission => "spurious_retransmission",
            Self::OutOfOrder => "out_of_order",
            Self::DuplicateAck => "duplicate_ack",
            Self::LostSegment => "lost_segment",
            Self::AckLostSegment => "ack_lost_segment",
            Self::ZeroWindow => "zero_window",
            Self::ZeroWindowProbe => "zero_window_probe",
            Self::ZeroWindowProbeAck => "zero_window_probe_ack",
            Self::WindowFull => "window_full",
            Self::WindowUpdate => "window_update",
            Self::KeepAlive => "keep_alive",
            Self::KeepAliveAck => "keep_alive_ack",
            Self::ReusedPorts => "reused_ports",
        }
    }

    fn bit(self) -> u16 {
        1 << (self as u8)
    }
}

/// A set of flags. A fast or spurious retransmission is also a retransmission, as in tshark.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Verdicts(u16);

impl Verdicts {
    /// Whether the flag is there.
    pub fn has(self, flag: Flag) -> bool {
        self.0 & flag.bit() != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The flags that are there, in the order of [`Flag::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Flag> {
        Flag::ALL.into_iter().filter(move |&flag| self.has(flag))
    }

    fn add(&mut self, flag: Flag) {
        self.0 |= flag.bit();
    }
}

impl std::fmt::Debug for Verdicts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter().map(Flag::name)).finish()
    }
}

/// What options and the whole capture prove beside tshark's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Own {
    /// The receiver says that octets reached it twice (D-SACK, RFC 2883 §4): sending them again was needless.
    SpuriousByDsack {
        /// The first of these octets.
        first: u32,
        /// One past the last.
        end: u32,
        /// The newest retransmission that carried some of them.
        retransmitted_in: Option<u64>,
    },
    /// Its TSval is older than one seen before (RFC 7323 §3): it was sent earlier and overtaken, not lost.
    Reordered,
    /// The octets are sent again and were never seen: the first copy was lost before the capture point.
    LostBeforeCapture,
    /// The first copy passed the capture point: it, or its acknowledgment, was lost, or late, behind it.
    LostAfterCapture,
    /// The octets were acknowledged and never seen: they crossed the network, the capture missed them.
    NotCaptured,
    /// Its octets were never sent before: a segment that is none of this stream's misled the count.
    SentOnce,
    /// It is the same IP packet as an earlier one: captured at two places, or copied on its way. Its sender
    /// sent it once.
    SamePacket {
        /// The earlier one.
        packet: u64,
    },
}

impl Own {
    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::SpuriousByDsack { .. } => "spurious_by_dsack",
            Self::Reordered => "reordered",
            Self::LostBeforeCapture => "lost_before_capture",
            Self::LostAfterCapture => "lost_after_capture",
            Self::NotCaptured => "not_captured",
            Self::SentOnce => "sent_once",
            Self::SamePacket { .. } => "same_packet",
        }
    }
}

/// What is odd about one segment. Its `Display` is the sentence that says why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// tshark's names; may be empty where only `own` is there.
    pub flags: Verdicts,
    /// What else is proven.
    pub own: Option<Own>,
    /// The numbers behind both.
    pub facts: Facts,
}
