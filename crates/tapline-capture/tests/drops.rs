//! Packets that say how many were dropped before them.
#![allow(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

use tapline_capture::{Drop, read_bytes};
use tapline_packet::Timestamp;

/// A block with its lengths around it, in little endian.
fn block(kind: u32, body: &[u32]) -> Vec<u8> {
    let length = u32::try_from(12 + body.len() * 4).unwrap();
    let words = [kind, length].into_iter().chain(body.iter().copied()).chain([length]);
    words.flat_map(u32::to_le_bytes).collect()
}

/// An enhanced packet of four octets at this microsecond, with `epb_dropcount` where a count is given.
fn packet(interface: u32, at_us: u32, dropped: Option<u32>) -> Vec<u8> {
    let mut body = vec![interface, 0, at_us, 4, 4, 0];
    if let Some(count) = dropped {
        body.extend([8 << 16 | 4, count, 0, 0]);
    }
    block(6, &body)
}

#[test]
fn drops_are_kept_with_their_moment_and_added_up_by_interface() {
    let section = block(0x0a0d_0d0a, &[0x1a2b_3c4d, 1, u32::MAX, u32::MAX]);
    // Link type 101, raw IP.
    let interface = block(1, &[101, 0]);
    let parts = [
        section,
        interface.clone(),
        interface,
        packet(0, 10, None),
        packet(0, 20, Some(3)),
        packet(1, 30, Some(0)),
        packet(1, 40, Some(500)),
        packet(0, 50, Some(1)),
    ];
    let mut packets = 0;
    let facts = read_bytes("drops", &parts.concat(), &mut |_| packets += 1).unwrap();
    assert_eq!((packets, facts.damages.len()), (5, 0));
    let drop = |interface, us: i64, packets| Drop {
        interface: Some(interface),
        before: Timestamp(us * 1_000),
        packets,
    };
    assert_eq!(facts.drops, [drop(0, 20, 3), drop(1, 40, 500), drop(0, 50, 1)]);
    let totals: Vec<_> = facts.interfaces.iter().map(|interface| interface.packet_dropped).collect();
    assert_eq!(totals, [Some(4), Some(500)]);
    assert_eq!(facts.dropped_packets(), Some(504));
}
