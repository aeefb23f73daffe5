//! The frame of a pcapng block (§3.1), and the body of a secrets block (§4.7), which is little more than a frame.
//!
//! ```text
//! type (4)  total length (4)  body (multiple of 4)  total length (4)
//! ```
//!
//! The body of a section header begins with the byte-order magic, by which its own total length is to be read.

use nom::Parser;
use nom::number::Endianness;
use nom::number::complete::be_u32;

use crate::facts::BlockKind;
use crate::limits::BLOCK_BYTES_MAX;
use crate::parse::{Malformed, Parsed, number32, padded, value};

/// Bytes of the shortest block; enough to see the byte order of a section header too.
pub(crate) const BLOCK_BYTES_MIN: usize = 12;

/// The first eight bytes of a block, and four more in a section header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) kind: BlockKind,
    /// Total length as the block's beginning claims it.
    pub(crate) length: u32,
    /// The byte order of the section: a section header brings its own.
    pub(crate) order: Endianness,
}

pub(crate) fn head(input: &[u8], order: Endianness) -> Parsed<'_, Head> {
    let (input, kind) = number32(order, "the type").parse(input)?;
    let kind = BlockKind(kind);
    // The section header's type reads the same in both byte orders.
    let order = if kind == BlockKind::SECTION { section_order(input)? } else { order };
    let (input, length) = number32(order, "the total length").parse(input)?;
    Ok((input, Head { kind, length, order }))
}

/// The block at the front, where all of it is here and nothing is wrong with its frame: the way that nearly every block
/// goes. A section header goes the other one, because it brings its own byte order.
pub(crate) fn whole(input: &[u8], order: Endianness) -> Option<(Head, usize)> {
    let (kind, rest) = input.split_first_chunk()?;
    let (kind, length) = (BlockKind(number(*kind, order)), number(*rest.first_chunk()?, order));
    let octets = usize::try_from(length).ok()?;
    let fits = (BLOCK_BYTES_MIN..=BLOCK_BYTES_MAX).contains(&octets) && octets.is_multiple_of(4);
    if kind == BlockKind::SECTION || !fits {
        return None;
    }
    let trailer = input.get(octets - 4..octets)?.first_chunk()?;
    (number(*trailer, order) == length).then_some((Head { kind, length, order }, octets))
}

fn number(octets: [u8; 4], order: Endianness) -> u32 {
    if order == Endianness::Big { u32::from_be_bytes(octets) } else { u32::from_le_bytes(octets) }
}

/// The byte order that the magic after the total length shows.
fn section_order(input: &[u8]) -> Result<Endianness, nom::Err<Malformed>> {
    let (input, _) = number32(Endianness::Big, "the total length").parse(input)?;
    match be_u32::<_, Malformed>(input)?.1 {
        0x1a2b_3c4d => Ok(Endianness::Big),
        0x4d3c_2b1a => Ok(Endianness::Little),
        _ => Err(nom::Err::Failure(Malformed::Meaningless("the byte-order magic"))),
    }
}

/// The total length that the block at the front claims; 0 where there is none.
pub(crate) fn length(input: &[u8], order: Endianness) -> usize {
    value(head(input, order)).ok().and_then(|head| usize::try_from(head.length).ok()).unwrap_or(0)
}

/// The total length at the end of a block of `length` bytes.
pub(crate) fn trailer(input: &[u8], length: usize, order: Endianness) -> Option<u32> {
    let end = input.get(length.checked_sub(4)?..length)?;
    value(number32(order, "the total length").parse(end)).ok()
}

/// The head of what looks like a block: its type is assigned, its length is a multiple of four and not over
/// `length_max`.
pub(crate) fn likely(input: &[u8], order: Endianness, length_max: usize) -> Option<Head> {
    let head = value(head(input, order)).ok()?;
    let length = usize::try_from(head.length).ok()?;
    let fits = length.is_multiple_of(4) && (BLOCK_BYTES_MIN..=length_max).contains(&length);
    (fits && head.kind.name().is_some()).then_some(head)
}

/// The body of a decryption secrets block: their kind and they themselves.
pub(crate) fn secrets(input: &[u8], order: Endianness) -> Parsed<'_, (u32, &[u8])> {
    let (input, kind) = number32(order, "the kind of secrets").parse(input)?;
    let (input, length) = number32(order, "the length of the secrets").parse(input)?;
    let (input, bytes) = padded(input, usize::try_from(length).unwrap_or(usize::MAX), "the secrets")?;
    Ok((input, (kind, bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_header_brings_its_own_byte_order() {
        let little = b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a";
        let big = b"\x0a\x0d\x0d\x0a\0\0\0\x1c\x1a\x2b\x3c\x4d";
        for (bytes, expected) in [(little, Endianness::Little), (big, Endianness::Big)] {
            for order in [Endianness::Little, Endianness::Big] {
                let head = value(head(bytes, order)).unwrap();
                assert_eq!(head, Head { kind: BlockKind::SECTION, length: 28, order: expected });
            }
        }
        assert!(head(b"\x0a\x0d\x0d\x0a\0\0\0\x1c\x1a\x2b\x3c\x4e", Endianness::Big).is_err());
        (0..12).for_each(|end| assert!(head(&big[..end], Endianness::Big).is_err()));
    }

    #[test]
    fn a_block_is_whole_where_its_lengths_agree_and_all_of_it_is_here() {
        let block = b"\0\0\0\x06\0\0\0\x10body\0\0\0\x10";
        let head = Head { kind: BlockKind::ENHANCED_PACKET, length: 16, order: Endianness::Big };
        assert_eq!(whole(block, Endianness::Big), Some((head, 16)));
        assert_eq!(whole(&[&block[..], b"next"].concat(), Endianness::Big), Some((head, 16)));
        assert_eq!(whole(block, Endianness::Little), None);
        (0..16).for_each(|end| assert_eq!(whole(&block[..end], Endianness::Big), None, "{end}"));
        for place in [7, 15] {
            let mut wrong = *block;
            wrong[place] ^= 1;
            assert_eq!(whole(&wrong, Endianness::Big), None, "{place}");
        }
        assert_eq!(whole(b"\x0a\x0d\x0d\x0a\0\0\0\x0c\0\0\0\x0c", Endianness::Big), None);
        assert_eq!(whole(b"\0\0\0\x06\0\0\0\x08\0\0\0\x08", Endianness::Big), None);
    }

    #[test]
    fn likely_blocks_have_an_assigned_type_and_a_length_that_fits() {
        let check = |bytes: &[u8], expected| {
            assert_eq!(likely(bytes, Endianness::Big, 100).is_some(), expected, "{bytes:?}");
        };
        check(b"\0\0\0\x06\0\0\0\x20....", true);
        check(b"\0\0\0\x06\0\0\0\x21....", false);
        check(b"\0\0\0\x06\0\0\0\x08....", false);
        check(b"\0\0\0\x06\0\0\0\x68....", false);
        check(b"\0\0\x01\x06\0\0\0\x20....", false);
    }

    #[test]
    fn secrets_must_fit_into_their_block() {
        assert_eq!(value(secrets(b"\0\0\0\x01\0\0\0\x03abc\0", Endianness::Big)).unwrap(), (1, &b"abc"[..]));
        assert!(secrets(b"\0\0\0\x01\0\0\0\x05abc\0", Endianness::Big).is_err());
        assert!(secrets(b"\0\0\0\x01\xff\xff\xff\xffabc\0", Endianness::Big).is_err());
    }
}
