//! IPv4 and IPv6. The chain of extension headers is followed here, because `etherparse` goes on behind a fragment
//! header into the middle of a datagram.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::protocol::{self, Part};
use super::{Around, Dissected, Fail, Layer, Step, Undecoded};
use crate::{Datagram, Envelope, IpFacts};

/// IPv4 or IPv6 by the version nibble.
pub(super) fn ip<'a>(octets: &'a [u8], around: &mut Around) -> Step<'a> {
    match read(octets, around) {
        Ok((mut datagram, part)) => match part.and_then(|part| part.of(&datagram)) {
            Some(fragment) => Step::Done(Dissected::Fragment(fragment)),
            None => protocol::protocol(&mut datagram, around),
        },
        Err(why) => Step::Done(Fail(why)),
    }
}

/// The header, without what stands behind it.
#[inline]
pub(crate) fn read<'a>(octets: &'a [u8], around: &Around) -> Read<'a> {
    match octets.first().map(|first| first >> 4) {
        Some(4) => ipv4(octets, around),
        Some(6) => ipv6(octets, around),
        Some(_) => Err(Undecoded::Malformed(Layer::Ip)),
        None => Err(Undecoded::Short(Layer::Ip)),
    }
}

/// The payload, and which part of a datagram it is if it is a fragment.
pub(crate) type Read<'a> = Result<(Datagram<'a>, Option<Part>), Undecoded>;

/// RFC 791 §3.1.
#[inline]
fn ipv4<'a>(octets: &'a [u8], around: &Around) -> Read<'a> {
    let Some(fixed) = octets.first_chunk::<20>() else { return Err(unreadable(octets, 20)) };
    let &[first, service, t0, t1, i0, i1, f0, f1, hop_limit, protocol, _, _, addresses @ ..] = fixed;
    let [s0, s1, s2, s3, d0, d1, d2, d3] = addresses;
    let before = 4 * usize::from(first & 15);
    let Some(there) = octets.get(before..).filter(|_| before >= 20) else {
        return Err(unreadable(octets, 20));
    };
    let (identification, fragment) = (u16::from_be_bytes([i0, i1]), u16::from_be_bytes([f0, f1]));
    let envelope = Envelope {
        source: Ipv4Addr::new(s0, s1, s2, s3).into(),
        destination: Ipv4Addr::new(d0, d1, d2, d3).into(),
        protocol,
        ip: IpFacts { identification: Some(identification), hop_limit, ecn: service & 3, routed: false },
        ..around.envelope()
    };
    let part = Part {
        identification: u32::from(identification),
        offset: u32::from(fragment & 0x1fff) * 8,
        more: fragment & 0x2000 != 0,
    };
    let claimed = usize::from(u16::from_be_bytes([t0, t1])).checked_sub(before);
    Ok((datagram(envelope, there, claimed, around), Some(part).filter(|part| part.more || part.offset > 0)))
}

/// RFC 8200 §3.
#[inline]
fn ipv6<'a>(octets: &'a [u8], around: &Around) -> Read<'a> {
    if let Some((&[_, class, _, _, l0, l1, protocol, hop_limit], rest)) = octets.split_first_chunk::<8>()
        && let Some((source, rest)) = rest.split_first_chunk::<16>()
        && let Some((destination, there)) = rest.split_first_chunk::<16>()
    {
        let [source, destination] = [source, destination].map(|address| Ipv6Addr::from(*address).into());
        let ip = IpFacts { identification: None, hop_limit, ecn: class >> 4 & 3, routed: false };
        let envelope = Envelope { source, destination, protocol, ip, ..around.envelope() };
        let claimed = Some(usize::from(u16::from_be_bytes([l0, l1]))).filter(|&length| length > 0);
        return Ok((datagram(envelope, there, claimed, around), None));
    }
    Err(unreadable(octets, 40))
}

/// Why not even the fixed header could be read.
fn unreadable(octets: &[u8], fixed: usize) -> Undecoded {
    // The lower nibble counts the words of an IPv4 header.
    let words = octets.first().map_or(0, |first| usize::from(first & 15));
    let cut = octets.len() < fixed || (fixed == 20 && words >= 5 && octets.len() < 4 * words);
    if cut { Undecoded::Short(Layer::Ip) } else { Undecoded::Malformed(Layer::Ip) }
}

