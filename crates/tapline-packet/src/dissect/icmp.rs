//! ICMP messages, as far as they quote a TCP segment (RFC 792, RFC 4443 §2.4).

use etherparse::ip_number;

use super::{Around, Dissected, Other, ip, protocol};
use crate::{Datagram, Endpoint, IcmpError, IcmpReason, IcmpVersion};

pub(super) fn icmp<'a>(datagram: &Datagram<'a>, version: IcmpVersion) -> Dissected<'a> {
    match error(datagram, version) {
        Some(error) => Dissected::IcmpError(error),
        None if version == IcmpVersion::V4 => Dissected::Other(Other::Icmp),
        None => Dissected::Other(Other::Icmpv6),
    }
}

/// Type, code, checksum, four octets that depend on them, the packet that is complained of.
fn error(datagram: &Datagram<'_>, version: IcmpVersion) -> Option<IcmpError> {
    let (&[kind, code, _, _, a, b, c, d], quoted) = datagram.payload.split_first_chunk::<8>()?;
    let reason = IcmpReason { version, kind, code };
    if !reason.is_error() {
        return None;
    }
    let mtu = match (version, kind, code) {
        (IcmpVersion::V4, 3, 4) => Some(u32::from(u16::from_be_bytes([c, d]))),
        (IcmpVersion::V6, 2, _) => Some(u32::from_be_bytes([a, b, c, d])),
        _ => None,
    };
    let (quoted, sequence) = segment(quoted)?;
    let envelope = datagram.envelope;
    Some(IcmpError {
        vlans: envelope.network.vlans,
        tunnel: envelope.network.tunnel,
        reporter: envelope.source,
        reason,
        // Routers from before RFC 1191 leave 0 there.
        mtu: mtu.filter(|&mtu| mtu > 0),
        source: quoted.0,
        destination: quoted.1,
        sequence,
    })
}

/// The ends and the sequence number of a quoted segment: its first eight octets are always there (RFC 1122
/// §3.2.2). None where something else is quoted, or a later fragment.
fn segment(octets: &[u8]) -> Option<((Endpoint, Endpoint), u32)> {
    // What the quoted header claims was cut on purpose.
    let around = Around::unbounded();
    let (mut quoted, mut part) = ip::read(octets, &around).ok()?;
    loop {
        if part.is_some_and(|part| part.offset > 0) {
            return None;
        }
        part = protocol::extensions(&mut quoted).ok()?;
        if part.is_none() {
            break;
        }
    }
    if quoted.envelope.protocol != ip_number::TCP.0 {
        return None;
    }
    let &[a, b, c, d, sequence @ ..] = quoted.payload.first_chunk::<8>()?;
    let source = Endpoint { address: quoted.envelope.source, port: u16::from_be_bytes([a, b]) };
    let destination = Endpoint { address: quoted.envelope.destination, port: u16::from_be_bytes([c, d]) };
    Some(((source, destination), u32::from_be_bytes(sequence)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LinkType, dissect};

    /// 10.0.0.1:1000 to 10.0.0.2:80, eight octets of TCP, as a router quotes it.
    const QUOTED: [u8; 28] = [
        0x45, 0, 5, 0xdc, 0, 1, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, // IPv4
        3, 0xe8, 0, 80, 0, 0, 0, 9, // TCP
    ];

    /// From 10.9.9.9 to 10.0.0.1.
    fn v4(kind: u8, code: u8, rest: [u8; 4], quoted: &[u8]) -> Vec<u8> {
        let length = u8::try_from(28 + quoted.len()).unwrap();
        let header = [0x45, 0, 0, length, 0, 1, 0, 0, 64, 1, 0, 0, 10, 9, 9, 9, 10, 0, 0, 1];
        [&header[..], &[kind, code, 0, 0], &rest, quoted].concat()
    }

    /// IPv6 from ::`source` to ::1.
    fn ipv6(source: u8, next: u8, rest: &[u8]) -> Vec<u8> {
        let mut octets = vec![0x60, 0, 0, 0, 0, u8::try_from(rest.len()).unwrap(), next, 64];
        for last in [source, 1] {
            octets.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
        }
        [&octets, rest].concat()
    }

    fn error(octets: &[u8]) -> IcmpError {
        match dissect(LinkType::RAW, octets) {
            Dissected::IcmpError(error) => error,
            other => panic!("no error: {other:?}"),
        }
    }

    fn end(address: &str, port: u16) -> Endpoint {
        Endpoint { address: address.parse().unwrap(), port }
    }

    #[test]
    fn a_router_says_which_segment_was_too_big() {
        let error = error(&v4(3, 4, [0, 0, 5, 0x78], &QUOTED));
        assert_eq!(error.reporter, end("10.9.9.9", 0).address);
        assert_eq!((error.source, error.destination), (end("10.0.0.1", 1000), end("10.0.0.2", 80)));
        assert_eq!((error.sequence, error.mtu), (9, Some(1400)));
        assert_eq!((error.reason, error.carrier()), (IcmpReason::v4(3, 4), Other::Icmp));
    }

    #[test]
    fn an_mtu_is_told_only_where_the_message_has_one() {
        assert_eq!(error(&v4(3, 4, [0; 4], &QUOTED)).mtu, None);
        assert_eq!(error(&v4(3, 3, [0, 0, 5, 0x78], &QUOTED)).mtu, None);
        assert_eq!(error(&v4(11, 0, [0, 0, 5, 0x78], &QUOTED)).mtu, None);
    }

    #[test]
    fn ipv6_quotes_are_read_through_extension_headers() {
        let tcp = [3, 0xe8, 0, 80, 0, 0, 0, 9];
        let options = [6, 0, 1, 4, 0, 0, 0, 0];
        let first_fragment = [60, 0, 0, 1, 0, 0, 0, 7];
        let quoted = ipv6(5, 44, &[&first_fragment[..], &options, &tcp].concat());
        let error = error(&ipv6(9, 58, &[&[2, 0, 0, 0, 0, 0, 5, 0][..], &quoted].concat()));
        assert_eq!((error.source, error.destination), (end("::5", 1000), end("::1", 80)));
        assert_eq!((error.sequence, error.mtu, error.carrier()), (9, Some(1280), Other::Icmpv6));
    }

    #[test]
    fn what_quotes_no_segment_is_icmp() {
        let mut udp = QUOTED;
        udp[9] = 17;
        let mut later = QUOTED;
        later[7] = 1;
        let all = [
            v4(3, 3, [0; 4], &udp),
            v4(3, 3, [0; 4], &later),
            v4(8, 0, [0; 4], &QUOTED),
            v4(5, 1, [0; 4], &QUOTED),
            v4(3, 3, [0; 4], &[]),
        ];
        for octets in all {
            assert!(matches!(dissect(LinkType::RAW, &octets), Dissected::Other(Other::Icmp)));
        }
    }

    #[test]
    fn every_prefix_has_an_answer() {
        let whole = v4(3, 4, [0, 0, 5, 0x78], &QUOTED);
        for end in 20..whole.len() {
            assert!(matches!(dissect(LinkType::RAW, &whole[..end]), Dissected::Other(Other::Icmp)), "{end}");
        }
    }
}
