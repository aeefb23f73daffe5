//! IPv4 fragments of a built frame (RFC 791 §3.2).

use std::ops::Range;

use crate::Checksums;

const ETHERNET: usize = 14;
const HEADER: usize = 20;

/// The fragment of a built IPv4 frame that carries these octets of its IP payload; `range` begins at a multiple of
/// eight and need not agree with other fragments'. More fragments follow unless it ends where the payload does.
pub fn fragment(frame: &[u8], identification: u16, range: Range<usize>) -> Vec<u8> {
    let (head, payload) = frame.split_at(frame.len().min(ETHERNET + HEADER));
    let more = if range.end < payload.len() { 0x2000 } else { 0 };
    let offset = u16::try_from(range.start / 8).unwrap_or(u16::MAX) & 0x1fff;
    piece(head, identification, offset | more, payload.get(range).unwrap_or_default())
}

/// Octets that claim a place in a datagram of which nothing else is known; `offset` counts in eights.
pub fn stray_fragment(frame: &[u8], identification: u16, offset: u16, octets: &[u8]) -> Vec<u8> {
    let head = frame.get(..ETHERNET + HEADER).unwrap_or_default();
    piece(head, identification, 0x2000 | (offset & 0x1fff), octets)
}

fn piece(head: &[u8], identification: u16, flags_and_offset: u16, octets: &[u8]) -> Vec<u8> {
    let mut built = [head, octets].concat();
    let length = u16::try_from(HEADER + octets.len()).unwrap_or(u16::MAX);
    let Some(header) = built.get_mut(ETHERNET..ETHERNET + HEADER) else { return built };
    let fields = [(2, length), (4, identification), (6, flags_and_offset), (10, 0)];
    for (at, field) in fields {
        put(header, at, field);
    }
    let checksum = Checksums::Right.of_ipv4(header);
    put(header, 10, checksum);
    built
}

fn put(header: &mut [u8], at: usize, field: u16) {
    if let Some(octets) = header.get_mut(at..at + 2) {
        octets.copy_from_slice(&field.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_say_where_they_belong() {
        let frame = [&[0; ETHERNET][..], &[0x45; HEADER], &[7; 20]].concat();
        let first = fragment(&frame, 0xabcd, 0..8);
        assert_eq!(first[16..22], [0, 28, 0xab, 0xcd, 0x20, 0]);
        let last = fragment(&frame, 0xabcd, 8..20);
        assert_eq!((last.len(), &last[20..22]), (ETHERNET + HEADER + 12, &[0, 1][..]));
        assert_eq!(stray_fragment(&frame, 1, 3, b"12345678")[20..22], [0x20, 3]);
    }
}
