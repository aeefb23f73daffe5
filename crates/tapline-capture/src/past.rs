//! The newest packets of a source that tells them once, kept for who wants to look again.
//!
//! ```text
//!   source ──> Keeping ──> who reads it
//!                 └─ copies ─> blocks, the oldest go first ──> Past::source, as often as one likes
//! ```

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tapline_packet::Packet;

use crate::bundle::Bundle;
use crate::facts::Heard;
use crate::limits::PAST_BLOCK_BYTES;
use crate::{Facts, Item, Progress, Secret, Source};

/// What is kept of a source. Clones are of the same.
#[derive(Clone)]
pub struct Past(Arc<Mutex<Ring>>);

struct Ring {
    /// Full blocks, oldest first.
    blocks: VecDeque<Arc<Bundle>>,
    /// The one that is being filled.
    newest: Bundle,
    /// What the full blocks take.
    bytes: usize,
    bytes_max: usize,
    /// Whether anything had to go.
    is_cut: bool,
    facts: Facts,
}

/// Keeps the newest packets of a source in at most so many bytes while somebody reads it.
pub fn keep(source: Box<dyn Source + Send>, bytes_max: usize) -> (Box<dyn Source + Send>, Past) {
    let mut heard = Heard::default();
    let facts = source.facts().since(&mut heard).unwrap_or_default();
    let ring = Ring {
        blocks: VecDeque::new(),
        newest: Bundle::default(),
        bytes: 0,
        bytes_max,
        is_cut: false,
        facts,
    };
    let past = Past(Arc::new(Mutex::new(ring)));
    (Box::new(Keeping { source, past: past.clone(), heard }), past)
}

impl Past {
    /// What is kept now, as a source that ends; packets have the numbers that they came with.
    pub fn source(&self) -> Box<dyn Source + Send> {
        let ring = self.ring();
        let newest = Some(&ring.newest).filter(|newest| !newest.is_empty());
        let newest = newest.map(|newest| Arc::new(newest.clone()));
        let blocks: Vec<_> = ring.blocks.iter().cloned().chain(newest).collect();
        let total: usize = blocks.iter().map(|block| block.octets()).sum();
        let facts = ring.facts.clone();
        Box::new(Recalled { blocks, block: 0, head: 0, read: 0, total: total as u64, facts })
    }

    /// Whether nothing had to go so far.
    pub fn is_whole(&self) -> bool {
        !self.ring().is_cut
    }

    /// What was kept by who panicked is kept.
    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn take(&mut self, packet: &Packet<'_>) {
        if self.newest.bytes() + packet.data.len() > PAST_BLOCK_BYTES && !self.newest.is_empty() {
            let full = std::mem::take(&mut self.newest);
            self.bytes += full.bytes();
            self.blocks.push_back(Arc::new(full));
        }
        self.newest.push(packet);
        while self.bytes + self.newest.bytes() > self.bytes_max
            && let Some(oldest) = self.blocks.pop_front()
        {
            self.bytes -= oldest.bytes();
            self.is_cut = true;
        }
    }
}

/// A source whose packets are kept.
struct Keeping {
    source: Box<dyn Source + Send>,
    past: Past,
    heard: Heard,
}

impl Source for Keeping {
    fn next(&mut self) -> Item<'_> {
        if let Some(news) = self.source.facts().since(&mut self.heard) {
            self.past.ring().facts.add(news);
        }
        let item = self.source.next();
        if let Item::Packet(packet) = &item {
            self.past.ring().take(packet);
        }
        item
    }

    fn facts(&self) -> &Facts {
        self.source.facts()
    }

    fn conclude(&mut self) {
        self.source.conclude();
    }

    fn secrets_ahead(&self) -> Option<Vec<Secret>> {
        self.source.secrets_ahead()
    }

    fn progress(&self) -> Progress {
        self.source.progress()
    }
}

/// What was kept, once more.
struct Recalled {
    blocks: Vec<Arc<Bundle>>,
    /// Where the next packet is.
    block: usize,
    head: usize,
    /// Octets that were told, of so many.
    read: u64,
    total: u64,
    facts: Facts,
}

impl Source for Recalled {
    fn next(&mut self) -> Item<'_> {
        if self.blocks.get(self.block).is_some_and(|block| self.head >= block.len()) {
            self.block += 1;
            self.head = 0;
        }
        let found = self.blocks.get(self.block).and_then(|block| block.get(self.head));
        let Some(packet) = found else { return Item::End };
        self.head += 1;
        self.read += packet.data.len() as u64;
        Item::Packet(packet)
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn secrets_ahead(&self) -> Option<Vec<Secret>> {
        Some(self.facts.secrets.clone())
    }

    fn first_number(&self) -> u64 {
        self.blocks.first().and_then(|block| block.get(0)).map_or(1, |packet| packet.number)
    }

    fn progress(&self) -> Progress {
        Progress { read_bytes: self.read, total_bytes: Some(self.total) }
    }
}

#[cfg(test)]
mod tests {
    use tapline_packet::LinkType;

    use super::*;

    #[test]
    fn the_oldest_goes_by_the_block() {
        let mut ring = Ring {
            blocks: VecDeque::new(),
            newest: Bundle::default(),
            bytes: 0,
            bytes_max: 2 * PAST_BLOCK_BYTES,
            is_cut: false,
            facts: Facts::default(),
        };
        let mut take = |octets: usize| {
            let (link_type, data) = (LinkType::RAW, &vec![7; octets][..]);
            ring.take(&Packet { number: 1, at: None, interface: 0, link_type, wire_length: 0, data });
            let kept =
                ring.blocks.iter().map(|block| block.len()).chain([ring.newest.len()]).collect::<Vec<_>>();
            (kept, ring.is_cut)
        };
        let third = PAST_BLOCK_BYTES / 3 - 100;
        (0..2).for_each(|_| _ = take(third));
        assert_eq!(take(third), (vec![3], false));
        assert_eq!(take(third), (vec![3, 1], false));
        // One that is larger than a block has one of its own.
        assert_eq!(take(PAST_BLOCK_BYTES + 1), (vec![1, 1], true));
        assert_eq!(take(2 * PAST_BLOCK_BYTES), (vec![1], true));
    }
}
