//! Fragments in any order are the datagram; floods of them take linear work and bounded memory.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::net::IpAddr;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use tapline_packet::{Envelope, Fragment, Timestamp};
use tapline_reassembly::limits::{DATAGRAM_BYTES_MAX, DATAGRAMS_BYTES_MAX, DATAGRAMS_MAX, FRAGMENTS_MAX};
use tapline_reassembly::{DatagramCounts, Datagrams};

/// A fragment in the middle of a datagram of 10.0.0.1's, or of ::1's.
fn part(v6: bool, identification: u32, offset: u32, payload: &[u8]) -> Fragment<'_> {
    let source = if v6 { IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]) } else { IpAddr::from([10, 0, 0, 1]) };
    let envelope = Envelope { source, destination: source, protocol: 6, ..Envelope::default() };
    let payload_length = u32::try_from(payload.len()).unwrap();
    Fragment { envelope, identification, offset, more: true, payload, payload_length }
}

/// Sends a flood and holds what is kept against the limits after every fragment.
fn flood(fragments: impl Iterator<Item = Fragment<'static>>) -> DatagramCounts {
    let (mut datagrams, start) = (Datagrams::default(), Instant::now());
    for fragment in fragments {
        datagrams.fragment(&fragment, Timestamp(0));
        assert!(datagrams.held_bytes() <= DATAGRAMS_BYTES_MAX);
        assert!(datagrams.counts().waiting <= DATAGRAMS_MAX as u64);
    }
    // Quadratic work would take hours.
    assert!(start.elapsed() < Duration::from_mins(1));
    datagrams.counts()
}

static LARGE: [u8; 65_528] = [7; 65_528];
const MANY: u32 = 250_000;

#[test]
fn a_flood_of_first_fragments_evicts_the_oldest() {
    let counts = flood((0..MANY).map(|id| part(id % 2 == 0, id, 0, &LARGE[..8])));
    assert_eq!((counts.evicted, counts.waiting), (250_000 - 16_384, 16_384));
    let counts = flood((0..10_000).map(|id| part(false, id, 0, &LARGE)));
    assert_eq!((counts.evicted + counts.waiting, counts.waiting), (10_000, 1015));
}

#[test]
fn no_fragment_reaches_beyond_the_largest_datagram() {
    let dropped = |end: u32| {
        let offset = DATAGRAM_BYTES_MAX / 8 * 8;
        flood([part(false, 1, offset, &LARGE[..(end - offset) as usize])].into_iter()).dropped
    };
    assert_eq!([DATAGRAM_BYTES_MAX, DATAGRAM_BYTES_MAX + 1].map(dropped), [0, 1]);
}

#[test]
fn a_flood_into_one_datagram_is_dropped_or_fits() {
    // Backwards, every second unit, so that nothing joins.
    let scattered = |id: u32| part(false, 1, 16 * (4095 - id % 4096), &LARGE[..1]);
    let counts = flood((0..MANY).map(scattered));
    assert_eq!((counts.dropped, counts.waiting), (1, 0));
    // Fewer than are refused, again and again.
    let few = u32::try_from(FRAGMENTS_MAX).unwrap() / 2;
    let again = |id: u32| part(false, 1, 16 * (few - id % few), &LARGE[..1]);
    let counts = flood((0..MANY).map(again));
    assert_eq!((counts.dropped, counts.waiting, counts.overlapping), (0, 1, 0));
}

#[test]
fn a_flood_of_large_overlaps_costs_what_it_brings() {
    let few = u32::try_from(FRAGMENTS_MAX).unwrap() / 4;
    let small = (0..few).map(move |id| part(false, 1, 16 * (few - id), &[1]));
    let large = (0..3000).map(|id| part(false, 1, 8 * (id % 8), &LARGE[..30_000]));
    let counts = flood(small.chain(large));
    assert_eq!((counts.dropped, counts.overlapping, counts.waiting), (0, 1, 1));
}

/// Some octets, and where they are cut, in units of eight.
fn cut_text() -> impl Strategy<Value = (Vec<u8>, Vec<usize>)> {
    prop::collection::vec(any::<u8>(), 1..400).prop_flat_map(|text| {
        let units = text.len().div_ceil(8);
        (Just(text), prop::collection::btree_set(0..units, 0..units).prop_map(|at| at.into_iter().collect()))
    })
}

/// The datagram that its parts give, each part from one octet to another.
fn reassemble(v6: bool, text: &[u8], parts: &[(usize, usize)]) -> Option<Vec<u8>> {
    let mut datagrams = Datagrams::default();
    let mut whole = None;
    for &(from, to) in parts {
        let fragment = part(v6, 1, u32::try_from(from).unwrap(), &text[from..to]);
        let last = Fragment { more: to < text.len(), ..fragment };
        whole = whole.or(datagrams.fragment(&last, Timestamp(0)));
    }
    whole.map(|whole| whole.datagram().payload.to_vec())
}

proptest! {
    #[test]
    fn any_order_with_copies_gives_the_datagram(
        (text, cuts) in cut_text(),
        v6 in any::<bool>(),
        order in prop::collection::vec(any::<u32>(), 100),
    ) {
        let ends = cuts.iter().copied().filter(|&at| at > 0).map(|at| 8 * at).chain([text.len()]);
        let mut parts: Vec<(usize, usize)> =
            ends.scan(0, |from, to| Some((std::mem::replace(from, to), to))).collect();
        parts.extend(parts.clone());
        let mut keyed: Vec<_> = order.iter().zip(parts).collect();
        keyed.sort();
        let parts: Vec<_> = keyed.into_iter().map(|(_, part)| part).collect();
        prop_assert_eq!(reassemble(v6, &text, &parts), Some(text));
    }

    #[test]
    fn overlaps_of_the_same_octets_change_nothing_in_ipv4(
        (text, starts) in cut_text(),
        lengths in prop::collection::vec(1..12_usize, 60),
    ) {
        let overlapping = starts.iter().zip(lengths).map(|(start, length)| (8 * start, text.len().min(8 * (start + length))));
        let parts: Vec<_> = overlapping.chain([(0, text.len())]).collect();
        prop_assert_eq!(reassemble(false, &text, &parts), Some(text));
    }
}
