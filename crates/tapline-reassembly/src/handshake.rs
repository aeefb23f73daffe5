//! The three-way handshake as an observer sees it (RFC 9293 §3.5).

use tapline_packet::{Flags, Segment, TcpOptions};

use crate::{Direction, Origin};

/// The options of a SYN or SYN-ACK.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SynOptions {
    /// Maximum segment size, octets.
    pub mss: Option<u16>,
    /// Window scale shift as sent.
    pub window_scale: Option<u8>,
    /// SACK permitted.
    pub sack_permitted: bool,
    /// Timestamps are used.
    pub timestamps: bool,
    /// Fast Open: octets of the cookie, 0 for a request.
    pub fast_open_cookie: Option<u8>,
}

impl From<&TcpOptions> for SynOptions {
    fn from(options: &TcpOptions) -> Self {
        Self {
            mss: options.mss,
            window_scale: options.window_scale,
            sack_permitted: options.sack_permitted,
            timestamps: options.timestamps.is_some(),
            fast_open_cookie: options.fast_open_cookie,
        }
    }
}

/// Which steps were seen, each with its packet.
///
/// ```text
///   client            server
///     | --- SYN ------> |   syn, last_syn (the newest of the retries)
///     | <-- SYN-ACK --- |   syn_ack
///     | --- ACK ------> |   ack: the first segment with ACK after the SYN-ACK
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Handshake {
    /// The first SYN.
    pub syn: Option<Origin>,
    /// The SYN that the SYN-ACK answers, as far as one can know: the newest before it.
    pub last_syn: Option<Origin>,
    /// The newest SYN-ACK before the ACK.
    pub syn_ack: Option<Origin>,
    /// The client's first ACK after the SYN-ACK.
    pub ack: Option<Origin>,
    /// SYNs after the first with the same sequence number.
    pub syn_retries: u16,
    /// The client's options.
    pub client_options: Option<SynOptions>,
    /// The server's options.
    pub server_options: Option<SynOptions>,
    /// tshark's `tcp.analysis.initial_rtt`, nanoseconds: newest bare SYN to the first segment with ACK and
    /// without SYN, from either side.
    pub initial_rtt_ns: Option<i64>,
    newest_syn: Option<Origin>,
}

impl Handshake {
    pub(crate) fn see(&mut self, segment: &Segment<'_>, direction: Direction, here: Origin) {
        let (syn, ack) = (segment.has(Flags::SYN), segment.has(Flags::ACK));
        match (syn, ack, direction) {
            (true, false, Direction::Forward) => self.see_syn(segment, here),
            (true, true, Direction::Reverse) if self.ack.is_none() => {
                self.syn_ack = Some(here);
                self.server_options = Some(SynOptions::from(&segment.options));
            }
            (false, true, Direction::Forward)
                if self.ack.is_none() && self.syn_ack.is_some() && !segment.has(Flags::RST) =>
            {
                self.ack = Some(here);
            }
            _ => {}
        }
        if syn && !ack {
            self.newest_syn = Some(here);
        }
        if ack && !syn && self.initial_rtt_ns.is_none() {
            // A difference of zero leaves it unset, as in tshark.
            self.initial_rtt_ns = self.newest_syn.map(|syn| here.at.since(syn.at)).filter(|&ns| ns != 0);
        }
    }

    fn see_syn(&mut self, segment: &Segment<'_>, here: Origin) {
        if self.syn.is_none() {
            self.syn = Some(here);
            self.client_options = Some(SynOptions::from(&segment.options));
        } else {
            self.syn_retries = self.syn_retries.saturating_add(1);
        }
        if self.syn_ack.is_none() {
            self.last_syn = Some(here);
        }
    }

    /// SYN to SYN-ACK, nanoseconds: the way to the server and back, and its accept.
    pub fn server_rtt_ns(&self) -> Option<i64> {
        Some(self.syn_ack?.at.since(self.last_syn?.at))
    }

    /// SYN-ACK to ACK, nanoseconds: the way to the client and back.
    pub fn client_rtt_ns(&self) -> Option<i64> {
        Some(self.ack?.at.since(self.syn_ack?.at))
    }

    /// First SYN to ACK, nanoseconds: what the client waited for, retries included.
    pub fn total_ns(&self) -> Option<i64> {
        Some(self.ack?.at.since(self.syn?.at))
    }
}
