//! IPv4 (RFC 791 §3.1), and what IP carries.

use etherparse::{IpNumber, ip_number};

use super::names::{dscp, ecn, named, protocol};
use super::packet::range;
use super::{Cursor, Field, icmp, ip_options, ipv6, tcp, tunnel};
use crate::dissect::protocol::Extension;
use crate::dissect::{self, Around, Step};
use crate::{Datagram, IcmpVersion};

/// Where the packet's octets end, by its own length.
pub(super) fn end(whole: &[u8]) -> usize {
    let read = dissect::ip::read(whole, &Around::unbounded()).ok();
    read.and_then(|(datagram, _)| range(whole, datagram.payload)).map_or(whole.len(), |payload| payload.end)
}

/// A packet of IPv4 or IPv6, `whole`, of which the cursor has what `step` went over; `step` is `None` for a packet that
/// is quoted.
pub(super) fn ip(cursor: &mut Cursor<'_>, whole: &[u8], step: Option<&Step<'_>>) {
    let (mut datagram, mut part) = match dissect::ip::read(whole, &Around::unbounded()) {
        Ok(read) => read,
        Err(why) => {
            header(cursor);
            if !cursor.is_empty() {
                cursor.refuse("Not Dissected", why.reason());
            }
            return;
        }
    };
    header(cursor);
    loop {
        if part.is_some_and(|part| part.of(&datagram).is_some()) {
            cursor.rest("ip.fragment_data", "Fragment Data");
            return;
        }
        let Some(extension) = Extension::of(&datagram) else { break };
        let before = datagram;
        let stepped = extension.step_over(&mut datagram);
        let length = before.payload.len() - if stepped.is_ok() { datagram.payload.len() } else { 0 };
        ipv6::extension(cursor, extension, before.envelope.protocol, length);
        match stepped {
            Ok(next) => part = next,
            Err(_) => return,
        }
    }
    carried(cursor, &datagram, step);
}

fn carried(cursor: &mut Cursor<'_>, datagram: &Datagram<'_>, step: Option<&Step<'_>>) {
    match IpNumber(datagram.envelope.protocol) {
        ip_number::TCP if step.is_none() => tcp::quoted(cursor),
        ip_number::TCP => tcp::tcp(cursor),
        ip_number::UDP => tunnel::udp(cursor, step),
        ip_number::GRE => tunnel::gre(cursor),
        ip_number::ETHER_IP => tunnel::ether_ip(cursor),
        ip_number::IP_COMP => tunnel::ip_comp(cursor),
        ip_number::ICMP => icmp::icmp(cursor, IcmpVersion::V4, step.is_none()),
        ip_number::IPV6_ICMP => icmp::icmp(cursor, IcmpVersion::V6, step.is_none()),
        other => {
            let label = named(protocol(other.0), other.0);
            cursor.rest("data.data", format!("Payload of {label}"));
        }
    }
}

/// The fixed header with its options, by the version.
fn header(cursor: &mut Cursor<'_>) {
    if cursor.left().first().is_some_and(|first| first >> 4 == 6) {
        cursor.heading("ipv6", "Internet Protocol Version 6", ipv6::header);
        cursor.describe_way("ipv6.src", "ipv6.dst");
    } else {
        cursor.heading("ip", "Internet Protocol Version 4", ipv4);
        cursor.describe_way("ip.src", "ip.dst");
    }
}

fn ipv4(cursor: &mut Cursor<'_>) -> Option<()> {
    let ([first], at) = cursor.take("Version")?;
    let length = 4 * usize::from(first & 15);
    cursor.push(Field::leaf("ip.version", "Version", (first >> 4).to_string(), at.clone()));
    cursor.push(Field::leaf("ip.hdr_len", "Header Length", format!("{length} octets"), at));
    differentiated_services(cursor)?;
    cursor.u16("ip.len", "Total Length")?;
    cursor.u16_as("ip.id", "Identification", |id| format!("0x{id:04x} ({id})"))?;
    fragment(cursor)?;
    cursor.u8("ip.ttl", "Time to Live")?;
    cursor.u8_as("ip.proto", "Protocol", |number| named(protocol(number), number))?;
    cursor.u16_as("ip.checksum", "Header Checksum", |sum| format!("0x{sum:04x}"))?;
    address(cursor, "ip.src", "Source Address")?;
    address(cursor, "ip.dst", "Destination Address")?;
    match length.checked_sub(20) {
        Some(0) => {}
        Some(options) => cursor.group("ip.options", "Options", options, ip_options::options),
        None => cursor.refuse("Header Length", "fewer than 20 octets"),
    }
    Some(())
}

/// RFC 2474 §3, RFC 3168 §5.
fn differentiated_services(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor
        .heading("ip.dsfield", "Differentiated Services Field", |cursor| {
            let ([octet], at) = cursor.take("Differentiated Services Field")?;
            let code_point = named(dscp(octet >> 2), octet >> 2);
            let congestion = named(Some(ecn(octet)), octet & 3);
            cursor.push(Field::leaf(
                "ip.dsfield.dscp",
                "Differentiated Services Codepoint",
                code_point,
                at.clone(),
            ));
            cursor.push(Field::leaf("ip.dsfield.ecn", "Explicit Congestion Notification", congestion, at));
            Some(octet)
        })
        .map(|octet| cursor.describe(format!("0x{octet:02x}")))
}

/// Three flags, then the offset in units of eight octets.
fn fragment(cursor: &mut Cursor<'_>) -> Option<()> {
    let ([high, low], at) = cursor.take("Flags")?;
    let first = at.start..at.start + 1;
    let bit = |mask: u8| u8::from(high & mask != 0).to_string();
    let flags = [
        Field::leaf("ip.flags.rb", "Reserved Bit", bit(0x80), first.clone()),
        Field::leaf("ip.flags.df", "Don't Fragment", bit(0x40), first.clone()),
        Field::leaf("ip.flags.mf", "More Fragments", bit(0x20), first.clone()),
    ];
    let value = format!("0x{:x}", high >> 5);
    cursor.push(Field { fields: flags.into(), ..Field::leaf("ip.flags", "Flags", value, first) });
    let units = u16::from_be_bytes([high & 0x1f, low]);
    let offset = format!("{units} ({} octets)", 8 * u32::from(units));
    cursor.push(Field::leaf("ip.frag_offset", "Fragment Offset", offset, at));
    Some(())
}

/// An IPv4 address.
pub(super) fn address(cursor: &mut Cursor<'_>, name: &'static str, label: &'static str) -> Option<()> {
    cursor.u32_as(name, label, |address| std::net::Ipv4Addr::from(address).to_string()).map(|_| ())
}
