//! IP datagrams put together from their fragments (RFC 791 §3.2, RFC 8200 §4.5).

mod building;
mod pieces;

use std::collections::BTreeMap;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use tapline_packet::{Datagram, Envelope, Fragment, Timestamp};

use crate::limits::{DATAGRAM_TIMEOUT_NS, DATAGRAMS_BYTES_MAX, DATAGRAMS_MAX};
use building::{Building, Key};
use pieces::{Fit, Pieces};

/// What became of fragmented datagrams. Each is counted once in the first four or still waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DatagramCounts {
    /// Put together.
    pub reassembled: u64,
    /// Given up because fragments did not come within [`DATAGRAM_TIMEOUT_NS`].
    pub timed_out: u64,
    /// Given up to make room for newer ones.
    pub evicted: u64,
    /// Given up because their fragments cannot belong together: an overlap in IPv6 (RFC 5722), two ends, octets
    /// past the end or past the largest datagram, more fragments than [`crate::limits::FRAGMENTS_MAX`].
    pub dropped: u64,
    /// Fragments are missing so far.
    pub waiting: u64,
    /// Of all these, the ones whose fragments overlap. In IPv4 only where they say different things of the same
    /// octets, of which the first is kept; in IPv6 wherever one is not an exact copy.
    pub overlapping: u64,
    /// Fragments, not datagrams, that a snapshot length cut, so that their datagram can never be whole.
    pub cut_fragments: u64,
}

/// A datagram that is whole.
#[derive(Debug)]
pub struct Whole {
    pub(crate) envelope: Envelope,
    pub(crate) octets: Vec<u8>,
}

impl Whole {
    /// The datagram, to be read on.
    pub fn datagram(&self) -> Datagram<'_> {
        Datagram {
            envelope: self.envelope,
            payload: &self.octets,
            payload_length: u32::try_from(self.octets.len()).unwrap_or(u32::MAX),
        }
    }
}

/// Datagrams that wait for fragments. Every bound stands in [`crate::limits`]; the oldest goes first.
#[derive(Default)]
pub struct Datagrams {
    /// The hash is seeded at random, so nobody can choose identifications that collide.
    table: HashMap<Key, Building, RandomState>,
    /// The keys of `table` by the number of their datagram, oldest first.
    order: BTreeMap<u64, Key>,
    opened: u64,
    held_bytes: usize,
    counts: DatagramCounts,
}

impl Datagrams {
    /// Takes a fragment; the datagram if that was the last one missing.
    pub fn fragment(&mut self, fragment: &Fragment<'_>, at: Timestamp) -> Option<Whole> {
        self.expire(at);
        if (fragment.payload.len() as u64) < u64::from(fragment.payload_length) {
            self.counts.cut_fragments += 1;
            return None;
        }
        let key = Key::of(fragment);
        if !self.table.contains_key(&key) {
            self.open(key, fragment, at);
        }
        let building = self.table.get_mut(&key)?;
        let before = building.bytes();
        let fit = building.add(fragment);
        if let Some(Fit::Overlapping | Fit::Conflicting) = fit {
            self.counts.overlapping += u64::from(!std::mem::replace(&mut building.overlapping, true));
        }
        if let Some(Fit::Conflicting | Fit::Impossible) = fit {
            building.pieces = None;
            self.counts.dropped += 1;
        }
        let whole = building.pieces.as_ref().is_some_and(Pieces::is_whole);
        self.held_bytes = self.held_bytes - before + building.bytes();
        if whole {
            return self.close(&key);
        }
        self.make_room();
        None
    }

    /// What became of the datagrams so far.
    pub fn counts(&self) -> DatagramCounts {
        let DatagramCounts { reassembled, timed_out, evicted, dropped, .. } = self.counts;
        DatagramCounts { waiting: self.opened - reassembled - timed_out - evicted - dropped, ..self.counts }
    }

    /// Octets that are held, bookkeeping included; never more than [`DATAGRAMS_BYTES_MAX`] between two calls.
    pub fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    fn open(&mut self, key: Key, fragment: &Fragment<'_>, at: Timestamp) {
        let number = self.opened;
        self.opened += 1;
        self.held_bytes += Building::BYTES;
        self.order.insert(number, key);
        self.table.insert(key, Building::new(number, at, fragment.envelope));
    }

