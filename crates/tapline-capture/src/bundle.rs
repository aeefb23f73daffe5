//! Packets that come and go together, with their octets in one place.

use tapline_packet::{LinkType, Packet, Timestamp};

/// Packets in their order.
#[derive(Clone, Default)]
pub(crate) struct Bundle {
    heads: Vec<Head>,
    octets: Vec<u8>,
}

/// A packet without its octets.
#[derive(Clone, Copy)]
struct Head {
    number: u64,
    at: Option<Timestamp>,
    interface: u32,
    link_type: LinkType,
    wire_length: u32,
    /// Where its octets end in those of the bundle.
    end: usize,
}

impl Bundle {
    /// Adds a copy of a packet.
    pub(crate) fn push(&mut self, packet: &Packet<'_>) {
        let &Packet { number, at, interface, link_type, wire_length, data } = packet;
        self.octets.extend_from_slice(data);
        let end = self.octets.len();
        self.heads.push(Head { number, at, interface, link_type, wire_length, end });
    }

    /// A packet by its place.
    pub(crate) fn get(&self, place: usize) -> Option<Packet<'_>> {
        let &Head { number, at, interface, link_type, wire_length, end } = self.heads.get(place)?;
        let before = place.checked_sub(1).and_then(|before| self.heads.get(before));
        let data = self.octets.get(before.map_or(0, |before| before.end)..end)?;
        Some(Packet { number, at, interface, link_type, wire_length, data })
    }

    /// How many packets there are.
    pub(crate) fn len(&self) -> usize {
        self.heads.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// Octets of all packets.
    pub(crate) fn octets(&self) -> usize {
        self.octets.len()
    }

    /// What it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.octets.len() + self.heads.len() * size_of::<Head>()
    }

    /// Octets for which it has room.
    pub(crate) fn capacity(&self) -> usize {
        self.octets.capacity()
    }

    /// Forgets the packets from a place on.
    pub(crate) fn truncate(&mut self, place: usize) {
        self.heads.truncate(place);
        self.octets.truncate(self.heads.last().map_or(0, |head| head.end));
    }

    /// Forgets the packets and keeps the room.
    pub(crate) fn clear(&mut self) {
        self.heads.clear();
        self.octets.clear();
    }
}
