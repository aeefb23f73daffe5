//! Each half of a connection as an observer sees it: a state machine after RFC 9293 §3.3.2.

/// What is known of one side.
///
/// An observer does not see what a side knows, only what it sends and what the other side says of it. Each
/// state is named by that evidence; [`HalfState::name`] gives the name that RFC 9293 has for a side with such
/// evidence.
///
/// ```text
///                 it sends SYN               it sends ACK: it has had a SYN-ACK
///   Silent ─────────────────────> SynSent ───────────────────────────────┐
///     │                              │ it sends SYN-ACK (both opened)    │
///     │  it sends SYN-ACK            v      the peer acknowledges        v
///     ├────────────────────────> SynReceived ────────────────────> Established
///     │  it sends anything else: the capture began later                 │
///     ├──────────────────────────────────────────────────────────────────┤
///     │                                                                  │ it sends FIN
///     │                         the peer acknowledges the FIN            v
///     │                     FinAcked <──────────────────────────────── FinSent
///     └── it sends RST, from every state but FinAcked ──> Reset
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum HalfState {
    /// It has sent nothing.
    #[default]
    Silent,
    /// A SYN.
    SynSent,
    /// A SYN-ACK that the peer has not acknowledged.
    SynReceived,
    /// Its SYN was answered, or it was met in the middle of its life.
    Established,
    /// A FIN that the peer has not acknowledged.
    FinSent,
    /// Its FIN is acknowledged.
    FinAcked,
    /// A RST.
    Reset,
}

/// Something that an observer sees of a side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Evidence {
    /// It sends a SYN without ACK.
    Syn,
    /// It sends SYN and ACK.
    SynAck,
    /// It sends a segment without SYN, FIN and RST.
    Segment,
    /// It sends FIN.
    Fin,
    /// It sends RST.
    Rst,
    /// The peer answers its SYN with SYN and ACK.
    PeerSynAck,
    /// The peer acknowledges its SYN.
    SynAcknowledged,
    /// The peer acknowledges its FIN.
    FinAcknowledged,
    /// What follows proves that its RST was not its own.
    ResetDisproved,
}

impl HalfState {
    /// The state after a piece of evidence.
    #[must_use]
    pub(crate) fn after(self, evidence: Evidence) -> Self {
        match (self, evidence) {
            (Self::FinAcked | Self::Reset, Evidence::Rst) | (Self::Silent, Evidence::PeerSynAck) => self,
            (_, Evidence::Rst) => Self::Reset,
            (Self::Silent, Evidence::Syn) => Self::SynSent,
            (Self::Silent | Self::SynSent, Evidence::SynAck) => Self::SynReceived,
            (Self::Silent | Self::SynSent, Evidence::Segment)
            | (Self::SynReceived, Evidence::PeerSynAck | Evidence::SynAcknowledged)
            | (Self::Reset, Evidence::ResetDisproved) => Self::Established,
            (Self::Silent | Self::SynSent | Self::SynReceived | Self::Established, Evidence::Fin) => {
                Self::FinSent
            }
            (Self::FinSent, Evidence::FinAcknowledged) => Self::FinAcked,
            _ => self,
        }
    }

    /// Whether it has sent its last octet by a FIN.
    pub fn has_closed(self) -> bool {
        matches!(self, Self::FinSent | Self::FinAcked)
    }

    /// RFC 9293's name (§3.3.2) for a side in this state whose peer is in that one. `closed_first`: whether its
    /// FIN came before the peer's. A side that was never heard of is `unseen`.
    pub fn name(self, peer: Self, closed_first: bool) -> &'static str {
        match (self, peer, closed_first) {
            (Self::Silent, ..) => "unseen",
            (Self::Reset, ..) | (_, Self::Reset, _) | (Self::FinAcked, Self::FinAcked, false) => "CLOSED",
            (Self::SynSent, ..) => "SYN-SENT",
            (Self::SynReceived, ..) => "SYN-RECEIVED",
            (Self::Established, Self::FinSent | Self::FinAcked, _) => "CLOSE-WAIT",
            (Self::Established, ..) => "ESTABLISHED",
            (Self::FinAcked, Self::FinAcked, true) => "TIME-WAIT",
            (Self::FinAcked, ..) => "FIN-WAIT-2",
            (Self::FinSent, Self::FinAcked | Self::FinSent, false) => "LAST-ACK",
            (Self::FinSent, Self::FinAcked, true) => "CLOSING",
            (Self::FinSent, ..) => "FIN-WAIT-1",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Evidence::{Fin, FinAcknowledged, PeerSynAck, Rst, Segment, Syn, SynAck, SynAcknowledged};
    use HalfState::{Established, FinAcked, FinSent, Reset, Silent, SynReceived, SynSent};

    /// Every state against every piece of evidence that a segment can be, in the order of [`SEEN`].
    const TABLE: [(HalfState, [HalfState; 8]); 7] = [
        (Silent, [SynSent, SynReceived, Established, FinSent, Reset, Silent, Silent, Silent]),
        (SynSent, [SynSent, SynReceived, Established, FinSent, Reset, SynSent, SynSent, SynSent]),
        (
            SynReceived,
            [SynReceived, SynReceived, SynReceived, FinSent, Reset, Established, Established, SynReceived],
        ),
        (
            Established,
            [Established, Established, Established, FinSent, Reset, Established, Established, Established],
        ),
        (FinSent, [FinSent, FinSent, FinSent, FinSent, Reset, FinSent, FinSent, FinAcked]),
        (FinAcked, [FinAcked, FinAcked, FinAcked, FinAcked, FinAcked, FinAcked, FinAcked, FinAcked]),
        (Reset, [Reset, Reset, Reset, Reset, Reset, Reset, Reset, Reset]),
    ];
    const SEEN: [Evidence; 8] =
        [Syn, SynAck, Segment, Fin, Rst, PeerSynAck, SynAcknowledged, FinAcknowledged];

    #[test]
    fn every_transition_is_as_drawn() {
        for (from, row) in TABLE {
            for (evidence, to) in SEEN.into_iter().zip(row) {
                assert_eq!(from.after(evidence), to, "{from:?} after {evidence:?}");
            }
        }
        assert_eq!(Reset.after(Evidence::ResetDisproved), Established);
        assert_eq!(FinSent.after(Evidence::ResetDisproved), FinSent);
    }

    #[test]
    fn names_follow_who_closed_first() {
        assert_eq!(Established.name(Established, false), "ESTABLISHED");
        assert_eq!(
            [FinSent.name(Established, true), Established.name(FinSent, false)],
            ["FIN-WAIT-1", "CLOSE-WAIT"]
        );
        assert_eq!(
            [FinAcked.name(Established, true), Established.name(FinAcked, false)],
            ["FIN-WAIT-2", "CLOSE-WAIT"]
        );
        assert_eq!([FinAcked.name(FinSent, true), FinSent.name(FinAcked, false)], ["FIN-WAIT-2", "LAST-ACK"]);
        assert_eq!([FinAcked.name(FinAcked, true), FinAcked.name(FinAcked, false)], ["TIME-WAIT", "CLOSED"]);
        assert_eq!(FinSent.name(FinAcked, true), "CLOSING");
        assert_eq!(SynReceived.name(SynSent, false), "SYN-RECEIVED");
        assert_eq!(Silent.name(Reset, false), "unseen");
    }
}
