//! The same IP packet, captured twice: on two interfaces, before and after a router or a tunnel, on a mirror
//! port that copies both ways, or copied on its way.
//!
//! Not a retransmission: that is another IP packet with the same octets.

use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::FixedState;
use tapline_packet::Segment;

use crate::Origin;
use crate::limits::SAME_PACKET_NS;

/// A packet that was seen.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// Of everything that two captures of a packet have in common.
    hash: u64,
    /// Of where it was captured: interface, VLANs, tunnel, hop limit.
    place: u64,
    origin: Origin,
    /// Its connection.
    connection: u64,
}

/// An earlier capture of the packet at hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Same {
    pub(crate) origin: Origin,
    pub(crate) connection: u64,
}

/// Packets that share a place: the newest of them are remembered.
const WAYS: usize = 4;

/// The newest packets, each in one of the places that its hash gives it. The hash is the same on every run: what is
/// forgotten where many fall together is, too. Who chooses packets so that they do makes copies look like
/// retransmissions, no more.
pub(crate) struct SamePackets {
    /// Places: a power of two.
    size: usize,
    /// Empty until there is a packet.
    seen: Vec<[Seen; WAYS]>,
    hasher: FixedState,
}

impl SamePackets {
    /// Room for at least so many packets.
    pub(crate) fn of(packets: usize) -> Self {
        let size = packets.next_power_of_two().div_ceil(WAYS);
        Self { size, seen: Vec::new(), hasher: FixedState::default() }
    }

    /// The packet that this one is, captured earlier. Remembers the packet with [`Self::remember`].
    ///
    /// Equal are addresses, ports, the TCP header to the octet, length and identification. Hosts that number
    /// their IP packets prove it by the number alone; where there is none (IPv6, or 0), two captures must
    /// also differ in place, because an ACK that is sent twice looks the same.
    pub(crate) fn find(&self, segment: &Segment<'_>, interface: u32, here: Origin) -> (Print, Option<Same>) {
        let print = self.print(segment, interface);
        let numbered = segment.ip.identification.is_some_and(|number| number != 0);
        let same = self.seen.get(self.index(print)).into_iter().flatten().find(|seen| {
            seen.hash == print.hash
                && seen.origin.packet != 0
                && here.at.since(seen.origin.at).unsigned_abs() <= SAME_PACKET_NS.unsigned_abs()
                && (numbered || seen.place != print.place)
        });
        (print, same.map(|seen| Same { origin: seen.origin, connection: seen.connection }))
    }

    /// Remembers a packet under the connection that it belongs to.
    pub(crate) fn remember(&mut self, print: Print, here: Origin, connection: u64) {
        if self.seen.is_empty() {
            self.seen.resize(self.size, [Seen::default(); WAYS]);
        }
        let index = self.index(print);
        let Some(places) = self.seen.get_mut(index) else { return };
        // A copy takes the place of what it copies, else the newest that of the oldest.
        let known = places.iter().position(|seen| seen.hash == print.hash && seen.origin.packet != 0);
        let oldest =
            || places.iter().enumerate().min_by_key(|(_, seen)| seen.origin.packet).map(|(nth, _)| nth);
        if let Some(place) = known.or_else(oldest).and_then(|nth| places.get_mut(nth)) {
            *place = Seen { hash: print.hash, place: print.place, origin: here, connection };
        }
    }

    fn print(&self, segment: &Segment<'_>, interface: u32) -> Print {
        let mut hasher = self.hasher.build_hasher();
        segment.source.hash(&mut hasher);
        segment.destination.hash(&mut hasher);
        hasher.write(segment.header);
        hasher.write_u32(segment.payload_length);
        hasher.write_u16(segment.ip.identification.unwrap_or(0));
        let place = (interface, segment.vlans, segment.tunnel, segment.ip.hop_limit);
        Print { hash: hasher.finish(), place: self.hasher.hash_one(place) }
    }

    #[expect(clippy::cast_possible_truncation, reason = "smaller than the table")]
    fn index(&self, print: Print) -> usize {
        (print.hash & (self.size as u64 - 1)) as usize
    }
}

/// What tells a packet from others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Print {
    hash: u64,
    place: u64,
}