    fn close(&mut self, key: &Key) -> Option<Whole> {
        let Building { envelope, pieces, .. } = self.remove(key)?;
        self.counts.reassembled += 1;
        Some(Whole { envelope, octets: pieces?.into_octets() })
    }

    fn remove(&mut self, key: &Key) -> Option<Building> {
        let building = self.table.remove(key)?;
        self.order.remove(&building.number);
        self.held_bytes -= building.bytes();
        Some(building)
    }

    /// Gives up what waited too long. The numbers are in the order of packet time wherever that goes forward;
    /// where it does not, a datagram stays a little longer.
    fn expire(&mut self, at: Timestamp) {
        while let Some((_, &key)) = self.order.first_key_value()
            && self.table.get(&key).is_some_and(|oldest| at.since(oldest.since) > DATAGRAM_TIMEOUT_NS)
        {
            self.counts.timed_out += self.give_up(&key);
        }
    }

    fn make_room(&mut self) {
        while (self.table.len() > DATAGRAMS_MAX || self.held_bytes > DATAGRAMS_BYTES_MAX)
            && let Some((_, &key)) = self.order.first_key_value()
        {
            self.counts.evicted += self.give_up(&key);
        }
    }

    /// How many datagrams that loses: none where it was dropped already.
    fn give_up(&mut self, key: &Key) -> u64 {
        u64::from(self.remove(key).is_some_and(|building| building.pieces.is_some()))
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use tapline_packet::{Dissected, IpFacts, Vlans, dissect_datagram};

    use super::*;

    const START: Timestamp = Timestamp(1_000_000_000_000);

    /// A fragment of 10.0.0.1's, or of ::1's.
    fn part(v6: bool, identification: u32, offset: u32, payload: &[u8], more: bool) -> Fragment<'_> {
        let v4 = |last: u8| IpAddr::from([10, 0, 0, last]);
        let end = |last: u8| if v6 { IpAddr::from([0, 0, 0, 0, 0, 0, 0, u16::from(last)]) } else { v4(last) };
        let envelope = Envelope { source: end(1), destination: end(2), protocol: 6, ..Envelope::default() };
        let payload_length = u32::try_from(payload.len()).unwrap();
        Fragment { envelope, identification, offset, more, payload, payload_length }
    }

    fn text(whole: Option<Whole>) -> Option<String> {
        whole.map(|whole| String::from_utf8(whole.octets).unwrap())
    }

    #[test]
    fn datagrams_are_told_apart_by_their_key() {
        let other = |change: fn(&mut Envelope)| {
            let mut fragment = part(false, 1, 8, b"no", false);
            change(&mut fragment.envelope);
            fragment
        };
        let mut datagrams = Datagrams::default();
        assert_eq!(text(datagrams.fragment(&part(false, 1, 0, b"12345678", true), START)), None);
        for stranger in [
            part(false, 2, 8, b"no", false),
            part(true, 1, 8, b"no", false),
            other(|envelope| envelope.protocol = 17),
            other(|envelope| envelope.network.vlans = Vlans([3, 0])),
            other(|envelope| std::mem::swap(&mut envelope.source, &mut envelope.destination)),
        ] {
            assert_eq!(text(datagrams.fragment(&stranger, START)), None);
        }
        let last = part(false, 1, 8, b"9", false);
        assert_eq!(text(datagrams.fragment(&last, START)), Some("123456789".into()));
        let counts = DatagramCounts { reassembled: 1, waiting: 5, ..DatagramCounts::default() };
        assert_eq!(datagrams.counts(), counts);
    }

    #[test]
    fn the_first_fragment_says_what_the_datagram_is() {
        let mut datagrams = Datagrams::default();
        let mut last = part(true, 1, 8, b"9", false);
        last.envelope.protocol = 60;
        last.envelope.ip = IpFacts { ecn: 3, hop_limit: 1, ..IpFacts::default() };
        last.envelope.layers = 5;
        let mut first = part(true, 1, 0, b"12345678", true);
        first.envelope.ip = IpFacts { ecn: 2, hop_limit: 64, ..IpFacts::default() };
        datagrams.fragment(&last, START);
        let whole = datagrams.fragment(&first, START).unwrap();
        let envelope = whole.datagram().envelope;
        assert_eq!((envelope.protocol, envelope.layers), (6, 5));
        assert_eq!(envelope.ip, IpFacts { ecn: 3, hop_limit: 64, ..IpFacts::default() });
    }

