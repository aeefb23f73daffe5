//! Packet blocks: enhanced (§4.3), simple (§4.4), obsolete (Appendix A).

use nom::Parser;
use nom::number::Endianness;
use tapline_packet::Timestamp;

use super::options::{self, COMMENT};
use super::section::State;
use crate::file::Notes;
use crate::parse::{Malformed, Parsed, number16, number32, numbers32, octets, padded, value};
use crate::text::readable;

/// Bytes of a block before its body.
const HEAD_BYTES: usize = 8;
/// `epb_dropcount`; obsolete blocks have a field instead.
const DROP_COUNT: u16 = 4;

/// A packet as its block holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Captured<'a> {
    /// Index in the section.
    pub(crate) interface: u32,
    pub(crate) time: Time,
    pub(crate) wire_length: u32,
    pub(crate) data: &'a [u8],
    /// Where `data` begins in the block.
    pub(crate) start: usize,
    pub(crate) options: &'a [u8],
    /// Packets lost before this one, where a field says so.
    pub(crate) dropped: Option<u16>,
}

/// When a packet was captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Time {
    Unknown,
    /// By the interface's clock.
    Ticks(u64),
}

pub(crate) fn enhanced(body: &[u8], order: Endianness) -> Result<Captured<'_>, Malformed> {
    let fixed = |input| {
        let (input, [interface]) = numbers32(order, &["the interface"], input)?;
        rest(input, order, interface, None)
    };
    value(fixed(body))
}

pub(crate) fn obsolete(body: &[u8], order: Endianness) -> Result<Captured<'_>, Malformed> {
    let fixed = |input| {
        let (input, interface) = number16(order, "the interface").parse(input)?;
        let (input, dropped) = number16(order, "the drop count").parse(input)?;
        // All ones stand for "unknown".
        rest(input, order, u32::from(interface), Some(dropped).filter(|dropped| *dropped != u16::MAX))
    };
    value(fixed(body))
}

/// What enhanced and obsolete packet blocks have in common after their first four bytes.
fn rest(input: &[u8], order: Endianness, interface: u32, dropped: Option<u16>) -> Parsed<'_, Captured<'_>> {
    const FIELDS: [&str; 4] = ["the time", "the time", "the captured length", "the length on the wire"];
    let (input, [high, low, length, wire_length]) = numbers32(order, &FIELDS, input)?;
    let (options, data) = padded(input, usize::try_from(length).unwrap_or(usize::MAX), "the packet")?;
    let time = Time::Ticks(u64::from(high) << 32 | u64::from(low));
    let start = HEAD_BYTES + 20;
    Ok((&[], Captured { interface, time, wire_length, data, start, options, dropped }))
}

/// A simple packet block does not say how much was kept: as much as was on the wire, or as the snapshot length of
/// the first interface lets pass, and what fills up is not told apart otherwise.
pub(crate) fn simple<'a>(body: &'a [u8], section: &State) -> Result<Captured<'a>, Malformed> {
    let (data, wire_length) = match number32(section.order, "the length on the wire").parse(body) {
        Ok(read) => read,
        Err(error) => return value(Err(error)),
    };
    let kept = section.first_snaplen().map_or(wire_length, |snaplen| wire_length.min(snaplen));
    let kept = usize::try_from(kept).unwrap_or(usize::MAX);
    let data = value(octets(kept, "the packet").parse(data))?;
    let start = HEAD_BYTES + 4;
    Ok(Captured { interface: 0, time: Time::Unknown, wire_length, data, start, options: &[], dropped: None })
}

/// Notes comments and drops. A malformed option costs the options after it, never the packet.
pub(crate) fn note(
    packet: &Captured<'_>,
    order: Endianness,
    interface: u32,
    at: Option<Timestamp>,
    notes: &mut Notes<'_>,
) -> Result<(), Malformed> {
    let mut dropped = packet.dropped.map(u64::from);
    let (comments, facts) = (&mut *notes.comments, &mut *notes.facts);
    let result = options::each(packet.options, order, |code, octets| match code {
        COMMENT => comments.push(readable(octets)),
        DROP_COUNT => dropped = options::number(octets, order).or(dropped),
        _ => {}
    });
    if let Some(dropped) = dropped {
        facts.note_dropped(interface, at, dropped);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENHANCED: &[u8] = b"\0\0\0\x02\0\0\0\x01\0\0\0\x05\0\0\0\x03\0\0\0\x09abc\0\0\x01\0\0";

    #[test]
    fn an_enhanced_packet_in_wire_order() {
        let packet = enhanced(ENHANCED, Endianness::Big).unwrap();
        let expected = Captured {
            interface: 2,
            time: Time::Ticks(0x1_0000_0005),
            wire_length: 9,
            data: b"abc",
            start: 28,
            options: b"\0\x01\0\0",
            dropped: None,
        };
        assert_eq!(packet, expected);
        (0..23).for_each(|end| assert!(enhanced(&ENHANCED[..end], Endianness::Big).is_err(), "{end}"));
    }

    #[test]
    fn an_obsolete_packet_has_its_drop_count_in_a_field() {
        let with = |first: &[u8]| [first, &ENHANCED[4..]].concat();
        let bytes = with(b"\0\x02\0\x07");
        let packet = obsolete(&bytes, Endianness::Big).unwrap();
        assert_eq!((packet.interface, packet.dropped), (2, Some(7)));
        let bytes = with(b"\0\x02\xff\xff");
        assert_eq!(obsolete(&bytes, Endianness::Big).unwrap().dropped, None);
    }

    #[test]
    fn a_packet_longer_than_its_block_is_malformed() {
        let mut bytes = ENHANCED.to_vec();
        bytes[15] = 0xff;
        let error = enhanced(&bytes, Endianness::Big).unwrap_err();
        assert_eq!(error.to_string(), "the packet does not fit into the 8 bytes that are left for it");
    }
}
