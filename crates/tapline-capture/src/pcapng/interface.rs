//! Interface description blocks (§4.2).

use nom::Parser;
use nom::number::Endianness;
use tapline_packet::LinkType;

use super::options;
use crate::clock::Clock;
use crate::facts::{Facts, Interface};
use crate::parse::{Malformed, Parsed, number16, number32, value};
use crate::text::readable;

/// The resolution of an interface that states none.
const MICROSECONDS: u8 = 6;

/// The interface and its clock, and whether all its options could be read: those before a malformed one count.
pub(crate) fn describe(
    body: &[u8],
    order: Endianness,
    file: usize,
) -> Result<(Interface, Clock, Result<(), Malformed>), Malformed> {
    let (link_type, snaplen, options) = value(fixed(body, order))?;
    let mut interface = Interface {
        file,
        link_type: Some(link_type),
        snaplen: (snaplen != 0).then_some(snaplen),
        ..Interface::default()
    };
    let (mut resolution, mut offset_s) = (MICROSECONDS, 0);
    let result = options::each(options, order, |code, octets| match code {
        2 => interface.name = Some(readable(octets)),
        3 => interface.description = Some(readable(octets)),
        9 => resolution = octets.first().copied().unwrap_or(resolution),
        11 => interface.filter = filter(octets),
        12 => interface.os = Some(readable(octets)),
        13 => interface.fcs_length = octets.first().map(|length| fcs_octets(*length)),
        14 => offset_s = options::number(octets, order).map_or(0, u64::cast_signed),
        _ => {}
    });
    Ok((interface, Clock::new(resolution, offset_s), result))
}

/// Link type, snapshot length, options.
fn fixed(input: &[u8], order: Endianness) -> Parsed<'_, (LinkType, u32, &[u8])> {
    let (input, link_type) = number16(order, "the link type").parse(input)?;
    let (input, _reserved) = number16(order, "the reserved field").parse(input)?;
    let (options, snaplen) = number32(order, "the snapshot length").parse(input)?;
    Ok((&[], (LinkType(link_type), snaplen, options)))
}

/// Capture filters are text after an octet of zero; other kinds (BPF bytecode) are not kept.
fn filter(octets: &[u8]) -> Option<String> {
    match octets.split_first() {
        Some((0, text)) => Some(readable(text)),
        _ => None,
    }
}

/// The draft counts bits, its example and some writers octets. No frame check sequence has 16 octets, and none
/// fewer than 16 bits.
fn fcs_octets(length: u8) -> u8 {
    if length >= 16 { length / 8 } else { length }
}

/// Books the interface's texts.
pub(crate) fn may_keep(interface: &Interface, facts: &mut Facts) -> bool {
    let texts = [&interface.name, &interface.description, &interface.filter, &interface.os];
    let bytes = texts.into_iter().flatten().map(String::len).sum();
    facts.may_keep(bytes, "interfaces")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_describe_the_interface() {
        let body = b"\0\x01\0\0\0\0\x01\0\0\x02\0\x04eth0\0\x0b\0\x04\0tcp\0\x0d\0\x01\x20\0\0\0\0\x09\0\x01\x09\0\0\0";
        let (interface, clock, result) = describe(body, Endianness::Big, 3).unwrap();
        assert!(result.is_ok());
        assert_eq!(clock, Clock::new(9, 0));
        let expected = Interface {
            file: 3,
            name: Some("eth0".to_owned()),
            link_type: Some(LinkType::ETHERNET),
            snaplen: Some(256),
            fcs_length: Some(4),
            filter: Some("tcp".to_owned()),
            ..Interface::default()
        };
        assert_eq!(interface, expected);
    }

    #[test]
    fn what_stands_before_a_malformed_option_counts() {
        let (interface, clock, result) =
            describe(b"\0\x01\0\0\0\0\0\0\0\x02\0\x04eth0\0\x09\0\x09", Endianness::Big, 0).unwrap();
        assert!(result.is_err());
        assert_eq!(interface.name.as_deref(), Some("eth0"));
        assert_eq!((interface.snaplen, clock), (None, Clock::new(6, 0)));
        assert!(describe(b"\0\x01\0\0\0", Endianness::Big, 0).is_err());
    }
}
