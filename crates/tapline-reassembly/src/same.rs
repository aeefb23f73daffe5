//! The same IP packet, captured twice: on two interfaces, before and after a router or a tunnel, on a mirror
//! port that copies both ways, or copied on its way.
//!
//! Not a retransmission: that is another IP packet with the same octets.

use std::hash::{BuildHasher, Hash, Hasher};
use std::net::IpAddr;

use foldhash::fast::FixedState;
use tapline_packet::{Segment, Vlans};

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
    #[inline]
    pub(crate) fn find(&self, segment: &Segment<'_>, interface: u32, here: Origin) -> (Print, Option<Same>) {
        let (hash, place) = (self.hash(segment), self.place(segment, interface));
        let seen = self.seen.get(self.index(hash));
        let nth = seen.and_then(|seen| seen.iter().position(|seen| seen.hash == hash && seen.is_there()));
        let known = seen.zip(nth).and_then(|(seen, nth)| seen.get(nth)).filter(|seen| {
            let numbered = segment.ip.identification.is_some_and(|number| number != 0);
            here.at.since(seen.origin.at).unsigned_abs() <= SAME_PACKET_NS.unsigned_abs()
                && (numbered || seen.place != place)
        });
        let same = known.map(|seen| Same { origin: seen.origin, connection: seen.connection });
        (Print { hash, place, nth }, same)
    }

    /// Remembers a packet under the connection that it belongs to.
    #[inline]
    pub(crate) fn remember(&mut self, print: Print, here: Origin, connection: u64) {
        if self.seen.is_empty() {
            self.seen.resize(self.size, [Seen::default(); WAYS]);
        }
        let Print { hash, place, nth } = print;
        let index = self.index(hash);
        let Some(seen) = self.seen.get_mut(index) else { return };
        // A copy takes the place of what it copies, else the newest that of the oldest.
        let seen = match nth {
            Some(nth) => seen.get_mut(nth),
            None => seen.iter_mut().min_by_key(|seen| seen.origin.packet),
        };
        if let Some(seen) = seen {
            *seen = Seen { hash, place, origin: here, connection };
        }
    }

    /// Of what two captures of a packet have in common.
    #[inline]
    fn hash(&self, segment: &Segment<'_>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        match (segment.source.address, segment.destination.address) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => {
                hasher.write_u64(u64::from(source.to_bits()) << 32 | u64::from(destination.to_bits()));
            }
            addresses => addresses.hash(&mut hasher),
        }
        let ports = u64::from(segment.source.port) << 16 | u64::from(segment.destination.port);
        hasher.write_u64(ports << 32 | u64::from(segment.payload_length));
        let (words, rest) = segment.header.as_chunks::<16>();
        for word in words {
            hasher.write_u128(u128::from_ne_bytes(*word));
        }
        // A header ends with a word of 32 bits.
        for word in rest.as_chunks::<4>().0 {
            hasher.write_u32(u32::from_ne_bytes(*word));
        }
        hasher.write_u16(segment.ip.identification.unwrap_or(0));
        hasher.finish()
    }

    /// Of where it was captured.
    #[inline]
    fn place(&self, segment: &Segment<'_>, interface: u32) -> u64 {
        let Vlans([outer, inner]) = segment.vlans;
        let mut hasher = self.hasher.build_hasher();
        hasher.write_u64(u64::from(interface) << 32 | u64::from(segment.tunnel.0));
        hasher.write_u64(u64::from(outer) << 32 | u64::from(inner) << 16 | u64::from(segment.ip.hop_limit));
        hasher.finish()
    }

    #[expect(clippy::cast_possible_truncation, reason = "smaller than the table")]
    fn index(&self, hash: u64) -> usize {
        (hash & (self.size as u64 - 1)) as usize
    }
}

impl Seen {
    /// Packets are numbered from 1.
    fn is_there(&self) -> bool {
        self.origin.packet != 0
    }
}

/// What tells a packet from others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Print {
    hash: u64,
    place: u64,
    /// Which of the packets in its place has the same hash.
    nth: Option<usize>,
}
