//! The newest packets of a source that tells them once, kept for who wants to look again.
//!
//! ```text
//!   source ──> Keeping ──> who reads it
//!                 └─ copies ─> blocks, the oldest go first ──> Past::source, as often as one likes
//! ```

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tapline_packet::{LinkType, Packet, Timestamp};

use crate::limits::PAST_BLOCK_BYTES;
use crate::{Facts, Item, Progress, Secret, Source};

/// What is kept of a source. Clones are of the same.
#[derive(Clone)]
pub struct Past(Arc<Mutex<Ring>>);

struct Ring {
    /// Full blocks, oldest first.
    blocks: VecDeque<Arc<Block>>,
    /// The one that is being filled.
    newest: Block,
    /// What the full blocks take.
    bytes: usize,
    bytes_max: usize,
    /// Whether anything had to go.
    is_cut: bool,
    facts: Facts,
}

/// Packets that come and go together.
#[derive(Clone, Default)]
struct Block {
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
    /// Where its octets end in those of the block.
    end: usize,
}

/// Keeps the newest packets of a source in at most so many bytes while somebody reads it.
pub fn keep(source: Box<dyn Source + Send>, bytes_max: usize) -> (Box<dyn Source + Send>, Past) {
    let told = Told::by(source.facts());
    let ring = Ring {
        blocks: VecDeque::new(),
        newest: Block::default(),
        bytes: 0,
        bytes_max,
        is_cut: false,
        facts: source.facts().clone(),
    };
    let past = Past(Arc::new(Mutex::new(ring)));
    (Box::new(Keeping { source, past: past.clone(), told }), past)
}

impl Past {
    /// What is kept now, as a source that ends; packets have the numbers that they came with.
    pub fn source(&self) -> Box<dyn Source + Send> {
        let ring = self.ring();
        let newest = Some(&ring.newest).filter(|newest| !newest.heads.is_empty());
        let newest = newest.map(|newest| Arc::new(newest.clone()));
        let blocks: Vec<_> = ring.blocks.iter().cloned().chain(newest).collect();
        let total: usize = blocks.iter().map(|block| block.octets.len()).sum();
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
    /// Takes what a source has said since it had said so much; what is known already is not copied again.
    fn learn(&mut self, facts: &Facts, told: Told) {
        fn add<T: Clone>(known: &mut Vec<T>, all: &[T], told: usize) {
            known.extend_from_slice(all.get(told..).unwrap_or_default());
        }
        add(&mut self.facts.interfaces, &facts.interfaces, told.interfaces);
        add(&mut self.facts.secrets, &facts.secrets, told.secrets);
        add(&mut self.facts.sections, &facts.sections, told.sections);
    }

    fn take(&mut self, packet: &Packet<'_>) {
        if self.newest.bytes() + packet.data.len() > PAST_BLOCK_BYTES && !self.newest.heads.is_empty() {
            let full = std::mem::take(&mut self.newest);
            self.bytes += full.bytes();
            self.blocks.push_back(Arc::new(full));
        }
        self.newest.octets.extend_from_slice(packet.data);
        self.newest.heads.push(Head {
            number: packet.number,
            at: packet.at,
            interface: packet.interface,
            link_type: packet.link_type,
            wire_length: packet.wire_length,
            end: self.newest.octets.len(),
        });
        while self.bytes + self.newest.bytes() > self.bytes_max
            && let Some(oldest) = self.blocks.pop_front()
        {
            self.bytes -= oldest.bytes();
            self.is_cut = true;
        }
    }
}

impl Block {
    fn bytes(&self) -> usize {
        self.octets.len() + self.heads.len() * size_of::<Head>()
    }
}

/// How much a source has said beside its packets: a look that costs nothing whether that is more now.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Told {
    interfaces: usize,
    secrets: usize,
    sections: usize,
}

impl Told {
    fn by(facts: &Facts) -> Self {
        let Facts { interfaces, secrets, sections, .. } = facts;
        Self { interfaces: interfaces.len(), secrets: secrets.len(), sections: sections.len() }
    }
}

/// A source whose packets are kept.
struct Keeping {
    source: Box<dyn Source + Send>,
    past: Past,
    told: Told,
}

impl Source for Keeping {
    fn next(&mut self) -> Item<'_> {
        let told = Told::by(self.source.facts());
        if told != self.told {
            let facts = self.source.facts();
            self.past.ring().learn(facts, self.told);
            self.told = told;
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

    fn secrets_ahead(&self) -> Option<Vec<Secret>> {
        self.source.secrets_ahead()
    }

    fn progress(&self) -> Progress {
        self.source.progress()
    }
}

/// What was kept, once more.
struct Recalled {
    blocks: Vec<Arc<Block>>,
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
        if self.blocks.get(self.block).is_some_and(|block| self.head >= block.heads.len()) {
            self.block += 1;
            self.head = 0;
        }
        let found = self.blocks.get(self.block).and_then(|block| {
            let head = *block.heads.get(self.head)?;
            let before = self.head.checked_sub(1).and_then(|before| block.heads.get(before));
            Some((head, block.octets.get(before.map_or(0, |before| before.end)..head.end)?))
        });
        let Some((head, data)) = found else { return Item::End };
        self.head += 1;
        self.read += data.len() as u64;
        let Head { number, at, interface, link_type, wire_length, .. } = head;
        Item::Packet(Packet { number, at, interface, link_type, wire_length, data })
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn secrets_ahead(&self) -> Option<Vec<Secret>> {
        Some(self.facts.secrets.clone())
    }

    fn first_number(&self) -> u64 {
        self.blocks.first().and_then(|block| block.heads.first()).map_or(1, |head| head.number)
    }

    fn progress(&self) -> Progress {
        Progress { read_bytes: self.read, total_bytes: Some(self.total) }
    }
}