/// What stands behind the header, as long as the header claims; as long as it is where that says nothing, as
/// in segments that the network card will cut (TSO) and in jumbograms. A claim past the end of the frame on
/// the wire is none (tshark cuts there, too).
fn datagram<'a>(
    envelope: Envelope,
    there: &'a [u8],
    claimed: Option<usize>,
    around: &Around,
) -> Datagram<'a> {
    let length = claimed.unwrap_or(there.len()).min(there.len().saturating_add(around.missing));
    Datagram {
        envelope,
        payload: there.get(..length).unwrap_or(there),
        payload_length: u32::try_from(length).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fragment, LinkType, dissect};

    /// IPv6 from ::1 to ::2 with that first next header.
    fn ipv6(next: u8, rest: &[u8]) -> Vec<u8> {
        let [high, low] = u16::try_from(rest.len()).unwrap().to_be_bytes();
        let mut octets = vec![0x60, 0x20, 0, 0, high, low, next, 63];
        for last in [1, 2] {
            octets.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
        }
        [&octets[..], rest].concat()
    }

    const TCP: [u8; 20] = [3, 0xe8, 0, 80, 0, 0, 0, 9, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 1, 0, 0];

    fn fragment(octets: &[u8]) -> Fragment<'_> {
        match dissect(LinkType::RAW, octets) {
            Dissected::Fragment(fragment) => fragment,
            other => panic!("no fragment: {other:?}"),
        }
    }

    fn segment(octets: &[u8]) -> crate::Segment<'_> {
        match dissect(LinkType::RAW, octets) {
            Dissected::Tcp(segment) => segment,
            other => panic!("no segment: {other:?}"),
        }
    }

    #[test]
    fn facts_come_from_both_versions() {
        let v4 = [&[0x45, 2, 0, 40, 0x12, 0x34, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2][..], &TCP]
            .concat();
        let facts = IpFacts { identification: Some(0x1234), hop_limit: 64, ecn: 2, routed: false };
        assert_eq!(segment(&v4).ip, facts);
        let facts = IpFacts { identification: None, hop_limit: 63, ecn: 2, routed: false };
        assert_eq!(segment(&ipv6(6, &TCP)).ip, facts);
        assert_eq!(segment(&v4).header, TCP);
    }

    #[test]
    fn extension_headers_are_stepped_over() {
        let options = |next: u8| [next, 0, 1, 4, 0, 0, 0, 0];
        let routing = [6, 2, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
        let chain = [&options(60)[..], &options(43), &routing, &TCP].concat();
        assert!(segment(&ipv6(0, &chain)).ip.routed);
        let authentication = [6, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
        assert!(!segment(&ipv6(51, &[&authentication[..], &TCP].concat())).ip.routed);
        let atomic = [6, 0, 0, 0, 0, 0, 0, 7];
        assert_eq!(segment(&ipv6(44, &[&atomic[..], &TCP].concat())).payload_length, 0);
        let empty = [6, 0, 0, 0, 0, 0, 0, 1];
        assert!(matches!(
            dissect(LinkType::RAW, &ipv6(51, &[&empty[..], &TCP].concat())),
            Dissected::Undecoded(Undecoded::Malformed(Layer::Ip))
        ));
    }

    #[test]
    fn fragments_say_where_they_belong() {
        let v6 = ipv6(44, &[&[6, 0, 0x05, 0xa9, 0xde, 0xad, 0xbe, 0xef][..], &[7; 16]].concat());
        let part = fragment(&v6);
        assert_eq!((part.identification, part.offset, part.more), (0xdead_beef, 1448, true));
        assert_eq!((part.payload, part.payload_length, part.envelope.protocol), (&[7; 16][..], 16, 6));
        let v4 = [0x45, 0, 0, 24, 0x12, 0x34, 0, 0xb9, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 1, 2, 3, 4];
        let part = fragment(&v4);
        assert_eq!((part.identification, part.offset, part.more), (0x1234, 1480, false));
        assert_eq!((part.payload, part.payload_length), (&[1, 2, 3, 4][..], 4));
        assert_eq!((fragment(&v4[..22]).payload, fragment(&v4[..22]).payload_length), (&[1, 2][..], 4));
    }

    #[test]
    fn a_first_fragment_that_was_cut_is_read_as_far_as_it_goes() {
        let mut v4 =
            [&[0x45, 0, 0, 48, 0, 9, 0x20, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2][..], &TCP].concat();
        v4.extend_from_slice(b"12345678");
        assert_eq!(fragment(&v4).offset, 0);
        assert_eq!((segment(&v4[..44]).payload, segment(&v4[..44]).payload_length), (&b"1234"[..], 8));
        let chain = [[44, 0, 0, 1, 0, 0, 0, 7].repeat(1000), [6, 0, 0, 1, 0, 0, 0, 7].to_vec()].concat();
        let v6 = ipv6(44, &[&chain[..], &TCP, &[0]].concat());
        assert_eq!(segment(&v6[..v6.len() - 1]).sequence, 9, "fragment headers in fragment headers");
    }

    #[test]
    fn every_prefix_of_a_chain_has_an_answer() {
        let chain = [
            &[43, 0, 1, 4, 0, 0, 0, 0][..],
            &[51, 0, 0, 0, 0, 0, 0, 0],
            &[6, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2],
            &TCP,
        ]
        .concat();
        let whole = ipv6(0, &chain);
        for end in 0..whole.len() {
            assert!(
                matches!(dissect(LinkType::RAW, &whole[..end]), Dissected::Undecoded(Undecoded::Short(_))),
                "{end}"
            );
        }
        assert_eq!(segment(&whole).sequence, 9);
    }

    #[test]
    fn a_claim_past_the_frame_on_the_wire_is_cut_there() {
        let mut v4 = [&[0x45, 0, 4, 0, 0, 9, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2][..], &TCP].concat();
        v4.extend_from_slice(b"1234");
        let packet = |wire_length| crate::Packet {
            number: 1,
            at: None,
            interface: 0,
            link_type: LinkType::RAW,
            wire_length,
            data: &v4,
        };
        let length = |wire_length| match crate::dissect_packet(&packet(wire_length)) {
            Dissected::Tcp(segment) => segment.payload_length,
            other => panic!("no segment: {other:?}"),
        };
        assert_eq!((length(44), length(100), length(9000)), (4, 60, 984));
        assert_eq!(segment(&v4).payload_length, 984, "nothing known of the wire");
    }
}
