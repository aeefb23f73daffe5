//! The TCP checksum (RFC 9293 §3.1, arithmetic of RFC 1071).

use std::net::IpAddr;

use crate::Segment;

/// What a segment's checksum proves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Checksum {
    /// It is the sum of pseudo header, header and payload.
    Valid,
    /// Nothing yet: the packet was captured on its sender before the network card filled the field in. It
    /// holds 0, or the sum of the pseudo header alone, with or without the length (which the card adds for
    /// each segment that it cuts from a large one). One valid segment in 20,000 looks the same by chance.
    Offloaded,
    /// The segment was changed on its way, or built wrongly.
    Bad,
    /// It cannot be told: a snapshot length cut the segment, or an IPv6 routing header hides the final
    /// destination that takes part in the sum (RFC 8200 §8.1), or the segment has no header.
    Unknown,
}

/// The protocol number as a word of the pseudo header.
const TCP: u64 = (6_u16.to_be()) as u64;

/// Words are added in this machine's order: a swap of octets changes the sum in the same way as it changes the words
/// (RFC 1071 §2).
pub(crate) fn checksum(segment: &Segment<'_>) -> Checksum {
    let Segment { header, payload, payload_length, .. } = *segment;
    let Some(field) = header.get(16..).and_then(|rest| rest.first_chunk()) else {
        return Checksum::Unknown;
    };
    if segment.ip.routed || payload.len() as u64 != u64::from(payload_length) {
        return Checksum::Unknown;
    }
    let field = u16::from_ne_bytes(*field);
    let addresses = add(address(segment.source.address), address(segment.destination.address));
    let addresses = add(addresses, TCP);
    // A header has at most 60 octets.
    let length = payload_length.saturating_add(super::dissect::length(header));
    let pseudo = add(addresses, u64::from(length.to_be()));
    if field == 0 || field == fold(pseudo) || field == fold(addresses) {
        return Checksum::Offloaded;
    }
    match fold(add(pseudo, add(sum(header), sum(payload)))) {
        0xffff => Checksum::Valid,
        _ => Checksum::Bad,
    }
}

fn address(address: IpAddr) -> u64 {
    match address {
        IpAddr::V4(v4) => u64::from(u32::from_ne_bytes(v4.octets())),
        IpAddr::V6(v6) => sum(&v6.octets()),
    }
}

/// The sum of the octets as words, an odd last octet filled up with zero. Words of 64 bits are four of 16 at once:
/// 2^16 is 1 in this arithmetic.
fn sum(octets: &[u8]) -> u64 {
    let (mut sum, mut carry) = (0_u64, false);
    let (blocks, rest) = octets.as_chunks::<64>();
    for block in blocks {
        for word in block.as_chunks::<8>().0 {
            (sum, carry) = sum.carrying_add(u64::from_ne_bytes(*word), carry);
        }
    }
    let (words, rest) = rest.as_chunks::<8>();
    for word in words {
        (sum, carry) = sum.carrying_add(u64::from_ne_bytes(*word), carry);
    }
    add(add(sum, u64::from(carry)), last(rest))
}

/// The same of less than eight octets.
fn last(octets: &[u8]) -> u64 {
    let (fours, rest) = octets.as_chunks::<4>();
    let (twos, rest) = rest.as_chunks::<2>();
    let fours = fours.first().map_or(0, |four| u64::from(u32::from_ne_bytes(*four)));
    let twos = twos.first().map_or(0, |two| u64::from(u16::from_ne_bytes(*two)));
    fours + twos + rest.first().map_or(0, |&one| u64::from(u16::from_ne_bytes([one, 0])))
}

/// A sum in ones' complement: what overflows comes in again at the other end.
fn add(a: u64, b: u64) -> u64 {
    let (sum, overflows) = a.overflowing_add(b);
    sum + u64::from(overflows)
}

/// A sum in ones' complement, 16 bits wide. A number and its turned self, added, have the sum of both halves in the
/// high one: what overflows the low one is carried there.
fn fold(sum: u64) -> u16 {
    let sum = high(sum.wrapping_add(sum.rotate_left(32)));
    let [a, b, _, _] = sum.wrapping_add(sum.rotate_left(16)).to_be_bytes();
    u16::from_be_bytes([a, b])
}

