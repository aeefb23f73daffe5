//! The head of a record in a pcap file (draft-ietf-opsawg-pcap §5).
//!
//! ```text
//! seconds (4)  fraction (4)  captured length (4)  length on the wire (4)  [ifindex (4) protocol (2) kind (1) pad (1)]
//! ```

use nom::Parser;
use tapline_packet::Timestamp;

use super::header::Header;
use crate::parse::{Parsed, numbers32, octets};

/// The head of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) at: Timestamp,
    /// Octets that were kept.
    pub(crate) captured: u32,
    /// Octets that were on the wire.
    pub(crate) wire: u32,
}

impl Head {
    /// Whether it is what is read where there is nothing.
    pub(crate) fn is_zeros(self) -> bool {
        self.captured == 0 && self.wire == 0 && self.at == Timestamp(0)
    }
}

pub(crate) fn head(input: &[u8], header: Header) -> Parsed<'_, Head> {
    const FIELDS: [&str; 4] =
        ["the seconds", "the fraction of a second", "the captured length", "the length on the wire"];
    let order = header.order;
    let (input, [seconds, fraction, captured, wire]) = numbers32(order, &FIELDS, input)?;
    let (input, _) =
        octets(header.record_head_bytes() - 16, "the modified header's addition").parse(input)?;
    // A fraction over a second's worth carries into the seconds. The sum fits: 2^32 s are 4.3e18 ns.
    let at =
        Timestamp(i64::from(seconds) * 1_000_000_000 + i64::from(fraction) * i64::from(header.fraction_ns));
    let (captured, wire) =
        if swapped(header.version, captured, wire) { (wire, captured) } else { (captured, wire) };
    Ok((input, Head { at, captured, wire }))
}

/// Before version 2.3 the two lengths stood the other way round, and at 2.3 either way is found.
fn swapped((major, minor): (u16, u16), captured: u32, wire: u32) -> bool {
    major == 2 && (minor < 3 || (minor == 3 && captured > wire))
}

#[cfg(test)]
mod tests {
    use nom::number::Endianness;
    use tapline_packet::LinkType;

    use super::*;
    use crate::parse::value;

    fn header(version: (u16, u16)) -> Header {
        Header {
            order: Endianness::Big,
            fraction_ns: 1_000,
            modified: false,
            version,
            snaplen: 0,
            link_type: LinkType::ETHERNET,
            reserved: 0,
            fcs_length: None,
        }
    }

    const RECORD: &[u8] = b"\0\0\0\x02\0\x4c\x4b\x40\0\0\0\x3c\0\0\0\x50";

    #[test]
    fn a_fraction_over_a_second_carries() {
        let head = value(head(RECORD, header((2, 4)))).unwrap();
        assert_eq!(head, Head { at: Timestamp(7_000_000_000), captured: 60, wire: 80 });
    }

    #[test]
    fn lengths_of_old_versions_stand_the_other_way_round() {
        let lengths = |version| {
            let head = value(head(RECORD, header(version))).unwrap();
            (head.captured, head.wire)
        };
        assert_eq!(lengths((2, 2)), (80, 60));
        assert_eq!(lengths((2, 3)), (60, 80));
        assert!(swapped((2, 3), 80, 60));
    }

    #[test]
    fn every_prefix_is_an_error() {
        for end in 0..RECORD.len() {
            assert!(head(&RECORD[..end], header((2, 4))).is_err(), "{end}");
        }
        assert!(head(RECORD, Header { modified: true, ..header((2, 4)) }).is_err());
    }
}
