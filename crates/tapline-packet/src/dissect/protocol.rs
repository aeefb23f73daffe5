//! What IP carries: extension headers, TCP, tunnels.

use etherparse::{IpNumber, ip_number};

use super::{Around, Dissected, Fail, Layer, Next, Other, Step, Undecoded, icmp, tcp, tunnel};
use crate::limits::COMPRESSED_LAYERS;
use crate::{Compressed, Datagram, Fragment, IcmpVersion, LinkType};

/// Which part of a datagram a fragment is.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    pub(super) identification: u32,
    /// In octets.
    pub(super) offset: u32,
    pub(super) more: bool,
}

impl Part {
    /// The fragment, for somebody else to put together. None for the first of a datagram if it was cut, which
    /// is read as far as it goes: nothing will ever make it whole (tshark does so, too).
    pub(crate) fn of<'a>(self, datagram: &Datagram<'a>) -> Option<Fragment<'a>> {
        let Self { identification, offset, more } = self;
        let &Datagram { envelope, payload, payload_length } = datagram;
        let readable = offset == 0 && super::length(payload) < payload_length;
        (!readable).then_some(Fragment { envelope, identification, offset, more, payload, payload_length })
    }
}

/// Goes by the protocol number (IANA "Protocol Numbers"), through extension headers.
pub(super) fn protocol<'a>(datagram: &mut Datagram<'a>, around: &mut Around) -> Step<'a> {
    loop {
        let part = match extensions(datagram) {
            Ok(Some(part)) => part,
            Ok(None) => return carried(datagram, around),
            Err(why) => return Step::Done(Fail(why)),
        };
        if let Some(fragment) = part.of(datagram) {
            return Step::Done(Dissected::Fragment(fragment));
        }
    }
}

fn carried<'a>(datagram: &Datagram<'a>, around: &mut Around) -> Step<'a> {
    let payload = datagram.payload;
    match IpNumber(datagram.envelope.protocol) {
        ip_number::TCP => Step::Done(tcp::tcp(datagram)),
        ip_number::IPV4 | ip_number::IPV6 => Step::Inner(Next::Ip, payload),
        ip_number::GRE => tunnel::gre(payload, &mut around.network),
        ip_number::MPLS_IN_IP => Step::Inner(Next::Mpls, payload),
        ip_number::ETHER_IP => match payload.get(2..) {
            Some(frame) => Step::Inner(Next::Link(LinkType::ETHERNET), frame),
            None => Step::Done(Fail(Undecoded::Short(Layer::Tunnel))),
        },
        ip_number::IP_COMP => Step::Done(compressed(datagram)),
        ip_number::UDP => tunnel::udp(datagram, &mut around.network),
        ip_number::ICMP => Step::Done(icmp::icmp(datagram, IcmpVersion::V4)),
        ip_number::IPV6_ICMP => Step::Done(icmp::icmp(datagram, IcmpVersion::V6)),
        other => Step::Done(Dissected::Other(Other::Ip(other.0))),
    }
}

/// RFC 3173 §3.3: next header, flags, compression parameter index. Indices 1, 3 and 4 are other algorithms
/// than DEFLATE; one that was agreed upon is not said in the packets, and is DEFLATE as good as always.
fn compressed<'a>(datagram: &Datagram<'a>) -> Dissected<'a> {
    let mut inner = *datagram;
    let Some(&[next, _, a, b]) = datagram.payload.first_chunk::<4>() else {
        return Fail(Undecoded::Short(Layer::Ip));
    };
    let index = u16::from_be_bytes([a, b]);
    if matches!(index, 1 | 3 | 4) || inner.step_over(next, 4).is_none() {
        return Dissected::Other(Other::Ip(datagram.envelope.protocol));
    }
    let Datagram { mut envelope, payload, payload_length } = inner;
    envelope.layers = envelope.layers.saturating_add(COMPRESSED_LAYERS);
    Dissected::Compressed(Compressed { envelope, index, payload, payload_length })
}

/// A header that stands between IP and what it carries.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extension {
    /// Hop-by-hop or destination options (RFC 8200 §4.3, §4.6).
    Options,
    /// RFC 8200 §4.4.
    Routing,
    /// RFC 8200 §4.5.
    Fragment,
    /// RFC 4302 §2; the only one that IPv4 has, too.
    Authentication,
}

