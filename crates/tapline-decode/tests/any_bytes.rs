//! Law 1: no octets make this crate panic, hang or grow without bound.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests are tests")]

mod common;

use common::{Forward, Heard, Reverse, Turn, hex, http1, http2, play, tls12, websocket};
use proptest::prelude::*;
use tapline_decode::{Conversation, Keyring, Protocol};

const STATED: [Option<Protocol>; 5] =
    [None, Some(Protocol::Tls), Some(Protocol::Http1), Some(Protocol::Http2), Some(Protocol::WebSocket)];

fn feed(octets: &[u8]) {
    for stated in STATED {
        let turns = [(Forward, octets.to_vec()), (Reverse, octets.to_vec())];
        for pieces in [&[usize::MAX][..], &[1], &[7, 13]] {
            let _ = play(Conversation::new(stated), &turns, pieces);
        }
    }
}

#[test]
fn the_fuzz_corpus_of_nghttp2() {
    let Some(corpus) = tapline_testkit::corpus("nghttp2+nghttp2/fuzz/corpus") else { return };
    let mut count = 0;
    for folder in std::fs::read_dir(corpus).unwrap().flatten() {
        for file in std::fs::read_dir(folder.path()).unwrap().flatten() {
            let octets = std::fs::read(file.path()).unwrap();
            feed(&octets);
            feed(&[b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &octets[..]].concat());
            count += 1;
        }
    }
    assert!(count > 100, "{count} files");
}

#[test]
fn every_prefix_of_the_samples() {
    for turns in [http1(), http2(), tls12()] {
        let total: usize = turns.iter().map(|(_, octets)| octets.len()).sum();
        for length in 0..total {
            let mut left = length;
            let cut: Vec<Turn> = turns
                .iter()
                .map(|(direction, octets)| {
                    let taken = left.min(octets.len());
                    left -= taken;
                    (*direction, octets[..taken].to_vec())
                })
                .collect();
            let _ = play(Conversation::default(), &cut, &[usize::MAX]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn random_octets(octets in prop::collection::vec(any::<u8>(), 0..2000)) {
        feed(&octets);
    }

    #[test]
    fn samples_with_wrong_octets(at in 0_usize..10_000, value in any::<u8>(), pieces in 1_usize..50) {
        for mut turns in [http1(), http2(), tls12(), websocket()] {
            let total: usize = turns.iter().map(|(_, octets)| octets.len()).sum();
            let mut at = at % total;
            for (_, octets) in &mut turns {
                if let Some(octet) = octets.get_mut(at) {
                    *octet = value;
                    break;
                }
                at -= octets.len();
            }
            let whole = play(Conversation::default(), &turns, &[usize::MAX]);
            prop_assert_eq!(play(Conversation::default(), &turns, &[pieces]), whole);
        }
    }

    #[test]
    fn samples_with_gaps(from in 0_u64..3000, length in 1_u64..2500, pieces in 1_usize..300) {
        for turns in [http1(), http2(), tls12(), websocket()] {
            let whole = with_gap(&turns, from, length, usize::MAX);
            prop_assert_eq!(with_gap(&turns, from, length, pieces), whole);
        }
    }
}

/// Plays the turns with a gap in both directions.
fn with_gap(turns: &[Turn], from: u64, length: u64, pieces: usize) -> Heard {
    let mut conversation = Conversation::default();
    let mut heard = Heard::default();
    let mut offsets = [0_u64; 2];
    let mut said = [false; 2];
    for (direction, octets) in turns {
        let nth = direction.index();
        for piece in octets.chunks(pieces.min(octets.len().max(1))) {
            let start = offsets[nth];
            let end = start + u64::try_from(piece.len()).unwrap();
            offsets[nth] = end;
            let at = |offset: u64| usize::try_from(offset.clamp(start, end) - start).unwrap();
            let (before, after) = (&piece[..at(from)], &piece[at(from + length)..]);
            if !before.is_empty() {
                conversation.bytes(*direction, start, before, &mut Keyring::default(), &mut heard);
            }
            if end > from && !std::mem::replace(&mut said[nth], true) {
                conversation.gap(*direction, from, length, &mut Keyring::default(), &mut heard);
            }
            if !after.is_empty() {
                conversation.bytes(
                    *direction,
                    (from + length).max(start),
                    after,
                    &mut Keyring::default(),
                    &mut heard,
                );
            }
        }
    }
    heard
}

#[test]
fn tunnels_within_tunnels_end() {
    let octets = b"CONNECT a:1 HTTP/1.1\r\n\r\n".repeat(200_000);
    let _ = play(Conversation::default(), &[(Forward, octets)], &[usize::MAX]);
}

#[test]
fn a_flood_of_continuation_is_dropped() {
    let mut octets = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    octets.extend(common::frame(1, 0, 1, &[]));
    for _ in 0..100 {
        octets.extend(common::frame(9, 0, 1, &[0; 16384]));
    }
    octets.extend(hex("000001 01 05 00000003 82"));
    let heard = play(Conversation::default(), &[(Forward, octets)], &[usize::MAX]);
    assert_eq!(heard.codes().first(), Some(&"http2_block_too_long"));
}
