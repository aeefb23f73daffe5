//! What a connection remembers only once something was odd.

use super::{Flag, Own, Verdict};
use crate::Direction;

/// Counts by flag, and each direction's newest retransmission.
#[derive(Debug, Default)]
pub(super) struct Tally {
    counts: [u32; Flag::ALL.len()],
    resent: [Option<Resent>; 2],
    same_packets: u32,
    not_resent: u32,
}

/// A retransmission: its octets and its packet.
#[derive(Clone, Copy, Debug)]
struct Resent {
    first: u32,
    end: u32,
    packet: u64,
}

impl Tally {
    pub(super) fn count(&mut self, verdict: &Verdict, direction: Direction, packet: u64) {
        for flag in verdict.flags.iter() {
            if let Some(count) = self.counts.get_mut(flag as usize) {
                *count = count.saturating_add(1);
            }
        }
        if let Some(Own::SamePacket { .. } | Own::SentOnce) = verdict.own {
            let same = verdict.own != Some(Own::SentOnce);
            self.same_packets = self.same_packets.saturating_add(u32::from(same));
            let told_again = verdict.flags.has(Flag::Retransmission);
            self.not_resent = self.not_resent.saturating_add(u32::from(told_again));
            return;
        }
        let sent_again = verdict.flags.has(Flag::Retransmission) || verdict.flags.has(Flag::OutOfOrder);
        if let (true, Some(newest)) = (sent_again, self.resent.get_mut(direction.index())) {
            let first = verdict.facts.first;
            *newest = Some(Resent { first, end: first.wrapping_add(verdict.facts.length), packet });
        }
    }

    /// Segments that tshark's rules take for retransmissions and that were sent once.
    pub(super) fn not_resent(&self) -> u32 {
        self.not_resent
    }

    /// Segments that were the same IP packet as an earlier one: they count among the flags, and nobody sent
    /// anything again.
    pub(super) fn same_packets(&self) -> u32 {
        self.same_packets
    }

    /// How often each flag was raised; those that never were are left out.
    pub(super) fn counts(&self) -> impl Iterator<Item = (Flag, u32)> {
        Flag::ALL.into_iter().zip(self.counts).filter(|&(_, count)| count > 0)
    }

    /// The newest retransmission in `direction` if it carried some of `first..end`.
    pub(super) fn resent(&self, direction: Direction, first: u32, end: u32) -> Option<u64> {
        let newest = self.resent.get(direction.index()).copied().flatten()?;
        let overlaps =
            crate::seq::distance(newest.first, end) > 0 && crate::seq::distance(first, newest.end) > 0;
        overlaps.then_some(newest.packet)
    }
}
