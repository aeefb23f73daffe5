//! What IP carries: extension headers, TCP, tunnels.

use etherparse::{IpNumber, ip_number};

use super::{Around, Dissected, Fail, Layer, Next, Other, Step, Undecoded, tcp, tunnel};
use crate::{Datagram, LinkType};

/// Goes by the protocol number (IANA "Protocol Numbers"), through extension headers.
pub(super) fn protocol<'a>(mut datagram: Datagram<'a>, around: &mut Around) -> Step<'a> {
    if let Err(why) = extensions(&mut datagram) {
        return Step::Done(Fail(why));
    }
    let payload = datagram.payload;
    match IpNumber(datagram.envelope.protocol) {
        ip_number::TCP => Step::Done(tcp::tcp(&datagram)),
        ip_number::IPV4 | ip_number::IPV6 => Step::Inner(Next::Ip, payload),
        ip_number::GRE => tunnel::gre(payload, &mut around.network),
        ip_number::MPLS_IN_IP => Step::Inner(Next::Mpls, payload),
        ip_number::ETHER_IP => match payload.get(2..) {
            Some(frame) => Step::Inner(Next::Link(LinkType::ETHERNET), frame),
            None => Step::Done(Fail(Undecoded::Short(Layer::Tunnel))),
        },
        ip_number::UDP => tunnel::udp(payload, &mut around.network),
        ip_number::ICMP => Step::Done(Dissected::Other(Other::Icmp)),
        ip_number::IPV6_ICMP => Step::Done(Dissected::Other(Other::Icmpv6)),
        other => Step::Done(Dissected::Other(Other::Ip(other.0))),
    }
}

/// A header that stands between IP and what it carries.
enum Extension {
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
    fn of(datagram: &Datagram<'_>) -> Option<Self> {
        let v6 = datagram.envelope.source.is_ipv6();
        match IpNumber(datagram.envelope.protocol) {
            ip_number::IPV6_HOP_BY_HOP | ip_number::IPV6_DEST_OPTIONS if v6 => Some(Self::Options),
            ip_number::IPV6_ROUTE if v6 => Some(Self::Routing),
            ip_number::IPV6_FRAG if v6 => Some(Self::Fragment),
            ip_number::AUTH => Some(Self::Authentication),
            _ => None,
        }
    }
}

/// Steps over extension headers. Every turn takes at least eight octets.
fn extensions(datagram: &mut Datagram<'_>) -> Result<(), Undecoded> {
    while let Some(extension) = Extension::of(datagram) {
        let Some(&[next, words, third, fourth]) = datagram.payload.first_chunk::<4>() else {
            return Err(Undecoded::Short(Layer::Ip));
        };
        let length = match extension {
            Extension::Options | Extension::Routing => 8 + 8 * usize::from(words),
            // Alone in its datagram (RFC 6946): nothing to put together.
            Extension::Fragment if u16::from_be_bytes([third, fourth]) & 0xfff9 == 0 => 8,
            Extension::Fragment => return Err(Undecoded::Fragment),
            Extension::Authentication if words == 0 => return Err(Undecoded::Malformed(Layer::Ip)),
            Extension::Authentication => 8 + 4 * usize::from(words),
        };
        datagram.envelope.ip.routed |= matches!(extension, Extension::Routing) && fourth > 0;
        datagram.step_over(next, length).ok_or(Undecoded::Short(Layer::Ip))?;
    }
    Ok(())
}
