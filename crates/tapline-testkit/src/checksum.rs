//! Internet checksums (RFC 1071) and how those of built frames may be wrong.

use std::net::IpAddr;

/// What a built frame has in its checksum fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Checksums {
    /// The right ones, as they cross a wire.
    #[default]
    Right,
    /// As a sender's own capture sees them where the card finishes the work: TCP has the sum of the pseudo header
    /// only (Linux, `CHECKSUM_PARTIAL`), IPv4 is right.
    Partial,
    /// As other systems leave them to the card: zero, IPv4 too.
    Zero,
    /// TCP's is off by one bit, as if the segment had been damaged; IPv4 is right.
    Wrong,
}

impl Checksums {
    /// What stands in the header checksum of IPv4 (RFC 791 §3.1); the field of `header` is zero.
    pub(crate) fn of_ipv4(self, header: &[u8]) -> u16 {
        if self == Self::Zero { 0 } else { !folded(sum(header)) }
    }

    /// What stands in TCP's field, which is zero in `segment` (RFC 9293 §3.1, RFC 8200 §8.1).
    pub(crate) fn of_tcp(self, source: IpAddr, destination: IpAddr, segment: &[u8]) -> u16 {
        let pseudo = pseudo_header(source, destination, segment.len());
        let right = !folded(pseudo + sum(segment));
        match self {
            Self::Right => right,
            Self::Partial => folded(pseudo),
            Self::Zero => 0,
            Self::Wrong => right ^ 1,
        }
    }
}

/// The sum over the pseudo header. Its fields stand at other places in IPv4 and IPv6 and add up alike.
fn pseudo_header(source: IpAddr, destination: IpAddr, tcp_length: usize) -> u64 {
    let address = |address| match address {
        IpAddr::V4(v4) => sum(&v4.octets()),
        IpAddr::V6(v6) => sum(&v6.octets()),
    };
    address(source) + address(destination) + 6 + tcp_length as u64
}

/// 16-bit words, the last one filled up with a zero.
fn sum(octets: &[u8]) -> u64 {
    let words = octets.chunks_exact(2);
    let last = words.remainder().first().map_or(0, |&octet| u64::from(octet) << 8);
    words.fold(last, |sum, word| match *word {
        [high, low] => sum + u64::from(u16::from_be_bytes([high, low])),
        _ => sum,
    })
}

#[expect(clippy::cast_possible_truncation, reason = "the loop ends below 65,536")]
fn folded(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_1071_adds_up() {
        // §3: 00 01 f2 03 f4 f5 f6 f7 sums up to ddf2.
        assert_eq!(folded(sum(&[0, 1, 0xf2, 3, 0xf4, 0xf5, 0xf6, 0xf7])), 0xddf2);
        assert_eq!(sum(&[0, 1, 0xf2]), 0xf201);
    }

    #[test]
    fn a_header_with_its_checksum_sums_up_to_all_ones() {
        let mut header = [0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2];
        let right = Checksums::Right.of_ipv4(&header);
        header[10..12].copy_from_slice(&right.to_be_bytes());
        assert_eq!(folded(sum(&header)), 0xffff);
    }

    #[test]
    fn kinds_differ_and_only_the_right_one_verifies() {
        let ends: [IpAddr; 2] = ["2001:db8::1".parse().unwrap(), "2001:db8::2".parse().unwrap()];
        let mut segment = [7; 25];
        segment[16..18].fill(0);
        let pseudo = pseudo_header(ends[0], ends[1], segment.len());
        for kind in [Checksums::Right, Checksums::Partial, Checksums::Zero, Checksums::Wrong] {
            let mut built = segment;
            built[16..18].copy_from_slice(&kind.of_tcp(ends[0], ends[1], &segment).to_be_bytes());
            let verifies = folded(pseudo + sum(&built)) == 0xffff;
            assert_eq!(verifies, kind == Checksums::Right, "{kind:?}");
        }
    }
}
