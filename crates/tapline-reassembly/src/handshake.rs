//! The three-way handshake as an observer sees it (RFC 9293 §3.5), and every way it fails.

use tapline_packet::{Flags, Segment, TcpOptions, Timestamp};

use crate::limits::RETRIES_MAX;
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

/// How a connection was opened, or was not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum HandshakeKind {
    /// SYN, SYN-ACK, ACK.
    ThreeWay,
    /// Both sides sent a SYN and answered the other's (RFC 9293 §3.5, figure 7).
    Simultaneous,
    /// The server answered the SYN with a SYN of its own instead of a SYN-ACK, and the client answered that:
    /// the roles are turned around, which firewalls and detectors have missed.
    Split,
    /// SYN, SYN-ACK, and no ACK.
    HalfOpen,
    /// A SYN, and no answer.
    Unanswered,
    /// A SYN, and a RST.
    Refused,
    /// A SYN-ACK; its SYN was not captured.
    SynNotCaptured,
    /// A SYN and later segments; the SYN-ACK was not captured.
    AnswerNotCaptured,
    /// No SYN of either side: the capture began later.
    NotCaptured,
}

impl HandshakeKind {
    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::ThreeWay => "three_way",
            Self::Simultaneous => "simultaneous",
            Self::Split => "split",
            Self::HalfOpen => "half_open",
            Self::Unanswered => "unanswered",
            Self::Refused => "refused",
            Self::SynNotCaptured => "syn_not_captured",
            Self::AnswerNotCaptured => "answer_not_captured",
            Self::NotCaptured => "not_captured",
        }
    }
}

/// What came of TCP Fast Open (RFC 7413).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FastOpen {
    /// The client asked for a cookie and got none.
    Asked,
    /// The client asked for a cookie and got one for its next connection.
    Granted,
    /// The SYN-ACK acknowledges the data on the SYN.
    Accepted,
    /// The SYN-ACK acknowledges the SYN alone: the data has to be sent again.
    Ignored,
}

impl FastOpen {
    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Granted => "granted",
            Self::Accepted => "accepted",
            Self::Ignored => "ignored",
        }
    }
}

/// A SYN or SYN-ACK that was sent again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retry {
    /// Where.
    pub seen: Origin,
    /// By whom: a SYN of the side that opens, a SYN-ACK of the one that answers.
    pub from: Direction,
}

/// A step's packet; `None` in as few octets as the packet itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Step(Origin);

impl Step {
    /// Where it was seen.
    pub fn seen(self) -> Option<Origin> {
        // Packets are numbered from 1.
        (self.0.packet != 0).then_some(self.0)
    }

    fn is_seen(self) -> bool {
        self.0.packet != 0
    }
}

impl From<Origin> for Step {
    fn from(origin: Origin) -> Self {
        Self(origin)
    }
}

/// Which steps were seen, each with its packet.
///
/// ```text
///   client            server
///     | --- SYN ------> |   syn, last_syn (the newest of the retries before the answer)
///     | <-- SYN-ACK --- |   syn_ack, last_syn_ack (the newest of the retries before the ACK)
///     | --- ACK ------> |   ack: the first segment with ACK after the SYN-ACK
///
///   simultaneous                     split
///     | --- SYN ---> <--- SYN --- |    | --- SYN ------> |
///     | --- SYN-ACK > < SYN-ACK - |    | <-- SYN ------- |   unusual.peer_syn
///                                      | --- SYN-ACK --> |   unusual.own_syn_ack
///                                      | <-- ACK ------- |
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Handshake {
    /// The first SYN.
    pub syn: Step,
    /// The first SYN-ACK.
    pub syn_ack: Step,
    /// The client's first ACK after the SYN-ACK.
    pub ack: Step,
    /// SYNs after the first with the same sequence number.
    pub syn_retries: u16,
    /// SYN-ACKs after the first with the same sequence number.
    pub syn_ack_retries: u16,
    /// The client's options.
    pub client_options: Option<SynOptions>,
    /// The server's options.
    pub server_options: Option<SynOptions>,
    /// Octets of data on the SYN.
    pub syn_data_bytes: u32,
    /// Whether the SYN-ACK acknowledges that data.
    syn_data_taken: bool,
    /// tshark's `tcp.analysis.initial_rtt`, nanoseconds: newest bare SYN to the first segment with ACK and
    /// without SYN, from either side.
    pub initial_rtt_ns: Option<i64>,
    /// The newest bare SYN; the time 0 is none, as in tshark.
    newest_syn_at: Timestamp,
    unusual: Option<Box<Unusual>>,
}