impl Extension {
    /// The one that stands where the payload begins.
    pub(crate) fn of(datagram: &Datagram<'_>) -> Option<Self> {
        let is_v6 = || datagram.envelope.source.is_ipv6();
        match IpNumber(datagram.envelope.protocol) {
            ip_number::IPV6_HOP_BY_HOP | ip_number::IPV6_DEST_OPTIONS if is_v6() => Some(Self::Options),
            ip_number::IPV6_ROUTE if is_v6() => Some(Self::Routing),
            ip_number::IPV6_FRAG if is_v6() => Some(Self::Fragment),
            ip_number::AUTH => Some(Self::Authentication),
            _ => None,
        }
    }

    /// Steps over it, at least eight octets; which part of a datagram stands behind it, if it says that.
    pub(crate) fn step_over(self, datagram: &mut Datagram<'_>) -> Result<Option<Part>, Undecoded> {
        let Some(&[next, words, _, left]) = datagram.payload.first_chunk::<4>() else {
            return Err(Undecoded::Short(Layer::Ip));
        };
        let part = fragment_header(datagram.payload);
        let length = match self {
            Self::Options | Self::Routing => 8 + 8 * usize::from(words),
            Self::Fragment => 8,
            Self::Authentication if words == 0 => return Err(Undecoded::Malformed(Layer::Ip)),
            Self::Authentication => 8 + 4 * usize::from(words),
        };
        datagram.step_over(next, length).ok_or(Undecoded::Short(Layer::Ip))?;
        match self {
            Self::Routing => {
                datagram.envelope.ip.routed |= left > 0;
                Ok(None)
            }
            // One that is alone in its datagram (RFC 6946) needs nothing put together.
            Self::Fragment => Ok(part.filter(|part| part.more || part.offset > 0)),
            _ => Ok(None),
        }
    }
}

/// Steps over extension headers, to the end or to the part of a datagram that stands behind a fragment header.
pub(super) fn extensions(datagram: &mut Datagram<'_>) -> Result<Option<Part>, Undecoded> {
    while let Some(extension) = Extension::of(datagram) {
        let part = extension.step_over(datagram)?;
        if part.is_some() {
            return Ok(part);
        }
    }
    Ok(None)
}

/// RFC 8200 §4.5: next header, reserved, offset in units of eight octets, two reserved bits, more, identification.
fn fragment_header(octets: &[u8]) -> Option<Part> {
    let &[_, _, high, low, identification @ ..] = octets.first_chunk::<8>()?;
    Some(Part {
        identification: u32::from_be_bytes(identification),
        offset: u32::from(u16::from_be_bytes([high, low]) & !7),
        more: low & 1 == 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dissected, dissect};

    fn ipcomp(index: u16, rest: &[u8]) -> Vec<u8> {
        let length = u8::try_from(24 + rest.len()).unwrap();
        let mut octets = vec![0x45, 0, 0, length, 0, 1, 0, 0, 64, 108, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 6, 0];
        octets.extend_from_slice(&index.to_be_bytes());
        [&octets, rest].concat()
    }

    #[test]
    fn a_compressed_payload_is_handed_out() {
        let octets = ipcomp(0xeed1, b"squeezed");
        let Dissected::Compressed(compressed) = dissect(LinkType::RAW, &octets) else { panic!("not so") };
        assert_eq!((compressed.index, compressed.envelope.protocol), (0xeed1, 6));
        assert_eq!((compressed.payload, compressed.payload_length), (&b"squeezed"[..], 8));
        let Dissected::Compressed(cut) = dissect(LinkType::RAW, &octets[..30]) else { panic!("not so") };
        assert_eq!((cut.payload, cut.payload_length), (&b"squeez"[..], 8));
    }

    #[test]
    fn other_algorithms_are_other_traffic() {
        for index in [1, 3, 4] {
            let octets = ipcomp(index, b"squeezed");
            assert!(matches!(dissect(LinkType::RAW, &octets), Dissected::Other(Other::Ip(108))));
        }
        let cut = ipcomp(2, b"");
        assert!(matches!(dissect(LinkType::RAW, &cut[..22]), Fail(Undecoded::Short(Layer::Ip))));
    }
}
