//! The end of a connection as an observer sees it (RFC 9293 §3.6, §3.10.7).

use crate::{Direction, Origin};

/// A FIN and the segment that acknowledged it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fin {
    /// The first segment that carried it.
    pub seen: Origin,
    /// The first segment that acknowledged it.
    pub acknowledged: Option<Origin>,
    /// Whether the sender had already acknowledged the other side's FIN.
    pub after_peer: bool,
}

/// When in a connection's life it was reset.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ResetPhase {
    /// Before the handshake was over.
    Handshake,
    /// Established, and neither side had sent data.
    BeforeData,
    /// Octets were on their way: sent and not acknowledged.
    MidTransfer,
    /// Everything that was sent had been acknowledged: an abortive close, as a socket with `SO_LINGER` 0 does
    /// it, or a process that died.
    Idle,
    /// A FIN had been sent.
    AfterFin,
    /// Both sides had closed.
    AfterClose,
}

impl ResetPhase {
    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Handshake => "handshake",
            Self::BeforeData => "before_data",
            Self::MidTransfer => "mid_transfer",
            Self::Idle => "idle",
            Self::AfterFin => "after_fin",
            Self::AfterClose => "after_close",
        }
    }

    /// The same in words for a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Handshake => "during the handshake",
            Self::BeforeData => "before any data",
            Self::MidTransfer => "in mid-transfer",
            Self::Idle => "with nothing in flight",
            Self::AfterFin => "after a FIN",
            Self::AfterClose => "after the close",
        }
    }
}

/// A reset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reset {
    /// The first segment that carried RST and that its receiver had to obey.
    pub seen: Origin,
    /// Who sent it, or is said to have.
    pub from: Direction,
    /// When in the connection's life.
    pub phase: ResetPhase,
    /// The hop limit of the RST and of its sender's segment before, where they differ.
    pub hop_limits: Option<(u8, u8)>,
    /// The first packet in which its sender went on with new octets as if it had not sent it.
    pub went_on: Option<Origin>,
    /// Where its sender went on: the RST with which the receiver, which had obeyed, answered that.
    pub confirmed: Option<Origin>,
    /// Its number lies ahead of everything that its sender was seen to send: obeyed only if octets were missed.
    pub(crate) is_ahead: bool,
}

impl Reset {
    /// A reset of which nothing more is known.
    pub fn new(seen: Origin, from: Direction, phase: ResetPhase) -> Self {
        Self { seen, from, phase, hop_limits: None, went_on: None, confirmed: None, is_ahead: false }
    }

    /// Whether somebody else may have sent it in the sender's name: the sender went on, or the hop limit is not
    /// that of its other segments. Inferred: middleboxes that end connections do both, and a few hosts send
    /// resets with another hop limit.
    pub fn looks_injected(&self) -> bool {
        self.went_on.is_some() || self.hop_limits.is_some()
    }
}

/// How a connection ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TeardownKind {
    /// FIN, ACK, FIN, ACK.
    FourWay,
    /// FIN, FIN with ACK, ACK: the second side had nothing left to send.
    ThreeSegment,
    /// Both sides sent FIN before they saw the other's.
    Simultaneous,
    /// Only one side closed.
    HalfClosed,
    /// A reset ended it, whether a FIN had been sent or not.
    Reset,
    /// Neither FIN nor RST was seen.
    None,
}

impl TeardownKind {
    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::FourWay => "four_way",
            Self::ThreeSegment => "three_segment",
            Self::Simultaneous => "simultaneous",
            Self::HalfClosed => "half_closed",
            Self::Reset => "reset",
            Self::None => "none",
        }
    }
}

/// The FINs and the reset of a connection.
///
/// ```text
///   four-way              three-segment          simultaneous
///   A --- FIN ---> B      A --- FIN ------> B    A --- FIN ---> <--- FIN --- B
///   A <--- ACK --- B      A <--- FIN,ACK -- B    A --- ACK ---> <--- ACK --- B
///   A <--- FIN --- B      A --- ACK ------> B
///   A --- ACK ---> B
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Teardown {
    fins: [Option<Fin>; 2],
    /// The first reset that its receiver had to obey.
    pub reset: Option<Reset>,
    /// Resets whose sequence number lies outside what their receiver expects: it answers them with a challenge
    /// ACK and goes on (RFC 5961 §3.2).
    pub stray_resets: u32,
}

impl Teardown {
    /// Nothing of it seen.
    pub(crate) const NONE: Self = Self { fins: [None; 2], reset: None, stray_resets: 0 };

    /// The FIN of a direction.
    pub fn fin(&self, direction: Direction) -> Option<&Fin> {
        let [forward, reverse] = &self.fins;
        match direction {
            Direction::Forward => forward.as_ref(),
            Direction::Reverse => reverse.as_ref(),
        }
    }

    fn fin_mut(&mut self, direction: Direction) -> &mut Option<Fin> {
        let [forward, reverse] = &mut self.fins;
        match direction {
            Direction::Forward => forward,
            Direction::Reverse => reverse,
        }
    }

    /// A segment of `direction` carried FIN; repeats change nothing.
    pub(crate) fn see_fin(&mut self, direction: Direction, here: Origin) {
        let after_peer = self.fin(direction.flip()).is_some_and(|peer| peer.acknowledged.is_some());
        self.fin_mut(direction).get_or_insert(Fin { seen: here, acknowledged: None, after_peer });
    }

    /// The FIN of `direction` was acknowledged.
    pub(crate) fn see_fin_acknowledged(&mut self, direction: Direction, here: Origin) {
        if let Some(fin) = self.fin_mut(direction) {
            fin.acknowledged.get_or_insert(here);
        }
    }