    #[test]
    fn an_overlap_in_ipv6_drops_all_that_belongs_to_it() {
        let mut datagrams = Datagrams::default();
        datagrams.fragment(&part(true, 1, 0, b"1234567812345678", true), START);
        datagrams.fragment(&part(true, 1, 8, b"12345678", true), START);
        let last = part(true, 1, 16, b"9", false);
        assert_eq!(text(datagrams.fragment(&last, START)), None);
        assert_eq!(text(datagrams.fragment(&part(true, 1, 0, b"1234567812345678", true), START)), None);
        let counts = DatagramCounts { dropped: 1, overlapping: 1, ..DatagramCounts::default() };
        assert_eq!(datagrams.counts(), counts);
        datagrams.expire(Timestamp(START.0 + DATAGRAM_TIMEOUT_NS + 1));
        assert_eq!((datagrams.counts(), datagrams.held_bytes()), (counts, 0), "counted once");
    }

    #[test]
    fn an_overlap_in_ipv4_keeps_the_first_copy_and_is_counted_once() {
        let mut datagrams = Datagrams::default();
        datagrams.fragment(&part(false, 1, 8, b"abcdefgh", true), START);
        datagrams.fragment(&part(false, 1, 0, b"12345678ABCD", true), START);
        datagrams.fragment(&part(false, 1, 8, b"XXXXXXXX", true), START);
        let whole = datagrams.fragment(&part(false, 1, 16, b"9", false), START);
        assert_eq!(text(whole), Some("12345678abcdefgh9".into()));
        let counts = DatagramCounts { reassembled: 1, overlapping: 1, ..DatagramCounts::default() };
        assert_eq!((datagrams.counts(), datagrams.held_bytes()), (counts, 0));
    }

    #[test]
    fn time_and_a_cut_are_losses_of_their_own() {
        let mut datagrams = Datagrams::default();
        let mut cut = part(false, 1, 8, b"1234", false);
        cut.payload_length = 8;
        datagrams.fragment(&cut, START);
        datagrams.fragment(&part(false, 1, 0, b"12345678", true), START);
        let last = part(false, 1, 8, b"9", false);
        let late = Timestamp(START.0 + DATAGRAM_TIMEOUT_NS + 1);
        assert_eq!(text(datagrams.fragment(&last, late)), None);
        let counts =
            DatagramCounts { timed_out: 1, waiting: 1, cut_fragments: 1, ..DatagramCounts::default() };
        assert_eq!(datagrams.counts(), counts);
    }

    #[test]
    fn what_is_inside_is_read_on() {
        let tcp = [3, 0xe8, 0, 80, 0, 0, 0, 9, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 1, 0, 0, b'!'];
        let mut datagrams = Datagrams::default();
        datagrams.fragment(&part(true, 1, 0, &tcp[..8], true), START);
        let whole = datagrams.fragment(&part(true, 1, 8, &tcp[8..], false), START).unwrap();
        let Dissected::Tcp(segment) = dissect_datagram(&whole.datagram()) else { panic!("no segment") };
        assert_eq!((segment.sequence, segment.payload, segment.payload_length), (9, &b"!"[..], 1));
    }

    #[test]
    fn fragments_in_fragments_end() {
        // Each datagram is a fragment header in front of the next one.
        let headers: Vec<u8> = (0..100).flat_map(|id| [44, 0, 0, 1, 0, 0, 0, id]).collect();
        let mut outermost = part(true, 1000, 0, &headers, false);
        outermost.envelope.protocol = 44;
        let mut datagrams = Datagrams::default();
        let mut whole = datagrams.fragment(&outermost, START);
        let mut depth = 0;
        while let Some(outer) = whole.take() {
            depth += 1;
            if let Dissected::Fragment(inner) = dissect_datagram(&outer.datagram()) {
                whole = datagrams.fragment(&Fragment { more: false, ..inner }, START);
            }
        }
        assert_eq!(depth, tapline_packet::limits::LAYERS_MAX + 1);
    }
}
