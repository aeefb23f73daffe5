//! IPv6 (RFC 8200 §3) and extension headers (RFC 8200 §4, RFC 4302 §2).

use std::net::Ipv6Addr;

use super::names::{dscp, ecn, named, protocol};
use super::{Cursor, Field, hex};
use crate::dissect::protocol::Extension;

pub(super) fn header(cursor: &mut Cursor<'_>) -> Option<()> {
    let ([a, b, c, d], at) = cursor.take("Version")?;
    let word = u32::from_be_bytes([a, b, c, d]);
    let class = a << 4 | b >> 4;
    let start = at.start;
    cursor.push(Field::leaf("ipv6.version", "Version", (a >> 4).to_string(), start..start + 1));
    let fields = vec![
        Field::leaf(
            "ipv6.tclass.dscp",
            "Differentiated Services Codepoint",
            named(dscp(class >> 2), class >> 2),
            at.clone(),
        ),
        Field::leaf(
            "ipv6.tclass.ecn",
            "Explicit Congestion Notification",
            named(Some(ecn(class)), class & 3),
            at.clone(),
        ),
    ];
    let value = format!("0x{class:02x}");
    cursor.push(Field { fields, ..Field::leaf("ipv6.tclass", "Traffic Class", value, at.clone()) });
    let label = format!("0x{:05x}", word & 0xf_ffff);
    cursor.push(Field::leaf("ipv6.flow", "Flow Label", label, start + 1..at.end));
    cursor.u16("ipv6.plen", "Payload Length")?;
    next_header(cursor, "ipv6.nxt")?;
    cursor.u8("ipv6.hlim", "Hop Limit")?;
    address(cursor, "ipv6.src", "Source Address")?;
    address(cursor, "ipv6.dst", "Destination Address")
}

fn address(cursor: &mut Cursor<'_>, name: &'static str, label: &'static str) -> Option<()> {
    let show = |octets: &[u8]| octets.first_chunk().map_or(String::new(), |&o| Ipv6Addr::from(o).to_string());
    cursor.octets_as(name, label, 16, show).map(|_| ())
}

fn next_header(cursor: &mut Cursor<'_>, name: &'static str) -> Option<u8> {
    cursor.u8_as(name, "Next Header", |number| named(protocol(number), number))
}

/// An extension header of that protocol number, so many octets long; the end of the packet where it is cut.
pub(super) fn extension(cursor: &mut Cursor<'_>, extension: Extension, number: u8, length: usize) {
    match extension {
        Extension::Options if number == 0 => {
            cursor.group("ipv6.hopopts", "Hop-by-Hop Options", length, |cursor| {
                option_header(cursor, ["ipv6.hopopts.nxt", "ipv6.hopopts.len"])
            });
        }
        Extension::Options => {
            cursor.group("ipv6.dstopts", "Destination Options", length, |cursor| {
                option_header(cursor, ["ipv6.dstopts.nxt", "ipv6.dstopts.len"])
            });
        }
        Extension::Routing => {
            cursor.group("ipv6.routing", "Routing Header", length, routing);
        }
        Extension::Fragment => {
            cursor.group("ipv6.fraghdr", "Fragment Header", length, fragment);
        }
        Extension::Authentication => {
            cursor.group("ah", "Authentication Header", length, authentication);
        }
    }
}

/// RFC 8200 §4.2, §4.3.
fn option_header(cursor: &mut Cursor<'_>, [next, len]: [&'static str; 2]) -> Option<()> {
    next_header(cursor, next)?;
    cursor.u8_as(len, "Length", |words| format!("{words} ({} octets)", 8 + 8 * u32::from(words)))?;
    while let Some(&kind) = cursor.left().first() {
        let label = option_name(kind).unwrap_or("Unknown Option");
        cursor.heading("ipv6.opt", label, |cursor| option(cursor, kind))?;
    }
    Some(())
}

fn option(cursor: &mut Cursor<'_>, kind: u8) -> Option<()> {
    cursor.u8_as("ipv6.opt.type", "Type", |kind| named(option_name(kind), format_args!("0x{kind:02x}")))?;
    if kind == 0 {
        return Some(());
    }
    let length = usize::from(cursor.u8("ipv6.opt.length", "Length")?);
    match (kind, length) {
        (1, _) => cursor.octets("ipv6.opt.padn", "PadN", length).map(|_| ()),
        (5, 2) => cursor.u16("ipv6.opt.router_alert", "Router Alert").map(|_| ()),
        (0xc2, 4) => cursor.u32("ipv6.opt.jumbo", "Payload Length").map(|_| ()),
        _ => cursor.octets("ipv6.opt.unknown", "Data", length).map(|_| ()),
    }
}

fn option_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        0 => "Pad1",
        1 => "PadN",
        4 => "Tunnel Encapsulation Limit",
        5 => "Router Alert",
        7 => "CALIPSO",
        0x0f => "Performance and Diagnostic Metrics",
        0x26 => "Quick-Start",
        0x30 => "Minimum Path MTU",
        0x63 => "RPL",
        0xc2 => "Jumbo Payload",
        0xc9 => "Home Address",
        _ => return None,
    })
}

/// RFC 8200 §4.4; what is behind the fixed part hangs on the type.
fn routing(cursor: &mut Cursor<'_>) -> Option<()> {
    next_header(cursor, "ipv6.routing.nxt")?;
    cursor.u8("ipv6.routing.len", "Length")?;
    cursor.u8("ipv6.routing.type", "Type")?;
    cursor.u8("ipv6.routing.segleft", "Segments Left")?;
    cursor.rest_as("ipv6.routing.unknown.data", "Type-Specific Data", hex);
    Some(())
}

/// RFC 8200 §4.5.
fn fragment(cursor: &mut Cursor<'_>) -> Option<()> {
    next_header(cursor, "ipv6.fraghdr.nxt")?;
    cursor.u8_as("ipv6.fraghdr.reserved_octet", "Reserved Octet", |octet| format!("0x{octet:02x}"))?;
    let ([high, low], at) = cursor.take("Offset")?;
    let offset = u16::from_be_bytes([high, low]) & !7;
    cursor.push(Field::leaf(
        "ipv6.fraghdr.offset",
        "Offset",
        format!("{} ({offset} octets)", offset >> 3),
        at.clone(),
    ));
    cursor.push(Field::leaf(
        "ipv6.fraghdr.reserved_bits",
        "Reserved Bits",
        (low >> 1 & 3).to_string(),
        at.clone(),
    ));
    cursor.push(Field::leaf("ipv6.fraghdr.more", "More Fragments", (low & 1).to_string(), at));
    cursor.u32_as("ipv6.fraghdr.ident", "Identification", |id| format!("0x{id:08x}"))?;
    Some(())
}

/// RFC 4302 §2.
fn authentication(cursor: &mut Cursor<'_>) -> Option<()> {
    next_header(cursor, "ah.next_header")?;
    cursor.u8_as("ah.length", "Length", |words| format!("{words} ({} octets)", 8 + 4 * u32::from(words)))?;
    cursor.octets("ah.reserved", "Reserved", 2)?;
    cursor.u32_as("ah.spi", "SPI", |spi| format!("0x{spi:08x}"))?;
    cursor.u32("ah.sequence", "Sequence")?;
    cursor.rest_as("ah.icv", "ICV", hex);
    Some(())
}
