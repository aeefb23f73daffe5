//! From addresses and ports to a connection's slot.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use tapline_packet::{Endpoint, Segment, Vlans};

/// The same for both directions of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct FlowKey {
    low: Endpoint,
    high: Endpoint,
    vlans: Vlans,
}

impl FlowKey {
    pub(crate) fn of(segment: &Segment<'_>) -> Self {
        let (a, b) = (segment.source, segment.destination);
        let (low, high) = if a <= b { (a, b) } else { (b, a) };
        Self { low, high, vlans: segment.vlans }
    }
}

/// Slots by key. The hash is seeded at random, so nobody can choose ports that collide.
#[derive(Default)]
pub(crate) struct FlowTable {
    table: HashTable<(FlowKey, u32)>,
    hasher: RandomState,
}

impl FlowTable {
    pub(crate) fn find(&self, key: &FlowKey) -> Option<u32> {
        self.table.find(self.hasher.hash_one(key), |(other, _)| other == key).map(|&(_, slot)| slot)
    }

    /// Points the key at a slot, whatever it pointed at before.
    pub(crate) fn set(&mut self, key: FlowKey, slot: u32) {
        let hash = self.hasher.hash_one(key);
        match self.table.find_mut(hash, |(other, _)| *other == key) {
            Some(entry) => entry.1 = slot,
            None => {
                self.table.insert_unique(hash, (key, slot), |(other, _)| self.hasher.hash_one(other));
            }
        }
    }

    /// Forgets the key if it still points at that slot.
    pub(crate) fn remove(&mut self, key: &FlowKey, slot: u32) {
        let hash = self.hasher.hash_one(key);
        if let Ok(entry) = self.table.find_entry(hash, |(other, held)| other == key && *held == slot) {
            entry.remove();
        }
    }
}