/// What most handshakes do not have.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Unusual {
    retries: Vec<Retry>,
    /// The newest retry of the SYN before the SYN-ACK.
    last_syn: Step,
    /// The newest retry of the SYN-ACK before the ACK.
    last_syn_ack: Step,
    /// A SYN without ACK of the side that did not open.
    peer_syn: Step,
    /// A SYN-ACK of the side that opened.
    own_syn_ack: Step,
}

impl Handshake {
    /// Learns from a segment; one that is the `same` IP packet as an earlier one is no retry.
    #[inline]
    pub(crate) fn see(&mut self, segment: &Segment<'_>, direction: Direction, here: Origin, same: bool) {
        let is_over = self.ack.is_seen() && self.initial_rtt_ns.is_some();
        if !is_over || segment.has(Flags::SYN) {
            self.learn(segment, direction, here, same);
        }
    }

    fn learn(&mut self, segment: &Segment<'_>, direction: Direction, here: Origin, same: bool) {
        let (syn, ack) = (segment.has(Flags::SYN), segment.has(Flags::ACK));
        match (syn, ack, direction) {
            (true, ..) if same => {}
            (true, false, Direction::Forward) => self.see_syn(segment, here),
            (true, true, Direction::Reverse) => self.see_syn_ack(segment, here),
            (true, false, Direction::Reverse) => {
                let unusual = self.unusual.get_or_insert_default();
                if !unusual.peer_syn.is_seen() {
                    unusual.peer_syn = here.into();
                    self.server_options.get_or_insert(SynOptions::from(&segment.options));
                }
            }
            (true, true, Direction::Forward) => {
                let unusual = self.unusual.get_or_insert_default();
                if !unusual.own_syn_ack.is_seen() {
                    unusual.own_syn_ack = here.into();
                }
            }
            (false, true, Direction::Forward)
                if !self.ack.is_seen() && self.syn_ack.is_seen() && !segment.has(Flags::RST) =>
            {
                self.ack = here.into();
            }
            _ => {}
        }
        if syn && !ack {
            self.newest_syn_at = here.at;
        }
        if ack && !syn && self.initial_rtt_ns.is_none() && self.newest_syn_at != Timestamp::default() {
            // A difference of zero leaves it unset, as in tshark.
            self.initial_rtt_ns = Some(here.at.since(self.newest_syn_at)).filter(|&ns| ns != 0);
        }
    }

    fn see_syn(&mut self, segment: &Segment<'_>, here: Origin) {
        if self.syn.is_seen() {
            self.syn_retries = self.syn_retries.saturating_add(1);
            let is_answered = self.syn_ack.is_seen();
            let unusual = self.note_retry(Retry { seen: here, from: Direction::Forward });
            if !is_answered {
                unusual.last_syn = here.into();
            }
        } else {
            self.syn = here.into();
            self.client_options = Some(SynOptions::from(&segment.options));
            self.syn_data_bytes = segment.payload_length;
        }
    }

    fn see_syn_ack(&mut self, segment: &Segment<'_>, here: Origin) {
        let is_answered = self.ack.is_seen();
        if self.syn_ack.is_seen() {
            self.syn_ack_retries = self.syn_ack_retries.saturating_add(1);
            let unusual = self.note_retry(Retry { seen: here, from: Direction::Reverse });
            if !is_answered {
                unusual.last_syn_ack = here.into();
            }
        } else {
            self.syn_ack = here.into();
        }
        if !is_answered {
            self.server_options = Some(SynOptions::from(&segment.options));
        }
    }

    fn note_retry(&mut self, retry: Retry) -> &mut Unusual {
        let unusual = self.unusual.get_or_insert_default();
        if unusual.retries.len() < RETRIES_MAX {
            unusual.retries.push(retry);
        }
        unusual
    }

