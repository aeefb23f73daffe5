//! Packets that were dropped while capturing.

use tapline_packet::Timestamp;

use super::{Facts, Interface};
use crate::limits::DROPS_MAX;

/// Packets that were dropped before one that was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drop {
    /// Index of the interface in [`Facts::interfaces`] that lost them; `None` where they were captured and analysis did
    /// not keep up.
    pub interface: Option<u32>,
    /// When the packet after them was captured; they were dropped since the one before it.
    pub before: Timestamp,
    /// How many, as far as the interface or the operating system knows.
    pub packets: u64,
}

impl Facts {
    /// Packets that were dropped while capturing, by interfaces, by the operating system, and because analysis did not
    /// keep up: what the statistics state, else what the packets state. `None` where nothing is stated.
    pub fn dropped_packets(&self) -> Option<u64> {
        let of_one = |interface: &Interface| match (interface.dropped, interface.os_dropped) {
            (None, None) => interface.packet_dropped,
            (one, other) => Some(one.unwrap_or(0).saturating_add(other.unwrap_or(0))),
        };
        let lost = self.interfaces.iter().filter_map(of_one);
        lost.chain(self.queue_dropped).reduce(u64::saturating_add)
    }

    /// The same without those that were captured: what nobody has.
    pub fn lost_packets(&self) -> Option<u64> {
        Some(self.dropped_packets()?.saturating_sub(self.queue_dropped.unwrap_or(0)))
    }

    /// Packets that the interfaces dropped, as far as that is stated.
    pub fn interface_dropped_packets(&self) -> Option<u64> {
        self.interfaces.iter().filter_map(|interface| interface.dropped).reduce(u64::saturating_add)
    }

    /// Packets that the operating system dropped, as far as that is stated.
    pub fn os_dropped_packets(&self) -> Option<u64> {
        self.interfaces.iter().filter_map(|interface| interface.os_dropped).reduce(u64::saturating_add)
    }

    /// Packets that an interface dropped before its packet of that time, of the places behind the first `told`, which is
    /// moved on.
    pub fn dropped_before(&self, at: Option<Timestamp>, interface: u32, told: &mut usize) -> u64 {
        let mut dropped = 0;
        while let Some(drop) = self.drops.get(*told)
            && at.is_some_and(|at| drop.before <= at)
        {
            *told += 1;
            if drop.interface == Some(interface) {
                dropped += drop.packets;
            }
        }
        dropped
    }

    /// Adds up what an interface dropped before a packet, and keeps where.
    pub(crate) fn note_dropped(&mut self, interface: u32, before: Option<Timestamp>, packets: u64) {
        let place = usize::try_from(interface).ok();
        let Some(known) = place.and_then(|place| self.interfaces.get_mut(place)) else { return };
        known.packet_dropped = Some(known.packet_dropped.unwrap_or(0).saturating_add(packets));
        self.counts += 1;
        self.note_place(Some(interface), before, packets);
    }

    /// Adds up what was captured and not analysed before a packet, and keeps where.
    pub(crate) fn note_not_analysed(&mut self, before: Option<Timestamp>, packets: u64) {
        if packets == 0 {
            return;
        }
        self.queue_dropped = Some(self.queue_dropped.unwrap_or(0).saturating_add(packets));
        self.note_place(None, before, packets);
    }

    fn note_place(&mut self, interface: Option<u32>, before: Option<Timestamp>, packets: u64) {
        let Some(before) = before.filter(|_| packets > 0) else { return };
        if self.drops.len() < DROPS_MAX {
            self.drops.push(Drop { interface, before, packets });
        } else {
            self.leave_out("places of drops");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_come_from_statistics_else_from_packets() {
        let mut facts = Facts::default();
        assert_eq!(facts.dropped_packets(), None);
        facts.interfaces.push(Interface { packet_dropped: Some(3), ..Interface::default() });
        facts.interfaces.push(Interface {
            dropped: Some(5),
            packet_dropped: Some(100),
            ..Interface::default()
        });
        facts.interfaces.push(Interface { os_dropped: Some(7), ..Interface::default() });
        facts.interfaces.push(Interface::default());
        assert_eq!(facts.dropped_packets(), Some(15));
        facts.note_not_analysed(Some(Timestamp(1)), 4);
        assert_eq!((facts.dropped_packets(), facts.lost_packets()), (Some(19), Some(15)));
        assert_eq!((facts.interface_dropped_packets(), facts.os_dropped_packets()), (Some(5), Some(7)));
        assert_eq!(facts.drops, [Drop { interface: None, before: Timestamp(1), packets: 4 }]);
    }
}