fn high(word: u64) -> u32 {
    let [a, b, c, d, ..] = word.to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Dissected, LinkType, dissect};

    /// RFC 1071 §4.1, word by word.
    fn simple(octets: &[u8]) -> u16 {
        let mut sum = 0_u32;
        for pair in octets.chunks(2) {
            sum += u32::from(u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]));
            sum = (sum & 0xffff) + (sum >> 16);
        }
        u16::try_from(sum).unwrap()
    }

    /// A segment with its checksum filled in by the simple sum.
    fn sealed(payload: &[u8]) -> Vec<u8> {
        let [high, low] = u16::try_from(40 + payload.len()).unwrap().to_be_bytes();
        let mut octets = vec![
            0x45, 0, high, low, 0, 1, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, // IPv4
            3, 0xe8, 0, 80, 0, 0, 0, 9, 0, 0, 0, 0, 0x50, 0x10, 0xff, 0xff, 0, 0, 0, 0, // TCP
        ];
        octets.extend_from_slice(payload);
        let length = u16::try_from(20 + payload.len()).unwrap();
        let pseudo = [&octets[12..20], &[0, 6], &length.to_be_bytes(), &octets[20..]].concat();
        let field = !simple(&pseudo);
        octets[36..38].copy_from_slice(&field.to_be_bytes());
        octets
    }

    fn judge(ip: &[u8]) -> Checksum {
        let Dissected::Tcp(segment) = dissect(LinkType::RAW, ip) else { panic!("no segment") };
        segment.checksum()
    }

    proptest! {
        #[test]
        fn the_fast_sum_is_the_simple_one(octets in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(fold(sum(&octets)).to_be(), simple(&octets));
        }

        #[test]
        fn one_changed_bit_is_seen(payload in prop::collection::vec(any::<u8>(), 1..200), bit in 0..1600_usize) {
            let mut packet = sealed(&payload);
            prop_assume!(judge(&packet) == Checksum::Valid);
            let at = 40 + bit / 8 % payload.len();
            packet[at] ^= 1 << (bit % 8);
            prop_assert_eq!(judge(&packet), Checksum::Bad);
        }
    }

    #[test]
    fn large_and_extreme_sums_fold() {
        for octets in [vec![0xff; 65_535], vec![0; 65_535], vec![0xff; 1 << 20]] {
            assert_eq!(fold(sum(&octets)).to_be(), simple(&octets));
        }
    }

    #[test]
    fn a_captured_segment_is_valid() {
        assert_eq!(judge(&sealed(b"")), Checksum::Valid);
        assert_eq!(judge(&sealed(b"odd")), Checksum::Valid);
    }

    #[test]
    fn what_a_card_fills_in_is_offloaded() {
        let mut packet = sealed(b"data");
        let (whole, part) = (simple(&[10, 0, 0, 1, 10, 0, 0, 2, 0, 6, 0, 24]), 0x1409);
        assert_eq!(part, simple(&[10, 0, 0, 1, 10, 0, 0, 2, 0, 6]));
        for field in [0, whole, part] {
            packet[36..38].copy_from_slice(&field.to_be_bytes());
            assert_eq!(judge(&packet), Checksum::Offloaded, "{field:04x}");
        }
        packet[36..38].copy_from_slice(&(whole + 1).to_be_bytes());
        assert_eq!(judge(&packet), Checksum::Bad);
    }

    #[test]
    fn what_is_not_there_cannot_be_judged() {
        let packet = sealed(b"data");
        assert_eq!(judge(&packet[..42]), Checksum::Unknown);
        let Dissected::Tcp(segment) = dissect(LinkType::RAW, &packet) else { panic!("no segment") };
        assert_eq!(Segment { header: &[], ..segment }.checksum(), Checksum::Unknown);
        let ip = crate::IpFacts { routed: true, ..segment.ip };
        assert_eq!(Segment { ip, ..segment }.checksum(), Checksum::Unknown);
    }
}
