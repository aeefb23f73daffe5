//! Which packet carried which octets, for as long as a message may still want to know.

use std::collections::VecDeque;

use tapline_reassembly::Origin;

use crate::limits::TRAIL_MAX;

/// The packets of one direction whose octets are not yet part of a finished message.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    /// End offset of a packet's octets, and the packet; ascending.
    ends: VecDeque<(u64, Origin)>,
}

impl Trail {
    /// Octets up to `end` came with `origin`.
    pub(crate) fn push(&mut self, end: u64, origin: Origin) {
        if self.ends.len() >= TRAIL_MAX {
            self.ends.remove(1);
        }
        self.ends.push_back((end, origin));
    }

    /// The packet that carried the octet at `offset`.
    pub(crate) fn at(&self, offset: u64) -> Option<Origin> {
        let index = self.ends.partition_point(|&(end, _)| end <= offset);
        self.ends.get(index).or_else(|| self.ends.back()).map(|&(_, origin)| origin)
    }

    /// Octets before `offset` belong to messages that are done.
    pub(crate) fn forget_before(&mut self, offset: u64) {
        while self.ends.len() > 1 && self.ends.front().is_some_and(|&(end, _)| end <= offset) {
            self.ends.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(packet: u64) -> Origin {
        Origin { packet, ..Origin::default() }
    }

    #[test]
    fn every_octet_leads_to_its_packet() {
        let mut trail = Trail::default();
        trail.push(10, packet(1));
        trail.push(20, packet(2));
        let found = |trail: &Trail, offset| trail.at(offset).map(|origin| origin.packet);
        assert_eq!([found(&trail, 0), found(&trail, 9), found(&trail, 10)], [Some(1), Some(1), Some(2)]);
        trail.forget_before(10);
        assert_eq!(found(&trail, 10), Some(2));
    }

    #[test]
    fn a_long_message_keeps_its_first_packet() {
        let mut trail = Trail::default();
        for n in 1..2000 {
            trail.push(n * 10, packet(n));
        }
        assert_eq!(trail.ends.len(), TRAIL_MAX);
        assert_eq!(trail.at(0).map(|origin| origin.packet), Some(1));
    }
}