    /// The SYN that the SYN-ACK answers, as far as one can know: the newest before it.
    pub fn last_syn(&self) -> Step {
        let retry = self.unusual.as_ref().map(|unusual| unusual.last_syn).filter(|retry| retry.is_seen());
        retry.unwrap_or(match (self.syn.seen(), self.syn_ack.seen()) {
            (Some(syn), Some(answer)) if answer.packet < syn.packet => Step::default(),
            _ => self.syn,
        })
    }

    /// The SYN-ACK that the ACK answers, as far as one can know: the newest before it.
    pub fn last_syn_ack(&self) -> Step {
        let retry = self.unusual.as_ref().map(|unusual| unusual.last_syn_ack);
        retry.filter(|retry| retry.is_seen()).unwrap_or(self.syn_ack)
    }

    /// The SYN-ACK acknowledges all of the data on the SYN.
    pub(crate) fn see_syn_data_taken(&mut self) {
        self.syn_data_taken = true;
    }

    /// SYNs and SYN-ACKs that were sent again, the first [`RETRIES_MAX`] of them.
    pub fn retries(&self) -> &[Retry] {
        self.unusual.as_ref().map_or(&[], |unusual| &unusual.retries)
    }

    /// Which kind it was; `refused` says that the first answer was a RST, `spoke` whether any side sent
    /// anything behind the handshake.
    pub(crate) fn kind(&self, refused: bool, spoke: bool) -> HandshakeKind {
        let unusual = self.unusual.as_deref();
        let peer_syn = unusual.is_some_and(|unusual| unusual.peer_syn.is_seen());
        let own_syn_ack = unusual.is_some_and(|unusual| unusual.own_syn_ack.is_seen());
        match (self.syn.is_seen(), self.syn_ack.is_seen()) {
            (true, answered) if peer_syn && (own_syn_ack || answered) => {
                if answered {
                    HandshakeKind::Simultaneous
                } else {
                    HandshakeKind::Split
                }
            }
            (true, false) if refused => HandshakeKind::Refused,
            (true, false) if spoke => HandshakeKind::AnswerNotCaptured,
            (true, false) => HandshakeKind::Unanswered,
            (true, true) if self.ack.is_seen() => HandshakeKind::ThreeWay,
            (true, true) => HandshakeKind::HalfOpen,
            (false, true) => HandshakeKind::SynNotCaptured,
            (false, false) => HandshakeKind::NotCaptured,
        }
    }

    /// What came of Fast Open; `None` where the client did not speak of it.
    pub fn fast_open(&self) -> Option<FastOpen> {
        let cookie = self.client_options?.fast_open_cookie?;
        let granted =
            self.server_options.is_some_and(|options| options.fast_open_cookie.is_some_and(|n| n > 0));
        if self.syn_data_bytes > 0 && self.syn_ack.is_seen() {
            return Some(if self.syn_data_taken { FastOpen::Accepted } else { FastOpen::Ignored });
        }
        (cookie == 0 || granted).then_some(if granted { FastOpen::Granted } else { FastOpen::Asked })
    }

    /// Options that the client offered and the server did not take up, by tshark's names. A server that
    /// answers with SYN cookies loses them (RFC 4987 §3.6); one that does not know them looks the same.
    pub fn options_not_taken(&self) -> Vec<&'static str> {
        let (Some(client), Some(server)) = (self.client_options, self.server_options) else {
            return Vec::new();
        };
        let offers = [
            ("wscale", client.window_scale.is_some(), server.window_scale.is_some()),
            ("sack_perm", client.sack_permitted, server.sack_permitted),
            ("timestamp", client.timestamps, server.timestamps),
        ];
        offers.into_iter().filter(|&(_, offered, taken)| offered && !taken).map(|(name, ..)| name).collect()
    }

    /// SYN to SYN-ACK, nanoseconds: the way to the server and back, and its accept.
    pub fn server_rtt_ns(&self) -> Option<i64> {
        self.syn_ack.seen()?.at.after(self.last_syn().seen()?.at)
    }

    /// SYN-ACK to ACK, nanoseconds: the way to the client and back.
    pub fn client_rtt_ns(&self) -> Option<i64> {
        self.ack.seen()?.at.after(self.last_syn_ack().seen()?.at)
    }

    /// First SYN to ACK, nanoseconds: what the client waited for, retries included.
    pub fn total_ns(&self) -> Option<i64> {
        self.ack.seen()?.at.after(self.syn.seen()?.at)
    }
}
