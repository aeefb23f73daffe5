//! The header of a pcap file (draft-ietf-opsawg-pcap §4).
//!
//! ```text
//! magic (4)  major (2) minor (2)  reserved (8)  snaplen (4)  FCS length (4 bits) f (1 bit) … link type (16 bits)
//! ```

use nom::Parser;
use nom::bytes::complete::take;
use nom::number::Endianness;
use nom::number::complete::be_u32;
use tapline_packet::LinkType;

use crate::parse::{Malformed, Parsed, number16, number32};

/// Bytes of the header.
pub(crate) const HEADER_BYTES: usize = 24;

/// Bits of the link type's field that mean nothing so far.
const RESERVED: u32 = 0x03ff_0000;
/// The bit that says that the length of the frame check sequence is given.
const FCS_PRESENT: u32 = 0x0400_0000;

/// The header of a pcap file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) order: Endianness,
    /// Nanoseconds in one unit of a record's fraction.
    pub(crate) fraction_ns: u32,
    /// Kuznetsov's modification: eight more bytes a record header.
    pub(crate) modified: bool,
    pub(crate) version: (u16, u16),
    pub(crate) snaplen: u32,
    pub(crate) link_type: LinkType,
    /// The bits beside the link type that mean nothing so far.
    pub(crate) reserved: u32,
    /// Octets of frame check sequence.
    pub(crate) fcs_length: Option<u8>,
}

impl Header {
    pub(crate) fn record_head_bytes(self) -> usize {
        if self.modified { 24 } else { 16 }
    }
}

pub(crate) fn header(input: &[u8]) -> Parsed<'_, Header> {
    let (input, (order, fraction_ns, modified)) = magic(input)?;
    let (input, major) = number16(order, "the major version").parse(input)?;
    let (input, minor) = number16(order, "the minor version").parse(input)?;
    let (input, _reserved) = take(8_usize).parse(input)?;
    let (input, snaplen) = number32(order, "the snapshot length").parse(input)?;
    let (input, link) = number32(order, "the link type").parse(input)?;
    let link_type = LinkType(u16::try_from(link & 0xffff).unwrap_or_default());
    // The length counts 16-bit words.
    let fcs_length = (link & FCS_PRESENT != 0).then(|| u8::try_from(link >> 28).unwrap_or_default() * 2);
    let version = (major, minor);
    Ok((
        input,
        Header {
            order,
            fraction_ns,
            modified,
            version,
            snaplen,
            link_type,
            reserved: link & RESERVED,
            fcs_length,
        },
    ))
}

fn magic(input: &[u8]) -> Parsed<'_, (Endianness, u32, bool)> {
    let (rest, magic) = be_u32(input)?;
    let meaning = match magic {
        0xa1b2_c3d4 => (Endianness::Big, 1_000, false),
        0xd4c3_b2a1 => (Endianness::Little, 1_000, false),
        0xa1b2_3c4d => (Endianness::Big, 1, false),
        0x4d3c_b2a1 => (Endianness::Little, 1, false),
        0xa1b2_cd34 => (Endianness::Big, 1_000, true),
        0x34cd_b2a1 => (Endianness::Little, 1_000, true),
        _ => return Err(nom::Err::Failure(Malformed::Meaningless("the magic number"))),
    };
    Ok((rest, meaning))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::value;

    /// corpus/odd/fcs.pcap, its first 24 bytes.
    const FCS: &[u8] = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x01\0\0\x24";

    #[test]
    fn the_link_type_field_also_holds_the_length_of_the_frame_check_sequence() {
        let header = value(header(FCS)).unwrap();
        assert_eq!(header.link_type, LinkType::ETHERNET);
        assert_eq!(header.fcs_length, Some(4));
        assert_eq!((header.version, header.snaplen), ((2, 4), 65_535));
    }

    #[test]
    fn every_prefix_is_an_error_and_not_a_panic() {
        for end in 0..FCS.len() {
            assert!(header(&FCS[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn each_magic_has_its_meaning() {
        let check = |magic: &[u8], order, fraction_ns, modified| {
            let bytes = [magic, &FCS[4..]].concat();
            let header = value(header(&bytes)).unwrap();
            assert_eq!((header.order, header.fraction_ns, header.modified), (order, fraction_ns, modified));
        };
        check(b"\xa1\xb2\xc3\xd4", Endianness::Big, 1_000, false);
        check(b"\x4d\x3c\xb2\xa1", Endianness::Little, 1, false);
        check(b"\x34\xcd\xb2\xa1", Endianness::Little, 1_000, true);
        assert!(header(&[0; 24]).is_err());
    }
}