    /// Whether both FINs were acknowledged.
    pub fn is_complete(&self) -> bool {
        self.fins.iter().all(|fin| fin.is_some_and(|fin| fin.acknowledged.is_some()))
    }

    /// The reset that ended the connection: not one that came after both sides had closed, and not one whose
    /// sender went on, unless the receiver had obeyed it.
    pub fn ending_reset(&self) -> Option<&Reset> {
        let holds = |reset: &Reset| reset.went_on.is_none() || reset.confirmed.is_some();
        let ends = |reset: &&Reset| reset.phase != ResetPhase::AfterClose && holds(reset);
        self.reset.as_ref().filter(ends)
    }

    /// Who sent the first FIN; where there is none, who reset.
    pub fn closed_first(&self) -> Option<Direction> {
        match (self.fin(Direction::Forward), self.fin(Direction::Reverse)) {
            (Some(forward), Some(reverse)) if reverse.seen.packet < forward.seen.packet => {
                Some(Direction::Reverse)
            }
            (Some(_), _) => Some(Direction::Forward),
            (None, Some(_)) => Some(Direction::Reverse),
            (None, None) => self.ending_reset().map(|reset| reset.from),
        }
    }

    /// Which kind of end it was.
    pub fn kind(&self) -> TeardownKind {
        if self.ending_reset().is_some() {
            return TeardownKind::Reset;
        }
        match (self.fin(Direction::Forward), self.fin(Direction::Reverse)) {
            (None, None) => TeardownKind::None,
            (Some(forward), Some(reverse)) => {
                let (first, second) = if forward.seen.packet < reverse.seen.packet {
                    (forward, reverse)
                } else {
                    (reverse, forward)
                };
                if !second.after_peer {
                    TeardownKind::Simultaneous
                } else if first.acknowledged.is_some_and(|ack| ack.packet == second.seen.packet) {
                    TeardownKind::ThreeSegment
                } else {
                    TeardownKind::FourWay
                }
            }
            _ => TeardownKind::HalfClosed,
        }
    }

    /// From the first FIN to the other side's, nanoseconds: how long the connection was half-closed. `None`
    /// where only one side closed.
    pub fn half_closed_ns(&self) -> Option<i64> {
        let (forward, reverse) = (self.fin(Direction::Forward)?, self.fin(Direction::Reverse)?);
        Some(forward.seen.at.since(reverse.seen.at).saturating_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{Forward, Reverse};
    use tapline_packet::Timestamp;

    fn at(packet: u64) -> Origin {
        Origin { packet, at: Timestamp(i64::try_from(packet).unwrap() * 1000) }
    }

    fn reset(packet: u64, from: Direction, phase: ResetPhase) -> Reset {
        Reset::new(at(packet), from, phase)
    }

    #[test]
    fn each_kind_is_told_by_who_acknowledged_when() {
        let mut four = Teardown::default();
        assert_eq!(four.kind(), TeardownKind::None);
        four.see_fin(Forward, at(1));
        assert_eq!(four.kind(), TeardownKind::HalfClosed);
        four.see_fin_acknowledged(Forward, at(2));
        four.see_fin(Reverse, at(3));
        four.see_fin_acknowledged(Reverse, at(4));
        assert_eq!(
            (four.kind(), four.closed_first(), four.is_complete()),
            (TeardownKind::FourWay, Some(Forward), true)
        );
        assert_eq!(four.half_closed_ns(), Some(2000));

        let mut three = Teardown::default();
        three.see_fin(Reverse, at(1));
        three.see_fin_acknowledged(Reverse, at(2));
        three.see_fin(Forward, at(2));
        three.see_fin_acknowledged(Forward, at(3));
        assert_eq!((three.kind(), three.closed_first()), (TeardownKind::ThreeSegment, Some(Reverse)));

        let mut both = Teardown::default();
        both.see_fin(Forward, at(1));
        both.see_fin(Reverse, at(2));
        both.see_fin_acknowledged(Forward, at(3));
        both.see_fin_acknowledged(Reverse, at(4));
        assert_eq!(both.kind(), TeardownKind::Simultaneous);
    }

    #[test]
    fn a_reset_counts_unless_the_connection_was_over_or_went_on() {
        let mut ended = Teardown::default();
        ended.see_fin(Forward, at(1));
        ended.reset = Some(reset(2, Reverse, ResetPhase::AfterFin));
        assert_eq!((ended.kind(), ended.closed_first()), (TeardownKind::Reset, Some(Forward)));
        let mut late = Teardown::default();
        late.see_fin(Forward, at(1));
        late.see_fin_acknowledged(Forward, at(2));
        late.see_fin(Reverse, at(2));
        late.see_fin_acknowledged(Reverse, at(3));
        late.reset = Some(reset(4, Forward, ResetPhase::AfterClose));
        assert_eq!(late.kind(), TeardownKind::ThreeSegment);
        let forged = Reset { went_on: Some(at(3)), ..reset(2, Reverse, ResetPhase::MidTransfer) };
        let disproved = Teardown { reset: Some(forged), ..Teardown::default() };
        assert_eq!((disproved.kind(), disproved.closed_first()), (TeardownKind::None, None));
        assert!(forged.looks_injected());
        let obeyed = Reset { confirmed: Some(at(4)), ..forged };
        let ended = Teardown { reset: Some(obeyed), ..Teardown::default() };
        assert_eq!((ended.kind(), ended.closed_first()), (TeardownKind::Reset, Some(Reverse)));
    }
}
