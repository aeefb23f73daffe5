//! From addresses and ports to a connection's slot.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use tapline_packet::{Endpoint, Segment, Tunnel, Vlans};

/// The same for both directions of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct FlowKey {
    low: Endpoint,
    high: Endpoint,
    vlans: Vlans,
    tunnel: Tunnel,
}

impl FlowKey {
    pub(crate) fn of(segment: &Segment<'_>) -> Self {
        let (a, b) = (segment.source, segment.destination);
        let (low, high) = if a <= b { (a, b) } else { (b, a) };
        Self { low, high, vlans: segment.vlans, tunnel: segment.tunnel }
    }

    /// The same ends without the network around them.
    fn ends(self) -> Self {
        Self { vlans: Vlans::default(), tunnel: Tunnel::default(), ..self }
    }
}

/// Slots by key. The hash is seeded at random, so nobody can choose ports that collide.
#[derive(Default)]
struct Slots {
    table: HashTable<(FlowKey, u32)>,
    hasher: RandomState,
}

impl Slots {
    fn find(&self, key: &FlowKey) -> Option<u32> {
        self.table.find(self.hasher.hash_one(key), |(other, _)| other == key).map(|&(_, slot)| slot)
    }

    /// Points the key at a slot, whatever it pointed at before.
    fn set(&mut self, key: FlowKey, slot: u32) {
        let hash = self.hasher.hash_one(key);
        match self.table.find_mut(hash, |(other, _)| *other == key) {
            Some(entry) => entry.1 = slot,
            None => {
                self.table.insert_unique(hash, (key, slot), |(other, _)| self.hasher.hash_one(other));
            }
        }
    }

    /// Forgets the key if it still points at that slot.
    fn remove(&mut self, key: &FlowKey, slot: u32) {
        let hash = self.hasher.hash_one(key);
        if let Ok(entry) = self.table.find_entry(hash, |(other, held)| other == key && *held == slot) {
            entry.remove();
        }
    }
}

/// Connections by their ends and the network around them. The two directions of a connection may come by
/// different VLANs or tunnels: the network of the second is learned from its first segment.
#[derive(Default)]
pub(crate) struct FlowTable {
    exact: Slots,
    /// By the ends alone, for connections in a VLAN or tunnel.
    by_ends: Slots,
}

impl FlowTable {
    pub(crate) fn find(&self, key: &FlowKey) -> Option<u32> {
        self.exact.find(key)
    }

    /// A connection with these ends in another network.
    pub(crate) fn find_elsewhere(&self, key: &FlowKey) -> Option<u32> {
        if self.by_ends.table.is_empty() && *key == key.ends() {
            return None;
        }
        self.by_ends.find(&key.ends()).or_else(|| self.exact.find(&key.ends()))
    }

    /// Points the key at a slot, whatever it pointed at before.
    pub(crate) fn set(&mut self, key: FlowKey, slot: u32) {
        self.exact.set(key, slot);
        if key != key.ends() {
            self.by_ends.set(key.ends(), slot);
        }
    }

    /// Forgets the key if it still points at that slot.
    pub(crate) fn remove(&mut self, key: &FlowKey, slot: u32) {
        self.exact.remove(key, slot);
        if *key != key.ends() {
            self.by_ends.remove(&key.ends(), slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_are_one_flow_and_every_network_has_its_own() {
        let end = |address: &str, port| Endpoint { address: address.parse().unwrap(), port };
        let segment = |source, destination, vlan, tunnel| Segment {
            vlans: Vlans([vlan, 0]),
            tunnel: Tunnel(tunnel),
            source,
            destination,
            sequence: 0,
            acknowledgment: 0,
            flags: tapline_packet::Flags::SYN,
            window: 0,
            options: tapline_packet::TcpOptions::default(),
            payload_length: 0,
            payload: &[],
            header: &[],
            ip: tapline_packet::IpFacts::default(),
        };
        let (a, b) = (end("10.0.0.1", 1), end("10.0.0.2", 2));
        let key =
            |source, destination, vlan, tunnel| FlowKey::of(&segment(source, destination, vlan, tunnel));
        assert_eq!(key(a, b, 0, 0), key(b, a, 0, 0));
        assert_ne!(key(a, b, 0, 0), key(a, b, 7, 0));
        assert_ne!(key(a, b, 0, 0), key(a, b, 0, 7));
        let mut table = FlowTable::default();
        table.set(key(a, b, 0, 0), 3);
        table.set(key(a, b, 7, 0), 4);
        table.remove(&key(a, b, 7, 0), 5);
        assert_eq!((table.find(&key(b, a, 0, 0)), table.find(&key(b, a, 7, 0))), (Some(3), Some(4)));
        assert_eq!(table.find_elsewhere(&key(a, b, 9, 0)), Some(4), "the newest with these ends");
        table.remove(&key(a, b, 7, 0), 4);
        assert_eq!(table.find(&key(b, a, 7, 0)), None);
        assert_eq!(table.find_elsewhere(&key(a, b, 9, 0)), Some(3));
    }
}
