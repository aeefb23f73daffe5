//! An attempt to connect: a SYN, perhaps its SYN-ACK, and nothing else yet.
//!
//! ```text
//!   SYN ──> Attempt ── SYN-ACK ──> Attempt ── anything else ──> Connection, by replay of both
//! ```
//!
//! A flood of SYNs leaves millions of these, so they are kept in a few octets: what a SYN and a SYN-ACK say,
//! and no more. When anything else comes the connection is made by replay, so there is one way to track it.

use tapline_packet::{Checksum, Endpoint, Flags, IpFacts, Segment, TcpOptions, Timestamp, Tunnel, Vlans};

use crate::Origin;
use crate::flow::FlowKey;

/// A SYN or SYN-ACK without data.
#[derive(Clone, Copy, Debug)]
struct Brief {
    origin: Origin,
    sequence: u32,
    acknowledgment: u32,
    flags: Flags,
    window: u16,
    ip: IpFacts,
    mss: Option<u16>,
    timestamps: Option<(u32, u32)>,
    window_scale: Option<u8>,
    fast_open_cookie: Option<u8>,
    sack_permitted: bool,
    other_options: u8,
    malformed_options: bool,
    /// Its checksum was right, which a replay cannot tell.
    has_right_checksum: bool,
}

impl Brief {
    /// `None` for what does not fit.
    fn of(segment: &Segment<'_>, origin: Origin) -> Option<Self> {
        let (options, checksum) = (&segment.options, segment.checksum());
        let plain = segment.payload_length == 0
            && segment.window > 0
            && !segment.flags.any(Flags::FIN | Flags::RST)
            && options.sack.is_empty()
            && checksum != Checksum::Bad;
        plain.then_some(Self {
            origin,
            sequence: segment.sequence,
            acknowledgment: segment.acknowledgment,
            flags: segment.flags,
            window: segment.window,
            ip: segment.ip,
            mss: options.mss,
            timestamps: options.timestamps,
            window_scale: options.window_scale,
            fast_open_cookie: options.fast_open_cookie,
            sack_permitted: options.sack_permitted,
            other_options: options.others,
            malformed_options: options.malformed,
            has_right_checksum: checksum == Checksum::Valid,
        })
    }

    fn segment(&self, attempt: &Attempt, source: Endpoint, destination: Endpoint) -> Segment<'static> {
        Segment {
            vlans: attempt.vlans,
            tunnel: attempt.tunnel,
            source,
            destination,
            sequence: self.sequence,
            acknowledgment: self.acknowledgment,
            flags: self.flags,
            window: self.window,
            options: TcpOptions {
                mss: self.mss,
                window_scale: self.window_scale,
                sack_permitted: self.sack_permitted,
                timestamps: self.timestamps,
                fast_open_cookie: self.fast_open_cookie,
                others: self.other_options,
                malformed: self.malformed_options,
                ..TcpOptions::default()
            },
            payload_length: 0,
            payload: &[],
            header: &[],
            ip: self.ip,
        }
    }
}

/// A connection of which only the first steps were seen.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) id: u64,
    pub(crate) client: Endpoint,
    pub(crate) server: Endpoint,
    pub(crate) vlans: Vlans,
    pub(crate) tunnel: Tunnel,
    syn: Brief,
    answer: Option<Brief>,
}

impl Attempt {
    /// An attempt that begins with this segment; `None` where it is no plain SYN.
    pub(crate) fn begin(id: u64, segment: &Segment<'_>, here: Origin) -> Option<Self> {
        if !segment.has(Flags::SYN) || segment.has(Flags::ACK) {
            return None;
        }
        Some(Self {
            id,
            client: segment.source,
            server: segment.destination,
            vlans: segment.vlans,
            tunnel: segment.tunnel,
            syn: Brief::of(segment, here)?,
            answer: None,
        })
    }

    /// Takes the plain answer to its SYN; whether the segment was that.
    pub(crate) fn answered(&mut self, segment: &Segment<'_>, here: Origin) -> bool {
        let is_answer = self.answer.is_none()
            && segment.source == self.server
            && segment.has(Flags::SYN | Flags::ACK)
            && segment.acknowledgment == self.syn.sequence.wrapping_add(1)
            && (segment.vlans, segment.tunnel) == (self.vlans, self.tunnel);
        if is_answer {
            self.answer = Brief::of(segment, here);
        }
        is_answer && self.answer.is_some()
    }

    /// The number of its SYN.
    pub(crate) fn sequence(&self) -> u32 {
        self.syn.sequence
    }

    pub(crate) fn key(&self) -> FlowKey {
        FlowKey::between(self.client, self.server, self.vlans, self.tunnel)
    }

    pub(crate) fn last_at(&self) -> Timestamp {
        self.answer.as_ref().unwrap_or(&self.syn).origin.at
    }

    /// Whether this packet is its first.
    pub(crate) fn begins_in(&self, here: Origin) -> bool {
        self.syn.origin.packet == here.packet
    }

    pub(crate) fn is_answered(&self) -> bool {
        self.answer.is_some()
    }

    /// Whether the checksums of its SYN and of the answer were right.
    pub(crate) fn has_right_checksums(&self) -> [bool; 2] {
        let answer = self.answer.as_ref();
        [self.syn.has_right_checksum, answer.is_some_and(|brief| brief.has_right_checksum)]
    }

    /// Its SYN as it came, to be tracked as every other segment.
    pub(crate) fn syn(&self) -> (Segment<'static>, Origin) {
        (self.syn.segment(self, self.client, self.server), self.syn.origin)
    }

    /// The answer as it came.
    pub(crate) fn answer(&self) -> Option<(Segment<'static>, Origin)> {
        let brief = self.answer.as_ref()?;
        Some((brief.segment(self, self.server, self.client), brief.origin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A SYN flood leaves a million of these: with the tables around them, each may take 256 octets.
    #[test]
    fn an_attempt_is_small() {
        assert!(size_of::<Attempt>() <= 184, "{}", size_of::<Attempt>());
    }
}
