//! The connections that are held, by slot and by what their segments have in common.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use tapline_packet::Timestamp;

use crate::Connection;
use crate::attempt::Attempt;
use crate::flow::FlowKey;

/// A connection, or as long as it is only one, an attempt to connect.
pub(super) enum Held {
    Attempt(Box<Attempt>),
    Connection(Box<Connection>),
}

impl Held {
    pub(super) fn id(&self) -> u64 {
        match self {
            Self::Attempt(attempt) => attempt.id,
            Self::Connection(connection) => connection.id,
        }
    }

    pub(super) fn last_at(&self) -> Timestamp {
        match self {
            Self::Attempt(attempt) => attempt.last_at(),
            Self::Connection(connection) => connection.last.at,
        }
    }

    fn key(&self) -> FlowKey {
        match self {
            Self::Attempt(attempt) => attempt.key(),
            Self::Connection(connection) => connection.key(),
        }
    }
}

/// Slots, and the way from a key to a slot. Keys stand in the connections, not in the tables, which hold only
/// slots: an entry costs five octets. The hash is seeded at random, so nobody can choose ports that collide.
///
/// The two directions of a connection may come by different VLANs or tunnels: the network of the second is
/// learned from its first segment.
#[derive(Default)]
pub(super) struct Table {
    slots: Vec<Option<Held>>,
    free: Vec<u32>,
    by_key: HashTable<u32>,
    /// The key of the other direction, where that comes by another network.
    by_other_key: HashTable<(FlowKey, u32)>,
    /// By the ends alone, for connections in a VLAN or tunnel; the newest with these ends.
    by_ends: HashTable<u32>,
    hasher: RandomState,
    /// The slot that was found last: segments of a connection come in rows.
    newest: u32,
}

impl Table {
    /// Connections that are held.
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    pub(super) fn get(&self, slot: u32) -> Option<&Held> {
        self.slots.get(slot as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, slot: u32) -> Option<&mut Held> {
        self.slots.get_mut(slot as usize)?.as_mut()
    }

    pub(super) fn connection_mut(&mut self, slot: u32) -> Option<&mut Connection> {
        match self.get_mut(slot)? {
            Held::Connection(connection) => Some(connection),
            Held::Attempt(_) => None,
        }
    }

    /// Whether the slot still holds the connection with that id.
    pub(super) fn holds(&self, slot: u32, id: u64) -> bool {
        self.get(slot).is_some_and(|held| held.id() == id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Held)> {
        (0..).zip(&self.slots).filter_map(|(slot, held)| Some((slot, held.as_ref()?)))
    }

    #[inline]
    pub(super) fn find(&mut self, key: &FlowKey) -> Option<u32> {
        if key_of(&self.slots, self.newest).as_ref() != Some(key) {
            self.newest = self.look_up(key)?;
        }
        Some(self.newest)
    }

    fn look_up(&self, key: &FlowKey) -> Option<u32> {
        let hash = self.hasher.hash_one(key);
        let exact = self.by_key.find(hash, |&slot| key_of(&self.slots, slot) == Some(*key)).copied();
        exact.or_else(|| self.by_other_key.find(hash, |(other, _)| other == key).map(|&(_, slot)| slot))
    }

    /// A connection with these ends in another network.
    pub(super) fn find_elsewhere(&self, key: &FlowKey) -> Option<u32> {
        let ends = key.ends();
        if self.by_ends.is_empty() && *key == ends {
            return None;
        }
        let hash = self.hasher.hash_one(ends);
        let here = self.by_ends.find(hash, |&slot| ends_of(&self.slots, slot) == Some(ends)).copied();
        here.or_else(|| self.look_up(&ends))
    }

    /// A free slot, which the caller fills with [`Self::put`].
    pub(super) fn reserve(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// Puts a connection into its slot; from now on its key leads there.
    pub(super) fn put(&mut self, slot: u32, held: Held) {
        let key = held.key();
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Some(held);
        }
        let Self { slots, by_key, by_ends, hasher, .. } = self;
        by_key.insert_unique(hasher.hash_one(key), slot, |&slot| hash_of(hasher, key_of(slots, slot)));
        if key != key.ends() {
            let hash = hasher.hash_one(key.ends());
            match by_ends.find_mut(hash, |&other| ends_of(slots, other) == Some(key.ends())) {
                Some(newest) => *newest = slot,
                None => {
                    by_ends.insert_unique(hash, slot, |&slot| hash_of(hasher, ends_of(slots, slot)));
                }
            }
        }
    }

    /// Puts another thing with the same key into a slot.
    pub(super) fn replace(&mut self, slot: u32, held: Held) {
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Some(held);
        }
    }

    /// Takes a connection out of its slot for a moment; its key still leads there.
    pub(super) fn lift(&mut self, slot: u32) -> Option<Held> {
        self.slots.get_mut(slot as usize)?.take()
    }

    /// A second key for a connection, which must not lead anywhere yet.
    pub(super) fn add_other_key(&mut self, slot: u32, key: FlowKey) {
        let Self { by_other_key, hasher, .. } = self;
        by_other_key.insert_unique(hasher.hash_one(key), (key, slot), |(key, _)| hasher.hash_one(key));
    }

    /// Frees a slot and forgets every key that leads there.
    pub(super) fn remove(&mut self, slot: u32) -> Option<Held> {
        let held = self.get(slot)?;
        let key = held.key();
        if let Held::Connection(connection) = held
            && let Some(other) = connection.other_key.as_deref()
        {
            let hash = self.hasher.hash_one(other);
            if let Ok(entry) = self.by_other_key.find_entry(hash, |&(_, held)| held == slot) {
                entry.remove();
            }
        }
        if let Ok(entry) = self.by_key.find_entry(self.hasher.hash_one(key), |&held| held == slot) {
            entry.remove();
        }
        if key != key.ends()
            && let Ok(entry) = self.by_ends.find_entry(self.hasher.hash_one(key.ends()), |&held| held == slot)
        {
            entry.remove();
        }
        self.free.push(slot);
        self.lift(slot)
    }
}

fn key_of(slots: &[Option<Held>], slot: u32) -> Option<FlowKey> {
    Some(slots.get(slot as usize)?.as_ref()?.key())
}

fn ends_of(slots: &[Option<Held>], slot: u32) -> Option<FlowKey> {
    Some(key_of(slots, slot)?.ends())
}

/// The hash of a key that stands in the tables, when they grow.
fn hash_of(hasher: &RandomState, key: Option<FlowKey>) -> u64 {
    key.map_or(0, |key| hasher.hash_one(key))
}
